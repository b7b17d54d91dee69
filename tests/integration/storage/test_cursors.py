"""Up to where each channel was heard: never past a message that is still being taken in."""

from pathlib import Path

import pytest

from bot.storage.cursors import Cursors, Place
from bot.storage.database import Database

SUPPORT, RANDOM = Place("slack", "W1", "C1"), Place("slack", "W1", "C2")
EVERYWHERE = Place("slack", "W1")


async def _kept(database: Database, platform: str = "slack") -> dict[Place, str]:
    cursors = Cursors(database)
    await cursors.load(platform)
    return cursors.positions(platform)


async def test_a_cursor_is_kept_per_channel_and_only_moves_on(database: Database) -> None:
    cursors = Cursors(database)
    for place, message in ((SUPPORT, "1700000000.000100"), (RANDOM, "1700000005.000000"), (SUPPORT, "1690000000.1")):
        with cursors.hearing(place, message):
            pass
    await cursors.save()
    assert await _kept(database) == {SUPPORT: "1700000000.000100", RANDOM: "1700000005.000000"}
    assert await _kept(database, "discord") == {}


async def test_ids_are_compared_as_numbers(database: Database) -> None:
    cursors = Cursors(database)
    place = Place("discord", "G1", "C1")
    for message in ("999999999999999999", "1000000000000000001"):
        with cursors.hearing(place, message):
            pass
    await cursors.save()
    assert await _kept(database, "discord") == {place: "1000000000000000001"}


def _follow(cursors: Cursors, now: list[float], late_s: float = 0.0) -> None:
    cursors.follow("slack", "W1", lambda ago: f"{now[0] - ago:.6f}", late_s, lambda: True)


async def test_a_cursor_stays_before_what_is_still_being_taken_in(database: Database) -> None:
    cursors = Cursors(database)
    _follow(cursors, [1.0])
    with cursors.hearing(SUPPORT, "2.000000"):
        with cursors.hearing(SUPPORT, "3.000000"):
            pass
        assert cursors.positions("slack")[SUPPORT] == "1.000000", "before the channel was first heard in"
    cursors = Cursors(database)
    with cursors.hearing(SUPPORT, "1.000000"):
        pass
    with cursors.hearing(SUPPORT, "2.000000"):
        with cursors.hearing(SUPPORT, "3.000000"):
            pass
        await cursors.save()
        assert (await _kept(database))[SUPPORT] == "1.999999"
    await cursors.save()
    assert (await _kept(database))[SUPPORT] == "3.000000"


async def test_a_cursor_stays_as_far_behind_as_events_may_be_late(database: Database) -> None:
    cursors, now = Cursors(database), [100.0]
    _follow(cursors, now, late_s=60.0)
    with cursors.hearing(SUPPORT, "101.000000"):
        pass
    now[0] = 110.0
    assert cursors.positions("slack")[SUPPORT] == "100.000000", "nothing from before the first start"
    now[0] = 160.5
    with cursors.hearing(SUPPORT, "160.000000"):
        pass
    assert cursors.positions("slack")[SUPPORT] == "100.500000"
    now[0] = 230.0
    assert cursors.positions("slack")[SUPPORT] == "160.000000"


async def test_what_could_not_be_taken_in_is_looked_at_again_after_the_next_start(database: Database) -> None:
    cursors = Cursors(database)
    with cursors.hearing(SUPPORT, "1.000000"):
        pass
    with pytest.raises(OSError), cursors.hearing(SUPPORT, "2.000000"):
        raise OSError
    with cursors.hearing(SUPPORT, "3.000000"):
        pass
    await cursors.save()
    assert (await _kept(database))[SUPPORT] == "1.999999"
    with cursors.hearing(SUPPORT, "2.000000"):
        pass
    assert cursors.positions("slack")[SUPPORT] == "3.000000", "now it was"


async def test_the_first_start_begins_now_and_later_ones_where_the_last_ended(database: Database) -> None:
    cursors, now = Cursors(database), [90.0]
    _follow(cursors, now)
    assert cursors.positions("slack") == {EVERYWHERE: "90.000000"}
    now[0] = 100.0
    await cursors.save()
    later = Cursors(database)
    await later.load("slack")
    later.follow("slack", "W1", lambda ago: "500.000000", 0.0, lambda: False)
    await later.save()
    assert later.positions("slack") == {EVERYWHERE: "100.000000"}


async def test_while_the_missed_is_looked_for_the_cursors_go_no_further_than_it_was_found(database: Database) -> None:
    cursors, now = Cursors(database), [1.0]
    _follow(cursors, now)
    with cursors.hearing(SUPPORT, "2.000000"):
        pass
    now[0] = 9.0
    assert cursors.hold("slack", "W1") == {EVERYWHERE: "1.000000", SUPPORT: "2.000000"}
    for place in (SUPPORT, RANDOM):
        with cursors.hearing(place, "5.000000"):
            pass
    await cursors.save()
    assert await _kept(database) == {EVERYWHERE: "1.000000", SUPPORT: "2.000000", RANDOM: "1.000000"}
    cursors.catching_up(SUPPORT, "3.000000")
    await cursors.save()
    assert (await _kept(database))[SUPPORT] == "3.000000", "a search that is cut off goes on from there"
    cursors.caught_up(SUPPORT)
    assert cursors.is_held(RANDOM) and not cursors.is_held(SUPPORT)
    await cursors.save()
    assert await _kept(database) == {EVERYWHERE: "1.000000", SUPPORT: "5.000000", RANDOM: "1.000000"}
    cursors.release("slack", "W1", but=[RANDOM])
    assert cursors.positions("slack") == {EVERYWHERE: "9.000000", SUPPORT: "5.000000", RANDOM: "1.000000"}
    cursors.release("slack", "W1")
    assert cursors.positions("slack")[RANDOM] == "5.000000"


async def test_a_second_search_begins_where_the_first_has_come_to(database: Database) -> None:
    cursors, now = Cursors(database), [1.0]
    _follow(cursors, now)
    cursors.hold("slack", "W1")
    with cursors.hearing(SUPPORT, "7.000000"):
        pass
    cursors.catching_up(SUPPORT, "3.000000")
    now[0] = 9.0
    assert cursors.hold("slack", "W1")[SUPPORT] == "3.000000"


async def test_an_unchanged_cursor_is_not_written_again(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    await database.migrate()
    cursors = Cursors(database)
    with cursors.hearing(SUPPORT, "5.000000"):
        pass
    await cursors.save()
    await database.close()
    (tmp_path / "frontdesk.db").unlink()
    await cursors.save()  # would raise, as there are no tables
    await database.close()
    assert not (tmp_path / "frontdesk.db").exists()
