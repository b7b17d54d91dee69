"""`frontdesk curation`: what a curator sees and decides at a terminal."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.cli import app
from bot.curation import Curation
from bot.inbox import Inbox
from bot.messages import Answer, MessageKey, Question, Status
from bot.settings import load
from bot.storage.database import Database
from knowledge.errors import FrontdeskError

runner = CliRunner()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "frontdesk.toml"
    path.write_text("", encoding="utf-8")

    async def suggest() -> None:
        database = Database(load(path).database_url)
        await database.migrate()
        inbox = Inbox(database)
        for number in (1, 2):
            key = MessageKey("slack", "T1", "C1", str(number))
            asked = await inbox.accept(Question(key, f"May I return kettle {number}?", "U1", "t1"))
            answer_id = await inbox.record_answer(asked.id, Answer(Status.ANSWERED, "Within 30 days. [1]"))
            await Curation(database).propose(answer_id, "slack:U2", f"Within {number} weeks.")
        await database.close()

    asyncio.run(suggest())
    return path


def frontdesk(config: Path, *words: str) -> str:
    result = runner.invoke(app, ["--config", str(config), "curation", *words])
    if isinstance(result.exception, FrontdeskError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_curator_lists_approves_and_rejects(config: Path) -> None:
    listed = json.loads(frontdesk(config, "list", "--json"))
    assert [(one["id"], one["better_answer"], one["author"]) for one in listed] == [
        (1, "Within 1 weeks.", "slack:U2"),
        (2, "Within 2 weeks.", "slack:U2"),
    ]
    approved = json.loads(frontdesk(config, "approve", "1", "--text", "Within a week.", "--json"))
    assert (approved["state"], approved["better_answer"]) == ("approved", "Within a week.")
    assert approved["decided_by"].startswith("terminal:")
    assert json.loads(frontdesk(config, "reject", "2", "--json"))["state"] == "rejected"
    assert json.loads(frontdesk(config, "list", "--json")) == []
    everything = json.loads(frontdesk(config, "list", "--state", "any", "--json"))
    assert [one["state"] for one in everything] == ["approved", "rejected"]
    frontdesk(config, "list", "--state", "any")


def test_what_is_not_there_and_what_is_no_state_is_said(config: Path) -> None:
    with pytest.raises(FrontdeskError, match="no suggestion 9"):
        frontdesk(config, "approve", "9")
    assert runner.invoke(app, ["--config", str(config), "curation", "list", "--state", "old"]).exit_code == 2
