"""Whatever goes wrong between the bot and the platforms, every question is answered exactly once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.faults import office
from tests.faults.kills import kills
from tests.faults.storm import storm, towns
from tests.slack_server import BINARY, MISSING, serving

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=MISSING)


@pytest.fixture(scope="module")
def slack_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("slack")) as address:
        yield address


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    office.hurry(monkeypatch.setattr)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [1, 3])
async def test_in_a_storm_of_faults_every_question_is_answered_exactly_once(
    tmp_path: Path, slack_address: str, seed: int
) -> None:
    async with towns(tmp_path, slack_address, seed) as both:
        assert await storm(both, seed, questions=20) == []
        assert len(both.asked) == 20
        assert sum(both.happened().values()) > 10, "a storm without faults shows nothing"


@pytest.mark.timeout(900)
async def test_killed_at_random_moments_the_bot_answers_every_question_exactly_once(
    tmp_path: Path, slack_address: str
) -> None:
    async with towns(tmp_path, slack_address, 7) as both:
        assert await kills(both, tmp_path, 5, seed=7) == [], (tmp_path / "bot.log").read_text()[-4000:]
        assert len(both.asked) > 4
