"""Whatever a model says, nothing goes out with a number, date, weekday or address that its source does not hold."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.grounding import Grounding
from bot.quoting.evidence import evidence_in, leans, stuck
from knowledge import sample
from knowledge.documents import Passage
from tests.bench.grounding import unsupported

TEXTS = (
    "You can return any unused item within 30 days of delivery. Refunds take five working days. "
    "Write to help@acme.example or see https://acme.example/returns before March 5, 2025.",
    "Standard shipping costs €4.90 and takes three to five days. Express shipping costs $14 and takes one day. "
    "Orders over $1,000 are shipped free of charge, and members get 20% off.",
    "Parcels are collected Monday to Friday. The fee is charged monthly, and the report is sent every Tuesday.",
)
PASSAGES = [Passage(f"d{n}#0", f"d{n}", "s", "Help", "", "Rules", text, 0) for n, text in enumerate(TEXTS)]
WORDS = sorted({word for text in TEXTS for word in text.rstrip(".").split()})
FIGURES = st.one_of(
    st.integers(0, 2030).map(str),
    st.sampled_from("two three five fourteen thirty hundred twenty-one".split()),
    st.integers(0, 2000).map("${:,}".format),
    st.integers(0, 100).map("{}%".format),
    st.sampled_from(["April 5, 2025", "5 March 2025", "2025-03-05", "March 6", "€4.90", "€4,90", "3-5", "3–5"]),
    st.sampled_from([*"Monday Tuesdays weekends monthly yearly daily".split(), "every week", "Monday to Saturday"]),
    st.sampled_from(["https://acme.example/returns", "https://acme.example", "help@acme.example", "evil.example/x"]),
)
UNITS = st.sampled_from("days weeks working-days euros dollars items hours % months".split())


@st.composite
def claims(draw: st.DrawFn) -> str:
    """Make a sentence of the passages' words with some of its words exchanged."""
    words = draw(st.sampled_from([sentence for text in TEXTS for sentence in text.split(". ")])).split()
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(words)))
        new = draw(st.one_of(FIGURES, UNITS, st.sampled_from(WORDS)))
        words[place : place + draw(st.integers(0, 1))] = [new]
    return " ".join(words) + "."


# The same sentences in every run; without this others are looked for, and those found become examples.
@settings(derandomize=True)
@given(st.lists(claims(), min_size=1, max_size=4))
@example(["March Standard shipping costs €4.90 and takes three to five days."])
@example(["Every week the report is sent."])
@example(["Standard shipping costs €4.90 weekends and takes three to five days."])
@example(["Orders over $1,000 are shipped free of monthly charge, and members get 20% off."])
def test_no_answer_holds_a_figure_that_its_source_does_not(said: list[str]) -> None:
    grounding = Grounding(PASSAGES, "What are the rules of returns and shipping?", least_aligned=0.5)
    for sentence in said:
        checked = grounding.check(sentence)
        if checked is not None:
            bare, _, number = checked.removesuffix("]").rpartition(" [")
            source = next(one for one in grounding.citations if one.n == int(number))
            text = next(one.text for one in PASSAGES if one.document_id == source.document_id)
            assert unsupported(bare, text) == []


NUMBERS = st.sampled_from("two three five ten fourteen 6 12 30 60 90".split())
UNITS_OF_TIME = st.sampled_from(["minutes", "hours", "days", "working days", "weeks", "months", "years"])
SUBJECTS = st.sampled_from(["Books", "Audiobooks", "Backups", "Passes", "Your deposit", "The room", "Members"])
DEEDS = st.sampled_from(
    ["are lent", "is held", "are kept", "can be booked", "must not be used", "may stay", "last", "is reserved", "pay"]
)
LEADS = st.sampled_from(["for", "after", "within", "up to", "at least", "until"])
REST = st.sampled_from(
    ["", " on the Pro plan", " for members", " if you ask", " before the visit", " free of charge", ", at most £5"]
)


@st.composite
def told_clauses(draw: st.DrawFn) -> str:
    """Make a clause with a number, of which any part may be left out, the unit too."""
    subject = draw(st.one_of(SUBJECTS, st.sampled_from(["", "for children", "on the Pro plan", "in summer"])))
    deed = draw(st.one_of(DEEDS, st.just("")))
    unit = draw(st.one_of(UNITS_OF_TIME, st.just("")))
    words = (subject, deed, draw(LEADS), draw(NUMBERS), unit)
    return " ".join(word for word in words if word) + draw(REST)


@st.composite
def pages(draw: st.DrawFn) -> list[str]:
    """Make the sentences of a page, each of one to three clauses of which all but the first may be cut short."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        first = f"{draw(SUBJECTS)} {draw(DEEDS)} {draw(LEADS)} {draw(NUMBERS)} {draw(UNITS_OF_TIME)}{draw(REST)}"
        joint = st.sampled_from([" and ", ", ", "; ", ", but ", ", and ", " while "])
        more = (draw(joint) + draw(told_clauses()).strip() for _ in range(draw(st.integers(0, 2))))
        found.append(f"{first}{''.join(more)}.")
    return [one for one in dict.fromkeys(found) if not stuck(one)]


@settings(derandomize=True)
@given(pages())
@example(["Books are lent for four weeks and audiobooks for two."])
@example(["Backups are made daily and kept for 14 days, on the Pro plan for 60."])
@example(["If a payment fails, we send a reminder after two days and suspend the site after fourteen."])
@example(["Your pet must not eat for 12 hours before surgery and must not drink for two."])
@example(["Passes are valid for three days, and for children for five."])
@example(["Cover starts after 30 days, for dental treatment after 90."])
@example(["Dinner is served for two hours, and tables are set for two, four or eight."])
@example(["The room can be booked for two hours, for groups for four, and is suitable for ten."])
@example(["Free entry until two hours before closing, or until 4."])
@example(["Rooms are cleaned daily, towels are changed on request, and bed linen is changed every three days."])
@example(["Write to help@acme.example.", "We answer within two days."])
def test_a_sentence_of_the_page_goes_out_as_it_stands(told: list[str]) -> None:
    passage = Passage("d#0", "d", "s", "Help", "", "Rules", " ".join(told), 0)
    for sentence in told:
        grounding = Grounding([passage], "What does the page say?")
        assert grounding.check(sentence), grounding.removed


@pytest.mark.parametrize("page", sorted(sample.HANDBOOK.glob("*.md")), ids=lambda page: page.stem)
def test_a_sentence_of_the_handbook_goes_out_as_it_stands(page: Path) -> None:
    text = page.read_text(encoding="utf-8").partition("\n---\n")[2]
    for part in re.split(r"^#.*$", text, flags=re.MULTILINE):
        passage = Passage("d#0", "d", "s", "Help", "", "Rules", part, 0)
        for one in evidence_in(passage):
            if (
                one.row_of is None
                and one.quotable
                and one.words
                and not (leans(one.text) or one.leads or stuck(one.text))
            ):
                grounding = Grounding([passage], "What does the page say?")
                assert grounding.check(one.text), grounding.removed


@given(st.text(max_size=200))
def test_any_sentence_can_be_held_against_any_passage(text: str) -> None:
    passages = [*PASSAGES, Passage("d#0", "d", "s", text[:20], "", "", text, 0)]
    grounding = Grounding(passages, text)
    grounding.check(text)
    grounding.check("Refunds take five working days.")
    assert len(grounding.removed) + len(grounding.supports) == 2


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "a",
        "a.",
        "a-",
        "a@",
        "[a](b",
        "not ",
        "1,",
        "www.",
        "1-1",
        "20 to ",
        "x; ",
        "refund ",
        "<a",
        ".",
        "<x>",
        "Monday ",
        "Monday, ",
        "end of every ",
        "twice a third ",
        "Form A, ",
        "ab+",
    ],
)
def test_a_page_of_one_piece_repeated_is_worked_on_piece_by_piece(piece: str) -> None:
    text = piece * (40_000 // len(piece))
    grounding = Grounding([Passage("d#0", "d", "s", "", "", "", text, 0)], text)
    assert grounding.check(text[:2_000]) is None


CLAUSES = "; ".join(f"the price of box {n} is paid by the shop" for n in range(400))


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("We refund orders.", f"We refund{' ' * 40_000}your orders."),
        ("We refund orders.", "We refund\n" + "\n" * 40_000 + "your orders."),
        (f"We refund{' ' * 40_000}orders. They are free.", "We refund your orders."),
        ("(" * 40_000 + "if you pay we refund orders.", "We refund your orders."),
        (f"We refund orders; {CLAUSES}.", "We refund your orders."),
    ],
    ids=["blanks told", "lines told", "blanks of a page", "brackets", "clauses"],
)
def test_blanks_brackets_and_clauses_take_no_longer_the_more_there_are(text: str, claim: str) -> None:
    Grounding([Passage("d#0", "d", "s", "", "", "", text, 0)], "What do clients and tenants get?").check(claim)
