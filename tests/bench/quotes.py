"""Whether the right sentence is quoted to questions as people type them: python -m tests.bench.quotes [SET …] [--json]

The questions below `asked/` were written for this, over the sample handbook, company policies, guides and pages of
agencies, each with the words that answer it; no model speaks. Counted are the questions for which the answering
sentence is in the passages found, those for which it is what would be quoted, those that are not refused, and those
that are neither refused nor quoted a wrong sentence. The sets `…-none` ask what no page answers. The weights of
sentences (`tests.bench.sentences`) and the network that reads them (`tests.bench.cross_encoder`) were learned from the
others, except those called `…-held-out`; the network not from the handbook's either.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable
from functools import partial

from rich.console import Console
from rich.table import Table

from bot.lookup import Lookup
from bot.quoting.extracts import LEAST_LIKENESS
from bot.quoting.scoring import weighed
from bot.settings import Settings
from bot.understanding.names import Names
from knowledge.embedding import Embedder
from knowledge.retrieval import Retriever
from tests.bench.sentences import ASKED, collection_of, written


async def measure(name: str, show: Callable[[str], None]) -> dict[str, int] | None:
    """Return the counts of a set; None where its documents are not there."""
    index = collection_of(name)
    if index is None:
        return None
    settings, retriever = Settings(), Retriever(index, Embedder(light=True))
    names = Names(settings.scope_names)
    lookup = Lookup(retriever, names, settings.answering, settings.today)
    counts = dict.fromkeys(("asked", "found", "quoted", "not refused", "right"), 0)
    for number, one in enumerate(questions := written(name)):
        show(f"{name}: {number} of {len(questions)}")
        looked = await lookup.look(one.text, (), one.scope, "")
        found = looked.retrieval.passages
        told = weighed(retriever, looked.query, found, partial(names.holding, scope=looked.scope or one.scope))
        quote = told.best(LEAST_LIKENESS)
        right = any(one.worth(each.text) for each in quote)
        answered = looked.confidence >= settings.answering.min_confidence
        counts["asked"] += 1
        counts["found"] += any(one.worth(each.text) for each in told.sentences)
        counts["quoted"] += right
        counts["not refused"] += answered
        counts["right"] += right and answered
    return counts


def main() -> None:
    names = sorted(path.stem for path in ASKED.glob("*.jsonl"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(names)}; all by default")
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of a table")
    options = parser.parse_args()
    if unknown := set(options.sets) - set(names):
        parser.error(f"there is no set {', '.join(sorted(unknown))}")
    with Console(stderr=True).status("") as status:
        measured = {name: asyncio.run(measure(name, status.update)) for name in options.sets or names}
    results = {name: counts for name, counts in measured.items() if counts}
    if options.json:
        print(json.dumps(results, indent=2))
        return
    table = Table("set", "asked", "found", "quoted", "not refused", "right", title="Questions as customers type them")
    for name, counts in results.items():
        table.add_row(name, *map(str, counts.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
