"""A question that points at one before it is answered from what is about that thing, or not at all."""

import pytest

from bot.quoting.evidence import evidence_in
from bot.quoting.pointed import about_another_thing, answers_again, asks_only_for_a_price, is_told_in, with_its_price
from knowledge.documents import Passage, ScoredPassage


def found(heading: str, text: str, fit: float = 1.0) -> ScoredPassage:
    return ScoredPassage(Passage(f"d#{heading}", "d", "s", "Using the app", "", heading, text, 0), fit, fit)


PLANS = found("", "| Plan | Price | Projects |\n|---|---|---|\n| Free | 0 USD | 3 |\n| Team | 8 USD | 50 |")
EXPORT = found("Export", "Export a project as CSV. Attachments are not part of the export.")
GUESTS = found("Guests", "Guests are free of charge.")
EXPORTED = evidence_in(EXPORT.passage)[:1]
PARKING = found("Parking", "Patients park for 2 euros.")


def test_a_price_is_taken_from_what_is_about_the_thing_asked_about() -> None:
    everything = (PLANS, EXPORT, GUESTS, PARKING)
    kept = with_its_price(["How do I invite guests?"], "", evidence_in(GUESTS.passage), everything)
    assert kept == (GUESTS,)
    # No page tells what an export costs: the plan that is called Free does not, nor do patients who park.
    assert with_its_price(["Are attachments included?"], "I want to export it.", EXPORTED, everything) == ()
    assert with_its_price(["What does she bring?"], "She is a patient.", EXPORTED, everything) == ()
    assert with_its_price(["Can I get help?"], "I want the Team plan.", [], (PARKING, PLANS)) == (PLANS,)


@pytest.mark.parametrize(
    ("asked", "answer", "page", "kept"),
    [
        (
            "How do I join the club?",
            "Fill in",
            found("", "Fill in the form to join the club. A lost card costs 5 euros. The club fee is 40 euros."),
            "Fill in the form to join the club. A lost card costs 5 euros. The club fee is 40 euros.",
        ),
        (
            "How do I join the club?",
            "Fill in",
            found("", "Fill in the form to join the club. Bring it. A lost card costs 5 euros. The fee is 40 euros."),
            "Fill in the form to join the club. Bring it.  The fee is 40 euros.",
        ),
        (
            "How do I book a tour?",
            "Choose",
            found("Changing a booking", "Choose another day here. Ask us. A second change costs 10 euros."),
            "",
        ),
        ("How do I rent a van?", "Ask", found("Vans", "Ask us. Young drivers pay 9 euros a day."), None),
        ("How do I report damp?", "Damp", found("", "Damp is looked at soon. Ask. A lost key costs 9 euros."), ""),
        (
            "Can I bring a dog?",
            "Dogs",
            found("", "Dogs may come. Ask us.\n\n- Helmet: 2 euros\n- Dog basket: 3 euros"),
            "Dog basket: 3 euros",
        ),
        (
            "Can I bring a dog?",
            "Dogs",
            found("", "Dogs may come.\n\n|Item|Price|\n|---|---|\n|Boat|3 USD|\n|Oar|1 USD|"),
            "",
        ),
    ],
)
def test_a_price_of_something_else_beside_the_answer_is_not_told_of_what_is_pointed_at(
    asked: str, answer: str, page: ScoredPassage, kept: str | None
) -> None:
    answered = [one for one in evidence_in(page.passage) if one.text.startswith(answer)]
    told = with_its_price([asked], "", answered, [page])
    if not kept:
        assert told == (() if kept == "" else (page,))
    else:
        assert kept in told[0].passage.text and "Helmet" not in told[0].passage.text


FREEZING = found("Freezing", "You can freeze a monthly pass. It costs 5 euros a month.")
TOWER = found("", "Two people must put up a tower. Ask us. We can put it up for you for 60 euros.")
AEROBICS = found("", "If you cannot come to aerobics, cancel it. A late cancel costs 3 euros.")


@pytest.mark.parametrize(
    ("asked", "answer", "page", "told"),
    [
        ("How do I freeze my monthly pass?", "", FREEZING, True),
        ("Can I pause my pass?", "", FREEZING, False),
        ("How do I cancel my monthly pass?", "", FREEZING, False),
        ("Do you renew a pass?", "", FREEZING, False),
        ("Can you put up the tower?", "Two people", TOWER, True),
        ("Can you inspect the tower?", "Two people", TOWER, False),
        ("How do I cancel a party?", "", AEROBICS, False),
        ("How do I cancel?", "", AEROBICS, True),
        ("How do I book a party?", "", found("", "Parties cost 110 euros."), True),
        ("Do you sharpen chains?", "", found("", "We sharpen chains for 9 euros."), True),
    ],
)
def test_a_price_of_doing_something_else_with_the_thing_is_not_told(
    asked: str, answer: str, page: ScoredPassage, told: bool
) -> None:
    answered = [one for one in evidence_in(page.passage) if answer and one.text.startswith(answer)]
    assert bool(with_its_price([asked], "", answered, [page])) is told


def test_of_two_prices_alike_the_other_one_is_cut_out() -> None:
    page = found("", "- Blood test: mornings. 30 euros.\n- Flu jab: 30 euros. Walk in.\n- Cast: 30 euros. 30 euros.")
    (kept,) = with_its_price(["Do you do a flu jab?"], "", [], [page])
    assert kept.passage.text == "- Blood test: mornings. \n- Flu jab: 30 euros. Walk in.\n-  "


@pytest.mark.parametrize(
    ("question", "only"),
    [("Is it free?", True), ("And what does it cost?", True), ("Is delivery free?", False), ("Where is it?", False)],
)
def test_what_asks_for_a_price_of_what_it_does_not_name(question: str, only: bool) -> None:
    assert asks_only_for_a_price(question) is only


KEY = found("API", "Create an API key under Profile.")
ACCOUNT = found("Delete your account", "Delete your account under Profile.")


@pytest.mark.parametrize(
    ("question", "asked", "passage", "another"),
    [
        ("How do I delete it?", "How do I create an API key?", ACCOUNT, True),
        ("How do I delete it?", "What is an account?", ACCOUNT, False),
        ("How do I delete it?", "How do I create an API key?", found("Delete", "Delete what you made."), False),
        ("How do I delete it?", "How do I create an API key?", found("Delete an item", "Click it."), False),
        ("How do I delete it?", "How do I create an API key?", found("Delete data", "Delete a key in Profile."), False),
        ("How do I invite one?", "What are guests?", found("Invite colleagues", "Under Members."), False),
    ],
)
def test_how_to_end_another_thing_is_told_from_how_to_end_what_is_pointed_at(
    question: str, asked: str, passage: ScoredPassage, another: bool
) -> None:
    assert about_another_thing(question, [asked], [(KEY,)], passage) is another


def test_what_was_found_for_the_thing_itself_is_about_no_other() -> None:
    asked = ["How do I create an API key?"]
    assert not about_another_thing("How do I delete it?", asked, [(KEY, ACCOUNT)], ACCOUNT)
    named = found("API", "Create an API key in your account.")
    assert not about_another_thing("How do I delete it?", asked, [(named,)], ACCOUNT)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How long does it take?", True),
        ("I am new. How much is it?", True),
        ("Is it painful?", False),
        ("How long does it take until I am paid?", False),
        ("How long does whitening take?", False),
        ("How often can I have it?", False),
    ],
)
def test_a_time_or_price_of_what_was_named_is_told_beside_it(question: str, told: bool) -> None:
    assert is_told_in(question, "Whitening: Price: 290 euros; Duration: 90 minutes [1]") is told
    assert not is_told_in(question, "Whitening is possible.")


@pytest.mark.parametrize(
    ("question", "before", "told", "again"),
    [
        ("How do I get rid of a couch?", "When is glass collected?", "Glass is collected on Mondays. [1]", False),
        ("How do I cancel it?", "How do I report a leak?", "Report leaks to the porter. [1]", False),
        ("Who do I ask about parking?", "When is the office open?", "The office is open on Mondays. [1]", False),
        ("How long does it take?", "How do I report a leak?", "Report leaks to the porter. [1]", False),
        ("Is the dryer extra?", "How much is a wash?", "A wash costs 2 euros, the dryer 1 euro. [1]", True),
        (
            "How do I collect plastic?",
            "When is glass collected?",
            "Glass and plastic are collected on Mondays. [1]",
            True,
        ),
        ("When do I get my money?", "How long do refunds take?", "Refunds reach your card within 5 days. [1]", True),
        ("Can I leave my car there?", "Do you have parking?", "Parking costs 5 euros. [1]", True),
        ("How do I end the contract?", "How do I move out?", "1. Give notice.\n2. Return the keys. [1]", True),
    ],
)
def test_what_was_told_before_is_no_answer_to_a_question_of_something_else(
    question: str, before: str, told: str, again: bool
) -> None:
    assert answers_again(question, before, told) is again
