"""A set of examples from what people liked and wrote, with the real database, search and model."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from adapters import wiring
from adapters.database import opened, privacy_of
from adapters.tuning.known import Wanted
from adapters.tuning.preparing import Prepared, Sources, prepare
from adapters.tuning.preparing_cli import _print
from bot.asking import answered, one_question
from bot.claims.rewording import uncited
from bot.curation import Curation, Stage
from bot.inbox import Inbox
from bot.messages import Answer, Citation, Conversation, MessageKey, Question, Rating, ShownPassage, Status, Turn
from bot.privacy import Privacy
from bot.settings import ChannelSettings, Settings
from bot.storage.database import Database, utc_now
from bot.storage.ratings import Ratings
from bot.storage.tables import AnswerRow, QuestionRow
from bot.tuning.answering import Given, Kept
from bot.tuning.approved import ASKED_DIFFERENTLY
from bot.tuning.examples import Example, ExamplesError, Origin, Split, read_examples
from bot.tuning.export import export_set
from bot.tuning.sets import SetError, find
from knowledge.documents import Scope

Liked = Callable[..., Awaitable[int]]
PASSAGE = "Return it within {days} days, {about}."


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with a database of their own."""
    return settings.model_copy(
        update={"database": settings.database.model_copy(update={"url": SecretStr(f"sqlite:///{tmp_path}/d.db")})}
    )


@pytest.fixture
def liked(own: Settings) -> Liked:
    """Ask, answer, deliver and rate; return the answer's id."""
    asked = iter(range(1, 1000))

    async def answer(text: str = "Within 30 days of delivery. [1]", *, question: str = "", **changes: Any) -> int:
        number = next(asked)
        page = changes.pop("page", f"page-{number}.md")
        days = changes.pop("days", 10 + number)
        words = PASSAGE.format(
            days=days, about=" ".join(f"{page[:-3]} {word}" for word in "unused complete new".split())
        )
        question = question or f"Until when may I return item {number}?"
        prompt = (Turn("system", "You help."), Turn("user", f'Passages:\n\n"""\n{words}\n"""\n\nQuestion: {question}'))
        made = Answer(
            Status.ANSWERED,
            text,
            citations=(Citation(1, page, "Returns", "", "", words),),
            passages=(ShownPassage(f"{page}#0", page, 0.9, "Returns", "", words),),
            prompt=prompt,
        )
        async with opened(own) as database:
            inbox = Inbox(database)
            key = MessageKey("slack", "W1", "C1", str(number))
            who, thread = changes.pop("author", "U1"), changes.pop("thread", f"T{number}")
            scope = changes.pop("scope", Scope())
            id = (await inbox.accept(Question(key, question, who, thread, scope))).id
            answer_id = await inbox.record_answer(id, made)
            await inbox.delivered(id)
            await Ratings(database).rate(Rating(answer_id, "slack:P1", changes.pop("rating", 1)))
        return answer_id

    return answer


async def _approve(own: Settings, *ids: str) -> None:
    async with opened(own) as database:
        for id in ids:
            await Curation(database).decide(id, Stage.APPROVED, "terminal:ada")


async def _prepared(own: Settings, **sources: Any) -> tuple[Prepared, list[Example]]:
    made = await prepare(own, Sources(**sources), lambda step, done, total: None)
    return made, list(read_examples(made.folder / "examples.jsonl"))


async def test_without_a_liked_answer_the_way_on_is_said(own: Settings) -> None:
    with pytest.raises(SetError, match="nothing to learn from yet") as raised:
        await _prepared(own)
    assert "--from-documents" in str(raised.value.fix)


async def test_liked_answers_that_wait_for_a_decision_are_told(own: Settings, liked: Liked) -> None:
    await liked()
    await liked()
    with pytest.raises(SetError) as raised:
        await _prepared(own)
    assert "2 answers wait for a decision" in str(raised.value.fix)


async def test_three_liked_answers_make_a_set_that_says_how_few_they_are(own: Settings, liked: Liked) -> None:
    ids = [await liked(f"Within {10 + n} days. [1]", days=10 + n) for n in (1, 2, 3)]
    await _approve(own, *(f"answer:{id}" for id in ids))
    made, examples = await _prepared(own)
    assert sorted(one.id for one in examples) == [f"answer:{id}" for id in ids]
    assert {one.split for one in examples} == set(Split)
    assert made.report["origins"] == {"liked": {"examples": 3, "train": 1, "validation": 1, "test": 1}}
    assert "3 examples are few to learn from" in made.report["warnings"][0]
    assert "--from-documents" in made.report["warnings"][0]
    one = examples[0]
    assert (one.origin, one.answer, one.passages[0].gold) == (Origin.LIKED, "Within 11 days.", True)
    assert one.prompt[-1].content.endswith("Question: Until when may I return item 1?")
    assert one.metadata["rating"] == {"up": 1, "down": 0}
    assert made.as_json()["artifacts"][0].endswith("examples.jsonl")


async def test_answers_that_are_all_the_same_are_one(own: Settings, liked: Liked) -> None:
    ids = [await liked(question="Until when may I return it?", page="p.md", days=30) for _ in range(4)]
    await _approve(own, *(f"answer:{id}" for id in ids))
    made, [one] = await _prepared(own)
    assert one.id in {f"answer:{id}" for id in ids}
    assert "All 4 examples say the same: one is left." in made.report["warnings"]
    assert made.report["duplicates"]["examples"] == 3


async def test_answers_that_disagree_are_in_the_report(own: Settings, liked: Liked) -> None:
    ids = [await liked(f"Within {n} days.", question="Until when may I return it?", page="p.md") for n in (30, 14)]
    await _approve(own, *(f"answer:{id}" for id in ids))
    made, examples = await _prepared(own)
    assert len(examples) == 1
    assert [one["why"] for one in made.report["disagreements"]] == ["their figures differ"]


async def test_personal_data_is_in_no_set(own: Settings, liked: Liked) -> None:
    question = "I'm Jane Doe, jane@example.com, order 4711-0815: until when may I return it?"
    id = await liked("Dear Jane, within 30 days.", question=question)
    await _approve(own, f"answer:{id}")
    made, [one] = await _prepared(own)
    text = (made.folder / "examples.jsonl").read_text() + (made.folder / "report.json").read_text()
    for secret in ("Jane", "jane@example.com", "4711"):
        assert secret not in text
    assert one.answer == "Dear [NAME_1], within 30 days."
    assert made.report["redacted"] == {"email": 1, "name": 1, "number": 1}


async def test_personal_data_is_not_in_the_report_of_what_is_skipped_either(own: Settings, liked: Liked) -> None:
    good = await liked()
    bad = await liked("No idea.", rating=-1, question="My name is Jane Doe, jane@example.com, how long?")
    async with opened(own) as database:
        asked = "I'm Jane Doe, jane@example.com. How long may I return it?"
        await Curation(database).edit(f"answer:{bad}", "terminal:ada", question=asked)
    await _approve(own, f"answer:{good}", f"answer:{bad}")
    made, [one] = await _prepared(own)
    assert one.id == f"answer:{good}"
    [skipped] = json.loads((made.folder / "report.json").read_text())["skipped"]
    assert skipped["question"] == "I'm [NAME_1], [EMAIL_1]. How long may I return it?"
    assert made.report["skipped"] == [skipped]


async def test_an_answer_that_people_did_not_like_is_kept_as_such(own: Settings, liked: Liked) -> None:
    good, bad = await liked("Within 11 days."), await liked("No idea.", rating=-1)
    await _approve(own, f"answer:{good}", f"answer:{bad}")
    _, examples = await _prepared(own)
    assert {(one.id, one.liked) for one in examples} == {(f"answer:{good}", True), (f"answer:{bad}", False)}


# What people wrote, against the sample handbook ---------------------------------------------------------------


async def _served(own: Settings, text: str) -> int:
    """Ask through the real pipeline, with the answer kept; return its id."""
    scope = Scope(region=("uk",))
    asked = one_question(text, scope)
    async with wiring.pipeline(own) as pipeline, opened(own) as database:
        answer = await answered(pipeline, asked, Conversation(), None)
        inbox = Inbox(database)
        key = MessageKey("slack", "W1", "C1", text)
        id = (await inbox.accept(Question(key, text, "U1", text, scope))).id
        answer_id = await inbox.record_answer(id, answer)
        await inbox.delivered(id)
        await Ratings(database).rate(Rating(answer_id, "slack:P1", -1))
    return answer_id


async def _suggested(own: Settings, answer_id: int, text: str) -> str:
    async with opened(own) as database:
        number = await Curation(database).propose(answer_id, "slack:U2", text)
        await Curation(database).decide(f"suggestion:{number}", Stage.APPROVED, "terminal:ada")
    return f"suggestion:{number}"


async def test_a_better_answer_is_learned_where_a_document_says_it(own: Settings) -> None:
    answer_id = await _served(own, "My kettle arrived broken, by when must I tell you?")
    good = await _suggested(own, answer_id, "If an item is broken when it reaches you, tell us within 48 hours.")
    made, examples = await _prepared(own)
    [one] = [one for one in examples if one.id == good]
    assert (one.origin, one.answer) == (
        Origin.SUGGESTED,
        "If an item is broken when it reaches you, tell us within 48 hours.",
    )
    assert {passage.document_id for passage in one.passages if passage.gold} == {"returns-uk.md"}
    assert one.prompt[-1].content.endswith("Question: My kettle arrived broken, by when must I tell you?")
    assert one.scope == {"region": ["uk"]}
    assert one.metadata["suggestion_id"] == 1
    assert made.report["approved"] == {"suggested": 1}


async def test_a_curators_words_for_an_answer_that_people_did_not_like_are_learned(own: Settings, liked: Liked) -> None:
    right = "If an item is broken when it reaches you, tell us within 48 hours."
    id = await _served(own, "My kettle arrived broken, by when must I tell you?")
    other = await liked("No idea.", rating=-1)
    async with opened(own) as database:
        await Curation(database).edit(f"answer:{id}", "terminal:ada", answer=right)
        await Curation(database).edit(f"answer:{other}", "terminal:ada", question="Until when may I return it?")
        shown = (await Curation(database).get(f"answer:{id}")).given
    await _approve(own, f"answer:{id}", f"answer:{other}")
    made, [one] = await _prepared(own)
    assert (one.origin, one.answer, one.liked) == (Origin.SUGGESTED, right, True)
    assert shown and one.rejected == uncited(shown.text)
    [skipped] = made.report["skipped"]
    assert (skipped["id"], skipped["why"]) == (f"answer:{other}", ASKED_DIFFERENTLY)


async def test_a_better_answer_that_no_document_says_is_told_and_not_learned(own: Settings) -> None:
    answer_id = await _served(own, "My kettle arrived broken, by when must I tell you?")
    bad = await _suggested(own, answer_id, "You have a whole year, and we send you a cake.")
    with pytest.raises(SetError) as raised:
        await _prepared(own)
    assert "1 approved answer is left out (no document says this)" in str(raised.value.fix)
    made, _ = await _prepared(own, known=Wanted(from_documents=True, most_made=3))
    assert made.report["warnings"][0].endswith("Approve more answers, or take in more documents.")
    assert [(one["id"], one["why"]) for one in made.report["skipped"]] == [(bad, "no document says this")]


async def test_standard_answers_of_the_settings_are_learned_where_a_document_says_them(own: Settings) -> None:
    said = {
        "questions": ["My kettle arrived broken, by when must I tell you?", "Until when may I report damage?"],
        "answer": "If an item is broken when it reaches you, tell us within 48 hours.",
    }
    place = ChannelSettings(channel="slack:C1", scope={"region": "uk"}, standard_answers=[said])  # type: ignore[list-item]
    made, examples = await _prepared(own.model_copy(update={"channels": [place]}))
    assert made.report["approved"] == {"standard": len(examples)}
    assert {(one.origin, one.answer, str(one.scope)) for one in examples} == {
        (Origin.STANDARD, said["answer"], "{'region': ['uk']}")
    }
    assert examples[0].question in said["questions"]


async def test_made_examples_are_counted_apart(own: Settings, liked: Liked) -> None:
    await _approve(own, f"answer:{await liked()}")
    made, examples = await _prepared(own, known=Wanted(from_documents=True, most_made=6))
    assert made.report["origins"]["liked"]["examples"] == 1
    assert made.report["origins"]["made"]["examples"] == sum(one.origin is Origin.MADE for one in examples) > 0


async def test_questions_of_a_file_are_packed(own: Settings, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    line = {
        "qid": "1",
        "question": "By when must I tell you that it arrived broken?",
        "gold_doc_ids": ["returns-uk.md"],
        "answer": "If an item is broken when it reaches you, tell us within 48 hours.",
        "scope": {"region": "uk"},
    }
    file.write_text(json.dumps(line) + "\n", encoding="utf-8")
    made, _ = await _prepared(own, known=Wanted(questions=(file,), without=0))
    assert made.report["origins"]["given"]["examples"] == 1


async def test_questions_of_which_nothing_comes_are_told_with_the_reason(
    own: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = "By when must I tell you that it arrived broken?"
    told = "If an item is broken when it reaches you, tell us within 48 hours."
    common = {"question": asked, "answer": told, "scope": {"region": "uk"}}
    gone = {"qid": "1", "gold_doc_ids": ["return-uk.md"], **common}
    wrong = {"qid": "2", "gold_doc_ids": ["returns-uk.md"], **common, "answer": "Ask Bob in Leeds for it."}
    file = tmp_path / "questions.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in (gone, wrong)), encoding="utf-8")
    with pytest.raises(SetError, match="nothing to learn from yet") as raised:
        await _prepared(own, known=Wanted(questions=(file,), without=0))
    assert raised.value.fix == (
        "None of the 2 questions of questions.jsonl could be used: 1 × none of its gold_doc_ids is among the "
        "documents, 1 × no sentence of the answer holds. Not among the documents are return-uk.md (question 1): mend "
        "their gold_doc_ids, or run `frontdesk reindex`."
    )
    right = {"qid": "3", "gold_doc_ids": ["returns-uk.md", "old.md"], **common}
    file.write_text("".join(json.dumps(one) + "\n" for one in (gone, right)), encoding="utf-8")
    made, _ = await _prepared(own, known=Wanted(questions=(file,), without=0))
    assert made.report["known"]["packed"]["questions"] == 2 and made.report["examples"] == 1
    _print(made)
    printed = " ".join(capsys.readouterr().out.split())
    assert "Of 2 questions 1 are left out: 1 × none of its gold_doc_ids is among the documents." in printed
    assert "return-uk.md (question 1), old.md (question 3)" in printed


# Again, edited, forgotten -------------------------------------------------------------------------------------


async def test_the_same_approvals_make_the_same_file(own: Settings, liked: Liked) -> None:
    ids = [await liked(f"Within {10 + n} days. [1]", days=10 + n) for n in (1, 2, 3)]
    await _approve(own, *(f"answer:{id}" for id in ids))
    first, _ = await _prepared(own)
    second, _ = await _prepared(own)
    assert first.folder != second.folder
    assert (first.folder / "examples.jsonl").read_bytes() == (second.folder / "examples.jsonl").read_bytes()
    assert find(own.tuning_path / "sets") == second.folder / "examples.jsonl"


@pytest.mark.parametrize("format", ["openai", "sharegpt", "alpaca", "raft", "kto"])
async def test_an_edited_export_goes_over_what_was_approved(
    own: Settings, liked: Liked, tmp_path: Path, format: str
) -> None:
    ids = [await liked(f"Within {10 + n} days. [1]", days=10 + n) for n in (1, 2)]
    await _approve(own, *(f"answer:{id}" for id in ids))
    made, _ = await _prepared(own)
    file = tmp_path / "export.jsonl"
    export_set(read_examples(made.folder / "examples.jsonl"), file, format)
    file.write_text(file.read_text().replace("Within 12 days.", "Within 12 days at most."))
    again, examples = await _prepared(own, edited=(file,))
    assert {one.id: one.answer for one in examples} == {
        f"answer:{ids[0]}": "Within 11 days.",
        f"answer:{ids[1]}": "Within 12 days at most.",
    }
    assert again.report["edited"] == 2


async def test_who_is_forgotten_does_not_come_back_by_an_edited_export(
    own: Settings, liked: Liked, tmp_path: Path
) -> None:
    gone = await liked("Within 11 days.", author="U-gone", thread="T-shared")
    beside = await liked("Within 12 days.", thread="T-shared")
    refused = await liked("Within 13 days.")
    stays = await liked("Within 14 days.")
    await _approve(own, *(f"answer:{id}" for id in (gone, beside, refused, stays)))
    _, examples = await _prepared(own)
    file = tmp_path / "export.jsonl"
    export_set([replace(one, split=Split.TRAIN) for one in examples], file)
    async with opened(own) as database:
        await Curation(database).decide(f"answer:{refused}", Stage.REJECTED, "terminal:ada")
        await _forget(own, database, "U-gone")
    again, examples = await _prepared(own, edited=(file,))
    assert [one.id for one in examples] == [f"answer:{stays}"]
    written = {json.loads(line)["metadata"]["id"] for line in file.read_text().splitlines()}
    assert set(again.report["gone"]) == written - {f"answer:{stays}"}
    with pytest.raises(SetError) as raised:
        await _prepared(own, approved=False, edited=(_without(file, stays),))
    assert "left out: they were forgotten, deleted or rejected" in str(raised.value.fix)


def _without(file: Path, id: int) -> Path:
    lines = [line for line in file.read_text().splitlines() if json.loads(line)["metadata"]["id"] != f"answer:{id}"]
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


async def test_who_is_forgotten_while_a_set_is_made_is_not_in_it(
    own: Settings, liked: Liked, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = await liked("Within 11 days.", author="U-gone")
    stays = await liked("Within 12 days.")
    await _approve(own, f"answer:{gone}", f"answer:{stays}")

    def forgetting(step: str, done: int, total: int) -> None:
        if (step, done) == ("taking personal data out", 1):  # told by a thread without a loop
            asyncio.run(forget())

    async def forget() -> None:
        async with opened(own) as database:
            await _forget(own, database, "U-gone")

    made = await prepare(own, Sources(), forgetting)
    assert [one.id for one in read_examples(made.folder / "examples.jsonl")] == [f"answer:{stays}"]


async def test_a_broken_line_of_an_edited_export_is_named_and_nothing_is_written(
    own: Settings, liked: Liked, tmp_path: Path
) -> None:
    await _approve(own, f"answer:{await liked()}")
    made, _ = await _prepared(own)
    file = tmp_path / "export.jsonl"
    export_set(read_examples(made.folder / "examples.jsonl"), file)
    file.write_text(file.read_text() + '{"messages": [\n')
    with pytest.raises(ExamplesError, match=f"Line 2 of {file} is no example") as raised:
        await _prepared(own, edited=(file,))
    assert raised.value.fix == "Mend or delete that line."
    assert len(list((own.tuning_path / "sets").iterdir())) == 1


async def test_nobody_who_is_forgotten_stays_in_a_set(own: Settings, liked: Liked) -> None:
    gone = await liked("Within 11 days.", author="U-gone", thread="T-shared")
    beside = await liked("Within 12 days.", author="U-stays", thread="T-shared")
    stays = await liked("Within 13 days.", author="U-stays")
    await _approve(own, *(f"answer:{id}" for id in (gone, beside, stays)))
    made, examples = await _prepared(own)
    assert f"answer:{gone}" in {one.id for one in examples}
    compared = Kept(own.tuning_path / "evaluations" / "e" / "answers" / "rag.jsonl")
    for one in examples:
        compared.add(Given(one.id, "answered", one.answer))
    async with opened(own) as database:
        await _forget(own, database, "U-gone")
    assert list(compared.read()) == [f"answer:{stays}"]
    left = [one.id for one in read_examples(made.folder / "examples.jsonl")]
    assert left == [f"answer:{stays}"], "what was asked in the same thread was made from their words"
    again, examples = await _prepared(own)
    assert f"answer:{gone}" not in {one.id for one in examples}
    assert "Within 11 days." not in (again.folder / "examples.jsonl").read_text()


async def test_whoever_is_answered_under_an_id_that_was_given_again_stays_in_a_set(
    own: Settings, liked: Liked, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken_off(*_: Any) -> None:
        raise asyncio.CancelledError

    gone = await liked("Within 11 days.", author="U-gone")
    await _approve(own, f"answer:{gone}")
    theirs, _ = await _prepared(own)
    async with opened(own) as database:
        with monkeypatch.context() as patch, pytest.raises(asyncio.CancelledError):
            patch.setattr(Privacy, "_finish", broken_off)
            await _forget(own, database, "U-gone")
    stays = await liked("Within 12 days.", author="U-stays")
    assert stays == gone, "SQLite gives the id of the last row again"
    await _approve(own, f"answer:{stays}")
    made, examples = await _prepared(own)
    async with opened(own) as database:
        await privacy_of(own, database).finish()
    assert list(read_examples(theirs.folder / "examples.jsonl")) == []
    assert list(read_examples(made.folder / "examples.jsonl")) == examples != []


async def test_what_is_past_its_time_is_in_no_set_and_no_evaluation(own: Settings, liked: Liked) -> None:
    old = [await liked("Within 11 days."), await liked("Within 12 days.")]
    later = await liked("Within 13 days.")
    await _approve(own, *(f"answer:{id}" for id in (*old, later)))
    made, examples = await _prepared(own)
    compared = Kept(own.tuning_path / "evaluations" / "e" / "answers" / "rag.jsonl")
    for one in examples:
        compared.add(Given(one.id, "answered", one.answer))
    async with opened(own) as database:
        async with database.write() as session:
            asked = select(AnswerRow.question_id).where(AnswerRow.id.in_(old))
            long_ago = utc_now() - timedelta(days=91)
            await session.execute(update(QuestionRow).where(QuestionRow.id.in_(asked)).values(asked_at=long_ago))
        assert await privacy_of(own, database).expire(90) == 2
    assert [one.id for one in read_examples(made.folder / "examples.jsonl")] == [f"answer:{later}"]
    assert list(compared.read()) == [f"answer:{later}"]


async def _forget(own: Settings, database: Database, user: str) -> None:
    assert (await privacy_of(own, database).forget("slack", user)).questions == 1
