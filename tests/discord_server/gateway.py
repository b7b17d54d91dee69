"""The gateway: one WebSocket a bot, dispatches with sequence numbers, resume with replay."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import uuid
import zlib
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from tests.discord_server.world import DM, JSON, World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT, INVALID_SESSION, HELLO, ACK = 0, 1, 2, 3, 6, 7, 9, 10, 11
GUILDS, GUILD_MESSAGES, GUILD_REACTIONS = 1 << 0, 1 << 9, 1 << 10
DIRECT_MESSAGES, DIRECT_REACTIONS, MESSAGE_CONTENT = 1 << 12, 1 << 13, 1 << 15
PRIVILEGED = 1 << 1 | 1 << 8 | MESSAGE_CONTENT


@dataclass
class Session:
    """What a bot may resume: its events so far, sent or not."""

    id: str
    intents: int
    events: list[tuple[str, JSON]] = field(default_factory=list)
    socket: Socket | None = None


class Socket:
    """One connection, compressed if the bot asked for it."""

    def __init__(self, ws: web.WebSocketResponse, compressed: bool) -> None:
        self.ws = ws
        self._zlib = zlib.compressobj() if compressed else None

    async def send(self, op: int, d: object, *, seq: int | None = None, event: str | None = None) -> None:
        text = json.dumps({"op": op, "d": d, "s": seq, "t": event})
        with contextlib.suppress(ConnectionError):
            if self._zlib:
                await self.ws.send_bytes(self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH))
            else:
                await self.ws.send_str(text)


class Gateway:
    """Every session of the bot. `privileged` are the privileged intents switched on in the developer portal."""

    def __init__(self, world: World, token: str, privileged: int, heartbeat_s: float) -> None:
        self._world = world
        self._token = token
        self.privileged = privileged
        self._heartbeat_s = heartbeat_s
        self.sessions: dict[str, Session] = {}
        self.url = ""
        self.identified = 0
        self.resumed = 0
        self.silent = False
        """Whether nothing goes over the connections any more, though they stay open."""
        self.refused = False
        """Whether new connections are refused."""
        self.beats: list[float] = []
        """When heartbeats came, monotonic seconds, those of all connections together."""

    async def dispatch(self, event: str, data: JSON) -> None:
        """Give an event to every session whose intents cover it, at once or when it resumes."""
        for session in self.sessions.values():
            if (shown := self._as_seen(session.intents, event, data)) is None:
                continue
            session.events.append((event, json.loads(json.dumps(shown))))
            if session.socket is not None and not self.silent:
                await session.socket.send(DISPATCH, session.events[-1][1], seq=len(session.events), event=event)

    def _as_seen(self, intents: int, event: str, data: JSON) -> JSON | None:
        """Return an event as a session may see it, or None."""
        direct = "guild_id" not in data
        if event.startswith("MESSAGE_REACTION"):
            needed = DIRECT_REACTIONS if direct else GUILD_REACTIONS
        elif event.startswith("MESSAGE"):
            needed = DIRECT_MESSAGES if direct else GUILD_MESSAGES
        elif event.startswith(("THREAD", "CHANNEL", "GUILD")):
            needed = GUILDS
        else:
            needed = 0
        if needed and not intents & needed:
            return None
        channel = self._world.channels.get(data.get("channel_id", ""), {})
        if "VIEW_CHANNEL" in self._world.denied.get(channel.get("parent_id") or channel.get("id", ""), set()):
            return None
        if "content" in data and not intents & MESSAGE_CONTENT:
            mine = self._world.bot["id"]
            meant = any(user["id"] == mine for user in data["mentions"]) or data["author"]["id"] == mine
            if channel["type"] != DM and not meant:
                return data | {"content": "", "attachments": [], "embeds": [], "components": []}
        return data

    async def redeliver(self) -> None:
        """Send the last event once more, under a new sequence number."""
        for session in self.sessions.values():
            event, data = session.events[-1]
            await self.dispatch(event, data)

    async def drop(self) -> None:
        """Cut every connection without a word; sessions stay."""
        for session in self.sessions.values():
            if (socket := session.socket) is not None:
                session.socket = None
                transport = socket.ws._req.transport if socket.ws._req else None
                if transport is not None:
                    transport.abort()

    async def ask_to_reconnect(self) -> None:
        for session in self.sessions.values():
            if session.socket is not None:
                await session.socket.send(RECONNECT, None)

    async def invalidate(self) -> None:
        """End every session, so that the bot has to identify again."""
        ended, self.sessions = self.sessions, {}
        for session in ended.values():
            if session.socket is not None:
                await session.socket.send(INVALID_SESSION, False)

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one WebSocket connection."""
        if self.refused:
            raise web.HTTPServiceUnavailable
        ws = web.WebSocketResponse(max_msg_size=4096)
        await ws.prepare(request)
        socket = Socket(ws, request.query.get("compress") == "zlib-stream")
        await socket.send(HELLO, {"heartbeat_interval": int(self._heartbeat_s * 1000)})
        session: Session | None = None
        try:
            while True:
                message = await asyncio.wait_for(ws.receive(), self._heartbeat_s * 1.5)
                if message.type is not WSMsgType.TEXT:
                    break
                payload = json.loads(message.data)
                op, data = payload["op"], payload.get("d")
                if op == HEARTBEAT:
                    self.beats.append(time.monotonic())
                if not self.silent:
                    session = await self._told(socket, session, op, data)
        except TimeoutError:
            await ws.close(code=4009, message=b"Session timed out.")
        finally:
            if session is not None and session.socket is socket:
                session.socket = None
        return ws

    async def _told(self, socket: Socket, session: Session | None, op: int, data: JSON) -> Session | None:
        """Do what a bot's payload asks for; return the session that is its from now on."""
        if op == HEARTBEAT:
            await asyncio.sleep(0.02)  # no network is quicker, and a client may measure it
            await socket.send(ACK, None)
        elif op == IDENTIFY:
            if session is None:
                return await self._identify(socket, data)
            await socket.ws.close(code=4005, message=b"Already authenticated.")
        elif op == RESUME:
            return await self._resume(socket, data)
        elif session is None:
            await socket.ws.close(code=4003, message=b"Not authenticated.")
        elif op != PRESENCE:
            await socket.ws.close(code=4001, message=b"Unknown opcode.")
        return session

    async def _identify(self, socket: Socket, data: JSON) -> Session | None:
        if data["token"].removeprefix("Bot ") != self._token:
            await socket.ws.close(code=4004, message=b"Authentication failed.")
            return None
        if data["intents"] & PRIVILEGED & ~self.privileged:
            await socket.ws.close(code=4014, message=b"Disallowed intent(s).")
            return None
        session = Session(uuid.uuid4().hex, data["intents"], socket=socket)
        self.identified += 1
        guilds = [self._world.guild(one) for one in self._world.guilds]
        ready = {
            "v": 10,
            "user": self._world.bot,
            "guilds": [{"id": guild["id"], "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "application": {"id": self._world.application_id, "flags": 0},
        }
        for event, shown in (("READY", ready), *(("GUILD_CREATE", guild) for guild in guilds)):
            session.events.append((event, shown))
            await socket.send(DISPATCH, shown, seq=len(session.events), event=event)
        self.sessions[session.id] = session
        return session

    async def _resume(self, socket: Socket, data: JSON) -> Session | None:
        session = self.sessions.get(data["session_id"])
        if session is None or data["token"].removeprefix("Bot ") != self._token:
            await socket.send(INVALID_SESSION, False)
            return None
        if data["seq"] > len(session.events):
            await socket.ws.close(code=4007, message=b"Invalid seq.")
            return None
        self.resumed += 1
        sent = data["seq"]
        while sent < len(session.events):  # more may come while these go out
            event, shown = session.events[sent]
            sent += 1
            await socket.send(DISPATCH, shown, seq=sent, event=event)
        session.events.append(("RESUMED", {}))
        session.socket = socket
        await socket.send(DISPATCH, {}, seq=sent + 1, event="RESUMED")
        return session
