"""The sample handbook has a returns page for each region: with the real search and model, nobody is told another's."""

from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from adapters import wiring
from bot.asking import answered, one_question
from bot.conversation import Pipeline
from bot.lookup import Lookup
from bot.messages import Answer, Conversation, Status, Turn
from bot.settings import Settings, from_values
from bot.understanding.names import Names
from knowledge import sample
from knowledge.documents import Scope

COAT = "How long do I have to return a coat?"
Talk = Callable[..., Coroutine[Any, Any, list[Answer]]]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, copy_sample: Callable[[Path], None]) -> Settings:
    folder = tmp_path_factory.mktemp("sample")
    copy_sample(folder)
    return from_values(
        {
            "data_dir": str(folder),
            "knowledge": {"sources": [{"name": "handbook", "kind": "folder", "path": str(sample.HANDBOOK)}]},
            "answering": {"contact": "#leads"},
            "model": {"quantization": "Q8_0"},
        },
        Path(folder, "frontdesk.toml"),
    )


@pytest.fixture(scope="module")
def lookup(settings: Settings) -> Lookup:
    return Lookup(wiring.retriever(settings), Names(settings.scope_names), settings.answering, settings.today)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pipeline(settings: Settings) -> AsyncIterator[Pipeline]:
    async with wiring.pipeline(settings) as opened:
        yield opened


@pytest.fixture
def talk(pipeline: Pipeline) -> Talk:
    async def talk(*messages: str, **scope: str) -> list[Answer]:
        turns: tuple[Turn, ...] = ()
        answers = []
        for message in messages:
            answer = await answered(
                pipeline, one_question(message, Scope.from_mapping(scope)), Conversation(turns), None
            )
            answers.append(answer)
            turns += (Turn("user", message), Turn("assistant", answer.text))
        return answers

    return talk


pytestmark = pytest.mark.asyncio(loop_scope="module")


def pages(answer: Answer) -> set[str]:
    return {citation.document_id for citation in answer.citations}


@pytest.mark.parametrize(
    "question",
    [COAT, "How long do I have to return a kettle?", "How long do I have to return something?"],
)
@pytest.mark.parametrize(("region", "days"), [("eu", "30 days"), ("uk", "28 days"), ("us", "45 days")])
async def test_who_has_a_region_is_told_its_policy(talk: Talk, region: str, days: str, question: str) -> None:
    (answer,) = await talk(question, region=region)
    assert answer.status == Status.ANSWERED
    assert days in answer.text
    assert pages(answer) == {f"returns-{region}.md"}


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What is your phone number?", "0113 496 0180"),
        ("can I ring you", "0113 496 0180"),
        ("How can I contact you?", "care@kettlewick.example"),
    ],
)
async def test_whoever_wants_to_reach_us_is_told_how(talk: Talk, question: str, told: str) -> None:
    (answer,) = await talk(question, region="uk")
    assert told in answer.text
    assert pages(answer) == {"stores-and-contact.md"}


async def test_who_has_none_is_asked_and_the_reply_is_understood(talk: Talk) -> None:
    which, uk, us, refund = await talk(COAT, "the UK one", "And in the United States?", "and how fast is the refund?")
    assert which.status == Status.CLARIFY
    assert {choice.label for choice in which.choices} == {"EU", "UK", "US"}
    assert all(f"the {choice.label}" in which.text for choice in which.choices)
    assert (which.citations, which.tokens["completion"]) == ((), 0)
    assert "28 days" in uk.text and pages(uk) == {"returns-uk.md"}
    assert "45 days" in us.text and pages(us) == {"returns-us.md"}
    assert "10 business days" in refund.text and pages(refund) == {"returns-us.md"}


async def test_the_question_of_each_choice_gets_the_answer_for_it(talk: Talk) -> None:
    (which,) = await talk(COAT)
    for choice in which.choices:
        _, answer = await talk(COAT, choice.question)
        assert answer.status == Status.ANSWERED
        assert pages(answer) == {f"returns-{choice.label.lower()}.md"}


async def test_who_cannot_say_is_told_all_with_their_names_and_not_asked_again(talk: Talk) -> None:
    *_, all_three = await talk(COAT, "no idea")
    assert all_three.status == Status.ANSWERED
    for name, days in (("the EU", "30 days"), ("the UK", "28 days"), ("the US", "45 days")):
        assert any(f"For {name}:" in part and days in part for part in all_three.text.split("\n\n"))
    assert pages(all_three) == {"returns-eu.md", "returns-uk.md", "returns-us.md"}


@pytest.mark.parametrize(
    "question",
    [
        "I'm not in the UK. How long do I have to return a coat?",
        "How long do I have to return a coat outside the UK?",
    ],
)
async def test_who_says_where_it_is_not_meant_is_not_told_what_holds_there(talk: Talk, question: str) -> None:
    which, both = await talk(question, "no idea")
    assert which.status == Status.CLARIFY
    assert {choice.label for choice in which.choices} == {"EU", "US"}
    assert "For the UK" not in both.text


async def test_a_place_that_is_not_meant_is_left_out_of_a_reply_to_a_question_back(talk: Talk) -> None:
    _, others = await talk(COAT, "not the UK")
    assert others.status == Status.ANSWERED
    assert pages(others) == {"returns-eu.md", "returns-us.md"}


@pytest.mark.parametrize("said", [[f"I'm not in the EU. {COAT}"], [COAT, "But I'm not in the EU"]])
async def test_who_is_not_where_a_channel_tells_of_is_told_that_it_tells_of_that_alone(
    talk: Talk, said: list[str]
) -> None:
    *_, answer = await talk(*said, region="eu")
    assert answer.text.startswith("Here I can only say what applies to the EU.\n\n**For the EU:** ")
    assert "30 days" in answer.text and pages(answer) == {"returns-eu.md"}


async def test_who_is_not_where_a_channel_tells_of_is_told_plainly_what_holds_for_all(talk: Talk) -> None:
    (answer,) = await talk("I'm not in the EU. Do gift cards expire?", region="eu")
    assert pages(answer) == {"gift-cards.md"}
    assert "Here I can only" not in answer.text


async def test_who_is_nowhere_of_the_choices_is_told_no_policy_of_these_and_whom_to_ask(talk: Talk) -> None:
    _, none, eu = await talk(COAT, "none", "EU then")
    assert none.status == Status.REFUSED
    assert none.text.startswith("Here I can only say what applies to the ") and none.text.endswith("ask #leads.")
    assert "30 days" in eu.text and pages(eu) == {"returns-eu.md"}


async def test_who_asks_why_is_told_and_asked_again(talk: Talk) -> None:
    which, why, uk = await talk(COAT, "Why do you ask?", "GB")
    assert why.status == Status.CLARIFY and why.text.startswith("Our documents say different things for different")
    assert why.choices == which.choices
    assert "28 days" in uk.text and pages(uk) == {"returns-uk.md"}


@pytest.mark.parametrize("reply", ["The order was shipped to the UK", "UK. Thanks, you're great!", "{uk}"])
async def test_who_replies_in_a_sentence_or_with_a_number_is_understood(talk: Talk, reply: str) -> None:
    (which,) = await talk(COAT)
    place = [choice.label for choice in which.choices].index("UK") + 1
    _, uk = await talk(COAT, reply.format(uk=place))
    assert "28 days" in uk.text and pages(uk) == {"returns-uk.md"}


async def test_a_new_question_after_ours_is_answered_as_one(talk: Talk) -> None:
    *_, gifts = await talk(COAT, "Do gift cards expire?")
    assert gifts.status == Status.ANSWERED
    assert pages(gifts) == {"gift-cards.md"}


@pytest.mark.parametrize("reply", ["never mind the region, just tell me", "never mind where I live, just tell me all"])
async def test_who_passes_over_the_region_is_told_of_each(talk: Talk, reply: str) -> None:
    _, told = await talk(COAT, reply)
    assert told.status == Status.ANSWERED
    assert pages(told) >= {"returns-eu.md", "returns-uk.md", "returns-us.md"}


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("How can I pay?", "billing-and-payment.md"),
        ("another question: how do I pay?", "billing-and-payment.md"),
        ("Never mind. How do I pay?", "billing-and-payment.md"),
        ("forget that, how do I pay?", "billing-and-payment.md"),
        ("When are you open?", "stores-and-contact.md"),
        # What goes on with the question before is answered from the pages on returns.
        ("Who pays for the label?", "returns-uk.md"),
        ("Must the box be unopened?", "business-customers.md"),
        ("How many days?", "returns-uk.md"),
        ("bought online last month", "returns-eu.md"),
    ],
)
async def test_what_is_asked_instead_of_a_reply_is_found_though_it_is_about_something_else(
    lookup: Lookup, question: str, page: str
) -> None:
    which = (await lookup.look(COAT, (), Scope())).which
    looked = await lookup.look(question, (Turn("user", COAT), Turn("assistant", which)), Scope())
    assert looked.retrieval.passages[0].passage.document_id == page


async def test_what_no_page_answers_is_not_answered_from_the_pages_of_the_question_before(lookup: Lookup) -> None:
    which = (await lookup.look(COAT, (), Scope())).which
    looked = await lookup.look("Who is your CEO?", (Turn("user", COAT), Turn("assistant", which)), Scope())
    assert looked.confidence < 0.4


async def test_a_place_named_before_holds_where_somebody_asks_anew(lookup: Lookup) -> None:
    turns = (Turn("user", f"I live in the UK. {COAT}"), Turn("assistant", "28 days. [1]"))
    looked = await lookup.look("Another question: who pays for the return label?", turns, Scope())
    assert looked.scope is not None and looked.scope.region == ("uk",)


async def test_an_answer_that_holds_in_one_region_only_says_so(talk: Talk) -> None:
    (answer,) = await talk("Is there a restocking fee on an opened espresso machine?")
    assert "10 %" in answer.text
    assert answer.text.endswith("(This applies to the US.)")


async def test_a_country_of_the_union_is_told_the_unions_policy(talk: Talk) -> None:
    (answer,) = await talk("What does the return label cost in Germany?")
    assert pages(answer) == {"returns-eu.md"}
    assert answer.notes["scope"] == {"region": ["de", "eu"]}


async def test_a_region_without_a_page_is_not_sold_anothers(talk: Talk) -> None:
    (answer,) = await talk("What does the return label cost in Norway?")
    first, *others = answer.text.split("\n\n")
    assert first == "I found nothing for Norway, only this:"
    assert others and all(part.startswith("**For the ") for part in others)


async def test_in_a_channel_of_the_union_another_regions_policy_is_never_told(talk: Talk) -> None:
    eu, us = await talk("What does the return label cost?", "what about the US?", region="eu")
    assert pages(eu) == pages(us) == {"returns-eu.md"}
    assert us.text.startswith("Here I can only say what applies to the EU, not to the US.")
    assert "$" not in us.text and "free of charge" in us.text


async def test_a_question_about_a_place_is_answered_where_a_page_speaks_of_it(talk: Talk) -> None:
    for scope in ({}, {"region": "eu"}):
        (answer,) = await talk("Do you deliver to Switzerland?", **scope)
        assert answer.text.startswith("We do not ship to")


@pytest.mark.parametrize("region", ["", "eu"])
@pytest.mark.parametrize(
    "question",
    [
        "Do you ship to Switzerland and how much does it cost?",
        "Do you deliver to Switzerland, and what does it cost?",
        "Do you ship to Switzerland? How much is it?",
        "What does it cost to ship a kettle to Switzerland, and do you ship there at all?",
    ],
)
async def test_who_asks_for_the_price_of_a_place_that_is_not_served_is_not_told_that_of_others(
    talk: Talk, question: str, region: str
) -> None:
    (answer,) = await talk(question, region=region)
    assert answer.text.startswith("We do not ship to") and "Switzerland" in answer.text


async def test_where_two_places_are_asked_for_the_one_that_is_served_is_told_its_price(talk: Talk) -> None:
    (answer,) = await talk("Do you ship to Germany and Switzerland, and what does it cost?")
    assert "€6.90" in answer.text and "$" not in answer.text


async def test_a_follow_up_about_a_place_is_answered_as_if_it_were_asked_whole(lookup: Lookup) -> None:
    turns = (Turn("user", "Do you deliver to Switzerland?"), Turn("assistant", "We do not ship to Switzerland. [1]"))
    followed = await lookup.look("and to Norway?", turns, Scope())
    whole = await lookup.look("Do you deliver to Norway?", (), Scope())
    assert (followed.text, followed.lead, followed.parts) == (whole.text, "", ())
    assert followed.retrieval.passages == whole.retrieval.passages


async def test_two_regions_in_one_question_are_told_apart(talk: Talk) -> None:
    (answer,) = await talk("Within how many days of delivery can I return an item in the EU and in the UK?")
    eu, uk = answer.text.split("\n\n")
    assert ("For the EU:" in eu and "30 days" in eu) and ("For the UK:" in uk and "28 days" in uk)


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("How much does it cost to repair a kettle in the US and in the UK?", "repairs.md"),
        ("What are your opening hours in the UK and in the US?", "stores-and-contact.md"),
    ],
)
async def test_what_a_page_for_all_regions_answers_is_not_told_from_pages_of_two(
    talk: Talk, question: str, page: str
) -> None:
    (answer,) = await talk(question)
    assert pages(answer) == {page}
    assert "For the" not in answer.text


async def test_who_asks_for_another_place_is_told_what_a_page_for_all_says(talk: Talk) -> None:
    (answer,) = await talk("How long is the warranty in the US?", region="eu")
    assert answer.text.startswith("Here I can only say what applies to the EU, not to the US.")
    assert pages(answer) == {"warranty.md"}


@pytest.mark.parametrize(
    ("asked", "whole"),
    [
        ("How long is the warranty in the EU?", "How long is the warranty?"),
        ("How can I pay in the UK?", "How can I pay?"),
        ("I live in Germany. How do I claim under the warranty?", "How do I claim under the warranty?"),
        ("Is there a repair café in the UK and in the EU?", "Is there a repair café?"),
    ],
)
async def test_where_the_answer_is_the_same_for_all_a_place_that_is_named_changes_nothing(
    lookup: Lookup, asked: str, whole: str
) -> None:
    named = await lookup.look(asked, (), Scope())
    assert named.scope is not None
    plain = await lookup.look(whole, (), named.scope)
    assert named.retrieval.passages == plain.retrieval.passages
    assert named.retrieval.confidence == plain.retrieval.confidence


async def test_where_a_region_has_a_page_of_its_own_its_name_leads_there(lookup: Lookup) -> None:
    named = await lookup.look("What is your return policy in the UK?", (), Scope())
    plain = await lookup.look("What is your return policy?", (), Scope(region=("uk",)))
    assert named.retrieval.passages[0].passage.document_id == "returns-uk.md"
    assert named.retrieval.passages != plain.retrieval.passages


async def test_a_page_on_another_subject_that_names_a_place_does_not_make_an_answer_hold_there(talk: Talk) -> None:
    (answer,) = await talk("What does the return label cost in the UK?", region="eu")
    assert answer.text.startswith("Here I can only say what applies to the EU, not to the UK.\n\n**For the EU:**")


async def test_beside_the_pages_of_the_askers_region_the_best_for_all_is_found(lookup: Lookup) -> None:
    looked = await lookup.look("How long do I have to return something?", (), Scope(region=("eu",)))
    *own, everywhere = (one.passage for one in looked.retrieval.passages)
    assert {one.id for one in own} == looked.own and everywhere.scope.region == ()


async def test_of_several_questions_each_is_answered_for_the_place_that_it_names(talk: Talk) -> None:
    (answer,) = await talk(
        "Within how many days can I return an item in the EU, and when do I get my refund in the US?"
    )
    days, refund = answer.text.split("\n\n")
    assert "30 days" in days and "10 business days" in refund
    assert pages(answer) == {"returns-eu.md", "returns-us.md"}


async def test_of_several_questions_a_place_that_one_names_holds_for_the_others(talk: Talk) -> None:
    for question in (
        "When do I get my refund, and within how many days can I return an item in the US?",
        "I'm in the US. Within how many days can I return an item? And when do I get my refund?",
    ):
        (answer,) = await talk(question)
        assert pages(answer) == {"returns-us.md"}
        assert "45 days" in answer.text and "10 business days" in answer.text


async def test_a_place_without_a_page_limits_just_the_questions_that_differ_by_it(talk: Talk) -> None:
    (answer,) = await talk("What does the return label cost in Norway, and do gift cards expire?")
    *label, gift_cards = answer.text.split("\n\n")
    assert label[0] == "I found nothing for Norway, only this:"
    assert gift_cards.startswith("A gift card is valid for **5 years**")
    (answer,) = await talk("What does the return label cost in Canada, and do gift cards expire?", region="eu")
    away, there, gift_cards = answer.text.split("\n\n")
    assert away == "Here I can only say what applies to the EU, not to Canada."
    assert there.startswith("**For the EU:**") and gift_cards.startswith("A gift card is valid for **5 years**")


async def test_of_several_questions_none_is_asked_back_about(talk: Talk) -> None:
    (answer,) = await talk("When do I get my refund, and do Kettle Club points expire?")
    *refund, points = answer.text.split("\n\n")
    assert {part[:11] for part in refund} == {"**For the E", "**For the U"} and len(refund) == 3
    assert "24 months" in points


async def test_several_questions_without_a_place_are_answered_one_by_one(talk: Talk) -> None:
    (both,) = await talk("Do gift cards expire? And how long are Kettle Club points valid?")
    gift_cards, points = both.text.split("\n\n")
    assert "5 years" in gift_cards and "24 months" in points
    (half,) = await talk("Do gift cards expire, and do you sell bicycle helmets?")
    gift_cards, helmets, whom = half.text.split("\n\n")
    assert "5 years" in gift_cards and whom.startswith("Please ask ")
    assert helmets == "I could not find an answer to your second question in our documents."


async def test_of_several_questions_that_without_an_answer_is_named(talk: Talk) -> None:
    (answer,) = await talk("Do you sell bicycle helmets in the US, and when do I get my refund in the UK?")
    helmets, refund, whom = answer.text.split("\n\n")
    assert whom.startswith("Please ask ")
    assert helmets == "I could not find an answer to your first question in our documents."
    assert "within 7 days" in refund
    (answer,) = await talk("Do you sell bicycle helmets in the UK, and when do I get my refund?")
    assert answer.text.startswith(helmets) and "within 7 days" in answer.text
    (none,) = await talk("Do you sell bicycle helmets in the UK, and what salary does a store manager earn?")
    assert none.status == Status.REFUSED and "your first" not in none.text


async def test_of_a_table_by_region_the_askers_row_is_told(talk: Talk) -> None:
    (uk,) = await talk("What does express shipping cost?", region="uk")
    assert "£7.95" in uk.text and "14.90" not in uk.text
    (germany,) = await talk("What does express shipping to Germany cost?")
    assert "€14.90" in germany.text and "9.90" not in germany.text.replace("14.90", "") and "£" not in germany.text


async def test_what_holds_in_the_eu_is_told_in_its_countries(talk: Talk) -> None:
    (france,) = await talk("What does express shipping cost?", region="fr")
    assert "€14.90" in france.text and "€9.90" not in france.text and "£" not in france.text
    (germany,) = await talk("What does express shipping to Germany cost?", region="fr")
    assert germany.text == france.text
    (belgium,) = await talk("Within how many days of delivery can I return an item?", region="be")
    assert "30 days" in belgium.text


@pytest.mark.parametrize("question", ["How long does shipping take?", "What does shipping cost?"])
async def test_who_asks_for_no_place_is_not_told_what_holds_in_a_far_one(talk: Talk, question: str) -> None:
    (answer,) = await talk(question, region="us")
    assert "3–6 business days" in answer.text and "$24.95" not in answer.text
    (hawaii,) = await talk("What does shipping to Hawaii cost?", region="us")
    assert "$24.95" in hawaii.text


async def test_of_a_table_the_row_that_the_question_names_goes_before_the_askers(talk: Talk) -> None:
    (answer,) = await talk("What does express shipping to the UK cost?", region="eu")
    assert "£7.95" in answer.text and "€" not in answer.text


async def test_who_asks_how_is_told_every_step(talk: Talk) -> None:
    (answer,) = await talk("How do I return an item step by step?", region="eu")
    lines = answer.text.splitlines()
    assert [line[:2] for line in lines] == ["1.", "2.", "3."]
    assert "label" in lines[1] and "within 7 days" in lines[2]
    (both,) = await talk("How do I return an item step by step in the EU and in the US?")
    assert all(f"For the {place}:** \n1. " in both.text for place in ("EU", "US"))


async def test_what_holds_everywhere_is_never_asked_back_about(lookup: Lookup) -> None:
    for question in sample.questions():
        if not question["scope"] and question["answerable"]:
            looked = await lookup.look(question["question"], (), Scope())
            assert not looked.which and not looked.parts, question["qid"]
