"""The composition root: the one place that knows every concrete class and builds the object graph from settings."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import PlainTextResponse
from starlette.routing import Router
from starlette.types import Receive, Scope, Send

from adapters import check_report
from adapters.database import opened, privacy_of
from adapters.platform import Platform
from adapters.tuning.background import run_in_background
from adapters.web import health, server
from adapters.web.lag import LoopLag
from bot.admins import Admins
from bot.channels.resolve import Channels
from bot.channels.store import ChannelStore
from bot.commands import Commands
from bot.conversation import Pipeline
from bot.curation import Curation
from bot.desk import Desk
from bot.feedback import Feedback
from bot.generation.engine import AdaptedEngine
from bot.generation.fallback import FallbackEngine
from bot.generation.llamacpp import LlamaCppConfig, LlamaCppEngine
from bot.generation.models import HUB, PreparedModel, prepare_model
from bot.generation.quantization import AS_IT_COMES
from bot.generation.remote import RemoteConfig, RemoteEngine
from bot.handovers import Handovers
from bot.inbox import Inbox
from bot.library import Library
from bot.privacy import Privacy
from bot.schedule import LEASE_S, Scheduler
from bot.settings import Settings
from bot.state import Overview
from bot.storage.database import Database
from bot.storage.forgettings import forgettings
from bot.storage.handovers import HandoverStore
from bot.storage.leases import Leases
from bot.storage.ratings import Ratings
from bot.storage.shadows import Shadows
from bot.tuning.cycle import Cycle
from bot.tuning.default import default_adapter
from bot.tuning.errors import TrainingError
from bot.tuning.live import LiveAdapter
from bot.tuning.promotions import Promotions
from bot.tuning.registry import Base, Registry
from bot.tuning.shadow import Shadow
from bot.understanding.mood import Moods
from knowledge.canaries import Canary
from knowledge.check import CheckJob
from knowledge.check.report import Asked
from knowledge.embedding import Embedder
from knowledge.errors import FrontdeskError
from knowledge.index import Index
from knowledge.reindex import ReindexJob
from knowledge.retrieval import Retriever
from knowledge.sources import check_options

if TYPE_CHECKING:
    from bot.tuning.base import Base as TrainingBase

log = logging.getLogger(__name__)

REINDEX = "reindex"  # the job, and the lease that whoever reindexes holds
RECONNECT_S = 60.0
EVERY_MINUTE = "* * * * *"
REINDEX_PATIENCE_S = 3600.0
"""How long a source whose time has come waits for the reindex of another to end."""
PlatformFactory = Callable[[Desk, Commands, Database], Platform]


def source_options(settings: Settings) -> list[dict[str, Any]]:
    """Return the options of every source; what sources keep between two readings goes into the data folder."""
    kept = {"git": {"cache": settings.data_path / "sources"}}
    return [kept.get(source.kind, {}) | source.model_dump() for source in settings.knowledge.sources]


def reindex_job(settings: Settings) -> ReindexJob:
    """Return what a reindex needs to know, ready to be sent to a process of its own."""
    return ReindexJob(
        uri=settings.knowledge_uri,
        sources=tuple(source_options(settings)),
        base=settings.config_dir,
        model=settings.embedding.model,
        device=settings.embedding.device,
        language=settings.knowledge.language,
        canaries=tuple(Canary(one.question, one.document, one.scope) for one in settings.knowledge.canaries),
        gives_way_to=_answering(settings),
    )


def _answering(settings: Settings) -> Path:
    """Return the file by which the engine tells a reindex, in whatever process, that it answers."""
    return settings.data_path / "answering.lock"


def check_job(settings: Settings, asked: Sequence[Asked]) -> CheckJob:
    """Return what a check of the documents needs to know, ready to be sent to a process of its own."""
    return CheckJob(
        settings.knowledge_uri,
        tuple(asked),
        settings.today(),
        model=settings.embedding.model,
        device=settings.embedding.device,
        expiring_days=settings.knowledge.expiring_days,
        old_days=settings.knowledge.old_days,
    )


def embedder(settings: Settings) -> Embedder:
    """Return the model that turns questions into vectors. Raises EmbeddingError where there is none."""
    return Embedder(settings.embedding.model, settings.embedding.device, light=True)


def retriever(settings: Settings, index: Index | None = None) -> Retriever:
    """Open the index and the embedder. Raises FrontdeskError where either cannot be used."""
    return Retriever(index or Index(settings.knowledge_uri), embedder(settings))


def installation(settings: Settings) -> str:
    """Return an id of the installation, by its data folder; it tells nothing of what is kept there."""
    return sha256(str(settings.data_path).encode("utf-8", "replace")).hexdigest()[:16]


def has_index(settings: Settings) -> bool:
    """Whether a version of the documents was published. Raises FrontdeskError where the place cannot be read."""
    return Index(settings.knowledge_uri).published_or_none() is not None


def require_index(settings: Settings) -> None:
    """Raise FrontdeskError unless a version of the documents is in force that can be searched."""
    Index(settings.knowledge_uri).published()


def prepared_model(
    settings: Settings,
    *,
    download: bool = False,
    again: bool = False,
    progress: Callable[[str], None] | None = None,
) -> PreparedModel:
    """Find the model file, the first time in whichever form is fastest here; see `prepare_model`. May take seconds."""
    return prepare_model(
        _located(settings),
        settings.data_path / "models",
        form=settings.model.quantization,
        threads=settings.model.threads,
        download=download,
        again=again,
        progress=progress,
    )


def _located(settings: Settings) -> str:
    """Return `model.path` with a file's path made absolute."""
    path = settings.model.path
    return path if not path or path.startswith(HUB) else str(settings.at(path))


def training_base(settings: Settings, checkpoint: str = "", device: str = "") -> TrainingBase:
    """Return the model that is served, ready to be trained; see `bot.tuning.base.load_base`. Takes seconds.

    Raises TrainingError, also where a server answers and the settings do not say with which model.
    """
    from bot.tuning.base import load_base

    if settings.generation.engine == "remote" and not settings.model.path:
        raise TrainingError(
            "A server answers, so an adapter for the embedded model would not be used.",
            "Set model.path to the GGUF file of the model that the server serves, and train again.",
        )
    model = prepare_model(_located(settings), settings.data_path / "models", form=AS_IT_COMES)
    folder = settings.at(Path(checkpoint)) if checkpoint else Path()
    checkpoint = str(folder) if checkpoint and folder.is_dir() else checkpoint
    return load_base(model.source, model.source_sha256, model.source.stem, checkpoint=checkpoint, device=device)


def answers_locally(settings: Settings) -> bool:
    """Whether the model of this machine answers, always or where the server does not."""
    return settings.generation.engine == "local" or settings.generation.fallback


def first_adapter(settings: Settings) -> Path | None:
    """Return the adapter that answers until one is promoted, None for none.

    That is the one of the settings, else for the embedded model the one that comes with Frontdesk.
    """
    if settings.lora.path:
        return settings.at(settings.lora.path)
    embedded = answers_locally(settings) and not settings.model.path
    return default_adapter() if embedded and settings.lora.default else None


def registry(settings: Settings) -> Registry:
    """Return the registry of adapters."""
    return Registry(settings.tuning_path, first_adapter(settings))


def base(settings: Settings) -> Base:
    """Return the model that adapters are held against. May take seconds, see `prepared_model`."""
    if not answers_locally(settings):
        return Base()
    prepared = prepared_model(settings)
    return Base(prepared.path, prepared.hashes)


def engine(settings: Settings) -> AdaptedEngine:
    """Return the engine that the settings want, not started yet."""
    if settings.generation.engine == "local":
        return local_engine(settings)
    remote = remote_engine(settings)
    if not settings.generation.fallback:
        return remote
    return FallbackEngine(remote, local_engine(settings), settings.model.context_size)


def remote_engine(settings: Settings) -> RemoteEngine:
    """Return the engine that asks the server, not started yet."""
    remote = settings.generation
    return RemoteEngine(
        RemoteConfig(
            url=remote.url,
            model=remote.model,
            loras=remote.loras,
            api_key=remote.api_key.get_secret_value(),
            options=remote.options,
            context_size=remote.context_size,
            connect_timeout_s=remote.connect_timeout_s,
            first_token_timeout_s=remote.first_token_timeout_s,
            token_timeout_s=remote.token_timeout_s,
            retries=remote.retries,
        )
    )


def local_engine(settings: Settings) -> LlamaCppEngine:
    """Return the engine of this machine, not started yet."""
    prepared = prepared_model(settings)
    return LlamaCppEngine(
        LlamaCppConfig(
            path=prepared.path,
            name=prepared.name,
            context_size=settings.model.context_size,
            sequences=settings.answering.workers,
            slot_size=settings.model.slot_size,
            prefix_cache_mb=settings.model.prefix_cache_mb,
            threads=settings.model.threads,
            gpu_layers=settings.model.gpu_layers,
            queue_size=settings.model.queue_size,
            lora=first_adapter(settings),
            base_hashes=prepared.hashes,
            busy_file=_answering(settings),
        )
    )


@asynccontextmanager
async def pipeline(settings: Settings) -> AsyncIterator[Pipeline]:
    """Open everything that answers questions, and close it at the end."""
    searcher, model = await asyncio.to_thread(lambda: (retriever(settings), engine(settings)))
    try:
        await model.start()
        answerer = Pipeline(settings, searcher, model)
        adapter = LiveAdapter(model, registry(settings), answerer.uses)
        await adapter.look()
        if trouble := adapter.health():
            log.warning("%s", trouble)
        yield answerer
    finally:
        await model.stop()


@dataclass(slots=True)
class Running:
    """A running Frontdesk."""

    desk: Desk
    commands: Commands
    database: Database
    engine: AdaptedEngine
    adapter: LiveAdapter
    index: Index
    platforms: dict[str, Platform] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)
    """Platforms that do not start, with the sentence why."""
    scale: float = 1.0
    """Of the adapter, where nothing chooses another one."""
    router: Router = field(default_factory=Router)
    """What the platforms are reached over by HTTP."""

    def health(self) -> dict[str, str]:
        """Return a sentence for each part, empty when it is well."""
        parts = {name: platform.health() for name, platform in self.platforms.items()}
        return {
            "desk": self.desk.workers.health(),
            "model": self.engine.health(),
            "adapter": self.adapter.health(),
            "knowledge": self._knowledge(),
            **parts,
            **self.troubles,
        }

    def notes(self) -> dict[str, str]:
        """Return a sentence for each workspace of a platform that ended, though the platform is well."""
        return {
            f"{name} {place}": sentence
            for name, platform in self.platforms.items()
            for place, sentence in platform.notes().items()
        }

    def answering(self) -> dict[str, str | float]:
        """Return what answers: model, adapter and its scale."""
        identity = self.engine.identity
        return {"model": identity.name, "lora": identity.lora, "lora_scale": self.scale if identity.lora else 0.0}

    def _knowledge(self) -> str:
        try:
            self.index.published()
        except FrontdeskError as error:
            return str(error)
        return ""


def chat_platforms(settings: Settings) -> list[tuple[str, PlatformFactory]]:
    """Return the platforms that have their secrets, by name, ready to be made."""
    found: list[tuple[str, PlatformFactory]] = []
    if not settings.slack.lacks():
        from adapters.slack.platform import SlackPlatform

        found.append(("slack", lambda desk, commands, database: SlackPlatform(settings, desk, commands, database)))
    if settings.discord.token.get_secret_value():
        from adapters.discord.platform import DiscordPlatform

        found.append(("discord", lambda desk, commands, database: DiscordPlatform(settings, desk, commands)))
    return found


def _schedule(scheduler: Scheduler, settings: Settings, library: Library, privacy: Privacy, admins: Admins) -> None:
    """Add every job of the settings."""

    async def refresh(sources: list[str]) -> None:
        if news := await library.refresh(sources):
            await admins.tell(news)

    async def check() -> None:
        path, summary = await library.check(settings.data_path / "reports")
        log.info("The documents were checked: %s", path)
        await admins.tell(f"{summary}\n\n`/knowledge check` sends the whole report.")

    scheduler.add("check", settings.schedule.check, check)
    tuning = Cycle(
        settings.tuning_path,
        registry(settings),
        settings.tuning.min_new_examples,
        partial(run_in_background, settings),
        admins.tell,
        has_admins=bool(settings.admins),
    )
    scheduler.add("tuning", settings.tuning.schedule, tuning.run)
    if settings.tuning.schedule.strip() and settings.admins:
        scheduler.add("tuning untold", EVERY_MINUTE, tuning.tell_again, often=True)
    if settings.tuning.schedule.strip() and tuning.cut_off:
        # A process that was killed keeps its lease a while.
        scheduler.add_at_start("tuning cut off", tuning.resume, lease="tuning", patience_s=2 * LEASE_S)
    # What was deleted goes out of files, too, where that was broken off.
    scheduler.add_at_start("forgetting", privacy.finish, lease="forgetting", patience_s=2 * LEASE_S, quiet=True)
    if settings.privacy.keep_days:
        scheduler.add("retention", settings.schedule.retention, partial(privacy.expire, settings.privacy.keep_days))
    sources = [check_options(one) for one in source_options(settings)]
    together = [one.name for one in sources if not one.schedule]
    if together:
        scheduler.add(REINDEX, settings.schedule.reindex, partial(refresh, together))
    for one in sources:
        scheduler.add(
            f"{REINDEX} {one.name}",
            one.schedule,
            partial(refresh, [one.name]),
            lease=REINDEX,
            patience_s=REINDEX_PATIENCE_S,
        )


def _schedule_reminders(scheduler: Scheduler, settings: Settings, desk: Desk) -> None:
    """Add the jobs that remind people of what nobody has done."""
    if settings.handover.remind_after_min and settings.handover.reminders:
        scheduler.add("hand-overs", EVERY_MINUTE, desk.handovers.remind, often=True)
    if settings.ratings.remind_after_min:
        scheduler.add("ratings", EVERY_MINUTE, desk.ask_to_rate, often=True)


@asynccontextmanager
async def _loading(model: AdaptedEngine) -> AsyncIterator[asyncio.Task[None]]:
    """Start the model, in a process of its own while this one goes on; give what ends when it is loaded."""
    starting = asyncio.create_task(model.start())
    try:
        yield starting
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await model.stop()


@asynccontextmanager
async def _answering_with(
    settings: Settings, model: AdaptedEngine, answerer: Pipeline, database: Database
) -> AsyncIterator[tuple[LiveAdapter, Shadow]]:
    """Keep the model at the adapter in force, and have a candidate answer unseen, until the end."""
    adapter = LiveAdapter(model, registry(settings), answerer.uses, shadow=settings.tuning.shadow)
    shadow = Shadow(answerer, Shadows(database), lambda: adapter.candidate)
    try:
        await adapter.start()
        shadow.start()
        yield adapter, shadow
    finally:
        await shadow.stop()
        await adapter.stop()


async def _nothing() -> None:
    pass


async def _connect(
    frontdesk: Running, wanted: Sequence[tuple[str, PlatformFactory]], stack: contextlib.AsyncExitStack
) -> None:
    """Start the platforms, to be stopped by `stack`; one that does not start is tried again now and then.

    Raises FrontdeskError where none starts.
    """

    async def connect(name: str, make: PlatformFactory) -> None:
        platform = make(frontdesk.desk, frontdesk.commands, frontdesk.database)
        await platform.start()
        stack.push_async_callback(platform.stop)
        frontdesk.platforms[name] = platform
        frontdesk.router.routes.extend(platform.routes)
        frontdesk.troubles.pop(name, None)
        frontdesk.desk.attach(platform)

    async def connect_later(name: str, make: PlatformFactory) -> None:
        while name in frontdesk.troubles:
            await asyncio.sleep(RECONNECT_S)
            with contextlib.suppress(FrontdeskError):
                await connect(name, make)
                log.info("%s is connected now.", name)

    for name, make in wanted:
        try:
            await connect(name, make)
        except FrontdeskError as error:
            log.error("%s does not start: %s", name, error)
            frontdesk.troubles[name] = str(error)
    if not frontdesk.platforms:
        raise FrontdeskError(" ".join(frontdesk.troubles.values()))
    later = [asyncio.create_task(connect_later(name, make)) for name, make in wanted if name in frontdesk.troubles]
    stack.callback(lambda: [task.cancel() for task in later])


@asynccontextmanager
async def running(
    settings: Settings, wanted: list[tuple[str, PlatformFactory]], read: Callable[[], Awaitable[None]] = _nothing
) -> AsyncIterator[Running]:
    """Start model, database, desk, scheduler and platforms; stop them in the opposite order.

    `read` is what must be done before documents can be searched. A platform that does not start (a revoked token, say)
    is reported in `troubles` and tried again now and then, while the others go on; if none starts, its FrontdeskError
    is raised.
    """
    async with contextlib.AsyncExitStack() as stack:
        model = await asyncio.to_thread(engine, settings)
        loaded = await stack.enter_async_context(_loading(model))
        await read()
        database = await stack.enter_async_context(opened(settings))
        leases = Leases(database)
        index = Index(settings.knowledge_uri)
        searcher = await asyncio.to_thread(retriever, settings, index)
        channels = Channels(settings, ChannelStore(database))
        inbox = Inbox(database, history_turns=settings.answering.history_turns)
        answerer = Pipeline(settings, searcher, model, channels=channels, forgettings=partial(forgettings, database))
        await loaded
        adapter, shadow = await stack.enter_async_context(_answering_with(settings, model, answerer, database))
        desk = Desk(
            settings,
            inbox,
            Feedback(Ratings(database), Curation(database)),
            Handovers(settings, HandoverStore(database), inbox, channels=channels),
            shadow,
            channels=channels,
            moods=Moods(searcher.embed, searcher.weights),
        )
        library = Library(
            index,
            reindex_job(settings),
            searcher,
            database,
            alone=lambda: leases.hold(REINDEX, desk.workers.name, LEASE_S),
            check_job=partial(check_job, settings),
            keep_report=lambda report, folder: (check_report.keep(report, folder), check_report.summary(report)),
            today=settings.today,
        )
        privacy = privacy_of(settings, database, answerer.disliked)

        def health() -> dict[str, str]:
            return frontdesk.health()

        overview = Overview(settings, database, library, lambda: model.identity, health)
        promotions = Promotions(registry(settings), partial(base, settings))
        commands = Commands(settings, database, library, overview, privacy, promotions, channels)
        frontdesk = Running(desk, commands, database, model, adapter, index, scale=settings.lora.scale)
        admins = Admins(settings, frontdesk.platforms)
        scheduler = Scheduler(leases, desk.workers.name, settings.schedule.timezone, admins.tell)
        _schedule(scheduler, settings, library, privacy, admins)
        _schedule_reminders(scheduler, settings, desk)
        scheduler.start()
        stack.push_async_callback(scheduler.stop)

        await _connect(frontdesk, wanted, stack)
        await desk.workers.start()
        stack.push_async_callback(desk.workers.stop)
        yield frontdesk


async def serve(
    settings: Settings, prepare: Callable[[], Awaitable[None]], read: Callable[[], Awaitable[None]]
) -> None:
    """Run until SIGINT or SIGTERM: every platform that has its secrets, the scheduler, /healthz and /readyz.

    Before the first start it takes long to `prepare` the model and to `read` the documents. /healthz answers meanwhile,
    and a signal ends it.
    """
    wanted = chat_platforms(settings)
    if not wanted:
        raise FrontdeskError(
            "Neither Slack nor Discord has its tokens.",
            "Set FRONTDESK_SLACK__BOT_TOKEN and FRONTDESK_SLACK__APP_TOKEN, or FRONTDESK_DISCORD__TOKEN; "
            "`frontdesk doctor` says where to get them.",
        )
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    lag, served = LoopLag(), _Served()
    page = health.app(served.health, served.notes, served, served.answering, lag.milliseconds, installation(settings))
    # The address first: a second Frontdesk that finds it taken must not have answered anything by then.
    async with lag.measured(), server.serving(settings.http.listen, page), contextlib.AsyncExitStack() as stack:

        async def start() -> None:
            await prepare()
            served.frontdesk = await stack.enter_async_context(running(settings, wanted, read))

        if not await _ended_before(stopping, start()) or served.frontdesk is None:
            log.info("Stopped before anything was answered.")
            return
        gc.collect()
        gc.freeze()  # what is loaded by now stays; to look through it again and again stops the loop for 0.3 s
        gc.enable()
        log.info("Frontdesk is running on %s.", " and ".join(served.frontdesk.platforms))
        await stopping.wait()
        log.info("Stopping; unfinished questions are answered after the next start.")


class _Served:
    """What is told over HTTP of a Frontdesk that may still be starting."""

    frontdesk: Running | None = None

    def health(self) -> dict[str, str]:
        return self.frontdesk.health() if self.frontdesk else {"frontdesk": "It is starting."}

    def notes(self) -> dict[str, str]:
        return self.frontdesk.notes() if self.frontdesk else {}

    def answering(self) -> dict[str, str | float]:
        return self.frontdesk.answering() if self.frontdesk else {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Leave a request to the platforms; while there are none yet, Slack is told to come again."""
        app = self.frontdesk.router if self.frontdesk else PlainTextResponse("Not ready.", 503)
        await app(scope, receive, send)


async def _ended_before(stopping: asyncio.Event, work: Awaitable[None]) -> bool:
    """Wait for `work`, and cancel it once `stopping` is set; return whether it came to its end."""
    working, stopped = asyncio.ensure_future(work), asyncio.ensure_future(stopping.wait())
    await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if stopping.is_set():
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        return False
    await working
    return True
