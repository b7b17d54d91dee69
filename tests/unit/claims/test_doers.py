"""What a page says of a thing or of somebody does not go out as said of one that the page does not speak of."""

import pytest

from bot.claims.doers import names_in, not_of_its_subject, told_of_another_agent
from bot.grounding import Grounding
from knowledge.documents import Passage
from tests.at_once import AT_ONCE_S, timed

NIGHT_SAVER = (
    "Night Saver needs a working smart meter that sends half-hourly readings, and is meant for households with an "
    "electric vehicle or storage heaters. You do not have to own either."
)
ASKED = "Do I need an electric car for the Night Saver tariff?"
ROWS: list[tuple[str, str, list[str], list[str]]] = [
    (
        ASKED,
        NIGHT_SAVER,
        [
            "**We need** a smart meter that sends half-hourly readings.",
            "We need a smart meter that sends half-hourly readings.",
            "Vets need a smart meter that sends half-hourly readings.",
        ],
        [
            "Night Saver needs a smart meter that sends half-hourly readings.",
            "You need a smart meter that sends half-hourly readings.",
            "Your home needs a smart meter that sends half-hourly readings.",
            "For Night Saver, we need a smart meter that sends half-hourly readings.",
        ],
    ),
    (
        "What meter do I need?",
        NIGHT_SAVER,
        ["You need a smart meter that sends half-hourly readings."],
        ["You need a smart meter that sends half-hourly readings for Night Saver."],
    ),
    (
        "How long is it?",
        "A pause of the plan lasts up to six months and costs £4 a month.",
        ["We last up to six months.", "We cost £4 a month."],
        ["A pause lasts up to six months.", "The pause costs £4 a month."],
    ),
    (
        "Who shows it?",
        "The app shows the oldest orders first.",
        ["We show the oldest orders first."],
        ["The app shows the oldest orders first."],
    ),
    (
        "May I see my file?",
        "Members can look at their own medical file at the front desk.",
        [
            "We can look at their own medical file at the front desk.",
            "Staff can look at their own medical file at the front desk.",
        ],
        [
            "You can look at the medical file at the front desk.",
            "A member can look at their own medical file at the front desk.",
        ],
    ),
    (
        "What is needed?",
        "Anyone can report a parked scooter by text.",
        [],
        ["You can report a parked scooter by text.", "Residents can report a parked scooter by text."],
    ),
    (
        "Photo?",
        "Bring a photo to the desk on the first day. A signed form is needed for the locker.",
        [],
        ["You bring a photo to the desk on the first day.", "You need a signed form for the locker."],
    ),
    (
        "Refunds?",
        "Refunds are issued within 5 days to the card that was used.",
        ["Deposits are issued within 5 days to the card that was used."],
        ["We issue refunds within 5 days to the card that was used."],
    ),
    (
        "Gifts?",
        "Our team wraps gifts in recycled paper. The shop sends parcels on Mondays.",
        [],
        ["We wrap gifts in recycled paper.", "We send parcels on Mondays."],
    ),
    (
        "Do you sell gas?",
        "Brightwater supplies electricity and gas to homes. Write to help@brightwater.example.",
        [],
        ["We supply electricity and gas to homes."],
    ),
    (
        "Do you sell gas?",
        "Northgas supplies electricity and gas to homes. Write to help@brightwater.example.",
        ["We supply electricity and gas to homes."],
        ["Northgas supplies electricity and gas to homes."],
    ),
    (
        "Where do I call?",
        "Learn about our other programs Contact the call centre for homeless people at any hour.",
        [],
        ["You can contact the call centre for homeless people at any hour."],
    ),
    (
        "How do I end it?",
        "The tenant can end the lease with a month's notice. The landlord can end it with three months' notice.",
        ["We can end the lease with a month's notice."],
        ["The landlord can end the lease with three months' notice."],
    ),
    (
        "The pass?",
        "The pass is sold at the desk. It costs £5 and includes a free locker in the pool.",
        [],
        ["We include a free locker in the pool."],
    ),
    (
        "Do you deliver?",
        "Nordhandel delivers to Norway. The nurse takes blood before 11am. The library lends laptops for 7 days. "
        "Our bank stores card numbers for 13 months. Agents refund tickets within 7 days, and we inform passengers.",
        ["We store card numbers for 13 months.", "We refund tickets within 7 days."],
        ["We deliver to Norway.", "We take blood before 11am.", "We lend laptops for 7 days."],
    ),
    (
        "How do I cancel?",
        "Policyholders can cancel within 14 days. Each household receives two bins. Couriers ask for a code.",
        ["You ask for a code."],
        ["You can cancel within 14 days.", "You receive two bins."],
    ),
    (
        "How much is it for adults?",
        "Adults pay £12. Children pay £6.",
        ["You pay £6."],
        ["You pay £12.", "Adults pay £12.", "Children pay £6."],
    ),
    (
        "Can I borrow a laptop?",
        "Staff can borrow laptops for 30 days. Undergraduates can borrow laptops for 7 days.",
        ["You can borrow laptops for 30 days.", "You can borrow laptops for 7 days."],
        ["Staff can borrow laptops for 30 days.", "As an undergraduate, you can borrow laptops for 7 days."],
    ),
    (
        "Where do I reset my password?",
        "Users reset passwords on the first page. Admins can reset passwords for others.",
        [],
        ["You reset passwords on the first page."],
    ),
    (
        "What do I need?",
        "The web app needs a connection. The desktop app works offline and scans receipts.",
        ["The web app works offline.", "The app works offline.", "The web app scans receipts."],
        ["The desktop app works offline.", "The web app needs a connection."],
    ),
    (
        "Can I change it?",
        "A flexible ticket can be changed free of charge. A standard ticket includes one bag.",
        ["A standard ticket can be changed free of charge.", "You can change a standard ticket free of charge."],
        ["You can change a flexible ticket free of charge."],
    ),
    (
        "How much is Plus?",
        "Plus costs €9 a month. Plus Family costs €15 a month. The Comet costs €900. The Comet Pro has a 500 W motor.",
        ["Plus costs €15 a month.", "The Comet has a 500 W motor."],
        ["Plus costs €9 a month.", "Plus Family costs €15 a month.", "The Comet Pro has a 500 W motor."],
    ),
    (
        "Meter?",
        "Night Saver needs a smart meter in the home. We need a smart meter in the home, too.",
        [],
        ["We need a smart meter in the home."],
    ),
    (
        "Can I get a new laptop?",
        "We give you a replacement within two working days. Contractors do not get a replacement.",
        [],
        ["You get a replacement within two working days.", "Contractors do not get a replacement."],
    ),
    (
        "How many DVDs can I borrow?",
        "Adult members can borrow twelve books and four DVDs. Junior members can borrow eight books but no DVDs.",
        ["Junior members can borrow four DVDs."],
        ["Junior members can't borrow DVDs.", "Junior members cannot borrow any DVDs but can borrow eight books."],
    ),
    (
        "How long do I have to return a DVD?",
        "Books are returned within 21 days, DVDs within 7 days.",
        ["You can return it within 21 days."],
        [],
    ),
    (
        "How long do I have?",
        "Books are returned within 21 days, DVDs within 7 days.",
        ["You can return it within 21 days."],
        [],
    ),
    (
        "How long do I have to return a coat that I bought online?",
        "Items are returned within 21 days. Online orders are returned by post.",
        [],
        ["You can return it within 21 days."],
    ),
    (
        "How long do I have to return a book?",
        "Books are returned within 21 days, DVDs within 7 days.",
        [],
        ["You can return it within 21 days."],
    ),
    (
        "How long do I have to return a coat?",
        "Items are returned within 21 days, in Austria within 60 days.",
        [],
        ["You can return it within 21 days."],
    ),
    (
        "How long do I have for the jacket I bought in the sale?",
        "Full-price clothes are exchanged within 60 days. Sale clothes are exchanged within 14 days.",
        ["You can exchange it within 60 days.", "We exchange it within 60 days."],
        ["You can exchange it within 14 days.", "If it is full-price, you can exchange it within 60 days."],
    ),
    (
        "How long do I have to exchange clothes from the sale?",
        "Full-price clothes are exchanged within 60 days. Sale clothes are exchanged within 14 days.",
        ["You can exchange it within 60 days."],
        ["You can exchange it within 14 days."],
    ),
    (
        "Can I exchange a coat?",
        "Items are exchanged within 60 days. The postage is refunded within 5 days.",
        [],
        ["You can exchange it within 60 days."],
    ),
    (
        "How long do I have to return a coat in Austria?",
        "Items can be returned within 30 days. In Austria, items can be returned within 60 days.",
        [],
        ["You can return it within 60 days."],
    ),
    (
        "How much is a permit?",
        "A first permit costs £60 and a second one £95. Resident permits cost nothing for students.",
        [],
        ["A second permit costs £95.", "A first permit costs £60."],
    ),
    (
        "How much is a permit?",
        "A first permit costs £60. Blue badge holders pay nothing.",
        ["You pay nothing for a first permit."],
        [],
    ),
    (
        "Who can help?",
        "Partners can take two weeks of leave. Agency workers should ask their agency.",
        ["Partners should ask their agency."],
        ["Agency workers should ask their agency."],
    ),
    (
        "Are text messages supported?",
        "Codes come by app; text messages are no longer supported. Recovery codes can be used once.",
        ["Codes come by text message."],
        ["Text messages are no longer supported.", "Recovery codes can be used once."],
    ),
    (
        "Who decides on leave?",
        "Leave is approved by the line manager within five days. Expenses are paid by the finance office.",
        [
            "The finance office approves leave within five days.",
            "Leave is approved by the finance office within five days.",
            "Expenses are paid by the line manager.",
        ],
        [
            "The line manager approves leave within five days.",
            "Your manager approves leave within five days.",
            "We approve leave within five days.",
            "Leave is approved within five days.",
        ],
    ),
    (
        "How do I get it?",
        "Contracts are sent by courier within two days. Old fridges are collected by our partner Kaltweg for free. "
        "The contract is signed by both partners. Claims are paid by our insurer.",
        ["We sign the contract.", "We pay claims.", "Our insurer sends contracts within two days."],
        ["We send contracts within two days.", "We collect old fridges for free.", "You both sign the contract."],
    ),
    (
        "Who sends them?",
        "We send contracts within two days. Parcels are sent by courier.",
        ["Contracts are sent by courier within two days."],
        ["We send contracts within two days."],
    ),
    (
        "Who cleans the stairs?",
        "Stairs are cleaned by the tenants on Fridays. The landlord pays for light bulbs.",
        [
            "The landlord cleans the stairs on Fridays.",
            "Stairs are cleaned by the landlord on Fridays.",
            "We clean the stairs on Fridays.",
        ],
        ["The tenants clean the stairs on Fridays.", "You clean the stairs on Fridays."],
    ),
    (
        "Who sends what?",
        "Parcels are sent by courier by Friday. Letters are sent by post. The museum lends frames to the library.",
        [],
        ["We send letters by post.", "The courier sends parcels by Friday.", "We send parcels by courier."],
    ),
    (
        "What do students pay?",
        "Carers enter free; students pay half.",
        ["Carers pay half."],
        ["Students pay half."],
    ),
    (
        "Who checks tickets on trains?",
        "Tickets are checked by the driver on buses and by conductors on trains. Lost tickets are replaced by the "
        "ticket office.",
        [
            "Tickets are checked by the driver on trains.",
            "Tickets are checked by the driver.",
            "Conductors check tickets on buses.",
            "Conductors replace lost tickets.",
        ],
        [
            "Tickets are checked by conductors on trains.",
            "On trains, conductors check tickets.",
            "Conductors check tickets.",
            "On buses, the driver checks tickets.",
        ],
    ),
    (
        "Who cleans, and who gives the medicine?",
        "Medicine is given by nurses in the morning and by carers in the evening. Rooms are cleaned by Sparkle Ltd "
        "daily and by the family on Sundays. Post is opened by the porter within 2 hours and by the matron within 5 "
        "hours.",
        [
            "Carers give the medicine in the morning.",
            "The family cleans the rooms daily.",
        ],
        [
            "Carers give the medicine in the evening.",
            "In the evening, medicine is given by carers.",
            "Nurses give the medicine in the morning.",
            "The family cleans the rooms on Sundays.",
            "The matron opens the post within 5 hours.",
        ],
    ),
    (
        "Who may sign the form?",
        "The form is signed by the doctor, the nurse or the pharmacist. Leave is approved by the manager or by the "
        "head of unit. Copies are certified by a notary, a lawyer or an embassy. Boilers are tested by the health "
        "and safety officer.",
        ["The manager signs the form.", "The nurse approves leave.", "The head of unit certifies copies."],
        [
            "The pharmacist may sign the form.",
            "A nurse can sign the form.",
            "The form can be signed by the pharmacist.",
            "The head of unit approves leave.",
            "Leave is approved by the head of unit or the manager.",
            "A lawyer can certify copies.",
            "Copies can be certified by an embassy.",
            "The health and safety officer tests boilers.",
        ],
    ),
    (
        "Who gives help?",
        "Strike pay is given by the head office, legal help by the regional office. Parcels are delivered by Royal "
        "Mail and, abroad, by the airline.",
        ["Legal help is given by the head office.", "Royal Mail delivers parcels abroad."],
        ["Legal help is given by the regional office.", "The airline delivers parcels abroad."],
    ),
    (
        "Who takes the photos?",
        "Photos are taken by a photographer, not by parents. Plans are signed by the architect, and the town keeps "
        "them.",
        ["Parents take the photos.", "The town signs plans."],
        ["A photographer takes the photos.", "The architect signs plans."],
    ),
    (
        "Who looks after the building?",
        "Lifts are checked by the caretaker every night. Windows are washed by contractors twice a year. Keys are cut "
        "by the caretaker and handed out by the office. Visitors pay £8 and must be accompanied by a tenant. Invoices "
        "are paid by finance. Laptops are set up by IT and passwords are reset by HR.",
        [
            "Lifts are checked by the plumber every night.",
            "Windows are washed by the caretaker twice a year.",
            "Keys are cut by the office.",
            "The caretaker hands out keys.",
            "Visitors must be accompanied by a contractor.",
            "Invoices are paid by HR.",
            "Passwords are reset by IT.",
            "Laptops are set up by HR.",
        ],
        [
            "Lifts are checked every night by the caretaker.",
            "Contractors wash the windows twice a year.",
            "The caretaker cuts keys.",
            "The office hands out keys.",
            "A tenant must accompany visitors.",
            "Finance pays invoices.",
            "We pay invoices.",
            "Passwords are reset by HR.",
            "Laptops are set up by IT.",
        ],
    ),
    (
        "Who issues permits?",
        "Resident permits are issued by the parking team, and visitor permits by the library.",
        ["The library issues resident permits.", "Resident permits are issued by the library."],
        ["The parking team issues resident permits.", "Visitor permits are issued by the library."],
    ),
    (
        "Who serves the meals?",
        "Meals are cooked by our chefs and served by volunteers.",
        ["Our chefs serve meals.", "Meals are cooked by volunteers."],
        ["Volunteers serve meals.", "We cook meals.", "Meals are cooked by our chefs and served by volunteers."],
    ),
]
WRONG = [(question, text, claim) for question, text, wrong, _ in ROWS for claim in wrong]
RIGHT = [(question, text, claim) for question, text, _, right in ROWS for claim in right]


def held(question: str, text: str, claim: str) -> str:
    """Return why a claim does not go out; empty if it does."""
    page = Passage("d#0", "d", "s", "Help", "", "Rules", text, 0)
    grounding = Grounding([page], question)
    return "" if grounding.check(claim) else grounding.removed[0]["reason"]


@pytest.mark.parametrize(("question", "text", "claim"), WRONG, ids=[row[2][:60] for row in WRONG])
def test_what_is_said_of_one_does_not_go_out_as_said_of_another(question: str, text: str, claim: str) -> None:
    assert held(question, text, claim).startswith("says what is told of")


@pytest.mark.parametrize(("question", "text", "claim"), RIGHT, ids=[row[2][:60] for row in RIGHT])
def test_what_is_said_of_the_same_goes_out(question: str, text: str, claim: str) -> None:
    assert held(question, text, claim) == ""


def test_who_is_meant_is_told() -> None:
    told = not_of_its_subject("Vets need a card.", frozenset(), ["The desk needs a card."], frozenset(), frozenset())
    assert told == "The desk"


def test_a_heading_may_name_who_does_it() -> None:
    sentences = ["Each club needs a card."]
    assert not_of_its_subject("Vets need a card.", frozenset(), sentences, frozenset({"vet"}), frozenset()) is None


def test_the_company_is_named_by_its_addresses() -> None:
    addresses = ["https://help.acme-parts.example/a/b?c=d.e", "desk@mail.acme.example", "+44 20 7946 0000"]
    assert {"acme", "parts", "mail"} <= names_in(addresses)
    assert names_in(["https://acme.example/shop"]) == {"acme", "example"}


@pytest.mark.parametrize(
    "sentence",
    [
        "need " * 4_000,
        "The plan " + "will not " * 4_000 + "need a card",
        "needs, " * 4_000,
        "plan" + " " * 20_000,
        "and is checked by " * 2_000,
        "and a " * 6_000,
    ],
    ids=["verbs", "helpers", "marks", "spaces", "agents", "joints"],
)
def test_a_long_sentence_is_read_at_once(sentence: str) -> None:
    with timed() as took:
        not_of_its_subject("We need a card.", frozenset(), [sentence], frozenset(), frozenset())
        told_of_another_agent("Cards are issued by us.", frozenset(), [f"Cards are issued by us {sentence}"])
    assert took.seconds < AT_ONCE_S
