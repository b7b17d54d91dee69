"""A tuning round by the clock: answers that people liked in Slack become an adapter, and its admin decides in Slack.

Everything is the real thing, only small: three pages, the embedded model, what is made of them, a few steps.
"""

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.tuning.registry import AdapterState, Registry
from tests.slack_server import BINARY, BOT, MISSING, serving
from tests.slack_server.frontdesk import ANN, BEN, HANDBOOK, Frontdesk
from tests.slack_server.workspace import Message, has_buttons, shown

SETTINGS = f"""
admins = ["slack:{ANN}"]
[lora]
default = false
[tuning]
approve_likes = 1
min_new_examples = 2
schedule = ""
"""
PAGES = ("gift-cards.md", "price-match.md", "refill-plan.md")
ASKED = ("How do I cancel my Refill Plan subscription?", "How do I check the balance of a gift card?")
PATIENCE_S = 1800

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=MISSING)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Frontdesk]:
    pages = tmp_path / "pages"
    pages.mkdir()
    for name in PAGES:
        shutil.copy(HANDBOOK / name, pages)
    with serving(tmp_path) as address:
        office = Frontdesk(address, tmp_path, SETTINGS)
        config = office.config.read_text().replace(json.dumps(str(HANDBOOK)), json.dumps(str(pages)))
        office.config.write_text(config.replace('"Q8_0"', '"Q8_0"\nmax_tokens = 40\ncontext_size = 2048'))
        assert office.frontdesk("reindex").wait() == 0, office.log.read_text()
        try:
            yield office
        finally:
            if office.process and office.process.poll() is None:  # where the test failed
                office.kill()


def has_news(message: Message) -> bool:
    return "new adapter" in shown(message) or "tuning round" in shown(message)


@pytest.mark.timeout(PATIENCE_S)
async def test_liked_answers_become_an_adapter_over_night_and_an_admin_decides_on_it(office: Frontdesk) -> None:
    office.bring_up()
    for text in ASKED:
        (answer,) = await office.answers(await office.ask(f"<@{BOT}> {text}"))
        await office.workspace.press(BEN, answer, "rate_up")
    await office.told(BEN, "noted as helpful")
    await asyncio.sleep(1)
    assert office.stop() == 0, office.log.read_text()

    office.config.write_text(office.config.read_text().replace('schedule = ""', 'schedule = "* * * * *"'))
    office.bring_up()
    channel = await office.workspace.direct_messages(ANN, PATIENCE_S)
    told = await office.workspace.until(
        lambda messages: next(filter(has_news, messages), None), channel, patience_s=PATIENCE_S
    )
    assert "A new adapter was trained on 2 new examples" in shown(told), office.log.read_text()
    registry = Registry(office.config.parent / "data" / "tuning")
    (adapter,) = registry.read().adapters.values()
    assert adapter.state is AdapterState.CANDIDATE and adapter.run and adapter.verdict
    assert f"{adapter.metrics['rag+lora']['f1']:.3f}" in shown(told)
    # A handful of questions proves nothing: the gate is shut, and only Reject is offered.
    assert "too few to tell anything by" in shown(told) and has_buttons(told)
    assert "tune_promote" not in json.dumps(told["blocks"])

    await office.workspace.press(ANN, told | {"channel": channel}, "tune_reject")
    await office.workspace.until(lambda messages: [m for m in messages if "is rejected" in shown(m)], channel)
    assert registry.read().adapters[adapter.id].state is AdapterState.REJECTED
    assert office.stop() == 0, office.log.read_text()
    assert "gguf_writer" not in office.log.read_text(), "the log is Frontdesk's own"
