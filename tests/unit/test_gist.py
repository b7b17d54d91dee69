"""Of a mail is searched what it asks, wherever that stands, with what it tells of the matter."""

import pytest

from bot.gist import LONG, Gist, gist

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
