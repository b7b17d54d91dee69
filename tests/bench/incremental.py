"""Reindexing what has hardly changed: `python -m tests.bench.incremental [--files 10000] [--json]`.

Indexes a folder of small files from nothing, then, each in a process that has just started, as a
command has: nothing changed, one file changed, one removed, one added. `seconds` is the reindex from
its start to its report, when the change can be searched, loading of the model included; `command_s` is
the whole process with its start and imports.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from knowledge.index import Index
from knowledge.reindex import ReindexJob, run_reindex

_SUBJECTS = ("returns", "shipping", "warranty", "invoices", "accounts", "vouchers", "repairs", "subscriptions")
_PLACES = ("Norway", "Portugal", "Canada", "Japan", "Chile", "Kenya", "Austria", "Ireland", "Vietnam")


def page(number: int, days: int) -> str:
    subject, place = _SUBJECTS[number % len(_SUBJECTS)], _PLACES[number % len(_PLACES)]
    return (
        f"# {subject.capitalize()} in {place}, part {number}\n\n"
        f"In {place} our rules for {subject} are those of article {number}. Whoever asks within {days} days is "
        f"helped by the shop in {place}; after that only by letter, with the number {number} on it.\n"
    )


def child(job: ReindexJob, results: Any) -> None:
    begun = time.perf_counter()
    report = run_reindex(job)
    results.send((report.as_json(), time.perf_counter() - begun, peak_mb()))


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_new_process(job: ReindexJob) -> tuple[dict[str, Any], float, float, float]:
    """Return report, seconds, peak memory in MiB, and seconds of the whole process."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    begun = time.perf_counter()
    process = context.Process(target=child, args=(job, sender))
    process.start()
    report, seconds, memory = receiver.recv()
    process.join()
    return report, seconds, memory, time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of a table")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=3, help="how often each is measured; the median counts")
    options = parser.parse_args()
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as name, Console(stderr=True).status("") as status:
        folder = Path(name, "pages")
        for number in range(options.files):
            path = folder / f"{number // 100:03}" / f"{number:06}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page(number, 30))
        job = ReindexJob(str(Path(name, "index")), ({"name": "pages", "kind": "folder", "path": str(folder)},))

        def file(number: int) -> Path:
            return folder / f"{number // 100:03}" / f"{number:06}.md"

        def nothing(time: int) -> None:
            pass

        def changed(time: int) -> None:
            file(time).write_text(page(time, 77))

        def removed(time: int) -> None:
            file(options.files - 1 - time).unlink()

        def added(time: int) -> None:
            (folder / f"new-{time}.md").write_text(page(options.files + time, 5))

        cases: dict[str, Callable[[int], None]] = {
            "nothing changed": nothing,
            "one changed": changed,
            "one removed": removed,
            "one added": added,
        }
        status.update("from nothing")
        report, seconds, memory, command = in_new_process(job)
        results["from nothing"] = row(report, [seconds], [command], memory)
        for case, change in cases.items():
            all_seconds, commands = [], []
            for time_of_many in range(options.times):
                status.update(f"{case}, time {time_of_many + 1} of {options.times}")
                change(time_of_many)
                report, seconds, memory, command = in_new_process(job)
                all_seconds.append(seconds)
                commands.append(command)
                assert Index(job.uri).published().number == report["version"]
            results[case] = row(report, all_seconds, commands, memory)
    if options.json:
        json.dump(results, sys.stdout, indent=2)
        print()
        return
    table = Table("case", title=f"Reindexing {options.files} small files")
    for column in results["from nothing"]:
        table.add_column(column.replace("_", " "), justify="right")
    for case, values in results.items():
        table.add_row(case, *map(str, values.values()))
    Console().print(table)


def row(report: dict[str, Any], seconds: list[float], commands: list[float], memory: float) -> dict[str, Any]:
    return {
        "documents": report["documents"],
        "passages": report["passages"],
        "added_changed_removed": f"{report['added']}/{report['changed']}/{report['removed']}",
        "seconds": round(statistics.median(seconds), 3),
        "command_s": round(statistics.median(commands), 3),
        "peak_mib": round(memory),
    }


if __name__ == "__main__":
    main()
