"""What admins are told of readings by the clock."""

from typing import Any

import pytest

from bot import library
from bot.library import Library
from knowledge.errors import FrontdeskError
from knowledge.reindex import ReindexJob, ReindexReport
from knowledge.sources import SourceError

ALL_WELL = ReindexReport(3, 20, 107, 0, 0, 0, (), 1.5)
IN_PART = ReindexReport(3, 20, 107, 0, 0, 0, (), 1.5, warnings=("fees.pdf (policies): One page is a picture.",))
NONE: Any = None  # nothing but the reading is asked here


async def test_what_was_read_only_in_part_is_over_only_once_it_was_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = [IN_PART, IN_PART, SourceError("The folder is away."), IN_PART, ALL_WELL, ALL_WELL]

    async def read(*_: object, **__: object) -> ReindexReport:
        outcome = outcomes.pop(0)
        if isinstance(outcome, FrontdeskError):
            raise outcome
        return outcome

    monkeypatch.setattr(library, "reindex_in_process", read)
    job = ReindexJob("index", ({"name": "policies", "kind": "folder", "path": "policies"},))
    clock = Library(NONE, job, NONE, NONE, NONE, NONE, NONE, NONE)
    told = [await clock.refresh(["policies"]) for _ in list(outcomes)]
    assert [one.removeprefix("Reading the documents by the clock:\n") for one in told] == [
        "- fees.pdf (policies): One page is a picture.",
        "",
        "- The folder is away.",
        "- This is over: The folder is away.",
        "- This is over: fees.pdf (policies): One page is a picture.",
        "",
    ]
