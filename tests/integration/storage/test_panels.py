"""Panels: each workspace has one, and knows where it stands after a restart."""

from bot.storage.database import Database
from bot.storage.panels import Panel, Panels

FIRST, SECOND = Panel("discord", "G1", "C1", "1"), Panel("discord", "G1", "C2", "2")
ELSEWHERE = Panel("discord", "G2", "C3", "3")


async def test_a_new_panel_takes_the_place_of_the_one_before(database: Database) -> None:
    panels = Panels(database)
    assert await panels.put(FIRST) is None
    assert await panels.put(ELSEWHERE) is None
    assert await panels.put(SECOND) == FIRST
    assert sorted(await Panels(database).of("discord"), key=lambda one: one.post) == [SECOND, ELSEWHERE]
    assert await panels.of("slack") == []


async def test_one_that_has_been_replaced_cannot_be_dropped_any_more(database: Database) -> None:
    panels = Panels(database)
    await panels.put(FIRST)
    await panels.put(SECOND)
    await panels.drop(FIRST)
    assert await panels.of("discord") == [SECOND]
    await panels.drop(SECOND)
    assert await panels.of("discord") == []
