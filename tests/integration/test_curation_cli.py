"""`frontdesk curation`: what a curator sees and decides at a terminal."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest
from typer.testing import CliRunner

from adapters.cli import app
from bot.curation import Curation
from bot.inbox import Inbox
from bot.messages import Answer, MessageKey, Question, Rating, ShownPassage, Status
from bot.settings import load
from bot.storage.database import Database
from bot.storage.ratings import Ratings
from knowledge.errors import FrontdeskError

runner = CliRunner()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Two answers, the first liked, and a suggestion to each."""
    path = tmp_path / "frontdesk.toml"
    path.write_text('[answering]\ncontact = "help@shop.example"\n', encoding="utf-8")

    async def suggest() -> None:
        database = Database(load(path).database_url)
        await database.migrate()
        inbox = Inbox(database)
        shown = ShownPassage(
            "returns.md#0", "returns.md", 0.5, "Returns", "", "Within 30 days. Mail help@shop.example."
        )
        for number in (1, 2):
            key = MessageKey("slack", "T1", "C1", str(number))
            asked = await inbox.accept(
                Question(key, f"May I return kettle {number}? I am U{number}@x.example", "U1", "t1")
            )
            answer_id = await inbox.record_answer(
                asked.id, Answer(Status.ANSWERED, "Within 30 days. [1]", passages=(shown,))
            )
            await inbox.delivered(asked.id)
            await Curation(database).propose(answer_id, "slack:U2", f"Within {number} weeks, help@shop.example.")
        await Ratings(database).rate(Rating(1, "slack:U3", 1))
        await database.close()

    asyncio.run(suggest())
    return path


def frontdesk(config: Path, *words: str) -> str:
    result = runner.invoke(app, ["--config", str(config), "curation", *words])
    if isinstance(result.exception, FrontdeskError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def _listed(config: Path, *words: str) -> list[tuple[str, str]]:
    return [(one["id"], one["state"]) for one in json.loads(frontdesk(config, "list", *words, "--json"))]


def test_a_curator_lists_approves_and_rejects(config: Path) -> None:
    assert _listed(config) == [("answer:1", "proposed"), ("suggestion:1", "proposed"), ("suggestion:2", "proposed")]
    assert _listed(config, "--kind", "suggestion", "--after", "suggestion:1") == [("suggestion:2", "proposed")]
    approved = json.loads(frontdesk(config, "approve", "suggestion:1", "--text", "Within a week.", "--json"))
    assert (approved["state"], approved["answer"], approved["author"]) == ("approved", "Within a week.", "slack:U2")
    assert approved["decided_by"].startswith("terminal:")
    assert [one["state"] for one in json.loads(frontdesk(config, "reject", "2", "answer:1", "--json"))] == [
        "rejected"
    ] * 2
    assert _listed(config) == []
    assert [state for _, state in _listed(config, "--state", "any")] == ["rejected", "approved", "rejected"]
    assert "1 approved" in frontdesk(config, "list", "--state", "any")
    assert json.loads(frontdesk(config, "reopen", "answer:1", "--json"))["state"] == "proposed"


def test_a_candidate_is_shown_with_its_passages_and_written_differently(config: Path) -> None:
    one = json.loads(frontdesk(config, "show", "answer:1", "--json"))
    assert [passage["document_id"] for passage in one["passages"]] == ["returns.md"]
    assert "Within 30 days" in frontdesk(config, "show", "answer:1")
    edited = json.loads(frontdesk(config, "edit", "answer:1", "--question", "May I return a kettle?", "--json"))
    assert (edited["question"], edited["edited"]) == ("May I return a kettle?", True)
    assert runner.invoke(app, ["--config", str(config), "curation", "edit", "answer:1"]).exit_code == 2


def test_what_disagrees_is_shown(config: Path) -> None:
    frontdesk(config, "edit", "suggestion:2", "--question", "May I return kettle 1? I am U1@x.example")
    found = json.loads(frontdesk(config, "disagreements", "--json"))
    assert {one["why"] for one in found} == {"their figures differ"}
    assert "figures differ" in frontdesk(config, "disagreements")
    frontdesk(config, "reject", "suggestion:1", "suggestion:2")
    assert "No candidates disagree" in frontdesk(config, "disagreements")


def test_what_is_asked_after_other_words_or_is_another_question_of_one_answer_is_no_disagreement(
    config: Path,
) -> None:
    from adapters.curation_cli import _disagreeing
    from bot.curation import Candidate, Given, Stage
    from bot.tuning.examples import Origin

    def candidate(id: str, answer: str, before: str = "", *more: str, question: str = "And how long?") -> Candidate:
        turns = [{"role": "user", "content": before}, {"role": "assistant", "content": "Yes."}] if before else []
        prompt = [{"role": "system", "content": ""}, *turns, {"role": "user", "content": question}]
        given = Given(1, Status.ANSWERED, answer, (), (), prompt, {})
        origin = Origin.STANDARD if more else Origin.LIKED
        return Candidate(
            id, origin, Stage.APPROVED, question, answer, question, None,
            given=None if more else given, more_questions=more,
        )  # fmt: skip

    class Kept:
        def __init__(self, *found: Candidate) -> None:
            self.found = found

        async def all(self, state: Stage | None) -> AsyncIterator[Candidate]:
            for one in self.found:
                yield one

    def disagreeing(*found: Candidate) -> list[tuple[str, str]]:
        told = asyncio.run(_disagreeing(cast(Curation, Kept(*found)), load(config)))
        return [(one["kept"]["id"], one["left_out"]["id"]) for one in told]

    first, second = candidate("answer:1", "30 days.", "Returns?"), candidate("answer:2", "2 years.", "Warranty?")
    assert disagreeing(first, second) == []
    assert disagreeing(first, candidate("answer:2", "2 years.", "Returns?")) != []
    standard = candidate("standard:1", "In Ulm.", "", "What is your address?", question="Where is the office?")
    other = candidate("answer:3", "In Bonn, at 12 Mill Lane.", question="What is your address?")
    assert disagreeing(standard, other) in ([("standard:1", "answer:3")], [("answer:3", "standard:1")])


def test_what_is_not_there_and_what_is_no_state_is_said(config: Path) -> None:
    with pytest.raises(FrontdeskError, match="no suggestion:9"):
        frontdesk(config, "approve", "9")
    with pytest.raises(FrontdeskError, match="no answer:9"):
        frontdesk(config, "approve", "suggestion:1", "answer:9")
    assert ("suggestion:1", "proposed") in _listed(config), "nothing is decided where an id is wrong"
    assert runner.invoke(app, ["--config", str(config), "curation", "list", "--state", "old"]).exit_code == 2
    assert runner.invoke(app, ["--config", str(config), "curation", "list", "--kind", "old"]).exit_code == 2


def test_an_id_that_is_none_is_said_and_nothing_else(config: Path, recwarn: pytest.WarningsRecorder) -> None:
    with pytest.raises(FrontdeskError, match="foo"):
        frontdesk(config, "list", "--after", "foo")
    gc.collect()
    assert not [one for one in recwarn if "never awaited" in str(one.message)]
