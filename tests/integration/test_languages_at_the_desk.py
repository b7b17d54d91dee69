"""Whatever the desk tells somebody is in the language of their question, of its answer or of the channel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import test_desk
from test_desk import Office, press, question
from test_handovers import HELPERS, at

from adapters import platform
from adapters.platform import for_dialog, told_of
from bot.commands import Actor, Commands
from bot.curation import CurationError
from bot.delivery import DeliveryRefused
from bot.desk import Hearing
from bot.generation.engine import DeadlineExceeded, EngineBusy, EngineUnavailable
from bot.messages import Answer, Choice, Question, Reason, Status
from bot.prompts import QuestionTooLong
from bot.storage.database import Database
from bot.storage.ratings import RatingError
from bot.wording import LANGUAGES, Told, answers, notices
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError

database = test_desk.database
ASKED = "Wie lange kann ich einen Mantel zurückgeben?"
GERMAN = Answer(Status.ANSWERED, "30 Tage.", notes={"language": "de"})
ASKED_BACK = replace(
    GERMAN, status=Status.CLARIFY, choices=(Choice("Schweiz", f"{ASKED[:-1]} in Schweiz?"), Choice("EU", "…?"))
)


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    office = Office(database, answering=HELPERS)
    office.script.ends[ASKED] = GERMAN
    await office.desk.workers.start()
    yield office
    await office.desk.workers.stop()


async def answered(office: Office, answer: Answer = GERMAN) -> None:
    office.script.ends[ASKED] = answer
    await office.desk.hear(replace(question("m1", ASKED), asked_at=at(0)), addressed=True)
    await office.idle()


async def test_a_reply_is_begun_in_the_language_of_the_question(office: Office) -> None:
    begun: list[Question] = []
    begin = office.chat.begin

    async def begin_noted(question: Question, *rest: object) -> object:
        begun.append(question)
        return await begin(question, *rest)  # type: ignore[arg-type]

    office.chat.begin = begin_noted  # type: ignore[method-assign, assignment]
    await answered(office)
    await office.desk.hear(question("m2", "Mantel?"), addressed=True)
    await office.desk.hear(question("m3", "How long can I return a coat?", thread="t3"), addressed=True)
    await office.idle()
    assert {one.key.message: one.language for one in begun} == {"m1": "de", "m2": "de", "m3": "en"}


async def test_a_press_is_answered_in_the_language_of_the_answer(office: Office) -> None:
    await answered(office)
    up = await office.desk.press(1, "slack:U1", 1)
    assert (up.sentence, up.language) == (notices.HELPFUL.de, "de")
    assert (await office.desk.press(1, "slack:U1", 1)).sentence == notices.WITHDRAWN.de
    down = await office.desk.press(1, "slack:U1", -1)
    assert (down.sentence, down.ask_why, down.language) == (notices.NOT_HELPFUL.de, True, "de")
    why = await office.desk.explain(1, "slack:U1", Reason.RUDE)
    assert (why.sentence, why.language) == (notices.NOTED[Reason.RUDE].de, "de")
    with pytest.raises(RatingError, match="„Anderes …“"):
        await office.desk.explain(1, "slack:U1", Reason.OTHER, " ")
    assert await office.desk.language_of(1) == "de" and await office.desk.language_of(99) == "en"


async def test_who_is_asked_afterwards_is_asked_in_the_language_of_the_answer(office: Office) -> None:
    asked: list[str] = []

    async def ask_why(question: Question, answer_id: int, user: str) -> None:
        asked.append(question.language)

    office.chat.ask_why = ask_why  # type: ignore[method-assign]
    await answered(office)
    await office.desk.react(replace(question("reply to m1").key), "slack:U2", -1, added=True)
    assert asked == ["de"]


async def test_a_choice_is_confirmed_in_the_language_of_what_was_asked_back(office: Office) -> None:
    await answered(office, ASKED_BACK)
    assert (await press(office, 1, 0, "U9")).sentence == notices.NOT_YOURS.de
    assert (await press(office, 1, 7)).sentence == notices.NOTHING_TO_CHOOSE.de
    assert (await press(office, 1, 0)).sentence == "Ihre Wahl: Schweiz. Die Antwort folgt."
    assert (await press(office, 1, 0)).sentence == notices.CHOSEN_ALREADY.de


async def test_a_private_answer_is_shown_in_its_language(office: Office) -> None:
    shown_for: list[str] = []

    async def scope_here(_: Question) -> Scope:
        return Scope()

    async def place_for(asked: Question) -> tuple[str, dict[str, str]]:
        shown_for.append(asked.language)
        return "t9", {}

    await office.desk.hear(replace(question("m1", ASKED), private=True), addressed=True)
    await office.idle()
    assert (await office.desk.show(1, "U9", scope_here, place_for)).sentence == notices.NOT_YOURS_TO_SHOW.de
    assert (await office.desk.show(1, "U1", scope_here, place_for)).sentence == notices.SHOWN.de
    assert (await office.desk.show(1, "U1", scope_here, place_for)).sentence == notices.SHOWN_ALREADY.de
    assert shown_for == ["de"]


async def test_a_person_is_called_and_the_thread_given_back_in_the_language_of_the_answer(office: Office) -> None:
    await answered(office)
    assert await office.desk.hand_over(1, "U1", press="p1", at=at(5), route={}) == notices.CALLING.de
    await office.idle()
    assert "Natürlich. Ich habe dem Team Bescheid gesagt" in office.chat.posts["reply to ho-p1"]
    assert await office.desk.hand_over(1, "U1", press="p2", at=at(6), route={}) == notices.CALLED_ALREADY.de
    assert "asks for a person" in office.chat.notes[0][1].text  # which helpers read
    await office.handovers.take(1, "slack:U7", "C0HUMANS", at(7))
    assert office.chat.notes[-1][1].text == notices.TAKEN.de
    told, _ = await office.handovers.resolve(1, "slack:U1", "C1", at(8))
    assert told == notices.YOU_RESOLVED_IT.de
    assert office.chat.notes[-1][1].text == notices.BACK.de


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (EngineBusy("Full."), f"{answers.BUSY.de} {answers.ASK_IN_A_MINUTE.de}"),
        (EngineUnavailable("Away."), answers.UNAVAILABLE.de),
        (DeadlineExceeded("Late."), answers.NOT_IN_TIME.de),
        (QuestionTooLong("Long."), answers.TOO_LONG_FOR_MODEL.de),
        (DeliveryRefused("No."), answers.NOT_POSTED.de),
        (FrontdeskError("The index is gone."), notices.APOLOGY.de.format(contact="unser Support-Team")),
    ],
)
async def test_an_error_is_told_in_the_language_of_the_question(
    office: Office, error: FrontdeskError, said: str
) -> None:
    office.script.error = error
    await answered(office)
    assert office.chat.posts["reply to m1"] == f"ERROR {said}"


async def test_an_error_in_english_tells_itself(office: Office) -> None:
    office.script.error = EngineUnavailable("The server is away.", "Ask later.")
    await office.desk.hear(question("m1", "How long can I return a coat?"), addressed=True)
    await office.idle()
    assert office.chat.posts["reply to m1"] == "ERROR The server is away. Ask later."


async def test_the_place_in_the_queue_is_told_in_the_language_of_the_question(office: Office) -> None:
    office.script.places = (3, 1)
    await answered(office)
    assert office.chat.seen[:2] == [answers.IN_LINE.de.format(place=3), answers.NEXT_IN_LINE.de]


@pytest.mark.parametrize(("language", "text", "code"), [("", ASKED, "de"), ("fr", ASKED, "fr"), ("", "Mantel?", "en")])
async def test_who_may_not_ask_here_is_told_in_the_language_of_the_channel_or_the_question(
    database: Database, language: str, text: str, code: str
) -> None:
    office = Office(database, channels=[{"when": "never", "language": language}])
    heard = await office.desk.hear(question("m1", text), addressed=True)
    assert (heard.outcome, heard.sentence) == (Hearing.DENIED, notices.DENIED_CHANNEL.of(code))


@pytest.mark.parametrize("language", ["", *LANGUAGES])
async def test_who_has_nothing_stored_is_told_so_in_the_language_of_the_channel(
    database: Database, language: str
) -> None:
    office = Office(database, channels=[{"language": language}])
    said: list[str] = []

    class Told:
        async def say(self, text: str) -> None:
            said.append(text)

        async def confirm(self, text: str, button: str, user: str) -> None:
            said.extend((text, button))

    commands = Commands(office.desk._settings, database, None)  # type: ignore[arg-type]
    me = Actor("slack", "T1", "C1", "U1")
    await commands.forget(me, Told())  # type: ignore[arg-type]
    assert said == [notices.NOTHING_KEPT.of(language or "en")]
    await office.inbox.accept(question("m1"))
    await commands.forget(me, Told())  # type: ignore[arg-type]
    assert notices.QUESTIONS.of(language or "en", 1) in said[1] and "{" not in said[1]


async def test_a_suggestion_that_cannot_be_kept_is_told_in_the_language_of_the_answer(office: Office) -> None:
    await answered(office)
    for text, said in (
        (" ", notices.SUGGESTION_EMPTY.de),
        ("x" * 4001, "Der Vorschlag hat 4.001 Zeichen. Kürzen Sie ihn auf 4.000 Zeichen."),
    ):
        with pytest.raises(CurationError) as told:
            await office.desk.feedback.suggest(1, "slack:U1", text, await office.desk.language_of(1))
        assert str(told.value) == said
    with pytest.raises(
        CurationError, match=r"^The suggestion has 4,001 characters\. Shorten it to 4,000 characters\.$"
    ):
        await office.desk.feedback.suggest(1, "slack:U1", "x" * 4001)


async def test_what_goes_wrong_at_a_button_is_told_in_the_language_of_the_channel(office: Office) -> None:
    async def german() -> str:
        return "de"

    async def unknown() -> str:
        raise RuntimeError("The database is away.")

    for gone in (
        office.desk.press(99, "slack:U1", 1),
        office.desk.explain(99, "slack:U1", Reason.RUDE),
        office.desk.feedback.suggest(99, "slack:U1", "30 days."),
    ):
        with pytest.raises(Told, match=r"^I no longer have this answer.* Ask the question again\.$") as told:
            await gone
        assert (await told_of(told.value, german)).startswith("Diese Antwort habe ich nicht mehr")
    assert await told_of(RuntimeError("a secret"), german) == notices.UNFORESEEN.de
    assert await told_of(RuntimeError("a secret"), unknown) == notices.UNFORESEEN.en
    assert await told_of(Told(notices.NO_ANSWER_OF_MINE), unknown) == notices.NO_ANSWER_OF_MINE.en
    assert await told_of(FrontdeskError("It is full.", "Make room."), german) == "It is full. Make room."


async def test_a_dialog_waits_once_for_all_that_stands_in_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await answered(office)
    assert await for_dialog(office.desk, 1) == ("de", "")
    assert await for_dialog(office.desk, 1, 99, "slack:U7") == ("de", "")

    async def slow(*_: object) -> str:
        await asyncio.sleep(0.6)  # each of two; both together take longer than they may
        return "de"

    monkeypatch.setattr(platform, "PREFILL_S", 1.0)
    monkeypatch.setattr(office.desk, "language_of", slow)
    monkeypatch.setattr(office.handovers, "said", slow)
    assert await for_dialog(office.desk, 1, 7, "slack:U7") == ("de", "")
