"""A database that is locked for seconds, or full for a moment, loses nothing."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from example_messages import a_question, an_answer

from bot.inbox import Inbox
from bot.storage.database import Database, DatabaseBusy, DatabaseError


@pytest.fixture
async def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """A database that gives up a lock soon and can be filled up."""
    monkeypatch.setattr("bot.storage.database.BUSY_TIMEOUT_S", 0.2)
    database = Database(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    await database.migrate()
    yield database
    await database.close()


async def _allow_pages(database: Database, more: int) -> None:
    """Let the file grow by so many pages, as a full disk would; SQLite then says that the disk is full."""
    async with database.write() as session:
        pages = await session.scalar(sa.text("PRAGMA page_count"))
        await session.execute(sa.text(f"PRAGMA max_page_count = {pages + more}"))


async def test_what_comes_in_while_the_database_is_locked_is_kept_once_it_is_free(
    small: Database, tmp_path: Path
) -> None:
    inbox = Inbox(small)
    other = sqlite3.connect(tmp_path / "frontdesk.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    accepting = asyncio.gather(*(inbox.accept(a_question(message=str(number))) for number in range(5)))
    await asyncio.sleep(1.0)
    assert not accepting.done()
    other.execute("ROLLBACK")
    other.close()
    assert all(one.new for one in await accepting)


async def test_what_comes_in_while_the_disk_is_full_is_kept_once_there_is_space(small: Database) -> None:
    inbox = Inbox(small)
    await _allow_pages(small, 0)
    accepting = asyncio.create_task(inbox.accept(a_question("word " * 20_000)))
    await asyncio.sleep(0.5)
    assert not accepting.done()
    await _allow_pages(small, 10_000)
    id = (await accepting).id
    claimed = await inbox.claim("w/1", 60)
    assert claimed and claimed.id == id
    await _allow_pages(small, 0)
    answering = asyncio.create_task(inbox.record_answer(id, an_answer("word " * 20_000), "w/1"))
    await asyncio.sleep(0.3)
    await _allow_pages(small, 10_000)
    await answering
    await inbox.delivered(id, "w/1")
    assert await inbox.pending() == 0


async def test_patience_ends_and_says_what_is_wrong(small: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.database.PATIENCE_S", 0.3)
    await _allow_pages(small, 0)
    with pytest.raises(DatabaseBusy, match="no space left on its disk"):
        await Inbox(small).accept(a_question("word " * 20_000))


async def test_what_will_not_pass_is_not_waited_for(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    with pytest.raises(DatabaseError, match="has no tables"):
        async with asyncio.timeout(5):
            await Inbox(database).accept(a_question())
    await database.close()
