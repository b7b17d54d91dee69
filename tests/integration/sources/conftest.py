"""A website of the test's own, on a free port."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.help_center import HelpCenter, running


@pytest.fixture
def site() -> Iterator[HelpCenter]:
    with running(HelpCenter()) as started:
        yield started
