"""Up to where each channel was heard, so that what was said while nobody listened is found again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
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
class _Followed:
    """A workspace whose cursor goes with the time; see `Cursors.follow`."""

    ago: Callable[[float], str]
    late_s: float
    listening: Callable[[], bool]
    moved_at: float = 0.0


@dataclass(slots=True)
class _Heard:
    """How far a channel was heard in this process."""

    first: Decimal
    """Where it began; what lies before is never looked at."""
    done: Decimal = field(init=False)
    under_way: Counter[Decimal] = field(default_factory=Counter)
    failed: set[Decimal] = field(default_factory=set)
    """Messages that could not be taken in and were not since."""
    held: Decimal | None = None
    """Up to where it was looked for what was missed, while that is still being done."""

    def __post_init__(self) -> None:
        self.done = self.first

    def upto(self, bound: Decimal | None) -> Decimal:
        """Return the latest message, not after `bound`, before which all were heard to the end."""
        upto = self.done if bound is None else max(self.first, min(self.done, bound))
        for open_end in (*self.under_way, *self.failed):
            # The smallest step by which ids differ: a millionth of a second on Slack, one on Discord.
            upto = min(upto, open_end - Decimal((0, (1,), int(open_end.as_tuple().exponent))))
        return upto if self.held is None else min(upto, self.held)


class Cursors:
    """A cursor for each channel: the id of the message up to which everything was heard.

    Ids are decimal numbers that rise with time, as those of Slack and Discord. A cursor stays before a message
    that is still being taken in, so that after a crash it is looked at again, and behind the latest ones by as
    much as the platform's events may be late. Those that `hold` holds stay where they are until they are
    `caught_up`, for what is looked for lies before what is heard meanwhile.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock
        self._heard: dict[Place, _Heard] = {}
        self._saved: dict[Place, Decimal] = {}
        self._holding: set[tuple[str, str]] = set()
        self._followed: dict[Place, _Followed] = {}

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
        return {place: _spelt(self._upto(place)) for place in self._heard if place.platform == platform}

    @contextmanager
    def hearing(self, place: Place, message: str) -> Iterator[None]:
        """Take a message in. One that ends in an error is looked at again after the next start."""
        heard, number = self._of(place, message), Decimal(message)
        heard.under_way[number] += 1
        try:
            yield
        except BaseException:
            heard.failed.add(number)
            raise
        finally:
            heard.under_way[number] -= 1
            if not heard.under_way[number]:
                del heard.under_way[number]
        heard.failed.discard(number)
        heard.done = max(heard.done, number)

    def follow(
        self, platform: str, workspace: str, ago: Callable[[float], str], late_s: float, listening: Callable[[], bool]
    ) -> None:
        """Let the cursor of a workspace (of all, if it is empty) go with the time while somebody is `listening`.

        `ago` gives the id that a message of so many seconds ago would have; it begins with the one of now if there
        is none: the first start replays nothing. Events come up to `late_s` late: up to then the cursors stay
        behind. Channels without a cursor are looked at from the workspace's on.
        """
        place = Place(platform, workspace)
        self._followed[place] = _Followed(ago, late_s, listening)
        self._heard.setdefault(place, _Heard(Decimal(ago(0))))

    def hold(self, platform: str, workspace: str = "") -> dict[Place, str]:
        """Keep the cursors of a workspace (of all of a platform's, if it is empty) where they are; return those.

        What was heard up to now and looked for from there on is all there is, once they are `caught_up`.
        """
        self._holding.add((platform, workspace))
        for place, heard in self._heard.items():
            if place.platform == platform and workspace in ("", place.workspace):
                heard.held = self._upto(place)
        return self.positions(platform)

    def catching_up(self, place: Place, upto: str) -> None:
        """Note that in a channel everything up to this message was looked for and heard."""
        heard = self._of(place, upto)
        if heard.held is not None:
            heard.held = max(heard.held, Decimal(upto))

    def caught_up(self, place: Place) -> None:
        """Let the cursor of a channel go on: all was found that was missed there."""
        if heard := self._heard.get(place):
            heard.held = None

    def release(self, platform: str, workspace: str = "", but: Collection[Place] = ()) -> None:
        """Let all cursors that `hold` holds go on, `but` those of channels that are to be looked into again."""
        self._holding.discard((platform, workspace))
        for place, heard in self._heard.items():
            if place.platform == platform and workspace in ("", place.workspace) and place not in but:
                heard.held = None

    def is_held(self, place: Place) -> bool:
        """Whether what was missed in a channel is still being looked for."""
        heard = self._heard.get(place)
        return self._is_held(place) if heard is None else heard.held is not None

    async def save(self) -> None:
        """Write the cursors that have moved. Raises DatabaseError."""
        seconds = self._clock().timestamp()
        for place, followed in self._followed.items():
            if seconds - followed.moved_at >= WORKSPACE_EVERY_S and followed.listening():
                followed.moved_at = seconds
                heard = self._heard[place]
                heard.done = max(heard.done, Decimal(followed.ago(0)))
        moved = {
            place: upto for place in self._heard if (upto := self._upto(place)) > self._saved.get(place, Decimal(0))
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

    def _of(self, place: Place, message: str) -> _Heard:
        """Return a channel, which began where its workspace stands if `message` is the first heard of it."""
        if (heard := self._heard.get(place)) is None:
            workspace = self._workspace_of(place)
            first = min(self._upto(workspace), Decimal(message)) if workspace else Decimal(0)
            heard = self._heard[place] = _Heard(first)
            heard.held = first if self._is_held(place) else None
        return heard

    def _is_held(self, place: Place) -> bool:
        return not self._holding.isdisjoint({(place.platform, place.workspace), (place.platform, "")})

    def _workspace_of(self, place: Place) -> Place | None:
        both = Place(place.platform, place.workspace), Place(place.platform, "")
        return next((one for one in both if one in self._heard), None)

    def _upto(self, place: Place) -> Decimal:
        workspace = self._workspace_of(place)
        followed = self._followed.get(workspace) if workspace else None
        return self._heard[place].upto(Decimal(followed.ago(followed.late_s)) if followed else None)


def _spelt(number: Decimal) -> str:
    return format(number, "f")
