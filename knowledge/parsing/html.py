"""HTML to Markdown: a fragment as it is, a whole page without what is not its subject."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html
from markdownify import MarkdownConverter

from knowledge.documents import misspelt, scope_key
from knowledge.parsing.markdown import clean_markdown, refuse_redirects
from knowledge.parsing.superscripts import raised
from knowledge.parsing.tables import cell_text, header_rows_of, in_groups, markdown_table
from knowledge.parsing.text import Parsed, UnreadableDocument, day_of, first_heading
from knowledge.sentences import MORE_THAN, tables_told

MAX_HTML_BYTES = 10_000_000
"""Of one page; scripts and styles make pages many times as long as their text."""

_DAY = re.compile(r"\d[-./]\d{1,2}[-./]\d|\b(?:19|20)\d{6}\b")
_UPDATED = {
    "article:modified_time",
    "og:updated_time",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
    "date.modified",
    "datemodified",
}
_DROPPED = (
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "canvas",
    "iframe",
    "object",
    "embed",
    "select",
    "textarea",
    "input",
    "video",
    "audio",
    "map",
    "dialog",
    "head",
    "link",
    "meta",
    "del",
    "s",
    "strike",
)
_ROLES = {
    "navigation",
    "banner",
    "contentinfo",
    "search",
    "complementary",
    "dialog",
    "alertdialog",
    "menu",
    "menubar",
    "toolbar",
}
_CHROME = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|onetrust|breadcrumbs?|skip(?:-?(?:link|nav|to)\b)?|share|sharing|social|newsletter|subscribe|related|"
    r"recommend\w*|feedback|helpful|votes?|pagination|pager|sidebar|comments?|advert\w*|promo|popup|modal|navbar|menu|masthead|"
    r"site-?header|site-?footer|page-?footer|lang(?:uage)?-?(?:switcher|select\w*)|print-?only|toolbar|usa-banner)(?:$|[\s_-])",
    re.IGNORECASE,
)
_WIDGET = re.compile(
    r"banner|consent|gdpr|onetrust|notice|popup|modal|widget|toolbar|masthead|navbar|breadcrumb|pag(?:er|ination)|skip|"
    r"switcher|(?:^|[_-])(?:bar|box|buttons?|form|icons?|links?|list|nav)(?:$|[_-])",
    re.IGNORECASE,
)
"""What an id says that is no heading's: such an element is chrome, whatever heading it has."""
_ACCORDION = re.compile(r"accordion|collaps|faq|panel|tab|expand|toggle|disclos", re.IGNORECASE)
_OPENING = ("aria-controls", "data-target", "data-bs-target", "href")
"""Attributes of what opens an element by its id."""
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_UNNUMBERED = re.compile(r"list-style(?:-type)?\s*:[^;]*\bnone\b", re.IGNORECASE)
_LAYOUT_ROLES = {"presentation", "none"}
_MAX_COLUMNS = 100
_SMALL = 600
"""Characters; what looks like chrome by its name and is longer is rather text of the page about it."""
_SHORTEST_TEXT = 20
_LONGEST_NAME = 80
_PERMALINK_SIGNS = {"", "#", "¶", "§", "🔗", "↑", "↩", "↩︎", "⤴"}
_PERMALINK_WORDS = {"permalink", "link"}
_FOOTNOTE_MARK = re.compile(r"\[?\d{1,3}\]?")
_BESIDE_MARK = re.compile(r"[\w.,;:!?%)”’]$")
_SIGNS_OF_YES = {"check", "checkmark", "tick"}
_SIGNS_OF_NO = {"cross", "times", "xmark"}
_BLOCKS = {
    "p",
    "div",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "section",
    "article",
    "blockquote",
    "pre",
    "dl",
    "details",
    "figure",
}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BOUNDARIES = _BLOCKS | set("body main header footer nav aside address center figcaption caption summary dt dd".split())
_BOUNDARIES |= set("form fieldset legend br hr thead tbody tfoot tr td th".split())
"""Elements before and after which a line of Markdown begins."""
_MARKED = {"b", "strong", "em", "i", "a", "code", "kbd", "samp", "sub", "sup"}
"""Elements that Markdown has marks for, so that what stands in them begins no line."""
_SIGN_OF_VALUE = re.compile(rf"((?:^|\n)[^\S\n]*)(?={MORE_THAN}|[-+]\s+\d[\d.,]*\s*°|\+\s+\d|#{{1,6}}\s+\d)")
"""What Markdown would take for the mark of a quote, an item or a heading: "> 30 kg", "- 5 °C", "+ 49 30", "# 1"."""
_ESCAPE = "\ufdd0"
"""Stands for the backslash before such a sign until it is known whether it is in a cell, where no sign is a mark."""
_TABLE = "\ue002{}\ue003"
_NUMBER_OF_TABLE = re.compile("\ue002([0-9]+)\ue003")
_EMPTY_HEADING = re.compile(r"^#{1,6}[ \t]*$", re.MULTILINE)
_table_mark = re.compile("^(.*?)\ue002([0-9]+)\ue003", re.MULTILINE)
_CONVERTER = MarkdownConverter(
    heading_style="atx", bullets="-", escape_asterisks=False, escape_underscores=False, autolinks=False
)


def convert(html: str, url: str = "", whole_page: bool = False) -> Parsed:
    """Return HTML as Markdown; see `knowledge.parsing.html_to_markdown`."""
    tree = _tree(html)
    fields = _fields(tree, url)
    if whole_page:
        _refuse_refresh(tree)
        root = _main(tree)
    else:
        root = tree.find("body") if tree.find("body") is not None else tree
        _drop_hidden(root)
    text = clean_markdown(_markdown(root, url), lambda one: one)
    if not text.strip():
        raise UnreadableDocument(
            "It has no text; its words may be made by a script in the browser." if whole_page else "It has no text."
        )
    title = (first_heading(text) if whole_page else "") or str(fields.get("title", "")) or first_heading(text)
    refuse_redirects(text, {"title": title})
    return Parsed(text, title, fields, day_of(fields))


def markdown_of(html: str) -> str:
    """Return a piece of HTML that stands in Markdown as Markdown; its text may hold Markdown itself."""
    tree = _tree(html)
    body = tree.find("body")
    return _markdown(body if body is not None else tree, "").strip()


def _tree(html: str) -> Any:
    raw = html.encode("utf-8", "replace")
    if len(raw) > MAX_HTML_BYTES:
        raise UnreadableDocument(
            f"It is HTML of {len(raw) / 1e6:.1f} MB, more than the {MAX_HTML_BYTES / 1e6:.0f} MB of one page.",
            "Split it.",
        )
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        tree = lxml_html.document_fromstring(raw.replace(b"\0", b""), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        if len(raw) > 1_000_000:
            raise MemoryError from None  # the only reason why lxml gives up a long text
        raise UnreadableDocument("It has no text.") from None
    if any("emory alloc" in (entry.message or "") for entry in parser.error_log):
        raise MemoryError
    if any("xcessive depth" in (entry.message or "") for entry in parser.error_log):
        raise UnreadableDocument(
            "Its elements are nested more than 255 deep, as no page for people is.", "Mend the page."
        )
    return tree


# ------------------------------------------------------------------ what a page says of itself


def _fields(tree: Any, url: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for meta in tree.iter("meta"):
        written = str(meta.get("name") or meta.get("property") or meta.get("itemprop") or "").strip()
        name = written.lower()
        content = " ".join(str(meta.get("content") or "").split())
        if not content:
            continue
        if name in _UPDATED:
            fields.setdefault("updated", content)
        elif name == "description":
            fields.setdefault(name, content)
        elif _is_scope(meta, name, content):
            fields.setdefault(written, content)
        elif name == "og:title":
            fields.setdefault("title", content)
    title = tree.find(".//title")
    if "title" not in fields and title is not None and (words := " ".join(title.text_content().split())):
        fields["title"] = _page_title(words, tree)
    for link in tree.iter("link"):
        if str(link.get("rel", "")).lower() == "canonical" and (target := _absolute(str(link.get("href") or ""), url)):
            fields.setdefault("url", target)
    if "updated" not in fields and (day := next(_days(tree), "")):
        fields["updated"] = day
    return fields


def _is_scope(meta: Any, name: str, content: str) -> bool:
    """Whether a meta element says where, for whom or when the page holds.

    What a page says of its language is its theme's default more often than not, so it is none. The names of
    structured data (`itemprop`) are words of a vocabulary, so none of them is a slip of another.
    """
    if name == "expires" and not _DAY.search(content):
        return False  # for caches: "0", "never", "Mon, 26 Jul 1997 05:00:00 GMT"
    is_slip = misspelt([name]) is not None
    return scope_key(name) not in (None, "language") and not (is_slip and meta.get("itemprop"))


def _page_title(title: str, tree: Any) -> str:
    """Return a page's title without the name of its site, seen by a heading that says the same."""
    for heading in tree.iter("h1", "h2"):
        words = " ".join(heading.text_content().split())
        if len(words) > 3 and title.casefold().startswith(words.casefold()):
            return words
    parts = re.split(r"\s+[|·»]\s+", title)
    return parts[0] if parts[0] else title


def _days(tree: Any) -> Iterator[str]:
    """Yield the days on which the page says it was changed, from its structured data and its marked times."""
    for script in tree.iter("script"):
        if "ld+json" in str(script.get("type", "")):
            try:
                found = re.search(r'"dateModified"\s*:\s*("[^"]{4,40}")', script.text or "")
                if found:
                    yield str(json.loads(found[1]))
            except ValueError:
                continue
    for time in tree.iter("time"):
        above = time.getparent()
        before = above.text if above is not None else ""
        said = f"{time.get('itemprop', '')} {time.get('class', '')} {before or ''}"
        if re.search(r"modified|updated|reviewed", said, re.IGNORECASE) and time.get("datetime"):
            yield str(time.get("datetime"))


def _refuse_refresh(tree: Any) -> None:
    for meta in tree.iter("meta"):
        if str(meta.get("http-equiv", "")).lower() != "refresh":
            continue
        found = re.match(
            r"\s*(\d{1,9})[\d.]*\s*[;,]\s*(?:url\s*=)?\s*(.{0,500})", str(meta.get("content") or ""), re.IGNORECASE
        )
        if found and int(found[1]) <= 15:
            target = found[2].strip().strip("'\"")[:200]
            raise UnreadableDocument(f"It only redirects to {target or 'another page'}.")


# ------------------------------------------------------------------ the subject of a page


def _main(tree: Any) -> Any:
    """Return the element that holds the subject of a page, without what surrounds it on every page.

    Pages mark it mostly (`main`, a single `article`); where they don't, trafilatura tells which paragraphs belong
    to it, and the smallest element around nearly all of them is taken whole, so that its tables and lists stay.
    """
    body = tree.find("body")
    body = tree if body is None else body
    whole = _length(body)
    marked = body.xpath('.//main | .//*[@role="main"]') or body.xpath('.//*[@itemprop="articleBody"]')
    articles = body.xpath(".//article")
    candidates = marked[:1] if marked else articles if len(articles) == 1 else []
    if candidates and _length(candidates[0]) >= min(200, 0.2 * whole):
        root = candidates[0]
        _prune(root, inside=True)
        return root
    located = _located(tree, body)
    _prune(body, inside=False)
    return located if located is not None and located.getroottree().getroot() is tree and _length(located) else body


def _located(tree: Any, body: Any) -> Any:
    from trafilatura import extract

    extracted = extract(
        lxml_html.tostring(tree, encoding="unicode"),
        favor_recall=True,
        include_tables=True,
        include_comments=False,
        output_format="txt",
    )
    lines = {_folded(line) for line in (extracted or "").split("\n") if len(line) >= 25}
    if not lines:
        return None
    joined = " ".join(lines)
    weights: dict[Any, int] = {}
    total = 0
    for element in body.iter("p", "li", "td", "h1", "h2", "h3", "h4", "dd", "div"):
        if any(child.tag in _BLOCKS for child in element):
            continue
        words = _folded(element.text_content())
        if len(words) >= 25 and words in joined:
            total += len(words)
            weights[element] = len(words)
    sums: dict[Any, int] = {}
    for element, weight in weights.items():
        for above in (element, *element.iterancestors()):
            sums[above] = sums.get(above, 0) + weight
    root = body
    while total:
        below = next((child for child in root if sums.get(child, 0) >= 0.95 * total), None)
        if below is None or below.tag in ("p", "li", "td", "tr", "tbody", "table", "ul", "ol", "dl", "dd", *_HEADINGS):
            break
        root = below
    return root


def _prune(root: Any, inside: bool) -> None:
    """Remove from a page what is not its subject. `inside`: the root is the main element, so only little goes."""
    whole = max(1, _length(root))
    _drop_hidden(root)
    for element in list(root.iter(etree.Element)):
        if element is root or element.getparent() is None:
            continue
        name = f"{element.get('class', '')} {element.get('id', '')}"
        tag = element.tag
        role = str(element.get("role") or "").lower()
        if tag in ("html", "body", "main", *_HEADINGS) and role not in _ROLES:
            continue
        if tag == "nav" or role in _ROLES - {"complementary"} or (tag in ("aside", "footer", "header") and not inside):
            keep = tag == "header" and element.xpath(".//h1")
            gone = not keep and not _holds(element, whole)
        elif tag == "footer":
            gone = _length(element) <= _SMALL
        elif _CHROME.search(name) and not element.xpath(".//h1"):
            length = _length(element)
            gone = not (_holds(element, whole) or _is_section(element, inside)) and (
                length <= _SMALL or _link_share(element) > 0.5 or not inside
            )
        elif tag == "button":
            gone = not (
                element.get("aria-expanded")
                or element.get("aria-controls")
                or element.xpath("ancestor::h2|ancestor::h3|ancestor::h4|ancestor::summary")
                or _ACCORDION.search(name)
            )
        elif not inside and tag in ("ul", "ol", "div", "section") and len(element.xpath(".//a")) > 4:
            gone = _link_share(element) > 0.9 and not _holds(element, whole)
        else:
            gone = False
        if gone:
            element.drop_tree()


def _holds(element: Any, whole: int) -> bool:
    """Whether so much of the page lies in an element that it is no chrome, whatever its name."""
    return _length(element) > max(_SMALL, 0.4 * whole)


def _is_section(element: Any, inside: bool) -> bool:
    """Whether an element that is called like chrome is a section about it, as "Sharing your account" is.

    It has text of its own below a heading, and nothing that only chrome has. Its class is the theme's, and what is
    outside the main element is of any kind: there its id must come from its heading.
    """
    headings = element.xpath(".//h2|.//h3|.//h4|.//h5|.//h6")
    if not headings or _WIDGET.search(element.get("id", "")) or element.xpath(".//button|.//form|.//input|.//select"):
        return False
    classes = [one.get("class", "") for one in element.iterdescendants(etree.Element)]
    rest = _length(element) - sum(map(_length, headings))
    linked = sum(_length(link) for link in element.iter("a"))
    if any(map(_CHROME.search, classes)) or rest - linked < max(_SHORTEST_TEXT, linked):
        return False
    if inside and not _CHROME.search(element.get("class", "")):
        return True
    slug, id = map(_slug, (headings[0].text_content(), element.get("id", "")))
    return bool(slug and id) and (slug.startswith(id) or id.startswith(slug))


def _slug(text: str) -> str:
    return re.sub(r"[\W_]+", "-", text.casefold()).strip("-")


def _drop_hidden(root: Any) -> None:
    """Remove what nobody sees; what readers can open (a closed tab, an answer below its question) stays."""
    opened: set[str] = set()
    for element in root.iter(etree.Element):
        opened.update(word.lstrip("#") for name in _OPENING for word in str(element.get(name) or "").split())
        opened.update(re.findall(r"[\w-]+", str(element.get("onclick") or "")))
    for element in list(root.iter(etree.Element)):
        name = f"{element.get('class', '')} {element.get('id', '')}"
        if (
            _is_hidden(element)
            and not (element.get("id") in opened or _ACCORDION.search(name))
            and element is not root
            and element.getparent() is not None
            and element.tag not in ("html", "body", "main", *_HEADINGS)
        ):
            element.drop_tree()


def _is_hidden(element: Any) -> bool:
    hidden = element.get("hidden")
    # Browsers open what is hidden "until-found" for who searches the page.
    return (hidden is not None and hidden.lower() != "until-found") or bool(_HIDING.search(element.get("style") or ""))


def _length(element: Any) -> int:
    """Return how much visible text an element has, in characters."""
    return sum(
        len(" ".join(text.split()))
        for text in element.xpath(
            ".//text()[not(ancestor::script or ancestor::style or ancestor::noscript or ancestor::template)]"
        )
    )


def _link_share(element: Any) -> float:
    length = _length(element)
    return sum(_length(link) for link in element.iter("a")) / length if length else 1.0


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


# ------------------------------------------------------------------ elements to Markdown


def _markdown(root: Any, url: str) -> str:
    for cell in list(root.iter("td")):
        if words := _told_by_sign(cell):
            cell.text = words
    for element in list(root.iter(*_DROPPED)):
        if element is not root and element.getparent() is not None:
            element.drop_tree()
    for element in root.xpath('.//*[contains(@style, "line-through")]'):
        if element.getparent() is not None:
            element.drop_tree()
    for sup in list(root.iter("sup")):
        words = sup.text_content()
        if (written := raised(words)) != words:
            for child in list(sup):
                child.drop_tree()
            sup.text = written
    for image in list(root.iter("img")):
        words = str(image.get("alt") or "")
        image.tail = (f"{words} " if words.count(" ") >= 2 else "") + (image.tail or "")
        image.drop_tree()
    for button in list(root.iter("button", "label")):
        button.drop_tag()
    _mend_links(root, url)
    _mend_lists(root)
    _escape_signs(root)
    tables: list[str] = []
    for table in reversed(list(root.iter("table"))):  # inner ones first
        _replace_table(table, tables)
    markdown = _CONVERTER.convert(lxml_html.tostring(root, encoding="unicode"))

    def put_back(found: re.Match[str]) -> str:
        lines = tables[int(found[2])].split("\n")
        indent = re.sub(r"[^\s]", " ", found[1])
        return found[1] + f"\n{indent}".join(lines)

    return _EMPTY_HEADING.sub("", _table_mark.sub(put_back, markdown.replace(_ESCAPE, "\\")))


def _escape_signs(root: Any) -> None:
    """Escape the sign of a value where a line of Markdown begins with it, so that it is taken for no mark."""
    begins = True

    def escaped(text: str | None) -> str | None:
        nonlocal begins
        if not text or not text.strip():
            return text
        out = _SIGN_OF_VALUE.sub(rf"\1{_ESCAPE}", text if begins else f"\ue006{text}")
        begins = False
        return out.removeprefix("\ue006")

    code = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        is_code = element.tag in ("pre", "code")
        begins = element.tag in _BOUNDARIES or (begins and element.tag not in _MARKED)
        if event == "start":
            begins = begins and element.tag not in _HEADINGS  # "## > 30 kg" quotes nothing
            code += is_code
            element.text = element.text if code else escaped(element.text)
        else:
            code -= is_code
            if element is not root:
                element.tail = element.tail if code else escaped(element.tail)


def _told_by_sign(cell: Any) -> str:
    """Return what the signs of a table's cell say that has no words, a check mark above all; else nothing."""
    if cell.xpath(".//td") or _length(cell) > sum(_length(one) for one in cell.iter("svg")):
        return ""
    for one in cell.iter(etree.Element):
        kind = str(one.get("type") or "").lower()
        if one.tag == "input" and kind in ("checkbox", "radio"):
            return "yes" if one.get("checked") is not None else "no"
        named = [one.get(name) for name in ("aria-label", "alt", "title")]
        named += [one.text] if one.tag == "title" else []
        if words := " ".join(next(filter(None, named), "").split()):
            return words
    for one in cell.iter("td", "i", "span", "svg", "use"):
        names = " ".join(str(one.get(name) or "") for name in ("class", "href", "data-icon")).lower()
        parts = set(re.split(r"[^a-z]+", names))
        if parts & _SIGNS_OF_YES:
            return "yes"
        if parts & _SIGNS_OF_NO:
            return "no"
    return ""


def _mend_links(root: Any, url: str) -> None:
    """Make links absolute; leave the words alone of those that lead nowhere, and nothing of marks beside headings."""
    for link in list(root.iter("a")):
        words = " ".join(link.text_content().split())
        target = _absolute(str(link.get("href") or ""), url)
        if _is_footnote_mark(link, words):
            link.tail = raised(words.strip("[]")) + (link.tail or "")
            link.drop_tree()
        elif words in _PERMALINK_SIGNS or (words.casefold() in _PERMALINK_WORDS and _is_mark(link)):
            link.drop_tree()
        elif (
            not target
            or any(child.tag in _BLOCKS for child in link.iterdescendants())
            or target.removeprefix("mailto:") == words
        ):
            link.drop_tag()
        else:
            link.attrib.clear()
            link.set("href", target)


def _is_footnote_mark(link: Any, words: str) -> bool:
    """Whether a link leads from the word before it to a footnote, raised by the style of the page alone."""
    if not _FOOTNOTE_MARK.fullmatch(words):
        return False
    before = link.getprevious()
    text = link.getparent().text if before is None else before.tail or before.text_content()
    is_note = link.get("role") == "doc-noteref" or str(link.get("href") or "").startswith("#")
    return is_note and bool(_BESIDE_MARK.search(text or ""))


def _is_mark(link: Any) -> bool:
    """Whether a link belongs to a heading, in or beside it, or leads to a place on its own page."""
    before, after = link.getprevious(), link.getnext()
    return (
        str(link.get("href") or "#").startswith("#")
        or any(above.tag in _HEADINGS for above in link.iterancestors())
        or (before is not None and before.tag in _HEADINGS and not (before.tail or "").strip())
        or (after is not None and after.tag in _HEADINGS and not (link.tail or "").strip())
    )


def _absolute(href: str, url: str) -> str:
    """Return where a link leads, or nothing where a reader elsewhere cannot follow it."""
    href = href.strip()
    if not href or href.startswith("#"):
        return ""
    try:
        target = urljoin(url, href)
        parts = urlsplit(target)
    except ValueError:
        return ""
    if parts.scheme in ("mailto", "tel"):
        return target
    return target.replace(" ", "%20") if parts.scheme in ("http", "https") and parts.netloc else ""


def _mend_lists(root: Any) -> None:
    """Turn definition lists, questions that open and captions into paragraphs, their names bold."""
    for element in list(root.iter("dt", "summary", "caption", "legend")):
        if not element.text_content().strip():
            element.drop_tree()
        elif element.xpath(".//h1|.//h2|.//h3|.//h4|.//h5|.//h6"):
            element.tag = "div"
        elif element.tag == "caption" and (table := next(element.iterancestors("table"), None)) is not None:
            name = lxml_html.Element("p")
            name.text = " ".join(element.text_content().split())
            element.drop_tree()
            table.addprevious(name)
        else:
            for bold in list(element.iter("b", "strong")):
                bold.drop_tag()
            strong = lxml_html.Element("strong")
            strong.text, element.text = element.text, None
            strong.extend(list(element))
            element.append(strong)
            element.tag = "p"
    for items in list(root.iter("ol")):
        _number_list(items)
    for element in list(root.iter("dd")):
        element.tag = "div"
    for element in list(root.iter("dl", "details", "fieldset")):
        element.tag = "div"


def _number_list(items: Any) -> None:
    """Part a numbered list where an item says that it has another number than the next one, or none."""
    current, tag, number = items, "ol", _integer(items.get("start"), 1)
    shows_none = _UNNUMBERED.search(items.get("style") or "")
    for i, item in enumerate(items.findall("li")):
        kind = "ul" if shows_none or _UNNUMBERED.search(item.get("style") or "") else "ol"
        value = _integer(item.get("value"), number)
        if i and (kind != tag or (kind == "ol" and value != number)):
            other = lxml_html.Element(kind)
            current.addnext(other)
            current = other
        if current is not items:
            current.append(item)
        if not i or len(current) == 1:
            current.tag = tag = kind
            current.set("start", str(value))
        number = value + (kind == "ol")


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _replace_table(table: Any, tables: list[str]) -> None:
    if table.getparent() is None:
        return
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table"), None) is table]
    if _is_of_values(rows, tables):
        _tell_inner_tables(table, tables)
    grid, header_rows = _grid(rows)
    layout = str(table.get("role", "")).lower() in _LAYOUT_ROLES or "\ue002" in table.text_content()
    width = max((sum(map(bool, row)) for row in grid), default=0)
    if layout or width < 2 or any(cell.xpath(".//h1|.//h2|.//h3") for row in rows for cell in row):
        for element in list(table.iter("tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "col")):
            element.tag = "div"
        table.tag = "div"
        return
    tables.append(markdown_table(grid, header_rows))
    mark = lxml_html.Element("p")
    mark.text = _TABLE.format(len(tables) - 1)
    mark.tail = table.tail
    table.getparent().replace(table, mark)


def _is_of_values(rows: list[Any], tables: list[str]) -> bool:
    """Whether a table that holds others is one of values and not for the layout of a page: small, with names of rows.

    `tables` holds those that are read already, whose numbers stand in place of them.
    """
    cells = [[cell for cell in row if cell.tag in ("td", "th")] for row in rows]
    names = [" ".join(row[0].text_content().split()) for row in cells if row]
    inner = [tables[int(found)] for row in rows for found in _NUMBER_OF_TABLE.findall(row.text_content())]
    return (
        bool(inner)
        and len(rows) > 1
        and max(map(len, cells)) > 1
        and all(name and len(name) <= _LONGEST_NAME and "\ue002" not in name for name in names)
        and sum(len(tables_told(one)) for one in inner) <= _SMALL
    )


def _tell_inner_tables(table: Any, tables: list[str]) -> None:
    """Tell the tables in the cells of another in words, as a table of Markdown holds no other."""
    for mark in list(table.iter("p")):
        if found := _NUMBER_OF_TABLE.fullmatch(mark.text or ""):
            mark.tag, mark.text = "div", None
            for line in tables_told(tables[int(found[1])]).split("\n"):
                etree.SubElement(mark, "p").text = line


def _grid(rows: list[Any]) -> tuple[list[list[str]], int]:
    """Return the cells by row and column, and the number of header rows.

    A cell over several rows is in each of them, one over several columns in each of them where it has a name before
    it. What goes over the whole table is the name of the rows below it, and stands before theirs.
    """
    grid: list[list[str]] = []
    wide: list[dict[int, int]] = []
    hanging: dict[int, tuple[int, str]] = {}
    header_rows = 0
    for row in rows:
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        line: list[str] = []
        spans: dict[int, int] = {}
        is_first = header_rows == len(grid) or all(sum(map(bool, one)) == 1 for one in grid)
        is_head = is_first and bool(cells) and _names_columns(row, cells, not header_rows and len(rows) > 1)

        def fill(line: list[str] = line) -> None:
            while len(line) in hanging and len(line) < _MAX_COLUMNS:
                left, text = hanging[len(line)]
                if left > 1:
                    hanging[len(line)] = (left - 1, text)
                else:
                    del hanging[len(line)]
                line.append(text)

        for cell in cells:
            if len(line) >= _MAX_COLUMNS:
                break
            fill()
            text = _cell(cell)
            across, down = _span(cell, "colspan", 50), _span(cell, "rowspan", 500)
            if across > 1:
                spans[len(line)] = len(line) + across - 1
            is_told = is_head or any(line)
            for i in range(across):
                if down > 1:
                    hanging[len(line)] = (down - 1, text if i == 0 or is_told else "")
                line.append(text if i == 0 or is_told else "")
        fill()
        if is_head:
            header_rows = len(grid) + 1
        grid.append(line)
        wide.append(spans)
    width = max(map(len, grid), default=0)
    if header_rows:
        header_rows += header_rows_of(grid[header_rows - 1 :], wide[header_rows - 1 :]) - 1
    groups = {i for i in range(header_rows, len(grid)) if width > 1 and wide[i].get(0, 0) == width - 1 and grid[i][0]}
    return [list(line) for line in in_groups(grid, groups)], header_rows


def _names_columns(row: Any, cells: list[Any], may_be_unmarked: bool) -> bool:
    """Whether a row is a header: by its marks or, where none is before it, by its looks."""
    if row.getparent().tag == "thead" or all(cell.tag == "th" for cell in cells):
        return True
    if not may_be_unmarked or len(cells) < 2:
        return False
    # A wide table's first row is its header, as in most that people write; a narrow one's if it is bold.
    wide = sum(_span(cell, "colspan", 50) for cell in cells) > 2
    return all(map(_is_bold, cells)) or (wide and all(cell.text_content().strip() for cell in cells))


def _is_bold(cell: Any) -> bool:
    words = " ".join(cell.text_content().split())
    return bool(words) and " ".join("".join(one.text_content() for one in cell.iter("b", "strong")).split()) == words


def _span(cell: Any, name: str, most: int) -> int:
    value = str(cell.get(name) or "1").strip()
    return min(most, int(value)) if value.isascii() and value.isdigit() and len(value) < 5 and int(value) > 0 else 1


def _cell(cell: Any) -> str:
    if not len(cell):
        return " ".join((cell.text or "").replace(_ESCAPE, "").split())
    is_list = bool(cell.xpath(".//li"))
    cell.tag = "div"
    lines = _CONVERTER.convert(lxml_html.tostring(cell, encoding="unicode", with_tail=False)).strip().split("\n")
    if is_list and len(lines) == 1:
        lines = [lines[0].removeprefix("- ")]
    return cell_text(lines).replace(_ESCAPE, "")
