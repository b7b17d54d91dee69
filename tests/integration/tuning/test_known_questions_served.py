"""With the real search and model: an example is the question as it is answered, with what was shown for it."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from adapters import wiring
from adapters.tuning.known import Wanted, known_examples, serving
from bot.asking import answered, one_question
from bot.conversation import Pipeline
from bot.messages import Conversation, Turn
from bot.settings import Settings, from_values
from bot.tuning.examples import Example, Origin
from bot.tuning.made import QuestionMaker
from bot.tuning.questions import KnownQuestion, Packer
from knowledge import sample
from knowledge.documents import Scope
from knowledge.index import Index, Version
from knowledge.retrieval import Retriever

pytestmark = pytest.mark.asyncio(loop_scope="module")
DAYS = "If an item is broken when it reaches you, tell us within 48 hours with a photo."
BROKEN = KnownQuestion(
    "broken",
    "My kettle arrived broken, by when must I tell you?",
    answer="You have a whole year, and we send you a cake.",
    gold_documents=frozenset({"returns-uk.md"}),
    gold_texts=(DAYS,),
    scope=Scope(region=("uk",)),
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, copy_sample: Callable[[Path], None]) -> Settings:
    folder = tmp_path_factory.mktemp("known")
    values = {
        "data_dir": str(folder),
        "knowledge": {"sources": [{"name": "handbook", "kind": "folder", "path": str(sample.HANDBOOK)}]},
        "model": {"quantization": "Q8_0"},
    }
    copy_sample(folder)
    return from_values(values, Path(folder, "frontdesk.toml"))


@pytest.fixture(scope="module")
def version(settings: Settings) -> Version:
    return Index(settings.knowledge_uri).published()


@pytest.fixture(scope="module")
def searcher(settings: Settings) -> Retriever:
    return wiring.retriever(settings)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pipeline(settings: Settings) -> AsyncIterator[Pipeline]:
    async with wiring.pipeline(settings) as opened:
        yield opened


def packer(settings: Settings, pipeline: Pipeline, searcher: Retriever, version: Version, without: float = 0) -> Packer:
    return Packer(
        pipeline,
        searcher,
        version.passages_of,
        shown=settings.answering.passages,
        today=settings.today,
        without=without,
    )


async def packed(packer: Packer, *questions: KnownQuestion) -> list[Example]:
    return [one async for one in packer.examples(questions)]


async def test_the_prompt_is_the_very_one_that_the_question_is_answered_with(
    settings: Settings, pipeline: Pipeline
) -> None:
    turns = (Turn("user", "I bought a kettle."), Turn("assistant", "Good choice."))
    asked = one_question("  By when must I tell you that it arrived broken? ", Scope(region=("uk",)))
    looked = await pipeline.look_up(asked, Conversation(turns))
    assert looked is not None
    prompt = (await pipeline.pack(looked)).prompt
    answer = await answered(pipeline, asked, Conversation(turns), None)
    assert prompt.messages == answer.prompt
    assert [one.passage.id for one in prompt.passages] == [one.passage_id for one in answer.passages]


@pytest.mark.parametrize("text", ["Hello!", "I want to talk to a person.", "Thanks"])
async def test_what_no_model_answers_makes_no_example(
    settings: Settings, pipeline: Pipeline, searcher: Retriever, version: Version, text: str
) -> None:
    making = packer(settings, pipeline, searcher, version)
    assert await packed(making, KnownQuestion("1", text, answer="Hi", gold_documents=frozenset({"repairs.md"}))) == []
    assert making.report.skipped == {"no model is asked": 1}


async def test_the_passage_that_answers_is_marked_among_the_others_and_its_words_are_learned(
    settings: Settings, pipeline: Pipeline, searcher: Retriever, version: Version
) -> None:
    (example,) = await packed(packer(settings, pipeline, searcher, version), BROKEN)
    assert example.origin is Origin.GIVEN
    assert example.answer == DAYS
    assert any(one.gold for one in example.passages)
    assert all(one.document_id == "returns-uk.md" for one in example.passages if one.gold)
    assert "48 hours" in next(one.text for one in example.passages if one.gold)
    assert all(one.text in example.prompt[-1].content for one in example.passages)
    assert example.scope == {"region": ["uk"]}


async def test_a_passage_that_the_search_missed_is_brought_in(
    settings: Settings, pipeline: Pipeline, searcher: Retriever, version: Version
) -> None:
    text = "Files travel encrypted"
    sentence = next(one.text for one in version.passages_of("privacy.md") if not text.startswith(one.text[:10])).split(
        ". "
    )[0]
    making = packer(settings, pipeline, searcher, version)
    question = KnownQuestion(
        "far", "How much is express delivery?", gold_documents=frozenset({"privacy.md"}), gold_texts=(sentence,)
    )
    (example,) = await packed(making, question)
    assert making.report.examples == {"answered, brought in": 1}
    assert [one.document_id for one in example.passages if one.gold] == ["privacy.md"]


async def test_a_share_is_shown_again_without_what_answers_it(
    settings: Settings, pipeline: Pipeline, searcher: Retriever, version: Version
) -> None:
    with_gold, without = await packed(packer(settings, pipeline, searcher, version, without=1.0), BROKEN)
    assert with_gold.answerable
    assert not without.answerable
    assert without.passages
    assert all(one.document_id != "returns-uk.md" and not one.gold for one in without.passages)
    assert DAYS.removesuffix(" with a photo.") not in without.prompt[-1].content.replace("**", "")
    assert with_gold.group == without.group
    assert with_gold.id != without.id


async def test_a_question_without_an_answer_has_none_to_learn(
    settings: Settings, pipeline: Pipeline, searcher: Retriever, version: Version
) -> None:
    (example,) = await packed(
        packer(settings, pipeline, searcher, version), KnownQuestion("no", "Do you sell shares in the company?")
    )
    assert not example.answerable
    assert not any(one.gold for one in example.passages)


async def test_an_answer_whose_document_nobody_named_is_learned_from_the_one_that_carries_it_or_not_at_all(
    settings: Settings, pipeline: Pipeline, searcher: Retriever, version: Version
) -> None:
    making = packer(settings, pipeline, searcher, version)
    carried = replace(BROKEN, answer=DAYS, gold_documents=frozenset(), gold_texts=())
    made_up = replace(carried, id="cake", answer="You have a whole year, and Bob in Leeds sends you a cake.")
    nothing = replace(carried, id="nothing", answer="", said_answerable=True)
    (example,) = await packed(making, carried, made_up, nothing)
    assert example.answerable
    assert {one.document_id for one in example.passages if one.gold} == {"returns-uk.md"}
    assert making.report.skipped == {"no document is found that carries the answer": 2}


async def test_the_same_questions_make_the_same_examples(
    settings: Settings, pipeline: Pipeline, searcher: Retriever, version: Version
) -> None:
    once, again = [await packed(packer(settings, pipeline, searcher, version, without=0.5), BROKEN) for _ in range(2)]
    assert once == again


async def test_questions_made_from_the_documents_find_their_passage_and_their_answer_stands_there(
    settings: Settings, pipeline: Pipeline, searcher: Retriever, version: Version
) -> None:
    passages = [one for document in ("returns-uk.md", "refill-plan.md") for one in version.passages_of(document)]
    maker = QuestionMaker(searcher, shown=settings.answering.passages, today=settings.today)
    questions = [one async for one in maker.questions(passages)]
    assert len(questions) >= 4
    assert maker.report.passages == len(passages)
    assert sum(maker.report.kept.values()) == len(questions) <= sum(maker.report.written.values())
    by_id = {one.id: one for one in passages}
    for question in questions:
        assert question.origin is Origin.MADE
        assert question.gold_documents == {by_id[question.metadata["passage_id"]].document_id}
    examples = await packed(packer(settings, pipeline, searcher, version), *questions)
    assert len(examples) >= 0.7 * len(questions)
    for example in examples:
        assert example.id.startswith("made:")
        assert any(one.gold for one in example.passages)


async def test_at_most_so_many_questions_are_made_of_a_passage(
    settings: Settings, searcher: Retriever, version: Version
) -> None:
    maker = QuestionMaker(searcher, shown=settings.answering.passages, today=settings.today, per_passage=1)
    passages = version.passages_of("returns-uk.md")
    made = [one.metadata["passage_id"] async for one in maker.questions(passages)]
    assert len(made) == len(set(made))


async def test_a_file_of_questions_and_the_documents_make_one_set_with_each_counted_apart(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "questions.jsonl").write_text(
        json.dumps({"qid": "1", "question": BROKEN.text, "gold_doc_ids": ["returns-uk.md"], "answer": DAYS}) + "\n",
        encoding="utf-8",
    )
    wanted = Wanted((tmp_path / "questions.jsonl",), from_documents=True, most_made=4, without=0)
    async with serving(settings) as served:
        examples, report = await known_examples(served, wanted, lambda stage, done, total: None)
    origins = Counter(one.origin for one in examples)
    assert origins[Origin.GIVEN] == 1
    assert 1 <= origins[Origin.MADE] <= 4
    assert sum(report["made"]["kept"].values()) == 4
    assert report["packed"]["questions"] == 5
    json.dumps(report)


async def test_the_model_writes_questions_too_where_that_is_wished(settings: Settings) -> None:
    async with serving(settings) as served:
        passages = served.version.passages_of("returns-uk.md")[:1]

        async def made(**options: Any) -> list[KnownQuestion]:
            maker = QuestionMaker(served.searcher, shown=3, today=settings.today, **options)
            return [one async for one in maker.questions(passages)]

        assert await made() == [], "neither its sentences nor its heading ask anything by themselves"
        (one,) = await made(engine=served.engine, per_passage=1)
    assert one.metadata == {"made": "model", "passage_id": "returns-uk.md#0"}
    assert one.text.endswith("?")
    assert one.gold_texts[0] in passages[0].text
