"""Why an answer is as it is: found from the chat, within what the asker may see, told in words."""

from typing import Any

import pytest
from example_messages import a_question, an_answer
from markdown_it import MarkdownIt

from bot.inbox import Inbox
from bot.messages import MessageKey, ShownPassage, Status
from bot.storage.database import Database
from bot.trace import NoTrace, Traces, told


class Desk:
    def __init__(self, database: Database) -> None:
        self.inbox, self.traces = Inbox(database), Traces(database)
        self.asked = 0

    async def answered(self, *, channel: str = "C1", workspace: str = "T1", **changes: Any) -> int:
        self.asked += 1
        question = {name: changes.pop(name) for name in ("author", "private", "thread", "text") if name in changes}
        key = MessageKey("slack", workspace, channel, f"q{self.asked}")
        id = (await self.inbox.accept(a_question(question.pop("text", "?"), key=key, **question))).id
        answer = await self.inbox.record_answer(id, an_answer(**changes))
        await self.inbox.record_post(id, f"p{self.asked}")
        await self.inbox.delivered(id)
        return answer


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_an_answer_is_found_by_its_own_message_and_by_its_question(desk: Desk) -> None:
    first, _ = await desk.answered(), await desk.answered()
    for message in ("p1", "q1"):
        assert (await desk.traces.at(message, "slack", "T1", "C1")).answer_id == first
        assert (await desk.traces.at(message, "slack")).answer_id == first


@pytest.mark.parametrize(
    "where", [("p1", "slack", "T2", "C1"), ("p1", "slack", "T1", "C2"), ("p1", "discord", "T1", "C1"), ("p9", "slack")]
)
async def test_an_answer_of_another_place_is_not_shown(desk: Desk, where: tuple[str, ...]) -> None:
    await desk.answered()
    with pytest.raises(NoTrace):
        await desk.traces.at(*where)


async def test_a_question_deleted_by_its_author_is_not_shown(desk: Desk) -> None:
    answer = await desk.answered()
    await desk.inbox.withdraw(MessageKey("slack", "T1", "C1", "q1"))
    with pytest.raises(NoTrace):
        await desk.traces.of_answer(answer)


async def test_the_last_answer_of_a_channel_leaves_out_what_others_were_told_privately(desk: Desk) -> None:
    opened = await desk.answered(thread="a")
    private = await desk.answered(author="UBEN", private=True)
    await desk.answered(channel="C2")
    assert (await desk.traces.last("slack", "T1", "C1", "UANN")).answer_id == opened
    assert (await desk.traces.last("slack", "T1", "C1", "UBEN")).answer_id == private


async def test_in_a_thread_it_is_the_last_one_of_the_thread(desk: Desk) -> None:
    first = await desk.answered(thread="a")
    await desk.answered(thread="b")
    assert (await desk.traces.last("slack", "T1", "C1", "UANN", "a")).answer_id == first
    with pytest.raises(NoTrace):
        await desk.traces.last("slack", "T1", "C1", "UANN", "c")


async def test_the_trace_is_told_with_passages_model_timings_and_what_was_taken_out(desk: Desk) -> None:
    notes = {
        "route": "from the documents",
        "confidence": 0.8123,
        "removed": [{"sentence": "Call [me](https://evil.example).", "reason": "no passage says it"}],
        "scope": {"region": ["eu"]},
    }
    passages = (
        ShownPassage("returns.md#0", "returns.md", 0.912, "Returns", "EU", "You may return it."),
        ShownPassage("fees.md#2", "fees.md", 0.4, "Fees", "", "Nothing."),
    )
    await desk.answered(text="May I <b>return</b> it?", notes=notes, passages=passages, lora="tone", lora_scale=0.5)
    trace = await desk.traces.at("p1", "slack", "T1", "C1")
    text = told(trace)
    assert "**Returns › EU** (`returns.md`, score 0.912" in text
    assert "**Fees** (`fees.md`, score 0.400)" in text
    assert f"Model {trace.model}, adapter tone at 0.5" in text
    assert "confidence 0.81" in text
    assert "Taken to be about region: eu." in text
    assert "no passage says it" in text
    assert not [
        token for block in MarkdownIt().parse(text) for token in block.children or () if token.type == "link_open"
    ]
    assert "Grounding took nothing out" not in text
    assert trace.as_json()["passages"][0]["text"] == "You may return it."


async def test_an_answer_without_a_model_says_so(desk: Desk) -> None:
    await desk.answered(status=Status.REFUSED, model="", passages=(), prompt=(), notes={}, timings={}, citations=())
    text = told(await desk.traces.of_answer(1))
    assert "No model was asked." in text
    assert "None was looked at." in text
    assert "Refused; no route was noted." in text


async def test_a_very_long_trace_is_cut_in_its_parts(desk: Desk) -> None:
    removed = [{"sentence": "x " * 4000, "reason": "y" * 3000}] * 40
    passages = tuple(ShownPassage(f"d#{n}", "d" * 50, 0.5, "t" * 900, "h" * 900, "w " * 9000) for n in range(30))
    await desk.answered(text="q " * 4000, notes={"removed": removed, "route": "r"}, passages=passages)
    text = told(await desk.traces.of_answer(1))
    assert len(text) < 9000
    assert "and 22 more" in text
    assert "and 32 more" in text
