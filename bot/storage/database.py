"""The database behind the inbox: SQLite on one machine, PostgreSQL on several.

Every use is one short transaction; nothing is held across inference or a call to a platform.
"""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

import migrations
from bot.storage.tables import Table, UtcDateTime, storable
from bot.storage.urls import read_url
from knowledge.errors import FrontdeskError, install

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

CLOCKS_DIFFER = timedelta(seconds=2)
"""By how much the clocks may differ that date what happens: ours, and those of a platform's parts."""
PATIENCE_S = 60.0
"""How long what must not be lost is tried again where the database cannot take it."""
BUSY_TIMEOUT_S = 30.0
"""How long a write waits for another program's write to end."""
_PASSING_CODES = ("08", "40", "53", "57P", "25006", "55P03")
"""Beginnings of SQLSTATEs of what may pass: connections, conflicts, resources, restarts, a standby, a lock."""
_PASSING_WORDS = (
    *("is locked", "disk is full", "disk i/o error", "unable to open"),
    *("connection", "deadlock", "could not serialize", "shutting down", "starting up", "no space left"),
    *("eof detected", "too many clients", "resolve host", "read-only transaction", "timeout expired"),
)
"""Of errors without a code, in lower case: those of SQLite, and those met before PostgreSQL lets anybody in."""
_REACHED_WITHIN = {
    "connect_timeout": 30,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""How soon a PostgreSQL out of reach is noticed, in libpq's words: seconds, but milliseconds in the last. A statement
may take as long as it needs: the machine it runs on answers meanwhile."""
_MIGRATION_LOCK = 0x46726F6E74  # any number that every Frontdesk agrees on


class DatabaseError(FrontdeskError):
    """The database cannot be used."""


class DatabaseBusy(DatabaseError):
    """The database cannot be used right now: locked, out of space, out of reach. It may pass."""


class DatabaseTooNew(DatabaseError):
    """A newer Frontdesk has upgraded the database."""


class SchemaState(StrEnum):
    """How the tables in the database compare to what this version needs."""

    CURRENT = "current"
    OUTDATED = "outdated"
    """Older, or not there yet: `migrate` brings it up to date."""
    NEWER = "newer"


def uninterrupted(method: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Let a transaction that has begun end by itself, even if its caller is cancelled meanwhile.

    Cancelling within a statement leaves the driver's connection behind with the write lock taken, and
    every later write waits for it in vain.
    """

    @functools.wraps(method)
    async def to_its_end(*args: P.args, **kwargs: P.kwargs) -> T:
        running = asyncio.ensure_future(method(*args, **kwargs))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait({running})
            raise

    return to_its_end


def patient(method: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Repeat a transaction that met DatabaseBusy, for up to PATIENCE_S: a lock and a full disk may pass.

    A transaction that failed has changed nothing, so it can be repeated as it is.
    """

    @functools.wraps(method)
    async def until_it_passes(*args: P.args, **kwargs: P.kwargs) -> T:
        deadline, wait = time.monotonic() + PATIENCE_S, 0.05
        while True:
            try:
                return await method(*args, **kwargs)
            except DatabaseBusy as error:
                if time.monotonic() + wait > deadline:
                    raise
                log.warning("%s It is tried again.", error)
            await asyncio.sleep(wait)
            wait = min(2 * wait, 2.0)

    return until_it_passes


def utc_now() -> datetime:
    return datetime.now(UTC)


class Database:
    """Connections to one database. Safe to use from many tasks of one event loop; `close` it at the end.

    `url` is written plainly: `sqlite:////path/file.db` or `postgresql://user@host/name`; a file with ? in its name
    can only be told as a parsed one. Raises DatabaseError for a URL of another kind. Every method raises
    DatabaseError when the database cannot be reached, opened or written.
    """

    def __init__(self, url: str | sa.URL) -> None:
        parsed = self._url = _parse(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            target = parsed.set(drivername="sqlite+aiosqlite")
            # SQLite lets one connection write at a time. Writers of this process queue for the one
            # connection in order, so that only other processes are met by polling for the lock.
            args: dict[str, Any] = {"connect_args": {"timeout": BUSY_TIMEOUT_S}, "json_serializer": _json}
            self._reader = create_async_engine(target, **args)
            self._writer = create_async_engine(
                target, pool_size=1, max_overflow=0, pool_timeout=2 * BUSY_TIMEOUT_S, **args
            )
            _configure_sqlite(self._reader.sync_engine, "BEGIN")
            _configure_sqlite(self._writer.sync_engine, "BEGIN IMMEDIATE")
        else:
            self._reader = self._writer = create_async_engine(parsed, pool_pre_ping=True, json_serializer=_json)
        self._read_session = async_sessionmaker(self._reader, expire_on_commit=False)
        self._write_session = async_sessionmaker(self._writer, expire_on_commit=False)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that only reads."""
        with _explained(self._url):
            async with self._read_session.begin() as session:
                yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that may write; on SQLite it takes the write lock at once.

        Taking it later, after a read, could fail without waiting when somebody else wrote in between.
        """
        with _explained(self._url):
            async with self._write_session.begin() as session:
                yield session

    async def now(self, session: AsyncSession) -> datetime:
        """Return the time by which leases run out: that of the database's clock, the same for all who share it.

        Who has a SQLite file open is on one machine, and so goes by one clock anyway.
        """
        if self.is_sqlite:
            return utc_now()
        now: datetime = (await session.scalars(sa.select(sa.func.clock_timestamp(type_=UtcDateTime)))).one()
        return now

    @property
    def engine(self) -> AsyncEngine:
        """What a library's own store on this database is built on; the one that writes."""
        return self._writer

    def insert(self, table: type[Table]) -> sqlite.Insert | postgresql.Insert:
        """Begin an INSERT that can say ON CONFLICT, which SQLAlchemy spells by dialect."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    async def migrate(self) -> None:
        """Create or upgrade the tables; see `upgrade`."""
        await asyncio.to_thread(upgrade, self._url)

    async def schema_state(self) -> SchemaState:
        """Compare the tables with what this version needs; changes nothing."""
        return await asyncio.to_thread(schema_state, self._url)

    async def scrub(self) -> None:
        """Take what was deleted out of SQLite's log too, where it would stay until others have written over it.

        As much of it as nobody reads at the moment; PostgreSQL does the like by itself.
        """
        if self.is_sqlite:
            await asyncio.to_thread(_empty_log, _sqlite_file(self._url), self._url)

    async def close(self) -> None:
        await self._writer.dispose()
        await self._reader.dispose()


def _json(value: Any) -> str:
    # A trace may note anything, a path or a day too; keeping the answer must not fail for it.
    return json.dumps(_storable(value), default=lambda other: storable(str(other)))


def _storable(value: Any) -> Any:
    """Return what JSON holds with every text in it as PostgreSQL reads it: it keeps a NUL, but fails at it later."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {_storable(key): _storable(one) for key, one in value.items()}
    return [_storable(one) for one in value] if isinstance(value, (list, tuple)) else value


def upgrade(url: str | sa.URL) -> None:
    """Create or upgrade the tables of the database at `url`, its folder included; safe to run twice at a time.

    Raises DatabaseTooNew when a newer Frontdesk has upgraded it, DatabaseError when it cannot be written.
    """
    parsed = _parse(url)
    if file := _sqlite_file(parsed):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(
                f"The folder {file.parent} for the database cannot be made: {error.strerror}.",
                "Let this user write there, or set database.url or data_dir to another place.",
            ) from error
        _write_ahead(file, parsed)
    config = _alembic_config()
    with _sync_engine(parsed) as engine, engine.begin() as connection:
        if not file:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        state = _state(connection, config)
        if state is SchemaState.NEWER:
            raise DatabaseTooNew(
                f"The database {_place(parsed)} was upgraded by a newer version of Frontdesk.",
                "Install that version again, or point database.url at another database.",
            )
        if state is SchemaState.OUTDATED:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def schema_state(url: str | sa.URL) -> SchemaState:
    """Compare the tables of the database at `url` with what this version needs; changes and creates nothing."""
    parsed = _parse(url)
    file = _sqlite_file(parsed)
    if file and not _exists(file):
        return SchemaState.OUTDATED
    with _sync_engine(parsed) as engine, engine.connect() as connection:
        return _state(connection, _alembic_config())


def _state(connection: sa.Connection, config: Config) -> SchemaState:
    script = ScriptDirectory.from_config(config)
    there = MigrationContext.configure(connection).get_current_revision()
    if there == script.get_current_head():
        return SchemaState.CURRENT
    known = {revision.revision for revision in script.walk_revisions()}
    return SchemaState.OUTDATED if there is None or there in known else SchemaState.NEWER


def _alembic_config() -> Config:
    config = Config()
    # The option is read with %-interpolation.
    config.set_main_option("script_location", str(Path(migrations.__path__[0])).replace("%", "%%"))
    return config


def _parse(url: str | sa.URL) -> sa.URL:
    wanted = "Write database.url as sqlite:////path/frontdesk.db or postgresql://user:password@host/name."
    try:
        parsed = url if isinstance(url, sa.URL) else read_url(url)
    except ValueError as error:
        raise DatabaseError(f"database.url cannot be read: {error}.", wanted) from None
    backend = parsed.drivername.partition("+")[0]
    if backend == "sqlite":
        if parsed.database in {None, "", ":memory:"}:
            raise DatabaseError("database.url names no file, and a database in memory would lose questions.", wanted)
        return parsed.set(drivername="sqlite")
    if backend not in {"postgresql", "postgres"}:
        raise DatabaseError(f"database.url names {backend}, which Frontdesk does not work with.", wanted)
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise DatabaseError(
            "PostgreSQL needs the psycopg package, which is not installed.", f"Run `{install('postgresql')}`."
        ) from None
    limits = {name: str(limit) for name, limit in _REACHED_WITHIN.items() if name not in parsed.query}
    return parsed.set(drivername="postgresql+psycopg").update_query_dict(limits)


def _sqlite_file(url: sa.URL) -> Path | None:
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def _exists(file: Path) -> bool:
    try:
        return file.exists()
    except OSError as error:
        raise DatabaseError(f"The database {file} cannot be looked at: {error.strerror}.", "") from error


def _place(url: sa.URL) -> str:
    """Return where the database is, in words without a password."""
    return str(_sqlite_file(url) or f"{url.database} at {url.host or 'this machine'}")


@contextmanager
def _sync_engine(url: sa.URL) -> Iterator[sa.Engine]:
    connect_args = {"timeout": BUSY_TIMEOUT_S} if url.get_backend_name() == "sqlite" else {}
    engine = sa.create_engine(url, connect_args=connect_args, poolclass=sa.NullPool)
    if connect_args:
        _configure_sqlite(engine, "BEGIN IMMEDIATE")
    try:
        with _explained(url):
            yield engine
    finally:
        engine.dispose()


def _configure_sqlite(engine: sa.Engine, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver shall begin nothing by itself
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)


def _write_ahead(file: Path, url: sa.URL) -> None:
    """Switch a SQLite file to WAL, which stays, so that reading and writing do not wait for each other.

    SQLite does not wait for the lock that this takes, however long the timeout; so we do.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            with closing(sqlite3.connect(file, timeout=BUSY_TIMEOUT_S)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.DatabaseError as error:
            if "is locked" not in str(error) or time.monotonic() > deadline:
                raise _explain(str(error), url) from error
            time.sleep(0.05)


def _empty_log(file: Path | None, url: sa.URL) -> None:
    try:
        with closing(sqlite3.connect(file or "", timeout=BUSY_TIMEOUT_S)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.DatabaseError as error:
        raise _explain(str(error), url) from error


@contextmanager
def _explained(url: sa.URL) -> Iterator[None]:
    """Tell the driver's errors as sentences."""
    try:
        yield
    except PoolTimeout as error:
        raise DatabaseBusy("The database is too slow for the questions that come in.", "") from error
    except DBAPIError as error:
        code = getattr(error.orig, "sqlstate", None) or ""
        lost = error.connection_invalidated
        raise _explain(str(error.orig), url, code, lost=lost) from error


class _Advice(NamedTuple):
    """What is said of an error, known by the beginning of its SQLSTATE or, where it has none, by a pattern."""

    codes: tuple[str, ...]
    pattern: str
    sentence: str
    fix: str
    passes: bool = False


_START_AGAIN = "Start Frontdesk again: it makes what is missing."
_ADVICE = (
    _Advice((), "unable to open", "cannot be opened", "Let this user write in its folder, or set database.url.", True),
    _Advice((), "readonly", "cannot be written", "Let this user write the file and its folder, or set database.url."),
    _Advice(
        (), "not a database", "is not a SQLite file", "Move it away and start Frontdesk again, or put a backup there."
    ),
    _Advice((), "malformed", "is damaged", "Put a backup there, or move it away and start Frontdesk again."),
    _Advice(
        (), "is locked", f"was locked by another program for {BUSY_TIMEOUT_S:.0f} seconds", "End that program.", True
    ),
    _Advice(("53100",), "disk is full|no space left", "has no space left on its disk", "Make space there.", True),
    _Advice((), "no such table", "has no tables yet", "Start Frontdesk again: it makes them."),
    _Advice(
        ("3D000",),
        'database ".*" does not exist',
        "does not exist",
        "Make it with `createdb`, owned by the user of database.url, or mend the name there.",
    ),
    _Advice(
        ("28",),
        'role ".*" does not exist|authentication failed|no password supplied|no pg_hba.conf entry|not permitted to log',
        "does not let Frontdesk in ({said})",
        "Mend user and password in database.url, or make that user with `createuser --pwprompt`.",
    ),
    _Advice(
        ("42501",),
        "permission denied",
        "does not let Frontdesk do that ({said})",
        "As its owner run `GRANT CREATE, USAGE ON SCHEMA public TO` the user of database.url.",
    ),
    _Advice(("42P01", "42703"), "does not exist", "is not as expected ({said})", _START_AGAIN),
    _Advice(
        ("08", "57P"),
        "connection|eof detected|resolve host",
        "cannot be reached ({said})",
        "Start PostgreSQL, or mend database.url.",
        True,
    ),
)


def _explain(said: str, url: sa.URL, code: str = "", *, lost: bool = False) -> DatabaseError:
    """Return an error of the driver's as ours; `code` is its SQLSTATE, `lost` whether the connection broke by it."""
    place, lower = _place(url), said.lower()
    advice = next(
        (one for one in _ADVICE if (code.startswith(one.codes) if code else re.search(one.pattern, lower))), None
    )
    if code or lost:
        passes = lost or code.startswith(_PASSING_CODES)
    else:
        passes = advice.passes if advice else any(words in lower for words in _PASSING_WORDS)
    kind = DatabaseBusy if passes else DatabaseError
    said = said.strip().partition("\n")[0]
    if advice is None:
        return kind(f"The database {place} failed: {said}.", "")
    return kind(f"The database {place} {advice.sentence.format(said=said)}.", advice.fix)
