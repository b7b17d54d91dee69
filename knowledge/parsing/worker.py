"""The process that parses one document after another for `knowledge.parsing.workers`, and can be killed."""

from __future__ import annotations

import json
import logging
import os
import struct
import sys
import warnings
from typing import Any, BinaryIO

from knowledge.errors import FrontdeskError
from knowledge.parsing.markdown import clean_title
from knowledge.parsing.text import MAX_DOCUMENT_BYTES, Parsed, UnreadableDocument, tidy

_LENGTH = struct.Struct("!Q")


def main() -> None:
    """Answer requests on standard input until it ends."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that a library prints may get between the replies
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(5000)
    _limit_memory(int(os.environ.get("FRONTDESK_WORKER_MEMORY", "0")))
    while (head := _frame(sys.stdin.buffer)) is not None:
        raw = _frame(sys.stdin.buffer)
        if raw is None:
            break
        reply = json.dumps(_reply(json.loads(head), raw)).encode()
        out.write(_LENGTH.pack(len(reply)) + reply)
        out.flush()


def _frame(stream: BinaryIO) -> bytes | None:
    length = stream.read(8)
    return stream.read(_LENGTH.unpack(length)[0]) if len(length) == 8 else None


def _reply(request: dict[str, Any], raw: bytes) -> dict[str, Any]:
    try:
        parsed = _parse(raw, **request)
    except FrontdeskError as error:
        return {"error": error.sentence, "fix": error.fix}
    except MemoryError:
        return {"error": "It needs more memory than one document may take.", "fix": "Split it."}
    except RecursionError:
        return {"error": "Its parts are nested too deep.", "fix": "Open it in its program and save it anew."}
    except Exception as error:
        # Libraries fail in their own ways on broken files; which one it was helps whoever mends the file.
        return {
            "error": f"It is broken, or not what its name says ({type(error).__name__}).",
            "fix": "Open it in its program and save it anew.",
        }
    return {
        "text": parsed.text,
        "title": clean_title(parsed.title),
        "fields": {str(key): str(value) for key, value in parsed.fields.items()},
        "updated": parsed.updated.isoformat() if parsed.updated else "",
        "unread": parsed.unread,
    }


def _parse(raw: bytes, kind: str, url: str = "", whole_page: bool = False) -> Parsed:
    if kind == "html":
        from knowledge.parsing.html import convert

        parsed = convert(raw.decode("utf-8", "replace"), url, whole_page)
    elif kind == "pdf":
        from knowledge.parsing.pdf import parse_pdf

        parsed = parse_pdf(raw)
    elif kind == "eml":
        from knowledge.parsing.mail import parse_mail

        parsed = parse_mail(raw)
    elif kind == "xlsx":
        from knowledge.parsing.workbook import parse_xlsx

        parsed = parse_xlsx(raw)
    else:
        from knowledge.parsing import office

        parsed = {"docx": office.parse_docx, "pptx": office.parse_pptx}[kind](raw)
    text = tidy(parsed.text.encode("utf-8", "replace").decode())
    if len(text.encode()) > MAX_DOCUMENT_BYTES:
        raise UnreadableDocument(
            f"It holds more than the {MAX_DOCUMENT_BYTES / 1e6:.0f} MB of text of one document.", "Split it."
        )
    return Parsed(text, parsed.title, parsed.fields, parsed.updated, parsed.unread)


def _limit_memory(more: int) -> None:
    """Let the process take `more` bytes beyond what it has now, where the system can limit it."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if more:
        import psutil

        limit = psutil.Process().memory_info().vms + more
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


if __name__ == "__main__":
    main()
