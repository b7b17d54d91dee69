"""Passages for a question: scope filter first, then vectors and full text, fused, then word by word.

A passage's score is one sum: the cosine of question and passage, BM25 divided by the best BM25 of the
question, how well the question's words find theirs in the passage (late interaction), how near the passage
is to those that are best so far (Rocchio's feedback, within the candidates), and a share of the best score in
the same document. Scores are used rather than ranks because they say how sure each part is. What compares
with the question is taken of it, of it with the turns before it, and of it with what the last of these was answered
as well, unless it begins another subject: that leads to the page which the conversation is about. The answer before
counts in finding alone: how likely an answer is, and which sentence it is, is told by what the person wrote. Passages
that were cut from one section and follow one another are one result, so that none takes another's place.
"""

from __future__ import annotations

import copy
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar

import numpy as np
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from knowledge import answerability, cross_encoder, late_interaction
from knowledge.continuing import goes_on
from knowledge.cross_encoder import CrossEncoder
from knowledge.documents import Piece, Scope, ScoredPassage
from knowledge.embedding import Embedder, Vectors
from knowledge.errors import FrontdeskError
from knowledge.index import Candidate, Index, IndexEmbedderMismatch, Version, hiding, scope_filter
from knowledge.passages import embedded_text, rejoined

_EMBEDDED_CHARS = 4_000
_SEARCHED_WORDS = 60
_WITH_EARLIER = 32
"""Words of the question up to which words of what was said before it are added.

With all of them a search of a large index takes a millisecond longer, and finds no better passages on dev questions.
"""
_SENTENCES = 4_096
"""Sentences of which what was computed stays in memory, at about 2 KB each."""
_QUERIES = 64
"""Questions, with and without what was said before, whose vectors stay in memory while their answers are made, at about
50 KB each."""
_LEAST_LENGTH = 1e-6
"""Of a vector that is made one of unit length."""
_FEEDBACK_TEMPERATURE = 0.1
"""Of the softmax that says how much each passage found so far counts in the feedback: below half at this distance."""
_JOINED = 2
"""Pieces of a section that are one result at the most, so that one does not fill the prompt."""
_JUDGED = 5
"""Results by which it is told how likely they answer, however many are asked for."""
_BEYOND = 4
"""Passages beyond those asked for that are read, as some may belong to better ones."""
_blas = ThreadpoolController()
_WORD = re.compile(r"\w+", re.UNICODE)
K = TypeVar("K")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Query:
    """What to search for."""

    text: str
    earlier: tuple[str, ...] = ()
    """What the person wrote before that is worth searching with, oldest first."""
    told: str = ""
    """What the last of that was answered, as far as it is worth searching with; left out where the question seems to
    begin another subject."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was found, best first."""

    passages: tuple[ScoredPassage, ...]
    version: int
    """Of the index."""
    confidence: float
    """How likely the passages answer the question, 0 to 1, if one question in two has an answer.

    Comparable across questions, and about the same between companies; see `knowledge.answerability`.
    """
    seconds: float
    made_at: datetime | None = None
    """When that version was made: the numbers of an index made anew begin again."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near a query is to a text."""

    meaning: float
    """Cosine, -1 to 1."""
    words: float
    """How well the words asked find theirs there, about 0 to 1, see `late_interaction.fits`; those that every one of
    the texts it was asked for beside holds count little."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of what was found."""

    found: ScoredPassage
    text: str
    """As it stands there, but for its marks."""
    placed: str
    """With the title and heading that it stands under: as it is embedded."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much was searched."""

    documents: int
    passages: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a query is compared by."""

    vectors: Vectors
    """Of the question, of it with the turns before it, and of it with the answer before as well."""
    words: list[Vectors]
    """Of the same."""
    own: Vectors
    """The vectors of what the person wrote: all but that with the answer before."""


@dataclass(frozen=True, slots=True)
class Fusion:
    """How the two searches and the turns of a conversation are weighed; chosen on dev questions."""

    vector: float = 1.0
    """Weight of the cosine, taken half to the question and half to the question with its conversation."""
    full_text: float = 0.3
    """Weight of BM25, divided by the best of the question; 0 leaves the full text out."""
    repeated: int = 2
    """Times that a word of the question counts in BM25 where one of the earlier turns counts once."""
    words: float = 1.5
    """Weight of the late interaction, half of the question and half of the question with its conversation."""
    feedback: float = 1.0
    """Weight of the mean cosine to the passages by how good they are so far: what is about the same gains."""
    document: float = 0.2
    """Share of the best score in its document that a passage is given on top of its own."""
    candidates: int = 60
    """Passages taken from each search."""


class Retriever:
    """Searches an index. Safe to use from several threads; sees new versions as they are published.

    Loads the embedder, so that the first question does not wait for it, unless `load` is false; raises
    EmbeddingError if that fails. The index need not be there yet.
    """

    def __init__(self, index: Index, embedder: Embedder, fusion: Fusion | None = None, *, load: bool = True) -> None:
        self._index = index
        self._embedder = embedder
        self._fusion = fusion or Fusion()
        self._sentences: OrderedDict[str, Vectors] = OrderedDict()
        self._placed: OrderedDict[str, tuple[Vectors, bytes]] = OrderedDict()
        self._read: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._queries: OrderedDict[Query, _Asked] = OrderedDict()
        self._lock = threading.Lock()
        self._hidden = ""
        if load:
            embedder.load()

    def without(self, document_ids: Collection[str]) -> Retriever:
        """Return a search of the same documents but these, as if they had never been indexed."""
        other = copy.copy(self)
        other._hidden = hiding(sorted(document_ids)) if document_ids else ""
        return other

    def weights(self) -> str:
        """Return the SHA-256 (hex) of the weights of the embedding model."""
        return self._embedder.weights

    def search(
        self, query: Query, k: int, scope: Scope, on: date | None = None, version: Version | None = None
    ) -> Retrieval:
        """Return the `k` best passages that an asker with `scope` may be told on day `on` (today).

        `version` is searched instead of the one in force.

        Raises IndexMissing before the first publication, IndexEmbedderMismatch if the index was made
        with another embedding model.
        """
        begun = time.perf_counter()
        if version is not None:
            self._match(version)
            found, confidence = self._search(version, query, k, scope, on)
            return Retrieval(found, version.number, confidence, time.perf_counter() - begun, version.made_at)
        version = self._index.published()
        self._match(version)
        try:
            found, confidence = self._search(version, query, k, scope, on)
        except FrontdeskError:
            raise
        except Exception:
            # The version may have been cleaned up between two publications; the one in force is there.
            self._index.forget()
            version = self._index.published()
            self._match(version)
            found, confidence = self._search(version, query, k, scope, on)
        return Retrieval(found, version.number, confidence, time.perf_counter() - begun, version.made_at)

    def likeness(self, query: Query, texts: Sequence[str]) -> list[Likeness]:
        """Return how near the query is to each text; for sentences with what they stand under, not for whole pages.

        What was computed for the texts asked for last stays in memory, as most questions are about the same passages.
        """
        if not texts:
            return []
        asked = self._asked(query)
        cosines, near = self._nearness(asked.own, asked.words[0], texts)
        return _likenesses(cosines, near)

    def likeness_within(
        self,
        query: Query,
        sentences: Sequence[Sentence],
        choose: Callable[[Sequence[Likeness]], Collection[int]],
    ) -> list[Likeness]:
        """Return how near the query is to each of the sentences of what it found, some of them but roughly.

        To embed a sentence takes some 8 ms, so that is done of those alone that `choose` names by a rough likeness of
        all, told by the words of passages as the index holds them, and of those that are not found in these. The rough
        likeness stays for the others, but none of them is nearer in meaning than any that was chosen.
        """
        if not sentences:
            return []
        asked = self._asked(query)
        vectors, words = asked.own, asked.words[0]
        meanings, near, unknown = self._near_within(vectors, words, sentences)
        chosen = set(choose(_likenesses(meanings, near)))
        if embedded := sorted({*unknown, *chosen}):
            placed = [sentences[place].placed for place in embedded]
            cosines, near[embedded] = self._nearness(vectors, words, placed)
            least = min(
                (cosine for place, cosine in zip(embedded, cosines, strict=True) if place in chosen), default=1.0
            )
            meanings = np.minimum(meanings, np.float32(least))
            meanings[embedded] = cosines
        return _likenesses(meanings, near)

    def _nearness(self, vectors: Vectors, asked: Vectors, texts: Sequence[str]) -> tuple[Vectors, Vectors]:
        """Return the cosine of each text, and that of its nearest word to each word `asked`; shape (texts, asked)."""
        cut = [_cut(text) for text in texts]
        with self._lock:
            known = {text: self._placed[text] for text in cut if text in self._placed}
        if new := [text for text in dict.fromkeys(cut) if text not in known]:
            made, packed = self._embedder.encode_words(new, late_interaction.packed)
            known |= zip(new, zip(made.astype(np.float16), packed, strict=True), strict=True)
        self._keep(self._placed, known, cut)
        cosines: Vectors = np.stack([known[text][0] for text in cut]).astype(np.float32) @ vectors.mean(axis=0)
        return cosines, late_interaction.held(asked, [known[text][1] for text in cut]).nearest()

    def _near_within(
        self, vectors: Vectors, asked: Vectors, sentences: Sequence[Sentence]
    ) -> tuple[Vectors, Vectors, list[int]]:
        """Return what `_nearness` does of each sentence, roughly.

        It is told by the words of the passage that stand where the sentence does, and by those of title and heading.
        Of the sentences whose places are returned as well they are not known: both are 0.
        """
        meanings = np.zeros(len(sentences), dtype=np.float32)
        near = np.zeros((len(sentences), len(asked)), dtype=np.float32)
        if asked.shape[1] != vectors.shape[1]:  # of words and of texts: a model may make the latter of the former
            return meanings, near, list(range(len(sentences)))
        pieces = list({piece.passage.id: piece for one in sentences for piece in one.found.pieces}.values())
        names = [f"{one.passage.title} {one.passage.heading}" for one in pieces]
        tokens = self._embedder.telling_tokens(
            [*(embedded_text(one.passage) for one in pieces), *names, *(_cut(one.text) for one in sentences)]
        )
        dimension = asked.shape[1]
        held = {
            piece.passage.id: (late_interaction.signs(piece.words, dimension), ids, len(named))
            for piece, ids, named in zip(pieces, tokens, tokens[len(pieces) :], strict=False)
        }
        vector = vectors.mean(axis=0)
        unknown = []
        with _blas.limit(limits=1, user_api="blas"):
            for place, (one, mine) in enumerate(zip(sentences, tokens[2 * len(pieces) :], strict=True)):
                for words, ids, named in (held[piece.passage.id] for piece in one.found.pieces):
                    # What is longer than the embedder reads has no vectors at its end.
                    if mine and (start := _place_of(mine, ids[: len(words)])) is not None:
                        those = np.concatenate([words[:named], words[start : start + len(mine)]])
                        near[place] = (those @ asked.T).max(axis=0) / np.sqrt(np.float32(dimension))
                        mean = those.mean(axis=0)
                        meanings[place] = mean @ vector / max(np.linalg.norm(mean), _LEAST_LENGTH)
                        break
                else:
                    unknown.append(place)
        return meanings, near, unknown

    def answering(self, query: Query, texts: Sequence[str]) -> list[float]:
        """Return for each text, some 10 ms, the log odds that it answers rather than nothing; see `cross_encoder`.

        Question and texts are in English, which is all that the network knows. Empty where nothing can be told, with
        another embedding model than the embedded one. What was told last stays in memory, as questions are searched for
        in several ways.
        """
        if not texts or self._cross_encoder is None:
            return []
        question = cross_encoder.read_as(_cut(query.text), [_cut(turn) for turn in query.earlier])
        pairs = [(question, _cut(text)) for text in texts]
        with self._lock:
            known = {pair: self._read[pair] for pair in pairs if pair in self._read}
        if new := [text for pair in dict.fromkeys(pairs) if pair not in known for text in pair[1:]]:
            odds = self._cross_encoder.log_odds(question, new)
            known |= {(question, text): float(one) for text, one in zip(new, odds, strict=True)}
        self._keep(self._read, known, pairs)
        return [known[pair] for pair in pairs]

    @cached_property
    def _cross_encoder(self) -> CrossEncoder | None:
        base = self._embedder.bert
        if base is None or cross_encoder.trained_on() != self._embedder.weights:
            return None
        return CrossEncoder(base, cross_encoder.read(base))

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of sentences, shape (len(texts), dimension); there must be one.

        Those of the sentences asked for last stay in memory, as most questions are about the same passages.
        """
        cut = [_cut(text) for text in texts]
        with self._lock:
            known = {text: self._sentences[text] for text in cut if text in self._sentences}
        if new := [text for text in dict.fromkeys(cut) if text not in known]:
            known |= zip(new, self._embedder.encode(new).astype(np.float16), strict=True)
        self._keep(self._sentences, known, cut)
        return np.stack([known[text] for text in cut]).astype(np.float32)

    def _keep(self, kept: OrderedDict[K, T], known: Mapping[K, T], used: Sequence[K], most: int | None = None) -> None:
        """Keep what was computed for what was used just now, in the place of what was used longest ago."""
        with self._lock:
            for one in dict.fromkeys(used):
                kept[one] = known[one]
                kept.move_to_end(one)
            while len(kept) > (most or _SENTENCES):
                kept.popitem(last=False)

    def extent(self, scope: Scope, on: date | None = None) -> Extent:
        """Return how much an asker with `scope` may be told from on day `on` (today)."""
        return Extent(*self._index.published().extent(self._allowed(scope, on)))

    def _asked(self, query: Query) -> _Asked:
        """Return vectors and words of a question and, in a conversation, of the question with what was said before."""
        with self._lock:
            known = {query: self._queries[query]} if query in self._queries else {}
        if not known:
            own = [query.text, *([_joined(query)] if query.earlier else [])]
            all = [*own, *([_joined_with_answer(query)] if query.told else [])]
            vectors, words = self._embedder.encode_words([_cut(text) for text in all], lambda words: words)
            parts = {query: len(all), replace(query, told=""): len(own), Query(query.text): 1}
            known = {
                part: _Asked(vectors[:count], words[:count], vectors[: min(count, len(own))])
                for part, count in parts.items()
            }
        self._keep(self._queries, known, [*known], _QUERIES)
        return known[query]

    def _match(self, version: Version) -> None:
        """Raise IndexEmbedderMismatch unless query and passages get comparable vectors."""
        made = version.identity.embedder
        if made.weights != self._embedder.weights:
            raise IndexEmbedderMismatch(
                f"The index was made with the embedding model {made.name}, the settings name {self._embedder.name}.",
                "Run `frontdesk reindex`, or set embedding.model back.",
            )
        if self._embedder.use_dtype(made.dtype):
            with self._lock:
                for kept in (self._queries, self._sentences, self._placed):
                    kept.clear()

    def _search(
        self, version: Version, query: Query, k: int, scope: Scope, on: date | None
    ) -> tuple[tuple[ScoredPassage, ...], float]:
        found, signs = self.looked(version, query, k, self._allowed(scope, on))
        return found, _likely(signs)

    def _allowed(self, scope: Scope, on: date | None) -> str:
        """Return SQL that is true for the passages that may be found."""
        allowed = scope_filter(scope, on or date.today())
        return f"({allowed}) AND {self._hidden}" if self._hidden else allowed

    def looked(
        self, version: Version, query: Query, k: int, allowed: str
    ) -> tuple[tuple[ScoredPassage, ...], dict[str, float]]:
        """Return the `k` best of the passages that the SQL `allowed` is true for, and the signs of an answer in them.

        The version's vectors must be of this embedder.
        """
        found, signs = self.looked_with_all(version, query, k, allowed)
        if query.told:
            _, alone = self.looked_with_all(version, Query(query.text), k, allowed)
            if not goes_on(query.text, query.earlier, _likely(alone), _likely(signs)):
                return self.looked_with_all(version, replace(query, told=""), k, allowed)
        return found, signs

    def looked_with_all(
        self, version: Version, query: Query, k: int, allowed: str
    ) -> tuple[tuple[ScoredPassage, ...], dict[str, float]]:
        """The same, but with the answer before whatever the question is about."""
        fusion = self._fusion
        limit = max(k, fusion.candidates)
        asked = self._asked(query)
        words = _full_text(query, fusion) if fusion.full_text else ""
        candidates = version.candidates(asked.vectors.mean(axis=0) if fusion.vector else None, words, allowed, limit)
        if not candidates:
            return (), {}
        # For products this small several threads wait for each other: 8 ms, not 2.
        with _blas.limit(limits=1, user_api="blas"):
            held = _held(candidates, asked.words)
            scores, cosines = _scored(candidates, asked.vectors, held, fusion)
        held, cosines = held[: len(asked.own)], cosines[:, : len(asked.own)]
        # A follow-up says little alone, a new subject has little to do with what was said before: the better counts.
        similarities = cosines.max(axis=1)
        wanted = max(k, _JUDGED)
        best = sorted(range(len(candidates)), key=lambda i: -scores[i])[: wanted + _BEYOND]
        passages = version.passages([candidates[i] for i in best])
        ranked = [
            ScoredPassage(
                passage,
                round(float(scores[i]), 6),
                round(float(similarities[i]), 6),
                (Piece(passage, candidates[i].words),),
            )
            for i, passage in zip(best, passages, strict=True)
        ]
        found = _whole(ranked, wanted)
        numbers = {one.passage.id: i for i, one in zip(best, ranked, strict=True)}
        shown = [numbers[one.passage.id] for one in found[:_JUDGED]]
        with _blas.limit(limits=1, user_api="blas"):
            signs = answerability.signs(
                answerability.Evidence(
                    np.stack([one.vector for one in candidates]),
                    cosines,
                    scores,
                    shown,
                    held,
                )
            )
        return found[:k], signs


def _held(candidates: Sequence[Candidate], asked: Sequence[Vectors]) -> list[late_interaction.Held]:
    """Hold the words of each of `asked`, shapes (words, dimension), against the candidates."""
    all = late_interaction.held(np.concatenate(asked), [one.words for one in candidates])
    ends = np.cumsum([len(words) for words in asked])
    return [all.to(slice(end - len(words), end)) for words, end in zip(asked, ends, strict=True)]


def _scored(
    candidates: Sequence[Candidate], asked: Vectors, held: Sequence[late_interaction.Held], fusion: Fusion
) -> tuple[Vectors, Vectors]:
    """Return of each candidate its score, and its cosines; shape (candidates, asked)."""
    vectors = np.stack([one.vector for one in candidates])
    cosines: Vectors = vectors @ asked.T
    bm25 = np.array([one.bm25 for one in candidates], dtype=np.float32)
    fitting = np.stack([late_interaction.fits(one.nearest()) for one in held], axis=1)
    scores: Vectors = (
        fusion.vector * cosines.mean(axis=1)
        + fusion.full_text * bm25 / (bm25.max() or 1.0)
        + fusion.words * fitting.mean(axis=1)
    )
    scores += fusion.feedback * _feedback(vectors, scores)
    of_document: dict[bytes, float] = {}
    for one, score in zip(candidates, scores, strict=True):
        of_document[one.document] = max(float(score), of_document.get(one.document, -np.inf))
    scores += fusion.document * np.array([of_document[one.document] for one in candidates], dtype=np.float32)
    return scores, cosines


def _feedback(vectors: Vectors, scores: Vectors) -> Vectors:
    """Return of each candidate the mean of its cosines to all, each counting by the softmax of its score."""
    weights = np.exp((scores - scores.max()) / np.float32(_FEEDBACK_TEMPERATURE))
    near: Vectors = vectors @ (weights @ vectors / weights.sum())
    return near


def _whole(ranked: Sequence[ScoredPassage], k: int) -> tuple[ScoredPassage, ...]:
    """Return the first `k` results of passages in their order, those joined that were cut from one section.

    A result has id, place and score of its best passage, and the text of all of them as it stands in the document.
    """
    results: list[list[ScoredPassage]] = []
    for one in ranked:
        mine = next((parts for parts in results if len(parts) < _JOINED and _continues(one, parts)), None)
        if mine is not None:
            mine.append(one)
        elif len(results) == k:
            break
        else:
            results.append([one])
    return tuple(
        parts[0]
        if len(parts) == 1
        else replace(
            parts[0],
            passage=rejoined([one.passage for one in parts]),
            pieces=tuple(piece for one in parts for piece in one.pieces),
        )
        for parts in results
    )


def _continues(one: ScoredPassage, parts: Sequence[ScoredPassage]) -> bool:
    """Whether a passage stands directly before or behind one of the parts, in the same section."""
    mine = one.passage
    return any(
        (mine.document_id, mine.heading) == (part.passage.document_id, part.passage.heading)
        and abs(mine.position - part.passage.position) == 1
        for part in parts
    )


def _likely(signs: Mapping[str, float]) -> float:
    """Return how likely, 0 to 1, what was found answers, by its signs; there are none where nothing was found."""
    return answerability.probability(signs) if signs else 0.0


def _likenesses(meanings: Vectors, near: Vectors) -> list[Likeness]:
    return list(map(Likeness, meanings.tolist(), late_interaction.fits(near).tolist()))


def _place_of(run: Sequence[int], tokens: Sequence[int]) -> int | None:
    """Return where a run of tokens begins among others, None where it does not stand there."""
    starts = (start for start in range(len(tokens) - len(run) + 1) if tokens[start] == run[0])
    return next((start for start in starts if tokens[start : start + len(run)] == run), None)


def _joined(query: Query) -> str:
    return " ".join([*query.earlier, query.text])


def _joined_with_answer(query: Query) -> str:
    """Return the question with all that was said before it; in front, as the embedder reads no long text whole."""
    return f"{_joined(query)} {query.told}"


def _cut(text: str) -> str:
    """Return what the embedder may see: the beginning, without the half characters that chat clients can send."""
    return text[:_EMBEDDED_CHARS].encode("utf-8", "replace").decode()


def _full_text(query: Query, fusion: Fusion) -> str:
    """Return what the full-text search looks for; a word that stands there twice counts twice.

    Of what was said before the newest comes first.
    """
    asked = _words(query.text)
    said = [*query.earlier[-1:], query.told, *reversed(query.earlier[:-1])]
    earlier = _words(" ".join(said))[: max(0, _WITH_EARLIER - len(asked))]
    return " ".join([*asked * fusion.repeated, *earlier])


def _words(text: str) -> list[str]:
    """Return the first different words; a longer query costs time and finds nothing else."""
    return list(dict.fromkeys(word.lower() for word in _WORD.findall(text[: _EMBEDDED_CHARS * 2])))[:_SEARCHED_WORDS]
