"""The pipeline: search always, refuse honestly, let out only what the passages carry, keep a trace."""

from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from bot.conversation import Pipeline
from bot.generation.engine import (
    Answering,
    EngineBusy,
    GenerationDone,
    GenerationEvent,
    GenerationRequest,
    ModelIdentity,
    Queued,
    TextDelta,
)
from bot.messages import (
    Answer,
    AnswerEvent,
    Conversation,
    Finished,
    MessageKey,
    Mode,
    Partial,
    Question,
    Searching,
    Status,
    Turn,
    Waiting,
)
from bot.settings import Settings
from bot.wording import answers
from knowledge.documents import Passage, Scope, ScoredPassage
from knowledge.embedding import Vectors
from knowledge.retrieval import Extent, Likeness, Query, Retrieval, Sentence

TERMS = "You can return any unused item within 30 days of delivery. Refunds take 5 working days."


class Model:
    """Says `words`, a character at a time."""

    def __init__(
        self, words: str, *, reason: str = "stop", lora: str = "", places: tuple[int, ...] = (), busy: bool = False
    ) -> None:
        self.identity = ModelIdentity("scripted", 2048, lora)
        self.words, self.reason, self.places, self.busy = words, reason, places, busy
        self.requests: list[GenerationRequest] = []
        self.said = 0
        self.closed = False

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def health(self) -> str:
        return ""

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
        self.requests.append(request)
        if self.busy:
            raise EngineBusy("64 questions are already waiting for the model.", "Try again.")
        try:
            for place in self.places:
                yield Queued(place)
            for character in self.words:
                self.said += 1
                yield TextDelta(character)
            yield GenerationDone(self.reason, 100, len(self.words))
        finally:
            self.closed = True

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    async def count_prompt(self, messages: Sequence[Turn]) -> int:
        return sum(await self.count_tokens([turn.content for turn in messages]))


class Shelf:
    """Finds the same passages for every query, and remembers the queries."""

    def __init__(self, *texts: str, confidence: float = 0.9) -> None:
        self.passages = tuple(
            ScoredPassage(Passage(f"d{n}#0", f"d{n}", "s", "Returns", "https://x/r", "Time limits", text, 0), 1.0, 0.8)
            for n, text in enumerate(texts)
        )
        self.confidence = confidence
        self.searched: list[tuple[Query, int, Scope]] = []

    def search(self, query: Query, k: int, scope: Scope, on: date | None = None) -> Retrieval:
        self.searched.append((query, k, scope))
        return Retrieval(self.passages, 7, self.confidence, 0.01)

    def likeness(self, query: Query, texts: Sequence[str]) -> list[Likeness]:
        asked = set(query.text.lower().strip("?").split())
        shares = [len(asked & set(text.lower().strip(".").split())) / len(asked) for text in texts]
        return [Likeness(share, share) for share in shares]

    def likeness_within(
        self, query: Query, sentences: Sequence[Sentence], choose: Callable[[Sequence[Likeness]], Collection[int]]
    ) -> list[Likeness]:
        return self.likeness(query, [one.placed for one in sentences])

    def answering(self, query: Query, texts: Sequence[str]) -> list[float]:
        return []

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.ones((len(texts), 1), dtype=np.float32)

    def extent(self, scope: Scope, on: date | None = None) -> Extent:
        return Extent(len(self.passages), len(self.passages))


def asked(text: str, scope: Scope | None = None) -> Question:
    return Question(MessageKey("slack", "T", "C", "1"), text, "U", "t", scope or Scope())


async def run(
    model: Model,
    shelf: Shelf,
    /,
    text: str = "How long can I return an item?",
    *,
    turns: tuple[Turn, ...] = (),
    mode: Mode | None = None,
    answering: Mapping[str, object] | None = None,
    **settings: object,
) -> tuple[Answer, list[str]]:
    """Ask one question; unless `answering` says otherwise, the model is asked even where one sentence is clear."""
    values = {"quote": "last"} | ({"min_confidence": 0.5} if answering is None else dict(answering))
    pipeline = Pipeline(Settings(answering=values, **settings), shelf, model)
    partials: list[str] = []
    async for event in pipeline.answer(asked(text, Scope(region=("eu",))), Conversation(turns), mode):
        if isinstance(event, Partial):
            partials.append(event.text)
        elif isinstance(event, Finished):
            return event.answer, partials
        else:
            assert isinstance(event, Searching)
    raise AssertionError("no Finished event")


async def test_an_answer_carries_citations_and_the_whole_trace() -> None:
    model, shelf = Model("You can return an unused item within 30 days."), Shelf(TERMS, "Shipping is free.")
    answer, partials = await run(model, shelf)
    assert answer.status == Status.ANSWERED
    assert answer.text == "You can return an unused item within 30 days. [1]" == partials[-1]
    assert answer.citations[0].url == "https://x/r"
    assert [one.passage_id for one in answer.passages] == ["d0#0", "d1#0"]
    assert (answer.mode, answer.model, answer.knowledge_version) == (Mode.RAG, "scripted", 7)
    assert answer.prompt == model.requests[0].messages
    assert answer.tokens["prompt"] > 0
    assert answer.timings["first_token_s"] is not None


async def test_the_trace_tells_which_model_answered_where_it_is_not_the_one_that_was_asked() -> None:
    class Deputy(Model):
        async def generate(self, request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
            yield Answering(ModelIdentity("deputy", 2048), "", 0.0, "The server does not answer.")
            async for event in super().generate(request):
                yield event

    answer, _ = await run(Deputy("Refunds take 5 working days.", lora="support"), Shelf(TERMS), mode=Mode.RAG_LORA)
    assert (answer.model, answer.lora, answer.lora_scale) == ("deputy", "", 0.0)
    assert answer.notes["engine"] == "The server does not answer."
    answer, _ = await run(Model("Refunds take 5 working days.", lora="support"), Shelf(TERMS), mode=Mode.RAG_LORA)
    assert (answer.model, answer.lora, answer.lora_scale) == ("scripted", "support", 1.0)
    assert "engine" not in answer.notes


async def test_an_answer_that_another_model_stood_in_for_is_not_given_again() -> None:
    class Recovering(Model):
        async def generate(self, request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
            if not self.requests:
                yield Answering(ModelIdentity("deputy", 2048), "", 0.0, "The server does not answer.")
            async for event in super().generate(request):
                yield event

    pipeline = Pipeline(Settings(), Shelf(TERMS), Recovering("Refunds take 5 working days."))
    answers = [
        event.answer
        for _ in range(3)
        async for event in pipeline.answer(asked("How fast are refunds?"), Conversation())
        if isinstance(event, Finished)
    ]
    assert [one.model for one in answers] == ["deputy", "scripted", "scripted"]
    assert ["hit" in one.notes.get("cache", {}) for one in answers] == [False, False, True]


async def test_the_scope_of_the_channel_reaches_the_search() -> None:
    shelf = Shelf(TERMS)
    await run(Model("Refunds take 5 working days."), shelf, answering={"passages": 3})
    assert shelf.searched[0][1:] == (3, Scope(region=("eu",)))


@pytest.mark.parametrize("mode", [None, Mode.AUTO, Mode.RAG, Mode.RAG_LORA, Mode.ADAPTIVE])
@pytest.mark.parametrize("text", ["How long can I return an item?", "and in June?", "hi, is it free?", "refunds"])
async def test_no_question_is_answered_without_a_search(mode: Mode | None, text: str) -> None:
    model, shelf = Model("It is 30 days, as everybody knows.", lora="support"), Shelf()
    answer, partials = await run(model, shelf, text, turns=TURNS, mode=mode)
    assert shelf.searched
    assert (answer.status, model.requests, partials) == (Status.REFUSED, [], [])


async def test_a_document_holds_on_the_days_of_the_settings_time_zone() -> None:
    class Calendar(Shelf):
        def search(self, query: Query, k: int, scope: Scope, on: date | None = None) -> Retrieval:
            days.append(on)
            return super().search(query, k, scope, on)

    days: list[date | None] = []
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):  # 26 hours apart: it is never the same day in both
        settings = Settings(schedule={"timezone": zone})
        before = settings.today()
        async for _ in Pipeline(settings, Calendar(TERMS), Model("x")).answer(asked("How fast?"), Conversation()):
            pass
        assert days.pop() in (before, settings.today())


async def test_where_nothing_is_limited_to_a_place_there_is_one_search_and_no_question_back() -> None:
    shelf = Shelf(TERMS, "Shipping is free.")
    pipeline = Pipeline(Settings(answering={"min_confidence": 0.5}), shelf, Model("Refunds take 5 working days."))
    turns = (Turn("user", "I live in the UK."), Turn("assistant", "Fine."))
    for text in ("How fast?", "And in Germany?", "both"):
        async for event in pipeline.answer(asked(text), Conversation(turns)):
            if isinstance(event, Finished):
                assert event.answer.status == Status.ANSWERED
                assert event.answer.text == "Refunds take 5 working days. [1]"
    assert [(query.text, k) for query, k, _ in shelf.searched] == [
        ("How fast?", 4),
        ("And in Germany?", 4),
        ("both", 4),
    ]


async def test_a_follow_up_is_searched_with_what_was_asked_before() -> None:
    shelf = Shelf(TERMS)
    turns = (Turn("user", "Can I return a kettle?"), Turn("assistant", "Yes."))
    await run(Model("Refunds take 5 working days."), shelf, "How fast?", turns=turns)
    query = shelf.searched[0][0]
    assert (query.text, query.earlier) == ("How fast?", ("Can I return a kettle?",))


async def test_what_the_passages_do_not_carry_stays_in_and_is_noted() -> None:
    model = Model("Unused items can be returned within 90 days. Refunds take 5 working days. Dogs love our stores.")
    answer, partials = await run(model, Shelf(TERMS), "How many working days do refunds take?")
    assert answer.text == "Refunds take 5 working days. [1]"
    assert not any("90" in text for text in partials)
    assert [one["sentence"] for one in answer.notes["removed"]] == [
        "Unused items can be returned within 90 days.",
        "Dogs love our stores.",
    ]


async def test_where_the_model_says_nothing_fit_the_document_is_quoted() -> None:
    answer, _ = await run(Model("Bananas are yellow."), Shelf(TERMS), "Can I return an unused item?")
    assert answer.status == Status.ANSWERED
    assert answer.text == "You can return any unused item within 30 days of delivery. [1]"


async def test_where_not_even_a_sentence_of_the_documents_fits_the_question_is_refused() -> None:
    answer, _ = await run(Model("Bananas are yellow."), Shelf(TERMS), "Who founded Rome?")
    assert answer.status == Status.REFUSED
    assert answer.notes["removed"]


async def test_where_nothing_fits_the_refusal_names_the_person_to_ask() -> None:
    shelf = Shelf(TERMS, confidence=0.1)
    model = Model("anything")
    answer, _ = await run(model, shelf, answering={"min_confidence": 0.5, "contact": "#leads"})
    assert answer.status == Status.REFUSED
    assert "#leads" in answer.text
    assert not answer.citations
    assert not model.requests
    assert answer.passages, "the trace keeps what was found"


async def test_nothing_found_is_refused_without_asking_the_model() -> None:
    model = Model("anything")
    answer, _ = await run(model, Shelf(), answering={"min_confidence": 0.0})
    assert (answer.status, model.requests) == (Status.REFUSED, [])


@pytest.mark.parametrize("reason", ["length", "cut"])
async def test_half_a_sentence_does_not_go_out(reason: str) -> None:
    model = Model("Refunds take 5 working days. Unused items can be retur", reason=reason)
    answer, _ = await run(model, Shelf(TERMS), "How many working days do refunds take?")
    assert answer.text == "Refunds take 5 working days. [1]"


@pytest.mark.parametrize("reason", ["length", "cut"])
async def test_steps_that_broke_off_show_that_more_come(reason: str) -> None:
    text = "To reset the router, unplug it first. Then hold the reset button for ten seconds."
    said = "To reset the router, unplug it first. Then hold the"
    answer, _ = await run(Model(said, reason=reason), Shelf(text), "How do I reset the router?")
    whole, _ = await run(Model(said[:37], reason=reason), Shelf(text), "How do I reset the router?")
    assert whole.text == "To reset the router, unplug it first. [1]"
    assert answer.text == f"{whole.text} …"


async def test_what_is_true_but_beside_the_question_gives_way_to_a_quote() -> None:
    answer, partials = await run(
        Model("Refunds take 5 working days."), Shelf(TERMS), "When can I return an unused item?"
    )
    assert answer.text == "You can return any unused item within 30 days of delivery. [1]"
    assert not partials
    assert answer.notes["removed"] == [{"sentence": "Refunds take 5 working days.", "reason": "is beside the question"}]


CLEAR = "When can I return an unused item?"
PARCELS = "Parcels take 3 days by land. Dogs stay at home. Parcels take 9 days by sea or by the slow mail train."


@pytest.mark.parametrize(("lora", "mode"), [("", None), ("frontdesk-default", None), ("", Mode.ADAPTIVE)])
async def test_what_one_sentence_clearly_answers_is_quoted_and_the_model_is_not_asked(
    lora: str, mode: Mode | None
) -> None:
    model = Model("You can return any unused item within 30 days.", lora=lora)
    answer, partials = await run(model, Shelf(TERMS), CLEAR, mode=mode, answering={"quote": "auto"})
    assert answer.text == "You can return any unused item within 30 days of delivery. [1]"
    assert (model.requests, partials) == ([], [])
    assert (answer.mode, answer.lora, answer.lora_scale) == (Mode.RAG, "", 0.0)
    assert "no model is asked" in answer.notes["route"]
    assert answer.tokens == {"prompt": 0, "completion": 0}
    assert answer.prompt[-1].content.endswith(CLEAR), "an answer that is liked is learned from with its prompt"


@pytest.mark.parametrize(
    ("question", "lora", "mode", "settings"),
    [
        ("How many days do parcels take?", "", None, {}),
        (CLEAR, "ours", None, {}),
        (CLEAR, "", Mode.RAG, {}),
        (CLEAR, "frontdesk-default", Mode.RAG_LORA, {}),
        (CLEAR, "", None, {"model": {"path": "larger.gguf"}}),
        (CLEAR, "", None, {"generation": {"engine": "remote", "url": "http://llm.example.com"}}),
    ],
    ids=["two sentences", "an adapter of one's own", "a fixed mode", "a fixed mode with it", "another model", "server"],
)
async def test_else_the_model_is_asked(
    question: str, lora: str, mode: Mode | None, settings: dict[str, dict[str, object]]
) -> None:
    model = Model("Refunds take 5 working days.", lora=lora)
    shelf = Shelf(f"{PARCELS} {TERMS}")
    answer, _ = await run(model, shelf, question, mode=mode, answering={"quote": "auto"}, **settings)
    assert len(model.requests) == 1
    assert answer.tokens["prompt"] > 0


async def test_the_settings_say_whether_what_is_clear_is_quoted_at_once() -> None:
    for quote, times in (("clear", 0), ("last", 1)):
        model = Model("Refunds take 5 working days.", lora="ours")
        await run(model, Shelf(TERMS), CLEAR, answering={"quote": quote})
        assert len(model.requests) == times


async def test_what_a_model_means_is_quoted_where_its_words_do_not_go_out() -> None:
    saying = "By sea or slow mail train a parcel arrives in 9 days."
    answer, _ = await run(Model(saying), Shelf(PARCELS), "How many days do parcels take?")
    assert answer.text == "Parcels take 9 days by sea or by the slow mail train. [1]"
    unguided, _ = await run(Model("Hm."), Shelf(PARCELS), "How many days do parcels take by land?")
    assert "3 days" in unguided.text


async def test_other_words_go_out_where_the_settings_trust_the_model() -> None:
    model = Model("Any unused item you bought can be returned within 30 days of delivery.")
    question = "When can I return an unused item that I bought?"
    strict, _ = await run(model, Shelf(TERMS), question)
    assert strict.text == "You can return any unused item within 30 days of delivery. [1]"
    trusting, _ = await run(model, Shelf(TERMS), question, answering={"min_support": 0.7, "min_confidence": 0.5})
    assert trusting.text == "Any unused item you bought can be returned within 30 days of delivery. [1]"


async def test_the_model_is_shown_only_the_sentences_that_matter() -> None:
    filler = " ".join(
        f"Branch {n} of the town library keeps maps of mountains, rivers and old roads." for n in range(40)
    )
    model = Model("Refunds take 5 working days.")
    for pack, shown in (("sentences", False), ("passages", True)):
        answer, _ = await run(
            model, Shelf(f"{filler} {TERMS}"), "Can I return an unused item?", answering={"pack": pack}
        )
        assert "You can return any unused item within 30 days" in answer.prompt[-1].content
        assert ("Branch 17" in answer.prompt[-1].content) == shown
        assert ("Branch 17" in answer.passages[0].text) == shown, "the trace tells what the model was shown"


async def test_a_refusal_says_what_was_searched_and_what_is_near() -> None:
    answer, _ = await run(Model("x"), Shelf(TERMS, confidence=0.1), answering={"contact": "#leads"})
    assert answer.text == (
        "I could not find an answer to that in our documents. I searched 1 document valid for the EU. "
        "The closest topics I have are: “Returns: Time limits”. Please ask #leads."
    )


AWAY = "Here I can only say what applies to the EU, not to Norway."


async def test_of_several_questions_one_without_an_answer_names_whom_to_ask() -> None:
    settings = {"min_confidence": 0.5, "contact": "#leads"}
    asked = "How many working days do refunds take in the EU, and when was Rome founded in Norway?"
    answer, _ = await run(Model("x"), Shelf(TERMS), asked, answering=settings)
    assert answer.status == Status.ANSWERED and answer.citations
    assert answer.text == f"Refunds take 5 working days. [1]\n\n{AWAY}\n\nPlease ask #leads."
    asked = "How many working days do refunds take in the EU, and do refunds take 5 days in the EU?"
    answer, _ = await run(Model("x"), Shelf(TERMS), asked, answering=settings)
    assert answer.status == Status.ANSWERED and "#leads" not in answer.text


async def test_a_time_that_the_answer_before_tells_is_not_said_to_be_without_an_answer() -> None:
    settings = {"min_confidence": 0.5, "contact": "#leads"}
    first = "How many working days do refunds take in the EU?"

    class Sure(Shelf):
        def search(self, query: Query, k: int, scope: Scope, on: date | None = None) -> Retrieval:
            found = super().search(query, k, scope, on)
            return found if "refunds" in query.text else replace(found, passages=(), confidence=0.01)

    for then, missing in (("How long does it take?", False), ("Is it painful?", True)):
        answer, _ = await run(Model("x"), Sure(TERMS), f"{first} {then}", answering=settings)
        assert answer.text.startswith("Refunds take 5 working days. [1]")
        assert ("your second question" in answer.text, "#leads" in answer.text) == (missing, missing)


@pytest.mark.parametrize(
    ("then", "missing"),
    [("Who do I ask to have refunds take fewer working days?", True), ("Do refunds take long?", False)],
)
async def test_what_was_told_already_is_no_answer_to_a_question_of_something_else(then: str, *, missing: bool) -> None:
    asked = f"How many working days do refunds take in the EU? {then}"
    answer, _ = await run(Model("x"), Shelf(TERMS), asked, answering={"min_confidence": 0.5, "contact": "#leads"})
    assert answer.text.startswith("Refunds take 5 working days. [1]")
    assert ("your second question" in answer.text) is missing


async def test_several_questions_without_any_answer_are_refused() -> None:
    settings = {"min_confidence": 0.5, "contact": "#leads"}
    asked = "When was Athens built in Norway, and when was Rome founded in Norway?"
    answer, _ = await run(Model("x"), Shelf(TERMS), asked, answering=settings)
    assert (answer.status, answer.citations) == (Status.REFUSED, ())
    nothing = "I could not find an answer to your first question in our documents."
    assert answer.text == f"{nothing}\n\n{AWAY}\n\nPlease ask #leads."
    asked = "When was Athens built in the EU, and when was Rome founded in the EU?"
    answer, _ = await run(Model("x"), Shelf(TERMS), asked, answering=settings)
    assert answer.status == Status.REFUSED
    assert "your first question" not in answer.text and answer.text.count("#leads") == 1
    asked = "Who built Athens in Norway? Who founded Rome in Norway?"
    answer, _ = await run(Model("x"), Shelf(TERMS), asked, answering=settings)
    assert answer.text == f"{AWAY} Please ask #leads.", "a place named twice is told once"


async def test_a_model_that_rambles_is_stopped() -> None:
    model = Model("Bananas are yellow. " * 500)
    await run(model, Shelf(TERMS))
    assert model.said < 500


@pytest.mark.parametrize("mode", [Mode.RAG, Mode.BASE])
async def test_an_answer_that_nobody_waits_for_stops_the_model_at_once(mode: Mode) -> None:
    model = Model("Refunds take 5 working days. " * 50)
    events = Pipeline(Settings(), Shelf(TERMS), model).answer(asked("How long?"), Conversation(), mode)
    async for event in events:
        if isinstance(event, Partial):
            break
    await events.aclose()
    assert model.closed
    assert model.said < 100


async def test_small_talk_is_answered_without_search_and_model() -> None:
    model, shelf = Model("x"), Shelf(TERMS)
    answer, _ = await run(model, shelf, "thanks!")
    assert (answer.status, shelf.searched, model.requests) == (Status.SMALLTALK, [], [])


async def test_an_empty_mention_is_greeted() -> None:
    answer, _ = await run(Model("x"), Shelf(TERMS), "")
    assert answer.status == Status.SMALLTALK
    assert "Ask me" in answer.text


async def test_a_question_of_20000_characters_is_turned_away_in_a_sentence() -> None:
    model, shelf = Model("x"), Shelf(TERMS)
    answer, _ = await run(model, shelf, "why " * 5000)
    assert answer.status == Status.REFUSED
    assert "19,999" in answer.text
    assert not shelf.searched


async def test_base_mode_answers_freely_without_search() -> None:
    shelf = Shelf(TERMS)
    answer, _ = await run(Model("Whatever I like."), shelf, mode=Mode.BASE)
    assert (answer.text, answer.citations, shelf.searched) == ("Whatever I like.", (), [])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("You may return items. Refunds are not", "You may return items."),
        ("You may return items unless they", "You may return items unless they …"),
    ],
)
async def test_half_a_sentence_of_the_model_alone_goes_out_only_where_there_is_nothing_else(
    words: str, told: str
) -> None:
    answer, partials = await run(Model(words, reason="length"), Shelf(TERMS), mode=Mode.BASE)
    assert (answer.status, answer.text, partials[-1].strip()) == (Status.ANSWERED, told, told)
    whole, _ = await run(Model(words), Shelf(TERMS), mode=Mode.BASE)
    assert whole.text == words


async def test_half_an_address_does_not_go_out() -> None:
    answer, _ = await run(Model("Write to evil@exa.mp", reason="length"), Shelf(TERMS), mode=Mode.BASE)
    assert answer.status == Status.REFUSED


async def test_no_mode_lets_out_an_address_that_nobody_vouches_for() -> None:
    model = Model("We help. See https://evil.example/pay now. Or write to help@acme.example.")
    answer, partials = await run(model, Shelf(TERMS), mode=Mode.BASE, answering={"contact": "help@acme.example"})
    assert answer.text == "We help. Or write to help@acme.example."
    assert not any("evil" in text for text in partials)
    nothing, _ = await run(Model("https://evil.example"), Shelf(TERMS), mode=Mode.BASE, answering={"contact": "#leads"})
    assert (nothing.status, nothing.text) == (Status.REFUSED, "Please ask #leads.")


async def test_the_adapter_is_used_where_there_is_one() -> None:
    model = Model("Refunds take 5 working days.", lora="liked")
    answer, _ = await run(model, Shelf(TERMS), lora={"scale": 0.7})
    assert (answer.mode, answer.lora, answer.lora_scale) == (Mode.RAG_LORA, "liked", 0.7)
    assert model.requests[0].lora_scale == 0.7


async def test_only_the_last_turns_are_looked_at() -> None:
    model = Model("Refunds take 5 working days.")
    turns = tuple(Turn("user", f"earlier {n}") for n in range(20))
    await run(model, Shelf(TERMS), turns=turns, answering={"history_turns": 4})
    told = [turn.content for turn in model.requests[0].messages]
    assert "earlier 16" in told
    assert "earlier 15" not in told


async def test_of_a_long_message_before_only_what_a_question_may_have_is_looked_at() -> None:
    shelf, turns = Shelf(TERMS), (Turn("user", "a-" * 20_000), Turn("assistant", "That is too long."))
    await run(Model("Refunds take 5 working days."), shelf, turns=turns, answering={"max_question_chars": 100})
    assert shelf.searched[0][0].earlier == ("a-" * 50,)


@pytest.mark.parametrize("reply", ["🇬🇧", "🤷", "sure", ":flag-gb:", ":shrug:"])
async def test_a_sign_in_reply_to_our_question_back_is_no_small_talk(reply: str) -> None:
    which = Turn("assistant", answers.WHICH["region"].of("en", choices="the EU or the UK"))
    turns = (Turn("user", "How many working days do refunds take?"), which)
    answer, _ = await run(Model("Refunds take 5 working days."), Shelf(TERMS), reply, turns=turns)
    assert answer.status == Status.ANSWERED
    answer, _ = await run(Model("Refunds take 5 working days."), Shelf(TERMS), reply, turns=turns[:1])
    assert answer.status == Status.SMALLTALK


async def test_a_message_is_searched_for_and_measured_as_it_was_typed_with_its_emoji_as_signs() -> None:
    shelf, turns = Shelf(TERMS), (Turn("user", "do u repair kettles"), Turn("assistant", "No. [1]"))
    typed = "can u ship 2 norway :pray: as lids show :err:"
    await run(Model("Refunds take 5 working days."), shelf, typed, turns=turns)
    query = shelf.searched[0][0]
    assert (query.text, query.earlier) == ("can u ship 2 norway 🙏 as lids show :err:", ("do u repair kettles",))
    await run(Model("Refunds take 5 working days."), shelf, "what abt toasters :heart2:", turns=turns)
    assert shelf.searched[-1][0].text.endswith("what about toasters"), "what leans on what was said is read with it"
    longest = ("can u ship to norway " * 5)[:100]
    answer, _ = await run(Model("x"), Shelf(TERMS), longest, answering={"max_question_chars": 100})
    assert answer.notes["route"] != "question too long"


# Small talk, people, other words, queues -----------------------------------------------------------------------

TURNS = (
    Turn("user", "Can I return it?"),
    Turn("assistant", "Unused items can be returned within 30 days. [1] Opened items can not be returned. [2]"),
)


@pytest.mark.parametrize("text", ["", "   ", "🤔", "?!", "\u200b"])
@pytest.mark.parametrize("mode", [*Mode])
async def test_a_message_without_words_is_greeted_in_every_mode(text: str, mode: Mode) -> None:
    model, shelf = Model("x"), Shelf(TERMS)
    answer, _ = await run(model, shelf, text, mode=mode)
    assert (answer.status, shelf.searched, model.requests) == (Status.SMALLTALK, [], [])
    assert answer.notes["route"].startswith("small talk")


async def test_a_question_after_a_greeting_is_answered() -> None:
    answer, _ = await run(Model("Refunds take 5 working days."), Shelf(TERMS), "hi, how long do refunds take?")
    assert answer.text == "Refunds take 5 working days. [1]"


@pytest.mark.parametrize("text", ["a human, please", "This is ridiculous!"])
async def test_who_wants_a_person_or_is_angry_is_told_whom_to_ask(text: str) -> None:
    model, shelf = Model("x"), Shelf(TERMS)
    answer, _ = await run(model, shelf, text, answering={"contact": "#leads"})
    assert (answer.status, shelf.searched, model.requests) == (Status.HANDED_OVER, [], [])
    assert "#leads" in answer.text
    assert answer.notes["route"].startswith("handed over")


async def test_other_words_for_an_answer_are_let_out_where_they_say_the_same() -> None:
    model = Model("Items returned within 30 days can be unused. Opened items can not be returned.", lora="liked")
    shelf = Shelf(TERMS)
    answer, partials = await run(model, shelf, "make it friendlier", turns=TURNS, answering={"mode": "adaptive"})
    assert answer.text == "Items returned within 30 days can be unused. Opened items can not be returned."
    assert (answer.status, answer.mode, answer.lora_scale) == (Status.ANSWERED, Mode.LORA, 1.0)
    assert "30 days" in model.requests[0].messages[-1].content
    assert (shelf.searched, partials, answer.citations) == ([], [], ())


async def test_other_words_are_for_the_last_answer_and_not_for_small_talk_after_it() -> None:
    model = Model("Items returned within 30 days can be unused. Opened items can not be returned.")
    turns = (*TURNS, Turn("user", "thanks!"), Turn("assistant", "You're welcome! Ask me any time."))
    answer, _ = await run(model, Shelf(TERMS), "make it friendlier", turns=turns)
    assert "30 days" in model.requests[0].messages[-1].content
    assert answer.text == "Items returned within 30 days can be unused. Opened items can not be returned."


@pytest.mark.parametrize(
    "words",
    [
        "Opened items can be returned.",
        "Unused items can be returned within 30 days. Opened items can be returned.",
        "Unused items can be returned within 90 days. Opened items can not be returned.",
        "Unused items can be returned within 30 days.",
        "Bananas are yellow.",
        "",
    ],
)
async def test_other_words_that_say_something_else_stay_in_and_the_answer_is_told_once_more(words: str) -> None:
    answer, _ = await run(Model(words), Shelf(TERMS), "shorter please", turns=TURNS)
    assert answer.text.endswith("Unused items can be returned within 30 days. Opened items can not be returned.")
    assert answer.text.startswith("I can't put this differently")


async def test_an_answer_too_long_for_the_model_is_told_once_more() -> None:
    model = Model("x")
    turns = (TURNS[0], Turn("assistant", "word " * 3000))
    answer, _ = await run(model, Shelf(TERMS), "shorter please", turns=turns)
    assert answer.text.startswith("I can't put this differently") and not model.requests


@pytest.mark.parametrize(("text", "mode"), [("How long?", Mode.RAG), ("How long?", Mode.BASE)])
async def test_who_waits_for_the_model_is_told_the_place(text: str, mode: Mode) -> None:
    events: list[AnswerEvent] = []
    model = Model("Refunds take 5 working days. ", places=(3, 1))
    async for event in Pipeline(Settings(), Shelf(TERMS), model).answer(asked(text), Conversation(), mode):
        events.append(event)
    assert events[:3] == [Searching(), Waiting(3), Waiting(1)]
    assert isinstance(events[3], Partial)


async def test_a_full_queue_is_told_in_a_sentence_that_says_to_ask_again() -> None:
    with pytest.raises(EngineBusy, match=r"more questions than I can answer.*ask again in a minute"):
        await run(Model("x", busy=True), Shelf(TERMS))


async def test_the_adaptive_mode_leaves_the_adapter_out_where_the_passages_fit_well() -> None:
    for confidence, mode, scale in ((0.9, Mode.RAG, 0.0), (0.6, Mode.RAG_LORA, 0.4)):
        model = Model("Refunds take 5 working days.", lora="liked")
        shelf = Shelf(TERMS, confidence=confidence)
        scales = {"scales": {"fact": 0.4}}
        answer, _ = await run(model, shelf, answering={"mode": "adaptive"}, lora=scales)
        assert (answer.mode, answer.lora_scale, model.requests[0].lora_scale) == (mode, scale, scale)
        assert "adaptive" in answer.notes["route"]


async def test_where_no_passage_has_room_the_document_is_quoted_and_the_model_is_not_asked() -> None:
    model = Model("Nothing of this goes out.")
    model.identity = ModelIdentity("scripted", 440)
    filler = " ".join(f"The library of branch {n} keeps maps, books and an unused item." for n in range(40))
    answer, partials = await run(
        model,
        Shelf(f"{TERMS} {filler}"),
        "How long can I return an unused item?",
        answering={"pack": "passages", "min_confidence": 0.5},
    )
    assert (answer.status, model.requests, partials) == (Status.ANSWERED, [], [])
    assert answer.text == "You can return any unused item within 30 days of delivery. [1]"
    assert [one.document_id for one in answer.passages] == ["d0"], "the trace tells what was found"
    assert answer.tokens == {"prompt": 0, "completion": 0}


async def test_a_question_of_4000_characters_is_answered() -> None:
    answer, _ = await run(Model("Refunds take 5 working days."), Shelf(TERMS), ("why is that so? " * 250)[:4000])
    assert answer.status == Status.ANSWERED
