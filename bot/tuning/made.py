"""Questions made from the documents themselves, for where few answers were rated yet.

Each comes from a sentence, which is its answer: turned around by rules, asked by the heading above it, or asked by the
model that is served. A question counts only if the search finds the passage again that it was made from (round-trip
consistency, Alberti et al. 2019, arXiv 1906.05416). Those without an answer are made of the same questions by
`bot.tuning.questions`, which shows what stands nearby in other documents.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import re
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from bot.generation.engine import Engine, GenerationRequest, TextDelta
from bot.lookup import Searcher
from bot.messages import Turn
from bot.quoting.evidence import Evidence, evidence_in
from bot.tuning.examples import Origin
from bot.tuning.questions import KnownQuestion
from knowledge.documents import Passage, Scope
from knowledge.retrieval import Query
from knowledge.sentences import words_of

FEWEST_WORDS, MOST_WORDS = 6, 45
"""Of a sentence that is an answer."""
MOST_QUESTION_WORDS = 25
_ASKED = "You write questions that customers ask a support team. Answer with one short question and nothing else."
_ASK = 'Write the question that this sentence answers.\n\nTopic: {place}\nSentence: "{sentence}"'
_SHOTS = (
    ("Parking > Fines", "You can pay a fine within 14 days at any post office.", "Where can I pay a parking fine?"),
    ("Membership", "Members under 18 need a signed form from a parent.", "What does a member under 18 need?"),
)
_SWAPPED = {
    "you": "I", "your": "my", "yours": "mine", "yourself": "myself", "you're": "I'm", "you've": "I've",
    "you'll": "I'll", "we": "you", "our": "your", "ours": "yours", "us": "you", "we're": "you're", "we'll": "you'll",
}  # fmt: skip
_MODAL = re.compile(
    r"^(?P<who>you|we) (?P<modal>can|may|must|should|will|could) (?:also |only |always )?"
    r"(?P<rest>(?!(?:not|know|note|see|want|be)\b)[a-z].+)$",
    re.IGNORECASE,
)
_NEED = re.compile(r"^you (?:also )?(?P<verb>need|have) to (?P<rest>[a-z].+)$", re.IGNORECASE)
_IF = re.compile(r"^if (?P<condition>[^,;:]{8,120}), (?:then )?\w.{6,}$", re.IGNORECASE)
_TO = re.compile(r"^to (?P<purpose>[a-z][^,;:]{6,80}), \w.{8,}$", re.IGNORECASE)
_WHEN = re.compile(r"^(?P<main>(?:you|we) [^,;:]{8,80}?) (?P<when>within|until|before|after|by) (?P<time>.+)$", re.I)
_IS = re.compile(
    r"^(?P<what>(?:(?:the|a|an) )?[\w’'-]+(?: [\w’'-]+){0,3}) (?P<verb>is|are) (?P<rest>(?:a|an|the|any|all) .{12,})$",
    re.IGNORECASE,
)
_COSTS = re.compile(r"^(?P<what>(?:[\w’'-]+ ){0,4}[\w’'-]+) (?P<verb>costs?) .*\d", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_OBJECT = re.compile(
    r"(\b(?:about|allows?|for|from|gives?|helps?|lets?|of|reach(?:es)?|sends?|tells?|to|with) )I\b"
    r"|(?<=[a-z] )I(?=$|[,.;:?])"
)
_VAGUE = re.compile(
    r"\b(?:additional|more|other|introduction|overview|summary|about|general|miscellaneous)\b", re.IGNORECASE
)
_NO_SUBJECT = frozenset(
    "it this that these those they there he she which who what here you we i if when our your".split()
)
_ASKS = re.compile(
    r"^(?:who|what|when|where|why|which|how|can|may|do|does|did|is|are|am|will|should|must|could)\b", re.IGNORECASE
)


@dataclass(slots=True)
class MadeReport:
    """How many questions there were at each step."""

    passages: int = 0
    written: Counter[str] = field(default_factory=Counter)
    """By how: `sentence`, `heading`, `model`."""
    kept: Counter[str] = field(default_factory=Counter)
    """Of these, those that found their passage again."""

    def as_json(self) -> dict[str, Any]:
        return {"passages": self.passages, "written": dict(self.written), "kept": dict(self.kept)}


class QuestionMaker:
    """Makes questions from passages; the same from the same index and seed."""

    def __init__(
        self,
        searcher: Searcher,
        *,
        shown: int,
        today: Callable[[], date],
        engine: Engine | None = None,
        per_passage: int = 2,
        seed: int = 1,
    ) -> None:
        """`shown` is among how many passages that of a question must be found; without `engine` no model writes any."""
        self._searcher = searcher
        self._shown = shown
        self._today = today
        self._engine = engine
        self._per_passage = per_passage
        self._seed = seed
        self._asked: set[str] = set()
        self.report = MadeReport()

    def drawn(self, passages: Iterable[Passage]) -> list[Passage]:
        """Return passages in the order of a draw, whatever order they come in."""
        found = sorted(passages, key=lambda one: one.id)
        random.Random(self._seed).shuffle(found)
        return found

    async def questions(self, passages: Sequence[Passage]) -> AsyncGenerator[KnownQuestion, None]:
        """Yield the questions to passages in their order, at the most `per_passage` to each."""
        for passage in passages:
            self.report.passages += 1
            kept = 0
            async for how, text, sentence in self._written(passage):
                if kept >= self._per_passage:
                    break
                self.report.written[how] += 1
                if text.casefold() not in self._asked and await self._found_again(text, passage):
                    self._asked.add(text.casefold())
                    self.report.kept[how] += 1
                    kept += 1
                    yield _known(text, sentence, passage, how)

    async def _written(self, passage: Passage) -> AsyncGenerator[tuple[str, str, str], None]:
        """Yield how a question was made, its text, and the sentence that answers it."""
        sentences = [one for one in evidence_in(passage) if tells(one)]
        random.Random(f"{self._seed}:{passage.id}").shuffle(sentences)
        if sentences and (asked := asked_by(passage)):
            nearest = await self._nearest(asked, sentences)
            yield "heading", asked, nearest.text
        for sentence in sentences:
            for text in turned(sentence.text):
                yield "sentence", text, sentence.text
        if self._engine is not None:
            for sentence in sentences[: self._per_passage]:
                if text := await self._from_model(self._engine, passage, sentence):
                    yield "model", text, sentence.text

    async def _nearest(self, text: str, sentences: Sequence[Evidence]) -> Evidence:
        likeness = await asyncio.to_thread(self._searcher.likeness, Query(text), [one.text for one in sentences])
        return sentences[max(range(len(sentences)), key=lambda place: likeness[place].meaning)]

    async def _from_model(self, engine: Engine, passage: Passage, sentence: Evidence) -> str:
        """Return the question that a model writes to a sentence; empty where it writes none."""
        messages = [Turn("system", _ASKED)]
        for place, told, asked in _SHOTS:
            messages += [Turn("user", _ASK.format(place=place, sentence=told)), Turn("assistant", asked)]
        messages.append(Turn("user", _ASK.format(place=_place(passage), sentence=sentence.text)))
        text = ""
        async for event in engine.generate(GenerationRequest(tuple(messages), max_tokens=40, stop=("\n",))):
            if isinstance(event, TextDelta):
                text += event.text
        text = text.strip().strip('"')
        words = words_of(text)
        # A copy of the sentence with a question mark teaches nothing.
        copied = len(set(words) & set(words_of(sentence.text))) / max(1, len(set(words)))
        return text if text.endswith("?") and 3 < len(words) <= MOST_QUESTION_WORDS and copied < 0.9 else ""

    async def _found_again(self, text: str, passage: Passage) -> bool:
        found = await asyncio.to_thread(
            self._searcher.search, Query(text), self._shown, reader_of(passage), self._today()
        )
        return any(one.passage.id == passage.id for one in found.passages)


def tells(sentence: Evidence) -> bool:
    """Whether a sentence can be an answer by itself."""
    text = sentence.text
    return (
        sentence.quotable
        and FEWEST_WORDS <= len(text.split()) <= MOST_WORDS
        and text[:1].isupper()
        and text.endswith(".")
        and words_of(text)[0] not in _NO_SUBJECT - {"you", "we", "if", "when"}
    )


def asked_by(passage: Passage) -> str:
    """Return the question that the heading of a passage asks, or that one would ask by it; empty without one."""
    heading = passage.heading.rpartition(" > ")[2].strip()
    if heading.endswith("?"):
        return from_reader(heading)
    words = heading.split()
    if (
        not 1 < len(words) < 9
        or _ASKS.match(heading)
        or _VAGUE.search(heading)
        or not re.fullmatch(r"[\w\s’',&/-]+", heading)
    ):
        return ""
    is_name = words[0][1:2].isupper() or any(word.isupper() for word in words[1:])
    told = heading if is_name else heading[:1].lower() + heading[1:]
    return f"Can you tell me about {told}?"


def turned(sentence: str) -> Iterator[str]:
    """Yield the questions that a sentence answers as it stands, from a customer's mouth."""
    bare = re.sub(r"\s*\([^()]*\)|\[|\]\([^)]*\)|[*_`]", "", sentence).strip().rstrip(".")
    if match := _TO.match(bare):
        yield _question(f"how do I {_swap(match['purpose'])}")
    if match := _IF.match(bare):
        yield _question(f"what happens if {_swap(match['condition'])}")
    if match := _MODAL.match(bare):
        yield _question(f"{match['modal']} {_swap(match['who'])} {_swap(_clause(match['rest']))}")
    if match := _NEED.match(bare):
        yield _question(f"do I {match['verb']} to {_swap(_clause(match['rest']))}")
    if (match := _COSTS.match(bare)) and _names(match["what"]):
        verb = "does" if match["verb"].endswith("s") else "do"
        yield _question(f"how much {verb} {_lower(match['what'])} cost")
    if (match := _IS.match(bare)) and _names(match["what"]):
        yield _question(f"what {match['verb']} {_lower(match['what'])}")


def from_reader(text: str) -> str:
    """Return a heading such as "How do you pay?" as its reader asks it; one that speaks of "I" stays."""
    return text if re.search(r"\b(?:I|my|we|our)\b", text) else _question(_swap(text.rstrip("?")))


def _swap(text: str) -> str:
    """Return what is told to a customer as the customer tells it."""
    swapped = _WORD.sub(lambda match: _SWAPPED.get(match[0].lower().replace("’", "'"), match[0]), text)
    return _OBJECT.sub(lambda match: f"{match[1] or ''}me", swapped).replace("I are", "I am")


def _clause(text: str) -> str:
    """Return the beginning of what is told, up to where another thing is told."""
    return re.split(r"[;:]|, (?:and|but|or|so|which|unless|except)\b|\. ", text)[0]


def _question(text: str) -> str:
    text = " ".join(text.split()).rstrip(" .,;:?")
    return f"{text[:1].upper()}{text[1:]}?"


def _names(what: str) -> bool:
    words = words_of(what)
    return bool(words) and not _NO_SUBJECT & set(words)


def _lower(what: str) -> str:
    first, _, rest = what.partition(" ")
    return f"{first.lower()} {rest}".strip() if first.lower() in {"the", "a", "an", "all", "any"} or not rest else what


def _place(passage: Passage) -> str:
    return " > ".join(part for part in (passage.title, passage.heading) if part)


def reader_of(passage: Passage) -> Scope:
    """Return the scope of somebody for whom a passage was written."""
    return replace(passage.scope, effective_from=None, effective_until=None)


def _known(text: str, sentence: str, passage: Passage, how: str) -> KnownQuestion:
    return KnownQuestion(
        id=hashlib.sha256(f"{passage.id}\n{text}".encode()).hexdigest()[:16],
        text=text,
        gold_documents=frozenset({passage.document_id}),
        gold_texts=(sentence,),
        conversation=passage.document_id,
        origin=Origin.MADE,
        scope=reader_of(passage),
        metadata={"made": how, "passage_id": passage.id},
    )
