"""Several questions in a message are looked up one by one, where that finds more than looking them up as one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from bot.followups import query_for
from bot.lookup import Looked, Lookup
from bot.messages import Turn
from bot.settings import Settings
from bot.understanding.names import Names
from knowledge.documents import Passage, Scope, ScoredPassage
from knowledge.embedding import Vectors
from knowledge.retrieval import Extent, Likeness, Query, Retrieval, Sentence

PAGE = ScoredPassage(Passage("d#0", "d", "s", "Help", "", "", "Ask us.", 0), 1.0, 0.8)


class Search:
    """Finds one page, which says what `pages` has for the query's text, with a confidence by the query or its text.

    Its heading is that for the query, else the one for all.

    Remembers the queries.
    """

    def __init__(
        self,
        confidences: Mapping[str, float],
        odds: Mapping[str, float] | None = None,
        by_query: Mapping[Query, float] | None = None,
        pages: Mapping[str, str] | None = None,
        heading: str = "",
        headings: Mapping[Query, str] | None = None,
        title: str = "",
    ) -> None:
        self.title = title or PAGE.passage.title
        self.heading, self.headings = heading, headings or {}
        self.pages = pages or {}
        self.confidences = confidences
        self.by_query = by_query or {}
        self.odds = odds or {}
        self.queries: list[Query] = []

    def search(self, query: Query, k: int, scope: Scope, on: date | None = None) -> Retrieval:
        self.queries.append(query)
        sure = self.by_query.get(query, self.confidences.get(query.text, 0.9))
        heading = self.headings.get(query, self.heading)
        page = replace(PAGE.passage, text=self.pages.get(query.text, PAGE.passage.text), heading=heading)
        page = replace(page, title=self.title)
        return Retrieval((replace(PAGE, passage=page),), 1, sure, 0.0)

    def likeness(self, query: Query, texts: Sequence[str]) -> list[Likeness]:
        return [Likeness(0.5, 0.5) for _ in texts]

    def likeness_within(
        self, query: Query, sentences: Sequence[Sentence], choose: Callable[[Sequence[Likeness]], Collection[int]]
    ) -> list[Likeness]:
        return [Likeness(0.5, 0.5) for _ in sentences]

    def answering(self, query: Query, texts: Sequence[str]) -> list[float]:
        return [self.odds.get(query.text, 0.0)] * len(texts)

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.ones((len(texts), 1), dtype=np.float32)

    def extent(self, scope: Scope, on: date | None = None) -> Extent:
        return Extent(1, 1)


FIRST, SECOND = "How long is the warranty of a kettle?", "Where can customers pay with cheques?"
BOTH = f"{FIRST} {SECOND}"


VANS, COST = "Do you rent vans?", "How much is it?"
PRICE = "A van costs £9."


async def looked(search: Search, text: str, language: str = "") -> Looked:
    settings = Settings()
    lookup = Lookup(search, Names(settings.scope_names), settings.answering, settings.today)
    return await lookup.look(text, (), Scope(), language)


async def test_each_is_looked_up_though_none_names_a_place() -> None:
    found = await looked(Search({}), BOTH)
    assert [one.query for one in found.questions] == [Query(FIRST), Query(SECOND)]


async def test_one_that_is_not_answered_does_not_take_the_others_along() -> None:
    found = await looked(Search({SECOND: 0.01}), BOTH)
    assert [one.confidence > 0.4 for one in found.questions] == [True, False]


async def test_none_is_told_apart_where_no_part_is_answered_but_the_whole_is() -> None:
    unread = Search({FIRST: 0.01, SECOND: 0.02})
    assert (await looked(unread, BOTH)).questions == ()
    found = await looked(Search({}, {FIRST: -9.0, SECOND: -9.0, BOTH: 3.0}), BOTH)
    assert found.questions == () and found.confidence > 0.4


async def test_one_that_says_little_is_asked_of_what_was_asked_before_it() -> None:
    little = "What is the deadline?"
    found = await looked(Search({}), f"{FIRST} {little}")
    assert [one.query for one in found.questions] == [Query(FIRST), Query(little, (FIRST,))]


async def test_what_only_names_a_matter_is_not_asked_of_the_one_before_it() -> None:
    found = await looked(Search({}, {"Warranty?": 2.0}), "Warranty? Payment methods?")
    assert [one.query for one in found.questions] == [Query("Warranty?"), Query("Payment methods?")]


async def test_one_that_points_back_is_asked_of_what_it_points_at() -> None:
    points = "Is it fit for two pairs of shoes?"
    found = await looked(Search({}, {points: 9.0}), f"{FIRST} {points}")
    assert [one.query for one in found.questions] == [Query(FIRST), Query(points, (FIRST,))]
    said, points = "I have a kettle.", "How is it cleaned of chalk and grease?"
    found = await looked(Search({}, {points: 9.0}), f"{said} {points} {SECOND}")
    assert found.questions[0].text == f"{said} {points}"


async def test_one_that_points_back_behind_another_is_asked_of_what_both_point_at() -> None:
    between, points = "Is it hard to clean of chalk and grease?", "How long does it last?"
    found = await looked(Search({}), f"{FIRST} {between} {points}")
    assert [one.query for one in found.questions] == [Query(FIRST), Query(between, (FIRST,)), Query(points, (FIRST,))]


async def test_a_price_is_asked_with_what_answered_the_question_that_it_points_at() -> None:
    found = await looked(Search({}, pages={VANS: "Vans are free."}), f"{VANS} {COST}")
    assert found.questions[1].query == Query(COST, (VANS,), "Vans are free.")


async def test_how_to_delete_something_else_than_what_is_pointed_at_is_no_answer() -> None:
    create, delete = "How do I create an API key?", "How do I delete it?"
    pages = {create: "Create an API key in your profile.", delete: "Delete your account under Profile."}
    headings = {Query(create): "API keys", Query(delete, (create,)): "Delete your account"}
    first, second = (await looked(Search({}, pages=pages, headings=headings), f"{create} {delete}")).questions
    assert first.confidence > 0.4 > second.confidence and second.retrieval.passages == ()
    headings[Query(delete, (create,))] = "Delete an API key"
    _, second = (await looked(Search({}, pages=pages, headings=headings), f"{create} {delete}")).questions
    assert second.confidence > 0.4


async def test_a_price_of_something_else_than_what_is_pointed_at_is_no_answer() -> None:
    pages = {VANS: "We rent vans.", COST: "Parking costs £9."}
    headings = {Query(VANS): "Vans", Query(COST, (VANS,), "We rent vans."): "Parking"}
    _, second = (await looked(Search({}, pages=pages, headings=headings), f"{VANS} {COST}")).questions
    assert second.confidence < 0.4
    _, second = (await looked(Search({}, pages=pages | {COST: PRICE}, headings=headings), f"{VANS} {COST}")).questions
    assert second.confidence > 0.4


async def test_what_may_point_at_several_is_asked_of_the_one_with_which_it_is_likelier_to_be_answered() -> None:
    points = "How long does it last?"
    for before, other in ((FIRST, SECOND), (SECOND, FIRST)):
        found = await looked(Search({}, by_query={Query(points, (other,)): 0.5}), f"{FIRST} {SECOND} {points}")
        assert found.questions[2].query == Query(points, (before,))


async def test_what_many_things_have_is_asked_with_the_question_whether_there_is_the_thing() -> None:
    found = await looked(Search({}), f"{VANS} What's the limit?")
    assert found.questions[1].query == Query(f"{VANS} What's the limit?")


async def test_a_place_that_is_told_behind_all_questions_counts_for_each() -> None:
    found = await looked(Search({}), f"{VANS} {COST} We are in the UK")
    assert [one.scope and one.scope.region for one in found.questions] == [("uk",), ("uk",)]
    assert found.questions[1].text == COST


async def test_each_item_of_a_list_that_begins_with_a_reply_is_looked_up() -> None:
    settings = Settings()
    lookup = Lookup(Search({}), Names(settings.scope_names), settings.answering, settings.today)
    turns = (Turn("user", FIRST), Turn("assistant", "That differs by region. Do you mean Spain or Portugal?"))
    found = await lookup.look("1. Spain\n2. and is there parking\n3. towels", turns, Scope())
    asked = [one.text for one in found.questions]
    assert asked[1:] == ["Is there parking?", "Towels?"] and "Spain" in asked[0]


async def test_what_names_nothing_is_asked_of_the_last_question_that_points_at_nothing() -> None:
    between, nothing = "Is it hard to clean of chalk and grease?", "How long do I have?"
    found = await looked(Search({}), f"{FIRST} {SECOND} {nothing}")
    assert found.questions[2].query == Query(nothing, (SECOND,))
    found = await looked(Search({}), f"{FIRST} {between} {nothing}")
    assert found.questions[2].query == Query(nothing, (FIRST,))


async def test_one_that_names_nothing_is_not_asked_alone() -> None:
    nothing = "How long do I have?"
    found = await looked(Search({}, {nothing: 9.0}), f"I have a kettle. {FIRST} {nothing}")
    assert found.questions[1].query == Query(nothing, (f"I have a kettle. {FIRST}",))


async def test_one_that_says_little_is_asked_alone_where_that_is_likelier_to_find_its_answer() -> None:
    little = "How do I delete my account?"
    found = await looked(Search({}, {little: 2.0}), f"{FIRST} {little}")
    assert [one.query for one in found.questions] == [Query(FIRST), Query(little)]


@pytest.mark.parametrize(
    ("opener", "confidences", "pages", "whole"),
    [
        (VANS, {VANS: 0.01}, {COST: PRICE}, True),
        # The answer to the other question tells nothing of it, it is answered itself, or more is asked than whether.
        (VANS, {VANS: 0.01}, {COST: "It costs £9."}, False),
        (VANS, {}, {COST: PRICE}, False),
        ("When do you rent vans?", {"When do you rent vans?": 0.01}, {COST: PRICE}, False),
        (VANS, {VANS: 0.01, f"{VANS} {COST}": 0.01}, {COST: PRICE}, False),
    ],
)
async def test_an_opener_that_what_points_at_it_answers_is_not_told_apart(
    opener: str, confidences: dict[str, float], pages: dict[str, str], *, whole: bool
) -> None:
    found = await looked(Search(confidences, pages=pages), f"{opener} {COST}")
    assert (found.questions == ()) is whole


async def test_a_statement_goes_with_a_question_only_where_that_is_no_less_likely_to_be_answered() -> None:
    said = "I bought a kettle."
    found = await looked(Search({f"{said} {SECOND}": 0.5}), f"{said} {BOTH}")
    assert [one.text for one in found.questions] == [f"{said} {FIRST}", SECOND]
    found = await looked(Search({f"{said} {FIRST}": 0.5}), f"{said} {BOTH}")
    assert [one.text for one in found.questions] == [FIRST, f"{said} {SECOND}"]


@pytest.mark.parametrize("said", ["I bought a kettle. ", "I bought a kettle, "])
async def test_a_statement_does_not_lead_a_question_to_a_page_with_none_of_its_words(said: str) -> None:
    first, second = (f"{said}{one[:1].lower() if ',' in said else one[:1]}{one[1:]}" for one in (FIRST, SECOND))
    sure, told = {FIRST: 0.5, SECOND: 0.5}, {FIRST: "The warranty is two years.", SECOND: "Cheques: in no shop."}
    found = await looked(Search(sure, pages=told), f"{first} {SECOND}")
    assert [one.text for one in found.questions] == [FIRST, SECOND]
    found = await looked(Search(sure, pages=told | {first: told[FIRST], second: told[SECOND]}), f"{first} {SECOND}")
    assert [one.text for one in found.questions] == [first, second]


async def test_what_is_said_before_a_comma_counts_unless_a_question_is_likelier_to_be_answered_without() -> None:
    message = f"I paid by gift card, {FIRST[:1].lower()}{FIRST[1:]} {SECOND}"
    with_it = f"I paid by gift card, {SECOND[:1].lower()}{SECOND[1:]}"
    assert [one.text for one in (await looked(Search({}), message)).questions][1] == with_it
    found = await looked(Search({with_it: 0.7}), message)
    assert [one.text for one in found.questions][1] == SECOND


async def test_a_place_that_a_question_names_goes_before_that_of_the_statement_beside_it() -> None:
    found = await looked(Search({}), f"I live in the UK, {FIRST} Do you ship kettles to Norway?")
    assert [one.scope and one.scope.region for one in found.questions] == [("uk",), ("no",)]


async def after(search: Search, text: str) -> Looked:
    """Look up what is asked after an answer to the first question."""
    settings = Settings()
    lookup = Lookup(search, Names(settings.scope_names), settings.answering, settings.today)
    turns = (Turn("user", FIRST), Turn("assistant", "Two years."))
    return await lookup.look(text, turns, Scope())


async def test_another_question_is_searched_with_and_without_what_was_asked_before() -> None:
    announced = f"Another question: {SECOND}"
    alone, together = Query(SECOND), query_for(SECOND, (Turn("user", FIRST), Turn("assistant", "Two years.")))
    assert together != alone
    assert (await after(Search({}, by_query={together: 0.5}), announced)).query == alone
    assert (await after(Search({}, by_query={alone: 0.5}), announced)).query == together


@pytest.mark.parametrize("thanks", ["ty! ", "Thanks, ", "thx n ", "ok thank you so much. "])
async def test_thanks_before_what_is_asked_after_an_answer_do_not_count(thanks: str) -> None:
    found = await after(Search({}), f"{thanks}the payment?")
    assert found.query.text.removeprefix("and ") == "the payment?"
    assert found.text == found.query.text


NAMED = "How do I send cheques?"


async def test_a_question_of_its_own_that_would_be_refused_is_asked_alone_where_a_section_is_called_by_it() -> None:
    together = query_for(NAMED, (Turn("user", FIRST), Turn("assistant", "Two years.")))
    refused = {together: 0.01}
    found = await after(Search({}, by_query=refused, heading="Sending cheques"), NAMED)
    assert (found.query, found.confidence > 0.4) == (Query(NAMED), True)
    for search in (
        Search({}, by_query=refused),  # no section is called so
        Search({}, by_query=refused | {Query(NAMED): 0.02}, heading="Sending cheques"),
    ):
        assert (await after(search, NAMED)).query == together
    leaning = "And how do I send cheques there?"
    found = await after(Search({leaning: 0.01}, heading="Sending cheques"), leaning)
    assert found.query.earlier


async def test_a_question_of_its_own_is_asked_alone_where_else_the_best_page_passes_over_it() -> None:
    together = query_for(NAMED, (Turn("user", FIRST), Turn("assistant", "Two years.")))
    told = Search({}, heading="Sending cheques")
    assert (await after(told, NAMED)).query == together
    passed_over = Search({}, heading="Sending cheques", headings={together: "Warranty"})
    assert (await after(passed_over, NAMED)).query == Query(NAMED)


async def test_who_passes_over_a_detail_goes_on_with_what_was_asked_before() -> None:
    found = await after(Search({}), f"Never mind the postage, {SECOND}")
    assert found.query == query_for(SECOND, (Turn("user", FIRST), Turn("assistant", "Two years.")))
    assert (await after(Search({}), f"Never mind. {SECOND}")).query == Query(SECOND)


async def test_where_a_language_is_set_for_the_answers_a_model_is_asked() -> None:
    assert (await looked(Search({}), BOTH, "de")).questions == ()
    assert len((await looked(Search({}), BOTH, "en")).questions) == 2


async def test_the_question_before_is_asked_again_of_what_is_meant_instead() -> None:
    settings = Settings()
    said, asked = "no, I meant the pool", "Where is the pool?"
    turns = (Turn("user", "Where is the gym?"), Turn("assistant", "On floor 2. [1]"))

    async def searched(confidence: float, pages: dict[str, str], title: str = "") -> str:
        search = Search({asked: confidence}, pages=pages, title=title)
        lookup = Lookup(search, Names(settings.scope_names), settings.answering, settings.today)
        return (await lookup.look(said, turns, Scope())).query.text

    assert await searched(0.9, {asked: "The pool is on floor 3."}) == asked
    assert await searched(0.01, {asked: "The pool is on floor 3."}) == said
    # It finds nothing of what is meant, or no more than what is found anyway.
    assert await searched(0.9, {asked: "The gym is on floor 2."}) == said
    assert await searched(0.9, {asked: "Help."}, "The pool and the gym") == said
    assert await searched(0.6, {asked: "The pool is on floor 3.", said: "The pool is open."}) == said
