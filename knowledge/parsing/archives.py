"""Office files are ZIP archives: whether one is whole, and harmless to unpack."""

from __future__ import annotations

import zipfile
from io import BytesIO

from knowledge.parsing.text import UnreadableDocument

_MAX_UNPACKED = 400_000_000
"""Bytes of XML in all; media beside it are never unpacked."""
_MAX_PART = 150_000_000
_MAX_RATIO = 400
"""Unpacked to packed, of a part above a million bytes; XML that people write comes to 50 at most."""
_MAX_MEMBERS = 20_000
_BLOCK = 1 << 20
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def archive_names(raw: bytes) -> set[str]:
    """Return the names of what an archive holds. Raises UnreadableDocument for a broken one."""
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            return set(archive.namelist())
    except Exception as error:  # a broken archive makes zipfile fail in a dozen ways
        raise _broken() from error


def check_archive(raw: bytes) -> None:
    """Raise UnreadableDocument for a broken office file and for a zip bomb.

    The size that a part declares may be a lie, so each is unpacked once without keeping it.
    """
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            members = archive.infolist()
            parts = [one for one in members if one.filename.lower().endswith((".xml", ".rels", ".vml"))]
            if len(members) > _MAX_MEMBERS or sum(part.file_size for part in parts) > _MAX_UNPACKED:
                raise _bomb()
            for part in parts:
                if part.flag_bits & 1:
                    raise UnreadableDocument("It is protected by a password.", "Save it without one.")
                most = min(_MAX_PART, max(1_000_000, _MAX_RATIO * part.compress_size))
                size = part.file_size
                with archive.open(part) as stream:
                    unpacked = 0
                    while size <= most and (block := stream.read(_BLOCK)):
                        unpacked += len(block)
                        size = max(size, unpacked)
                if size > most:
                    raise _bomb()
    except UnreadableDocument:
        raise
    except Exception as error:
        raise _broken() from error


def refuse_old(raw: bytes) -> None:
    """Raise UnreadableDocument: the file is encrypted, or of the time before office files were XML."""
    if _ENCRYPTED in raw:
        raise UnreadableDocument("It is protected by a password.", "Save it without one.")
    raise UnreadableDocument("It is an old office file (.doc, .xls or .ppt).", "Save it as .docx, .xlsx or .pptx.")


def _bomb() -> UnreadableDocument:
    return UnreadableDocument("It unpacks to far more than a document holds, as a zip bomb does.", "Save it anew.")


def _broken() -> UnreadableDocument:
    return UnreadableDocument("It is broken, or not what its name says.", "Open it in its program and save it anew.")
