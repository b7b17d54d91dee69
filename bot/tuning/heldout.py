"""The questions that an evaluation asks: examples of the split `test`, or a file in the form of the benchmarks."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bot.messages import Conversation, MessageKey, Question, Turn
from bot.tuning.examples import MAX_LINE, Example, Split
from knowledge.documents import Scope, ScopeError
from knowledge.errors import FrontdeskError

_BENCHMARK_KEY = "qid"
"""Tells a line of a benchmark from an example."""
_MEND = "Mend or delete that line."


class HeldOutError(FrontdeskError):
    """There are no questions to evaluate on, or they cannot be read."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A question that nothing was trained on, with what is known of its answer."""

    id: str
    text: str
    answerable: bool
    reference: str = ""
    """The answer it should get; empty where none is known."""
    turns: tuple[Turn, ...] = ()
    """The conversation before it, oldest first."""
    gold: frozenset[str] = frozenset()
    """Ids of the documents that hold the answer; empty where that is not known."""
    alternates: frozenset[str] = frozenset()
    """Other documents that hold it too, word for word."""
    withheld: frozenset[str] = frozenset()
    """Documents that are not there when it is asked: what answers it, so that nothing does."""
    origin: str = "given"
    """Where it comes from; results are told by it."""
    kind: str = ""
    """What kind of unanswerable question it is, where the file tells."""
    group: str = ""
    """Conversation or documents that it shares with others: they are no independent evidence."""
    scope: Mapping[str, Any] = field(default_factory=dict)
    """Of the asker."""

    def asked(self) -> tuple[Question, Conversation]:
        """Return the question as the pipeline takes it. Raises ScopeError for a scope that cannot be read."""
        key = MessageKey("evaluation", "", "", self.id)
        question = Question(key, self.text, "evaluation", self.id, Scope.from_mapping(dict(self.scope)))
        return question, Conversation(self.turns)

    @property
    def label(self) -> str:
        """Under which it is counted: its origin, the unanswerable ones by their kind."""
        return self.origin if self.answerable else f"{self.origin}, {self.kind or 'unanswerable'}"


@dataclass(frozen=True, slots=True)
class HeldOutSet:
    """All questions of an evaluation."""

    path: Path
    sha256: str
    """Of the questions as read, so that one file of them is known under any name."""
    questions: tuple[HeldOut, ...]

    def counts(self) -> dict[str, int]:
        """Return how many questions there are by where they come from."""
        return dict(sorted(Counter(one.label for one in self.questions).items()))


def read_held_out(path: Path, limit: int = 0) -> HeldOutSet:
    """Read the held-out questions of a file (`.gz` too), of at most `limit` (0: all) spread evenly over the file.

    Of examples only the split `test` counts, and what people did not like is no answer to learn from. Raises
    HeldOutError naming the line that cannot be read, or where there is no question.
    """
    questions: dict[str, HeldOut] = {}
    lines = 0
    for number, values in _lines(path):
        lines += 1
        try:
            one = _from_benchmark(values) if _BENCHMARK_KEY in values else _from_example(Example.from_json(values))
        except (KeyError, TypeError, ValueError, ScopeError) as error:
            problem = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
            raise HeldOutError(f"Line {number} of {path} is no question: {problem}.", _MEND) from None
        if one is None:
            continue
        if one.id in questions:
            raise HeldOutError(f"Line {number} of {path} has the id {one.id!r}, as an earlier line has.", _MEND)
        questions[one.id] = one
    if not questions:
        held_out = "none of them is held out (split test)" if lines else "the file is empty"
        raise HeldOutError(
            f"{path} has no held-out example: {held_out}.",
            "Collect more examples and run `frontdesk tune prepare` again, or name a file of questions with "
            "--questions.",
        )
    chosen = tuple(questions.values())
    if 0 < limit < len(chosen):
        chosen = tuple(chosen[at * len(chosen) // limit] for at in range(limit))
    return HeldOutSet(path, _fingerprint(chosen), chosen)


def _fingerprint(questions: tuple[HeldOut, ...]) -> str:
    told = [
        asdict(one)
        | {
            "gold": sorted(one.gold),
            "alternates": sorted(one.alternates),
            "withheld": sorted(one.withheld),
            "scope": dict(one.scope),
        }
        for one in questions
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def _from_example(example: Example) -> HeldOut | None:
    if example.split is not Split.TEST or not example.liked:
        return None
    Scope.from_mapping(example.scope)
    alternates, withheld = (frozenset(map(str, example.metadata.get(key, ()))) for key in ("alternates", "withheld"))
    return HeldOut(
        id=example.id,
        text=example.question,
        answerable=example.answerable,
        reference=example.answer,
        turns=example.turns,
        gold=frozenset(one.document_id for one in example.passages if one.gold),
        alternates=alternates,
        withheld=withheld,
        origin=str(example.origin),
        kind="withheld" if withheld else str(example.metadata.get("kind", "")),
        group=example.group or example.id,
        scope=example.scope,
    )


def _from_benchmark(values: Mapping[str, Any]) -> HeldOut:
    meta = values.get("meta") or {}
    scope = values.get("scope") or {}
    if not (isinstance(meta, dict) and isinstance(scope, dict)):
        raise ValueError("meta or scope is no object")
    Scope.from_mapping(scope)
    question = values["question"]
    if not isinstance(question, str):
        raise ValueError("question is no text")
    return HeldOut(
        id=str(values[_BENCHMARK_KEY]),
        text=question,
        answerable=bool(values["answerable"]),
        reference=str(values.get("answer") or ""),
        turns=tuple(Turn(str(turn["role"]), str(turn["content"])) for turn in values.get("history") or ()),
        gold=frozenset(map(str, values.get("gold_doc_ids") or ())),
        alternates=frozenset(map(str, meta.get("alt_gold_doc_ids") or ())),
        kind=str(meta.get("unanswerable_kind") or ""),
        group=str(meta.get("dialogue_id") or values[_BENCHMARK_KEY]),
        scope=scope,
    )


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(MAX_LINE), b""), start=1):
                if not line.strip():
                    continue
                try:
                    values = json.loads(line)
                except ValueError as error:
                    raise HeldOutError(f"Line {number} of {path} is not JSON: {error}.", _MEND) from None
                if not isinstance(values, dict):
                    raise HeldOutError(f"Line {number} of {path} is no JSON object.", _MEND)
                yield number, values
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise HeldOutError(
            f"{path} cannot be read: {reason}.",
            "Make examples with `frontdesk tune prepare`, or name a file of questions with --questions.",
        ) from None
