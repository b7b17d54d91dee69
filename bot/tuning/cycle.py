"""The tuning loop by the clock: enough new examples -> trained on -> evaluated -> the admins decide.

    prepare -> new examples enough? -> held out enough? -> train -> evaluate -> told to the admins

Each step is the command of that name in a process of its own, at low priority. What was trained on, or in vain, is
remembered, so that only examples which are new count the next time; so is what is being trained on, so that a round
which a restart cuts off, a full disk, or somebody who is at the same by hand, goes on where it was. What no admin could
be told waits until one can be.
Nothing here changes the adapter in force.
"""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bot.tuning import report
from bot.tuning.errors import BusyError, LastingError, NoRoomError
from bot.tuning.evaluation import read_evaluation
from bot.tuning.examples import Example, Origin, Split, read_examples
from bot.tuning.gate import cannot_pass
from bot.tuning.heldout import held_out
from bot.tuning.offers import Offer, Verb
from bot.tuning.registry import Registry
from bot.tuning.sets import SetError
from knowledge.errors import FrontdeskError
from knowledge.processes import WorkFailed

Command = Callable[[Sequence[str]], Awaitable[dict[str, Any]]]
"""Runs `frontdesk tune …` and returns what it prints with --json. Raises FrontdeskError."""
Tell = Callable[[str, Sequence[Offer]], Awaitable[int]]
"""Returns how many it reached."""
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
    """Id of the set that was trained on last, or tried in vain."""
    trained: str = ""
    """Id of the set that was trained on last."""
    begun: str = ""
    """Id of the set, and of the run, of a round that is under way; empty where none is."""
    tries: int = 0
    """How often that round was begun or gone on with."""


class Cycle:
    """One round after the other."""

    def __init__(
        self, folder: Path, registry: Registry, least: int, command: Command, tell: Tell, *, has_admins: bool = True
    ) -> None:
        """`folder` is that of tuning; fewer than `least` new examples are left for the next time.

        `tell` sends the admins Markdown with buttons; where `has_admins` says that there are none, nothing waits for
        them.
        """
        self._has_admins = has_admins
        self._folder = folder
        self._registry = registry
        self._least = least
        self._command = command
        self._tell = tell
        self._telling = asyncio.Lock()

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
            before = (await asyncio.to_thread(self._remembered)).set
            new = await asyncio.to_thread(self._new_in, prepared["id"], before)
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
            if not status and (why := await asyncio.to_thread(self._in_vain, id)):
                await asyncio.to_thread(self._remember, _Memory(id, before.trained))
                await self._say(
                    f"The tuning round ended before its training: no adapter could pass the gate. {why}\n\n"
                    f"`frontdesk tune train --set {id}` trains one all the same. The adapter in force stays."
                )
                return
            if status != "done":
                await self._command(["train", "--resume", id] if status else ["train", "--set", id, "--run", id])
            step = "evaluating"
            done = await self._command(["evaluate", id, "--questions", str(self._examples(id))])
            await self._say(*await asyncio.to_thread(self._result, id, done))
            await asyncio.to_thread(self._remember, _Memory(id, id))
        except FrontdeskError as error:
            passing = isinstance(error, BusyError | NoRoomError)
            # A system that shuts down ends the command before the bot.
            if passing or (isinstance(error, WorkFailed) and tries < MOST_TRIES):
                if passing:  # what ends a round so does not end the bot
                    await asyncio.to_thread(self._remember, replace(before, begun=id, tries=tries - 1))
                await self._fail(step, error, "It goes on at the next start, or when its time comes. ")
            elif isinstance(error, LastingError):
                await asyncio.to_thread(self._remember, _Memory(id, before.trained))
                await self._fail(step, error, "It is tried again with new examples. ")
            else:
                await asyncio.to_thread(self._remember, _Memory(before.set, before.trained))
                await self._fail(step, error)

    async def _fail(self, step: str, error: FrontdeskError, outlook: str = "") -> None:
        log.error("The tuning round ended while %s: %s", step, error)
        await self._say(f"The tuning round ended while {step}. {error}\n\n{outlook}The adapter in force stays.")

    # What the admins are told

    async def tell_again(self) -> None:
        """Tell the admins what none of them could be told before."""
        async with self._telling:
            waiting = await asyncio.to_thread(self._waiting)
            while waiting and await self._tell(*waiting[0]):
                waiting = waiting[1:]
                await asyncio.to_thread(self._wait, waiting)

    async def _say(self, text: str, offers: Sequence[Offer] = ()) -> None:
        """Tell the admins, or keep it for `tell_again` where none can be reached."""
        async with self._telling:
            if not await self._tell(text, offers) and self._has_admins:
                waiting = await asyncio.to_thread(self._waiting)
                await asyncio.to_thread(self._wait, [*waiting, (text, tuple(offers))])

    def _waiting(self) -> list[tuple[str, tuple[Offer, ...]]]:
        try:
            values = json.loads(self._untold.read_text(encoding="utf-8"))
            return [
                (str(text), tuple(Offer(Verb(verb), str(adapter)) for verb, adapter in offers))
                for text, offers in values
            ]
        except (OSError, ValueError, TypeError):
            return []

    def _wait(self, waiting: Sequence[tuple[str, Sequence[Offer]]]) -> None:
        if not waiting:
            self._untold.unlink(missing_ok=True)
            return
        values = [[text, [[str(offer.verb), offer.adapter] for offer in offers]] for text, offers in waiting]
        self._keep(self._untold, values, "what the admins are to be told")

    @property
    def _untold(self) -> Path:
        return self._folder / "untold.json"

    # What is known of a set

    def _in_vain(self, set_id: str) -> str:
        """Return why an adapter trained on a set could not pass the gate, however good; empty where it could."""
        return cannot_pass(held_out(read_examples(self._examples(set_id))))

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

    def _new_in(self, set_id: str, before: str, splits: Collection[Split] = tuple(Split)) -> int:
        """Return how many examples of a set, on some sides, come from people and were not in the set `before`."""
        known = {one.id for one in self._from_people(before)} if before and self._examples(before).exists() else set()
        return len({one.id for one in self._from_people(set_id) if one.split in splits} - known)

    def _from_people(self, set_id: str) -> Iterator[Example]:
        return (one for one in read_examples(self._examples(set_id)) if one.origin in FROM_PEOPLE)

    # What is kept

    @property
    def _memory(self) -> Path:
        return self._folder / "cycle.json"

    def _remembered(self) -> _Memory:
        try:
            return _Memory(**json.loads(self._memory.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return _Memory()

    def _remember(self, memory: _Memory) -> None:
        self._keep(self._memory, asdict(memory), "what was trained on")

    def _keep(self, path: Path, value: Any, what: str) -> None:
        temporary = path.with_suffix(".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(value), encoding="utf-8")
            temporary.replace(path)
        except OSError as error:
            log.warning("It is not remembered %s: %s", what, error)

    def _result(self, set_id: str, done: dict[str, Any]) -> tuple[str, list[Offer]]:
        """Return what to tell of an evaluation, and the buttons below."""
        evaluation = read_evaluation(Path(done["artifacts"][0]))
        adapter = self._registry.read().adapter(evaluation.subject.adapter)
        if adapter.verdict is None:
            raise FrontdeskError(f"{adapter.id} has no verdict of the gate.", "Evaluate it again.")
        new = self._new_in(set_id, self._remembered().trained, (Split.TRAIN,))
        text = f"A new adapter was trained on {new:,} new examples and what was there before.\n\n"
        text += report.summary(evaluation, adapter.verdict)
        # Pressed in vain, a button that the gate forbids would only annoy.
        verbs = tuple(Verb) if adapter.verdict.passed else (Verb.REJECT,)
        if not adapter.verdict.passed:
            text += f"\n\n`/tune promote {adapter.id} force REASON` puts it in force all the same."
        return text, [Offer(verb, adapter.id) for verb in verbs]
