"""The embedding model is fine-tuned on the company's documents and questions, and the result is used like any other."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from adapters.cli import app
from bot.storage.database import Database
from bot.storage.tables import AnswerRow, ConversationRow, QuestionRow, RatingRow
from bot.tuning import retriever
from bot.tuning.retriever import LabelledQuestion, Recipe, TuningError, rated_questions, read_questions, tune
from knowledge import sample
from knowledge.embedding import Embedder
from knowledge.index import Index, IndexMissing
from knowledge.reindex import ReindexJob, run_reindex
from knowledge.retrieval import Query

QUESTIONS = sample.HANDBOOK.parent / "questions.jsonl"
NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def _few_pairs() -> Iterator[None]:
    """Train on a handful, so that it takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retriever, "_PAIRS", 64)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company whose sample handbook is indexed."""
    folder = tmp_path_factory.mktemp("company")
    (folder / "frontdesk.toml").write_text(
        f"[[knowledge.sources]]\nname = 'handbook'\nkind = 'folder'\npath = '{sample.HANDBOOK}'\n", encoding="utf-8"
    )
    assert run("reindex", folder=folder).exit_code == 0
    return folder


@pytest.fixture(scope="module")
def tuned(folder: Path) -> dict[str, Any]:
    """What `frontdesk tune retriever` printed."""
    words = ("tune", "retriever", "--questions", str(QUESTIONS), "--out", str(folder / "tuned"), "--epochs", "1")
    done = run(*words, "--json", folder=folder)
    assert done.exit_code == 0, done.output
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def run(*words: str, folder: Path) -> Any:
    return CliRunner().invoke(app, ["--config", str(folder / "frontdesk.toml"), *words], catch_exceptions=True)


def test_what_is_printed_and_kept_says_what_was_trained_and_what_it_gained(folder: Path, tuned: dict[str, Any]) -> None:
    out = folder / "tuned"
    assert (tuned["id"], tuned["artifacts"]) == ("tuned", [str(out)])
    assert set(tuned["metrics"]["before"]) == set(tuned["metrics"]["after"]) == {"recall@5", "nDCG@5"}
    assert tuned["pairs"]["documents"] > 0
    kept = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    assert kept["metrics"] == tuned["metrics"]
    assert kept["base"]["weights"] == Embedder().weights != kept["weights"]
    card = (out / "README.md").read_text(encoding="utf-8")
    assert kept["base"]["weights"] in card
    assert f"Measured on {tuned['held_out']['questions']} held-out" in card


def test_the_folder_is_a_model_that_also_runs_without_pytorch(tuned: dict[str, Any]) -> None:
    texts = ["How long may I return a kettle?"]
    quick = Embedder(*tuned["artifacts"]).encode(texts)
    full = Embedder(tuned["artifacts"][0], dtype="float32")
    assert full._light is not None
    full.load()
    assert full.encode(texts) @ quick.T == pytest.approx(1, abs=1e-4)
    assert (full.encode(texts) @ Embedder().encode(texts).T).item() < 0.9999
    assert full.max_tokens == Embedder().max_tokens


def test_documents_are_reindexed_and_searched_with_it(
    folder: Path, tuned: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTDESK_EMBEDDING__MODEL", tuned["artifacts"][0])
    monkeypatch.setenv("FRONTDESK_KNOWLEDGE__URI", str(folder / "anew"))
    assert run("reindex", folder=folder).exit_code == 0
    found = run("search", "How many days do I have to return an item in the UK?", "--json", folder=folder)
    assert "returns-uk.md" in {one["document_id"] for one in json.loads(found.stdout)}
    assert Index(str(folder / "anew")).published().identity.embedder.name == "tuned"


def test_without_questions_it_learns_from_the_documents(folder: Path, tmp_path: Path) -> None:
    model = tune(str(folder / "data" / "knowledge"), "", "", [], tmp_path / "m", Recipe(epochs=1, tokens=64))
    assert model.pairs == {"questions": 0, "documents": 64}
    assert model.comparison.kind == "sentences"
    assert 0 < model.comparison.before["nDCG@5"] < 1


def test_no_document_is_in_both_parts(folder: Path) -> None:
    questions, bad = read_questions(QUESTIONS)
    assert not bad
    pool = retriever._Pool(Index(str(folder / "data" / "knowledge")).published(), set(), 1)
    together = LabelledQuestion(Query("Both?"), frozenset([*pool.of_document][:2]))
    for seed in range(5):
        held = retriever._held_out(pool, [*questions, together], 0.3, seed)
        assert held
        assert len(held & together.documents) in (0, 2)
        assert held == retriever._held_out(pool, [*questions, together], 0.3, seed)


def test_an_interrupted_training_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    def interrupted(stage: str, done: int, total: int) -> None:
        if stage == "training":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tune(str(folder / "data" / "knowledge"), "", "", [], tmp_path / "models" / "m", show=interrupted)
    assert list((tmp_path / "models").iterdir()) == []


def test_a_model_that_did_not_get_better_is_advised_against(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retriever.Recipe, "__init__", _unlearning)
    done = run("tune", "retriever", "--out", str(tmp_path / "worse"), folder=folder)
    assert done.exit_code == 0
    assert "did not get better: keep the model you have" in done.stdout
    assert "embedding.model" not in done.stdout


def _unlearning(recipe: Recipe) -> None:
    for name, value in {
        "epochs": 1,
        "batch": 32,
        "learning_rate": 3e-3,
        "tokens": 32,
        "held_out": 0.2,
        "seed": 1,
    }.items():
        object.__setattr__(recipe, name, value)


def test_lines_that_are_no_questions_are_named_and_skipped(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    lines = [
        {"question": "How?", "gold_doc_ids": ["a"], "history": [{"role": "user", "content": "I live in Norway."}]},
        {"question": "And?", "gold_doc_ids": []},
        {"question": "Who?", "gold_doc_ids": [], "answerable": False},
        {"gold_doc_ids": ["a"]},
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines) + "{\n[1]\n", encoding="utf-8")
    found, bad = read_questions(file)
    assert [(one.query.text, one.query.earlier) for one in found] == [("How?", ("I live in Norway.",))]
    assert [sentence.split(" is skipped")[0] for sentence in bad] == [f"q.jsonl, line {n}" for n in (2, 4, 5, 6)]


@pytest.fixture
def small(tmp_path: Path) -> str:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "one.md").write_text("# Returns\n\nWithin 30 days.", encoding="utf-8")
    job = ReindexJob(str(tmp_path / "index"), ({"name": "p", "kind": "folder", "path": "pages"},), tmp_path)
    run_reindex(job)
    return job.uri


def test_what_cannot_be_trained_says_why(small: str, tmp_path: Path) -> None:
    with pytest.raises(TuningError, match="too few"):
        tune(small, "", "", [], tmp_path / "m")
    with pytest.raises(IndexMissing):
        tune(str(tmp_path / "nowhere"), "", "", [], tmp_path / "m")
    with pytest.raises(TuningError, match="is there already"):
        tune(small, "", "", [], tmp_path)
    with pytest.raises(TuningError, match="cannot be read"):
        read_questions(tmp_path / "none.jsonl")
    assert not (tmp_path / "m").exists()


async def test_helpful_answers_are_learnt_from_with_what_was_said_before(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    await database.migrate()
    conversation = {"platform": "slack", "workspace": "T", "channel": "C", "thread": "1", "created_at": NOW}
    async with database.write() as session:
        await session.execute(insert(ConversationRow).values(id=1, **conversation))
        for id, (text, state, ratings) in enumerate(
            [
                ("I live in Norway.", "delivered", []),
                ("A slip of the thumb", "withdrawn", [1]),
                ("What is shipping?", "delivered", [1, 1, -1]),
                ("And returns?", "delivered", [1, -1]),
            ],
            1,
        ):
            await session.execute(insert(QuestionRow).values(**_question(id, text, state)))
            await session.execute(insert(AnswerRow).values(**_answer(id)))
            for person, value in enumerate(ratings):
                rating = {"answer_id": id, "person": str(person), "value": value, "source": "button"}
                await session.execute(insert(RatingRow).values(**rating, created_at=NOW, updated_at=NOW))
    try:
        (found,) = await rated_questions(database)
    finally:
        await database.close()
    assert found.query == Query("What is shipping?", ("I live in Norway.",))
    assert (found.documents, found.texts) == (frozenset({"shipping.md"}), ("Shipping is free.",))


def _question(id: int, text: str, state: str) -> dict[str, Any]:
    asked = {"platform": "slack", "workspace": "T", "channel": "C", "message": str(id), "author": "U", "text": text}
    rest = {"scope": {}, "private": False, "route": {}, "asked_at": NOW, "state": state, "attempts": 1}
    return {"id": id, "conversation_id": 1, **asked, **rest}


def _answer(id: int) -> dict[str, Any]:
    cited = {"n": 1, "document_id": "shipping.md", "title": "", "url": "", "heading": "", "quote": "Shipping is free."}
    told = {"status": "answered", "text": "Free [1].", "citations": [cited], "passages": [], "mode": "rag"}
    how = {"model": "m", "lora": "", "lora_scale": 0.0, "timings": {}, "tokens": {}, "prompt": [], "notes": {}}
    return {"id": id, "question_id": id, "created_at": NOW, **told, **how, "knowledge_version": 1}
