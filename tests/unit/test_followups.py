"""What is searched with: what was said before, and of what happens to a thing what holds for all items."""

import pytest

from bot.followups import ANSWER_WORDS, in_general, query_for
from bot.messages import Turn
from bot.wording import answers

ASKED, TOLD = "Can I return a kettle?", "Yes, within 30 days."


def turns(*said: str) -> list[Turn]:
    return [Turn(("user", "assistant")[place % 2], text) for place, text in enumerate(said)]


def test_the_answer_before_is_searched_with_as_it_was_said_but_for_its_marks() -> None:
    asked = query_for("And who pays for it?", turns(ASKED, "Yes, within 30 days [1]. Keep the box [2]."))
    assert (asked.earlier, asked.told) == ((ASKED,), "Yes, within 30 days. Keep the box.")


def test_of_several_answers_the_last_is_searched_with_and_small_talk_is_none() -> None:
    said = turns("Do you ship to Spain?", "Yes, to all of the EU.", ASKED, TOLD, "thanks!", "You're welcome!")
    assert query_for("And who pays for it?", said).told == TOLD


@pytest.mark.parametrize("language", ["en", "de", "nl"])
def test_what_was_no_answer_is_not_searched_with(language: str) -> None:
    refused = f"{answers.REFUSAL.of(language)} {answers.NEAREST.of(language, topics='Shipping: Norway')}"
    empty = answers.NOTHING_TO_SEARCH.of(language, where=answers.IN_PLACES.of(language, places="Norway"))
    back = answers.WHICH["region"].of(language, choices="Norway or Sweden")
    for said in (refused, empty, back):
        assert query_for("And in general?", turns(ASKED, said)).told == ""


def test_of_a_long_answer_the_beginning_is_searched_with() -> None:
    long = " ".join(f"word{n}" for n in range(3 * ANSWER_WORDS))
    assert query_for("And then?", turns(ASKED, long)).told.split() == long.split()[:ANSWER_WORDS]


def test_nothing_was_told_before_the_first_question() -> None:
    assert query_for(ASKED, ()).told == ""


@pytest.mark.parametrize(
    ("question", "general"),
    [
        ("How long do I have to return a kettle?", "How long do I have to return an item?"),
        ("can I return my stand mixer if I don't like it?", "can I return an item if I don't like it?"),
        ("Who pays for returning a coffee machine?", "Who pays for returning an item?"),
        ("Can a business send back the kettles it bought?", "Can a business send back an item it bought?"),
        ("Don't I have to exchange one of these toasters first?", "Don't I have to exchange an item first?"),
        ("How do I return the recalled toaster?", "How do I return a recalled item?"),
        ("May I return an opened water filter?", "May I return an opened item?"),
        ("How long do I have to return something?", "How long do I have to return an item?"),
        ("Do you ship kettles to Spain?", "Do you ship to Spain?"),
        ("can you deliver a stand mixer within two days?", "can you deliver within two days?"),
        ("Can I pay for a kettle in instalments?", "Can I pay in instalments?"),
        ("My kettle arrived broken", "an item arrived broken"),
        ("Hi, the stand mixer just came with a cracked jug", "Hi, an item just came with a cracked jug"),
        ("what if my toasters were delivered damaged?", "what if an item were delivered damaged?"),
        ("I want to swap my kettle for a bigger one", "I want to swap an item for a bigger one"),
    ],
)
def test_a_thing_that_is_given_back_or_came_damaged_is_an_item(question: str, general: str) -> None:
    assert in_general(question) == general


@pytest.mark.parametrize(
    ("question", "general"),
    [
        ("What is your phone number?", "What is the telephone number?"),
        ("can i ring you please", "What is the telephone number?"),
        ("customer service number", "What is the telephone number?"),
        ("Hi, which number can I call?", "What is the telephone number?"),
        ("What's your email?", "Write to us"),
        ("How do I reach customer support?", "Write to us"),
        ("how can I contact you??", "Write to us"),
        ("How can I pay for my order?", "Which payment methods do you accept?"),
    ],
)
def test_what_every_company_is_asked_is_searched_as_its_pages_say_it(question: str, general: str) -> None:
    assert in_general(question) == general


@pytest.mark.parametrize(
    ("question", "general"),
    [
        ("My name is Georgia, what now?", "what now?"),
        ("Hi, my name's Chad Smith. What now?", "Hi, What now?"),
        ("My name is Jo and my kettle came broken", "an item came broken"),
        ("Ich heiße Paula Özdemir, was nun?", "was nun?"),
        ("je m'appelle Zoé et que faire ?", "que faire ?"),
    ],
)
def test_who_asks_is_not_searched_for(question: str, general: str) -> None:
    assert in_general(question) == general


@pytest.mark.parametrize(
    "question",
    [
        "My name is misspelled, how do I change it?",
        "My name is on the order twice, why?",
        "Is my name Georgia in your files?",
        "How can I contact you about a recall?",
        "Someone stole your phone",
        "Did I lose your phone?",
        "I hate contact support",
        "Who changed my phone number?",
        "How can I pay in instalments?",
        "Will you call you customers back?",
        "What happens to your email address list?",
        "Can I return a gift card?",
        "How do I return my order?",
        "What does the return label cost me?",
        "what does the mail-in return label cost?",
        "How do I return to the previous page?",
        "Do I get my money back?",
        "What is the exchange rate of the dollar?",
        "Do you exchange currency?",
        "In return for the old kettle, what do I get?",
        "Will you return my call?",
        "May I return an opened bag of beans?",
        "My order arrived damaged",
        "The winter offer came late, is it over?",
        "My kettle is broken",
        "Do you ship to Spain?",
        "Do you ship orders to Spain?",
        "Who has to pay for the return?",
        "When do you deliver my order to the store?",
        "How do I get back a deleted account?",
        "",
    ],
)
def test_what_is_no_article_or_only_named_stays_as_it_is(question: str) -> None:
    assert in_general(question) == ""


LONG = "I bought a drill some weeks ago in your shop and my wife does not like the colour, so it was no good present. "


def test_of_a_long_message_what_it_asks_is_the_question_and_what_it_tells_was_said_before() -> None:
    asked = query_for(f"{LONG * 4}Can I return it? Thanks, Bob", ())
    assert (asked.text, asked.earlier) == ("Can I return it?", (LONG.strip(),))
    later = query_for("And then?", (Turn("user", f"{LONG * 4}Can I return it?"),))
    assert later.earlier == ("Can I return it?",)
