"""What a claim leaves out of what a sentence says: a limit, a "may", what is added to an amount.

All that the claim says stands there, and yet it says more: "We refund the fee" of "We may refund the fee".
"""

from __future__ import annotations

import re
from itertools import islice, pairwise

from bot.claims import alternatives, conditions, grants, kinds, leads, qualifiers, restrictions, widening
from bot.claims.subjects import PRICING, statements_of
from bot.text.facts import facts_of, telling_words, values_of, verb_root
from knowledge.figures import Kind
from knowledge.sentences import STOP_WORDS, stem, words_of


def left_out(claim: str, evidence: str, asked: str, before: str = "") -> str | None:
    """Return what a claim leaves out of what the evidence says; None if nothing that matters.

    What was `asked` about need not be said again. `before` are the sentences that the evidence leans on.
    """
    return (
        qualifiers.limit(claim, evidence, asked)
        or conditions.condition(claim, evidence, asked)
        or conditions.case_before(claim, evidence, asked, before)
        or leads.lead(claim, evidence, asked)
        or _possibility(claim, evidence)
        or qualifiers.qualifier(claim, evidence)
        or restrictions.restriction(claim, evidence, asked)
        or widening.widened(claim, evidence, asked)
        or kinds.kind(claim, evidence, asked)
        or alternatives.alternative(claim, evidence)
        or alternatives.requirement(claim, evidence)
        or _clause_asked_about(claim, evidence, asked)
        or _for_so_long(claim, evidence, asked)
        or _only_until(claim, evidence, asked)
        or grants.grant(claim, evidence, asked)
        or conditions.limit_behind(claim, evidence, asked)
        or qualifiers.interval(claim, evidence)
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
    r"\b(?:may|might|could|can|perhaps|possib\w+|potential\w*|likely|sometimes|in (?:some|certain) cases|up to|"
    r"depend\w*)\b",
    re.IGNORECASE,
)


def _clause_asked_about(claim: str, evidence: str, asked: str) -> str | None:
    """Return the clause behind what a claim tells that alone tells of something that was asked; None if there is none.

    "Is a text message enough?" is not answered by "Call us before 9:30" of "Call us before 9:30; a text message is not
    enough." What things cost is told of each by itself.
    """
    words, wanted = telling_words(claim), telling_words(_AGED.sub(" ", asked))
    sought = wanted - words - conditions.OF_ANYTHING
    ends = [found.end() for found in islice(_NEXT_CLAUSE.finditer(evidence), _MOST_CLAUSES if sought else 0)]
    for start, end in pairwise([*ends, len(evidence)]):
        before, clause = telling_words(evidence[:start]), evidence[start:end]
        told = sought & telling_words(clause) - before
        if told and _answers_its_part(claim, clause, wanted - told):
            continue
        if told and _names_its_subject(claim, evidence[:start]):
            told = frozenset() if _is_of_another(clause, words, wanted) else told - PRICING
        if told and qualifiers.keeps(claim, evidence[:start], words & before):
            return f"“{clause.strip(' ,;.')}”"
    return None


def _answers_its_part(claim: str, clause: str, asked: frozenset[str]) -> bool:
    """Whether what was asked besides names the subject of a claim, where "but" leads to a clause about another one."""
    if not _BUT.match(clause.lstrip(" ,")):
        return False
    mine, theirs = ([one.subject for one in statements_of(_BUT.sub("", one.lstrip(" ,")))] for one in (claim, clause))
    return bool(mine and theirs and theirs[0]) and bool(mine[0] & asked) and not theirs[0] & telling_words(claim)


def _names_its_subject(claim: str, text: str) -> bool:
    """Whether a claim has all words of the subject of the last clause of a text: no less than "calls to landlines"."""
    told = [one.subject for one in statements_of(text)]
    return bool(told) and told[-1] <= telling_words(claim)


def _is_of_another(clause: str, words: frozenset[str], asked: frozenset[str]) -> bool:
    """Whether a clause is about one of a sort that a claim names, and neither the claim nor the question names it."""
    subject = next((one.subject for one in statements_of(_BUT.sub("", clause))), frozenset())
    return bool(subject & words) and not subject - words <= asked


_AGED = re.compile(r"\b\w+[- ](?:days?|weeks?|months?|years?)[- ]olds?\b", re.IGNORECASE)
"""How old somebody is, which asks for nobody older."""
_BUT = re.compile(r"\A(?:but|and)\s", re.IGNORECASE)
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


def _only_until(claim: str, evidence: str, asked: str) -> str | None:
    """Return the time or distance up to which something is free or possible that the claim says always is."""
    if _TELLS_LIMIT.search(claim):
        return None
    words = telling_words(claim)
    known = _figures(claim) | _figures(asked)
    for found in islice(_UNTIL.finditer(evidence), _MOST_CLAUSES):
        clause = conditions.LAST_CLAUSE.split(evidence[: found.start("limit")])[-1]
        if _WITHIN.match(found["limit"]) and (_money_comes(found, clause) or _paper_comes(clause, words)):
            continue
        figures = _figures(found["limit"]) - _figures(clause)
        granted = telling_words(found["state"]) <= words and qualifiers.keeps(
            claim, clause, words & telling_words(clause)
        )
        if granted and figures and not figures & known:
            return f"“{found['limit'].strip()}”"
    return None


def _money_comes(found: re.Match[str], clause: str) -> bool:
    """Whether a limit tells when somebody gets the money back, and not until when it can be asked for."""
    is_refunded = _REFUNDED.match(found["state"]) and not _MAY_BE.search(clause)
    return bool(is_refunded) and not _SINCE_BOUGHT.search(found["limit"])


def _paper_comes(clause: str, words: frozenset[str]) -> bool:
    """Whether a limit tells when a paper comes that a claim names."""
    found = _DOCUMENT.search(clause)
    return found is not None and telling_words(found["paper"]) <= words


def _figures(text: str) -> frozenset[tuple[Kind, float]]:
    return frozenset((one.kind, one.low) for one in facts_of(text).figures)


_UNTIL = re.compile(
    r"\b(?P<state>free(?: of charge)?|possible|refundable|refunded(?: in full)?|available)\s"
    r"(?P<limit>(?:until|till|within|up to|no later than)\s[^,;:.!?()]+)",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"within\b", re.IGNORECASE)
_REFUNDED = re.compile(r"refunded\b", re.IGNORECASE)
_MAY_BE = re.compile(r"\b(?:can|may|could)\s(?:\w+\s)?be\s(?:\w+\s)?refunded\b", re.IGNORECASE)
_SINCE_BOUGHT = re.compile(
    r"\bwithin the first\b|\b(?:of|from|after|since)\s(?:(?:the|your|its|their|date|day|of)\s){0,4}"
    r"(?:purchas\w*|buying|deliver\w*|order(?:ing)?|booking|sale)\b(?!\s(?:being|is|was)\b)",
    re.IGNORECASE,
)
"""What counts from what is bought, rather than from when it is given back."""
_DOCUMENT = re.compile(
    r"\b(?P<paper>results?|documents?|answers?|reports?|certificates?|invoices?|receipts?|statements?|letters?|funds|"
    r"money)(?:\sand\s(?:\w+\s)?\w+)?(?:\s(?:of|for|from|on|about)\b[^,;:]*)?\s(?:(?:will|can|may)\s)?(?:is|are|be|becomes?)\s(?:\w+ly\s)?available\b",
    re.IGNORECASE,
)
_TELLS_LIMIT = re.compile(
    r"\b(?:until|till|before|after|within|up to|by|than|if|unless|when|while|early|earlier|late|later|in time|ahead|"
    r"advance|limit\w*|depend\w*)\b",
    re.IGNORECASE,
)
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
