"""What can be set for a channel, in frontdesk.toml and in chat alike, with its limits. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from bot.text.addresses import visible
from knowledge.documents import Scope, ScopeError
from knowledge.sentences import STOP_WORDS
from knowledge.territories import LANGUAGES, language_code, plain

SCOPE_KEYS = ("region", "audience", "product")
"""The keys of a scope that a channel can be narrowed to."""
MAX_WORDS = 20
"""Words of one key of a scope."""
MAX_LINE_CHARS = 200
MAX_GREETING_CHARS = 1500
MAX_PEOPLE = 25
MAX_TRIGGERS = 20
"""Keywords, and questions, of one standard answer."""
MAX_KEYWORD_CHARS = 80
MAX_QUESTION_CHARS = 300
MAX_ANSWER_CHARS = 2500
MAX_LINK_CHARS = 1000

_IDS = {"slack": r"[UWS][A-Z0-9]{1,30}", "discord": r"&?\d{5,25}"}
"""How each platform writes people, user groups and roles."""
_PERSON = re.compile("|".join(f"(?:{platform}:)?{id}" for platform, id in _IDS.items()))
_LINK = re.compile(r"https?://[^\s<>|\"'`\\]+", re.IGNORECASE)
# Words that any question may hold, besides the English stop words: a keyword of these alone would match everything.
_EVERYDAY = frozenset(
    "anyone anybody bot everyone find give happen happens hello help here hey hi info information know let like look "
    "make mean need new now ok okay one problem question questions someone something tell thank thanks thing things "
    "use want way where work aber als am an auf aus bei bin bitte da dann das dass dein dem den der des die dir du "
    "ein eine einem einen einer er es fur geht gibt habe haben hallo hat hier ich ihr im in ist ja kann kein konnen "
    "konnt man mein mich mir mit muss nach nein nicht noch oder ob sein sich sie sind so um und uns unser von vor "
    "wann warum was welche welcher wenn wer werden wie wir wird wo wurde zu zum zur a ai au aux avec bonjour c ce ces "
    "cela comment d dans de des donc du elle en est et etre faire il ils j je l la le les leur ma mais me mes moi mon "
    "n ne nos notre nous on ou par pas plus pour pourquoi puis qu quand que quel quelle qui quoi s sa se ses si son "
    "sont sur ta te tu un une vos votre vous y al algo como con cual cuando del donde el ella es esta este eso esto "
    "hay hola la las lo los mas me mi muy no para pero por porque puedo que quien se ser si sin sobre su sus tengo un "
    "una unos usted y yo che chi ci come con cosa da dal della di dove e gli ho i il io la le lo ma mi mio nel non o "
    "per perche piu posso quale quando quanto sono suo un una ao as com da das do dos e ela ele em eu isso meu minha "
    "nao na nas no nos o onde os ou para pelo por posso qual quando que quem se sem ser seu sua tem um uma voce aan "
    "bij dat de deze die dit een en er het hij hoe ik in is je jij kan kunnen maar me met mijn naar niet of om ons "
    "ook op te tot uit van voor waar waarom wanneer wat we welke wie wij zijn zo".split()
)


class When(StrEnum):
    """Which messages of a channel the bot answers."""

    MENTION = "mention"
    """Those that mention it, commands, and what is said in the threads where it takes part."""
    QUESTIONS = "questions"
    """These, and every question that somebody asks in the channel."""
    NEVER = "never"


def line(text: str) -> str:
    """Return a text as one line of what can be seen of it. Raises ValueError for one that is too long."""
    text = " ".join(visible(text).split())
    if len(text) > MAX_LINE_CHARS:
        raise ValueError(f"this is {len(text):,} characters long; {MAX_LINE_CHARS} are possible")
    return text


def _greeting(text: str) -> str:
    text = visible(text).strip()
    if len(text) > MAX_GREETING_CHARS:
        raise ValueError(f"this is {len(text):,} characters long; {MAX_GREETING_CHARS:,} are possible")
    return text


def _language(word: str) -> str:
    code = language_code(word.strip())
    if code and code not in LANGUAGES:
        raise ValueError(f"{word!r} is no language; write its code, such as en or de")
    return code


def is_id_of(platform: str, id: str) -> bool:
    """Whether a platform may have people, user groups or roles of this id."""
    return re.fullmatch(_IDS.get(platform, ".+"), id) is not None


def _people(ids: list[str]) -> list[str]:
    ids = list(dict.fromkeys(id.strip() for id in ids))
    for id in ids:
        if not _PERSON.fullmatch(id):
            raise ValueError(
                f"{id[:40]!r} is nobody's id; write those of people (slack:U0123, discord:4567), "
                "user groups (slack:S0123) and roles (discord:&4567)"
            )
    if len(ids) > MAX_PEOPLE:
        raise ValueError(f"these are {len(ids)}; {MAX_PEOPLE} people and groups are possible")
    return ids


def _limits(raw: dict[str, Any]) -> dict[str, Any]:
    if unknown := sorted(set(raw) - set(SCOPE_KEYS)):
        raise ValueError(f"{', '.join(unknown)} is no key of a channel's scope; those are {', '.join(SCOPE_KEYS)}")
    limits_of(raw)
    return raw


def limits_of(raw: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the words that each key of a channel's scope is limited to; a key without a limit is left out.

    An audience is the exception: `public` is the limit to what everybody may read, an empty tuple.
    Raises ValueError for what cannot be read.
    """
    try:
        scope = Scope.from_mapping({key: raw[key] for key in SCOPE_KEYS if raw.get(key) not in (None, "", [])})
    except ScopeError as error:
        raise ValueError(str(error)) from None
    limits = {key: words for key in SCOPE_KEYS if (words := getattr(scope, key))}
    if raw.get("audience") not in (None, "", []):
        limits["audience"] = scope.audience
    for key, words in limits.items():
        if len(words) > MAX_WORDS or any(len(word) > MAX_LINE_CHARS for word in words):
            raise ValueError(f"{key} has too many words; up to {MAX_WORDS} are possible")
    return limits


Line = Annotated[str, AfterValidator(line)]
People = Annotated[list[str], AfterValidator(_people)]


class ChannelValues(BaseModel):
    """What is set for a channel in one place; None is not set there.

    People are written as in `admins`: `slack:U0123`, `discord:4567`; besides, user groups (`slack:S0123`) and
    roles (`discord:&4567`). A bare id holds on every platform.
    """

    model_config = ConfigDict(extra="forbid")

    scope: Annotated[dict[str, Any], AfterValidator(_limits)] | None = None
    """What this channel is limited to, within what may be told there: it narrows, and never widens."""
    when: When | None = None
    private: bool | None = None
    """Whether only who asked sees the answer."""
    persona: Line | None = None
    """Who the bot is: `You are …`."""
    tone: Line | None = None
    """How it speaks: `formal and brief`."""
    language: Annotated[str, AfterValidator(_language)] | None = None
    """Code of the language it answers in; empty: as the question and the documents are."""
    askers: People | None = None
    """Who may ask; empty: everybody."""
    admins: People | None = None
    """Who may set this up, besides the `admins` of the settings."""
    helpers: People | None = None
    """The people to be tagged when a question is handed over."""
    greeting: Annotated[str, AfterValidator(_greeting)] | None = None
    """What the bot says when it joins; empty: nothing."""


KEYS = tuple(ChannelValues.model_fields)


def telling(text: str) -> bool:
    """Whether a keyword or question has a word that not every question may hold."""
    words = set(plain(text).split())
    return any(len(word) > 1 or not word.isascii() for word in words - STOP_WORDS - _EVERYDAY)


def _triggers(phrases: Iterable[str], kind: str, limit: int) -> list[str]:
    phrases = list(dict.fromkeys(" ".join(visible(one).split()) for one in phrases))
    for one in phrases:
        if len(one) > limit:
            raise ValueError(f"the {kind} “{one[:40]} …” is {len(one):,} characters long; {limit} are possible")
        if not telling(one):
            raise ValueError(f"the {kind} “{one}” would match almost every question; write words that tell it apart")
    if len(phrases) > MAX_TRIGGERS:
        raise ValueError(f"these are {len(phrases)} {kind}s; {MAX_TRIGGERS} are possible")
    return phrases


class StandardAnswerValues(BaseModel):
    """An answer that people wrote, given before documents and model are asked."""

    model_config = ConfigDict(extra="forbid")

    keywords: list[str] = Field(default_factory=list)
    """Words, or several in a row, one of which the question holds."""
    questions: list[str] = Field(default_factory=list)
    """Questions that it answers, however they are put."""
    answer: str
    """Markdown."""
    link: str = ""
    """A web address where more is told."""

    @field_validator("keywords")
    @classmethod
    def _keywords(cls, value: list[str]) -> list[str]:
        return _triggers(value, "keyword", MAX_KEYWORD_CHARS)

    @field_validator("questions")
    @classmethod
    def _questions(cls, value: list[str]) -> list[str]:
        return _triggers(value, "question", MAX_QUESTION_CHARS)

    @field_validator("answer")
    @classmethod
    def _answer(cls, value: str) -> str:
        value = visible(value).strip()
        if not value:
            raise ValueError("write the answer")
        if len(value) > MAX_ANSWER_CHARS:
            raise ValueError(f"the answer is {len(value):,} characters long; {MAX_ANSWER_CHARS:,} are possible")
        return value

    @field_validator("link")
    @classmethod
    def _web_address(cls, value: str) -> str:
        value = value.strip()
        if value and (not _LINK.fullmatch(value) or len(value) > MAX_LINK_CHARS):
            raise ValueError("write an address such as https://example.com/page, or none")
        return value

    @model_validator(mode="after")
    def _has_a_trigger(self) -> StandardAnswerValues:
        if not self.keywords and not self.questions:
            raise ValueError("a standard answer needs a keyword or a question")
        return self
