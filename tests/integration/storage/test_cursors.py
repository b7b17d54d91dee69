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


async def test_a_cursor_stays_before_what_is_still_being_taken_in(database: Database) -> None:
    cursors = Cursors(database)
    cursors.follow("slack", "W1", "1.000000", lambda: "")
    with cursors.hearing(SUPPORT, "2.000000"):
        with cursors.hearing(SUPPORT, "3.000000"):
            pass
        await cursors.save()
        assert (await _kept(database))[SUPPORT] == "1.999999"
    await cursors.save()
    assert (await _kept(database))[SUPPORT] == "3.000000"


async def test_what_could_not_be_taken_in_is_looked_at_again_after_the_next_start(database: Database) -> None:
    cursors = Cursors(database)
    with pytest.raises(OSError), cursors.hearing(SUPPORT, "2.000000"):
        raise OSError
    with cursors.hearing(SUPPORT, "3.000000"):
        pass
    await cursors.save()
    assert (await _kept(database))[SUPPORT] == "1.999999"


async def test_the_first_start_begins_now_and_later_ones_where_the_last_ended(database: Database) -> None:
    cursors = Cursors(database)
    now = ["100.000000"]
    cursors.follow("slack", "W1", "90.000000", lambda: now[0])
    assert cursors.positions("slack") == {EVERYWHERE: "90.000000"}
    await cursors.save()
    later = Cursors(database)
    await later.load("slack")
    later.follow("slack", "W1", "500.000000", lambda: "")
    assert later.positions("slack") == {EVERYWHERE: "100.000000"}


async def test_while_the_missed_is_looked_for_the_cursors_stay(database: Database) -> None:
    cursors = Cursors(database)
    with cursors.catching_up("slack"):
        with cursors.hearing(SUPPORT, "5.000000"):
            pass
        await cursors.save()
        assert await _kept(database) == {}
    await cursors.save()
    assert await _kept(database) == {SUPPORT: "5.000000"}


async def test_a_search_that_was_cut_off_is_made_again_after_the_next_start(database: Database) -> None:
    cursors = Cursors(database)
    with pytest.raises(KeyboardInterrupt), cursors.catching_up("slack"):
        with cursors.hearing(SUPPORT, "5.000000"):
            pass
        raise KeyboardInterrupt
    await cursors.save()
    assert await _kept(database) == {}


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
