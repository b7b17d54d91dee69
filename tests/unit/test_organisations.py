"""The questions asked of the later organisations fit their pages, and nothing is learned from them."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.quoting.evidence import evidence_in
from knowledge.documents import Document
from knowledge.embedding import Embedder
from knowledge.passages import cut
from knowledge.sources import open_source
from tests.bench.cross_encoder import CHOSEN_ON, LATER, ORGANISATIONS, sets_to_learn_from
from tests.bench.sentences import holds


def asked(name: str, kind: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (ORGANISATIONS / name / f"{kind}.jsonl").read_text("utf-8").splitlines()]


def sentences_of(name: str) -> list[str]:
    """The sentences of an organisation's pages as they are indexed."""
    source = open_source({"name": name, "kind": "folder", "path": str(ORGANISATIONS / name / "docs")}, Path())
    pages = [one for one in source.documents({}) if isinstance(one, Document)]
    embedder = Embedder(light=True)
    passages = cut(pages, embedder.token_ends, embedder.max_tokens)
    return [sentence.text for those in passages for one in those for sentence in evidence_in(one)]


@pytest.mark.parametrize("name", LATER)
def test_the_words_that_answer_stand_in_one_sentence_of_the_pages(name: str) -> None:
    sentences = sentences_of(name)
    golds = [(one["qid"], gold) for one in asked(name, "answered") for gold in one["gold"]]
    assert not [(qid, gold) for qid, gold in golds if not any(holds(text, [gold]) for text in sentences)]


@pytest.mark.parametrize("name", LATER)
def test_every_question_is_asked_once_of_a_page_that_is_there(name: str) -> None:
    pages = {path.stem for path in (ORGANISATIONS / name / "docs").iterdir()}
    answered, near = asked(name, "answered"), asked(name, "near")
    assert {one["document"] for one in (*answered, *near)} <= pages
    questions = [(one["question"], str(one.get("turns"))) for one in (*answered, *near)]
    assert len(set(questions)) == len({one["qid"] for one in (*answered, *near)}) == len(questions)
    assert all(one["gold"] for one in answered) and not any("gold" in one for one in near)
    assert all(turn.keys() == {"role", "content"} for one in (*answered, *near) for turn in one.get("turns", ()))


def test_the_network_learns_neither_from_what_settings_are_chosen_on_nor_from_the_later_ones() -> None:
    learned = sets_to_learn_from()
    assert "aldith" in learned and "policies-none" in learned
    assert not {*CHOSEN_ON, *LATER} & set(learned)
