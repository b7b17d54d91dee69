"""A thread is in human hands from the wish for a person until it is given back, and the bot is quiet there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import test_desk
from sqlalchemy import func, select, update
from test_desk import Office, question

from bot import feedback
from bot.delivery import DeliveryError
from bot.desk import Hearing
from bot.handovers import GROUPS_UNKNOWN, HELPERS_ONLY, TAKEN_ALREADY, YOU_TOOK_IT, Note, no_groups
from bot.messages import Answer, Citation, Question, Reason, Status
from bot.privacy import Privacy
from bot.storage.database import Database, utc_now
from bot.storage.handovers import HandoverStore, Hands, NotePlace, UnknownHandover, Why
from bot.storage.tables import HandoverRow, QuestionRow
from bot.understanding.mood import Moods
from bot.wording import notices
from knowledge.errors import FrontdeskError

database = test_desk.database
HELPERS = {"handover_channel": "slack:C0HUMANS", "helpers": ["slack:U7", "slack:S8", "discord:9"]}


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    office = Office(database, answering=HELPERS)
    await office.desk.workers.start()
    yield office
    await office.desk.workers.stop()


def at(minute: int) -> datetime:
    return datetime(2026, 1, 1, 9, minute, tzinfo=UTC)


def asked(message: str, text: str, minute: int) -> Question:
    return replace(question(message, text), asked_at=at(minute))


async def answered(office: Office, message: str = "m1", text: str = "How long?", minute: int = 0) -> None:
    await office.desk.hear(asked(message, text, minute), addressed=True)
    await office.idle()


async def call(office: Office, answer_id: int = 1, press: str = "p1", minute: int = 5) -> str:
    return await office.desk.hand_over(answer_id, "U1", press=press, at=at(minute), route={})


async def test_the_note_tells_what_was_asked_found_and_said_and_tags_the_helpers_of_its_platform(
    office: Office,
) -> None:
    source = Citation(1, "returns.md", "Returns [x](http://evil.example)", "https://help.example", "EU", "5 days")
    office.script.ends["How long?"] = Answer(Status.ANSWERED, "Five **days**. [1]", (source,))
    await answered(office)
    assert await call(office) == "I'm letting the team know."
    await office.idle()
    [(place, note)] = office.chat.notes
    assert place == NotePlace("slack", "C0HUMANS")
    assert (note.tags, note.state, note.handover_id) == (("U7", "S8"), Hands.OPEN, 1)
    assert note.text == (
        "**Ada Lovelace** asks for a person in [this thread](https://chat.example/t1).\n\n"
        "> How long?\n\n**Found:** [Returns x](<https://help.example>) › EU\n\n**I said:**\n> Five days. \\[1\\]"
    )
    quiet = "I have told the team, and somebody will answer here. I stay quiet in this thread until you mention me."
    assert office.chat.posts["reply to ho-p1"].endswith(quiet)


async def test_a_wish_in_words_tells_what_was_asked_before(office: Office) -> None:
    test_desk.handed_over(office)
    await answered(office)
    await answered(office, "m2", test_desk.HUMAN, 1)
    [(_, note)] = office.chat.notes
    assert note.text.startswith("**Ada Lovelace** asks for a person in [this thread](https://chat.example/t1):")
    assert "\n\n> Let me talk to a human\n" in note.text
    assert note.text.endswith(
        "**Asked before:**\n> How long?\n\n**Found:** nothing that answers it\n\n**I said:**\n> echo: How long?"
    )


async def test_who_is_forgotten_is_quoted_no_more_in_the_notes_of_threads_that_others_called_people_into(
    office: Office,
) -> None:
    await answered(office, text="My landlord threw me out, may I return it?")
    await office.desk.hear(replace(asked("x1", "And mine?", 0), author="U2", thread="t2"), addressed=True)
    await office.idle()
    for answer_id, press in ((1, "p1"), (2, "p2")):
        await office.desk.hand_over(answer_id, "U2", press=press, at=at(1), route={})
        await office.idle()
    await Privacy(office.database).forget("slack", "U1")
    await office.handovers.take(1, "slack:U7", "C0HUMANS", at(2))
    await office.handovers.take(2, "slack:U7", "C0HUMANS", at(2))
    one, other = (note.text for _, note in office.chat.edits)
    assert one == (
        "**Ada Lovelace** asks for a person in [this thread](https://chat.example/t1).\n\n"
        "What was asked here is deleted."
    )
    assert "> And mine?" in other
    async with office.database.read() as session:
        assert sorted(await session.scalars(select(QuestionRow.text))) == ["", "", "And mine?", "And mine?"]


async def test_a_mention_is_answered_and_the_thread_stays_with_people(office: Office) -> None:
    await answered(office)
    await call(office)
    await office.idle()
    assert (await office.desk.hear(asked("m2", "Anybody?", 6), addressed=False)).outcome is Hearing.IGNORED
    await answered(office, "m3", "How long in Norway?", 7)
    assert (await office.desk.hear(asked("m4", "And in the UK?", 8), addressed=False)).outcome is Hearing.IGNORED
    assert office.script.asked == ["How long?", "How long in Norway?"]
    sentence, answer_id = await office.handovers.resolve(1, "slack:U7", "C1", at(9))
    assert (answer_id, "back with me" in sentence) == (1, True)
    assert (await office.desk.hear(asked("m5", "And in France?", 10), addressed=False)).outcome is Hearing.ACCEPTED
    assert (
        await office.desk.hear(asked("m6", "said before, heard late", 8), addressed=False)
    ).outcome is Hearing.IGNORED
    await office.idle()
    assert office.script.asked[2:] == ["And in France?"]


@pytest.mark.parametrize("taken", [False, True], ids=["called", "taken"])
async def test_an_answer_under_way_is_taken_back_when_people_take_over(office: Office, taken: bool) -> None:
    await answered(office)
    if taken:
        await call(office)
        await office.idle()
    office.script.begun.clear()
    office.script.go.clear()
    await office.desk.hear(asked("m2", "How long in Norway?", 6), addressed=True)
    await office.script.begun.wait()
    if taken:
        await office.handovers.take(1, "slack:U7", "C0HUMANS", at(7))
        office.script.go.set()
    else:
        await call(office, minute=7)
    await office.idle()
    assert set(office.chat.posts) == {"reply to m1", "reply to ho-p1"}
    office.script.go.set()


async def test_an_answer_that_grows_in_another_process_ends_in_the_middle(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.workers.HANDS_LOOKED_AT_S", 0.0)
    await answered(office)
    office.script.begun.clear()
    office.script.go.clear()
    await office.desk.hear(asked("m2", "How long in Norway?", 6), addressed=False)
    await office.script.begun.wait()
    other = Office(database, answering=HELPERS)
    await call(other, minute=7)
    office.script.go.set()
    await office.idle()
    assert set(office.chat.posts) == {"reply to m1", "reply to ho-p1"}


async def test_many_presses_call_people_once(office: Office) -> None:
    await answered(office)
    await asyncio.gather(*(call(office, press=f"p{n}") for n in range(5)))
    await office.idle()
    assert await call(office, press="p9") == notices.CALLED_ALREADY.en
    assert len(office.chat.notes) == 1
    assert len(office.chat.posts) == 2
    assert await office.desk.hand_over(99, "U1", press="p10", at=at(6), route={}) == notices.NOT_KEPT.en


async def test_where_nobody_can_be_called_nobody_is_promised(database: Database) -> None:
    office = Office(database, answering={"contact": "help@example.com"}, handover={"dislikes": 1})
    await office.desk.workers.start()
    await office.desk.hear(asked("m1", "How long?", 0), addressed=True)
    await office.idle()
    assert await call(office) == "I can't reach anybody from here. Please contact help@example.com."
    await office.desk.press(1, "slack:U1", -1)
    await office.idle()
    assert list(office.chat.posts) == ["reply to m1"] and not office.chat.notes
    await office.desk.hear(asked("m2", "And abroad?", 2), addressed=True)
    await office.idle()
    assert office.chat.posts["reply to m2"] == "echo: And abroad?", "the thread stays with the bot"
    await office.desk.workers.stop()


@pytest.mark.parametrize("private", [False, True], ids=["in a thread", "privately"])
async def test_a_press_after_nobody_could_be_told_tells_people_then(database: Database, private: bool) -> None:
    office = Office(database, answering={"handover_channel": "slack:C0HUMANS"})
    await office.desk.workers.start()
    await office.desk.hear(replace(asked("m1", "How long?", 0), private=private), addressed=True)
    await office.idle()
    office.chat.locked = True
    for press in ("p1", "p2"):
        assert await call(office, press=press) == ("" if private else notices.CALLING.en)
        await office.idle()
        assert "told" not in office.chat.posts[f"reply to ho-{press}"]
    office.chat.locked = False
    await asyncio.gather(*(call(office, press=f"p{n}", minute=6) for n in range(3, 6)))
    await office.idle()
    assert [note.state for _, note in office.chat.notes] == [Hands.OPEN]
    assert any("I have told the team" in text for text in office.chat.posts.values())
    assert await call(office, press="p9") == ("" if private else notices.CALLED_ALREADY.en)
    await office.idle()
    assert len(office.chat.notes) == 1
    await office.desk.workers.stop()


@pytest.mark.parametrize(
    ("answering", "where", "tags"),
    [
        (HELPERS, NotePlace("slack", "C0HUMANS", "note 1"), ("U7", "S8")),
        ({"helpers": ["slack:U7"]}, NotePlace("slack", "U7"), ()),
    ],
    ids=["below the note", "directly"],
)
async def test_helpers_are_told_of_each_further_wish_in_direct_messages_which_they_cannot_read(
    database: Database, answering: dict[str, object], where: NotePlace, tags: tuple[str, ...]
) -> None:
    office = Office(database, answering=answering)
    office.chat.threaded = lambda question: False  # type: ignore[method-assign]
    test_desk.handed_over(office)
    await office.desk.workers.start()
    await answered(office)
    await call(office, 1, "p1", 1)
    await office.idle()
    await answered(office, "m2", "How far?", 2)
    assert await call(office, 1, "p2", 3) == notices.CALLED_ALREADY.en
    assert await call(office, 3, "p3", 4) == notices.CALLING.en
    await office.idle()
    assert await call(office, 3, "p4", 5) == notices.CALLED_ALREADY.en
    await answered(office, "m3", test_desk.HUMAN, 6)
    assert [place for place, _ in office.chat.notes[1:]] == [where] * 2
    (_, pressed), (_, said) = office.chat.notes[1:]
    assert (pressed.tags, said.tags, pressed.state) == (tags, tags, None)
    assert "> How far?" in pressed.text and "> Let me talk to a human" in said.text
    told = [text for text in office.chat.posts.values() if "somebody will write to you" in text]
    assert len(told) == 3
    office.chat.locked = True
    office.handovers._settings.answering.helpers = []
    await answered(office, "m4", test_desk.HUMAN, 7)
    assert "told" not in office.chat.posts["reply to m4"]
    await office.desk.workers.stop()


async def test_who_has_a_hand_over_is_told_of_further_wishes(office: Office) -> None:
    office.chat.threaded = lambda question: False  # type: ignore[method-assign]
    test_desk.handed_over(office)
    await answered(office)
    await call(office)
    await office.idle()
    await office.handovers.take(1, "slack:U7", "C0HUMANS", at(6))
    await answered(office, "m2", test_desk.HUMAN, 7)
    assert office.chat.notes[-1][1].tags == ("U7",)
    async with office.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(HandoverRow)) == 1


async def test_what_was_resolved_can_be_handed_over_again(office: Office) -> None:
    await answered(office)
    await call(office)
    await office.idle()
    await office.handovers.resolve(1, "slack:U1", "C1", at(6))
    assert await call(office, press="p2", minute=7) == notices.CALLING.en
    await office.idle()
    noted = [one for one in office.chat.notes if one[1].state is Hands.OPEN]
    assert [note.handover_id for _, note in noted] == [1, 2]


async def test_who_may_take_and_give_back(office: Office) -> None:
    office.handovers._settings.answering.helpers = ["slack:U7"]
    await answered(office)
    await call(office)
    await office.idle()
    assert await office.handovers.take(1, "slack:U5", "C1", at(6)) == HELPERS_ONLY
    assert (await office.handovers.resolve(1, "slack:U5", "C1", at(6)))[0] == HELPERS_ONLY
    await office.handovers.take(1, "slack:U5", "C0HUMANS", at(6))
    assert await office.handovers.take(1, "slack:U7", "C0HUMANS", at(7)) == TAKEN_ALREADY
    assert office.chat.edits[-1][1].by == "U5"
    await office.handovers.resolve(1, "slack:U1", "C1", at(8))
    assert (await office.handovers.resolve(1, "slack:U7", "C1", at(9)))[0] == notices.RESOLVED_ALREADY.en
    assert await office.handovers.take(1, "slack:U7", "C1", at(9)) == notices.RESOLVED_ALREADY.en
    with pytest.raises(UnknownHandover):
        await office.handovers.take(99, "slack:U7", "C1", at(9))


class InGroups:
    """Tells the groups that somebody is in; `known` says whether that can be found out."""

    def __init__(self, *groups: str, known: bool = True) -> None:
        self.groups, self.known = groups, known

    async def __call__(self, among: Collection[str]) -> Collection[str]:
        if not self.known:
            raise FrontdeskError("Slack refused a look at a user group.")
        return [one for one in among if one in self.groups]


async def test_of_a_group_of_helpers_only_its_members_may_take_and_give_back(database: Database) -> None:
    office = Office(database, answering={"helpers": ["slack:S8"]})
    await office.desk.workers.start()
    await answered(office)
    await call(office)
    await office.idle()
    for stranger, said in (
        (InGroups("S9"), HELPERS_ONLY),
        (InGroups("S8", known=False), GROUPS_UNKNOWN),
        (no_groups, HELPERS_ONLY),
    ):
        assert await office.handovers.take(1, "slack:U5", "C1", at(6), stranger) == said
        assert await office.handovers.resolve(1, "slack:U5", "C1", at(6), stranger) == (said, None)
    assert await office.handovers.take(1, "slack:U1", "C1", at(6), InGroups("S8")) == notices.NOT_THE_ASKER.en
    assert await office.handovers.take(1, "slack:U6", "C1", at(6), InGroups("S8")) == YOU_TOOK_IT
    assert (await office.handovers.resolve(1, "slack:U5", "C1", at(7), InGroups("S9"))) == (HELPERS_ONLY, None)
    assert "back with me" in (await office.handovers.resolve(1, "slack:U8", "C1", at(7), InGroups("S8")))[0]
    await office.desk.workers.stop()


async def test_the_roles_of_a_channels_own_helpers_count(database: Database) -> None:
    office = Office(
        database, answering={"helpers": ["slack:S8"]}, channels=[{"channel": "slack:C1", "helpers": ["slack:S9"]}]
    )
    await office.desk.workers.start()
    await answered(office)
    await call(office)
    await office.idle()
    assert await office.handovers.take(1, "slack:U5", "C1", at(6), InGroups("S8")) == HELPERS_ONLY
    assert await office.handovers.take(1, "slack:U5", "C1", at(6), InGroups("S9")) == YOU_TOOK_IT
    await office.desk.workers.stop()


@pytest.mark.parametrize(
    ("groups", "for_others", "state"),
    [
        (InGroups("S8"), False, Hands.TAKEN),
        (InGroups("S8"), True, Hands.TAKEN),
        (InGroups("S9"), False, Hands.OPEN),
        (InGroups("S8", known=False), False, Hands.OPEN),
    ],
    ids=["in the group", "to somebody", "in another", "not known"],
)
async def test_who_is_a_helper_by_a_group_takes_a_thread_by_writing_in_it(
    database: Database, groups: InGroups, for_others: bool, state: Hands
) -> None:
    office = Office(database, answering={"helpers": ["slack:S8"]})
    await office.desk.workers.start()
    await answered(office)
    await call(office)
    await office.idle()
    said = replace(asked("m2", "Do you have your order number at hand?", 6), author="U6")
    heard = await office.desk.hear(said, addressed=False, look_up=groups, for_others=for_others)
    assert heard.outcome is Hearing.IGNORED
    handover = await office.handovers._store.get(1)
    assert (handover.state, handover.said) == (state, said.text)
    await office.desk.workers.stop()


async def test_who_has_a_thread_is_not_told_that_somebody_else_took_it(office: Office) -> None:
    await answered(office)
    await call(office)
    await office.idle()
    presses = [office.handovers.take(1, "slack:U7", "C0HUMANS", at(6)) for _ in range(2)]
    assert await asyncio.gather(*presses) == [YOU_TOOK_IT] * 2
    assert await office.handovers.take(1, "slack:U7", "C0HUMANS", at(7)) == YOU_TOOK_IT
    assert await office.handovers.take(1, "slack:U9", "C0HUMANS", at(7)) == TAKEN_ALREADY
    assert len(office.chat.edits) == 1
    await office.handovers.resolve(1, "slack:U7", "C0HUMANS", at(8))
    assert await office.handovers.take(1, "slack:U7", "C0HUMANS", at(9)) == notices.RESOLVED_ALREADY.en


async def test_two_thumbs_down_hand_a_thread_over_and_two_more_after_it_was_given_back(office: Office) -> None:
    await answered(office)
    await answered(office, "m2", "And in Norway?", 1)
    await office.desk.press(1, "slack:U1", -1)
    await office.desk.press(1, "slack:U1", -1)  # withdrawn
    await office.desk.press(1, "slack:U1", -1)
    assert not office.chat.notes
    assert (await office.desk.press(2, "slack:U2", -1)).ask_why
    await office.idle()
    [(_, note)] = office.chat.notes
    assert "found what I said in [this thread]" in note.text and "> And in Norway?" in note.text
    assert any(text.startswith("I am sorry for the trouble.") for text in office.chat.posts.values())
    await office.desk.press(2, "slack:U3", -1)
    await office.idle()
    await office.handovers.resolve(1, "slack:U7", "C1", utc_now())
    await office.desk.press(1, "slack:U4", -1)
    await office.idle()
    assert len([one for one in office.chat.notes if one[1].state]) == 1
    await office.desk.press(1, "slack:U5", -1)
    await office.idle()
    assert len([one for one in office.chat.notes if one[1].state]) == 2


NO_ANSWER = Answer(Status.REFUSED, "I could not find that.")


async def test_two_refusals_in_a_row_hand_a_thread_over(office: Office) -> None:
    office.script.ends = {"the moon?": NO_ANSWER, "the sun?": NO_ANSWER, "the stars?": NO_ANSWER}
    await answered(office, "m1", "the moon?", 0)
    await answered(office, "m2", "How long?", 1)
    await answered(office, "m3", "the sun?", 2)
    assert not office.chat.notes
    await answered(office, "m4", "the stars?", 3)
    [(_, note)] = office.chat.notes
    assert (
        note.text.startswith("I have no answer for **Ada Lovelace** in [this thread]") and "> the stars?" in note.text
    )
    assert "I have told the team" in office.chat.posts["reply to m4"]


HURRY = "I need it right now, which moon?"
ANGER = "This is ridiculous, nobody answers! Which sun?"
OFFER = "If this cannot wait, say that you want to talk to a person"


@pytest.fixture
async def feeling(database: Database) -> AsyncIterator[Office]:
    """An office that reads how people feel."""
    office = Office(database, Moods(), answering=HELPERS)
    await office.desk.workers.start()
    yield office
    await office.desk.workers.stop()


@pytest.mark.parametrize("text", [HURRY, ANGER])
async def test_who_is_in_a_hurry_or_angry_is_not_refused_twice(feeling: Office, text: str) -> None:
    feeling.script.ends = {"the moon?": NO_ANSWER, text: NO_ANSWER}
    await answered(feeling, "m1", "the moon?", 0)
    assert not feeling.chat.notes
    await answered(feeling, "m2", "How long?", 1)
    await answered(feeling, "m3", text, 2)
    assert len(feeling.chat.notes) == 1
    assert "I have told the team" in feeling.chat.posts["reply to m3"]


async def test_an_urgent_question_that_is_answered_is_offered_a_person_in_the_chat_only(feeling: Office) -> None:
    await answered(feeling, "m1", "How long?", 0)
    await answered(feeling, "m2", HURRY, 1)
    assert OFFER not in feeling.chat.posts["reply to m1"]
    assert OFFER in feeling.chat.posts["reply to m2"]
    kept = await feeling.inbox.asked_back(2)
    assert kept is not None
    assert kept[1].text == f"echo: {HURRY}"
    assert kept[1].notes["mood"]["urgency"] > 0.5


async def test_nobody_is_offered_where_nobody_could_be_told(database: Database) -> None:
    office = Office(database, Moods())
    await office.desk.workers.start()
    await answered(office, "m1", HURRY, 0)
    await office.desk.workers.stop()
    assert office.chat.posts["reply to m1"] == f"echo: {HURRY}"


async def test_one_thumb_down_on_an_urgent_question_hands_it_over(feeling: Office) -> None:
    await answered(feeling, "m1", "How long?", 0)
    await feeling.desk.press(1, "slack:U1", -1)
    await feeling.idle()
    assert not feeling.chat.notes
    feeling.chat.posts.clear()
    await feeling.desk.hear(replace(asked("m2", HURRY, 1), thread="t2"), addressed=True)
    await feeling.idle()
    await feeling.desk.press(2, "slack:U1", -1)
    await feeling.idle()
    assert len(feeling.chat.notes) == 1


async def test_angry_words_with_a_thumb_down_call_a_person_and_are_kept_as_such(feeling: Office) -> None:
    await answered(feeling, "m1", "How long?", 0)
    await feeling.desk.press(1, "slack:U1", -1)
    await feeling.desk.explain(1, "slack:U1", Reason.OTHER, "wrong price")
    await feeling.idle()
    assert not feeling.chat.notes
    told = await feeling.desk.explain(1, "slack:U1", Reason.OTHER, "This is ridiculous, I am so angry!")
    await feeling.idle()
    assert told.sentence == notices.NOTED[Reason.OTHER].en
    assert len(feeling.chat.notes) == 1
    [rating] = await feeling.ratings.of(1)
    assert rating.upset is not None
    assert rating.upset > 0.5


async def test_refusals_are_left_alone_where_nobody_could_be_told(database: Database) -> None:
    office = Office(database)
    office.script.ends = {"the moon?": NO_ANSWER, "the sun?": NO_ANSWER}
    await office.desk.workers.start()
    await answered(office, "m1", "the moon?", 0)
    await answered(office, "m2", "the sun?", 1)
    await office.desk.workers.stop()
    assert office.chat.posts["reply to m2"] == NO_ANSWER.text
    assert not office.chat.notes


async def test_a_note_that_the_platform_does_not_take_at_first_is_posted_once(office: Office) -> None:
    posts, post = [], office.chat.post_note

    async def shaky(place: NotePlace, note: Note, *, look_first: bool = False) -> str:
        posts.append(look_first)
        if len(posts) == 1:
            raise DeliveryError("The platform is away.")
        return await post(place, note, look_first=look_first)

    office.chat.post_note = shaky  # type: ignore[method-assign]
    test_desk.handed_over(office)
    await office.desk.hear(question("m1", test_desk.HUMAN), addressed=True)
    await office.idle()
    assert posts == [False, True]
    assert len(office.chat.notes) == 1
    assert "I have told the team" in office.chat.posts["reply to m1"]


async def test_a_hand_over_that_nobody_takes_is_reminded_of_a_few_times(database: Database) -> None:
    office = Office(database, answering=HELPERS, handover={"remind_after_min": 30, "reminders": 2})
    now = utc_now()
    office.handovers._clock = lambda: now
    await office.desk.workers.start()
    for thread in ("t1", "t2"):
        await office.desk.hear(replace(question(f"m{thread}", thread=thread), asked_at=now), addressed=True)
        await office.idle()
    for answer_id in (1, 2):
        await office.desk.hand_over(answer_id, "U1", press=f"p{answer_id}", at=now, route={})
    await office.idle()
    await office.handovers.take(2, "slack:U7", "C0HUMANS", now)
    office.chat.notes.clear()
    reminded = []
    for _ in range(20):
        now += timedelta(minutes=10)
        reminded.append(await office.handovers.remind())
    assert [n for n, count in enumerate(reminded, 1) if count] == [3, 6]
    assert [(place.thread, note.tags) for place, note in office.chat.notes] == [("note 1", ("U7", "S8"))] * 2
    assert [note.text for _, note in office.chat.notes] == [
        "Nobody has taken this yet; it has been waiting for 30 minutes.",
        "Nobody has taken this yet; it has been waiting for 60 minutes.",
    ]
    await office.desk.workers.stop()


async def test_without_a_channel_helpers_are_told_of_a_private_wish_by_direct_message(database: Database) -> None:
    office = Office(database, answering={"helpers": ["slack:U7", "slack:S8"]})
    await office.desk.workers.start()
    await office.desk.hear(replace(asked("m1", "How long?", 0), private=True), addressed=True)
    await office.idle()
    assert await call(office) == ""
    await office.idle()
    [(place, note)] = office.chat.notes
    assert place.channel == "U7" and "> How long?" in note.text and "http" not in note.text
    assert office.chat.posts["reply to ho-p1"].endswith("I have told the team, and somebody will write to you.")
    await office.desk.workers.stop()


async def test_helpers_of_another_platform_are_told_by_direct_message(database: Database) -> None:
    office = Office(database, answering={"helpers": ["discord:9", "discord:&8"]})
    elsewhere = test_desk.Chat()
    elsewhere.name = "discord"
    office.desk.attach(elsewhere)
    office.script.ends |= {"How long?": NO_ANSWER, "How far?": NO_ANSWER}
    await office.desk.workers.start()
    await answered(office)
    await answered(office, "m2", "How far?", 1)
    [(place, note)] = elsewhere.notes
    assert place.channel == "9" and "[this thread](https://chat.example/t1)" in note.text
    assert office.chat.notes == []
    assert office.chat.posts["reply to m2"].endswith(
        "I have told the team, and somebody will answer here. I stay quiet in this thread until you mention me."
    )
    await office.desk.workers.stop()


async def test_a_private_wish_is_told_by_direct_message_where_the_channel_is_not_connected(database: Database) -> None:
    office = Office(database, answering={"helpers": ["slack:U7"], "handover_channel": "discord:77"})
    await office.desk.workers.start()
    await office.desk.hear(replace(asked("m1", "How long?", 0), private=True), addressed=True)
    await office.idle()
    await call(office)
    await office.idle()
    assert [place.channel for place, _ in office.chat.notes] == ["U7"]
    await office.desk.workers.stop()


@pytest.mark.parametrize(
    "answering",
    [{"helpers": ["discord:9"]}, {"helpers": ["discord:&8"]}, {"handover_channel": "discord:77"}],
    ids=["a helper", "a role", "a channel"],
)
async def test_a_thread_stays_with_the_bot_where_only_a_platform_without_us_has_helpers(
    database: Database, answering: dict[str, object]
) -> None:
    office = Office(database, answering=answering)
    office.script.ends |= {"How long?": NO_ANSWER, "How far?": NO_ANSWER}
    await office.desk.workers.start()
    await answered(office)
    await answered(office, "m2", "How far?", 1)
    assert office.chat.posts["reply to m2"] == NO_ANSWER.text
    assert (await office.desk.hear(asked("m3", "And now?", 2), addressed=False)).outcome is Hearing.ACCEPTED
    await office.idle()
    await office.desk.workers.stop()


async def test_helpers_of_the_thread_are_tagged_in_it_where_the_channel_is_not_connected(database: Database) -> None:
    office = Office(database, answering={"helpers": ["slack:U7"], "handover_channel": "discord:77"})
    await office.desk.workers.start()
    await answered(office)
    await call(office)
    await office.idle()
    [(place, note)] = office.chat.notes
    assert (place, note.tags) == (NotePlace("slack", "C1", "t1"), ("U7",))
    await office.desk.workers.stop()


@pytest.mark.parametrize(
    ("private", "helpers", "where"),
    [
        (False, ["slack:U7"], NotePlace("slack", "C1", "t1")),
        (False, ["slack:U7", "discord:9"], NotePlace("slack", "C1", "t1")),
        (True, ["slack:U7", "slack:S8"], NotePlace("slack", "U7")),
    ],
    ids=["in the thread", "once", "by direct message"],
)
async def test_helpers_are_told_where_the_channel_takes_no_notes(
    database: Database, private: bool, helpers: list[str], where: NotePlace
) -> None:
    office = Office(database, answering={"helpers": helpers, "handover_channel": "slack:CGONE"})
    post = office.chat.post_note

    async def refusing(place: NotePlace, note: Note, *, look_first: bool = False) -> str:
        if place.channel == "CGONE":
            raise FrontdeskError("I am not in this channel.")
        return await post(place, note, look_first=look_first)

    office.chat.post_note = refusing  # type: ignore[method-assign]
    await office.desk.workers.start()
    await office.desk.hear(replace(asked("m1", "How long?", 0), private=private), addressed=True)
    await office.idle()
    await call(office)
    await office.idle()
    assert [place for place, _ in office.chat.notes] == [where]
    assert "I have told the team" in office.chat.posts["reply to ho-p1"]
    await office.desk.workers.stop()


async def test_why_an_answer_was_no_help_is_kept_with_the_rating(office: Office) -> None:
    await answered(office)
    await office.desk.press(1, "slack:U1", -1)
    await office.desk.feedback.explain(1, "slack:U1", Reason.OUTDATED)
    await office.desk.react(replace(question("m1").key, message="reply to m1"), "slack:U1", -1, added=True)
    [rating] = await office.ratings.of(1)
    assert (rating.value, rating.reason) == (-1, Reason.OUTDATED)
    assert office.chat.asked == []
    await office.desk.press(1, "slack:U1", 1)
    [rating] = await office.ratings.of(1)
    assert (rating.value, rating.reason, rating.words) == (1, None, "")
    told = await office.desk.feedback.explain(1, "slack:U1", Reason.OTHER, "The fee.\x00 " + "x" * 2000)
    assert told.sentence == notices.NOTED[Reason.OTHER].en
    [rating] = await office.ratings.of(1)
    assert (rating.value, len(rating.words)) == (-1, feedback.WORDS_CHARS)


async def test_words_about_an_answer_stay_when_a_reason_is_given_after_them(office: Office) -> None:
    await answered(office)
    await office.desk.explain(1, "slack:U1", Reason.OTHER, "The fee is wrong.")
    await office.desk.explain(1, "slack:U1", Reason.WRONG)
    with pytest.raises(FrontdeskError, match="no words"):
        await office.desk.explain(1, "slack:U1", Reason.OTHER, " \n ")
    [rating] = await office.ratings.of(1)
    assert (rating.value, rating.reason, rating.words) == (-1, Reason.WRONG, "The fee is wrong.")
    await office.desk.explain(1, "slack:U1", Reason.OTHER, "The fee is 5 €.")
    [rating] = await office.ratings.of(1)
    assert (rating.reason, rating.words) == (Reason.OTHER, "The fee is 5 €.")


async def test_a_new_thumb_down_as_a_reaction_is_asked_about_once(office: Office) -> None:
    await answered(office)
    post = replace(question("m1").key, message="reply to m1")
    for _ in range(3):
        await office.desk.react(post, "slack:U1", -1, added=True)
    await office.desk.react(post, "slack:U2", 1, added=True)
    assert office.chat.asked == ["why, U1"]


async def test_nobody_is_asked_to_rate_unless_the_settings_say_so_and_then_once(database: Database) -> None:
    office = Office(database, answering=HELPERS, ratings={"remind_after_min": 0.001})
    await office.desk.workers.start()
    for thread in ("t1", "t2", "t3"):
        await office.desk.hear(replace(question(f"m{thread}", thread=thread)), addressed=True)
        await office.idle()
    await office.desk.press(1, "slack:U1", 1)
    await call(office, answer_id=2)
    await office.idle()
    await asyncio.sleep(0.1)
    assert (await office.desk.ask_to_rate(), await office.desk.ask_to_rate()) == (1, 0)
    assert office.chat.asked == ["rate, U1"]
    await office.desk.workers.stop()


async def test_a_thread_has_one_hand_over_at_a_time_however_many_begin_at_once(
    office: Office, database: Database
) -> None:
    await answered(office)
    await answered(office, "m2", "And in Norway?", 1)
    store = HandoverStore(database)
    begun = await asyncio.gather(
        *(store.open(1 + n % 2, why=Why.BUTTON, opened_by="slack:U1", since=at(2), threaded=True) for n in range(8))
    )
    assert {one.id for one in begun} == {begun[0].id}
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(HandoverRow)) == 1
    async with database.write() as session:
        await session.execute(update(HandoverRow).values(state=Hands.RESOLVED, resolved_at=at(3)))
    again = await store.open(1, why=Why.BUTTON, opened_by="slack:U1", since=at(4), threaded=True)
    assert again.id != begun[0].id
