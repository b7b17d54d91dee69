"""A tuning round by the clock: answers that people liked in Slack become an adapter, and its admin decides in Slack.

Everything is the real thing, only small: three pages, the embedded model, what is made of them, a few steps.
"""

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
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


def telling(words: str) -> Callable[[Sequence[Message]], Message | None]:
    return lambda messages: next((one for one in messages if words in shown(one)), None)


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
    told = await office.workspace.until(telling("tuning round"), channel, patience_s=PATIENCE_S)
    # A handful of questions proves nothing, so nothing is trained.
    assert "too few to tell anything by" in shown(told) and not has_buttons(told), office.log.read_text()
    assert office.stop() == 0, office.log.read_text()

    # By hand it is, and a round that is trained goes on with its evaluation.
    tuning = office.config.parent / "data" / "tuning"
    memory = tuning / "cycle.json"
    set_id = json.loads(memory.read_text())["set"]
    assert f"frontdesk tune train --set {set_id}" in shown(told)
    train = office.frontdesk("tune", "train", "--set", set_id, "--run", set_id)
    assert await asyncio.to_thread(train.wait) == 0, office.log.read_text()
    memory.write_text(json.dumps({"set": "", "begun": set_id, "tries": 1}))
    office.bring_up()
    told = await office.workspace.until(telling("new adapter"), channel, patience_s=PATIENCE_S)
    registry = Registry(tuning)
    (adapter,) = registry.read().adapters.values()
    assert adapter.state is AdapterState.CANDIDATE and adapter.run and adapter.verdict
    assert f"{adapter.metrics['rag+lora']['f1']:.3f}" in shown(told)
    # The gate is shut, and only Reject is offered.
    assert "too few to tell anything by" in shown(told) and has_buttons(told)
    assert "tune_promote" not in json.dumps(told["blocks"])

    await office.workspace.press(ANN, told | {"channel": channel}, "tune_reject")
    await office.workspace.until(lambda messages: [m for m in messages if "is rejected" in shown(m)], channel)
    assert registry.read().adapters[adapter.id].state is AdapterState.REJECTED
    assert office.stop() == 0, office.log.read_text()
    assert "gguf_writer" not in office.log.read_text(), "the log is Frontdesk's own"
