"""A headless Chromium, driven over its DevTools protocol as far as pictures of a page need it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import shutil
import tempfile
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "Chromium is not installed. On Debian: apt-get install chromium fonts-noto-color-emoji"
PATIENCE_S = 60.0
SHARPNESS = 1.5  # pixels of a picture for each of the page
MARGIN = 8  # of the page, around what a picture is of

Box = dict[str, float]


class Page:
    """One page of the browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._ids = itertools.count(1)

    async def open(self, address: str, width: int = 1200, height: int = 900) -> None:
        """Show an address in a window of this size, once it has loaded."""
        size = {"width": width, "height": height, "deviceScaleFactor": SHARPNESS, "mobile": False}
        await self._call("Emulation.setDeviceMetricsOverride", **size)
        await self._call("Page.navigate", url=address)
        await self.until("document.readyState === 'complete'")

    async def until(self, expression: str) -> Any:
        """Evaluate JavaScript until it gives something true; return that."""
        deadline = time.monotonic() + PATIENCE_S
        while not (value := await self.evaluate(expression)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"The page never came to this: {expression}")
            await asyncio.sleep(0.05)
        return value

    async def evaluate(self, expression: str) -> Any:
        told = await self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in told:
            raise RuntimeError(f"{expression}: {told['exceptionDetails']}")
        return told["result"].get("value")

    async def picture(self, *selectors: str) -> bytes:
        """Return a PNG of what the selectors name, from the first's top to the last's bottom."""
        boxes = [await self.until(f"({_BOX})({json.dumps(one)})") for one in selectors]
        left, top = min(box["x"] for box in boxes), min(box["y"] for box in boxes)
        right = max(box["x"] + box["width"] for box in boxes)
        bottom = max(box["y"] + box["height"] for box in boxes)
        clip = {"x": max(0, left - MARGIN), "y": max(0, top - MARGIN), "scale": 1}
        clip |= {"width": right + MARGIN - clip["x"], "height": bottom + MARGIN - clip["y"]}
        told = await self._call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(told["data"])

    async def _call(self, method: str, **params: Any) -> dict[str, Any]:
        id = next(self._ids)
        await self._socket.send_json({"id": id, "method": method, "params": params})
        async with asyncio.timeout(PATIENCE_S):
            while (told := await self._socket.receive_json()).get("id") != id:
                pass
        if "error" in told:
            raise RuntimeError(f"{method}: {told['error']['message']}")
        result: dict[str, Any] = told["result"]
        return result


# The box of an element whose pictures have loaded; null until then.
_BOX = """selector => {
  const found = document.querySelector(selector);
  if (!found || [...found.querySelectorAll("img")].some(one => !one.complete)) return null;
  const {x, y, width, height} = found.getBoundingClientRect();
  return {x, y, width, height};
}"""


@contextlib.asynccontextmanager
async def browser() -> AsyncIterator[Page]:
    """Start a Chromium with one empty page, and end it. Raises FileNotFoundError where there is none."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        raise FileNotFoundError(MISSING)
    with tempfile.TemporaryDirectory(prefix="frontdesk-browser-", ignore_cleanup_errors=True) as folder:
        # A container's root has no sandbox to give; the only page that is opened is our own on loopback.
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"]
        options += ["--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank"]
        process = await asyncio.create_subprocess_exec(program, *options, stdout=DEVNULL, stderr=DEVNULL)
        try:
            port = await _port(Path(folder) / "DevToolsActivePort", process)
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{port}/json/list") as listed:
                    address = next(one for one in await listed.json() if one["type"] == "page")["webSocketDebuggerUrl"]
                async with session.ws_connect(address, max_msg_size=0) as socket:
                    yield Page(socket)
        finally:
            await _end(process)


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 10)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _port(file: Path, process: Process) -> int:
    deadline = time.monotonic() + PATIENCE_S
    while process.returncode is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError, IndexError, ValueError):
            return int(file.read_text().splitlines()[0])
        await asyncio.sleep(0.05)
    raise TimeoutError("Chromium does not start.")
