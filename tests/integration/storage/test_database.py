"""The database: made and upgraded by migrations alone, and clear about what is wrong with it."""

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from example_messages import a_question, an_answer
from sqlalchemy.exc import DBAPIError

from adapters.slack import installations
from bot.inbox import Inbox
from bot.settings import from_values
from bot.storage.database import (
    Database,
    DatabaseBusy,
    DatabaseError,
    DatabaseTooNew,
    SchemaState,
    _explained,
    _parse,
    schema_state,
    upgrade,
)
from bot.storage.tables import Table

TABLES = [Table.metadata, installations.METADATA]
ROOT = Path(__file__).resolve().parents[3]


def _sync_engine(url: str) -> sa.Engine:
    return sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)


def test_the_migrations_make_exactly_the_tables_of_the_code(url: str) -> None:
    upgrade(url)
    with _sync_engine(url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, TABLES) == []
        names = sa.inspect(connection).get_table_names()
        found = {
            table: {constraint["name"] for constraint in sa.inspect(connection).get_unique_constraints(table)}
            | {constraint["name"] for constraint in sa.inspect(connection).get_foreign_keys(table)}
            | {constraint["name"] for constraint in sa.inspect(connection).get_check_constraints(table)}
            for table in names
            if table != "alembic_version"
        }
    declared = {
        table.name: {c.name for c in table.constraints if not isinstance(c, sa.PrimaryKeyConstraint)}
        for metadata in TABLES
        for table in metadata.tables.values()
    }
    assert found == declared


def test_how_soon_a_postgresql_out_of_reach_is_noticed_can_be_said_in_its_url(postgres_url: str) -> None:
    with sa.create_engine(_parse(f"{postgres_url}?keepalives_idle=7"), poolclass=sa.NullPool).connect() as connection:
        driver: Any = connection.connection.driver_connection
        told = driver.info.get_parameters()
    assert {name: told[name] for name in ("keepalives_idle", "keepalives_interval", "tcp_user_timeout")} == {
        "keepalives_idle": "7",
        "keepalives_interval": "10",
        "tcp_user_timeout": "60000",
    }


def test_a_new_database_is_outdated_until_it_is_upgraded(url: str) -> None:
    assert schema_state(url) is SchemaState.OUTDATED
    upgrade(url)
    assert schema_state(url) is SchemaState.CURRENT
    upgrade(url)
    assert schema_state(url) is SchemaState.CURRENT


def test_looking_at_a_database_that_is_not_there_makes_none(tmp_path: Path) -> None:
    assert schema_state(f"sqlite:///{tmp_path}/none.db") is SchemaState.OUTDATED
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_the_database_is_made(tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path}/with 100% space/data/frontdesk.db")
    assert (tmp_path / "with 100% space/data/frontdesk.db").exists()


def test_several_processes_may_upgrade_at_the_same_time(url: str) -> None:
    program = "import sys; from bot.storage.database import upgrade; sys.stdin.read(); upgrade(sys.argv[1])"
    children = [
        subprocess.Popen(
            [sys.executable, "-c", program, url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(6)
    ]
    time.sleep(2)  # all have imported what they need, so that they really meet
    for child in children:
        assert child.stdin
        child.stdin.close()
        child.stdin = None
    outputs = [child.communicate(timeout=60) for child in children]
    assert [child.returncode for child in children] == [0] * 6, outputs
    assert all(out == b"" for out, _ in outputs), "standard output belongs to --json"
    assert schema_state(url) is SchemaState.CURRENT


async def test_a_database_of_a_newer_version_is_left_alone(url: str) -> None:
    upgrade(url)
    with _sync_engine(url).begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database = Database(url)
    assert await database.schema_state() is SchemaState.NEWER
    with pytest.raises(DatabaseTooNew, match="newer version of Frontdesk") as raised:
        await database.migrate()
    assert "Install that version" in raised.value.fix
    await database.close()
    assert schema_state(url) is SchemaState.NEWER


async def test_sqlite_writes_ahead_and_holds_foreign_keys(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await database.migrate()
    async with database.write() as session:
        assert await session.scalar(sa.text("PRAGMA journal_mode")) == "wal"
        assert await session.scalar(sa.text("PRAGMA foreign_keys")) == 1
        assert (await session.scalar(sa.text("PRAGMA busy_timeout")) or 0) >= 10_000
    await database.close()


async def test_a_write_waits_for_another_programs_write_to_end(tmp_path: Path, sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await database.migrate()
    locked, released = threading.Event(), threading.Event()

    def hold_the_write_lock() -> None:
        other = sqlite3.connect(tmp_path / "frontdesk.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        locked.set()
        time.sleep(2)
        released.set()
        other.execute("ROLLBACK")
        other.close()

    thread = threading.Thread(target=hold_the_write_lock)
    thread.start()
    await asyncio.to_thread(locked.wait)
    inbox = Inbox(database)
    assert await inbox.pending() == 0, "reading goes on meanwhile"
    assert not released.is_set()
    accepted = await asyncio.gather(*(inbox.accept(a_question(message=str(number))) for number in range(5)))
    assert released.is_set()
    assert all(one.new for one in accepted)
    thread.join()
    await database.close()


async def test_writers_wait_for_each_other_instead_of_failing(sqlite_url: str) -> None:
    """A transaction that read first and writes later must not meet `database is locked`."""
    databases = [Database(sqlite_url) for _ in range(4)]
    await databases[0].migrate()
    async with databases[0].write() as session:
        await session.execute(sa.text("INSERT INTO leases VALUES ('counter', '0', '2026-01-01')"))

    async def count_up(database: Database) -> None:
        for _ in range(10):
            async with database.write() as session:
                value = int(await session.scalar(sa.text("SELECT holder FROM leases")) or 0)
                await asyncio.sleep(0)
                await session.execute(sa.text("UPDATE leases SET holder = :value"), {"value": str(value + 1)})

    await asyncio.gather(*(count_up(database) for database in databases))
    async with databases[0].read() as session:
        assert await session.scalar(sa.text("SELECT holder FROM leases")) == "40"
    for database in databases:
        await database.close()


async def test_what_was_accepted_and_answered_survives_a_killed_process(url: str, database: Database) -> None:
    program = """
import asyncio, os, signal, sys
sys.path.insert(0, sys.argv[2])
from bot.inbox import Inbox
from bot.storage.database import Database
from example_messages import a_question, an_answer
from sqlalchemy.exc import DBAPIError
async def main():
    inbox = Inbox(Database(sys.argv[1]))
    id = (await inbox.accept(a_question())).id
    await inbox.claim("killed", 0)
    await inbox.record_post(id, "p1")
    await inbox.record_answer(id, an_answer())
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, url, str(Path(__file__).parent), cwd=ROOT
    )
    assert await child.wait() == -signal.SIGKILL
    claimed = await Inbox(database).claim("next", 60)
    assert claimed and (claimed.answer, claimed.posts) == (an_answer(), ("p1",))


async def test_a_cancelled_write_leaves_the_database_free(database: Database) -> None:
    inbox = Inbox(database)
    for number in range(20):
        task = asyncio.create_task(inbox.accept(a_question(message=str(number))))
        for _ in range(number):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert (await inbox.accept(a_question(message="after"))).new


async def test_a_damaged_file_is_named(tmp_path: Path, sqlite_url: str) -> None:
    (tmp_path / "frontdesk.db").write_bytes(b"this is a letter, not a database" * 200)
    with pytest.raises(DatabaseError, match=r"frontdesk\.db is not a SQLite file"):
        upgrade(sqlite_url)
    with pytest.raises(DatabaseError, match="not a SQLite file"):
        schema_state(sqlite_url)
    database = Database(sqlite_url)
    with pytest.raises(DatabaseError, match="not a SQLite file"):
        await Inbox(database).pending()
    await database.close()


async def test_a_file_damaged_inside_is_named(tmp_path: Path, sqlite_url: str) -> None:
    upgrade(sqlite_url)
    file = tmp_path / "frontdesk.db"
    with file.open("r+b") as damaged:
        damaged.seek(4096)
        damaged.write(os.urandom(file.stat().st_size - 4096))
    database = Database(sqlite_url)
    with pytest.raises(DatabaseError, match="is damaged"):
        await Inbox(database).accept(a_question())
    await database.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")
    for path in ("data/frontdesk.db", "data/deeper/frontdesk.db"):
        with pytest.raises(DatabaseError, match=r"The folder .* cannot be made"):
            upgrade(f"sqlite:///{tmp_path}/{path}")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_no_permission_to_write_is_said(tmp_path: Path) -> None:
    public = Path("/tmp") / f"frontdesk-permission-{os.getpid()}"
    closed = public / "closed"
    closed.mkdir(parents=True)
    program = """
import os, sys
from bot.storage.database import Database, DatabaseError, upgrade
upgrade(f"sqlite:///{sys.argv[1]}/written.db")  # imports what the other user may not be able to read
os.setgroups([]); os.setgid(65534); os.setuid(65534)
for name in ("written.db", "new.db", "deeper/new.db"):
    try:
        upgrade(f"sqlite:///{sys.argv[1]}/{name}")
        print("no error")
    except DatabaseError as error:
        print(error)
"""
    try:
        done = subprocess.run(
            [sys.executable, "-c", program, closed], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
    finally:
        shutil.rmtree(public)
    written, new, deeper = done.stdout.splitlines() or [done.stderr] * 3
    assert "written.db cannot be" in written
    assert "new.db cannot be opened. Let this user write" in new
    assert "cannot be made: Permission denied. Let this user write" in deeper


async def test_a_database_without_tables_says_what_to_do(url: str) -> None:
    database = Database(url)
    with pytest.raises(DatabaseError, match="Start Frontdesk again"):
        await Inbox(database).pending()
    await database.close()


async def test_a_postgresql_server_that_is_away_is_named_without_its_password() -> None:
    pytest.importorskip("psycopg")
    database = Database("postgresql://frontdesk:secret-word@127.0.0.1:1/frontdesk")
    for attempt in (Inbox(database).pending(), database.migrate()):
        with pytest.raises(DatabaseError, match=r"frontdesk at 127\.0\.0\.1 cannot be reached") as raised:
            await attempt
        assert "secret-word" not in str(raised.value)
    await database.close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("no url at all", "is not a database URL"),
        ("mysql://user:secret-word@host/name", "names mysql"),
        ("sqlite://", "names no file"),
        ("sqlite://data/x.db", "two slashes"),
        ("postgresql://u:secret-word@host:abc/db", "port is no number"),
        ("postgresql://u:p@secret-word@host/db", "more than one @"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_a_url_of_another_kind_is_refused(url: str, sentence: str) -> None:
    with pytest.raises(DatabaseError, match=sentence) as raised:
        Database(url)
    assert "sqlite:////path" in raised.value.fix
    assert "secret-word" not in str(raised.value)


async def test_no_transaction_stays_open_between_the_steps_of_a_question(tmp_path: Path, sqlite_url: str) -> None:
    """While the model streams, nothing is held: another program can take the write lock at once."""
    database = Database(sqlite_url)
    await database.migrate()
    inbox = Inbox(database)
    await inbox.accept(a_question())
    assert await inbox.claim("worker", 60)
    other = sqlite3.connect(tmp_path / "frontdesk.db", timeout=0, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    other.execute("ROLLBACK")
    assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0, "a reader would block this"
    other.close()
    await database.close()


async def test_claiming_finds_open_questions_by_index_among_many_finished_ones(tmp_path: Path, sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await database.migrate()
    seen: list[tuple[str, Any]] = []

    @sa.event.listens_for(database._writer.sync_engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        seen.append((statement, parameters))

    await Inbox(database).claim("worker", 60, platforms=["slack", "discord"])
    [(statement, parameters)] = [one for one in seen if one[0].startswith("SELECT")]
    with closing(sqlite3.connect(tmp_path / "frontdesk.db")) as looking:
        plan = looking.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
    assert "USING INDEX ix_questions_state_id" in plan[0][3]
    await database.close()


class _Refusal(Exception):
    """An error of a driver's."""

    def __init__(self, said: str, code: str | None = None) -> None:
        super().__init__(said)
        self.sqlstate = code


@pytest.mark.parametrize(
    ("said", "code", "lost"),
    [
        ('could not extend file "base/1": No space left on device', "53100", False),
        ("could not extend file: No space left on device", None, False),
        ("could not receive data from server: Connection reset by peer", None, False),
        ("SSL SYSCALL error: EOF detected", None, False),
        ("the connection is not there", None, True),
        ("something new", "08006", False),
        ("sorry, too many clients already", "53300", False),
        ('connection to server at "db" failed: FATAL:  sorry, too many clients already', None, False),
        ("failed to resolve host 'db': Name or service not known", None, False),
        ("cannot execute INSERT in a read-only transaction", "25006", False),
        ("terminating connection due to administrator command", "57P01", False),
        ("deadlock detected", "40P01", False),
        ("canceling statement due to lock timeout", "55P03", False),
    ],
)
def test_what_ails_postgresql_for_a_while_is_known_to_pass(said: str, code: str | None, lost: bool) -> None:
    with pytest.raises(DatabaseBusy), _explained(sa.make_url("postgresql://frontdesk@db/frontdesk")):
        raise DBAPIError("INSERT", {}, _Refusal(said, code), connection_invalidated=lost)


@pytest.mark.parametrize(
    ("said", "code", "fix"),
    [
        ('connection failed: FATAL:  database "frontdesk" does not exist', None, "`createdb`"),
        ('FATAL: Datenbank "frontdesk" existiert nicht', "3D000", "`createdb`"),
        ('connection failed: FATAL:  role "frontdesk" does not exist', None, "`createuser"),
        ('connection failed: FATAL:  password authentication failed for user "x"', None, "user and password"),
        ("Passwort falsch", "28P01", "user and password"),
        ("permission denied for schema public", "42501", "GRANT CREATE"),
        ('relation "questions" does not exist', "42P01", "Start Frontdesk again"),
        ("value too long for type character varying(16), as the connection says", "22001", ""),
    ],
)
def test_what_will_not_pass_with_postgresql_says_what_to_do(said: str, code: str | None, fix: str) -> None:
    with pytest.raises(DatabaseError) as raised, _explained(sa.make_url("postgresql://frontdesk@db/frontdesk")):
        raise DBAPIError("INSERT", {}, _Refusal(said, code))
    assert not isinstance(raised.value, DatabaseBusy)
    assert fix in raised.value.fix


def test_a_database_or_user_that_nobody_made_is_told_with_how_to_make_it(postgres_server: str) -> None:
    with pytest.raises(DatabaseError, match=r"nothere at .* does not exist.*createdb"):
        upgrade(f"{postgres_server}/nothere")
    with pytest.raises(DatabaseError, match=r"does not let Frontdesk in.*createuser"):
        upgrade(postgres_server.replace("frontdesk@", "stranger@") + "/postgres")


async def test_a_folder_may_have_a_question_mark_in_its_name(tmp_path: Path) -> None:
    settings = from_values({"data_dir": str(tmp_path / "why?really=yes")})
    database = Database(settings.database_url)
    await database.migrate()
    assert (await Inbox(database).accept(a_question())).new
    await database.scrub()
    await database.close()
    assert (tmp_path / "why?really=yes" / "frontdesk.db").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["why?really=yes"]
