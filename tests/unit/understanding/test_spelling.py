"""What is typed in a chat is read in full where it is written short, and emoji by their names as signs."""

import pytest

from bot.messages import Turn
from bot.understanding.intents import Intent, read
from bot.understanding.spelling import as_read, with_signs
from tests.at_once import AT_ONCE_S, timed


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
        (":flag-england:", "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"),
        (
            "do you ship to :flag-scotland:?",
            "do you ship to \U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f?",
        ),
        ("thanks <:heart2:123456>", "thanks"),
        ("it shows :E17: at 9:30:15", "it shows :E17: at 9:30:15"),
        ("std::string::npos and `a :pray: b`", "std::string::npos and `a :pray: b`"),
        ("do u ship to norway n how can i pay", "do you ship to norway and how can i pay"),
        ("r u open, y is ur shop shut", "are you open, why is your shop shut"),
        ("Whats the warranty, it dont work", "What's the warranty, it don't work"),
        ("question abt ur shop w/o login, does any1 know", "question about your shop without login, does anyone know"),
        ("where r u n can u help", "where are you and can you help"),
        ("Can U help, how r u", "Can you help, how are you"),
        ("how long r they kept, when r my parcels due", "how long are they kept, when are my parcels due"),
        ("can i log in if u close, u sell lids?", "can i log in if you close, you sell lids?"),
        ("what can u do, thank u so much", "what can you do, thank you so much"),
        ("y dont u ship, and y is it late", "why don't you ship, and why is it late"),
        ("my order is late n how do i cancel", "my order is late and how do i cancel"),
        ("are they open, n how do i pay? n can i cancel", "are they open, and how do i pay? and can i cancel"),
        ("do you have lids, n is parking free", "do you have lids, and is parking free"),
        ("n how much is it", "and how much is it"),
        ("whats the fee for gold n can i cancel", "what's the fee for gold and can i cancel"),
        ("i need 2 speak w an agent abt ur fees", "i need to speak with an agent about your fees"),
        ("gimme 2 lids, i want 2 kettles", "give me 2 lids, i want 2 kettles"),
        ("gibts ne Garantie", "gibt es eine Garantie"),
        ("jpeux parler à qqn au tel", "je peux parler à quelqu'un au téléphone"),
        ("kiero hablar xfa", "quiero hablar por favor"),
        ("im in the uk, ive a question", "I'm in the uk, I've a question"),
        ("sorry, ill call you, im gonna wait", "sorry, I'll call you, I'm going to wait"),
        ("pls tell me, plz", "please tell me, please"),
        ("passa pro financeiro, me liga pra falar", "passa para o financeiro, me liga para falar"),
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
        "UR-200 model in stock?",
        "Is the UR 5 in stock, and is the UR here?",
        "is the ur rental still there",
        "what r version do you support",
        "why r script fails when I use it",
        "where r packages are stored",
        "how r handles na values",
        "when r studio crashes, what do i do",
        "what is the r value of the mat?",
        "press r the machine resets",
        "do U bolts fit my kettle",
        "do u bolts fit my kettle",
        "are U bolts in stock",
        "will U pipes fit the sink",
        "if U values matter for this",
        "what u value do the windows have",
        "zone u how do i pay there",
        "zone u can i park there",
        "permit u who needs it",
        "bus line u where does it stop",
        "press u to undo that",
        "platform n does it have a lift",
        "ward n where is it",
        "corner n does it have a lift",
        "I am in ward n where is it",
        "form n who signs it",
        "press n how do I continue",
        "grade n is it required",
        "why does it stop when I press n how do I continue",
        "x and y are wrong on my map",
        "Which of the letters m, n can be used?",
        "The forms are a, b, n is the last of them",
        "x and y are the axes on my map",
        "Does the Pro plan have it, and a pro account?",
        "Im Shop kaufen",
        "Ist das im shop order möglich?",
        "My dog is ill, can I return it if ill?",
        "Does the PLS 200 model ship?",
        "IM me when you can ship it",
        "can you im me when it is there",
        "im me when you ship",
        "What do I do with the pls file?",
        "What is the IVE for, and the ID like that?",
    ],
)
def test_a_letter_that_is_no_word_written_short_stays(text: str) -> None:
    assert as_read(text) == text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("do u ship :flag-de: n y not :pray:", "do u ship 🇩🇪 n y not 🙏"),
        ("the display shows :err: what does it mean", "the display shows :err: what does it mean"),
        ("Ruby symbol :name: fails in your api", "Ruby symbol :name: fails in your api"),
        ("hi :wave::skin-tone-3: :parcel:", "hi 👋 :parcel:"),
        ("hi <a:wave2:123456> `<:a_b:1>`", "hi  `<:a_b:1>`"),
    ],
)
def test_a_message_is_searched_for_as_it_was_typed_with_its_emoji_as_signs(typed: str, shown: str) -> None:
    assert with_signs(typed) == shown


ANSWERED = (Turn("user", "How long is the warranty?"), Turn("assistant", "Two years. [1]"))


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("thanks :pray:", Intent.THANKS),
        ("thx :pray:", Intent.THANKS),
        ("thanks :heart2:", Intent.THANKS),
        ("thanks <:heart2:123456>", Intent.THANKS),
        ("the display shows :err: what does it mean", Intent.QUESTION),
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


@pytest.mark.parametrize(
    "text", [":a" * 20_000, "u " * 20_000, ":aa:" * 10_000, "r n y " * 5_000, "u r n is " * 4_000, "<a:" * 9_000]
)
def test_a_long_message_is_read_at_once(text: str) -> None:
    with timed() as took:
        as_read(text)
    assert took.seconds < AT_ONCE_S
