"""Whether questions after a row of a table find it: python -m tests.bench.tables [--questions N]

Each cell of the tables in the policy collections and the sample handbook makes a question, "What is the <column> of
<row>?", which its passage answers. Told is the share of them whose passage is the nearest, or among the nearest, of all
passages of the collection, by the vectors alone.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterator

import numpy as np
from rich.console import Console
from rich.table import Table

from knowledge.documents import Passage
from knowledge.embedding import Embedder
from knowledge.index import Index
from knowledge.reindex import ReindexJob, run_reindex
from tests.bench import data, indexing

SEED = 0
RANKS = (1, 4, 20)
_RULE = re.compile(r"\|[\s:|-]+\|")
_LONGEST = 60
"""Characters of a row's or column's name; what is longer is no name."""


def questions(passage: Passage) -> Iterator[str]:
    """Yield a question for each cell that has names."""
    lines = [line.strip() for line in passage.text.split("\n")]
    for place, rule in enumerate(lines):
        if not place or not _RULE.fullmatch(rule):
            continue
        columns = [cell.strip() for cell in lines[place - 1].strip("|").split("|")][1:]
        for line in lines[place + 1 :]:
            if not line.startswith("|"):
                break
            row, *cells = [cell.strip() for cell in line.strip("|").split("|")]
            for column, cell in zip(columns, cells, strict=False):
                if row and column and cell and max(len(row), len(column)) < _LONGEST:
                    yield f"What is the {column.lower()} of {row}?"


def shares(embedder: Embedder, index: Index, count: int) -> tuple[int, list[float]]:
    """Return how many questions there are, and which share of them finds its passage within each of `RANKS`."""
    passages, vectors = index.published().everything()
    asked = [(question, place) for place, one in enumerate(passages) for question in questions(one)]
    asked = random.Random(SEED).sample(asked, min(count, len(asked)))
    cosines = embedder.encode([question for question, _ in asked]) @ vectors.T
    places = np.array([place for _, place in asked])
    ranks = (cosines > cosines[np.arange(len(asked)), places][:, None]).sum(axis=1)
    return len(asked), [float((ranks < most).mean()) for most in RANKS]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--questions", type=int, default=250, help="of each collection at the most")
    count = parser.parse_args().questions
    corpora = ReindexJob(str(data.CACHE / "corpora"), tuple(indexing.sources()), data.ROOT)
    embedder, console = Embedder(light=True), Console(stderr=True)
    embedder.load()
    table = Table("collection", "questions", *(f"among {most}" for most in RANKS))
    with console.status("") as status:
        for name, job in (("policy collections", corpora), ("sample handbook", data.handbook().job())):
            run_reindex(job, progress=lambda stage, done, of: status.update(f"{stage} {done} of {of}"))
            status.update(name)
            found, measured = shares(embedder, Index(job.uri), count)
            table.add_row(name, str(found), *(f"{value:.1%}" for value in measured))
    Console().print(table)


if __name__ == "__main__":
    main()
