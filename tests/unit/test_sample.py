"""The sample handbook is a sound set of documents, and its questions fit it."""

import re
from datetime import date
from typing import Any

import pytest
import yaml

from knowledge import sample
from knowledge.documents import SCOPE_KEYS, Scope

PAGES = sorted(sample.HANDBOOK.glob("*.md"))
TODAY = date(2026, 11, 20)


def front_matter_and_text(name: str) -> tuple[dict[str, Any], str]:
    _, front, text = (sample.HANDBOOK / name).read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front), text


def scope_of(name: str) -> Scope:
    return Scope.from_mapping(front_matter_and_text(name)[0])


def test_the_handbook_has_pages_for_every_region() -> None:
    regions = {region for page in PAGES for region in scope_of(page.name).region}
    assert 12 <= len(PAGES) <= 20
    assert regions == {"eu", "uk", "us"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_has_a_title_a_link_and_the_length_of_a_real_one(page: Any) -> None:
    front, text = front_matter_and_text(page.name)
    assert set(front) <= {"title", "url", *SCOPE_KEYS}
    assert text.lstrip().startswith(f"# {front['title']}\n")
    assert front["url"].startswith("https://help.kettlewick.example/")
    assert scope_of(page.name).language == ("en",)
    assert 150 <= len(text.split()) <= 500
    assert text.count("\n## ") >= 2


def test_no_two_pages_share_a_link_or_a_title() -> None:
    fronts = [front_matter_and_text(page.name)[0] for page in PAGES]
    assert len({front["url"] for front in fronts}) == len({front["title"] for front in fronts}) == len(PAGES)


def test_every_address_belongs_to_the_invented_company() -> None:
    for page in PAGES:
        found = re.findall(r"[\w.]+@[\w.-]*\w|https?://[^\s/)]+", page.read_text(encoding="utf-8"))
        assert all(one.endswith("kettlewick.example") for one in found), page.name


def test_every_question_names_pages_that_its_asker_may_see() -> None:
    names = {page.name for page in PAGES}
    for question in sample.questions():
        asker = Scope.from_mapping(question["scope"])
        assert set(question["gold_doc_ids"]) <= names, question["qid"]
        assert all(asker.admits(scope_of(name), TODAY) for name in question["gold_doc_ids"]), question["qid"]
        assert question["answerable"] == bool(question["gold_doc_ids"]), question["qid"]


def test_the_questions_cover_regions_staff_and_what_cannot_be_answered() -> None:
    questions = sample.questions()
    assert len({question["qid"] for question in questions}) == len(questions) >= 25
    assert sum(not question["answerable"] for question in questions) >= 4
    assert {question["scope"].get("region") for question in questions} >= {"eu", "uk", "us", None}
    assert any(question["scope"].get("audience") == "internal" for question in questions)


def test_the_demo_asks_three_questions_that_have_an_answer() -> None:
    asked = sample.demo_questions()
    answerable = {question["question"] for question in sample.questions() if question["answerable"]}
    assert len(asked) == 3
    assert set(asked) <= answerable


def test_the_page_for_agents_is_hidden_from_customers() -> None:
    internal = [page.name for page in PAGES if scope_of(page.name).audience]
    assert internal == ["agents-goodwill.md"]
    assert not Scope().admits(scope_of(internal[0]), TODAY)
    assert Scope.from_mapping({"audience": "internal"}).admits(scope_of(internal[0]), TODAY)


def test_the_winter_offer_is_over_and_nothing_else_tells_its_code() -> None:
    offer = scope_of("winter-offer-2025.md")
    assert Scope().admits(offer, date(2026, 1, 31))
    assert not Scope().admits(offer, date(2026, 2, 1))
    assert [page.name for page in PAGES if "WINTERCUP" in page.read_text(encoding="utf-8")] == ["winter-offer-2025.md"]
