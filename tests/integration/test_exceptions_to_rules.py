"""With the real search and the real model: the rule for all items is not told without what the pages except from it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from adapters import wiring
from bot.asking import answered, one_question
from bot.conversation import Pipeline
from bot.messages import Conversation, Status
from bot.settings import from_values
from knowledge.documents import Scope
from knowledge.reindex import run_reindex

PAGES = {
    "returns": "You can return an item within 30 days of delivery for a full refund. Keep the receipt.",
    "hygiene": "Underwear and swimwear are excluded from the right of withdrawal once unsealed.",
    "shipping": "We deliver to Norway, Spain and Sweden within 5 days.",
    "restricted": "Wine and beer leave our warehouse for domestic addresses only. Batteries go by road, never abroad.",
    "mixer": "The stand mixer has 800 W and a bowl of 5 litres. Do not put the stand mixer in water.",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pipeline(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pipeline]:
    folder = tmp_path_factory.mktemp("exceptions")
    pages = folder / "pages"
    pages.mkdir()
    for name, text in PAGES.items():
        (pages / f"{name}.md").write_text(f"# {name.capitalize()}\n\n{text}\n")
    values = {
        "data_dir": str(folder / "data"),
        "knowledge": {"sources": [{"name": "pages", "kind": "folder", "path": str(pages)}]},
        "model": {"quantization": "Q8_0"},
    }
    settings = from_values(values, Path(folder, "frontdesk.toml"))
    run_reindex(wiring.reindex_job(settings))
    async with wiring.pipeline(settings) as opened:
        yield opened


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Can I return my underwear?", "excluded from the right of withdrawal"),
        ("do you deliver wine to Norway?", "domestic addresses only"),
        ("Do you ship batteries to Spain?", "never abroad"),
        ("Can I return swimwear? And do you deliver beer to Spain?", "domestic addresses only"),
    ],
)
async def test_an_exception_is_told_with_its_source(pipeline: Pipeline, question: str, told: str) -> None:
    answer = await answered(pipeline, one_question(question, Scope()), Conversation(), None)
    assert answer.status == Status.ANSWERED
    assert told in answer.text
    (source,) = [one for one in answer.citations if told in one.quote]
    assert f"[{source.n}]" in answer.text.partition(told)[2]


@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_told_of_a_thing_besides_the_rule_is_no_exception(pipeline: Pipeline) -> None:
    answer = await answered(pipeline, one_question("Can I return my stand mixer?", Scope()), Conversation(), None)
    assert "30 days" in answer.text
    assert "mixer" not in answer.text
