"""Of what a sentence excepts, the opposite of what it says of all else is true, and nothing else is."""

import pytest

from tests.grounded import told

PAGES = [
    (
        "Items can be returned within 30 days, but not underwear.",
        ["You cannot return underwear."],
        ["You can return underwear."],
    ),
    (
        "Appointments cancelled less than 48 hours in advance are charged at £20, unless you are ill.",
        ["If you are ill, you are not charged for a cancelled appointment."],
        ["If you are ill, you are charged £20 for a cancelled appointment."],
    ),
    (
        "Books may be borrowed for four weeks, except new titles.",
        [
            "New titles may not be borrowed for four weeks.",
        ],
        [
            "New titles may not be borrowed.",
        ],
    ),
    (
        "The surgery is open from 8 am to 7 pm, except on Sundays.",
        [
            "The surgery is not open on Sundays.",
        ],
        [
            "The surgery is open on Sundays.",
        ],
    ),
    (
        "The bar is open until 10 pm, except on Sundays.",
        [],
        [
            "The bar is not open on Sundays.",
        ],
    ),
    (
        "Taxis run 24 hours a day, except on Christmas Day.",
        [
            "Taxis do not run on Christmas Day.",
        ],
        [],
    ),
    (
        "Books can be borrowed for up to four weeks, except DVDs.",
        [
            "DVDs cannot be borrowed for up to four weeks.",
        ],
        [
            "DVDs cannot be borrowed.",
        ],
    ),
    (
        "Helmets are recommended but not required.",
        [
            "Helmets are not required.",
        ],
        [
            "Helmets are required.",
        ],
    ),
    (
        "Visitors may not enter the lab, except those with a red badge.",
        [
            "Visitors with a red badge may enter the lab.",
            "Visitors without a red badge may not enter the lab.",
        ],
        [
            "Visitors without a red badge may enter the lab.",
        ],
    ),
    (
        "Cars may not park in the yard, except with a permit.",
        [
            "Cars may park in the yard with a permit.",
        ],
        [
            "Cars without a permit may park in the yard.",
        ],
    ),
    (
        "Visitors may not enter the hall, except those without luggage.",
        [
            "Visitors without luggage may enter the hall.",
        ],
        [
            "Visitors may enter the hall.",
        ],
    ),
    (
        "Everyone must sign the register except delivery drivers.",
        [
            "Delivery drivers do not have to sign the register.",
        ],
        [
            "Delivery drivers must not sign the register.",
            "Drivers do not have to sign the register.",
        ],
    ),
    (
        "Every member pays a joining fee, except students.",
        [
            "Students do not pay a joining fee.",
        ],
        [
            "Students do not pay.",
            "Students cannot pay a joining fee.",
            "Members do not pay a joining fee.",
        ],
    ),
    (
        "Tenants may not sublet unless the landlord agrees in writing.",
        [
            "Tenants may sublet if the landlord agrees in writing.",
        ],
        [
            "Tenants must sublet if the landlord agrees in writing.",
            "Tenants have to sublet if the landlord agrees in writing.",
        ],
    ),
    (
        "You may not open an account unless you show your passport.",
        [
            "You must show your passport to open an account.",
        ],
        [
            "You must open an account if you show your passport.",
        ],
    ),
    (
        "The café is open every day except Tuesdays.",
        [
            "On Tuesdays, the café is not open.",
            "The café is not open on Tuesdays.",
        ],
        [
            "On Tuesdays, the café is open.",
        ],
    ),
    (
        "Lunch is served in the canteen every day except Sunday.",
        [
            "On Sunday, lunch is not served in the canteen.",
        ],
        [
            "On Sunday, lunch is served in the canteen.",
        ],
    ),
    (
        "Calls are answered within two minutes, except on Mondays.",
        [
            "Calls are not answered within two minutes on Mondays.",
        ],
        [
            "Calls are not answered on Mondays.",
            "On Mondays, calls are not answered.",
        ],
    ),
    (
        "Support is available around the clock, except on Christmas Day.",
        [
            "Support is not available around the clock on Christmas Day.",
        ],
        [
            "Support is not available on Christmas Day.",
            "On Christmas Day, there is no support.",
        ],
    ),
    (
        "Parking is free for all visitors except on market days.",
        [
            "Parking is not free on market days.",
        ],
        [
            "Visitors may not park on market days.",
            "Parking is not possible on market days.",
        ],
    ),
    (
        "Wages are paid weekly, except for apprentices.",
        [
            "Wages are not paid weekly for apprentices.",
        ],
        [
            "Wages are not paid for apprentices.",
        ],
    ),
    (
        "You can return most items within 30 days of delivery, except for underwear.",
        [
            "You cannot return underwear.",
        ],
        [
            "You can return underwear within 30 days of delivery.",
        ],
    ),
    (
        "A joining fee of £20 is charged, except in January.",
        [
            "There is no joining fee in January.",
        ],
        [
            "There is no joining fee.",
        ],
    ),
    (
        "We deliver to every address in the country, except PO boxes.",
        [
            "We do not deliver to PO boxes.",
        ],
        [
            "We deliver to PO boxes.",
        ],
    ),
    (
        "Children are not allowed in the sauna, except on Family Sundays.",
        [
            "Children are allowed in the sauna on Family Sundays.",
        ],
        [
            "Children must go to the sauna on Family Sundays.",
        ],
    ),
    (
        "Photos may be taken everywhere except in the bottling hall.",
        [
            "Photos may not be taken in the bottling hall.",
            "Photos may be taken everywhere except in the bottling hall.",
        ],
        ["Photos may be taken only in the bottling hall.", "Photos may be taken in the bottling hall."],
    ),
    (
        "Dogs may be brought to all rooms except the library.",
        ["Dogs may not be brought to the library."],
        ["Dogs may only be brought to the library.", "Dogs may be brought to the library only."],
    ),
    (
        "Groups get 15% off, but not in August.",
        ["In August, groups do not get 15% off."],
        ["Groups get 15% off, but only in August.", "Groups get 15% off only in August.", "Groups get 15% off."],
    ),
    (
        "The shop accepts cards only, while the taproom takes cash too.",
        ["The shop accepts cards only.", "The shop accepts only cards.", "The taproom takes cash too."],
        ["The shop accepts cash only.", "The taproom accepts cash only.", "The shop only accepts cash."],
    ),
    (
        "Subletting is not permitted except during an exchange semester.",
        [
            "Subletting is permitted during an exchange semester.",
            "Subletting is permitted only during an exchange semester.",
            "Subletting is not permitted outside an exchange semester.",
        ],
        ["Subletting is not permitted during an exchange semester.", "Subletting is permitted."],
    ),
    (
        "Dogs are welcome on the deck but are not allowed in the restaurant, except for assistance dogs.",
        [
            "Dogs are welcome on the deck.",
            "Assistance dogs are allowed in the restaurant.",
            "Only assistance dogs are allowed in the restaurant.",
        ],
        ["Dogs are allowed in the restaurant.", "Assistance dogs are not allowed in the restaurant."],
    ),
    (
        "Prices do not include VAT, except for customers in Switzerland.",
        ["For customers in Switzerland, prices include VAT.", "Prices include VAT only for customers in Switzerland."],
        [
            "Prices include VAT.",
            "Prices do not include VAT for customers in Switzerland.",
            "Prices include VAT except for customers in Switzerland.",
        ],
    ),
    (
        "Businesses may not use the recycling centre unless they have a trade permit.",
        [
            "Businesses with a trade permit may use the recycling centre.",
            "Businesses may not use the recycling centre without a trade permit.",
        ],
        [
            "Businesses with a trade permit may not use the recycling centre.",
            "Businesses may use the recycling centre without a trade permit.",
        ],
    ),
    (
        "Neither food nor drinks may be taken into the hall, except for water.",
        ["Water may be taken into the hall."],
        ["Food may be taken into the hall.", "Water may not be taken into the hall."],
    ),
    (
        "Refunds are made within 14 days except for gift cards, which are refunded within 30 days.",
        ["Gift cards are refunded within 30 days."],
        ["Gift cards are not refunded.", "Gift cards are refunded within 14 days."],
    ),
    (
        "Refunds are made in cash except for gift cards, which are refunded by voucher.",
        ["Gift cards are refunded by voucher."],
        ["Gift cards are not refunded."],
    ),
    (
        "Refunds are made within 14 days, except for gift cards.",
        ["Refunds for gift cards are not made within 14 days."],
        ["Refunds for gift cards are not made."],
    ),
    ("We do not deliver to islands except Jersey and Guernsey.", ["We deliver to Jersey."], ["We deliver to islands."]),
    ("Members may not bring guests, except children.", [], ["Children may bring guests.", "Members may bring guests."]),
    (
        "You can cancel at any time, but fees already paid are not refunded unless we close the service.",
        ["You can cancel at any time."],
        ["Fees already paid are not refunded.", "Fees already paid are refunded."],
    ),
    ("You can borrow books daily and may renew them, except on Mondays.", [], ["You can borrow books daily."]),
    ("The pool is open daily, but it closes at noon, except on Mondays.", [], ["The pool closes at noon."]),
    (
        "You must book in advance, except on Mondays.",
        ["On Mondays, you need not book in advance."],
        ["On Mondays, you must not book in advance.", "On Mondays, you cannot book in advance."],
    ),
    (
        "You must not eat in the lab, except in the kitchen.",
        ["You may eat in the kitchen."],
        ["You must eat in the kitchen.", "You have to eat in the kitchen."],
    ),
    (
        "Dogs and cats are not allowed, except guide dogs.",
        ["Guide dogs are allowed.", "Only guide dogs are allowed."],
        ["Guide dogs and cats are allowed.", "Dogs and guide dogs are allowed.", "Guide cats are allowed."],
    ),
    (
        "Alcohol may not be brought in, except beer. Spirits are sold at the bar.",
        ["Beer may be brought in."],
        ["Beer and spirits may be brought in.", "Alcohol and beer may be brought in."],
    ),
    (
        "Pets are not allowed in rooms, except guide dogs.",
        ["Guide dogs are allowed in rooms."],
        ["Pets and guide dogs are allowed in rooms.", "Pets are allowed in rooms with guide dogs."],
    ),
    (
        "Employees may not accept gifts, except small items worth less than $20.",
        ["Employees may accept small items worth less than $20."],
        ["Employees may accept gifts and small items worth less than $20."],
    ),
    (
        "Refunds are paid by card, except for cash purchases.",
        ["Refunds for cash purchases are not paid by card."],
        ["Cash purchases are not refunded."],
    ),
    ("The office is open until 6 pm except on Fridays.", [], ["On Fridays the office is not open."]),
    (
        "Salaries are paid by bank transfer on the 25th, except in December.",
        ["In December, salaries are not paid on the 25th."],
        ["In December, salaries are not paid."],
    ),
    (
        "The helpdesk answers within an hour, except at night.",
        ["At night, the helpdesk does not answer within an hour."],
        ["At night, the helpdesk does not answer."],
    ),
    (
        "Delivery is free except to Northern Ireland.",
        ["Delivery to Northern Ireland is not free."],
        ["Delivery to Northern Ireland is not possible."],
    ),
    ("You can book for friends, but not for companies.", ["You cannot book for companies."], []),
    (
        "Minors may not buy tickets, except with a parent.",
        ["Minors may buy tickets with a parent."],
        ["Minors may buy tickets for a parent."],
    ),
    (
        "Fires are forbidden on the beach except in the pits.",
        ["Fires are not forbidden in the pits."],
        ["Fires are forbidden in the pits."],
    ),
    ("Dogs are banned in shops except pet shops.", [], ["Dogs are banned in pet shops."]),
    (
        "You can bring your own tent, except dome tents.",
        ["You cannot bring dome tents."],
        ["You cannot bring your own tent."],
    ),
    (
        "Gift vouchers cannot be exchanged for cash, except where the law requires it.",
        ["Gift vouchers can be exchanged for cash where the law requires it."],
        ["The law requires gift vouchers to be exchanged for cash."],
    ),
]
QUESTION = "What are the rules?"


@pytest.mark.parametrize(("page", "claim"), [(page, claim) for page, true, _ in PAGES for claim in [page, *true]])
def test_what_holds_of_an_exception_or_in_front_of_it_goes_out(page: str, claim: str) -> None:
    assert told(QUESTION, page, claim) == f"{claim} [1]"


@pytest.mark.parametrize(("page", "claim"), [(page, claim) for page, _, false in PAGES for claim in false])
def test_what_does_not_hold_of_an_exception_does_not_go_out(page: str, claim: str) -> None:
    assert told(QUESTION, page, claim) is None


@pytest.mark.parametrize(
    ("question", "page", "claim"),
    [
        ("Do I pay for a helmet or a child seat?", "Helmets are free, but child seats cost £5.", "Helmets are free."),
        (
            "Do bicycles or motorcycles need a ticket?",
            "Bicycles travel free, but motorcycles need a vehicle ticket.",
            "Bicycles travel free.",
        ),
    ],
)
def test_of_two_that_were_asked_about_one_may_be_told_first(question: str, page: str, claim: str) -> None:
    assert told(question, page, claim) is not None


def test_of_the_one_that_was_asked_about_the_clause_about_it_is_told() -> None:
    assert told("Do I pay for a child seat?", "Helmets are free, but child seats cost £5.", "Helmets are free.") is None


def test_what_is_excepted_from_may_be_denied_in_another_word() -> None:
    page = "Groups of eight or more get 15% off, but not in August."
    assert told("Do groups get a discount?", page, "In August, groups get no discount.") is not None
    assert told("Do groups get a discount?", page, "In August, groups get 15% off.") is None
