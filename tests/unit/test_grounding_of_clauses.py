"""What one clause of a sentence denies, grants or asks for is not told of what another one is about."""

import pytest

from bot.claims.ellipsis import apart
from bot.claims.polarity import contradiction
from bot.claims.subjects import by_subject
from tests.grounded import told

ROWS: list[tuple[str, str, list[str], list[str]]] = [
    *(
        (
            "What does the guarantee cover?",
            f"Regular items are covered by the guarantee{joint} used items are not covered.",
            ["Regular items are not covered by the guarantee.", "Used items are covered by the guarantee."],
            [
                "Regular items are covered by the guarantee.",
                "The guarantee covers regular items.",
                "Used items are not covered by the guarantee.",
            ],
        )
        for joint in (" and", ", and", ",", ";", " but")
    ),
    (
        "Who can use the sauna?",
        "Adults can use the sauna and children cannot use the sauna.",
        ["Adults cannot use the sauna.", "Children can use the sauna."],
        ["Adults can use the sauna.", "Children can't use the sauna."],
    ),
    (
        "How can I pay?",
        "Cash is accepted at the till and cheques are not accepted.",
        ["Cash is not accepted.", "Cheques are accepted at the till."],
        ["Cash is accepted at the till.", "Cheques are not accepted at the till."],
    ),
    (
        "Must I book?",
        "Members must book and guests need not book.",
        ["Members need not book.", "Guests must book."],
        ["Members must book.", "Guests do not need to book."],
    ),
    (
        "Is the fee refunded?",
        "If the box is open and the seal is not intact, the fee is refunded.",
        ["The fee is not refunded if the box is open and the seal is not intact."],
        ["The fee is refunded if the box is open and the seal is not intact."],
    ),
    (
        "What is included?",
        "Slippers are included and towels and robes are not included.",
        ["Slippers are not included.", "Towels and robes are included."],
        ["Slippers are included.", "Towels and robes are not included."],
    ),
    (
        "What does the booking include?",
        "Flexible bookings can be cancelled until two days before arrival; saver bookings are not refundable.",
        ["Flexible bookings are not refundable."],
        ["Saver bookings are not refundable.", "Flexible bookings can be cancelled until two days before arrival."],
    ),
    (
        "What do the cards cost?",
        "The gold card costs £90 a year; the silver card is free, but it has no insurance.",
        ["The gold card has no insurance.", "The gold card is free."],
        ["The silver card has no insurance.", "The gold card costs £90 a year."],
    ),
    (
        "Can I exchange it?",
        "Season tickets are sold at the desk. Day tickets cannot be exchanged.",
        ["Season tickets cannot be exchanged."],
        ["Day tickets cannot be exchanged."],
    ),
    (
        "What do volunteers get?",
        "Volunteers get lunch but do not get travel costs.",
        ["Volunteers get travel costs.", "Volunteers do not get lunch."],
        ["Volunteers get lunch.", "Volunteers do not get travel costs."],
    ),
    (
        "What do apprentices receive?",
        "Apprentices receive full pay and do not receive a bonus.",
        ["Apprentices do not receive full pay.", "Apprentices receive a bonus."],
        ["Apprentices do not receive a bonus."],
    ),
    (
        "What do I get for sale items?",
        "Customers can get a refund for full-price items but only get a voucher for sale items.",
        ["Customers can get a refund for sale items."],
        ["Customers only get a voucher for sale items."],
    ),
    (
        "What do calls to landlines cost?",
        "Calls to landlines are free, but calls to mobiles cost 10p a minute.",
        ["Calls to landlines cost 10p a minute.", "Calls to mobiles are free.", "Calls are free."],
        ["Calls to landlines are free.", "Calls to mobiles cost 10p a minute."],
    ),
    (
        "What do calls cost?",
        "Calls to landlines are free, but calls to mobiles cost 10p a minute.",
        ["Calls are free."],
        ["Calls to landlines are free.", "Calls to mobiles cost 10p a minute."],
    ),
    (
        "What do card payments abroad cost?",
        "Card payments abroad are free, but cash withdrawals abroad cost 2.5%.",
        ["Card payments abroad cost 2.5%.", "Cash withdrawals abroad are free."],
        ["Card payments abroad are free.", "Cash withdrawals abroad cost 2.5%."],
    ),
    (
        "Are bookings refundable?",
        "Flexible bookings can be cancelled for £10; saver bookings are not refundable.",
        ["Flexible bookings are not refundable."],
        ["Flexible bookings can be cancelled for £10.", "Saver bookings are not refundable."],
    ),
    (
        "Does the card have insurance?",
        "The silver card is free, but it has no insurance.",
        ["The silver card is free."],
        ["The silver card has no insurance."],
    ),
    (
        "Who collects the parcel?",
        "Our courier collects the parcel from your door. The bank sends the card.",
        ["You collect the parcel from your door.", "We send the card."],
        ["Our courier collects the parcel from your door.", "We collect the parcel from your door."],
    ),
    (
        "Who gives medicine?",
        "Medicine is given by the office, not by teachers.",
        ["Teachers give medicine.", "The office does not give medicine.", "Medicine is not given by the office."],
        ["Teachers do not give medicine.", "Medicine is not given by teachers.", "The office gives medicine."],
    ),
    (
        "Does the card have insurance?",
        "The gold card costs £90 a year; the silver card is free; it has no insurance.",
        ["The gold card has no insurance."],
        ["The silver card has no insurance."],
    ),
    (
        "What do returns cost?",
        "Returns in a shop are free, and returns by post are charged 10% of the price.",
        ["Returns in a shop are charged 10% of the price."],
        ["Returns in a shop are free.", "Returns by post are charged 10% of the price."],
    ),
    (
        "Do I have to book?",
        "Members must book and guests may book.",
        ["Members may book.", "Guests must book."],
        ["Members must book.", "Guests may book."],
    ),
    (
        "What about towels?",
        "Towels are included and are not replaced.",
        ["Towels are not included.", "Towels are replaced."],
        ["Towels are included.", "Towels are not replaced."],
    ),
    (
        "What is allowed?",
        "Shoes are not allowed in the hall and food is not allowed in the gym.",
        ["Food is allowed.", "Food is allowed in the gym.", "Shoes are allowed."],
        ["Food is not allowed in the gym.", "Shoes are not allowed in the hall."],
    ),
    (
        "What does the fare include?",
        "Saver fares do not include seats, and meals are not included either.",
        ["Meals are included.", "Meals are included in the fare."],
        ["Meals are not included."],
    ),
    (
        "Where may I eat?",
        "Food is not allowed in the reading room, but food is allowed in the café.",
        ["Food is allowed in the reading room."],
        ["Food is allowed in the café."],
    ),
    (
        "Can my pet stay?",
        "Cats can stay overnight in our ward and dogs cannot stay overnight.",
        ["Dogs can stay overnight, but cats cannot.", "Cats cannot stay overnight, but dogs can."],
        ["Cats can stay overnight, but dogs cannot.", "Cats can stay overnight in our ward, but dogs can't."],
    ),
    (
        "Are bonuses taxed?",
        "Jubilee bonuses are tax-free and Christmas bonuses are not tax-free.",
        ["Christmas bonuses are tax-free, but jubilee bonuses are not."],
        ["Jubilee bonuses are tax-free, but Christmas bonuses are not."],
    ),
    *(
        (
            "What does the plan cover?",
            f"The health plan covers dogs and cats{rest}",
            ["The health plan covers rabbits, but not dogs.", "The health plan covers dogs, but not cats."],
            ["The health plan covers dogs and cats, but not rabbits."],
        )
        for rest in (", but rabbits are not covered.", " and does not cover rabbits.")
    ),
    (
        "When is entry free?",
        "Entry is free on Sundays, except on holidays.",
        ["Entry is free on holidays, but not on Sundays."],
        ["Entry is free on Sundays, but not on holidays."],
    ),
    (
        "Can I exchange my ticket?",
        "Tickets bought online can be exchanged, tickets bought at the desk cannot.",
        ["Tickets bought at the desk can be exchanged.", "Tickets bought online cannot be exchanged."],
        ["Tickets bought at the desk cannot be exchanged."],
    ),
    (
        "Where can I park?",
        "Members may park here. Visitors may not park here.",
        ["Visitors may park here, but members may not."],
        ["Members may park here, but visitors may not."],
    ),
    (
        "What about receipts?",
        "Expenses under €50 need no receipt.",
        ["Expenses under €50 need a receipt.", "You need a receipt for expenses under €50."],
        ["Expenses under €50 do not need a receipt.", "No receipt is needed for expenses under €50."],
    ),
    (
        "Who needs a permit?",
        "A permit is needed for vans and cars need no permit.",
        ["Cars need a permit.", "Vans do not need a permit.", "No permit is needed for vans."],
        ["Vans need a permit.", "Cars do not need a permit.", "No permit is needed for cars."],
    ),
    (
        "Which versions can be changed?",
        "PHP versions can be changed by the customer, and the database version can only be changed by support.",
        ["The database version can be changed.", "The database version can be changed by the customer."],
        ["PHP versions can be changed by the customer."],
    ),
    (
        "What does printing cost?",
        "Printing costs 10p a page in black and white, or 40p in colour.",
        ["Printing in colour costs 10p a page.", "Printing in black and white costs 40p a page."],
        ["Printing in colour costs 40p a page.", "Printing in black and white costs 10p a page."],
    ),
    (
        "What does nail trimming cost?",
        "Nail trimming is free with the health plan; without it, trimming costs £12.",
        ["Nail trimming is free without the health plan.", "Nail trimming costs £12."],
        ["Without the health plan, trimming costs £12.", "Nail trimming is free with the health plan."],
    ),
    (
        "Can my 8-year-old fly alone?",
        "Unaccompanied children aged 5 to 11 pay €60 each way; older children do not need the service.",
        ["Older children pay €60 each way."],
        ["Unaccompanied children aged 5 to 11 pay €60 each way."],
    ),
    (
        "What do children need?",
        "You need a passport and a visa to enter; children need a passport or an identity card.",
        ["You need a passport to enter.", "Children need a visa."],
        ["Children need a passport or an identity card."],
    ),
    (
        "Who gets meal vouchers?",
        "Meal vouchers are provided for full-time employees; part-time employees receive half.",
        [],
        ["Part-time employees receive half."],
    ),
    *(
        (
            "What about me?",
            f"{those} {so}. Ask the warden.",
            [f"{those} {otherwise}."],
            [f"{those} {so}."],
        )
        for those, so, otherwise in (
            ("Walkers without a lamp", "must wait at the hut", "must not wait at the hut"),
            ("Cars that do not have a sticker", "are towed away", "are not towed away"),
            ("Divers who have not been checked", "can rent a mask", "cannot rent a mask"),
            ("Members who do not row", "pay half", "do not pay half"),
            ("Boxes not fetched by June", "are given away", "are not given away"),
            ("Applications with no photo", "are sent back", "are not sent back"),
            ("Parcels without a name", "cannot be fetched", "can be fetched"),
        )
    ),
    (
        "My boots pinch",
        "Boots that do not fit can be exchanged. The exchange is free within a week.",
        ["Boots that do not fit cannot be exchanged within a week."],
        ["Boots that do not fit can be exchanged free within a week."],
    ),
    *(
        ("Tell me about both.", text, [wrong], [right])
        for text, wrong, right in (
            ("Sails are mended. Ropes need wax.", "Ropes are mended.", "Sails are mended."),
            ("Tents need a permit. Huts are heated free.", "Tents are heated free.", "Huts are heated free."),
            ("Knee pain needs a note. Other pain is treated.", "Knee pain is treated.", "Other pain is treated."),
            ("Boats need a lock. All gear is insured.", "Boats are not insured.", "All gear is insured."),
        )
    ),
    ("What is insured?", "All boats are insured. Canoes need a lock.", [], ["All boats are insured."]),
    (
        "What is it?",
        "Skates are lent. They need wax. The wax is sold here.",
        [],
        ["Skates need wax.", "The wax is sold."],
    ),
    (
        "Can I send it?",
        "We cannot send letters without a stamp.",
        ["Letters without a stamp can be sent."],
        ["Letters without a stamp cannot be sent."],
    ),
]
WRONG = [(question, text, claim) for question, text, wrong, _ in ROWS for claim in wrong]
RIGHT = [(question, text, claim) for question, text, _, right in ROWS for claim in right]


@pytest.mark.parametrize(("question", "text", "claim"), WRONG, ids=[row[2][:60] for row in WRONG])
def test_what_another_clause_says_does_not_go_out(question: str, text: str, claim: str) -> None:
    assert told(question, text, claim) is None


@pytest.mark.parametrize(("question", "text", "claim"), RIGHT, ids=[row[2][:60] for row in RIGHT])
def test_what_the_own_clause_says_goes_out(question: str, text: str, claim: str) -> None:
    assert told(question, text, claim)


def test_a_clause_with_a_case_is_not_cut_at_the_and_in_it() -> None:
    case = "If the box is open and the seal is not intact, the fee is refunded"
    assert by_subject(case) == [case]
    assert by_subject("Slippers are new and towels and robes are not new") == [
        "Slippers are new",
        "towels and robes are not new",
    ]


def test_a_subject_ends_before_the_verb_of_the_same_thing() -> None:
    assert by_subject("The plan covers dogs and cats and does not cover rabbits") == [
        "The plan covers dogs and cats",
        "does not cover rabbits",
    ]


def test_what_is_told_behind_a_denial_denies_nothing_else() -> None:
    assert contradiction("Meals are included in your fare.", "Meals are not included either.") == "says what is denied"


def test_a_clause_that_breaks_off_behind_a_pronoun_denies_nothing() -> None:
    broken_off = "You can use the form if you have an account and you are not."
    assert apart(broken_off) == (broken_off,)
    assert apart("Cats can stay overnight, but dogs cannot.")[1] == "dogs cannot stay overnight."
