"""What `frontdesk run` tells and does while it is starting."""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import aiohttp
import pytest

from adapters import wiring
from adapters.doctor import _http
from adapters.web import health, server
from adapters.wiring import serve
from bot.settings import HttpSettings, Settings, from_values
from knowledge.errors import FrontdeskError


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    slack = {"bot_token": "xoxb-x", "app_token": "xapp-x", "api_url": "http://127.0.0.1:9/"}
    http = {"listen": f"127.0.0.1:{free_port()}"}
    return from_values({"data_dir": str(tmp_path), "slack": slack, "http": http})


async def done() -> None:
    """Take no time."""


class Readying:
    """What takes long before the first start; it never ends by itself."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.cancelled = False

    async def __call__(self) -> None:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise


class Loading(Readying):
    """A model that loads for ever."""

    stopped = False

    async def start(self) -> None:
        await self()

    async def stop(self) -> None:
        self.stopped = True


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Loading:
    model = Loading()
    monkeypatch.setattr(wiring, "engine", lambda settings: model)
    return model


@pytest.mark.parametrize("long", ["preparing the model", "reading the documents"])
async def test_health_answers_while_it_starts_and_a_signal_ends_it(
    settings: Settings, model: Loading, long: str
) -> None:
    readying = Readying()
    steps = (readying, done) if long == "preparing the model" else (done, readying)
    serving = asyncio.create_task(serve(settings, *steps))
    async with asyncio.timeout(60), aiohttp.ClientSession(f"http://{settings.http.listen}") as session:
        await asyncio.wait({serving, asyncio.create_task(readying.begun.wait())}, return_when=asyncio.FIRST_COMPLETED)
        async with session.get("/healthz") as alive:
            assert alive.status == 200
            assert (await alive.json())["installation"] == wiring.installation(settings)
        async with session.get("/readyz") as ready:
            assert ready.status == 503
            assert (await ready.json())["parts"] == {"frontdesk": "It is starting."}
        async with session.post("/slack/events", data="{}") as event:
            assert event.status == 503, "Slack sends it again"
        os.kill(os.getpid(), signal.SIGTERM)
        await serving
    assert readying.cancelled
    assert model.cancelled is model.stopped is model.begun.is_set() is (long == "reading the documents")


async def test_the_model_loads_while_the_documents_are_opened(settings: Settings, model: Loading) -> None:
    async def read() -> None:
        async with asyncio.timeout(60):
            await model.begun.wait()
        raise FrontdeskError("The folder cannot be read.")

    with pytest.raises(FrontdeskError, match="folder"):
        await serve(settings, done, read)
    assert model.stopped


async def test_garbage_is_collected_once_everything_runs(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def running(*_: object) -> AsyncIterator[SimpleNamespace]:
        yield SimpleNamespace(platforms={"slack": None}, health=dict, notes=dict, answering=dict)

    monkeypatch.setattr(wiring, "running", running)
    gc.disable()  # as `frontdesk run` does
    try:
        serving = asyncio.create_task(serve(settings, done, done))
        async with asyncio.timeout(60), aiohttp.ClientSession(f"http://{settings.http.listen}") as session:
            while not gc.isenabled():  # noqa: ASYNC110  there is no event to wait for
                await asyncio.sleep(0.01)
            async with session.get("/readyz") as ready:
                assert ready.status == 200
            os.kill(os.getpid(), signal.SIGTERM)
            await serving
    finally:
        gc.enable()
        gc.unfreeze()


async def test_a_model_that_does_not_load_ends_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Damaged(Loading):
        async def start(self) -> None:
            raise FrontdeskError("The model is damaged.")

    model = Damaged()
    monkeypatch.setattr(wiring, "engine", lambda settings: model)
    with pytest.raises(FrontdeskError, match="damaged"):
        await serve(settings, done, done)
    assert model.stopped


async def test_what_keeps_the_model_from_being_prepared_ends_it(settings: Settings) -> None:
    async def fails() -> None:
        raise FrontdeskError("The file cannot be read.")

    with pytest.raises(FrontdeskError, match="file"):
        await serve(settings, fails, done)


async def test_an_address_that_is_taken_is_told_before_anything_begins(settings: Settings) -> None:
    readying = Readying()
    host, port = settings.http.listen.split(":")
    with socket.create_server((host, int(port))), pytest.raises(FrontdeskError, match="cannot be listened on"):
        await serve(settings, readying, readying)
    assert not readying.begun.is_set()


async def test_the_doctor_finds_the_address_free_taken_or_frontdesk_there(settings: Settings) -> None:
    async def told(listen: str) -> str:
        return await _http(settings.model_copy(update={"http": HttpSettings(listen=listen)}))

    listen = settings.http.listen
    assert await told(listen) == f"{listen} is free."
    assert "Not used" in await told("")
    with pytest.raises(FrontdeskError, match="is no address"):
        await told("8080")

    async def another(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnull")
        writer.close()

    host, port = listen.split(":")
    async with await asyncio.start_server(another, host, int(port)):
        with pytest.raises(FrontdeskError, match="cannot be listened on"):
            await told(listen)
    async with server.serving(listen, health.app(dict, installation=wiring.installation(settings))):
        assert await told(listen) == f"Frontdesk is running on {listen}."
    async with server.serving(listen, health.app(dict, installation=wiring.installation(Settings(data_dir="other")))):
        with pytest.raises(FrontdeskError, match=f"Another Frontdesk, .* is running on {listen}"):
            await told(listen)


async def test_without_tokens_nothing_begins(settings: Settings) -> None:
    readying = Readying()
    with pytest.raises(FrontdeskError, match="tokens"):
        await serve(settings.model_copy(update={"slack": Settings().slack}), readying, readying)
    assert not readying.begun.is_set()
