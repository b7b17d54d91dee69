"""What is typed in a chat is read in full, and emoji by their names as signs."""

import time

import pytest

from bot.messages import Turn
from bot.understanding.intents import Intent, read
from bot.understanding.spelling import as_read


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("thanks :pray:", "thanks 🙏"),
        ("hi :wave::skin-tone-3:", "hi 👋"),
        ("ok :ok_hand: :+1:", "ok 👌 👍"),
        ("thanks :heart2:", "thanks"),
        (":parcel: where is it?", "where is it?"),
        ("I'm in :flag-de: or :us:", "I'm in 🇩🇪 or 🇺🇸"),
        (":flag-gb:", "🇬🇧"),
        (":woman-shrugging::skin-tone-2:", "🤷"),
        (":shrug:", "🤷"),
        ("it shows :E17: at 9:30:15", "it shows :E17: at 9:30:15"),
        ("std::string::npos and `a :pray: b`", "std::string::npos and `a :pray: b`"),
        ("do u ship to norway n how can i pay", "do you ship to norway and how can i pay"),
        ("r u open, y is ur shop shut", "are you open, why is your shop shut"),
        ("Whats the warranty, it dont work", "What's the warranty, it don't work"),
        ("question abt ur shop w/o login, does any1 know", "question about your shop without login, does anyone know"),
        ("where r u n can u help", "where are you and can you help"),
        ("Can U help, how r u", "Can you help, how are you"),
        ("gibts ne Garantie", "gibt es eine Garantie"),
        ("vcs entregam em Portugal", "vocês entregam em Portugal"),
    ],
)
def test_a_message_is_read_as_it_is_meant(typed: str, meant: str) -> None:
    assert as_read(typed) == meant
    assert as_read(meant) == meant


@pytest.mark.parametrize(
    "text",
    [
        "Kunt u mij bellen?",
        "Hebt u dit ook in het blauw?",
        "le produit dont je parle",
        "y tengo que pagar",
        "Do you ship within the U.S. and the U.K.?",
        "How do I open https://shop.example/u/r?",
        "Is model n the one to get, or model r the one?",
        "Does the U-bolt fit?",
        "What is the U for, and how do I get a u shape?",
        "i n s t r u c t i o n s for this, please",
        "Questions: how long is it?",
    ],
)
def test_a_letter_that_is_no_word_written_short_stays(text: str) -> None:
    assert as_read(text) == text


ANSWERED = (Turn("user", "How long is the warranty?"), Turn("assistant", "Two years. [1]"))


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("thanks :pray:", Intent.THANKS),
        ("thx :pray:", Intent.THANKS),
        ("thanks :heart2:", Intent.THANKS),
        ("hi :wave:", Intent.GREETING),
        ("hi :pepehi:", Intent.GREETING),
        (":+1:", Intent.ACKNOWLEDGEMENT),
        ("ok :ok_hand:", Intent.ACKNOWLEDGEMENT),
        ("Danke! :blush:", Intent.THANKS),
        ("human :rage:", Intent.PERSON),
        ("is it heavy :thinking_face:", Intent.QUESTION),
    ],
)
def test_emoji_by_their_names_change_no_courtesy(said: str, intent: Intent) -> None:
    assert read(said, ANSWERED).intent is intent


@pytest.mark.parametrize("text", [":a" * 20_000, "u " * 20_000, ":aa:" * 10_000, "r n y " * 5_000])
def test_a_long_message_is_read_at_once(text: str) -> None:
    begun = time.perf_counter()
    as_read(text)
    assert time.perf_counter() - begun < 1
