"""What products, errors and forms are called by, in questions and in documents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.codes import (
    codes_asked,
    codes_asked_plainly,
    codes_covered,
    codes_in,
    codes_named,
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
        ("Errors E08–E10 and F1 to F3", {"e08", "e09", "e10", "f1", "f2", "f3"}),
        ("CM\u2011200, CM\u2010300, CM\u2212400 and the C\u00adM-50\u00ad0", {"cm200", "cm300", "cm400", "cm500"}),
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


def test_only_a_small_s_behind_a_code_tells_of_several() -> None:
    assert codes_asked("Which bag fits my TX-200s, TX-100S and tx 300s?", {"tx100", "tx200", "tx300"}) == {
        "tx100s",
        "tx200",
        "tx300",
    }
    assert codes_asked("Which bag fits TX-500s?", {"tx200"}) == {"tx500s"}


def test_zeros_before_a_number_tell_codes_apart_only_where_the_pages_have_both() -> None:
    assert codes_asked("What does E1 mean?", {"e01", "e02"}) == {"e01"}
    assert codes_asked("What does E01 mean?", {"e1", "e10"}) == {"e1"}
    assert codes_asked_plainly("What does E-1 mean?", {"e01", "e1"}) == {"e1"}
    assert codes_asked("What does E10 mean?", {"e1", "e01"}) == {"e10"}
    assert codes_asked("Do E1s happen?", {"e01"}) == {"e01"}
    assert codes_asked("What does v2.1 bring?", {"v2.01"}) == {"v2.1"}


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("CM-100, 150 and 200", {"cm100", "cm150", "cm200"}),
        ("Model CM 100 / 150 & 200 or 250", {"cm100", "cm150", "cm200", "cm250"}),
        ("E1–E3, 5, and 7", {"e1", "e2", "e3", "e5", "e7"}),
        ("AB-CD-10, 20", {"abcd10", "abcd20"}),
        ("CM-100, 12 pieces, from 2024", {"cm100"}),
        ("CM-100, 150 W", {"cm100"}),
        ("Size 38, 40 and 42", set()),
        ("B1, 2 beds", {"b1"}),
        ("CM-100, 200 pieces", {"cm100"}),
        ("CM-100, 150, 200 pieces", {"cm100", "cm150"}),
        ("Version V2 and 3 users", {"v2"}),
        ("CM-100, 150 (black)", {"cm100", "cm150"}),
        ("CM-100, 150 and KX-20", {"cm100", "cm150", "kx20"}),
        ("CM-100, 150 series", {"cm100", "cm150"}),
        ("CM-100, 150: black", {"cm100", "cm150"}),
        ("CM-100, 150-piece set", {"cm100"}),
    ],
)
def test_of_several_numbers_in_a_name_only_the_first_has_its_letters(name: str, codes: set[str]) -> None:
    assert codes_named(name) == codes


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("G8 and above", {"g8", "g9", "g12"}),
        ("Grade G8+", {"g8", "g9", "g12"}),
        ("G8 (and higher)", {"g8", "g9", "g12"}),
        ("from G8", {"g8", "g9", "g12"}),
        ("G8 upwards", {"g8", "g9", "g12"}),
        ("G08 staff and up", {"g8", "g9", "g12"}),
        ("G4 and below", {"g2"}),
        ("up to G4", {"g2"}),
        ("G3 or earlier", {"g2"}),
        ("from G5 to G9", set()),
        ("G5 up to G8", set()),
        ("G8", set()),
        ("H8 and above", set()),
        ("iOS16.4 or newer", {"ios17.2"}),
        ("CM-1xx / CM-3xx", {"cm150", "cm150b"}),
        ("CM-1XX", {"cm150", "cm150b"}),
        (r"CM-1\*\*", {"cm150", "cm150b"}),
        ("CM-15*, CM-20*", {"cm150", "cm150b"}),
        ("**CM-1** or *CM-15*", set()),
        ("CM-15X", set()),
        ("The CM-150 series", {"cm150b"}),
        ("F1–H2", {"g2", "g8", "g9", "g12"}),
        ("G9 to H2", {"g9", "g12"}),
        ("F1-G8", {"g2", "g8"}),
        ("H1–G20", set()),
        ("G9–CM-200", set()),
        ("A1–F2", set()),
    ],
)
def test_a_name_may_cover_codes_that_it_does_not_hold(text: str, covered: set[str]) -> None:
    asked = {"g2", "g8", "g9", "g12", "cm150", "cm150b", "ios16.2", "ios17.2"}
    assert codes_covered(text, asked) == covered


def test_a_sentence_tells_something_of_the_codes_that_it_begins_with() -> None:
    assert codes_told_of("The error code E15 means that the motor is hot.") == {"e15"}
    assert codes_told_of("KX-117: Name: Raven drill; Price: $169") == {"kx117"}
    assert codes_told_of("The CM-100, 150 and 200 weigh 12 kg.") == {"cm100", "cm150", "cm200"}
    assert codes_told_of("The CM-100 and 150 are black.") == {"cm100", "cm150"}
    assert codes_told_of("Room B1, 2 beds, costs €80.") == {"b1"}
    assert codes_told_of("The B1 costs €80. It leads to the B2, 3.") == {"b1", "b2"}
    assert codes_told_of("We accept MP3 and WAV.") == set()
    assert codes_told_of("Clean it with a cloth, then press the key F1.") == set()


def test_a_row_is_told_of_the_codes_in_its_columns_of_codes() -> None:
    assert codes_of_row("Raven: Code: KX-117; Price: $5") == {"kx117"}
    assert codes_of_row("Raven: Needs: KX-117, KX-118 and E2; Price: $5") == {"kx117", "kx118", "e2"}
    assert codes_of_row("Raven: Fits: CM-100, 150 and 200") == {"cm100", "cm150", "cm200"}
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
