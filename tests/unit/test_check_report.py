"""The report of a check can be read by people, everywhere, and runs nothing."""

import json
import os
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from adapters import cli
from adapters.check_report import ReportNotWritten, check_place, forget, html, keep, summary, terminal, write_html
from bot.storage.database import Database, DatabaseBusy
from knowledge.check import (
    YES_OR_NO,
    Age,
    CheckReport,
    Contradiction,
    Dated,
    Duplicate,
    DuplicateKind,
    Place,
    Statement,
    Subject,
    UnansweredGroup,
    Unread,
)
from knowledge.documents import Scope
from tests.command import run_here

EVIL = "<script>alert(1)</script>"
WHEN = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def place(title: str, url: str = "", heading: str = "") -> Place:
    return Place(f"{title}.md", title, url, "handbook", Scope(region=("eu",)), heading, f"{title}.md#0")


REPORT = CheckReport(
    version=7,
    on=date(2026, 11, 21),
    documents=20,
    passages=107,
    questions=318,
    since=date(2026, 8, 23),
    contradictions=(
        Contradiction(
            "duration",
            Statement(place("Returns", "https://help.example/returns"), "Return it within 30 days.", "30 days"),
            Statement(place(EVIL, "javascript:alert(1)"), f"Return {EVIL} within 14 days.", "14 days", 2),
            0.9,
        ),
        Contradiction(
            YES_OR_NO,
            Statement(place("Gifts"), "Norway gift cards are not refundable.", "no"),
            Statement(place("Terms"), "Norway gift cards are refundable.", "yes"),
            0.8,
        ),
    ),
    duplicates=(Duplicate(DuplicateKind.VERSIONS, (place("A 2025"), place("A")), f"Orders {EVIL}", 0.87),),
    dated=(Dated(Age.EXPIRED, place("Winter"), date(2026, 1, 31), -294),),
    orphans=(place(f"Fax {EVIL}"),),
    unanswered=(UnansweredGroup(f"Bitcoin {EVIL}?", ("bitcoin", EVIL), 7, WHEN, ((f"Bitcoin {EVIL}?", WHEN),) * 2),),
    unanswered_questions=7,
    subjects=(Subject(f"Returns {EVIL}", ("label",), 3, 40, 20, 9), Subject("Privacy", (), 1, 5, 0, 0)),
    unread=(Unread(place("Prices"), f"One cell ({EVIL}!C2) has a formula without a result."),),
    troubles=(f"The check of {EVIL} failed.",),
)
EMPTY = CheckReport(version=1, on=date(2026, 11, 21), documents=20, passages=107, questions=0, since=None)


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "rect"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "rect":
            assert self.open.pop() == tag


def shown(report: CheckReport, width: int) -> str:
    out = StringIO()
    Console(file=out, width=width, color_system=None).print(terminal(report))
    return out.getvalue()


def test_nothing_from_documents_or_questions_runs_in_the_page() -> None:
    page = Page(html(REPORT))
    names = {tag for tag, _ in page.tags}
    assert names.isdisjoint({"script", "img", "link", "iframe", "object", "form"})
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    assert "https://help.example/returns" in links
    assert all(link and link.startswith(("https://", "#")) for link in links)


@pytest.mark.parametrize("url", ["http://[bad", "https://help.example]/x", "http://[::1"])
def test_what_is_no_address_is_no_link_and_stops_no_report(url: str) -> None:
    (first, *_) = REPORT.contradictions
    malformed = replace(first, first=replace(first.first, place=place("Returns", url)))
    page = Page(html(replace(REPORT, contradictions=(malformed,))))
    assert all((attributes["href"] or "").startswith("#") for tag, attributes in page.tags if tag == "a")


def test_the_page_is_whole_and_needs_nothing_from_outside() -> None:
    text = html(REPORT)
    page = Page(text)
    assert page.open == []
    assert not re.search(r"url\(|@import|src=", text)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    targets = [str(attributes["href"])[1:] for tag, attributes in page.tags if tag == "a" and attributes["href"]]
    assert {one for one in targets if not one.startswith("ttps:")} <= set(ids)


def test_the_plot_says_in_words_what_it_shows() -> None:
    plots = [attributes for tag, attributes in Page(html(REPORT)).tags if tag == "svg"]
    assert [one["aria-label"] for one in plots] == [
        "40 passages, 9 of 20 questions answered",
        "5 passages, 0 of 0 questions answered",
    ]


def test_only_the_words_that_differ_are_marked() -> None:
    text = html(REPORT)
    assert "Return it within <mark>30 days</mark>." in text
    assert "Norway gift cards are not refundable." in text
    assert "&lt;/script&gt;!C2) has a formula without a result." in text


@pytest.mark.parametrize("width", [80, 120])
def test_the_terminal_shows_every_kind_of_finding_within_its_width(width: int) -> None:
    text = shown(REPORT, width)
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    for words in (
        "7 things need your attention",
        "Return it within 30 days.",
        "yes or no?",
        "versions of one page, 87%",
        "ended on 2026-01-31, 294 days ago",
        "Read only in part (1)",
        "has a formula without a",
        "7× Bitcoin",
        "Fax",
        "45%",
    ):
        assert words in text


def test_a_clean_bill_of_health_is_one_sentence() -> None:
    assert "20 pages checked: nothing needs your attention." in shown(EMPTY, 80)
    assert "nothing needs your attention" in html(EMPTY)
    assert summary(EMPTY) == "**Documents:** 20 pages checked: nothing needs your attention."


def test_the_chat_gets_counts_and_no_question() -> None:
    text = summary(REPORT)
    assert "2 contradictions" in text
    assert "1 page read only in part" in text
    assert "7 questions without an answer, on 1 subject" in text
    assert "Bitcoin" not in text
    assert "\\<script\\>" in text


def test_everything_is_json() -> None:
    value = json.loads(json.dumps(REPORT.as_json()))
    assert value["findings"] == 7
    assert value["contradictions"][0]["first"]["value"] == "30 days"
    assert value["dated"][0]["days"] == -294
    assert value["unread"][0]["document_id"] == "Prices.md" and "formula" in value["unread"][0]["what"]


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReportNotWritten, match="cannot be written"):
        write_html(REPORT, tmp_path / "missing" / "report.html")
    write_html(REPORT, tmp_path / "report.html")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize("name", [".", "..", "folder", "missing/report.html"])
def test_a_place_where_no_report_can_be_is_told_before_the_work(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "frontdesk.toml").touch()
    monkeypatch.chdir(tmp_path)
    for refused in (check_place, partial(write_html, REPORT)):
        with pytest.raises(ReportNotWritten, match=r"cannot be written: (Is a directory|No such file or directory)"):
            refused(Path(name))
    done = run_here("knowledge", "check", "--html", name)
    assert done.returncode == 1 and "cannot be written" in done.stderr
    check_place(tmp_path / "report.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "frontdesk.toml"]


def test_a_report_outlasts_a_database_that_is_busy_when_it_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "frontdesk.toml").write_text('data_dir = "data"')
    monkeypatch.chdir(tmp_path)
    migrate, opened = Database.migrate, []

    async def busy_the_second_time(self: Database) -> None:
        opened.append(1)
        if len(opened) == 2:
            raise DatabaseBusy("It is locked.", "")
        await migrate(self)

    monkeypatch.setattr(Database, "migrate", busy_the_second_time)
    monkeypatch.setattr("adapters.wiring.check_job", lambda settings, asked: lambda show: EMPTY)
    done = CliRunner().invoke(cli.app, ["knowledge", "check", "--json"])
    assert done.exit_code == 0, done.exception
    assert len(opened) == 3


def test_the_kept_report_is_for_its_owner_alone_and_replaces_the_last(tmp_path: Path) -> None:
    keep(EMPTY, tmp_path / "reports")
    path = keep(REPORT, tmp_path / "reports")
    assert sorted(one.name for one in path.parent.iterdir()) == ["check.html", "check.json"]
    assert json.loads(path.with_suffix(".json").read_text()) == json.loads(json.dumps(REPORT.as_json()))
    assert {one.stat().st_mode & 0o077 for one in path.parent.iterdir()} == {0}


def _asked(text: str, first: datetime | None) -> UnansweredGroup:
    return UnansweredGroup(text, ("word",), 1, WHEN, ((text, WHEN),), first)


def _holding(folder: Path, words: str) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and words in path.read_text())


def test_questions_that_are_forgotten_stand_in_no_report_any_more(tmp_path: Path) -> None:
    report = replace(REPORT, unanswered=(_asked("Why was my epilepsy claim refused?", WHEN),))
    keep(report, tmp_path / "reports")
    write_html(report, tmp_path / "mine.html")
    page = "<html><title>Epilepsy</title> epilepsy <!-- asked since  -->x<!-- asked --></html>"
    (tmp_path / "page.html").write_text(page)
    assert _holding(tmp_path, "epilepsy") == ["check.html", "check.json", "mine.html", "page.html"]
    forget(tmp_path)
    assert _holding(tmp_path, "epilepsy") == ["page.html"], "which is a document of somebody's"
    assert _holding(tmp_path, "epilepsy <!-- asked since  -->x<!-- asked -->") == ["page.html"]
    assert _holding(tmp_path, "Returns") == ["check.html", "check.json", "mine.html"], "what else was found stays"
    assert json.loads((tmp_path / "reports" / "check.json").read_text())["unanswered"] == []


def test_only_groups_with_a_question_from_before_go_where_a_time_is_given(tmp_path: Path) -> None:
    old, new = _asked("the old one", WHEN - 40 * DAY), _asked("the new one", WHEN)
    keep(replace(REPORT, unanswered=(old, _asked("an undated one", None), new)), tmp_path)
    forget(tmp_path, WHEN - 30 * DAY)
    assert _holding(tmp_path, "the old one") == _holding(tmp_path, "an undated one") == []
    assert _holding(tmp_path, "the new one") == ["check.html", "check.json"]
    before = (tmp_path / "check.html").stat().st_mtime_ns
    forget(tmp_path, WHEN - 30 * DAY)
    assert (tmp_path / "check.html").stat().st_mtime_ns == before, "nothing is written for nothing"


def test_a_report_from_before_groups_said_when_loses_them_all(tmp_path: Path) -> None:
    keep(replace(REPORT, unanswered=(_asked("the old one", WHEN),)), tmp_path)
    path = tmp_path / "check.html"
    path.write_text(re.sub(r"<!-- asked.*? -->\n", "", path.read_text()))
    (tmp_path / "check.json").unlink()
    forget(tmp_path, WHEN - 30 * DAY)
    assert _holding(tmp_path, "the old one") == []
    assert _holding(tmp_path, "Pages that no question found") == ["check.html"]


def test_what_is_no_file_or_no_report_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "sources" / "a.html").mkdir(parents=True)
    (tmp_path / "check.json").mkdir()
    (tmp_path / "b.html").symlink_to(tmp_path / "nowhere.html")
    os.mkfifo(tmp_path / "c.html")
    keep(REPORT, tmp_path / "reports")
    forget(tmp_path)
    assert json.loads((tmp_path / "reports" / "check.json").read_text())["unanswered"] == []


def test_a_document_is_read_only_as_far_as_tells_that_it_is_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []

    class Watched(StringIO):
        def read(self, size: int | None = -1) -> str:
            sizes.append(size)
            return super().read(size)

    (tmp_path / "page.html").touch()
    monkeypatch.setattr(Path, "open", lambda *_, **__: Watched("<title>Returns</title>" + "x" * 10_000))
    forget(tmp_path)
    assert sizes and all(size and 0 < size < 10_000 for size in sizes)


def test_what_is_gone_before_it_is_read_needs_no_forgetting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def gone(path: Path, *_: object, **__: object) -> None:
        tried.append(path)
        raise FileNotFoundError

    (tmp_path / "page.html").touch()
    monkeypatch.setattr(Path, "open", gone)
    forget(tmp_path)
    assert tried == [tmp_path / "page.html"]


def test_a_file_that_cannot_be_opened_may_be_a_report_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "page.html").touch()
    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(ReportNotWritten, match=r"page.html cannot be read: Permission denied"):
        forget(tmp_path)


@pytest.mark.parametrize("mark", ["x", "2026-11-20T12:00:00", "", "20 November"])
@pytest.mark.parametrize("ending", [".html", ".json"])
def test_a_group_whose_time_cannot_be_read_counts_as_old(tmp_path: Path, mark: str, ending: str) -> None:
    keep(replace(REPORT, unanswered=(_asked("the damaged one", WHEN), _asked("the new one", WHEN + DAY))), tmp_path)
    path = (tmp_path / "check").with_suffix(ending)
    path.write_text(path.read_text().replace(WHEN.isoformat(), mark, 1))
    forget(tmp_path, WHEN - 30 * DAY)
    assert "the damaged one" not in path.read_text()
    assert "the new one" in path.read_text()


@pytest.mark.parametrize("group", ["the damaged one", None, {"count": "many"}, {"name": "one", "first": 7}])
def test_a_damaged_group_of_the_kept_report_counts_as_old(tmp_path: Path, group: object) -> None:
    path = tmp_path / "check.json"
    path.write_text(json.dumps(REPORT.as_json() | {"unanswered": [group]}))
    forget(tmp_path, WHEN)
    assert json.loads(path.read_text())["unanswered"] == []


@pytest.mark.parametrize("marked", [True, False])
def test_a_report_counts_nothing_that_is_forgotten(tmp_path: Path, marked: bool) -> None:
    left = replace(REPORT, unanswered=(), unanswered_questions=0)
    path = keep(REPORT, tmp_path)
    if not marked:  # as a version before wrote it
        path.write_text(re.sub(r"<!-- asked.*? -->\n", "", path.read_text()))
    forget(tmp_path)
    assert _text(path.read_text()) == _text(html(left))
    assert json.loads(path.with_suffix(".json").read_text()) == json.loads(json.dumps(left.as_json()))
    Page(path.read_text())


def test_a_report_counts_what_is_left_of_it(tmp_path: Path) -> None:
    old, new = replace(_asked("old", WHEN - 40 * DAY), count=1200), replace(_asked("new", WHEN), count=30)
    report = replace(REPORT, unanswered=(new, old), unanswered_questions=1230)
    path = keep(report, tmp_path)
    assert "1,230 questions since" in path.read_text()
    forget(tmp_path, WHEN - 30 * DAY)
    left = replace(report, unanswered=(new,), unanswered_questions=30)
    assert _text(path.read_text()) == _text(html(left))
    assert json.loads(path.with_suffix(".json").read_text()) == json.loads(json.dumps(left.as_json()))


def test_a_report_whose_only_finding_is_forgotten_needs_no_attention(tmp_path: Path) -> None:
    path = keep(replace(EMPTY, unanswered=REPORT.unanswered, unanswered_questions=7), tmp_path)
    assert "1 thing needs your attention" in path.read_text()
    forget(tmp_path)
    assert _text(path.read_text()) == _text(html(EMPTY))


def _text(page: str) -> str:
    return " ".join(page.split())
