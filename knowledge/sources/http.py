"""One polite HTTP client for every source on the web.

It reads whole responses and nothing else: within a time and a size, a few at a time, never from an
address inside the network unless that is allowed, and with credentials for the source's own host only.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import httpcore
import httpx
from pydantic import Field

from knowledge.backoff import backoff, retry_after
from knowledge.errors import FrontdeskError
from knowledge.sources import SourceError, SourceOptions
from knowledge.sources.secrets import redacted, secrets_of

AGENT = "Frontdesk"
"""The name that a robots.txt may address."""
CONNECTIONS = 4
"""Requests under way at once, over all hosts of a source."""

_RETRIED = {408, 425, 429, 500, 502, 503, 504}
_REDIRECTS = {301, 302, 303, 307, 308}
_MAX_REDIRECTS = 10
_CONNECT_SECONDS = 10.0
_SILENCE_SECONDS = 20.0

# Its debug lines show the headers of responses, with whatever cookies and keys are in them.
logging.getLogger("httpcore").setLevel(logging.INFO)


class HttpOptions(SourceOptions):
    """What every source on the web may be told about how it is read."""

    allow_private: bool = False
    """Whether addresses inside the network (loopback, 10.…, 192.168.…, link-local) may be read."""
    delay: float = Field(0.1, ge=0, le=60)
    """Seconds between two requests to one host; a longer Crawl-delay or Retry-After wins."""
    timeout: float = Field(60, gt=0, le=3600)
    """Seconds that one document may take."""
    max_bytes: int = Field(20_000_000, gt=0)
    """Size of one response, unpacked."""
    retries: int = Field(4, ge=0, le=10)
    """Times that a request is made again after a dropped connection, a 429 or a 5xx."""
    max_wait: float = Field(120, ge=0)
    """Seconds; a server that asks for a longer wait (Retry-After) is left for the next time."""


def check_web_address(value: str) -> str:
    """Return a URL of the web as it is. Raises ValueError for anything else, and for one with a password in it."""
    if "${" in value:
        return value  # its variables are not filled in yet
    try:
        url = httpx.URL(value)
    except httpx.InvalidURL:
        raise ValueError("that is no URL") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("a URL begins with https:// or http:// and names a host")
    if url.userinfo:
        raise ValueError("a user name or password does not belong into a URL; send it by headers or auth")
    return value


class Failure(FrontdeskError):
    """A URL that could not be read. Its message names the URL and never holds a credential."""

    def __init__(self, message: str, fix: str = "", *, temporary: bool, status: int = 0) -> None:
        super().__init__(message, fix)
        self.temporary = temporary
        """Whether it may go well the next time."""
        self.status = status
        """The HTTP status that was the last word, or 0 where there was none."""


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response, whatever its status."""

    url: str
    """Where it came from, after redirects."""
    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def media_type(self) -> str:
        """The type of the Content-Type header without its parameters, in lower case; empty where there is none."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The character set of the Content-Type header, or an empty string."""
        message = Message()
        message["content-type"] = str(self.headers.get("content-type", ""))
        return str(message.get_param("charset") or "")

    def json(self) -> Any:
        """Return the body as JSON. Raises Failure for one that is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            kind = self.media_type or "something"
            raise Failure(
                f"{self.url} answered with {kind} that is not JSON.",
                "Check the address; a login page often looks so.",
                temporary=True,
                status=self.status,
            ) from None


class Client:
    """Reads URLs over pooled connections; may be used from several threads at once."""

    def __init__(
        self,
        options: HttpOptions,
        home: str,
        *,
        credentials: Mapping[str, str] | None = None,
        secret_params: Mapping[str, str] | None = None,
        secrets: Iterable[str] = (),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`credentials` (headers) and `secret_params` (of the query) go to the host of `home` alone.

        They and `secrets` are blotted out of every message. `sleep` is how it waits.
        """
        self._options = options
        self._home = httpx.URL(home)
        self.credentials = dict(credentials or {})
        self._secret_params = dict(secret_params or {})
        self._secrets = {*secrets, *secrets_of(self.credentials), *self._secret_params.values()}
        # A token may come back without the word before it, as in "Bearer …".
        self._secrets |= {one.rpartition(" ")[2] for one in self._secrets}
        self._closed = False
        self._sleep = sleep
        self._turns = threading.Lock()
        self._next_turn: dict[str, float] = {}
        self._delays: dict[str, float] = {}
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=2 * CONNECTIONS,
            keepalive_expiry=15,
            network_backend=_Network(options.allow_private),
        )
        self._agent = f"{AGENT}/{_own_version()} (reads documents for a support bot)"

    def close(self) -> None:
        """Close the connections; requests under way in other threads fail."""
        self._closed = True
        self._pool.close()

    def authorize(self, credentials: Mapping[str, str]) -> None:
        """Send these headers to the host of `home` from now on."""
        self.credentials |= credentials
        self._secrets |= {one.rpartition(" ")[2] for one in credentials.values()}

    def slow_down(self, host: str, seconds: float) -> None:
        """Leave at least `seconds` between two requests to `host` from now on."""
        self._delays[host] = max(seconds, self._options.delay)

    def redact(self, text: str) -> str:
        """Return `text` without any credential."""
        return redacted(text, self._secrets)

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        follow: Callable[[str], bool] = lambda _: True,
    ) -> Response:
        """Return the response for `url`, of any status that is final.

        A redirect to where `follow` says no is returned as it is. Raises Failure where there is no
        whole response in the time and size allowed, after the retries that the options grant.
        """
        passed = [url]
        while True:
            response = self._fetch_with_retries(passed[-1], method, headers or {}, content)
            target = _location(response)
            if target is None or not follow(target):
                return response
            if target in passed or len(passed) > _MAX_REDIRECTS:
                way = " → ".join([*passed, target][:4])
                raise self._failure(f"{url} redirects for ever ({way} …)", "Mend the redirect on the site.", False)
            passed.append(target)
            if response.status == 303:
                method, content = "GET", b""

    def _fetch_with_retries(self, url: str, method: str, headers: Mapping[str, str], content: bytes) -> Response:
        for attempt in range(self._options.retries + 1):
            last = attempt == self._options.retries
            try:
                response = self._fetch_once(url, method, headers, content)
            except Failure as failure:
                if last or self._closed or not failure.temporary:
                    raise
                self._sleep(backoff(attempt))
                continue
            if response.status not in _RETRIED:
                return response
            asked = retry_after(str(response.headers.get("retry-after", "")))
            if last or self._closed or (asked or 0) > self._options.max_wait:
                wait = f" and asks to come back in {asked:.0f} s" if asked else ""
                raise self._failure(
                    f"{url} answered {_status(response.status)}{wait}", "Try again later.", True, response.status
                )
            if asked or response.status in (429, 503):
                self._hold_back(url, max(asked or 0, backoff(attempt)))
            else:
                self._sleep(backoff(attempt))
        raise AssertionError("the last attempt returns or raises")

    def _hold_back(self, url: str, seconds: float) -> None:
        """Let no thread ask the host of `url` for `seconds`."""
        host = httpx.URL(url).host
        with self._turns:
            self._next_turn[host] = max(self._next_turn.get(host, 0), time.monotonic() + seconds)

    def _take_turn(self, host: str) -> None:
        with self._turns:
            now = time.monotonic()
            turn = max(now, self._next_turn.get(host, 0))
            self._next_turn[host] = turn + self._delays.get(host, self._options.delay)
        if turn > now:
            self._sleep(turn - now)

    def _fetch_once(self, url: str, method: str, headers: Mapping[str, str], content: bytes) -> Response:
        try:
            target = httpx.URL(url)
        except httpx.InvalidURL:
            raise self._failure(f"{url} is no URL", "Mend the link.", False) from None
        if target.scheme not in ("http", "https") or not target.host:
            raise self._failure(f"{url} is no address of the web", "Only http and https are read.", False)
        sent = {
            "User-Agent": self._agent,
            "Accept": "*/*",
            "Accept-Encoding": "gzip",
            **headers,
        }
        address = target
        if self._is_home(target):
            sent |= self.credentials
            if self._secret_params:
                address = target.copy_merge_params(self._secret_params)
        self._take_turn(target.host)
        _until.set(time.monotonic() + self._options.timeout)
        try:
            with self._pool.stream(
                method.encode(),
                httpcore.URL(
                    scheme=address.raw_scheme, host=address.raw_host, port=address.port, target=address.raw_path
                ),
                headers=[(b"Host", address.netloc), *((k.encode(), v.encode()) for k, v in sent.items())],
                content=content or None,
                extensions={
                    "timeout": {
                        "connect": _CONNECT_SECONDS,
                        "read": _SILENCE_SECONDS,
                        "write": _SILENCE_SECONDS,
                        "pool": self._options.timeout,
                    }
                },
            ) as raw:
                answered = httpx.Headers(raw.headers)
                return Response(url, raw.status, answered, self._body(url, raw, answered))
        except PrivateAddressError as error:
            raise self._failure(
                f"{url} leads to {error}, an address inside the network",
                "If that is meant, set allow_private = true in its [[knowledge.sources]] block.",
                False,
            ) from None
        except (_OutOfTime, httpcore.TimeoutException, TimeoutError):
            limits = f"{self._options.timeout:g} s for all of it, {_SILENCE_SECONDS:g} s without a word"
            raise self._failure(
                f"{url} was not read in time ({limits})",
                "Check that the server is up, or raise timeout.",
                True,
            ) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            why = str(error) or "the connection was closed"
            raise self._failure(
                f"{url} could not be read: {why}", "Check the address and that the server is up.", True
            ) from None
        except (ValueError, UnicodeError, httpcore.UnsupportedProtocol) as error:
            raise self._failure(f"{url} cannot be asked for: {error}", "Mend the address.", False) from None

    def _body(self, url: str, raw: httpcore.Response, headers: httpx.Headers) -> bytes:
        limit = self._options.max_bytes
        encoding = str(headers.get("content-encoding", "identity")).strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise self._failure(f"{url} is packed as {encoding}, which was not asked for", "Mend the server.", False)
        unpacker = zlib.decompressobj(31) if "gzip" in encoding else None
        body, came = bytearray(), 0
        declared = str(headers.get("content-length", ""))
        too_large = unpacker is None and declared.isdigit() and int(declared) > limit
        try:
            for chunk in () if too_large else raw.iter_stream():
                came += len(chunk)
                # One byte above the limit is enough to know, however far a bomb would grow.
                body += unpacker.decompress(chunk, limit + 1 - len(body)) if unpacker else chunk
                if len(body) > limit:
                    too_large = True
                    break
        except zlib.error as error:
            raise self._failure(f"{url} is packed wrongly ({error})", "Try again later.", True) from None
        if too_large:
            raise self._failure(
                f"{url} holds more than {limit / 1e6:g} MB, or does not end",
                "Split it, exclude it, or raise max_bytes.",
                False,
            )
        if unpacker and came and not unpacker.eof:
            raise self._failure(f"{url} broke off before its end", "Try again later.", True)
        return bytes(body)

    def _is_home(self, url: httpx.URL) -> bool:
        """Whether credentials may go there: the same origin, or its upgrade from http to https."""
        mine, theirs = ((u.scheme, u.host, u.port or _PORTS[u.scheme]) for u in (self._home, url))
        return mine == theirs or (mine[1] == theirs[1] and mine[::2] == ("http", 80) and theirs[::2] == ("https", 443))

    def _failure(self, message: str, fix: str, temporary: bool, status: int = 0) -> Failure:
        return Failure(self.redact(message) + ".", fix, temporary=temporary, status=status)


def refused(options: SourceOptions, response: Response) -> SourceError:
    """Return the error for a server that answered 401 or 403 to the credentials of a source."""
    held = " and ".join(options.variables)
    return SourceError(
        f"The source “{options.name}” is refused by {httpx.URL(response.url).host}: {_status(response.status)}.",
        f"Renew {held}, or grant it the right to read." if held else "Give it credentials that may read.",
    )


class PrivateAddressError(Exception):
    """A name that leads to no public address; its text is the address."""


class _OutOfTime(Exception):
    """The document has taken all the time that it may take."""


class _Deadline(threading.local):
    """When the request of this thread must be done, so that a slow drip of bytes cannot hold it for ever."""

    def __init__(self) -> None:
        self.at = float("inf")

    def set(self, at: float) -> None:
        self.at = at

    def left(self, timeout: float | None) -> float:
        rest = self.at - time.monotonic()
        if rest <= 0:
            raise _OutOfTime
        return rest if timeout is None else min(rest, timeout)


_until = _Deadline()
_PORTS = {"http": 80, "https": 443}


class _Network(httpcore.NetworkBackend):
    """Connects to the very addresses that were looked at, so that no second look-up can lead elsewhere."""

    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name {host} is not known ({error})") from None
        addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
        allowed = [one for one in addresses if self._allow_private or is_public(one)]
        if not allowed:
            raise PrivateAddressError(addresses[0])
        for address in allowed[:-1]:
            try:
                return self._connect(address, port, timeout, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(allowed[-1], port, timeout, socket_options)

    def _connect(
        self, address: str, port: int, timeout: float | None, options: Iterable[httpcore.SOCKET_OPTION] | None
    ) -> httpcore.NetworkStream:
        return _Stream(self._sockets.connect_tcp(address, port, _until.left(timeout), socket_options=options))


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _until.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _until.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _until.left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, looking through IPv6 forms that carry an IPv4 one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)))
        if inner := ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1]):
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _location(response: Response) -> str | None:
    """Return where a redirect leads, without any user name or fragment in it; None for what is no redirect."""
    raw = str(response.headers.get("location", ""))
    if response.status not in _REDIRECTS or not raw:
        return None
    try:
        return str(httpx.URL(response.url).join(raw).copy_with(userinfo=b"", fragment=None))
    except (httpx.InvalidURL, ValueError):
        raise Failure(
            f"{response.url} redirects to what is no URL.",
            "Mend the redirect on the site.",
            temporary=False,
            status=response.status,
        ) from None


def _status(status: int) -> str:
    return f"{status} {httpx.codes.get_reason_phrase(status)}".strip()


def _own_version() -> str:
    try:
        return version("frontdesk")
    except PackageNotFoundError:
        return "dev"
