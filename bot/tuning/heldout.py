"""The questions that an evaluation asks: examples of the split `test`, or a file in the form of the benchmarks."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bot.answer_cache import words
from bot.messages import Conversation, MessageKey, Question, Turn
from bot.tuning.examples import Example, ExamplesError, Split, read_examples, read_lines
from bot.tuning.question_file import ID, parsed
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError

Words = tuple[str, ...]
"""A question as `bot.answer_cache.words` has it: the same for what people type differently."""
log = logging.getLogger(__name__)


class HeldOutError(FrontdeskError):
    """There are no questions to evaluate on."""


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
class TrainedOn:
    """The questions that an adapter learned from."""

    questions: frozenset[Words] = frozenset()
    unknown_run: str = ""
    """Id of a training run whose record or examples cannot be read, so that its questions, and those of the runs
    that it began from, are missing; empty where all are known."""
    unknown_origin: bool = False
    """Whether it comes from elsewhere: nothing is known of what it learned from."""


@dataclass(frozen=True, slots=True)
class HeldOutSet:
    """All questions of an evaluation."""

    path: Path
    sha256: str
    """Of the questions as read, so that one file of them is known under any name."""
    questions: tuple[HeldOut, ...]
    left_out: int = 0
    """Questions of the file that the adapter was trained on: how well it answers them tells nothing."""
    unknown_run: str = ""
    """As in `TrainedOn`."""
    unknown_origin: bool = False
    """As in `TrainedOn`."""

    def counts(self) -> dict[str, int]:
        """Return how many questions there are by where they come from."""
        return dict(sorted(Counter(one.label for one in self.questions).items()))


def read_held_out(path: Path, limit: int = 0, trained: TrainedOn = TrainedOn()) -> HeldOutSet:
    """Read the held-out questions of a file (`.gz` too), of at most `limit` (0: all) spread evenly over the file.

    Of examples only the split `test` counts, and what people did not like is no answer to learn from. Questions in
    the words of `trained` (see `trained_on`) are left out. Raises ExamplesError naming the line that cannot be read,
    and HeldOutError where there is no question.
    """
    questions: dict[str, HeldOut] = {}
    lines = 0
    for number, one in read_lines(path, _parsed, "question"):
        lines += 1
        if one is None:
            continue
        if one.id in questions:
            raise HeldOutError(
                f"Line {number} of {path} has the id {one.id!r}, as an earlier line has.", "Delete one of them."
            )
        questions[one.id] = one
    if not questions:
        held_out = "none of them is held out (split test)" if lines else "the file is empty"
        raise HeldOutError(
            f"{path} has no held-out example: {held_out}.",
            "Collect more examples and run `frontdesk tune prepare` again, or name a file of questions with "
            "--questions.",
        )
    chosen = tuple(one for one in questions.values() if words(one.text) not in trained.questions)
    left_out = len(questions) - len(chosen)
    if not chosen:
        raise HeldOutError(
            f"The adapter was trained on every question of {path}, so they tell nothing of it.",
            "Name a file of other questions with --questions, or leave it out to ask what `frontdesk tune prepare` "
            "held out.",
        )
    if 0 < limit < len(chosen):
        chosen = tuple(chosen[at * len(chosen) // limit] for at in range(limit))
    return HeldOutSet(path, _fingerprint(chosen), chosen, left_out, trained.unknown_run, trained.unknown_origin)


def held_out(examples: Iterable[Example]) -> list[HeldOut]:
    """Return the questions of the examples that are held out, those that `read_held_out` reads."""
    return [one for one in map(_from_example, examples) if one is not None]


def trained_on(runs: Path, run: str) -> TrainedOn:
    """Return the questions that a training run, and those that it began from, learned from; none for no run.

    Questions of a word or two are everybody's.
    """
    found: set[Words] = set()
    seen: set[str] = set()
    while run and run not in seen:
        seen.add(run)
        try:
            record = json.loads((runs / run / "run.json").read_text(encoding="utf-8"))
            learned = [one for one in read_examples(Path(record["set"])) if one.split is not Split.TEST]
            start = str(record.get("start") or "")
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ExamplesError) as error:
            log.warning("It is not known which questions the run %s was trained on: %s", run, error)
            return TrainedOn(frozenset(found), run)
        found |= {asked for one in learned if len(asked := words(one.question)) > 2}
        run = start
    return TrainedOn(frozenset(found))


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


def _parsed(values: dict[str, Any]) -> HeldOut | None:
    if ID in values:
        return _from_file(values)
    if (found := _from_example(Example.from_json(values))) is not None:
        Scope.from_mapping(dict(found.scope))  # one that cannot be read is told of here
    return found


def _from_example(example: Example) -> HeldOut | None:
    if example.split is not Split.TEST or not example.liked:
        return None
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


def _from_file(values: Mapping[str, Any]) -> HeldOut:
    one = parsed(values)
    if one.answerable is None:
        raise KeyError("answerable")
    return HeldOut(
        id=one.id,
        text=one.text,
        answerable=one.answerable,
        reference=one.answer,
        turns=one.turns,
        gold=one.documents,
        alternates=one.alternates,
        kind=one.kind,
        group=one.conversation or one.id,
        scope=values.get("scope") or {},
    )
