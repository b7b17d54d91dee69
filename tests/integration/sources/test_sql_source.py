"""Rows of real databases become documents, and nothing is ever written to them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Date, DateTime, Integer, LargeBinary, MetaData, String, Table, create_engine, text

from knowledge.documents import Document, Scope, Skipped, Unchanged
from knowledge.sources import SourceError, open_source

Found = list[Document | Unchanged | Skipped]
COLUMNS = {"id": "article", "body": "answer", "region": "market"}


class Crm:
    """A table of articles in a database of its own."""

    def __init__(self, url: str, base: Path) -> None:
        self.url, self.base = url, base
        driver = url.replace("postgresql://", "postgresql+psycopg://")
        self.engine = create_engine(driver)
        self.articles = Table(
            "articles",
            MetaData(),
            Column("row", Integer, primary_key=True),
            Column("article", String),
            Column("title", String),
            Column("answer", String),
            Column("url", String),
            Column("updated", DateTime(timezone=True)),
            Column("market", String),
            Column("effective_until", Date),
            Column("raw", LargeBinary),
        )
        self.articles.create(self.engine)

    def insert(self, *rows: dict[str, Any]) -> None:
        with self.engine.begin() as connection:
            for row in rows:
                connection.execute(self.articles.insert().values(**row))

    def execute(self, statement: str) -> Any:
        with self.engine.begin() as connection:
            result = connection.execute(text(statement))
            return result.scalar() if result.returns_rows else None

    def read(self, known: Mapping[str, str] | None = None, **options: Any) -> Found:
        given = {"query": "SELECT * FROM articles ORDER BY row", "columns": COLUMNS, "url": self.url} | options
        return list(open_source({"name": "s", "kind": "sql", **given}, self.base).documents(known or {}))


@pytest.fixture(params=["sqlite", "postgresql"])
def crm(request: pytest.FixtureRequest, tmp_path: Path) -> Crm:
    if request.param == "sqlite":
        (tmp_path / "crm.db").touch()
        return Crm(f"sqlite:///{tmp_path / 'crm.db'}", tmp_path)
    return Crm(request.getfixturevalue("postgres_url"), tmp_path)


def tags(found: Found) -> dict[str, str]:
    return {one.id: one.tag for one in found if isinstance(one, Document)}


def test_each_row_is_a_document_with_the_scope_of_its_columns(crm: Crm) -> None:
    crm.insert(
        {
            "article": "a1",
            "title": "Returns",
            "answer": "You have 30 days, 100 % of them.",
            "url": "https://help.example/a1",
            "updated": datetime(2026, 3, 4, 12, tzinfo=UTC),
            "market": "EU",
            "effective_until": date(2027, 1, 1),
        },
        {"article": "a2", "answer": "# Gift cards\n\nThey do not expire."},
    )
    first, second = crm.read()
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.id, first.title, first.url) == ("a1", "Returns", "https://help.example/a1")
    assert first.scope == Scope(region=("eu",), effective_until=date(2027, 1, 1))
    assert first.updated == date(2026, 3, 4)
    assert (second.title, second.scope, second.updated) == ("Gift cards", Scope(), None)


def test_a_row_is_read_again_once_anything_in_it_has_changed(crm: Crm) -> None:
    crm.insert({"article": "a1", "answer": "30 days."}, {"article": "a2", "answer": "Text.", "market": "eu"})
    known = tags(crm.read())
    assert crm.read(known) == [Unchanged("a1"), Unchanged("a2")]
    crm.execute("UPDATE articles SET market = 'us' WHERE article = 'a2'")
    first, second = crm.read(known)
    assert first == Unchanged("a1")
    assert isinstance(second, Document)
    assert second.scope == Scope(region=("us",))


def test_rows_without_an_id_or_a_text_are_named(crm: Crm) -> None:
    crm.insert(
        {"article": None, "answer": "Text."},
        {"article": " ", "answer": "Text."},
        {"article": "empty", "answer": None},
        {"article": "good", "answer": "Text."},
    )
    found = crm.read()
    assert {one.document: one.reason for one in found if isinstance(one, Skipped)} == {
        "row 1": "Its article is empty.",
        "row 2": "Its article is empty.",
        "empty": "It has no text.",
    }
    assert list(tags(found)) == ["good"]


def test_a_column_of_bytes_is_read_where_it_holds_text(crm: Crm) -> None:
    crm.insert({"article": "a", "raw": "Größe".encode()}, {"article": "b", "raw": b"\xff\x00\xfe"})
    good, bad = crm.read(columns={**COLUMNS, "body": "raw"})
    assert isinstance(good, Document)
    assert good.text.strip() == "Größe"
    assert isinstance(bad, Skipped)
    assert bad.reason == "Its body is bytes that are not UTF-8 text."


def test_one_row_with_a_date_that_is_none_does_not_stop_the_others(crm: Crm) -> None:
    crm.insert({"article": "a", "answer": "Text.", "title": "soon"}, {"article": "b", "answer": "Text."})
    found = crm.read(columns={**COLUMNS, "effective_from": "title"})
    assert [type(one).__name__ for one in found] == ["Skipped", "Document"]


def test_the_query_is_taken_literally(crm: Crm) -> None:
    crm.insert({"article": "50%:off", "answer": "Half price."}, {"article": "b", "answer": "Text."})
    found = crm.read(query="SELECT * FROM articles WHERE article LIKE '%\\%:off' ESCAPE '\\'")
    assert list(tags(found)) == ["50%:off"]


def test_a_query_that_would_write_fails_and_changes_nothing(crm: Crm) -> None:
    crm.insert({"article": "a", "answer": "Text."})
    writing = {
        "sqlite": "DELETE FROM articles RETURNING *",
        "postgresql": "SELECT setval('articles_row_seq', 99) AS article, '' AS answer, '' AS market",
    }
    with pytest.raises(SourceError, match=r"read-?only"):
        crm.read(query=writing[crm.engine.dialect.name])
    assert crm.execute("SELECT count(*) FROM articles") == 1


def test_more_rows_than_are_fetched_at_once_all_come(crm: Crm) -> None:
    with crm.engine.begin() as connection:
        connection.execute(crm.articles.insert(), [{"article": f"a{n}", "answer": "Text."} for n in range(1001)])
    assert len(crm.read()) == 1001


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"query": "SELECT * FROM nowhere"}, "cannot be read: .*nowhere"),
        ({"query": "SELEC"}, "cannot be read: .*syntax error"),
        (
            {"columns": {"id": "article", "body": "text"}},
            "without the column “text”; it returns row, article, title, a",
        ),
        ({"query": "SELECT *, 1 AS title, 2 AS article FROM articles"}, "returns the column “article” twice"),
        ({"columns": {"words": "answer"}}, "wrong columns: words is no field"),
    ],
)
def test_a_query_that_does_not_fit_says_what_is_wrong(crm: Crm, options: dict[str, Any], sentence: str) -> None:
    crm.insert({"article": "a", "answer": "Text."})
    with pytest.raises(SourceError, match=sentence):
        crm.read(**options)


def test_a_query_that_takes_too_long_is_stopped(crm: Crm) -> None:
    endless = (
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) "
        "SELECT count(*) AS article, 'x' AS answer, 'eu' AS market FROM t"
    )
    with pytest.raises(SourceError, match=r"did not give all rows within 0\.5 s"):
        crm.read(query=endless, timeout=0.5)


def test_the_time_that_is_spent_on_the_rows_is_not_that_of_the_database(crm: Crm) -> None:
    with crm.engine.begin() as connection:
        connection.execute(crm.articles.insert(), [{"article": f"a{n}", "answer": "Text."} for n in range(1001)])
    options = {"url": crm.url, "query": "SELECT * FROM articles", "columns": COLUMNS, "timeout": 1.5}
    found = open_source({"name": "s", "kind": "sql", **options}, crm.base).documents({})
    assert isinstance(next(found), Document)
    time.sleep(2)
    assert sum(isinstance(one, Document) for one in found) == 1000


def test_columns_in_upper_case_fit_all_the_same(crm: Crm) -> None:
    crm.insert({"article": "a", "answer": "Text."})
    (document,) = crm.read(query='SELECT article AS "ID", answer AS "Body" FROM articles', columns={})
    assert isinstance(document, Document)
    assert (document.id, document.text.strip()) == ("a", "Text.")


def test_a_time_told_in_seconds_or_milliseconds_is_a_day(crm: Crm) -> None:
    query = "SELECT 'a' AS id, 'Text.' AS body, 1767225600 AS updated UNION ALL SELECT 'b', 'Text.', 1767225600000"
    found = crm.read(query=query, columns={})
    assert [one.updated for one in found if isinstance(one, Document)] == [date(2026, 1, 1)] * 2


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://bot:gehe1m%40@127.0.0.1:9/crm", "cannot be read: .*refused"),
        ("postgresql://127.0.0.1:9/crm?user=bot&password=gehe1m", "cannot be read: .*refused"),
        ("postgresql+asyncpg://bot:gehe1m@127.0.0.1/crm", r"driver"),
        ("sqlite+aiosqlite:///nowhere.db", "has no file"),
        ("sqlite:///nowhere.db", "has no file .*nowhere.db"),
        ("oracle8://bot:gehe1m@host/crm", "needs a driver for oracle8"),
        ("no url", "has a url that is none of SQLAlchemy"),
    ],
)
def test_a_database_that_is_not_there_is_named_without_its_password(tmp_path: Path, url: str, sentence: str) -> None:
    source = open_source({"name": "s", "kind": "sql", "url": url, "query": "SELECT 1"}, tmp_path)
    with pytest.raises(SourceError, match=f"(?s){sentence}") as caught:
        list(source.documents({}))
    assert "gehe1m" not in str(caught.value)
    assert not (tmp_path / "nowhere.db").exists()


def test_a_row_that_is_not_published_is_skipped(crm: Crm) -> None:
    crm.insert({"article": "a", "answer": "Told."}, {"article": "b", "answer": "Not told."})
    query = "SELECT article, answer, CASE article WHEN 'a' THEN 1 ELSE 0 END AS published FROM articles ORDER BY row"
    found = crm.read(query=query, columns={"id": "article", "body": "answer"})
    assert [one.id for one in found if isinstance(one, Document)] == ["a"]
    assert [one.reason for one in found if isinstance(one, Skipped)] == ["It is a draft."]
