"""Every format of the export is loaded by the library that would read it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.messages import Turn
from bot.tuning.examples import Example, ExamplePassage, Origin
from bot.tuning.formats import FORMATS
from bot.tuning.line_file import LineFile

datasets = pytest.importorskip("datasets", reason="datasets and trl are not installed (the extra `tune`)")
data_utils = pytest.importorskip("trl.data_utils", reason="datasets and trl are not installed (the extra `tune`)")

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def _examples() -> list[Example]:
    """Examples that differ in all that can differ from line to line."""
    passage = ExamplePassage("returns#0", "returns", "Returns", "EU", "Within 30 days.", 0.9, gold=True)
    prompt = (Turn("system", "You help."), Turn("user", "Passages: …\n\nQuestion: Until when?"))
    rich = Example(
        "answer:1",
        Origin.LIKED,
        "Until when?",
        "Within 30 days.",
        turns=(Turn("user", "Hi"), Turn("assistant", "Hello")),
        passages=(passage, replace(passage, gold=False)),
        prompt=(prompt[0], Turn("user", "Hi"), Turn("assistant", "Hello"), prompt[1]),
        rejected="Never.",
        scope={"region": ["eu"], "effective_from": "2026-01-01"},
        metadata={"answer_id": 1, "rating": {"up": 2, "down": 0}, "lora_scale": 0.5, "created_at": "2026-01-01T00:00"},
    )
    bare = Example("standard:1", Origin.STANDARD, "Where?", "In Ulm.", prompt=prompt, passages=(passage,))
    silent = replace(bare, id="made:1", origin=Origin.MADE, answer="", rejected="In Bonn.")
    return [replace(bare, id=f"standard:{n}") for n in range(40)] + [rich, silent, replace(rich, id="x", liked=False)]


def _loaded(tmp_path: Path, format: str, examples: Sequence[Example]) -> Any:
    path = tmp_path / f"{format}.jsonl"
    with LineFile(path) as file:
        for one in examples:
            for line in FORMATS[format].write(one):
                file.add(line)
    # Read in small pieces: each piece must have the types of the first one, as in a file of many megabytes.
    dataset = datasets.load_dataset(
        "json", data_files=str(path), split="train", chunksize=4096, cache_dir=str(tmp_path / "cache")
    )
    assert len(dataset) == file.written
    return dataset


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_is_loaded_whole(tmp_path: Path, format: str) -> None:
    dataset = _loaded(tmp_path, format, _examples())
    ids = dataset[:]["metadata"]
    assert {one["id"] for one in ids} >= {"answer:1"}


def test_trl_reads_openai_as_a_conversation(tmp_path: Path) -> None:
    first = _of(_loaded(tmp_path, "openai", _examples()), "standard:3")
    assert data_utils.is_conversational({"messages": first["messages"]})
    assert "In Ulm." in data_utils.apply_chat_template({"messages": first["messages"]}, _tokenizer())["text"]


def test_sharegpt_has_the_speakers_and_the_order_that_its_readers_want(tmp_path: Path) -> None:
    said = _of(_loaded(tmp_path, "sharegpt", _examples()), "answer:1")["conversations"]
    assert [one["from"] for one in said] == ["system", "human", "gpt", "human", "gpt"]
    assert said[-1]["value"] == "Within 30 days."


def test_trl_reads_dpo_as_a_preference(tmp_path: Path) -> None:
    first = _of(_loaded(tmp_path, "dpo", _examples()), "answer:1")
    pair = {key: first[key] for key in ("prompt", "chosen", "rejected")}
    assert data_utils.is_conversational(pair)
    text = data_utils.apply_chat_template(pair, _tokenizer())
    assert text["prompt"].endswith("assistant\n")
    assert text["chosen"].startswith("Within 30 days.")
    assert text["rejected"].startswith("Never.")


def test_trl_reads_kto_as_unpaired_preferences(tmp_path: Path) -> None:
    dataset = _loaded(tmp_path, "kto", _examples())
    assert {True, False} == set(dataset["label"])
    one = {key: _of(dataset, "standard:3")[key] for key in ("prompt", "completion", "label")}
    text = data_utils.apply_chat_template(one, _tokenizer())
    assert (text["completion"].split("<")[0], text["label"]) == ("In Ulm.", True)


def test_a_line_of_alpaca_has_the_columns_of_alpaca(tmp_path: Path) -> None:
    dataset = _loaded(tmp_path, "alpaca", _examples())
    assert {"instruction", "input", "output", "system", "history"} <= set(dataset.column_names)
    assert _of(dataset, "answer:1")["history"] == [["Hi", "Hello"]]


def test_a_line_of_raft_has_the_columns_of_raft(tmp_path: Path) -> None:
    dataset = _loaded(tmp_path, "raft", _examples())
    assert {"question", "context", "oracle_context", "cot_answer", "instruction"} <= set(dataset.column_names)
    assert _of(dataset, "standard:3")["context"]["sentences"] == [["Within 30 days."]]


def _of(dataset: Any, id: str) -> Any:
    return next(one for one in dataset if one["metadata"]["id"] == id)


def _tokenizer() -> Any:
    """A tokenizer with the chat template of the embedded model; what its tokens are does not matter here."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]")))
    tokenizer.chat_template = CHATML
    return tokenizer
