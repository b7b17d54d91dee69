"""What is asked of a place is answered where the pages for it tell it, whatever names the place."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from bot.lookup import Looked, Lookup
from bot.settings import Settings
from bot.understanding.names import Names
from knowledge.documents import Scope
from knowledge.retrieval import Query, Retrieval
from tests.unit.test_several_questions import Search

TAX = "The tourist tax in Portugal is 4 euros per night."


class OfPortugal(Search):
    """Finds the page on the tourist tax in Portugal, whatever is asked, as surely as `confidences` says."""

    def search(self, query: Query, k: int, scope: Scope, on: date | None = None) -> Retrieval:
        found = super().search(query, k, scope, on)
        own = [replace(one, passage=replace(one.passage, scope=Scope(region=("pt",)))) for one in found.passages]
        return replace(found, passages=tuple(own))


async def looked(text: str, confidences: dict[str, float], page: str = TAX) -> tuple[Looked, Sequence[Query]]:
    settings = Settings()
    search = OfPortugal(confidences, heading=page)
    lookup = Lookup(search, Names(settings.scope_names), settings.answering, settings.today)
    return await lookup.look(text, (), Scope()), search.queries


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("Is there a pool in Portugal?", "Is there a pool?"),
        ("¿Puedo fumar en Portugal?", "¿Puedo fumar?"),
        ("Puis-je fumer au Portugal ?", "Puis-je fumer?"),
    ],
)
async def test_the_name_of_a_place_makes_no_answer_of_what_is_told_of_it(text: str, without: str) -> None:
    found, _ = await looked(text, {without: 0.01})
    assert found.confidence < 0.1
    # In other words than the page's it is unsure without the place, too, but not out of the question.
    for sure in (0.15, 0.9):
        found, _ = await looked(text, {without: sure})
        assert found.confidence > 0.4


@pytest.mark.parametrize("text", ["Is there a tourist tax in Portugal?", "Do I pay tax in Portugal?"])
async def test_what_the_page_for_the_place_has_words_of_is_answered(text: str) -> None:
    found, queries = await looked(text, {text.replace(" in Portugal", ""): 0.01})
    assert found.confidence > 0.4
    assert {one.text for one in queries} == {text}


async def test_a_place_that_a_flag_names_is_searched_by_its_name() -> None:
    _, queries = await looked("Is there a tourist tax in 🇵🇹?", {})
    assert {one.text for one in queries} == {"Is there a tourist tax in Portugal?"}


class WithAPageForAll(OfPortugal):
    """Finds behind that page one for everybody, and before it where Portugal is not named."""

    def __init__(self, confidences: dict[str, float], page: str, for_all: str) -> None:
        super().__init__(confidences, heading=page)
        self.for_all = for_all

    def search(self, query: Query, k: int, scope: Scope, on: date | None = None) -> Retrieval:
        found = super().search(query, k, scope, on)
        page = replace(found.passages[0].passage, id="all", document_id="all", heading="", text=self.for_all)
        others = (replace(found.passages[0], passage=replace(page, scope=Scope())),)
        own = found.passages
        return replace(found, passages=(*own, *others) if "Portugal" in query.text else (*others, *own))


@pytest.mark.parametrize(
    ("text", "for_all", "with_place", "without", "answers"),
    [
        ("Are dogs fine in Portugal?", "Dogs stay free of charge.", 0.5, 0.9, True),
        ("Do you take dogs in Portugal?", "Dogs stay free of charge.", 0.2, 0.9, True),
        ("What is the deposit in Portugal?", "A deposit of 90 euros is due.", 0.5, 0.9, True),
        # The page for all has none of the words, is no answer, or is the less likely one; or the other has the words.
        ("Are dogs fine in Portugal?", "Pets stay free of charge.", 0.5, 0.9, False),
        ("Are dogs fine in Portugal?", "Dogs stay free of charge.", 0.05, 0.1, False),
        ("Are dogs fine in Portugal?", "Dogs stay free of charge.", 0.9, 0.5, False),
        ("What is the tax in Portugal?", "Prices include tax.", 0.5, 0.9, False),
        ("When is tax due in Portugal?", "Value added tax is due monthly.", 0.5, 0.9, False),
    ],
)
async def test_a_page_for_all_answers_where_that_for_the_place_is_about_something_else(
    text: str, for_all: str, with_place: float, without: float, *, answers: bool
) -> None:
    settings = Settings()
    search = WithAPageForAll({text: with_place, text.replace(" in Portugal", ""): without}, TAX, for_all)
    lookup = Lookup(search, Names(settings.scope_names), settings.answering, settings.today)
    found = await lookup.look(text, (), Scope())
    assert (found.retrieval.passages[0].passage.text == for_all) is answers
    if answers:
        assert found.confidence > 0.4 and found.retrieval.passages[0].passage.id == "all" and not found.own
