"""Statistics, reasons, exports and forgetting in the terminal."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import update

from bot.curation import Curation
from bot.inbox import Inbox
from bot.messages import Answer, MessageKey, Question, Rating, ShownPassage, Status, Turn
from bot.storage.database import Database
from bot.storage.ratings import Ratings
from bot.storage.tables import AnswerRow
from knowledge.check.report import Asked, CheckReport, UnansweredGroup
from knowledge.errors import FrontdeskError
from tests.command import run_here

ROOT = Path(__file__).resolve().parents[2]
LINK = "https://acme.slack.com/archives/C1/p1700000000000100"


class Company:
    """A folder with settings and a database that people have asked in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "frontdesk.toml").write_text('[schedule]\ntimezone = "Asia/Kathmandu"\n', encoding="utf-8")

    def run(self, *words: str, input: str = "") -> subprocess.CompletedProcess[str]:
        return run_here("--config", str(self.folder / "frontdesk.toml"), *words, input=input)

    def json(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


async def _ask(folder: Path) -> None:
    (folder / "data").mkdir()
    database = Database(f"sqlite:///{folder / 'data/frontdesk.db'}")
    await database.migrate()
    inbox, ratings = Inbox(database), Ratings(database)
    for number, status in enumerate((Status.ANSWERED, Status.ANSWERED, Status.REFUSED), start=1):
        key = MessageKey("slack", "T1", "C1", f"1700000000.00010{number - 1}")
        asked_at = datetime.now(UTC) - timedelta(days=number - 1)
        id = (await inbox.accept(Question(key, f"question {number}", "UBEN", key.message, asked_at=asked_at))).id
        prompt = (Turn("user", f"question {number}"),)
        timings: dict[str, float | None] = {"first_token_s": 0.5, "total_s": 1.0}
        shown = (ShownPassage("help.md#0", "help.md", 0.5, "Help", "", "Yes."),)
        answer = await inbox.record_answer(id, Answer(status, "Yes.", passages=shown, prompt=prompt, timings=timings))
        await inbox.delivered(id)
        await ratings.rate(Rating(answer, "slack:UANN", 1 if number == 1 else -1))
    await database.close()


@pytest.fixture
def company(tmp_path: Path) -> Company:
    asyncio.run(_ask(tmp_path))
    return Company(tmp_path)


def test_statistics_as_json_and_as_a_picture(company: Company) -> None:
    png = company.folder / "stats.png"
    told = company.json("stats", "--days", "7", "--png", str(png), "--theme", "dark")
    assert (told["questions"], told["answered"], told["refused"], told["helpful"]) == (3, 2, 1, 1)
    assert (told["timezone"], len(told["days"]), told["path"]) == ("Asia/Kathmandu", 7, str(png))
    assert sum(day["questions"] for day in told["days"]) == 3
    with Image.open(png) as image:
        assert image.size == (1600, 1056)
    assert company.json("stats", "--platform", "discord")["questions"] == 0
    assert "2 answered (67 %)" in company.run("stats").stdout


def test_statistics_of_nothing_yet(tmp_path: Path) -> None:
    company = Company(tmp_path)
    assert "Nothing was asked in this time." in " ".join(company.run("stats").stdout.split())
    assert company.json("stats")["helpful_share"] is None


def test_a_period_that_cannot_be_read_ends_with_a_sentence(company: Company) -> None:
    done = company.run("stats", "--since", "yesterday")
    assert done.returncode == 1
    assert "“yesterday” after “since” is no day" in done.stderr
    assert "Traceback" not in done.stderr


def test_why_by_id_and_by_link(company: Company) -> None:
    assert company.json("why", LINK)["question"] == "question 1"
    told = company.json("why", "2")
    assert (told["question"], told["status"], told["rating"]) == ("question 2", "answered", {"up": 0, "down": 1})
    assert "Why this answer?" in company.run("why", "2").stdout
    for unknown in ("99", "9" * 30, "https://discord.com/channels/1/2/3", "answer"):
        done = company.run("why", unknown)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr


def test_the_export_is_filtered_and_in_the_form_that_is_asked_for(company: Company) -> None:
    out = company.folder / "out.jsonl"
    told = company.json("export", "--format", "sharegpt", "--rating", "any", "--platform", "slack", "--out", str(out))
    assert told == {"written": 2, "skipped": 1, "path": str(out)}
    assert [json.loads(line)["conversations"][0]["from"] for line in out.read_text().splitlines()] == ["human"] * 2
    tomorrow = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"
    assert company.json("export", "--since", tomorrow, "--out", str(out))["written"] == 0
    assert company.run("export", "--format", "parquet", "--out", str(out)).returncode == 2


def test_the_preview_shows_what_the_export_writes_and_what_it_takes_out(company: Company) -> None:
    out = company.folder / "out.jsonl"

    async def edit() -> None:
        database = Database(f"sqlite:///{company.folder / 'data/frontdesk.db'}")
        curation = Curation(database)
        await curation.edit("answer:1", "terminal:ada", answer="Yes, mail ann@x.example or help@shop.example.")
        await curation.edit("answer:2", "terminal:ada", answer="No.")
        async with database.write() as session:
            said = (
                ("system", "You help, as help@shop.example."),
                ("user", "I am bo@x.example"),
                ("assistant", "Hello!"),
            )
            prompt = [{"role": role, "content": content} for role, content in (*said, ("user", "question 1"))]
            await session.execute(update(AnswerRow).filter_by(id=1).values(prompt=prompt))
        await database.close()

    asyncio.run(edit())
    for format in ("openai", "kto"):
        told = company.json("export", "--format", format, "--preview")
        report = company.json("export", "--format", format, "--out", str(out))
        lines = [line for one in told["examples"] for line in one["lines"]]
        assert lines == [json.loads(line) for line in out.read_text().splitlines()]
        assert (len(lines), told["skipped"]) == (report["written"], report["skipped"])
    first, second = told["examples"]
    assert (first["id"], second["id"]) == ("answer:1", "answer:2")
    assert sorted(first["taken_out"].values()) == [["ann@x.example"], ["bo@x.example"]]
    assert [line["label"] for line in second["lines"]] == [True, False], "the bot's own words that were not liked, too"
    shown = company.run("export", "--format", "kto", "--preview").stdout
    assert "ann@x.example" in shown and "or help@shop.example" in shown and "I am [EMAIL_" in shown
    assert "3 would be written, 1 skipped; personal data is taken out of 1." in " ".join(shown.split())
    assert company.run("export").returncode == 2
    assert company.run("export", "--preview", "--out", str(out)).returncode == 2


def test_somebody_is_forgotten_only_once_it_was_confirmed(company: Company) -> None:
    refused = company.run("forget", "slack:UBEN", input="n\n")
    assert refused.returncode == 1
    assert "3 questions, 3 answers and 0 ratings" in refused.stderr
    assert company.json("stats")["questions"] == 3
    gone = company.json("forget", "slack:UBEN", "--yes")
    assert gone == {"questions": 3, "answers": 3, "ratings": 0, "suggestions": 0, "handovers": 0, "names": 0}
    assert company.json("stats")["questions"] == 0
    assert set(company.json("forget", "slack:UBEN").values()) == {0}
    nobody = company.run("forget", "slack:UBEN")
    assert nobody.returncode == 0 and "Nothing is stored about slack:UBEN." in nobody.stderr
    assert company.run("forget", "UBEN", "--yes").returncode == 2


@pytest.mark.parametrize(
    "words",
    [
        "forget slack:U0123ABCD --yes",
        "forget slack:U0123ABCD",
        "stats",
        "why 1",
        "export --out x.jsonl",
        "curation list",
        "tune list",
        "tune prepare",
        "tune train",
        "tune evaluate",
        "tune promote",
        "tune rollback",
        "tune reject x",
        "knowledge status",
        "knowledge sources",
        "knowledge show x",
        "knowledge check",
        "knowledge rollback",
        "chat",
    ],
)
def test_what_is_kept_is_not_looked_for_in_a_folder_without_an_installation(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run_here(*words.split(), FRONTDESK_SLACK__BOT_TOKEN="xoxb-1")
    assert done.returncode == 1
    assert f"There is no frontdesk.toml in {tmp_path}" in done.stderr and "--config" in done.stderr
    assert list(tmp_path.iterdir()) == []


def _prepares_nothing(*_: object, **__: object) -> None:
    raise FrontdeskError("The model is prepared.")


@pytest.mark.parametrize("settings", [None, 'admins = ["terminal:you"]\n', '[answering]\nmode = "adaptive"\n'])
def test_no_model_is_prepared_for_questions_before_documents_are_indexed(
    settings: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.wiring.prepared_model", _prepares_nothing)
    monkeypatch.chdir(tmp_path)
    if settings is not None:
        (tmp_path / "frontdesk.toml").write_text(settings, encoding="utf-8")
    done = run_here("ask", "How long?")
    assert done.returncode == 1
    assert "No documents have been indexed yet. Run `frontdesk reindex`." in " ".join(done.stderr.split())
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("settings", ["", '[answering]\nmode = "base"\n'])
def test_a_question_to_the_model_alone_needs_no_index(
    settings: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.wiring.prepared_model", _prepares_nothing)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "frontdesk.toml").write_text(settings, encoding="utf-8")
    done = run_here("ask", "How long?", *([] if settings else ["--mode", "lora"]))
    assert "The model is prepared." in done.stderr


@pytest.mark.parametrize(
    "environment", [{}, {"FRONTDESK_DATA_DIR": "kept"}, {"FRONTDESK_DATABASE__URL": "sqlite:///x.db"}]
)
def test_an_installation_without_a_settings_file_is_looked_into(
    environment: dict[str, str], company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    (company.folder / "frontdesk.toml").unlink()
    monkeypatch.chdir(company.folder)
    done = run_here("stats", "--json", **environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["questions"] == (0 if environment else 3)


SOURCES = '[{"name": "policies", "kind": "folder", "path": "policies"}]'


def test_an_installation_set_by_the_environment_alone_is_looked_into_before_it_has_a_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in ("stats", "knowledge status", "tune list"):
        done = run_here(*words.split(), "--json", FRONTDESK_KNOWLEDGE__SOURCES=SOURCES)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("kept", ["frontdesk.db", "knowledge", "tuning"])
def test_an_installation_with_every_setting_at_its_default_is_looked_into(
    kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    assert run_here("knowledge", "status").returncode == 1, "many folders have one called data"
    (tmp_path / "data" / kept).touch()
    assert run_here("knowledge", "sources").returncode == 0


@pytest.mark.parametrize("out", [".", "folder"])
def test_an_export_into_a_folder_ends_with_a_sentence(
    out: str, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    (company.folder / "folder").mkdir()
    monkeypatch.chdir(company.folder)
    before = sorted(company.folder.rglob("*"))
    done = company.run("export", "--out", out)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{out} cannot be written: Is a directory" in done.stderr
    assert [path for path in sorted(company.folder.rglob("*")) if path not in before] == []


def test_a_command_that_searches_nothing_does_not_load_what_searches() -> None:
    code = "import sys; import adapters.wiring; print({'lancedb', 'torch', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n", "each command of an admin would take seconds longer to begin"


@pytest.mark.parametrize("form", ["--json", "--html"])
def test_who_is_forgotten_while_the_documents_are_checked_is_not_told_of(
    company: Company, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    def check_job(_: object, asked: Sequence[Asked]) -> Callable[[object], CheckReport]:
        def check(_: object) -> CheckReport:
            groups = [UnansweredGroup(one.text, (), 1, one.when, (), ids=(one.id,)) for one in asked]
            done = company.run("forget", "slack:UBEN", "--yes")
            assert done.returncode == 0, done.stderr
            return CheckReport(1, date.today(), 1, 1, 3, date.today(), unanswered=tuple(groups))

        return check

    monkeypatch.setattr("adapters.wiring.check_job", check_job)
    page = company.folder / "report.html"
    done = company.run("knowledge", "check", *([form] if form == "--json" else [form, str(page)]))
    assert done.returncode == 0, done.stderr
    told = done.stdout if form == "--json" else done.stdout + page.read_text()
    assert "checked" in told or '"documents": 1' in told
    assert "question 1" not in told
