"""`frontdesk doctor`: is everything there that answering needs, and what to do where it is not."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import aiohttp

from adapters import wiring
from adapters.web.server import listening_on
from bot import prompts
from bot.followups import query_for
from bot.generation.quantization import computes_with_own_kernels
from bot.library import OUTCOMES, told_left_over
from bot.privacy import Privacy
from bot.settings import KERNELS, Settings, strays
from bot.storage.database import Database, SchemaState, schema_state
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError
from knowledge.index import Index
from knowledge.sources import open_source
from knowledge.state import left_over, source_statuses, unread, warnings
from knowledge.territories import is_territory

log = logging.getLogger(__name__)

_SLACK_INSTALLED = (
    "create an app at https://api.slack.com/apps from the manifest "
    f"{Path(__file__).parent / 'slack' / 'manifest.yaml'}."
)
_DISCORD_INSTALLED = (
    "create an application at https://discord.com/developers/applications, switch on its Message Content intent, and "
    "set its bot token as FRONTDESK_DISCORD__TOKEN."
)

Tell = Callable[[str], None]
Busy = Callable[[str], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check. `fix` is empty where nothing is to be done."""

    check: str
    ok: bool
    detail: str
    fix: str = ""


async def examine(settings: Settings, tell: Tell, busy: Busy) -> AsyncIterator[Finding]:
    """Run every check and yield what it finds; one that fails never keeps the next from running.

    `tell` is told each long thing that begins, in a sentence; `busy` is open while the check of that name
    runs.
    """
    checks: list[tuple[str, Callable[[Settings], Awaitable[str]]]] = [
        ("environment", _environment),
        ("data folder", _data_folder),
        ("sources", _sources),
        ("model", partial(_model, tell=tell)),
        ("adapter", _adapter),
        ("tuning", _tuning),
        ("model server", _model_server),
        ("index", _index),
        ("database", _database),
        ("http", _http),
        ("admins", _admins),
        ("people", _people),
        ("platforms", _platforms),
        ("slack", _slack),
        ("discord", _discord),
    ]
    for name, check in checks:
        with busy(name):
            finding = await _finding(name, check(settings))
        yield finding


async def _finding(name: str, check: Awaitable[str]) -> Finding:
    try:
        return Finding(name, True, await check)
    except FrontdeskError as error:
        return Finding(name, False, error.sentence, error.fix)
    except Exception as error:
        log.exception("The check of %s failed", name)
        told = (str(error).strip().splitlines() or ["it says nothing"])[0].rstrip(".")
        return Finding(name, False, f"It could not be checked: {type(error).__name__}: {told}.", "See the log.")


async def _environment(settings: Settings) -> str:
    found = strays(settings)
    sentences = " ".join(told_stray(*one) for one in found.items())
    if any(found.values()):
        raise FrontdeskError(sentences, "Rename what is misspelt, or take it away.")
    return sentences or "Every variable of Frontdesk's and every file of secrets sets something."


def told_stray(name: str, nearest: str) -> str:
    """Tell in a sentence that a variable or file sets nothing, and what would."""
    return f"{name} sets nothing; {nearest} does." if nearest else f"{name} sets nothing."


async def _data_folder(settings: Settings) -> str:
    folder = settings.data_path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".doctor-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise FrontdeskError(
            f"{folder} cannot be written: {error.strerror}.",
            "Give this user the folder, or set data_dir to another one.",
        ) from None
    return f"{folder} can be written."


async def _sources(settings: Settings) -> str:
    if not settings.knowledge.sources:
        raise FrontdeskError("No source of documents is set.", "Add a [[knowledge.sources]] block to the settings.")
    for options in wiring.source_options(settings):
        opened = open_source(options, settings.config_dir)
        # The first document tells whether the place is there and lets us in.
        if await asyncio.to_thread(next, opened.documents({}), None) is None:
            raise FrontdeskError(
                f"The source “{options['name']}” has no documents.",
                "Put documents there, mend its path or address, or take it out of the settings.",
            )
    return ", ".join(f"{source.name} ({source.kind})" for source in settings.knowledge.sources)


async def _model(settings: Settings, tell: Tell) -> str:
    if not wiring.answers_locally(settings):
        return "Not used: a server answers."
    prepared = await asyncio.to_thread(wiring.prepared_model, settings, progress=tell)
    model = wiring.local_engine(settings)
    await model.start()
    try:
        if trouble := model.health():
            raise FrontdeskError(trouble)
        identity = model.identity
        persona = prompts.voice(settings.answering.persona)
        await prompts.check_room(model, persona=persona, max_tokens=settings.model.max_tokens)
    finally:
        await model.stop()
    loads = f"{prepared.name} loads, with {identity.context_size:,} tokens of context."
    if model.thinks:
        loads += " It thinks before it answers, which takes time and counts towards model.max_tokens."
    if not computes_with_own_kernels():
        loads += " On a processor it would answer faster with Frontdesk's kernels, which `make install` builds into "
        loads += f"llama.cpp, unless {KERNELS} is off."
    return loads


async def _adapter(settings: Settings) -> str:
    """Whether the adapter in force, promoted or of the settings, is whole and fits the model."""
    adapter = await asyncio.to_thread(wiring.registry(settings).in_force)
    if adapter is None:
        return "None is in force."
    base = await asyncio.to_thread(wiring.base, settings)
    await asyncio.to_thread(base.check, adapter.path)
    return f"{adapter.name} is in force, at scale {settings.lora.scale:g}."


async def _tuning(settings: Settings) -> str:
    from adapters.tuning.training_cli import check_installed

    if not settings.tuning.schedule:
        return "Nothing is trained by the clock; `frontdesk tune` does it on command."
    check_installed()
    return f"New examples are trained on by the clock: {settings.tuning.schedule}"


async def _model_server(settings: Settings) -> str:
    if settings.generation.engine == "local":
        return "Not used: the local model answers."
    server = wiring.remote_engine(settings)
    try:
        return await server.check()
    finally:
        await server.stop()


async def _index(settings: Settings) -> str:
    index = Index(settings.knowledge_uri)
    searcher = await asyncio.to_thread(wiring.retriever, settings, index)
    found = await asyncio.to_thread(searcher.search, query_for("support", ()), 1, Scope(), settings.today())
    told = f"Version {found.version} can be searched."
    if lacking := [*await asyncio.to_thread(unread, index)]:
        first = ", ".join([*lacking[:3], *(["…"] if len(lacking) > 3 else [])])
        were = "document was" if len(lacking) == 1 else "documents were"
        told += (
            f" {len(lacking):,} {were} read only in part ({first}); `frontdesk knowledge check` says what is missing."
        )
    names = [source.name for source in settings.knowledge.sources]
    told += "".join(f" {one}" for one in await asyncio.to_thread(warnings, index))
    values = await asyncio.to_thread(lambda: index.published().scope_values())
    mine = settings.regions()
    if strange := [f"“{one}”" for one in values["region"] if not (is_territory(one) or one in mine)]:
        told += f" Documents are for {', '.join(strange)}, which is no territory and in no scope of the settings."
    told += "".join(f" {told_left_over(*one)}" for one in (await asyncio.to_thread(left_over, index, names)).items())
    standing = await asyncio.to_thread(source_statuses, settings.knowledge_uri, wiring.source_options(settings))
    if not (behind := [one for one in standing if one.outcome not in ("ok", "partial")]):
        return told
    told += "".join(f" {one.name} ({OUTCOMES[one.outcome]}){one.sentence and f': {one.sentence}'}" for one in behind)
    raise FrontdeskError(
        told if told.endswith(".") else f"{told}.",
        "Run `frontdesk reindex`; `frontdesk knowledge status` tells how each source stands.",
    )


async def _database(settings: Settings) -> str:
    state = await asyncio.to_thread(schema_state, settings.database_url)
    if state is SchemaState.NEWER:
        raise FrontdeskError(
            "The database was upgraded by a newer version of Frontdesk.",
            "Install that version again, or set database.url to another database.",
        )
    if state is SchemaState.CURRENT and (left := await _unfinished(settings)):
        deletions = "deletion is" if left == 1 else "deletions are"
        raise FrontdeskError(
            f"{left:,} {deletions} not finished: what is forgotten may still stand in a file.",
            "Restart Frontdesk, which tries again; its log names the file.",
        )
    return {
        SchemaState.CURRENT: "The tables are up to date.",
        SchemaState.OUTDATED: "The tables are made or upgraded when Frontdesk starts.",
    }[state]


async def _unfinished(settings: Settings) -> int:
    database = Database(settings.database_url)
    try:
        return await Privacy(database).unfinished()
    finally:
        await database.close()


async def _http(settings: Settings) -> str:
    """Whether http.listen can be listened on, or Frontdesk does already."""
    listen = settings.http.listen
    if not listen:
        return "Not used: http.listen is empty."
    try:
        (await asyncio.to_thread(listening_on, listen)).close()
    except FrontdeskError as error:
        taken = isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.EADDRINUSE
        there = await _frontdesk_on(listen) if taken else None
        if there is None:
            raise
        if there == wiring.installation(settings):
            return f"Frontdesk is running on {listen}."
        raise FrontdeskError(
            f"Another Frontdesk, with another data folder, is running on {listen}.", "Set http.listen to another port."
        ) from None
    return f"{listen} is free."


async def _frontdesk_on(listen: str) -> str | None:
    """Return the id of the installation that listens, None where it is no Frontdesk."""
    host, _, port = listen.rpartition(":")
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
            session.get(f"http://{host or '127.0.0.1'}:{port}/healthz") as alive,
        ):
            told = await alive.json(content_type=None)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return None
    return str(told["installation"]) if isinstance(told, dict) and {"parts", "installation"} <= told.keys() else None


async def _admins(settings: Settings) -> str:
    if not settings.admins:
        raise FrontdeskError(
            "Nobody is an admin: admin commands are closed to everybody, and nobody is told when documents cannot be "
            "read.",
            'Set admins, e.g. ["slack:U0123ABCD"]; a person\'s id stands in their profile.',
        )
    return ", ".join(settings.admins)


async def _people(settings: Settings) -> str:
    answering = settings.answering
    of_channels = [one for each in settings.channels for one in each.helpers or ()]
    told = [answering.handover_channel, *answering.helpers, *of_channels]
    if named := ", ".join(dict.fromkeys(filter(None, told))):
        return f"{named} hear of whoever asks for a person."
    return (
        f"Nobody hears of whoever asks for a person; they are told to ask {answering.contact}. Set "
        "answering.handover_channel or answering.helpers to have people called."
    )


async def _platforms(settings: Settings) -> str:
    match _set_up(settings):
        case []:
            raise FrontdeskError(
                "Neither Slack nor Discord is set up: nobody in a chat can ask, and `frontdesk run` needs one.",
                f"For Slack, {_SLACK_INSTALLED} For Discord, {_DISCORD_INSTALLED}",
            )
        case [one]:
            return f"{one} is set up."
        case several:
            return f"{' and '.join(several)} are set up."


def _set_up(settings: Settings) -> list[str]:
    platforms = {"Slack": settings.slack.is_set_up, "Discord": bool(settings.discord.token.get_secret_value())}
    return [name for name, is_set_up in platforms.items() if is_set_up]


async def _slack(settings: Settings) -> str:
    secrets = settings.slack
    if not secrets.is_set_up:
        return _not_set_up(settings, _SLACK_INSTALLED)
    if trouble := secrets.lacks():
        raise FrontdeskError(*trouble)
    for name, secret, prefix in (("bot", secrets.bot_token, "xoxb-"), ("app", secrets.app_token, "xapp-")):
        if secret.get_secret_value() and not secret.get_secret_value().startswith(prefix):
            raise FrontdeskError(
                f"slack.{name}_token does not begin with {prefix}.",
                f"Copy it from your app's page at https://api.slack.com/apps to FRONTDESK_SLACK__{name.upper()}_TOKEN.",
            )
    if not settings.http.listen and (secrets.client_id or not secrets.app_token.get_secret_value()):
        raise FrontdeskError("Slack is to reach Frontdesk over HTTP, but http.listen is empty.", "Set http.listen.")
    from adapters.slack.installation import check_token

    return await check_token(settings)


async def _discord(settings: Settings) -> str:
    if not settings.discord.token.get_secret_value():
        return _not_set_up(settings, _DISCORD_INSTALLED)
    from adapters.discord.installation import check_token

    return await check_token(settings)


def _not_set_up(settings: Settings, how: str) -> str:
    """Say how to install a platform that is not set up; where no other is, the finding on all of them says it."""
    return f"Not set up. To install: {how}" if _set_up(settings) else "Not set up."
