"""Nothing leaks from what is trained on into what is held out."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer_cache import words
from bot.tuning.examples import Example, ExamplePassage, Origin, Split
from bot.tuning.splits import (
    CONVERSATION_APART,
    DOCUMENTS_APART,
    ENOUGH,
    FEWEST,
    QUESTION_APART,
    TEST,
    _share,
    dealt,
)


def _example(
    id: str, *documents: str, question: str = "", conversation: int = 0, group: str = "", at: str = ""
) -> Example:
    passages = tuple(
        ExamplePassage(f"{name}#0", name, name, "", f"What page {name} says about it.", gold=True) for name in documents
    )
    distractor = ExamplePassage("other#0", "other", "Other", "", "Something else altogether.")
    metadata = {"conversation_id": conversation, "created_at": at}
    return Example(
        id, Origin.LIKED, question or f"What about {id} now?", "A.", passages=(*passages, distractor), group=group,
        metadata=metadata,
    )  # fmt: skip


def _many(count: int, **changes: object) -> list[Example]:
    return [_example(f"e{n}", f"d{n}", **changes) for n in range(count)]  # type: ignore[arg-type]


def test_about_a_tenth_each_is_for_stopping_and_for_the_test() -> None:
    counts = dealt(_many(2000)).counts
    assert 150 < counts["validation"] < 250
    assert 150 < counts["test"] < 250
    assert sum(counts.values()) == 2000


def test_one_document_is_on_one_side() -> None:
    examples = [_example(f"e{n}", f"d{n % 40}") for n in range(400)]
    sides: dict[str, set[Split]] = {}
    for one in dealt(examples).examples:
        sides.setdefault(one.passages[0].document_id, set()).add(one.split)
    assert all(len(found) == 1 for found in sides.values())


def test_what_would_stand_on_both_sides_is_left_out_and_says_why() -> None:
    base = dealt(_many(100))
    side = {one.passages[0].document_id: one.split for one in base.examples}
    trained = next(name for name, split in side.items() if split is Split.TRAIN)
    tested = next(name for name, split in side.items() if split is Split.TEST)
    more = [
        _example("both", trained, tested),
        _example("begun", trained, conversation=7, at="2026-01-01"),
        _example("gone on", tested, conversation=7, at="2026-01-02"),
        _example("asked", trained, question="Where do I pay the fee?", at="2026-01-01"),
        _example("asked again", tested, question="where do I pay the fee", at="2026-01-02"),
    ]
    result = dealt([*_many(100), *more])
    assert result.left_out == {
        "both": DOCUMENTS_APART,
        "gone on": CONVERSATION_APART,
        "asked again": QUESTION_APART,
    }


def test_a_few_documents_are_dealt_out_by_passage_and_every_side_has_some() -> None:
    examples = [
        replace(one, passages=(replace(one.passages[0], passage_id=f"d#{n}", document_id="d", text=f"Text {n}."),))
        for n, one in enumerate(_many(12))
    ]
    result = dealt(examples)
    assert result.by == "passage"
    assert min(result.counts.values()) > 0


def test_of_a_few_documents_an_answer_that_rests_on_two_passages_is_kept() -> None:
    for n in range(40):
        alone = dealt([_example("both", f"a{n}", f"b{n}")])
        assert (alone.by, alone.left_out) == ("passage", {})
        beside = dealt([_example("both", f"a{n}", f"b{n}"), _example("one", f"a{n}")])
        assert beside.left_out == {}
        assert len({one.split for one in beside.examples}) == 1


def test_of_a_few_documents_passages_that_answers_rest_on_alone_stay_apart() -> None:
    found = [
        dealt([_example("both", f"a{n}", f"b{n}"), _example("one", f"a{n}"), _example("other", f"b{n}")])
        for n in range(40)
    ]
    assert {"both": DOCUMENTS_APART} in [one.left_out for one in found]


def test_pages_that_share_their_words_are_on_one_side() -> None:
    text = "You may return an item within thirty days of the day on which you have received it, unused."
    for n in range(60):
        pages = [_example("a", f"a{n}"), _example("b", f"b{n}")]
        alike = [replace(one, passages=(replace(one.passages[0], text=text),)) for one in pages]
        first, second = dealt([*alike, *_many(20)]).examples[:2]
        assert first.split is second.split
        assert first.group == second.group


def test_a_question_without_its_passage_is_on_the_side_of_its_group() -> None:
    for n in range(60):
        whole = _example("whole", f"d{n}", group="g")
        without = _example("without", group="g")
        first, second = (one for one in dealt([without, whole, *_many(20)]).examples if one.id in ("whole", "without"))
        assert first.split is second.split


def test_without_documents_a_conversation_is_on_one_side() -> None:
    examples = [_example(f"e{n}", conversation=1 + n % 50) for n in range(200)]
    sides: dict[int, set[Split]] = {}
    for one in dealt(examples).examples:
        sides.setdefault(one.metadata["conversation_id"], set()).add(one.split)
    assert all(len(found) == 1 for found in sides.values())
    assert {split for found in sides.values() for split in found} == set(Split)


_EXAMPLES = st.lists(
    st.builds(
        lambda number, documents, conversation, question, day: (documents, conversation, question, day),
        st.integers(),
        st.lists(st.integers(0, 30), max_size=2, unique=True),
        st.integers(0, 12),
        st.integers(0, 40),
        st.integers(1, 28),
    ),
    max_size=60,
).map(
    lambda drawn: [
        _example(
            f"e{n}",
            *(f"d{one}" for one in documents),
            question=f"How about the thing called q{question}?",
            conversation=conversation,
            at=f"2026-01-{day:02d}",
        )
        for n, (documents, conversation, question, day) in enumerate(drawn)
    ]
)


@settings(deadline=None)
@given(_EXAMPLES)
def test_no_document_conversation_or_question_is_on_two_sides(examples: list[Example]) -> None:
    result = dealt(examples)
    sides: dict[tuple[str, object], set[Split]] = {}
    for one in result.examples:
        keys: list[tuple[str, object]] = [("question", words(one.question)), ("group", one.group)]
        key = "document_id" if result.by == "document" else "passage_id"
        keys += [("gold", getattr(passage, key)) for passage in one.passages if passage.gold]
        keys += [("conversation", one.metadata["conversation_id"])] if one.metadata["conversation_id"] else []
        for one_key in keys:
            sides.setdefault(one_key, set()).add(one.split)
    assert all(len(found) == 1 for found in sides.values())
    assert {one.id for one in result.examples} | result.left_out.keys() == {one.id for one in examples}


def test_of_three_documents_that_a_hash_would_all_hold_out_one_is_trained_on() -> None:
    held_out = [f"d{n}" for n in range(400) if _share(f"passage d{n}#0") >= 1 - TEST][:3]
    counts = dealt([_example(f"e{n}", id) for n, id in enumerate(held_out)]).counts
    assert counts == {"train": 1, "validation": 1, "test": 1}


@settings(deadline=None)
@given(_EXAMPLES, st.randoms())
def test_the_order_in_which_they_come_changes_nothing(examples: list[Example], random: object) -> None:
    shuffled = list(examples)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert {one.id: one.split for one in dealt(shuffled).examples} == {
        one.id: one.split for one in dealt(examples).examples
    }


@cache
def _base(count: int) -> tuple[list[Example], dict[str, Split]]:
    """Return examples to add others to, and the side of each before that."""
    base = [replace(one, id=f"base {one.id}") for one in _many(count)]
    return base, {one.id: one.split for one in dealt(base).examples}


@settings(deadline=None)
@given(_EXAMPLES, st.sampled_from([ENOUGH, 60, 120]))
def test_no_document_that_was_trained_on_is_held_out_when_examples_are_added(more: list[Example], count: int) -> None:
    base, before = _base(count)
    added = [replace(one, metadata=one.metadata | {"created_at": "2027-01-01"}) for one in more]
    after = {one.id: one.split for one in dealt([*base, *added]).examples}
    assert after.keys() >= before.keys()
    held_out = {id for id, split in after.items() if split is Split.TEST and id in before}
    assert all(before[id] is Split.TEST for id in held_out)


@settings(deadline=None)
@given(_EXAMPLES)
def test_of_documents_enough_each_keeps_its_side_when_examples_are_added(more: list[Example]) -> None:
    base, before = _base(400)
    added = [replace(one, metadata=one.metadata | {"created_at": "2027-01-01"}) for one in more]
    assert {one.id: one.split for one in dealt([*base, *added]).examples}.items() >= before.items()


@pytest.mark.parametrize("count", [ENOUGH, 50, 64, 100, 200, 400])
def test_as_many_are_held_out_as_the_gate_wants_where_half_are_left_to_train_on(count: int) -> None:
    talks = [replace(one, passages=(), metadata={"conversation_id": one.id}) for one in _many(count)]
    for examples in (_many(count), talks):
        counts = dealt(examples).counts
        assert counts["test"] >= FEWEST
        assert counts["train"] >= count / 2
        assert counts["validation"] >= 1


@pytest.mark.parametrize("count", [12, 30, ENOUGH - 1])
def test_no_more_than_a_tenth_is_held_out_where_even_half_would_be_too_few_for_the_gate(count: int) -> None:
    assert dealt(_many(count)).counts["train"] >= 0.6 * count


def test_what_measures_no_answer_does_not_count_among_what_the_gate_wants() -> None:
    examples = [
        replace(one, answer="") if n % 3 == 1 else replace(one, liked=n % 3 != 2) for n, one in enumerate(_many(200))
    ]
    held_out = [one for one in dealt(examples).examples if one.split is Split.TEST]
    assert len({one.group for one in held_out if one.liked and one.answer}) == FEWEST


def test_as_many_are_held_out_where_some_are_left_out() -> None:
    apart = [_example(f"apart {n}", f"d{n}", f"d{n + 1}") for n in range(0, 60, 2)]
    examples = [*apart, *_many(60)[1::4], *_many(120)[60:]]
    result = dealt(examples)
    assert result.left_out
    assert len({one.group for one in result.examples if one.split is Split.TEST}) >= FEWEST
