"""Admin commands: for admins only, with progress, ending in what changed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from bot.commands import Actor, CommandError, Commands, NotAllowed, parse_filters
from bot.library import Library, Progress
from bot.settings import Settings
from bot.storage.database import Database
from knowledge.documents import Skipped
from knowledge.errors import FrontdeskError
from knowledge.reindex import ReindexReport
from tests.said import Said

ADMIN = Actor("slack", "T1", "C1", "UADMIN")
STRANGER = Actor("slack", "T1", "C1", "USOMEBODY")
REPORT = ReindexReport(3, 20, 107, 2, 1, 4, tuple(Skipped("policies", f"p{n}.md", "is empty") for n in range(12)), 1.5)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    await database.migrate()
    yield database
    await database.close()


def commands(database: Database, error: FrontdeskError | None = None) -> Commands:
    class Reindexed:
        async def reindex(self, source: str | None, progress: Progress, *, accept_loss: bool = False) -> ReindexReport:
            progress("embedding", 5, 10)
            if error:
                raise error
            return REPORT

    source = {"name": "policies", "kind": "folder", "path": "x"}
    return Commands(
        Settings(admins=["slack:UADMIN"], knowledge={"sources": [source]}), database, cast(Library, Reindexed())
    )


async def test_reindex_reports_progress_and_what_changed(database: Database) -> None:
    said = Said()
    await commands(database).reindex(ADMIN, said)
    assert said.texts[0] == "Reindexing …"
    assert "embedding 5 of 10" in said.texts[1]
    assert "2 added, 1 changed, 4 removed" in said.texts[-1]
    assert "`p0.md` (policies): is empty" in said.texts[-1]
    assert "and 2 more" in said.texts[-1]


async def test_a_stranger_may_not_and_nothing_is_said_in_the_open(database: Database) -> None:
    said = Said()
    for command in (commands(database).reindex(STRANGER, said), commands(database).export(STRANGER, said)):
        with pytest.raises(NotAllowed, match="slack:USOMEBODY"):
            await command
    assert not said.texts
    assert not said.files


async def test_an_admin_of_one_platform_is_none_on_another(database: Database) -> None:
    with pytest.raises(NotAllowed):
        await commands(database).reindex(Actor("discord", "T1", "C1", "UADMIN"), Said())


async def test_a_reindex_that_fails_says_so_and_that_answers_go_on(database: Database) -> None:
    said = Said()
    await commands(database, FrontdeskError("The folder is empty.", "Check the path.")).reindex(ADMIN, said)
    assert said.texts[-1].endswith("The folder is empty. Check the path.")
    assert "version before" in said.texts[-1]


async def test_a_source_that_is_not_set_is_named_with_those_that_are(database: Database) -> None:
    with pytest.raises(CommandError, match=r"polices.*policies"):
        await commands(database).reindex(ADMIN, Said(), "polices")


async def test_an_export_of_nothing_says_so(database: Database) -> None:
    said = Said()
    await commands(database).export(ADMIN, said)
    assert "nothing to export" in said.texts[-1]
    assert not said.files


@pytest.mark.parametrize("options", ["since=yesterday", "rating=best", "colour=red", "since", "until=2026-13-01"])
def test_export_options_that_cannot_be_read_are_named(options: str) -> None:
    with pytest.raises(FrontdeskError, match=options.split("=", maxsplit=1)[0]):
        parse_filters(options)


def test_export_options_are_read() -> None:
    filters = parse_filters("since=2026-01-02 rating=down platform=slack")
    assert filters.since is not None
    assert (filters.since.day, filters.rating, filters.platform) == (2, "down", "slack")
