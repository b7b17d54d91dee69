"""What admins see of the documents in chat: on a real index, through the command they type."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from adapters import check_report
from bot.commands import Actor, CommandError, Commands, NotAllowed
from bot.inbox import Inbox
from bot.library import DocumentUnknown, Library, told_status
from bot.messages import Answer, MessageKey, Question, Status
from bot.privacy import Privacy
from bot.settings import Settings
from bot.storage.asked import asked_since
from bot.storage.database import Database, utc_now
from knowledge.check import CheckJob, CheckReport
from knowledge.documents import Scope
from knowledge.embedding import Embedder
from knowledge.index import Index, IndexMissing
from knowledge.reindex import ReindexJob, run_reindex
from knowledge.retrieval import Retriever
from knowledge.sources import SourceError
from tests.said import Said

ADMIN = Actor("slack", "T1", "C1", "UADMIN")
RETURNS = "---\nurl: https://help.example/returns\nregion: uk\n---\n# Returns\n\n## Time\n\nYou have {days} days."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "returns.md").write_text(RETURNS.format(days=30))
    (folder / "goodwill.md").write_text("---\naudience: internal\n---\nAgents may give a voucher of 25 dollars.")
    return folder


@pytest.fixture
def job(folder: Path) -> ReindexJob:
    source = {"name": "policies", "kind": "folder", "path": "policies"}
    job = ReindexJob(str(folder.parent / "index"), (source,), folder.parent)
    run_reindex(job)
    return job


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder()


@pytest.fixture
async def database(folder: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{folder.parent / 'frontdesk.db'}")
    await database.migrate()
    yield database
    await database.close()


@pytest.fixture
def library(job: ReindexJob, embedder: Embedder, database: Database) -> Library:
    index = Index(job.uri)
    return Library(
        index,
        job,
        Retriever(index, embedder),
        database,
        alone=nullcontext,
        check_job=lambda asked: CheckJob(job.uri, tuple(asked), date.today()),
        keep_report=lambda report, folder: (check_report.keep(report, folder), check_report.summary(report)),
        today=date.today,
    )


@pytest.fixture
def commands(library: Library, database: Database) -> Commands:
    settings = Settings(
        admins=["slack:UADMIN"],
        channel_scopes={"slack:CSTAFF": {"audience": "internal"}},
        knowledge={"sources": [{"name": "policies", "kind": "folder", "path": "policies"}]},
    )
    return Commands(settings, database, library)


async def told(commands: Commands, words: str, channel: str = "C1") -> str:
    said = Said()
    await commands.knowledge(Actor("slack", "T1", channel, "UADMIN"), said, words)
    return said.texts[-1]


async def test_an_admin_sees_what_an_asker_in_this_channel_would_be_answered_from(commands: Commands) -> None:
    found = await told(commands, "search may I get a voucher?")
    assert "**Returns › Time**" in found
    assert "25 dollars" not in found
    assert "25 dollars" in await told(commands, "search may I get a voucher?", "CSTAFF")


async def test_an_admin_sees_a_document_with_its_scope_and_passages(commands: Commands) -> None:
    shown = await told(commands, "show returns.md")
    assert "**Returns** (`returns.md`, source policies)" in shown
    assert "https://help.example/returns" in shown
    assert "region: uk" in shown
    assert "1. *Time*: You have 30 days." in shown


async def test_a_document_that_is_not_there_is_told_with_what_it_may_be(commands: Commands) -> None:
    with pytest.raises(DocumentUnknown, match=r"Did you mean “returns\.md”\?"):
        await told(commands, "show return")
    with pytest.raises(DocumentUnknown, match="frontdesk search"):
        await told(commands, "show qqqq")


async def test_a_rollback_brings_the_version_before_back(commands: Commands, job: ReindexJob, folder: Path) -> None:
    with pytest.raises(IndexMissing):
        await told(commands, "rollback")
    (folder / "returns.md").write_text(RETURNS.format(days=14))
    run_reindex(job)
    assert "You have 14 days." in await told(commands, "show returns.md")
    assert "is in force again" in await told(commands, "rollback")
    assert "You have 30 days." in await told(commands, "show returns.md")


async def test_an_admin_sees_how_the_index_and_its_sources_stand(commands: Commands, folder: Path) -> None:
    status = await told(commands, "status")
    assert "2 documents in 2 passages" in status
    assert "no earlier version" in status
    assert "**policies** (folder): 2 documents, last read to its end 20" in status
    shutil.rmtree(folder)
    with pytest.raises(SourceError):
        run_reindex(commands._library._job)
    sources = await told(commands, "sources")
    assert "**could not be read**" in sources
    assert "Mend its path" in sources


async def test_an_admin_sees_that_passages_are_missing_from_a_search_index(library: Library) -> None:
    status = await library.status()
    assert "missing" not in told_status(status)
    assert "3 passages are missing from a search index; reindex." in told_status(replace(status, unindexed_rows=3))


async def test_by_the_clock_only_news_is_told_and_recovery_too(library: Library, folder: Path) -> None:
    assert await library.refresh(["policies"]) == ""
    folder.rename(folder.with_name("away"))
    assert "Mend its path" in await library.refresh(["policies"])
    assert await library.refresh(["policies"]) == ""
    folder.with_name("away").rename(folder)
    assert "This is over: The folder of the source “policies”" in await library.refresh(["policies"])
    assert await library.refresh(["policies"]) == ""


async def test_a_source_that_lost_most_of_its_documents_waits_for_an_admin(commands: Commands, folder: Path) -> None:
    for number in range(12):
        (folder / f"page-{number}.md").write_text(f"Rule {number} says so.")
    said = Said()
    await commands.reindex(ADMIN, said)
    for number in range(12):
        (folder / f"page-{number}.md").unlink()
    await commands.reindex(ADMIN, said, "policies")
    assert "14 documents" in said.texts[-1] and "--accept-loss" in said.texts[-1]
    await commands.reindex(ADMIN, said, "policies accept-loss")
    assert "12 removed" in said.texts[-1] and "2 documents" in said.texts[-1]


async def test_a_check_is_sent_as_a_report_with_a_few_lines_on_it(commands: Commands, folder: Path) -> None:
    rule = "## Time\n\nUnworn items may be returned within {days} of delivery for a full refund."
    (folder / "returns-faq.md").write_text(f"# Returns: questions\n\n{rule.format(days='14 days')}")
    (folder / "returns.md").write_text(f"# Returns\n\n{rule.format(days='30 days')}")
    said = Said()
    await commands.reindex(ADMIN, said)
    await commands.knowledge(ADMIN, said, "check")
    ((report, summary),) = said.files
    assert "14 days or 30 days" in summary or "30 days or 14 days" in summary
    assert report.startswith("<!") and "returns-faq.md" in report


async def _refused(inbox: Inbox, message: str, text: str) -> None:
    key = MessageKey("slack", "T1", "C1", message)
    id = (await inbox.accept(Question(key, text, f"U{message}", message, Scope(), asked_at=utc_now()))).id
    await inbox.record_answer(id, Answer(Status.REFUSED, "I do not know."))
    await inbox.delivered(id)


@pytest.mark.parametrize("when", ["while the documents are checked", "while the report is written"])
async def test_who_is_forgotten_during_a_check_does_not_stand_in_its_report(
    library: Library, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    inbox, reports = Inbox(database), tmp_path / "reports"
    await library.reindex(None, lambda *_: None)
    await _refused(inbox, "ANN", "My name is Anna Bell, why was my epilepsy claim refused?")
    await _refused(inbox, "BEN", "How much is a parking permit downtown?")
    loop, keep = asyncio.get_running_loop(), library._keep_report

    async def forget() -> None:
        await Privacy(database, not_reported=partial(check_report.forget, reports)).forget("slack", "UANN")

    async def in_this_process(job: CheckJob, *_: object) -> CheckReport:
        report = job()
        assert len(report.unanswered) == 2
        if when == "while the documents are checked":
            await forget()
        return report

    def keep_slowly(report: CheckReport, folder: Path) -> tuple[Path, str]:
        if when == "while the report is written":
            asyncio.run_coroutine_threadsafe(forget(), loop).result()
        return keep(report, folder)

    monkeypatch.setattr("bot.library.in_own_process", in_this_process)
    library._keep_report = keep_slowly
    path, summary = await library.check(reports)
    for text in (path.read_text(), path.with_suffix(".json").read_text()):
        assert "epilepsy" not in text and "parking" in text
    assert "1 question without an answer" in summary
    assert [len(await asked_since(database, utc_now() - timedelta(days=1)))] == [1]


@pytest.mark.parametrize("words", ["", "serch returns", "search", "show", "rollback now"])
async def test_what_is_no_command_is_answered_with_those_there_are(commands: Commands, words: str) -> None:
    with pytest.raises(CommandError, match="/knowledge rollback"):
        await told(commands, words)


async def test_a_stranger_sees_nothing_of_the_documents(commands: Commands) -> None:
    said = Said()
    with pytest.raises(NotAllowed):
        await commands.knowledge(Actor("slack", "T1", "C1", "USOMEBODY"), said, "show goodwill.md")
    assert said.texts == []


async def test_questions_to_begin_with_are_those_that_the_documents_of_a_scope_answer(library: Library) -> None:
    everybody = await library.suggestions(Scope(), 4)
    assert everybody == ["What should I know about “Returns”?"]
    inside = await library.suggestions(Scope(audience=("internal",)), 4)
    assert set(everybody) < set(inside)
    assert await library.suggestions(Scope(region=("us",)), 4) == []
