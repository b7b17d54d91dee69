"""Documents behind a REST API, described in the settings: help desks, wikis, CMS and CRM.

Paging is the smaller part; what matters (limits of size and time, addresses that must not be read, 304s) lies in the
HTTP client, which websites share. dlt's REST client, which pages as well, would bring some thirty packages along.
"""

from __future__ import annotations

import html
import itertools
import json
import re
import time
import tomllib
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode, urljoin

import httpx
import jsonpath
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from knowledge.documents import Document, ScopeError, Skipped, Unchanged, unix_lines
from knowledge.parsing import (
    UnreadableDocument,
    check_size,
    day_of,
    first_heading,
    html_to_markdown,
    plain,
    shown_markdown,
    split_front_matter,
)
from knowledge.parsing.superscripts import without_marks
from knowledge.sources import SourceError
from knowledge.sources.http import Client, Failure, HttpOptions, Response, check_web_address, refused
from knowledge.sources.notion import blocks_to_markdown
from knowledge.sources.tags import digest

_MAX_PAGES = 10_000
_MAX_DEPTH = 10
_MAX_PARTS = 5_000
"""Pieces of one document that are fetched one below the other, Notion's blocks above all."""
_PLACEHOLDER = re.compile(r"\{(\$[^{}]*|\w+)\}")
_TAGS = re.compile(r"</?[A-Za-z][^<>]*>")
_TOO_LATE = datetime(3000, 1, 1, tzinfo=UTC).timestamp()


@cache
def _compiled(path: str) -> jsonpath.CompoundJSONPath | jsonpath.JSONPath:
    return jsonpath.compile(path)


def _checked_path(value: str) -> str:
    try:
        _compiled(value)
    except jsonpath.JSONPathError as error:
        raise ValueError(f"{value!r} is no JSONPath ({str(error).splitlines()[0]})") from None
    return value


def _checked_template(value: str) -> str:
    for path in [value] if value.startswith("$") else _PLACEHOLDER.findall(value):
        if path.startswith("$"):
            _checked_path(path)
    return value


JsonPath = Annotated[str, AfterValidator(_checked_path)]
"""A JSONPath (RFC 9535)."""
Template = Annotated[str, AfterValidator(_checked_template)]
"""A JSONPath into the item, or a text with such paths in braces: `help/{$.locale}/{$.id}`."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(_Part):
    """Holds where the path leads to one of the values; without values, to anything but null, false and nothing."""

    path: JsonPath
    values: tuple[Any, ...] = ()

    def holds(self, item: Any) -> bool:
        """Whether it holds for an item."""
        found = _compiled(self.path).findall(item)
        return any(one in self.values for one in found) if self.values else any(found)


class ScopeWhen(Condition):
    """What the scope is where the condition holds."""

    scope: dict[str, Any]


class Auth(_Part):
    """How the source says who it is. Secrets are written as `${NAME}`."""

    type: Literal["bearer", "basic", "header", "query", "oauth2"]
    token: SecretStr = SecretStr("")
    """bearer."""
    username: str = ""
    password: SecretStr = SecretStr("")
    """basic."""
    name: str = ""
    value: SecretStr = SecretStr("")
    """header, query."""
    token_url: str = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    scope: str = ""
    """oauth2, with client credentials."""

    @model_validator(mode="after")
    def _whole(self) -> Auth:
        needed = {
            "bearer": ("token",),
            "basic": ("username",),
            "header": ("name", "value"),
            "query": ("name", "value"),
            "oauth2": ("token_url", "client_id", "client_secret"),
        }[self.type]
        for key in needed:
            value = getattr(self, key)
            if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
                raise ValueError(f"auth of the type “{self.type}” needs {' and '.join(needed)}")
        return self

    @property
    def headers(self) -> dict[str, str]:
        """The headers that carry it."""
        if self.type == "bearer":
            return {"Authorization": f"Bearer {self.token.get_secret_value()}"}
        if self.type == "basic":
            pair = f"{self.username}:{self.password.get_secret_value()}"
            return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        return {self.name: self.value.get_secret_value()} if self.type == "header" else {}

    @property
    def params(self) -> dict[str, str]:
        """The parameters of the query that carry it."""
        return {self.name: self.value.get_secret_value()} if self.type == "query" else {}

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        return tuple(one.get_secret_value() for one in (self.token, self.password, self.value, self.client_secret))


class Pagination(_Part):
    """How a listing goes on."""

    type: Literal["none", "link", "next", "cursor", "page", "offset"] = "none"
    """link: the Link header; next: a URL or an object of parameters in the body; else: a parameter of that kind."""
    next: JsonPath = "$.next"
    cursor: JsonPath = "$.next_cursor"
    more: JsonPath | None = None
    """Where the body says whether there is more; without it, a next URL or cursor says so by being there."""
    param: str = ""
    """The cursor, the number of the page or the offset; in the query of a GET, in the body of a POST."""
    start: int = 1
    """The first page."""
    size: int = Field(0, ge=0)
    """Items on a full page: what an offset grows by."""
    total: JsonPath | None = None
    """Where the body tells how many pages (page) or items (offset) there are."""
    total_header: str = ""
    """The header that tells it."""

    @model_validator(mode="after")
    def _whole(self) -> Pagination:
        if self.type in ("cursor", "page", "offset") and not self.param:
            raise ValueError(f"pagination of the type “{self.type}” needs param")
        if self.type == "offset" and not self.size:
            raise ValueError("pagination of the type “offset” needs size")
        return self


class Children(_Part):
    """Parts of a body that hold further parts, which the same detail path gives for their own id."""

    keep: tuple[Condition, ...] = ()
    drop: tuple[Condition, ...] = ()


class Detail(_Part):
    """A request of its own for the body of each item that has changed."""

    path: Template
    body: JsonPath
    pagination: Pagination = Pagination()
    children: Children | None = None


class Variants(_Part):
    """An object in the item with one entry a language, each of them a document."""

    path: JsonPath
    name: str
    """Under which the entry's key is to be found in it."""


class RestOptions(HttpOptions):
    """Options of a REST API. A preset brings most of them along; what is given here goes over it."""

    preset: str = ""
    base_url: str
    path: tuple[str, ...] = Field(min_length=1)
    """Listings, below `base_url`; `{name}` is filled in from `each`."""
    each: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Values to ask for one after another, e.g. `locale = ["en", "de"]`."""
    method: Literal["GET", "POST"] = "GET"
    params: dict[str, str] = Field(default_factory=dict)
    payload: dict[str, Any] = Field(default_factory=dict)
    """The JSON body of a POST."""
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    """Sent to the host of `base_url` alone."""
    auth: Auth | None = None
    pagination: Pagination = Pagination()
    items: JsonPath = "$[*]"
    variants: Variants | None = None
    id: Template
    title: Template = ""
    body: Template = ""
    format: Literal["html", "markdown", "text", "notion"] = "html"
    url: Template = ""
    updated: Template = ""
    keep: tuple[Condition, ...] = ()
    """Only items for which all of these hold become documents."""
    drop: tuple[Condition, ...] = ()
    """No item for which one of these holds does."""
    fields: dict[str, Template] = Field(default_factory=dict)
    """Scope keys and where the item tells them."""
    map: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Scope keys and what their raw values (the number of a section, say) mean."""
    when: tuple[ScopeWhen, ...] = ()
    """Over `fields`: what holds for the items for which a condition holds."""
    detail: Detail | None = None

    @model_validator(mode="before")
    @classmethod
    def _preset(cls, given: Any) -> Any:
        name = given.get("preset")
        if not name:
            return given
        if name not in presets():
            raise ValueError(f"there is no preset “{name}”, only {', '.join(presets())}")
        return _merged(presets()[name], given)

    @field_validator("path", mode="before")
    @classmethod
    def _paths(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("base_url")
    @classmethod
    def _base(cls, value: str) -> str:
        return check_web_address(value).rstrip("/")

    @model_validator(mode="after")
    def _whole(self) -> RestOptions:
        if not self.body and not self.detail:
            raise ValueError("it says neither by body nor by detail where the text is")
        if self.detail and not self.updated:
            raise ValueError("detail needs updated, which tells whether an item must be fetched again")
        return self


@cache
def presets() -> dict[str, dict[str, Any]]:
    """Return the presets by name."""
    return tomllib.loads(resources.files("knowledge.sources").joinpath("presets.toml").read_text(encoding="utf-8"))


def _merged(below: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return `below` with what `over` says, tables by their keys except those that are told apart by a type."""
    out = dict(below)
    for key, value in over.items():
        old = out.get(key)
        tables = isinstance(old, Mapping) and isinstance(value, Mapping) and "type" not in value
        out[key] = _merged(old, value) if tables and isinstance(old, Mapping) else value
    return out


@dataclass(frozen=True, slots=True)
class _Item:
    """One item of a listing, as the options read it."""

    id: str
    title: str
    body: Any
    url: str
    updated: str
    fields: dict[str, Any]


class RestSource:
    """The items of a REST API that are published; an item whose mapped values have not changed is `Unchanged`."""

    Options = RestOptions

    def __init__(self, options: RestOptions, base: Path, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.options = options
        self._sleep = sleep

    def documents(self, known: Mapping[str, str]) -> Iterator[Document | Unchanged | Skipped]:
        """Yield the items in the order of the listing; drafts and archived ones do not come.

        Raises SourceError where a listing cannot be read to its end, where credentials are refused, or
        where more items fail for the moment than the error budget allows.
        """
        auth = self.options.auth
        headers = {name: value.get_secret_value() for name, value in self.options.headers.items()}
        client = Client(
            self.options,
            self.options.base_url,
            credentials=headers | (auth.headers if auth else {}),
            secret_params=auth.params if auth else {},
            secrets=auth.secrets if auth else (),
            sleep=self._sleep,
        )
        with closing(client):
            yield from _Reading(self.options, client).documents(known)


class _Reading:
    """One walk through the listings."""

    def __init__(self, options: RestOptions, client: Client) -> None:
        self.options = options
        self.client = client
        self.home = httpx.URL(options.base_url)

    def documents(self, known: Mapping[str, str]) -> Iterator[Document | Unchanged | Skipped]:
        options = self.options
        if options.auth and options.auth.type == "oauth2":
            self._log_in(options.auth)
        seen: dict[str, str] = {}
        failures = 0
        for number, (raw, names) in enumerate(self._items(), start=1):
            if any(one.holds(raw) for one in options.drop) or not all(one.holds(raw) for one in options.keep):
                continue
            item = self._item(raw, names)
            if not item.id:
                yield Skipped(options.name, f"item {number}", "It has no id. Mend the id of the source.")
                continue
            values = [item.title, item.body, item.url, item.updated, item.fields]
            tag = digest(json.dumps(values, sort_keys=True).encode())
            if item.id in seen:
                if seen[item.id] != tag:
                    reason = f"The id {item.id} came twice with different content; the first is used."
                    yield Skipped(options.name, "", f"{reason} Choose an id that tells them apart.")
                continue
            seen[item.id] = tag
            if known.get(item.id) == tag:
                yield Unchanged(item.id)
                continue
            try:
                yield self._document(item, raw, tag)
            except (UnreadableDocument, ScopeError) as error:
                yield Skipped(options.name, item.id, str(error), tag=tag)
            except Failure as failure:
                yield Skipped(options.name, item.id, str(failure), failure.temporary)
                failures += failure.temporary
                if failures > options.error_budget:
                    raise SourceError(
                        f"The source “{options.name}” was given up after {failures} documents that could not be read;"
                        f" the last: {failure}",
                        "Try again later, or raise its error_budget.",
                    ) from None

    def _document(self, item: _Item, raw: Any, tag: str) -> Document:
        options = self.options
        body = self._detail(raw) if options.detail else item.body
        fields: Mapping[str, Any]
        if options.format == "notion":
            text, title, fields = blocks_to_markdown(body), "", {}
        elif not isinstance(body, str):
            raise UnreadableDocument("Its body is not a text.", "Mend the body or the format of the source.")
        elif options.format == "html":
            check_size(len(body.encode("utf-8", "surrogatepass")))
            parsed = html_to_markdown(body, item.url)
            text, title, fields = parsed.text, parsed.title, parsed.fields
        else:
            fields, text = split_front_matter(unix_lines(body))
            text = shown_markdown(text) if options.format == "markdown" else without_marks(text)
            title = plain(fields, "title") or first_heading(text)
        check_size(len(text.encode("utf-8", "surrogatepass")))
        if not text.strip():
            raise UnreadableDocument("It has no text.")
        text = text.encode("utf-8", "replace").decode().replace("\0", "")
        title = item.title or title or first_heading(text) or item.id
        scope = options.scope_of(item.id, item.fields, fields)
        return Document(item.id, options.name, title, text, item.url, scope, _day(item.updated) or day_of(fields), tag)

    def _item(self, raw: Any, names: Mapping[str, str]) -> _Item:
        options = self.options
        fields: dict[str, Any] = {}
        for key, template in options.fields.items():
            value = self._value(template, raw, names)
            meanings = options.map.get(key, {})
            plain = [str(one) for one in (value if isinstance(value, list) else [value]) if one not in (None, "")]
            if plain:
                told = [meanings.get(one, one) for one in plain]
                fields[key] = told if len(told) > 1 else told[0]
        for rule in options.when:
            if rule.holds(raw):
                fields |= rule.scope
        url = urljoin(options.base_url + "/", self._text(options.url, raw, names))
        title = self._text(options.title, raw, names)
        if options.format == "html":
            title = html.unescape(_TAGS.sub("", title))
        paths = [options.id] if options.id.startswith("$") else _PLACEHOLDER.findall(options.id)
        has_id = any(self._text(path, raw, names) for path in paths if path.startswith("$"))
        return _Item(
            re.sub(r"/{2,}", "/", self._text(options.id, raw, names)).strip("/ ") if has_id else "",
            " ".join(title.encode("utf-8", "replace").decode().split()),
            self._value(options.body, raw, names) if options.body else None,
            url if options.url and url.startswith(("https://", "http://")) else "",
            self._text(options.updated, raw, names),
            fields,
        )

    def _value(self, template: str, raw: Any, names: Mapping[str, str]) -> Any:
        """Return what a template gives for an item: for a path the value there (a list of several), else a text."""
        if template.startswith("$"):
            found = _compiled(template).findall(raw)
            return found[0] if len(found) == 1 else found or None
        return self._filled(template, raw, names, str)

    def _text(self, template: str, raw: Any, names: Mapping[str, str]) -> str:
        value = self._value(template, raw, names)
        one = value[0] if isinstance(value, list) and value else value
        return "" if one is None or isinstance(one, (list, dict)) else str(one).strip()

    def _filled(self, template: str, raw: Any, names: Mapping[str, str], write: Callable[[Any], str]) -> str:
        def value(match: re.Match[str]) -> str:
            if match[1].startswith("$"):
                return "".join(write(one) for one in _compiled(match[1]).findall(raw) if one is not None)
            return self.options.base_url if match[1] == "base_url" else write(names.get(match[1], ""))

        return _PLACEHOLDER.sub(value, template)

    def _items(self) -> Iterator[tuple[Any, dict[str, str]]]:
        """Yield the items of every listing, each with the values of `each` under which it came."""
        options = self.options
        items = _compiled(options.items)
        for path, chosen in itertools.product(options.path, itertools.product(*options.each.values())):
            names = dict(zip(options.each, chosen, strict=True))
            url = options.base_url + self._filled(path, None, names, _quoted)
            if options.params:
                url = str(httpx.URL(url).copy_merge_params(options.params))
            payload = options.payload if options.method == "POST" else None
            try:
                for data in self._pages(url, options.pagination, payload, items.findall):
                    for item in items.findall(data):
                        for variant in self._variants(item):
                            yield variant, names
            except Failure as failure:
                raise SourceError(
                    f"The source “{options.name}” could not be read to its end: {failure.sentence}", failure.fix
                ) from None

    def _variants(self, item: Any) -> Iterator[Any]:
        variants = self.options.variants
        found = _compiled(variants.path).findall(item) if variants else []
        entries = {
            key: value
            for one in found
            if isinstance(one, dict)
            for key, value in one.items()
            if isinstance(value, dict)
        }
        if not variants or not entries:
            yield item
        else:
            for key, value in entries.items():
                yield {**item, **value, "id": item.get("id"), variants.name: key}

    def _pages(
        self,
        url: str,
        pagination: Pagination,
        payload: Mapping[str, Any] | None,
        items: Callable[[Any], list[Any]],
    ) -> Iterator[Any]:
        """Yield the pages of a listing as JSON. Raises Failure, or SourceError for one that never ends."""
        number, offset = pagination.start, 0
        asked = set[tuple[str, str]]()
        last: Any = None
        first = True
        address, body = url, payload
        for _ in range(_MAX_PAGES):
            if pagination.type in ("page", "offset") and (pagination.type == "offset" or not first):
                value = number if pagination.type == "page" else offset
                address, body = _with(url, payload, {pagination.param: value})
            request = (address, json.dumps(body, sort_keys=True))
            if request in asked:
                raise self._endless(address)
            asked.add(request)
            response = self._ask(address, body)
            data = response.json()
            found = items(data)
            count = len(found)
            if not count and (error := _error_in(data)):
                raise Failure(
                    f"{self.client.redact(address)} answered with an error in place of items: "
                    f"{self.client.redact(error)}.",
                    "Check path and params, or try again later.",
                    temporary=True,
                )
            # A page may tell the time or its own number, and be the first one again all the same.
            came = found if pagination.type in ("page", "offset") else response.body
            if count and came == last:
                raise self._endless(address)
            first, last = False, came
            yield data
            number, offset = number + 1, offset + count
            following = self._following(pagination, url, payload, response, data, count, number, offset)
            if following is None:
                return
            address, body = following
        raise self._endless(url)

    def _following(
        self,
        pagination: Pagination,
        url: str,
        payload: Mapping[str, Any] | None,
        response: Response,
        data: Any,
        count: int,
        number: int,
        offset: int,
    ) -> tuple[str, Mapping[str, Any] | None] | None:
        """Return the address and body of the next page, or None after the last."""
        kind = pagination.type
        if kind == "none" or (pagination.more and not any(_compiled(pagination.more).findall(data))):
            return None
        if kind in ("page", "offset"):
            so_far = number - pagination.start if kind == "page" else offset
            return (url, payload) if _goes_on(pagination, response, data, count, so_far) else None
        if kind == "link":
            found: list[Any] = [one["url"] for one in _links(response) if one.get("rel") == "next"]
        else:
            found = _compiled(pagination.next if kind == "next" else pagination.cursor).findall(data)
        value = next((one for one in found if one not in (None, "", False)), None)
        if value is None:
            return None
        if kind == "cursor":
            return _with(url, payload, {pagination.param: value})
        if isinstance(value, dict):
            return _with(url, payload, {key: one for key, one in value.items() if isinstance(one, (str, int))})
        return self._joined(response.url, str(value)), payload

    def _joined(self, came_from: str, target: str) -> str:
        """Return the URL of the next page, which must be on the host of `base_url`.

        A path that leaves out the one of `base_url` (Confluence's do) is meant below it.
        """
        prefix = self.home.path.rstrip("/")
        if target.startswith("/") and not target.startswith("//") and not target.startswith(prefix + "/"):
            target = self.options.base_url + target
        url = httpx.URL(urljoin(came_from, target))
        if (url.scheme, self.home.scheme) == ("http", "https"):
            url = url.copy_with(scheme="https")  # an API behind a proxy may not know how it is reached
        if (url.scheme, url.host, url.port) != (self.home.scheme, self.home.host, self.home.port):
            raise SourceError(
                f"The source “{self.options.name}” goes on at another host: {self.client.redact(str(url))}.",
                "Set base_url to the host that the API names itself.",
            )
        return str(url)

    def _detail(self, raw: Any) -> Any:
        """Fetch the body of one item: a text, or the list of its parts."""
        detail = self.options.detail
        assert detail is not None
        left = [_MAX_PARTS]

        def parts(owner: Any, depth: int) -> list[Any]:
            url = self.options.base_url + self._filled(detail.path, owner, {}, _quoted)
            found: list[Any] = []
            for data in self._pages(url, detail.pagination, None, _compiled(detail.body).findall):
                found += _compiled(detail.body).findall(data)
            left[0] -= len(found)
            if left[0] < 0:
                raise UnreadableDocument(f"It has more than {_MAX_PARTS} parts.", "Split it.")
            children = detail.children
            if children and depth < _MAX_DEPTH:
                for part in found:
                    if all(one.holds(part) for one in children.keep) and not any(
                        one.holds(part) for one in children.drop
                    ):
                        part["children"] = parts(part, depth + 1)
            return found

        found = parts(raw, 0)
        if self.options.format == "notion":
            return found
        return "\n\n".join(str(one) for one in found if one is not None)

    def _ask(self, url: str, payload: Mapping[str, Any] | None) -> Response:
        """Return a response of status 200. Raises Failure for another, SourceError where credentials are refused."""
        options = self.options
        headers = {"Accept": "application/json"}
        content = b""
        if payload is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(payload).encode()
        method = "GET" if payload is None else "POST"
        response = self.client.fetch(url, method=method, headers=headers, content=content)
        if response.status == 401 and options.auth and options.auth.type == "oauth2":
            self._log_in(options.auth)  # the token may have run out on the way
            response = self.client.fetch(url, method=method, headers=headers, content=content)
        if response.status in (401, 403):
            raise refused(options, response)
        if response.status != 200:
            raise Failure(
                f"{self.client.redact(response.url)} answered {response.status}.",
                "Check base_url, path and params.",
                temporary=response.status != 404,
                status=response.status,
            )
        return response

    def _log_in(self, auth: Auth) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": auth.client_id,
            "client_secret": auth.client_secret.get_secret_value(),
        }
        if auth.scope:
            form["scope"] = auth.scope
        try:
            response = self.client.fetch(
                auth.token_url,
                method="POST",
                headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
                content=urlencode(form).encode(),
                follow=lambda _: False,
            )
            token = response.json().get("access_token") if response.status == 200 else None
        except (Failure, AttributeError) as error:
            raise SourceError(f"The source “{self.options.name}” could not log in: {error}") from None
        if not isinstance(token, str):
            raise refused(self.options, response)
        self.client.authorize({"Authorization": f"Bearer {token}"})

    def _endless(self, url: str) -> SourceError:
        return SourceError(
            f"The source “{self.options.name}” goes on for ever: {self.client.redact(url)} came again.",
            "Check its pagination; the API may not know its param.",
        )


def _error_in(data: Any) -> str:
    """Return what an API says went wrong that answers 200 all the same, as those of GraphQL do; else nothing."""
    told = (data.get("errors") or data.get("error") or "") if isinstance(data, dict) else ""
    one = told[0] if isinstance(told, list) else told
    message = one.get("message") or one.get("title") or one.get("code") if isinstance(one, dict) else one
    return " ".join(str(message or told).split())[:200] if told else ""


def _goes_on(pagination: Pagination, response: Response, data: Any, count: int, so_far: int) -> bool:
    """Whether there are more pages (or items) than `so_far`; where nobody says, a full page has a successor."""
    told = response.headers.get(pagination.total_header) if pagination.total_header else None
    if pagination.total:
        told = next(iter(_compiled(pagination.total).findall(data)), None)
    if told is not None and str(told).isdigit():
        return count > 0 and so_far < int(told)
    return count > 0 and count >= pagination.size


def _with(
    url: str, payload: Mapping[str, Any] | None, values: Mapping[str, Any]
) -> tuple[str, Mapping[str, Any] | None]:
    """Return a request with further parameters: in its body where it has one, else in its query."""
    if payload is not None:
        return url, {**payload, **values}
    return str(httpx.URL(url).copy_merge_params({key: str(value) for key, value in values.items()})), None


def _links(response: Response) -> list[dict[str, str]]:
    """Return the parts of the Link header."""
    return list(httpx.Response(200, headers=response.headers).links.values())


def _quoted(value: Any) -> str:
    return quote(str(value), safe="")


def _day(updated: str) -> date | None:
    """Return the day of an ISO date or of seconds or milliseconds since 1970, or None."""
    try:
        if updated.replace(".", "", 1).isdigit():
            seconds = float(updated)
            return datetime.fromtimestamp(seconds / 1000 if seconds > _TOO_LATE else seconds, UTC).date()
        return date.fromisoformat(updated[:10])
    except (ValueError, OverflowError, OSError):
        return None
