"""The tuning loop by the clock: enough new examples -> trained on -> evaluated -> the admins decide.

    prepare -> new examples enough? -> train -> evaluate -> told to the admins, with Promote and Reject

Each step is the command of that name in a process of its own, at low priority. What was trained on is remembered, so
that only examples which are new count the next time. Nothing here changes the adapter in force.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from bot.tuning import report
from bot.tuning.evaluation import read_evaluation
from bot.tuning.examples import Origin, read_examples
from bot.tuning.offers import Offer, Verb
from bot.tuning.registry import Registry
from bot.tuning.sets import SetError
from knowledge.errors import FrontdeskError

Command = Callable[[Sequence[str]], Awaitable[dict[str, Any]]]
"""Runs `frontdesk tune …` and returns what it prints with --json. Raises FrontdeskError."""
Tell = Callable[[str, Sequence[Offer]], Awaitable[object]]
FROM_PEOPLE = frozenset({Origin.LIKED, Origin.SUGGESTED, Origin.HANDED_OVER, Origin.STANDARD})
"""What counts as a new example: what is made from the documents comes anew with every set."""
MOST_MADE = 1_000
"""Questions made from the documents at the most: a round should end over night."""
log = logging.getLogger(__name__)


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

    async def run(self) -> bool:
        """Do a round; return whether there was enough to train on. What goes wrong is told to the admins."""
        step = "preparing the examples"
        try:
            # Questions made from the documents measure refusing, too: people rate few refusals.
            prepared = await self._command(["prepare", "--from-documents", "--most-made", str(MOST_MADE)])
            new = await asyncio.to_thread(self._new_in, prepared["id"])
            if new < self._least:
                log.info("%d new examples are too few to train on; it takes %d.", new, self._least)
                return False
            step = "training"
            trained = await self._command(["train", "--set", prepared["id"]])
            step = "evaluating"
            done = await self._command(["evaluate", trained["id"], "--questions", str(self._examples(prepared["id"]))])
            await self._tell(*await asyncio.to_thread(self._result, done, new))
            await asyncio.to_thread(self._remember, prepared["id"])
        except SetError as error:
            log.info("There is no tuning round: %s", error)
            return False
        except FrontdeskError as error:
            log.error("The tuning round ended while %s: %s", step, error)
            await self._tell(f"The tuning round ended while {step}. {error}\n\nThe adapter in force stays.", ())
        return True

    def _examples(self, set_id: str) -> Path:
        return self._folder / "sets" / set_id / "examples.jsonl"

    def _new_in(self, set_id: str) -> int:
        """Return how many examples of a set come from people and were not in the set trained on before."""
        before = self._remembered()
        known = set(self._ids(before)) if before and self._examples(before).exists() else set()
        return len(set(self._ids(set_id)) - known)

    def _ids(self, set_id: str) -> list[str]:
        return [one.id for one in read_examples(self._examples(set_id)) if one.origin in FROM_PEOPLE]

    @property
    def _memory(self) -> Path:
        return self._folder / "cycle.json"

    def _remembered(self) -> str:
        try:
            return str(json.loads(self._memory.read_text(encoding="utf-8"))["set"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def _remember(self, set_id: str) -> None:
        temporary = self._memory.with_suffix(".part")
        try:
            temporary.write_text(json.dumps({"set": set_id}), encoding="utf-8")
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
