"""Of a mail is searched what it asks, wherever that stands, with what it tells of the matter."""

import pytest

from bot.understanding.gist import LONG, Gist, gist

DRILL = "I bought a drill some weeks ago in your shop and my wife does not like the colour, so it was no good present."
MANY = " ".join(f"I have told my neighbour number {n} about it and he laughed." for n in range(6))
BLENDER = (
    "I placed an order for a blender in March. It worked for some weeks and we made soup with it nearly every day. "
    "Last week it began to leak at the bottom, and there is water on the table each time that we switch it on. "
    "I have kept the box and the receipt and can send photos if that helps."
)


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        (f"{MANY} How long may I return an item?", "How long may I return an item?"),
        (f"How long may I return an item? {MANY}", "How long may I return an item?"),
        (f"Hello! How are you? {MANY} Can I return it? Thanks, Bob", "Can I return it?"),
        (f"Hallo, wie geht es Ihnen? {MANY} Ich brauche mein Geld zurück.", "Ich brauche mein Geld zurück."),
        (
            f"{MANY} I need a refund for a parcel. What does that take?",
            "I need a refund for a parcel. What does that take?",
        ),
        (f"{MANY} Is it possible to exchange a drill? Who pays?", "Is it possible to exchange a drill? Who pays?"),
        (
            f"{MANY} Do you ship to Malta?\n\nOn Mon, 3 March 2026, Ann <ann@acme.example> wrote:\n> Can we help?",
            "Do you ship to Malta?",
        ),
        (f"> Did this answer help you?\n> Can we do more?\n{MANY} Do you ship to Malta?", "Do you ship to Malta?"),
        (
            f"{MANY} How can that be? It was new. I would be grateful for the opening hours of your shop in Leeds.",
            "I would be grateful for the opening hours of your shop in Leeds.",
        ),
        (f"{MANY} Is that too much to ask? Please tell us how we cancel.", "Please tell us how we cancel."),
        (
            f"{MANY} Please let me know the number I can call you on.\n\nKind regards,\nMeg Hill\nTel. 0113 555",
            "Please let me know the number I can call you on.",
        ),
        (f"{MANY} Please find the receipt attached. Can I return it?", "Can I return it?"),
        (f"{MANY} Can I return it? Please let me know. Please reply soon.", "Can I return it?"),
        (f"{MANY} The sign said please wait here. Can I return it?", "Can I return it?"),
        (f"{MANY} Bitte stornieren Sie meine Bestellung.", "Bitte stornieren Sie meine Bestellung."),
        (
            f"{MANY} I have forgotten my password. What should I do? Also, do you take PayPal?",
            "I have forgotten my password. What should I do? Also, do you take PayPal?",
        ),
        (f"{MANY} The label has not arrived. Is that normal?", "The label has not arrived. Is that normal?"),
        (f"{MANY} It smells. Is that right? Can I return it?", "Can I return it?"),
        (
            f"{MANY} Can I return it?\n\nIf you are not the intended recipient, please delete this email and notify "
            "the sender.",
            "Can I return it?",
        ),
        (
            f"{MANY} Can I return it?\nBest regards\nAnn\n\nPlease consider the environment before printing it.",
            "Can I return it?",
        ),
    ],
)
def test_a_long_message_asks_what_its_questions_and_wishes_say(message: str, asked: str) -> None:
    assert gist(message).asked == asked


def test_what_it_tells_goes_along_the_beginning_and_what_is_nearest_to_the_question() -> None:
    told = gist(f"Hello! {BLENDER} How long is the warranty? Kind regards").told
    assert told.startswith("I placed an order for a blender in March.")
    assert told.endswith("can send photos if that helps.")
    assert len(told.split()) <= LONG
    assert gist(f"{DRILL} {DRILL} {DRILL} Can I return it?").told == DRILL


def test_a_telephone_number_below_is_not_told() -> None:
    signed = "Mit freundlichen Grüßen\nKarl Müller\nHauptstraße 12\n10115 Berlin\nTelefon 030 123456"
    assert "030" not in gist(f"{MANY} Can I return it?\n\n{signed}").told


def test_of_a_short_message_what_it_answers_is_asked_only_where_it_leans_on_that() -> None:
    quoted = "\n\nOn Mon, 3 March 2025 at 10:02, Ann <ann@acme.example> wrote:\nWould you like to join our club?"
    assert gist(f"How long is the warranty?{quoted}") == Gist("How long is the warranty?", "")
    assert gist(f"How long is the warranty?{quoted} {MANY}") == Gist("How long is the warranty?", "")
    leaning = "> Returns are possible within 30 days.\nDoes this hold for the UK?"
    assert gist(leaning) == Gist(leaning, "")
    introduced = "On Mon, 3 March 2025 at 10:02, Ann <ann@acme.example> wrote:\n"
    for asked in ("And for the UK?", "Hours?", "Yes, the UK"):
        leaning = f"> Returns are possible within 30 days.\n\n{asked}"
        assert gist(f"{introduced}{leaning}") == Gist(leaning, "")
    assert gist(f"{introduced}> Anything else?\n\nYes, how long is it?").asked.startswith("> Anything else?")
    assert (
        gist(f"{introduced}> Anything else?\n\nYes, how long is the warranty?").asked
        == "Yes, how long is the warranty?"
    )


def test_a_note_about_printing_is_no_wish() -> None:
    note = "Please consider the environment before printing this email"
    mail = f"{MANY} I look forward to hearing how long the warranty is.\nBest regards\nAnn Hill\n{note}"
    assert "warranty" in gist(mail).asked


@pytest.mark.parametrize(
    "message",
    [
        f"{DRILL} Can I return it?",  # short
        MANY,  # asks nothing
        f"{MANY} Where is it? Who has it? When does it come? What does it cost?",
        "How do I do this? " * 30,
    ],
)
def test_other_messages_are_all_asked(message: str) -> None:
    assert gist(message) == Gist(message, "")
