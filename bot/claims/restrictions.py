"""What a claim leaves out of who or what a sentence is about: which of them, which kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from bot.claims.people import SAME_PEOPLE
from bot.claims.senses import TOKEN
from bot.text.facts import facts_of, telling_words, verb_root
from knowledge.sentences import STOP_WORDS, stem


def restriction(claim: str, evidence: str, asked: str) -> str | None:
    """Return the words that restrict something in the evidence and are missing in the claim; None if there are none.

    "Items that were opened cannot be returned" does not say that items cannot.
    """
    mine, theirs = _tokens(claim), _tokens(evidence)
    known = {*(one.stem for one in mine), *(one.stem for one in _tokens(asked))}
    telling = [one.stem for one in mine if one.tells]
    for number, (before, behind) in enumerate(zip(telling, [*telling[1:], ""], strict=True)):
        # What a sentence is about stands at its beginning; further behind more is left out without harm.
        if behind and number >= _SUBJECT:
            continue
        found = [_gap(theirs, place, behind) for place, one in enumerate(theirs) if one.stem == before]
        gaps = [gap for gap in found if gap is not None]
        if gaps and all(_restricts(gap, behind, known) for gap in gaps):
            return f"“{evidence[gaps[0][0].start : gaps[0][-1].end]}”"
    return None


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or a mark of punctuation of a text."""

    start: int
    end: int
    word: str
    """Lower case."""
    stem: str
    tells: bool
    """Whether it is a word that carries meaning."""
    capital: bool


def _tokens(text: str) -> list[_Token]:
    return [
        _Token(
            match.start(),
            match.end(),
            word := match[0].lower(),
            verb_root(stem(word)),
            word[0].isalnum() and word not in STOP_WORDS,
            match[0][0].isupper(),
        )
        for match in TOKEN.finditer(text)
    ]


def _gap(tokens: Sequence[_Token], place: int, behind: str) -> list[_Token] | None:
    """Return what stands between a word and the next that is to stand `behind` it; None if it does not follow.

    Behind the last word of a claim it is what follows up to the end of the clause.
    """
    gap: list[_Token] = []
    for token in tokens[place + 1 :]:
        if behind and token.stem == behind:
            return gap
        if token.word in ",;:.!?()":
            break
        gap.append(token)
    return None if behind else gap


def _restricts(gap: Sequence[_Token], behind: str, known: set[str]) -> bool:
    """Whether words that stand behind one restrict it, and most of them to what is not `known`."""
    telling = [one for one in gap if one.tells]
    if not telling or 2 * sum(one.stem in known for one in telling) >= len(telling):
        return False
    first, second = gap[0], gap[1].word if len(gap) > 1 else ""
    if not behind:
        return first.word in _LIMITING
    if first.word in ("to", "in", "from") and gap[1].capital:
        return True
    if first.word in ("that", "which"):
        return second in _VERBS
    if first.word in _PARTICIPLES or (first.word.endswith("ed") and not first.capital):
        return second in _BEHIND_A_PARTICIPLE
    all_of_them = first.word in ("for", "with") and second in ("all", "every", "each")
    return first.word in _RESTRICTING and not all_of_them and not any(one.word in ("and", "or") for one in gap)


_SUBJECT = 2
_RESTRICTING = frozenset("who whom with without under over during beyond outside inside within for".split())
"""What begins words that restrict those before them."""
_LIMITING = frozenset("during beyond outside under".split())
"""What does so at the end of a clause, where more is left out without harm."""
_VERBS = frozenset(
    "is are was were has have had do does did can cannot must may need come came cost costs exceed".split()
)
_PARTICIPLES = frozenset("bought paid made sold sent worn".split())
_BEHIND_A_PARTICIPLE = frozenset(
    "in on at by from before after with without within under over for through via to online outside".split()
)


def kind(claim: str, evidence: str, asked: str) -> str | None:
    """Return the word for the one kind of which the evidence says what the claim says of all; None if there is none.

    What a claim says of the other kind, or of "you" where that is asked about, is not said of this one.
    """
    said, sought = _telling(claim), _telling(asked)
    for found in KIND.finditer(evidence):
        one, those = found["kind"].lower(), found["those"]
        elsewhere = len(re.findall(rf"\b{re.escape(those)}\b", evidence, re.IGNORECASE)) > 1
        own, other = _telling(one), _telling(_OTHER_KINDS.get(one) or _UN.sub("", one))
        if elsewhere or own <= said:
            continue
        is_told, another = own <= sought, not other <= _telling(evidence)
        if telling_words(those) <= said:
            held = not is_told or (another and other <= said)
        else:
            held = not is_told and another and other <= sought
        if held:
            return f"“{one}”"
    return None


_PAIRS = "full-time/part-time permanent/temporary new/existing international/domestic birthing/adoptive".split()
_OTHER_KINDS = {one: other for pair in _PAIRS for one, other in (pair.split("/"), reversed(pair.split("/")))}
_UN = re.compile(r"^(?:non-|un)")
"""How a word begins that names all but those of a kind."""
_NON = re.compile(r"\bnon[- ](?=[^\W\d_])", re.IGNORECASE)


def _telling(text: str) -> frozenset[str]:
    """Return the telling words of a text, with "non-resident" as a word of its own."""
    return telling_words(_NON.sub("non", text))


KIND = re.compile(
    r"(?<!\band )(?<!\bor )(?<!, )\b(?P<kind>birthing|adoptive|full-time|part-time|permanent|temporary|eligible|"
    r"registered|unopened|unused|unworn|faulty|defective|damaged|first-time|new|existing|former|retired|disabled|married|"
    r"unmarried|international|domestic|non-[a-z]+) "
    r"(?P<those>parents|mothers|fathers|staff|employees|workers|colleagues|members|customers|guests|students|pupils|"
    r"residents|citizens|applicants|drivers|passengers|patients|tenants|users|sellers|buyers|items|products|goods|"
    r"devices|orders|parcels|transfers|flights|veterans|couples|borrowers)\b",
    re.IGNORECASE,
)


def grant(claim: str, evidence: str, asked: str) -> str | None:
    """Return for whom, where or with what alone the evidence grants what the claim grants to all; None if to all.

    "Delivery is free for club members" does not say that delivery is free.
    """
    words, known = telling_words(claim), _named_in(f"{claim} {asked}")
    known = known.union(*(same for same in map(telling_words, SAME_PEOPLE) if same & known))
    for granted in _GRANTS:
        if not granted.mine.search(claim):
            continue
        for found in islice(granted.theirs.finditer(evidence), _MOST_GRANTS):
            before = evidence[: found.start()]
            if not words & telling_words(_SENTENCE.split(before)[-1]):
                continue  # it grants something else
            cases = [_untold(before, case, known) for case in _NEXT_CASE.split(_NEXT_VERB.split(found["case"])[0])]
            if all(cases):
                return f"“{cases[0]}”"
    return None


def _untold(before: str, case: str, known: frozenset[str]) -> str:
    """Return the first part of a case of which nothing is `known`, or told `before` it; empty if there is none.

    Where it is granted restricts nothing more behind what it is granted with, "with a student card at the box office",
    and behind a place of ours: "for guests at our hotel in the car park". It does right behind who gets it: "for
    customers on the Care plan".
    """
    told = False
    for part in _PARTS_OF_CASE.findall(case):
        own = _named_in(part) - telling_words(before)
        if told and _PLACE.match(part) and not _TIME.search(part):
            continue
        if own and not own & known and not _ANY_CASE.search(part):
            return str(part)
        told = told or _OUR_PLACE.match(part) is not None or (part.lower().startswith("with ") and bool(own & known))
    return ""


def _named_in(text: str) -> frozenset[str]:
    return telling_words(text) | {f"{number:g}" for number in facts_of(text).numbers}


@dataclass(frozen=True, slots=True)
class _Grant:
    """How a page grants something, with the case in which it does so, and how a claim does."""

    theirs: re.Pattern[str]
    mine: re.Pattern[str]


_MOST_GRANTS = 8
"""Grants of each sort in a sentence that are looked at."""
_IN_CASE = r"for|in|with|on|at|over|under|aged|during"
_CASE = rf"\s(?P<case>(?:{_IN_CASE})\s(?:[^,;:.!?()]|\.(?=\d)|,\s(?:(?:and|or)\s)?(?=(?:{_IN_CASE})\s))+)"
_GRANTS = tuple(
    _Grant(re.compile(rf"\b(?:{theirs}){_CASE}", re.IGNORECASE), re.compile(rf"\b(?:{mine})", re.IGNORECASE))
    for theirs, mine in (
        (
            r"free(?: of charge)?|waived|at no (?:extra )?(?:cost|charge)",
            r"free\b|waive|nothing\b|no (?:extra )?(?:cost|charge)|(?:not|\w+n['’]t|never) (?:(?:have|need) to )?pay",
        ),
        (r"\d+\s?(?:%|per ?cent) (?:off|discount)|half[- ]price", r"off\b|discount|half[- ]price"),
        (r"included", r"includ"),
        (r"not (?:needed|required|necessary)|optional", r"(?:not|n['’]t|no)\b.{0,40}\b(?:need|requir|necess)|optional"),
    )
)
_SENTENCE = re.compile(r"[;.!?]\s")
_NEXT_VERB = re.compile(
    r"\s(?:and|but|while|whereas)\s(?=[£$€]|(?:[\w'’-]+\s){0,3}(?:is|are|costs?|pays?|can|cannot|may|must|has|have|takes?)\b)",
    re.IGNORECASE,
)
_NEXT_CASE = re.compile(rf",?\s(?:and|or)\s(?=(?:{_IN_CASE})\s)|,\s(?=(?:{_IN_CASE})\s)", re.IGNORECASE)
"""What stands between cases of which each is enough: "for patients over 65 and for pregnant women"."""
_PARTS_OF_CASE = re.compile(rf"\b(?:{_IN_CASE})\s(?:(?!\s(?:{_IN_CASE})\s).)+", re.IGNORECASE)
_OUR_PLACE = re.compile(r"at (?:our|your)\s", re.IGNORECASE)
_PLACE = re.compile(r"(?:at|in) (?:the|our|your)\s", re.IGNORECASE)
_TIME = re.compile(
    r"\d|\b(?:spring|summer|autumn|winter|seasons?|holidays?|weekends?|mornings?|afternoons?|evenings?|nights?|days?|"
    r"weeks?|months?|years?|terms?)\b",
    re.IGNORECASE,
)
_ANY_CASE = re.compile(
    r"\b(?:all|every|each|any|everyone|everybody|anyone|anybody|you)\b|"
    r"\b(?:price|rate|fare|fee|cost|rent|bill)(?: of .+)?$|^at (?:our|your)\s|^for life\b|"
    r"^over (?:the )?(?:phone|telephone|internet|web|e-?mail|chat|video)\b|"
    r"^for (?:the |our |your )?(?:orders|purchases|parcels|items|goods|products|people|customers|"
    r"users|guests|visitors)$",
    re.IGNORECASE,
)
"""What restricts nothing: all of them, the price in which it is included, those who read the page."""
