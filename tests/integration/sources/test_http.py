"""The client that reads the web is patient, bounded, and goes nowhere inside the network unasked."""

from __future__ import annotations

import gzip
import itertools
import logging
import socket
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from knowledge.sources import http
from knowledge.sources.http import Client, Failure, HttpOptions
from tests.help_center import HelpCenter, Reply, Request, Sleeps, Wire, packed, running


def client(site: HelpCenter, sleep: Sleeps | None = None, **more: Any) -> Client:
    settings = {"allow_private": True, "delay": 0} | {key: more.pop(key) for key in list(more) if key in OPTIONS}
    return Client(
        HttpOptions(name="s", kind="website", **settings), site.url, sleep=Sleeps() if sleep is None else sleep, **more
    )


OPTIONS = HttpOptions.model_fields


def failure(site: HelpCenter, path: str = "/", **more: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        client(site, **more).fetch(site.url + path)
    return caught.value


def in_turn(*replies: Any) -> Any:
    """Return a handler that answers with one reply after the other, then with the last for ever."""
    left = itertools.chain(replies, itertools.repeat(replies[-1]))
    return lambda request: next(left)


def test_it_says_who_it_is(site: HelpCenter) -> None:
    site.page("/", "hello")
    client(site).fetch(site.url)
    assert site.requests[0].headers["user-agent"].startswith("Frontdesk/")
    assert site.requests[0].headers["host"] == site.url.removeprefix("http://")


def test_a_busy_server_is_asked_again_after_the_seconds_it_names(site: HelpCenter) -> None:
    sleeps = Sleeps()
    site.pages["/"] = in_turn(Reply("later", 429, {"Retry-After": "7"}), Reply("here"))
    assert client(site, sleeps).fetch(site.url).body == b"here"
    assert sum(sleeps) == pytest.approx(7, abs=0.5)


def test_a_wait_may_be_named_as_a_date(site: HelpCenter) -> None:
    sleeps = Sleeps()
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    site.pages["/"] = in_turn(Reply("", 503, {"Retry-After": when}), Reply("here"))
    assert client(site, sleeps).fetch(site.url).body == b"here"
    assert sum(sleeps) == pytest.approx(50, abs=3)


def test_a_wait_that_is_too_long_is_left_for_the_next_time(site: HelpCenter) -> None:
    sleeps = Sleeps()
    site.pages["/"] = Reply("", 429, {"Retry-After": "86400"})
    caught = failure(site, sleep=sleeps)
    assert caught.temporary and not sleeps and len(site.requests) == 1
    assert (
        str(caught) == f"{site.url}/ answered 429 Too Many Requests and asks to come back in 86400 s. Try again later."
    )


def test_waits_grow_and_retries_end(site: HelpCenter) -> None:
    sleeps = Sleeps()
    site.pages["/"] = Reply("", 502)
    assert failure(site, sleep=sleeps, retries=3).temporary
    assert len(site.requests) == 4
    assert len(sleeps) == 3 and sleeps[2] > sleeps[0]


def test_a_connection_dropped_within_the_body_is_tried_again(site: HelpCenter) -> None:
    def broken(wire: Wire) -> None:
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly a part")
        wire.drop()

    site.pages["/"] = in_turn(broken, broken, Reply("whole"))
    assert client(site).fetch(site.url).body == b"whole"
    site.pages["/"] = lambda request: broken
    assert failure(site, retries=1).temporary


def test_half_a_gzip_stream_is_not_a_page(site: HelpCenter) -> None:
    whole = gzip.compress(b"<p>all of it</p>" * 100)
    site.pages["/"] = Reply(whole[:-20], headers={"Content-Encoding": "gzip"})
    assert "broke off" in str(failure(site, retries=0))
    site.pages["/"] = packed("<p>all of it</p>")
    assert client(site).fetch(site.url).body == b"<p>all of it</p>"


def test_a_body_that_never_ends_is_cut(site: HelpCenter) -> None:
    def endless(wire: Wire) -> None:
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        wire.pour(b"<p>more</p>" * 1_000)

    site.pages["/"] = lambda request: endless
    caught = failure(site, max_bytes=200_000)
    assert "holds more than 0.2 MB, or does not end" in str(caught)
    assert not caught.temporary and len(site.requests) == 1


def test_a_gzip_bomb_is_not_unpacked(site: HelpCenter) -> None:
    bomb = gzip.compress(bytes(30_000_000), 9)
    assert len(bomb) < 40_000
    site.pages["/"] = Reply(bomb, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    assert "holds more than 1 MB" in str(failure(site, max_bytes=1_000_000))
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()
    site.pages["/"] = Reply(gzip.compress(bomb), headers={"Content-Encoding": "gzip, gzip"})
    assert "packed as gzip, gzip" in str(failure(site))


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "]
)
def test_a_slow_drip_ends_with_the_time_of_one_document(site: HelpCenter, head: bytes) -> None:
    def slow(wire: Wire) -> None:
        wire.send(head)
        wire.drip(b"a", every=0.02)

    site.pages["/"] = lambda request: slow
    caught = failure(site, timeout=0.3, retries=0)
    assert caught.temporary and "was not read in time" in str(caught)


def test_redirects_for_ever_are_told_apart_from_a_long_way(site: HelpCenter) -> None:
    for number in range(5):
        site.pages[f"/{number}"] = Reply("", 302, {"Location": f"/{number + 1}"})
    site.pages["/5"] = Reply("arrived")
    response = client(site).fetch(f"{site.url}/0")
    assert (response.url, response.body) == (f"{site.url}/5", b"arrived")
    site.pages["/5"] = Reply("", 301, {"Location": "/0"})
    assert "/0 redirects for ever" in str(failure(site, "/0"))
    site.pages["/n"] = lambda request: Reply("", 302, {"Location": f"/n?{len(site.requests)}"})
    assert "/n redirects for ever" in str(failure(site, "/n"))


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.com/x", "http://"])
def test_a_redirect_out_of_the_web_is_refused(site: HelpCenter, target: str) -> None:
    site.pages["/"] = Reply("", 302, {"Location": target})
    assert not failure(site).temporary


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0"],
)
def test_no_spelling_of_the_loopback_gets_through(site: HelpCenter, host: str) -> None:
    site.page("/", "secret")
    port = site.url.rpartition(":")[2]
    with pytest.raises(Failure, match=r"an address inside the network|is no URL"):
        client(site, allow_private=False).fetch(f"http://{host}:{port}/")
    assert not site.requests


@pytest.fixture
def _home_is_public(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    real = http.is_public
    monkeypatch.setattr(http, "is_public", lambda address: address == "127.0.0.1" or real(address))
    yield


@pytest.mark.usefixtures("_home_is_public")
@pytest.mark.parametrize("target", ["http://127.0.0.2:{port}/", "http://169.254.169.254/latest/meta-data/"])
def test_a_redirect_into_the_network_is_refused(site: HelpCenter, target: str) -> None:
    site.pages["/"] = Reply("", 302, {"Location": target.format(port=site.url.rpartition(":")[2])})
    caught = failure(site, allow_private=False)
    assert "leads to 1" in str(caught) and "allow_private" in caught.fix
    assert len(site.requests) == 1


@pytest.mark.usefixtures("_home_is_public")
def test_the_address_that_was_checked_is_the_one_that_is_read(
    site: HelpCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, lookups = socket.getaddrinfo, []

    def rebinding(host: Any, *rest: Any, **more: Any) -> Any:
        if host == "rebind.test":
            lookups.append(host)
            host = "127.0.0.1" if len(lookups) == 1 else "127.0.0.2"
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    site.page("/", "public")
    port = site.url.rpartition(":")[2]
    reader = client(site, allow_private=False)
    assert reader.fetch(f"http://rebind.test:{port}/").body == b"public"
    assert len(lookups) == 1
    reader.close()
    with pytest.raises(Failure, match="an address inside the network"):
        client(site, allow_private=False).fetch(f"http://rebind.test:{port}/")


def test_credentials_go_to_their_own_host_alone(site: HelpCenter) -> None:
    with running(HelpCenter()) as other:
        other.page("/there", "elsewhere")
        site.pages["/"] = Reply("", 307, {"Location": f"{other.url}/there"})
        reader = client(site, credentials={"Authorization": "Bearer s3cret"}, secret_params={"key": "qu3ry"})
        assert reader.fetch(site.url).body == b"elsewhere"
        assert site.requests[0].headers["authorization"] == "Bearer s3cret"
        assert site.requests[0].query == {"key": "qu3ry"}
        assert "authorization" not in other.requests[0].headers
        assert other.requests[0].query == {}


def test_no_credential_is_in_a_message_or_a_log(site: HelpCenter, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    site.pages["/"] = lambda request: Reply("", 302, {"Location": f"/gone?key={request.query['key']}"})
    site.pages["/gone"] = Reply("", 500)
    reader = client(site, credentials={"X-Key": "s3cret"}, secret_params={"key": "qu3ry"}, retries=0)
    with pytest.raises(Failure) as caught:
        reader.fetch(site.url)
    told = f"{caught.value} {caught.value.__dict__} {caplog.text}"
    assert "/gone" in told and "s3cret" not in told and "qu3ry" not in told


def test_requests_to_one_host_keep_their_distance(site: HelpCenter) -> None:
    site.page("/", "x")
    sleeps = Sleeps()
    reader = client(site, sleeps, delay=2)
    for _ in range(3):
        reader.fetch(site.url)
    assert [round(one) for one in sleeps] == [2, 4]  # the clock stands still, as nobody really waits


def test_a_server_that_is_away_is_a_temporary_failure() -> None:
    with running(HelpCenter()) as gone:
        pass
    began = time.monotonic()
    caught = failure(gone, retries=2)
    assert caught.temporary and time.monotonic() - began < 20
    assert gone.url in str(caught)


def test_what_is_no_json_is_named(site: HelpCenter) -> None:
    site.page("/", "<form>Log in</form>")
    with pytest.raises(Failure, match=r"answered with text/html that is not JSON"):
        client(site).fetch(site.url).json()


def test_the_body_of_a_post_survives_a_retry(site: HelpCenter) -> None:
    replies = in_turn(Reply("", 503), lambda: None)

    def answer(request: Request) -> Reply:
        reply = replies(request)
        return reply if isinstance(reply, Reply) else Reply(request.body)

    site.pages["/"] = answer
    assert client(site).fetch(site.url, method="POST", content=b"{}").body == b"{}"
