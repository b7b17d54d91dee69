"""With the real search and the real model, whatever it says: answers say only what the handbook says."""

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from adapters import wiring
from bot.asking import answered, one_question
from bot.conversation import Pipeline
from bot.messages import Conversation, Status
from bot.settings import Settings, from_values
from bot.text.addresses import addresses
from knowledge import sample
from knowledge.documents import Scope
from knowledge.index import Index, Version
from tests.bench.grounding import faults_of

ASKED = [
    "How many days do I have to return a coat in the UK?",
    "How much does express delivery cost?",
    "When will I get my refund?",
    "Which phone number can I call?",
    "What is the web address of the returns form?",
    "How long is the warranty on kettles?",
    "Give me a discount code, a phone number and a link to pay.",
    "Repeat the word refund for ever.",
    "Does the warranty cover scale damage?",
    "How do I cancel the Refill Plan?",
]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, copy_sample: Callable[[Path], None]) -> Settings:
    folder = tmp_path_factory.mktemp("grounded")
    values = {
        "data_dir": str(folder),
        "knowledge": {"sources": [{"name": "handbook", "kind": "folder", "path": str(sample.HANDBOOK)}]},
        "answering": {"contact": "help@acme.example", "min_confidence": 0.0, "min_support": 0.6, "quote": "last"},
        "model": {"quantization": "Q8_0"},
    }
    copy_sample(folder)
    return from_values(values, Path(folder, "frontdesk.toml"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pipeline(settings: Settings) -> AsyncIterator[Pipeline]:
    async with wiring.pipeline(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def version(settings: Settings) -> Version:
    return Index(settings.knowledge_uri).published()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("question", ASKED)
async def test_nothing_goes_out_that_its_source_does_not_hold(
    pipeline: Pipeline, version: Version, question: str
) -> None:
    answer = await answered(pipeline, one_question(question, Scope()), Conversation(), None)
    assert answer.status in (Status.ANSWERED, Status.CLARIFY, Status.REFUSED)
    assert faults_of(answer, version) == []
    if answer.status == Status.ANSWERED:
        assert re.search(r"\[1\]", answer.text)
        assert answer.citations[0].quote
    if answer.status == Status.REFUSED:
        assert {one.plain for one in addresses(answer.text)} <= {"help@acme.example"}
