"""Setting up a channel in chat, told without a platform: the fields, what stands in them, what comes of a submission.

Slack shows the fields as one modal, Discord as buttons that each open a part of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from bot.channels.resolve import Channel, Channels, Origin, beyond
from bot.channels.store import ChannelKey, ChannelStore, Written, in_json
from bot.channels.values import (
    MAX_ANSWER_CHARS,
    MAX_GREETING_CHARS,
    MAX_KEYWORD_CHARS,
    MAX_LINE_CHARS,
    MAX_LINK_CHARS,
    MAX_TRIGGERS,
    SCOPE_KEYS,
    ChannelValues,
    StandardAnswerValues,
    When,
    limits_of,
)
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError
from knowledge.territories import language_code, language_name

USAGE = (
    "Use `/frontdesk settings` to say how I behave in this channel, or `/frontdesk standard-answers` for the answers "
    "that your team wrote. Both are for the admins of this channel."
)
MAX_STANDARD_ANSWERS = 45
"""Of one channel, written in chat."""
MAX_QUESTIONS_CHARS = 3000
"""Of all the questions of one standard answer together: no chat takes a longer text in a form."""
DIRECT = "Direct messages have no settings of their own. Give this command in the channel that you want to set up."
GONE = "This standard answer does not exist any more."

Value = str | tuple[str, ...]


class NotAnAdmin(FrontdeskError):
    """Somebody who is no admin of a channel wanted to set it up. To be told privately."""


class InvalidSettings(FrontdeskError):
    """Something submitted cannot be kept. `problems` says what is wrong, by the name of the field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(self.problems.values()), "")


class Kind(StrEnum):
    """What a field is filled in with."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a channel, as it is asked for."""

    name: str
    label: str
    kind: Kind
    hint: str
    value: Value
    """Ids of people for PEOPLE, the value of an option for CHOICE."""
    origin: Origin
    options: tuple[tuple[str, str], ...] = ()
    """Value and label of each choice."""
    empty: str = ""
    """What holds where nothing is filled in, in words."""
    max_chars: int = MAX_LINE_CHARS

    @property
    def where_from(self) -> str:
        """Who has set the value, as a sentence; empty where nobody has."""
        return {
            Origin.DEFAULT: "",
            Origin.FILE: "This is from frontdesk.toml.",
            Origin.CHAT: "This was set here.",
        }[self.origin]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who wants to set up a channel. `groups` are the user groups or roles that the person is in."""

    platform: str
    user: str
    groups: Collection[str] = ()

    @property
    def name(self) -> str:
        return f"{self.platform}:{self.user}"


@dataclass(frozen=True, slots=True)
class Listed:
    """The standard answers of a channel, as somebody may see them."""

    written: tuple[Written, ...]
    from_file: tuple[StandardAnswerValues, ...]
    may_approve: bool
    """Else the person may only suggest new ones."""


WHEN_LABELS = {
    When.MENTION: "When I am mentioned",
    When.QUESTIONS: "Every question asked here",
    When.NEVER: "Never",
}
_LABELS = {
    "when": "When to answer",
    "private": "Who sees answers",
    "region": "Region",
    "audience": "Audience",
    "product": "Product",
    "persona": "Persona",
    "tone": "Tone",
    "language": "Language",
    "askers": "Who may ask",
    "admins": "Who may set this up",
    "helpers": "Human helpers",
    "greeting": "Greeting",
}
_PRIVATE = (("no", "Everybody in the channel"), ("yes", "Only who asked"))


class Dialogue:
    """What `/frontdesk settings` and `/frontdesk standard-answers` do. Errors are FrontdeskErrors, told privately."""

    def __init__(self, channels: Channels) -> None:
        self._channels = channels

    @property
    def _store(self) -> ChannelStore:
        if self._channels.store is None:
            raise FrontdeskError("Nothing can be set here: Frontdesk runs without its database.", "")
        return self._channels.store

    async def named_groups(self, key: ChannelKey) -> tuple[str, ...]:
        """Return the user groups or roles whose members may matter here, to be looked up for an `Actor`."""
        return (await self._at(key)).groups

    async def fields(self, key: ChannelKey, actor: Actor) -> tuple[Field, ...]:
        """Return all fields as they stand. Raises NotAnAdmin."""
        channel = await self._at(key)
        self._require_admin(channel, actor)
        return self._fields(channel, await self._store.values(key))

    async def trouble(self, key: ChannelKey) -> str:
        """Return a sentence about settings that keep the bot from answering, empty where there are none."""
        return (await self._at(key)).nothing_to_tell()

    async def submit(
        self, key: ChannelKey, actor: Actor, submitted: Mapping[str, Value], reset: Collection[str] = ()
    ) -> tuple[str, ...]:
        """Keep what differs from what stood there; put the values named in `reset` back to those of the file.

        Returns the labels of what has changed. Raises NotAnAdmin, and InvalidSettings with nothing kept.
        """
        channel = await self._at(key)
        self._require_admin(channel, actor)
        chat = await self._store.values(key)
        shown = {one.name: one.value for one in self._fields(channel, chat)}
        below = {
            one.name: one.value for one in self._fields(self._channels.resolved(key, ChannelValues()), ChannelValues())
        }
        changes: dict[str, Any] = {
            name: None for name in reset if name in (chat.scope or {}) or getattr(chat, name, None) is not None
        }
        problems: dict[str, str] = {}
        for name, raw in submitted.items():
            value = raw.strip() if isinstance(raw, str) else raw
            if name not in shown or name in reset or _same(value, shown[name]):
                continue
            try:
                changes[name] = None if _same(value, below[name]) else self._read(key, name, value)
            except ValueError as error:
                problems[name] = _sentence(str(error))
        if problems:
            raise InvalidSettings(problems)
        changed = tuple(_LABELS[name] for name in changes)
        limits = (chat.scope or {}) | {name: changes.pop(name) for name in SCOPE_KEYS if name in changes}
        limits = {name: value for name, value in limits.items() if value is not None}
        if limits != (chat.scope or {}):
            changes["scope"] = limits or None
        if changes:
            await self._store.change(key, changes, actor.name)
        return changed

    # Standard answers ---------------------------------------------------------------------------------------

    async def standard_answers(self, key: ChannelKey, actor: Actor) -> Listed:
        """Return the standard answers. Raises NotAnAdmin for who is neither an admin nor a human helper."""
        channel = await self._at(key)
        admin = self._channels.may_administer(channel, actor.user, actor.groups)
        if not admin and not channel.helps(actor.user, actor.groups):
            self._require_admin(channel, actor)
        return Listed(
            tuple(await self._store.written(key)),
            tuple(one.values for one in self._channels.in_file(key)),
            may_approve=admin,
        )

    async def write(
        self, key: ChannelKey, actor: Actor, submitted: Mapping[str, str], id: int | None = None
    ) -> tuple[int, bool]:
        """Keep a standard answer (`keywords` and `questions` one a line, `answer`, `link`); return its id, and whether
        it is approved: an admin's is, one that a helper suggests waits for an admin.

        Raises NotAnAdmin, InvalidSettings, and FrontdeskError where there are too many or the one to change is gone.
        """
        listed = await self.standard_answers(key, actor)
        if id is not None and not listed.may_approve:
            self._require_admin(await self._at(key), actor)
        if id is None and len(listed.written) >= MAX_STANDARD_ANSWERS:
            raise FrontdeskError(
                f"This channel has {MAX_STANDARD_ANSWERS} standard answers already.", "Delete one that is used no more."
            )
        try:
            values = StandardAnswerValues(
                keywords=_lines(submitted.get("keywords", "")),
                questions=_lines(submitted.get("questions", "")),
                answer=submitted.get("answer", ""),
                link=submitted.get("link", ""),
            )
        except ValidationError as error:
            raise InvalidSettings(
                {
                    str(one["loc"][0]) if one["loc"] else "keywords": _sentence(
                        str(one.get("ctx", {}).get("error", one["msg"]))
                    )
                    for one in error.errors()
                }
            ) from None
        kept = await self._store.write(key, values, actor.name, approved=listed.may_approve, id=id)
        if kept is None:
            raise FrontdeskError(GONE, "")
        return kept, listed.may_approve

    async def approve(self, key: ChannelKey, actor: Actor, id: int) -> None:
        """Let a suggested standard answer be given. Raises NotAnAdmin, and FrontdeskError where it is gone."""
        self._require_admin(await self._at(key), actor)
        if not await self._store.approve(key, id, actor.name):
            raise FrontdeskError(GONE, "")

    async def erase(self, key: ChannelKey, actor: Actor, id: int) -> None:
        """Delete a standard answer; one that is gone already is no trouble. Raises NotAnAdmin."""
        self._require_admin(await self._at(key), actor)
        await self._store.erase(key, id)

    # Helpers ------------------------------------------------------------------------------------------------

    async def _at(self, key: ChannelKey) -> Channel:
        return await self._channels.at(key.platform, key.workspace, key.channel)

    def _require_admin(self, channel: Channel, actor: Actor) -> None:
        if not self._channels.may_administer(channel, actor.user, actor.groups):
            raise NotAnAdmin(
                "This is for the admins of this channel only.",
                f"Ask one of them, or have `{actor.name}` added to `admins` in the settings of Frontdesk.",
            )

    def _fields(self, channel: Channel, chat: ChannelValues) -> tuple[Field, ...]:
        allowed = self._channels.allowed(channel.key)
        limits = limits_of(chat.scope or {})

        def field(name: str, kind: Kind, hint: str, value: Value, **more: Any) -> Field:
            return Field(name, _LABELS[name], kind, hint, value, channel.origin(name), **more)

        return (
            field(
                "when",
                Kind.CHOICE,
                "“Every question” also answers people who do not mention me; other messages are left alone.",
                str(channel.when),
                options=tuple((str(one), label) for one, label in WHEN_LABELS.items()),
            ),
            field(
                "private",
                Kind.CHOICE,
                "A private answer is seen only by who asked.",
                "yes" if channel.private else "no",
                options=_PRIVATE,
            ),
            *(
                field(
                    name,
                    Kind.LINE,
                    _allowed(name, allowed),
                    _written_limit(name, limits),
                    empty=_unlimited(name, allowed),
                )
                for name in SCOPE_KEYS
            ),
            field(
                "persona", Kind.LINE, "Who I am, for example: a patient technician.", channel.persona, empty="as usual"
            ),
            field("tone", Kind.LINE, "How I speak, for example: formal and brief.", channel.tone, empty="as usual"),
            field(
                "language",
                Kind.LINE,
                "For example German. Empty: as the question and the documents are.",
                language_name(channel.language) if channel.language else "",
                empty="as the question",
            ),
            field(
                "askers",
                Kind.PEOPLE,
                "Nobody chosen: everybody may ask.",
                channel.askers,
                empty="nobody here" if channel.restricted else "everybody",
            ),
            field(
                "admins",
                Kind.PEOPLE,
                "Besides the admins that frontdesk.toml names.",
                channel.admins,
                empty="nobody else",
            ),
            field(
                "helpers",
                Kind.PEOPLE,
                "They are tagged when a question is handed over to people.",
                channel.helpers,
                empty="nobody",
            ),
            field(
                "greeting",
                Kind.TEXT,
                "What I say when I join this channel. Empty: nothing.",
                channel.greeting,
                empty="none",
                max_chars=MAX_GREETING_CHARS,
            ),
        )

    def _read(self, key: ChannelKey, name: str, value: Value) -> Any:
        """Return a submitted value in the form that is kept. Raises ValueError with what is wrong."""
        if name in SCOPE_KEYS:
            limits = limits_of({name: value})
            if over := beyond(self._channels.allowed(key), limits):
                raise ValueError(
                    f"{', '.join(over[name])} cannot be told here: {_allowed(name, self._channels.allowed(key))}"
                )
            if name == "audience" and name in limits:
                return list(limits[name]) or "public"
            return list(limits[name]) if name in limits else None
        given: Any = value
        if name == "private":
            given = value == "yes"
        elif isinstance(value, tuple):
            given = [f"{key.platform}:{id}" for id in value]
        elif name == "language":
            given = language_code(value) if value else ""
        try:
            values = ChannelValues.model_validate({name: given})
        except ValidationError as error:
            first = error.errors()[0]
            raise ValueError(str(first.get("ctx", {}).get("error", first["msg"]))) from None
        return in_json(values, (name,))[name]


def standard_form(values: StandardAnswerValues | None) -> tuple[Field, ...]:
    """Return the fields of a standard answer, empty ones for a new one."""

    def part(name: str, label: str, kind: Kind, hint: str, value: str, max_chars: int) -> Field:
        return Field(name, label, kind, hint, value, Origin.CHAT, max_chars=max_chars)

    return (
        part(
            "keywords",
            "Keywords",
            Kind.TEXT,
            "One a line. A question that holds one of them is given this answer.",
            "\n".join(values.keywords) if values else "",
            MAX_TRIGGERS * (MAX_KEYWORD_CHARS + 1),
        ),
        part(
            "questions",
            "Questions",
            Kind.TEXT,
            "One a line, as people ask them.",
            "\n".join(values.questions) if values else "",
            MAX_QUESTIONS_CHARS,
        ),
        part(
            "answer",
            "Answer",
            Kind.TEXT,
            "It is shown as a standard answer of your team.",
            values.answer if values else "",
            MAX_ANSWER_CHARS,
        ),
        part(
            "link",
            "Link",
            Kind.LINE,
            "A page where more is told, if there is one.",
            values.link if values else "",
            MAX_LINK_CHARS,
        ),
    )


def summary(fields: Sequence[Field], mention: Any = str) -> list[tuple[Field, str]]:
    """Return each field with its value in words; `mention` writes an id of a person or group."""
    told: list[tuple[Field, str]] = []
    for one in fields:
        if isinstance(one.value, tuple):
            words = ", ".join(mention(id) for id in one.value) or one.empty
        elif one.options:
            words = dict(one.options).get(one.value, one.value)
        else:
            words = one.value or one.empty
        told.append((one, words))
    return told


def _allowed(name: str, allowed: Scope) -> str:
    words = ", ".join(getattr(allowed, name))
    if name == "audience":
        return (
            f"The settings of Frontdesk allow public and {words} here; write public to leave that out."
            if words
            else "Only what is public can be told here; the settings of Frontdesk say so."
        )
    if words:
        return f"The settings of Frontdesk allow {words} here; you may narrow it."
    return f"Empty: every {name}. Several with commas."


def _unlimited(name: str, allowed: Scope) -> str:
    words = getattr(allowed, name)
    return ", ".join(("public", *words)) if name == "audience" else ", ".join(words) or f"every {name}"


def _written_limit(name: str, limits: Mapping[str, tuple[str, ...]]) -> str:
    if name not in limits:
        return ""
    return ", ".join(limits[name]) or "public"


def _same(a: Value, b: Value) -> bool:
    """Whether two values are one; the order of people says nothing."""
    return set(a) == set(b) if isinstance(a, tuple) and isinstance(b, tuple) else a == b


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _sentence(problem: str) -> str:
    problem = problem.strip().rstrip(".")
    return f"{problem[:1].upper()}{problem[1:]}."
