"""Whether a claim turns around what a sentence says: not, may for must, after for before, without its exception.

Words that turn a meaning are compared with what they stand before. "You can get credit" does not contradict "If
you do not have a receipt, you can get credit", as what is denied there is the receipt.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product, takewhile

from bot.claims.ellipsis import apart
from bot.claims.excepted import says_of_exception, turns_exception
from bot.claims.parties import other_party
from bot.claims.senses import (
    BARE_NO,
    IN_CASE,
    LIMITED,
    LIMITS,
    MOSTLY,
    NEEDED,
    NEEDLESS,
    NO,
    ONLY,
    SOME,
    TOKEN,
    TURNING,
    WITHOUT,
    Marked,
    Sense,
    about_behind,
    at_another_time,
    content_of,
    firsts,
    marked_in,
    otherwise,
    root_of,
    sense_of,
    without_case,
    words_about,
)
from bot.claims.subjects import denies, verb_of
from bot.claims.verdicts import opposed, same_verdict, without_verdicts
from bot.text.facts import facts_of
from knowledge.sentences import NUMBER_WORDS

_PART = re.compile(rf"\b(?:{MOSTLY})\b|(?:^|[.;:,]\s+)\W*(?:{SOME})\b", re.IGNORECASE)
"""What limits what is said to a part of it; "some", where it begins a clause: "you need some documents" needs none."""
_NUMBER = r"\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve"
_SHARE = re.compile(
    rf"\b(?P<part>{_NUMBER}) (?:out )?of (?:the |your |our )?(?:{_NUMBER}|these|those|several|both)\b", re.IGNORECASE
)
_COUNT = re.compile(rf"\b(?:{_NUMBER})\b(?!\s(?:more|or)\b)", re.IGNORECASE)
_OR = re.compile(r"\bor\b(?!\s(?:more|older|later|earlier|less|not)\b)", re.IGNORECASE)
"""What says of one of several things, whichever it is."""
_NOT_NOW = re.compile(
    r"\b(?:(?<!is )(?<!are )(?<!be )(?<!was )(?<!were )(?<!get )used to|formerly|we previously|in the past|"
    r"we (?:plan|intend|hope|aim|try|strive|endeavou?r|expect) to)\b",
    re.IGNORECASE,
)
_PAST = re.compile(r"\b(?:no longer|anymore|any more|was|were|had|did|previously|planned)\b", re.IGNORECASE)
_FOR_A_TIME = re.compile(
    r"\b(?:(?P<until>until|till)|from|as of|starting|beginning)\b[^.;,]{0,25}?\b(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_WILL = re.compile(r"\bwill\b", re.IGNORECASE)
_PERHAPS = re.compile(r"\b(?:may|might|could)\b", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[,;:.!?()]\s|\s(?:and|but|while|whereas)\s", re.IGNORECASE)
_WITHOUT_IT = re.compile(
    r"\b(?P<with>(?:with|in|on|by)\s(?P<what>[\w'’-]+(?:\s[\w'’-]+){0,3})[,;.]\s(?:(?:and|but)\s)?without\s)"
    r"(?:it|them|one)\b",
    re.IGNORECASE,
)
"""What is told of those with something, then of those without it."""
_PAUSE = re.compile(r"[,;:.!?()]\s")
_FORBIDDEN_BEHIND = re.compile(
    r"\b(?:forbidden|prohibited|banned|(?:not|\w+n['’]t) (?:allowed|permitted))\W*$", re.IGNORECASE
)
_DENIED_BEHIND = re.compile(
    r"\b(?:forbidden|prohibited|banned|(?:not|cannot|\w+n['’]t)\s(?:be\s)?\w+)\W*$", re.IGNORECASE
)
_IT = re.compile(r"\b(?:it|they)\b", re.IGNORECASE)
_AUXILIARY = r"(?:may|can|must|will|should|cannot|is|are|has|have|does|do)\b"
_BEFORE_VERB = re.compile(rf"\A.*?(?=\b{_AUXILIARY})", re.IGNORECASE | re.DOTALL)
_NEXT_VERB = re.compile(
    r"(?P<own>[;.!?]\s|,?\s(?:and|but)\s(?=(?:we|you)\s\w))|"
    rf",?\s(?:and|but)\s(?=(?:(?:it|they)\s)?{_AUXILIARY})",
    re.IGNORECASE,
)
"""What stands before a further verb; before a clause of its `own`, where that has another subject."""
_ALLOWED = re.compile(r"\b(?:can|may|allowed|permitted)\b", re.IGNORECASE)
_DUTY = re.compile(r"(?:(?:it|they)\s)?(?:must|should|has to|have to)\b", re.IGNORECASE)
_AT_A_TIME = re.compile(r"\W*(?:on|in|at|during|within|from|between|before|after)\b", re.IGNORECASE)
_BUT_NOT_BACK = re.compile(r"but not (?:back|vice versa|the other way)\b", re.IGNORECASE)
_BUT_NOT_MORE = re.compile(r"but not (?:more|less|fewer|later|longer|older)\b", re.IGNORECASE)
_BUT = re.compile(r",?\s(?:but|while|whereas)\s", re.IGNORECASE)
_AND = re.compile(r"\sand\s", re.IGNORECASE)
_RELATIVE = re.compile(r",\s(?:which|who|where|whose)\s", re.IGNORECASE)
_LATER = re.compile(r",\s(?:and\s)?(?P<told>(?:on|in|at|from|during|between)\s[^,;.]+)", re.IGNORECASE)
"""What holds at another time, or elsewhere, behind an exception: "daily except Tuesdays, on Thursdays until 9pm"."""
_FORBIDS = re.compile(
    rf"\b(?:not|{BARE_NO}|never|cannot|without|illegal|unlawful|against|bans?|banned|forbid\w*|prohibit\w*|"
    r"ruled out)\b|n['’]t\b",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(
    r"\b(?:illegal|unlawful|forbidden|prohibited|against the (?:law|rules)) to (?P<to>[^,;:.!?()]+)|"
    r"(?:^|[.;!?]\s)\W*(?P<deed>\w+ing\b[^,;:.!?()]{0,100}?) (?:is|are) (?:\w+ly )?"
    r"(?:illegal|unlawful|forbidden|prohibited|banned|ruled out|against the (?:law|rules))\b",
    re.IGNORECASE,
)
"""What must not be done, told without a "not": "sharing a licence is forbidden"."""
_ONLY = re.compile(rf"\b{ONLY}\b", re.IGNORECASE)
_LIMITED_PART = re.compile(r"[,;.!?]\s|\s(?:but|while|whereas)\s", re.IGNORECASE)
_UNLESS = re.compile(r"\bunless\b", re.IGNORECASE)
_DENIAL = re.compile(rf"\b(?:not|{BARE_NO}|never|cannot|without)\b|n['’]t\b", re.IGNORECASE)
_PLACE = r"(?:the |our |your |an? )?"
_THERE = r"[$€£]?\w+(?:[.,]\d+)*"
_TO = re.compile(rf"\bto {_PLACE}({_THERE})", re.IGNORECASE)
_WAY_WORD = re.compile(_THERE)
_FROM_TO = re.compile(
    rf"\bfrom {_PLACE}(?P<start>{_THERE})(?: (?!to\b)\w+){{0,3}} to {_PLACE}(?P<end>{_THERE})", re.IGNORECASE
)
_TO_FROM = re.compile(rf"\bto {_PLACE}(?P<end>{_THERE}) from {_PLACE}(?P<start>{_THERE})", re.IGNORECASE)
_CHANGES = re.compile(
    r"\b(?:rise[sn]?|rising|rose|rais\w+|increas\w+|gr[eo]w\w*|falls?|fell|fallen|decreas\w+|reduc\w+|drop\w*|"
    r"lower\w*|cut|chang\w+|extend\w*|shorten\w*|goes|went)\b",
    re.IGNORECASE,
)
"""What leads from one number to another one, as "open from 8 to 6" does not."""
_BEFORE_LAST_CLAUSE = re.compile(r"\A.*(?:[,;.!?]\s|\b(?:but|however|while)\s)", re.IGNORECASE | re.DOTALL)
_OPPOSITE = {
    Sense.BEFORE: Sense.AFTER,
    Sense.AFTER: Sense.BEFORE,
    Sense.MORE: Sense.LESS,
    Sense.LESS: Sense.MORE,
}
_PREFIXES = ("un", "in", "im", "ir", "il", "no-", "non", "non-", "dis")
_ANTONYMS = {
    frozenset(map(root_of, pair.split()))
    for pair in (
        "accept reject", "accepted refused", "accepted rejected", "allowed prohibited", "allowed forbidden",
        "permitted prohibited", "include exclude", "included excluded", "increase decrease", "increased decreased",
        "open closed", "approve deny", "approved denied", "grant deny", "higher lower", "free paid", "always never",
        "start end", "begin end", "starts ends", "earliest latest", "minimum maximum", "refunded charged",
        "taxable exempt", "public private", "new used", "buyer seller", "lender borrower", "inside outside",
        "online offline", "enable disable", "enabled disabled", "before after", "opened unopened", "first last",
        "open shut", "open locked",
    )
}  # fmt: skip


def contradiction(claim: str, evidence: str, lead: str = "") -> str | None:
    """Return in a word how a claim turns around what a sentence of a passage says; None if it does not.

    Of an item of a list `lead` is what leads to it: where that denies something, it denies it of the item.
    """
    clauses = apart(claim)
    if len(clauses) > 1 and not words_about(marked_in(evidence), Sense.EXCEPT):
        (first, last), evidence = clauses, "; ".join(apart(evidence))
        return contradiction(first, evidence, lead) or (
            None if _is_told_elsewhere(last, evidence) else contradiction(last, evidence, lead)
        )
    if WITHOUT.search(claim):
        claim, evidence = (_WITHOUT_IT.sub(r"\g<with>\g<what>", text) for text in (claim, evidence))
    verdict = same_verdict(claim, evidence)
    if verdict is None and (left := without_verdicts(claim, evidence)) != claim:
        if reason := contradiction(left, evidence, lead):
            return reason
        verdict = True
    if reason := turns_exception(claim, evidence):
        return reason
    if verdict is None and _forbids_as(claim, evidence):
        verdict = True
    twice = _turned_twice(claim, evidence)
    if otherwise(evidence):
        claim = without_case(claim)  # the case stands before the evidence, which denies it
    if reason := other_party(claim, evidence) or _other_need(claim, _own_clause(claim, evidence) or evidence):
        return reason
    if (
        not verdict
        and not _FORBIDS.search(claim)
        and any(
            {*content_of(found["deed"] or found["to"])} <= {*content_of(claim)}
            for found in _FORBIDDEN.finditer(evidence)
        )
    ):
        return "says what is denied"
    if NEEDLESS.search(claim) and NEEDLESS.search(evidence):
        # Both say so, "no receipt is needed" and "you do not need a receipt": neither denies the receipt.
        claim, evidence = (NEEDLESS.sub(lambda match: NO.sub(" ", match[0]), text) for text in (claim, evidence))
    item = tuple(content_of(evidence))
    mine, theirs = _of_the_same(list(marked_in(claim)), list(marked_in(evidence)))
    theirs += [
        replace(one, about=(*one.about, *item))
        for one in marked_in(_BEFORE_LAST_CLAUSE.sub("", lead))
        if one.sense in (Sense.NOT, Sense.EXCEPT)
    ]
    said, written = set(content_of(claim)), {*item, *content_of(lead)}
    own = "" if lead else _own_clause(claim, evidence)
    told, held = (
        (_of_the_same(mine, list(marked_in(own)))[1], said | set(content_of(own))) if own else (theirs, written)
    )
    denials = [*told, *_forbidden(own or evidence, _FORBIDDEN_BEHIND)]
    exceptions = [] if _is_of_other_clause(mine, said, evidence, facts_of(claim).numbers) else theirs
    return (
        (
            None
            if twice
            else (
                None
                if verdict
                else _denied(
                    mine, denials, said, held, _forbidden(claim, _DENIED_BEHIND), all_told=_tells_all(claim, own)
                )
            )
            or _left_out(mine, exceptions)
        )
        or ("says only" if _ONLY.search(claim) and says_of_exception(claim, evidence) else None)
        or _added_only(mine, theirs, evidence, claim)
        or _left_out_only(mine, own or evidence, said, claim)
        or _other_modality(mine, told)
        or _left_out_part(claim, own or evidence, said)
        or _left_out_share(claim, evidence, said)
        or _superlative(claim, evidence)
        or _other_time(claim, own or evidence)
        or _other_direction(mine, theirs)
        or _other_way(claim, evidence)
        or (None if verdict else _opposite_word(mine, theirs, said, written))
        or ("says the opposite" if verdict is False else None)
    )


def _of_the_same(mine: list[Marked], theirs: list[Marked]) -> tuple[list[Marked], list[Marked]]:
    """Return what two texts mark, without what only one has behind a denial that tells in both who is meant.

    "Members who do not swim pay more" denies that they swim, as does "Members who do not swim do not pay more".
    """
    shared = {
        id(mark): replace(mark, about=common)
        for one, other in product(mine, theirs)
        if one.restricts and other.restricts and (common := _beginning(one.about, other.about))
        for mark in (one, other)
    }
    return [shared.get(id(one), one) for one in mine], [shared.get(id(one), one) for one in theirs]


def _beginning(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Return what two begin with alike."""
    return tuple(a for a, _ in takewhile(lambda both: both[0] == both[1], zip(one, other, strict=False)))


def _turned_twice(claim: str, evidence: str) -> bool:
    """Whether a claim denies both the case of a sentence and what the sentence says of it, and so says the same.

    "Books can be renewed unless they are reserved" says what "Books cannot be renewed if they are reserved" does.
    """
    mine, theirs = [*IN_CASE.finditer(claim)], [*IN_CASE.finditer(evidence)]
    if len(mine) != 1 or len(theirs) != 1:
        return False
    case, other = mine[0][0], theirs[0][0]
    said, told = without_case(claim), without_case(evidence)
    return (
        {*content_of(TURNING.sub(" ", case))} == {*content_of(TURNING.sub(" ", other))}
        and {*content_of(TURNING.sub(" ", said))} <= {*content_of(TURNING.sub(" ", told))}
        and _is_denied(case) != _is_denied(other)
        and _is_denied(said) != _is_denied(told)
    )


def _is_denied(text: str) -> bool:
    """Whether a clause denies, or begins with "unless", and not both."""
    return bool(_DENIAL.search(text)) != bool(_UNLESS.search(text))


def _denied(
    mine: list[Marked],
    theirs: list[Marked],
    said: set[str],
    written: set[str],
    forbidden: list[Marked],
    *,
    all_told: bool,
) -> str | None:
    """Whether one denies what the other says; what a claim says is `forbidden` stands before that word.

    Of one that denies by a verb alone, "food is not allowed in the gym", the claim must have the verb and one word
    more; the verb is enough where that tells all of the claim, `all_told`, and so of no other place.
    """
    denied_here = [set(one.about) for one in mine if one.sense in (Sense.NOT, Sense.EXCEPT)]
    denied_there = [set(one.about) for one in theirs if one.sense in (Sense.NOT, Sense.EXCEPT)]
    # "Not refundable" and "non-refundable" are the same.
    denied_there += [{word} for about in denied_here for word in about if any(_denies(one, word) for one in written)]
    for about in denied_here:
        if about and not any(about & other for other in denied_there) and about & written:
            return "denies what is said"
        if about and not denied_there:
            return "denies what is not denied"
    told = words_about(theirs, Sense.BUT) - set[str]().union(*denied_there)
    if any(about & told for about in denied_here):
        return "denies what is said"
    other_time = at_another_time(mine, theirs)
    denied_here += [set(one.about) for one in forbidden]
    for one in theirs:
        if one.sense is not Sense.NOT or not one.about or other_time & set(one.about):
            continue
        about = set(one.about)
        if one.about[0] in said and not any(about & other for other in denied_here):
            kept = about & said
            if all_told or len(kept) >= min(2, len(about)):
                return "says what is denied"
    return None


def _forbidden(text: str, words: re.Pattern[str]) -> list[Marked]:
    """Return what is denied by a word at the end of its clause: "in the gallery it is forbidden"."""
    clauses = (clause for clause in opposed(text) if words.search(clause))
    return [Marked(Sense.NOT, tuple(content_of(TURNING.sub(" ", clause)))) for clause in clauses]


def _forbids_as(claim: str, evidence: str) -> bool:
    """Whether a claim forbids by its last word what a clause forbids that has all its other words, or "it" for them."""
    rest = _FORBIDDEN_BEHIND.sub(" ", claim)
    return rest != claim and bool(_FORBIDDEN_BEHIND.search(_own_clause(rest, evidence)))


def _is_told_elsewhere(clause: str, evidence: str) -> bool:
    """Whether the last clause of a claim is about what the evidence does not name, or names a thing that it denies."""
    words = set(content_of(TURNING.sub(" ", clause)))
    if verb_of(clause):
        return not words <= set(content_of(evidence))
    return any(_DENIAL.search(one) and words <= set(content_of(one)) for one in opposed(evidence))


def _tells_all(claim: str, clause: str) -> bool:
    """Whether a clause has a part, up to a comma, that holds all content words of a claim."""
    words = set(content_of(TURNING.sub(" ", claim)))
    return any(words <= set(content_of(part)) for part in _PAUSE.split(clause))


def _own_clause(claim: str, evidence: str) -> str:
    """Return the one clause that holds all of a claim, as what another one denies is no matter; empty if none does.

    What "it" is in a clause the one before is about.
    """
    words = set(content_of(TURNING.sub(" ", claim)))
    clauses = opposed(evidence)
    found: list[str] = []
    for before, clause in zip(["", *clauses], clauses, strict=False):
        subject = _BEFORE_VERB.match(before) if _IT.search(clause) else None
        if words <= {*content_of(clause), *content_of(subject[0] if subject else "")}:
            found.append(clause)
    return found[0] if len(found) == 1 else ""


def _is_of_other_clause(mine: list[Marked], said: set[str], evidence: str, numbers: frozenset[float]) -> bool:
    """Whether what a sentence excepts is excepted from another clause than the one that says what is `said`.

    `numbers` are those that are said with it.
    "Loans last three weeks" is true without an exception of "Loans last three weeks and may be renewed, unless…".
    """
    excepted = [match for match in TURNING.finditer(evidence) if sense_of(match) == "except"]
    if len(excepted) != 1:
        return False
    before, behind = evidence[: excepted[0].start()], evidence[excepted[0].end() :]
    if _BUT_NOT_BACK.match(evidence, excepted[0].start()) and "back" not in said:
        return True
    if _BUT_NOT_MORE.match(evidence, excepted[0].start()) and any(
        one.sense in (Sense.LESS, Sense.MORE) for one in mine
    ):
        # "Up to 85%, but not more than £188 for one child and £323 for two" are limits each.
        limits = ["", *_AND.split(behind)]
        return any(said <= {*content_of(before), *content_of(one)} for one in limits)
    last = max(_NEXT_VERB.finditer(before), key=lambda found: found.start(), default=None)
    first, further = (before[: last.start()], before[last.end() :]) if last else ("", "")
    is_of_first = last and said <= set(content_of(first))
    if _is_before_but(said, before) or (
        last and is_of_first and (last["own"] or _is_of_last(first, further, behind, numbers))
    ):
        return True
    if _RELATIVE.search(behind) and said <= set(content_of(behind)):
        return True  # it tells of what is excepted
    later = _LATER.search(behind)
    told = set(content_of(later["told"])) if later else set[str]()
    return bool(told) and told <= said <= {*told, *content_of(before)}


def _is_before_but(said: set[str], before: str) -> bool:
    """Whether what is `said` stands in front of a "but" behind which another thing is told, or the opposite of it."""
    joint = max(_BUT.finditer(before), key=lambda found: found.start(), default=None)
    if joint is None:
        return False
    first, further = before[: joint.start()], before[joint.end() :]
    return said <= {*content_of(first)} and (_has_subject(further) or denies(first) != denies(further))


def _has_subject(clause: str) -> bool:
    """Whether a clause has a verb and a subject of its own, which is no "it"."""
    verb = verb_of(clause)
    return verb is not None and any(content_of(clause[: verb.start()]))


def _is_of_last(first: str, last: str, excepted: str, numbers: frozenset[float]) -> bool:
    """Whether what is `excepted` behind two verbs of one subject is excepted from the last of them alone.

    Behind a comma it is excepted from both, "you can come daily and may swim, except on Mondays", unless it names what
    only the last is about, "can be used on buses, except night buses", unless one says what is allowed and the other
    what must be done, and no time is excepted, or unless one of the `numbers` that a claim tells stands with the first
    alone.
    """
    named = {*content_of(last)} - {*content_of(first)}
    return (
        not last.rstrip().endswith(",")
        or bool(_ALLOWED.search(first) and _DUTY.match(last) and not _AT_A_TIME.match(excepted))
        or bool(named & {*content_of(excepted)})
        or bool(numbers & facts_of(first).numbers - facts_of(last).numbers)
    )


def _left_out(mine: list[Marked], theirs: list[Marked]) -> str | None:
    """Whether an exception is missing."""
    for one in theirs:
        if one.sense is Sense.EXCEPT and one.about:
            here = [other for other in mine if other.sense in (Sense.EXCEPT, Sense.NOT, Sense.ONLY)]
            if not any(set(one.about) & set(other.about) for other in here):
                return "leaves out an exception"
    return None


def _added_only(mine: list[Marked], theirs: list[Marked], evidence: str, claim: str) -> str | None:
    """Whether a claim limits what the evidence does not, or limits it to something that stands in another clause."""
    if not any(one.sense is Sense.ONLY for one in mine):
        return None
    senses = {one.sense for one in theirs}
    if not senses & {Sense.ONLY, Sense.EXCEPT, Sense.NOT}:
        return "says only"
    if senses & {Sense.EXCEPT, Sense.NOT}:
        return None
    limited = {word for clause in _LIMITED_PART.split(evidence) if _ONLY.search(clause) for word in content_of(clause)}
    elsewhere = _limited_to(claim) & {*content_of(evidence)} - limited
    return "says only" if elsewhere and not _limits_the_same(claim, evidence) else None


def _limits_the_same(claim: str, evidence: str) -> bool:
    """Whether a claim limits the same thing to the same: "can be returned, but only for credit" to credit.

    Of "laptops are allowed everywhere, phones only in the lobby" phones are limited.
    """
    mine, said = _focus(claim), {*content_of(claim)}
    for clause in _PAUSE.split(evidence):
        before, only, _ = _ONLY.sub("\0", clause, count=1).partition("\0")
        focus = _focus(clause) if only else set[str]()
        limited = {*content_of(before)} - focus
        if mine & focus and (not limited or limited & said):
            return True
    return False


def _focus(clause: str) -> set[str]:
    """Return the content words to one of which "only" limits a clause: of "only the pool is open" the pool."""
    before, _, behind = _ONLY.sub("\0", clause, count=1).partition("\0")
    behind = _PAUSE.split(behind)[0]
    verb = verb_of(behind)
    first = {*content_of(behind[: verb.start()])} if verb else set[str]()
    return first or {*content_of(behind)} or {*[*content_of(before)][-1:]}


def _limited_to(claim: str) -> set[str]:
    """Return the content words to which "only" limits a claim: those behind it, else the last before it."""
    before, _, behind = _ONLY.sub("\0", claim, count=1).partition("\0")
    return {*about_behind(behind)} or {*[*content_of(before)][-1:]}


def _left_out_only(mine: list[Marked], evidence: str, said: set[str], claim: str) -> str | None:
    """Whether a claim says of everybody or everything what holds only for some."""
    if any(one.sense in (Sense.ONLY, Sense.EXCEPT, Sense.NOT) for one in mine):
        return None
    for clause in _CLAUSE_END.split(evidence):
        words = set(content_of(clause)) if LIMITED.search(clause) else set[str]()
        if words <= said and IN_CASE.search(clause) and IN_CASE.search(claim):
            continue  # "allowed if they are on a lead" says no more than "only allowed if they are"
        kept = said & words
        if len(kept) >= 2 and 2 * len(kept) >= len(said):
            return "leaves out only"
    return None


def _other_modality(mine: list[Marked], theirs: list[Marked]) -> str | None:
    """Whether what may be done is told as what must be, or the other way round."""
    strong_here, strong_there = firsts(mine, Sense.MUST), firsts(theirs, Sense.MUST)
    weak_here, weak_there = firsts(mine, Sense.MAY, Sense.SHOULD), firsts(theirs, Sense.MAY, Sense.SHOULD)
    if (strong_here - strong_there) & (weak_there - strong_there):
        return "says must for may"
    if (weak_here - weak_there) & (strong_there - weak_there):
        return "says may for must"
    if (firsts(mine, Sense.WILL) - firsts(theirs, Sense.WILL)) & (firsts(theirs, Sense.MAY) - strong_there):
        return "says will for may"
    return None


def _other_need(claim: str, evidence: str) -> str | None:
    """Whether one says that something is needed which the other says is not."""
    needless_here, needless_there = NEEDLESS.search(claim), NEEDLESS.search(evidence)
    needed_here, needed_there = (NEEDED.search(NEEDLESS.sub(" ", text)) for text in (claim, evidence))
    if needless_there and needed_here and not (needless_here or needed_there):
        return "says must for may"
    if needless_here and needed_there and not (needless_there or needed_here):
        return "says may for must"
    return None


def _left_out_part(claim: str, evidence: str, said: set[str]) -> str | None:
    """Whether a claim says of all, or of always, what holds for some, or mostly."""
    if LIMITS.search(claim) or (_PERHAPS.search(claim) and not _PERHAPS.search(evidence)):
        return None
    for part in _PART.finditer(evidence):
        about = about_behind(evidence[part.end() :])
        if part[0].lower() in ("sometimes", "often") and IN_CASE.search(claim):
            continue  # whenever it is so
        if about and about[0] in said and len(said & set(about)) >= min(2, len(about)):
            return f"leaves out {part[0].strip(' ,;:.').lower()}"
    return None


def _left_out_share(claim: str, evidence: str, said: set[str]) -> str | None:
    """Whether a claim says of each, or of another one, what holds for so many of so many: "one of two keys"."""
    for share in _SHARE.finditer(evidence):
        about = about_behind(evidence[share.end() :])
        part = _value(share["part"])
        told = any(_value(match[0]) == part for match in _COUNT.finditer(claim)) or (part == 1 and _OR.search(claim))
        if not told and about and about[0] in said and len(said & set(about)) >= min(2, len(about)):
            return f"leaves out {share[0].lower()}"
    return None


def _value(number: str) -> int:
    return int(number) if number.isdigit() else NUMBER_WORDS[number.lower()]


def _other_time(claim: str, evidence: str) -> str | None:
    """Whether a claim says of now what is over, or is to come."""
    for past_or_plan in _NOT_NOW.finditer(evidence):
        if not _NOT_NOW.search(claim) and not _PAST.search(claim):
            return f"leaves out {past_or_plan[0].lower()}"
    for span in _FOR_A_TIME.finditer(evidence):
        begun = span["until"] is None and not _WILL.search(evidence)
        if not begun and span["year"] not in claim and not (span["until"] is None and _WILL.search(claim)):
            return f"leaves out {span[0]}"
    return None


def _superlative(claim: str, evidence: str) -> str | None:
    """Whether a claim says of something that it is the most so, and the evidence merely that it is so."""
    written = {word.lower() for word in TOKEN.findall(evidence)}
    for word in {word.lower() for word in TOKEN.findall(claim)} - written:
        base = word.removesuffix("est")
        if base != word and len(base) > 2 and written & {base, f"{base}e", f"{base[:-1]}y", base[:-1]}:
            return f"says {word}"
    return None


def _other_direction(mine: list[Marked], theirs: list[Marked]) -> str | None:
    for one in mine:
        opposite = _OPPOSITE.get(one.sense)
        if opposite is None or not one.about:
            continue
        word = one.about[0]
        if word in firsts(theirs, opposite) and word not in firsts(theirs, one.sense):
            return f"says {one.sense} for {opposite}"
    return None


def _other_way(claim: str, evidence: str) -> str | None:
    """Whether a claim leads from where, or what, the evidence leads to, or the other way round."""
    ways, own = _ways(evidence), _ways(claim)
    said, written = ([token.lower() for token in _WAY_WORD.findall(text)] for text in (claim, evidence))
    reached = {match[1].lower() for match in _TO.finditer(claim)}
    for start, end in sorted(ways):
        # Who is told of nothing but "to Berlin", of "from Berlin to Paris", is told of the other way as well.
        to_start = start in reached and end not in said and written.count(start) == 1
        if to_start or (end, start) in own - ways:
            return f"says from {end} for to"
    return None


def _ways(text: str) -> set[tuple[str, str]]:
    """Return from where to where, or from what to what, a text leads; no times of day and no numbers of a range."""
    found = {(match["start"].lower(), match["end"].lower()) for match in _FROM_TO.finditer(text)}
    found |= {(match["start"].lower(), match["end"].lower()) for match in _TO_FROM.finditer(text)}
    plain = not _CHANGES.search(text)
    return {(a, b) for a, b in found if a != b and not (plain and (a[0].isdigit() or b[0].isdigit()))}


def _opposite_word(mine: list[Marked], theirs: list[Marked], said: set[str], written: set[str]) -> str | None:
    denied_here, denied_there = words_about(mine, Sense.NOT), words_about(theirs, Sense.NOT)
    for word in said - written:
        for other in written - said:
            if (_denies(word, other) or _denies(other, word) or frozenset((word, other)) in _ANTONYMS) and (
                (word in denied_here) == (other in denied_there)
            ):
                return f"says {word} for {other}"
    return None


def _denies(word: str, other: str) -> bool:
    """Whether a word denies another one by its first letters: non-refundable, refundable."""
    return len(other) >= 4 and any(word == prefix + other for prefix in _PREFIXES)
