"""Choosing the scale for each question is kept only where it wins on questions that it was not learned from."""

import numpy as np

from bot.messages import Status
from bot.tuning.answering import Given
from bot.tuning.heldout import HeldOut
from bot.tuning.scales import NEVER, SCALES, Rules, compared, learn, told
from bot.tuning.scales import Answered as Table

FACT, PROCEDURE = "What is the fee?", "How do I apply for a card?"
WORDS = "one two three four five six seven eight nine ten".split()


def asked(count: int) -> list[HeldOut]:
    return [
        HeldOut(str(n), FACT if n % 2 else PROCEDURE, True, " ".join(WORDS), group=f"g{n // 2}") for n in range(count)
    ]


def given(
    questions: list[HeldOut], quality: dict[float, list[int]], confidence: float = 0.6
) -> dict[float, list[Given]]:
    """Return answers of which so many words are right, by scale and question."""
    return {
        scale: [
            Given(one.id, Status.ANSWERED, " ".join(WORDS[: counts[at]]), confidence=confidence)
            for at, one in enumerate(questions)
        ]
        for scale, counts in quality.items()
    }


def noise(count: int, seed: int) -> list[int]:
    return [int(one) for one in np.random.default_rng(seed).integers(2, 9, count)]


def test_where_each_kind_has_its_own_best_scale_the_rules_find_it_and_win() -> None:
    questions = asked(200)
    facts_plain = [9 if n % 2 else 4 for n in range(200)]
    procedures_tuned = [4 if n % 2 else 9 for n in range(200)]
    answers = given(questions, {0.0: facts_plain, 1.0: procedures_tuned})
    table = compared(questions, answers)
    assert table["winner"] == "learned"
    rules = Rules(**table["rules"])
    assert (rules.chosen("fact", 0.6), rules.chosen("procedure", 0.6)) == (0.0, 1.0)
    assert any('answering.mode = "adaptive"' in line for line in told(table))


def test_where_scales_differ_by_chance_alone_nothing_is_kept() -> None:
    wins = 0
    for seed in range(10):
        questions = asked(120)
        quality = {scale: noise(120, seed * 10 + at) for at, scale in enumerate(SCALES)}
        wins += bool(compared(questions, given(questions, quality))["winner"])
    assert wins <= 1


def test_what_the_search_is_sure_of_may_do_without_the_adapter() -> None:
    questions = asked(100)
    sure, unsure = (
        given(questions, {0.0: [9] * 100, 1.0: [5] * 100}, 0.95),
        given(questions, {0.0: [3] * 100, 1.0: [8] * 100}),
    )
    answers = {scale: [*sure[scale][:40], *unsure[scale][40:]] for scale in (0.0, 1.0)}
    rules = learn(Table.of(questions, answers))
    assert (rules.scale, rules.plain_confidence) == (1.0, 0.7)
    assert (rules.chosen("fact", 0.95), rules.chosen("fact", 0.6)) == (0.0, 1.0)


def test_rules_from_other_questions_are_judged_as_they_are() -> None:
    questions = asked(60)
    answers = given(questions, {0.0: [3] * 60, 1.0: [8] * 60})
    table = compared(questions, answers, learned=Rules(0.0))
    rows = {row["name"]: row["f1"] for row in table["rows"]}
    assert rows["learned"] == rows["fixed 0"] < rows["fixed 1"] == rows["best for each question"]
    assert table["winner"] == ""
    assert table["rules"]["plain_confidence"] == NEVER


def test_questions_without_a_reference_give_no_table() -> None:
    questions = [HeldOut("1", FACT, False)]
    table = compared(questions, given(questions, {0.0: [3], 1.0: [8]}))
    assert told(table) == ["No held-out question has a reference answer."]


def test_a_gain_that_may_as_well_be_noise_is_not_learned() -> None:
    questions = asked(60)
    plain = [(9 if n % 4 == 1 else 3) if n % 2 else 2 for n in range(60)]
    tuned = [5 if n % 2 else 8 for n in range(60)]
    answers = given(questions, {0.0: plain, 1.0: tuned})
    facts = [at for at, one in enumerate(questions) if one.text == FACT]
    table = Table.of(questions, answers)
    assert table.f1[facts, 0].mean() > table.f1[facts, 1].mean(), "for facts, retrieval alone is a little better"
    assert learn(table) == Rules(1.0)
