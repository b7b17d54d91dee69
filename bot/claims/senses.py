"""Words that turn the meaning of those behind them, and what is needed, limited, or told of a case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.text.facts import verb_root
from knowledge.sentences import STOP_WORDS, stem

TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[,;:.!?()]")
"""A word, or a mark that may end a clause."""
REACH = 4
"""Content words after a word that turns the meaning which it is about."""


class Sense(StrEnum):
    """What a word does to those after it."""

    NOT = "not"
    BUT = "but"
    EXCEPT = "except"
    ONLY = "only"
    MUST = "must"
    MAY = "may"
    WILL = "will"
    SHOULD = "should"
    BEFORE = "before"
    AFTER = "after"
    MORE = "more"
    LESS = "less"


_DENIED_WITH_NO = "one|fees?|cost|charge|deposit|refunds?|returns?|smoking|pets?|parking|entry|food|cash|alcohol"
BARE_NO = rf"no(?!-(?!(?:{_DENIED_WITH_NO})\b))"
"""No, as it stands by itself, or denies what it is joined to, "no-fee": a "no-show" is somebody."""
ONLY = r"(?<!second )only(?! too\b)"
MOSTLY = (
    r"usually|normally|generally|typically|sometimes|often|mostly|in most cases|as a rule|most(?= (?:of )?\w+s\b)|"
    r"(?<!\bis )(?<!\bare )(?<!\bbe )(?:a )?(?<!\bis a )(?<!\bare a )(?<!\bbe a )part of|"
    r"(?:a )?(?:portion|third|quarter|fraction|percentage) of|half (?:of )?(?=the\b)|hardly any|"
    r"\d+(?:\.\d+)?\s?(?:%|per ?cent) of (?=the\b)"
)
SOME = r"some|certain|selected|many|few|several"
_NOT_VERBS = "ca wo do does did is are was were should must could would have has had need".split()
_PHRASES: tuple[tuple[Sense, str], ...] = (
    (Sense.MAY, r"(?:do|does|did|need|is|are)(?: not|n['’]t) (?:have to|need to|required|obliged|necessary|need)"),
    (Sense.MAY, r"(?:not|never) (?:required|obliged|necessary|mandatory|needed)|needn['’]t|need not|optional(?:ly)?"),
    (Sense.MAY, r"needs? no(?! \w+ than)"),
    (Sense.LESS, r"no (?:more|later|longer|older|greater|higher) than|not (?:more|later|longer|older) than|not exceed"),
    (Sense.MORE, r"no (?:less|fewer|earlier|younger|lower) than|not (?:less|fewer|earlier|younger|before) than"),
    (Sense.LESS, r"at (?:the )?most|at the latest|up to|within|under|below|maximum(?: of)?"),
    (Sense.LESS, r"(?:less|fewer|younger|lower|earlier|shorter) than"),
    (Sense.MORE, r"at (?:the )?least|at the earliest|over|above|minimum(?: of)?|exceed(?:s|ing)?"),
    (Sense.MORE, r"(?:more|greater|older|higher|longer|later) than"),
    (Sense.EXCEPT, r"except(?:ing)?(?: (?:for|if|when|where))?|other than|apart from|excluding|unless|but not"),
    (Sense.EXCEPT, r"with the exception of"),
    (Sense.NOT, r"no longer|may not|must not|unable to|prohibited|forbidden|not(?! (?:only|just|merely)\b)|n['’]t"),
    (Sense.NOT, rf"{BARE_NO}|never|neither|nor|cannot"),
    (Sense.NOT, "|".join(f"{verb}n['’]t" for verb in _NOT_VERBS) + "|none|nobody|nothing|without|hardly"),
    (Sense.ONLY, rf"(?<!not ){ONLY}|solely|exclusively"),
    (Sense.MUST, r"must|has to|have to|had to|required to|is required|are required|obliged to|need to|needs to"),
    (Sense.MUST, r"mandatory|shall|obligatory"),
    (Sense.MAY, r"may|can|could|might|allowed to|permitted to|able to"),
    (Sense.WILL, r"(?:will|shall)(?! (?:not|be able)\b)(?: always| certainly)?|always|guaranteed to"),
    (Sense.SHOULD, r"should|recommended|ought to"),
    (Sense.BEFORE, r"before|prior to|until|ahead of"),
    (Sense.AFTER, r"after|following|since|once"),
    (Sense.BUT, r"but"),
)
TURNING = re.compile(
    "|".join(f"(?P<t{n}>\\b(?:{pattern})\\b)" for n, (_, pattern) in enumerate(_PHRASES)), re.IGNORECASE
)
THEM = re.compile(r"\b(?:it|they|them)\b", re.IGNORECASE)
"""What stands for what another sentence names."""
LIMITS = re.compile(rf"\b(?:{MOSTLY}|{SOME}|only|except|not|{BARE_NO})\b|n['’]t\b|\d\s?(?:%|per ?cent)", re.IGNORECASE)
WITHOUT = re.compile(r"\bwithout\b", re.IGNORECASE)
NO = re.compile(rf"\b(?:{BARE_NO}|not)\b|n['’]t\b", re.IGNORECASE)
NEEDLESS = re.compile(
    r"\b(?:(?:do|does|did|need|is|are)(?: not|n['’]t) (?:have to|need(?:ed)?|required|obliged|necessary|mandatory|"
    r"compulsory)|needn['’]t|need not|needs? no(?! \w+ than)|optional(?:ly)?|"
    r"no (?:\w+ ){1,3}(?:is|are) (?:required|needed|necessary)|no need (?:to|for)|without having to)\b",
    re.IGNORECASE,
)
NEEDED = re.compile(
    r"\b(?:must(?! not)|ha(?:s|ve) to|need(?:s|ed)?|required|necessary|mandatory|compulsory|obliged|obligatory)\b",
    re.IGNORECASE,
)
CONSEQUENCE = (
    r"(?:we|you|it|they|(?:the|your|our|any|an?)\s\w+(?:\s\w+)?)\s"
    r"(?:(?:may|might|will|must|shall|is|are|have|has|to|also|be|get)\s){0,3}"
    r"(?:charg|fin(?:e\b|ed)|los[et]|forfeit|pay|cost|stop|cancel|clos|delet|end|expir|laps|suspend|void|invalid|reject|"
    r"refus|return|block|lock|remov|withdraw|terminat|not\b|cannot\b)"
)
"""What begins what happens "otherwise", where only "or" says so: "Return it in time, or we charge £5"."""
_OTHERWISE = re.compile(
    r"(?:^\W*|[,;.!?]\s)(?:otherwise|or else|failing (?:that|this)|if not|after that|in (?:this|that|such an?) case)\b|"
    rf",\sor\s(?={CONSEQUENCE})",
    re.IGNORECASE,
)
"""What holds in a case alone, or where it is not so, that stands before it."""
IN_CASE = re.compile(
    r"^\W*(?:if|unless|when|where|without)\b[^,;]*,\s|\b(?:if|unless|when|where)\b[^,;.]*", re.IGNORECASE
)
"""A clause that says in which case something is so."""
LIMITED = re.compile(
    rf"(?<!not )(?<!the )(?<!if )\b(?:{ONLY}|solely|exclusively)\b(?!\s+(?:[\d$€£]|(?:an?|one|few|takes?|costs?)\b))",
    re.IGNORECASE,
)
"""What limits a sentence to some; "only €5" and "the only shop" do not."""


def root_of(word: str) -> str:
    """Return the stem of a word; of its forms "cancelled" and "cancel" the same."""
    root = verb_root(stem(word.lower()))
    return root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "aeious" else root


_FINITE = re.compile(
    r"\b(?:is|are|was|were|can|cannot|could|may|might|must|will|would|shall|should|do|does|did|has|have|had|needs?|"
    r"[a-z]+n['’]t)\b",
    re.IGNORECASE,
)
_RELATIVE_BEFORE = re.compile(rf"\b(?:who|that|which|with)\s(?:{_FINITE.pattern}\s)*$", re.IGNORECASE)
_CLAUSE_BEFORE = re.compile(r"[,;:.!?()]\s")
_AT_ALL = frozenset("either anybody anyone anything anymore yet".split())
"""What is told behind a denial and denies nothing else."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A word that turns a meaning, with the content words it is about, nearest first."""

    sense: Sense
    about: tuple[str, ...]
    restricts: bool = False
    """Whether it denies something of those that a sentence is about, and so only says which: "guests without a key"."""


def otherwise(text: str) -> bool:
    """Whether a text says what holds in a case, or where it is not so, that is told of before."""
    return bool(_OTHERWISE.search(text))


def turned_more(text: str, than: str, told: str) -> bool:
    """Whether a text denies, excepts, limits or demands something as `told`, and another one nothing in this way."""
    mine, theirs, held = ({sense_of(match) for match in TURNING.finditer(one)} for one in (text, than, told))
    turns = {Sense.NOT, Sense.EXCEPT, Sense.ONLY}
    if (mine - theirs) & turns and (held & turns or NO.search(told)):
        return True
    return Sense.MUST in (mine - theirs) & held


def without_case(claim: str) -> str:
    """Return a claim without the clause that says in which case it is so."""
    return IN_CASE.sub(" ", claim)


def marked_in(text: str) -> Iterator[Marked]:
    end = len(text)
    found: list[Marked] = []
    for match in reversed(list(TURNING.finditer(text))):
        sense = sense_of(match)
        restricts = restricting(match)
        behind = text[match.end() : end]
        found.append(Marked(sense, tuple(about_behind(up_to_verb(behind) if restricts else behind)), restricts))
        if sense in (Sense.NOT, Sense.EXCEPT):
            end = match.start()  # "not possible without a receipt" does not deny the receipt twice
    return reversed(found)


def restricting(match: re.Match[str]) -> bool:
    """Whether a denial that `TURNING` found only says of which something is said: "those who do not pay", "no lead"."""
    if sense_of(match) is not Sense.NOT:
        return False
    before = _CLAUSE_BEFORE.split(match.string[: match.start()])[-1]
    return bool(WITHOUT.match(match[0]) or _RELATIVE_BEFORE.search(before)) or (
        match[0].lower() == "not" and before.strip() != "" and not _FINITE.search(before)
    )


def up_to_verb(behind: str) -> str:
    """Return what stands behind a denial up to the sentence's verb: the photo of "without a photo are sent back"."""
    first = next((one for one in TOKEN.finditer(behind) if any(True for _ in content_of(one[0]))), None)
    verb = _FINITE.search(behind, first.end()) if first else None
    return behind[: verb.start()] if verb else behind


def about_behind(after: str) -> list[str]:
    """Return the next content words up to the end of the clause."""
    found: list[str] = []
    for token in (match[0] for match in TOKEN.finditer(after)):
        if token in ",;:.!?()" or token.lower() in {"but", "however", "if", "unless"}:
            break
        if token.lower() not in STOP_WORDS | _AT_ALL:
            found.append(root_of(token))
        if len(found) == REACH:
            break
    return found


def content_of(text: str) -> Iterator[str]:
    for token in TOKEN.findall(text):
        if token[0].isalnum() and token.lower() not in STOP_WORDS:
            yield root_of(token)


def words_about(marked: Iterable[Marked], *senses: Sense) -> set[str]:
    return {word for one in marked if one.sense in senses for word in one.about}


def at_another_time(mine: list[Marked], theirs: list[Marked]) -> set[str]:
    """Return what one tells of the time before, the other of that after: what is denied then is not denied now."""
    before = words_about(mine, Sense.BEFORE) & words_about(theirs, Sense.AFTER)
    return before | (words_about(mine, Sense.AFTER) & words_about(theirs, Sense.BEFORE))


def firsts(marked: Iterable[Marked], *senses: Sense) -> set[str]:
    """Return the verbs that are qualified."""
    return {one.about[0] for one in marked if one.sense in senses and one.about}


def sense_of(match: re.Match[str]) -> Sense:
    """Return what a word does that `TURNING` found."""
    return _PHRASES[int((match.lastgroup or "t0")[1:])][0]
