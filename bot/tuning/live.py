"""The adapter that the registry puts in force goes live in a running bot, without a restart.

    registry.json changes -> the new adapter is loaded beside the model -> new questions go through it
                          -> questions under way end with the old one -> the old one is dropped

Each process looks by itself, so that any number of replicas which share the tuning folder follow within seconds,
whoever promoted. An adapter that cannot be loaded changes nothing: the one before goes on, and `health` says why.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from bot.generation.engine import AdaptedEngine, EngineError
from bot.tuning.registry import InForce, Registry, RegistryError, Snapshot

EVERY_S = 2.0
log = logging.getLogger(__name__)


class LiveAdapter:
    """Keeps the engine at the adapter in force."""

    def __init__(
        self,
        engine: AdaptedEngine,
        registry: Registry,
        uses: Callable[[str], bool],
        *,
        shadow: bool = False,
        every_s: float = EVERY_S,
    ) -> None:
        """`uses` says whether a question that began with an adapter is still being answered.

        With `shadow` the newest candidate is loaded too, and named by `candidate`.
        """
        self._engine = engine
        self._registry = registry
        self._uses = uses
        self._shadow = shadow
        self._every_s = every_s
        self._seen: tuple[int, ...] | None = None
        self._leaving: set[str] = set()
        self._in_force: str | None = None
        self._watching: asyncio.Task[None] | None = None
        self._trouble = ""
        self.candidate = ""
        """Name of the adapter that answers in the shadow; empty for none."""

    async def start(self) -> None:
        """Put in force what the registry says, and follow it from now on."""
        await self.look()
        self._watching = asyncio.create_task(self._watch(), name="adapters")

    async def stop(self) -> None:
        if self._watching:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
            self._watching = None

    def health(self) -> str:
        """Return an empty string when well, else a sentence saying what is wrong."""
        return self._trouble

    async def look(self) -> None:
        """Follow the registry where it has changed, and let go of adapters that no question uses any more."""
        stamp = await asyncio.to_thread(self._registry.stamp)
        if stamp != self._seen:
            try:
                await self._follow()
                self._seen, self._trouble = stamp, ""
            except (RegistryError, EngineError) as error:
                # Tried again: a file may be on its way, or be put back.
                stays = self._engine.identity.lora
                so = f"So {stays} stays in force." if stays else "So answers come without an adapter."
                trouble = f"{error.sentence} {so} {error.fix}".strip()
                if trouble != self._trouble:
                    log.error("%s", trouble)
                self._trouble = trouble
        await self._let_go()

    async def _follow(self) -> None:
        now = await asyncio.to_thread(self._registry.read)
        if now.in_force and (wanted := await asyncio.to_thread(self._registry.resolved, now)):
            await self._load(wanted)
        name = now.in_force or None
        if name != self._in_force:
            self._engine.serve_lora(name)
            self._in_force = name
            serving = self._engine.identity.lora
            log.info("Answers come %s from now on.", f"through the adapter {serving}" if serving else "without adapter")
        await self._take_candidate(now)
        wished = {now.in_force, self.candidate} | ({self._registry.first.stem} if self._registry.first else set())
        self._leaving |= set(self._engine.identity.loras) - wished
        self._leaving -= wished

    async def _load(self, one: InForce) -> None:
        if one.name not in self._engine.identity.loras:
            await self._engine.add_lora(one.path, one.name)

    async def _take_candidate(self, now: Snapshot) -> None:
        self.candidate = ""
        if not self._shadow:
            return
        try:
            newest = now.newest()
        except RegistryError:
            return  # there is none
        try:
            await self._load(InForce(newest.id, self._registry.path_of(newest.id), newest.sha256))
            self.candidate = newest.id
        except EngineError as error:
            log.warning("The candidate %s does not answer in the shadow: %s", newest.id, error)

    async def _let_go(self) -> None:
        for name in [name for name in self._leaving if not self._uses(name)]:
            self._leaving.discard(name)
            await self._engine.drop_lora(name)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            try:
                await self.look()
            except Exception:
                log.exception("The registry of adapters cannot be followed")
