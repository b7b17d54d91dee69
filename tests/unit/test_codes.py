"""What products, errors and forms are called by, in questions and in documents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.codes import (
    codes_asked,
    codes_asked_plainly,
    codes_in,
    codes_of_row,
    codes_told_of,
    others_than,
    speaks_of_more,
)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("What does the KX-117 cost?", {"kx117"}),
        ("kx-117's price, and that of kx117b", {"kx117", "kx117b"}),
        ("Does error E15 (or E2) mean something?", {"e15", "e2"}),
        ("A KX 117 is no KX-117B", {"kx117", "kx117b"}),
        ("The KX-200/300 and E1/E2 fit AB/123", {"kx200", "kx300", "e1", "e2", "ab123"}),
        ("Errors E1 to E3 and F7–9", {"e1", "e2", "e3", "f7", "f8", "f9"}),
        ("Write v2.1 on Form 1099-MISC, W-2 and BL-10 A", {"v2.1", "1099misc", "w2", "bl10"}),
        ("a 30-day trial on the 2nd floor, 10-12kg, 24h, 10am, $5k, 50 m2, 3-Day, 2x, 800 W", set()),
        ("CA$5 on May 5 at https://x1.example/a2 or a1@x.example", set()),
        ("kx 117 of 40 or 3 kg in 2026", set()),
        ("SW1A 1AA, ls1 6er, K1A 0B1 or 1012 AB", set()),
        ("The KX 1500 is no E15 2nd, an M4 5mm nor an E16 8GB", {"kx1500", "e15", "m4", "e16"}),
        ("17h30, 8u15, 24x7, 1080p, 9-to-5, 2-in-1, 1-on-1, 3D, 2FA, 7zip, 8a, 10K, 230v, B2B, B2C", set()),
    ],
)
def test_codes_are_words_of_letters_and_digits_that_count_nothing(text: str, codes: set[str]) -> None:
    assert codes_in(text) == codes


def test_a_code_with_a_blank_is_asked_for_where_the_pages_have_one_like_it() -> None:
    known = {"kx117", "e15"}
    assert codes_asked("what does the kx 117 cost", known) == {"kx117"}
    assert codes_asked("and the kx 500", known) == {"kx500"}
    assert codes_asked("error 15 in room 117 with a 15", known) == set()
    assert codes_asked("Are KX-117s guaranteed?", known) == {"kx117"}
    assert codes_asked("Is the KX-117S guaranteed?", {"kx117", "kx117s"}) == {"kx117s"}


def test_a_sentence_tells_something_of_the_codes_that_it_begins_with() -> None:
    assert codes_told_of("The error code E15 means that the motor is hot.") == {"e15"}
    assert codes_told_of("KX-117: Name: Raven drill; Price: $169") == {"kx117"}
    assert codes_told_of("We accept MP3 and WAV.") == set()
    assert codes_told_of("Clean it with a cloth, then press the key F1.") == set()


def test_a_row_is_told_of_the_codes_in_its_columns_of_codes() -> None:
    assert codes_of_row("Raven: Code: KX-117; Price: $5") == {"kx117"}
    assert codes_of_row("Raven: Needs: KX-117, KX-118 and E2; Price: $5") == {"kx117", "kx118", "e2"}
    assert codes_of_row("Raven: Remarks: as good as the KX-117; Part: the KX-9") == {"kx9"}


def test_another_code_is_one_with_the_same_letters_before_its_digits() -> None:
    assert others_than({"kx116"}, {"kx117"}) and others_than({"kx200b"}, {"kx200"}) and others_than({"e2"}, {"e15"})
    assert not others_than({"kx116", "kx117"}, {"kx117"}) and not others_than({"w4"}, {"l2"})
    assert not others_than({"bx116"}, {"kx117"}) and not others_than({"1099k"}, {"1040x"})
    assert not others_than({"e15"}, {"kx117"}) and not others_than(set(), {"kx117"}) and not others_than({"e1"}, set())


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("What does the KX-117 cost?", {"kx117"}),
        ("I have the KX-117. What does the KX-500 cost?", {"kx500"}),
        ("My KX-117 is broken. What does it cost?", {"kx117"}),
        ("kx 500 price", {"kx500"}),
        ("My KX-117 is broken. Where are you?", set()),
        ("Where is order KX-118?", set()),
        ("Is my tracking number KX-118 right?", set()),
        ("Can I work with a KX-1 visa?", set()),
        ("My order KX-500 shows KX-117, what is it?", {"kx117"}),
    ],
)
def test_a_code_is_asked_for_plainly_in_the_clause_that_asks(question: str, codes: set[str]) -> None:
    assert codes_asked_plainly(question, {"kx117"}) == codes


@pytest.mark.parametrize(
    "text",
    [
        "iOS16 or newer",
        "level P6 and above",
        "GS-11 employees and up",
        "Order numbers such as KW-20441",
        "the KX-200 series",
        "MP3 and WAV files are accepted",
        "PS4+",
        "at least version V2",
    ],
)
def test_a_series_a_limit_or_what_is_accepted_is_more_than_the_codes_named(text: str) -> None:
    assert speaks_of_more(text)
    assert not speaks_of_more("The K200 holds at least 2 litres or more, like all that are from Oslo")


@given(st.text(alphabet="aZ19 -–/.,$€§to\n"))
def test_whatever_is_written_its_codes_have_a_letter_and_a_digit(text: str) -> None:
    for code in codes_in(text) | codes_told_of(text) | codes_asked(text, {"a1"}):
        assert any(map(str.isdigit, code)) and any(map(str.isalpha, code))
