"""Addresses of databases, as database.url has them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError


def read_url(url: str) -> sa.URL:
    """Read a database URL. Raises ValueError saying what is wrong with it, in words that tell nothing of a password."""
    if "\x00" in url:
        raise ValueError("it holds a character that no address has")
    try:
        parsed = sa.make_url(url)
    except ArgumentError:
        raise ValueError("it is not a database URL") from None
    except ValueError:
        raise ValueError("its port is no number") from None
    if "@" in (parsed.host or ""):
        raise ValueError("it has more than one @; write an @ in a user or password as %40")
    if is_sqlite(parsed) and parsed.host:
        raise ValueError("two slashes begin the name of a server, which SQLite has not; write sqlite:///data/x.db")
    return parsed


def is_sqlite(url: sa.URL) -> bool:
    return url.drivername.partition("+")[0] == "sqlite"
