"""What a page says of some, on a condition or up to a limit does not go out as said of all, of half of it or always."""

import pytest

from tests.grounded import told

MOVE = "You can move to another room once a year, provided that a room is free and the warden agrees."
LETTER = "You get a letter when we decide your claim and have one month to appeal if you disagree."
LIBRARY = "The library card is free for people who live here and has to be renewed when you move."
RECALL = "A safety recall is done the same day if parts are in stock and is always free."
TOWED = "If your car was towed you can collect it at the depot and can pay there with a card."
VOUCHER = "You get a voucher if you live in the town and have a child at school."
CHANGE = "Tickets can be changed free of charge until 24 hours before departure; after that, a change costs £10."
CANCEL = "Bookings can be cancelled free of charge until noon the day before."
DELIVERY = "Delivery is possible within 5 miles of the shop."
ASSISTED = "Assisted collections are free for residents who cannot move their bins and have nobody to help."
BIN = "A second bin is free for households of six or more, all others pay £48 a year."
STUDENTS = "Discounts are available for students with a valid card."
PLANS = "Non-profits get a 30% discount on the Team plan."
APPROVAL = "Orders over £1,000 need the approval of a manager."
INCOME = "Households with income under $25,000 may apply, and households get help with the forms."
DRIVERS = "Drivers under 21, and those who have had a licence for less than a year, pay more."
DEPOSIT = "Your deposit is refunded in full within 14 days of check-out."
FAULTY = "Faulty goods are refunded within 14 days after we receive them."
RESULTS = "Test results are available within 24 hours."
ORDERS = "Orders placed before noon are sent the same day; orders placed later are sent the next day."
CHANGED_ORDER = "Orders can be refunded within 30 days of delivery."
PURCHASES = "Purchases can be refunded within 14 days."
TRIAL = "Subscriptions are refunded within the first 14 days."
COURSE = "The online course and its certificate are available within 90 days of purchase."
CERTIFICATE = "Your certificate is available within two weeks."
REPLACED = "A replacement is sent when the card is lost and the police have been informed."
DECIDED = "You get a letter when we decide and you have one month to appeal."
RESIDENTS = "You qualify if you are a resident and you have no other library card for the county."
CHILDCARE = "Staff who have children under 12 and work more than 20 hours can apply for a grant."
ABROAD = "You can end the contract early if you move abroad and send us proof."
SICK = "Sick pay starts at once if you are ill and your doctor signs you off."
EARLY = "You pay nothing if you cancel early and get a voucher."
LAW = "Students who study law and medicine get a grant."
SPA = "Guests with a spa pass can use the sauna; guests can use the gym."
LAUNDRY = "Guests staying for a week get free laundry; other guests pay £5."
OVER_60 = "People who live in the city and are over 60 travel free."
INVOICE = "Payment by invoice is possible for companies, but private customers must pay in advance."
LEAVE = "Sabbaticals are granted to permanent staff, but temporary staff may take unpaid leave."
REBOOKED = "You get a refund if the flight is cancelled and you have not been rebooked."
RETURNED = "You get your deposit back if the tool is clean and it is returned on time."
HARDSHIP = "You can apply for hardship funds if you are a student and you cannot pay your rent."
EARNING = "Parents who work full time and earn less than £30,000 get free hours."
TAXI = "We text you when the taxi arrives and the driver waits five minutes."
PLACE = "We email you when a place is free and you have three days to accept it."
DRINK = "Ask the receptionist if you need a drink and she brings it to you."
MOVED = "Let us know if you move house and send us your new address."
REPEATED = "Students who fail twice meet their tutor and repeat the module."
TRAINING = "Training is offered to all drivers. New drivers take a test first."
EXAM = "Exam results and transcripts are available within four weeks."
CHARGE = "The delivery charge is refunded within 10 days of the order being cancelled."
PARKING = "Parking is available for guests. Members pay £5 a day. Parking is available for members too."

BOTH = [
    (f"You can row alone {joint} {one} and {other}.", f"You can row alone {joint} {one}.")
    for joint, one, other in (
        ("if", "you are a member", "every buoy is lit"),
        ("if", "you are a member", "all lamps have been checked"),
        ("if", "you are a member", "somebody watches you"),
        ("if", "you are a member", "there is no wind"),
        ("if", "you are a member", "you've had a lesson"),
        ("if", "the lake is calm", "Dr Bell has agreed"),
        ("if", "you are insured", "over 18"),
        ("if", "you are insured", "at least 14 years old"),
        ("if", "the boat is dry", "free of rust"),
        ("once", "you are insured", "have passed the test"),
        ("when", "the boat is dry", "has been checked"),
    )
]
"""What holds on two conditions, and the same with the first of them alone."""
JOINED = [
    ("Call the hut if you feel cold and stay where you are.", "Call the hut if you feel cold."),
    ("Call the hut if you are lost and wait outside.", "Call the hut if you are lost."),
    ("You are fined if you are late and banned for a week.", "You are fined if you are late."),
    ("You get a key when you arrive and have seven days to return it.", "You get a key when you arrive."),
    ("You can swim if you are between 12 and 60.", "You can swim if you are between 12 and 60."),
]
"""What holds on one condition, behind which something else is told."""


@pytest.mark.parametrize(("text", "claim"), BOTH)
def test_of_two_conditions_both_must_be_told(text: str, claim: str) -> None:
    assert told("What are the rules?", f"{text} Ask us anything else.", claim) is None


@pytest.mark.parametrize(("text", "claim"), [*JOINED, *((text, text) for text, _ in BOTH)])
def test_what_follows_a_condition_need_not_be_told(text: str, claim: str) -> None:
    assert told("What are the rules?", f"{text} Ask us anything else.", claim)


@pytest.mark.parametrize(
    "claim", ["You can row if you are a member.", "You can row if you are a member and live here."]
)
def test_of_a_list_of_conditions_each_must_be_told(claim: str) -> None:
    assert told("Can I row?", "You can row if you are a member, live here and have paid the fee.", claim) is None


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (MOVE, "You can move to another room once a year."),
        (MOVE, "You can move to another room once a year if the warden agrees."),
        (MOVE, "You can move to another room once a year, provided that a room is free or the warden agrees."),
        (CHANGE, "Tickets can be changed free of charge."),
        (VOUCHER, "You get a voucher if you live in the town."),
        (CHANGE, "Tickets can be changed free of charge within 24 hours before departure."),
        (CANCEL, "Bookings can be cancelled free of charge."),
        (DELIVERY, "Delivery is possible."),
        (ASSISTED, "Assisted collections are free for residents."),
        (ASSISTED, "Assisted collections are free for all residents."),
        (ASSISTED, "Assisted collections are free for residents who cannot move their bins or have nobody to help."),
        (ASSISTED, "Assisted collections are free for residents who cannot move their bins."),
        (BIN, "A second bin is free for all households."),
        (STUDENTS, "Discounts are available for all students."),
        (PLANS, "Non-profits get a 30% discount on all plans."),
        (APPROVAL, "All orders need the approval of a manager."),
        (DRIVERS, "All drivers pay more."),
        (ORDERS, "All orders are sent the same day."),
        (CHANGED_ORDER, "Orders can be refunded."),
        (PURCHASES, "Purchases can be refunded."),
        (TRIAL, "Subscriptions are refunded."),
        (COURSE, "The online course is available."),
        (REPLACED, "A replacement is sent when the card is lost."),
        (REPLACED, "A replacement is sent when the police have been informed."),
        (RESIDENTS, "You qualify if you are a resident."),
        (RESIDENTS, "You qualify if you have no other library card for the county."),
        (CHILDCARE, "Staff who work more than 20 hours can apply for a grant."),
        (CHILDCARE, "Staff who have children under 12 can apply for a grant."),
        (ABROAD, "You can end the contract early if you move abroad."),
        (SICK, "Sick pay starts at once if you are ill."),
        (SPA, "All guests can use the sauna."),
        (SPA, "Every guest can use the sauna."),
        (LAUNDRY, "All guests get free laundry."),
        (OVER_60, "People who are over 60 travel free."),
        (INVOICE, "Payment by invoice is possible for private customers."),
        (LEAVE, "Sabbaticals are granted to temporary staff."),
        (REBOOKED, "You get a refund if the flight is cancelled."),
        (REBOOKED, "You get a refund if you have not been rebooked."),
        (RETURNED, "You get your deposit back if the tool is clean."),
        (HARDSHIP, "You can apply for hardship funds if you are a student."),
        (EARNING, "Parents who work full time get free hours."),
    ],
)
def test_what_leaves_out_a_limit_does_not_go_out(text: str, claim: str) -> None:
    assert told("What are the rules?", text, claim) is None


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (MOVE, "You can move to another room once a year if a room is free and the warden agrees."),
        (LETTER, "You have one month to appeal if you disagree."),
        (LETTER, "You get a letter when we decide your claim."),
        (LIBRARY, "The library card is free for people who live here."),
        (RECALL, "A safety recall is done the same day if parts are in stock."),
        (TOWED, "If your car was towed, you can collect it at the depot."),
        (CHANGE, "Tickets can be changed free of charge up to 24 hours before departure."),
        (CANCEL, "Bookings can be cancelled free of charge before noon the day before."),
        (DELIVERY, "Delivery is possible within 5 miles."),
        (ASSISTED, "Assisted collections are free for residents who can't move their bins and have nobody to help."),
        (BIN, "A second bin is free for all households of six or more."),
        (BIN, "All others pay £48 a year."),
        (STUDENTS, "Discounts are available for all students with a valid card."),
        (PLANS, "Non-profits get a 30% discount on the Team plan."),
        (ORDERS, "All orders placed before noon are sent the same day."),
        (APPROVAL, "All orders over £1,000 need the approval of a manager."),
        (INCOME, "All households get help with the forms."),
        (DRIVERS, "All drivers who have had a licence for less than a year pay more."),
        (DEPOSIT, "Your deposit is refunded in full."),
        (FAULTY, "Faulty goods are refunded."),
        (RESULTS, "Test results are available."),
        ("Lockers are free for members. Members get 10% off.", "Lockers are free for all members."),
        ("You can stay if you book and you can pay by card.", "You can pay by card."),
        (CERTIFICATE, "Your certificate is available."),
        (REPLACED, "A replacement is sent when the card is lost and the police have been informed."),
        (DECIDED, "You get a letter when we decide."),
        (CHILDCARE, "Staff who have children under 12 and work more than 20 hours can apply for a grant."),
        (EARLY, "You pay nothing if you cancel early."),
        (LAW, "Students who study law get a grant."),
        (SPA, "All guests can use the gym."),
        (INVOICE, "Payment by invoice is possible for companies."),
        (LEAVE, "Sabbaticals are granted to permanent staff."),
        (PARKING, "Parking is available for members."),
        (TAXI, "We text you when the taxi arrives."),
        (PLACE, "We email you when a place is free."),
        (DRINK, "Ask the receptionist if you need a drink."),
        (MOVED, "Let us know if you move house."),
        (REPEATED, "Students who fail twice meet their tutor."),
        (TRAINING, "Training is offered to new drivers."),
        (EXAM, "Exam results are available."),
        (CHARGE, "The delivery charge is refunded."),
    ],
)
def test_what_tells_the_limit_goes_out(text: str, claim: str) -> None:
    assert told("What are the rules?", text, claim)


ONLY = [
    (
        "On Sundays, only the pool is open.",
        ["Only the pool is open on Sundays."],
        ["Only on Sundays is the pool open."],
    ),
    (
        "The pool is open all year; in winter, only at weekends.",
        ["In winter the pool is only open at weekends."],
        ["The pool is only open in winter."],
    ),
    (
        "Sale items can be returned but only for store credit.",
        ["Sale items can only be returned for store credit."],
        ["Only sale items can be returned for store credit."],
    ),
    (
        "Dogs may be brought, but only on a lead.",
        ["Dogs may only be brought on a lead."],
        ["Only dogs may be brought."],
    ),
    (
        "Test drives are available, by appointment only.",
        ["Test drives are only available by appointment."],
        ["Only test drives are available."],
    ),
    (
        "Laptops are allowed everywhere, phones only in the lobby.",
        ["Phones are only allowed in the lobby."],
        ["Laptops are only allowed in the lobby.", "Only laptops are allowed."],
    ),
    (
        "Water filters are taken back only while sealed.",
        ["Water filters are only taken back while sealed.", "Water filters are taken back only while sealed"],
        [],
    ),
    ("We ship all over the world, but only parcels up to 20 kg.", [], ["We only ship all over the world."]),
]


@pytest.mark.parametrize(("text", "claim"), [(text, claim) for text, true, _ in ONLY for claim in true])
def test_a_limit_may_stand_in_another_place_of_the_sentence(text: str, claim: str) -> None:
    assert told("What are the rules?", text, claim) == f"{claim} [1]"


@pytest.mark.parametrize(("text", "claim"), [(text, claim) for text, _, false in ONLY for claim in false])
def test_a_limit_to_something_else_does_not_go_out(text: str, claim: str) -> None:
    assert told("What are the rules?", text, claim) is None
