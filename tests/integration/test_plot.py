"""The picture of the statistics: made off the event loop, readable on any chat, whatever there is to show."""

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.plot import PlotError, Theme, draw, picture
from bot.stats import Counts, Period, Stats

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 26)


def stats(days: int, **counts: int | float | None) -> Stats:
    period = Period(DAY - timedelta(days=days - 1), DAY)
    one = Counts(**counts)  # type: ignore[arg-type]
    return Stats(period, "Asia/Kathmandu", one, dict.fromkeys(period.days(), one))


BUSY = {"answered": 8, "refused": 2, "handed_over": 1, "failed": 1, "pending": 2, "up": 3, "down": 1}


@pytest.mark.parametrize(("theme", "card"), [("light", (255, 255, 255)), ("dark", (32, 36, 42))])
async def test_the_card_is_opaque_and_only_its_corners_are_not(tmp_path: Path, theme: Theme, card: tuple[int]) -> None:
    out = tmp_path / "stats.png"
    await draw(stats(30, **BUSY, first_word_s=0.4, first_word_p95_s=1.2), out, tmp_path / "cache", theme)
    with Image.open(out) as image:
        assert image.format == "PNG"
        assert image.size == (1600, 1056)
        pixels = image.convert("RGBA")
    assert pixels.getpixel((0, 0))[3] == 0  # type: ignore[index]
    assert pixels.getpixel((800, 30)) == (*card, 255)
    assert pixels.crop((20, 20, 1580, 1036)).getextrema()[3] == (255, 255)
    assert out.stat().st_size < 300_000


def test_nothing_is_drawn_in_the_process_that_answers(tmp_path: Path) -> None:
    script = f"""
import asyncio, sys
from datetime import date
from pathlib import Path
from bot.plot import draw
from bot.stats import Counts, Period, Stats
if __name__ == "__main__":
    day, one, folder = date(2026, 11, 26), Counts(answered=1), Path({str(tmp_path)!r})
    asyncio.run(draw(Stats(Period(day, day), "UTC", one, {{day: one}}), folder / "a.png", folder))
    assert "matplotlib" not in sys.modules
"""
    file = tmp_path / "drawing.py"
    file.write_text(script, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run([sys.executable, file], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.png").exists()


@pytest.mark.parametrize("days", [1, 2, 8, 92, 93, 365, 1100])
def test_any_period_can_be_drawn(days: int) -> None:
    busy = stats(days, **BUSY, first_word_s=0.4, first_word_p95_s=1.2)
    figure = picture(busy, "light")
    bars, shares, times = figure.axes
    unit = "week" if days >= 93 else "day"
    assert bars.get_title(loc="left") == f"Questions a {unit}"
    heights = [sum(patch.get_height() for patch in container) for container in bars.containers]  # type: ignore[union-attr]
    assert sum(heights) == days * 14
    assert len(shares.lines) == 1 and len(times.lines) == 2
    assert len(bars.get_xticks()) <= 12
    figure.canvas.draw()


def test_a_period_without_ratings_and_answers_says_so() -> None:
    figure = picture(stats(30, refused=1), "dark")
    words = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert {"no ratings", "no answers"} <= set(words)
    figure.canvas.draw()


def test_days_without_a_rating_are_a_gap_and_not_a_zero() -> None:
    rated, unrated = Counts(answered=1, up=1), Counts(answered=1)
    period = Period(DAY - timedelta(days=4), DAY)
    days = dict(zip(period.days(), (rated, rated, unrated, unrated, rated), strict=True))
    shares = picture(Stats(period, "UTC", rated, days), "light").axes[1]
    assert [list(line.get_xdata()) for line in shares.lines] == [[0, 1], [4]]


async def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlotError, match="no/such"):
        await draw(stats(3, **BUSY), tmp_path / "no/such/stats.png", tmp_path / "cache")
