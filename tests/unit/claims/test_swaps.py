"""What a claim puts in place of something else is known; the same words in another order are no swap."""

import pytest

from bot.claims.swaps import other_name, swapped
from bot.grounding import Grounding
from knowledge.documents import Passage

EXPORT = "Comments are part of the Excel export but not of CSV or PDF."
REFUNDS = "Refunds go to the card for online orders and to a voucher for store orders."
PARKING = "Bicycles may be parked in blue zones but not in red or grey zones."
PERMITS = "The council issues permits within 10 working days to residents and shops."
INSTEAD = "Winners are given store credit instead of a refund, and it is valid for a year."
PARTIES = "The landlord repairs the heating within 24 hours and the tenant repairs damage caused by misuse."


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("Comments are part of the CSV export but not of CSV or PDF.", EXPORT),
        ("Comments are part of the CSV export but not of Excel or PDF.", EXPORT),
        ("Comments are part of the PDF export but not of CSV.", EXPORT),
        ("Comments are part of the CSV export.", EXPORT),
        ("Bicycles may be parked in grey zones but not in blue or red zones.", PARKING),
        ("Bicycles may be parked in red zones but not in red or grey zones.", PARKING),
        (
            "Dogs are allowed in the hall but not in the hall or the kitchen.",
            "Dogs are allowed in the garden but not in the hall or the kitchen.",
        ),
        (
            "Dogs are allowed in the hall but not in the hall or the kitchen.",
            "Dogs are allowed in the garden. They may not enter the hall or the kitchen.",
        ),
        ("Refunds go to the card for store orders and to a voucher for online orders.", REFUNDS),
        ("Refunds go to a voucher for online orders.", REFUNDS),
        ("Refunds go to the voucher for online orders and to a voucher for store orders.", REFUNDS),
        ("Send the form to York and the fee to Leeds.", "Send the form to Leeds and the fee to York."),
        (
            "Tablets can be returned with a seal but tablets without one.",
            "Phones can be returned with a seal but tablets without one.",
        ),
        ("The tenant repairs the heating within 24 hours.", PARTIES),
        ("Winners are given a refund instead of store credit.", INSTEAD),
        ("Winners are given a refund rather than store credit.", INSTEAD),
    ],
)
def test_one_thing_in_place_of_another_is_known(claim: str, sentence: str) -> None:
    assert swapped(claim, sentence)


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        (EXPORT, EXPORT),
        ("Comments are part of the Excel export but not of PDF or CSV.", EXPORT),
        ("Comments are not part of the CSV export.", EXPORT),
        ("Bicycles may be parked in blue zones but not in grey or red zones.", PARKING),
        ("Bicycles may not be parked in red or grey zones.", PARKING),
        ("Refunds go to a voucher for store orders.", REFUNDS),
        ("For store orders refunds go to a voucher.", REFUNDS),
        ("Refunds go to a voucher for store orders and to the card for online orders.", REFUNDS),
        ("Send the fee to York and the form to Leeds.", "Send the form to Leeds and the fee to York."),
        ("Within 30 days you can return it.", "You can return it within 30 days."),
        ("Permits are issued within 10 working days.", PERMITS),
        ("Permits are issued by the council to shops and residents within 10 working days.", PERMITS),
        (
            "Permits are issued by the council to shops and residents within 10 working days.",
            "The council issues permits within 10 working days to residents and shops by post.",
        ),
        ("Boards are exported as PDF, CSV or Excel.", "Boards are exported as Excel, CSV or PDF."),
        (
            "Bicycles are parked in grey zones, red zones or blue zones.",
            "Bicycles are parked in blue zones, red zones or grey zones.",
        ),
        (
            "Standard customers get support within 2 business days.",
            "Premium customers get support within 4 hours; standard customers within 2 business days.",
        ),
        ("Winners are given store credit rather than a refund.", INSTEAD),
        ("Instead of a refund, winners are given store credit.", INSTEAD),
        ("Winners are given store credit, valid for a year, instead of a refund.", INSTEAD),
        (
            "Online renewals usually take three weeks.",
            "Online renewals are usually ready within three weeks; paper applications take six weeks.",
        ),
        (
            "Fill in the form in the app at https://acme.example/parcel.",
            "Fill in the form in the app before you send a parcel to us.",
        ),
    ],
)
def test_another_order_is_no_swap(claim: str, sentence: str) -> None:
    assert swapped(claim, sentence) is None


def test_a_swap_does_not_go_out() -> None:
    page = Passage("d#0", "d", "s", "Help", "https://x/d", "Export a board", EXPORT, 0)
    grounding = Grounding([page], "Do CSV exports include comments?")
    assert grounding.check("Comments are part of the CSV export but not of CSV or PDF.") is None
    assert "in place of something else" in grounding.removed[0]["reason"]


NONPROFITS = ["Nonprofits get 40% off Team.", "Schools get 60% off Enterprise."]
STORAGE = "The plan has storage in Dublin."


@pytest.mark.parametrize(
    ("claim", "sentences", "name"),
    [
        ("Nonprofits get 40% off Enterprise.", NONPROFITS, "Enterprise"),
        ("Nonprofits get 40% off Enterprise.", [NONPROFITS[0], "The Enterprise plan adds an audit log."], "Enterprise"),
        ("Nonprofits get 40% off Team.", NONPROFITS, None),
        ("Nonprofits get 40% off Enterprise.", [NONPROFITS[0], "Nonprofits get the same off Enterprise."], None),
        ("The plan has storage in Oslo.", [STORAGE, "It also has storage in Oslo."], None),
        ("The plan has storage in Oslo.", [STORAGE, "The plan stores files in Oslo."], None),
        ("The plan has storage in Dublin and Oslo.", [STORAGE, "The office is in Oslo."], None),
    ],
)
def test_a_name_of_another_sentence_is_known(claim: str, sentences: list[str], name: str | None) -> None:
    assert other_name(claim, sentences) == name
