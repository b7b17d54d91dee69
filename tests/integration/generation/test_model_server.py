"""The remote engine on a real server: that of llama-cpp-python, with the embedded model."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.generation.engine import Answering, EngineError, GenerationDone, GenerationRequest, TextDelta
from bot.generation.fallback import FallbackEngine
from bot.generation.models import PreparedModel
from bot.generation.remote import RemoteConfig, RemoteEngine
from bot.messages import Turn
from tests.integration.generation.conftest import Ask, StartEngine
from tests.model_servers import llama_cpp_server

KEY = "sk-a-key-of-the-tests"
QUESTION = (Turn("system", "You are a helpful assistant."), Turn("user", "Name three colours."))


@pytest.fixture(scope="module")
def served(model: PreparedModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("server") / "log"
    with llama_cpp_server(model.path, log, key=KEY) as (url, _):
        yield url


@pytest.fixture
async def remote(served: str) -> AsyncIterator[RemoteEngine]:
    engine = RemoteEngine(RemoteConfig(served, api_key=KEY))
    await engine.start()
    yield engine
    await engine.stop()


async def said(engine: RemoteEngine | FallbackEngine, **options: object) -> tuple[str, GenerationDone, list[str]]:
    request = GenerationRequest(**({"messages": QUESTION, "max_tokens": 24} | options))  # type: ignore[arg-type]
    events = [event async for event in engine.generate(request)]
    assert isinstance(events[-1], GenerationDone)
    models = [event.model.name for event in events if isinstance(event, Answering)]
    return "".join(event.text for event in events if isinstance(event, TextDelta)), events[-1], models


async def test_the_server_says_what_the_local_engine_says(
    remote: RemoteEngine, start_engine: StartEngine, ask: Ask
) -> None:
    here, local = await ask(await start_engine(), "Name three colours.")
    there, done, _ = await said(remote)
    assert (there, done.reason) == (here, local.reason)
    short, done, _ = await said(remote, max_tokens=3)
    assert there.startswith(short) and len(short.split()) == 3
    assert (done.reason, done.completion_tokens) == ("length", 3)


async def test_a_short_answer_ends_with_stop(remote: RemoteEngine) -> None:
    text, done, _ = await said(remote, grammar='root ::= "red" | "blue"')
    assert text in ("red", "blue")
    assert done.reason == "stop"


async def test_a_stop_string_is_not_said(remote: RemoteEngine) -> None:
    whole, _, _ = await said(remote)
    stop = whole.split()[3]
    text, done, _ = await said(remote, stop=(stop,))
    assert whole.startswith(text) and stop not in text
    assert done.reason == "stop"


async def test_questions_asked_at_the_same_time_are_all_answered(remote: RemoteEngine) -> None:
    alone, _, _ = await said(remote)
    assert [text for text, _, _ in await asyncio.gather(*(said(remote) for _ in range(4)))] == [alone] * 4


async def test_the_count_of_a_prompt_is_never_too_small(remote: RemoteEngine, start_engine: StartEngine) -> None:
    exact = await (await start_engine()).count_prompt(QUESTION)
    assert exact <= await remote.count_prompt(QUESTION) <= 4 * exact


async def test_the_check_tells_what_is_served(remote: RemoteEngine, served: str) -> None:
    told = await remote.check()
    assert served in told and "smol" in told and "generation.context_size" in told


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"api_key": "sk-another"}, "FRONTDESK_GENERATION__API_KEY"),
        ({"api_key": KEY, "model": "large"}, "Set generation.model to one that it serves: smol"),
    ],
)
async def test_a_wrong_key_or_model_is_told_with_what_to_do(served: str, options: dict[str, str], words: str) -> None:
    engine = RemoteEngine(RemoteConfig(served, **options))  # type: ignore[arg-type]
    with pytest.raises(EngineError) as caught:
        await engine.start()
    await engine.stop()
    assert words in str(caught.value)
    assert "sk-another" not in str(caught.value)


async def test_when_the_server_is_killed_the_local_model_answers_and_then_the_server_again(
    model: PreparedModel, start_engine: StartEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.generation.remote.backoff", lambda attempt: 0.01)
    local = await start_engine()
    with llama_cpp_server(model.path, tmp_path / "log") as (url, process):
        engine = FallbackEngine(RemoteEngine(RemoteConfig(url, token_timeout_s=5.0)), local, 1024)
        await engine.start()
        first, _, models = await said(engine)
        assert models == []
        process.kill()
        process.wait()
        second, _, models = await said(engine)
        assert (second, models) == (first, [model.name])
        assert "local model answers" in engine.health()
    port = int(url.rpartition(":")[2])
    with llama_cpp_server(model.path, tmp_path / "log", port=port):
        monkeypatch.setattr("bot.generation.breaker.CircuitBreaker.wait_s", 0.0)
        again, _, models = await said(engine)
        assert (again, models) == (first, [])
        assert engine.health() == ""
    await engine.stop()


async def test_a_server_killed_in_the_middle_of_an_answer_leaves_no_half_answer(
    model: PreparedModel, tmp_path: Path
) -> None:
    with llama_cpp_server(model.path, tmp_path / "log") as (url, process):
        engine = RemoteEngine(RemoteConfig(url))
        await engine.start()
        with pytest.raises(EngineError, match="broke off"):
            await _killed_while_it_speaks(engine, process)
        await engine.stop()


async def _killed_while_it_speaks(engine: RemoteEngine, process: subprocess.Popen[bytes]) -> None:
    heard = 0
    async for event in engine.generate(GenerationRequest((Turn("user", "Tell a long story."),), 500)):
        assert not isinstance(event, GenerationDone)
        heard += isinstance(event, TextDelta)
        if heard == 5:
            process.kill()
