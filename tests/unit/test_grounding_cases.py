"""A claim tells of the case in which a page says something, in its own words; and what "and" joins is told of each."""

import pytest

from bot.grounding import Grounding
from knowledge.documents import Passage

TRIAL = "The trial lasts 14 days and needs no card. After that, the workspace becomes read-only."
AREA = (
    "You can take the tariff with you if your new home is in our area. Otherwise the tariff ends on the day you leave."
)
LATE = "If you miss your visit, call us within 24 hours. Otherwise, a fee of £20 is charged."
PARCELS = "Damaged parcels must be reported within 48 hours. In that case, we send a replacement free of charge."
CONCERTS = (
    "If a concert is cancelled, we refund the full price. If it is moved to another date, your ticket stays valid and "
    "you can see it later; the booking fee is kept."
)
CARDS = "If you lose your card, call us at once. If it is stolen, report it to the police too."
ENGINEERS = "If an engineer misses an appointment, you receive £30.49."
SEATS = "Seats are £5 if you book online and £7 if you book by phone."
TANK = "Return the car with a full tank, or we charge £15."
CHANGES = "You must report changes within 21 days. Otherwise the grant is stopped."
RENEWAL = "Books cannot be renewed if they are reserved."
PACKED = (
    "You can cancel an order until it is packed. After that, please refuse the parcel at the door. In this case we "
    "refund the price but not the postage."
)
LOANS = "Loans last three weeks and may be renewed twice, unless somebody else has reserved the item."
MUSEUM = "The museum is open daily except Tuesdays from 10am to 5pm, on Thursdays until 9pm."
VANS = "Mileage is unlimited except for vans, which include 200 miles a day."
SWITCH = "You can switch from Flex to Green at any time, but not back before the 18 months are over."
DECISIONS = "We aim to decide within ten working days; incomplete applications are returned."
LEAVING = "Leaving early costs £75, except when you move house."
PHOTOS = "Photography without flash is allowed in the garden; in special exhibitions it is forbidden."
BOOKINGS = (
    "Bookings can be cancelled free of charge and are refunded in full, except within 48 hours of the start. "
    "Tickets are valid all day and can be used on buses, except night buses."
)
GARDEN = "The garden is open daily and is free to enter, except on public holidays."
LANES = "Children may swim in all lanes and they can use the slide, unless a club is training."
TOOLS = "Members may borrow tools and can keep them for a week, unless they owe fees."
KITCHEN = "Guests can bring food and may use the kitchen except on Saturdays."
PARKING = "Guests can park in the yard and you must lock the gate, except on Saturdays."
CHILDCARE = "The grant pays up to 85% of childcare costs, but not more than £188 a week."
RENT = "Rent is collected on the 1st of each month; if it is late, we add £15."
VAN_PERMITS = "Vans need a permit, cars do not."
CHALK = "Chalk balls are allowed, loose chalk is not."
GUESTS = "Gold card holders may bring one guest, Silver card holders none."
ACCIDENTS = "Cover starts two years after the policy begins; for accidental death it starts at once."
DELAYS = (
    "If your flight is delayed by four hours, you get £100. If your home is burgled, you must call the police within a "
    "day. If your dog is injured, you may stay at home. If your manager is dismissed, you are told by letter."
)
PICK_UP = (
    "Collect the parcel within a week, or it is returned to the sender. Show your card at the door, or it is void."
)
HOURS = (
    "Full-time staff get 30 days of leave. Part-time staff get leave in proportion to their hours. Trainees do not get "
    "meal vouchers. Drivers get a winter coat."
)
HELD = [
    (RENT, "We add £15."),
    (VAN_PERMITS, "Vans don't need a permit."),
    (VAN_PERMITS, "Cars need a permit."),
    (VAN_PERMITS, "Vans and cars don't need a permit."),
    (CHALK, "Chalk balls are not allowed."),
    (GUESTS, "Gold card holders can't bring a guest."),
    (DELAYS, "If you are injured, you may stay at home."),
    (DELAYS, "If you are dismissed, you are told by letter."),
    (PICK_UP, "If you collect the parcel within a week, it is returned to the sender."),
    (HOURS, "Part-time staff get 30 days of leave."),
    (HOURS, "Drivers do not get meal vouchers."),
    (HOURS, "Trainees get a winter coat."),
    (CONCERTS, "If a concert is moved, we refund the full price."),
    (CONCERTS, "We refund the full price if it is moved to another date."),
    (CONCERTS, "If a concert is cancelled, your ticket stays valid."),
    (CONCERTS, "If a concert is cancelled, the booking fee is kept."),
    (CARDS, "If you lose your card, report it to the police."),
    (CARDS, "If it is stolen, call us at once."),
    (ENGINEERS, "If you miss an appointment, you receive £30.49."),
    (SEATS, "Seats are £7 if you book online."),
    (TANK, "We charge £15."),
    (TANK, "We charge £15 if you return the car with a full tank."),
    (CHANGES, "If you report changes within 21 days, the grant is stopped."),
    (CHANGES, "If you don't report changes within 21 days, the grant is not stopped."),
    (RENEWAL, "Books can be renewed if they are reserved."),
    (RENEWAL, "Books cannot be renewed unless they are reserved."),
    (PACKED, "If you refuse the parcel, we refund the postage."),
    (LOANS, "Loans may be renewed twice."),
    (MUSEUM, "The museum is open daily."),
    (MUSEUM, "The museum is open daily until 9pm."),
    (VANS, "Mileage is unlimited."),
    (SWITCH, "You can switch back at any time."),
    (BOOKINGS, "Bookings can be cancelled free of charge."),
    (BOOKINGS, "Bookings are refunded in full."),
    (GARDEN, "The garden is open daily."),
    (LANES, "Children may swim in all lanes."),
    (TOOLS, "Members may borrow tools."),
    (TOOLS, "Members can keep tools for a week."),
    (KITCHEN, "Guests may use the kitchen."),
    (DECISIONS, "We decide within ten working days."),
    (LEAVING, "Leaving early costs £75."),
    (LEAVING, "Leaving early costs £75 if you move house."),
    (PHOTOS, "Photography is allowed in special exhibitions."),
    (CHILDCARE, "The grant pays 85% of childcare costs."),
    (TRIAL, "The workspace becomes read-only."),
    (AREA, "The tariff ends on the day you leave."),
    (AREA, "If your new home is in our area, the tariff ends on the day you leave."),
    (LATE, "A fee of £20 is charged."),
    (LATE, "If you call within 24 hours, a fee of £20 is charged."),
    ("Return the car with a full tank, otherwise we charge €50.", "We charge €50."),
    ("Unused leave is kept until 31 March, then it lapses.", "Unused leave lapses."),
    ("Pay by Friday. Failing that, the account is closed.", "The account is closed."),
    ("Sharing a licence is forbidden. It is illegal to film.", "You can share a licence."),
    ("Sharing a licence is forbidden. It is illegal to film.", "You can film here."),
    (
        "The landlord repairs the heating within a day and the tenant repairs what he broke.",
        "The tenant repairs the heating.",
    ),
    ("The pool is closed on Mondays and the sauna on Tuesdays.", "The pool is closed on Tuesdays."),
]
OUT = [
    (RENT, "Rent is collected on the 1st of each month."),
    (RENT, "If rent is late, we add £15."),
    (VAN_PERMITS, "Cars don't need a permit."),
    (VAN_PERMITS, "Cars do not need a permit."),
    (VAN_PERMITS, "You don't need a permit for a car."),
    (VAN_PERMITS, "Vans need a permit."),
    (CHALK, "Loose chalk isn't allowed."),
    (GUESTS, "Silver card holders can't bring guests."),
    (ACCIDENTS, "Accidental death is covered at once."),
    (DELAYS, "If you are delayed by four hours, you get £100."),
    (DELAYS, "You get £100 if you are delayed by four hours."),
    (DELAYS, "If you are burgled, you must call the police within a day."),
    (PICK_UP, "If you forget to collect the parcel within a week, it is returned to the sender."),
    (PICK_UP, "If you neglect to collect the parcel within a week, it is returned to the sender."),
    ("Show your card at the door, or the ticket is invalid.", "Without your card, the ticket is invalid."),
    ("Return the keys on Friday. Otherwise we charge £50.", "If you return the keys late, we charge £50."),
    (HOURS, "Full-time staff get 30 days of leave."),
    (HOURS, "Part-time staff get leave in proportion to their hours."),
    (HOURS, "Drivers get a winter coat."),
    (CONCERTS, "If a concert is moved, your ticket stays valid."),
    (CONCERTS, "If a concert is cancelled, we refund the full price."),
    (CONCERTS, "The booking fee is kept if a concert is moved to another date."),
    (CARDS, "If you lose your card, call us at once."),
    (CARDS, "When your card is stolen, report it to the police."),
    (ENGINEERS, "You receive £30.49 if an engineer misses your appointment."),
    (SEATS, "If you book by phone, seats are £7."),
    ("You get nothing if the router is broken or if you refused a visit.", "You get nothing if you refused a visit."),
    (TANK, "If you don't return the car with a full tank, we charge £15."),
    (TANK, "We charge £15 unless you return the car with a full tank."),
    (TANK, "Return the car with a full tank or pay £15."),
    ("Bring it to the shop, or we collect it for £5.", "We collect it for £5."),
    (CHANGES, "If you don't report changes within 21 days, the grant is stopped."),
    (CHANGES, "The grant is stopped unless you report changes within 21 days."),
    (RENEWAL, "Books can be renewed unless they are reserved."),
    (RENEWAL, "Books can be renewed if they are not reserved."),
    (PACKED, "If you refuse the parcel, we refund the price but not the postage."),
    (PACKED, "If you refuse the parcel at the door, we refund the price but not the postage."),
    (LOANS, "Loans last three weeks."),
    (MUSEUM, "On Thursdays, the museum is open until 9pm."),
    (VANS, "Vans include 200 miles a day."),
    (SWITCH, "You can switch from Flex to Green at any time."),
    (BOOKINGS, "Bookings can be cancelled free of charge except within 48 hours of the start."),
    (BOOKINGS, "Tickets are valid all day."),
    (TOOLS, "Members may borrow tools unless they owe fees."),
    (KITCHEN, "Guests can bring food."),
    (PARKING, "Guests can park in the yard."),
    (DECISIONS, "Incomplete applications are returned."),
    (LEAVING, "Leaving early costs £75, except if you move house."),
    (LEAVING, "Leaving early costs £75 unless you move house."),
    (PHOTOS, "Photography is forbidden in special exhibitions."),
    (PHOTOS, "In special exhibitions, photography isn't allowed."),
    (PHOTOS, "Photography without flash is allowed in the garden, but forbidden in special exhibitions."),
    (CHILDCARE, "The grant pays up to 85% of childcare costs."),
    (TRIAL, "After the trial, the workspace becomes read-only."),
    (TRIAL, "The workspace becomes read-only after the 14-day trial."),
    (AREA, "If your new home is outside our area, the tariff ends on the day you leave."),
    (LATE, "A fee of £20 is charged unless you call us within 24 hours."),
    (LATE, "If you don't call within 24 hours, a fee of £20 is charged."),
    (PARCELS, "We send a replacement free of charge when a parcel is damaged."),
    ("Return the car with a full tank, otherwise we charge €50.", "We charge €50 if the tank is not full."),
    ("Unused leave is kept until 31 March, then it lapses.", "Unused leave is kept until 31 March."),
    ("Sharing a licence is forbidden. It is illegal to film.", "Sharing a licence is forbidden."),
    ("The pool is closed on Mondays and the sauna on Tuesdays.", "The sauna is closed on Tuesdays."),
    ("The sauna and the pool are closed on Mondays.", "The sauna and the pool are closed on Mondays."),
    ("The plan covers glasses.", "Glasses are covered by the plan."),
    ("Vans deliver sofas. Admins order toner.", "Sofas are delivered by vans."),
    ("We offer tours on Sundays.", "Tours are offered on Sundays."),
]

SHIPPING = "Standard delivery is £3.95. Next-day delivery is £6.95 for orders placed before 8pm. Entry: £3."
PASSPORTS = "Children's passports are valid for five years, adults' passports for ten."
OTHER_AMOUNTS = [
    (SHIPPING, "Standard delivery costs £6.95."),
    (SHIPPING, "You pay £3 for standard delivery."),
    ("The deposit for a van is £300.", "A van costs £300."),
    ("The compensation for a missed visit is £30.", "You pay £30 for a missed visit."),
    ("Entry is not £5.", "Entry costs £5."),
    ("You can return shoes within 30 days.", "A return of shoes takes 30 days."),
    (PASSPORTS, "Children's passports last ten years."),
]
SAME_AMOUNTS = [
    (SHIPPING, "Standard delivery costs £3.95."),
    (SHIPPING, "You pay £6.95 for next-day delivery if you order before 8pm."),
    (SHIPPING, "The price of standard delivery is £3.95."),
    (SHIPPING, "Entry costs £3."),
    ("The fee for a new card is €10.", "A new card costs €10."),
    ("The course is 3 days. Delivery time: 5 days.", "The course takes 3 days."),
    ("The course is 3 days. Delivery time: 5 days.", "Delivery takes 5 days."),
    (PASSPORTS, "A child's passport lasts five years."),
]

OVERDRAFT, ORDERS, LUGGAGE = (
    "The overdraft limit is £500.",
    "The minimum order for express delivery is £20.",
    "Luggage cover is £1,500 per person.",
)
LOCUMS, LOANS_OUT, LOTS, WINDOW, BOOKS = (
    "The daily rate for a locum is £600.",
    "A personal loan is between €1,000 and €5,000.",
    "The lowest bid for a lot is €10.",
    "The return window is 30 days.",
    "The budget for books is £200.",
)
DEPOSIT = "The deposit for a van is £300."
NO_PRICES = [
    (OVERDRAFT, "What is the overdraft limit?", "The overdraft costs £500."),
    (OVERDRAFT, "What is the overdraft limit?", "It costs £500."),
    (ORDERS, "What is the minimum order for express delivery?", "You pay £20 for express delivery."),
    (ORDERS, "What is the minimum order for express delivery?", "You pay £20."),
    (LUGGAGE, "What luggage cover do I have?", "Luggage costs £1,500 per person."),
    (LUGGAGE, "What luggage cover do I have?", "Luggage cover costs £1,500 per person."),
    (DEPOSIT, "How much is the deposit for a van?", "A van costs £300."),
    (LOCUMS, "What is the daily rate for a locum?", "A locum pays £600."),
    (LOANS_OUT, "How much is a personal loan?", "A personal loan costs between €1,000 and €5,000."),
    (LOTS, "What is the lowest bid for a lot?", "A lot costs €10."),
    (LOTS, "What is the lowest bid for a lot?", "The lowest bid for a lot costs €10."),
    (WINDOW, "What is the return window?", "Returns take 30 days."),
    (WINDOW, "What is the return window?", "The return window takes 30 days."),
    (WINDOW, "What is the return window?", "It takes 30 days."),
    (BOOKS, "What is the budget for books?", "Books cost £200."),
    ("The usual donation for a tour is £15.", "What is the usual donation for a tour?", "A tour costs £15."),
]
PRICES_ASKED = [
    (DEPOSIT, "How much is the deposit for a van?", "You pay a deposit of £300 for a van."),
    (LOCUMS, "What is the daily rate for a locum?", "You pay £600 for a locum."),
    (SHIPPING, "How much is next-day delivery?", "It costs £6.95."),
    (SHIPPING, "How much is next-day delivery?", "You pay £6.95 for orders placed before 8pm."),
    (SHIPPING, "How much is next-day delivery?", "Delivery costs £6.95."),
    (WINDOW, "What is the return window?", "The return window lasts 30 days."),
    ("Breakdown cover is £8 a month.", "How much is breakdown cover?", "Breakdown cover costs £8 a month."),
    ("The hourly rate for visitors is £2.", "What is the hourly rate for visitors?", "You pay £2."),
    ("The hourly rate for members is £2.", "What is the hourly rate for members?", "Members pay £2."),
    ("Entry is £12 for adults and £7 for children.", "How much is entry?", "Adults pay £12."),
]


def goes_out(text: str, claim: str, question: str = "What are the rules?") -> bool:
    return Grounding([Passage("d#0", "d", "s", "Help", "", "Rules", text, 0)], question).check(claim) is not None


@pytest.mark.parametrize(("text", "claim"), HELD, ids=[row[1][:60] for row in HELD])
def test_a_claim_that_leaves_out_its_case_is_held(text: str, claim: str) -> None:
    assert not goes_out(text, claim)


@pytest.mark.parametrize(("text", "claim"), OUT, ids=[row[1][:60] for row in OUT])
def test_a_claim_that_tells_of_its_case_goes_out(text: str, claim: str) -> None:
    assert goes_out(text, claim)


@pytest.mark.parametrize(("text", "claim"), OTHER_AMOUNTS, ids=[row[1][:60] for row in OTHER_AMOUNTS])
def test_an_amount_is_not_the_price_or_period_of_something_else(text: str, claim: str) -> None:
    assert not goes_out(text, claim)


@pytest.mark.parametrize(("text", "claim"), SAME_AMOUNTS, ids=[row[1][:60] for row in SAME_AMOUNTS])
def test_what_is_an_amount_costs_or_lasts_it(text: str, claim: str) -> None:
    assert goes_out(text, claim)


@pytest.mark.parametrize(("text", "question", "claim"), NO_PRICES, ids=[row[2][:60] for row in NO_PRICES])
def test_a_question_makes_no_limit_or_deposit_the_price_of_what_it_is_for(text: str, question: str, claim: str) -> None:
    assert not goes_out(text, claim, question)


@pytest.mark.parametrize(("text", "question", "claim"), PRICES_ASKED, ids=[row[2][:60] for row in PRICES_ASKED])
def test_a_question_names_what_costs_an_amount(text: str, question: str, claim: str) -> None:
    assert goes_out(text, claim, question)
