"""Up to where each channel was heard, so that what was said while nobody listened is found again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from bot.storage.database import Database, uninterrupted, utc_now
from bot.storage.tables import CursorRow

SAVED_EVERY_S = 5.0
"""After a crash so much is looked at again; what was accepted is known by its key."""
WORKSPACE_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """A channel of a workspace; an empty channel is the workspace as a whole, an empty workspace all of them."""

    platform: str
    workspace: str
    channel: str = ""


@dataclass(slots=True)
class _Heard:
    """How far a channel was heard in this process."""

    done: Decimal = Decimal(0)
    under_way: Counter[Decimal] = field(default_factory=Counter)

    def upto(self) -> Decimal:
        """Return the latest message before which all were heard to the end."""
        first = min(self.under_way, default=None)
        if first is None:
            return self.done
        # The smallest step by which ids differ: a millionth of a second on Slack, one on Discord.
        return min(self.done, first - Decimal((0, (1,), int(first.as_tuple().exponent))))


class Cursors:
    """A cursor for each channel: the id of the message up to which everything was heard.

    Ids are decimal numbers that rise with time, as those of Slack and Discord. A cursor stays before a message
    that is still being taken in, so that after a crash it is looked at again. Nothing is written while a
    platform `catches_up`, for what it looks for lies before what it hears meanwhile.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock
        self._heard: dict[Place, _Heard] = {}
        self._saved: dict[Place, Decimal] = {}
        self._catching_up: Counter[str] = Counter()
        self._now: dict[Place, tuple[Callable[[], str], float]] = {}

    @uninterrupted
    async def load(self, platform: str) -> None:
        """Read where the channels of a platform were left off; what this process knows better stays."""
        async with self._database.read() as session:
            for row in await session.scalars(select(CursorRow).filter_by(platform=platform)):
                place, at = Place(row.platform, row.workspace, row.channel), Decimal(row.message)
                self._saved[place] = max(at, self._saved.get(place, at))
                self._heard.setdefault(place, _Heard(at))

    def positions(self, platform: str) -> dict[Place, str]:
        """Return the cursors of a platform's channels and workspaces."""
        return {place: _spelt(heard.upto()) for place, heard in self._heard.items() if place.platform == platform}

    @contextmanager
    def hearing(self, place: Place, message: str) -> Iterator[None]:
        """Take a message in. One that ends in an error is looked at again after the next start."""
        heard = self._heard.setdefault(place, _Heard(self._before(place, message)))
        number = Decimal(message)
        heard.under_way[number] += 1
        yield
        heard.under_way[number] -= 1
        if not heard.under_way[number]:
            del heard.under_way[number]
        heard.done = max(heard.done, number)

    def follow(self, platform: str, workspace: str, first: str, now: Callable[[], str]) -> None:
        """Let the cursor of a workspace (of all, if it is empty) go with the time.

        `first` is where it begins if there is none: the first start replays nothing. `now` gives an id before
        which all was heard, empty while nobody listens. Channels without a cursor are looked at from there on.
        """
        place = Place(platform, workspace)
        self._now[place] = now, 0.0
        self._heard.setdefault(place, _Heard(Decimal(first)))

    @contextmanager
    def catching_up(self, platform: str) -> Iterator[None]:
        """Keep the cursors of a platform where they are; those of a platform that did not get through stay there."""
        self._catching_up[platform] += 1
        yield
        self._catching_up[platform] -= 1

    async def save(self) -> None:
        """Write the cursors that have moved. Raises DatabaseError."""
        seconds = self._clock().timestamp()
        for place, (now, at) in self._now.items():
            if seconds - at >= WORKSPACE_EVERY_S and (message := now()):
                self._now[place] = now, seconds
                heard = self._heard.setdefault(place, _Heard())
                heard.done = max(heard.done, Decimal(message))
        moved = {
            place: upto
            for place, heard in self._heard.items()
            if not self._catching_up[place.platform] and (upto := heard.upto()) > self._saved.get(place, Decimal(0))
        }
        if moved:
            await self._write(moved)
            self._saved |= moved

    @uninterrupted
    async def _write(self, moved: Mapping[Place, Decimal]) -> None:
        async with self._database.write() as session:
            for place, at in moved.items():
                given = {"message": _spelt(at), "updated_at": self._clock()}
                await session.execute(
                    self._database.insert(CursorRow)
                    .values(platform=place.platform, workspace=place.workspace, channel=place.channel, **given)
                    .on_conflict_do_update(index_elements=["platform", "workspace", "channel"], set_=given)
                )

    def _before(self, place: Place, message: str) -> Decimal:
        """Return where a channel stands that is heard for the first time."""
        workspace = self._heard.get(Place(place.platform, place.workspace)) or self._heard.get(
            Place(place.platform, "")
        )
        return min(workspace.done, Decimal(message)) if workspace else Decimal(0)


def _spelt(number: Decimal) -> str:
    return format(number, "f")
