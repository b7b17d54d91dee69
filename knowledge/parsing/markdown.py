"""Markdown as people keep it in repositories and systems: template tags, inline HTML, redirects."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from knowledge.elements import ELEMENTS, is_tag
from knowledge.parsing.superscripts import raised
from knowledge.parsing.text import UnreadableDocument, tidy

# Each pattern stops at what might begin another match, so that a page of a million opening braces takes no longer
# than any other.
_CODE = re.compile(
    r"^[ \t]*(?P<fence>`{3,}+(?=[^`\n]*\n)|~{3,}+)[^\n]*+\n[\s\S]*?(?:^[ \t]*(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(?P<ticks>`{1,3}+)(?!`)[^\n]{1,300}?(?<!`)(?P=ticks)(?!`)",
    re.MULTILINE,
)
_STASHED = re.compile("\ue000([0-9]+)\ue001")
_COMMENT = r"<!--(?:[^<-]|-(?!->)|<(?!!--))*-->"
_TAG = r"\{%(?:[^{%]|%(?!\})|\{(?!%)){0,2000}%\}"
_OUTPUT = r"\{\{(?:[^{}]|\}(?!\})|\{(?!\{)){0,2000}\}\}"
_SERVER = r"<%(?:[^<%]|%(?!>)|<(?!%)){0,2000}%>"
_TEMPLATED = f"(?:{_TAG}|{_OUTPUT}|{_SERVER})"
_ATTRIBUTES = r"(?:(?<=\S)|^)[ \t]*\{(?::|[#.][\w-])[^{}\n]{0,300}\}"
_VALUE = r"""(?:"[^"\n]{0,300}"|'[^'\n]{0,300}'|[^\s\]"']{1,300})"""
_SHORTCODE = (
    rf"(?<!\\)\[/?[a-z][\w-]{{1,40}}(?:[ \t]+[\w-]{{1,40}}={_VALUE}){{1,20}}[ \t]*/?\](?![(\[:])"
    r"|\[/[a-z][\w-]{1,40}\](?![(\[:])|\[(?:gallery|toc|embed|caption|contents)\](?![(\[:])|\[\[_TOC_\]\]"
)
_template_tags = re.compile(f"{_COMMENT}|(?P<tag>{_TAG})|{_OUTPUT}|{_SERVER}")
_markup = re.compile(f"{_ATTRIBUTES}|{_SHORTCODE}", re.MULTILINE)
_hidden = re.compile(
    r"\{%-?\s*comment\s*-?%\}(?:[^{]|\{(?!%-?\s*(?:end)?comment))*\{%-?\s*endcomment\s*-?%\}"
    r"|<(?P<element>style|script|svg|template|iframe|del|strike|s)\b(?:[^<]|<(?!/?(?P=element)\b))*</(?P=element)\s*>"
    r"|<(?P<unseen>div|p|section|span)\b"
    r"(?=[^<>]*\s(?:hidden(?=[\s>/])|style\s*=\s*[\"'][^\"'<>]*display\s*:\s*none))[^<>]*>"
    r"(?:[^<]|<(?!/?(?P=unseen)\b))*</(?P=unseen)\s*>",
    re.IGNORECASE,
)
# A link whose target is left to a template cannot be followed; its words stay.
_templated_link = re.compile(
    rf"(?P<image>!?)\[(?P<text>[^\[\]]{{0,500}})\]\(\s*<?[^()\s{{<]{{0,300}}{_TEMPLATED}[^()\n]{{0,300}}\)"
)
_TITLE = r"""(?:"[^"\n]*"|'[^'\n]*'|\([^()\n]*\))"""
_definition = re.compile(
    r"^ {0,3}\[(?P<label>[^\[\]^\n][^\[\]\n]{0,200})\]:[ \t]*\n?[ \t]*"
    rf"(?:<(?P<angle>[^<>\n]{{0,2000}})>|(?P<target>{_TEMPLATED}\S{{0,300}}|[^\s<]\S{{0,2000}}))"
    rf"(?:[ \t]+{_TITLE})?[ \t]*$",
    re.MULTILINE,
)
_reference = re.compile(r"(?<!\\)\[(?P<text>[^\[\]]{1,500})\](?:\[(?P<label>[^\[\]]{0,200})\]|(?![(:\[]))")
_quoted = re.compile(r"\"([^\"\n]{0,300})\"|'([^'\n]{0,300})'")
_tag_name = re.compile(r"\{%-?\s*([\w-]+)")
_SILENT_TAGS = {
    *("include", "include_relative", "includerelative", "render", "import", "from", "extends", "layout", "block"),
    *("set", "assign", "if", "elsif", "elif", "unless", "ifversion", "for", "case", "when", "raw", "page", "link"),
    *("post_url", "url", "static", "load", "asset", "highlight", "image", "image_with_class", "figure", "partial"),
    *("with", "css", "js", "video", "embed", "data", "capture", "macro", "call", "tab", "code", "codeblock"),
}
_BREAKING = {
    *("address", "article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt", "figcaption"),
    *("figure", "footer", "form", "header", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul"),
}
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "code": "`", "kbd": "`"}
_linked = re.compile(r"!?\[(?P<text>[^\[\]]{0,500})\]\([^()\n]{0,1000}\)")
_element = re.compile(r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<attributes>\s[^<>]*)?/?>")
_section_tag = re.compile(r"<(?P<close>/?)(?P<name>table|ul|ol|dl)\b[^<>]*>", re.IGNORECASE)
_anchor = re.compile(r"<a\b(?P<attributes>[^<>]*)>(?P<text>(?:[^<]|<(?!/?a\b)){0,2000})</a\s*>", re.IGNORECASE)
_href = re.compile(r"href\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_heading = re.compile(
    r"<h(?P<level>[1-6])\b[^<>]*>(?P<text>(?:[^<]|<(?!/?h[1-6]\b)){0,1000})</h(?P=level)\s*>", re.IGNORECASE
)
_summary = re.compile(r"<summary\b[^<>]*>(?P<text>(?:[^<]|<(?!/?summary\b)){0,1000})</summary\s*>", re.IGNORECASE)
_superscript = re.compile(r"<sup\b[^<>]*>(?P<text>[^<>]{0,100})</sup\s*>", re.IGNORECASE)
_struck = re.compile(
    r"(?P<item>^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?<![~\\])~~(?=[^\s~])(?:[^~\n]|\n(?![ \t]*\n)){1,1000}~~(?!~)"
    r"(?(item)[ \t]*$\n?)",
    re.MULTILINE,
)
_footnote = re.compile(r"^ {0,3}\[\^[^\[\]\s]{1,40}\]:[ \t]*|(?<!\\)\[\^[^\[\]\s]{1,40}\](?![(:])", re.MULTILINE)
_alt = re.compile(r"alt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_entity = re.compile(r"&(?:[a-zA-Z]{2,20}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_REDIRECT_KEYS = ("redirect_to", "redirect_url", "redirect")
_moved = re.compile(
    r"\b(?:this|the|our)\s+(?:\w+\s+){0,3}?(?:page|content|document|article|policy|section|guide)\s+"
    r"(?:has\s+been|has|have|was|is|now)\s+(?:now\s+|permanently\s+)?(?:moved|relocated|merged|redirected|lives?\b)",
    re.IGNORECASE,
)
_missing = re.compile(
    r"\bpage\s+(?:was\s+|could\s+)?not\s+(?:be\s+)?found\b|\b404\b.{0,40}\bnot\s+found\b", re.IGNORECASE
)
_MOST_OF_A_STUB = 300


def clean_markdown(text: str, html_to_markdown: Callable[[str], str]) -> str:
    """Return Markdown that holds only what readers see: no template tags, comments or inline HTML.

    Code stays as it is. `html_to_markdown` converts the tables and lists that stand in it as HTML.
    """
    code: list[str] = []

    def stash(found: re.Match[str]) -> str:
        code.append(found[0])
        return f"\ue000{len(code) - 1}\ue001"

    text = _CODE.sub(stash, text.replace("\ue000", "").replace("\ue001", ""))
    text = _hidden.sub("", text)
    text = _templated_link.sub(lambda found: "" if found["image"] else str(found["text"]), text)
    text = _with_references(text) if "]:" in text else text
    text = _struck.sub("", _footnote.sub("", text))
    text = _markup.sub("", _template_tags.sub(_visible_words, text))
    text = _without_html(text, html_to_markdown) if "<" in text else text
    text = _entity.sub(lambda found: html.unescape(found[0]), text)
    return _STASHED.sub(lambda found: str(code[int(found[1])]), tidy(text))


def clean_title(title: str) -> str:
    """Return a title as one line of plain words: no markup, template tags or links."""
    title = _template_tags.sub(_visible_words, title)
    title = _without_elements(title, lambda _: "")
    title = _linked.sub(lambda found: str(found["text"]), html.unescape(title))
    return " ".join(title.replace("**", "").replace("`", "").split())


def clean_html(text: str) -> str:
    """Return HTML as it is kept in a repository without the tags of its templates."""
    return _template_tags.sub(_visible_words, text)


def refuse_redirects(text: str, fields: Mapping[str, Any]) -> None:
    """Raise UnreadableDocument for a page that only sends its readers elsewhere, or says that there is none."""
    for key in _REDIRECT_KEYS:
        target = fields.get(key)
        target = target[0] if isinstance(target, list) and target else target
        if isinstance(target, str) and target.strip():
            raise UnreadableDocument(f"It only redirects to {' '.join(target.split())[:200]}.")
    words = "\n".join(line for line in text.split("\n") if not line.startswith("#")).strip()
    if len(words) > _MOST_OF_A_STUB:
        return
    if _moved.search(words) and words.count("\n\n") < 2:
        raise UnreadableDocument("It only says that the page has moved.")
    if _missing.search(f"{fields.get('title', '')}\n{text}"):
        raise UnreadableDocument("It only says that there is no such page.")
    if not words and fields.get("redirect_from"):
        raise UnreadableDocument("It holds nothing but the addresses that redirect to it.")


def _visible_words(found: re.Match[str]) -> str:
    """Return what a template tag shows: the text that it is given, as far as that can be told."""
    tag = found["tag"]
    name = _tag_name.match(tag) if tag else None
    if not tag or not name or name[1] in _SILENT_TAGS or name[1].startswith("end"):
        return ""
    words = [(double or single).strip() for double, single in _quoted.findall(tag)]
    prose = [one for one in words if " " in one and "=" not in one and not one.startswith(("/", "http"))]
    if prose:
        return str(prose[0])
    if not words or not re.fullmatch(r"[\w#@&'’-]+", words[0]):
        return ""
    return f"#{words[0]}" if "channel" in name[1] and not words[0].startswith("#") else words[0]


def _with_references(text: str) -> str:
    """Return Markdown with each `[text][label]` as `[text](target)`, and without the labels' lines."""
    targets: dict[str, str] = {}

    def collect(found: re.Match[str]) -> str:
        targets.setdefault(_label(found["label"]), found["angle"] if found["angle"] is not None else found["target"])
        return ""

    def resolve(found: re.Match[str]) -> str:
        target = targets.get(_label(found["label"] or found["text"]))
        if target is None:
            return found[0]
        return str(found["text"]) if target.startswith(("{", "<%")) else f"[{found['text']}]({target})"

    text = _definition.sub(collect, text)
    return _reference.sub(resolve, text) if targets else text


def _label(text: str) -> str:
    return " ".join(text.casefold().split())


def _without_html(text: str, html_to_markdown: Callable[[str], str]) -> str:
    end = 0
    parts = []
    for begin, after in _sections(text):
        parts += [text[end:begin], f"\n\n{html_to_markdown(text[begin:after])}\n\n"]
        end = after
    text = "".join([*parts, text[end:]])
    text = _anchor.sub(_link, text)
    text = _superscript.sub(lambda found: raised(found["text"]), text)
    text = _heading.sub(lambda found: f"\n\n{'#' * int(found['level'])} {' '.join(found['text'].split())}\n\n", text)
    text = _summary.sub(_question, text)
    return _without_elements(text, _left_of_element)


def _sections(text: str) -> list[tuple[int, int]]:
    """Return where the tables and lists in HTML begin and end, those aside that are in another or never closed."""
    opened: list[tuple[str, int]] = []
    depths: Counter[str] = Counter()
    sections: list[tuple[int, int]] = []
    for tag in _section_tag.finditer(text):
        name = tag["name"].lower()
        if not tag["close"]:
            opened.append((name, tag.start()))
            depths[name] += 1
            continue
        while depths[name]:
            inner, begin = opened.pop()
            depths[inner] -= 1
            if inner == name:
                while sections and sections[-1][0] > begin:
                    sections.pop()
                sections.append((begin, tag.end()))
                break
    return sections


def _without_elements(text: str, left: Callable[[re.Match[str]], str]) -> str:
    """Return text with what is `left` of each HTML tag in its place."""
    closed = {found["name"].lower() for found in _element.finditer(text) if found["close"]}

    def replaced(found: re.Match[str]) -> str:
        known = found["name"].lower() in ELEMENTS
        return left(found) if known and is_tag(found[0][1:-1], closed) else found[0]

    return _element.sub(replaced, text)


def _link(found: re.Match[str]) -> str:
    href = _href.search(html.unescape(found["attributes"]))
    target = next((one for one in href.groups() if one), "") if href else ""
    words = " ".join(found["text"].split())
    return f"[{words}]({target})" if words and target.startswith(("http://", "https://", "mailto:", "tel:")) else words


def _question(found: re.Match[str]) -> str:
    words = " ".join(found["text"].split())
    return f"\n\n{words}\n\n" if not words or words.startswith(("*", "#", "<")) else f"\n\n**{words}**\n\n"


def _left_of_element(found: re.Match[str]) -> str:
    """Return what is left of an HTML tag: a line's or paragraph's end, emphasis, an image's words, or nothing."""
    name = found["name"].lower()
    if name in _MARKS:
        return _MARKS[name]
    if name == "br":
        begin = found.string.rfind("\n", 0, found.start()) + 1
        return " " if found.string[begin : found.start()].lstrip().startswith("|") else "\n"
    if name == "li":
        return "" if found["close"] else "\n- "
    if name == "img":
        alt = _alt.search(found["attributes"] or "")
        words = (alt[1] or alt[2] or "") if alt else ""
        return words if words.count(" ") >= 2 else ""
    return "\n\n" if name in _BREAKING else ""
