"""Every setting of Frontdesk: one tree, read from `frontdesk.toml`, then from the environment."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as UnreadableValue

from bot.channels.values import ChannelValues, StandardAnswerValues
from bot.cron import trigger
from knowledge.documents import Scope, ScopeError
from knowledge.errors import FrontdeskError
from knowledge.sources import SourceError, check_options, variables_of
from knowledge.territories import full_text_language

if TYPE_CHECKING:
    import sqlalchemy as sa

_PREFIX = "FRONTDESK_"
_OF_KUBERNETES = re.compile(
    r"(?P<rest>\w*?)(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)"
)
"""Variables that Kubernetes sets in every container where a service is called frontdesk, or frontdesk-database."""
DEFAULT_CONFIG = Path("frontdesk.toml")
SECRETS_DIR = "FRONTDESK_SECRETS_DIR"
KERNELS = "FRONTDESK_KERNELS"
"""Says "off" where llama.cpp is to compute without the kernels of `bot/generation/kernels`."""
ASKER_KEYS = ("region", "audience", "product", "language")
"""The keys of a scope that an asker can have; dates are those of documents."""
_PLACE_KEYS = {
    "workspace_scopes": (r"slack:[TE][A-Z0-9]+|discord:\d+", '"slack:T…" (a workspace) or "discord:…" (a server)'),
    "channel_scopes": (r"slack:[CDG][A-Z0-9]+|discord:\d+", '"slack:C…" or "discord:…" (a channel)'),
    "role_scopes": (r"slack:S[A-Z0-9]+|discord:\d+", '"slack:S…" (a user group) or "discord:…" (a role)'),
}


_ADMIN = re.compile(r"slack:(?:[TE][A-Z0-9]+:)?[UW][A-Z0-9]+|discord:(?:\d+:)?\d+|[UW][A-Z0-9]+|\d+|(?:terminal:)?you")


OptionalPath = Annotated[Path | None, BeforeValidator(lambda value: value or None)]
"""A path that may be left empty."""


class SettingsError(FrontdeskError):
    """A setting that is missing, unknown or wrong; names the key and what to write instead."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", protected_namespaces=())


def _readable_scope(value: dict[str, Any]) -> dict[str, Any]:
    """Return an asker's scope as it is. Raises ValueError for one that cannot be read."""
    if unknown := sorted(set(value) - set(ASKER_KEYS)):
        raise ValueError(f"{', '.join(unknown)} is no key of a scope here; those are {', '.join(ASKER_KEYS)}")
    try:
        Scope.from_mapping(value)
    except ScopeError as error:
        raise ValueError(str(error)) from None
    return value


def _readable_time(value: str) -> str:
    """Return a cron expression, or none, as it is. Raises ValueError for one that cannot be read."""
    if value.strip():
        trigger(value, "UTC")
    return value


Cron = Annotated[str, AfterValidator(_readable_time)]


def _bots(value: list[str]) -> list[str]:
    """Return names and ids of bots as they are. Raises ValueError for one that no bot can have."""
    if (
        wrong := next((one for one in value if not one.strip() or re.match("@|<|slack:|discord:", one)), None)
    ) is not None:
        raise ValueError(f"{wrong!r} is no bot's name or id; write it as it is, without @ or the platform before it")
    return value


Bots = Annotated[list[str], AfterValidator(_bots)]


class SourceSettings(_Section):
    """One place documents come from; its kind says which keys there are, see `knowledge.sources`."""

    model_config = ConfigDict(extra="allow")

    name: str = Field(min_length=1)
    kind: str

    @model_validator(mode="after")
    def _of_its_kind(self) -> SourceSettings:
        try:
            options = check_options(self.model_dump())
        except SourceError as error:
            raise ValueError(str(error)) from None
        try:
            _readable_time(options.schedule)
        except ValueError as error:
            raise ValueError(f"schedule: {error}") from None
        return self


class CanarySettings(_Section):
    """A question that must find its document, or a new version of the index is not published."""

    question: str = Field(min_length=1)
    document: str = Field(min_length=1)
    """Id of the document, as `frontdesk search` shows it."""
    scope: dict[str, Any] = Field(default_factory=dict)
    """Of the asker."""

    @field_validator("scope")
    @classmethod
    def _readable(cls, value: dict[str, Any]) -> dict[str, Any]:
        return _readable_scope(value)


class KnowledgeSettings(_Section):
    uri: str = ""
    """Folder or object store of the LanceDB index; empty means `knowledge` in the data folder."""
    sources: list[SourceSettings] = Field(default_factory=list)
    canaries: list[CanarySettings] = Field(default_factory=list)
    language: Annotated[str, AfterValidator(full_text_language)] = "English"
    """Language of the full-text index (stemming, stop words), by its name or code."""
    expiring_days: int = Field(30, ge=0)
    """The check tells of pages that expire within so many days."""
    old_days: int = Field(730, ge=0)
    """The check tells of pages whose last update is longer ago; 0 for no limit."""

    @field_validator("sources")
    @classmethod
    def _each_name_once(cls, value: list[SourceSettings]) -> list[SourceSettings]:
        names = [one.name for one in value]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two sources are named {twice!r}; give each a name of its own")
        return value


class EmbeddingSettings(_Section):
    model: str = ""
    """Folder or hub name of a sentence-transformers model; empty means the embedded all-MiniLM-L6-v2."""
    device: str = ""
    """`cpu`, `cuda`, `mps`; empty means the best there is."""


class ModelSettings(_Section):
    path: str = ""
    """A GGUF file, or `hub:owner/repository/file.gguf`; empty means the embedded SmolLM2-135M-Instruct."""
    context_size: int = Field(4096, ge=256)
    max_tokens: int = Field(256, ge=16)
    """Tokens of one answer at the most."""
    quantization: Literal["auto", "as-it-comes", "Q8_0", "BF16", "F16"] = "auto"
    """Form of the weights; `auto` measures once which is fastest here without a loss, for models up to 600M."""
    slot_size: int = Field(1536, ge=256)
    """Tokens of prompt and answer that each of the answers made at once has memory for; longer ones take turns."""
    prefix_cache_mb: int = Field(64, ge=0)
    """Memory for beginnings of prompts that come again, so that they are not computed again; 0 for none."""
    threads: int = Field(0, ge=0)
    """0 means one for each physical core."""
    gpu_layers: int = -1
    """Layers kept on a GPU where llama.cpp was built for one; -1 means all."""
    queue_size: int = Field(64, ge=1)
    """Questions that may wait with their place shown; who comes later is told how many are before them."""


class GenerationSettings(_Section):
    engine: Literal["local", "remote"] = "local"
    """Whether the model of `[model]` answers on this machine, or that of a server."""
    url: str = ""
    """Base address of an OpenAI-compatible server, e.g. `http://llm.example.com:8000`."""
    model: str = ""
    """The server's name for the model; empty for the only one that it serves."""
    api_key: SecretStr = SecretStr("")
    loras: dict[str, str] = Field(default_factory=dict)
    """The server's model or adapter by the name of the adapter; the first one is that of `rag+lora`."""
    options: dict[str, Any] = Field(default_factory=dict)
    """More fields of every request, e.g. `{chat_template_kwargs = {enable_thinking = false}}`."""
    context_size: int = Field(0, ge=0)
    """Tokens for prompt and answer; 0 means what the server says."""
    connect_timeout_s: float = Field(5, gt=0)
    first_token_timeout_s: float = Field(60, gt=0)
    """How long an answer may take to begin; never longer than half of `answering.deadline_s`."""
    token_timeout_s: float = Field(20, gt=0)
    """How long it may say nothing once it has begun."""
    retries: int = Field(2, ge=0, le=10)
    """Before the first word only."""
    fallback: bool = True
    """Whether the local model answers where the server does not."""

    @field_validator("url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?", value):
            raise ValueError("write an address such as http://llm.example.com:8000, without a user or a query")
        return value

    @field_validator("api_key")
    @classmethod
    def _header_value(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[\x21-\x7e]*", value.get_secret_value().strip()):
            raise ValueError("a key has no blanks and no letters outside ASCII")
        return SecretStr(value.get_secret_value().strip())

    @model_validator(mode="after")
    def _reachable(self) -> GenerationSettings:
        if self.engine == "remote" and not self.url:
            raise ValueError('engine = "remote" needs a url, the address of the server')
        return self


class LoraSettings(_Section):
    path: OptionalPath = None
    """An adapter in GGUF form for the model of `[model]`."""
    default: bool = True
    """Whether the adapter that comes with Frontdesk is used where `path` names none and the model is the embedded
    one."""
    scale: float = Field(1.0, ge=0, le=4)
    scales: dict[Literal["fact", "procedure", "comparison", "style"], Annotated[float, Field(ge=0, le=4)]] = Field(
        default_factory=dict
    )
    """Other scales by the kind of question, in the adaptive mode; 0 leaves the adapter out."""


class AnsweringSettings(_Section):
    mode: Literal["auto", "adaptive", "base", "lora", "rag", "rag+lora"] = "auto"
    """What answers draw on: `auto` is `rag+lora` where there is an adapter, else `rag`; `adaptive` chooses for
    each question."""
    passages: int = Field(4, ge=1, le=20)
    """Passages shown to the model at the most."""
    pack: Literal["sentences", "passages"] = "sentences"
    """What the model is shown of them: only the sentences that matter to the question, or all."""
    min_confidence: float = Field(0.40, ge=0, le=1)
    """Below this probability that the passages found answer it a question is refused."""
    min_support: float = Field(0.9, ge=0.5, le=1)
    """Share of the words of a model's sentence that the documents' sentences it rests on must hold for it to go out;
    else these are quoted. Lower it for a larger model, which finds other words that say the same."""
    plain_confidence: float = Field(0.8, ge=0, le=1)
    """From this confidence of the retrieval on, the adaptive mode answers without the adapter."""
    quote: Literal["auto", "clear", "last"] = "auto"
    """When the documents are quoted, in the modes `auto` and `adaptive`. `clear`: at once, without asking the model,
    where one sentence clearly answers. `last`: only where nothing of what the model says goes out. `auto`: `clear` for
    the embedded model without an adapter of your own, else `last`."""
    cache: bool = True
    """Whether the answer to a question asked again is given again while its documents are the same."""
    deadline_s: float = Field(120, gt=0)
    workers: int = Field(8, ge=1)
    """Questions worked on at the same time."""
    history_turns: int = Field(8, ge=0)
    contact: str = "a member of the support team"
    """Whom a refusal or a hand-over names, e.g. `#support-leads` or `help@example.com`."""
    handover_channel: str = ""
    """Where people are told of threads handed over to them: `slack:C0123ABCD` or `discord:4567`; empty: nowhere."""
    helpers: list[str] = Field(default_factory=list)
    """Who is tagged then: `slack:U0123ABCD`, `slack:S0123ABCD` (a user group), `discord:4567`, `discord:&4567` (a
    role)."""
    max_question_chars: int = Field(4000, ge=100)
    """Longer questions are turned away with a sentence."""
    persona: str = "a friendly support assistant"
    catch_up_hours: float = Field(24, ge=0, le=8_760)
    """Questions asked while Frontdesk was away are answered if they are not older; 0 for none of them."""
    person_per_minute: int = Field(0, ge=0)
    """Questions taken from one person within a minute; 0 for any number."""
    channel_per_minute: int = Field(0, ge=0)
    """Questions taken in one channel within a minute; 0 for any number."""
    bot_turns: int = Field(10, ge=1)
    """Messages of one bot that are answered in a thread at the most, where the bot is allowed at all."""

    @field_validator("handover_channel")
    @classmethod
    def _known_place(cls, value: str) -> str:
        pattern, _ = _PLACE_KEYS["channel_scopes"]
        if value and not re.fullmatch(pattern, value):
            raise ValueError(f"{value!r} names no channel; write slack:C… or discord:…, with the id it has there")
        return value

    @field_validator("helpers")
    @classmethod
    def _known_helpers(cls, value: list[str]) -> list[str]:
        for helper in value:
            if not re.fullmatch(r"slack:[UWS][A-Z0-9]+|discord:&?\d+", helper):
                raise ValueError(
                    f"{helper!r} names nobody; write slack:U… (a person), slack:S… (a user group), discord:… or "
                    "discord:&… (a role), with the id that the platform shows"
                )
        return value


class HandoverSettings(_Section):
    """When threads are handed over to people besides the wish for it, and how people are reminded."""

    dislikes: int = Field(2, ge=0)
    """After so many 👎 on answers of a thread it is handed over; 0: never."""
    refusals: int = Field(2, ge=0)
    """After so many questions in a row that the documents don't answer; 0: never. Only where there are helpers or a
    hand-over channel."""
    remind_after_min: float = Field(60, ge=0, le=525_600)
    """A hand-over that nobody has taken for so many minutes is reminded of; 0: never."""
    reminders: int = Field(3, ge=0)
    """Times that one hand-over is reminded of at the most."""


class RatingSettings(_Section):
    """How people are asked to rate."""

    remind_after_min: float = Field(0, ge=0, le=525_600)
    """Who asked is asked once, privately, to rate an answer that stands unrated for so many minutes; 0: never."""


class SlackSettings(_Section):
    bot_token: SecretStr = SecretStr("")
    app_token: SecretStr = SecretStr("")
    """Slack is heard over Socket Mode where this is set."""
    signing_secret: SecretStr = SecretStr("")
    """Slack is heard over HTTP, at `/slack/events` on http.listen, where this is set and app_token is not."""
    client_id: str = ""
    """With client_secret, workspaces install the app at `/slack/install` on http.listen."""
    client_secret: SecretStr = SecretStr("")
    redirect_url: str = ""
    """Public address of `/slack/oauth_redirect`; empty means the first of the app's redirect URLs."""
    authorize_url: str = "https://slack.com/oauth/v2/authorize"
    workspaces: list[str] = Field(default_factory=list)
    """Ids of the workspaces that may install the app; empty means each that Slack lets."""
    api_url: str = "https://slack.com/api/"
    streaming: bool = True
    """Whether answers grow word by word where Slack offers it, else by edits."""
    channels: list[str] = Field(default_factory=list)
    """Channel ids the bot answers in; empty means every channel it was invited to."""
    bots: Bots = Field(default_factory=list)
    """Bots whose mentions are answered, by name or id (`U…`, `B…`, `A…`); all others are ignored."""

    @field_validator("workspaces")
    @classmethod
    def _known_workspaces(cls, value: list[str]) -> list[str]:
        if (wrong := next((one for one in value if not re.fullmatch("T[A-Z0-9]+", one)), None)) is not None:
            raise ValueError(
                f"{wrong!r} is no workspace's id; write one such as T0123ABCD, which stands after /client/ in the "
                "address of Slack in a browser (E… is that of an organization: name its workspaces)"
            )
        return value

    @field_validator("channels")
    @classmethod
    def _known_channels(cls, value: list[str]) -> list[str]:
        if (wrong := next((one for one in value if not re.fullmatch("[CDG][A-Z0-9]+", one)), None)) is not None:
            raise ValueError(
                f"{wrong!r} is no channel's id; write one such as C0123ABCD, which stands at the end of what a click "
                "on the channel's name opens"
            )
        return value

    @property
    def is_set_up(self) -> bool:
        """Whether there is any secret of Slack's at all."""
        return bool(self._has("bot_token") or self._has("app_token") or self._has("signing_secret") or self.client_id)

    def lacks(self) -> tuple[str, str] | None:
        """Return what is missing for a connection, and where it comes from; None where all is there."""
        if not self._has("bot_token") and not (self.client_id and self._has("client_secret")):
            return (
                "slack.bot_token is not set.",
                "Put it into the environment as FRONTDESK_SLACK__BOT_TOKEN; or set slack.client_id and "
                "FRONTDESK_SLACK__CLIENT_SECRET, so that workspaces can install the app.",
            )
        if not self._has("app_token") and not self._has("signing_secret"):
            return (
                "slack.app_token is not set.",
                "Put it into the environment as FRONTDESK_SLACK__APP_TOKEN; or FRONTDESK_SLACK__SIGNING_SECRET, "
                "to be reached over HTTP.",
            )
        return None

    def _has(self, secret: str) -> bool:
        return bool(getattr(self, secret).get_secret_value())


class DiscordSettings(_Section):
    token: SecretStr = SecretStr("")
    api_url: str = "https://discord.com/api/v10"
    gateway_url: str = ""
    """Empty means what the API names."""
    channels: list[str] = Field(default_factory=list)
    """Channel ids the bot answers in; empty means every channel it can see."""
    bots: Bots = Field(default_factory=list)
    """Bots and webhooks whose mentions are answered, by name or id; all others are ignored."""

    @field_validator("channels")
    @classmethod
    def _known_channels(cls, value: list[str]) -> list[str]:
        if (wrong := next((one for one in value if not re.fullmatch(r"\d+", one)), None)) is not None:
            raise ValueError(
                f"{wrong!r} is no channel's id; write its number: with Developer Mode on (User Settings, Advanced), a "
                "right click on the channel offers Copy Channel ID"
            )
        return value


class DatabaseSettings(_Section):
    url: SecretStr = SecretStr("")
    """SQLAlchemy URL, which may hold a password; empty means `frontdesk.db` (SQLite) in the data folder."""

    @field_validator("url")
    @classmethod
    def _readable(cls, value: SecretStr) -> SecretStr:
        if url := value.get_secret_value():
            from bot.storage.urls import read_url  # SQLAlchemy takes a while to load, and the default needs none of it

            read_url(url)
        return value


class ScheduleSettings(_Section):
    reindex: Cron = ""
    """Cron expression, e.g. `0 4 * * *`, for the sources without one of their own; empty means only on command."""
    check: Cron = "0 6 * * 1"
    """Cron expression of the check of the documents; empty means only on command."""
    retention: Cron = "30 3 * * *"
    """Cron expression of deleting what is older than `privacy.keep_days`."""
    timezone: str = "UTC"
    """Of cron expressions, of the days on which documents hold, and of those that statistics count by."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"there is no time zone {value!r}; write one such as Europe/Berlin") from None
        return value


class PrivacySettings(_Section):
    keep_days: int = Field(0, ge=0, le=36_500)
    """Questions are deleted so many days after they were asked, with their answers and ratings, and with the examples
    and evaluations that were made of them; 0 keeps them."""


class ScopeNamesSettings(_Section):
    """What people call a region or a product besides its own name, by the word that documents have for it."""

    region: dict[str, list[str]] = Field(default_factory=dict)
    product: dict[str, list[str]] = Field(default_factory=dict)

    @field_validator("region", "product")
    @classmethod
    def _one_word_each(cls, value: dict[str, list[str]], info: ValidationInfo) -> dict[str, list[str]]:
        for word in value:
            if len(getattr(Scope.from_mapping({str(info.field_name): word}), str(info.field_name))) != 1:
                raise ValueError(f"{word!r} is no {info.field_name}; write the word that documents have for it")
        return value


class TuningSettings(_Section):
    folder: OptionalPath = None
    """Where examples, training runs and adapters are kept; empty means `tuning` in the data folder."""
    schedule: Cron = ""
    """Cron expression, e.g. `0 2 * * 6`, of preparing, training and evaluating on new examples; empty: on command."""
    min_new_examples: int = Field(50, ge=1)
    """New approved examples without which a scheduled run does nothing."""
    approve_likes: int = Field(0, ge=0)
    """An answer that so many people found helpful, and nobody not, is approved without a curator; 0: never."""
    shadow: bool = False
    """Whether a candidate answers too, unseen, to be compared with the adapter in force."""


class ChannelSettings(ChannelValues):
    """What holds in one channel, in every channel of a workspace, or (where it names neither) everywhere."""

    channel: str = ""
    """`slack:C0123ABCD`, `discord:123456789`."""
    workspace: str = ""
    """A Slack workspace or Discord server: `slack:T0123ABCD`, `discord:123456789`."""
    standard_answers: list[StandardAnswerValues] = Field(default_factory=list)

    @field_validator("channel", "workspace")
    @classmethod
    def _known_place(cls, value: str, info: ValidationInfo) -> str:
        pattern, example = _PLACE_KEYS[f"{info.field_name}_scopes"]
        if value and not re.fullmatch(pattern, value):
            raise ValueError(f"{value!r} names no such place; write {example}, with the id that the platform shows")
        return value

    @model_validator(mode="after")
    def _of_one_place(self) -> ChannelSettings:
        if self.channel and self.workspace:
            raise ValueError("write either channel or workspace: a channel is of one workspace anyway")
        return self


class HttpSettings(_Section):
    listen: str = "127.0.0.1:8080"
    """Address of /healthz and /readyz; empty means none."""


class Settings(BaseSettings):
    """The whole tree. Paths are as written; `at` resolves them against the settings file's folder."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        nested_model_default_partial_update=True,
        protected_namespaces=(),
    )

    data_dir: Path = Path("data")
    admins: list[str] = Field(default_factory=list)
    """Who may give admin commands: `slack:U0123`, `discord:4567` everywhere on a platform, `slack:T0123:U0456`,
    `discord:987:4567` only in that workspace or server; a bare id holds on every platform."""
    scope: dict[str, Any] = Field(default_factory=dict)
    """What may be told everywhere, e.g. `{region = "eu"}`; the three below go over it, each over the one before."""
    workspace_scopes: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """By Slack workspace or Discord server: `"slack:T0123" = {region = "us"}`."""
    channel_scopes: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """By channel: `"slack:C0123" = {audience = "internal"}`."""
    role_scopes: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """By Discord role or Slack user group, for answers that only the asker sees."""
    scope_names: ScopeNamesSettings = Field(default_factory=ScopeNamesSettings)
    channels: list[ChannelSettings] = Field(default_factory=list)
    """How the bot behaves by channel and workspace; what is set in chat goes over it."""
    knowledge: KnowledgeSettings = Field(default_factory=KnowledgeSettings)
    embedding: EmbeddingSettings = Field(default_factory=EmbeddingSettings)
    model: ModelSettings = Field(default_factory=ModelSettings)
    generation: GenerationSettings = Field(default_factory=GenerationSettings)
    lora: LoraSettings = Field(default_factory=LoraSettings)
    answering: AnsweringSettings = Field(default_factory=AnsweringSettings)
    handover: HandoverSettings = Field(default_factory=HandoverSettings)
    ratings: RatingSettings = Field(default_factory=RatingSettings)
    slack: SlackSettings = Field(default_factory=SlackSettings)
    discord: DiscordSettings = Field(default_factory=DiscordSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    schedule: ScheduleSettings = Field(default_factory=ScheduleSettings)
    tuning: TuningSettings = Field(default_factory=TuningSettings)
    privacy: PrivacySettings = Field(default_factory=PrivacySettings)
    http: HttpSettings = Field(default_factory=HttpSettings)

    config_dir: Path = Field(Path(), exclude=True)
    """Folder of the settings file; relative paths start there. Set by `load`."""
    config_file: Path | None = Field(None, exclude=True)
    """The settings file, None where there is none; what runs in a process of its own reads it again."""

    @field_validator("admins")
    @classmethod
    def _known_people(cls, value: list[str]) -> list[str]:
        if (wrong := next((one for one in value if not _ADMIN.fullmatch(one)), None)) is not None:
            raise ValueError(
                f"{wrong!r} is nobody's id; write slack:U0123ABCD (in a profile in Slack: More, Copy member ID) or "
                "discord:123456789 (with Developer Mode on, a right click on the person in Discord: Copy User ID)"
            )
        return value

    @field_validator("channels")
    @classmethod
    def _each_place_once(cls, value: list[ChannelSettings]) -> list[ChannelSettings]:
        places = [one.channel or one.workspace or "all channels" for one in value]
        if twice := next((place for place in places if places.count(place) > 1), None):
            raise ValueError(f"there are two entries for {twice}; write them as one")
        return value

    @field_validator("scope")
    @classmethod
    def _general_scope(cls, value: dict[str, Any]) -> dict[str, Any]:
        return _readable_scope(value)

    @field_validator(*_PLACE_KEYS)
    @classmethod
    def _readable_scopes(cls, value: dict[str, dict[str, Any]], info: ValidationInfo) -> dict[str, dict[str, Any]]:
        pattern, example = _PLACE_KEYS[str(info.field_name)]
        for key, scope in value.items():
            if not re.fullmatch(pattern, key):
                raise ValueError(f"{key!r} names no such place; write {example}, with the id that the platform shows")
            try:
                _readable_scope(scope)
            except ValueError as error:
                raise ValueError(f"{key}: {error}") from None
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment first, then files of secrets, then the settings file (given as init values by `load`)."""
        secrets = NestedSecretsSettingsSource(
            file_secret_settings,
            secrets_dir=os.environ.get(SECRETS_DIR),
            secrets_prefix="",
            secrets_nested_delimiter="__",
        )
        return env_settings, secrets, init_settings

    def at(self, path: str | Path) -> Path:
        """Return `path` made absolute, relative ones from the folder of the settings file."""
        return (self.config_dir / Path(path).expanduser()).resolve()

    @property
    def data_path(self) -> Path:
        return self.at(self.data_dir)

    @property
    def knowledge_uri(self) -> str:
        uri = self.knowledge.uri
        if "://" in uri:
            return uri
        return str(self.at(uri) if uri else self.data_path / "knowledge")

    @property
    def database_url(self) -> sa.URL:
        """Where the database is, with an absolute file name where it is SQLite."""
        from sqlalchemy import URL

        from bot.storage.urls import is_sqlite, read_url

        if not (given := self.database.url.get_secret_value()):
            # Never as text: a folder may have ? in its name.
            return URL.create("sqlite", database=str(self.data_path / "frontdesk.db"))
        url = read_url(given)
        if is_sqlite(url) and url.database and url.database != ":memory:" and not url.database.startswith("/"):
            return url.set(database=str(self.at(url.database)))
        return url

    @property
    def tuning_path(self) -> Path:
        return self.at(self.tuning.folder) if self.tuning.folder else self.data_path / "tuning"

    def is_admin(self, platform: str, user: str, workspace: str = "") -> bool:
        """Whether somebody is an admin everywhere, or in this Slack workspace or Discord server."""
        return self.is_admin_everywhere(platform, user) or f"{platform}:{workspace}:{user}" in self.admins

    def is_admin_everywhere(self, platform: str, user: str) -> bool:
        return user in self.admins or f"{platform}:{user}" in self.admins

    def answers_in(self, platform: str, channel: str) -> bool:
        """Whether the bot may answer in a channel: a list in the platform's section names them, none means all."""
        channels: list[str] = getattr(getattr(self, platform, None), "channels", [])
        return not channels or channel in channels

    def scope_for(
        self,
        platform: str,
        *,
        workspace: str = "",
        channel: str = "",
        roles: Collection[str] = (),
        private: bool = False,
        outside: bool = False,
    ) -> Scope:
        """Return what may be told in a channel, or to one person there.

        The channel's scope goes over the workspace's, that over the general one, key by key. The asker's
        `roles` count only where the answer is `private`: in a channel everybody reads it. They add to the
        audience and go over the rest; several roles may see what each of them may see.
        `outside`: people of another company read along. They belong to no audience but one that the channel
        itself is given.
        """
        wide = self.scope | self.workspace_scopes.get(f"{platform}:{workspace}", {})
        if outside:
            wide.pop("audience", None)
        here = Scope.from_mapping(wide | self.channel_scopes.get(f"{platform}:{channel}", {}))
        if not private or outside:
            return here
        given = [self.role_scopes.get(f"{platform}:{role}", {}) for role in roles]
        audience = {*here.audience, *(word for raw in given for word in Scope.from_mapping(raw).audience)}
        over: dict[str, Any] = {"audience": tuple(sorted(audience))}
        for key in ("region", "product", "language"):
            told = [getattr(Scope.from_mapping(raw), key) for raw in given if key in raw]
            if told:
                over[key] = () if () in told else tuple(sorted(set().union(*told)))
        return replace(here, **over)

    def regions(self) -> set[str]:
        """Return the regions that somebody who asks may have by these settings, or that they give names."""
        scopes = (self.workspace_scopes, self.channel_scopes, self.role_scopes)
        told = [self.scope, *(scope for each in scopes for scope in each.values())]
        told += [one.scope for one in self.channels if one.scope]
        found = {region for raw in told for region in Scope.from_mapping(raw).region}
        return found | {
            region for word in self.scope_names.region for region in Scope.from_mapping({"region": word}).region
        }

    def today(self, now: datetime | None = None) -> date:
        """Return the day it is in `schedule.timezone`: a document holds on its days as they are there."""
        return (now or datetime.now(UTC)).astimezone(ZoneInfo(self.schedule.timezone)).date()


def load(config: Path | None = None) -> Settings:
    """Read the settings file (`config`, else ./frontdesk.toml if it exists), then the environment.

    Raises SettingsError naming the key and the fix.
    """
    path = config or DEFAULT_CONFIG
    values: dict[str, Any] = {}
    if config is not None or path.exists():
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8-sig"))  # Windows' editor begins files with a mark
        except FileNotFoundError:
            raise SettingsError(
                f"There is no settings file {path}.", "Write one with `frontdesk init`, or name another with --config."
            ) from None
        except OSError as error:
            raise SettingsError(
                f"{path} cannot be read: {error.strerror}.", "Name a file that this user may read."
            ) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path} is not valid TOML: {error}.", "Mend that line.") from None
    return from_values(values, path)


def from_values(values: dict[str, Any], path: Path = DEFAULT_CONFIG) -> Settings:
    """Return the settings with `values` as if they stood in the file `path`, and the environment over them.

    Raises SettingsError naming the key and the fix.
    """
    try:
        resolved = path.resolve()
    except FileNotFoundError:
        raise SettingsError(
            "The folder you are in does not exist any more.",
            "Go to the folder of your frontdesk.toml, or name that file with its whole path in --config.",
        ) from None
    place = {"config_dir": resolved.parent, "config_file": resolved if path.exists() else None}
    for key in values.keys() & place.keys():
        raise SettingsError(_unknown(key, f"in {path}"), "")
    _check_secrets()
    try:
        settings = Settings(**values).model_copy(update=place)  # no setting: nothing given has a say in it
    except UnreadableValue as error:
        raise _unreadable(error) from None
    except ValidationError as error:
        raise SettingsError(_first_problem(error, path), "") from None
    for key, one in _paths(settings):
        try:
            settings.at(one)
        except (OSError, RuntimeError, ValueError) as error:  # a home folder of nobody, a NUL, links in a circle
            why = str(error).rstrip(".")
            raise SettingsError(f"{key} is {str(one)!r}, which is no path: {why}.", f"Mend it in {path}.") from None
    return settings


def _paths(section: BaseModel, within: str = "") -> Iterator[tuple[str, str | Path]]:
    """Yield every path of the settings with its key."""
    for name, value in section:
        key = f"{within}{name}"
        found = {f"{key}.{n}": one for n, one in enumerate(value)} if isinstance(value, list) else {key: value}
        for key, one in found.items():
            if isinstance(one, BaseModel):
                yield from _paths(one, f"{key}.")
            elif isinstance(one, Path) or (name == "path" and isinstance(one, str)):
                yield key, one
    if isinstance(section, KnowledgeSettings) and "://" not in section.uri:
        yield f"{within}uri", section.uri
    if isinstance(section, DatabaseSettings) and section.url.get_secret_value().startswith("sqlite"):
        yield f"{within}url", section.url.get_secret_value().partition(":///")[2]


def strays(settings: Settings) -> dict[str, str]:
    """Return what looks like a setting and sets nothing: variables of the environment and files of secrets.

    Each comes with what would set something in its place, empty where nothing is near. What the sources of documents
    are filled in with sets something.
    """
    names: set[str] = set()
    for name, field in Settings.model_fields.items():
        keys = getattr(field.annotation, "model_fields", None)
        if not field.exclude:
            names |= {f"{name}__{key}".upper() for key in keys} if keys else {name.upper()}
    filled_in = {name for source in settings.knowledge.sources for name in variables_of(source.model_dump())}
    found = {}
    near = {name: _PREFIX + name for name in names | {one.removeprefix(_PREFIX) for one in (SECRETS_DIR, KERNELS)}}
    for variable in sorted(os.environ.keys() - filled_in):
        name = variable.upper().removeprefix(_PREFIX)
        if name != variable.upper() and not _sets(name, near) and not _is_of_kubernetes(name):
            found[variable] = _nearest(name, near)
    near = {name: name.lower() for name in names} | {name.upper(): name for name in filled_in}
    for secret, path in _secret_files().items():
        if secret in filled_in:
            continue
        if not _sets(secret.upper(), names):
            found[str(path)] = _nearest(secret.upper().removeprefix(_PREFIX), near)
        elif not path.resolve().is_relative_to(Path(os.environ[SECRETS_DIR]).resolve()):
            found[str(path)] = "a file that is no link out of its folder"
    return found


def _is_of_kubernetes(name: str) -> bool:
    found = _OF_KUBERNETES.fullmatch(name)
    return found is not None and (not found["rest"] or f"{_PREFIX}{found['rest']}SERVICE_HOST" in os.environ)


def _nearest(name: str, names: Mapping[str, str]) -> str:
    near = get_close_matches(name, sorted(names), 1)
    return names[near[0]] if near else ""


def _sets(name: str, names: Collection[str]) -> bool:
    """Whether a name sets something, or is refused when settings are read: a key that its section does not know."""
    return name.partition("__")[0] in {one.partition("__")[0] for one in names}


def _secret_files() -> dict[str, Path]:
    """Return the files of secrets by their names below their folder, hidden ones and Kubernetes' own left out."""
    if not (folder := os.environ.get(SECRETS_DIR)):
        return {}
    found = {path.relative_to(folder).as_posix(): path for path in sorted(Path(folder).rglob("*")) if path.is_file()}
    return {name: path for name, path in found.items() if not re.match(r"kubernetes\.io/|(?:.*/)?\.", name)}


def _check_secrets() -> None:
    """Raise SettingsError where the folder of secrets, or a file there, cannot be read."""
    folder = os.environ.get(SECRETS_DIR)
    if folder and not Path(folder).is_dir():
        raise SettingsError(
            f"{SECRETS_DIR} is {folder}, which is no folder that can be read.",
            "Make it, with a file for each secret, or take the variable away.",
        )
    for path in _secret_files().values():
        try:
            path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise SettingsError(f"{path} cannot be read: it is not UTF-8 text.", "Write it anew as UTF-8.") from None
        except OSError as error:
            raise SettingsError(f"{path} cannot be read: {error.strerror}.", "Let this user read it.") from None


def _given() -> Iterator[tuple[str, str, str]]:
    """Yield key, place and value of what stands in the environment and in files of secrets."""
    for variable, value in os.environ.items():
        if variable.upper().startswith(_PREFIX):
            yield variable.upper().removeprefix(_PREFIX), f"{variable} in the environment", value
    for name, path in _secret_files().items():
        yield name.upper(), str(path), path.read_text(encoding="utf-8").strip()


def _unreadable(error: UnreadableValue) -> SettingsError:
    """Tell which variable, or file of a secret, holds something else than the JSON that lists and tables are there."""
    text = getattr(error.__cause__, "doc", None)
    field = re.search(r'field "(\w+)"', str(error))
    named = field[1].upper() if field else ""
    held = next((place for key, place, value in _given() if value == text and key.startswith(named)), "")
    return SettingsError(
        f"{held or _PREFIX + named} cannot be read: lists and tables are written as JSON there.",
        """Write it like ["slack:U0123ABCD"] or {"region": "eu"}, or set it in the settings file.""",
    )


def _unknown(key: str, spelling: str) -> str:
    return f"{key} is not a setting of Frontdesk. Check the spelling {spelling} against `frontdesk init --print`."


def _first_problem(error: ValidationError, path: Path) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    name = "__".join(str(part) for part in first["loc"]).upper()
    if first["type"] == "extra_forbidden":
        spelling = next((f"of {place}" for one, place, _ in _given() if one == name), f"in {path}")
        return _unknown(key, spelling)
    problem = str(first.get("ctx", {}).get("error", first["msg"])).rstrip(".")
    return f"{key} is wrong: {problem}. Mend it in {path} or in the environment variable {_PREFIX}{name}."
