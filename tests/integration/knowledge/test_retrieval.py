"""The right passages are found, and none that the asker may not see."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.followups import query_for
from bot.messages import Turn
from knowledge.documents import Document, Passage, Scope
from knowledge.embedding import Embedder, EmbedderIdentity, EmbeddingError
from knowledge.index import Index, IndexIdentity, Version, scope_filter
from knowledge.passages import cut, embedded_text
from knowledge.reindex import ReindexJob, run_reindex
from knowledge.retrieval import Query, Retrieval, Retriever, Sentence

Open = Callable[[], Retriever]
TODAY = date(2026, 6, 15)


@pytest.fixture
def searcher(job: ReindexJob, retriever: Open) -> Retriever:
    run_reindex(job)
    return retriever()


def ids(found: Retrieval) -> list[str]:
    return [one.passage.document_id for one in found.passages]


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("How long can I send something back?", "returns.md"),  # no word in common: found by its meaning
        ("12 euros", "shipping.md"),
        ("Norwegian parcels", "shipping.md"),
        ("kettles' warranties", "warranty.md"),
    ],
)
def test_a_question_finds_its_page_by_words_and_by_meaning(searcher: Retriever, question: str, document: str) -> None:
    assert ids(searcher.search(Query(question), 3, Scope()))[0] == document


def test_a_withheld_document_is_as_good_as_not_there(searcher: Retriever) -> None:
    asked = Query("How long is the warranty of a kettle?")
    whole, rest = searcher.search(asked, 5, Scope()), searcher.without(["warranty.md"]).search(asked, 5, Scope())
    assert ids(whole)[0] == "warranty.md"
    assert rest.passages and "warranty.md" not in ids(rest)
    assert rest.confidence < whole.confidence
    assert searcher.without(["warranty.md"]).extent(Scope()).documents == searcher.extent(Scope()).documents - 1
    assert searcher.without([]).search(asked, 5, Scope()).passages == whole.passages


def test_a_follow_up_is_searched_with_what_was_asked_before(searcher: Retriever) -> None:
    turns = [Turn("user", "How long is the warranty of a kettle?"), Turn("assistant", "Two years.")]
    assert query_for("And where does it say so?", turns) == Query(
        "And where does it say so?", ("How long is the warranty of a kettle?",), "Two years."
    )
    found = searcher.search(query_for("And where does it say so?", turns), 3, Scope())
    assert ids(found)[0] == "warranty.md"


def test_the_answer_before_leads_to_its_page_but_not_to_a_surer_answer(searcher: Retriever) -> None:
    vague, answer = "And what else should I know?", "Standard shipping to Norway takes five working days."
    without = searcher.search(Query(vague, ("Hello there, I have a question",)), 3, Scope())
    asked = Query(vague, ("Hello there, I have a question",), answer)
    found = searcher.search(asked, 3, Scope())
    assert ids(found)[0] == "shipping.md" != ids(without)[0]
    assert found.passages[0].similarity < 0.5 < searcher.search(Query(answer), 3, Scope()).passages[0].similarity
    # Which sentence answers is told by what was asked, not by what was told already.
    sentences = ["Standard shipping to Norway takes five working days.", "The return label is free of charge."]
    assert searcher.likeness(asked, sentences) == searcher.likeness(replace(asked, told=""), sentences)


def test_on_another_subject_the_answer_before_leads_nobody_astray(searcher: Retriever) -> None:
    told = "Standard shipping to Norway takes five working days and costs 12 euros."
    query = Query("How long may I return an item after delivery?", ("How long does shipping to Norway take?",), told)
    found = searcher.search(query, 3, Scope())
    assert ids(found)[0] == "returns.md"
    assert found.passages == searcher.search(replace(query, told=""), 3, Scope()).passages


def test_only_the_last_four_user_turns_are_searched_with() -> None:
    turns = [Turn("user", text) for text in ("one", "two", "three", " ", "four", "five")]
    assert query_for("six", turns).earlier == ("two", "three", "four", "five")
    assert query_for("six", ()).earlier == ()


def test_a_passage_out_of_scope_is_never_found(searcher: Retriever) -> None:
    assert "goodwill.md" not in ids(searcher.search(Query("voucher that agents may grant"), 20, Scope()))
    inside = Scope(audience=("internal",))
    assert ids(searcher.search(Query("voucher that agents may grant"), 20, inside))[0] == "goodwill.md"
    in_europe = Scope(region=("eu",))
    assert "warranty.md" not in ids(searcher.search(Query("warranty of a kettle"), 20, in_europe))


def test_confidence_tells_a_question_on_the_documents_from_another(searcher: Retriever) -> None:
    known = searcher.search(Query("How long does shipping to Norway take?"), 4, Scope()).confidence
    unknown = searcher.search(Query("Who painted the Mona Lisa?"), 4, Scope()).confidence
    assert 0 <= unknown < 0.3
    assert 0.6 < known <= 1


def test_where_nothing_may_be_told_there_is_nothing_and_no_confidence(
    tmp_path: Path, job: ReindexJob, policies: Path, retriever: Open
) -> None:
    for page in policies.iterdir():
        page.write_text("---\naudience: internal\n---\n" + page.read_text())
    run_reindex(job)
    found = retriever().search(Query("shipping"), 4, Scope())
    assert (found.passages, found.confidence) == ((), 0.0)


@pytest.mark.parametrize(
    "question",
    [
        "",
        " \n\t",
        "?!",
        "the",
        'an "open quote',
        "AND OR NOT (",
        "title:x^2 ~ * [a TO b] \\",
        "it's '; DROP TABLE passages; --",
        "\x00\u202e\ud800",
        "🫖 送料はいくらですか",
        "shipping to Norway " * 1_100,
        "x" * 20_000,
        " ".join(f"word{n}" for n in range(4_000)),
    ],
)
def test_no_question_however_odd_breaks_the_search(searcher: Retriever, question: str) -> None:
    found = searcher.search(Query(question, (question,)), 5, Scope(region=("e'u",)))
    assert len(found.passages) <= 5
    assert 0 <= found.confidence <= 1


def test_many_threads_search_while_a_new_version_is_published(
    searcher: Retriever, job: ReindexJob, policies: Path
) -> None:
    (policies / "gifts.md").write_text("# Gift cards\n\nGift cards never expire.")
    published = threading.Event()

    def search_until_published() -> set[tuple[int, bool]]:
        seen = set()
        while True:
            last = published.is_set()
            found = searcher.search(Query("gift cards"), 5, Scope())
            seen.add((found.version, "gifts.md" in ids(found)))
            if last:
                return seen

    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(search_until_published) for _ in range(4)]
        version = run_reindex(job).version
        published.set()
        seen = set().union(*(future.result() for future in futures))
    assert all(has_it == (number == version) for number, has_it in seen)
    assert (version, True) in seen


# ------------------------------------------------------------------ one truth about scopes

values = st.lists(st.sampled_from(["eu", "us", "fr", "o'brien"]), max_size=2, unique=True).map(
    lambda one: tuple(sorted(one))
)
days = st.none() | st.integers(-2, 2).map(lambda n: TODAY + timedelta(days=n))
scopes = st.builds(Scope, values, values, values, values, days, days)


@pytest.fixture(scope="module")
def scoped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Version, dict[str, Scope]]:
    """A version with passages of a thousand different scopes."""
    known: dict[str, Scope] = {}

    @settings(max_examples=1000, database=None, derandomize=True)
    @given(scopes)
    def collect(scope: Scope) -> None:
        known[f"{len(known)}#0"] = scope

    collect()
    passages = [Passage(id, id[:-2], "s", "T", "", "", "word", 0, scope) for id, scope in known.items()]
    index = Index(str(tmp_path_factory.mktemp("scoped")))
    with index.writing() as writer:
        staged = writer.stage(IndexIdentity(EmbedderIdentity("none", "none", 4, "float32"), "English", 1), anew=True)
        vectors = np.ones((len(passages), 4), dtype=np.float32)
        staged.add(passages, {one.document_id: "" for one in passages}, vectors)
        staged.publish(staged.finish())
    return index.published(), known


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asker=scopes)
def test_the_filter_of_the_index_and_the_scope_itself_agree(
    scoped: tuple[Version, dict[str, Scope]], asker: Scope
) -> None:
    version, known = scoped
    wanted = {id for id, scope in known.items() if asker.admits(scope, TODAY)}
    allowed = scope_filter(asker, TODAY)
    for search in (version.table.search([1.0] * 4), version.table.search("word", query_type="fts")):
        rows = search.where(allowed, prefilter=True).select(["id"]).limit(len(known)).to_list()
        assert {row["id"] for row in rows} == wanted


# ------------------------------------------------------------------ the embedder


def test_vectors_have_length_one_and_keep_the_order_of_the_texts(embedder: Embedder) -> None:
    texts = ["shipping " * 50, "a", "returns", ""]
    vectors = embedder.encode(texts)
    assert (vectors.shape, vectors.dtype) == ((4, 384), np.float32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        assert float(embedder.encode([text])[0] @ vector) > 0.995
    assert embedder.encode([]).shape == (0, 384)


def test_the_words_of_a_text_are_those_that_say_something(embedder: Embedder) -> None:
    texts = ["What is the warranty of a kettle?", "of the", ""]
    vectors, words = embedder.encode_words(texts, lambda one: one)
    assert np.allclose(vectors, embedder.encode(texts), atol=0.02)
    assert [len(one) for one in words] == [3, 4, 2]  # warranty, ket, ##tle; with nothing telling all of them
    assert np.allclose(np.linalg.norm(words[0], axis=1), 1, atol=1e-5)


def test_a_few_texts_have_the_same_words_without_the_model_in_full(embedder: Embedder) -> None:
    _, light = Embedder().encode_words(["warranty of a kettle"], lambda one: one)
    _, full = embedder.encode_words(["warranty of a kettle"], lambda one: one)
    assert (light[0] * full[0]).sum(axis=1).min() > 0.99


def test_a_passage_fits_the_embedder_with_its_title_and_heading(embedder: Embedder) -> None:
    words = "Größe Rückgabe 送料 parcel-label https://help.example/returns?id=3 a.b.c " * 300
    documents = [Document("d", "s", words, f"# {words}\n\n{words}"), Document("e", "s", "Short", words)]
    passages = [one for listed in cut(documents, embedder.token_ends, embedder.max_tokens) for one in listed]
    assert len(passages) > 10
    assert max(embedder.count_tokens([embedded_text(one) for one in passages])) <= embedder.max_tokens - 2


def test_queries_are_embedded_in_the_precision_of_the_index(job: ReindexJob, embedder: Embedder) -> None:
    run_reindex(job)
    searcher_own = Embedder(dtype="float32")
    searcher = Retriever(Index(job.uri), searcher_own)
    searcher.search(Query("shipping"), 1, Scope())
    assert searcher_own.identity == embedder.identity


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("no/such-model", "is not on this machine. Fetch it with `hf download no/such-model`"),
        ("nowhere", "There is no embedding model nowhere."),
        (".", "holds no embedding model: its weights are missing."),
    ],
)
def test_a_missing_model_is_an_error_with_a_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EmbeddingError) as caught:
        Embedder(model)
    assert sentence in str(caught.value)
    assert caught.value.fix


def test_a_damaged_model_is_an_error_with_a_fix(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(EmbeddingError, match=r"cannot be loaded.*Set embedding\.model"):
        Embedder(str(tmp_path)).encode(["text"])


def test_it_is_known_how_much_an_asker_may_be_told_from(job: ReindexJob, policies: Path, retriever: Open) -> None:
    run_reindex(job)
    searcher = retriever()
    everybody, staff = searcher.extent(Scope()), searcher.extent(Scope(audience=("internal",)))
    assert (everybody.documents, everybody.passages) == (3, 4)
    assert staff.documents == everybody.documents + 1
    assert searcher.extent(Scope(region=("uk",))).documents == 2
    (policies / "new.md").write_text("# News\n\nWe moved.")
    run_reindex(job)
    assert searcher.extent(Scope()).documents == 4


def test_sentences_have_the_same_vectors_when_they_are_asked_for_again(
    searcher: Retriever, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = searcher.embed(["Every kettle has a warranty.", "We moved.", "We moved."])
    asked: list[str] = []

    def noticed(texts: list[str]) -> np.ndarray:
        asked.extend(texts)
        return np.ones((len(texts), first.shape[1]), dtype=np.float32)

    monkeypatch.setattr(embedder, "encode", noticed)
    again = searcher.embed(["We moved.", "Something new.", "Every kettle has a warranty."])
    assert asked == ["Something new."]
    assert np.array_equal(again[0], first[1]) and np.array_equal(again[2], first[0])
    assert np.array_equal(first[1], first[2])
    assert np.allclose(np.linalg.norm(first, axis=1), 1, atol=1e-3)


def test_a_sentence_is_likely_meant_by_its_words_and_by_what_it_stands_under(searcher: Retriever) -> None:
    asked = Query("How much is express delivery?")
    texts = ["Fees. Express: $14.", "Delivery. Express: $14.", "Delivery. Express: $14.", "Stores. We moved to Leeds."]
    bare, placed, same, far = searcher.likeness(asked, texts)
    assert placed.meaning > bare.meaning > far.meaning
    assert placed.words > bare.words > far.words
    assert placed == same
    assert searcher.likeness(asked, []) == []


def noticing(embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return where each text stands that is embedded from now on."""
    asked: list[str] = []
    encode = embedder.encode_words

    def noticed(texts: list[str], keep: Callable[[np.ndarray], object]) -> object:
        asked.extend(texts)
        return encode(texts, keep)

    monkeypatch.setattr(embedder, "encode_words", noticed)
    return asked


def test_what_was_computed_for_a_sentence_is_not_computed_again(
    searcher: Retriever, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = searcher.likeness(Query("warranty?"), ["Every kettle has a warranty.", "We moved."])
    asked = noticing(embedder, monkeypatch)
    assert searcher.likeness(Query("warranty?"), ["Every kettle has a warranty.", "We moved."]) == first
    assert asked == []


def within(searcher: Retriever, query: Query) -> list[Sentence]:
    found = searcher.search(query, 4, Scope()).passages
    return [
        Sentence(one, line, f"{one.passage.title}. {one.passage.heading}. {line}")
        for one in found
        for line in one.passage.text.split("\n")
        if line.strip()
    ]


def test_sentences_of_what_was_found_are_roughly_told_apart_by_the_words_of_the_index(
    searcher: Retriever, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = Query("How much is express delivery?")
    sentences = within(searcher, query)
    exact = searcher.likeness(query, [one.placed for one in sentences])
    monkeypatch.setattr(embedder, "encode_words", None)  # nothing needs to be computed
    rough = searcher.likeness_within(query, sentences, lambda rough: ())
    assert len(rough) > 3
    assert np.corrcoef([one.words for one in rough], [one.words for one in exact])[0, 1] > 0.9
    assert np.corrcoef([one.meaning for one in rough], [one.meaning for one in exact])[0, 1] > 0.6


def test_those_chosen_are_embedded_and_the_others_are_no_nearer(
    searcher: Retriever, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = Query("How much is express delivery?")
    sentences = within(searcher, query)
    exact = searcher.likeness(query, [one.placed for one in sentences])
    fresh = Retriever(searcher._index, embedder)
    asked = noticing(embedder, monkeypatch)
    told = fresh.likeness_within(query, sentences, lambda rough: (0, 2))
    assert asked == [query.text, sentences[0].placed, sentences[2].placed]
    assert [told[0].meaning, told[2].meaning] == pytest.approx([exact[0].meaning, exact[2].meaning])
    least = min(told[0].meaning, told[2].meaning)
    assert all(one.meaning <= least for place, one in enumerate(told) if place not in (0, 2))
    assert fresh.likeness_within(query, [], lambda rough: ()) == []


def test_what_had_to_be_embedded_without_being_chosen_makes_no_other_less_near(searcher: Retriever) -> None:
    query = Query("How much is express delivery?")
    first, second, *_ = within(searcher, query)
    far = replace(first, text="Nowhere.", placed="Whales sleep upright.")
    alone = searcher.likeness_within(query, [first, second], lambda rough: (0,))
    beside = searcher.likeness_within(query, [first, second, far], lambda rough: (0,))
    assert beside[2].meaning < beside[1].meaning == pytest.approx(alone[1].meaning)


def test_what_stands_in_no_passage_as_it_is_told_is_embedded(searcher: Retriever) -> None:
    query = Query("How much is express delivery?")
    here, *_ = within(searcher, query)
    elsewhere = [replace(here, text="A sentence of no passage."), replace(here, found=replace(here.found, pieces=()))]
    exact = searcher.likeness(query, [one.placed for one in elsewhere])
    assert searcher.likeness_within(query, elsewhere, lambda rough: ()) == exact


def test_a_question_is_embedded_once(searcher: Retriever, embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = noticing(embedder, monkeypatch)
    fresh = Retriever(searcher._index, embedder)
    for _ in range(2):
        fresh.search(Query("What is a warranty?"), 3, Scope())
        fresh.likeness(Query("What is a warranty?"), ["Every kettle has a warranty."])
    asked_twice = ["What is a warranty?", "We spoke of kettles. What is a warranty?"]
    fresh.search(Query(asked_twice[0], ("We spoke of kettles.",)), 3, Scope())
    assert asked == ["What is a warranty?", "Every kettle has a warranty.", *asked_twice]
    monkeypatch.setattr(embedder, "use_dtype", lambda dtype: True)  # an index that was made in another one
    fresh.search(Query("What is a warranty?"), 3, Scope())
    assert asked[4:] == ["What is a warranty?"]


def test_no_more_sentences_stay_in_memory_than_are_meant_to(
    searcher: Retriever, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.retrieval._SENTENCES", 3)
    monkeypatch.setattr(embedder, "encode", lambda texts: np.zeros((len(texts), 4), dtype=np.float32))
    for n in range(5):
        assert searcher.embed([f"{n}", f"{n + 1}", f"{n + 2}", f"{n + 3}"]).shape == (4, 4)
    assert len(searcher._sentences) == 3
