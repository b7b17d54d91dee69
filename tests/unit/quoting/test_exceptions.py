"""Who asks for the rule of one thing is told what the documents say of just that thing, too."""

import pytest

from bot.followups import in_general
from bot.quoting.evidence import evidence_in
from bot.quoting.exceptions import exceptions, untold, with_exceptions
from knowledge.documents import Passage, ScoredPassage
from knowledge.retrieval import Retrieval


def found(*pages: tuple[str, str]) -> tuple[ScoredPassage, ...]:
    return tuple(
        ScoredPassage(Passage(f"{title}#0", title, "s", title, "", title, text, 0), 1.0, 0.8) for title, text in pages
    )


RULES = found(
    ("Returns", "You can return an item within 30 days. Engraved kettles are not returned."),
    ("Shipping", "We deliver to Norway."),
)
OTHERS = found(
    (
        "Hygiene",
        "Underwear and swimwear are excluded from the right of withdrawal. Mattresses are taken back for a year.",
    ),
    ("Goods", "Wine leaves our warehouse for domestic addresses only. Batteries never go abroad. Wine is stored cold."),
    ("Kettles", "The kettle has 800 W. Do not put the kettle in water. Which kettle can be returned?"),
    ("Damage", "Glass jugs broken in transit are replaced at once."),
)


LISTS = found(
    (
        "What cannot be returned",
        "- Perfume\n- Underwear\n\nThe following are excluded from returns:\n\n- Earrings\n- Razors\n\nWrite to us.",
    ),
    ("What we ship", "- Perfume\n- Razors"),
)
BESIDE = found(
    (
        "Returns",
        "Our shoes are not tested on animals. A phone case that was not decided is closed. We do not wash a hat.",
    ),
    (
        "Returned goods",
        "Do not leave returned parcels on the table. Books only come back from the binder on Mondays. "
        "Do not wrap a lamp in newspaper when you return it. Do not return a vase.",
    ),
    ("Consent", "Business customers cannot return chairs without our consent."),
    ("Damaged kettles", "Do not use a damaged kettle. Never put the kettle in water."),
)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Can I return my underwear?", ["Underwear and swimwear are excluded from the right of withdrawal."]),
        ("can I return a mattress?", ["Mattresses are taken back for a year."]),
        ("do you deliver wine to Norway?", ["Wine leaves our warehouse for domestic addresses only."]),
        ("Do you ship batteries to Norway?", ["Batteries never go abroad."]),
        ("Can I return my engraved kettle?", ["Engraved kettles are not returned."]),
        ("My glass jug arrived broken", ["Glass jugs broken in transit are replaced at once."]),
        ("Can I return something?", []),
        ("Can I return my order?", []),
        ("How is wine stored?", []),
        ("Do you ship kettles to Norway?", []),
    ],
)
def test_what_is_told_of_the_thing_and_of_what_is_asked_is_an_exception(question: str, told: list[str]) -> None:
    sentences = [one for each in (*RULES, *OTHERS) for one in evidence_in(each.passage)]
    assert [one.text for (one,) in exceptions(question, sentences)] == told


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Can I return perfume?", [["Perfume"]]),
        ("Can I return my perfume?", [["Perfume"]]),
        ("Can I return my razor?", [["The following are excluded from returns:", "Razors"]]),
        ("Can I return my vase?", []),
    ],
)
def test_an_item_of_a_list_of_exceptions_is_one_behind_what_leads_to_it(question: str, told: list[list[str]]) -> None:
    sentences = [one for each in LISTS for one in evidence_in(each.passage)]
    assert [[one.text for one in each] for each in exceptions(question, sentences)] == told


@pytest.mark.parametrize(
    ("thing", "told"),
    [
        ("shoes", []),
        ("phone case", []),
        ("wool hat", []),
        ("table", []),
        ("book", []),
        ("lamp", []),
        ("vase", ["Do not return a vase."]),
        ("office chair", []),
        ("office chair as a business", ["Business customers cannot return chairs without our consent."]),
    ],
)
def test_what_is_told_of_a_thing_besides_what_is_asked_is_none(thing: str, told: list[str]) -> None:
    sentences = [one for each in BESIDE for one in evidence_in(each.passage)]
    assert [one.text for (one,) in exceptions(f"Can I return my {thing}?", sentences)] == told
    assert exceptions("My kettle arrived damaged", sentences) == []


def test_what_holds_an_exception_stands_behind_the_best_of_what_was_found_in_general() -> None:
    general = Retrieval(RULES, 1, 0.9, 0.0)
    more = with_exceptions(general, Retrieval((*OTHERS, *RULES), 1, 0.3, 0.0), "do you deliver wine to Norway?")
    assert [one.passage.title for one in more.passages] == ["Returns", "Goods", "Shipping"]
    assert more.confidence == 0.9
    assert with_exceptions(general, Retrieval(OTHERS, 1, 0.3, 0.0), "Do you deliver to Norway?") == general


FAR = (
    "was pressed before the first frost by hands that had done nothing else since they were young, on a hill where the "
    "road ends and the carts have to wait for the ferry, which goes once a month while the water is low enough,"
)


def told_beside(
    told: str, pages: tuple[ScoredPassage, ...], question: str = "do you deliver wine to Norway?"
) -> list[str]:
    return [one.text for (one,) in untold(question, in_general(question), told, pages)]


def test_an_exception_is_told_once_and_only_a_few_short_ones() -> None:
    wine = "Wine leaves our warehouse for domestic addresses only."
    assert told_beside("We deliver to Norway. [1]", OTHERS) == [wine]
    assert told_beside(f"We deliver to Norway. [1] {wine} [2]", OTHERS) == []
    few = found(*((f"Page {n}", f"Wine from {where} is not shipped.") for n, where in enumerate(("Ulm", "Rom", "Ys"))))
    assert len(told_beside("", few)) == 2
    tale = "grown on the slopes that look down on the old harbour and the rivers which feed it all the year round"
    far = found(
        ("Long", f"Wine that is {tale}, however little of it there may be in the bottle, is not shipped."),
        ("Longer", f"Wine that was {tale}, whoever bottled it and wherever it was kept, is not shipped."),
    )
    assert len(told_beside("", far)) == 1
    (long,) = found(("Longest", f"Wine that is {tale}, be it red or white, and that {FAR} is not shipped."))
    assert len(told_beside("", (long,))) == 1


def test_of_things_without_an_article_they_are_told_though_the_question_is_searched_for_as_it_is() -> None:
    question = "Can I return perfume?"
    assert [[one.text for one in each] for each in untold(question, question, "Yes. [1]", LISTS)] == [["Perfume"]]


def test_none_is_told_where_the_question_was_not_searched_for_in_general() -> None:
    question = "do you deliver wine to Norway?"
    assert untold(question, question, "We deliver to Norway. [1]", OTHERS) == []
    assert untold("I may return my wine. Where are you?", "Where are you?", "In Ulm. [1]", OTHERS) == []
