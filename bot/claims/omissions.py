"""What a claim leaves out of what a sentence says: a condition, a limit, a "may", what is added to an amount.

All that the claim says stands there, and yet it says more: "We refund the fee" of "We may refund the fee".
"""

from __future__ import annotations

import re
from itertools import islice, pairwise

from bot.claims import alternatives, qualifiers, restrictions
from bot.text.facts import facts_of, telling_words, values_of, verb_root
from knowledge.sentences import STOP_WORDS, stem, words_of


def left_out(claim: str, evidence: str, asked: str, before: str = "") -> str | None:
    """Return what a claim leaves out of what the evidence says; None if nothing that matters.

    What was `asked` about need not be said again. `before` are the sentences that the evidence leans on.
    """
    return (
        qualifiers.limit(claim, evidence, asked)
        or _condition(claim, evidence, asked)
        or case_before(claim, evidence, asked, before)
        or _possibility(claim, evidence)
        or qualifiers.qualifier(claim, evidence)
        or restrictions.restriction(claim, evidence, asked)
        or restrictions.kind(claim, evidence, asked)
        or alternatives.alternative(claim, evidence)
        or alternatives.requirement(claim, evidence)
        or _clause_asked_about(claim, evidence, asked)
        or _for_so_long(claim, evidence, asked)
        or qualifiers.interval(claim, evidence)
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
            if _OPEN.search(evidence[: found.start()]):
                continue
            if not condition or _asked(found, known) or _WISHED.search(found["case"]):
                continue
            # A capital begins a sentence, even where a page lost the stop before it: what is said before holds always.
            start = found.start() if found[0][0].isupper() else 0
            rest = evidence[start : found.start()] + " " + evidence[found.end() :]
            # What stands in both, "the parcel is lost", "we replace the parcel", tells no condition.
            own = condition - telling_words(rest) or condition
            if 2 * len(own & words) < len(own) and qualifiers.keeps(claim, rest, words & telling_words(rest)):
                return f"“{found[0].strip(' ,')}”"
    return None


_OPEN = re.compile(r"\([^()]*\w[^()]*$")
"""What stands before a condition that limits what is said in brackets alone."""


def _asked(found: re.Match[str], known: frozenset[str]) -> bool:
    """Whether a question is about a condition, or one of several: whether it says half of the words that tell it."""
    further = _FURTHER.match(found.string, found.end("case"))
    for one in _BETWEEN_CASES.split(found["case"] + (further[0] if further else "")):
        telling = telling_words(one) - _OF_ANYTHING or telling_words(one)
        if telling and 2 * len(telling & known) >= len(telling):
            return True
    return False


_FURTHER = re.compile(r"(?:,\s[\w-]+)*,?\sor\s[\w-]+", re.IGNORECASE)
"""The further ones of a list of cases: "If it is lost, stolen or destroyed"."""
_BETWEEN_CASES = re.compile(r",\s(?:or\s)?|\sor\s", re.IGNORECASE)
_OF_ANYTHING = telling_words("take get have make go do use need receive currently now")
"""What is asked of anything."""


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


def case_before(claim: str, evidence: str, asked: str, before: str) -> str | None:
    """Return the words by which the evidence holds in the case alone that is told of before them.

    A claim tells of that case where it has these words, or says when, or in which case, with a word or a figure of it.
    What holds "otherwise" holds where the case is not so.
    """
    words = telling_words(claim)
    for found in _CASE_BEFORE.finditer(evidence):
        case, told = f"{before} {evidence[: found.start()]}", evidence[found.end() :]
        theirs = telling_words(told)
        if found.start() and not words & theirs - telling_words(evidence[: found.start()]):
            continue  # it tells of the case alone
        said = next(group for group in found.groups() if group)
        if said.lower() not in claim.lower() and not _tells_case(claim, words - theirs, case, asked, said):
            return f"“{said}”"
    return None


def _tells_case(claim: str, words: frozenset[str], case: str, asked: str, said: str) -> bool:
    """Whether a claim, which has `words` besides what holds in a case, says that it holds in that case."""
    if not _WHEN.search(claim):
        return False
    known = telling_words(asked)
    if _OTHERWISE.fullmatch(said):
        case = _LEADING_IF.sub(" ", case)  # of "If you are late, call us. Otherwise" it denies that you call
        known = frozenset()
        if bool(_TURNED.search(claim)) == bool(_TURNED.search(case)):
            return False
    elif _THEN.search(claim):
        return True
    return bool(words & (telling_words(case) | known) or facts_of(claim).numbers & facts_of(case).numbers)


_CASE_BEFORE = re.compile(
    r"^\W*(otherwise|or else|failing (?:that|this)|in (?:that|this|which|such an?) (?:case|event)|"
    r"in (?:those|these|such) cases|after that|until then|only then|if (?:so|not))\b|"
    r"[,;]\s(?:and\s)?(otherwise|or else|failing that|in (?:that|this|which) case|after that|then(?= (?:it|they)\b))\s|"
    r"\sand\s(after that|otherwise)\s",
    re.IGNORECASE,
)
_LEADING_IF = re.compile(r"(?:^|(?<=[.;!?]))\W*(?:if|when|where)\b[^,.;!?]*,\s", re.IGNORECASE)
_OTHERWISE = re.compile(r"otherwise|or else|failing (?:that|this)|if not", re.IGNORECASE)
_WHEN = re.compile(
    r"\b(?:if|unless|when|where|once|after|before|until|till|then|from|within|later|longer|without|outside|for|with|"
    r"in case|in the (?:case|event))\b",
    re.IGNORECASE,
)
"""What says when, or in which case, something holds."""
_THEN = re.compile(r"\b(?:then|afterwards?)\b", re.IGNORECASE)
_TURNED = re.compile(
    r"\b(?:not|no|cannot|never|unless|without|outside|after|later|longer|beyond|fail\w*|miss(?:es|ed|ing)?|lacks?|"
    r"less|un\w+ed)\b|n['’]t\b",
    re.IGNORECASE,
)


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


def _clause_asked_about(claim: str, evidence: str, asked: str) -> str | None:
    """Return the clause behind what a claim tells that alone tells of something that was asked; None if there is none.

    "Is a text message enough?" is not answered by "Call us before 9:30" of "Call us before 9:30; a text message is not
    enough."
    """
    words = telling_words(claim)
    sought = telling_words(asked) - words - _OF_ANYTHING
    ends = [found.end() for found in islice(_NEXT_CLAUSE.finditer(evidence), _MOST_CLAUSES if sought else 0)]
    for start, end in pairwise([*ends, len(evidence)]):
        before = telling_words(evidence[:start])
        if sought & telling_words(evidence[start:end]) - before and qualifiers.keeps(
            claim, evidence[:start], words & before
        ):
            return f"“{evidence[start:end].strip(' ,;.')}”"
    return None


_NEXT_CLAUSE = re.compile(r";\s+(?![^;:]{1,40}:\s)|(?:,|(?<![\s,]))\s+(?=but\s)|,\s+(?=not\s)", re.IGNORECASE)
"""What stands between clauses of prose, not between the cells of a row."""
_MOST_CLAUSES = 12
"""A sentence of more clauses is a list, of which the first tell enough; each takes the time of all before it."""


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
