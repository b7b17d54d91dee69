"""Server-sent events, as the WHATWG HTML standard defines them, from bytes as they come."""

from __future__ import annotations

MAX_EVENT_BYTES = 2**20


class EventTooLong(ValueError):
    """A line or an event does not end."""


class EventReader:
    """Gives the data of each event as soon as it is whole; comments and other fields are passed over."""

    def __init__(self, limit: int = MAX_EVENT_BYTES) -> None:
        self._limit = limit
        self._held = bytearray()
        self._data: list[bytes] = []

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the data of the events that `chunk` completes, the lines of each joined by a newline.

        Raises EventTooLong where a line or an event grows above the limit.
        """
        self._held += chunk
        # Lines end in a line feed, a carriage return or both; after a carriage return a line feed may still come.
        until = len(self._held) - self._held.endswith(b"\r")
        *lines, rest = bytes(self._held[:until]).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._held[:until] = rest
        found = [data for line in lines if (data := self._line(line)) is not None]
        if len(self._held) + sum(map(len, self._data)) > self._limit:
            raise EventTooLong(f"an event is longer than {self._limit} bytes")
        return found

    def end(self) -> list[bytes]:
        """Return the data of an event that the end of the stream leaves open: some servers forget the empty line."""
        return [data for line in (bytes(self._held.rstrip(b"\r")), b"") if (data := self._line(line)) is not None]

    def _line(self, line: bytes) -> bytes | None:
        if line:
            name, _, value = line.partition(b":")
            if name == b"data":
                self._data.append(value.removeprefix(b" "))
            return None
        data, self._data = self._data, []
        return b"\n".join(data) if data else None
