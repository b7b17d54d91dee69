"""What products, errors and forms are called by, in questions and in documents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.codes import codes_asked, codes_in, codes_told_of, others_than


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


def test_another_code_is_one_of_the_same_form() -> None:
    assert others_than({"kx116"}, {"kx117"}) and others_than({"kx200b"}, {"kx200"}) and others_than({"e2"}, {"e15"})
    assert others_than({"bx116"}, {"kx117"})
    assert not others_than({"kx116", "kx117"}, {"kx117"})
    assert not others_than({"e15"}, {"kx117"}) and not others_than(set(), {"kx117"}) and not others_than({"e1"}, set())


@given(st.text(alphabet="aZ19 -–/.,$€§to\n"))
def test_whatever_is_written_its_codes_have_a_letter_and_a_digit(text: str) -> None:
    for code in codes_in(text) | codes_told_of(text) | codes_asked(text, {"a1"}):
        assert any(map(str.isdigit, code)) and any(map(str.isalpha, code))
