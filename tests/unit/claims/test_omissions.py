"""What a sentence says with a condition, a "may" or a qualified amount is not told without."""

import pytest

from bot.claims.omissions import left_out


@pytest.mark.parametrize(
    ("claim", "sentence", "what"),
    [
        ("We refund the fee.", "We may refund the fee.", "“may”"),
        ("The fee is waived.", "The fee may be waived.", "“may”"),
        ("Members may row at night.", "Members of the diving club may row at night.", "“of the diving club may”"),
        ("Owners get a medal.", "Owners of old boats get a medal.", "“of old boats get a”"),
        ("Owners of boats get a medal.", "Owners of old boats get a medal.", "“of old”"),
        ("Guests eat first.", "Guests staying in a tent eat first.", "“staying in a tent”"),
        ("Seats have a lamp.", "Seats in the front row have a lamp.", "“in the front row have a”"),
        ("We cancel the trip if it storms.", "We may cancel the trip if it storms.", "“may”"),
        ("If a lamp breaks, we replace it.", "If a lamp breaks, we may replace it.", "“may”"),
        ("The club closes lockers if they are empty.", "The club may close lockers if they are empty.", "“may”"),
        ("We refuse refunds if you are late.", "We may refuse refunds.", "“may”"),
        ("You pay a deposit of €50.", "You may have to pay a deposit of €50.", "“may”"),
        ("You get a refund of the deposit.", "You may be entitled to get a refund of the deposit.", "“may”"),
        ("You are charged for the storage.", "You may be charged for the storage.", "“may”"),
        ("Delivery takes longer on islands.", "Delivery might take longer on islands.", "“might”"),
        ("You can leave with a month's notice.", "After that you can leave with a month's notice.", "“After that”"),
        ("There is no exit fee.", "Otherwise there is no exit fee.", "“Otherwise”"),
        ("The fee is £40.", "The fee is £40 plus VAT.", "“plus VAT”"),
        ("The fee is £40.", "The fee is £40 (excluding the local tax).", "“excluding the local tax”"),
        ("The label costs £30.", "The label costs £25 instead of £30.", "“instead of”"),
        ("The label costs £25.", "The label costs about £25.", "“about”"),
        ("Children up to 12 travel free.", "Children under 12 travel free.", "“under 12”"),
        ("Children under 12 travel free.", "Children up to 12 travel free.", "“up to 12”"),
        ("Drivers over 18 can rent a van.", "Drivers of at least 18 can rent a van.", "“at least 18”"),
        ("Drivers of 18 or older can rent a van.", "Drivers over 18 can rent a van.", "“over 18”"),
        (
            "The postage is refunded.",
            "Where the item is faulty, the postage is refunded.",
            "“Where the item is faulty”",
        ),
        (
            "The postage is refunded.",
            "Should the item be faulty, the postage is refunded.",
            "“Should the item be faulty”",
        ),
        ("You can work abroad.", "You can work abroad with prior written approval.", "“with prior written approval”"),
        ("We exchange the item.", "We exchange the item at our discretion.", "“at our discretion”"),
        ("We exchange the item.", "Depending on stock, we exchange the item.", "“Depending on stock”"),
        ("We refund the postage.", "In the event of a fault, we refund the postage.", "“In the event of a fault”"),
        (
            "You need a countersignature.",
            "You need a countersignature if you no longer look like your old photo.",
            "“if you no longer look like your old photo”",
        ),
        (
            "If the bike is stolen, you pay up to £250.",
            "If the bike is stolen, you pay up to £250, provided that it was locked.",
            "“provided that it was locked”",
        ),
        (
            "Tyres are guaranteed for five years.",
            "Tyres are guaranteed for five years or 60,000 km, whichever comes first.",
            "“or 60,000 km, whichever comes first”",
        ),
        (
            "If you are injured, we refund the unused days.",
            "If you are injured, we refund the unused days against a medical certificate.",
            "“against a medical certificate”",
        ),
        (
            "We refund the unused days.",
            "We refund the unused days on production of a medical certificate.",
            "“on production of a medical certificate”",
        ),
        (
            "Batteries are guaranteed for two years.",
            "Batteries are guaranteed for two years or 500 cycles, whichever comes first.",
            "“or 500 cycles, whichever comes first”",
        ),
        (
            "Pay is 90% of earnings.",
            "Pay is 90% of earnings for the first six weeks and 50% after that.",
            "“for the first six weeks”",
        ),
        (
            "Sick pay is paid for up to six months.",
            "Sick pay is paid for up to six months after two years of service, otherwise six weeks.",
            "“after two years of service”",
        ),
        (
            "Company cars qualify.",
            "Company cars qualify with a letter from the employer.",
            "“with a letter from the employer”",
        ),
        (
            "The Gold plan covers dental treatment.",
            "Dental treatment is covered by the Gold plan after a waiting period of six months.",
            "“after a waiting period of six months”",
        ),
        ("Items cannot be returned.", "Items that were opened cannot be returned.", "“that were opened”"),
        (
            "Customers can return kettles.",
            "Customers who live in the EU can return kettles.",
            "“who live in the EU can”",
        ),
        (
            "Unused items can be exchanged.",
            "Unused items bought in the shop can be exchanged.",
            "“bought in the shop can be”",
        ),
        ("Orders are shipped free.", "Orders placed before noon are shipped free.", "“placed before noon are”"),
        ("Members get free repairs.", "Members with a gold plan get free repairs.", "“with a gold plan get”"),
        ("Staff get free lunch.", "Staff in Leeds get free lunch.", "“in Leeds get”"),
        ("Repairs are free.", "Repairs under warranty are free.", "“under warranty are”"),
        ("Repairs are free.", "Repairs are free during the first year.", "“during the first year”"),
        ("You need a passport.", "You need a passport or a licence.", "“a passport or a licence”"),
        ("You get a refund and a store credit.", "You get a refund or a store credit.", "“a refund or a store credit”"),
        ("Reports are due every month.", "Reports are due every two months.", "“every two months”"),
        ("Reports are due daily.", "Reports are due every other day.", "“every other day”"),
        ("Staff get a bonus.", "Staff with at least 5 years of service get a bonus.", "at least 5 years"),
        ("Delivery takes longer on islands.", "Delivery can take longer on islands.", "“can”"),
        ("Repairs are free.", "Repairs are free for two years.", "“free for two years”"),
        (
            "Your phone is insured.",
            "Your phone is insured for the first 12 months.",
            "“insured for the first 12 months”",
        ),
        ("Parents get 20 weeks off.", "Birthing parents get 20 weeks off.", "“birthing”"),
        ("Staff get a laptop.", "Permanent staff get a laptop.", "“permanent”"),
        (
            "You can cancel your plan.",
            "You can cancel your plan at the end of each month.",
            "“at the end of each month”",
        ),
        (
            "You need a passport or a recent bill.",
            "You need a passport and a recent bill.",
            "“a passport and a recent bill”",
        ),
        (
            "You need either a passport or a bill.",
            "You need both a passport and a bill.",
            "“a passport and a bill”",
        ),
        ("You need a passport.", "You need a passport and a recent bill.", "“a passport and a recent bill”"),
        (
            "We pay up to €500.",
            "If the courier lost the parcel, we pay up to €500.",
            "“If the courier lost the parcel”",
        ),
        (
            "You may take up to 18 weeks.",
            "If your child is disabled, you may take up to 18 weeks.",
            "“If your child is disabled”",
        ),
        (
            "You can claim within 12 months.",
            "If we cancelled the trip, you can claim within 12 months.",
            "“If we cancelled the trip”",
        ),
        (
            "We refund the price of the parcel.",
            "If the parcel arrives damaged, we refund the price of the parcel.",
            "“If the parcel arrives damaged”",
        ),
        ("You can return it.", "If it has its tags, you can return it.", "“If it has its tags”"),
    ],
)
def test_what_a_claim_leaves_out_is_known(claim: str, sentence: str, what: str) -> None:
    assert left_out(claim, sentence, "What is the rule?") == what


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("You can return the item.", "You may return the item."),
        ("Guests can use the sauna.", "Guests of the hotel can use the sauna."),
        ("Results are sent by post.", "Results of tests are sent by post."),
        ("The price includes a drink.", "The price of the seat includes a drink."),
        ("Pupils must tell the office to leave early.", "Pupils wishing to leave early must tell the office."),
        ("In that case there is no exit fee.", "In that case there is no exit fee."),
        ("You can return it later.", "You can return it later than in this case."),
        ("Items can be returned unused.", "Items may be returned unused."),
        ("Employees carry over 5 days.", "Employees may carry over 5 days."),
        ("The fee can be waived.", "The fee may be waived."),
        ("The fee is refunded.", "The fee is refunded, and the tax may be refunded by the bank."),
        ("The fee is £40 plus VAT.", "The fee is £40 plus VAT."),
        ("The fee is £40 and postage £5.", "The fee is £40, postage £5."),
        ("The label costs £25.", "The label was £30, now it costs £25."),
        ("Refunds take about 5 days.", "Refunds take approximately 5 days."),
        ("Children younger than 12 travel free.", "Children under 12 travel free."),
        ("Refunds take up to 5 days.", "Refunds take about 5 days."),
        ("You can reach us by phone.", "When you need help, you can reach us by phone."),
        ("The shop opens where at least one member is there.", "The shop opens where at least one member is there."),
        ("The shop sends customers a label by mail.", "The shop sends customers a label without charge by mail."),
        ("Orders placed before noon ship the same day.", "Orders placed before noon are shipped the same day."),
        ("Members get a refund.", "Members with a gold plan get a discount. Members get a refund."),
        ("Orders are shipped free.", "Orders are shipped free by the post."),
        ("Applicants need proof.", "Applicants need proof that they live here."),
        ("You can pay by card.", "You can pay a driver or the shop by card."),
        ("You get a store credit or a refund.", "You get a refund or a store credit."),
        ("Reports are due every two months.", "Reports are due every two months."),
        ("We exchange it with your consent.", "We exchange the item with your prior consent."),
        ("You can take the parcel to a shop.", "You can take the parcel to any shop."),
        ("Repairs are free for two years.", "Repairs are free for two years."),
        ("Repairs are free in the first two years.", "Repairs are free for two years."),
        ("Birthing parents get 20 weeks off.", "Birthing parents get 20 weeks off."),
        ("All parents get 20 weeks off.", "Birthing and other parents get 20 weeks off."),
        ("Staff get a laptop.", "Permanent and temporary staff get a laptop."),
        ("You can cancel at the end of a month.", "You can cancel your plan at the end of each month."),
        ("You need a passport and a bill.", "You need a passport and a bill."),
        ("You need a passport.", "You need a passport and we send you a form."),
        ("A passport and a bill do.", "You can send a passport and a bill."),
        (
            "We refund the price of damaged parcels.",
            "If the parcel arrives damaged, we refund the price of the parcel.",
        ),
        ("We pay up to €500.", "We pay up to €500 (more if the parcel was insured)."),
        ("Call us before 9:30.", "Call us before 9:30; a text message is not enough."),
        ("If you like, we call you.", "If you like, we call you."),
        ("We call you.", "If you like, we call you."),
        ("You may defer once.", "You may defer once, and with a note from a doctor twice."),
        (
            "If a locked bike is stolen, you pay up to £250.",
            "If the bike is stolen, you pay up to £250, provided that it was locked.",
        ),
        (
            "Your deposit is returned unless you fall behind.",
            "If you move out, your deposit is returned, provided that the rent is paid.",
        ),
        (
            "If you have a medical certificate, we refund the unused days.",
            "If you are injured, we refund the unused days against a medical certificate.",
        ),
        (
            "Tyres are guaranteed for five years, but at most for 60,000 km.",
            "Tyres are guaranteed for five years or 60,000 km, whichever comes first.",
        ),
        ("In the first six weeks, you get 90% of pay.", "Pay is 90% for the first six weeks and 50% after that."),
        ("Company cars qualify if you have a letter.", "Company cars qualify with a letter from the employer."),
        ("The Gold plan covers teeth once six months are over.", "The Gold plan covers teeth after six months."),
        ("Your card is renewed by post.", "Your card is renewed by post after three years."),
    ],
)
def test_what_leaves_out_nothing_is_let_through(claim: str, sentence: str) -> None:
    assert left_out(claim, sentence, "What is the rule?") is None


@pytest.mark.parametrize(
    ("claim", "sentence", "question"),
    [
        (
            "The postage is refunded.",
            "Where the item is faulty, the postage is refunded.",
            "And if the item is faulty?",
        ),
        ("Staff get free lunch.", "Staff in Leeds get free lunch.", "What does Leeds offer?"),
        ("Repairs are free.", "Repairs are free for two years.", "Are repairs free within two years?"),
        ("Parents get 20 weeks off.", "Birthing parents get 20 weeks off.", "What do birthing parents get?"),
        (
            "You may carry over up to 20 days.",
            "If you could not take leave because of a long illness, you may carry over up to 20 days.",
            "I could not take my leave because of a long illness. What now?",
        ),
        (
            "You need to tell the police.",
            "If your plates are lost, stolen or destroyed, you need to tell the police.",
            "What if they were stolen?",
        ),
    ],
)
def test_what_was_asked_about_need_not_be_said_again(claim: str, sentence: str, question: str) -> None:
    assert left_out(claim, sentence, question) is None
    assert left_out(claim, sentence, "What is the rule?") is not None


@pytest.mark.parametrize("question", ["How much time can I take?", "How long can I be away?"])
def test_a_word_in_common_does_not_ask_about_a_condition(question: str) -> None:
    sentence = "If you could not take leave because of a long illness, you may carry over up to 20 days for 18 months."
    assert left_out("You may carry over up to 20 days for 18 months.", sentence, question)


@pytest.mark.parametrize(
    ("claim", "sentence", "question", "what"),
    [
        (
            "Tell your manager by telephone before 9:30.",
            "Tell your manager by telephone before 9:30; a text message is not enough.",
            "Is it ok to text my manager?",
            "“a text message is not enough”",
        ),
        (
            "You can pay by card in the shop.",
            "You can pay by card in the shop, but cash is taken in Leeds only.",
            "Can I pay in cash?",
            "“but cash is taken in Leeds only”",
        ),
        (
            "Parcels go to your home.",
            "Parcels go to your home, not to a locker.",
            "Will you bring it to a locker?",
            "“not to a locker”",
        ),
        (
            "Tell your manager by telephone before 9:30.",
            "Tell your manager by telephone before 9:30; a text message is not enough.",
            "Do I have to tell my manager?",
            None,
        ),
        ("Desk: Friday: 9 to 17.", "Desk: Friday: 9 to 17; Saturday: 10 to 14.", "Open on Friday or Saturday?", None),
    ],
)
def test_the_clause_that_was_asked_about_is_told(claim: str, sentence: str, question: str, what: str | None) -> None:
    assert left_out(claim, sentence, question) == what
