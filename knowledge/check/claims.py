"""The sentences of the passages, each with what it claims: figures, yes or no, under which conditions, of what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from knowledge.check.corpus import Corpus, Progress
from knowledge.figures import Figure, figures_of
from knowledge.sentences import content_words, sentences_of, tables_told, unmarked

_MIN_WORDS, _MAX_WORDS = 4, 60
"""Content words of a sentence that is looked at: a shorter one rests on what stands around it."""
_MIN_WORDS_BESIDE_FIGURES = 3
_MAX_CHARS = 1_000
_OPPOSITES = {
    "ineligible": "eligible", "unable": "able", "prohibited": "allowed", "prohibit": "allow", "prohibits": "allows",
    "forbidden": "allowed", "disallowed": "allowed", "banned": "allowed", "optional": "required",
    "excluded": "included", "excludes": "includes", "invalid": "valid", "unavailable": "available",
    "impossible": "possible", "illegal": "legal", "unlawful": "lawful", "inadmissible": "admissible",
    "unacceptable": "acceptable", "nonrefundable": "refundable", "nontransferable": "transferable",
    "untaxed": "taxed", "unused": "used", "incompatible": "compatible", "unlimited": "limited",
    "rejected": "accepted", "refused": "accepted", "denied": "approved", "declined": "accepted",
}  # fmt: skip
_SAME = {
    "permitted": "allowed",
    "permit": "allow",
    "permits": "allows",
    "mandatory": "required",
    "obligatory": "required",
}
# "no later than" and the like deny nothing.
_HARMLESS = re.compile(
    r"\b(?:no (?:later|more|less|fewer|longer than|matter|doubt)|not (?:only|limited to|more than|less than|later than|"
    r"exceed)|whether or not|or not|if not|nor\b|not necessarily|not just|why not|and not)\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|never|no|cannot|can't|won't|\w+n['’]t|neither)\b|\bnon-?(?=[a-z]{3})", re.IGNORECASE)
_SUBORDINATE = re.compile(
    r"\b(?:if|unless|when|whenever|where|until|while|because|since|although|though|but|except|who|which|that|as|"
    r"before|after|whether|so|however|or|and|than|once|in case)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|unless|except|only|until|other than|instead|otherwise|apart from|also|rarely|generally|usually|always|"
    r"sometimes|some|most|many|all|any|every|each|none|both|either|just|still|yet|already|again|too|very)\b",
    re.IGNORECASE,
)
_MODALS = {
    "must": re.compile(r"\b(?:must|(?:have|has|needs?) to|needs?(?= not\b)|required?|shall)\b", re.IGNORECASE),
    "may": re.compile(r"\b(?:may|can|cannot|could|might|able|allow(?:s|ed)?|permitted)\b|\bcan['’]t\b", re.IGNORECASE),
}
_FORBIDS = re.compile(r"\bmust (?:not|never)\b|\bshall not\b", re.IGNORECASE)
_MARKUP = re.compile(
    r"!\[[^\]]*\]\([^)]*\)|</?[a-zA-Z][^>]*>|\{[%{].*?[%}]\}|`+|\*\*?|~~|(?<!\w)_+(?=\w)|(?<=[\w.,;:!?)])_+(?!\w)"
)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_PROPER = re.compile(r"(?<=[a-z,;:] )[A-Z][\w&.-]*")
_TOKEN = re.compile(r"‹\w+›|[^\W\d_]+(?:['’][^\W\d_]+)?")
# What people put before a sentence without changing it.
_OPENING = re.compile(
    r"^(?:(?:please )?(?:note|remember|be aware|keep in mind)(?: that|:|,)|(?:as a rule|in short|for your information|"
    r"in general|in other words|important|warning|note|reminder)[:,])\s+",
    re.IGNORECASE,
)
# What a page says about itself: each page has dates of its own.
_COLOPHON = re.compile(
    r"^(?:this (?:page|policy|document) was )?(?:last |first |page )?(?:updated|modified|reviewed|retrieved|published|"
    r"revised|posted|accessed|created|changed|effective(?: date| as of| on)?|version|date)\b",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^\s*(?:[-*+>]|\d+[.)]|#{1,6}|\|)\s*")


@dataclass(slots=True)
class Claim:
    """A sentence, with every passage that holds it word for word."""

    text: str
    places: list[int]
    words: frozenset[str]
    figures: tuple[Figure, ...]
    codes: frozenset[str]
    """What carries digits but names something; another one is another subject."""
    names: frozenset[str]
    """Proper names: one that the other sentence has not is another subject."""
    tokens: tuple[str, ...]
    """Words in order, figures by their kind."""
    bare: str
    """The sentence without what may differ, for the embedder."""
    negative: bool
    modal: str
    conditions: frozenset[str]
    deniable: bool
    """Whether its yes or no is stated by its main clause, so that another sentence can deny it."""


def claims_of(corpus: Corpus, numbers: Sequence[int], progress: Progress) -> list[Claim]:
    """Return what the passages with these numbers claim, each sentence once, with every passage that holds it."""
    found: dict[str, Claim | None] = {}
    for done, number in enumerate(numbers):
        if done % 256 == 0:
            progress("sentences", done, len(numbers))
        for text in plain_sentences(corpus.passages[number].text):
            key = text.casefold()
            if key not in found:
                found[key] = _read(text, number)
            elif sentence := found[key]:
                sentence.places.append(number)
    progress("sentences", len(numbers), len(numbers))
    return [sentence for sentence in found.values() if sentence]


def plain_sentences(markdown: str) -> Iterator[str]:
    """Yield the sentences of a passage as people read them: lines joined, rows told, without marks."""
    lines: list[str] = []
    for line in tables_told(markdown).split("\n"):
        if lines and lines[-1] and line.strip() and not _ITEM.match(line):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line.strip())
    text = _MARKUP.sub("", _LINK.sub(r"\1", "\n".join(lines)))
    for sentence in sentences_of(text):
        yield " ".join(unmarked(sentence).split())


def _read(text: str, number: int) -> Claim | None:
    """Return a sentence with what is compared, None if there is nothing to compare."""
    if text.endswith("?") or len(text) > _MAX_CHARS or _COLOPHON.match(text):
        return None
    figures, names = figures_of(text)
    blanked = _OPENING.sub("", _blanked(text, figures))
    negations, without, deniable = _negations(blanked)
    words = content_words(re.sub(r"‹\w+›", " ", without)) - {"need"}
    if not (_MIN_WORDS_BESIDE_FIGURES if figures else _MIN_WORDS) <= len(words) <= _MAX_WORDS:
        return None
    modal = next((name for name, pattern in _MODALS.items() if pattern.search(blanked)), "")
    if _FORBIDS.search(blanked):
        modal = "may"
    if not figures and not deniable:
        return None
    return Claim(
        text=text,
        places=[number],
        words=words,
        figures=figures,
        codes=names,
        names=frozenset().union(*(content_words(match[0]) for match in _PROPER.finditer(blanked))),
        tokens=tuple(_TOKEN.findall(blanked.lower())),
        bare=re.sub(r"‹\w+›", "some", without),
        negative=negations % 2 == 1,
        modal=modal,
        conditions=frozenset(match[0].lower() for match in _CONDITION.finditer(blanked)),
        deniable=deniable,
    )


def _blanked(text: str, figures: Iterable[Figure]) -> str:
    out, end = [], 0
    for figure in figures:
        out += [text[end : figure.start], f" ‹{figure.kind.name.lower()}› "]
        end = figure.end
    return "".join([*out, text[end:]])


def _negations(text: str) -> tuple[int, str, bool]:
    """Return how often a sentence says no, the sentence without that, and whether its main clause says yes or no."""
    counted = _HARMLESS.sub(lambda match: "_" * len(match[0]), text)
    places = [match.start() for match in _NOT.finditer(counted)]
    pieces: list[str] = []
    for word in re.split(r"(\W+)", _NOT.sub(" ", counted)):
        lower = word.lower()
        if lower in _OPPOSITES:
            places.append(counted.lower().find(lower))
        pieces.append(_OPPOSITES.get(lower, _SAME.get(lower, word)))
    main = len(places) <= 1
    if places:
        before = counted[: places[0]]
        subordinate = max((match.end() for match in _SUBORDINATE.finditer(before)), default=0)
        main = main and (not subordinate or "," in before[subordinate:])
    return len(places), "".join(pieces).replace("_", " "), main
