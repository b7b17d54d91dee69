"""A database: each row that a query returns is a document."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field
from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from knowledge.documents import Document, Skipped, Unchanged
from knowledge.sources import SourceError
from knowledge.sources.records import Records, RecordsOptions
from knowledge.sources.secrets import redacted, secrets_of

_ROWS = 200
"""Fetched at once."""
_Row = TypeVar("_Row")
_CONNECT_S = 15
_OUT_OF_TIME = re.compile(r"^interrupted$|statement timeout|max_statement_time|maximum statement execution time")
_DRIVERS = {
    "postgresql": ("psycopg", "psycopg[binary]"),
    "mysql": ("pymysql", "pymysql"),
    "mariadb": ("pymysql", "pymysql"),
    "mssql": ("pyodbc", "pyodbc"),
    "oracle": ("oracledb", "oracledb"),
}
"""The driver that is taken where the URL names none, and what pip calls it."""


class SqlOptions(RecordsOptions):
    """Options of a database."""

    url: str = Field(min_length=1)
    """SQLAlchemy URL, e.g. `postgresql://reader:${CRM_PASSWORD}@host/crm`; a SQLite path may be relative."""
    query: str = Field(min_length=1)
    """One SELECT; names of columns that are other than those of the fields go into `columns`, or `AS` in the query."""
    timeout: float = Field(300, gt=0)
    """Seconds that the query may take."""


class SqlSource:
    """The rows of a query, streamed within one read-only transaction that is rolled back in the end.

    Needs the columns `id` and `body`; `title`, `url`, `updated` and the keys of a scope count where they are.
    """

    Options = SqlOptions

    def __init__(self, options: SqlOptions, base: Path) -> None:
        self.options = options
        self._base = base
        self._secrets: tuple[str, ...] = ()

    def documents(self, known: Mapping[str, str]) -> Iterator[Document | Unchanged | Skipped]:
        """Yield the rows as documents. Raises SourceError where there is no connection, or the query fails."""
        engine = self._engine()
        try:
            with engine.connect() as connection:
                yield from self._rows(connection, Records(self.options, known))
        except SQLAlchemyError as error:
            raise self._explained(error) from None
        finally:
            engine.dispose()

    def _rows(self, connection: Connection, records: Records) -> Iterator[Document | Unchanged | Skipped]:
        allowance = _Allowance(self.options.timeout)
        with _bounded(connection, allowance):
            streaming = connection.execution_options(yield_per=_ROWS, no_parameters=True)
            with streaming.exec_driver_sql(self.options.query) as result:
                if not result.returns_rows:
                    raise self._error("has a query that returns no rows", "Write a SELECT.")
                names = list(result.keys())
                places = self._places(names, records)
                for number, row in enumerate(allowance.spent_on(result), start=1):
                    id = row[places["id"]]
                    if id is None or not str(id).strip():
                        yield Skipped(self.options.name, f"row {number}", f"Its {names[places['id']]} is empty.")
                        continue
                    values = {name: row[place] for name, place in places.items()}
                    yield records.document(str(id).strip(), row[places["body"]], values)
                if allowance.left < 0:
                    raise self._late()

    def _places(self, names: list[str], records: Records) -> dict[str, int]:
        """Return where each column stands: the mapped ones under their mapped names, in whatever case they come."""
        # Oracle and others give names in upper case; a join may give one name twice.
        count = Counter(name.lower() for name in names)
        by_name = {name.lower(): place for place, name in enumerate(names)}
        places = {name: place for place, name in enumerate(names) if count[name.lower()] == 1}
        for field in ("id", "body", *self.options.columns):
            column = records.column(field)
            if column.lower() not in by_name:
                raise self._error(
                    f"has a query without the column “{column}”; it returns {', '.join(names)}",
                    f"Name the column of the {field} in `columns`, or write AS {field} in the query.",
                )
            if count[column.lower()] > 1:
                raise self._error(f"has a query that returns the column “{column}” twice", "Name each with AS.")
            places[column] = places[field] = by_name[column.lower()]
        return places

    def _engine(self) -> Engine:
        try:
            url = make_url(self.options.url)
        except ArgumentError:
            fix = "Write it as kind://user:password@host/name."
            raise self._error("has a url that is none of SQLAlchemy", fix) from None
        self._secrets = (str(url.password or ""), *secrets_of(dict(url.query)))
        kind = url.get_backend_name()
        url = self._located(url) if kind == "sqlite" else url
        driver, package = _DRIVERS.get(kind, ("", ""))
        if driver and "+" not in url.drivername:
            url = url.set(drivername=f"{kind}+{driver}")
        bounded = (
            url.drivername.partition("+")[2] in ("psycopg", "psycopg2", "pymysql")
            and "connect_timeout" not in url.query
        )
        try:
            engine = create_engine(
                url,
                poolclass=NullPool,
                hide_parameters=True,
                connect_args={"connect_timeout": _CONNECT_S} if bounded else {},
            )
        except (NoSuchModuleError, ImportError):
            package = package if "+" not in self.options.url.partition(":")[0] else ""
            fix = f"Run pip install '{package}'." if package else "Install its driver for SQLAlchemy with pip."
            raise self._error(f"needs a driver for {url.drivername}, which is not installed", fix) from None
        except SQLAlchemyError as error:
            raise self._explained(error) from None
        if engine.dialect.is_async:
            raise self._error(f"has a driver that cannot be used here: {url.drivername}", f"Write {kind}://….")
        return engine

    def _located(self, url: URL) -> URL:
        """Return the URL of a SQLite file that exists; SQLite would make an empty one of any other."""
        path = (self._base / Path(url.database or "").expanduser()).resolve()
        if not path.is_file():
            raise self._error(f"has no file {path}", "Mend its url in [[knowledge.sources]].")
        return url.set(drivername="sqlite", database=str(path))

    def _explained(self, error: SQLAlchemyError) -> SourceError:
        why = str(getattr(error, "orig", None) or error).strip().rstrip(".")
        if _OUT_OF_TIME.search(why):
            return self._late()
        return self._error(
            f"cannot be read: {redacted(why, self._secrets)}",
            "Check its url, its rights and its query, first with the database's own program.",
        )

    def _late(self) -> SourceError:
        what = f"did not give all rows within {self.options.timeout:g} s"
        return self._error(what, "Ask for fewer rows, or raise its timeout.")

    def _error(self, what: str, fix: str) -> SourceError:
        return SourceError(f"The database of the source “{self.options.name}” {what}.", fix)


class _Allowance:
    """Seconds that a database may take in all; what is done with its rows is not its own time."""

    def __init__(self, seconds: float) -> None:
        self.seconds = self.left = seconds
        self.until = time.monotonic() + seconds

    def spent_on(self, rows: Iterable[_Row]) -> Iterator[_Row]:
        """Yield the rows as long as there is time left."""
        waiting = iter(rows)
        while self.left >= 0:
            begun = time.monotonic()
            self.until = begun + self.left
            row = next(waiting, None)
            self.left -= time.monotonic() - begun
            if row is None:
                return
            yield row


@contextmanager
def _bounded(connection: Connection, allowance: _Allowance) -> Iterator[None]:
    """Let the transaction write nothing and no statement take longer, where the database can be told so."""
    seconds = allowance.seconds
    match connection.dialect.name:
        case "postgresql":
            connection.execution_options(postgresql_readonly=True)
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {round(seconds * 1000)}")
        case "mysql" | "mariadb":
            limit = f"max_statement_time = {seconds}"
            if not getattr(connection.dialect, "is_mariadb", False):
                limit = f"max_execution_time = {round(seconds * 1000)}"
            connection.exec_driver_sql(f"SET SESSION {limit}")
            connection.rollback()
            connection.exec_driver_sql("START TRANSACTION READ ONLY")
        case "oracle":
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        case "sqlite":
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA query_only = ON")
            driver.set_progress_handler(lambda: time.monotonic() > allowance.until, 10_000)
    try:
        yield
    finally:
        if not connection.invalidated:
            connection.rollback()
