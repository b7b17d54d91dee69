"""A claim that turns a sentence around is known, and one that merely leaves out a condition's other side is not."""

import pytest

from bot.claims.beside import contradiction_beside
from bot.claims.polarity import contradiction


@pytest.mark.parametrize(
    ("claim", "sentence", "how"),
    [
        ("Gift wrapping is excluded.", "Gift wrapping is included.", "says exclud for includ"),
        ("The rate will decrease in June.", "The rate will increase in June.", "says decreas for increas"),
        ("The shop is open on Sunday.", "The shop is closed on Sunday.", "says open for clos"),
        ("The gate is open after 9 pm.", "The gate is locked after 9 pm.", "says open for lock"),
        ("The shop is shut on Sunday.", "The shop is open on Sunday.", "says shut for open"),
        ("You are ineligible for the plan.", "You are eligible for the plan.", "says ineligibl for eligibl"),
        ("Opened boxes are accepted.", "Unopened boxes are accepted.", "says open for unopen"),
        ("The fee is never refunded.", "The fee is refunded.", "denies"),
        ("You can park here.", "You can't park here.", "says what is denied"),
        ("Parking here is allowed.", "Parking here is not allowed.", "says what is denied"),
        ("You need not sign the form.", "You must sign the form.", "says may for must"),
        ("You have to sign the form.", "You do not have to sign the form.", "says must for may"),
        ("You should sign the form.", "You must sign the form.", "says may for must"),
        ("Pay after delivery.", "Pay before delivery.", "says after for before"),
        ("Bags under 20 kg are free.", "Bags over 20 kg are free.", "says less for more"),
        ("Shops sell only stamps.", "Shops sell stamps.", "says only"),
        ("All shops are open.", "All shops are open unless they are in Leeds.", "leaves out an exception"),
        ("Shops in Leeds are open.", "All shops except those in Leeds are open.", "leaves out an exception"),
        ("Gifts are wrapped in our Hamburg shop.", "Gifts are wrapped only in our Hamburg shop.", "leaves out only"),
        ("Returns are free.", "Returns are free only for members who pay yearly.", "leaves out only"),
        ("Members can return it.", "Only members can return it.", "leaves out only"),
        ("Refunds are possible without a receipt.", "Refunds are not possible without a receipt.", "what is denied"),
        ("Refunds are not possible without a receipt.", "Refunds are possible without a receipt.", "denies"),
        ("You can return it without a receipt.", "Nothing can be returned without a receipt.", "what is denied"),
        ("Refunds are not paid by bank.", "Refunds are not paid in cash, but by bank.", "denies what is said"),
        ("Refunds are paid in cash.", "Refunds are not paid in cash, but by bank.", "says what is denied"),
        ("The warranty does not cover leaks.", "The warranty does not cover scale but leaks.", "denies what is said"),
        ("You need a receipt.", "You do not need a receipt.", "says must for may"),
        ("You must show the receipt.", "No receipt is needed.", "says must for may"),
        ("Registration is required.", "Registration is not required.", "says must for may"),
        ("Registration is required.", "Registration is optional.", "says must for may"),
        ("You don't need to register.", "You must register.", "says may for must"),
        ("We will refund the fee.", "We may refund the fee.", "says will for may"),
        ("A refund will be issued.", "A refund may be issued.", "says will for may"),
        ("All items can be returned.", "Most items can be returned.", "leaves out most"),
        ("Items are returned.", "Some items are returned.", "leaves out some"),
        ("Refunds take 5 days.", "Refunds usually take 5 days.", "leaves out usually"),
        ("The fee is refunded.", "Half of the fee is refunded.", "leaves out half"),
        ("The fee is refunded.", "A third of the fee is refunded.", "leaves out a third of"),
        ("The fee is refunded.", "50 % of the fee is refunded.", "leaves out 50 % of"),
        ("We answer within 2 days.", "We try to answer within 2 days.", "leaves out we try to"),
        ("We pay the postage.", "You pay the postage.", "says we for you"),
        ("We accept cheques.", "We used to accept cheques.", "leaves out used to"),
        ("We sell spare parts.", "We formerly sold spare parts.", "leaves out formerly"),
        ("We have a shop in Leeds.", "We plan to have a shop in Leeds.", "leaves out we plan to"),
        ("We accept cheques.", "Until 2023 we accepted cheques.", "leaves out Until 2023"),
        ("Shipping is free.", "Until 31 March 2026 shipping is free.", "leaves out Until 31 March 2026"),
        ("We accept cheques.", "From 2027 we will accept cheques.", "leaves out From 2027"),
        (
            "Sealed boxes cannot be returned.",
            "Opened boxes cannot be returned, but sealed boxes can be returned.",
            "deni",
        ),
        ("The garden is closed.", "A part of the garden is closed.", "leaves out a part of"),
        (
            "Scooters must be switched off.",
            "Scooters are allowed and must be switched off, except new ones.",
            "exception",
        ),
        ("You can swim daily.", "You can swim daily and must shower, except on Mondays.", "leaves out an exception"),
        ("We post the ticket.", "You can pay online and we post the ticket, unless you collect it.", "an exception"),
        ("We have the widest range of kettles.", "We have a wide range of kettles.", "says widest"),
    ],
)
def test_what_is_turned_around_is_known(claim: str, sentence: str, how: str) -> None:
    assert how in (contradiction(claim, sentence) or "")


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("You can get a credit.", "If you do not have a receipt, you can get a credit."),
        ("Do not open the box.", "Do not open the box."),
        ("The box must not be opened.", "The box mustn't be opened."),
        ("Do not sign the form if you moved.", "If you moved, do not sign the form."),
        ("You must sign before you leave.", "You must sign before you leave."),
        ("You can sign the form.", "Sign the form."),
        ("All shops except Leeds are open.", "All shops are open except Leeds."),
        ("Bags of at least 20 kg cost more.", "Bags of no less than 20 kg cost more."),
        ("The fee is not refundable.", "The fee is non-refundable."),
        ("Refunds are not possible without a receipt.", "Without a receipt, refunds are not possible."),
        ("You cannot return items without a receipt.", "Items can not be returned without a receipt."),
        ("You can return items without a receipt.", "Items can be returned without a receipt."),
        ("Refunds are paid by bank.", "Refunds are not paid in cash, but by bank."),
        ("Refunds are not paid in cash but by bank.", "Refunds are not paid in cash, but by bank."),
        ("The warranty does not cover scale.", "The warranty does not cover scale, but it covers leaks."),
        ("Returns are free only for members.", "Returns are free only for members who pay yearly."),
        ("No receipt is needed.", "You do not need a receipt."),
        ("You do not need a receipt.", "No receipt is needed."),
        ("You must show a receipt.", "You must show a receipt, but you do not need a label."),
        ("You will be able to pay by card.", "You can pay by card."),
        ("You will get a refund.", "You get a refund if the case may be closed."),
        ("Refunds usually take 5 days.", "Refunds usually take 5 days."),
        ("In most cases refunds take 5 days.", "Refunds usually take 5 days."),
        ("Refunds may take 5 days.", "Refunds can sometimes take 5 days."),
        ("You need documents.", "You need some documents."),
        ("The fee is refunded by 50 %.", "50 % of the fee is refunded."),
        ("You can get the most recent form.", "You can get the most recent form."),
        ("This is our widest range.", "This is our widest range."),
        ("Test the kettle.", "Test the kettle."),
        ("Sealed boxes can be returned.", "Opened boxes cannot be returned, but sealed boxes can be returned."),
        ("Opened boxes cannot be returned.", "Opened boxes cannot be returned, but sealed boxes can be returned."),
        ("Do not send cash.", "Please do not send cash, cheques or gold."),
        ("The brush cleans the jug.", "The brush is used to clean the jug."),
        ("Shipping is free until the end of March 2026.", "Until 31 March 2026 shipping is free."),
        ("Cheques will be accepted.", "From 2027 we will accept cheques."),
        ("All staff get 28 days.", "As of 1 May 2025, all staff get 28 days."),
        ("Guests pay for returns.", "Returns are free only for members, guests pay for returns."),
        ("The label costs €5.", "The label costs only €5."),
        ("The courier is second only to the post.", "The courier is second to the post."),
        ("Our Hamburg shop is second to Berlin.", "Our Hamburg shop is second only to Berlin."),
        ("Our Hamburg shop is happy to wrap gifts.", "Our Hamburg shop is only too happy to wrap gifts."),
        ("You can pay by card.", "You can pay not only by card but also in cash."),
        ("Parking is included in the Premium rate.", "Parking is part of the Premium rate."),
        ("The Premium rate includes parking.", "Parking is a part of the Premium rate."),
        (
            "Scooters are allowed on trams.",
            "Scooters are allowed on trams and must be switched off, except mobility scooters.",
        ),
        ("Prams can come aboard.", "Prams can come aboard and must be folded, unless a child is asleep in them."),
        ("You can pay online.", "You can pay online and we post the ticket, unless you collect it."),
    ],
)
def test_what_says_the_same_is_let_through(claim: str, sentence: str) -> None:
    assert contradiction(claim, sentence) is None


FIX = "Leaving it early costs £75."


@pytest.mark.parametrize(
    ("claim", "first", "second"),
    [
        (
            "Abroad, you pay the postage for what you send outside the UK.",
            "Abroad, you pay the postage.",
            "Shoes that were worn outside cannot be returned.",
        ),
        ("Passwords need 14 characters.", "Passwords have 14 characters.", "A tool that is not listed needs a ticket."),
        ("You pay £2 for a locker.", "A locker is £2.", "You pay no deposit for the locker."),
        ("Lockers need a coin.", "Lockers work with a coin.", "Visitors do not need a ticket."),
        (
            "The sauna and the steam room are open to you.",
            "The sauna is open.",
            "Day guests cannot use the steam room.",
        ),
        ("Cosmetic surgery isn't covered.", "Cosmetic surgery is excluded.", "The plan covers glasses."),
        ("Cakes are not delivered.", "They are not delivered.", "You can order cakes."),
        ("Dogs are not allowed in July.", "In July dogs are not allowed.", "You can bring a dog to the lake."),
        ("Leaving Green Fix early costs £75.", FIX, "Prepayment customers cannot choose Green Fix."),
    ],
)
def test_what_is_denied_of_others_denies_nothing(claim: str, first: str, second: str) -> None:
    assert contradiction_beside(claim, first, second, "What does it cost a customer?") is None


@pytest.mark.parametrize(
    ("claim", "first", "second"),
    [
        ("You can pay by card or cash.", "You can pay by card.", "Cash is not accepted."),
        ("You can pay by card or cash.", "You can pay by card.", "Our shops do not accept cash."),
        ("You can pay by card or cash.", "You can pay by card.", "Cash that is paid at the door is not accepted."),
        ("Boots are not allowed.", "Skates are not allowed.", "You may wear boots."),
        ("Letters are not taken.", "Parcels are not taken.", "You can send letters and cards."),
        ("You can park and smoke here.", "You can park here.", "You cannot smoke here."),
        ("You can make copies of maps for £2.", "Copies of maps cost £2.", "You may not make them yourself."),
        ("You may use phones here.", "Phones are kept in lockers here.", "You may not use them in the hall."),
        ("You can take photos.", "Photos are sold in the shop.", "Photos cannot be taken in the shop."),
        (
            "Pets are welcome in cabins and in the garden.",
            "Pets are welcome in the garden.",
            "Please note that cabins do not allow pets.",
        ),
        (
            "The sauna and the steam room are open to you until 9pm.",
            "The sauna is open until 9pm.",
            "Day guests cannot use the sauna or the steam room.",
        ),
        ("Prepayment customers get Green Fix.", "Customers get Fix.", "Prepayment customers cannot choose Green Fix."),
    ],
)
def test_what_is_denied_of_the_same_is_known(claim: str, first: str, second: str) -> None:
    assert contradiction_beside(claim, first, second, "I am a day guest, may I?")
