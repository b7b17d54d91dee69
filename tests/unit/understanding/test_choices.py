"""Which of the choices that were offered a reply means, by their order."""

import pytest

from bot.understanding import choices


@pytest.mark.parametrize(
    ("reply", "places"),
    [
        *((reply, (1,)) for reply in ("the second", "2", "2.", "2)", "#2", "option 2", "number 2", "no. 2", "nr 2")),
        *((reply, (1,)) for reply in ("number two", "option two", "Number two, please", "no. two", "Nummer zwei")),
        *((reply, (1,)) for reply in ("option 2 pls", "second pls", "second one plz", "2nd thx", "die zweite bitte")),
        *((reply, (1,)) for reply in ("the second I think", "I'd say the second", "maybe the 2nd", "no, the second")),
        *((reply, (1,)) for reply in ("the middle one", "le deuxième", "número dos", "opção dois", "numéro deux")),
        *(
            (reply, (2,))
            for reply in ("probably the last", "the 3rd one i think", "the final one", "der letzte, danke")
        ),
        *((reply, (2,)) for reply in ("option três", "numero tre", "Nummer drei", "wahrscheinlich der dritte")),
        ("the first or the second", (0, 1)),
        ("1 and 3", (0, 2)),
        ("either of the first two", (0, 1)),
        ("the last two, please", (1, 2)),
        # What is not meant leaves the others.
        ("not the first", (1, 2)),
        ("not the last one", (0, 1)),
        ("it's not the second", (0, 2)),
        ("I don't mean the first", (1, 2)),
        ("all but the last", (0, 1)),
        ("anything but the first", (1, 2)),
        ("every one of them bar the first", (1, 2)),
        ("alle bis auf die letzte", (0, 1)),
        ("alle außer der letzten", (0, 1)),
        ("pas la première", (1, 2)),
        ("neither of the first two", (2,)),
        ("none of the first two", (2,)),
        ("neither the first nor the last", (1,)),
        ("weder die erste noch die zweite", (2,)),
        ("not the first two but the third", (2,)),
        ("not the first, the second", (1,)),
        ("the second, not the first", (1,)),
        ("the last but one", (1,)),
        ("none of the first three", ()),
        *((reply, (1, 2)) for reply in ("no el primero", "No la primera", "no quiero el primero", "no es el 1")),
        *((reply, (1, 2)) for reply in ("non il primo", "Non la prima", "non è il primo", "não o primeiro")),
        *((reply, (2,)) for reply in ("no los dos primeros", "non i primi due", "no el primero sino el tercero")),
        ("non l'ultimo", (0, 1)),
        ("l'ultimo", (2,)),
        *((reply, (1,)) for reply in ("no, el segundo", "No. El segundo", "no – el segundo", "no, il secondo")),
        *((reply, (1,)) for reply in ("non, le deuxième", "no the second", "nein die zweite", "no, la segunda")),
    ],
)
def test_a_choice_is_picked_or_excluded_by_its_place(reply: str, places: tuple[int, ...]) -> None:
    assert choices.picked(reply, 3) == places


@pytest.mark.parametrize(
    "said",
    [
        *("", "two", "all three", "both", "neither", "none of them", "not sure", "no one", "the fourth", "option 9"),
        *("two weeks ago", "the first two weeks", "my second kettle broke", "last week", "number two is broken"),
        *(
            "not the first time",
            "number",
            "I have had it for two weeks",
            "no. My kettle broke",
            "Option zwei geht nicht",
        ),
    ],
)
def test_what_picks_nothing_is_told_from_what_does(said: str) -> None:
    assert choices.picked(said, 3) is None


def test_the_middle_is_one_of_an_odd_number_of_choices() -> None:
    assert choices.picked("the middle one", 5) == (2,)
    assert choices.picked("the middle one", 2) is None
    assert choices.picked("the first", 0) is None


def test_a_choice_that_may_as_well_be_denied_is_unclear() -> None:
    for reply in ("non le premier", "Non la dernière"):
        assert choices.picked(reply, 3) is None
        assert choices.picks_unclearly(reply)
    assert choices.picked("non pas le premier", 3) == (1, 2)


@pytest.mark.parametrize(
    ("reply", "all_of_them"),
    [
        *(
            (reply, True)
            for reply in ("never mind the region, just tell me", "never mind where I live, just tell me all")
        ),
        *((reply, True) for reply in ("Just tell me both, please!", "nevermind, just tell us anyway")),
        *(
            (reply, False)
            for reply in ("never mind the region", "just tell me how to pay", "never mind, how do I pay?")
        ),
    ],
)
def test_who_just_wants_to_be_told_means_all_of_them(reply: str, all_of_them: bool) -> None:
    assert choices.wants_all(reply) is all_of_them


def test_a_flag_that_is_shown_again_names_nothing_more() -> None:
    assert choices.in_words("🇬🇧" * 2_500) == choices.in_words("🇬🇧")
    assert choices.in_words("🇩🇪 or 🇺🇸? 🇩🇪").split() == "Germany or the US ?".split()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("dogs allowed in 🇵🇹?", "dogs allowed in Portugal?"),
        ("🇵🇹 dogs allowed?", "Portugal dogs allowed?"),
        ("do you ship to the 🇬🇧, too?", "do you ship to the UK, too?"),
        ("dogs in Portugal 🇵🇹 🇵🇹?", "dogs in Portugal?"),
        ("UK 🇬🇧 delivery", "UK delivery"),
        ("🇵🇹", "🇵🇹"),
        ("no flag :  here", "no flag :  here"),
    ],
)
def test_a_question_has_the_names_of_the_places_whose_flags_it_shows(text: str, named: str) -> None:
    assert choices.with_places_for_flags(text) == named


def test_a_flag_that_is_shown_thousands_of_times_makes_no_long_question() -> None:
    assert choices.with_places_for_flags("dogs in " + "🇵🇹" * 2_500) == "dogs in Portugal"
