"""Readers of LlamaIndex and loaders of LangChain, so that their connectors serve here too."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import Field, field_validator

from knowledge.documents import Document, Skipped, Unchanged
from knowledge.errors import install
from knowledge.sources import SourceError
from knowledge.sources.records import Records, RecordsOptions
from knowledge.sources.secrets import redacted, secrets_of

# These libraries and what they bring report home unless they are told not to.
_NO_TELEMETRY = {
    "ANONYMIZED_TELEMETRY": "false",
    "DO_NOT_TRACK": "true",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
    "SCARF_NO_ANALYTICS": "true",
}
_ID_KEYS = ("doc_id", "document_id", "id", "file_path", "source", "url", "path", "file_name", "filename")
"""Metadata that tell where a document comes from, the best first."""
_TITLE_KEYS = ("title", "subject", "name")
_URL_KEYS = ("url", "source", "link", "permalink")
_UPDATED_KEYS = ("updated", "updated_at", "last_updated", "last_modified", "lastmod", "modified")
_PATH = re.compile(r"(Optional\[)?(\w+\.)*Path\b")


class ConnectorOptions(RecordsOptions):
    """Options of every reader or loader; `columns` names keys of its documents' metadata."""

    arguments: dict[str, Any] = Field(default_factory=dict)
    """Arguments of its constructor. Relative paths begin where Frontdesk was started."""


def _whole_name(value: str) -> str:
    if not re.fullmatch(r"\w+(\.\w+)+", value, re.ASCII):
        raise ValueError("it must be the whole name of a class, as in package.module.Class")
    return value


class LlamaIndexOptions(ConnectorOptions):
    """Options of a LlamaIndex reader."""

    reader: str
    """Whole name of its class, e.g. `llama_index.readers.file.CSVReader`."""
    load: dict[str, Any] = Field(default_factory=dict)
    """Arguments of its `load_data`."""

    _whole = field_validator("reader")(_whole_name)


class LangChainOptions(ConnectorOptions):
    """Options of a LangChain loader."""

    loader: str
    """Whole name of its class, e.g. `langchain_community.document_loaders.CSVLoader`."""

    _whole = field_validator("loader")(_whole_name)


class _Connector(ABC):
    """What both libraries have in common: an object of a class gives documents, each a text with metadata."""

    def __init__(self, options: ConnectorOptions, base: Path, named: str, base_class: str) -> None:
        """`named` is the class in the settings, `base_class` the one it must be derived from."""
        self.options = options
        self._base = base.resolve()
        self._named = named
        self._base_class = base_class
        self._secrets = tuple(secrets_of(options.model_dump()))

    def documents(self, known: Mapping[str, str]) -> Iterator[Document | Unchanged | Skipped]:
        """Yield what the connector gives, one by one where it can. Raises SourceError for whatever fails in it."""
        records = Records(self.options, known)
        id_key = self.options.columns.get("id", "")
        given: dict[str, int] = {}
        for number, (own_id, text, metadata) in enumerate(self._loaded(), start=1):
            if id_key and metadata.get(id_key) in (None, ""):
                yield Skipped(self.options.name, f"document {number}", f"Its metadata have no {id_key}.")
                continue
            id = str(metadata[id_key]) if id_key else self._stable_id(own_id, metadata)
            # One file or page often makes several documents; they are told apart by their order.
            given[id] = given.get(id, 0) + 1
            yield records.document(id if given[id] == 1 else f"{id} ({given[id]})", text, _fields(metadata))

    def _stable_id(self, own_id: str, metadata: Mapping[str, Any]) -> str:
        if own_id and not _is_random(own_id):
            id = own_id
        else:
            id = next((str(metadata[key]) for key in _ID_KEYS if metadata.get(key)), "document")
        # A path below the folder of the settings stays the same when that folder moves.
        below = id.startswith("/") and Path(id).is_relative_to(self._base)
        return Path(id).relative_to(self._base).as_posix() if below else id

    def _loaded(self) -> Iterator[tuple[str, Any, Mapping[str, Any]]]:
        os.environ.update(_NO_TELEMETRY)
        made = self._guarded(lambda: iter(self._load(self._class())))
        while (one := self._guarded(lambda: next(made, None))) is not None:
            yield self._guarded(lambda one=one: self._parts(one))  # type: ignore[misc]

    def _guarded(self, step: Callable[[], Any]) -> Any:
        """Return what foreign code gives; its exceptions become SourceError."""
        try:
            # What it prints must not get between the JSON of a command.
            with contextlib.redirect_stdout(sys.stderr):
                return step()
        except SourceError:
            raise
        except ImportError as error:
            said = redacted(str(error), self._secrets).rstrip(".")
            raise self._error(f"lacks a package: {said}", "Install it with pip.") from None
        except Exception as error:
            said = redacted(str(error), self._secrets).rstrip(".")
            why = f"{type(error).__name__}: {said}" if said else type(error).__name__
            fix = "Check its arguments, its credentials and what it reads."
            raise self._error(f"failed: {why}", fix) from None

    def _class(self) -> type[Any]:
        base_module, _, base_name = self._base_class.rpartition(".")
        try:
            base = getattr(importlib.import_module(base_module), base_name)
        except ModuleNotFoundError:
            fix = f"Run `{install('connectors')}`."
            raise self._error("needs packages that are not installed", fix) from None
        module, _, name = self._named.rpartition(".")
        try:
            found = getattr(importlib.import_module(module), name, None)
        except ModuleNotFoundError as error:
            if not f"{module}.".startswith(f"{error.name}."):
                raise
            raise self._error("is not installed", f"Run pip install {_distribution(module)}.") from None
        if not (isinstance(found, type) and issubclass(found, base)):
            what = f"is no {base_name}" if found else "does not exist"
            raise self._error(what, f"Name a class that is derived from {self._base_class}.")
        return found

    def _error(self, what: str, fix: str) -> SourceError:
        return SourceError(f"{self._named} of the source “{self.options.name}” {what}.", fix)

    @abstractmethod
    def _load(self, found: type[Any]) -> Any:
        """Return an iterable of the library's own documents."""

    @staticmethod
    @abstractmethod
    def _parts(document: Any) -> tuple[str, Any, Mapping[str, Any]]:
        """Return id, text and metadata of one of the library's documents."""


class LlamaIndexSource(_Connector):
    """What a reader of LlamaIndex gives."""

    Options = LlamaIndexOptions

    def __init__(self, options: LlamaIndexOptions, base: Path) -> None:
        super().__init__(options, base, options.reader, "llama_index.core.readers.base.BaseReader")
        self._arguments = options.load

    def _load(self, found: type[Any]) -> Any:
        reader = found(**self.options.arguments)
        base = next(one for one in found.__mro__ if one.__name__ == "BaseReader")
        lazy = inspect.getattr_static(found, "lazy_load_data") is not inspect.getattr_static(base, "lazy_load_data")
        load = reader.lazy_load_data if lazy else reader.load_data
        # A settings file has no paths, only texts; some readers take nothing but paths.
        paths = {name for name, one in inspect.signature(load).parameters.items() if _PATH.match(_kind(one))}
        return load(**{key: Path(value) if key in paths else value for key, value in self._arguments.items()})

    @staticmethod
    def _parts(document: Any) -> tuple[str, Any, Mapping[str, Any]]:
        return str(document.id_ or ""), document.get_content(), document.metadata or {}


class LangChainSource(_Connector):
    """What a loader of LangChain gives."""

    Options = LangChainOptions

    def __init__(self, options: LangChainOptions, base: Path) -> None:
        super().__init__(options, base, options.loader, "langchain_core.document_loaders.BaseLoader")

    def _load(self, found: type[Any]) -> Any:
        return found(**self.options.arguments).lazy_load()

    @staticmethod
    def _parts(document: Any) -> tuple[str, Any, Mapping[str, Any]]:
        return str(document.id or ""), document.page_content, document.metadata or {}


def _fields(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata, title, url and updated also found under the names that most connectors use."""
    # LangChain's loaders of web pages write a sentence where a page names no language.
    values = {str(key): value for key, value in metadata.items() if value != "No language found."}
    for field, keys in (("title", _TITLE_KEYS), ("updated", _UPDATED_KEYS)):
        found = next((values[key] for key in keys if values.get(key)), None)
        if found is not None and not isinstance(found, (list, dict)):
            values[field] = found
    url = next((one for key in _URL_KEYS if str(one := values.get(key)).startswith(("http://", "https://"))), None)
    return values if url is None else values | {"url": url}


def _is_random(id: str) -> bool:
    """Whether an id is drawn anew each time, as LlamaIndex does where a reader sets none."""
    try:
        return UUID(id).version == 4
    except ValueError:
        return False


def _distribution(module: str) -> str:
    """Return what pip calls the package of a module; those of LlamaIndex are one a folder."""
    parts = module.split(".")
    depth = 3 if parts[:2] == ["llama_index", "readers"] else 2 if parts[0] == "llama_index" else 1
    return "-".join(parts[:depth]).replace("_", "-")


def _kind(parameter: inspect.Parameter) -> str:
    kind = parameter.annotation
    return kind.__name__ if isinstance(kind, type) else str(kind).removeprefix("typing.")
