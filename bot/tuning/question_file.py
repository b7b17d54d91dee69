"""Files of questions with what is known of their answers: the form of the benchmarks, learned from and asked alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.asking import read_question
from bot.messages import Turn
from bot.tuning.examples import ExamplesError, read_lines
from knowledge.documents import Scope

ID = "qid"
"""Key that every line has, and no example."""


@dataclass(frozen=True, slots=True)
class FileQuestion:
    """A line of such a file."""

    id: str
    text: str
    turns: tuple[Turn, ...]
    """The conversation before it, oldest first."""
    scope: Scope
    """Of the asker."""
    answerable: bool | None
    """None where the line does not say."""
    answer: str
    """Empty where none is known."""
    documents: frozenset[str]
    """Ids of the documents that hold the answer; empty where that is not known."""
    alternates: frozenset[str]
    """Other documents that hold it too, word for word."""
    texts: tuple[str, ...]
    """The words of documents that the answer rests on."""
    conversation: str
    """What names the conversation that it comes from; empty where the line does not say."""
    kind: str
    """What kind of unanswerable question it is, where the line says."""


def read_question_file(path: Path) -> Iterator[FileQuestion]:
    """Yield the questions of a file of JSON lines (`.gz` too).

    Raises ExamplesError naming the line that is none, or has the id of an earlier one.

    `{"qid", "question", "history"?, "scope"?, "answerable"?, "answer"?, "gold_doc_ids"?, "gold_passages"?, "meta"?}`
    """
    ids: set[str] = set()
    for number, question in read_lines(path, parsed, "question"):
        if question.id in ids:
            raise ExamplesError(
                f"Line {number} of {path} has the id {question.id!r}, as an earlier line has.",
                "Give each question a qid of its own.",
            )
        ids.add(question.id)
        yield question


def parsed(line: Mapping[str, Any]) -> FileQuestion:
    """Return the question of a line. Raises KeyError, TypeError, ValueError or FrontdeskError for what is none."""
    id = str(line[ID])
    question, conversation = read_question(line, Scope())
    if not question.text.strip():
        raise ValueError("its question is empty")
    meta = _object(line, "meta")
    answerable = line.get("answerable")
    if answerable not in (True, False, None):
        raise ValueError("answerable is neither true nor false")
    return FileQuestion(
        id=id,
        text=question.text,
        turns=conversation.turns,
        scope=question.scope,
        answerable=answerable,
        answer=str(line.get("answer") or ""),
        documents=_ids(line, "gold_doc_ids"),
        alternates=_ids(meta, "alt_gold_doc_ids"),
        texts=tuple(str(one["text"]) for one in _list(line, "gold_passages")),
        conversation=str(meta.get("dialogue_id") or meta.get("conversation_id") or ""),
        kind=str(meta.get("unanswerable_kind") or ""),
    )


def _object(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = values.get(key) or {}
    if not isinstance(found, dict):
        raise ValueError(f"{key} is no object")
    return found


def _list(values: Mapping[str, Any], key: str) -> list[Any]:
    found = values.get(key) or []
    if not isinstance(found, list):
        raise ValueError(f"{key} is no list")
    return found


def _ids(values: Mapping[str, Any], key: str) -> frozenset[str]:
    return frozenset(map(str, _list(values, key)))
