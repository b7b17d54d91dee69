"""The tuning loop by the clock: enough new examples -> trained on -> evaluated -> the admins decide.

    prepare -> new examples enough? -> train -> evaluate -> told to the admins, with Promote and Reject

Each step is the command of that name in a process of its own, at low priority. What was trained on is remembered, so
that only examples which are new count the next time; so is what is being trained on, so that a round which a restart
cuts off goes on where it was. Nothing here changes the adapter in force.
"""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bot.tuning import report
from bot.tuning.evaluation import read_evaluation
from bot.tuning.examples import Origin, read_examples
from bot.tuning.offers import Offer, Verb
from bot.tuning.registry import Registry
from bot.tuning.sets import SetError
from knowledge.errors import FrontdeskError
from knowledge.processes import WorkFailed

Command = Callable[[Sequence[str]], Awaitable[dict[str, Any]]]
"""Runs `frontdesk tune …` and returns what it prints with --json. Raises FrontdeskError."""
Tell = Callable[[str, Sequence[Offer]], Awaitable[object]]
FROM_PEOPLE = frozenset({Origin.LIKED, Origin.SUGGESTED, Origin.HANDED_OVER, Origin.STANDARD})
"""What counts as a new example: what is made from the documents comes anew with every set."""
MOST_MADE = 1_000
"""Questions made from the documents at the most: a round should end over night."""
MOST_TRIES = 5
"""A round that is cut off so often may be what ends the bot: from then on it waits for its time."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Memory:
    """What is kept from one round, and one start, to the next."""

    set: str = ""
    """Id of the set that was trained on last."""
    begun: str = ""
    """Id of the set, and of the run, of a round that is under way; empty where none is."""
    tries: int = 0
    """How often that round was begun or gone on with."""


class Cycle:
    """One round after the other."""

    def __init__(self, folder: Path, registry: Registry, least: int, command: Command, tell: Tell) -> None:
        """`folder` is that of tuning; fewer than `least` new examples are left for the next time.

        `tell` sends the admins Markdown with buttons.
        """
        self._folder = folder
        self._registry = registry
        self._least = least
        self._command = command
        self._tell = tell

    @property
    def cut_off(self) -> bool:
        """Whether a round was cut off that the next start should go on with."""
        now = self._remembered()
        return bool(now.begun) and now.tries < MOST_TRIES

    async def run(self) -> bool:
        """Do a round, or the rest of one that was cut off; return whether there was enough to train on.

        What goes wrong is told to the admins.
        """
        if await self.resume():
            return True
        try:
            # Questions made from the documents measure refusing, too: people rate few refusals.
            prepared = await self._command(["prepare", "--from-documents", "--most-made", str(MOST_MADE)])
            new = await asyncio.to_thread(self._new_in, prepared["id"])
        except SetError as error:
            log.info("There is no tuning round: %s", error)
            return False
        except FrontdeskError as error:
            await self._fail("preparing the examples", error)
            return True
        if new < self._least:
            log.info("%d new examples are too few to train on; it takes %d.", new, self._least)
            await asyncio.to_thread(shutil.rmtree, self._examples(prepared["id"]).parent, ignore_errors=True)
            return False
        await self._learn(prepared["id"], 1)
        return True

    async def resume(self) -> bool:
        """Go on with a round that was cut off; return whether there was one."""
        now = await asyncio.to_thread(self._remembered)
        if now.begun:
            log.info("The tuning round %s was cut off and goes on.", now.begun)
            await self._learn(now.begun, now.tries + 1)
        return bool(now.begun)

    async def _learn(self, id: str, tries: int) -> None:
        """Train and evaluate on a set, in a run that is called as it is; what is done already is not done again."""
        before = await asyncio.to_thread(self._remembered)
        await asyncio.to_thread(self._remember, replace(before, begun=id, tries=tries))
        step = "training"
        try:
            status = await asyncio.to_thread(self._status, id)
            if status != "done":
                await self._command(["train", "--resume", id] if status else ["train", "--set", id, "--run", id])
            step = "evaluating"
            done = await self._command(["evaluate", id, "--questions", str(self._examples(id))])
            new = await asyncio.to_thread(self._new_in, id)
            await self._tell(*await asyncio.to_thread(self._result, done, new))
            await asyncio.to_thread(self._remember, _Memory(id))
        except FrontdeskError as error:
            # A system that shuts down ends the command before the bot.
            goes_on = isinstance(error, WorkFailed) and tries < MOST_TRIES
            if not goes_on:
                await asyncio.to_thread(self._remember, _Memory(before.set))
            await self._fail(step, error, "It goes on at the next start, or when its time comes. " if goes_on else "")

    async def _fail(self, step: str, error: FrontdeskError, outlook: str = "") -> None:
        log.error("The tuning round ended while %s: %s", step, error)
        await self._tell(f"The tuning round ended while {step}. {error}\n\n{outlook}The adapter in force stays.", ())

    def _status(self, run: str) -> str:
        """Return how a run stands; empty where it has not begun."""
        try:
            return str(json.loads((self._folder / "runs" / run / "run.json").read_text(encoding="utf-8"))["status"])
        except FileNotFoundError:
            return ""
        except (OSError, ValueError, KeyError, TypeError):
            return "damaged"

    def _examples(self, set_id: str) -> Path:
        return self._folder / "sets" / set_id / "examples.jsonl"

    def _new_in(self, set_id: str) -> int:
        """Return how many examples of a set come from people and were not in the set trained on before."""
        before = self._remembered().set
        known = set(self._ids(before)) if before and self._examples(before).exists() else set()
        return len(set(self._ids(set_id)) - known)

    def _ids(self, set_id: str) -> list[str]:
        return [one.id for one in read_examples(self._examples(set_id)) if one.origin in FROM_PEOPLE]

    @property
    def _memory(self) -> Path:
        return self._folder / "cycle.json"

    def _remembered(self) -> _Memory:
        try:
            return _Memory(**json.loads(self._memory.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return _Memory()

    def _remember(self, memory: _Memory) -> None:
        temporary = self._memory.with_suffix(".part")
        try:
            temporary.write_text(json.dumps(asdict(memory)), encoding="utf-8")
            temporary.replace(self._memory)
        except OSError as error:
            log.warning("It is not remembered what was trained on: %s", error)

    def _result(self, done: dict[str, Any], new: int) -> tuple[str, list[Offer]]:
        """Return what to tell of an evaluation, and the buttons below."""
        evaluation = read_evaluation(Path(done["artifacts"][0]))
        adapter = self._registry.read().adapter(evaluation.subject.adapter)
        if adapter.verdict is None:
            raise FrontdeskError(f"{adapter.id} has no verdict of the gate.", "Evaluate it again.")
        text = f"A new adapter was trained on {new:,} new examples and what was there before.\n\n"
        text += report.summary(evaluation, adapter.verdict)
        # Pressed in vain, a button that the gate forbids would only annoy.
        verbs = tuple(Verb) if adapter.verdict.passed else (Verb.REJECT,)
        if not adapter.verdict.passed:
            text += f"\n\n`/tune promote {adapter.id} force REASON` puts it in force all the same."
        return text, [Offer(verb, adapter.id) for verb in verbs]
