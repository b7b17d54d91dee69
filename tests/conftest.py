"""What holds for every test: each worker of pytest-xdist has its share of the cores. And the sample, made ready."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import hypothesis
import pytest

from tests import sample_data


def _share_the_cores() -> None:
    """Set how many threads PyTorch, NumPy and llama.cpp compute on, here and in the programs that tests start.

    Read when their libraries are loaded, so before any test is imported. Threads that wait for one another while
    another worker has their core hold everything up.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        share = str(max(1, cores // workers))
        for variable in ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            os.environ.setdefault(variable, share)


_share_the_cores()
# How long a made example takes says nothing on a machine that does something else beside the tests.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")


@pytest.fixture(scope="session")
def copy_sample(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], None]:
    """Return what puts the index of the sample handbook (source `handbook`) and the Q8_0 model into a data folder."""
    folder = tmp_path_factory.getbasetemp()
    run = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    return partial(sample_data.copy, sample_data.make(run))
