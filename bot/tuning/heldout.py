"""The questions that an evaluation asks: examples of the split `test`, or a file in the form of the benchmarks."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.answer_cache import words
from bot.messages import Conversation, MessageKey, Question, Turn
from bot.tuning.examples import Example, ExamplesError, Split, read_examples, read_lines
from bot.tuning.question_file import ID, parsed
from bot.tuning.splits import Clusters
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError

LEARNED = "learned.json"
"""File in the folder of a training run: the digests of the questions that it learned from."""
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
    stands_alone: bool = False
    """Whether it is a group of its own as neither its documents nor its conversation are known."""
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

    questions: frozenset[str] = frozenset()
    """Their digests, as `digest` makes them."""
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
    unknown_documents: tuple[str, ...] = ()
    """Documents that are said to hold answers and are not there; what is cited is not held against them."""
    unknown_run: str = ""
    """As in `TrainedOn`."""
    unknown_origin: bool = False
    """As in `TrainedOn`."""

    def held_against(self, documents: Collection[str]) -> HeldOutSet:
        """Return the questions without the gold documents that are not among `documents`, which are told instead."""
        there = frozenset(documents)
        named = frozenset(id for one in self.questions for id in one.gold | one.alternates)
        kept = tuple(replace(one, gold=one.gold & there, alternates=one.alternates & there) for one in self.questions)
        return replace(self, questions=kept, unknown_documents=tuple(sorted(named - there)))

    def counts(self) -> dict[str, int]:
        """Return how many questions there are by where they come from."""
        return dict(sorted(Counter(one.label for one in self.questions).items()))


def read_held_out(path: Path, limit: int = 0, trained: TrainedOn = TrainedOn()) -> HeldOutSet:
    """Read the held-out questions of a file (`.gz` too), of at most `limit` (0: all) spread evenly over the file.

    Questions of one document or conversation, and those in the same words, are of one group.
    Of examples only the split `test` counts, and what people did not like is no answer to learn from. Questions in
    the words of `trained` (see `trained_on`) are left out. Raises ExamplesError naming the line that cannot be read,
    and HeldOutError where there is no question.
    """
    questions: dict[str, _Keyed] = {}
    lines = 0
    for number, read in read_lines(path, _parsed, "question"):
        lines += 1
        if read is None:
            continue
        id = read[0].id
        if id in questions:
            raise HeldOutError(
                f"Line {number} of {path} has the id {id!r}, as an earlier line has.", "Delete one of them."
            )
        questions[id] = read
    if not questions:
        held_out = "none of them is held out (split test)" if lines else "the file is empty"
        raise HeldOutError(
            f"{path} has no held-out example: {held_out}.",
            "Collect more examples and run `frontdesk tune prepare` again, or name a file of questions with "
            "--questions.",
        )
    chosen = tuple(one for one in _grouped(questions.values()) if digest(one.text) not in trained.questions)
    left_out = len(questions) - len(chosen)
    if not chosen:
        raise HeldOutError(
            f"The adapter was trained on every question of {path}, so they tell nothing of it.",
            "Name a file of other questions with --questions, or leave it out to ask what `frontdesk tune prepare` "
            "held out.",
        )
    if 0 < limit < len(chosen):
        chosen = tuple(chosen[at * len(chosen) // limit] for at in range(limit))
    return HeldOutSet(
        path,
        _fingerprint(chosen),
        chosen,
        left_out,
        unknown_run=trained.unknown_run,
        unknown_origin=trained.unknown_origin,
    )


def held_out(examples: Iterable[Example]) -> list[HeldOut]:
    """Return the questions of the examples that are held out, those that `read_held_out` reads."""
    return _grouped(read for read in map(_from_example, examples) if read is not None)


def trained_on(runs: Path, run: str) -> TrainedOn:
    """Return the questions that a training run, and those that it began from, learned from; none for no run.

    Each run keeps its own; of one that began before that was so, the set of examples tells. Questions of a word or two
    are everybody's.
    """
    found: set[str] = set()
    seen: set[str] = set()
    while run and run not in seen:
        seen.add(run)
        try:
            record = json.loads((runs / run / "run.json").read_text(encoding="utf-8"))
            learned = _kept(runs / run / LEARNED)
            found |= _of_set(record, runs.parent / "sets") if learned is None else learned
            start = str(record.get("start") or "")
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ExamplesError) as error:
            log.warning("It is not known which questions the run %s was trained on: %s", run, error)
            return TrainedOn(frozenset(found), run)
        run = start
    return TrainedOn(frozenset(found))


def learned_from(examples: Iterable[Example]) -> list[str]:
    """Return the digests of the questions that a training learns from, or chooses by when to stop; sorted."""
    return sorted({digest(one.question) for one in examples if one.split is not Split.TEST and _telling(one.question)})


def digest(question: str) -> str:
    """Return what tells a question again, the same for what people type differently, without its words."""
    return hashlib.sha256(" ".join(words(question)).encode("utf-8", "replace")).hexdigest()[:16]


def _kept(path: Path) -> set[str] | None:
    """Return what a run keeps of the questions that it learned from; None for one of before it was kept."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if not isinstance(values, list):
        raise ValueError(f"{path} is no list")
    return set(map(str, values))


def _of_set(record: Mapping[str, Any], sets: Path) -> set[str]:
    """Return the digests of what a run learned from, as its set of examples is now.

    Raises ValueError where a file of one's own holds fewer than were learned: it was written anew. Of a set in the
    folder `sets`, some may have been forgotten.
    """
    path = Path(record["set"])
    learned = [one for one in read_examples(path) if one.split is not Split.TEST]
    counts = record.get("counts") or {}
    were = sum(sum((counts.get(side) or {}).values()) for side in ("train", "validation"))
    pairs = 2 if (record.get("options") or {}).get("method") == "kto" else 1
    if not path.is_relative_to(sets.resolve()) and pairs * len(learned) < were:
        raise ValueError(f"{path} holds {len(learned)} examples to learn from, and {were} were learned")
    return set(learned_from(learned))


def _fingerprint(questions: tuple[HeldOut, ...]) -> str:
    told = [
        {name: value for name, value in asdict(one).items() if name != "stands_alone"}
        | {
            "gold": sorted(one.gold),
            "alternates": sorted(one.alternates),
            "withheld": sorted(one.withheld),
            "scope": dict(one.scope),
        }
        for one in questions
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


_Keyed = tuple[HeldOut, list[str]]
"""A question with what it shares with all that is of its group; not empty."""


def _parsed(values: dict[str, Any]) -> _Keyed | None:
    if ID in values:
        return _from_file(values)
    if (found := _from_example(Example.from_json(values))) is not None:
        Scope.from_mapping(dict(found[0].scope))  # one that cannot be read is told of here
    return found


def _from_example(example: Example) -> _Keyed | None:
    if example.split is not Split.TEST or not example.liked:
        return None
    alternates, withheld = (frozenset(map(str, example.metadata.get(key, ()))) for key in ("alternates", "withheld"))
    one = HeldOut(
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
        group=example.group,
        scope=example.scope,
    )
    # A set tells its groups, which `bot.tuning.splits` made.
    return one, [f"group {example.group}"] if example.group else _keys(one)


def _from_file(values: Mapping[str, Any]) -> _Keyed:
    read = parsed(values)
    if read.answerable is None:
        raise KeyError("answerable")
    one = HeldOut(
        id=read.id,
        text=read.text,
        answerable=read.answerable,
        reference=read.answer,
        turns=read.turns,
        gold=read.documents,
        alternates=read.alternates,
        kind=read.kind,
        group=read.conversation,
        scope=values.get("scope") or {},
    )
    return one, [*([f"conversation {read.conversation}"] if read.conversation else []), *_keys(one)]


def _grouped(questions: Iterable[_Keyed]) -> list[HeldOut]:
    """Return questions with what hangs together as one group, called as the first of it is."""
    asked = list(questions)
    clusters = Clusters()
    for _, keys in asked:
        for key in keys:
            clusters.join(key, keys[0])
    names: dict[str, str] = {}
    found = []
    for one, keys in asked:
        name = names.setdefault(clusters.find(keys[0]), one.group or one.id)
        alone = not (one.group or one.gold or one.alternates or one.turns)
        found.append(replace(one, group=name, stands_alone=alone))
    return found


def _keys(one: HeldOut) -> list[str]:
    """Return what a question shares with others of which no set tells the group."""
    keys = [f"document {id}" for id in sorted(one.gold | one.alternates)]
    # A conversation is known again by what it began with; a greeting begins many.
    if begun := next((turn.content for turn in one.turns if turn.role == "user" and _telling(turn.content)), ""):
        keys.append(f"asked {_same(begun)}")
    elif one.turns:
        keys.append(f"said {[turn.content for turn in one.turns]}")
    if _telling(one.text) or not one.turns:
        keys.append(f"asked {_same(one.text)}")
    return keys


def _same(text: str) -> str:
    """Return a text as it is compared: the same for what people type differently."""
    return " ".join(words(text)) or text.strip()


def _telling(text: str) -> bool:
    """Whether a question is more than a word or two, which are everybody's."""
    return len(words(text)) > 2
