"""How sure it is that what was found answers: what the search says, and what reading the sentences says."""

from collections.abc import Callable, Collection, Sequence

import pytest

from bot.confidence import confidence, together
from bot.quoting.scoring import weighed
from knowledge.retrieval import Likeness, Query, Retrieval, Sentence
from tests.unit.quoting.test_extracts import found


class Reads:
    """Reads every text as `odds` say, and remembers which texts."""

    def __init__(self, *odds: float) -> None:
        self.odds = odds
        self.read: list[str] = []

    def likeness_within(
        self, query: Query, sentences: Sequence[Sentence], choose: Callable[[Sequence[Likeness]], Collection[int]]
    ) -> list[Likeness]:
        return [Likeness(0.5, 0.5) for _ in sentences]

    def answering(self, query: Query, texts: Sequence[str]) -> list[float]:
        self.read += texts
        return list(self.odds[: len(texts)])


def sure(reader: Reads, searched: float = 0.5, passages: int = 1) -> float:
    told = Retrieval(found(*("Refunds take five days." for _ in range(passages))), 1, searched, 0.0)
    return confidence(reader, Query("How long do refunds take?"), told)


def test_where_reading_tells_nothing_the_search_alone_counts() -> None:
    assert sure(Reads(), 0.37) == together(0.37) < sure(Reads(), 0.38)
    assert together(0.3) == pytest.approx(0.4, abs=0.005)


def test_both_count() -> None:
    assert sure(Reads(3.0)) > sure(Reads(0.0)) > sure(Reads(-3.0))
    assert sure(Reads(0.0), 0.9) > sure(Reads(0.0), 0.1)


@pytest.mark.parametrize(("searched", "answered"), [(0.0, -99.0), (1.0, 99.0), (0.0, 99.0)])
def test_it_is_a_probability_whatever_they_say(searched: float, answered: float) -> None:
    assert 0 <= together(searched, answered) <= 1


def test_the_sentences_of_the_first_passages_are_read_each_text_once() -> None:
    reader = Reads(0.0)
    sure(reader, passages=8)
    assert reader.read == ["Help. Rules. Refunds take five days."]


def test_of_several_questions_one_that_is_answered_is_enough() -> None:
    class One(Reads):
        def answering(self, query: Query, texts: Sequence[str]) -> list[float]:
            return [5.0 if query.text.lower().startswith("how long") else -5.0 for _ in texts]

    told = Retrieval(found("Refunds take five days."), 1, 0.5, 0.0)
    both = Query("Do you sell hats, and how long do refunds take?")
    assert confidence(One(), both, told) == confidence(One(), Query("how long do refunds take?"), told)
    assert confidence(One(), Query("Do you sell hats?"), told) < 0.3


def test_a_question_that_says_little_is_read_behind_the_one_before_it() -> None:
    class Prices(Reads):
        def answering(self, query: Query, texts: Sequence[str]) -> list[float]:
            alone = "price" in query.text and "account" not in " ".join([query.text, *query.earlier])
            return [5.0 if alone else -5.0 for _ in texts]

    told = Retrieval(found("The deposit for a bike in the summer is 40 euros, which is what you pay."), 1, 0.5, 0.0)
    both = Query("Can we get an account for the company, and what is the price?")
    assert confidence(Prices(), both, told) < 0.3 < confidence(Prices(), Query("What is the price?"), told)


def test_in_a_conversation_reading_counts_less_and_the_search_more() -> None:
    told = Retrieval(found("A refund takes five days from when we have it."), 1, 0.5, 0.0)
    follow_up, alone = Query("and how long?", ("Can I get a refund?",)), Query("How long does it take?")
    read = [confidence(Reads(odds), follow_up, told) for odds in (-4.0, 4.0)]
    assert confidence(Reads(-4.0), alone, told) < read[0] < read[1] < confidence(Reads(4.0), alone, told)
    apart = [together(0.9, 0.0, follow_up=one) - together(0.1, 0.0, follow_up=one) for one in (True, False)]
    assert apart[0] > apart[1]


def test_nothing_found_stays_nothing() -> None:
    assert sure(Reads(3.0), 0.0, passages=0) < 0.01


class Chooses(Reads):
    """Finds each sentence likelier than the one before it, and remembers which are to be embedded."""

    def likeness_within(
        self, query: Query, sentences: Sequence[Sentence], choose: Callable[[Sequence[Likeness]], Collection[int]]
    ) -> list[Likeness]:
        rough = [Likeness(float(place), 0.1) for place in range(len(sentences))]
        self.chosen = sorted(choose(rough))
        return rough


def test_the_sentences_that_are_roughly_the_likeliest_are_to_be_embedded() -> None:
    chooses, asked = Chooses(), Query("How many hats?")
    sentences = " ".join(f"We have {number} hats of felt in stock now." for number in range(11, 31))
    weighed(chooses, asked, found(sentences))
    assert chooses.chosen == list(range(13, 20))
    first, second = found(sentences, "We have 40 hats of felt in stock now.")
    weighed(chooses, asked, (second, first), own=[second.passage.id])
    assert chooses.chosen == [0, *range(14, 21)], "those of the asker's own pages are among them"


def test_a_sentence_that_stands_twice_takes_one_place_of_those_to_be_embedded() -> None:
    chooses = Chooses()
    sentences = " ".join(f"We have {number} hats of felt in stock now." for number in range(11, 21))
    weighed(chooses, Query("How many hats?"), found(sentences, sentences))
    assert chooses.chosen == [*range(3, 10), *range(13, 20)]


def test_in_a_conversation_fewer_sentences_are_read() -> None:
    told = found(" ".join(f"We have {number} hats of felt in stock now." for number in range(11, 31)))
    alone, follow_up = Reads(*[0.0] * 9), Reads(*[0.0] * 9)
    weighed(alone, Query("How many hats?"), told)
    weighed(follow_up, Query("How many hats?", ("Do you sell hats?",)), told)
    assert (len(alone.read), len(follow_up.read)) == (5, 3)


def test_headings_and_rows_do_not_keep_an_english_page_from_being_read() -> None:
    rows = "\n".join(f"| Fix {months} | £{months} | {months} months |" for months in (12, 24, 36, 48, 60))
    table = f"| Tariff | Fee | Term |\n| --- | --- | --- |\n{rows}"
    page = f"The exit fee is what you pay when you leave us early.\n\n{table}"
    read = weighed(Reads(*[1.0] * 9), Query("Fix 24 exit fee?"), found(page))
    assert read.answered is not None


def test_pages_in_another_language_are_not_read() -> None:
    page = "Möbel können zurückgegeben werden, auch wenn sie bereits aufgebaut wurden. Geben Sie dazu die Rechnung an."
    read = weighed(Reads(*[1.0] * 9), Query("Kann ich einen aufgebauten Stuhl zurückgeben?"), found(page))
    assert read.answered is None
