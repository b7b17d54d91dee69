"""What an office file says of itself: its title, its day, its address and its scope."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Any

from lxml import etree

from knowledge.documents import scope_key
from knowledge.parsing.text import Parsed, UnreadableDocument, day_of

_CORE = "docProps/core.xml"
_CUSTOM = "docProps/custom.xml"


def _properties(raw: bytes) -> dict[str, Any]:
    """Return title, day of the last change and what custom properties say about url and scope."""
    fields: dict[str, Any] = {}
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        names = set(archive.namelist())
        for part in (_CORE, _CUSTOM):
            if part not in names:
                continue
            try:
                root = xml_of(archive.read(part))
            except etree.XMLSyntaxError:
                continue
            for element in root:
                name = str(element.get("name") or etree.QName(element).localname).strip()
                value = " ".join("".join(map(str, element.itertext())).split())
                if value and name.lower() in ("title", "modified", *(["url"] if part == _CUSTOM else [])):
                    fields[name.lower()] = value
                elif value and part == _CUSTOM and scope_key(name):
                    fields[name] = value
    return fields


def with_properties(raw: bytes, text: str, first_title: str = "", unread: str = "") -> Parsed:
    """Return what was read of an office file, with what its properties say. Raises UnreadableDocument without text."""
    if not text.strip():
        raise UnreadableDocument("It has no text.")
    fields = _properties(raw)
    return Parsed(text, _title(str(fields.get("title", ""))) or first_title, fields, day_of(fields), unread)


def _title(title: str) -> str:
    """Return a title from a document's properties, unless it is one that programs fill in."""
    if re.fullmatch(
        r"(?:untitled.*|(?:document|presentation|book|slide)\s?\d*|powerpoint presentation|microsoft \w+ - .*)",
        title,
        re.IGNORECASE,
    ):
        return ""
    return "" if re.search(r"\.\w{3,4}$", title) else title


def xml_of(part: bytes) -> Any:
    """Return the root of an XML part, from which no other file or address is reached."""
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
