"""An answer is given again only to the same question under the same circumstances."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.answer_cache import AnswerCache, Circumstances, same, words
from bot.messages import Answer, Mode, Status, Turn
from knowledge.documents import Scope

HERE = Circumstances(Scope(), Scope(), (), 7, date(2026, 11, 26), "returns.md#0", "model", "", 0.0, Mode.RAG)
ASKED = "How long can I return an item?"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def alike(text: str, others: Sequence[str]) -> list[float]:
    return [0.99] * len(others)


async def unlike(text: str, others: Sequence[str]) -> list[float]:
    return [0.5] * len(others)


async def never(text: str, others: Sequence[str]) -> list[float]:
    raise AssertionError("nothing is to be compared")


def answer(text: str = "30 days.") -> Answer:
    return Answer(Status.ANSWERED, text, notes={"route": "confidence 0.9"})


def kept(asked: str = ASKED, **settings: object) -> AnswerCache:
    cache = AnswerCache(**settings)  # type: ignore[arg-type]
    cache._move_to(HERE)
    cache.keep(asked, HERE, answer())
    return cache


@pytest.mark.parametrize("again", [ASKED, "how long can I return an item", "  How  long can I return an item ?! "])
async def test_the_same_words_get_the_same_answer_and_nothing_is_embedded(again: str) -> None:
    hit = await kept().find(again, HERE, never)
    assert hit is not None
    assert (hit.answer.text, hit.how) == ("30 days.", "exact")


@pytest.mark.parametrize(
    "again",
    [
        "Please, how long can I return the item?",
        "Hi, how long can I return items?",
        "So how long can I return items, please, thanks?",
    ],
)
async def test_nearly_the_same_words_do_where_the_embeddings_agree(again: str) -> None:
    hit = await kept().find(again, HERE, alike)
    assert hit is not None and hit.how == "near"
    assert await kept().find(again, HERE, unlike) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("How long do refunds take?", "How long does a refund take?"),
        ("Is a plan refundable?", "Is the plan refundable?"),
        ("Are the boxes free?", "Is the box free?"),
        ("What are the policies?", "What is the policy?"),
    ],
)
async def test_one_and_several_of_a_thing_are_asked_about_alike(first: str, second: str) -> None:
    assert await kept(first).find(second, HERE, alike)
    assert await kept(second).find(first, HERE, alike)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Can I return it in 30 days?", "Can I return it in 60 days?"),
        ("Can I return it in 30 days?", "Can I return it in three days?"),
        ("Can I return 1 item?", "Can I return 0 items?"),
        ("Is 10% off?", "Is $10 off?"),
        ("Is it 2.5 kg?", "Is it 25 kg?"),
        ("Returns in the EU?", "Returns in the US?"),
        ("Do you ship to US?", "Do you ship to us?"),
        ("Do you ship to Turkey?", "Do you ship to turkey?"),
        ("Do you ship from the EU to the UK?", "Do you ship from the UK to the EU?"),
        ("Can I return used items?", "Can I return unused items?"),
        ("Can I return it?", "Can I not return it?"),
        ("Can I return it?", "Can't I return it?"),
        ("Can I return it?", "Must I return it?"),
        ("Can I return it?", "Can you return it?"),
        ("Who pays for shipping?", "Who pays for returns?"),
        ("Can I return it without a receipt?", "Can I return it with a receipt?"),
        ("Can I return it before Monday?", "Can I return it after Monday?"),
        ("Can I return it before Monday?", "Can I return it before Sunday?"),
        ("Is the Basic Plan refundable?", "Is the Pro Plan refundable?"),
        ("Does KP-100 fit?", "Does KP-200 fit?"),
        ("When does it start?", "When did it start?"),
        ("Kann ich das zurückgeben?", "Kann ich das nicht zurückgeben?"),
        ("Is the club for members?", "Is the club just for members?"),
        ("Is it free for orders > 50 EUR?", "Is it free for orders < 50 EUR?"),
        ("Is it 5 % off?", "Is it 5 off?"),
        ("Is it ¥ 500 off?", "Is it 500 off?"),
        ("क्या दिन है?", "क्या दान है?"),
        ("What does plan a cost?", "What does the plan cost?"),
        ("What is plan a?", "What is a plan?"),
        ("Is plan a better?", "Is a better plan?"),
        ("Which is cheaper, plan b or a?", "Which is cheaper, plan b?"),
        ("Do you sell vitamin a?", "Do you sell the vitamin?"),
        ("Do you sell hello kitty mugs?", "Do you sell kitty mugs?"),
        ("Is it free after exactly 30 days?", "Is it free after 30 days?"),
        ("Can I send a thank you card?", "Can I send a you card?"),
        ("Who pays customs fees?", "Who pays customer fees?"),
        ("Who pays customs fees?", "Who pays custom fees?"),
        ("Can the buyer cancel it?", "Can the buy cancel it?"),
        ("What is the third party warranty?", "What is the third part warranty?"),
        ("How many days off?", "How man days off?"),
        ("Is there 20% off?", "Is there 20% offer?"),
        ("What are the opening hours?", "What are the opened hours?"),
        ("Can I return opened goods?", "Can I return open goods?"),
        ("Is every order checked?", "Is ever order checked?"),
        ("Is it a used item?", "Is it a user item?"),
        ("What is the employer discount?", "What is the employed discount?"),
        ("What counts as a gift?", "What counter as a gift?"),
        ("Do you ship from Germany to Spain?", "Do you ship from Spain to Germany?"),
        ("do you ship from germany to spain?", "do you ship from spain to germany?"),
        ("Is the fee refunded or the price?", "Is the price refunded or the fee?"),
        ("Do you sell new glasses?", "Do you sell new glass?"),
        ("Is the news free?", "Is the new free?"),
        (".5 l kettles?", "5 l kettles?"),
        ("Do you teach C#?", "Do you teach C?"),
        ("Is it our fault?", "Is it your fault?"),
        ("Can it be returned?", "Can I be returned?"),
        ("Can I exchange it once?", "Can I exchange it twice?"),
        ("Is it free up to 5 kg?", "Is it free from 5 kg?"),
        ("Can members return it?", "Can only members return it?"),
    ],
)
async def test_questions_that_mean_something_else_are_never_joined(first: str, second: str) -> None:
    assert await kept(first).find(second, HERE, alike) is None
    assert await kept(second).find(first, HERE, alike) is None


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(HERE, asker=Scope(region=("eu",))),
        replace(HERE, asker=Scope(audience=("internal",))),
        replace(HERE, meant=Scope(region=("eu",))),
        replace(HERE, turns=(Turn("user", "And for kettles?"),)),
        replace(HERE, version=8),
        replace(HERE, day=date(2026, 11, 27)),
        replace(HERE, best_passage="shipping.md#0"),
        replace(HERE, model="another"),
        replace(HERE, said_in="de"),
        replace(HERE, lora="friendly", lora_scale=1.0),
        replace(HERE, lora_scale=0.5),
        replace(HERE, mode=Mode.RAG_LORA),
    ],
    ids=str,
)
async def test_other_circumstances_get_no_answer_of_before(elsewhere: Circumstances) -> None:
    assert await kept().find(ASKED, elsewhere, alike) is None


async def test_a_new_version_of_the_index_empties_it() -> None:
    cache = kept()
    await cache.find(ASKED, replace(HERE, version=8), never)
    assert len(cache) == 0


async def test_an_index_made_anew_empties_it_though_its_version_has_the_same_number() -> None:
    cache = kept()
    assert await cache.find(ASKED, replace(HERE, made_at=datetime(2026, 11, 27, tzinfo=UTC)), never) is None
    assert len(cache) == 0


async def test_an_answer_made_from_a_version_that_is_gone_is_not_kept() -> None:
    cache = kept()
    cache.keep("Another question?", replace(HERE, version=6), answer())
    assert len(cache) == 1


async def test_an_answer_ends_with_its_time() -> None:
    clock = Clock()
    cache = kept(ttl_s=60.0, clock=clock)
    clock.now = 59.0
    assert await cache.find(ASKED, HERE, never)
    clock.now = 61.0
    assert await cache.find(ASKED, HERE, never) is None
    assert len(cache) == 0


async def test_what_was_used_longest_ago_goes_first() -> None:
    cache = AnswerCache(entries=2)
    cache._move_to(HERE)
    for text in ("First?", "Second?"):
        cache.keep(text, HERE, answer(text))
    await cache.find("First?", HERE, never)
    cache.keep("Third?", HERE, answer("Third?"))
    assert len(cache) == 2
    assert await cache.find("First?", HERE, never)
    assert await cache.find("Second?", HERE, never) is None


async def test_once_something_was_forgotten_no_answer_from_before_is_given_or_kept() -> None:
    cache, since = kept(), replace(HERE, forgettings=1)
    assert await cache.find(ASKED, since, never) is None
    assert len(cache) == 0
    assert cache.keep(ASKED, HERE, answer()).notes == answer().notes and len(cache) == 0, "it was under way by then"
    cache.keep(ASKED, since, answer())
    assert await cache.find(ASKED, since, never)


async def test_an_answer_that_was_disliked_is_gone_whoever_was_given_it() -> None:
    cache = kept()
    hit = await cache.find("How long can I return the item?", HERE, alike)
    assert hit and cache.forget(hit.answer)
    assert await cache.find(ASKED, HERE, alike) is None
    assert not cache.forget(hit.answer)
    assert not cache.forget(answer())


async def test_a_second_asker_at_the_same_time_keeps_nothing_twice() -> None:
    cache = kept()
    second = cache.keep(ASKED, HERE, answer("the same"))
    assert len(cache) == 1
    assert "cache" not in second.notes


@pytest.mark.parametrize("text", ["", "?", "🤔", "a", "\ud800 what", "x" * 4000, "12:30 ... 5", "'"])
def test_any_text_has_its_words(text: str) -> None:
    assert isinstance(same(text), str)
    assert isinstance(words(text), tuple)
