"""Where documents come from: one module a kind of source, one way to open them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, field_validator

from knowledge.documents import (
    SCOPE_KEYS,
    Document,
    Scope,
    ScopeError,
    Skipped,
    Unchanged,
    is_draft,
    misspelt,
    scope_fields,
    with_blocks,
)
from knowledge.errors import FrontdeskError
from knowledge.sources.patterns import fits, named

KINDS = {
    "folder": "knowledge.sources.folder:FolderSource",
    "git": "knowledge.sources.git:GitSource",
    "jsonl": "knowledge.sources.jsonl:JsonLinesSource",
    "sql": "knowledge.sources.sql:SqlSource",
    "objects": "knowledge.sources.objects:ObjectsSource",
    "llamaindex": "knowledge.sources.connectors:LlamaIndexSource",
    "langchain": "knowledge.sources.connectors:LangChainSource",
    "website": "knowledge.sources.website:WebsiteSource",
    "rest": "knowledge.sources.rest:RestSource",
}
"""Each kind of source and the class that reads it, imported when it is needed."""

Pattern = Annotated[str, AfterValidator(named)]
"""A shell pattern, as `patterns.fits` reads it."""
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class SourceError(FrontdeskError):
    """A source that cannot be read, or not to its end: a missing path, no permission, a server that is away."""


class ScopeRule(BaseModel):
    """The scope of the documents whose id fits a pattern; its other keys are those of a scope."""

    model_config = ConfigDict(extra="allow")

    match: Pattern
    """Shell pattern of ids, e.g. `eu/*`; `*` goes across slashes, and a folder means everything below it."""


class SourceOptions(BaseModel):
    """What every [[knowledge.sources]] block may hold; each kind adds its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    kind: str
    schedule: str = ""
    """Cron expression of its own; empty means that of `schedule.reindex`."""
    error_budget: int = Field(20, ge=0)
    """Documents that may fail for the moment (a time-out, say) before the source is given up this time."""
    max_loss: float = Field(0.5, ge=0, le=1)
    """Share of its documents that may vanish at once; above it the source is held back and the admin told."""
    scope: dict[str, Any] = Field(default_factory=dict)
    """Scope of each document that does not say otherwise."""
    scope_rules: tuple[ScopeRule, ...] = ()
    """Over `scope`, the later over the earlier; what a document itself says goes over both."""

    @field_validator("scope")
    @classmethod
    def _scope(cls, value: dict[str, Any]) -> dict[str, Any]:
        return _readable_scope(value)

    @field_validator("scope_rules")
    @classmethod
    def _rules(cls, value: tuple[ScopeRule, ...]) -> tuple[ScopeRule, ...]:
        for rule in value:
            _readable_scope(rule.model_extra or {})
        return value

    _variables: tuple[str, ...] = PrivateAttr(())
    _fitted: set[tuple[str, str]] = PrivateAttr(default_factory=set)

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables that were filled in, so that an error can say which one to renew."""
        return self._variables

    def note(self, id: str) -> None:
        """Remember which patterns the id fits, so that `idle_patterns` can name the others."""
        for key, pattern, name in self._patterns(id):
            if (key, pattern) not in self._fitted and fits(name, pattern):
                self._fitted.add((key, pattern))

    def idle_patterns(self) -> list[str]:
        """Return a sentence on each pattern that no id has fitted: it may be meant to keep something back."""
        return [
            f"The source “{self.name}” holds nothing that fits {key} “{pattern}”. Compare it with the ids that "
            "`frontdesk search` shows, capitals too."
            for key, pattern in dict.fromkeys((key, pattern) for key, pattern, _ in self._patterns(""))
            if (key, pattern) not in self._fitted
        ]

    def _patterns(self, id: str) -> Iterable[tuple[str, str, str]]:
        """Yield each pattern of these options with its key, and what of an id it is held against."""
        return (("scope_rules", rule.match, id) for rule in self.scope_rules)

    def scope_of(self, id: str, *told: Mapping[str, Any]) -> Scope:
        """Return the scope of a document from its own fields (front matter, columns, …), the rules and the default.

        The fields given first go before the others.

        Raises ScopeError for a value that cannot be read, dates between which there is no day, or a key that is
        misspelt: `audince: internal` would otherwise show the document to everybody. So it does for a draft, which
        nobody is to be shown.
        """
        if is_draft(*told):
            raise ScopeError("It is a draft.")
        if slip := misspelt(key for fields in told for block in with_blocks(fields) for key in block):
            raise ScopeError(
                f"It has the field {slip[0]!r}, which looks like {slip[1]!r}.", "Mend the name, or take it out."
            )
        raw = dict(self.scope)
        for rule in self.scope_rules:
            if fits(id, rule.match):
                raw |= rule.model_extra or {}
        scope = Scope.from_mapping(raw | scope_fields(*told))
        first, last = scope.effective_from, scope.effective_until
        if first and last and last < first:
            raise ScopeError(
                f"It holds until {last}, which is before it begins to ({first}).", "Mend one of the dates."
            )
        return scope


class Source(Protocol):
    """A place that holds documents. Made with the options of its kind and the folder where relative paths begin."""

    @property
    def options(self) -> SourceOptions: ...

    def documents(self, known: Mapping[str, str]) -> Iterator[Document | Unchanged | Skipped]:
        """Yield every document: `Unchanged` where its tag is still that of `known`, `Skipped` where it cannot be used.

        `known` holds the tags of the documents (skipped ones too) in the version in force, by id.
        What is not yielded is taken to be gone. Raises SourceError where the source cannot be read
        to its end; what was yielded before then still counts, and nothing is taken to be gone.
        """
        ...


def open_source(options: Mapping[str, Any], base: Path) -> Source:
    """Return the source that a [[knowledge.sources]] block describes; relative paths start at `base`.

    `${NAME}` in any text of it is replaced from the environment, else from the file NAME in the folder
    FRONTDESK_SECRETS_DIR. Raises SourceError for options that describe no source.
    """
    name, kind = (str(options.get(key) or "") for key in ("name", "kind"))
    source = _class_of(name, kind)
    checked = check_options(_filled_in(options, name))
    checked._variables = variables_of(options)
    return source(checked, base)  # type: ignore[no-any-return]


def variables_of(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names that a [[knowledge.sources]] block is filled in with, each once."""
    return tuple(dict.fromkeys(_VARIABLE.findall(str(options))))


def check_options(options: Mapping[str, Any]) -> SourceOptions:
    """Return the options as their kind understands them. Raises SourceError naming the key that is wrong."""
    name, kind = (str(options.get(key) or "") for key in ("name", "kind"))
    try:
        checked: SourceOptions = _class_of(name, kind).Options(**options)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        if not key:
            sentence = f"The source “{name}” cannot be used: {first['msg'].removeprefix('Value error, ')}."
        elif first["type"] == "missing":
            sentence = f"The source “{name}” has no {key}."
        elif first["type"] == "extra_forbidden":
            sentence = f"The source “{name}” has a key {key}, which a source of the kind “{kind}” does not know."
        else:
            sentence = f"The source “{name}” has a wrong {key}: {first['msg'].removeprefix('Value error, ')}."
        raise SourceError(sentence, "Mend its [[knowledge.sources]] block.") from None
    return checked


def _class_of(name: str, kind: str) -> Any:
    if kind not in KINDS:
        raise SourceError(
            f"The source “{name}” is of the kind “{kind}”, which does not exist.", f"Use one of: {', '.join(KINDS)}."
        )
    module, _, attribute = KINDS[kind].partition(":")
    return getattr(import_module(module), attribute)


def _filled_in(value: Any, name: str) -> Any:
    """Return options with every `${NAME}` replaced."""
    if isinstance(value, Mapping):
        return {key: _filled_in(one, name) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_filled_in(one, name) for one in value]
    return _VARIABLE.sub(lambda match: _secret(match[1], name), value) if isinstance(value, str) else value


def _secret(variable: str, name: str) -> str:
    if variable in os.environ:
        return os.environ[variable]
    folder = os.environ.get("FRONTDESK_SECRETS_DIR")
    try:
        if folder:
            return Path(folder, variable).read_text(encoding="utf-8").strip()
    except OSError:
        pass
    raise SourceError(
        f"The source “{name}” needs {variable}, which is not set.",
        f"Set the environment variable {variable}, or put a file of that name into FRONTDESK_SECRETS_DIR.",
    )


def _readable_scope(value: dict[str, Any]) -> dict[str, Any]:
    if unknown := set(value) - set(SCOPE_KEYS):
        raise ValueError(f"{', '.join(sorted(unknown))} is no key of a scope; those are {', '.join(SCOPE_KEYS)}")
    try:
        Scope.from_mapping(value)
    except FrontdeskError as error:
        raise ValueError(str(error)) from None
    return value
