"""What goes out to people: never a word of a page that the asker may not be told, by no way.

The search is the real one; the model is the worst there could be, which repeats all it was ever shown.
"""

import random
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.conversation import Pipeline
from bot.generation.engine import (
    GenerationDone,
    GenerationEvent,
    GenerationRequest,
    ModelIdentity,
    TextDelta,
)
from bot.lookup import Lookup
from bot.messages import Answer, Conversation, Finished, MessageKey, Mode, Partial, Question, Status, Turn
from bot.settings import ScopeNamesSettings, Settings
from bot.understanding.names import Names
from knowledge import reindex
from knowledge.documents import Scope
from knowledge.embedding import Embedder, Vectors
from knowledge.index import Index
from knowledge.reindex import ReindexJob, run_reindex
from knowledge.retrieval import Extent, Likeness, Retriever

TODAY = date(2026, 11, 21)
REGIONS = {"eu": "the European Union", "uk": "the United Kingdom", "us": "the United States", "no": "Norway"}
SUBJECTS = {
    "returns": "You may return a coat or a kettle within {n} days of delivery. The secret word is {word}.",
    "shipping": "Shipping of a parcel takes {n} working days and costs {n} euros. The secret word is {word}.",
    "warranty": "Every appliance has a warranty of {n} months. The secret word is {word}.",
}
QUESTIONS = (
    "How long do I have to return a coat?",
    "How many days may I keep a kettle in {place}?",
    "How long does shipping take?",
    "What does shipping cost in {place}?",
    "How long is the warranty?",
    "Is the warranty longer in {place} or in {other}?",
    "What is the secret word for {place}?",
    "Which secret words are there for staff?",
    "And in {place}?",
    "what about {place}?",
    "both",
    "{place}",
)


def pages() -> dict[str, tuple[str, Scope]]:
    """Return text and scope of each page by its secret word, which is also its title."""
    found: dict[str, tuple[str, Scope]] = {}
    limits: list[dict[str, object]] = [{}, {"audience": "internal"}, {"audience": "partner"}]
    limits += [
        {"product": "kettle-club"},
        {"product": "refill-plan"},
        {"audience": "internal", "product": "refill-plan"},
    ]
    limits += [{"effective_until": TODAY - timedelta(days=1)}, {"effective_from": TODAY + timedelta(days=1)}]
    for subject, text in SUBJECTS.items():
        for region in ("", "eu", "uk", "us", "no", "eu,us"):
            for limit in limits:
                number = len(found)
                word = f"zq{number:03}"
                scope = Scope.from_mapping({"region": region, **limit})
                found[word] = (f"# {subject} {word}\n\n{text.format(n=100 + number, word=word)}", scope)
    return found


PAGES = pages()


class Parrot:
    """Repeats every message it is given, and says what it was never told."""

    def __init__(self) -> None:
        self.identity = ModelIdentity("parrot", 4096, "")
        self.heard: list[str] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def health(self) -> str:
        return ""

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
        said = "\n".join(turn.content for turn in request.messages)
        self.heard.append(said)
        yield TextDelta(said.replace('"""', "") + "\n")
        yield TextDelta(" ".join(f"The secret word is {word}." for word in PAGES))
        yield GenerationDone("stop", 1, 1)

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    async def count_prompt(self, messages: Sequence[Turn]) -> int:
        return sum(await self.count_tokens([turn.content for turn in messages]))


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    folder = tmp_path_factory.mktemp("scoped")
    (folder / "pages").mkdir()
    for word, (text, scope) in PAGES.items():
        front = "\n".join(f"{key}: {value}" for key, value in scope.as_mapping().items())
        (folder / "pages" / f"{word}.md").write_text(f"---\n{front}\n---\n{text}")
    embedder = Embedder()
    source = {"name": "pages", "kind": "folder", "path": "pages"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reindex, "Embedder", lambda *_: embedder)
        run_reindex(ReindexJob(str(folder / "index"), (source,), folder))
    yield Retriever(Index(str(folder / "index")), embedder)


async def answered(
    searcher: Retriever, text: str, scope: Scope, turns: tuple[Turn, ...] = (), model: Parrot | None = None
) -> tuple[Answer, str]:
    """Return the answer, and everything of it that anybody may see."""
    settings = Settings(answering={"min_confidence": 0.2, "contact": "#leads"})
    pipeline = Pipeline(settings, searcher, model or Parrot(), today=lambda: TODAY)
    question = Question(MessageKey("slack", "T", "C", "1"), text, "U", "t", scope)
    shown: list[str] = []
    async for event in pipeline.answer(question, Conversation(turns), Mode.RAG):
        if isinstance(event, Partial):
            shown.append(event.text)
        elif isinstance(event, Finished):
            answer = event.answer
            shown += [answer.text, repr(answer.citations), repr(answer.passages), repr(answer.choices)]
            shown += [turn.content for turn in answer.prompt]
            return answer, "\n".join(shown)
    raise AssertionError("no Finished event")


def askers(chance: random.Random) -> Scope:
    return Scope.from_mapping(
        {
            "region": chance.choice(["", "", "eu", "uk", "us", "no", ["eu", "uk"], ["us", "no"], "de", "fr"]),
            "audience": chance.choice(["", "", "internal", "partner", ["internal", "partner"], "legal"]),
            "product": chance.choice(["", "", "kettle-club", "refill-plan"]),
        }
    )


async def test_no_answer_quote_choice_or_trace_holds_a_word_of_what_the_asker_may_not_be_told(
    searcher: Retriever,
) -> None:
    chance = random.Random(11)
    statuses: dict[Status, int] = dict.fromkeys(Status, 0)
    by_place = 0
    for _ in range(40):
        scope = askers(chance)
        forbidden = {word for word, (_, limits) in PAGES.items() if not scope.admits(limits, TODAY)}
        turns: tuple[Turn, ...] = ()
        for _ in range(3):
            place, other = chance.sample([*REGIONS.values(), "Germany", "Switzerland", "EU", "US", "uk"], 2)
            text = chance.choice(QUESTIONS).format(place=place, other=other)
            answer, shown = await answered(searcher, text, scope, turns)
            assert not {word for word in forbidden if word in shown}, f"{scope}: {text!r} -> {answer.text}"
            statuses[answer.status] += 1
            by_place += "by_place" in answer.notes
            if scope.region:
                offered = " ".join([*(one.label for one in answer.choices), *answer.notes.get("by_place", ())])
                names = {"eu": "EU", "uk": "UK", "us": "US", "no": "Norway"}
                assert not {code for code, name in names.items() if name in offered and code not in scope.region}
            turns += (Turn("user", text), Turn("assistant", answer.text))
    assert statuses[Status.ANSWERED] > 30
    assert statuses[Status.CLARIFY] > 5
    assert by_place > 5


async def test_a_model_cannot_repeat_what_only_the_conversation_held(searcher: Retriever) -> None:
    internal = next(word for word, (_, limits) in PAGES.items() if limits == Scope(audience=("internal",)))
    turns = (Turn("user", "What is the word?"), Turn("assistant", f"The secret word is {internal}. It is 40 days."))
    answer, _ = await answered(searcher, "How long is the warranty in the UK?", Scope(region=("uk",)), turns)
    assert internal not in answer.text


async def test_the_choices_do_not_tell_of_regions_that_only_staff_may_know(searcher: Retriever) -> None:
    class Staffed:
        """Hides the open pages of the US, so that it is known to staff alone."""

        def search(self, query: object, k: int, scope: Scope, on: date | None = None) -> object:
            found = searcher.search(query, 1000, scope, on)  # type: ignore[arg-type]
            kept = [one for one in found.passages if "us" not in one.passage.scope.region or one.passage.scope.audience]
            return type(found)(tuple(kept[:k]), found.version, found.confidence, found.seconds)

        def likeness(self, query: object, texts: Sequence[str]) -> list[Likeness]:
            return searcher.likeness(query, texts)  # type: ignore[arg-type]

        def likeness_within(self, *given: object) -> list[Likeness]:
            return searcher.likeness_within(*given)  # type: ignore[arg-type]

        def answering(self, query: object, texts: Sequence[str]) -> list[float]:
            return searcher.answering(query, texts)  # type: ignore[arg-type]

        def embed(self, texts: Sequence[str]) -> Vectors:
            return searcher.embed(texts)

        def extent(self, scope: Scope, on: date | None = None) -> Extent:
            return searcher.extent(scope, on)

    question = "How long do I have to return a coat?"
    for_customers, _ = await answered(Staffed(), question, Scope(product=("none",)))  # type: ignore[arg-type]
    for_staff, _ = await answered(Staffed(), question, Scope(audience=("internal",), product=("none",)))  # type: ignore[arg-type]
    assert for_customers.status == for_staff.status == Status.CLARIFY
    assert "US" not in [one.label for one in for_customers.choices]
    assert "US" in [one.label for one in for_staff.choices]


async def test_asked_for_another_region_nobody_learns_whether_there_is_one(searcher: Retriever) -> None:
    here = Scope(region=("eu",))
    for known, unknown in (("the US", "Japan"), ("Norway", "Canada")):
        first, _ = await answered(searcher, f"How long is the warranty in {known}?", here)
        second, _ = await answered(searcher, f"How long is the warranty in {unknown}?", here)
        assert first.text.replace(known, unknown).split("\n")[0] == second.text.split("\n")[0]
        assert first.text.startswith(f"Here I can only say what applies to the EU, not to {known}.")


@pytest.fixture(scope="module")
def lookup(tmp_path_factory: pytest.TempPathFactory) -> Lookup:
    """A shop with two subscriptions, and one page in two languages."""
    texts = {
        "basic": "---\nproduct: basic-plan\n---\n# Cancelling\n\nThe subscription is cancelled with notice of 30 days.",
        "pro": "---\nproduct: pro-plan\n---\n# Cancelling\n\nThe subscription is cancelled at any time, at once.",
        "mill": "---\nproduct: GrindRight 200\n---\n# Oiling\n\nThe GrindRight 200 is oiled every 8 weeks, by a drop.",
        "press": "---\nproduct: Prensa\n---\n# Oiling\n\nThe Prensa is oiled every 5 weeks, by a drop.",
        "vacation": "# Vacation\n\n## Days of vacation\n\nStaff have 28 days of vacation a year.",
        "coats": "---\nlocale: en-GB\n---\n# Washing coats\n\nA coat is washed at 30 degrees in the machine.",
        "mantel": "---\nlang: Deutsch\n---\n# Mäntel waschen\n\nEin Mantel wird bei 30 Grad in der Maschine gewaschen.",
    }
    names = Names(ScopeNamesSettings(product={"pro-plan": ["professional subscription"]}))
    return looking_up(tmp_path_factory.mktemp("shop"), texts, names)


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory) -> Lookup:
    """A shop that takes back what was bought for a time that differs by region, and has one warranty."""
    days = {"eu": (14, "is free"), "uk": (28, "costs £3.50"), "us": (60, "costs $8")}
    texts = {
        region: f"---\nregion: {region}\n---\n# Returns\n\nYou may return any item within {n} days of delivery. "
        f"Return postage {costs}."
        for region, (n, costs) in days.items()
    }
    texts["warranty"] = "# Warranty\n\nThe warranty is two years for all machines."
    texts["payment"] = "# Payment\n\nYou can pay by Visa, Mastercard and PayPal."
    texts["sso"] = "# Single sign-on\n\nSSO works with Okta and Google."
    texts["error"] = "# Error E17\n\nError E17 means that the water tank is empty. Fill it and press start."
    texts["label"] = "# Return labels\n\nThe customer pays 5 euros for the return label."
    texts["broken"] = (
        "# Items that arrive broken\n\nIf an item arrived broken, we pay for the return label, and you get a new item."
    )
    return looking_up(tmp_path_factory.mktemp("returns"), texts, Names(ScopeNamesSettings()))


def looking_up(folder: Path, texts: Mapping[str, str], names: Names) -> Lookup:
    """Return what looks up in just these pages, which are put into the folder."""
    (folder / "pages").mkdir()
    for name, text in texts.items():
        (folder / "pages" / f"{name}.md").write_text(text, encoding="utf-8")
    embedder = Embedder()
    source = {"name": "pages", "kind": "folder", "path": "pages"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reindex, "Embedder", lambda *_: embedder)
        run_reindex(ReindexJob(str(folder / "index"), (source,), folder))
    return Lookup(Retriever(Index(str(folder / "index")), embedder), names, Settings().answering, lambda: TODAY)


CANCEL = "Can the subscription be cancelled with notice?"


async def test_a_product_is_asked_for_like_a_region(lookup: Lookup) -> None:
    looked = await lookup.look(CANCEL, (), Scope())
    assert {one.label for one in looked.choices} == {"Basic Plan", "Pro Plan"}
    turns = (Turn("user", CANCEL), Turn("assistant", looked.which))
    for reply, page in (("basic plan", "basic.md"), ("the professional subscription", "pro.md")):
        moved = await lookup.look(reply, turns, Scope())
        assert moved.text.startswith("Can the subscription be cancelled with notice for ")
        assert moved.replies
        assert moved.retrieval.passages[0].passage.document_id == page
        assert {one.passage.document_id for one in moved.retrieval.passages}.isdisjoint({"basic.md", "pro.md"} - {page})


@pytest.mark.parametrize("reply", ["basic plan", "the last one"])
async def test_a_choice_does_not_lead_the_questions_after_it_to_its_page(lookup: Lookup, reply: str) -> None:
    which = (await lookup.look(CANCEL, (), Scope())).which
    turns = (Turn("user", CANCEL), Turn("assistant", which), Turn("user", reply))
    told = (await lookup.look(reply, turns[:2], Scope())).retrieval.passages[0].passage
    turns += (Turn("assistant", f"{told.text} [1]"),)
    for other in ("How many holidays do people have?", "and the vacation?", "Vacation?", "ok and days of vacation?"):
        looked = await lookup.look(other, turns, Scope())
        assert looked.retrieval.passages[0].passage.document_id == "vacation.md"
    follow_ups = ("Is notice needed?", "And at once?", "and staff?", "How is it done?", "Can I cancel by letter?")
    for follow_up in follow_ups:
        looked = await lookup.look(follow_up, turns, Scope())
        assert looked.retrieval.passages[0].passage.document_id == told.document_id


@pytest.mark.parametrize(
    "message",
    [
        "How long may I return an item in the EU? How long is the warranty?",
        "In the EU, how long may I return an item? And how long is the warranty?",
    ],
)
async def test_a_place_that_one_question_names_does_not_lead_another_to_its_page(returns: Lookup, message: str) -> None:
    days, warranty = (await returns.look(message, (), Scope())).questions
    assert days.retrieval.passages[0].passage.document_id == "eu.md"
    assert warranty.retrieval.passages[0].passage.document_id == "warranty.md"


@pytest.mark.parametrize(
    ("follow_up", "page"),
    [
        ("and the warranty?", "warranty.md"),
        ("warranty?", "warranty.md"),
        ("and how can i pay?", "payment.md"),
        ("and SSO?", "sso.md"),
        ("and what does E17 mean?", "error.md"),
        ("and after the warranty?", "eu.md"),
        ("and the postage?", "eu.md"),
        ("and who pays?", "eu.md"),
        ("and is it free?", "eu.md"),
    ],
)
async def test_a_short_follow_up_on_another_subject_leaves_the_page_of_the_place(
    returns: Lookup, follow_up: str, page: str
) -> None:
    turns = (
        Turn("user", "How long may I return an item in the EU?"),
        Turn("assistant", "You may return any item within 14 days of delivery. [1]"),
    )
    looked = await returns.look(follow_up, turns, Scope())
    assert looked.retrieval.passages[0].passage.document_id == page


async def test_a_reply_and_what_is_asked_beside_it_are_both_answered(lookup: Lookup) -> None:
    turns = (Turn("user", CANCEL), Turn("assistant", (await lookup.look(CANCEL, (), Scope())).which))
    looked = await lookup.look("The pro plan. And how many days of vacation do staff have?", turns, Scope())
    assert looked.replies
    pages = [one.retrieval.passages[0].passage.document_id for one in looked.questions]
    assert pages == ["pro.md", "vacation.md"]


RETURN = "How long may I return an item?"


@pytest.mark.parametrize(
    ("reply", "pages"),
    [
        ("UK. My item arrived broken, who pays the label?", ["uk.md", "broken.md"]),
        ("UK. My parcel arrived broken. Who pays the label?", ["uk.md", "broken.md"]),
        ("UK. Who pays the label?", ["uk.md", "label.md"]),
        ("UK & how can I pay?", ["uk.md", "payment.md"]),
        ("UK. And does it cost anything to send it back there?", ["uk.md", "uk.md"]),
    ],
)
async def test_what_is_told_beside_a_reply_stays_with_what_is_asked_beside_it(
    returns: Lookup, reply: str, pages: list[str]
) -> None:
    turns = (Turn("user", RETURN), Turn("assistant", (await returns.look(RETURN, (), Scope())).which))
    looked = await returns.look(reply, turns, Scope())
    assert [one.retrieval.passages[0].passage.document_id for one in looked.questions] == pages


async def test_who_replies_with_a_place_without_a_page_and_asks_more_is_told_of_no_other_place(
    returns: Lookup,
) -> None:
    turns = (Turn("user", RETURN), Turn("assistant", (await returns.look(RETURN, (), Scope())).which))
    days, payment = (await returns.look("Japan. How can I pay?", turns, Scope())).questions
    assert (days.refusal, days.parts, days.retrieval.passages) == ("I found nothing for Japan.", (), ())
    assert payment.retrieval.passages[0].passage.document_id == "payment.md"
    alone = await returns.look("Japan", turns, Scope())
    assert len(alone.parts) == 3 and alone.lead == "I found nothing for Japan, only this:"


async def test_what_is_asked_beside_a_reply_is_answered_from_a_page_for_all(tmp_path: Path) -> None:
    texts = {
        name: f"---\nproduct: {name} plan\n---\n# API limits of the {name} plan\n\nThe {name} plan allows {calls} API "
        f"calls a day. Exports are kept for {days} days."
        for name, calls, days in (("Starter", "1,000", 7), ("Pro", "50,000", 90))
    }
    texts["sso"] = "# Single sign-on\n\nSSO works with Okta and Google."
    plans = looking_up(tmp_path, texts, Names(ScopeNamesSettings()))
    asked = "How many API calls can I make?"
    turns = (Turn("user", asked), Turn("assistant", (await plans.look(asked, (), Scope())).which))
    for reply in ("Starter & do you have sso?", "Pro. Does it have SSO?"):
        _, sso = (await plans.look(reply, turns, Scope())).questions
        assert (sso.refusal, sso.retrieval.passages[0].passage.document_id) == ("", "sso.md")


async def test_who_says_which_place_is_not_meant_and_asks_more_is_not_told_of_it(returns: Lookup) -> None:
    turns = (Turn("user", RETURN), Turn("assistant", (await returns.look(RETURN, (), Scope())).which))
    days, payment = (await returns.look("not the US. How can I pay?", turns, Scope())).questions
    assert {one.label for one in days.parts} == {"the EU", "the UK"}
    assert payment.retrieval.passages[0].passage.document_id == "payment.md"


@pytest.mark.parametrize("follow_up", ["and on Pro?", "and pro?", "what about Pro", "Does Pro need notice?"])
async def test_a_follow_up_that_names_another_product_for_short_is_answered_for_that(
    lookup: Lookup, follow_up: str
) -> None:
    turns = (
        Turn("user", "Can the basic plan be cancelled with notice?"),
        Turn("assistant", "The subscription is cancelled with notice of 30 days. [1]"),
    )
    looked = await lookup.look(follow_up, turns, Scope())
    assert looked.retrieval.passages[0].passage.document_id == "pro.md"
    assert lookup.holds_for(looked, {"pro.md"}) == "(This applies to Pro Plan.)"


@pytest.mark.parametrize(
    "question", ["How often do I oil the grindright?", "what about the Grindright?", "Grindright200"]
)
async def test_a_product_called_by_part_of_its_name_is_not_the_one_chosen_before(lookup: Lookup, question: str) -> None:
    turns = (Turn("user", "How often do I oil the Prensa?"), Turn("assistant", "Every 5 weeks, by a drop. [1]"))
    looked = await lookup.look(question, turns, Scope())
    assert {one.passage.document_id for one in looked.retrieval.passages} & {"mill.md", "press.md"} == {"mill.md"}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How often do I oil the GrindRight 300?", "(This applies to Grindright 200.)"),
        ("How often do I oil the grindright?", "(This applies to Grindright 200.)"),
        ("How often do I oil the GrindRight 200?", ""),
        ("How often do I oil the grindright200?", ""),
    ],
)
async def test_who_does_not_name_a_product_in_full_is_told_which_the_answer_is_for(
    lookup: Lookup, question: str, said: str
) -> None:
    looked = await lookup.look(question, (), Scope())
    assert looked.retrieval.passages[0].passage.document_id == "mill.md"
    assert lookup.holds_for(looked, {"mill.md"}) == said


@pytest.mark.parametrize("question", ["what about the GrindRight Pro?", "How often do I oil the GrindRight 300?"])
async def test_another_model_is_not_answered_for_the_one_named_before(lookup: Lookup, question: str) -> None:
    turns = (Turn("user", "How often do I oil the GrindRight 200?"), Turn("assistant", "Every 8 weeks. [1]"))
    looked = await lookup.look(question, turns, Scope())
    assert lookup.holds_for(looked, {"mill.md"}) == "(This applies to Grindright 200.)"


async def test_what_others_wrote_decides_no_product(lookup: Lookup) -> None:
    quoted = "> your GrindRight 200 has been sent.\n> Have you seen the Prensa?"
    asked = f"How often is the machine oiled, by how many drops?\n\n{quoted}"
    assert {one.label for one in (await lookup.look(asked, (), Scope())).choices} == {"Grindright 200", "Prensa"}


async def test_a_reply_that_picks_no_choice_is_asked_back_about_once_more(lookup: Lookup) -> None:
    turns = (Turn("user", CANCEL), Turn("assistant", (await lookup.look(CANCEL, (), Scope())).which))
    again = await lookup.look("option 9", turns, Scope())
    assert {one.label for one in again.choices} == {"Basic Plan", "Pro Plan"}
    turns += (Turn("user", "option 9"), Turn("assistant", again.which))
    assert {one.label for one in (await lookup.look("option 9", turns, Scope())).parts} == {"Basic Plan", "Pro Plan"}


async def test_nobody_is_asked_about_a_product_where_the_channel_has_one(lookup: Lookup) -> None:
    looked = await lookup.look(CANCEL, (), Scope(product=("pro-plan",)))
    assert not looked.which and looked.retrieval.passages[0].passage.document_id == "pro.md"
    other = await lookup.look("And for the basic plan?", (Turn("user", CANCEL),), Scope(product=("pro-plan",)))
    assert not {one.passage.document_id for part in other.parts for one in part.passages} & {"basic.md"}


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("At how many degrees is a coat washed?", "coats.md"),
        ("Bei wie viel Grad wird ein Mantel gewaschen?", "mantel.md"),
    ],
)
async def test_a_question_is_answered_from_pages_in_its_language_where_there_are_such(
    lookup: Lookup, question: str, page: str
) -> None:
    looked = await lookup.look(question, (), Scope())
    assert not looked.which
    assert looked.retrieval.passages[0].passage.document_id == page
    assert {"coats.md", "mantel.md"} & {one.passage.document_id for one in looked.retrieval.passages} == {page}
