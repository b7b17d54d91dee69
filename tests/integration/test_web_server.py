"""The HTTP server of a running Frontdesk: where it listens, and clients that keep it waiting."""

import asyncio
import socket

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from adapters.web import health, server
from knowledge.errors import FrontdeskError


@pytest.mark.parametrize(
    "listen", ["8080", "localhost", "localhost:99999", "localhost:http", "::1:8080", "[::1]", "a b"]
)
async def test_what_is_no_address_is_told_with_how_to_write_one(listen: str) -> None:
    with pytest.raises(FrontdeskError, match="no address") as told:
        async with server.serving(listen, health.app(dict)):
            pass
    assert "127.0.0.1:8080" in told.value.fix


async def test_an_address_that_is_taken_is_told_once_and_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(FrontdeskError) as told:
            async with server.serving(listen, health.app(dict)):
                pass
    assert told.value.sentence.endswith("cannot be listened on: Address already in use.")
    assert "another Frontdesk" in told.value.fix


@pytest.mark.skipif(not socket.has_ipv6, reason="This machine has no IPv6.")
async def test_an_address_of_ipv6_is_listened_on() -> None:
    try:
        async with (
            server.serving("[::1]:0", health.app(dict)) as address,
            aiohttp.ClientSession() as session,
            session.get(f"{address}/healthz") as response,
        ):
            assert response.status == 200
    except FrontdeskError as error:
        pytest.skip(str(error))


async def test_a_client_that_never_ends_its_request_does_not_keep_frontdesk_from_stopping(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "GRACE_S", 1)
    began = asyncio.Event()

    async def slow(request: Request) -> PlainTextResponse:
        began.set()
        return PlainTextResponse(await request.body())

    async with asyncio.timeout(60):
        async with server.serving("127.0.0.1:0", Starlette(routes=[Route("/", slow, methods=["POST"])])) as address:
            host, port = address.removeprefix("http://").split(":")
            _, writer = await asyncio.open_connection(host, int(port))
            writer.write(b"POST / HTTP/1.1\r\nHost: frontdesk\r\nContent-Length: 100\r\n\r\nsome of it")
            await began.wait()
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(host, int(port))
