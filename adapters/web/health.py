"""GET /healthz and /readyz: how the process and each of its parts are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

Checks = Callable[[], dict[str, str]]


def app(
    checks: Checks,
    notes: Checks = dict,
    more: ASGIApp | None = None,
    answering: Callable[[], Mapping[str, str | float]] = dict,
    lag_ms: Callable[[], Mapping[str, float]] = dict,
    installation: str = "",
) -> Starlette:
    """Return the ASGI app. `checks` gives a sentence for each part, empty when the part is well.

    /healthz answers 200 while the process can answer at all; /readyz 503 while any part is unwell.
    Both carry `{"ok": bool, "parts": {name: sentence}, "notes": {name: sentence}, "answering": {"model", "lora",
    "lora_scale"}, "loop_lag_ms": {"p99", "max"}, "installation": id}`; `notes` are what somebody should know though
    every part is well, `answering` is what answers come from, `lag_ms` gives how late the event loop came lately, and
    `installation` tells one Frontdesk from another. What is neither page is left to `more`.
    """

    def told(ready: bool) -> JSONResponse:
        parts = checks()
        ok = not any(parts.values())
        told = {
            "ok": ok,
            "parts": parts,
            "notes": notes(),
            "answering": dict(answering()),
            "loop_lag_ms": lag_ms(),
            "installation": installation,
        }
        return JSONResponse(told, status_code=200 if ok or not ready else 503)

    async def healthz(_: Request) -> JSONResponse:
        return told(ready=False)

    async def readyz(_: Request) -> JSONResponse:
        return told(ready=True)

    return Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            *([Mount("/", more)] if more is not None else []),
        ]
    )
