"""Admin commands: for admins only, with progress, ending in what changed."""

import asyncio
import gc
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from bot.commands import Actor, CommandError, Commands, NotAllowed, parse_export, parse_stats, told
from bot.curation import Curation
from bot.delivery import DeliveryError
from bot.generation.engine import ModelIdentity
from bot.inbox import Inbox
from bot.library import Library, Progress
from bot.messages import Answer, MessageKey, Question, Rating, Status, Turn
from bot.privacy import Privacy
from bot.settings import Settings
from bot.state import Overview
from bot.stats import Period
from bot.storage.database import Database
from bot.storage.ratings import Ratings
from bot.trace import NoTrace
from knowledge.documents import Skipped
from knowledge.errors import FrontdeskError
from knowledge.reindex import ReindexReport
from knowledge.state import KnowledgeStatus
from tests.said import Said

ADMIN = Actor("slack", "T1", "C1", "UADMIN")
STRANGER = Actor("slack", "T1", "C1", "USOMEBODY")
REPORT = ReindexReport(3, 20, 107, 2, 1, 4, tuple(Skipped("policies", f"p{n}.md", "is empty") for n in range(12)), 1.5)


def test_a_report_names_some_of_what_is_to_be_looked_at_and_counts_the_rest() -> None:
    lines = told(replace(REPORT, warnings=tuple(f"fees{n}.xlsx (policies): rows are left out." for n in range(12))))
    assert "\n- and 2 more; `frontdesk reindex --dry-run` lists them all\n" in lines
    assert "\nfees9.xlsx (policies): rows are left out.\n" in lines and "fees10.xlsx" not in lines
    assert lines.endswith("\n2 more warnings; `frontdesk reindex --dry-run` lists them all")
    lines = told(replace(REPORT, warnings=("rows are left out",) * 11))
    assert lines.endswith("\n1 more warning; `frontdesk reindex --dry-run` lists them all")


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


@pytest.mark.parametrize(
    "options", ["since=yesterday", "rating=best", "colour=red", "since", "until=2026-13-01", "format=parquet"]
)
def test_export_options_that_cannot_be_read_are_named(options: str) -> None:
    with pytest.raises(FrontdeskError, match=options.split("=", maxsplit=1)[0]):
        parse_export(options)


def test_export_options_are_read() -> None:
    format, filters = parse_export("since=2026-01-02 rating=down platform=slack format=sharegpt")
    assert filters.since is not None
    assert (filters.since.day, filters.rating, filters.platform, format) == (2, "down", "slack", "sharegpt")
    assert parse_export("")[0] == "openai"


# Who may do what, where -----------------------------------------------------------------------------------------

OF_T1 = Actor("slack", "T1", "C1", "ULOCAL")
DAY = date(2026, 11, 26)


def several(database: Database, tmp_path: Path) -> Commands:
    """Commands with an admin of everything and one of the workspace T1."""
    settings = Settings(admins=["slack:UADMIN", "slack:T1:ULOCAL"], data_dir=tmp_path)
    return Commands(settings, database, cast(Library, None))


async def test_an_admin_of_one_workspace_is_none_in_another(database: Database, tmp_path: Path) -> None:
    frontdesk = several(database, tmp_path)
    frontdesk.require_admin(OF_T1)
    for elsewhere in (replace(OF_T1, workspace="T2"), replace(OF_T1, platform="discord"), replace(OF_T1, workspace="")):
        with pytest.raises(NotAllowed):
            frontdesk.require_admin(elsewhere)
    frontdesk.require_admin_everywhere(replace(ADMIN, workspace="T2"))


@pytest.mark.parametrize("words", ["rollback", "Rollback", "check", "show returns.md"])
async def test_what_concerns_every_workspace_is_for_admins_of_all(
    database: Database, tmp_path: Path, words: str
) -> None:
    frontdesk, said = several(database, tmp_path), Said()
    with pytest.raises(NotAllowed, match="all workspaces"):
        await frontdesk.knowledge(OF_T1, said, words)
    with pytest.raises(NotAllowed, match="all workspaces"):
        await frontdesk.stats(OF_T1, said, "everywhere")
    with pytest.raises(NotAllowed, match="all workspaces"):
        await frontdesk.reindex(OF_T1, said, "policies accept-loss")
    assert not said.texts


async def test_strangers_may_do_nothing_but_have_their_own_data_deleted(database: Database, tmp_path: Path) -> None:
    frontdesk, said = several(database, tmp_path), Said()
    for command in (
        frontdesk.stats(STRANGER, said),
        frontdesk.why(STRANGER, said),
        frontdesk.why(STRANGER, said, "1.2", "C1"),
        frontdesk.export(STRANGER, said),
        frontdesk.knowledge(STRANGER, said, "status"),
        frontdesk.forget(STRANGER, said, "UADMIN"),
        frontdesk.forget(STRANGER, said, "UADMIN", confirmed=True),
        frontdesk.state(STRANGER),
    ):
        with pytest.raises(NotAllowed):
            await command
    assert not said.texts and not said.asked
    await frontdesk.forget(STRANGER, said)
    assert said.texts == ["I have nothing stored about you."]


async def test_progress_that_cannot_be_shown_keeps_nobody_from_the_last_word(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.commands.PROGRESS_EVERY_S", 0.0)

    class Deaf(Said):
        async def progress(self, text: str) -> None:
            raise DeliveryError("Slack did not take it.")

    class Checked:
        async def check(self, folder: Path, progress: Progress) -> tuple[Path, str]:
            for done in range(3):
                progress("embedding", done, 3)
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            report = folder / "report.html"
            report.write_text("x", encoding="utf-8")
            return report, "All is well."

    lost: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: lost.append(context["message"]))
    said = Deaf()
    frontdesk = Commands(Settings(admins=["slack:UADMIN"]), database, cast(Library, Checked()))
    await frontdesk.knowledge(ADMIN, said, "check")
    gc.collect()
    assert said.texts == ["Checking the documents …"] and said.files == [("x", "All is well.")] and not lost


async def answered(database: Database, author: str = "UBEN", workspace: str = "T1", message: str = "1.2") -> int:
    inbox = Inbox(database)
    key = MessageKey("slack", workspace, "C1", message)
    id = (await inbox.accept(Question(key, "May I?", author, message, asked_at=datetime.now(UTC)))).id
    prompt = (Turn("user", "May I?"),)
    answer = await inbox.record_answer(id, Answer(Status.ANSWERED, "Yes.", prompt=prompt, timings={"total_s": 1.0}))
    await inbox.delivered(id)
    await Ratings(database).rate(Rating(answer, "slack:UANN", 1))
    return answer


async def test_statistics_come_with_a_picture_for_the_asker_alone_unless_shared(
    database: Database, tmp_path: Path
) -> None:
    await answered(database)
    await answered(database, workspace="T2")
    frontdesk, said = several(database, tmp_path), Said()
    await frontdesk.stats(OF_T1, said, "7")
    assert "1 question:" in said.texts[0]
    ((picture, description, everyone),) = said.pictures
    assert picture.startswith(b"\x89PNG")
    assert "1 in all, 1 answered" in description
    assert not everyone
    await frontdesk.stats(ADMIN, said, "7 everywhere share")
    assert "2 questions:" in said.texts[-1]
    assert said.pictures[-1][2]


async def test_without_a_question_there_is_no_picture(database: Database, tmp_path: Path) -> None:
    said = Said()
    await several(database, tmp_path).stats(OF_T1, said)
    assert "Nothing was asked" in said.texts[-1]
    assert not said.pictures


async def test_an_admin_of_one_workspace_exports_only_that(database: Database, tmp_path: Path) -> None:
    await answered(database)
    await answered(database, workspace="T2")
    said = Said()
    frontdesk = several(database, tmp_path)
    await frontdesk.export(OF_T1, said)
    await frontdesk.export(OF_T1, said, "platform=slack")
    await frontdesk.export(ADMIN, said)
    assert [text for _, text in said.files] == [
        "1 example, 0 skipped.",
        "1 example, 0 skipped.",
        "2 examples, 0 skipped.",
    ]
    assert '"workspace": "T1"' in said.files[0][0]


async def test_why_shows_answers_of_the_own_workspace_only(database: Database, tmp_path: Path) -> None:
    await answered(database)
    await answered(database, workspace="T2", message="3.4")
    frontdesk, said = several(database, tmp_path), Said()
    await frontdesk.why(OF_T1, said)
    await frontdesk.why(OF_T1, said, "1.2", "C1")
    assert said.texts[0] == said.texts[1]
    assert "Why this answer?" in said.texts[0]
    with pytest.raises(NoTrace):
        await frontdesk.why(OF_T1, said, "3.4", "C1")
    await frontdesk.why(ADMIN, said, "3.4", "C1")


async def test_forgetting_asks_first_and_says_what_went(database: Database, tmp_path: Path) -> None:
    await answered(database)
    frontdesk, said = several(database, tmp_path), Said()
    ben = Actor("slack", "T1", "C1", "UBEN")
    await frontdesk.forget(ben, said)
    ((user, question),) = said.asked
    assert user == "UBEN"
    assert "1 question, 1 answer and 0 ratings" in question
    assert await Privacy(database).kept_of("slack", "UBEN")
    await frontdesk.forget(ben, said, user, confirmed=True)
    assert said.texts == ["Deleted: 1 question, 1 answer and 0 ratings."]
    await frontdesk.forget(ben, said, user, confirmed=True)
    assert said.texts[-1] == "I have nothing stored about you."


async def test_who_only_suggested_something_is_asked_before_it_is_deleted_too(
    database: Database, tmp_path: Path
) -> None:
    await Curation(database).propose(await answered(database), "slack:UEVA", "14 days.")
    frontdesk, said = several(database, tmp_path), Said()
    await frontdesk.forget(Actor("slack", "T1", "C1", "UEVA"), said)
    assert "1 suggested answer" in said.asked[0][1]


async def test_an_admin_of_one_workspace_has_only_what_was_said_there_deleted(
    database: Database, tmp_path: Path
) -> None:
    await answered(database)
    await answered(database, workspace="T2")
    frontdesk, said = several(database, tmp_path), Said()
    await frontdesk.forget(OF_T1, said, "UBEN")
    assert "in this workspace" in said.asked[0][1]
    await frontdesk.forget(OF_T1, said, "UBEN", confirmed=True)
    assert (await Privacy(database).kept_of("slack", "UBEN")).questions == 1


@pytest.mark.parametrize("options", ["12 13", "since", "colour=red", "since=2026-13-01", "0", "shared"])
def test_options_of_statistics_that_cannot_be_read_are_refused(options: str) -> None:
    with pytest.raises(FrontdeskError):
        parse_stats(options, DAY)


def test_options_of_statistics_are_read() -> None:
    assert parse_stats("", DAY) == (Period(date(2026, 10, 28), DAY), False, False)
    assert parse_stats("share 7 everywhere", DAY) == (Period(date(2026, 11, 20), DAY), True, True)
    assert parse_stats("since=2026-11-01", DAY) == (Period(date(2026, 11, 1), DAY), False, False)


async def test_the_state_tells_what_is_wrong_and_how_today_went(database: Database, tmp_path: Path) -> None:
    await answered(database)

    class Indexed:
        async def status(self) -> KnowledgeStatus:
            hours_ago = datetime.now(UTC) - timedelta(hours=3, minutes=5)
            return KnowledgeStatus(12, hours_ago, 20, 107, "MiniLM", "English", 0, 0, 11, ())

    settings = Settings(admins=["slack:UADMIN"], data_dir=tmp_path)
    library = cast(Library, Indexed())
    overview = Overview(
        settings,
        database,
        library,
        lambda: ModelIdentity("SmolLM2", 4096, lora="tone"),
        lambda: {"model": "", "discord": "The connection to Discord is lost; trying again."},
    )
    text = await Commands(settings, database, library, overview).state(ADMIN)
    assert "1 part needs attention" in text
    assert "connection to Discord is lost" in text
    assert "version 12, published 3 hours ago" in text
    assert "SmolLM2, adapter tone at 1" in text
    assert "1 question, 1 answered; 100 % of the ratings helpful" in text
