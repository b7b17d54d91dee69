"""Which messages of ours show the state and are kept up to date: one in each workspace."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select

from bot.storage.database import Database, uninterrupted
from bot.storage.tables import PanelRow


@dataclass(frozen=True, slots=True)
class Panel:
    """One of them: where it stands, by the platform's ids."""

    platform: str
    workspace: str
    channel: str
    post: str


class Panels:
    """The panels in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @uninterrupted
    async def put(self, panel: Panel) -> Panel | None:
        """Remember the panel of its workspace; return the one that it takes the place of."""
        async with self._database.write() as session:
            row = await session.get(PanelRow, (panel.platform, panel.workspace), with_for_update=True)
            if row is None:
                session.add(PanelRow(**{name: getattr(panel, name) for name in Panel.__slots__}))
                return None
            before = _panel(row)
            row.channel, row.post = panel.channel, panel.post
            return before

    @uninterrupted
    async def of(self, platform: str) -> list[Panel]:
        async with self._database.read() as session:
            return [_panel(row) for row in await session.scalars(select(PanelRow).filter_by(platform=platform))]

    @uninterrupted
    async def drop(self, panel: Panel) -> None:
        """Forget a panel that does not stand there any more, unless another has taken its place."""
        async with self._database.write() as session:
            await session.execute(
                delete(PanelRow).filter_by(platform=panel.platform, workspace=panel.workspace, post=panel.post)
            )


def _panel(row: PanelRow) -> Panel:
    return Panel(row.platform, row.workspace, row.channel, row.post)
