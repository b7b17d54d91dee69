"""What stands in angle brackets: an HTML tag, or words that are to be replaced."""

from __future__ import annotations

import re
from collections.abc import Container

ELEMENTS = {
    *("a", "abbr", "acronym", "address", "article", "aside", "b", "big", "blockquote", "br", "button", "caption"),
    *("center", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "fieldset"),
    *("figcaption", "figure", "font", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i"),
    *("iframe", "img", "input", "ins", "kbd", "label", "legend", "li", "link", "main", "mark", "meta", "nav", "nobr"),
    *("ol", "p", "picture", "pre", "q", "s", "samp", "script", "section", "select", "small", "source", "span"),
    *("strike", "strong", "style", "sub", "summary", "sup", "svg", "table", "tbody", "td", "tfoot", "th", "thead"),
    *("time", "tr", "tt", "u", "ul", "var", "video", "wbr"),
}
"""Those that pages hold."""
_WORDS = {"address", "button", "caption", "code", "font", "input", "label", "legend", "link", "mark", "source", "time"}
"""Those of them that alone, without attributes or an end, are words to be replaced: "Enter <code>"."""
_TAG = re.compile(
    r"(?P<close>/?)(?P<name>[a-z][\w:-]*)(?P<rest>\s[^=]*=.*|"
    r"(?:\s+(?:async|autoplay|checked|controls|defer|disabled|hidden|loop|muted|open))*\s*/?)",
    re.IGNORECASE | re.DOTALL,
)


def is_tag(inside: str, closed: Container[str]) -> bool:
    """Whether what stands in angle brackets is a tag rather than words to be replaced ("<time of day>").

    Elements named `closed` (in lower case) have an end in the text.
    """
    tag = _TAG.fullmatch(inside)
    if tag is None:
        return False
    name = tag["name"].lower()
    known = name in ELEMENTS and (bool(tag["rest"]) or name not in _WORDS)
    return bool(tag["close"]) or known or name in closed
