"""What the admin commands do, told without a platform."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

from bot.channels.resolve import Channels
from bot.library import Library, told_document, told_passages, told_sources, told_status
from bot.plot import Theme, described, draw
from bot.privacy import Privacy, told_forgotten
from bot.settings import Settings
from bot.state import Overview
from bot.state import told as told_state
from bot.stats import Period, collect
from bot.stats import told as told_stats
from bot.storage.database import Database
from bot.storage.panels import Panels
from bot.trace import Traces
from bot.trace import told as told_trace
from bot.tuning.export import ExportFilters, Redaction, export
from bot.tuning.formats import FORMATS
from bot.tuning.names import NameModels
from bot.tuning.promotions import Promotions
from bot.understanding.languages import spoken
from bot.wording import buttons, notices
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError
from knowledge.reindex import ReindexReport

log = logging.getLogger(__name__)

ACCEPT_LOSS = "accept-loss"
PROGRESS_EVERY_S = 1.0
SKIPPED_SHOWN = 10
WARNINGS_SHOWN = 10
DIRECT = "dm"
"""The workspace of direct messages on a platform where they belong to none."""
KNOWLEDGE_USAGE = (
    "Use `/knowledge status`, `/knowledge sources`, `/knowledge search QUESTION`, `/knowledge show DOCUMENT`, "
    "`/knowledge check` or `/knowledge rollback`."
)
EXPORT_USAGE = (
    f"Use `/export [format={'|'.join(FORMATS)}] [since=YYYY-MM-DD] [until=YYYY-MM-DD] [rating=up|down|any] "
    "[platform=NAME]`."
)
STATS_USAGE = "Use `/stats [DAYS] [since=YYYY-MM-DD] [until=YYYY-MM-DD] [everywhere] [share]`."
TUNE_USAGE = (
    "Use `/tune list`, `/tune promote ID`, `/tune promote ID force REASON`, `/tune reject ID` or `/tune rollback`."
)
FORGET_OTHER = (
    "This is what I have stored about this person{where}: {kept}. Delete it? This cannot be undone. Messages in the "
    "chat stay."
)
NOTHING_KEPT = "I have nothing stored about this person{where}."


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
    thread: str = ""
    """Empty outside of one, and where the platform does not tell."""


class Responder(Protocol):
    """How a command talks back."""

    async def say(self, text: str) -> None:
        """Show Markdown as the command's one message; each further call replaces what it shows."""
        ...

    async def progress(self, text: str) -> None:
        """Show how far it is in place of what was said, or nothing where the platform takes only so many messages."""
        ...

    async def send_file(self, path: Path, text: str) -> None:
        """Give the asker a file, with a line about it."""
        ...

    async def send_picture(self, path: Path, text: str, description: str, *, everyone: bool) -> None:
        """Show a PNG file below Markdown, to the asker or to `everyone` in the channel.

        `description` is for people who cannot see it.
        """
        ...

    async def confirm(self, text: str, button: str, user: str) -> None:
        """Ask the asker whether the data of `user` shall be deleted; the button calls `Commands.forget`, confirmed."""
        ...


class Commands:
    """Every command that a platform offers to admins. Errors are FrontdeskErrors, to be told privately."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        library: Library,
        overview: Overview | None = None,
        privacy: Privacy | None = None,
        promotions: Promotions | None = None,
        channels: Channels | None = None,
    ) -> None:
        """`channels` says what holds in each; without it, what the settings say."""
        self._settings = settings
        self._channels = channels or Channels(settings)
        self._database = database
        self._library = library
        self._overview = overview or Overview(settings, database, library)
        self._privacy = privacy or Privacy(database)
        self._promotions = promotions
        self._traces = Traces(database)
        self.panels = Panels(database)

    async def suggestions(self, scope: Scope, number: int, seed: str = "") -> list[str]:
        """Return questions to begin with, for anybody who may be told what is in a scope."""
        return await self._library.suggestions(scope, number, seed)

    def require_admin(self, actor: Actor) -> None:
        """Raise NotAllowed unless the actor is an admin, at least of the workspace that the command is given in."""
        if not self.is_admin(actor):
            raise NotAllowed(
                "This command is for Frontdesk's admins only.",
                f"Ask an admin to run it, or to add `{actor.platform}:{actor.user}` to `admins` in the settings.",
            )

    def is_admin(self, actor: Actor) -> bool:
        return self._settings.is_admin(actor.platform, actor.user, actor.workspace)

    def require_admin_everywhere(self, actor: Actor) -> None:
        """Raise NotAllowed for an admin of one workspace: the command bears on, or shows, what is others' too."""
        self.require_admin(actor)
        if not self._everywhere(actor):
            raise NotAllowed(
                "This is for admins of all workspaces only, since it concerns them all.",
                f"Ask one of them, or to add `{actor.platform}:{actor.user}` to `admins` in the settings.",
            )

    def _everywhere(self, actor: Actor) -> bool:
        return self._settings.is_admin_everywhere(actor.platform, actor.user)

    async def reindex(self, actor: Actor, responder: Responder, source: str = "") -> None:
        """Read the sources anew (one of them, if named), with progress, and say what changed.

        `source` may end in `accept-loss`, for a source that is right to have lost most of its documents.
        """
        self.require_admin(actor)
        accept_loss = source.split()[-1:] == [ACCEPT_LOSS]
        if accept_loss:
            self.require_admin_everywhere(actor)
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
        verb, rest = verb.lower(), rest.strip()
        if verb in ("show", "check", "rollback"):  # whatever the scope, and for every workspace
            self.require_admin_everywhere(actor)
        match verb, rest:
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
                unknown = "I do not know this command about the documents." if verb else "Say what to do."
                raise CommandError(unknown, KNOWLEDGE_USAGE)

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
        """Send the liked answers as fine-tuning data (a JSON-lines file); an admin of one workspace gets its own."""
        self.require_admin(actor)
        format, filters = parse_export(options)
        if not self._everywhere(actor):
            filters = replace(filters, platform=actor.platform, workspace=actor.workspace)
        with tempfile.TemporaryDirectory(prefix="frontdesk-export-") as folder:
            path = Path(folder) / f"frontdesk-{datetime.now(UTC):%Y%m%d-%H%M%S}.jsonl"
            redact = Redaction((self._settings.answering.contact, self._settings.answering.persona), NameModels())
            report = await export(self._database, path, filters, format, redact)
            if not report.written:
                await responder.say("There is nothing to export yet: no answer was rated so in this selection.")
                return
            noun = "example" if report.written == 1 else "examples"
            await responder.send_file(path, f"{report.written} {noun}, {report.skipped} skipped.")

    async def stats(self, actor: Actor, responder: Responder, options: str = "", theme: Theme = "light") -> None:
        """Say how many questions there were and what became of them, with a picture.

        Those of the workspace that the command is given in; with `everywhere`, and in direct messages that
        belong to none, all of them. With `share` everybody in the channel sees the picture.
        """
        self.require_admin(actor)
        period, everywhere, share = parse_stats(options, self._settings.today())
        if everywhere or actor.workspace == DIRECT:
            self.require_admin_everywhere(actor)
            platform, workspace, where = None, None, "everywhere"
        else:
            platform, workspace, where = actor.platform, actor.workspace, "in this workspace"
        stats = await collect(self._database, period, self._settings.schedule.timezone, platform, workspace)
        text = told_stats(stats, where)
        if not stats.total.questions:
            await responder.say(text)
            return
        await responder.say(f"{text}\n\nThe picture follows.")
        with tempfile.TemporaryDirectory(prefix="frontdesk-stats-") as folder:
            path = Path(folder) / f"frontdesk-{period.first}-{period.last}.png"
            try:
                await draw(stats, path, self._settings.data_path / "matplotlib", theme)
            except FrontdeskError as error:
                await responder.say(f"{text}\n\nThere is no picture: {error}")
                return
            await responder.send_picture(path, text, described(stats), everyone=share)

    async def why(self, actor: Actor, responder: Responder, message: str = "", channel: str = "") -> None:
        """Show the trace of an answer: the one that a message carries or got, else the last one where the actor is.

        `channel` is that of `message`, where messages are unique by channel only.
        """
        self.require_admin(actor)
        if message:
            workspace = None if self._everywhere(actor) else actor.workspace
            trace = await self._traces.at(message, actor.platform, workspace, channel or None)
        else:
            trace = await self._traces.last(actor.platform, actor.workspace, actor.channel, actor.user, actor.thread)
        await responder.say(told_trace(trace))

    async def forget(self, actor: Actor, responder: Responder, user: str = "", *, confirmed: bool = False) -> None:
        """Delete what is kept of a person: anybody may have it done for themselves, an admin for somebody.

        An admin of one workspace reaches what was said there. Unless `confirmed`, asks first.
        """
        own = not user or user == actor.user
        workspace = None
        if not own:
            self.require_admin(actor)
            workspace = None if self._everywhere(actor) else actor.workspace
        person = (actor.platform, actor.user if own else user, workspace)
        where = " in this workspace" if workspace else ""
        language = await self._language_at(actor) if own else "en"
        nothing = notices.NOTHING_KEPT.of(language) if own else NOTHING_KEPT.format(where=where)
        if not confirmed:
            if not (kept := await self._privacy.kept_of(*person)):
                await responder.say(nothing)
                return
            told = told_forgotten(kept, language)
            asked = notices.FORGET_SELF.of(language, kept=told) if own else FORGET_OTHER.format(kept=told, where=where)
            await responder.confirm(asked, buttons.DELETE.of(language), person[1])
            return
        gone = await self._privacy.forget(*person)
        by, whom = ("Somebody", "you") if own else (f"{actor.platform}:{actor.user}", f"this person{where}")
        log.info("%s had the data of %s deleted.", by, whom)
        told = notices.DELETED.of(language, gone=told_forgotten(gone, language))
        await responder.say(told if gone else nothing)

    async def _language_at(self, actor: Actor) -> str:
        """Return the code of the language that somebody is told things in who gives a command: the channel's."""
        return spoken((await self._channels.at(actor.platform, actor.workspace, actor.channel)).language)

    async def tune(self, actor: Actor, responder: Responder, words: str = "") -> None:
        """Show, promote, take back or put aside adapters, as `words` say; TUNE_USAGE lists what they may be."""
        self.require_admin_everywhere(actor)
        if self._promotions is None:
            raise CommandError("Adapters cannot be looked after here.", "Use `frontdesk tune` in a terminal.")
        verb, _, rest = words.strip().partition(" ")
        id, _, more = rest.strip().partition(" ")
        wish, _, reason = more.strip().partition(" ")
        by = f"{actor.platform}:{actor.user}"
        match verb.lower(), id, wish.lower():
            case ("list", "", "") | ("", "", ""):
                said = await self._promotions.listed()
            case "promote", id, "" if id:
                said = await self._promotions.promote(id, by)
            case "promote", id, "force" if id and reason:
                said = await self._promotions.promote(id, by, force=True, reason=reason)
            case "reject", id, _ if id:
                said = await self._promotions.reject(id, by, reason=more.strip())
            case "rollback", _, _:
                said = await self._promotions.rollback(by, reason=rest.strip())
            case _:
                raise CommandError("That is no command about adapters.", TUNE_USAGE)
        await responder.say(said)

    async def state(self, actor: Actor) -> str:
        """Return how Frontdesk stands, as Markdown; the questions are those of the actor's workspace."""
        self.require_admin(actor)
        return await self.state_of(actor.platform, actor.workspace)

    async def state_of(self, platform: str, workspace: str) -> str:
        """Return how Frontdesk stands, for a place that an admin has chosen."""
        return told_state(await self._overview.look(platform, workspace))


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
        self._task = asyncio.create_task(self._show(f"{self._doing} {stage}{share}"))

    async def _show(self, text: str) -> None:
        try:
            await self._responder.progress(text)
        except FrontdeskError as error:
            log.warning("How far a command is could not be shown: %s", error)
        except Exception:
            log.exception("Showing how far a command is ended in an unforeseen error")

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
    lines += [f"\n{warning}" for warning in report.warnings[:WARNINGS_SHOWN]]
    if (more := len(report.warnings) - WARNINGS_SHOWN) > 0:
        lines.append(f"\n{more} more warning{'s' * (more > 1)}; `frontdesk reindex --dry-run` lists them all")
    return "\n".join(lines)


def parse_export(options: str) -> tuple[str, ExportFilters]:
    """Read the `key=value` words of `/export`: the format and what to export. Raises FrontdeskError."""
    values = _options(options, {"format", "since", "until", "rating", "platform"}, (), EXPORT_USAGE)
    format = values.pop("format", "") or "openai"
    if format not in FORMATS:
        raise CommandError(f"There is no format “{format}”.", EXPORT_USAGE)
    return format, ExportFilters.read(**values)


def parse_stats(options: str, today: date) -> tuple[Period, bool, bool]:
    """Read the words of `/stats`: the period, whether it is about everywhere, whether to show it to everyone.

    Raises FrontdeskError for what cannot be read.
    """
    words = options.split()
    days = [word for word in words if word.isascii() and word.isdigit()]
    rest = " ".join(word for word in words if word not in days[:1])
    values = _options(rest, {"since", "until"}, ("everywhere", "share"), STATS_USAGE)
    everywhere, share = "everywhere" in values, "share" in values
    period = Period.read(today, "".join(days[:1]), values.get("since", ""), values.get("until", ""))
    return period, everywhere, share


def _options(options: str, keys: Collection[str], flags: Collection[str], usage: str) -> dict[str, str]:
    """Read `key=value` words, and flags that stand alone. Raises CommandError for any other word."""
    values: dict[str, str] = {}
    for word in options.split():
        key, sign, value = word.partition("=")
        if not ((sign and key in keys) or word in flags):
            raise CommandError(f"I do not understand “{word}”.", usage)
        values[key] = value
    return values
