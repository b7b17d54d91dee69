"""An answer is given again while its documents are the same, to who may be told it, and never else.

The index and the search are real; the model counts how often it is asked.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from bot.conversation import Pipeline
from bot.generation.engine import GenerationDone, GenerationEvent, GenerationRequest, ModelIdentity, Queued, TextDelta
from bot.messages import Answer, Conversation, Finished, MessageKey, Mode, Question, Status, Turn, Waiting
from bot.settings import Settings
from bot.storage.database import DatabaseBusy
from knowledge import reindex
from knowledge.documents import Scope
from knowledge.embedding import Embedder
from knowledge.index import Index
from knowledge.reindex import ReindexJob, run_reindex
from knowledge.retrieval import Retriever

PAGES = {
    "returns-eu.md": ("region: eu", "You may return a coat within 30 days of delivery in the European Union."),
    "returns-us.md": ("region: us", "You may return a coat within 45 days of delivery in the United States."),
    "staff.md": ("audience: internal", "Staff may return a coat within 99 days of delivery, by the secret staff rule."),
    "shipping.md": ("", "Standard shipping of a parcel takes 3 working days and costs 5 euros."),
}
ASKED = "How many days does standard shipping of a parcel take?"


class Reader:
    """Says the first sentence of the first passage that it is shown."""

    def __init__(self) -> None:
        self.identity = ModelIdentity("reader", 4096, "")
        self.asked = 0

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def health(self) -> str:
        return ""

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
        self.asked += 1
        shown = request.messages[-1].content.split('"""')[1].strip().split("\n")[-1]
        yield Queued(2)
        yield TextDelta(shown)
        yield GenerationDone("stop", 1, 1)

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    async def count_prompt(self, messages: Sequence[Turn]) -> int:
        return sum(await self.count_tokens([turn.content for turn in messages]))


Ask = Callable[..., Awaitable[Answer]]


class Shop:
    """Documents, their index, and a pipeline over it."""

    def __init__(self, folder: Path, embedder: Embedder, **answering: object) -> None:
        self.folder, self.embedder = folder, embedder
        self.day = date(2026, 11, 26)
        (folder / "pages").mkdir()
        for name, (scope, text) in PAGES.items():
            self.write(name, scope, text)
        self.publish()
        self.model = Reader()
        settings = Settings(answering={"min_confidence": 0.2, "quote": "last", **answering})
        searcher = Retriever(Index(str(folder / "index")), embedder)
        self.forgettings = 0
        self.pipeline = Pipeline(settings, searcher, self.model, lambda: self.day, forgettings=self._forgettings)

    async def _forgettings(self) -> int:
        return self.forgettings

    def write(self, name: str, scope: str, text: str) -> None:
        (self.folder / "pages" / name).write_text(f"---\n{scope}\n---\n# Help\n\n{text}\n")

    def publish(self) -> None:
        source = {"name": "pages", "kind": "folder", "path": "pages"}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reindex, "Embedder", lambda *_: self.embedder)
            run_reindex(ReindexJob(str(self.folder / "index"), (source,), self.folder))

    async def ask(
        self, text: str, scope: Scope | None = None, turns: tuple[Turn, ...] = (), mode: Mode | None = None
    ) -> Answer:
        question = Question(MessageKey("slack", "T", "C", "1"), text, "U", "t", scope or Scope(region=("eu",)))
        async for event in self.pipeline.answer(question, Conversation(turns), mode):
            if isinstance(event, Finished):
                return event.answer
            if isinstance(event, Waiting):
                assert event.place == 2
        raise AssertionError("no Finished event")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder()


@pytest.fixture
def shop(tmp_path: Path, embedder: Embedder) -> Shop:
    return Shop(tmp_path, embedder)


def hit(answer: Answer) -> str:
    """Return how an answer was found in the cache, empty where it was not."""
    return str(answer.notes.get("cache", {}).get("hit", ""))


async def test_a_question_asked_again_is_answered_without_the_model_and_its_trace_says_so(shop: Shop) -> None:
    first = await shop.ask(ASKED)
    again = await shop.ask(f"  {ASKED[:1].lower()}{ASKED[1:-1]} ")
    near = await shop.ask("Please, how many days does the standard shipping of a parcel take?")
    assert first.status == Status.ANSWERED and "3 working days" in first.text
    assert [hit(one) for one in (first, again, near)] == ["", "exact", "near"]
    assert {one.text for one in (again, near)} == {first.text}
    assert again.citations == first.citations and again.passages == first.passages
    assert (again.tokens, again.timings["first_token_s"]) == ({"prompt": 0, "completion": 0}, None)
    assert shop.model.asked == 1


async def test_another_figure_is_another_question(shop: Shop) -> None:
    await shop.ask("Can I return a coat in 30 days?")
    await shop.ask("Can I return a coat in 60 days?")
    assert shop.model.asked == 2


async def test_an_answer_never_leaves_its_scope(shop: Shop) -> None:
    coat = "How many days do I have to return a coat?"
    eu, us = await shop.ask(coat, Scope(region=("eu",))), await shop.ask(coat, Scope(region=("us",)))
    staff = await shop.ask(coat, Scope(audience=("internal",), region=("eu",)))
    customer = await shop.ask(coat, Scope(region=("eu",)))
    assert "30 days" in eu.text and "45 days" in us.text
    assert hit(us) == hit(staff) == "" and hit(customer) == "exact"
    assert "99" not in customer.text and "secret" not in repr(customer)


async def test_the_region_that_a_question_names_counts(shop: Shop) -> None:
    anywhere = Scope()
    for place, days in (("the EU", "30 days"), ("the US", "45 days"), ("the EU", "30 days")):
        answer = await shop.ask(f"How many days do I have to return a coat in {place}?", anywhere)
        assert days in answer.text
    assert hit(answer) == "exact"


async def test_a_new_version_of_the_documents_is_read_anew(shop: Shop) -> None:
    await shop.ask(ASKED)
    shop.write("shipping.md", "", "Standard shipping of a parcel takes 8 working days and costs 5 euros.")
    shop.publish()
    answer = await shop.ask(ASKED)
    assert "8 working days" in answer.text and hit(answer) == ""
    assert hit(await shop.ask(ASKED)) == "exact"


async def test_another_day_is_read_anew_because_documents_end(shop: Shop) -> None:
    shop.write("shipping.md", "effective_until: 2026-11-26", "Standard shipping of a parcel takes 2 working days.")
    shop.publish()
    coat = "How many days do I have to return a coat?"
    assert "2 working days" in (await shop.ask(ASKED)).text
    assert "30 days" in (await shop.ask(coat)).text
    shop.day = date(2026, 11, 27)
    answer = await shop.ask(ASKED)
    assert "2 working days" not in answer.text and hit(answer) == ""
    # A page that ended may have stood behind the best one, which is the same as before.
    assert hit(await shop.ask(coat)) == ""


async def test_a_follow_up_is_given_again_only_after_the_same_turns(shop: Shop) -> None:
    after_shipping = (Turn("user", ASKED), Turn("assistant", "3 working days."))
    after_returns = (Turn("user", "How many days do I have to return a coat?"), Turn("assistant", "30 days."))
    answers = [await shop.ask("What does it cost?", turns=turns) for turns in (after_shipping, after_returns, ())]
    assert [hit(one) for one in answers] == ["", "", ""]
    assert hit(await shop.ask("What does it cost?", turns=after_shipping)) == "exact"


async def test_an_answer_that_somebody_disliked_is_not_given_again(shop: Shop) -> None:
    await shop.ask(ASKED)
    shop.pipeline.disliked(await shop.ask(ASKED))
    assert hit(await shop.ask(ASKED)) == ""
    assert shop.model.asked == 2


async def test_an_answer_from_before_something_was_forgotten_is_not_given_again(shop: Shop) -> None:
    await shop.ask(ASKED)
    shop.forgettings += 1
    assert [hit(await shop.ask(ASKED)) for _ in range(2)] == ["", "exact"]
    assert shop.model.asked == 2


async def test_a_database_that_is_busy_costs_no_answer_but_the_one_given_before(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(self: Shop) -> int:
        raise DatabaseBusy("It is locked.", "")

    await shop.ask(ASKED)
    with monkeypatch.context() as patch:
        patch.setattr(shop.pipeline, "_forgettings", partial(busy, shop))
        answered = await shop.ask(ASKED)
    assert (hit(answered), answered.status) == ("", Status.ANSWERED)
    assert shop.model.asked == 2
    assert hit(await shop.ask(ASKED)) == "exact"


async def test_another_model_answers_anew(shop: Shop) -> None:
    await shop.ask(ASKED)
    shop.model.identity = ModelIdentity("another", 4096, "")
    assert hit(await shop.ask(ASKED)) == ""


async def test_the_settings_switch_it_off(tmp_path: Path, embedder: Embedder) -> None:
    shop = Shop(tmp_path, embedder, cache=False)
    for _ in range(2):
        answer = await shop.ask(ASKED)
        assert "cache" not in answer.notes
    shop.pipeline.disliked(answer)
    assert shop.model.asked == 2


async def test_modes_without_search_and_small_talk_are_never_kept(shop: Shop) -> None:
    for text, mode in (("thanks", None), ("hi", Mode.BASE)):
        assert "cache" not in (await shop.ask(text, mode=mode)).notes
    assert shop.model.asked == 0


async def test_a_choice_made_after_its_documents_changed_is_answered_from_those_there_are(shop: Shop) -> None:
    coat = "How many days do I have to return a coat?"
    back = await shop.ask(coat, Scope())
    assert back.status == Status.CLARIFY
    in_the_us = next(one.question for one in back.choices if one.label == "US")
    assert "45 days" in (await shop.ask(in_the_us, Scope())).text
    shop.write("returns-us.md", "region: us", "You may return a coat within 12 days of delivery in the United States.")
    shop.publish()
    assert "12 days" in (await shop.ask(in_the_us, Scope())).text
    (shop.folder / "pages" / "returns-us.md").unlink()
    shop.publish()
    gone = await shop.ask(in_the_us, Scope())
    assert "12 days" not in gone.text and "45 days" not in gone.text
    assert "the US" in gone.text
