"""A reindex that is killed at any moment leaves the old version whole, and the next one makes up for it."""

from __future__ import annotations

import json
import os
import pickle
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.documents import Scope
from knowledge.index import Index
from knowledge.reindex import ReindexJob, run_reindex
from knowledge.retrieval import Query, Retriever

Open = Callable[[], Retriever]

# Starts once and forks a process for each reindex: the imports would take longer than all the rest. It has
# neither touched LanceDB nor computed anything by then, so that there are no threads to lose.
SERVER = """
import json, os, pickle, sys, time
from pathlib import Path
import knowledge.bert, knowledge.sources.folder, lance_namespace, pandas
from knowledge import index, reindex, state

modules = {"index": index, "reindex": reindex, "state": state}

def dying(at, nth, after):
    module, *path, name = at.split(".")
    owner = modules[module]
    for part in path:
        owner = getattr(owner, part)
    real, calls = getattr(owner, name), 0
    def wrapped(*args, **kwargs):
        nonlocal calls
        calls += 1
        if calls < nth:
            return real(*args, **kwargs)
        if after:
            real(*args, **kwargs)
        os.kill(os.getpid(), 9)
    setattr(owner, name, wrapped)

for line in sys.stdin:
    request = json.loads(line)
    pid = os.fork()
    if not pid:
        if request["at"]:
            dying(request["at"], request["nth"], request["after"])
        try:
            reindex.run_reindex(pickle.loads(Path(request["job"]).read_bytes()))
        finally:
            os._exit(0)
    begun = time.monotonic()
    if request["delay"] is not None:
        time.sleep(request["delay"])
        os.kill(pid, 9)  # no other process has its id before it is waited for
    status = os.waitpid(pid, 0)[1]
    print(json.dumps([status == 9, time.monotonic() - begun]), flush=True)
"""


class Killed:
    """Runs a reindex in a process of its own that does not live to its end."""

    def __init__(self, folder: Path) -> None:
        script = folder / "server.py"
        script.write_text(SERVER)
        root = Path(__file__).resolve().parents[3]
        self.process = subprocess.Popen(
            [sys.executable, script],
            env=os.environ | {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._job = folder / "job"

    def run(
        self, job: ReindexJob, at: str = "", nth: int = 1, after: bool = False, delay: float | None = None
    ) -> tuple[bool, float]:
        """Reindex and die at, or right after, the nth call of a function, or after a delay in seconds.

        Returns whether it was killed, and after how many seconds it had ended.
        """
        assert self.process.stdin and self.process.stdout
        self._job.write_bytes(pickle.dumps(job))
        request = {"job": str(self._job), "at": at, "nth": nth, "after": after, "delay": delay}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        died, seconds = json.loads(self.process.stdout.readline())
        return died, seconds


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    server = Killed(tmp_path_factory.mktemp("killed"))
    yield server
    assert server.process.stdin
    server.process.stdin.close()
    server.process.wait()


def whole(uri: str) -> dict[str, tuple[str, str]]:
    """Return the documents of the version in force, content hash and text, after looking at it closely."""
    version = Index(uri).published()
    documents = version.documents()
    version.check(sum(one.passages for one in documents.values()))
    return {
        id: (one.content_hash, "\n".join(passage.text for passage in version.passages_of(id)))
        for id, one in documents.items()
    }


def change(policies: Path, number: int) -> None:
    """Change a page, add one, and remove one that was added before."""
    (policies / "shipping.md").write_text(f"# Shipping\n\nShipping to Norway takes {number + 100} days.")
    (policies / f"extra-{number}.md").write_text(f"# Extra {number}\n\nThe extra rule number {number}.")
    (policies / f"extra-{number - 2}.md").unlink(missing_ok=True)
    for path in policies.iterdir():
        # A file that has just been written is read again whatever its tag; these are to be old.
        os.utime(path, ns=(stamp := path.stat().st_mtime_ns - 10**10, stamp))


def clean(job: ReindexJob, tmp_path: Path) -> dict[str, tuple[str, str]]:
    """Return what an index made from nothing would hold."""
    uri = str(tmp_path / "clean" / str(time.monotonic_ns()))
    run_reindex(replace(job, uri=uri))
    return whole(uri)


STEPS = [
    ("index.StagedVersion.remove", 1),
    ("index.StagedVersion.add", 1),
    ("index._build_indexes", 1),
    ("index._tag", 1),
    ("index._tag", 2),
    ("index._clean_up", 1),
    ("reindex.remember", 1),
    ("index.Index.remember", 1),
    ("index.Index.remember", 2),
]


def test_killed_before_and_after_any_step_a_reindex_leaves_a_whole_version(
    job: ReindexJob, policies: Path, tmp_path: Path, retriever: Open, killed: Killed
) -> None:
    run_reindex(job)
    reader = retriever()
    for number, ((at, nth), after) in enumerate((step, after) for step in STEPS for after in (False, True)):
        before = whole(job.uri)
        change(policies, number)
        died, _ = killed.run(job, at, nth, after)
        assert died, (at, nth)
        held = whole(job.uri)
        published = (STEPS.index((at, nth)), after) >= (STEPS.index(("index._tag", 2)), True)
        days = f"{number + 100} days" if published else before["shipping.md"][1]
        assert (held == before) is not published, (at, nth, after)
        found = reader.search(Query("shipping to Norway"), 5, Scope()).passages
        assert days in found[0].passage.text, (at, nth, after)
        # Every other time the next run has to make up for two that were killed.
        if number % 2:
            killed.run(job)
            assert f"{number + 100} days" in whole(job.uri)["shipping.md"][1], (at, nth, after)
    run_reindex(job)
    assert whole(job.uri) == clean(job, tmp_path)


def test_killed_at_random_moments_a_reindex_leaves_a_whole_version(
    job: ReindexJob, policies: Path, tmp_path: Path, killed: Killed
) -> None:
    chance = random.Random(3)
    run_reindex(job)
    change(policies, 0)
    _, takes = killed.run(job)
    before = whole(job.uri)
    deaths = 0
    for number in range(1, 13):
        change(policies, number)
        died, seconds = killed.run(job, delay=chance.uniform(0, takes))
        takes = takes if died else seconds
        deaths += died
        held = whole(job.uri)
        assert held == before or f"{number + 100} days" in held["shipping.md"][1], number
        if number % 3 == 0:
            killed.run(job)
            held = whole(job.uri)
            assert f"{number + 100} days" in held["shipping.md"][1], number
        before = held
    run_reindex(job)
    assert whole(job.uri) == clean(job, tmp_path)
    assert deaths > 4


def test_a_first_reindex_that_is_killed_leaves_nothing_behind_that_is_searched(
    job: ReindexJob, tmp_path: Path, killed: Killed
) -> None:
    assert killed.run(job, "index._tag", 1)[0]
    assert Index(job.uri).published_or_none() is None
    run_reindex(job)
    assert whole(job.uri) == clean(job, tmp_path)
