"""The export: what people liked, as training examples that say where they come from."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from example_messages import a_question, an_answer
from sqlalchemy import update

from bot.curation import Curation, Stage
from bot.inbox import Inbox
from bot.messages import Citation, MessageKey, Mode, Rating, ShownPassage, Status, Turn
from bot.storage.database import Database
from bot.storage.ratings import Ratings
from bot.storage.tables import AnswerRow
from bot.tuning.examples import Split
from bot.tuning.export import ExportError, ExportFilters, ExportReport, Redaction, export
from bot.tuning.redaction import Redacted
from knowledge.documents import Scope

UP, DOWN = 1, -1


class Desk:
    """Answers questions and rates the answers, as a day at the bot would."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.inbox, self.ratings = Inbox(database), Ratings(database)
        self.asked = 0

    async def answer(
        self, *ratings: int, at: datetime | None = None, platform: str = "slack", deliver: bool = True, **changes: Any
    ) -> int:
        self.asked += 1
        question = {name: changes.pop(name) for name in ("scope", "author", "thread") if name in changes}
        key = MessageKey(platform, "W1", "C1", str(self.asked))
        id = (await self.inbox.accept(a_question(f"question {self.asked}", key=key, **question))).id
        answer_id = await self.inbox.record_answer(id, an_answer(**({"text": f"answer {self.asked}"} | changes)))
        if deliver:
            await self.inbox.delivered(id)
        for number, value in enumerate(ratings):
            await self.ratings.rate(Rating(answer_id, f"{platform}:U-person-{number}", value))
        if at:
            async with self.database.write() as session:
                await session.execute(update(AnswerRow).filter_by(id=answer_id).values(created_at=at))
        return answer_id


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    yield Desk(database)


def _lines(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


async def _export(desk: Desk, out: Path, **filters: Any) -> tuple[ExportReport, list[dict[str, Any]]]:
    report = await export(desk.database, out, ExportFilters.read(**filters))
    lines = _lines(out)
    assert report.written == len(lines)
    return report, lines


def _ids(lines: list[dict[str, Any]]) -> list[int]:
    return [line["metadata"]["answer_id"] for line in lines]


async def test_a_liked_answer_becomes_the_prompt_the_model_saw_and_the_answer_people_saw(
    desk: Desk, tmp_path: Path
) -> None:
    turns = (
        Turn("system", "Answer from the passages."),
        Turn("user", "Hello"),
        Turn("assistant", "Good day"),
        Turn("user", "Passages:\n[1] Zurück binnen 30 Tagen\n\nMay I?"),
    )
    scope = Scope.from_mapping({"region": "eu", "effective_from": "2026-01-01"})
    at = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    id = await desk.answer(
        UP, UP, DOWN, at=at, prompt=turns, scope=scope, mode=Mode.RAG_LORA, lora="tone", lora_scale=0.5
    )
    report, [line] = await _export(desk, tmp_path / "out.jsonl")
    assert line["messages"] == [
        {"role": "system", "content": "Answer from the passages."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Good day"},
        {"role": "user", "content": "Passages:\n[1] Zurück binnen 30 Tagen\n\nMay I?"},
        {"role": "assistant", "content": "answer 1"},
    ]
    told = {
        "id": f"answer:{id}",
        "origin": "liked",
        "question": "question 1",
        "answer_id": id,
        "question_id": 1,
        "conversation_id": 1,
        "platform": "slack",
        "workspace": "W1",
        "channel": "C1",
        "rating": {"up": 2, "down": 1},
        "scope": {
            "region": ["eu"],
            "audience": [],
            "product": [],
            "language": [],
            "effective_from": "2026-01-01",
            "effective_until": "",
        },
        "model": "SmolLM2-135M-Instruct.Q4_0",
        "lora": "tone",
        "lora_scale": 0.5,
        "mode": "rag+lora",
        "passages": [
            {
                "passage_id": "returns.md#0",
                "document_id": "returns.md",
                "title": "Returns",
                "heading": "EU",
                "text": "You may return it.",
                "score": 0.5,
                "gold": True,
            }
        ],
        "created_at": "2026-03-01T12:30:00+00:00",
        "knowledge_version": 3,
    }
    assert told.items() <= line["metadata"].items()
    assert report.as_json() == {"written": 1, "skipped": 0, "path": str(tmp_path / "out.jsonl")}


async def test_the_turns_are_named_as_sharegpt_names_them(desk: Desk, tmp_path: Path) -> None:
    await desk.answer(UP, prompt=(Turn("system", "Be kind."), Turn("user", "May I?")))
    await export(desk.database, tmp_path / "out.jsonl", ExportFilters(), "sharegpt")
    (line,) = _lines(tmp_path / "out.jsonl")
    assert line["conversations"] == [
        {"from": "system", "value": "Be kind."},
        {"from": "human", "value": "May I?"},
        {"from": "gpt", "value": "answer 1"},
    ]
    assert line["metadata"]["rating"] == {"up": 1, "down": 0}


async def test_a_format_that_there_is_not_is_named_with_those_that_there_are(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"vicuna.*openai, sharegpt"):
        await export(desk.database, tmp_path / "out.jsonl", ExportFilters(), "vicuna")


async def test_the_workspace_chooses(desk: Desk, tmp_path: Path) -> None:
    await desk.answer(UP)
    report = await export(desk.database, tmp_path / "out.jsonl", ExportFilters(workspace="W2"))
    assert report.written == 0
    assert (await export(desk.database, tmp_path / "out.jsonl", ExportFilters(workspace="W1"))).written == 1


async def test_no_person_is_named(desk: Desk, tmp_path: Path) -> None:
    await desk.answer(UP, author="U-asker")
    await _export(desk, tmp_path / "out.jsonl")
    text = (tmp_path / "out.jsonl").read_text()
    assert "U-person" not in text
    assert "U-asker" not in text


async def test_the_rating_chooses(desk: Desk, tmp_path: Path) -> None:
    up, down, tie, unrated, mostly_up = [
        await desk.answer(*r) for r in ((UP,), (DOWN,), (UP, DOWN), (), (UP, DOWN, UP))
    ]
    out = tmp_path / "out.jsonl"
    assert _ids((await _export(desk, out))[1]) == [up, mostly_up]
    assert _ids((await _export(desk, out, rating="down"))[1]) == [down]
    assert _ids((await _export(desk, out, rating="any"))[1]) == [up, down, tie, unrated, mostly_up]


async def test_a_changed_or_withdrawn_rating_counts_as_it_is_now(desk: Desk, tmp_path: Path) -> None:
    changed, withdrawn, kept = [await desk.answer(UP) for _ in range(3)]
    await desk.ratings.rate(Rating(changed, "slack:U-person-0", DOWN))
    await desk.ratings.withdraw(withdrawn, "slack:U-person-0")
    assert _ids((await _export(desk, tmp_path / "out.jsonl"))[1]) == [kept]


async def test_days_choose_and_until_is_included(desk: Desk, tmp_path: Path) -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    ids = [await desk.answer(UP, at=day + timedelta(hours=hours)) for hours in (-1 / 3600, 0, 23.999, 24)]
    out = tmp_path / "out.jsonl"
    assert _ids((await _export(desk, out, since="2026-03-01", until="2026-03-01"))[1]) == ids[1:3]
    assert _ids((await _export(desk, out, since="2026-03-02"))[1]) == ids[3:]
    assert _ids((await _export(desk, out, until="2026-03-01T00:00"))[1]) == ids[:1]
    assert _ids((await _export(desk, out, since="2026-03-01T01:00+01:00"))[1]) == ids[1:]


async def test_the_platform_chooses(desk: Desk, tmp_path: Path) -> None:
    slack, discord = await desk.answer(UP), await desk.answer(UP, platform="discord")
    out = tmp_path / "out.jsonl"
    assert _ids((await _export(desk, out, platform="discord"))[1]) == [discord]
    assert _ids((await _export(desk, out))[1]) == [slack, discord]


async def test_what_cannot_be_an_example_is_counted_as_skipped(desk: Desk, tmp_path: Path) -> None:
    good = await desk.answer(UP)
    await desk.answer(UP, status=Status.REFUSED)
    await desk.answer(UP, status=Status.SMALLTALK)
    await desk.answer(UP, prompt=())
    await desk.answer(UP, prompt=(Turn("system", "only this"),))
    await desk.answer(UP, text=" \n")
    await desk.answer(UP, deliver=False)
    await desk.answer(UP)
    await desk.inbox.withdraw(MessageKey("slack", "W1", "C1", str(desk.asked)))
    report, lines = await _export(desk, tmp_path / "out.jsonl")
    assert (_ids(lines), report.skipped) == ([good], 7)


async def test_the_same_export_twice_is_the_same_to_the_byte(desk: Desk, tmp_path: Path) -> None:
    for number in range(8):
        await desk.answer(UP, thread=f"T{number % 3}")
    await _export(desk, tmp_path / "one.jsonl")
    await _export(desk, tmp_path / "two.jsonl")
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


async def test_an_export_longer_than_a_page_is_whole_and_in_order(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.tuning.export._PAGE", 3)
    ids = [await desk.answer(UP) for _ in range(10)]
    assert _ids((await _export(desk, tmp_path / "out.jsonl"))[1]) == ids


async def test_an_empty_export_is_an_empty_file(desk: Desk, tmp_path: Path) -> None:
    report, lines = await _export(desk, tmp_path / "out.jsonl")
    assert (report.written, report.skipped, lines) == (0, 0, [])


async def test_broken_characters_do_not_break_the_file(desk: Desk, tmp_path: Path) -> None:
    await desk.answer(UP, prompt=(Turn("system", "s"), Turn("user", "half a pair \ud83d and a line\u2028break")))
    lines = (await export(desk.database, tmp_path / "out.jsonl", ExportFilters())).written
    assert lines == 1
    [line] = (tmp_path / "out.jsonl").read_bytes().splitlines()
    assert json.loads(line)["messages"][1]["content"] == "half a pair \ufffd and a line\u2028break"


async def test_a_file_that_cannot_be_written_is_named_and_the_old_one_stays(desk: Desk, tmp_path: Path) -> None:
    await desk.answer(UP)
    (tmp_path / "file").write_text("old")
    (tmp_path / "folder").mkdir()
    for out in ("nowhere/out.jsonl", "file/out.jsonl", "folder"):
        with pytest.raises(ExportError, match=f"{out} cannot be written"):
            await export(desk.database, tmp_path / out, ExportFilters())
    assert _names(tmp_path) == {"file", "folder"}


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.startswith("frontdesk.db")}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("since", "yesterday"),
        ("since", "0001-01-01"),
        ("until", "2026-02-30"),
        ("until", "9999-12-31"),
        ("rating", "+1"),
    ],
)
def test_a_filter_that_cannot_be_read_is_named(option: str, value: str) -> None:
    with pytest.raises(ExportError, match=f"{option} is '{value}'".replace("+", r"\+")) as raised:
        ExportFilters.read(**{option: value})
    assert raised.value.fix


async def test_personal_data_is_taken_out_unless_it_is_asked_for(desk: Desk, tmp_path: Path) -> None:
    prompt = (Turn("system", "Help."), Turn("user", "Question: I am jane@example.com, ask help@shop.example"))
    await desk.answer(UP, prompt=prompt, text="Dear jane@example.com, within 30 days.")
    out = tmp_path / "out.jsonl"
    await export(desk.database, out, ExportFilters(), redact=Redaction(public=("help@shop.example",)))
    said = [turn["content"] for turn in _lines(out)[0]["messages"]]
    assert said[1:] == ["Question: I am [EMAIL_1], ask help@shop.example", "Dear [EMAIL_1], within 30 days."]
    await export(desk.database, out, ExportFilters(), redact=Redacted)
    assert "jane@example.com" in out.read_text()


async def test_a_pair_is_an_answer_and_the_better_one_that_was_approved(desk: Desk, tmp_path: Path) -> None:
    curation = Curation(desk.database)
    disliked, waiting = await desk.answer(DOWN), await desk.answer(DOWN)
    better = await curation.propose(disliked, "slack:U1", "The better answer.")
    await curation.propose(waiting, "slack:U1", "Nobody has looked at it.")
    await curation.decide(f"suggestion:{better}", Stage.APPROVED, "terminal:ada")
    report = await export(desk.database, tmp_path / "out.jsonl", ExportFilters(), "dpo")
    [line] = _lines(tmp_path / "out.jsonl")
    assert (line["chosen"][0]["content"], line["rejected"][0]["content"]) == ("The better answer.", "answer 1")
    assert (report.written, report.skipped) == (1, 1)


async def test_what_a_curator_rejected_is_left_out_and_what_they_wrote_goes_over_the_answer(
    desk: Desk, tmp_path: Path
) -> None:
    curation = Curation(desk.database)
    good, bad, edited = [await desk.answer(UP) for _ in range(3)]
    await curation.decide(f"answer:{good}", Stage.APPROVED, "terminal:ada")
    await curation.decide(f"answer:{bad}", Stage.REJECTED, "terminal:ada")
    await curation.edit(f"answer:{edited}", "terminal:ada", answer="Within 30 days.")
    report, lines = await _export(desk, tmp_path / "out.jsonl")
    assert (_ids(lines), report.skipped) == ([good, edited], 1)
    assert [line["messages"][-1]["content"] for line in lines] == ["answer 1", "Within 30 days."]
    await export(desk.database, tmp_path / "out.jsonl", ExportFilters(), "dpo")
    [line] = _lines(tmp_path / "out.jsonl")
    assert (line["chosen"][0]["content"], line["rejected"][0]["content"]) == ("Within 30 days.", "answer 3")


async def test_kto_has_what_people_liked_and_what_they_did_not(desk: Desk, tmp_path: Path) -> None:
    for ratings in ((UP,), (DOWN,), (UP, DOWN), ()):
        await desk.answer(*ratings)
    report = await export(desk.database, tmp_path / "out.jsonl", ExportFilters(), "kto")
    lines = _lines(tmp_path / "out.jsonl")
    assert [(line["completion"][0]["content"], line["label"]) for line in lines] == [
        ("answer 1", True),
        ("answer 2", False),
    ]
    assert report.skipped == 2


async def test_a_curators_words_are_what_to_say_and_the_answer_that_people_did_not_like_is_not(
    desk: Desk, tmp_path: Path
) -> None:
    curation = Curation(desk.database)
    disliked, liked = await desk.answer(DOWN), await desk.answer(UP)
    for id in (disliked, liked):
        await curation.edit(f"answer:{id}", "terminal:ada", answer="Within 30 days. [1]")
    await export(desk.database, tmp_path / "out.jsonl", ExportFilters(), "kto")
    assert [(line["completion"][0]["content"], line["label"]) for line in _lines(tmp_path / "out.jsonl")] == [
        ("Within 30 days.", True),
        ("answer 1", False),
        ("Within 30 days.", True),
    ]


async def test_a_curators_question_takes_the_place_of_what_was_asked_everywhere(desk: Desk, tmp_path: Path) -> None:
    curation = Curation(desk.database)
    before = (Turn("system", "Help."), Turn("user", "Hello"), Turn("assistant", "Good day"))
    asked = [(*before, Turn("user", f"[1] question 1 is a heading\n\nQuestion: question {n}")) for n in (1, 2)]
    liked, disliked = await desk.answer(UP, prompt=asked[0]), await desk.answer(DOWN, prompt=asked[1])
    await curation.edit(f"answer:{liked}", "terminal:ada", question="What is asked?")
    _, [line] = await _export(desk, tmp_path / "out.jsonl")
    assert line["metadata"]["question"] == "What is asked?"
    assert [one["content"] for one in line["messages"]] == [
        "Help.",
        "Hello",
        "Good day",
        "[1] question 1 is a heading\n\nQuestion: What is asked?",
        "answer 1",
    ]
    better = f"suggestion:{await curation.propose(disliked, 'slack:U1', 'The better answer.')}"
    await curation.decide(better, Stage.APPROVED, "terminal:ada")
    await curation.edit(better, "terminal:ada", question="What else?")
    await export(desk.database, tmp_path / "out.jsonl", ExportFilters(), "dpo")
    [line] = _lines(tmp_path / "out.jsonl")
    assert "question 2" not in json.dumps(line)
    assert line["prompt"][-1]["content"].endswith("Question: What else?")


async def test_a_question_that_a_curator_wrote_differently_is_not_exported_as_it_was_asked(
    desk: Desk, tmp_path: Path
) -> None:
    id = await desk.answer(UP, prompt=(Turn("system", "Help."), Turn("user", "[1] A passage.\n\nQUESTION ONE")))
    await Curation(desk.database).edit(f"answer:{id}", "terminal:ada", question="What is asked?")
    report, lines = await _export(desk, tmp_path / "out.jsonl")
    assert (lines, report.skipped) == ([], 1)


def _about(page: str) -> dict[str, Any]:
    """Return what an answer rests on: a page that says nothing that another one says."""
    text = " ".join(f"{page}-{word}" for word in "return it within thirty days unused complete new".split())
    return {
        "citations": (Citation(1, page, "Returns", "", "", text),),
        "passages": (ShownPassage(f"{page}#0", page, 0.5, "Returns", "", text),),
    }


async def test_an_export_is_split_by_document_and_conversation(desk: Desk, tmp_path: Path) -> None:
    for number in range(60):
        await desk.answer(UP, thread=f"T{number}", **_about(f"page{number % 20}"))
    report, lines = await _export(desk, tmp_path / "out.jsonl")
    assert (report.written, report.skipped) == (60, 0)
    sides = {line["metadata"]["passages"][0]["document_id"]: line["metadata"]["split"] for line in lines}
    assert set(sides.values()) == set(Split)
    assert all(line["metadata"]["split"] == sides[line["metadata"]["group"].split()[1]] for line in lines)
    held_out = next(page for page, side in sides.items() if side == Split.TEST)
    learned = next(page for page, side in sides.items() if side == Split.TRAIN)
    for page in (learned, held_out):
        await desk.answer(UP, thread="both", **_about(page))
    report, lines = await _export(desk, tmp_path / "out.jsonl")
    assert (report.written, report.skipped) == (61, 1), "what would stand on both sides is left out"
    assert {line["metadata"]["passages"][0]["document_id"]: line["metadata"]["split"] for line in lines} == sides
