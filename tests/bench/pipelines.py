"""Speed of indexing beside LangChain and LlamaIndex: `python -m tests.bench.pipelines [--json]`.

Needs `pip install -e '.[bench]'`. All three index the same folder of Markdown from nothing, in this
process one after another, with the same embedding model, each once more for the warm-up; the order
turns from round to round, and the ratio is the median of those of the rounds. The others are built as
their documentation begins: LangChain with DirectoryLoader, RecursiveCharacterTextSplitter (1,000
characters, 200 of them overlapping) and HuggingFaceEmbeddings; LlamaIndex with SimpleDirectoryReader,
SentenceSplitter and HuggingFaceEmbedding, its passages of 256 tokens rather than 1,024 because the
embedder reads no more. Both keep their vectors in memory; Frontdesk writes its index to disk.
Passages differ in length, so the characters of the documents and the tokens embedded are told too.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from knowledge.embedding import Embedder
from knowledge.index import Index
from knowledge.passages import embedded_text
from knowledge.reindex import ReindexJob, run_reindex
from tests.bench import indexing

os.environ["LANGSMITH_TRACING"] = os.environ["LANGCHAIN_TRACING_V2"] = "false"
ROUNDS = 3
DOCUMENTS = 60
CHARACTERS = 1_000
OVERLAP = 200
TOKENS = 256
TOKENS_OVERLAP = 20


def frontdesk(folder: Path, model: Path) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as made:
        run_reindex(ReindexJob(made, ({"name": "pages", "kind": "folder", "path": str(folder)},), model=str(model)))
        version = Index(made).published()
        return [embedded_text(one) for one, _ in version.rows_of(list(version.documents()))]


def langchain(folder: Path, model: Path) -> list[str]:
    # The same class stands in langchain-huggingface, which wants an older huggingface-hub than Frontdesk runs with.
    from langchain_community.document_loaders import DirectoryLoader, TextLoader
    from langchain_community.embeddings import HuggingFaceEmbeddings
    from langchain_core.vectorstores import InMemoryVectorStore
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    loader = DirectoryLoader(
        str(folder), glob="**/*.md", loader_cls=TextLoader, loader_kwargs={"encoding": "utf-8"}, silent_errors=False
    )
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHARACTERS, chunk_overlap=OVERLAP)
    pieces = splitter.split_documents(loader.load())
    InMemoryVectorStore(HuggingFaceEmbeddings(model_name=str(model))).add_documents(pieces)
    return [one.page_content for one in pieces]


def llamaindex(folder: Path, model: Path) -> list[str]:
    from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.schema import MetadataMode
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    documents = SimpleDirectoryReader(str(folder), recursive=True, required_exts=[".md"]).load_data()
    splitter = SentenceSplitter(chunk_size=TOKENS, chunk_overlap=TOKENS_OVERLAP)
    index = VectorStoreIndex.from_documents(
        documents, transformations=[splitter], embed_model=HuggingFaceEmbedding(model_name=str(model))
    )
    return [node.get_content(MetadataMode.EMBED) for node in index.docstore.docs.values()]


PIPELINES: dict[str, Callable[[Path, Path], list[str]]] = {
    "Frontdesk": frontdesk,
    "LangChain": langchain,
    "LlamaIndex": llamaindex,
}


def pages(wanted: int, into: Path) -> int:
    """Copy Markdown of the policy collections, evenly chosen; return their characters."""
    found = [path for source in indexing.sources() for path in sorted(Path(source["path"]).rglob("*.md"))]
    characters = 0
    for number, path in enumerate(found[:: max(1, len(found) // wanted)][:wanted]):
        shutil.copyfile(path, into / f"{number:04}.md")
        characters += len(path.read_text(encoding="utf-8"))
    return characters


def measure(documents: int, rounds: int, show: Callable[[str], None]) -> dict[str, Any]:
    embedder = Embedder()
    names = list(PIPELINES)
    speeds: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as made:
        folder, few = Path(made) / "pages", Path(made) / "few"
        folder.mkdir()
        few.mkdir()
        characters = pages(documents, folder)
        pages(2, few)
        for name, pipeline in PIPELINES.items():
            show(f"warming up {name}")
            pipeline(few, embedder.folder)
        for number in range(rounds):
            for name in names[number % len(names) :] + names[: number % len(names)]:
                show(f"round {number + 1} of {rounds}: {name}")
                begun = time.perf_counter()
                texts = PIPELINES[name](folder, embedder.folder)
                seconds = time.perf_counter() - begun
                tokens = sum(min(count + 2, embedder.max_tokens) for count in embedder.count_tokens(texts))
                speeds[name].append(
                    {
                        "passages": len(texts),
                        "seconds": round(seconds, 2),
                        "passages_per_s": round(len(texts) / seconds, 1),
                        "characters_per_s": round(characters / seconds),
                        "tokens_per_s": round(tokens / seconds),
                    }
                )
    return {
        name: {key: round(median(one[key] for one in measured), 2) for key in measured[0]}
        | {
            f"times_{key}": round(
                median(ours[key] / theirs[key] for ours, theirs in zip(speeds["Frontdesk"], measured, strict=True)), 2
            )
            for key in ("passages_per_s", "characters_per_s", "tokens_per_s")
        }
        for name, measured in speeds.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of a table")
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    warnings.simplefilter("ignore", DeprecationWarning)
    with Console(stderr=True).status("") as status:
        results = measure(options.documents, options.rounds, status.update)
    if options.json:
        json.dump(results, sys.stdout, indent=2)
        print()
        return
    table = Table("", *results, title="Indexing; “times”: Frontdesk against it")
    for key in results["Frontdesk"]:
        table.add_row(key.replace("_", " "), *(str(values[key]) for values in results.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
