"""Slack over HTTP and in several workspaces: signed requests, installation by OAuth, and workspaces that leave."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier
from starlette.routing import Router

from adapters.slack import http
from adapters.slack.installation import check_token
from adapters.slack.platform import SlackPlatform
from adapters.web import health, server
from bot.commands import Commands
from bot.library import Library
from bot.settings import Settings, from_values
from knowledge.errors import FrontdeskError
from tests.integration.test_slack import ANN, MENTION, Office
from tests.slack_server import APP_TOKEN, BINARY, BOT, BOT_TOKEN, MISSING, TEAM, Gate, Workspace, serving
from tests.slack_server.workspace import SIGNING_SECRET, shown

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=MISSING)

BETA, BETA_TOKEN = "T0BETA", "xoxb-beta"
BETA_BOT = {"team_id": BETA, "team": "Beta", "user_id": "U0BETABOT", "bot_id": "B0BETA", "user": "frontdesk"}
OAUTH = {"client_id": "1.2", "client_secret": "shh"}


class HttpOffice(Office):
    """An office that is reached over HTTP."""

    listen = ""

    @property
    def url(self) -> str:
        return f"http://{self.listen}"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[SlackPlatform]:
        desk = self.desk()
        commands = Commands(self.settings, self.database, cast(Library, self))
        platform = SlackPlatform(self.settings, desk, commands, self.database)
        router = Router()
        parts = lambda: {"slack": platform.health()}  # noqa: E731
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(
                server.serving(self.listen, health.app(parts, platform.notes, router)),
            )
            await platform.start()
            stack.push_async_callback(platform.stop)
            router.routes.extend(platform.routes)
            desk.attach(platform)
            await desk.workers.start()
            stack.push_async_callback(desk.workers.stop)
            yield platform

    async def send(self, body: str, *, at: float | None = None, secret: str = SIGNING_SECRET, **headers: str) -> int:
        """Send a request as Slack does; return the status."""
        stamp = str(int(time.time() if at is None else at))
        signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body) or ""
        kind = "application/json" if body.startswith("{") else "application/x-www-form-urlencoded"
        signed = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature, "Content-Type": kind}
        return await self.send_as_is(body.encode(), signed | {name.replace("_", "-"): v for name, v in headers.items()})

    async def send_as_is(self, body: bytes, headers: dict[str, str]) -> int:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.url}/slack/events", data=body, headers=headers) as response,
        ):
            return response.status

    async def get(self, path: str, **more: Any) -> tuple[int, str, Any]:
        """Return status, text and headers of a page; redirects are not followed."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(self.url + path, allow_redirects=False, **more) as response,
        ):
            return response.status, await response.text(), response.headers

    async def ready(self, told: str) -> dict[str, str]:
        """Wait until /readyz tells this; return its notes."""
        async with asyncio.timeout(10):
            while told not in (page := await self.get("/readyz"))[1]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        notes: dict[str, str] = json.loads(page[1])["notes"]
        return notes

    async def quiet(self) -> bool:
        """Whether nothing was taken in, though there was time for it."""
        await asyncio.sleep(0.3)
        return not self.script.asked and not await self.inbox.pending()


def event(text: str = "How long?", ts: str = "1700000001.000100", team: str = TEAM) -> str:
    """Return the body of a mention."""
    bot = BOT if team == TEAM else BETA_BOT["user_id"]
    told = {"type": "app_mention", "user": ANN, "text": f"<@{bot}> {text}", "ts": ts, "channel": "C0SUPPORT"}
    body = {"type": "event_callback", "team_id": team, "api_app_id": "A0FRONT", "event": told}
    return json.dumps(body | {"event_id": f"Ev{ts}", "authorizations": [{"team_id": team, "user_id": BOT}]})


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def listen() -> str:
    return f"127.0.0.1:{free_port()}"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, listen: str) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("slack"), f"http://{listen}/slack/events") as address:
        yield address


@pytest.fixture
async def closed(address: str, listen: str, tmp_path: Path) -> AsyncIterator[HttpOffice]:
    workspace = Workspace(address)
    await workspace.reset()
    async with Gate(address) as gate:
        office = HttpOffice(_settings(tmp_path, gate, bot_token=BOT_TOKEN), gate, workspace)
        office.listen = listen
        await office.database.migrate()
        yield office
        await office.database.close()


@pytest.fixture
async def office(closed: HttpOffice) -> AsyncIterator[HttpOffice]:
    async with closed.open():
        yield closed


def _settings(folder: Path, gate: Gate, **slack: Any) -> Settings:
    common = {"api_url": gate.api_url, "signing_secret": SIGNING_SECRET}
    return from_values({"data_dir": str(folder), "admins": [f"slack:{ANN}"], "slack": common | slack})


# Signed requests --------------------------------------------------------------------------------------------


async def test_a_mention_a_command_and_a_button_come_over_http(office: HttpOffice) -> None:
    ts = await office.workspace.say(ANN, f"{MENTION} How long?")
    [answer] = await office.answered(ts)
    assert shown(answer).startswith("You asked: *How long?* [1]")
    await office.workspace.press(ANN, answer, "rate_up")
    await office.workspace.until(lambda _: office.gate.connections == 0)
    await office.workspace.command(ANN, "/ask", "In private?")
    await office.workspace.until(
        lambda messages: any("In private?" in shown(one) for one in messages if one.get("ephemeral_to") == ANN)
    )
    assert (await office.ratings.totals()).up == 1


async def test_the_address_is_confirmed_to_slack(office: HttpOffice) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "x"})
    assert await office.send(body) == 200


async def test_unsigned_forged_stale_and_future_requests_leave_no_trace(office: HttpOffice) -> None:
    body = event()
    plain = {"Content-Type": "application/json"}
    stamp = str(int(time.time()))
    assert await office.send_as_is(body.encode(), plain) == 401
    assert await office.send(body, secret="another") == 401
    assert await office.send(body, at=time.time() - 301) == 401
    assert await office.send(body, at=time.time() + 400) == 401
    for signature, at in (
        ("v0=", stamp),
        ("v0=é", stamp),
        ("", stamp),
        ("v0=00", "now"),
        ("v0=00", "９"),
        ("v0=00", ""),
    ):
        odd = plain | {"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": at}
        assert await office.send_as_is(body.encode(), odd) == 401
    assert await office.send_as_is(b"ssl_check=1&token=x", {"Content-Type": "application/x-www-form-urlencoded"}) == 401
    assert await office.quiet()


async def test_a_signature_is_good_for_its_own_body_only(office: HttpOffice) -> None:
    stamp = str(int(time.time()))
    signature = SignatureVerifier(SIGNING_SECRET).generate_signature(timestamp=stamp, body=event("one")) or ""
    signed = {"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": stamp, "Content-Type": "application/json"}
    assert await office.send_as_is(event("another").encode(), signed) == 401
    assert await office.send_as_is(event("one").encode() + b"\xff", signed) == 401
    assert await office.quiet()


async def test_a_request_played_back_is_refused(office: HttpOffice) -> None:
    now = time.time()
    press = urlencode({"payload": json.dumps({"type": "block_actions", "team": {"id": TEAM}, "actions": []})})
    assert await office.send(event(), at=now) == 200
    assert await office.send(event(), at=now) == 401
    await office.send(press, at=now)
    assert await office.send(press, at=now, X_Slack_Retry_Num="1") == 401


async def test_deliveries_of_one_event_with_retry_headers_are_one_question(office: HttpOffice) -> None:
    ts = await office.workspace.say(ANN, f"{MENTION} How long?")
    now = time.time()
    for retry in ("1", "2", "3"):
        again = {"X_Slack_Retry_Num": retry, "X_Slack_Retry_Reason": "http_timeout"}
        assert await office.send(event(ts=ts), at=now, **again) == 200
        assert await office.send(event(ts=ts), at=now - 60 * int(retry), **again) == 200
    await office.answered(ts)
    await asyncio.sleep(0.3)
    assert len(office.script.asked) == 1


async def test_a_retry_is_acted_upon_where_the_first_delivery_never_came(office: HttpOffice) -> None:
    ts = await office.workspace.say(BOT, "nobody hears this")
    again = {"X_Slack_Retry_Num": "1", "X_Slack_Retry_Reason": "http_error"}
    assert await office.send(event("Late?", ts=ts), **again) == 200
    await office.workspace.until(lambda _: office.script.asked)


async def test_what_is_signed_but_says_nothing_is_taken_and_ignored(office: HttpOffice) -> None:
    unknown = json.dumps({"type": "event_callback", "team_id": TEAM, "event": {"type": "solar_eclipse"}})
    assert await office.send(unknown) == 200
    assert await office.send("{ not json") == 400
    assert await office.send("{" * 50_000) == 400
    assert await office.send("x" * (2 * 2**20 + 1)) == 413
    for odd in ({"type": "app_mention"}, {"type": "message", "channel": 7}, {"type": "reaction_added", "reaction": ""}):
        await office.send(json.dumps({"type": "event_callback", "team_id": TEAM, "event": odd}))
    assert await office.quiet()
    ts = await office.workspace.say(ANN, f"{MENTION} How long?")
    await office.answered(ts)


async def test_a_request_that_never_comes_to_its_end_is_given_up(
    office: HttpOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "BODY_S", 0.1, raising=False)
    host, port = office.listen.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /slack/events HTTP/1.1\r\nHost: frontdesk\r\nContent-Length: 100\r\n\r\nsome of it")
    async with asyncio.timeout(30):
        assert b" 408 " in await reader.readline()
    writer.close()


async def test_an_answer_takes_long_but_its_acknowledgement_does_not(office: HttpOffice) -> None:
    office.script.hold.clear()
    async with asyncio.timeout(3):
        for n in range(20):
            assert await office.send(event(f"Question {n}?", ts=f"17000000{n:02}.000100")) == 200
    office.script.hold.set()


async def test_before_the_start_and_after_the_stop_slack_is_told_to_come_again(closed: HttpOffice) -> None:
    async with closed.open() as platform:
        assert platform.health() == ""
        await platform.stop()
        assert await closed.send(event()) == 503
    assert await closed.quiet()


async def test_the_doctor_says_how_slack_is_heard(closed: HttpOffice) -> None:
    told = await check_token(closed.settings)
    assert "Signed in to Acme" in told and "/slack/events" in told


# Several workspaces -----------------------------------------------------------------------------------------


@pytest.fixture
async def shared(closed: HttpOffice, tmp_path: Path) -> AsyncIterator[HttpOffice]:
    """An office without a token of its own, into which workspaces install the app."""
    closed.settings = _settings(tmp_path, closed.gate, **OAUTH)
    async with closed.open():
        yield closed


async def _install(office: HttpOffice, team: str = TEAM, token: str = BOT_TOKEN, name: str = "Acme") -> tuple[int, str]:
    """Install the app as a browser would; return status and text of the last page."""
    if team != TEAM:
        office.gate.others[token] = BETA_BOT | {"team_id": team, "team": name}
    office.gate.codes["c"] = {
        "app_id": "A0FRONT",
        "access_token": token,
        "token_type": "bot",
        "scope": "chat:write",
        "bot_user_id": BOT if team == TEAM else BETA_BOT["user_id"],
        "team": {"id": team, "name": name},
        "authed_user": {"id": ANN},
    }
    status, _, headers = await office.get("/slack/install")
    assert status == 302
    state = parse_qs(urlsplit(headers["Location"]).query)["state"][0]
    cookie = headers["Set-Cookie"].partition(";")[0]
    status, text, _ = await office.get(f"/slack/oauth_redirect?code=c&state={state}", headers={"Cookie": cookie})
    return status, text


async def test_the_installation_asks_for_what_the_manifest_names(shared: HttpOffice) -> None:
    status, _, headers = await shared.get("/slack/install")
    asked = parse_qs(urlsplit(headers["Location"]).query)
    assert status == 302 and headers["Location"].startswith("https://slack.com/oauth/v2/authorize?")
    assert asked["client_id"] == ["1.2"] and "chat:write" in asked["scope"][0].split(",")
    assert "HttpOnly" in headers["Set-Cookie"] or "Secure" in headers["Set-Cookie"]


async def test_before_anybody_has_installed_it_health_says_where_to(shared: HttpOffice) -> None:
    status, text, _ = await shared.get("/readyz")
    assert status == 503 and "/slack/install" in json.loads(text)["parts"]["slack"]
    assert "No Slack workspace" in await check_token(shared.settings)


async def test_two_workspaces_install_it_and_each_is_answered_with_its_own_token(shared: HttpOffice) -> None:
    assert (await _install(shared))[0] == 200
    assert (await _install(shared, BETA, BETA_TOKEN, "Beta"))[0] == 200
    here = await shared.workspace.say(ANN, f"{MENTION} Here?")
    await shared.answered(here)
    there = await shared.workspace.say(ANN, "in Beta")
    await shared.send(event("There?", ts=there, team=BETA))
    await shared.answered(there)
    assert {question.key.workspace for question, _ in shared.script.asked} == {TEAM, BETA}
    assert {token for token, _ in shared.gate.posted_by} == {BOT_TOKEN, BETA_TOKEN}
    told = await check_token(shared.settings)
    assert "Acme" in told and "Beta" in told


async def test_installations_are_known_after_a_restart(closed: HttpOffice, tmp_path: Path) -> None:
    closed.settings = _settings(tmp_path, closed.gate, **OAUTH)
    async with closed.open():
        await _install(closed)
    async with closed.open() as platform:
        assert platform.health() == ""
        ts = await closed.workspace.say(ANN, f"{MENTION} Again?")
        await closed.answered(ts)


@pytest.mark.parametrize(
    "left", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0BETABOT"]}}]
)
async def test_a_workspace_that_leaves_takes_no_other_along(shared: HttpOffice, left: dict[str, Any]) -> None:
    await _install(shared)
    await _install(shared, BETA, BETA_TOKEN, "Beta")
    body = {"type": "event_callback", "team_id": BETA, "api_app_id": "A0FRONT", "event": left, "event_id": "Ev1"}
    assert await shared.send(json.dumps(body)) == 200
    notes = await shared.ready("Beta")
    assert set(notes) == {BETA}
    assert (await shared.get("/readyz"))[0] == 200
    await shared.send(event("There?", team=BETA))
    ts = await shared.workspace.say(ANN, f"{MENTION} Here?")
    await shared.answered(ts)
    assert {question.key.workspace for question, _ in shared.script.asked} == {TEAM}
    assert "Beta" not in await check_token(shared.settings)
    assert (await _install(shared, BETA, BETA_TOKEN, "Beta"))[0] == 200
    assert json.loads((await shared.get("/readyz"))[1])["notes"] == {}


async def test_a_revoked_user_token_is_none_of_ours(shared: HttpOffice) -> None:
    await _install(shared)
    told = {"type": "tokens_revoked", "tokens": {"oauth": [ANN], "bot": []}}
    await shared.send(json.dumps({"type": "event_callback", "team_id": TEAM, "event": told}))
    await asyncio.sleep(0.1)
    assert (await shared.get("/readyz"))[0] == 200


async def test_a_token_found_refused_is_told_by_health_and_doctor_and_not_shown(shared: HttpOffice) -> None:
    await _install(shared)
    await _install(shared, BETA, BETA_TOKEN, "Beta")
    del shared.gate.others[BETA_TOKEN]
    await shared.send(event("There?", team=BETA))
    notes = await shared.ready("Beta")
    assert "Beta" in notes[BETA] and "invalid_auth" in notes[BETA] and BETA_TOKEN not in notes[BETA]
    assert (await shared.get("/readyz"))[0] == 200
    with pytest.raises(FrontdeskError, match="Beta"):
        await check_token(shared.settings)
    ts = await shared.workspace.say(ANN, f"{MENTION} Here?")
    await shared.answered(ts)


async def test_the_token_of_the_settings_found_revoked_is_told_until_it_is_taken_again(office: HttpOffice) -> None:
    office.gate.bot_token = "xoxb-new"
    await office.send(event())
    await office.ready("FRONTDESK_SLACK__BOT_TOKEN")
    assert (await office.get("/readyz"))[0] == 503
    office.gate.bot_token = BOT_TOKEN
    ts = await office.workspace.say(ANN, f"{MENTION} And now?")
    await office.answered(ts)
    assert (await office.get("/readyz"))[0] == 200


@pytest.mark.parametrize(("query", "status"), [("error=access_denied", 200), ("code=c", 400), ("", 400)])
async def test_an_installation_without_its_state_is_refused(shared: HttpOffice, query: str, status: int) -> None:
    shared.gate.codes["c"] = {"access_token": BOT_TOKEN, "team": {"id": TEAM, "name": "Acme"}}
    assert (await shared.get(f"/slack/oauth_redirect?{query}"))[0] == status
    assert shared.gate.codes


async def test_a_state_is_good_once(shared: HttpOffice) -> None:
    _, _, headers = await shared.get("/slack/install")
    state = parse_qs(urlsplit(headers["Location"]).query)["state"][0]
    cookie = {"Cookie": headers["Set-Cookie"].partition(";")[0]}
    assert (await shared.get(f"/slack/oauth_redirect?code=x&state={state}", headers=cookie))[0] == 401
    status, text, _ = await shared.get(f"/slack/oauth_redirect?code=x&state={state}", headers=cookie)
    assert status == 401 and "twice" in text


async def test_only_the_workspaces_of_the_settings_may_install(closed: HttpOffice, tmp_path: Path) -> None:
    closed.settings = _settings(tmp_path, closed.gate, **OAUTH, workspaces=[TEAM])
    async with closed.open():
        status, text = await _install(closed, BETA, BETA_TOKEN, "Beta")
        assert status == 403 and BETA in text
        assert (await _install(closed))[0] == 200
        await closed.send(event("There?", team=BETA))
        assert await closed.quiet()


async def test_over_socket_mode_workspaces_install_it_as_well(closed: HttpOffice, tmp_path: Path) -> None:
    closed.settings = _settings(tmp_path, closed.gate, **OAUTH, app_token=APP_TOKEN)
    async with closed.open():
        await _install(closed)
        ts = await closed.workspace.say(BOT, "in Acme")
        told = {"type": "app_mention", "user": ANN, "text": f"{MENTION} Over the socket?", "channel": "C0SUPPORT"}
        await closed.gate.deliver(told | {"ts": ts})
        await closed.answered(ts)
        assert await closed.send(event()) == 404
