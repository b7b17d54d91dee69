"""The statistics as a picture for chats: a card of its own colour, so that it can be read on light and dark ones."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bot.stats import Counts, Stats, percent, seconds, told_period
from knowledge.errors import FrontdeskError
from knowledge.processes import Progress, in_own_process

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Theme = Literal["light", "dark"]
WEEKS_FROM = 93
"""A longer period is shown by weeks: days would be thinner than a pixel can show."""
_INCHES, _DPI = (10.0, 6.6), 160
_LEFT, _RIGHT = 0.04, 0.96
_LABELS = 0.043
"""Room for the labels of an axis. Widths are shares of the picture's."""
_HALF = 0.43
_FEWEST = 8
"""Room that few days are given all the same, so that their bars are bars."""
_RADIUS = 0.02


class PlotError(FrontdeskError):
    """The picture cannot be made."""


@dataclass(frozen=True, slots=True)
class _Colours:
    card: str
    edge: str
    text: str
    faint: str
    grid: str
    answered: str
    refused: str
    handed_over: str
    asked_back: str
    failed: str
    pending: str
    helpful: str
    time: str


# Told apart by people who see few colours, too: they differ in lightness.
_COLOURS: dict[Theme, _Colours] = {
    "light": _Colours(
        card="#ffffff",
        edge="#d8dce1",
        text="#1c2127",
        faint="#616a75",
        grid="#e9ecef",
        answered="#2a78c8",
        refused="#f0a52e",
        handed_over="#7d55b8",
        asked_back="#a9d2ec",
        failed="#c8372d",
        pending="#c9cfd6",
        helpful="#1c8a5f",
        time="#2a78c8",
    ),
    "dark": _Colours(
        card="#20242a",
        edge="#3a4049",
        text="#eceff3",
        faint="#a4adb8",
        grid="#323840",
        answered="#4a9be8",
        refused="#f2b04a",
        handed_over="#a583dc",
        asked_back="#c3e0f4",
        failed="#ec6157",
        pending="#5a636e",
        helpful="#45c492",
        time="#4a9be8",
    ),
}
_OUTCOMES = ("answered", "asked_back", "refused", "handed_over", "failed", "pending")
_NAMES = {
    "answered": "answered",
    "asked_back": "asked back",
    "refused": "refused",
    "handed_over": "handed over",
    "failed": "ended in an error",
    "pending": "waiting",
}


async def draw(stats: Stats, out: Path, cache: Path, theme: Theme = "light") -> None:
    """Write the picture of the statistics (PNG, 1600 x 1056) in a process of its own.

    `cache` is a folder in which what the fonts are is remembered. Raises PlotError when `out` cannot be written.
    """
    await in_own_process(partial(_draw, stats, out, cache, theme), "plot", fix="`frontdesk stats` gives the figures.")


def _draw(stats: Stats, out: Path, cache: Path, theme: Theme, _progress: Progress) -> None:
    os.environ.setdefault("MPLCONFIGDIR", str(cache))
    figure = picture(stats, theme)
    try:
        figure.savefig(out, format="png", dpi=_DPI, transparent=True)
    except OSError as error:
        raise PlotError(
            f"{out} cannot be written: {error.strerror}.", "Name a file in a folder that exists and may be written."
        ) from error


def described(stats: Stats) -> str:
    """Return in a sentence what the picture shows, for people who cannot see it."""
    total = stats.total
    return (
        f"Chart of the questions of {told_period(stats)}: {total.questions:,} in all, {total.answered:,} answered, "
        f"{total.refused:,} refused, {total.handed_over:,} handed over; "
        f"{percent(total.helpful)} of the ratings helpful; first word after {seconds(total.first_word_s)}."
    )


def picture(stats: Stats, theme: Theme) -> Figure:
    """Return the figure: totals above, questions by outcome, ratings and times to the first word below."""
    from matplotlib.figure import Figure

    colours = _COLOURS[theme]
    figure = Figure(figsize=_INCHES)
    _card(figure, colours)
    _head(figure, stats, colours)
    spans = _spans(stats)
    wide = figure.add_axes((_LEFT + _LABELS, 0.40, _RIGHT - _LEFT - _LABELS, 0.275))
    left = figure.add_axes((_LEFT + _LABELS, 0.08, _HALF - _LABELS, 0.19))
    right = figure.add_axes((_RIGHT - _HALF + _LABELS, 0.08, _HALF - _LABELS, 0.19))
    unit = "week" if _by_weeks(stats) else "day"
    _bars(wide, spans, colours, f"Questions a {unit}")
    _shares(left, spans, colours, "Helpful, share of the ratings")
    _times(right, spans, colours, "Time to the first word")
    for axes in (wide, left, right):
        _dates(axes, spans, short=axes is not wide)
    return figure


@dataclass(frozen=True, slots=True)
class _Span:
    """A day or a week; `helpful` and the times are those of its days together."""

    first: date
    days: tuple[Counts, ...]

    def sum(self, name: str) -> int:
        return sum(getattr(one, name) for one in self.days)

    @property
    def helpful(self) -> float | None:
        rated = self.sum("up") + self.sum("down")
        return self.sum("up") / rated if rated else None

    def time(self, name: str) -> float | None:
        """Return the mean of the days' values, each counted by its answers."""
        values = [(getattr(one, name), one.answered) for one in self.days if getattr(one, name) is not None]
        whole = sum(count for _, count in values)
        return sum(value * count for value, count in values) / whole if whole else None


def _by_weeks(stats: Stats) -> bool:
    return len(stats.days) >= WEEKS_FROM


def _spans(stats: Stats) -> list[_Span]:
    days = list(stats.days.items())
    if not _by_weeks(stats):
        return [_Span(day, (counts,)) for day, counts in days]
    weeks: dict[date, list[Counts]] = {}
    for day, counts in days:
        weeks.setdefault(day - timedelta(days=day.weekday()), []).append(counts)
    return [_Span(monday, tuple(counts)) for monday, counts in weeks.items()]


def _card(figure: Figure, colours: _Colours) -> None:
    from matplotlib.patches import FancyBboxPatch

    figure.patch.set_alpha(0)
    card = FancyBboxPatch(
        (0.004, 0.006),
        0.992,
        0.988,
        transform=figure.transFigure,
        boxstyle=f"round,pad=0,rounding_size={_RADIUS}",
        mutation_aspect=_INCHES[0] / _INCHES[1],
        facecolor=colours.card,
        edgecolor=colours.edge,
        zorder=-1,  # below the axes
        linewidth=1,
    )
    figure.add_artist(card)


def _head(figure: Figure, stats: Stats, colours: _Colours) -> None:
    total = stats.total
    figure.text(_LEFT, 0.925, "Questions", fontsize=17, weight="bold", color=colours.text, va="center")
    figure.text(_RIGHT, 0.925, told_period(stats), fontsize=10.5, color=colours.faint, ha="right", va="center")
    whole = total.questions or 1
    tiles = [
        (f"{total.questions:,}", "questions", colours.text),
        (percent(total.answered / whole), "answered", colours.answered),
        (percent(total.refused / whole), "refused", colours.refused),
        (percent(total.handed_over / whole), "handed over", colours.handed_over),
        (percent(total.helpful), "found helpful", colours.helpful),
        (seconds(total.first_word_s), "to the first word", colours.time),
    ]
    width = (_RIGHT - _LEFT) / len(tiles)
    for number, (value, name, colour) in enumerate(tiles):
        x = _LEFT + number * width
        figure.text(x, 0.835, value, fontsize=21, weight="bold", color=colour, va="center")
        figure.text(x, 0.778, name, fontsize=10, color=colours.faint, va="center")


def _bars(axes: Axes, spans: Sequence[_Span], colours: _Colours, title: str) -> None:
    from matplotlib.ticker import MaxNLocator

    places = range(len(spans))
    below = [0] * len(spans)
    for name in _OUTCOMES:
        heights = [span.sum(name) for span in spans]
        if not any(heights):
            continue
        axes.bar(places, heights, bottom=below, width=0.78, color=getattr(colours, name), label=_NAMES[name])
        below = [low + height for low, height in zip(below, heights, strict=True)]
    _frame(axes, colours, title)
    axes.set_ylim(0, max(1, *below) * 1.06)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    if axes.get_legend_handles_labels()[0]:
        legend = axes.legend(
            loc="lower right",
            bbox_to_anchor=(1.006, 1.03),
            ncols=len(_OUTCOMES),
            frameon=False,
            fontsize=9.5,
            handlelength=0.9,
            handleheight=0.9,
            handletextpad=0.5,
            columnspacing=1.4,
            borderaxespad=0,
        )
        for text in legend.get_texts():
            text.set_color(colours.faint)


def _shares(axes: Axes, spans: Sequence[_Span], colours: _Colours, title: str) -> None:
    rated = [(n, span.helpful) for n, span in enumerate(spans) if span.helpful is not None]
    _line(axes, rated, colours.helpful)
    _frame(axes, colours, title)
    axes.set_ylim(-0.04, 1.04)
    axes.set_yticks((0, 0.5, 1))
    axes.yaxis.set_major_formatter(lambda value, _: percent(value))
    _empty(axes, rated, colours, "no ratings")


def _times(axes: Axes, spans: Sequence[_Span], colours: _Colours, title: str) -> None:
    from matplotlib.ticker import MaxNLocator

    middle = [(n, value) for n, span in enumerate(spans) if (value := span.time("first_word_s")) is not None]
    most = [(n, value) for n, span in enumerate(spans) if (value := span.time("first_word_p95_s")) is not None]
    _line(axes, middle, colours.time)
    _line(axes, most, colours.time, alpha=0.45, dashed=True)
    _frame(axes, colours, title)
    axes.set_ylim(0, max([value for _, value in most], default=1.0) * 1.15 or 1.0)
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g} s")
    if middle:
        note = "— half    - - 95 of 100 answers"
        axes.text(1, 1.09, note, transform=axes.transAxes, fontsize=9, color=colours.faint, ha="right", va="bottom")
    _empty(axes, middle, colours, "no answers")


def _line(
    axes: Axes, points: Sequence[tuple[int, float]], colour: str, *, alpha: float = 1, dashed: bool = False
) -> None:
    """Draw a line through neighbouring points; those that have none are dots."""
    runs: list[list[tuple[int, float]]] = []
    for point in points:
        if runs and runs[-1][-1][0] == point[0] - 1:
            runs[-1].append(point)
        else:
            runs.append([point])
    for run in runs:
        xs, ys = zip(*run, strict=True)
        if len(run) == 1:
            axes.plot(xs, ys, "o", markersize=3.5, color=colour, alpha=alpha, clip_on=False)
        else:
            axes.plot(xs, ys, linewidth=1.8, color=colour, alpha=alpha, linestyle="--" if dashed else "-")


def _frame(axes: Axes, colours: _Colours, title: str) -> None:
    axes.set_facecolor("none")
    beside = -_LABELS / axes.get_position().width
    axes.set_title(title, loc="left", x=beside, fontsize=11, weight="bold", color=colours.text, pad=8)
    axes.grid(axis="y", color=colours.grid, linewidth=1)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0, labelsize=9.5, labelcolor=colours.faint)


def _empty(axes: Axes, points: Sequence[Any], colours: _Colours, words: str) -> None:
    if not points:
        axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", fontsize=10, color=colours.faint)


def _dates(axes: Axes, spans: Sequence[_Span], *, short: bool) -> None:
    """Label so many of the days or weeks as there is room for."""
    most = 6 if short else 12
    step = max(1, -(-len(spans) // most))
    places = list(range(len(spans) - 1, -1, -step))[::-1]
    years = len({span.first.year for span in spans}) > 1 and len(spans) > 1
    labels = []
    for n, place in enumerate(places):
        day = spans[place].first
        turned = n == 0 or spans[places[n - 1]].first.year != day.year
        labels.append(f"{day.day} {day:%b}" + (f"\n{day.year}" if years and turned else ""))
    axes.set_xticks(places, labels)
    spare = max(0, _FEWEST - len(spans)) / 2
    axes.set_xlim(-0.6 - spare, len(spans) - 0.4 + spare)
