"""Mails (.eml) to Markdown."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime
from typing import Any

from knowledge.parsing.html import convert
from knowledge.parsing.text import Parsed, UnreadableDocument, decode, decode_html, tidy

_MAX_DEPTH = 5
_MAX_PARTS = 200
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
    return Parsed(tidy("\n\n".join(parts)), title, fields, updated)


def _texts(message: Message, left: list[int], depth: int = 0) -> list[str]:
    """Return the readable parts: of alternatives one, plain before HTML unless the plain one is a mere stub."""
    left[0] -= 1
    if depth > _MAX_DEPTH or left[0] < 0:
        return []
    kind = message.get_content_type()
    if kind == "message/rfc822":
        inner = message.get_payload()
        below = inner[0] if isinstance(inner, list) and inner else None
        if below is None:
            return []
        subject = _header(below, "subject")
        return ([f"## {subject}"] if subject else []) + _texts(below, left, depth + 1)
    if message.get_content_disposition() == "attachment":
        return []
    if message.is_multipart():
        parts = [part for part in message.get_payload() if isinstance(part, Message)]
        found = [(part.get_content_type(), _texts(part, left, depth + 1)) for part in parts[:_MAX_PARTS]]
        if kind == "multipart/alternative":
            plain = next((texts for type, texts in found if type == "text/plain" and any(texts)), None)
            rich = next((texts for type, texts in found if type != "text/plain" and any(texts)), None)
            if rich and (
                not plain or sum(map(len, plain)) < 0.5 * sum(map(len, rich)) or any("|" in one for one in rich)
            ):
                return rich
            return plain or rich or []
        return [text for _, texts in found for text in texts]
    if kind not in ("text/plain", "text/html"):
        return []
    payload = message.get_payload(decode=True)
    return (
        [_html(message, payload) if kind == "text/html" else _plain(message, payload)]
        if isinstance(payload, bytes) and payload
        else []
    )


def _plain(message: Message, payload: bytes) -> str:
    try:
        text = payload.decode(str(message.get_content_charset() or "utf-8")).replace("\r\n", "\n")
    except (LookupError, UnicodeDecodeError):
        text = decode(payload)
    return _SIGNATURE.sub("", _QUOTED.sub(_unquoted, text))


def _unquoted(found: re.Match[str]) -> str:
    return "\n" + "\n".join(line.lstrip("> ") for line in found[0].split("\n")) + "\n"


def _html(message: Message, payload: bytes) -> str:
    text = decode_html(payload, str(message.get_content_charset() or ""))
    try:
        return convert(text if text is not None else decode(payload)).text
    except UnreadableDocument:
        return ""


def _header(message: Message | EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name) or "").encode("utf-8", "replace").decode().split())
    except Exception:  # the header parser fails in many ways on broken headers
        return ""
