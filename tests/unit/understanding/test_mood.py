"""How urgent and how upset a text is, measured on sentences that nothing was fitted to."""

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.mood import Mood, Moods, signs
from knowledge.embedding import Embedder
from knowledge.sentences import is_english
from tests.bench.mood import labelled, measured


@pytest.fixture(scope="module")
def moods() -> Moods:
    embedder = Embedder(light=True)
    return Moods(embedder.encode, lambda: embedder.weights)


def test_few_are_read_wrong_in_english(moods: Moods) -> None:
    found = measured(moods, [row for row in labelled("test.tsv") if is_english(row[0])])
    assert min(found["urgent precision"], found["upset precision"]) >= 0.9
    assert min(found["urgent recall"], found["upset recall"]) >= 0.7


def test_other_languages_are_read_by_their_words(moods: Moods) -> None:
    found = measured(moods, [row for row in labelled("test.tsv") if not is_english(row[0])])
    assert min(found.values()) >= 0.85


def test_the_words_of_a_thumbs_down_are_read(moods: Moods) -> None:
    found = measured(moods, labelled("dislikes.tsv"))
    assert found["upset precision"] >= 0.85
    assert found["upset recall"] >= 0.8


@pytest.mark.parametrize(
    ("text", "urgent", "upset"),
    [
        ("How do I file a complaint?", False, False),
        ("What is the copay for emergency room visits?", False, False),
        ("Somebody is using my stolen card right now!", True, False),
        ("You lied to me and nobody answers. I am furious.", False, True),
        ("Not urgent: what are the hours in August?", False, False),
        ('What does "this is ridiculous, I want a manager" mean in your macro?', False, False),
        ("> This is ridiculous! I am furious, I need it right now!\n\nHow should I answer this?", False, False),
        ("A customer wrote: I am furious, nobody answers, you are useless. What do we say?", False, False),
        ("What does `URGENT` stand for on a parcel's label?", False, False),
        ('What does "' + "I am furious! " * 200 + '" count as?', False, False),
        ("> Refunds take 5 days.\n\nI am furious, it is the third time and nobody answers!", False, True),
        ('You said "5 days". You lied to me, this is ridiculous!', False, True),
        ('It says "within a week", but I need it right now, this is urgent!', True, False),
    ],
)
def test_what_is_asked_about_is_told_from_how_it_is_asked(moods: Moods, text: str, urgent: bool, upset: bool) -> None:
    mood = moods.read_now(text)
    assert (mood.urgent, mood.is_upset) == (urgent, upset)
    assert mood.pressing == (urgent or upset)


def test_another_embedding_model_is_judged_by_signs_alone() -> None:
    def fail(texts: object) -> object:
        raise AssertionError("it is not asked")

    other = Moods(fail, lambda: "another")  # type: ignore[arg-type]
    assert other.read_now("It is urgent, I need it right now!").urgent
    assert not other.read_now("How long do refunds take?").pressing


async def test_a_text_is_read_beside_the_loop(moods: Moods) -> None:
    assert (await moods.read("This is urgent, please hurry!")).urgent


def test_a_mood_is_kept_in_the_notes_of_an_answer() -> None:
    assert Mood.of({"mood": Mood(0.91234, 0.2).as_json()}) == Mood(0.912, 0.2)
    assert Mood.of({}) == Mood()


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_a_mood(text: str) -> None:
    mood = Moods().read_now(text)
    assert 0 <= mood.urgency <= 1 and 0 <= mood.upset <= 1
    assert all(math.isfinite(one) and 0 <= one <= 1 for one in signs(text))


def test_no_sentence_that_is_measured_was_fitted_to() -> None:
    folder = Path(__file__).parents[2] / "moods"
    fitted = {line.partition("\t")[2] for line in (folder / "train.tsv").read_text().splitlines()}
    for name in ("test.tsv", "dislikes.tsv"):
        assert not fitted & {line.partition("\t")[2] for line in (folder / name).read_text().splitlines()}
