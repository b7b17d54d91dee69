"""The pages of a website, found from a start page, from its sitemap, or from both."""

from __future__ import annotations

import base64
import json
import mimetypes
import re
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx
from charset_normalizer import from_bytes
from lxml import etree
from lxml import html as lxml_html
from protego import Protego
from pydantic import Field, SecretStr, field_validator, model_validator
from w3lib.encoding import html_to_unicode
from w3lib.url import canonicalize_url

from knowledge.documents import Document, ScopeError, Skipped, Unchanged
from knowledge.parsing import SUFFIXES, UnreadableDocument, html_to_markdown, parse
from knowledge.sources import Pattern, SourceError
from knowledge.sources.http import (
    AGENT,
    CONNECTIONS,
    Client,
    Failure,
    HttpOptions,
    Response,
    check_web_address,
    refused,
)
from knowledge.sources.patterns import fits
from knowledge.sources.tags import digest

_TRACKING = re.compile(
    r"utm_\w+|gclid|dclid|fbclid|msclkid|yclid|igshid|mc_[ce]id|_ga|_gl|_hs(enc|mi)|hsctatracking|mkt_tok|ref_src"
    r"|phpsessid|jsessionid|aspsessionid\w*|cfid|cftoken",
    re.IGNORECASE,
)
_SESSION_IN_PATH = re.compile(r";(jsessionid|phpsessid)=[^/?#]*", re.IGNORECASE)
_LONGEST_URL = 2_000
_REMEMBERED = 50_000
"""Addresses whose normal forms are remembered; every page of a site links to the same ones."""
_MAX_QUERIES = 50
"""Different queries under one path; a calendar or a filter makes any number of them."""
_MAX_REPEATED = 3
"""Times that one word may stand in a path; relative links that go wrong repeat it for ever."""
_MAX_SITEMAPS = 1_000
_MAX_CRAWL_DELAY = 30.0
_MAX_ROBOTS = 512_000
_MAX_SITEMAP_BYTES = 60_000_000
"""The protocol allows 50 MB, unpacked."""
_HTML = ("text/html", "application/xhtml+xml")
_NO_DOCUMENTS = frozenset(
    ".7z .apk .avi .bmp .bz2 .css .dmg .eot .exe .gif .gz .ico .iso .jpeg .jpg .js .json .m4a .m4v .mkv .mov .mp3 .mp4"
    " .mpeg .msi .ogg .ogv .otf .png .rar .rss .svg .tar .tgz .tif .tiff .ttf .wav .webm .webp .woff .woff2 .xml .xz"
    " .zip".split()
)


class WebsiteOptions(HttpOptions):
    """Options of a website."""

    url: str = ""
    """Where the crawl begins; links are followed from there."""
    sitemap: str = ""
    """A sitemap or an index of sitemaps, plain or gzip-compressed; without a url, only its pages are read."""
    include: tuple[Pattern, ...] = ()
    """Shell patterns of URLs, or of paths where they begin with a slash; only what fits is read. None: all."""
    exclude: tuple[Pattern, ...] = ()
    """As `include`; what fits is neither read nor followed."""
    hosts: tuple[str, ...] = ()
    """Hosts that may be read; none means that of `url` and `sitemap`, with and without www."""
    max_depth: int = Field(5, ge=0)
    """Links from the start page to the last page that is read."""
    max_pages: int = Field(5_000, gt=0)
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    """Sent to the host of `url` alone, e.g. an Authorization."""

    @field_validator("url", "sitemap")
    @classmethod
    def _web(cls, value: str) -> str:
        return check_web_address(value) if value else value

    @model_validator(mode="after")
    def _somewhere(self) -> WebsiteOptions:
        if not (self.url or self.sitemap):
            raise ValueError("it names neither a url to start from nor a sitemap")
        return self

    def _patterns(self, id: str) -> Iterable[tuple[str, str, str]]:
        yield from super()._patterns(id)
        for key in ("include", "exclude"):
            yield from ((key, pattern, _compared(id, pattern)) for pattern in getattr(self, key))


def _compared(id: str, pattern: str) -> str:
    """Return what of a URL is held against a pattern: all of it, or the path with the query."""
    if not pattern.startswith("/"):
        return id
    parts = urlsplit(id)
    return parts.path + (f"?{parts.query}" if parts.query else "")


@lru_cache(_REMEMBERED)
def page_id(url: str) -> str:
    """Return the one form of a URL under which its page is a document.

    Without fragment, tracking parameters, session ids, default port and closing slash, its query sorted.
    """
    clean = clean_url(url)
    head, mark, query = clean.partition("?")
    return head.rstrip("/") + mark + query if httpx.URL(clean).path != "/" else head.rstrip("/") + "/" + mark + query


@lru_cache(_REMEMBERED)
def clean_url(url: str) -> str:
    """Return `url` as it is asked for: as `page_id`, but with its closing slash, which some servers insist on."""
    parts = httpx.URL(canonicalize_url(url))
    query = [
        (key, value)
        for key, value in parse_qsl(parts.query.decode(), keep_blank_values=True)
        if not _TRACKING.fullmatch(key)
    ]
    path = _SESSION_IN_PATH.sub("", parts.raw_path.decode().partition("?")[0])
    target = path + ("?" + urlencode(query) if query else "")
    return str(parts.copy_with(raw_path=target.encode(), userinfo=b"", fragment=None))


@dataclass(frozen=True, slots=True)
class _Target:
    """A page to be read."""

    url: str
    depth: int
    follow: bool = True
    """Whether its links lead on."""
    lastmod: str = ""

    @property
    def id(self) -> str:
        return page_id(self.url)


@dataclass(frozen=True, slots=True)
class _Page:
    """What reading a page came to."""

    target: _Target
    outcome: Document | Unchanged | Skipped | None = None
    links: tuple[str, ...] = ()
    canonical: str = ""
    """The id of the page that this one says it is a copy of."""
    complete: bool = True
    """Whether its links are known."""
    failed: bool = False
    """Whether it could not be fetched."""
    closed: bool = False
    """Whether robots.txt forbids to read it."""


@dataclass(frozen=True, slots=True)
class _Tag:
    """What is remembered of a page, so that it need not be read again before it changes."""

    etag: str = ""
    modified: str = ""
    lastmod: str = ""
    content: str = ""
    links: tuple[str, ...] = ()

    def dumps(self) -> str:
        packed = base64.b64encode(zlib.compress("\n".join(self.links).encode(), 9)).decode() if self.links else ""
        return json.dumps(asdict(self) | {"links": packed}, separators=(",", ":"))

    @classmethod
    def loads(cls, raw: str) -> _Tag | None:
        """Return the tag, or None where there is none."""
        try:
            values = json.loads(raw)
            packed = values.pop("links")
            links = zlib.decompress(base64.b64decode(packed)).decode().split("\n") if packed else []
            return cls(**values, links=tuple(links))
        except (ValueError, KeyError, TypeError, AttributeError, zlib.error):
            return None

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that ask for the page only if it has changed."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {key: value for key, value in asked.items() if value}


class WebsiteSource:
    """A website, breadth first and in the same order every time; one page is one document, its id its URL."""

    Options = WebsiteOptions

    def __init__(self, options: WebsiteOptions, base: Path, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.options = options
        self._sleep = sleep

    def documents(self, known: Mapping[str, str]) -> Iterator[Document | Unchanged | Skipped]:
        """Yield the pages that can be read and may be indexed, with their linked PDFs and office files.

        Raises SourceError where the start page, the sitemap or a robots.txt cannot be read, where
        credentials are refused, or where more pages fail for the moment than the error budget allows.
        """
        options = self.options
        client = Client(
            options,
            options.url or options.sitemap,
            credentials={name: value.get_secret_value() for name, value in options.headers.items()},
            sleep=self._sleep,
        )
        with closing(client):
            yield from _Crawl(options, client, known).pages()


@dataclass
class _Note:
    """A limit that some pages met."""

    sentence: str
    count: int = 0
    first: str = ""


@dataclass
class _Crawl:
    """One walk over a website."""

    options: WebsiteOptions
    client: Client
    known: Mapping[str, str]
    seen: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)
    """Ids that were yielded."""
    copies: dict[str, Document] = field(default_factory=dict)
    """The first copy of each canonical page that has not come itself yet."""
    notes: dict[str, _Note] = field(default_factory=dict)
    queries: dict[str, int] = field(default_factory=dict)
    troubles: list[Skipped] = field(default_factory=list)
    """Sitemaps that could not be read."""
    failures: int = 0
    complete: bool = True
    """Whether the links of every page are known."""

    def __post_init__(self) -> None:
        starts = [one for one in (self.options.url, self.options.sitemap) if one]
        named = (f"https://{host}" for host in self.options.hosts)
        hosts = {httpx.URL(clean_url(one)).raw_host.decode() for one in (named if self.options.hosts else starts)}
        twins = {host.removeprefix("www.") for host in hosts} | {f"www.{host.removeprefix('www.')}" for host in hosts}
        self.hosts = hosts if self.options.hosts else twins
        self.robots = _Robots(self.client)

    def pages(self) -> Iterator[Document | Unchanged | Skipped]:
        level = self._seeds()
        for trouble in self.troubles:
            self._count(trouble)
            yield trouble
        revisited = False
        with ThreadPoolExecutor(CONNECTIONS, thread_name_prefix=f"{self.options.name}-") as pool, self._aborted():
            while level:
                following: list[_Target] = []
                for page in self._read_all(pool, level):
                    yield from self._give(page)
                    if page.target.follow:
                        following += self._admitted(page.links, page.target.depth + 1)
                level = following
                if not level and not self.complete and not revisited:
                    # A page that failed may have been the only one to lead to others.
                    revisited = True
                    level = self._admitted((id for id in self.known if "://" in id), 0, follow=False)
        for id, copy in self.copies.items():
            if id not in self.given and copy.id not in self.given:
                self.given.add(copy.id)
                yield copy
        for note in self.notes.values():
            yield Skipped(self.options.name, "", f"{note.sentence}: {note.count} in all, the first is {note.first}.")

    @contextmanager
    def _aborted(self) -> Iterator[None]:
        """Let nobody wait for pages that are read ahead when they are not wanted any more."""
        try:
            yield
        except BaseException:
            self.client.close()
            raise

    # Where to go

    def _seeds(self) -> list[_Target]:
        seeds: list[_Target] = []
        if self.options.url:
            seeds.append(self._start())
        if self.options.sitemap:
            for url, lastmod in self._listed(self.options.sitemap):
                if not self._inside(url):
                    self._note("Pages in the sitemap that are on hosts which are not among hosts were left out", url)
                found = self._admitted([url], 0, follow=bool(self.options.url))
                seeds += [replace(one, lastmod=lastmod) for one in found]
        return seeds

    def _start(self) -> _Target:
        start = _Target(clean_url(self.options.url), 0)
        try:
            closed = not self.robots.allow(start.url)
        except Failure as failure:
            raise self._broken(str(failure)) from None
        if closed:
            raise self._broken(
                f"The robots.txt of {httpx.URL(start.url).host} closes {start.url} to {AGENT}.",
                f"Allow the agent {AGENT} there, or choose another url.",
            )
        self.seen.add(start.id)
        return start

    def _is_start(self, target: _Target) -> bool:
        return bool(self.options.url) and target.id == page_id(self.options.url)

    def _listed(self, sitemap: str) -> Iterator[tuple[str, str]]:
        """Yield the URLs of a sitemap, and of those it lists, with what is said of their last change."""
        waiting, read = deque([sitemap]), set[str]()
        while waiting:
            url = waiting.popleft()
            if url in read:
                continue
            if len(read) == _MAX_SITEMAPS:
                self._note(f"No more than {_MAX_SITEMAPS} sitemaps are read", url)
                return
            read.add(url)
            try:
                response = self.client.fetch(url, follow=lambda target: bool(self._inside(target)))
                if response.status != 200:
                    raise Failure(f"The sitemap {url} answered {response.status}.", "Mend it.", temporary=True)
                inner, pages = _read_sitemap(response)
            except Failure as failure:
                if len(read) == 1:
                    raise self._broken(str(failure)) from None
                self.complete = False
                self.troubles.append(self._failed(url, failure))
                continue
            for one in inner:
                if self._inside(one):
                    waiting.append(one)
                else:
                    self._note("Sitemaps on hosts which are not among hosts were left out", one)
            yield from pages

    def _admitted(self, links: Iterable[str], depth: int, *, follow: bool = True) -> list[_Target]:
        """Return the pages among `links` that are to be read and were not met before."""
        admitted = []
        for link in links:
            try:
                url = clean_url(link)
                id = page_id(url)
            except (ValueError, httpx.InvalidURL):
                continue
            if id in self.seen or not self._is_wanted(url, id):
                continue
            if depth > self.options.max_depth:
                self._note(f"Pages more than {self.options.max_depth} links from the start were left out", id)
            elif self._is_trap(url):
                self._note("Pages that look like an endless calendar, filter or loop were left out", id)
            elif len(self.seen) >= self.options.max_pages:
                self._note(f"No more than {self.options.max_pages} pages are read (max_pages)", id)
            else:
                self.seen.add(id)
                admitted.append(_Target(url, depth, follow))
        return admitted

    def _is_inside(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            return parts.scheme in ("http", "https") and parts.hostname in self.hosts
        except ValueError:
            return False

    def _is_wanted(self, url: str, id: str) -> bool:
        if not self._is_inside(url):
            return False
        parts = urlsplit(id)
        if PurePosixPath(parts.path).suffix.lower() in _NO_DOCUMENTS:
            return False
        self.options.note(id)

        def any_fits(patterns: tuple[str, ...]) -> bool:
            return any(fits(_compared(id, one), one) for one in patterns)

        return not any_fits(self.options.exclude) and (not self.options.include or any_fits(self.options.include))

    def _is_trap(self, url: str) -> bool:
        head, _, query = url.partition("?")
        words = [word for word in httpx.URL(head).path.split("/") if word]
        if len(url) > _LONGEST_URL or any(words.count(word) > _MAX_REPEATED for word in words):
            return True
        if query:
            self.queries[head] = self.queries.get(head, 0) + 1
        return self.queries.get(head, 0) > _MAX_QUERIES and bool(query)

    # What is there

    def _read_all(self, pool: ThreadPoolExecutor, targets: Iterable[_Target]) -> Iterator[_Page]:
        """Yield the pages in the order of `targets`, a few of them being read ahead."""
        waiting: deque[Future[_Page]] = deque()
        try:
            for target in targets:
                waiting.append(pool.submit(self._read, target))
                if len(waiting) >= 2 * CONNECTIONS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def _read(self, target: _Target) -> _Page:
        """Read one page. Called in several threads; touches nothing that the others write."""
        tag = _Tag.loads(self.known.get(target.id, ""))
        try:
            if not self.robots.allow(target.url):
                return _Page(target, closed=True)
            if tag and tag.lastmod and tag.lastmod == target.lastmod and not tag.conditions:
                return _Page(target, Unchanged(target.id), tag.links)
            conditions = tag.conditions if tag else None
            may_go = self._may_start if self._is_start(target) else self._may_go
            response = self.client.fetch(target.url, headers=conditions, follow=may_go)
            if response.status == 304 and page_id(response.url) != target.id:
                # What was asked for is elsewhere now, and the condition was not about that page.
                response = self.client.fetch(response.url, follow=may_go)
            return self._page(target, response, tag)
        except Failure as failure:
            complete = tag is not None or not failure.temporary
            return _Page(target, self._failed(target.id, failure), tag.links if tag else (), "", complete, failed=True)

    def _may_go(self, url: str) -> bool:
        clean = self._inside(url)
        return bool(clean) and self._is_wanted(clean, page_id(clean)) and self.robots.allow(clean)

    def _may_start(self, url: str) -> bool:
        """As `_may_go` for the start page, which need not fit the patterns."""
        clean = self._inside(url)
        return bool(clean) and self.robots.allow(clean)

    def _page(self, target: _Target, response: Response, tag: _Tag | None) -> _Page:
        if response.status == 304 and tag:
            return _Page(target, Unchanged(target.id), tag.links)
        if response.status in (404, 410) and not self._is_start(target):
            return _Page(target)
        if 300 <= response.status < 400:  # it leads to where this source does not go
            return self._elsewhere(target, response)
        if response.status in (401, 403) and self.client.credentials:
            raise refused(self.options, response)
        if response.status != 200:
            raise Failure(
                f"{response.url} answered {response.status}.",
                "Check the url of the source." if self._is_start(target) else "Mend the page, or exclude it.",
                temporary=response.status >= 500,
                status=response.status,
            )
        id = page_id(response.url)
        if not _is_page(response):
            return _Page(target, self._document(id, target, response, ()) if _is_file(response) else None)
        page = _Html.read(response)
        links = tuple(dict.fromkeys(link for one in page.links if (link := self._inside(one)))) if page.follow else ()
        if page.refresh:
            return _Page(target, links=(page.refresh,))
        canonical = page_id(page.canonical) if page.canonical and self._may_go(page.canonical) else id
        if canonical != id:
            links = (page.canonical, *links)
        outcome = self._document(id, target, response, links, page.text) if page.index else None
        return _Page(target, outcome, links, canonical if canonical != id else "")

    def _elsewhere(self, target: _Target, response: Response) -> _Page:
        if self._is_start(target):
            place = response.headers.get("location", "")
            raise Failure(
                f"The start page {target.url} leads to {place}, which this source does not read.",
                "Set url to that page, or add its host to hosts.",
                temporary=False,
            )
        return _Page(target)

    def _inside(self, link: str) -> str:
        try:
            clean = clean_url(link)
        except (ValueError, httpx.InvalidURL):
            return ""
        return clean if self._is_inside(clean) else ""

    def _document(
        self, id: str, target: _Target, response: Response, links: tuple[str, ...], html: str = ""
    ) -> Document | Unchanged | Skipped:
        options = self.options
        tag = _Tag(
            str(response.headers.get("etag", "")),
            str(response.headers.get("last-modified", "")),
            target.lastmod,
            digest(response.body),
            links,
        )
        old = _Tag.loads(self.known.get(id, ""))
        if old and old.content == tag.content:
            return Unchanged(id)
        try:
            name = PurePosixPath(httpx.URL(response.url).path).name
            if html:
                parsed = html_to_markdown(html, response.url, whole_page=True)
            else:
                parsed = parse(response.body, name, response.media_type)
            title = parsed.title or _readable(response.url)
            updated = parsed.updated or _day(target.lastmod)
            scope = options.scope_of(id, parsed.fields)
            told, unread = parsed.text, parsed.unread
            return Document(id, options.name, title, told, response.url, scope, updated, tag.dumps(), unread)
        except (UnreadableDocument, ScopeError) as error:
            return Skipped(options.name, id, str(error), tag=tag.dumps())

    # What is given

    def _give(self, page: _Page) -> Iterator[Document | Unchanged | Skipped]:
        outcome, target = page.outcome, page.target
        if page.closed:
            self._note(f"Pages that robots.txt closes to {AGENT} were left out", target.id)
        self.complete &= page.complete
        if outcome is None:
            return
        if isinstance(outcome, Skipped) and page.failed and self._is_start(target):
            raise self._broken(outcome.reason)
        if isinstance(outcome, Skipped) and outcome.temporary:
            self._count(outcome)
        id = outcome.document if isinstance(outcome, Skipped) else outcome.id
        self.seen.add(id)  # where a redirect led
        if id in self.given:
            return
        if page.canonical and isinstance(outcome, Document):
            self.copies.setdefault(page.canonical, outcome)
            return
        self.given.add(id)
        yield outcome

    def _note(self, sentence: str, id: str) -> None:
        note = self.notes.setdefault(sentence, _Note(sentence, first=id))
        note.count += 1

    def _failed(self, id: str, failure: Failure) -> Skipped:
        return Skipped(self.options.name, id, str(failure), failure.temporary)

    def _count(self, failed: Skipped) -> None:
        """Raise SourceError where more fails than the error budget allows."""
        self.failures += 1
        if self.failures > self.options.error_budget:
            raise SourceError(
                f"The source “{self.options.name}” was given up after {self.failures} pages that could not be read;"
                f" the last: {failed.reason}",
                "Try again later, or raise its error_budget.",
            )

    def _broken(self, sentence: str, fix: str = "") -> SourceError:
        return SourceError(f"The source “{self.options.name}” cannot be read: {sentence}", fix)


@dataclass(frozen=True, slots=True)
class _Html:
    """What a page says to those who crawl it."""

    text: str
    links: tuple[str, ...] = ()
    canonical: str = ""
    refresh: str = ""
    """Where it sends its reader on at once."""
    index: bool = True
    follow: bool = True

    @classmethod
    def read(cls, response: Response) -> _Html:
        _, text = html_to_unicode(
            str(response.headers.get("content-type", "")), response.body, auto_detect_fun=_guessed_encoding
        )
        try:
            parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
            tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
        except (etree.ParserError, ValueError):
            return cls(text)
        base = urljoin(response.url, str(tree.xpath("string(//base/@href)")).strip() or response.url)

        def absolute(href: str) -> str:
            try:
                return urljoin(base, href.strip())
            except ValueError:
                return ""

        meta = [(one.get("name", "").lower(), one.get("http-equiv", "").lower(), one) for one in tree.iter("meta")]
        rules = [one.get("content", "") for name, _, one in meta if name in ("robots", AGENT.lower())]
        robots = {
            word.strip()
            for value in [*rules, *response.headers.get_list("x-robots-tag")]
            for word in value.lower().split(",")
        }
        sent_on = (_REFRESH.match(one.get("content", "")) for _, kind, one in meta if kind == "refresh")
        refresh = next((match[1] for match in sent_on if match), "")
        canonical = next(
            (one.get("href", "") for one in tree.iter("link") if one.get("rel", "").lower() == "canonical"), ""
        )
        hrefs = [
            one.get("href", "")
            for one in tree.iter("a", "area")
            if "nofollow" not in one.get("rel", "").lower().split()
        ]
        return cls(
            text,
            tuple(absolute(href) for href in hrefs if href and not href.startswith("#")),
            absolute(canonical) if canonical else "",
            absolute(refresh) if refresh else "",
            not robots & {"noindex", "none"},
            not robots & {"nofollow", "none"},
        )


_BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,32};)")
_REFRESH = re.compile(r"\s*[0-5](?:\.\d*)?\s*[;,]\s*url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)


class _Robots:
    """The robots.txt of each host, read once, as RFC 9309 has it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._rules: dict[str, Protego | Failure] = {}

    def allow(self, url: str) -> bool:
        """Whether `url` may be read. Raises Failure where its robots.txt cannot be, which forbids everything."""
        parts = httpx.URL(url)
        origin = f"{parts.scheme}://{parts.netloc.decode()}"
        with self._lock:
            if origin not in self._rules:
                self._rules[origin] = self._read(origin, parts.host)
        rules = self._rules[origin]
        if isinstance(rules, Failure):
            raise rules
        return bool(rules.can_fetch(url, AGENT))

    def _read(self, origin: str, host: str) -> Protego | Failure:
        try:
            response = self._client.fetch(f"{origin}/robots.txt")
        except Failure as failure:
            # One that is too large or redirects for ever is one that says nothing; any other may be there later.
            return failure if failure.temporary else Protego.parse("")
        if response.status >= 500:
            return Failure(
                f"{origin}/robots.txt answered {response.status}, which forbids to read the site.",
                "Try again later.",
                temporary=True,
                status=response.status,
            )
        body = response.body[:_MAX_ROBOTS].decode("utf-8", "replace") if response.status == 200 else ""
        rules = Protego.parse(body)
        if delay := rules.crawl_delay(AGENT):
            self._client.slow_down(host, min(float(delay), _MAX_CRAWL_DELAY))
        return rules


def _read_sitemap(response: Response) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the sitemaps that a sitemap lists, and its pages with what it says of their last change.

    Raises Failure for what is no sitemap.
    """
    wrong = Failure(f"The sitemap {response.url} cannot be read as XML.", "Mend it.", temporary=True)
    body = response.body
    if body[:2] == b"\x1f\x8b":
        unpacker = zlib.decompressobj(31)
        try:
            body = unpacker.decompress(body, _MAX_SITEMAP_BYTES)
        except zlib.error:
            raise wrong from None
        if not unpacker.eof:
            raise Failure(f"The sitemap {response.url} is cut off or too large.", "Split it.", temporary=True)
    if response.media_type == "text/plain" or PurePosixPath(httpx.URL(response.url).path).suffix == ".txt":
        lines = (line.strip() for line in body.decode("utf-8-sig", "replace").splitlines())
        return [], [(line, "") for line in lines if line]
    if b"<![CDATA[" not in body:
        body = _BARE_AMPERSAND.sub(b"&amp;", body)  # the parser would leave it out of the address
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(body.strip(), parser)
    except etree.XMLSyntaxError:
        raise wrong from None
    if root is None or etree.QName(root).localname not in ("urlset", "sitemapindex"):
        raise wrong
    if any(entry.type_name == "ERR_TAG_NOT_FINISHED" for entry in parser.error_log):
        raise Failure(f"The sitemap {response.url} breaks off before its end.", "Mend it.", temporary=True)
    told = [
        [str(one.findtext(f"{{*}}{name}") or "").strip() for name in ("loc", "lastmod")]
        for one in root.iterfind("{*}*")
    ]
    found = [(_joined(response.url, loc), lastmod) for loc, lastmod in told]
    found = [one for one in found if one[0]]
    if etree.QName(root).localname == "sitemapindex":
        return [loc for loc, _ in found], []
    return [], found


def _joined(base: str, address: str) -> str:
    """Return where an address of a sitemap leads, which should be absolute and is not always."""
    try:
        return urljoin(base, address) if address else ""
    except ValueError:
        return ""


def _is_page(response: Response) -> bool:
    return response.media_type in _HTML or (not response.media_type and response.body.lstrip()[:1] == b"<")


def _is_file(response: Response) -> bool:
    """Whether a response that is no page may hold a document, by its type or its name."""
    suffix = PurePosixPath(httpx.URL(response.url).path).suffix.lower()
    return suffix in SUFFIXES or mimetypes.guess_extension(response.media_type) in SUFFIXES


def _guessed_encoding(raw: bytes) -> str | None:
    """Return the character set of a page that does not say, or None."""
    best = from_bytes(raw[:100_000]).best()
    return best.encoding if best else None


def _readable(url: str) -> str:
    """Return a title made of a URL."""
    parts = httpx.URL(url)
    words = PurePosixPath(parts.path).stem.replace("-", " ").replace("_", " ").strip() or parts.host
    return words[:1].upper() + words[1:]


def _day(lastmod: str) -> date | None:
    try:
        return date.fromisoformat(lastmod[:10])
    except ValueError:
        return None
