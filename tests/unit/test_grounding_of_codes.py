"""What documents say of one product, error or form does not go out of another."""

import pytest

from bot.grounding import Grounding
from knowledge.documents import Passage

TOOLS = (
    "| Code | Name | Power | Price |\n|---|---|---|---|\n| KX-116 | Quartz drill | 620 W | $162.00 |\n"
    "| KX-117 | Raven drill | 620 W | $169.00 |"
)
PROSE = "The K100 holds 1.5 litres. The K200 holds 1.7 litres. You need Form W-4 instead of Form W-2. It is hot."


def checked(question: str, sentence: str, text: str, heading: str = "") -> str | None:
    return Grounding([Passage("d#0", "d", "s", "Help", "", heading, text, 0)], question).check(sentence)


@pytest.mark.parametrize(
    ("question", "sentence", "text"),
    [
        ("What does the KX-117 cost?", "The KX-117 costs $162.00, the price of the Quartz drill.", TOOLS),
        ("What does the KX-117 cost?", "KX-117: Name: Raven drill; Power: 620 W; Price: $162.00", TOOLS),
        ("What does the KX-117 cost?", "The price of the drill is $162.00.", TOOLS),
        ("What does the KX-117 cost?", "KX-116: Name: Quartz drill; Power: 620 W; Price: $162.00", TOOLS),
        ("What does the KX-117 cost?", "The price of the drill is $162.00, as that of the KX-116.", TOOLS),
        ("What does the KX-500 cost?", "KX-116: Name: Quartz drill; Power: 620 W; Price: $162.00", TOOLS),
        ("error E3?", "E1: Only supported parts may be used.", "- E1: Only supported parts may be used."),
        ("What power has a KX drill?", "The KX drill has a power of 620 W.", TOOLS),
        ("How much does the K100 hold?", "The K200 holds 1.7 litres.", PROSE),
        ("How much does the K300 hold?", "The K200 holds 1.7 litres.", PROSE),
        ("How much does the K100 hold?", "It holds 1.7 litres.", PROSE),
        ("How much does the K300 hold?", "It holds 1.7 litres.", PROSE),
    ],
)
def test_what_is_told_of_another_code_does_not_go_out(question: str, sentence: str, text: str) -> None:
    assert checked(question, sentence, text) is None


def test_what_is_told_under_another_code_does_not_go_out() -> None:
    assert (
        checked("How much does the K100 hold?", "The tank holds 2 litres.", "The tank holds 2 litres.", "K200") is None
    )
    assert checked("How much does the K200 hold?", "The tank holds 2 litres.", "The tank holds 2 litres.", "K200")


@pytest.mark.parametrize(
    ("question", "sentence", "text"),
    [
        ("What power has the KX-117?", "The KX-117 Raven drill has a power of 620 W.", TOOLS),
        ("What power has kx 117?", "The power of the Raven drill is 620 W.", TOOLS),
        ("How much does the K200 hold?", "It holds 1.7 litres.", PROSE),
        ("How much does the big one hold?", "The K200 holds 1.7 litres.", PROSE),
        ("Is it Form W-2?", "You need Form W-4 instead of Form W-2.", PROSE),
    ],
)
def test_what_is_told_of_the_code_asked_for_goes_out(question: str, sentence: str, text: str) -> None:
    assert checked(question, sentence, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Does the app run on iOS17?", "The app needs iOS16 or newer."),
        ("Do P7 engineers get shares?", "Employees at level P6 and above get shares."),
        ("Can I use an MP4 as alarm sound?", "MP3 and WAV files are accepted as alarm sounds."),
        ("Does the game run on a PS5?", "The game needs a PS4 or later."),
        ("Does a KX-200B have a timer?", "The KX-200 series has a timer."),
        ("I cannot print on A3. Which paper do you use?", "A4 paper is used."),
        ("Is the watch waterproof to IP68?", "The watch itself is rated IP67."),
        ("Do you sell to B2C customers?", "B2B customers get invoices."),
        ("I have an L2 visa. Where do I hand the tax form in?", "Form W-4 is handed in at the office."),
        ("Where is my order AB-12345?", "Order numbers such as KW-20441 are told in your mail."),
        ("How do I request S3 access?", "P5 engineers may request access from IT."),
    ],
)
def test_what_may_be_told_of_the_code_asked_for_too_goes_out(question: str, text: str) -> None:
    assert checked(question, text, text)


def test_what_is_told_under_the_heading_of_a_series_goes_out() -> None:
    text = "The tank holds 2 litres."
    assert checked("How much does the K200B hold?", text, text, "The K200 series")


GRADES = (
    "| Grade | Hotel limit |\n|---|---|\n| G1–G4 | €120 |\n| G05 | €140 |\n| G6, 7 | €160 |\n| G8 and above | €220 |"
)


@pytest.mark.parametrize(
    ("code", "limit"), [("G9", "€220"), ("G7", "€160"), ("G5", "€140"), ("G05", "€140"), ("G2", "€120")]
)
def test_what_a_row_tells_of_more_codes_than_it_names_goes_out_of_those_alone(code: str, limit: str) -> None:
    for said in ("€220", "€160", "€140", "€120"):
        sentence = checked(f"What is the hotel limit of {code}?", f"The hotel limit is {said}.", GRADES)
        assert (sentence is not None) is (said == limit), said


def test_what_is_told_under_a_heading_goes_out_of_the_codes_that_it_covers() -> None:
    text = "The tank holds 2 litres."
    for heading in ("CM-2xx", "CM-100, 150 and 250", "CM-200 and newer"):
        assert checked("How much does the CM-250 hold?", text, text, heading), heading
    for heading in ("CM-1xx", "CM-100, 150 and 200"):
        assert checked("How much does the CM-250 hold?", text, text, heading) is None, heading
