"""What a model is tuned on: one question as the model saw it, with the answer it should have given.

Everything that makes examples (ratings, suggestions, documents) ends here, everything that uses them (export,
training, evaluation) begins here. A set of them is a file of JSON lines, one example a line.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from bot.messages import Turn
from knowledge.errors import FrontdeskError

_Read = TypeVar("_Read")
MAX_LINE = 4_000_000
"""Bytes of one line; a longer one is damage, not an example."""


REJECTED_ANSWER = "rejected_answer_id"
"""Key of an example's metadata: which answer `rejected` is, where it was given to another question."""


class ExamplesError(FrontdeskError):
    """A file of examples cannot be read or written."""


class Origin(StrEnum):
    """Where an example comes from; reports count each apart."""

    LIKED = "liked"
    """An answer that more people found helpful than not."""
    SUGGESTED = "suggested"
    """A better answer that a person wrote and a curator approved."""
    HANDED_OVER = "handed_over"
    """What a person answered in a thread that was handed over."""
    STANDARD = "standard"
    """A standard answer, written and approved by the team."""
    DISLIKED = "disliked"
    """An answer that more people found not helpful than helpful: what not to say, for preference training."""
    MADE = "made"
    """Made from the documents."""
    GIVEN = "given"
    """From a file of questions and answers."""


class Split(StrEnum):
    """What an example is used for. Examples that share a conversation or a document are never split apart."""

    TRAIN = "train"
    VALIDATION = "validation"
    """Chooses when to stop."""
    TEST = "test"
    """Held out: only ever evaluated on."""


@dataclass(frozen=True, slots=True)
class ExamplePassage:
    """A passage in the words that the model was shown, which may be some of its sentences only."""

    passage_id: str
    document_id: str
    title: str
    heading: str
    text: str
    score: float = 0.0
    gold: bool = False
    """Whether the answer rests on it; the others are distractors."""


@dataclass(frozen=True, slots=True)
class Example:
    """One question and the answer to learn."""

    id: str
    """Stable: the same source gives the same id, e.g. `answer:123`, `made:9f2c…`."""
    origin: Origin
    question: str
    answer: str
    """Markdown without citation numbers; empty where the right reply is that the documents do not say."""
    turns: tuple[Turn, ...] = ()
    """The conversation before the question, oldest first."""
    passages: tuple[ExamplePassage, ...] = ()
    """As shown, in their order, distractors included."""
    prompt: tuple[Turn, ...] = ()
    """The messages as the model is given them, system first; empty until packed."""
    rejected: str = ""
    """An answer to the same prompt that people did not like, for preference training; empty where there is none."""
    liked: bool = True
    """False: `answer` is one that people did not like (KTO learns from both)."""
    group: str = ""
    """Conversation, or cluster of documents: what keeps together when examples are split."""
    split: Split = Split.TRAIN
    scope: dict[str, Any] = field(default_factory=dict)
    """What could be told where it was asked."""
    metadata: dict[str, Any] = field(default_factory=dict)
    """Provenance: answer id, ratings, model, licence, … Never a person's name or id."""

    @property
    def answerable(self) -> bool:
        return bool(self.answer.strip())

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "origin": str(self.origin),
            "question": self.question,
            "answer": self.answer,
            "turns": [_turn(turn) for turn in self.turns],
            "passages": [
                {
                    "passage_id": one.passage_id,
                    "document_id": one.document_id,
                    "title": one.title,
                    "heading": one.heading,
                    "text": one.text,
                    "score": one.score,
                    "gold": one.gold,
                }
                for one in self.passages
            ],
            "prompt": [_turn(turn) for turn in self.prompt],
            "rejected": self.rejected,
            "liked": self.liked,
            "group": self.group,
            "split": str(self.split),
            "scope": self.scope,
            "metadata": self.metadata,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Example:
        """Read what `as_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            id=str(values["id"]),
            origin=Origin(values["origin"]),
            question=_text(values, "question"),
            answer=_text(values, "answer"),
            turns=tuple(Turn(str(turn["role"]), str(turn["content"])) for turn in values.get("turns", ())),
            passages=tuple(ExamplePassage(**passage) for passage in values.get("passages", ())),
            prompt=tuple(Turn(str(turn["role"]), str(turn["content"])) for turn in values.get("prompt", ())),
            rejected=str(values.get("rejected", "")),
            liked=bool(values.get("liked", True)),
            group=str(values.get("group", "")),
            split=Split(values.get("split", "train")),
            scope=dict(values.get("scope", {})),
            metadata=dict(values.get("metadata", {})),
        )


def write_examples(path: Path, examples: Iterable[Example]) -> int:
    """Write a file of examples in one step and return how many. Raises ExamplesError when it cannot be written."""
    temporary = path.with_name(f".{path.name}.part")
    written = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            for example in examples:
                file.write(line_of(example))
                written += 1
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise ExamplesError(
            f"{path} cannot be written: {error.strerror}.", "Name a folder that may be written and has room."
        ) from error
    return written


def line_of(example: Example) -> bytes:
    """Return the line that an example is in a file; characters that UTF-8 has no place for become question marks."""
    return json.dumps(example.as_json(), ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def read_examples(path: Path, parse: Callable[[dict[str, Any]], Example] = Example.from_json) -> Iterator[Example]:
    """Yield the examples of a file. Raises ExamplesError naming the line that cannot be read.

    `parse` reads a line of another format; it raises KeyError, TypeError or ValueError.
    """
    return (example for _, example in read_lines(path, parse, "example"))


def read_lines(path: Path, parse: Callable[[dict[str, Any]], _Read], noun: str) -> Iterator[tuple[int, _Read]]:
    """Yield what `parse` makes of each JSON object of a file (`.gz` too), with the number of its line.

    `parse` raises KeyError, TypeError, ValueError or FrontdeskError for what is no `noun`; ExamplesError then names
    the line. It is raised for a file that cannot be read, too, and for one that is not UTF-8.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(MAX_LINE), b""), start=1):
                if not line.strip():
                    continue
                if b"\0" in line or b"\r" in line.rstrip(b"\r\n"):
                    raise _not_utf8(path)
                try:
                    values = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
                    if not isinstance(values, dict):
                        raise ValueError("it is no JSON object")
                    read = parse(values)
                except UnicodeDecodeError:
                    raise _not_utf8(path) from None
                except (KeyError, TypeError, ValueError, FrontdeskError) as error:
                    raise ExamplesError(
                        f"Line {number} of {path} is no {noun}: {_problem(error)}.", "Mend or delete that line."
                    ) from None
                yield number, read
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ExamplesError(
            f"{path} cannot be read: {reason}.", "Name a file of JSON lines, or make one with `frontdesk tune prepare`."
        ) from None


def _not_utf8(path: Path) -> ExamplesError:
    """Return that no line of a file can be read as it is written: in UTF-16, say, or with the line ends of old Macs."""
    return ExamplesError(
        f"{path} is not in UTF-8 with a line feed after each line, as files of JSON lines are.",
        "Save it anew as UTF-8, with the line ends of Unix or Windows.",
    )


def _problem(error: Exception) -> str:
    """Return what is wrong as the rest of a sentence."""
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing"
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON ({error})"
    return (error.sentence if isinstance(error, FrontdeskError) else str(error)).rstrip(".")


def _turn(turn: Turn) -> dict[str, str]:
    return {"role": turn.role, "content": turn.content}


def _text(values: dict[str, Any], key: str) -> str:
    if not isinstance(value := values[key], str):
        raise ValueError(f"{key} is no text")
    return value
