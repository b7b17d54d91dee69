"""What one half of a sentence says of its case does not go out as said of the case of the other half, or of all."""

import pytest

from bot.claims.halves import mixed
from bot.grounding import Grounding
from knowledge.documents import Passage
from tests.at_once import AT_ONCE_S, timed

SIGN_IN = "Two-step sign-in is optional for personal accounts and required for business accounts."
ROAMING = "In Switzerland, roaming costs £2 a day on the Basic tariff and is included in the Max tariff."
COVER = "Cover starts two years after the policy begins; for accidental death it starts at once."
ENTRY = "Entry is free for children and £12 for adults."
DEPOSIT = "The deposit is £250 for small cars and £500 for vans."
RESERVATIONS = "Reservations are free for junior members and cost 50p for everybody else."
PHOTOS = "Photos are allowed in the garden; in the gallery they are forbidden."
CODES = "Codes come by app; text messages are no longer supported."
ERRANDS = "Contact us for a quote and send the form for approval."
REFUNDS = "Refunds go to the card for online orders and to a voucher for store orders."


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("Two-step sign-in is optional for business accounts.", SIGN_IN),
        ("Two-step sign-in is required for personal accounts.", SIGN_IN),
        ("Two-step sign-in is optional.", SIGN_IN),
        ("Two-step sign-in is required.", SIGN_IN),
        ("Roaming in Switzerland costs £2 a day on the Max tariff.", ROAMING),
        ("Roaming in Switzerland is included in the Basic tariff.", ROAMING),
        ("Roaming in Switzerland is included in all tariffs.", ROAMING),
        ("Roaming in Switzerland costs £2 a day.", ROAMING),
        ("Cover starts at once.", COVER),
        ("For accidental death, cover starts two years after the policy begins.", COVER),
        ("The deposit is £250.", DEPOSIT),
        ("The deposit for vans is £250.", DEPOSIT),
        ("Reservations cost 50p for junior members.", RESERVATIONS),
        ("Reservations are free.", RESERVATIONS),
        ("Photos are allowed in the gallery.", PHOTOS),
        ("Photos are allowed.", PHOTOS),
        ("Codes come by text message.", CODES),
        ("Refunds go to the card for store orders.", REFUNDS),
    ],
)
def test_halves_that_are_mixed_are_known(claim: str, sentence: str) -> None:
    assert mixed(claim, sentence, frozenset())


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("Roaming in Switzerland costs £2 a day on the Basic tariff.", ROAMING),
        ("In Switzerland, roaming is included in the Max tariff.", ROAMING),
        ("Cover starts two years after the policy begins.", COVER),
        ("For accidental death, cover starts at once.", COVER),
        ("Entry is free for kids.", ENTRY),
        ("Two-step sign-in is optional for personal accounts.", SIGN_IN),
        ("For business accounts, two-step sign-in is required.", SIGN_IN),
        ("Two-step sign-in is required for business accounts but optional for personal ones.", SIGN_IN),
        ("Two-step sign-in is not optional for business accounts.", SIGN_IN),
        ("For vans, the deposit is £500.", DEPOSIT),
        ("Reservations cost 50p unless you are a junior member.", RESERVATIONS),
        ("Photos are forbidden in the gallery.", PHOTOS),
        ("Codes come by app.", CODES),
        ("Text messages are no longer supported.", CODES),
        ("Send the form.", ERRANDS),
        ("Sale items can be exchanged.", "Sale items cannot be returned; they can be exchanged."),
        ("The deposit is £250.", "The deposit is £250 for small cars and the excess is £500 for vans."),
        ("The museum is open for visitors.", "The museum is open for visitors and schools."),
    ],
)
def test_a_half_with_its_case_is_let_through(claim: str, sentence: str) -> None:
    assert mixed(claim, sentence, frozenset()) is None


def test_the_case_that_is_asked_about_need_not_be_said() -> None:
    assert mixed("The deposit is £500.", DEPOSIT, frozenset({"van"})) is None
    assert mixed("The deposit is £250.", DEPOSIT, frozenset({"van"}))


def test_what_mixes_halves_does_not_go_out() -> None:
    page = Passage("d#0", "d", "s", "Help", "https://x/d", "Rules", DEPOSIT, 0)
    grounding = Grounding([page], "What is the deposit for a van?")
    assert grounding.check("The deposit is £250.") is None
    assert "car" in grounding.removed[0]["reason"]


@pytest.mark.parametrize("sentence", ["is for a and b " * 1_000, "for " * 5_000, "; and " * 4_000, " " * 20_000])
def test_a_long_sentence_is_read_at_once(sentence: str) -> None:
    with timed() as took:
        mixed("The deposit is £250.", sentence, frozenset())
    assert took.seconds < AT_ONCE_S
