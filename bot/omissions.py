"""What a claim leaves out of what a sentence says: a condition, a limit, a "may", what is added to an amount.

All that the claim says stands there, and yet it says more: "We refund the fee" of "We may refund the fee".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.facts import CLAUSE, carries, facts_of, numbers_in, sides, telling_words, values_of, verb_root
from bot.polarity import TOKEN
from knowledge.figures import Bound, Figure, Kind
from knowledge.sentences import STOP_WORDS, stem, words_of


def left_out(claim: str, evidence: str, asked: str) -> str | None:
    """Return what a claim leaves out of what the evidence says; None if nothing that matters.

    What was `asked` about need not be said again.
    """
    return (
        _limit(claim, evidence, asked)
        or _condition(claim, evidence, asked)
        or _possibility(claim, evidence)
        or _qualifier(claim, evidence)
        or _restriction(claim, evidence, asked)
        or _kind(claim, evidence, asked)
        or _alternative(claim, evidence)
        or _requirement(claim, evidence)
        or _for_so_long(claim, evidence, asked)
        or _interval(claim, evidence)
    )


def _limit(claim: str, evidence: str, asked: str) -> str | None:
    """Return a figure from or up to which the evidence says what the claim says of all; None if there is none.

    What was `asked` for need not be said again.
    """
    said, words = facts_of(claim), telling_words(claim)
    known = said.numbers | facts_of(asked).numbers
    for figure in facts_of(evidence).figures:
        values = values_of(figure.text)  # none for "at least one", which limits nobody
        if figure.bound and values and not values & known and (figure.kind is Kind.MONEY or _in_between(figure)):
            before, behind = sides(figure, evidence, CLAUSE)
            kept = words & (before | behind)
            # "Children under 12 travel free" limits who; "orders take up to 5 days" tells how long.
            limits = figure.kind is Kind.MONEY or (words & before and words & behind)
            if limits and len(kept) >= 2 and 2 * len(kept) >= len(words):
                return f"{figure.bound} {figure.text}"
    return None


def _in_between(figure: Figure) -> bool:
    """Whether a limit can stand behind what it limits: of age, size or number, or of time that must have passed."""
    return figure.kind in (Kind.COUNT, Kind.MEASURE) or (
        figure.kind is Kind.DURATION and figure.bound is Bound.AT_LEAST
    )


def _condition(claim: str, evidence: str, asked: str) -> str | None:
    """Return the condition on which the evidence says what the claim says of all cases; None if there is none.

    What was `asked` about need not be said again, nor that somebody wants what is told how to get.
    """
    if _CONDITIONED.search(claim):
        return None
    words, known = telling_words(claim), telling_words(asked)
    for pattern in (_CONDITION, _CASE):
        for found in pattern.finditer(evidence):
            condition = telling_words(found["case"])
            if not condition or condition & (words | known) or _WISHED.search(found["case"]):
                continue
            # A capital begins a sentence, even where a page lost the stop before it: what is said before holds always.
            start = found.start() if found[0][0].isupper() else 0
            kept = words & telling_words(evidence[start : found.start()] + " " + evidence[found.end() :])
            if len(kept) >= 2 and 2 * len(kept) >= len(words):
                return f"“{found[0].strip(' ,')}”"
    return None


_CONDITION = re.compile(
    r"(?<!\beven )(?<!\bas )(?<!\bsee )(?<!\bask )(?<!\bknow )(?<!\bcheck )(?<!\bsure )(?<!\bout )(?<!\bus )"
    r"(?<!\bdetermine )(?<!\bdecide )(?<!\btell )(?<!\bwhat )(?<!\bor )"
    r"\b(?:if|provided(?: that)?|providing that|(?:as|so) long as|on (?:the )?condition that|subject to|depending on|"
    r"in (?:the )?(?:case|event) (?:of|that)|at(?= \w+(?:['’]s)? (?:sole |own )?discretion\b)|"
    r"(?:with|after|upon)(?= (?:(?:the|our|your|prior|written|express|previous) )*"
    r"(?:approval|consent|permission|agreement|authori[sz]ation)\b))\s"
    r"(?P<case>[^,;:.!?()]+)",
    re.IGNORECASE,
)
_CASE = re.compile(r"(?:(?<=^)|(?<=[.;!?]\s))(?:Where|When|Should)\s(?P<case>[^,;:.!?()]+),")
"""A case that a sentence begins with."""
_CONDITIONED = re.compile(
    r"\b(?:if|unless|provided|providing|long as|condition|subject to|when|where|once|only|until|after|before|in case|"
    r"in the (?:case|event)|depend(?:s|ing)|discretion|approv(?:al|ed)|consent|permission|"
    r"might|could|may be (?:eligible|entitled|able))\b",
    re.IGNORECASE,
)
_WISHED = re.compile(
    r"\b(?:want|wish|like|prefer|need|questions?|unsure|not sure|necessary|needed|possible|available|applicable|"
    r"required|desired|help|problems?|trouble|plan to|choose|decide|interested)\b",
    re.IGNORECASE,
)
"""A condition that is none: who asks how to do something wants to do it."""


def _possibility(claim: str, evidence: str) -> str | None:
    """Return the word that makes possible only what the claim says is so; None if there is none.

    What somebody may do is allowed and no mere possibility: "You may return it" says that you can.
    """
    if _UNCERTAIN.search(claim):
        return None
    words = telling_words(claim)
    for found in _PERHAPS.finditer(evidence):
        deed = _ENTITLED.sub("", found["deed"])
        about = telling_words(deed)
        verb = next((word for word in words_of(deed) if word not in STOP_WORDS), "")
        does_it = verb_root(stem(verb)) in words or deed != found["deed"]
        if does_it and len(about & words) >= min(2, len(about)):
            return f"“{found['may'] or found['might'] or found['event']}”"
    return None


_BY_US = (
    r"refund|waive|charge|bill|reject|refuse|den[iy]|delay|grant|approve|deduct|issue|reduce|increase|extend|withhold|"
    r"suspend|terminate|close|replace|award|reimburse|compensate|credit|fine|ask|require|entitle|eligible|able|limit"
)
"""What a customer does not do, but is done to him or for him."""
_EVENTS = (
    r"take|vary|apply|incur|occur|cause|require|include|contain|differ|change|result|lead|affect|last|cost|arise|fail|"
    r"need|have|experience|receive|see"
)
_HAPPENS = r"(?:take (?:longer|up|several|some|more)|vary|differ|occur|arise|fail|happen)"
"""What says of something that it is possible, not that it is allowed, behind "can" too."""
_PERHAPS = re.compile(
    r"\b(?:(?:(?:we|it|there|this|that|which|the (?:company|bank|courier|carrier|seller)) )(?P<may>may)|"
    rf"(?P<might>might|could)|(?P<event>may(?= (?:also |still |then )?(?:(?:be |have been )?(?:{_BY_US})|{_EVENTS}))|"
    rf"can(?= (?:also )?{_HAPPENS})))"
    r"\s(?!not\b)(?P<deed>[^,;:.!?()]+)",
    re.IGNORECASE,
)
_ENTITLED = re.compile(
    r"^(?:also )?be (?:able to|eligible|entitled|qualified)\b(?: (?:to|for))?(?: (?:get|receive))?", re.IGNORECASE
)
"""What who may be so may get: "a refund" of "may be entitled to get a refund"."""
_UNCERTAIN = re.compile(
    r"\b(?:may|might|could|can|perhaps|possib\w+|potential\w*|likely|sometimes|in (?:some|certain) cases|up to|if|"
    r"unless|depend\w*)\b",
    re.IGNORECASE,
)


def _qualifier(claim: str, evidence: str) -> str | None:
    """Return what stands with an amount in the evidence and not in the claim; None if there is nothing.

    "£40 plus VAT" are not £40, "about 5 days" are not 5 days, and what something was is not what it is.
    """
    told = numbers_in(evidence)
    for figure in numbers_in(claim):
        carriers = [one for one in told if carries(one, figure)]
        missing = [_unsaid(one, figure, evidence, claim) for one in carriers]
        if missing and all(missing):
            return f"“{missing[0]}”"
    return None


def _unsaid(carrier: Figure, figure: Figure, evidence: str, claim: str) -> str:
    before, behind = evidence[: carrier.start], evidence[carrier.end :]
    if (added := _ADDED.match(behind)) and added["what"].lower() not in claim.lower():
        return added["added"]
    if (rough := _ROUGHLY.search(before)) and not (_ROUGHLY.search(claim[: figure.start]) or figure.bound):
        return rough["word"]
    if (old := _NO_LONGER.search(before)) and not _OVER.search(claim):
        return old["word"]
    mine, theirs = _strict(figure, claim), _strict(carrier, evidence)
    return theirs[1] if mine[0] is not None and theirs[0] is not None and mine[0] is not theirs[0] else ""


def _strict(figure: Figure, text: str) -> tuple[bool | None, str]:
    """Return whether a limit leaves out the figure itself, None for what is no limit, with the words that say so."""
    if figure.kind is Kind.DATE:
        return None, ""
    before, behind = text[: figure.start], text[figure.end :]
    if found := _STRICT.search(before):
        return True, f"{found['word']} {figure.text}"
    if found := _INCLUSIVE.search(before) or _OR_MORE.match(behind):
        return False, f"{found['word']} {figure.text}"
    return None, ""


_TAX = r"VAT|GST|(?:sales )?tax(?:es)?|shipping|postage|delivery|handling|service charge"
_ADDED = re.compile(
    rf"\s?\(?(?P<added>(?:plus|\+|exclud\w+|excl\.?|exclusive of|ex|without|before|not including|net of) "
    rf"(?:(?:the|any|local|applicable) )*(?P<what>{_TAX}))\b",
    re.IGNORECASE,
)
_ROUGHLY = re.compile(
    r"\b(?P<word>about|around|approximately|approx\.?|roughly|circa|nearly|almost|an average of|on average)\s+[$€£]?$",
    re.IGNORECASE,
)
_NO_LONGER = re.compile(
    r"\b(?P<word>was|were|used to (?:be|cost)|instead of|rather than|down from|up from|previously|formerly|originally)"
    r"\s+[$€£]?$",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"\b(?:was|were|used to|instead|rather|from|previously|formerly|originally|no longer)\b", re.IGNORECASE
)
_STRICT = re.compile(
    r"\b(?P<word>under|below|(?:less|fewer|younger|lower|shorter|smaller|more|older|longer|greater|higher|larger) than|"
    r"over|above|exceed(?:s|ing)?)\s+(?:the age of\s+)?[$€£]?$",
    re.IGNORECASE,
)
_INCLUSIVE = re.compile(
    r"(?P<word>(?<!exceed )\b(?:up to|at most|at least|no (?:more|less|fewer|older|younger|longer) than|"
    r"not (?:more|less|older|longer) than|(?:a )?(?:minimum|maximum)(?: of)?|from))\s+[$€£]?$",
    re.IGNORECASE,
)
_OR_MORE = re.compile(
    r"\s?(?P<word>(?:or|and) (?:more|over|above|up|older|less|under|below|younger|longer)|\+)", re.IGNORECASE
)


def _restriction(claim: str, evidence: str, asked: str) -> str | None:
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
    return first.word in _RESTRICTING and not any(one.word in ("and", "or") for one in gap)


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


def _kind(claim: str, evidence: str, asked: str) -> str | None:
    """Return the word for the one sort of which the evidence says what the claim says of all; None if there is none."""
    known = {stem(word) for word in words_of(f"{claim} {asked}")}
    said = telling_words(claim)
    for found in _SORT.finditer(evidence):
        sort, those = found["sort"].lower(), found["those"]
        elsewhere = len(re.findall(rf"\b{re.escape(those)}\b", evidence, re.IGNORECASE)) > 1
        if stem(sort) not in known and telling_words(those) <= said and not elsewhere:
            return f"“{sort}”"
    return None


_SORT = re.compile(
    r"(?<!\band )(?<!\bor )(?<!, )\b(?P<sort>birthing|adoptive|full-time|part-time|permanent|temporary|eligible|"
    r"registered|unopened|unused|unworn|faulty|defective|damaged|first-time|new|existing|former|retired|disabled|married|"
    r"unmarried|international|domestic|non-[a-z]+) "
    r"(?P<those>parents|mothers|fathers|staff|employees|workers|colleagues|members|customers|guests|students|pupils|"
    r"residents|citizens|applicants|drivers|passengers|patients|tenants|users|sellers|buyers|items|products|goods|"
    r"devices|orders|parcels|transfers|flights|veterans|couples|borrowers)\b",
    re.IGNORECASE,
)


def _requirement(claim: str, evidence: str) -> str | None:
    """Return which two things are needed of which the claim names one, or either; None if there are none."""
    if not (_GETS.search(claim) and _GETS.search(evidence)):
        return None
    words = telling_words(claim)
    for found in _BOTH.finditer(evidence):
        one, other = telling_words(found["one"]), telling_words(found["other"])
        both = one <= words and other <= words
        if one and other and ((both and _EITHER.search(claim)) or (not both and (one <= words or other <= words))):
            return f"“{found[0]}”"
    return None


def _for_so_long(claim: str, evidence: str, asked: str) -> str | None:
    """Return for how long, or when, something is so that the claim says is so; None if it is always so."""
    known = facts_of(claim).numbers | facts_of(asked).numbers
    said = telling_words(claim)
    for found in _WHILE.finditer(evidence):
        if telling_words(found["state"]) & said and not values_of(found["long"]) & known:
            return f"“{found[0]}”"
    for found in _ONLY_THEN.finditer(evidence):
        deed = telling_words(found["deed"])
        if deed and deed <= said and stem(found["period"].lower()) not in said:
            return f"“{found['then']}”"
    return None


_WHILE = re.compile(
    r"\b(?P<state>free(?: of charge)?|covered|insured|guaranteed|valid|included|refundable|exempt) "
    r"(?:for|during|within|in) (?:up to |at least )?(?:the |your |its )?(?:first |next )?"
    r"(?P<long>(?:\d+|two|three|four|five|six|ten|twelve|thirty) (?:hours?|days?|weeks?|months?|years?))\b",
    re.IGNORECASE,
)
_ONLY_THEN = re.compile(
    r"\b(?P<deed>(?:cancel|end|leave|terminate|withdraw|downgrade|switch|stop)\b[^,;:.!?()]*?) "
    r"(?P<then>at the (?:end|beginning|start) of (?:each|every|the|a|any) (?:\w+ )?"
    r"(?P<period>month|quarter|year|term|semester|period))\b",
    re.IGNORECASE,
)


def _alternative(claim: str, evidence: str) -> str | None:
    """Return what the evidence says might be instead of what the claim says is; None if there is nothing."""
    for found in _EITHER.finditer(evidence):
        one, other = telling_words(found["one"]), telling_words(found["other"])
        words = telling_words(claim)
        if _OR.search(claim) or not (one and other):
            continue
        if one <= words and other <= words and not re.search(r"\b(?:can|may|could)\b", evidence):
            return f"“{found[0]}”"
        if (one <= words) != (other <= words) and _GETS.search(claim) and _GETS.search(evidence):
            return f"“{found[0]}”"
    return None


_NOUN = r"(?:an?|the|your|our)\s\w+(?:\s(?!or\b|and\b|to\b|of\b|for\b|from\b|in\b)\w+)?"
_EITHER = re.compile(rf"\b(?P<one>{_NOUN}),?\sor\s(?P<other>{_NOUN})", re.IGNORECASE)
_BOTH = re.compile(rf"\b(?P<one>{_NOUN}),? and (?P<other>{_NOUN})", re.IGNORECASE)
_OR = re.compile(r"\b(?:or|either|can|may|could)\b", re.IGNORECASE)
_GETS = re.compile(r"\b(?:need|must|get|gets|receive|required|require|have to|has to)\b", re.IGNORECASE)


def _interval(claim: str, evidence: str) -> str | None:
    """Return how many days, weeks, months or years lie between what happens once in one of the claim; None if one."""
    for found in _EVERY_FEW.finditer(evidence):
        unit = "dai?" if found["unit"].lower() == "day" else found["unit"]
        if re.search(rf"\b(?:(?:every|each|per|an?) {found['unit']}\b|{unit}ly\b)", claim, re.IGNORECASE):
            return f"“{found[0]}”"
    return None


_EVERY_FEW = re.compile(
    r"\bevery (?:other|second|few|\d+|two|three|four|five|six|ten) (?P<unit>day|week|month|year)s?\b", re.I
)
