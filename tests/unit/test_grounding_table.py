"""What goes out and what does not: a claim, the passages it is held against, and why."""

import pytest

from bot.grounding import Grounding, bare_of
from knowledge.documents import Passage

RETURNS = (
    "You can return any unused item within 30 days of delivery. Refunds take 5 working days. "
    "Opened software cannot be returned. All items except gift cards can be exchanged."
)
SHIPPING = (
    "Standard shipping costs €4.90 and takes three to five days. Express shipping costs $14 and takes one day. "
    "Orders over $1,000 are shipped free of charge."
)
LICENCE = (
    "Drivers must be at least 18 years old. You may renew your licence online before it expires. "
    "You must sign Form MV-44 and pay the fee of $64.50 by March 31, 2025. "
    "If you do not have a receipt, you can get a store credit. The fee is not refundable."
)
CONTACT = (
    "Write to help@acme.example or call 1-800-555-0142. The form is at https://acme.example/forms/return?lang=en. "
    "Section 14 explains the rules. The discount is 20%. Doors open at 9:30 am."
)
LINKED = "Fill in the [return form](/forms/return) in the [app](acme://returns) before you send a parcel."
STORES = "| Store | Saturday | Sunday |\n|---|---|---|\n| Leeds | 9 to 18 | 11 to 17 |\n| York | 10 to 16 | closed |"
FEES = (
    "| What you return | Fee |\n|---|---|\n| Unopened item, any price | none |\n"
    "| Opened espresso machine of $400 or more | 10 % restocking fee |\n"
    "| Return label by mail | $7.50, deducted from the refund |"
)
WAYS = (
    "| Way | Cost | Refund |\n|---|---|---|\n| In the Leeds or Bristol store | free | to the card you paid with |\n"
    "| By post with our label | £3.95 | within 7 days of arrival |"
)
CASH = (
    "Refunds are not possible without a receipt. "
    "Refunds are not paid in cash, but by bank transfer to the account of the buyer."
)
SMALL = (
    "Keep the refill cartridges frozen at -18 °C. Members may change the plan once a year. "
    "Until 31 March 2026 standard shipping is free. Gift wrapping is offered only in our Hamburg shop. "
    "Invoices are due on 05/03/2026. Late payments cost 2 % per month. Orders above €50 ship free within Germany. "
    "The deposit is €1.500 for business customers. Parcels weigh up to 20 kg."
)
EXCLUDED = (
    "These items cannot be returned once they were used:\n- earrings\n- opened software\n\n"
    "To clean the jug, you must not:\n\n1. open the case of the motor\n2. use the dishwasher\n\n"
    "Free of charge are:\n- collection of large machines\n- spare keys\n\n"
    "Unless we agreed otherwise, these are the fees:\n- collection of a parcel: €9"
)
ASKED = (
    "**Can I return opened software?** No, never.\n\n**Do I need a receipt?** Yes, or the card.\n\n"
    "Q: Is delivery free?\nA: Only for members.\n\nDo you ship to islands?\nPlease ask the shop.\n\n"
    'Somebody wrote: "Can I get my money back after a year?" Can I pick up my order? You can pick up orders in York.'
)
NAMED = (
    "Call 0800 555 0142 for returns and 0800 555 0199 for repairs. Write to parts@acme.example for parts, to "
    "jobs@acme.example for jobs. Error E12 means that the tank is empty. Error E13 means that the filter is blocked. "
    "The K100 holds 1.5 litres, the K200 holds 1.7 litres. The rate for 2024 was 5 %. The rate for 2025 is 6 %. "
    "The brewery was founded in 1998 and opened its bar in 2005. Use code SPRING10 for 10 % off, SPRING20 for 20 % off."
)
LETTERS = "The Model X holds 2 litres. The Model S holds 3 litres. Send us Form A with the old filter."
COUNTRIES = "In the UK you have 30 days to return a coat; in the US you have 60 days. Self-Assessment forms help you."
CONDITIONS = (
    "You can return an item within 30 days if it is unused. If the seal is broken, shipping costs are charged. "
    "Provided that your manager agrees, you may work abroad for 20 days. If you want to cancel, open the account page. "
    "If you have questions, call 0800 555 0142. You can pay by invoice even if you are abroad. "
    "Call our office in York If you cannot hear, write a letter. You may be eligible for help if you were ill."
)
PRICES = (
    "A bed costs £20 per person per night. The licence costs $8 a user per month. A crate costs €5 per parcel. "
    "Breakfast is served to every guest."
)
LIMITS = (
    "Children under 12 travel free. Staff with more than 5 years of service get a bonus. "
    "Parcels up to 20 kg are collected. Repairs take at most 9 weeks."
)
FORMS = "You need Form 22 - 1995 and the Form 22 - 5495 for guests, if you have any."
SPOOFED = (
    "Pay your invoice at [https://bank.example](https://evil.example/pay) today. "
    "Sign in at https://аcme.example/login to claim the prize. Or visit evil․example/win for the second prize."
)
TIMES = (
    "The fee for a berth is charged monthly by direct debit from the account that you named. "
    "The harbour office is open Monday to Friday in the morning. The crane is oiled on the last Friday of the month. "
    "Boats left on the third day are towed to the yard. Members pay two thirds of the price of a tow. "
    "Reports of damage are answered on the next working day. Rubbish is collected every other week on Monday."
)

OUT, IN = True, False
ROWS = [
    # numbers with their unit, in any spelling
    ("You can return unused items within 30 days.", RETURNS, OUT, ""),
    ("You can return unused items within thirty days.", RETURNS, OUT, ""),
    ("There is a 30-day window to return unused items after delivery.", RETURNS, OUT, ""),
    ("Unused items can be returned in a 30-day period of delivery.", RETURNS, OUT, ""),
    ("You can return unused items within 14 days.", RETURNS, IN, "14"),
    ("You can return unused items within 30 weeks.", RETURNS, IN, "30 weeks"),
    ("You can return unused items within 30 working days.", RETURNS, IN, "30 working days"),
    ("Refunds take five working days.", RETURNS, OUT, ""),
    ("Refunds take 5 days.", RETURNS, IN, "5 days"),
    ("Refunds take 30 days.", RETURNS, IN, "told of something else"),
    ("You can return unused items for €30.", RETURNS, IN, "€30"),
    ("You can return 30% of unused items.", RETURNS, IN, "30%"),
    # rows of tables: which of them is meant has to be said, here or in the question
    ("The return label by mail costs $7.50, deducted from the refund.", FEES, OUT, ""),
    ("The return label fee is 10 % restocking fee.", FEES, IN, "row of a table"),
    ("There is a 10 % restocking fee.", FEES, IN, "row of a table"),
    ("The restocking fee of an opened espresso machine of $400 or more is 10 %.", FEES, OUT, ""),
    ("In the Leeds or Bristol store: to the card you paid with our label.", WAYS, IN, "row of a table"),
    ("In the Leeds or Bristol store the refund goes to the card you paid with.", WAYS, OUT, ""),
    # amounts
    ("Standard shipping costs €4.90.", SHIPPING, OUT, ""),
    ("Standard shipping costs 4.90 euros.", SHIPPING, OUT, ""),
    ("Standard shipping costs 4.90 EUR.", SHIPPING, OUT, ""),
    ("Standard shipping costs $4.90.", SHIPPING, IN, "$4.90"),
    ("Standard shipping costs €4.99.", SHIPPING, IN, "4.99"),
    ("Standard shipping costs $14.", SHIPPING, IN, "told of something else"),
    ("Express shipping costs $14.", SHIPPING, OUT, ""),
    ("Express shipping costs 14 dollars.", SHIPPING, OUT, ""),
    ("Express shipping takes three to five days.", SHIPPING, IN, "told of something else"),
    ("Standard shipping takes 3-5 days.", SHIPPING, OUT, ""),
    ("Standard shipping takes 3 to 5 days.", SHIPPING, OUT, ""),
    ("Standard shipping takes up to 5 days.", SHIPPING, OUT, ""),
    ("Standard shipping takes 5 days.", SHIPPING, IN, "5 days"),
    ("Standard shipping takes at least 5 days.", SHIPPING, IN, "5 days"),
    ("Orders over 1000 USD are shipped free of charge.", SHIPPING, OUT, ""),
    ("Orders over $1000 are shipped free of charge.", SHIPPING, OUT, ""),
    ("Orders under $1,000 are shipped free of charge.", SHIPPING, IN, "no passage holds $1,000"),
    ("Orders over $100 are shipped free of charge.", SHIPPING, IN, "100"),
    # ages, dates, codes
    ("Drivers must be at least eighteen years old.", LICENCE, OUT, ""),
    ("Drivers must be at most 18 years old.", LICENCE, IN, "no passage holds 18 years old"),
    ("Drivers must be 18 years old.", "Drivers must know 18 rules and be of age.", IN, "18 years old"),
    ("Drivers must be 18 months old.", LICENCE, IN, "18 months"),
    ("The fee of $64.50 must be paid by 31 March 2025.", LICENCE, OUT, ""),
    ("The fee of $64.50 must be paid by 2025-03-31.", LICENCE, OUT, ""),
    ("The fee of $64.50 must be paid by March 13, 2025.", LICENCE, IN, "13"),
    ("The fee of $64.50 must be paid by March 31, 2026.", LICENCE, IN, "2026"),
    ("You must sign Form MV-44.", LICENCE, OUT, ""),
    ("You must sign Form MV-45.", LICENCE, IN, "45"),
    ("You must sign Form 44.", LICENCE, IN, "44"),
    # not, must and may, before and after, only and except
    ("Opened software can be returned.", RETURNS, IN, "says what is denied"),
    ("Opened software cannot be returned.", RETURNS, OUT, ""),
    ("Unused items cannot be returned.", RETURNS, IN, "denies"),
    ("All items can be exchanged.", RETURNS, IN, "leaves out an exception"),
    ("All items except gift cards can be exchanged.", RETURNS, OUT, ""),
    ("Gift cards can be exchanged.", RETURNS, IN, "exception"),
    ("Only unused items within 30 days of delivery can be returned.", RETURNS, IN, "says only"),
    ("You may renew your licence online.", LICENCE, OUT, ""),
    ("You must renew your licence online.", LICENCE, IN, "says must for may"),
    ("You may sign Form MV-44.", LICENCE, IN, "says may for must"),
    ("You may renew your licence online after it expires.", LICENCE, IN, "says after for before"),
    ("You can get a store credit if you do not have a receipt.", LICENCE, OUT, ""),
    ("You can get a store credit if you have a receipt.", LICENCE, IN, "says what is denied"),
    ("The fee is refundable.", LICENCE, IN, "says what is denied"),
    ("The fee is non-refundable.", LICENCE, OUT, ""),
    ("Refunds are possible without a receipt.", CASH, IN, "says what is denied"),
    ("Refunds are not possible without a receipt.", CASH, OUT, ""),
    ("Refunds are not paid by bank transfer to the account of the buyer.", CASH, IN, "denies what is said"),
    ("Refunds are paid by bank transfer to the account of the buyer.", CASH, OUT, ""),
    # items of a list are told as what leads to them tells them
    ("Opened software can be returned.", EXCLUDED, IN, "says what is denied"),
    ("Opened software cannot be returned.", EXCLUDED, OUT, ""),
    ("Earrings can be returned once they were used.", EXCLUDED, IN, "says what is denied"),
    ("Earrings cannot be returned once they were used.", EXCLUDED, OUT, ""),
    ("Open the case of the motor.", EXCLUDED, IN, "says what is denied"),
    ("You must not open the case of the motor.", EXCLUDED, OUT, ""),
    ("Spare keys are free of charge.", EXCLUDED, OUT, ""),
    ("Spare keys are not free of charge.", EXCLUDED, IN, "denies"),
    ("The fee for collection of a parcel is €9.", EXCLUDED, OUT, ""),
    # what is only asked is not said
    ("You can return opened software.", ASKED, IN, "says what is denied"),
    ("You cannot return opened software.", ASKED, OUT, ""),
    ("You need a receipt or the card.", ASKED, OUT, ""),
    ("You need a receipt.", ASKED, IN, "leaves out “a receipt or the card”"),
    ("Delivery is free.", ASKED, IN, "is only asked"),
    ("Delivery is free for members.", ASKED, IN, "leaves out only"),
    ("Delivery is only free for members.", ASKED, OUT, ""),
    ("We ship to islands.", ASKED, IN, "is only asked"),
    ("You can get your money back after a year.", ASKED, IN, "is only asked"),
    ("You can pick up your order in York.", ASKED, OUT, ""),
    # names, numbers and addresses of one sort, each told of its own
    ("Call 0800 555 0199 for repairs.", NAMED, OUT, ""),
    ("Call 0800 555 0142 for repairs.", NAMED, IN, "told of something else"),
    ("For returns call 0800 555 0142.", NAMED, OUT, ""),
    ("Write to parts@acme.example for parts.", NAMED, OUT, ""),
    ("Write to parts@acme.example for jobs.", NAMED, IN, "told of something else"),
    ("Error E13 means that the filter is blocked.", NAMED, OUT, ""),
    ("Error E13 means that the tank is empty.", NAMED, IN, "told of something else"),
    ("The K200 holds 1.7 litres.", NAMED, OUT, ""),
    ("The K100 holds 1.7 litres.", NAMED, IN, "told of something else"),
    ("The rate for 2025 is 6 %.", NAMED, OUT, ""),
    ("The rate for 2025 is 5 %.", NAMED, IN, "told of something else"),
    ("The brewery was founded in 1998.", NAMED, OUT, ""),
    ("The brewery opened its bar in 2005.", NAMED, OUT, ""),
    ("The brewery opened its bar in 1998.", NAMED, IN, "told of something else"),
    ("Use code SPRING20 for 20 % off.", NAMED, OUT, ""),
    ("Use code SPRING20 for 10 % off.", NAMED, IN, "told of something else"),
    ("Plan B costs €20.", "Plan A costs €10, plan B costs €20.", OUT, ""),
    ("Plan B costs €10.", "Plan A costs €10, plan B costs €20.", IN, "told of something else"),
    ("The Model X holds 2 litres.", LETTERS, OUT, ""),
    ("The Model Y holds 2 litres.", LETTERS, IN, "no passage holds model y"),
    ("The Model S holds 2 litres.", LETTERS, IN, "told of something else"),
    ("Send Form A with the old filter.", LETTERS, OUT, ""),
    ("Send Form B with the old filter.", LETTERS, IN, "form b"),
    ("You need Form 22 - 1995 and Form 22 - 5495 for guests.", FORMS, OUT, ""),
    # countries
    ("In the US you have 60 days to return a coat.", COUNTRIES, OUT, ""),
    ("In the U.S. you have 60 days to return a coat.", COUNTRIES, OUT, ""),
    ("In the US you have 30 days to return a coat.", COUNTRIES, IN, "told of something else"),
    ("In the United Kingdom you have 30 days to return a coat.", COUNTRIES, OUT, ""),
    ("In the US refunds take 5 working days.", RETURNS + " Write to us.", IN, "names US"),
    ("You are helped by Self-Assessment forms.", COUNTRIES, OUT, ""),
    # conditions
    ("You can return an item within 30 days.", CONDITIONS, IN, "leaves out “if it is unused”"),
    ("You can return an item within 30 days if it is unused.", CONDITIONS, OUT, ""),
    ("You can return unused items within 30 days.", CONDITIONS, OUT, ""),
    ("Shipping costs are charged.", CONDITIONS, IN, "leaves out"),
    ("Shipping costs are charged when the seal is broken.", CONDITIONS, OUT, ""),
    ("You may work abroad for 20 days.", CONDITIONS, IN, "leaves out"),
    ("With the agreement of your manager you may work abroad for 20 days.", CONDITIONS, OUT, ""),
    ("To cancel, open the account page.", CONDITIONS, OUT, ""),
    ("Open the account page.", CONDITIONS, OUT, ""),
    ("Call 0800 555 0142.", CONDITIONS, OUT, ""),
    ("You can pay by invoice.", CONDITIONS, OUT, ""),
    ("Call our office in York.", CONDITIONS, OUT, ""),
    ("You may be eligible for help.", CONDITIONS, OUT, ""),
    ("You are eligible for help.", CONDITIONS, IN, "leaves out"),
    # what amounts are paid for
    ("A bed costs £20 per person per night.", PRICES, OUT, ""),
    ("A bed costs £20 per night and per person.", PRICES, OUT, ""),
    ("A bed costs £20 per person.", PRICES, IN, "no passage holds £20 per person"),
    ("A bed costs £20 per night.", PRICES, IN, "no passage holds £20 per night"),
    ("The licence costs $8 per user and month.", PRICES, OUT, ""),
    ("The licence costs $8 a month.", PRICES, IN, "no passage holds $8 a month"),
    ("A crate costs €5 for each parcel.", PRICES, OUT, ""),
    ("A crate costs €5 per guest.", PRICES, IN, "no passage holds €5"),
    # limits
    ("Standard shipping takes between three and five days.", SHIPPING, OUT, ""),
    ("Children under 12 travel free.", LIMITS, OUT, ""),
    ("Children travel free.", LIMITS, IN, "leaves out at most 12"),
    ("Staff get a bonus with more than 5 years of service.", LIMITS, OUT, ""),
    ("Staff get a bonus.", LIMITS, IN, "leaves out at least 5 years"),
    ("Parcels are collected.", LIMITS, IN, "leaves out at most 20 kg"),
    ("Repairs take up to 9 weeks.", LIMITS, OUT, ""),
    ("Children up to 12 travel free.", LIMITS, IN, "leaves out “under 12”"),
    # small words and signs
    ("Keep the refill cartridges frozen at -18 °C.", SMALL, OUT, ""),
    ("Keep the refill cartridges frozen at minus 18 °C.", SMALL, OUT, ""),
    ("Keep the refill cartridges frozen at 18 °C.", SMALL, IN, "18 °C"),
    ("Members may change the plan once per year.", SMALL, OUT, ""),
    ("Members may change the plan twice a year.", SMALL, IN, "twice"),
    ("Standard shipping is free until March 31, 2026.", SMALL, OUT, ""),
    ("From 31 March 2026 standard shipping is free.", SMALL, IN, "31 March 2026"),
    ("Gift wrapping is offered only in our Hamburg shop.", SMALL, OUT, ""),
    ("Gift wrapping is only offered in Hamburg.", SMALL, OUT, ""),
    ("Gift wrapping is offered in our Hamburg shop.", SMALL, IN, "leaves out only"),
    ("Invoices are due on 05/03/2026.", SMALL, OUT, ""),
    ("Invoices are due on May 3, 2026.", SMALL, IN, "May 3, 2026"),
    ("Late payments cost 2 percent a month.", SMALL, OUT, ""),
    ("Late payments cost 2 % per year.", SMALL, IN, "2 % per year"),
    ("Orders over €50 ship free within Germany.", SMALL, OUT, ""),
    ("Orders of €50 ship free within Germany.", SMALL, IN, "€50"),
    ("Orders ship free within Germany.", SMALL, IN, "leaves out at least €50"),
    ("The deposit is 1500 euros for business customers.", SMALL, OUT, ""),
    ("The deposit is €1.50 for business customers.", SMALL, IN, "€1.50"),
    # when, how often, which of several, and what part, in words
    ("The fee for a berth is charged every month by direct debit from the account that you named.", TIMES, OUT, ""),
    ("The fee for a berth is charged yearly by direct debit from the account that you named.", TIMES, IN, "every year"),
    ("The fee for a berth is charged every week by direct debit from the account.", TIMES, IN, "every week"),
    ("The harbour office is open on weekdays in the morning.", TIMES, OUT, ""),
    ("The harbour office is open in the mornings, Monday–Friday.", TIMES, OUT, ""),
    ("The harbour office is open on Tuesdays in the morning.", TIMES, OUT, ""),
    ("The harbour office is open Monday to Saturday in the morning.", TIMES, IN, "Monday to Saturday"),
    ("The harbour office is open on weekends in the morning.", TIMES, IN, "Saturday to Sunday"),
    ("The harbour office is open Monday to Friday in the afternoon.", TIMES, IN, "afternoon"),
    ("The crane is oiled on the last Friday of each month.", TIMES, OUT, ""),
    ("The crane is oiled on the last Monday of the month.", TIMES, IN, "last Monday"),
    ("The crane is oiled on the last Friday of the year.", TIMES, IN, "of the year"),
    ("The crane is oiled every Friday of the month.", TIMES, IN, "every Friday"),
    ("Boats left on the 3rd day are towed to the yard.", TIMES, OUT, ""),
    ("Boats left on the second day are towed to the yard.", TIMES, IN, "2nd day"),
    ("Members pay two-thirds of the price of a tow.", TIMES, OUT, ""),
    ("Members pay a third of the price of a tow.", TIMES, IN, "1/3"),
    ("Reports of damage are answered on the next business day.", TIMES, OUT, ""),
    ("Reports of damage are answered on the same day.", TIMES, IN, "same day"),
    ("Rubbish is collected on Mondays every second week.", TIMES, OUT, ""),
    ("Rubbish is collected on Monday every week.", TIMES, IN, "every week"),
    ("Rubbish is collected every other week on Friday.", TIMES, IN, "Friday stands in another part"),
    # addresses
    ("Write to help@acme.example or call 1-800-555-0142.", CONTACT, OUT, ""),
    ("Write to hello@acme.example or call 1-800-555-0142.", CONTACT, IN, "hello@acme.example"),
    ("Write to help@acme.example or call 1-800-555-0143.", CONTACT, IN, "1-800-555-0143"),
    ("Write to help@acme.example or call (1) 800 555 0142.", CONTACT, OUT, ""),
    ("The form is at https://acme.example/forms/return?lang=en.", CONTACT, OUT, ""),
    ("The form is at https://acme.example/forms/return.", CONTACT, IN, "https://acme.example/forms/return"),
    ("The form is at https://acme.example/forms/return?lang=de.", CONTACT, IN, "lang=de"),
    ("The form is at acme.example.", CONTACT, IN, "acme.example"),
    ("The form is at [the page](https://evil.example/forms).", CONTACT, IN, "evil.example"),
    ("The form is at https://acme.example.evil.example/forms.", CONTACT, IN, "evil.example"),
    ("The form is at hxxps://acme.example/forms/return?lang=en.", CONTACT, IN, "hxxps"),
    ("The form is at https://аcme.example/forms/return?lang=en.", CONTACT, IN, "cme.example"),
    ("The form is at https://acme\u200b.example/forms/return?lang=en.", CONTACT, OUT, ""),
    ("The form is at https：//acme.example/forms/return?lang=en.", CONTACT, IN, "https://acme.example/forms/return"),
    ("The form is at slack://evil.", CONTACT, IN, "slack://evil"),
    ("The form is at tg://resolve?domain=evil.", CONTACT, IN, "tg://resolve?domain=evil"),
    ("The form is at [the page](/forms/evil).", CONTACT, IN, "/forms/evil"),
    ("The form is at [the page](forms).", CONTACT, IN, "forms"),
    ('The form is at <a href="/forms/evil">the page</a>.', CONTACT, IN, "/forms/evil"),
    ("Section 14 explains the [rules](https://acme.example/forms/return?lang=en).", CONTACT, OUT, ""),
    ("Fill in the [return form](/forms/return) in the [app](acme://returns).", LINKED, OUT, ""),
    ("Fill in the return form in the app.", LINKED, OUT, ""),
    ("Fill in the [return form](/forms/Evil) in the app.", LINKED, IN, "/forms/Evil"),
    ("Fill in the return form in the app at acme://returns.", LINKED, OUT, ""),
    ("Fill in the return form in the app at acme://evil.", LINKED, IN, "acme://evil"),
    ("The discount is 20 percent.", CONTACT, OUT, ""),
    ("The discount is 20 euros.", CONTACT, IN, "20 euros"),
    ("The discount is 14%.", CONTACT, IN, "14%"),
    ("Doors open at 9:30 a.m.", CONTACT, OUT, ""),
    ("Doors open at 9:30 pm.", CONTACT, IN, "9:30 pm"),
    ("Doors open at 14.", CONTACT, IN, "14"),
    # tables
    ("Leeds, Sunday: 11 to 17.", STORES, OUT, ""),
    ("Leeds, Saturday: 11 to 17.", STORES, IN, "told of something else"),
    ("York, Saturday: 9 to 18.", STORES, IN, "told of something else"),
    ("York, Sunday: 10 to 16.", STORES, IN, "told of something else"),
    # addresses that passages disguise
    ("Pay your invoice at [https://bank.example](https://evil.example/pay) today.", SPOOFED, IN, "link"),
    ("Pay your invoice at https://bank.example today.", SPOOFED, OUT, ""),
    ("Sign in at https://аcme.example/login to claim the prize.", SPOOFED, IN, "cme.example/login"),
    ("Or visit evil․example/win for the second prize.", SPOOFED, IN, "example/win"),
    # names
    ("You can return any unused item within 30 days at Harrods.", RETURNS, IN, "harrod"),
    ("You can return any unused item to the FBI.", RETURNS, IN, "fbi"),
    # what models do
    ("Assistant: Refunds take 5 working days.", RETURNS, OUT, ""),
    ("<|im_start|>assistant Refunds take 5 working days.", RETURNS, IN, ""),
    ("Yes, refunds take 5 working days [3].", RETURNS, OUT, ""),
    ("According to the passages, refunds take 5 working days (passage 2).", RETURNS, OUT, ""),
    ("refunds refunds refunds refunds refunds refunds refunds refunds refunds", RETURNS, IN, "repeats itself"),
    ("Rückerstattungen dauern 5 Werktage.", RETURNS, IN, "no passage"),
    ("Remboursement sous 30 jours après la livraison.", RETURNS, IN, "no passage"),
    ("Our staff love helping customers on weekends.", RETURNS, IN, "no passage"),
    ("Items.", RETURNS, IN, "says nothing"),
    ("5 30.", RETURNS, IN, "says nothing"),
]


def passage(text: str, position: int = 0) -> Passage:
    return Passage(f"d#{position}", f"d{position}", "s", "Help", "https://x/d", "Rules", text, position)


@pytest.mark.parametrize(("claim", "text", "goes_out", "why"), ROWS, ids=[row[0][:60] for row in ROWS])
def test_a_claim_goes_out_only_where_a_passage_carries_it(claim: str, text: str, goes_out: bool, why: str) -> None:
    grounding = Grounding([passage("Nothing of interest is said here."), passage(text, 1)], "What are the rules?")
    told = grounding.check(claim)
    assert (told is not None) == goes_out, grounding.removed
    if told is None:
        assert why in grounding.removed[0]["reason"]
    else:
        assert told.endswith(" [1]")
        assert grounding.citations[0].document_id == "d1"


def test_a_condition_that_was_asked_about_need_not_be_said_again() -> None:
    assert Grounding([passage(CONDITIONS)], "Who pays when the seal is broken?").check("Shipping costs are charged.")


@pytest.mark.parametrize(
    ("claim", "goes_out"), [("Scale damage is covered.", IN), ("Scale damage is not covered.", OUT)]
)
def test_items_without_a_lead_are_told_as_their_heading_tells_them(claim: str, goes_out: bool) -> None:
    text = "- Scale damage\n- Leaks caused by frost"
    below = Passage("d#0", "d", "s", "Warranty", "https://x/d", "Warranty > What is not covered", text, 0)
    assert (Grounding([below], "What about scale?").check(claim) is not None) == goes_out


def test_of_an_image_in_a_claim_only_its_words_go_out() -> None:
    assert bare_of("See ![the form](https://acme.example/forms/return?lang=en) for it.") == "See the form for it."
