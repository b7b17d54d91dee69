"""A handbook of an invented company, Kettlewick, for the demo and the tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HANDBOOK = Path(__file__).parent / "handbook"
"""Folder of Markdown pages with front matter; a page's file name is its document id."""

QUESTIONS = Path(__file__).parent / "questions.jsonl"
"""Questions with the pages that answer them, one JSON object a line."""


def questions() -> list[dict[str, Any]]:
    """Return every line of QUESTIONS: `qid`, `question`, `scope`, `gold_doc_ids`, `answerable`, maybe `demo`."""
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def demo_questions() -> list[str]:
    """Return the three questions that the demo asks where nobody sits at a terminal."""
    return [question["question"] for question in questions() if question.get("demo")]
