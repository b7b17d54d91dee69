"""What admins do with adapters in chat: look at them, promote one, take it back, put it aside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot import people
from bot.tuning.registry import AdapterState, Base, Registered, Registry, Snapshot

SHOWN = 10
"""Adapters that a message lists, the newest."""
FOLLOWS = "Every running bot follows within seconds; questions under way end with the one before."
_REASON_CHARS = 300


class Promotions:
    """The registry for people. Every method returns what to tell, and raises RegistryError for what cannot be done."""

    def __init__(self, registry: Registry, base: Callable[[], Base]) -> None:
        """`base` gives the model that adapters must fit; it may take seconds."""
        self._registry = registry
        self._base = base

    async def listed(self) -> str:
        """Return the newest adapters and which one is in force, as Markdown."""
        now = await asyncio.to_thread(self._registry.read)
        trouble = await asyncio.to_thread(lambda: self._registry.trouble(now, self._base))
        return told(now, self._own, trouble)

    @property
    def _own(self) -> str:
        return self._registry.first.stem if self._registry.first else ""

    async def promote(self, id: str, by: str, *, force: bool = False, reason: str = "") -> str:
        """Put an adapter in force, with `force` and a reason though the gate does not let it through."""
        promoted = await asyncio.to_thread(
            lambda: self._registry.promote(id, self._base(), by=by, force=force, reason=reason)
        )
        return f"**{promoted.id}** is in force. {FOLLOWS}"

    async def reject(self, id: str, by: str, *, reason: str = "") -> str:
        """Put a candidate aside."""
        rejected = await asyncio.to_thread(lambda: self._registry.reject(id, by=by, reason=reason))
        return f"**{rejected.id}** is rejected."

    async def rollback(self, by: str, *, reason: str = "") -> str:
        """Put the adapter that was in force before there again."""
        back = await asyncio.to_thread(lambda: self._registry.rollback(self._base(), by=by, reason=reason))
        named = f"**{back.id}**" if back else f"The adapter of the settings, **{self._own}**," if self._own else "None"
        return f"{named} is in force. {FOLLOWS}"


def told(now: Snapshot, own: str = "", trouble: str = "") -> str:
    """Return the newest adapters as Markdown; `own` is that of the settings, `trouble` keeps the one in force away."""
    in_force = now.in_force or own
    lines = [f"In force: {f'**{in_force}**' if in_force else 'no adapter'}."]
    if trouble:
        lines.append(f"It does not answer: {trouble}")
    if not now.adapters:
        lines.append("No adapter was trained yet: `frontdesk tune train` makes one.")
    lines += [f"- {_line(one)}" for one in list(now.adapters.values())[: -SHOWN - 1 : -1]]
    if now.events:
        last = now.events[-1]
        forced = " against the gate" if last.forced else ""
        why = f": {people.plain(last.reason, _REASON_CHARS)}" if last.reason else ""
        lines.append(f"Last: {last.adapter} was {last.did}{forced} ({last.at[:16].replace('T', ' ')} UTC){why}.")
    return "\n".join(lines)


def _line(one: Registered) -> str:
    state = f"**{one.state}**" if one.state is AdapterState.IN_FORCE else str(one.state)
    figures = ", ".join(
        f"{mode} {f1:.3f}"
        for mode in ("rag", "in force", "rag+lora")
        if (f1 := one.metrics.get(mode, {}).get("f1")) is not None
    )
    gate = (
        "not evaluated yet"
        if one.verdict is None
        else "the gate lets it through"
        if one.verdict.passed
        else f"the gate does not let it through: {one.verdict.brief}"
    )
    return f"`{one.id}` ({one.created_at[:10]}): {state}; {f'token F1 {figures}; ' if figures else ''}{gate}"
