"""What changes "and", "before" or "without" of a page, or what a page denies in few words, does not go out."""

import pytest

from bot.claims.particles import turned_by_particle
from bot.grounding import Grounding
from knowledge.documents import Passage
from tests.at_once import AT_ONCE_S, timed

PATIENTS = "New patients need proof of address and a photo ID."
CARD = "Bring your card and your PIN."
BILL = "If you leave without paying the bill, we charge £30."
SICK = "Pupils must stay at home for 48 hours after they were last sick."
CHEQUES = "Credit cards are accepted, but cheques are not."
GUESTS = "Members can bring two guests, trial members none."
TICKETS = "Adults need a ticket and children under five do not."
BAGS = "Paper bags are free and plastic ones are not."
PAUSES = "Season tickets can be paused; day tickets cannot."


@pytest.mark.parametrize(
    ("claim", "page", "reason"),
    [
        ("New patients need proof of address or a photo ID.", PATIENTS, "does not keep"),
        ("You need a photo ID or proof of address as a new patient.", PATIENTS, "does not keep"),
        ("Bring your card or your PIN.", CARD, "does not keep"),
        ("We charge £30 if you leave.", BILL, "does not keep"),
        ("If you are paying the bill, we charge £30.", BILL, "does not keep"),
        ("Pupils must stay at home for 48 hours before they were sick.", SICK, "does not keep"),
        ("Cheques are accepted.", CHEQUES, "says what is told of card"),
        ("Trial members can bring two guests.", GUESTS, "says what is denied"),
        ("Children under five need a ticket.", TICKETS, "says what is denied"),
        ("Plastic bags are free.", BAGS, "puts"),
        ("Day tickets can be paused.", PAUSES, "says what is told of season"),
    ],
)
def test_what_turns_a_small_word_is_held(claim: str, page: str, reason: str) -> None:
    assert held(claim, page).startswith(reason)


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("New patients need proof of address and a photo ID.", PATIENTS),
        ("Bring your PIN and your card.", CARD),
        ("Bring your card or your PIN.", "Bring your card or your PIN and a photo."),
        ("You need a ticket for adults or children.", "You need a ticket for adults and children."),
        ("Do not bring food or drinks.", "Do not bring food and drinks."),
        ("We charge £30 if you leave without paying.", BILL),
        ("Pupils must stay at home for 48 hours after they were sick.", SICK),
        ("Arrive two hours before departure.", "Arrive two hours before departure and leave two hours after landing."),
        ("Credit cards are accepted.", CHEQUES),
        ("Cheques are not accepted.", CHEQUES),
        ("Members can bring two guests.", GUESTS),
        ("Trial members cannot bring guests.", GUESTS),
        ("Children under five do not need a ticket.", TICKETS),
        ("Adults need a ticket.", TICKETS),
        ("Paper bags are free.", BAGS),
        ("Plastic bags are not free.", BAGS),
        ("Season tickets can be paused.", PAUSES),
        ("Day tickets cannot be paused.", PAUSES),
    ],
)
def test_what_keeps_the_small_words_goes_out(claim: str, page: str) -> None:
    assert held(claim, page) == ""


def test_what_is_asked_about_need_not_be_said() -> None:
    assert turned_by_particle("We charge £30 if you leave.", BILL, frozenset()) == "“without paying the bill”"
    assert turned_by_particle("We charge £30 if you leave.", BILL, frozenset({"pay"})) is None
    assert turned_by_particle("If you complain, we write back.", f"{BILL[:-1]} and write to you.", frozenset()) is None
    assert turned_by_particle("If you leave and have not paid, we charge £30.", BILL, frozenset()) is None


def test_what_is_denied_of_some_is_not_denied_of_all() -> None:
    assert held("Children do not need a ticket.", TICKETS)


def test_what_is_needed_both_in_one_case_alone_may_be_either() -> None:
    evidence = "You need a passport or a licence, and abroad you need a passport and a licence."
    assert turned_by_particle("You need a passport or a licence.", evidence, frozenset()) is None


@pytest.mark.parametrize("sentence", ["need a and " * 4_000, "if " * 8_000, "for 3 days after " * 900, " " * 20_000])
def test_a_long_sentence_is_read_at_once(sentence: str) -> None:
    with timed() as took:
        turned_by_particle("Bring a or b, for 3 days before, if you leave.", sentence, frozenset())
    assert took.seconds < AT_ONCE_S


def held(claim: str, page: str) -> str:
    """Return why a claim does not go out; empty if it does."""
    grounding = Grounding([Passage("d#0", "d", "s", "Help", "", "Rules", page, 0)], "What are the rules?")
    return "" if grounding.check(claim) else grounding.removed[0]["reason"]
