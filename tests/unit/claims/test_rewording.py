"""Whether other words still say the same."""

import pytest

from bot.claims.rewording import going_on, says_the_same


@pytest.mark.parametrize(
    ("reworded", "text"),
    [
        ("You pay the fee every month.", "The fee is charged monthly."),
        ("We are open on weekdays.", "The shop is open Monday to Friday."),
        ("We answer on the 2nd working day.", "Answers come on the second business day."),
    ],
)
def test_other_words_for_the_same_day_or_frequency_say_the_same(reworded: str, text: str) -> None:
    assert says_the_same(reworded, text)
    assert says_the_same(text, reworded)


@pytest.mark.parametrize(
    ("reworded", "text"),
    [
        ("You pay the fee every year.", "The fee is charged monthly."),
        ("You pay the fee.", "The fee is charged monthly."),
        ("We are open on Tuesdays.", "The shop is open on Mondays."),
        ("We are open on Tuesdays.", "The shop is open Monday to Friday."),
        ("We answer in the afternoon.", "Answers come in the morning."),
    ],
)
def test_another_day_or_frequency_does_not_say_the_same(reworded: str, text: str) -> None:
    assert not says_the_same(reworded, text)


@pytest.mark.parametrize(
    ("before", "told", "left"),
    [
        ("The fee is £5. [1]", "The fee is £5. It is paid back. [1]", "It is paid back. [1]"),
        ("The fee is £5. [1]", "The fee is £5. It is paid back. [2]", "The fee is £5. It is paid back. [2]"),
        ("The fee is £5. [1]", "The fee is £50. [1]", "The fee is £50. [1]"),
        ("The fee is £5. [1]", "The fee is £5. [1]", "The fee is £5. [1]"),
        ("", "The fee is £5. [1]", "The fee is £5. [1]"),
        ("- £5\n- £6 [1]", "- £5\n- £6 It is paid back. [1]", "- £5\n- £6 It is paid back. [1]"),
    ],
)
def test_what_answers_one_of_several_questions_is_not_told_again_with_what_answers_the_next(
    before: str, told: str, left: str
) -> None:
    assert going_on(before, told) == left
