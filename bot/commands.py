"""What the admin commands do, told without a platform."""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from bot.library import Library, told_document, told_passages, told_sources, told_status
from bot.settings import Settings
from bot.storage.database import Database
from bot.tuning.export import ExportFilters, export_openai
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError
from knowledge.reindex import ReindexReport

ACCEPT_LOSS = "accept-loss"
PROGRESS_EVERY_S = 1.0
SKIPPED_SHOWN = 10
KNOWLEDGE_USAGE = (
    "Use `/knowledge status`, `/knowledge sources`, `/knowledge search QUESTION`, `/knowledge show DOCUMENT`, "
    "`/knowledge check` or `/knowledge rollback`."
)
EXPORT_USAGE = "Use `/export [since=YYYY-MM-DD] [until=YYYY-MM-DD] [rating=up|down|any] [platform=NAME]`."


class NotAllowed(FrontdeskError):
    """Somebody who is no admin gave an admin command. To be told privately."""


class CommandError(FrontdeskError):
    """A command that cannot be carried out as written."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who gives a command, and where."""

    platform: str
    workspace: str
    channel: str
    user: str


class Responder(Protocol):
    """How a command talks back."""

    async def say(self, text: str) -> None:
        """Show Markdown as the command's one message; each further call replaces what it shows."""
        ...

    async def send_file(self, path: Path, text: str) -> None:
        """Give the asker a file, with a line about it."""
        ...


class Commands:
    """Every command that a platform offers to admins. Errors are FrontdeskErrors, to be told privately."""

    def __init__(self, settings: Settings, database: Database, library: Library) -> None:
        self._settings = settings
        self._database = database
        self._library = library

    async def suggestions(self, scope: Scope, number: int, seed: str = "") -> list[str]:
        """Return questions to begin with, for anybody who may be told what is in a scope."""
        return await self._library.suggestions(scope, number, seed)

    def require_admin(self, actor: Actor) -> None:
        """Raise NotAllowed unless the actor is an admin."""
        if not self._settings.is_admin(actor.platform, actor.user):
            raise NotAllowed(
                "This command is for Frontdesk's admins only.",
                f"Ask an admin to run it, or to add `{actor.platform}:{actor.user}` to `admins` in the settings.",
            )

    async def reindex(self, actor: Actor, responder: Responder, source: str = "") -> None:
        """Read the sources anew (one of them, if named), with progress, and say what changed.

        `source` may end in `accept-loss`, for a source that is right to have lost most of its documents.
        """
        self.require_admin(actor)
        accept_loss = source.split()[-1:] == [ACCEPT_LOSS]
        source = source.removesuffix(ACCEPT_LOSS).strip() if accept_loss else source
        names = [one.name for one in self._settings.knowledge.sources]
        if source and source not in names:
            raise CommandError(
                f"There is no source named “{source}”.", f"Name one of: {', '.join(names) or 'none set'}."
            )
        await responder.say("Reindexing …")
        ticker = _Ticker(responder, "Reindexing …")
        try:
            report = await self._library.reindex(source or None, ticker, accept_loss=accept_loss)
        except FrontdeskError as error:
            await ticker.close()
            await responder.say(f"The reindex failed, answers still come from the version before. {error}")
            return
        await ticker.close()
        await responder.say(told(report))

    async def knowledge(self, actor: Actor, responder: Responder, words: str = "") -> None:
        """Look after the documents as `words` say; KNOWLEDGE_USAGE lists what they may be."""
        self.require_admin(actor)
        verb, _, rest = words.strip().partition(" ")
        rest = rest.strip()
        match verb.lower(), rest:
            case "status", "":
                await responder.say(told_status(await self._library.status()))
            case "sources", "":
                await responder.say(told_sources((await self._library.status()).sources))
            case "search", question if question:
                scope = self._settings.scope_for(actor.platform, workspace=actor.workspace, channel=actor.channel)
                await responder.say(told_passages(await self._library.search(question, scope)))
            case "show", id if id:
                await responder.say(told_document(await self._library.document(id)))
            case "check", "":
                await self._check(responder)
            case "rollback", "":
                number = await self._library.rollback()
                await responder.say(f"Version {number} is in force again. The next reindex starts from it.")
            case _:
                raise CommandError("That is no command about the documents.", KNOWLEDGE_USAGE)

    async def _check(self, responder: Responder) -> None:
        await responder.say("Checking the documents …")
        ticker = _Ticker(responder, "Checking the documents …")
        with tempfile.TemporaryDirectory(prefix="frontdesk-check-") as folder:
            try:
                path, summary = await self._library.check(Path(folder), ticker)
            finally:
                await ticker.close()
            await responder.send_file(path, summary)

    async def export(self, actor: Actor, responder: Responder, options: str = "") -> None:
        """Send the liked answers as fine-tuning data (a JSON-lines file)."""
        self.require_admin(actor)
        filters = parse_filters(options)
        with tempfile.TemporaryDirectory(prefix="frontdesk-export-") as folder:
            path = Path(folder) / f"frontdesk-{datetime.now(UTC):%Y%m%d-%H%M%S}.jsonl"
            report = await export_openai(self._database, path, filters)
            if not report.written:
                await responder.say("There is nothing to export yet: no answer was rated helpful in this selection.")
                return
            noun = "example" if report.written == 1 else "examples"
            await responder.send_file(path, f"{report.written} {noun}, {report.skipped} skipped.")


class _Ticker:
    """Turns progress calls (which may come fast) into one edited message (which may not)."""

    def __init__(self, responder: Responder, doing: str) -> None:
        self._responder = responder
        self._doing = doing
        self._last = 0.0
        self._task: asyncio.Task[None] | None = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last < PROGRESS_EVERY_S or (self._task and not self._task.done()):
            return
        self._last = now
        share = f" {done} of {total}" if total else ""
        self._task = asyncio.create_task(self._responder.say(f"{self._doing} {stage}{share}"))

    async def close(self) -> None:
        """Wait until the edit under way has ended, so that the last word comes last."""
        if self._task:
            await asyncio.wait({self._task})


def told(report: ReindexReport) -> str:
    """Return a reindex report as Markdown for a chat message."""
    lines = [
        f"Reindexed in {report.seconds:.1f} s: {report.added} added, {report.changed} changed, "
        f"{report.removed} removed. Version {report.version} holds {report.documents} documents "
        f"in {report.passages} passages."
    ]
    if report.skipped:
        lines.append(f"\n{len(report.skipped)} skipped:")
        lines += [
            f"- {f'`{one.document}` ({one.source})' if one.document else f'**{one.source}**'}: {one.reason}"
            for one in report.skipped[:SKIPPED_SHOWN]
        ]
        if (more := len(report.skipped) - SKIPPED_SHOWN) > 0:
            lines.append(f"- and {more} more; `frontdesk reindex --dry-run` lists them all")
    lines += [f"\n{warning}" for warning in report.warnings]
    return "\n".join(lines)


def parse_filters(options: str) -> ExportFilters:
    """Read the `key=value` words of `/export`. Raises FrontdeskError for what cannot be read."""
    values: dict[str, str] = {}
    for word in options.split():
        key, sign, value = word.partition("=")
        if not sign or key not in {"since", "until", "rating", "platform"}:
            raise CommandError(f"I do not understand “{word}”.", EXPORT_USAGE)
        values[key] = value
    return ExportFilters.read(**values)
