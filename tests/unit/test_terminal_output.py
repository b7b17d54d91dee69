"""What is printed in the terminal stands there as it was written: brackets and colons are no markup."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from time import sleep
from typing import cast

import pytest
from click.testing import Result
from rich.console import Group, RenderableType
from rich.live import Live
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.progress import Progress
from rich.rule import Rule
from rich.table import Table
from rich.text import Text
from typer.testing import CliRunner

from adapters import cli, console, doctor, terminal, wiring
from adapters.doctor import Finding
from adapters.terminal import TerminalPlatform, TerminalReply, chat
from bot.desk import Desk
from bot.messages import Answer, Status
from bot.settings import Settings
from knowledge.documents import Scope, Skipped
from knowledge.errors import FrontdeskError
from knowledge.reindex import ReindexReport
from tests.processes import interruptible

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = "'frontdesk[postgresql]' [/models/x] [bold] :warning: [[sources]]"


@pytest.mark.parametrize("where", [console.out, console.err], ids=["out", "err"])
def test_words_that_look_like_markup_are_printed_as_they_are(where: console.Console) -> None:
    table = Table()
    table.add_column(WRITTEN, no_wrap=True)
    table.add_row(WRITTEN)
    with where.capture() as said:
        where.print(WRITTEN, soft_wrap=True)
        where.print(table)
    assert said.get().count(WRITTEN) == 3


def test_a_stage_that_looks_like_markup_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    get_renderable = Progress.get_renderable

    def look(self: Progress) -> object:
        with console.out.capture() as said:
            console.out.print(get_renderable(self), width=120)
        shown.append(said.get())
        return get_renderable(self)

    monkeypatch.setattr(Progress, "get_renderable", look)
    monkeypatch.setattr(console, "err", console.Console(force_terminal=True, file=io.StringIO()))
    with console.bar() as show:
        show("reading [/policies]", 1, 2)
    assert "reading [/policies]" in shown[-1]


Findings = Callable[..., AsyncIterator[Finding]]


@pytest.fixture
def doctor_finds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Findings], Result]:
    """Run `frontdesk doctor` with the findings of a function in place of its own."""

    def run(findings: Findings) -> Result:
        monkeypatch.setattr(doctor, "examine", findings)
        config = tmp_path / "frontdesk.toml"
        config.touch()
        return CliRunner().invoke(cli.app, ["--config", str(config), "doctor"])

    return run


def test_doctor_shows_what_to_do_as_it_is_written(doctor_finds: Callable[[Findings], Result]) -> None:
    async def examine(*_: object) -> AsyncIterator[Finding]:
        yield Finding("sources", False, "No source is set.", "Add a [[knowledge.sources]] block.")
        yield Finding("model", False, "model.path [/models/x] is no file.")

    done = doctor_finds(examine)
    assert done.exit_code == 1
    assert "Add a [[knowledge.sources]] block." in done.output and "model.path [/models/x] is no file." in done.output


def test_doctor_tells_each_finding_before_it_looks_for_the_next(
    monkeypatch: pytest.MonkeyPatch, doctor_finds: Callable[[Findings], Result]
) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(cli, "out", console.Console(file=shown))

    async def examine(settings: Settings, tell: Callable[[str], None], _: object) -> AsyncIterator[Finding]:
        assert "They can be read." in shown.getvalue()
        tell("It takes long.")
        yield Finding("sources", True, "policies (folder)")
        assert "policies (folder)" in shown.getvalue()
        yield Finding("model", True, "It loads.")

    done = doctor_finds(examine)
    assert done.exit_code == 0
    assert done.stderr == "It takes long.\n"


async def test_doctor_tells_what_it_looks_at_and_that_it_measures_the_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[str] = []

    @contextmanager
    def busy(what: str) -> Iterator[None]:
        told.append(f"{what}: begins")
        yield
        told.append(f"{what}: is done")

    def prepared_model(settings: Settings, progress: Callable[[str], None]) -> None:
        progress("Measuring which form is fastest.")
        raise FrontdeskError("The disk is full.")

    monkeypatch.setattr(wiring, "prepared_model", prepared_model)
    async for finding in doctor.examine(Settings(data_dir=tmp_path), told.append, busy):
        if finding.check == "model":
            break
    assert finding == Finding("model", False, "The disk is full.")
    assert told[-3:] == ["model: begins", "Measuring which form is fastest.", "model: is done"]


@pytest.mark.parametrize("terminal", [True, False])
def test_what_is_looked_at_is_shown_at_a_terminal_only(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(console, "err", console.Console(force_terminal=terminal, file=shown))
    with console.busy("model [server]"):
        pass
    assert ("model [server]" in shown.getvalue()) is terminal
    assert terminal or not shown.getvalue()


INVITE = f"https://discord.com/oauth2/authorize?client_id={'9' * 18}&scope=bot+applications.commands&permissions=1"
LONG = f"Signed in as frontdesk, which is known in every one of the many servers. Invite it with {INVITE}"


def test_doctor_says_that_there_is_no_settings_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def examine(*_: object) -> AsyncIterator[Finding]:
        yield Finding("sources", True, "All is well.")

    monkeypatch.setattr(doctor, "examine", examine)
    monkeypatch.setattr(console.out, "_width", 500)
    monkeypatch.chdir(tmp_path)
    (path := tmp_path / "frontdesk.toml").touch()
    assert "They can be read." in CliRunner().invoke(cli.app, ["doctor"]).stdout
    path.unlink()
    assert f"There is no frontdesk.toml in {tmp_path}" in CliRunner().invoke(cli.app, ["doctor"]).stdout


def test_doctor_breaks_no_line_where_no_terminal_is(doctor_finds: Callable[[Findings], Result]) -> None:
    async def examine(*_: object) -> AsyncIterator[Finding]:
        yield Finding("discord", False, "A sentence of many words. " * 5 + ".", "Then say hello.")

    lines = doctor_finds(examine).output.splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "ok settings They can be read.",
        f"no discord {'A sentence of many words. ' * 5}. Then say hello.",
    ]


def test_doctor_breaks_sentences_but_no_link_at_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch, doctor_finds: Callable[[Findings], Result]
) -> None:
    async def examine(*_: object) -> AsyncIterator[Finding]:
        yield Finding("sources", True, "A sentence of many words. " * 5)
        yield Finding("discord", True, LONG)

    shown = io.StringIO()
    monkeypatch.setattr(cli, "out", console.Console(force_terminal=True, color_system=None, width=60, file=shown))
    doctor_finds(examine)
    sentence, _, link = shown.getvalue().partition("ok discord")
    assert max(map(len, sentence.splitlines())) <= 60
    assert INVITE in link


PATH = "/".join(["", *["a-folder-with-a-long-name"] * 8, "policies.pdf"])
SENTENCE = f"One of the words of {PATH} is what a script looks for, and it stands in the middle of this line."


def columns(*rows: tuple[str, str], grid: bool = False) -> Table:
    table = Table.grid(padding=(0, 1)) if grid else Table("name", "document")
    for row in rows:
        table.add_row(*row)
    return table


def filling(name: str) -> Table:
    """Return a table that takes all the width there is, and cuts names."""
    table = Table(box=None, expand=True)
    table.add_column("subject", ratio=1, overflow="ellipsis", no_wrap=True)
    table.add_column("pages", width=5)
    table.add_row(name, "3")
    return table


def printed(*shown: RenderableType, terminal: bool = False) -> list[str]:
    written = io.StringIO()
    console.Console(file=written, force_terminal=terminal, color_system=None, width=80).print(*shown)
    return written.getvalue().splitlines()


@pytest.mark.parametrize(
    "shown",
    [
        SENTENCE,
        Text(SENTENCE),
        Padding(Text(SENTENCE), (0, 0, 0, 2)),
        columns(("•", SENTENCE), grid=True),
        columns((SENTENCE, "short"), ("short", SENTENCE)),
        filling(SENTENCE),
        Panel(SENTENCE),
        Panel(Text("short"), title=SENTENCE),
        Markdown(SENTENCE),
        Markdown(f"# {SENTENCE}"),
        Markdown(f"- short\n- {SENTENCE}\n   1. {SENTENCE}"),
        Markdown(f"> {SENTENCE}"),
        Markdown(f"| a | b |\n|---|---|\n| {PATH} | short |\n| short | {SENTENCE} |"),
        Group(Text("short"), Group(Panel(Text(SENTENCE)))),
    ],
    ids=lambda shown: type(shown).__name__,
)
def test_no_line_is_broken_or_cut_where_no_terminal_is(shown: RenderableType) -> None:
    lines = printed(shown)
    assert any(SENTENCE in line for line in lines)
    assert not any(line != line.rstrip() for line in lines)
    assert max(map(len, printed(shown, terminal=True))) <= 80


def test_rows_stay_in_their_columns_where_no_terminal_is() -> None:
    table = columns(("one", PATH), (SENTENCE, "two"))
    table.add_row("three", "four")
    start = {line.index(word) for line in printed(table) for word in (PATH, "two", "four") if line.find(word) > 90}
    assert len(start) == 1


def test_rules_grow_with_no_long_line_beside_them_and_boxes_are_left_out() -> None:
    box = Panel("text", title="Returns", subtitle="1 of 2")
    lines = printed(Group(Rule("Duplicates", align="left"), columns(("•", SENTENCE), grid=True), box))
    assert lines[0].startswith("Duplicates ─") and len(lines[0]) == 80
    assert lines[1:] == [f"• {SENTENCE}", "Returns", "text", "1 of 2"]
    ruled = printed(Markdown(f"# Evaluation\n\n{SENTENCE}\n\n---\n"))
    assert ruled[0] == "Evaluation"
    assert [len(line) for line in ruled if set(line) == {"-"}] == [80]


async def test_an_answer_in_the_terminals_place_is_whole_where_no_terminal_is() -> None:
    written = io.StringIO()
    platform = TerminalPlatform(console.Console(file=written))
    reply = TerminalReply(platform, "en")
    await reply.update("One of")
    await reply.finish(Answer(Status.ANSWERED, SENTENCE), 1)
    assert written.getvalue() == f"{SENTENCE}\n"


def test_a_chat_ends_though_nothing_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    late = Timer(10, os.write, (writing, b"/quit\n"))
    late.start()

    async def talk() -> None:
        platform = TerminalPlatform(console.Console(file=io.StringIO()))
        talking = asyncio.create_task(chat(cast(Desk, None), platform, Scope()))
        await asyncio.sleep(0.2)
        talking.cancel()
        await asyncio.wait({talking})

    with os.fdopen(reading) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        asyncio.run(talk())
        ended_by_itself = late.is_alive()
        late.cancel()
        os.write(writing, b"\n")  # ends the thread that reads
    os.close(writing)
    assert ended_by_itself


@pytest.mark.parametrize("typed", [b"/new\n\n/new", b"/new\n/new\n/quit\n+\n"])
def test_a_chat_reads_line_by_line_to_the_end(monkeypatch: pytest.MonkeyPatch, typed: bytes) -> None:
    reading, writing = os.pipe()
    os.write(writing, typed)
    os.close(writing)
    shown = io.StringIO()
    with os.fdopen(reading) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        asyncio.run(chat(cast(Desk, None), TerminalPlatform(console.Console(file=shown)), Scope()))
    assert shown.getvalue().count("A new conversation.") == 2


def test_a_byte_that_is_no_text_stops_no_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"/new\ncaf\xe9\n/new\n")
    os.close(writing)
    asked: list[str] = []

    async def ask(desk: Desk, platform: TerminalPlatform, text: str, thread: str, scope: Scope) -> None:
        asked.append(text)

    monkeypatch.setattr(terminal, "ask", ask)
    shown = io.StringIO()
    with os.fdopen(reading, encoding="utf-8", errors="strict") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        talking = chat(cast(Desk, None), TerminalPlatform(console.Console(file=shown)), Scope())
        asyncio.run(asyncio.wait_for(talking, 20))
    assert asked == ["caf\ufffd"]
    assert shown.getvalue().count("A new conversation.") == 2


def test_what_goes_wrong_while_a_line_is_read_ends_the_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> str:
        raise OSError("the terminal is gone")

    platform = TerminalPlatform(console.Console(file=io.StringIO()))
    monkeypatch.setattr(platform.console, "input", broken)
    with Path(os.devnull).open() as stdin, pytest.raises(OSError, match="the terminal is gone"):
        monkeypatch.setattr(sys, "stdin", stdin)
        asyncio.run(asyncio.wait_for(chat(cast(Desk, None), platform, Scope()), 20))


def test_a_closed_standard_input_is_the_end_of_a_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    shown = io.StringIO()
    asyncio.run(chat(cast(Desk, None), TerminalPlatform(console.Console(file=shown)), Scope()))
    assert shown.getvalue().count("You:") <= 1
    assert "Ask a question" in shown.getvalue()


TALKS = """
import asyncio
from adapters import console, terminal
from knowledge.documents import Scope
try:
    asyncio.run(terminal.chat(None, terminal.TerminalPlatform(console.out), Scope()))
except KeyboardInterrupt:
    raise SystemExit(130)
"""


def test_ctrl_c_ends_a_chat_whose_answers_go_into_a_pipe() -> None:
    master, slave = pty.openpty()
    with interruptible():
        talking = subprocess.Popen([sys.executable, "-c", TALKS], cwd=ROOT, stdin=slave, stdout=subprocess.PIPE)
    os.close(slave)
    with talking:
        assert talking.stdout
        while b"You: " not in os.read(talking.stdout.fileno(), 4096):
            pass
        sleep(0.3)  # the reading begins after the prompt
        talking.send_signal(signal.SIGINT)
        try:
            assert talking.wait(60) == 130
        finally:
            talking.kill()
    os.close(master)


ORDERS = "\x00\x07\x08\x0d\x1b\x7f\x9b\x9d\u202e\u2066"


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize(
    "shown",
    [
        f"before{ORDERS}]52;c;aGk=\x07after",
        Text(f"before{ORDERS}after", style=f"link https://a.example/{ORDERS}"),
        Panel(Text(f"before{ORDERS}after"), title=Text(f"title{ORDERS}")),
        Markdown(f"before{ORDERS}after [link](<https://a.example/{ORDERS}>)"),
        Group(columns((f"before{ORDERS}after", "b")), Padding(Text(f"before{ORDERS}after"), 1)),
    ],
    ids=["words", "link", "panel", "markdown", "group"],
)
def test_a_terminal_obeys_nothing_that_people_wrote(shown: RenderableType, terminal: bool) -> None:
    written = io.StringIO()
    console.Console(file=written, force_terminal=terminal, width=200, markup=False).print(shown)
    of_rich = re.compile(r"\x1b\[[\d;]*m|\x1b\]8;[^\x1b]*\x1b\\\\")  # colours and links
    text = of_rich.sub("", written.getvalue())
    assert "before" in text and "after" in text
    assert not set(ORDERS) & set(text)
    assert not {*ORDERS} - {"\x1b"} & {*written.getvalue()}


def test_a_terminal_obeys_what_is_shown_as_it_changes() -> None:
    written = io.StringIO()
    with Live(Text("one"), console=console.Console(file=written, force_terminal=True), auto_refresh=False) as live:
        live.update(Text("two\x1b[2J"), refresh=True)
    assert "\x1b[?25l" in written.getvalue() and "\x1b[2K" in written.getvalue(), "Rich's own orders stay"
    assert "two[2J" in written.getvalue()


def test_tabs_lines_and_other_scripts_stay() -> None:
    assert printed("a\tb\nשלום\u200f ö 👍\u200d👍") == ["a       b", "שלום\u200f ö 👍\u200d👍"]


def test_json_holds_no_order_to_a_terminal_and_loses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    console.print_json({"text": f"ü{ORDERS}"})
    told = capsys.readouterr().out
    assert not set(ORDERS) & set(told) and "ü" in told
    assert json.loads(told) == {"text": f"ü{ORDERS}"}


def in_latin(*words: str, code: str = "from adapters.cli import main; main()") -> bytes:
    """Return what the program writes where the encoding has few characters."""
    command = [sys.executable, "-c", code, *words]
    environment = os.environ | {"PYTHONIOENCODING": "latin-1"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=120).stdout


def test_settings_are_printed_as_they_are_read_in_any_encoding() -> None:
    assert in_latin("init", "--print") == (ROOT / "adapters" / "template.toml").read_bytes()


def test_what_an_encoding_lacks_stops_no_output() -> None:
    shows = "import adapters.cli as c; c.app = lambda: {}; c.main()".format
    assert in_latin(code=shows("c.out.print('Größe › █')")) == b"Gr\xf6\xdfe ? ?\n"
    assert json.loads(in_latin(code=shows("c.print_json({'a': 'Größe › █'})"))) == {"a": "Größe › █"}


def test_what_an_encoding_lacks_stops_no_input() -> None:
    code = "import adapters.cli as c; c.app = lambda: c.out.print(ascii(input())); c.main()"
    environment = os.environ | {"PYTHONIOENCODING": "utf-8:strict"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, check=False, cwd=ROOT, env=environment, input=b"caf\xe9", capture_output=True, timeout=120
    )
    assert done.stdout == b"'caf\\ufffd'\n", done.stderr


def test_only_the_one_place_makes_consoles() -> None:
    for path in Path(cli.__file__).parent.rglob("*.py"):
        made = re.search(r"\bConsole\(", path.read_text(encoding="utf-8"))
        assert not made or path == Path(console.__file__), path


def test_work_that_lasts_is_told_in_lines_where_no_terminal_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 0.0
    monkeypatch.setattr(console.time, "monotonic", lambda: now)
    with console.bar() as show:
        for done in range(0, 50_000, 1_000):
            now += 1
            show("embedding", done, 50_000)
    assert capsys.readouterr().err.splitlines() == [f"embedding: {n}9,000 of 50,000" for n in ("", 1, 2, 3, 4)]


def test_a_record_of_the_log_is_one_line_with_its_time_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    handler = console.log_handler()
    words = "A long sentence that a terminal of eighty columns would break into several lines " * 3
    handler.handle(logging.LogRecord("bot.desk", logging.WARNING, "", 0, words, None, None))
    (line,) = capsys.readouterr().err.splitlines()
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} WARNING bot\.desk: A long sentence", line)


def test_what_was_read_only_in_part_is_told_on_standard_error_in_a_line_each(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    warnings = tuple(f"{name} (policies): One page [3] is a picture. {SENTENCE}" for name in ("a.pdf", "b.pdf"))
    skipped = (Skipped("policies", "c.pdf", "It needs a password."), Skipped("crm", "", "It is away."))
    report = ReindexReport(3, 20, 107, 2, 1, 4, skipped, 1.5, warnings=warnings)
    monkeypatch.setattr(cli, "_reindex", lambda *_, **__: report)
    config = tmp_path / "frontdesk.toml"
    config.touch()
    done = CliRunner().invoke(cli.app, ["--config", str(config), "reindex"])
    assert done.stderr.splitlines() == [
        "Skipped policies: c.pdf: It needs a password.",
        "Skipped crm: It is away.",
        *warnings,
    ]
    done = CliRunner().invoke(cli.app, ["--config", str(config), "reindex", "--json"])
    assert json.loads(done.stdout)["warnings"] == list(warnings) and not done.stderr


def test_the_demo_leaves_the_companys_index_and_database_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def look(settings: Settings, source: str | None = None) -> ReindexReport:
        seen.append(settings)
        raise FrontdeskError("Seen.")

    seen: list[Settings] = []
    monkeypatch.setattr(cli, "_reindex", look)
    for name, value in (("DATA_DIR", "company"), ("KNOWLEDGE__URI", "index"), ("DATABASE__URL", "sqlite:///own.db")):
        monkeypatch.setenv(f"FRONTDESK_{name}", value)
    monkeypatch.setenv("FRONTDESK_KNOWLEDGE__SOURCES", '[{"name": "own", "kind": "folder", "path": "own"}]')
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(cli.app, ["demo"])
    (settings,) = seen
    demo = tmp_path / "company" / "demo"
    assert settings.knowledge_uri == str(demo / "knowledge")
    assert str(settings.database_url) == f"sqlite:///{demo / 'frontdesk.db'}"
    assert [one.name for one in settings.knowledge.sources] == ["handbook"]
