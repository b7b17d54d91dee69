"""The report of a check for people: in the terminal, as one HTML file, and as a few lines for the chat."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, StrictUndefined
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bot.beside import beside
from knowledge.check import YES_OR_NO, Age, CheckReport, Contradiction, Duplicate, Place, Statement, Subject
from knowledge.errors import FrontdeskError

_TEMPLATE = Path(__file__).parent / "check_report.html"
_KEPT = "check"
"""Name of the files of the last report, without their endings."""
_TITLE, _HEAD_CHARS = "<title>Documents checked on ", 1000
_SECTION = re.compile(r'<section aria-labelledby="unanswered">.*?</section>\n?', re.DOTALL)
_GROUP_BEGINS = "<!-- asked since "
_GROUP = re.compile(_GROUP_BEGINS + r"([^>]*) -->.*?<!-- asked -->\n?", re.DOTALL)
_QUESTIONS_OF_GROUP = re.compile(r"<h3>(\d+) × ")
_QUESTIONS = re.compile(r"[\d,]+ questions? (?=since )")
_COUNT = re.compile(r'<li><a href="#unanswered"><b>(\d+)</b>unanswered</a></li>\n?')
_HEADLINE = re.compile(r"(?<=<h1>)([\d,]+) pages? checked: ([\d,]+) things? needs? your attention\.")
_SHOWN = 20
"""Findings of each kind in the terminal; the other forms hold all of them."""
_BAR = 12
_AGES = {
    Age.EXPIRING: "ends on {day}, in {days}",
    Age.EXPIRED: "ended on {day}, {days} ago",
    Age.OLD: "last updated on {day}, {days} ago",
    Age.UPCOMING: "begins on {day}, in {days}",
}


class ReportNotWritten(FrontdeskError):
    """The report's file cannot be written."""


def number(count: int, one: str, many: str = "") -> str:
    """Return `1 page`, `2 pages`, `1,200 pages`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def place_name(place: Place) -> str:
    """Return `Returns › Time limits`."""
    return " › ".join(part for part in (place.title or place.document_id, *place.heading.split(" > ")) if part)


def scope_words(place: Place) -> str:
    """Return the scope in words, empty where nothing is limited."""
    parts = [
        f"{key.replace('_', ' ')}: {', '.join(value) if isinstance(value, list) else value}"
        for key, value in place.scope.as_mapping().items()
    ]
    return "; ".join(parts)


def age_words(dated: Any) -> str:
    return _AGES[dated.age].format(day=dated.day, days=number(abs(dated.days), "day"))


# ------------------------------------------------------------------ terminal


def terminal(report: CheckReport) -> RenderableType:
    """Return the report as Rich shows it; readable from 80 columns on."""
    parts: list[RenderableType] = [Text(headline(report), style="bold"), Text(_looked_at(report), style="dim")]
    parts += [Text(trouble, style="red") for trouble in report.troubles]
    for title, findings, advice, spaced in _sections(report):
        parts += ["", Rule(Text(title, style="bold"), align="left", style="dim")]
        if advice:
            parts.append(Text(advice, style="dim"))
        for place, finding in enumerate(findings[:_SHOWN]):
            parts += ["", finding] if spaced and place else [finding]
        if len(findings) > _SHOWN:
            parts.append(Text(f"… and {len(findings) - _SHOWN:,} more; --html or --json shows all.", style="dim"))
    return Group(*parts)


def headline(report: CheckReport) -> str:
    """Return the outcome in one sentence."""
    if not report.passages:
        return "There are no documents to check."
    return _headline(report.documents, report.findings)


def _headline(documents: int, findings: int) -> str:
    if not findings:
        return f"{number(documents, 'page')} checked: nothing needs your attention."
    needs = "thing needs" if findings == 1 else "things need"
    return f"{number(documents, 'page')} checked: {findings:,} {needs} your attention."


def _looked_at(report: CheckReport) -> str:
    asked = number(report.questions, "question")
    since = f" since {report.since}" if report.since else ""
    return f"{report.on}, index version {report.version}, {number(report.passages, 'passage')}, {asked}{since}"


def _sections(report: CheckReport) -> Iterator[tuple[str, list[RenderableType], str, bool]]:
    """Yield title, findings, advice on all of them, and whether they are told apart by a line, for what was found."""
    if report.contradictions:
        yield f"Contradictions ({len(report.contradictions)})", [*map(_contradiction, report.contradictions)], "", True
    if report.duplicates:
        yield f"Duplicates ({len(report.duplicates)})", [*map(_duplicate, report.duplicates)], "", True
    for age in Age:
        found = [one for one in report.dated if one.age is age]
        if found:
            lines: list[RenderableType] = [_bullet(_name(one.place).append(f"  {age_words(one)}")) for one in found]
            yield f"{age.capitalize()} ({len(found)})", lines, found[0].advice, False
    if report.unread:
        lacking: list[RenderableType] = [
            Group(_bullet(_name(one.place)), _indented(Text(one.what))) for one in report.unread
        ]
        yield f"Read only in part ({len(lacking)})", lacking, "What could not be read is not told to anybody.", False
    if report.warnings:
        sentences: list[RenderableType] = [_bullet(Text(one)) for one in report.warnings]
        yield f"Settings of the sources ({len(sentences)})", sentences, "", False
    if report.unanswered:
        title = f"Questions without an answer ({report.unanswered_questions})"
        groups: list[RenderableType] = []
        for group in report.unanswered:
            head = Text(f"{group.count}× ", style="bold yellow").append(group.name, style="default not bold")
            groups += [_bullet(head), _indented(Text(f"{', '.join(group.keywords)}; last on {group.last:%Y-%m-%d}"))]
        yield title, [Group(*groups[i : i + 2]) for i in range(0, len(groups), 2)], report.unanswered[0].advice, False
    if report.orphans:
        pages: list[RenderableType] = [_bullet(_name(one)) for one in report.orphans]
        yield (
            f"Pages that no question found since {report.since} ({len(pages)})",
            pages,
            "Keep what must be published; ask whether the rest is needed, or found under the words people use.",
            False,
        )
    if report.subjects:
        yield "Coverage by subject", [_coverage(report.subjects)], "", False


def _name(place: Place) -> Text:
    return Text(place_name(place), style="cyan").append(f"  {place.document_id}", style="dim")


def _bullet(text: Text) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_row("•", text)
    return table


def _indented(text: Text) -> RenderableType:
    text.stylize("dim")
    return Padding(text, (0, 0, 0, 2))


def _contradiction(one: Contradiction) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    if one.kind == YES_OR_NO:
        head = Text("yes or no?", style="bold")
    else:
        head = Text(f"{one.kind}: ", style="bold").append(one.first.value, style="red")
        head.append(" or ", style="not bold").append(one.second.value, style="red").append("?")
    table.add_row("•", head)
    for side in (one.first, one.second):
        table.add_row("", _name(side.place))
        table.add_row("", Text("“").append(_marked(one, side)).append("”" + _repeats(side)))
        if words := scope_words(side.place):
            table.add_row("", Text(words, style="dim"))
        if side.place.url:
            table.add_row("", Text(side.place.url, style="dim underline", overflow="fold"))
    table.add_row("", Text(one.advice, style="dim italic"))
    return table


def _marked(one: Contradiction, side: Statement) -> Text:
    before, value, after = _split(one, side)
    return Text(before).append(value, style="bold red").append(after)


def _repeats(side: Statement) -> str:
    return f" (and on {number(side.repeated, 'further page')})" if side.repeated else ""


def _duplicate(one: Duplicate) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_row("•", Text(f"{one.kind}, {one.similarity:.0%} the same", style="bold"))
    for place in one.places[:6]:
        table.add_row("", _name(place))
    if len(one.places) > 6:
        table.add_row("", Text(f"… and {len(one.places) - 6} more", style="dim"))
    table.add_row("", Text(f"“{one.quote}”"))
    table.add_row("", Text(one.advice, style="dim italic"))
    return table


def _coverage(subjects: Sequence[Subject]) -> RenderableType:
    table = Table(box=None, padding=(0, 1), header_style="dim", expand=True)
    table.add_column("Subject", ratio=1, overflow="ellipsis", no_wrap=True)
    for title in ("Pages", "Passages", "Questions"):
        table.add_column(title, justify="right", width=len(title))
    table.add_column("Answered", width=_BAR + 5)
    for one in subjects:
        share = one.answered / one.questions if one.questions else 0
        full = round(share * _BAR)
        bar = Text("█" * full, style="green").append("░" * (_BAR - full), style="red" if one.questions else "dim")
        bar.append(f" {share:4.0%}" if one.questions else "   –", style="default")
        table.add_row(one.name, f"{one.documents}", f"{one.passages}", f"{one.questions}", bar)
    return table


# ------------------------------------------------------------------ HTML


def html(report: CheckReport) -> str:
    """Return the whole report as one HTML page that needs nothing from outside."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"number": number, "link": _link, "name": place_name, "scope": scope_words, "age": age_words}
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        report=report,
        headline=headline(report),
        looked_at=_looked_at(report),
        ages=[(age, [one for one in report.dated if one.age is age]) for age in Age],
        plot=_plot(report.subjects),
        split=_split,
        yes_or_no=YES_OR_NO,
    )


def _link(url: str) -> str:
    """Return a web address, nothing for what a browser might execute or for what is no address."""
    with contextlib.suppress(ValueError):  # a page may give whatever it likes
        return url if urlsplit(url).scheme in {"http", "https"} else ""
    return ""


def _split(one: Contradiction, side: Statement) -> tuple[str, str, str]:
    """Return a quote before, at and after the words that differ; whole where a yes or no has no words of its own."""
    if one.kind == YES_OR_NO:
        return side.quote, "", ""
    before, value, after = side.quote.partition(side.value)
    return before, value, after


def _plot(subjects: Sequence[Subject]) -> list[dict[str, Any]]:
    """Return for each subject the widths (in percent) of its bars: passages, answered and unanswered questions."""
    passages = max((one.passages for one in subjects), default=0) or 1
    questions = max((one.questions for one in subjects), default=0) or 1
    return [
        {
            "subject": one,
            "passages": 100 * one.passages / passages,
            "answered": 100 * one.answered / questions,
            "unanswered": 100 * (one.questions - one.answered) / questions,
        }
        for one in subjects
    ]


def write_html(report: CheckReport, path: Path) -> None:
    """Write the HTML report in one step. Raises ReportNotWritten."""
    _write(path, html(report))


def keep(report: CheckReport, folder: Path) -> Path:
    """Write the report into `folder` as check.html and check.json, in place of the last one; return the HTML file.

    Raises ReportNotWritten.
    """
    with contextlib.suppress(OSError):  # told by the writing
        folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_KEPT}.html"
    _write(path, html(report))
    _write(path.with_suffix(".json"), _as_text(report.as_json()))
    return path


def forget(folder: Path, before: datetime | None = None) -> None:
    """Take the groups of questions out of every report in a folder and those within it.

    With `before`, only those of which one was asked earlier. Reports kept elsewhere are not known. Raises
    ReportNotWritten for the first that cannot be read or written; the others are gone through all the same.
    """
    troubles: list[ReportNotWritten] = []
    for path in _perhaps_reports(folder):
        try:
            _forget_in(path, before)
        except ReportNotWritten as error:
            troubles.append(error)
        except FileNotFoundError:  # it is gone meanwhile
            continue
        except OSError as error:
            troubles.append(ReportNotWritten(f"{path} cannot be read: {error.strerror}.", "Delete it."))
    if troubles:
        raise troubles[0]


def _perhaps_reports(folder: Path) -> Iterator[Path]:
    """Yield the files whose names a report may have; folders that vanish meanwhile are passed over."""
    for place, _, names in os.walk(folder):
        for name in names:
            if ".htm" in name.lower() or name == f"{_KEPT}.json":
                yield Path(place, name)


def _forget_in(path: Path, before: datetime | None) -> None:
    if not path.is_file():  # a pipe, say, or a link to nothing
        return
    is_json = path.suffix == ".json"
    with path.open(encoding="utf-8", errors="replace") as file:
        text = file.read(_HEAD_CHARS)
        if not is_json and _TITLE not in text:  # something else than a report
            return
        text += file.read()
    kept = (_json_without if is_json else _html_without)(text, before)
    if kept != text:
        _write(path, kept)


def _html_without(text: str, before: datetime | None) -> str:
    section = _SECTION.search(text)
    if section is None:
        return text
    kept = _GROUP.sub(lambda group: group[0] if _asked_since(group[1], before) else "", section[0])
    # None is left, or a version before did not say when they were asked.
    kept = kept if _GROUP_BEGINS in kept else ""
    counts, left = ([int(count) for count in _QUESTIONS_OF_GROUP.findall(one)] for one in (section[0], kept))
    fewer = sum(counts) - sum(left)
    head = text[: section.start()]
    if count := _COUNT.search(head):
        questions = int(count[1]) - fewer
        head = head.replace(count[0], count[0].replace(count[1], str(questions)) if kept else "")
        kept = _QUESTIONS.sub(number(questions, "question") + " ", kept, count=1)
    if found := _HEADLINE.search(head):
        pages, findings = (int(one.replace(",", "")) for one in found.groups())
        head = head.replace(found[0], _headline(pages, findings - len(counts) + len(left)))
    return head + kept + text[section.end() :]


def _json_without(text: str, before: datetime | None) -> str:
    try:
        report = json.loads(text)
    except ValueError:
        report = None
    if not isinstance(report, dict) or not isinstance(groups := report.get("unanswered"), list):
        return text  # something else than a report
    kept = [one for one in groups if isinstance(one, dict) and _asked_since(one.get("first"), before)]
    if kept == groups:
        return text
    counts, left = ([one["count"] for one in each if _counts(one, "count")] for each in (groups, kept))
    report = _less(report | {"unanswered": kept}, "findings", len(groups) - len(kept))
    questions = _less(report.get("questions"), "unanswered", sum(counts) - sum(left))
    return _as_text(report | {"questions": questions})


def _less(value: Any, key: str, fewer: int) -> Any:
    """Return a mapping with one of its counts reduced; what holds no such count as it is."""
    return value | {key: value[key] - fewer} if _counts(value, key) else value


def _counts(value: Any, key: str) -> bool:
    return isinstance(value, dict) and isinstance(value.get(key), int)


def _asked_since(first: Any, before: datetime | None) -> bool:
    """Return whether the first question of a group was asked since then; a time that cannot be read is long ago."""
    try:
        return before is not None and datetime.fromisoformat(first) >= before
    except (TypeError, ValueError):
        return False


def _as_text(report: dict[str, Any]) -> str:
    return json.dumps(report, ensure_ascii=False, indent=2)


def check_place(path: Path) -> None:
    """Raise ReportNotWritten where no report can be written to `path`; to be asked before the work."""
    with _telling(path):
        temporary = beside(path, "part")
        temporary.touch(mode=0o600)
        temporary.unlink()


def _write(path: Path, text: str) -> None:
    with _telling(path):
        temporary = beside(path, "part")
        # Questions of people stand in it, so it is for this user alone.
        temporary.touch(mode=0o600)
        temporary.write_text(text, encoding="utf-8", errors="replace")
        temporary.replace(path)


@contextlib.contextmanager
def _telling(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ReportNotWritten(
            f"{path} cannot be written: {error.strerror}.", "Name a file in a folder that exists and may be written."
        ) from error


# ------------------------------------------------------------------ chat


def summary(report: CheckReport) -> str:
    """Return the outcome in a few lines of Markdown, for the admins' chat; no question is quoted."""
    lines = [f"**Documents:** {headline(report)}"]
    for count, one, many in (
        (len(report.contradictions), "contradiction", "contradictions"),
        (len(report.duplicates), "duplicate", "duplicates"),
        *((sum(dated.age is age for dated in report.dated), f"page {age}", f"pages {age}") for age in list(Age)[:2]),
        (sum(dated.age is Age.OLD for dated in report.dated), f"page {Age.OLD}", f"pages {Age.OLD}"),
        (len(report.unread), "page read only in part", "pages read only in part"),
        (len(report.orphans or ()), "page that no question found", "pages that no question found"),
    ):
        if count:
            lines.append(f"- {number(count, one, many)}")
    if report.unanswered:
        groups = number(len(report.unanswered), "subject")
        lines.append(f"- {number(report.unanswered_questions, 'question')} without an answer, on {groups}")
    for contradiction in report.contradictions[:3]:
        pages = f"{_plain(contradiction.first.place.title)} and {_plain(contradiction.second.place.title)}"
        values = " or ".join(_plain(side.value) for side in (contradiction.first, contradiction.second))
        lines.append(f"- {pages}: {values}?")
    lines += [f"- {_plain(sentence)}" for sentence in (*report.warnings, *report.troubles)]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>~|#" else char for char in " ".join(text.split()))
