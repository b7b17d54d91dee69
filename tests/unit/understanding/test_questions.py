"""A message is cut into its questions only where each can be understood without the others."""

import pytest

from bot.understanding.questions import (
    asked_anew,
    asked_besides,
    items_in,
    leaning_questions_in,
    one_by_one,
    points_back,
    put_right,
    questions_in,
    without_statements,
    without_thanks,
    without_what_is_passed_over,
)


@pytest.mark.parametrize(
    ("message", "questions"),
    [
        (
            "How long is the warranty in the EU, and how can I pay?",
            ["How long is the warranty in the EU?", "How can I pay?"],
        ),
        (
            "What is the return window in the US and how long does shipping take?",
            ["What is the return window in the US?", "How long does shipping take?"],
        ),
        (
            "Hi! Do gift cards expire in the UK? Also, who pays for return shipping?",
            ["Do gift cards expire in the UK?", "Who pays for return shipping?"],
        ),
        (
            "do you ship to Norway, how much does express cost and do gift cards expire",
            ["do you ship to Norway?", "How much does express cost?", "Do gift cards expire?"],
        ),
        (
            "I live in Germany. How long is the warranty? And is there a fee for returns?",
            [
                "I live in Germany. How long is the warranty?",
                "I live in Germany. Is there a fee for returns?",
            ],
        ),
        (
            "Can I return it if not used? How can I pay? If not used, do kettles keep the warranty?",
            ["Can I return it if not used?", "How can I pay?", "If not used, do kettles keep the warranty?"],
        ),
        (
            "EU or UK? How long may I return an item? How can I pay?",
            ["EU or UK? How long may I return an item?", "EU or UK? How can I pay?"],
        ),
        (
            "How long is the warranty?\nWhat does shipping cost? I'm in the UK.",
            ["I'm in the UK. How long is the warranty?", "I'm in the UK. What does shipping cost?"],
        ),
        (
            "Could you tell me how long the warranty is in the UK, and which payment methods do you accept?",
            ["Could you tell me how long the warranty is in the UK?", "Which payment methods do you accept?"],
        ),
        (
            "Hi there,\nQuestions:\n1. How long does shipping take?\n2) where can I pay?\n\nMany thanks,\nJane Doe",
            ["How long does shipping take?", "Where can I pay?"],
        ),
        (
            "Hello! How are you? Can you help me? How long does shipping take? And where can I pay?",
            ["How long does shipping take?", "Where can I pay?"],
        ),
        (
            "Thanks in advance! My name is Jane. Do gift cards expire, and do you sell helmets?",
            ["My name is Jane. Do gift cards expire?", "My name is Jane. Do you sell helmets?"],
        ),
        *(
            (message, ["how long is the warranty?", "How can I pay?"])
            for message in (
                "Good morning, how long is the warranty and how can I pay?",
                "Hi Anna, how long is the warranty? How can I pay?",
                "Hi Anna how long is the warranty? How can I pay?",
                "Hi there! how long is the warranty? How can I pay?",
                "Dear Sir or Madam, how long is the warranty? How can I pay?",
                "hello all: how long is the warranty? How can I pay?",
                "Good evening Mr. Smith, how long is the warranty? How can I pay?",
                "Dear Mrs. Smith and Dr. Jones, how long is the warranty? How can I pay?",
                "Dear Ms. McDonald, how long is the warranty? How can I pay?",
                "Hello support team – how long is the warranty? How can I pay?",
                "I have two questions: how long is the warranty? How can I pay?",
                "Quick questions - how long is the warranty? how can I pay?",
                "@frontdesk how long is the warranty? how can I pay?",
                "First, how long is the warranty? Second, how can I pay?",
                "1) how long is the warranty? 2) how can I pay?",
                "1) how long is the warranty 2) how can I pay",
                "a) how long is the warranty? and b) how can I pay?",
                "My questions: 1. how long is the warranty? 2. how can I pay?",
                "Q1: how long is the warranty? Q2: how can I pay?",
                "- how long is the warranty? - how can I pay?",
            )
        ),
        (
            "1. How long is the warranty? 2. Do you ship to Norway? 3. How can I pay?",
            ["How long is the warranty?", "Do you ship to Norway?", "How can I pay?"],
        ),
        (
            "I bought a machine, how long is the warranty and how can I pay?",
            ["I bought a machine, how long is the warranty?", "I bought a machine, how can I pay?"],
        ),
        (
            "Any chance of a discount on kettles? How can I pay?",
            ["Any chance of a discount on kettles?", "How can I pay?"],
        ),
        (
            "You sell kettles, right? How long is the warranty? How can I pay?",
            ["You sell kettles, right? How long is the warranty?", "You sell kettles, right? How can I pay?"],
        ),
        (
            "It is order no. 4. How long is the warranty? How can I pay?",
            ["It is order no. 4. How long is the warranty?", "It is order no. 4. How can I pay?"],
        ),
        # What is said in front of a question counts for those behind it.
        (
            "My kettle arrived broken, can I get a refund and who pays for the return label?",
            [
                "My kettle arrived broken, can I get a refund?",
                "My kettle arrived broken, who pays for the return label?",
            ],
        ),
        (
            "If an item arrived broken, do I get a refund and who pays for the return label?",
            [
                "If an item arrived broken, do I get a refund?",
                "If an item arrived broken, who pays for the return label?",
            ],
        ),
        (
            "How do I pay? I have a card, does the card expire? Do you ship to Oslo? If a lid broke, how do I claim?",
            [
                "How do I pay?",
                "I have a card, does the card expire?",
                "I have a card, do you ship to Oslo?",
                "If a lid broke, how do I claim?",
            ],
        ),
        (
            "My kettle, which was a gift, can I return the kettle? How long is the warranty?",
            [
                "My kettle, which was a gift, can I return the kettle?",
                "My kettle, which was a gift, how long is the warranty?",
            ],
        ),
        (
            "The warranty is two years, isn't it? How can I pay? Do you repair?",
            ["The warranty is two years, isn't it?", "How can I pay?", "Do you repair?"],
        ),
        # A greeting goes with the names of people, and with nothing that is said behind it.
        (
            "Hi item arrived broken. Who pays for the return label? How long does a refund take?",
            [
                "Hi item arrived broken. Who pays for the return label?",
                "Hi item arrived broken. How long does a refund take?",
            ],
        ),
        (
            "Hi BrewMaster 300 here: how often do I descale? How long is the warranty?",
            ["BrewMaster 300 here: how often do I descale?", "BrewMaster 300 here: how long is the warranty?"],
        ),
        (
            "Hi UK customer - how long may I return an item? how can I pay?",
            ["UK customer - how long may I return an item?", "UK customer - how can I pay?"],
        ),
        (
            "Hi kettle broke - do I get a new one? How can I pay?",
            ["kettle broke - do I get a new one?", "Kettle broke - how can I pay?"],
        ),
        ("Hi Norway, how can I pay? Do you repair?", ["Norway, how can I pay?", "Norway, do you repair?"]),
        *(
            (f"{said} How can I pay? Do you repair?", [f"{said} How can I pay?", f"{said} Do you repair?"])
            for said in (
                "Hello from Norway!",
                "Hi student here!",
                "Hello parcel arrived damaged!",
                "hi lost password.",
                "Hi Norway!",
                "Hi UK!",
            )
        ),
        # Places and things that are numbered within a question, or a statement, are no questions.
        (
            "Do you ship to 1) Norway 2) Sweden? How long does a refund take?",
            ["Do you ship to 1) Norway 2) Sweden?", "How long does a refund take?"],
        ),
        (
            "Can I pay by a) card b) invoice? How long does a refund take?",
            ["Can I pay by a) card b) invoice?", "How long does a refund take?"],
        ),
        (
            "Do you ship to 1) Norway 2) Sweden 3) Finland and how long does delivery take?",
            ["Do you ship to 1) Norway 2) Sweden 3) Finland?", "How long does delivery take?"],
        ),
        (
            "Which is better for offices, a) the BrewMaster or b) the Cafino? Do you rent machines?",
            ["Which is better for offices, a) the BrewMaster or b) the Cafino?", "Do you rent machines?"],
        ),
        *(
            (f"{said} How can I pay? Do you repair?", [f"{said} How can I pay?", f"{said} Do you repair?"])
            for said in (
                "I have (1) a broken kettle and (2) a missing lid.",
                "I did step 1) open the lid and step 2) wait.",
                "I need: 1) an invoice, 2) a lid.",
            )
        ),
        (
            "What's the price of a label? how's a refund paid",
            ["What's the price of a label?", "How's a refund paid?"],
        ),
        # As people join questions in chats.
        *(
            (message, ["how long is the warranty?", "How can I pay?"])
            for message in (
                "how long is the warranty?? 😅 how can I pay 🙏",
                "how long is the warranty 😀 how can I pay",
                "how long is the warranty?How can I pay?",
                "how long is the warranty?how can I pay?",
                "how long is the warranty / how can I pay?",
                "how long is the warranty & how can I pay?",
                "how long is the warranty + how can I pay?",
                "how long is the warranty…and how can I pay?",
            )
        ),
        (
            "can you tell me how long the warranty is and how I can pay",
            ["can you tell me how long the warranty is?", "How can I pay?"],
        ),
        (
            "See https://shop.example/track?Id=3 first. Do you ship to 🇳🇴 😀 how can I pay?",
            [
                "See https://shop.example/track?Id=3 first. Do you ship to 🇳🇴?",
                "See https://shop.example/track?Id=3 first. How can I pay?",
            ],
        ),
        *(
            (message, ["is parking free?", "How much is a guest pass?"])
            for message in (
                "is parking free and how much is a guest pass",
                "is parking free n how much is a guest pass",
                "is parking free and how much is a guest pass?",
            )
        ),
        (
            "In the EU, how long may I return an item, and who pays the postage?",
            ["In the EU, how long may I return an item?", "In the EU, who pays the postage?"],
        ),
        # As they were typed, unless only what is written short joins them.
        ("do u sell R lids n how can I pay", ["do you sell R lids?", "How can I pay?"]),
        ("how do u clean r packages, and how can I pay?", ["how do u clean r packages?", "How can I pay?"]),
        # Matters that are only named, each in a line of its own or all of them.
        (
            "Questions:\n1. Warranty length?\n2. How can I pay?\n3. Do you ship to Norway?",
            ["Warranty length?", "How can I pay?", "Do you ship to Norway?"],
        ),
        (
            "• warranty?\n• payment methods?\n• return window UK?",
            ["warranty?", "Payment methods?", "Return window UK?"],
        ),
        ("Questions:\n1. price\n2. hours?\n3. parking?", ["price?", "Hours?", "Parking?"]),
        (
            "1. prices for kids\n2. is parking free?\n3. opening hours on saturday\n\nthanks!",
            ["prices for kids?", "Is parking free?", "Opening hours on saturday?"],
        ),
        ("- parking?\n- How can I pay?", ["parking?", "How can I pay?"]),
        ("How can I pay?\nParking?\nReturns?", ["How can I pay?", "Parking?", "Returns?"]),
        ("Parking?\nHow can I pay?\nReturns?", ["Parking?", "How can I pay?", "Returns?"]),
        ("Warranty? Payment methods?", ["Warranty?", "Payment methods?"]),
        ("My kettle broke. Warranty? Refund?", ["My kettle broke. Warranty?", "My kettle broke. Refund?"]),
        # A word for a thing may stand for what the statements name, or for what was asked before it.
        (
            "My kettle broke in the UK. How do I send it back? And who pays for the label?",
            ["My kettle broke in the UK. How do I send it back?", "My kettle broke in the UK. Who pays for the label?"],
        ),
        (
            "I have a kettle. How often is it serviced? How much is it? How long is the warranty?",
            [
                "I have a kettle. How often is it serviced?",
                "I have a kettle. How much is it?",
                "I have a kettle. How long is the warranty?",
            ],
        ),
        (
            "Do you have a lift? Is it new? How much is it?",
            ["Do you have a lift?", "Is it new?", "How much is it?"],
        ),
        (
            "How can I pay? Do you ship to Oslo? I bought a kettle, how is it cleaned?",
            ["How can I pay?", "Do you ship to Oslo?", "I bought a kettle, how is it cleaned?"],
        ),
        # What somebody repeats of what was told is no question.
        (
            "£30 per hour? How long is the warranty? How can I pay?",
            ["£30 per hour? How long is the warranty?", "£30 per hour? How can I pay?"],
        ),
        ("How much is a pass? Can I freeze it?", ["How much is a pass?", "Can I freeze it?"]),
        ("2 questions: 1) how much is a pass 2) can I freeze it?", ["how much is a pass?", "Can I freeze it?"]),
        (
            "How much is a pass and can I freeze it? Is there a lift?",
            ["How much is a pass?", "Can I freeze it?", "Is there a lift?"],
        ),
        (
            "how do i turn on two-factor login and how do i turn it off?",
            ["how do i turn on two-factor login?", "How do i turn it off?"],
        ),
        # What is said ends before the question, and what points back means none of what is said behind all.
        (
            "im a student\ndo you have a twin? is there a lift?",
            [f"im a student. {one}" for one in ("do you have a twin?", "Is there a lift?")],
        ),
        ("do you have a twin? how much is it? im a student", ["im a student. do you have a twin?", "How much is it?"]),
        # Unless none of them names what it points at.
        ("is it free? can i return it? it's a cap", ["it's a cap. is it free?", "it's a cap. Can i return it?"]),
        # A number and a name are no word for a thing.
        (
            "Do you sell caps? How much is the City One? Can I keep a cap for one day?",
            ["Do you sell caps?", "How much is the City One?", "Can I keep a cap for one day?"],
        ),
        # A word for a thing may point at any of those before it.
        (
            "Can I hire a trailer? Do I need a licence? How much is it?",
            ["Can I hire a trailer?", "Do I need a licence?", "How much is it?"],
        ),
        (
            "Do you rent vans? We are four people. How much are they?",
            ["We are four people. Do you rent vans?", "We are four people. How much are they?"],
        ),
        ("do you rent bikes? where do i book one?", ["do you rent bikes?", "Where do i book one?"]),
        # In a list that is all of a message, each item is asked about.
        ("1. holiday\n2. sick leave\n3. salary", ["holiday?", "Sick leave?", "Salary?"]),
        ("Two things.\n1. PIN change\n2. statements as pdf", ["PIN change?", "Statements as pdf?"]),
        # Without an article, behind another question.
        *(
            (message, ["do you have lockers?", "Is street parking free?"])
            for message in (
                "do you have lockers, is street parking free?",
                "do you have lockers and is street parking free?",
                "do you have lockers, n is street parking free",
            )
        ),
        *(
            (message, ["how do I pay?", "How long is the warranty?"])
            for message in (
                "how do I pay, n how long is the warranty",
                "how do I pay? n how long is the warranty?",
            )
        ),
    ],
)
def test_each_question_of_a_message_is_told_with_what_is_said_beside(message: str, questions: list[str]) -> None:
    assert list(questions_in(message)) == questions


@pytest.mark.parametrize(
    "message",
    [
        "How long is the warranty in the EU and in the UK?",
        "How long is the warranty in the EU? And in the UK?",
        "Do you ship to Hawaii and what does it cost?",
        "Do you have vans and how much are they?",
        "Is this a joke? 30 euros per hour? What does a late return cost?",
        "What? 1,500 € a year? What does a late return cost?",
        "Does the warranty hold in the UK, and how do I claim under that?",
        "How and when do I get my refund in the US?",
        "Can I return a kettle and a toaster in the UK?",
        "Which countries do you ship to and which are left out?",
        "When I return a coat in the UK, do I pay the postage?",
        "If it breaks in the UK, how can I claim?",
        "Is express delivery to the UK faster, or is standard delivery?",
        "I want to know how long shipping to the UK takes and how I can pay.",
        "Do you know when shops in the UK open and when they close?",
        "How long is the warranty in the UK?",
        "Wie lange gilt die Garantie in der EU, und wie kann ich zahlen?",
        "How are you? What is the price of shipping?",
        "How's it going? Can I get a refund?",
        "Can you help me? What are your opening hours?",
        "Can I ask you something? How do returns work?",
        "Do you have a minute? How long is the warranty?",
        "Are you a bot? Where is my order?",
        "How do I install the app and do a factory reset?",
        "Can I get a refund if the item was damaged and was a gift?",
        "Do you sell a plan that costs little and is tax free?",
        "Which plan is cheap and is widely available?",
        "Can I give my credit to my brother, who's a member, too?",
        "Which plan do I need if I have a team of 5 and am an admin?",
        "Do you sell chairs that are made in Europe and are always in stock?",
        "How do I sign up and have people join me?",
        "Do you know when the store opens and what papers I need?",
        "What papers do I need? And what papers my wife needs?",
        "Can you tell me when the shop opens and how long delivery will take?",
        "Can I combine my gift card with a voucher, and if not, can I get a refund?",
        "Can I return a product if I have no receipt and can I do so in a shop?",
        "Do you, by any chance, have the number of the helpline?",
        "Can I drive there if I have a licence from abroad and have a permit of the state?",
        "How much do I lose when I start early? Can you give me a real number?",
        "How long does a refund take? Can you be more specific?",
        "Warranty? How can I pay? Do you ship to Norway?",
        "My kettle broke. And the costs of delivery? How long is the warranty?",
        "Wie lange gilt die Garantie? Was kostet das?",
        "What is the toll on the Mario M. Cuomo Bridge for a car?",
        "What do I do with my benefit? If my school closed?",
        "If it breaks in the UK, how can I claim for the damage?",
        "UK?",
        *("UK? US?", "Norway?\nSweden?", "BrewMaster 200? BrewMaster 300?", "28 days? 5 euros?"),
        *(
            "Really? How can I pay?",
            "Refund? Really?",
            "Hello? Anyone?",
            "In the shop? Online?",
            "And payment? Returns?",
        ),
        "Broken kettle? Who pays for the return label?",
        "How long is the warranty?\nHow can I pay?\nAny ideas?",
        "Garantie?\nWas kostet das?",
        *(
            "Broken kettle?\nWho pays for the label?",
            "Gift card?\nHow do I get the refund?",
            "Personal trainer?\nHow much?",
            "Council tax?\nWho is exempt?",
            "Bulky waste?\nHow do i book?",
            "Dr Meyer?\nHow do I book?",
            "Bob?\nAnna?\nhow do i book?",
            "Bot? Bot? Hello?",
            "Parking?\nHow long is the permit?\nHow can I pay?",
        ),
        "I bought:\n- kettle\n- toaster\nHow can I pay?",
        "I bought:\n- a red kettle\n- a toaster for two\n- is parking free?",
        "1. my kettle broke\n2. is parking free?",
        "Is broken since monday and how can I pay",
        "Was late again and how do I complain",
        "Does a tenant, who pays the rent, need a permit?",
        "Does a student who rents and who pays the bills get a discount?",
        "platform n does it have a lift",
        "when r studio crashes, what do i do",
        "Can I pay by card and/or invoice?",
        "Do you sell AC/DC adapters & spare lids?",
        "How do I clean my ☕ machine?",
        "Can you tell me how long a refund takes and when I get it?",
        "UK or US? How long may I return an item?",
        "in the UK or in Germany? How can I pay?",
        "BrewMaster 200 or BrewMaster 300? How can I pay?",
        "Is it possible to return a gift? If so, do I need the receipt?",
        "Do you ship to Norway? And if not how can I get a kettle?",
        "",
        "How long is shipping? " * 9,
    ],
)
def test_a_message_that_asks_one_thing_or_leans_on_itself_stays_whole(message: str) -> None:
    assert questions_in(message) == ()


@pytest.mark.parametrize(
    ("message", "questions"),
    [
        ("Do you ship to Norway and what does it cost?", ("Do you ship to Norway?", "what does it cost?")),
        ("Do you ship to Norway? How much is it?", ("Do you ship to Norway?", "How much is it?")),
        ("Do you ship to Norway?", ()),
    ],
)
def test_questions_that_lean_on_another_are_told_apart_where_that_is_asked_for(
    message: str, questions: tuple[str, ...]
) -> None:
    assert leaning_questions_in(message) == questions


@pytest.mark.parametrize(
    ("message", "rest"),
    [
        ("ty! and the warranty?", "and the warranty?"),
        ("thx n sso?", "and sso?"),
        ("Hi, thanks! What about sizes?", "What about sizes?"),
        ("thank you so much. and sizes?", "and sizes?"),
        ("great 🙏 and sizes?", "and sizes?"),
        *((message, message) for message in ("Thanks!", "thx", "No, and sizes?", "Hi Norway, and sizes?")),
        ("Thanks for the card, how long is it valid?", "Thanks for the card, how long is it valid?"),
        ("n of the labels?", "n of the labels?"),
    ],
)
def test_thanks_before_what_is_asked_are_left_out(message: str, rest: str) -> None:
    assert without_thanks(message) == rest


def test_a_long_message_is_read_at_once() -> None:
    assert without_thanks("thanks, " * 5_000) == "thanks, " * 5_000
    assert questions_in("how how how and what, " * 5_000) == ()


def test_what_a_quoted_mail_asks_is_no_question_of_the_message() -> None:
    mail = "From: Ann <ann@acme.example>\nSent: Monday\nTo: Bob\n\nWere you happy? Would you like to join our club?"
    assert questions_in(f"How long is the warranty?\n\n{mail}") == ()
    asked = "How long is the warranty? Do you ship to Malta?"
    assert questions_in(f"{asked}\n\nMit freundlichen Grüßen\nKarl Müller\n\n{mail}") == questions_in(asked)


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        *(
            (message, "How do I pay?")
            for message in (
                "Never mind. How do I pay?",
                "forget that, how do I pay?",
                "ok nevermind how do I pay?",
                "Never mind that, how do I pay?",
            )
        ),
        ("Egal, wie kann ich zahlen?", "Wie kann ich zahlen?"),
        ("Laissez tomber : comment payer ma commande ?", "Comment payer ma commande ?"),
        # What goes on with what was said, or leaves nothing.
        ("Never mind. How long does it take?", ""),
        ("Never mind", ""),
        ("Never mind, the UK", ""),
        ("Never mind, just tell me both", ""),
        ("Never mind. Just tell me", ""),
        ("never mind the region, just tell me", ""),
        ("never mind where I live, just tell me all", ""),
        ("Never mind the postage, how long do I have?", ""),
        ("never mind how long it takes, how do I pay?", ""),
        ("forget it!", ""),
        ("How do I pay? Never mind.", ""),
        ("I never mind the wait, how do I pay?", ""),
    ],
)
def test_who_leaves_what_was_asked_before_asks_anew(message: str, asked: str) -> None:
    assert asked_anew(message) == asked


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("another question: how do I pay?", "How do I pay?"),
        ("Sorry, I have a different question - how do I pay?", "How do I pay?"),
        ("Something else: how do I pay?", "How do I pay?"),
        ("Andere Frage: Wie kann ich zahlen?", "Wie kann ich zahlen?"),
        ("Autre question : comment payer ma commande ?", "Comment payer ma commande ?"),
        ("Otra pregunta, ¿cómo puedo pagar?", "¿cómo puedo pagar?"),
        # What goes on with what was said.
        ("Another question: how long does it take?", ""),
        ("One more question: how do I pay?", ""),
        ("Another thing I need is a filter", ""),
    ],
)
def test_who_announces_another_question_may_ask_about_something_else(message: str, asked: str) -> None:
    assert asked_besides(message) == asked
    assert asked_anew(message) == ""


@pytest.mark.parametrize(
    ("message", "left"),
    [
        ("Never mind the postage, how long do I have?", "How long do I have?"),
        ("ok, never mind the receipt - how long does it take?", "How long does it take?"),
        ("never mind how long it takes, how do I pay?", "How do I pay?"),
        ("never mind the region, just tell me", "never mind the region, just tell me"),
        ("Never mind the UK", "Never mind the UK"),
        ("How long do I have?", "How long do I have?"),
    ],
)
def test_a_detail_that_is_passed_over_is_not_asked_about(message: str, left: str) -> None:
    assert without_what_is_passed_over(message) == left


@pytest.mark.parametrize(
    ("question", "before", "left"),
    [
        ("I have a kettle. Do you repair?", "I have a kettle. How can I pay?", "Do you repair?"),
        ("I have a kettle, do you repair?", "I have a kettle, how can I pay?", "Do you repair?"),
        ("I live here. If it breaks, do you repair?", "I live here. How can I pay?", "If it breaks, do you repair?"),
        ("Do you repair?", "How can I pay?", "Do you repair?"),
        ("I have a kettle, do you repair?", "", "Do you repair?"),
        ("If it breaks, do you repair?", "", "If it breaks, do you repair?"),
        ("If it breaks, do you repair?", "If it breaks, how can I pay?", "Do you repair?"),
    ],
)
def test_what_is_said_beside_several_questions_can_be_left_out(question: str, before: str, left: str) -> None:
    assert without_statements(question, before) == left


@pytest.mark.parametrize(
    "message",
    [
        "are you kidding me? 90 euros for postage?",
        "Are you kidding me? How much is postage?",
        "Is this a joke? How much is postage?",
        "Seriously? How much is postage?",
        "Ist das ein Witz? Wie teuer ist der Versand?",
        "C'est une blague ? Combien coûte la livraison ?",
        "¿Es una broma? ¿Cuánto cuesta el envío?",
    ],
)
def test_what_is_only_asked_in_anger_is_no_question_of_its_own(message: str) -> None:
    assert questions_in(message) == ()


def test_what_is_asked_with_such_words_about_a_matter_is_a_question() -> None:
    message = "Are joke gifts returnable? How much is postage?"
    assert questions_in(message) == ("Are joke gifts returnable?", "How much is postage?")


@pytest.mark.parametrize(
    ("message", "items"),
    [
        ("1. Spain\n2. and is there parking\n3. towels", ("Spain", "is there parking", "towels")),
        ("1) Spain 2) is there parking 3) is wifi free", ("Spain", "is there parking", "is wifi free")),
        ("- Spain\n- towels", ("Spain", "towels")),
        *(
            (message, ())
            for message in ("1. Spain", "Hi\n1. Spain\n2. towels", "Spain\ntowels", "Is it 1) Spain 2) Portugal?", "")
        ),
    ],
)
def test_the_items_of_a_message_that_is_a_list_are_told(message: str, items: tuple[str, ...]) -> None:
    assert items_in(message) == items


@pytest.mark.parametrize(
    ("rest", "asked"),
    [
        ("Check out? and is there parking?", ("Check out?", "Is there parking?")),
        *(
            (rest, ())
            for rest in ("Is there parking?", "Is there parking? I have a car.", "Is there parking? Is it free?")
        ),
    ],
)
def test_what_is_asked_beside_a_reply_is_told_mark_by_mark(rest: str, asked: tuple[str, ...]) -> None:
    assert one_by_one(rest) == asked


@pytest.mark.parametrize(
    ("message", "before", "asked"),
    [
        ("no i meant check-out", "when is check in in spain?", "when is check-out in spain?"),
        ("sorry, I meant the towels", "How much is parking?", "How much are towels?"),
        ("I meant the backups", "where is my data stored?", "where are backups stored?"),
        ("sorry, I meant a day pass", "what's the price?", "what's the day pass?"),
        ("Nein, ich meinte den Personalausweis", "Was kostet ein Reisepass?", "Was kostet ein Personalausweis?"),
        ("no, I meant bikes", "do you have a pool?", "do you have bikes?"),
        # It asks, names nothing, or the question before asks of no thing by its name.
        *(
            (message, before, "")
            for message, before in (
                ("no i meant how much", "when is breakfast in spain?"),
                ("I meant it", "when is breakfast?"),
                ("I meant check-out, is it free?", "when is check-in?"),
                ("no i meant my account", "how do i freeze my card?"),
                ("check-out", "when is check-in?"),
                ("I meant check-out", ""),
                # It adds to the question, or says something else.
                ("No, I meant per year", "how much is Team?"),
                ("I meant for gift cards", "when is a refund paid?"),
                ("I mean exactly", "where is the parking?"),
                ("I meant 20 users", "how much is Team?"),
                ("I mean come on", "how much is parking?"),
                ("I meant not whitening but cleaning", "how much is whitening?"),
            )
        ),
    ],
)
def test_a_question_is_put_right_by_what_is_meant_instead(message: str, before: str, asked: str) -> None:
    assert put_right(message, before) == asked


@pytest.mark.parametrize(
    ("question", "points"),
    [
        *((one, True) for one in ("which one has it", "can I return one?", "the first one costs more", "new ones")),
        *((one, True) for one in ("do you have one in red", "another one, please", "one is broken")),
        *((one, False) for one in ("how much is the City One?", "how long is one day", "one of my colleagues")),
        *((one, False) for one in ("can one user have keys", "what is step one?", "one to two weeks")),
    ],
)
def test_one_is_a_word_for_a_thing_unless_it_counts_or_is_a_name(question: str, *, points: bool) -> None:
    assert points_back(question) is points
