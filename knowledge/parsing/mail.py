"""Mails (.eml) to Markdown."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime
from typing import Any

from knowledge.documents import unix_lines
from knowledge.parsing.html import convert
from knowledge.parsing.text import Parsed, UnreadableDocument, decode, decode_html, tidy

_MAX_DEPTH = 5
_MAX_PARTS = 200
_NAMED = 10
"""Attachments that are named."""
_READ = {"text/plain", "text/html"}
_NO_TEXT = re.compile("image/|message/|multipart/|application/(?:x-)?(?:pkcs7|pgp)-(?:signature|keys)")
_QUOTED = re.compile(r"(?:^>.*\n?)+", re.MULTILINE)
_SIGNATURE = re.compile(r"^-- \n[\s\S]{0,1500}\Z", re.MULTILINE)
_REPLY_PREFIX = re.compile(r"^(?:\s*(?:re|fwd?|aw|wg|tr|rv)\s*:)+\s*", re.IGNORECASE)


def parse_mail(raw: bytes) -> Parsed:
    """Return the words of a mail and of the mails in it as Markdown, its subject as title; attachments are left out.

    Quoted text of the mail answered is kept: it is often the question.
    """
    message = email.message_from_bytes(raw, policy=email.policy.default)
    if not message.keys() or not any(
        name in message for name in ("from", "date", "subject", "received", "mime-version")
    ):
        raise UnreadableDocument("It is no mail: it has no headers.")
    title = _REPLY_PREFIX.sub("", _header(message, "subject"))
    parts = [part for part in _texts(message, [_MAX_PARTS]) if part.strip()]
    if not parts:
        raise UnreadableDocument("It has no text.", "If the policy is attached, give the attachment itself.")
    fields: dict[str, Any] = {"title": title}
    updated = None
    try:
        updated = parsedate_to_datetime(_header(message, "date")).date()
        fields["date"] = updated.isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        pass
    return Parsed(tidy("\n\n".join(parts)), title, fields, updated, _unread(message))


def _unread(message: Message) -> str:
    """Return a sentence on what is attached to a mail and not read, pictures and signatures aside, or nothing."""
    names = [
        " ".join(str(part.get_filename()).split())
        for part in message.walk()
        # Apple Mail shows files within the text, as it does with pieces of text, which are read.
        if (part.get_content_disposition() == "attachment" or part.get_content_type() not in _READ)
        and not _NO_TEXT.match(part.get_content_type())
        and part.get_filename()
    ]
    if not names:
        return ""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    named = ", ".join(names[:_NAMED]) + more
    return f"Its attachments are left out: {named}. Put them beside it if they are to be told."


def _texts(message: Message, left: list[int], depth: int = 0) -> list[str]:
    """Return the readable parts; `left` is a list of one number: how many parts may still be read."""
    left[0] -= 1
    if depth > _MAX_DEPTH or left[0] < 0:
        return []
    kind = message.get_content_type()
    payload = message.get_payload()
    parts = [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []
    if kind == "message/rfc822":
        texts = _texts(parts[0], left, depth + 1) if parts else []
        subject = _header(parts[0], "subject") if parts else ""
        return [f"## {subject}", *texts] if subject else texts
    if message.get_content_disposition() == "attachment":
        return []
    if parts:
        found = [(part.get_content_type(), _texts(part, left, depth + 1)) for part in parts[:_MAX_PARTS]]
        return _alternative(found) if kind == "multipart/alternative" else [one for _, texts in found for one in texts]
    body = message.get_payload(decode=True)
    if not isinstance(body, bytes) or not body:
        return []
    return {"text/plain": lambda: [_plain(message, body)], "text/html": lambda: [_html(message, body)]}.get(
        kind, list
    )()


def _alternative(found: list[tuple[str, list[str]]]) -> list[str]:
    """Return the plain text, or the HTML where the plain text is a mere stub or has lost tables."""
    plain = next((texts for kind, texts in found if kind == "text/plain" and any(texts)), [])
    rich = next((texts for kind, texts in found if kind != "text/plain" and any(texts)), [])
    if rich and (sum(map(len, plain)) < 0.5 * sum(map(len, rich)) or any("| --- |" in one for one in rich)):
        return rich
    return plain or rich


def _plain(message: Message, payload: bytes) -> str:
    try:
        text = unix_lines(payload.decode(str(message.get_content_charset() or "utf-8")))
    except (LookupError, UnicodeDecodeError):
        text, _ = decode(payload)
    return _SIGNATURE.sub("", _QUOTED.sub(_unquoted, text))


def _unquoted(found: re.Match[str]) -> str:
    return "\n" + "\n".join(line.lstrip("> ") for line in found[0].split("\n")) + "\n"


def _html(message: Message, payload: bytes) -> str:
    text = decode_html(payload, str(message.get_content_charset() or ""))
    try:
        return convert(text if text is not None else decode(payload)[0]).text
    except UnreadableDocument:
        return ""


def _header(message: Message | EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name) or "").encode("utf-8", "replace").decode().split())
    except Exception:  # the header parser fails in many ways on broken headers
        return ""
