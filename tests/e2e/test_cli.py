"""The `frontdesk` command as a person uses it: the real models, the sample handbook.

Where a test is about what the command does, it is run here; where it is about the program, in a process of its own.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from knowledge import sample
from tests.command import run_here

ROOT = Path(__file__).resolve().parents[2]


class Company:
    """A folder with settings, documents and data, and the command run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "frontdesk.toml"

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return run_here("--config", str(self.config), *words, **environment)

    def process(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
        return subprocess.run(
            [sys.executable, "-m", "adapters.cli", "--config", str(self.config), *words],
            cwd=ROOT,
            env=inherited | environment,
            capture_output=True,
            text=True,
            timeout=240,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def json(self, *words: str, **environment: str) -> Any:
        """Run a command with --json; its standard output holds that one value and nothing else."""
        return told(self.run(*words, "--json", **environment))


def told(done: subprocess.CompletedProcess[str]) -> Any:
    """Return the one value that a command with --json printed."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("company")
    shutil.copytree(sample.HANDBOOK, folder / "policies")
    faq = {"doc_id": "faq-1", "title": "Gift wrapping", "text": "Gift wrapping costs €3.50 per parcel.", "meta": {}}
    (folder / "faq.jsonl").write_text(json.dumps(faq) + "\n", encoding="utf-8")
    (folder / "frontdesk.toml").write_text(
        'admins = ["terminal:you"]\n'
        '[[knowledge.sources]]\nname = "policies"\nkind = "folder"\npath = "policies"\n'
        '[[knowledge.sources]]\nname = "faq"\nkind = "jsonl"\npath = "faq.jsonl"\n'
        '[answering]\ncontact = "help@kettlewick.example"\n'
        '[http]\nlisten = "127.0.0.1:0"\n'
        '[model]\nquantization = "Q8_0"\n',
        encoding="utf-8",
    )
    company = Company(folder)
    report = told(company.process("reindex", "--json"))
    assert report["skipped"] == []
    assert report["added"] == report["documents"] == len(list(sample.HANDBOOK.glob("*.md"))) + 1
    return company


def test_a_second_reindex_finds_nothing_to_do(company: Company) -> None:
    report = company.json("reindex")
    assert (report["added"], report["changed"], report["removed"]) == (0, 0, 0)


def test_search_shows_passages_with_their_place(company: Company) -> None:
    found = company.json("search", "How much is gift wrapping?", "--k", "3")
    assert len(found) == 3
    assert found[0]["document_id"] == "faq-1"
    assert set(found[0]) == {"passage_id", "document_id", "title", "url", "heading", "text", "score"}


def test_scope_is_held(company: Company) -> None:
    question = next(one for one in sample.questions() if one["scope"].get("audience") == "internal")
    (gold,) = question["gold_doc_ids"]
    open_ids = {one["document_id"] for one in company.json("search", question["question"], "--k", "50")}
    internal = company.json("search", question["question"], "--k", "50", "--scope", "audience=internal")
    assert gold not in open_ids
    assert gold in {one["document_id"] for one in internal}


IN_THE_UK = "How many days do I have to return an item in the United Kingdom?"


def test_an_answer_is_cited(company: Company) -> None:
    answer = told(company.process("ask", IN_THE_UK, "--json", FRONTDESK_ANSWERING__QUOTE="last"))
    assert answer["status"] == "answered"
    assert "28 days" in answer["answer"]
    assert "[1]" in answer["answer"]
    assert answer["citations"][0]["document_id"] == "returns-uk.md"
    assert answer["citations"][0]["url"].startswith("https://help.kettlewick.example/")
    assert {
        "status",
        "answer",
        "citations",
        "passages",
        "mode",
        "model",
        "lora",
        "lora_scale",
        "timings",
        "tokens",
    } == set(answer)
    assert answer["mode"] == "rag+lora", "with the adapter that comes with Frontdesk"
    assert 0 < answer["timings"]["retrieve_s"] < answer["timings"]["first_token_s"] < answer["timings"]["total_s"]


def test_what_one_sentence_clearly_answers_is_quoted_and_no_model_is_asked(company: Company) -> None:
    answer = company.json("ask", IN_THE_UK)
    assert "28 days" in answer["answer"] and answer["citations"][0]["document_id"] == "returns-uk.md"
    assert (answer["mode"], answer["tokens"]) == ("rag", {"prompt": 0, "completion": 0})
    assert answer["timings"]["first_token_s"] is None


def test_what_the_documents_do_not_cover_is_refused_with_the_person_to_ask(company: Company) -> None:
    answer = company.json("ask", "What is the boiling point of tungsten in kelvin?")
    assert answer["status"] == "refused"
    assert "help@kettlewick.example" in answer["answer"]
    assert answer["citations"] == []


def test_a_file_of_questions_is_answered_line_by_line(company: Company) -> None:
    history = [{"role": "user", "content": "I live in the UK and bought a kettle."}]
    lines = [
        {"qid": "a", "question": "How much is gift wrapping?"},
        {"qid": "b"},
        {"qid": "c", "question": "How long may I return it?", "history": history, "scope": {"region": "uk"}},
    ]
    source, out = company.folder / "in.jsonl", company.folder / "out.jsonl"
    source.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    counts = company.json("ask", "--questions", str(source), "--out", str(out), "--workers", "2")
    assert (counts["questions"], counts["failed"]) == (3, 1)
    results = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [one["qid"] for one in results] == ["a", "b", "c"]
    assert "3.50" in results[0]["answer"]
    assert "question" in results[1]["error"]
    assert {one["document_id"] for one in results[2]["passages"]} & {"returns-uk.md"}
    assert "returns-us.md" not in {one["document_id"] for one in results[2]["passages"]}


def test_an_admin_sees_the_state_of_the_documents_and_of_each_source(company: Company) -> None:
    status = company.json("knowledge", "status")
    assert status["documents"] == sum(source["documents"] for source in status["sources"]) > 20
    assert status["unindexed_rows"] == 0
    sources = company.json("knowledge", "sources")
    assert [(one["name"], one["kind"], one["outcome"]) for one in sources] == [
        ("policies", "folder", "ok"),
        ("faq", "jsonl", "ok"),
    ]
    printed = company.run("knowledge", "status")
    assert printed.returncode == 0
    assert f"{status['documents']} in {status['passages']} passages" in printed.stdout


def test_a_document_is_shown_as_it_was_indexed(company: Company) -> None:
    shown = company.json("knowledge", "show", "returns-uk.md")
    assert shown["scope"]["region"] == ["uk"]
    assert any("28 days" in passage["text"] for passage in shown["passages"])
    missing = company.run("knowledge", "show", "returns-uk")
    assert missing.returncode == 1
    assert "Did you mean “returns-uk.md”?" in missing.stderr


def test_the_check_of_the_sample_is_written_as_a_report(company: Company) -> None:
    report = company.json("knowledge", "check", "--html", str(company.folder / "report.html"))
    assert report["contradictions"] == []
    assert report["questions"]["count"] == 0
    assert "<svg" in (company.folder / "report.html").read_text(encoding="utf-8")


def test_a_rollback_brings_back_what_was_told_before(company: Company) -> None:
    page = company.folder / "policies" / "lost-property.md"
    page.write_text("# Lost property\n\nLost umbrellas are kept at the desk for sixty days.", encoding="utf-8")
    assert company.json("reindex")["added"] == 1
    assert company.json("search", "lost umbrellas")[0]["document_id"] == "lost-property.md"
    company.json("knowledge", "rollback")
    assert company.json("search", "lost umbrellas")[0]["document_id"] != "lost-property.md"
    page.unlink()
    company.json("reindex")


def test_a_document_that_is_gone_is_never_quoted_again(company: Company) -> None:
    faq = company.folder / "faq.jsonl"
    text = faq.read_text(encoding="utf-8")
    faq.write_text(json.dumps({"doc_id": "faq-2", "title": "Parking", "text": "Parking is free."}) + "\n")
    report = company.json("reindex", "--source", "faq")
    assert (report["added"], report["removed"]) == (1, 1)
    found = {one["document_id"] for one in company.json("search", "How much is gift wrapping?", "--k", "100")}
    assert "faq-1" not in found
    assert "faq-2" in found
    faq.write_text(text, encoding="utf-8")
    company.json("reindex")


def test_a_dry_run_changes_nothing(company: Company) -> None:
    page = company.folder / "policies" / "new.md"
    page.write_text("# New\n\nSomething new about zeppelins.\n", encoding="utf-8")
    assert company.json("reindex", "--dry-run")["added"] == 1
    assert "new.md" not in {one["document_id"] for one in company.json("search", "zeppelins", "--k", "5")}
    page.unlink()


def test_an_export_of_nothing_is_an_empty_file(company: Company) -> None:
    out = company.folder / "liked.jsonl"
    assert company.json("export", "--format", "openai", "--out", str(out)) == {
        "written": 0,
        "skipped": 0,
        "path": str(out),
    }
    assert out.read_text(encoding="utf-8") == ""


def test_the_doctor_finds_all_well_but_the_platforms_and_says_how_to_install(company: Company) -> None:
    done = company.run("doctor", "--json")
    findings = {one["check"]: one for one in json.loads(done.stdout)}
    assert done.returncode == 1
    assert {name for name, one in findings.items() if not one["ok"]} == {"platforms"}
    assert "manifest" in findings["platforms"]["fix"]
    assert "FRONTDESK_DISCORD__TOKEN" in findings["platforms"]["fix"]


def test_the_doctor_names_what_is_wrong_without_showing_tokens(company: Company, tmp_path: Path) -> None:
    done = company.process(
        "doctor",
        "--json",
        FRONTDESK_SLACK__BOT_TOKEN="secret-bot",
        FRONTDESK_SLACK__APP_TOKEN="secret-app",
        FRONTDESK_MODEL__PATH=str(tmp_path / "none.gguf"),
    )
    assert done.returncode == 1
    wrong = {one["check"]: one for one in json.loads(done.stdout) if not one["ok"]}
    assert set(wrong) == {"slack", "model"}
    assert "xoxb-" in wrong["slack"]["detail"]
    assert wrong["model"]["fix"]
    assert "secret-" not in done.stdout + done.stderr


def test_an_adapter_that_is_no_adapter_is_named_and_answers_go_on_without(company: Company, tmp_path: Path) -> None:
    (tmp_path / "adapter.gguf").write_bytes(b"not an adapter")
    answer = company.json(
        "ask", "How much is gift wrapping?", "--mode", "rag+lora", FRONTDESK_LORA__PATH=str(tmp_path / "adapter.gguf")
    )
    assert (answer["mode"], answer["lora"], answer["lora_scale"]) == ("rag", "", 0.0)


@pytest.mark.parametrize(
    ("words", "environment", "sentence"),
    [
        (("ask", "Hello there, where is my parcel?"), {"FRONTDESK_KNOWLEDGE__URI": "nowhere"}, "frontdesk reindex"),
        (("ask", "Where is my parcel?"), {"FRONTDESK_MODEL__PATH": "/none.gguf"}, "/none.gguf"),
        (("reindex",), {"FRONTDESK_ANSWERING__PASSAGES": "many"}, "answering.passages"),
        (("reindex", "--source", "nope"), {}, "nope"),
        (("run",), {}, "FRONTDESK_SLACK__BOT_TOKEN"),
        (("init",), {}, "--force"),
        (("export", "--out", "/none/x.jsonl"), {}, "/none"),
    ],
)
def test_what_fails_ends_in_one_sentence_with_what_to_do(
    company: Company, words: tuple[str, ...], environment: dict[str, str], sentence: str
) -> None:
    run = company.process if words[0] in ("ask", "run") else company.run
    done = run(*words, **environment)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "words",
    [
        ("ask",),
        ("ask", "x", "--mode", "magic"),
        ("ask", "x", "--questions", "a"),
        ("search", "x", "--scope", "eu"),
        ("export", "--out", "x", "--format", "xml"),
        ("dance",),
    ],
)
def test_wrong_usage_ends_with_status_2(company: Company, words: tuple[str, ...]) -> None:
    assert company.run(*words).returncode == 2


def test_wrong_usage_is_the_status_of_the_program(company: Company) -> None:
    assert company.process("dance").returncode == 2


def test_init_writes_settings_that_can_be_read(tmp_path: Path) -> None:
    company = Company(tmp_path)
    assert company.process("init").returncode == 0
    (tmp_path / "policies").mkdir()
    done = company.process("reindex")
    assert done.returncode == 1
    assert "policies" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_answers_three_questions_without_a_terminal(tmp_path: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    done = subprocess.run(
        [sys.executable, "-m", "adapters.cli", "demo"],
        cwd=tmp_path,
        # Which form of the weights is fastest takes a minute to measure; tests of the model's preparation do that.
        env=inherited | {"PYTHONPATH": str(ROOT), "FRONTDESK_MODEL__QUANTIZATION": "Q8_0"},
        capture_output=True,
        text=True,
        timeout=240,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for question in sample.demo_questions():
        assert question in done.stdout
    assert done.stdout.count("https://help.kettlewick.example/") >= 3
