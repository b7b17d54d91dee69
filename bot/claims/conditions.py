"""In which case a sentence says something: what a claim leaves out of it, or tells of another case.

"If the concert is moved, we refund the price" holds all words of two sentences, one of which tells of a concert that
is cancelled and is refunded, the other of one that is moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from bot.claims import qualifiers
from bot.claims.people import NOT_OURS, OURS, is_people
from bot.claims.senses import CONSEQUENCE
from bot.claims.subjects import PARTICIPLE, verb_of
from bot.text.facts import facts_of, telling_words
from knowledge.sentences import NUMBER_WORDS


def condition(claim: str, evidence: str, asked: str) -> str | None:
    """Return the condition on which the evidence says what the claim says of all cases; None if there is none.

    What was `asked` about need not be said again, nor that somebody wants what is told how to get.
    """
    conditioned = _tells_a_case(claim, evidence)
    if half := _half_of_both(claim, evidence, asked):
        return half
    words, known = telling_words(claim), telling_words(asked)
    said = _told_with(claim) | _told_with(asked) - known
    for pattern in (_CONDITION, _CASE, _WHEN_BEHIND):
        for found in pattern.finditer(evidence):
            condition = telling_words(found["case"]) or _told_with(found["case"])  # "if you are under 20" has no words
            if pattern is _WHEN_BEHIND and not _PERMITTED.search(_JOINT_BEFORE.split(evidence[: found.start()])[-1]):
                continue  # "We refund you when the item arrives" says no more than when
            if conditioned and not _is_further(found, claim, words):
                continue
            if _OPEN.search(evidence[: found.start()]):
                continue
            if not condition or _asked(found, known) or _WISHED.search(found["case"]):
                continue
            # A capital begins a sentence, even where a page lost the stop before it: what is said before holds always.
            # So does another part: "Rent is collected on the 1st; if it is late, we add £15".
            start = found.start() if found[0][0].isupper() else evidence.rfind("; ", 0, found.start()) + 1
            rest = evidence[start : found.start()] + " " + evidence[found.end() :]
            # What stands in both, "the parcel is lost", "we replace the parcel", tells no condition.
            own = condition - telling_words(rest) or condition
            if 2 * len(own & said) < len(own) and qualifiers.keeps(claim, rest, words & telling_words(rest)):
                return f"“{found[0].strip(' ,')}”"
    return None


def _tells_a_case(claim: str, evidence: str) -> bool:
    """Whether a claim tells a case in words of its own, rather than in those of what the evidence says of its case.

    "You can use the hall until Friday if you pay" is told without its condition in "You can use the hall until Friday".
    """
    if _CONDITIONED.search(claim):
        return True
    main = _CASE.sub(" ", _CONDITION.sub(" ", evidence)).lower()
    return any(not re.search(rf"\b{re.escape(one[0].lower())}\b", main) for one in _PERHAPS_CONDITIONED.finditer(claim))


def _half_of_both(claim: str, evidence: str, asked: str) -> str | None:
    """Return a condition of two that must both be met of which a claim tells one alone, or either; None if of none."""
    words = _told_with(claim)
    known = words | _told_with(asked)
    if "either" in evidence.lower():
        return None
    for found in islice(chain(_BOTH.finditer(evidence), _BOTH_SO.finditer(evidence)), _MOST_LIMITS):
        parts = [*_NEXT_OF_SAME.split(found["one"]), _second_condition(found)]
        texts, before = [_told_with(part) for part in parts], _told_with(evidence[: found.start()])
        others = (texts[:place] + texts[place + 1 :] for place in range(len(texts)))
        # What stands before them tells no condition, nor what two of them have in common.
        owns = [own.difference(before, *rest) for own, rest in zip(texts, others, strict=True)]
        told = [2 * len(own & words) >= len(own) for own in owns]
        if not all(owns):
            continue
        if all(told) and _OR.search(claim) and not _OR.search(evidence):
            return f"“and {parts[-1].strip()}”"
        if not any(told) or not _CASE_TOLD.search(claim):
            continue
        for part, own, says_own in zip(parts, owns, told, strict=True):
            if not says_own and not own & known:
                return f"“{part.strip()}”"
    return None


def _second_condition(found: re.Match[str]) -> str:
    """Return what stands behind "and" as far as it is a second condition; empty if the main clause goes on there.

    "You get a letter when we decide and have one month to appeal" has one condition.
    """
    joint = found["joint"] or ""
    if found.re is _BOTH and (bare := found["bare"]):
        if not _YOU_DO_IT.match(found["one"]) or PARTICIPLE.search(bare) or _VERB_OF_ONE.match(bare):
            return ""  # "You are fined if you are late and banned for a week"
        if joint[:1].islower() and (joint != "if" or _is_order(_before(found))):
            return ""
    if not joint:
        return found["other"]
    if joint.lower() in ("who", "that", "which"):
        return _second_of_who(found)
    if found.re is _BOTH_SO and not _is_so_as_well(found):
        return ""
    if joint[0].isupper():  # what leads to the main clause ends there
        is_condition = found.string.startswith(",", found.end())
    else:
        is_condition = not _GOES_ON.search(found["other"]) and _is_second(found)
    return found["other"] if is_condition else ""


def _second_of_who(found: re.Match[str]) -> str:
    """Return what else is so of those "who" are told of before "and"; empty if the main clause goes on there."""
    other, same = found["other"], found["of_same"] or ""
    if found["joint"].lower() != "who" and _ONE_OF_THEM.search(_before(found)):
        return ""  # "a gym that is free and is open daily" is one gym
    if found.re is _BOTH and (not same or bool(_VERB_OF_ONE.match(same)) != bool(_VERB_OF_ONE.match(found["one"]))):
        return ""
    main = verb_of(other[len(same) :])
    if not main and found["joint"].lower() == "who" and not verb_of(_before(found)):
        return ""  # its verb stands before "and": "Students who fail twice meet their tutor and repeat the module"
    other = other[: len(same) + main.start()] if main else other
    return "" if _GOES_ON.search(other) else other


def _is_second(found: re.Match[str]) -> bool:
    """Whether what stands behind "if … and", or "when … and", is a condition as well."""
    same, has_state = found["of_same"], found["state"] is not None
    if found["joint"] in ("when", "once"):
        return _is_so_by_then(found["other"])
    if same and _VERB_OF_ONE.match(same):
        verb = verb_of(found["one"])
        return verb is not None and verb[0].endswith("s")
    if same and not _YOU_VERB.match(found["one"]):
        return False
    return has_state or not _is_order(_before(found))  # "Let us know if you move and send us your address" orders both


def _is_so_as_well(found: re.Match[str]) -> bool:
    """Whether what stands behind "if somebody is so and" is what he has to be as well, rather than what is done then.

    "You are fined if you are late and banned for a week" may tell what follows, "Call us if you are ill and stay in
    bed" what else to do.
    """
    before, first = _before(found), found["other"].split(maxsplit=1)[0]
    if found["joint"][0].islower() and (_is_order(before) or (_BE.search(before) and PARTICIPLE.search(first))):
        return False
    return verb_of(found["other"]) is None


def _before(found: re.Match[str]) -> str:
    """Return the main clause as far as it stands before its conditions."""
    return LAST_CLAUSE.split(found.string[: found.start()])[-1]


def _is_so_by_then(clause: str) -> bool:
    """Whether a clause tells what is so when something happens, not what comes next: "the police have been told"."""
    done = _HAS_DONE.search(clause)
    deed = done["deed"].lower() if done else ""
    return bool(deed not in NUMBER_WORDS and PARTICIPLE.search(deed)) or _IS_NO_MORE_THAN.search(clause) is not None


def _is_order(clause: str) -> bool:
    """Whether a clause tells somebody to do something: "Contact the warden"."""
    clause = _PLEASE.sub("", clause, count=1)
    verb = verb_of(clause)
    return not _SUBJECT.match(clause) and (verb is None or not verb.start())


_PLEASE = re.compile(r"^\W*(?:please\s)?", re.IGNORECASE)
_SUBJECT = re.compile(r"(?:you|we|they|it|he|she|i|the|an?|your|our|its|their|no|all|every|each|any)\b", re.IGNORECASE)
_STATE = (
    r"is|are|has|have|agrees?|can|cannot|does|do|was|were|had|needs?|gives?|owns?|pays?|lives?|works?|holds?|"
    r"approves?|confirms?|accepts?|receives?|signs?|allows?|consents?|permits?|supports?"
)
_IS = r"is|are|was|were|has|have|had|can|cannot|does|do"
_JOINT = (
    r"\b(?:(?P<joint>if|when|who|(?<=\w )(?:that|which)(?=\s(?:is|are|has|have|was|were)\s)|"
    r"(?<!\bat )once(?!\s(?:an?|per|each|every|in|within)\b))|"
    r"provided(?: that)?|providing(?: that)?|(?:as|so) long as|on (?:the )?condition that)\s"
)
_CLAUSE = r"(?:[^,;:.!?()]|(?<=\d)[,.](?=\d))"
_WORDS = r"(?>\bbetween\s\S+\s(?:\S+\s)?and\s|[^,;:.!?()])"
"""A letter, or "between 30 and", which joins no clauses."""
_OBJECT = r"(?=\s(?:us|me|you|it|them|him|her|the|an?|your|our|their|more|less|no|not)\b)"
_NEXT_OF_SAME = re.compile(rf",\s(?=(?:{_STATE}|\w+{_OBJECT})\b)", re.IGNORECASE)
"""What stands between conditions of one subject: "if you are a member, have a key and live here"."""
_BOTH = re.compile(
    rf"{_JOINT}(?P<one>{_WORDS}{{4,80}}?(?:{_NEXT_OF_SAME.pattern}{_WORDS}{{4,80}}?){{0,2}})\sand\s"
    r"(?P<other>(?:(?:"
    rf"(?:you|they|he|she|it|we|(?:the|an?|your|our|its|their|no|both)\s(?:\w+\s){{0,2}}?\w+)\s(?P<state>{_STATE})|"
    rf"(?:(?!(?:that|which|who|to)\s)[\w'’-]+\s){{1,4}}?(?:{_IS})|(?:you|we|they|it|there)['’](?:re|ve|s)|"
    rf"you\s\w+|(?:some|no|any|every)(?:one|body)\s(?:else\s)?\w+s|"
    rf"(?P<of_same>{_STATE}|\w+{_OBJECT}))\b|(?P<bare>(?-i:[a-z])[\w'’-]+\b))"
    rf"{_CLAUSE}*)",
    re.IGNORECASE,
)
"""Two conditions of which each has its verb: "a room is free and the warden agrees"."""
_BOTH_SO = re.compile(
    rf"{_JOINT}(?P<one>(?:(?:[\w'’-]+\s){{0,5}}?(?:is|are)|(?:you|they|it)['’](?:re|s))\s"
    r"(?:(?!(?:on|in|at|from|for|with|between|of|to|by|and)\b)[\w'’-]+\s){1,3}?)and\s"
    r"(?P<other>(?!(?:you|we|they|it|he|she|i|the|your|our|their|its)\b|[A-Z]|\w+s(?:\s|$)|"
    r"(?:over|older|above|under|younger|more|up)[,.;]?(?:\s\D|$))"
    rf"(?P<of_same>)(?P<state>)?{_CLAUSE}+)"
)
"""Two things that somebody has to be: "you are a member and over 18"."""
_BE = re.compile(r"\b(?:is|are|be)\b", re.IGNORECASE)
_YOU_VERB = re.compile(r"(?:you|they)\s", re.IGNORECASE)
_YOU_DO_IT = re.compile(r"(?:you|we|they)\s(?!(?:are|were|have|had|can|cannot|do|did)\b)", re.IGNORECASE)
_ONE_OF_THEM = re.compile(r"\b(?:an?|the|our|your|this)\s(?:[\w'’-]+\s){1,3}$", re.IGNORECASE)
_VERB_OF_ONE = re.compile(r"\w+s\b", re.IGNORECASE)
_GOES_ON = re.compile(
    r"^(?:(?:you|they|he|she|it|we|(?:the|your)\s\w+)\s)?(?:can|must|will|may|should|gets?|receives?)\b|"
    r"\b(?:if|when|unless|always)\b",
    re.IGNORECASE,
)
"""How the main clause goes on, with what follows for somebody, or with a case of its own."""
_HAS_DONE = re.compile(r"\bha(?:s|ve|d)\s(?:(?:not|already|been|never)\s)*(?P<deed>\w+)", re.IGNORECASE)
_IS_NO_MORE_THAN = re.compile(r"\b(?:is|are)\s(?:(?:not|already|still|also)\s)?\w+$", re.IGNORECASE)
_OR = re.compile(r"\bor\b", re.IGNORECASE)
_CASE_TOLD = re.compile(
    r"\b(?:if|provided|providing|long as|condition|who|that|which|when|where|with|"
    r"once(?!\s(?:an?|per|each|every)\b))\b",
    re.IGNORECASE,
)


def _is_further(found: re.Match[str], claim: str, words: frozenset[str]) -> bool:
    """Whether "provided that" adds a condition to a case that a claim tells: "provided that it was locked"."""
    if not _PROVIDED.match(found[0]) or _PROVIDED.search(claim):
        return False
    cases = (telling_words(one["case"]) for one in _IF.finditer(found.string[: found.start()]))
    return any(2 * len(case & words) >= len(case) > 0 for case in cases)


_PROVIDED = re.compile(r"\b(?:provid(?:ed|ing)|(?:as|so) long as|on (?:the )?condition)\b", re.IGNORECASE)
_OPEN = re.compile(r"\([^()]*\w[^()]*$")
"""What stands before a condition that limits what is said in brackets alone."""


def _asked(found: re.Match[str], known: frozenset[str]) -> bool:
    """Whether a question is about a condition, or one of several: whether it says half of the words that tell it."""
    further = _FURTHER.match(found.string, found.end("case"))
    for one in _BETWEEN_CASES.split(found["case"] + (further[0] if further else "")):
        telling = telling_words(one) - OF_ANYTHING or telling_words(one)
        if telling and 2 * len(telling & known) >= len(telling):
            return True
    return False


_FURTHER = re.compile(r"(?:,\s[\w-]+)*,?\sor\s[\w-]+", re.IGNORECASE)
"""The further ones of a list of cases: "If it is lost, stolen or destroyed"."""
_BETWEEN_CASES = re.compile(r",\s(?:or\s)?|\sor\s", re.IGNORECASE)
OF_ANYTHING = telling_words("take get have make go do use need receive currently now")
"""What is asked of anything."""


_CONDITION = re.compile(
    r"(?<!\beven )(?<!\bas )(?<!\bsee )(?<!\bask )(?<!\bknow )(?<!\bcheck )(?<!\bsure )(?<!\bout )(?<!\bus )"
    r"(?<!\bdetermine )(?<!\bdecide )(?<!\btell )(?<!\bwhat )(?<!\bor )"
    r"\b(?:if|(?<!\bis )(?<!\bare )(?<!\bbe )provided(?: that)?|providing that|(?:as|so) long as|"
    r"on (?:the )?condition that|subject to|depending on|"
    r"in (?:the )?(?:case|event) (?:of|that)|at(?= \w+(?:['’]s)? (?:sole |own )?discretion\b)|"
    r"(?:with|after|upon)(?= (?:(?:the|our|your|prior|written|express|previous) )*"
    r"(?:approval|consent|permission|agreement|authori[sz]ation)\b))\s"
    r"(?P<case>[^,;:.!?()]+)",
    re.IGNORECASE,
)
_CASE = re.compile(r"(?:(?<=^)|(?<=[.;!?]\s))(?:Where|When|Should)\s(?P<case>[^,;:.!?()]+),")
"""A case that a sentence begins with."""
_CONDITIONED = re.compile(
    r"\b(?:if|unless|provided|providing|long as|condition|subject to|when|where|"
    r"once(?!\s(?:an?|per|each|every|in|within)\b)|in case|in the (?:case|event)|depend(?:s|ing)|might|"
    r"may be (?:eligible|entitled|able))\b",
    re.IGNORECASE,
)
_PERHAPS_CONDITIONED = re.compile(
    r"\b(?:only|until|after|before|could|discretion|approv(?:al|ed)|consent|permission)\b", re.IGNORECASE
)
"""What tells a case, unless it stands in what is said of one."""
_WHEN_BEHIND = re.compile(
    r"(?<=\w)\s(?:when|where|once(?!\s(?:an?|per|each|every|in|within)\b))\s(?P<case>[^,;:.!?()]+)", re.IGNORECASE
)
_JOINT_BEFORE = re.compile(r"[;.!?,]\s|\s(?:and|but)\s", re.IGNORECASE)
_PERMITTED = re.compile(r"\b(?:may|possible|allowed|permitted|free)\b", re.IGNORECASE)
"""What is said with a condition where it is so "when" something else is."""
_WISHED = re.compile(
    r"\b(?:want|wish|(?<!look )(?<!looks )like|prefer|need|questions?|unsure|not sure|necessary|needed|"
    r"possible|available|applicable|required|desired|help|problems?|trouble|plan to|choose|decide|interested)\b",
    re.IGNORECASE,
)
"""A condition that is none: who asks how to do something wants to do it."""


def limit_behind(claim: str, evidence: str, asked: str) -> str | None:
    """Return the limit behind what the evidence says that a claim says without it; None if there is none.

    "Pay is 90% of earnings" is all that stands before "for the first six weeks". A claim that gives a case or a figure
    of the limit tells it in its own words.
    """
    known, words = telling_words(asked), telling_words(claim)
    figures = facts_of(claim).numbers | facts_of(asked).numbers
    for found in islice(_LIMIT_BEHIND.finditer(evidence), _MOST_LIMITS):
        clause = LAST_CLAUSE.split(evidence[: found.start()])[-1]
        if found["wait"] and not _GRANTED.search(clause):
            continue  # "Your card is renewed after three years" tells only when
        about = facts_of(found[0]).numbers - facts_of(clause).numbers
        paper = telling_words(found["paper"] or "")
        if paper and _JOINED.search(evidence[: found.start()]):
            continue  # "You may defer once, and with a note twice"
        if figures & about or (paper & (words | known) if paper else _AFTER.search(claim)):
            continue
        if qualifiers.keeps(claim, clause, words & telling_words(clause)):
            return f"“{found[0].strip()}”"
    return None


_MOST_LIMITS = 5
"""How many limits of a sentence are looked at: what stands before each is read anew."""
_LONG = r"(?:\d+|two|three|four|five|six|nine|ten|twelve|eighteen|\w+teen) (?:\w+ )?(?:days?|weeks?|months?|years?)"
_LIMIT_BEHIND = re.compile(
    rf"\s(?:for the first {_LONG}\b|"
    rf"(?P<wait>after (?:an? (?:\w+ )?(?:period|wait) of )?(?:{_LONG}|a year|a month)\b(?: of \w+)?)|"
    r"or (?:[^,;.]|(?<=\d)[,.](?=\d)){2,40}, whichever (?:comes|is|happens|occurs) \w+|"
    r"(?:with|against|on (?:production|presentation) of) (?:an? |the |your )"
    r"(?P<paper>(?:[\w'’-]+ )?(?:letter|note|receipt|referral|prescription|certificate)\b"
    r"(?: (?:from|by|of) (?:your|the|an?) \w+)?))",
    re.IGNORECASE,
)
"""What limits what stands before it: for how long from the beginning, from when on, with which paper."""
_JOINED = re.compile(r"(?:\b(?:and|but|or)|,)$", re.IGNORECASE)
LAST_CLAUSE = re.compile(r"[;.!?]\s|,\s(?:and|but)\s", re.IGNORECASE)
_GRANTED = re.compile(
    r"\b(?:cover(?:s|ed)|paid|entitled|eligible|qualif(?:y|ies)|guaranteed|free|included|insured|can|may|gets?|receives?)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\b(?:after|once|from|until|first|initial(?:ly)?|then|if|unless|when|whichever|at most|depend\w*)\b", re.IGNORECASE
)


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
        if found[0].startswith(", or") and _ALLOWED.search(evidence[: found.start()]):
            continue  # "You can pay by card, or we charge your account": either will do
        if not _says(claim, said) and not _tells_case(claim, words - theirs, case, asked, said):
            return f"“{said}”"
    return None


def _says(claim: str, said: str) -> bool:
    """Whether a claim has the words by which something holds in a case alone, or such as mean the same."""
    others = (next(group for group in found.groups() if group) for found in _CASE_BEFORE.finditer(claim))
    if _OTHERWISE.fullmatch(said) and (_OR_PAY.search(claim) or any(_OTHERWISE.fullmatch(other) for other in others)):
        return True
    return said.lower() != "or" and said.lower() in claim.lower()


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
    rf"\sand\s(after that|otherwise)\s|,\s(or)\s(?={CONSEQUENCE})",
    re.IGNORECASE,
)
_OR_PAY = re.compile(r"\bor (?:pay|lose|forfeit|face)\b", re.IGNORECASE)
_ALLOWED = re.compile(r"\b(?:can|may|could)\b", re.IGNORECASE)
_LEADING_IF = re.compile(r"(?:^|(?<=[.;!?]))\W*(?:if|when|where)\b[^,.;!?]*,\s", re.IGNORECASE)
_OTHERWISE = re.compile(r"otherwise|or|or else|failing (?:that|this)|if not", re.IGNORECASE)
_WHEN = re.compile(
    r"\b(?:if|unless|when|where|once|after|before|until|till|then|from|within|later|longer|without|outside|for|with|"
    r"in case|in the (?:case|event))\b",
    re.IGNORECASE,
)
"""What says when, or in which case, something holds."""
_THEN = re.compile(r"\b(?:then|afterwards?)\b", re.IGNORECASE)
_TURNED = re.compile(
    r"\b(?:not|no|cannot|never|unless|without|outside|after|late|later|longer|beyond|fail\w*|forg[eo]t\w*|neglect\w*|"
    r"miss(?:es|ed|ing)?|lacks?|"
    r"less|un\w+ed)\b|n['’]t\b",
    re.IGNORECASE,
)


def other_case(claim: str, told: Sequence[str]) -> str | None:
    """Return the case in which a passage says what a claim says of another case; None if it is told of that one.

    "If the concert is moved, we refund the price" tells of the one case what is `told` of the other. Nor is it you who
    misses an appointment, where a sentence speaks of an engineer who does, and of what you receive.
    """
    mine = [*_parts(claim)]
    if len(mine) != 1 or not mine[0].case or not mine[0].main:
        return None
    said, theirs = mine[0], [*_parts(" ".join(told))]
    best = max((said.held_by(one) for one in theirs), default=(0, 0))
    carriers = [one for one in theirs if said.held_by(one) == best]
    if 2 * sum(best) <= len(said.main) or any(not one.case or _CASE_BEFORE.search(one.text) for one in carriers):
        return None
    if all(any(_is_of(said, one, other) for other in theirs) or _is_yours(said, one) for one in carriers):
        return f"“{carriers[0].told_case}”"
    return None


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a text that says something of one case."""

    text: str
    told_case: str
    case: frozenset[str]
    """What the case is told with: words and figures; empty if what is said holds always."""
    main: frozenset[str]
    """What is said of it."""

    def held_by(self, other: _Part) -> tuple[int, int]:
        """How many of the figures, and of the words, that are said stand in what another part says."""
        held = self.main & other.main
        figures = sum(one[0].isdigit() for one in held)
        return figures, len(held) - figures


def _parts(text: str) -> Iterator[_Part]:
    """Return the parts of a text that tell of a case each; "it" is what the case before names first."""
    named = ""
    for sentence in _SENTENCES.split(text):
        leading: re.Match[str] | None = None
        for part in _PARTS.split(sentence):
            cases = [*_IF.finditer(part)]
            # Of "If it is moved, your ticket stays valid; the fee is kept" the end tells of that case as well.
            told_case = " ".join(one["case"] for one in cases or (leading,) if one)
            words = _told_with(told_case) - OF_ANYTHING
            if _IT.match(told_case):
                words |= _told_with(named)
            elif noun := _NOUN.search(told_case):
                named = noun["noun"]
            yield _Part(part, told_case, words, _told_with(_IF.sub(" ", part)))
            leading = cases[0] if cases and not part[: cases[0].start()].strip() else leading


def _told_with(text: str) -> frozenset[str]:
    return telling_words(text) | {f"{number:g}" for number in facts_of(text).numbers}


def _is_of(said: _Part, carrier: _Part, other: _Part) -> bool:
    """Whether a claim tells of the case of another part than of the one that says the same of its own case."""
    own, theirs = said.case - carrier.case, carrier.case - other.case
    return bool(theirs) and not theirs & said.case and 2 * len(own & other.case) > len(own)


def _is_yours(said: _Part, carrier: _Part) -> bool:
    """Whether a claim says that you do what somebody else does in the case of which a sentence tells you.

    "If you are delayed" says no more than "If your flight is delayed".
    """
    doer = _NOUN.match(carrier.told_case)
    return (
        doer is not None
        and not (_PASSIVE.search(said.told_case) and doer[0].lower().startswith("your ") and not _lives(doer["noun"]))
        and bool(_YOU_DO.match(said.told_case))
        and bool(_YOU.search(_IF.sub(" ", carrier.text)))
        and not _NAMED_BEFORE.search(said.told_case)
        and bool(_PASSIVE.search(said.told_case)) == bool(_PASSIVE.search(carrier.told_case))
        and bool(said.case)
        and said.case <= _told_with(_AS_WELL.split(carrier.told_case)[0]) - _told_with(doer["noun"])
    )


def _lives(noun: str) -> bool:
    """Whether a noun is one of somebody, or of an animal, so that something happens to it and not to who has it."""
    others = OURS.search(noun) or NOT_OURS.search(noun) or is_people(noun) or is_people(f"a {noun}")
    return bool(others or _LIVING.fullmatch(noun))


_LIVING = re.compile(
    r"sons?|daughters?|sisters?|brothers?|mothers?|fathers?|husbands?|wife|wives|friends?|flatmates?|colleagues?|boss|"
    r"teens?|toddlers?|twins?|pets?|dogs?|cats?|pupp(?:y|ies)|kittens?|horses?|pon(?:y|ies)|birds?|hens?|animals?",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?])\s+")
_PARTS = re.compile(
    r";\s|,?\s(?:and|but)\s(?=(?:if|when|where)\b)|(?<=\s)and\s(?=[£$€]?\d[^,;]*\s(?:if|when|where)\b)",
    re.IGNORECASE,
)
"""What stands between parts of a sentence that tell of a case each."""
_IF = re.compile(r"\b(?:(?:only )?(?:if|when|where)|in case)\s(?P<case>[^,;:.!?()]+)", re.IGNORECASE)
_IT = re.compile(r"(?:it|they|this|these)\b", re.IGNORECASE)
_NOUN = re.compile(r"\b(?:the|an?|your|our|another)\s(?P<noun>\w+)\b", re.IGNORECASE)
_AS_WELL = re.compile(r",?\s(?:or|and)\s(?=(?:if|when|you|we|it|they|the|an?|your)\b)", re.IGNORECASE)
_YOU_DO = re.compile(r"you\s", re.IGNORECASE)
_YOU = re.compile(r"\byour?\b", re.IGNORECASE)
_NAMED_BEFORE = re.compile(r"\b(?:it|they|them|ones?|this|these)\b", re.IGNORECASE)
_PASSIVE = re.compile(r"\b(?:is|are|was|were|been|being|be)\s(?:\w+ly\s)?\w+(?:ed|en|wn|ght|st)\b", re.IGNORECASE)
