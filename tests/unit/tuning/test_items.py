"""What a method can learn from a set: which answers, on which side, and a sentence where a kind is missing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import pytest

from bot.messages import Turn
from bot.tuning.encoding import Encoder
from bot.tuning.errors import TrainingError
from bot.tuning.examples import Example, Origin
from bot.tuning.items import Material, prepare
from bot.tuning.options import Method, TrainingOptions
from bot.tuning.packing import Encoded


class Characters:
    """A token for each character."""

    size = 2048

    def encode(self, messages: Sequence[Turn], answer: str) -> Encoded:
        return Encoded(tuple(map(ord, messages[-1].content)), tuple(map(ord, answer)))


def by_kto(examples: Sequence[Example], seed: int = 0) -> Material:
    return prepare(examples, cast(Encoder, Characters()), TrainingOptions(method=Method.KTO, seed=seed))


def liked(count: int) -> list[Example]:
    return [Example(f"answer:{n}", Origin.LIKED, f"How long is {n}?", f"It is {n} cm.") for n in range(count)]


def disliked(count: int) -> list[Example]:
    asked = ((f"answer:no {n}", Origin.DISLIKED, f"How wide is {n}?", f"Nobody knows {n}.") for n in range(count))
    return [Example(*one, liked=False) for one in asked]


def test_kto_learns_from_few_dislikes_whatever_is_held_out() -> None:
    for seed in range(20):
        material = by_kto([*liked(45), *disliked(8)], seed)
        items = (*material.train, *material.validation)
        assert sorted(one.liked for one in items) == [False] * 8 + [True] * 45
        assert sum(one.worth for one in items if one.liked) == pytest.approx(sum(one.worth for one in items) / 2)


def test_of_a_pair_kto_learns_both_answers_on_one_side_of_the_split() -> None:
    pairs = [replace(one, origin=Origin.SUGGESTED, rejected=f"No idea about {one.id}.") for one in liked(40)]
    material = by_kto(pairs)
    assert material.counts.train + material.counts.validation == {"suggested": 40, "disliked": 40}
    sides = [{item.texts[0].prompt for item in side} for side in (material.train, material.validation)]
    assert not sides[0] & sides[1]
    for prompt in sides[0] | sides[1]:
        items = [one for one in (*material.train, *material.validation) if one.texts[0].prompt == prompt]
        assert sorted(one.liked for one in items) == [False, True]
        assert not {one.texts[0].answer for one in items} & {one.texts[1].answer for one in items}, (
            "the answer beside is one to another question"
        )


@pytest.mark.parametrize(("given", "missing"), [(liked(40), "disliked"), (disliked(40), "liked")])
def test_where_kto_has_one_kind_only_the_way_to_the_other_is_told(given: list[Example], missing: str) -> None:
    with pytest.raises(TrainingError, match=rf"only one kind\. Approve {missing} ones.*frontdesk curation list"):
        by_kto(given)
