"""`frontdesk run` as a process of its own, with the sample handbook and the embedded model, in local-slack."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.slack_server.workspace import APP_TOKEN, BOT, BOT_TOKEN, Message, Workspace, has_buttons, shown

ROOT = Path(__file__).resolve().parents[2]
HANDBOOK = ROOT / "knowledge" / "sample" / "handbook"
ANN, BEN = "U0ANN", "U0BEN"


class Frontdesk:
    """Frontdesk as a process of its own, and what people in its workspace see of it."""

    def __init__(self, address: str, folder: Path, top: str) -> None:
        """`top` is the top of its frontdesk.toml: what it does not share with others."""
        self.workspace = Workspace(address)
        self.log = folder / "frontdesk.log"
        self.config = folder / "frontdesk.toml"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.http = f"127.0.0.1:{free.getsockname()[1]}"
        self.process: subprocess.Popen[bytes] | None = None
        self.config.write_text(
            f"""
            {top}
            [[knowledge.sources]]
            name = "handbook"
            kind = "folder"
            path = {json.dumps(str(HANDBOOK))}
            [model]
            quantization = "Q8_0"
            [slack]
            api_url = "{address}/api/"
            [http]
            listen = "{self.http}"
            """
        )

    def frontdesk(self, *words: str) -> subprocess.Popen[bytes]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("FRONTDESK_")}
        tokens = {"FRONTDESK_SLACK__BOT_TOKEN": BOT_TOKEN, "FRONTDESK_SLACK__APP_TOKEN": APP_TOKEN}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "adapters.cli", "--config", str(self.config), *words],
                cwd=ROOT,
                env=environment | tokens,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def bring_up(self) -> None:
        self.process = self.frontdesk("run")
        deadline = time.monotonic() + 120
        while not self._ready():
            assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def _ready(self) -> bool:
        try:
            urllib.request.urlopen(f"http://{self.http}/readyz", timeout=1).close()
        except (urllib.error.URLError, OSError):
            return False
        return True

    def kill(self) -> None:
        """End it as a power cut would, whatever it is doing."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """End it as an administrator would; return its exit status."""
        assert self.process is not None
        self.process.terminate()
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    async def ask(self, text: str, thread: str | None = None) -> str:
        return await self.workspace.say(BEN, text, thread=thread)

    async def answers(self, thread: str, count: int = 1) -> list[Message]:
        """Wait for `count` whole answers in a thread; return the bot's posts there."""

        def whole(messages: list[Message]) -> list[Message] | None:
            posts = [m for m in messages if m.get("thread_ts") == thread and m["user"] == BOT and "subtype" not in m]
            return posts if sum(map(has_buttons, posts)) == count else None

        posts: list[Message] = await self.workspace.until(whole, patience_s=90)
        return posts

    async def told(self, user: str, words: str, channel: str = "C0SUPPORT") -> Message:
        """Wait for a private message to `user` with these words."""
        found: Any = await self.workspace.until(
            lambda messages: [m for m in messages if m.get("ephemeral_to") == user and words in shown(m)],
            channel,
            patience_s=90,
        )
        message: Message = found[-1]
        return message
