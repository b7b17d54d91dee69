"""In shadow mode a candidate answers too, unseen, and what it said is forgotten with the answer that was shown."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.inbox import Inbox
from bot.messages import (
    Answer,
    AnswerEvent,
    Citation,
    Conversation,
    Finished,
    MessageKey,
    Mode,
    Question,
    Status,
    Turn,
)
from bot.privacy import Privacy
from bot.storage.database import Database
from bot.storage.shadows import Shadows
from bot.trace import Traces, told
from bot.tuning.shadow import Shadow, compared

KEY = MessageKey("slack", "T1", "C1", "1.1")
QUESTION = Question(KEY, "How long can I return it?", "U1", "1.1")
CANDIDATE = "new-1"


class Answers:
    """Says something else through the candidate."""

    def __init__(self) -> None:
        self.busy = False
        self.asked: list[tuple[str | None, bool]] = []
        self.knows_candidate = True
        self.prompt: tuple[Turn, ...] = (Turn("user", "How long?"),)

    async def answer(
        self,
        question: Question,
        conversation: Conversation,
        mode: Mode | None = None,
        *,
        lora: str | None = None,
        lora_scale: float | None = None,
        idle: bool = False,
    ) -> AsyncGenerator[AnswerEvent, None]:
        self.asked.append((lora, idle))
        used = lora or "old-1"
        if lora and not self.knows_candidate:
            used = ""
        text = "Within thirty days. [1]" if lora else "You have 30 days. [1]"
        yield Finished(
            Answer(
                Status.ANSWERED,
                text,
                (Citation(1, "returns.md", "Returns", "", "", "30 days"),),
                lora=used,
                lora_scale=1.0,
                timings={"total_s": 0.5 if lora else 0.25},
                prompt=self.prompt,
                notes={"route": "rag+lora", "quoted": not lora},
            )
        )

    def disliked(self, answer: Answer) -> None: ...


class Office:
    """An inbox, and answers that are shadowed."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.inbox = Inbox(database)
        self.answers = Answers()
        self.candidate = CANDIDATE
        self.delivering_s = 0.0
        self.shadows = Shadows(database)
        self.shadow = Shadow(self.answers, self.shadows, lambda: self.candidate, quiet_s=0.05)

    async def serve(self, question: Question = QUESTION) -> Answer:
        """Ask, answer and deliver as the desk does."""
        accepted = await self.inbox.accept(question)
        claimed = await self.inbox.claim("w", 30.0, ("slack",))
        assert claimed and accepted.new
        async for event in self.shadow.answer(claimed.question, claimed.conversation):
            assert isinstance(event, Finished)
            answer = event.answer
        await self.inbox.record_answer(claimed.id, answer)
        await asyncio.sleep(self.delivering_s)
        await self.inbox.delivered(claimed.id)
        return answer

    async def until_unseen(self, count: int) -> None:
        async with asyncio.timeout(60):
            while len(await self.shadows.of(CANDIDATE)) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.02)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    database = Database(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    await database.migrate()
    office = Office(database)
    office.shadow.start()
    yield office
    await office.shadow.stop()
    await database.close()


async def settled(office: Office) -> None:
    """Wait until whatever is to be answered unseen has been."""
    await asyncio.sleep(0.5)


async def test_the_candidate_answers_after_the_answer_that_is_shown_and_is_kept_with_it(office: Office) -> None:
    answer = await office.serve()
    assert (answer.text, answer.lora) == ("You have 30 days. [1]", "old-1")
    await office.until_unseen(1)
    assert office.answers.asked == [(None, False), (CANDIDATE, True)]
    (one,) = await office.shadows.of(CANDIDATE)
    assert one.texts == ("You have 30 days.", "Within thirty days.")
    trace = told(await Traces(office.database).of_answer(1))
    assert "Unseen answer of the candidate new-1" in trace and "Within thirty days." in trace
    assert compared([one]) == {
        "questions": 1,
        "shown": {"answered": 1.0, "own_words": 0.0, "words": 4.0, "total_p50_s": 0.25},
        "unseen": {"answered": 1.0, "own_words": 1.0, "words": 3.0, "total_p50_s": 0.5},
        "alike": pytest.approx(2 / 7),
        "same_sources": 1.0,
    }
    assert await office.shadows.of("other") == []
    assert compared([]) == {"questions": 0}


async def test_an_unseen_answer_waits_for_the_delivery_of_the_one_that_is_shown(office: Office) -> None:
    office.delivering_s = 0.3
    await office.serve()
    await office.until_unseen(1)
    assert len(await office.shadows.of(CANDIDATE)) == 1


async def test_it_waits_until_nobody_asks(office: Office) -> None:
    office.answers.busy = True
    await office.serve()
    await settled(office)
    assert office.answers.asked == [(None, False)]
    office.answers.busy = False
    await office.until_unseen(1)


@pytest.mark.parametrize("why", ["there is none", "it was promoted meanwhile", "another one answered", "no model"])
async def test_nothing_is_kept_that_is_not_the_candidates(why: str, office: Office) -> None:
    if why == "there is none":
        office.candidate = ""
    elif why == "another one answered":
        office.answers.knows_candidate = False
    elif why == "no model":
        office.answers.prompt = ()
    else:
        office.answers.busy = True
    await office.serve()
    if why == "it was promoted meanwhile":
        office.candidate, office.answers.busy = "", False
    await settled(office)
    assert await office.shadows.of(CANDIDATE) == []


async def test_what_was_forgotten_is_not_kept_anew(office: Office) -> None:
    office.answers.busy = True
    await office.serve()
    await Privacy(office.database).forget("slack", "U1")
    office.answers.busy = False
    await settled(office)
    assert len(office.answers.asked) == 2
    assert await office.shadows.of(CANDIDATE) == []


async def test_an_unseen_answer_is_forgotten_with_the_one_that_was_shown(office: Office) -> None:
    await office.serve()
    await office.until_unseen(1)
    await Privacy(office.database).forget("slack", "U1")
    assert await office.shadows.of(CANDIDATE) == []


async def test_of_more_questions_than_it_can_follow_some_are_left_out(office: Office) -> None:
    office.answers.busy = True
    for number in range(40):
        key = replace(KEY, message=f"1.{number}")
        await office.serve(replace(QUESTION, key=key, thread=key.message))
    office.answers.busy = False
    await office.until_unseen(33)
    await settled(office)
    assert len(await office.shadows.of(CANDIDATE)) == 33, "those remembered and the one that waited already"
