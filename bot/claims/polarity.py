"""Whether a claim turns around what a sentence says: not, may for must, after for before, without its exception.

Words that turn a meaning are compared with what they stand before. "You can get credit" does not contradict "If
you do not have a receipt, you can get credit", as what is denied there is the receipt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.claims.parties import other_party
from bot.claims.subjects import by_subject
from bot.text.facts import facts_of, verb_root
from knowledge.sentences import NUMBER_WORDS, STOP_WORDS, stem

TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[,;:.!?()]")
"""A word, or a mark that may end a clause."""
_REACH = 4
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


_ONLY = r"(?<!second )only(?! too\b)"
_MOSTLY = (
    r"usually|normally|generally|typically|sometimes|often|mostly|in most cases|as a rule|most(?= (?:of )?\w+s\b)|"
    r"(?<!\bis )(?<!\bare )(?<!\bbe )(?:a )?(?<!\bis a )(?<!\bare a )(?<!\bbe a )part of|"
    r"(?:a )?(?:portion|third|quarter|fraction|percentage) of|half (?:of )?(?=the\b)|hardly any|"
    r"\d+(?:\.\d+)?\s?(?:%|per ?cent) of (?=the\b)"
)
_SOME = r"some|certain|selected|many|few|several"
_NOT_VERBS = "ca wo do does did is are was were should must could would have has had need".split()
_PHRASES: tuple[tuple[Sense, str], ...] = (
    (Sense.MAY, r"(?:do|does|did|need|is|are)(?: not|n['’]t) (?:have to|need to|required|obliged|necessary|need)"),
    (Sense.MAY, r"(?:not|never) (?:required|obliged|necessary|mandatory|needed)|needn['’]t|need not|optional(?:ly)?"),
    (Sense.LESS, r"no (?:more|later|longer|older|greater|higher) than|not (?:more|later|longer|older) than|not exceed"),
    (Sense.MORE, r"no (?:less|fewer|earlier|younger|lower) than|not (?:less|fewer|earlier|younger|before) than"),
    (Sense.LESS, r"at (?:the )?most|at the latest|up to|within|under|below|maximum(?: of)?"),
    (Sense.LESS, r"(?:less|fewer|younger|lower|earlier|shorter) than"),
    (Sense.MORE, r"at (?:the )?least|at the earliest|over|above|minimum(?: of)?|exceed(?:s|ing)?"),
    (Sense.MORE, r"(?:more|greater|older|higher|longer|later) than"),
    (Sense.EXCEPT, r"except(?:ing)?(?: (?:for|if|when|where))?|other than|apart from|excluding|unless|but not"),
    (Sense.EXCEPT, r"with the exception of"),
    (Sense.NOT, r"no longer|may not|must not|unable to|prohibited|forbidden|not(?! (?:only|just|merely)\b)|n['’]t"),
    (Sense.NOT, r"no|never|neither|nor|cannot"),
    (Sense.NOT, "|".join(f"{verb}n['’]t" for verb in _NOT_VERBS) + "|none|nobody|nothing|without|hardly"),
    (Sense.ONLY, rf"(?<!not ){_ONLY}|solely|exclusively"),
    (Sense.MUST, r"must|has to|have to|had to|required to|is required|are required|obliged to|need to|needs to"),
    (Sense.MUST, r"mandatory|shall|obligatory"),
    (Sense.MAY, r"may|can|could|might|allowed to|permitted to|able to"),
    (Sense.WILL, r"(?:will|shall)(?! (?:not|be able)\b)(?: always| certainly)?|always|guaranteed to"),
    (Sense.SHOULD, r"should|recommended|ought to"),
    (Sense.BEFORE, r"before|prior to|until|ahead of"),
    (Sense.AFTER, r"after|following|since|once"),
    (Sense.BUT, r"but"),
)
_ALL = re.compile("|".join(f"(?P<t{n}>\\b(?:{pattern})\\b)" for n, (_, pattern) in enumerate(_PHRASES)), re.IGNORECASE)
_PART = re.compile(rf"\b(?:{_MOSTLY})\b|(?:^|[.;:,]\s+)\W*(?:{_SOME})\b", re.IGNORECASE)
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
_LIMITS = re.compile(rf"\b(?:{_MOSTLY}|{_SOME}|only|except|not|no)\b|n['’]t\b|\d\s?(?:%|per ?cent)", re.IGNORECASE)
_PERHAPS = re.compile(r"\b(?:may|might|could)\b", re.IGNORECASE)
_YOU_MAY = re.compile(r"\byou (?:may|can|could)\b", re.IGNORECASE)
_NO = re.compile(r"\b(?:no|not)\b|n['’]t\b", re.IGNORECASE)
_NEEDLESS = re.compile(
    r"\b(?:(?:do|does|did|need|is|are)(?: not|n['’]t) (?:have to|need(?:ed)?|required|obliged|necessary|mandatory|"
    r"compulsory)|needn['’]t|need not|optional(?:ly)?|no (?:\w+ ){1,3}(?:is|are) (?:required|needed|necessary)|"
    r"no need (?:to|for)|without having to)\b",
    re.IGNORECASE,
)
_NEEDED = re.compile(
    r"\b(?:must(?! not)|ha(?:s|ve) to|need(?:s|ed)?|required|necessary|mandatory|compulsory|obliged|obligatory)\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,;:.!?()]\s|\s(?:and|but|while|whereas)\s", re.IGNORECASE)
_OPPOSED = re.compile(r"[;.!?]\s|,?\s(?:but|while|whereas)\s", re.IGNORECASE)
"""What stands between clauses that say different things."""
_FORBIDDEN_BEHIND = re.compile(r"\b(?:forbidden|prohibited|banned|not (?:allowed|permitted))\W*$", re.IGNORECASE)
_DENIED_BEHIND = re.compile(
    r"\b(?:forbidden|prohibited|banned|(?:not|cannot|\w+n['’]t)\s(?:be\s)?\w+)\W*$", re.IGNORECASE
)
_IT = re.compile(r"\b(?:it|they)\b", re.IGNORECASE)
_AUXILIARY = r"(?:may|can|must|will|should|cannot|is|are|has|have|does|do)\b"
_BEFORE_VERB = re.compile(rf"\A.*?(?=\b{_AUXILIARY})", re.IGNORECASE | re.DOTALL)
_NO_SUBJECT = re.compile(rf"\W*{_AUXILIARY}", re.IGNORECASE)
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
_AND = re.compile(r"\sand\s", re.IGNORECASE)
_RELATIVE = re.compile(r",\s(?:which|who|where|whose)\s", re.IGNORECASE)
_LATER = re.compile(r",\s(?:and\s)?(?P<told>(?:on|in|at|from|during|between)\s[^,;.]+)", re.IGNORECASE)
"""What holds at another time, or elsewhere, behind an exception: "daily except Tuesdays, on Thursdays until 9pm"."""
_CLAUSES = re.compile(
    r"[;:.!?][\"”’)]*\s|,?\s(?=(?:but|while|whereas|although|though|however|if|when|where|because|unless)\s)|"
    r",\s(?=(?:(?:and|so|or|then)\s)?(?:we|you|they|it|he|she|there|this|not)\b)|"
    r",\s(?=(?:and|so)\s)|,\s(?=or\s(?:the|an?|your|our|all|any)\b)",
    re.IGNORECASE,
)
"""What stands between clauses of which one may deny what the other says; a list of things is one."""
_LEADING = re.compile(
    r"((?:^|[;:.!?][\"”’)]*\s)\W*(?:if|when|where|because|unless)\b(?:[^,;:.!?]|[,:.](?=\w))*),\s", re.IGNORECASE
)
"""A clause that leads to what is so: "if the box was opened, the fee is not refunded"."""
_ADJUNCT = re.compile(
    r"\b(?:by|in|inside|at|on|for|with|from|during|under|after|before|when|where|while|if|that|which|who)\s"
    r"(?:(?!\b(?:and|or|nor)\b)[^,;:])*",
    re.IGNORECASE,
)
"""What says where, when, by whom or of which: of "by the shop or a dealer" only the first."""
_DENIES_IT = re.compile(r"(?:\b(?:not|cannot|never)|n['’]t)\s\w+\s(?:it|them)\b", re.IGNORECASE)
_BEHIND_ALONE = re.compile(r"without|except|other than|apart from|excluding|with the exception|but not|unless", re.I)
"""What denies only what stands behind it."""
_FORBIDS = re.compile(
    r"\b(?:not|no|never|cannot|without|illegal|unlawful|against|bans?|banned|forbid\w*|prohibit\w*|ruled out)\b|"
    r"n['’]t\b",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(
    r"\b(?:illegal|unlawful|forbidden|prohibited|against the (?:law|rules)) to (?P<to>[^,;:.!?()]+)|"
    r"(?:^|[.;!?]\s)\W*(?P<deed>\w+ing\b[^,;:.!?()]{0,100}?) (?:is|are) (?:\w+ly )?"
    r"(?:illegal|unlawful|forbidden|prohibited|banned|ruled out|against the (?:law|rules))\b",
    re.IGNORECASE,
)
"""What must not be done, told without a "not": "sharing a licence is forbidden"."""
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
_IN_CASE = re.compile(
    r"^\W*(?:if|unless|when|where|without)\b[^,;]*,\s|\b(?:if|unless|when|where)\b[^,;.]*", re.IGNORECASE
)
"""A clause that says in which case something is so."""
_UNLESS = re.compile(r"\bunless\b", re.IGNORECASE)
_DENIAL = re.compile(r"\b(?:not|no|never|cannot|without)\b|n['’]t\b", re.IGNORECASE)
_SUPPOSED = re.compile(r"\W*(?:if|when|where|because|unless)\b", re.IGNORECASE)
"""How a clause begins that says nothing is so."""
_EXCLUDES = re.compile(
    r"\b(?:exclu(?:de[sd]?|sions?)|refus\w+|reject\w+|prohibit\w*|forbid\w*|unavailable|impossible|ineligible|invalid|"
    r"exempt|lacks?|optional|instead of|rather than|non-\w+|un\w+able|irre\w+able)\b",
    re.IGNORECASE,
)
"""What denies without a "not"."""
_HEDGED_NO = re.compile(
    r"(?:\b(?:no|not|never|cannot)|n['’]t)\b(?:"
    r"[^;.!?]{0,100}\b(?:until|till|unless|without|before|except|other than)\b|"
    r"\s(?:forget|hesitate|worry|only|just|merely|sure)\b)",
    re.IGNORECASE,
)
"""What denies in order to say something: not before Monday, do not forget your keys."""
_NOT_DONE = re.compile(
    r"(?:\b(?:is|are|was|were|be|do|does|did|can|could|will|would|may|must|should|has|have) not|\bcannot|n['’]t)\s"
    r"(?:be\s)?(?P<deed>\w+)",
    re.IGNORECASE,
)
_OF_SOME = re.compile(
    r"\W*(?P<who>(?:[\w-]+\s){1,3}?(?<!\bnote\s)(?<!\bask\s)(?<!\bremember\s)(?<!\bregret\s)(?<!\bsure\s)"
    r"(?<!\baware\s)(?<!\bmind\s)(?<!\bplease\s)(?<!\bsorry\s)(?=(?:that|which|who)\s)|"
    r"(?!(?:our|your|all|the|no|any|most)\s)(?P<sort>[\w-]+)\s(?:customers|members|guests|users|clients|workers|"
    r"employees|staff|students|visitors|residents|patients|passengers|drivers|tenants)\s"
    r"(?=(?:cannot|\w+ not|\w+n['’]t)\s))",
    re.IGNORECASE,
)
"""How a sentence begins that is about some things, or about what a sort of people must not do, alone."""
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
_LIMITED = re.compile(
    rf"(?<!not )(?<!the )(?<!if )\b(?:{_ONLY}|solely|exclusively)\b(?!\s+(?:[\d$€£]|(?:an?|one|few|takes?|costs?)\b))",
    re.IGNORECASE,
)
"""What limits a sentence to some; "only €5" and "the only shop" do not."""


def _root(word: str) -> str:
    """Return the stem of a word; of its forms "cancelled" and "cancel" the same."""
    root = verb_root(stem(word.lower()))
    return root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "aeious" else root


_OPPOSITE = {
    Sense.BEFORE: Sense.AFTER,
    Sense.AFTER: Sense.BEFORE,
    Sense.MORE: Sense.LESS,
    Sense.LESS: Sense.MORE,
}
_PREFIXES = ("un", "in", "im", "ir", "il", "non", "non-", "dis")
_ANTONYMS = {
    frozenset(map(_root, pair.split()))
    for pair in (
        "accept reject", "accepted refused", "accepted rejected", "allowed prohibited", "allowed forbidden",
        "permitted prohibited", "include exclude", "included excluded", "increase decrease", "increased decreased",
        "open closed", "approve deny", "approved denied", "grant deny", "higher lower", "free paid", "always never",
        "start end", "begin end", "starts ends", "earliest latest", "minimum maximum", "refunded charged",
        "taxable exempt", "public private", "new used", "buyer seller", "lender borrower", "inside outside",
        "online offline", "enable disable", "enabled disabled", "before after", "opened unopened", "first last",
    )
}  # fmt: skip
_ANYTHING = {*map(_root, "need use pay get have take make give keep".split())}
"""What is done with anything, so that two sentences that share no more are about different things."""


@dataclass(frozen=True, slots=True)
class _Marked:
    """A word that turns a meaning, with the content words it is about, nearest first."""

    sense: Sense
    about: tuple[str, ...]


def contradiction(claim: str, evidence: str, lead: str = "") -> str | None:
    """Return in a word how a claim turns around what a sentence of a passage says; None if it does not.

    Of an item of a list `lead` is what leads to it: where that denies something, it denies it of the item.
    """
    twice = _turned_twice(claim, evidence)
    if otherwise(evidence):
        claim = without_case(claim)  # the case stands before the evidence, which denies it
    if reason := other_party(claim, evidence) or _other_need(claim, _own_clause(claim, evidence) or evidence):
        return reason
    if not _FORBIDS.search(claim) and any(
        {*_content(found["deed"] or found["to"])} <= {*_content(claim)} for found in _FORBIDDEN.finditer(evidence)
    ):
        return "says what is denied"
    if _NEEDLESS.search(claim) and _NEEDLESS.search(evidence):
        # Both say so, "no receipt is needed" and "you do not need a receipt": neither denies the receipt.
        claim, evidence = (_NEEDLESS.sub(lambda match: _NO.sub(" ", match[0]), text) for text in (claim, evidence))
    item = tuple(_content(evidence))
    mine, theirs = list(_marked(claim)), list(_marked(evidence))
    theirs += [
        replace(one, about=(*one.about, *item))
        for one in _marked(_BEFORE_LAST_CLAUSE.sub("", lead))
        if one.sense in (Sense.NOT, Sense.EXCEPT)
    ]
    said, written = set(_content(claim)), {*item, *_content(lead)}
    own = "" if lead else _own_clause(claim, evidence)
    told, held = (list(_marked(own)), said | set(_content(own))) if own else (theirs, written)
    denials = [*told, *_forbidden(own or evidence, _FORBIDDEN_BEHIND)]
    exceptions = [] if _is_of_other_clause(mine, said, evidence, facts_of(claim).numbers) else theirs
    return (
        (
            None
            if twice
            else _denied(mine, denials, said, held, _forbidden(claim, _DENIED_BEHIND)) or _left_out(mine, exceptions)
        )
        or _added_only(mine, theirs)
        or _left_out_only(mine, evidence, said)
        or _other_modality(mine, told)
        or _left_out_part(claim, own or evidence, said)
        or _left_out_share(claim, evidence, said)
        or _superlative(claim, evidence)
        or _other_time(claim, own or evidence)
        or _other_direction(mine, theirs)
        or _other_way(claim, evidence)
        or _opposite_word(mine, theirs, said, written)
    )


def otherwise(text: str) -> bool:
    """Whether a text says what holds in a case, or where it is not so, that is told of before."""
    return bool(_OTHERWISE.search(text))


def without_case(claim: str) -> str:
    """Return a claim without the clause that says in which case it is so."""
    return _IN_CASE.sub(" ", claim)


def _turned_twice(claim: str, evidence: str) -> bool:
    """Whether a claim denies both the case of a sentence and what the sentence says of it, and so says the same.

    "Books can be renewed unless they are reserved" says what "Books cannot be renewed if they are reserved" does.
    """
    mine, theirs = [*_IN_CASE.finditer(claim)], [*_IN_CASE.finditer(evidence)]
    if len(mine) != 1 or len(theirs) != 1:
        return False
    case, other = mine[0][0], theirs[0][0]
    said, told = without_case(claim), without_case(evidence)
    return (
        {*_content(_ALL.sub(" ", case))} == {*_content(_ALL.sub(" ", other))}
        and {*_content(_ALL.sub(" ", said))} <= {*_content(_ALL.sub(" ", told))}
        and _is_denied(case) != _is_denied(other)
        and _is_denied(said) != _is_denied(told)
    )


def _is_denied(text: str) -> bool:
    """Whether a clause denies, or begins with "unless", and not both."""
    return bool(_DENIAL.search(text)) != bool(_UNLESS.search(text))


def contradiction_beside(claim: str, first: str, second: str, asked: str) -> str | None:
    """Return in a word how a claim turns around what of it stands only in one of two sentences; None if it does not.

    "Cash is not accepted" denies cash, though it holds little else of "You can pay by card or cash". What is denied of
    day guests is no matter to a claim, unless a day guest `asked`.
    """
    if otherwise(first) or otherwise(second):
        claim = without_case(claim)
    return _turned_apart(claim, first, second, asked) or _turned_apart(claim, second, first, asked)


def _turned_apart(claim: str, first: str, second: str, asked: str) -> str | None:
    """Whether a claim turns around what of it stands only in the second of two sentences."""
    said = set(_content(claim))
    both = said & set(_content(second))
    held = both - set(_content(first))
    if (held <= _ANYTHING and not _denies_deed(held, both - held, second)) or _tells_of_others(said, second, asked):
        return None
    here, there = list(_denials(claim)), list(_denials(second))
    mine, theirs = list(_marked(claim)), list(_marked(second))
    must = _firsts(mine, Sense.MUST) - _firsts([*_marked(first), *theirs], Sense.MUST)
    if must & _firsts(theirs, Sense.MAY) and _YOU_MAY.search(second):
        return "says must for may"
    other_time = _at_another_time(mine, theirs)
    limited = {word for clause in _clauses(second) if _LIMITED.search(clause) for word in _content(clause)}
    if len(held & limited) >= 2 and not (here or there or _LIMITS.search(claim)):
        return "leaves out only"
    # "It is not covered" is no word against a plan that covers something else.
    denied_deeds = {word for found in _NOT_DONE.finditer(claim) for word in _content(found["deed"])}
    for word in sorted(held):
        denied = [one.before | one.behind for one in there if word in one.before | one.behind]
        if denied:
            apart = other_time & frozenset().union(*denied)
            shared = any((mine.before | mine.behind) & theirs for mine in here for theirs in denied)
            if not (apart or shared or _told(word, second)):
                return "says what is denied"
        elif _HEDGED_NO.search(second) or _SUPPOSED.search(second) or (both == {word} and word in denied_deeds):
            continue
        elif any(_denies_also(word, one, claim, first) for one in here) and not _told(word, claim):
            return "denies what is said"
    return None


def _denies_deed(deeds: set[str], things: set[str], second: str) -> bool:
    """Whether a sentence denies one of some deeds of something that it names, or of "it": "You may not make them"."""
    denied = {word for found in _NOT_DONE.finditer(second) for word in _content(found["deed"])}
    return bool(deeds & denied) and bool(things or _DENIES_IT.search(second))


def _tells_of_others(said: set[str], second: str, asked: str) -> bool:
    """Whether all that a sentence says, it says of some that a claim does not name: "Shoes that were worn outside"."""
    found = _OF_SOME.match(second)
    if not found:
        return False
    who = {*_content(found["who"])}
    return bool(who) and who.isdisjoint(said) and {*_content(found["sort"] or "")}.isdisjoint(_content(asked))


def _denies_also(word: str, one: _Denied, claim: str, first: str) -> bool:
    """Whether a claim denies a word of another sentence, rather than says of what a sentence's own denial is.

    "Food is not allowed in the library" denies no library where "Food is not allowed" is said of it, nor does "You
    cannot extend the loan" where "You cannot extend it" is said.
    """
    names = word in one.adjunct or _DENIES_IT.search(first)
    return word in one.behind and not (names and _denied_as_well(one, claim, first))


def _denied_as_well(one: _Denied, claim: str, text: str) -> bool:
    """Whether a text denies what a claim denies, and of what it denies no other place or time than the claim."""
    said = set(_content(claim))
    return any(one.core & other.core and other.adjunct <= said for other in _denials(text))


def denied_by(claim: str, second: str, *, leans: bool) -> bool:
    """Whether all that a claim denies stands in the second of two sentences, which denies something, too.

    Of one that `leans` on the first, "It does not cover scale", the subject stands there.
    """
    written = set(_content(second))
    here = list(_denials(claim))
    denies = any(True for _ in _denials(second))
    return (
        denies
        and bool(here)
        and all(
            (one.behind <= written or (one.behind - one.adjunct <= written and _denied_as_well(one, claim, second)))
            and (leans or one.before <= written)
            for one in here
        )
    )


def needed_by(claim: str, second: str) -> bool:
    """Whether the second of two sentences by itself says that what a claim names is needed."""
    left = set(_content(_NEEDED.sub(" ", claim))) - set(_content(second))
    return not left and bool(_NEEDED.search(second)) and not _NEEDLESS.search(second)


@dataclass(frozen=True, slots=True)
class _Denied:
    """The content words of a part of a text that is denied, by where they stand to what denies them."""

    before: frozenset[str]
    behind: frozenset[str]
    adjunct: frozenset[str] = frozenset()
    """Those behind that merely say where, when, by whom or of which."""

    @property
    def core(self) -> frozenset[str]:
        return (self.before | self.behind) - self.adjunct


def _denials(text: str) -> Iterator[_Denied]:
    for clause in _clauses(text):
        if _HEDGED_NO.search(clause) or _SUPPOSED.match(clause):
            continue
        for match in _ALL.finditer(clause):
            sense = _PHRASES[int((match.lastgroup or "t0")[1:])][0]
            if sense in (Sense.NOT, Sense.EXCEPT) or (sense is Sense.MAY and _NO.search(match[0])):
                near = [] if _BEHIND_ALONE.match(match[0]) else [*_content(clause[: match.start()])][-_REACH:]
                behind = clause[match.end() :]
                yield _Denied(frozenset(near), frozenset(_content(behind)), _adjunct(behind))
        if _EXCLUDES.search(clause):
            yield _Denied(frozenset(_content(clause)), frozenset())


def _clauses(text: str) -> list[str]:
    """Return the clauses of a text, each that leads to another one by itself."""
    return _CLAUSES.split(_LEADING.sub(r"\1; ", text))


def _adjunct(text: str) -> frozenset[str]:
    """Return the content words that say where, when, by whom or of which, from the second content word on."""
    first = next((token for token in TOKEN.finditer(text) if any(True for _ in _content(token[0]))), None)
    return frozenset(
        word for match in (_ADJUNCT.finditer(text, first.end()) if first else ()) for word in _content(match[0])
    )


def _told(word: str, text: str) -> bool:
    """Whether a text says something of a word in a part that denies nothing of it."""
    return any(
        word in _content(clause) and not any(word in one.before | one.behind for one in _denials(clause))
        for clause in _clauses(text)
    )


def _marked(text: str) -> Iterator[_Marked]:
    end = len(text)
    found: list[_Marked] = []
    for match in reversed(list(_ALL.finditer(text))):
        sense = _PHRASES[int((match.lastgroup or "t0")[1:])][0]
        found.append(_Marked(sense, tuple(_about(text[match.end() : end]))))
        if sense in (Sense.NOT, Sense.EXCEPT):
            end = match.start()  # "not possible without a receipt" does not deny the receipt twice
    return reversed(found)


def _about(after: str) -> list[str]:
    """Return the next content words up to the end of the clause."""
    found: list[str] = []
    for token in (match[0] for match in TOKEN.finditer(after)):
        if token in ",;:.!?()" or token.lower() in {"but", "however", "if", "unless"}:
            break
        if token.lower() not in STOP_WORDS:
            found.append(_root(token))
        if len(found) == _REACH:
            break
    return found


def _content(text: str) -> Iterator[str]:
    for token in TOKEN.findall(text):
        if token[0].isalnum() and token.lower() not in STOP_WORDS:
            yield _root(token)


def _words(marked: Iterable[_Marked], *senses: Sense) -> set[str]:
    return {word for one in marked if one.sense in senses for word in one.about}


def _denied(
    mine: list[_Marked], theirs: list[_Marked], said: set[str], written: set[str], forbidden: list[_Marked]
) -> str | None:
    """Whether one denies what the other says; what a claim says is `forbidden` stands before that word."""
    denied_here = [set(one.about) for one in mine if one.sense in (Sense.NOT, Sense.EXCEPT)]
    denied_there = [set(one.about) for one in theirs if one.sense in (Sense.NOT, Sense.EXCEPT)]
    # "Not refundable" and "non-refundable" are the same.
    denied_there += [{word} for about in denied_here for word in about if any(_denies(one, word) for one in written)]
    for about in denied_here:
        if about and not any(about & other for other in denied_there) and about & written:
            return "denies what is said"
        if about and not denied_there:
            return "denies what is not denied"
    told = _words(theirs, Sense.BUT) - set[str]().union(*denied_there)
    if any(about & told for about in denied_here):
        return "denies what is said"
    other_time = _at_another_time(mine, theirs)
    denied_here += [set(one.about) for one in forbidden]
    for one in theirs:
        if one.sense is not Sense.NOT or not one.about or other_time & set(one.about):
            continue
        about = set(one.about)
        if one.about[0] in said and not any(about & other for other in denied_here):
            kept = about & said
            if len(kept) >= min(2, len(about)):
                return "says what is denied"
    return None


def _at_another_time(mine: list[_Marked], theirs: list[_Marked]) -> set[str]:
    """Return what one tells of the time before, the other of that after: what is denied then is not denied now."""
    before = _words(mine, Sense.BEFORE) & _words(theirs, Sense.AFTER)
    return before | (_words(mine, Sense.AFTER) & _words(theirs, Sense.BEFORE))


def _forbidden(text: str, words: re.Pattern[str]) -> list[_Marked]:
    """Return what is denied by a word at the end of its clause: "in the gallery it is forbidden"."""
    clauses = (clause for clause in _opposed(text) if words.search(clause))
    return [_Marked(Sense.NOT, tuple(_content(_ALL.sub(" ", clause)))) for clause in clauses]


def _opposed(text: str) -> list[str]:
    """Return the clauses of a text of which one may say another thing than the others."""
    return [part for clause in _OPPOSED.split(text) for part in by_subject(clause)]


def _own_clause(claim: str, evidence: str) -> str:
    """Return the one clause that holds all of a claim, as what another one denies is no matter; empty if none does.

    What "it" is in a clause the one before is about.
    """
    words = set(_content(_ALL.sub(" ", claim)))
    clauses = _opposed(evidence)
    found: list[str] = []
    for before, clause in zip(["", *clauses], clauses, strict=False):
        subject = _BEFORE_VERB.match(before) if _IT.search(clause) or _NO_SUBJECT.match(clause) else None
        if words <= {*_content(clause), *_content(subject[0] if subject else "")}:
            found.append(clause)
    return found[0] if len(found) == 1 else ""


def _is_of_other_clause(mine: list[_Marked], said: set[str], evidence: str, numbers: frozenset[float]) -> bool:
    """Whether what a sentence excepts is excepted from another clause than the one that says what is `said`.

    `numbers` are those that are said with it.
    "Loans last three weeks" is true without an exception of "Loans last three weeks and may be renewed, unless…".
    """
    excepted = [
        match for match in _ALL.finditer(evidence) if _PHRASES[int((match.lastgroup or "t0")[1:])][0] == "except"
    ]
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
        return any(said <= {*_content(before), *_content(one)} for one in limits)
    last = max(_NEXT_VERB.finditer(before), key=lambda found: found.start(), default=None)
    first, further = (before[: last.start()], before[last.end() :]) if last else ("", "")
    if last and said <= set(_content(first)) and (last["own"] or _is_of_last(first, further, behind, numbers)):
        return True
    if _RELATIVE.search(behind) and said <= set(_content(behind)):
        return True  # it tells of what is excepted
    later = _LATER.search(behind)
    told = set(_content(later["told"])) if later else set[str]()
    return bool(told) and told <= said <= {*told, *_content(before)}


def _is_of_last(first: str, last: str, excepted: str, numbers: frozenset[float]) -> bool:
    """Whether what is `excepted` behind two verbs of one subject is excepted from the last of them alone.

    Behind a comma it is excepted from both, "you can come daily and may swim, except on Mondays", unless it names what
    only the last is about, "can be used on buses, except night buses", unless one says what is allowed and the other
    what must be done, and no time is excepted, or unless one of the `numbers` that a claim tells stands with the first
    alone.
    """
    named = {*_content(last)} - {*_content(first)}
    return (
        not last.rstrip().endswith(",")
        or bool(_ALLOWED.search(first) and _DUTY.match(last) and not _AT_A_TIME.match(excepted))
        or bool(named & {*_content(excepted)})
        or bool(numbers & facts_of(first).numbers - facts_of(last).numbers)
    )


def _left_out(mine: list[_Marked], theirs: list[_Marked]) -> str | None:
    """Whether an exception is missing."""
    for one in theirs:
        if one.sense is Sense.EXCEPT and one.about:
            here = [other for other in mine if other.sense in (Sense.EXCEPT, Sense.NOT, Sense.ONLY)]
            if not any(set(one.about) & set(other.about) for other in here):
                return "leaves out an exception"
    return None


def _added_only(mine: list[_Marked], theirs: list[_Marked]) -> str | None:
    if any(one.sense is Sense.ONLY for one in mine) and not any(
        one.sense in (Sense.ONLY, Sense.EXCEPT, Sense.NOT) for one in theirs
    ):
        return "says only"
    return None


def _left_out_only(mine: list[_Marked], evidence: str, said: set[str]) -> str | None:
    """Whether a claim says of everybody or everything what holds only for some."""
    if any(one.sense in (Sense.ONLY, Sense.EXCEPT, Sense.NOT) for one in mine):
        return None
    for clause in _CLAUSE_END.split(evidence):
        kept = said & set(_content(clause)) if _LIMITED.search(clause) else set[str]()
        if len(kept) >= 2 and 2 * len(kept) >= len(said):
            return "leaves out only"
    return None


def _other_modality(mine: list[_Marked], theirs: list[_Marked]) -> str | None:
    """Whether what may be done is told as what must be, or the other way round."""
    strong_here, strong_there = _firsts(mine, Sense.MUST), _firsts(theirs, Sense.MUST)
    weak_here, weak_there = _firsts(mine, Sense.MAY, Sense.SHOULD), _firsts(theirs, Sense.MAY, Sense.SHOULD)
    if (strong_here - strong_there) & (weak_there - strong_there):
        return "says must for may"
    if (weak_here - weak_there) & (strong_there - weak_there):
        return "says may for must"
    if (_firsts(mine, Sense.WILL) - _firsts(theirs, Sense.WILL)) & (_firsts(theirs, Sense.MAY) - strong_there):
        return "says will for may"
    return None


def _other_need(claim: str, evidence: str) -> str | None:
    """Whether one says that something is needed which the other says is not."""
    needless_here, needless_there = _NEEDLESS.search(claim), _NEEDLESS.search(evidence)
    needed_here, needed_there = (_NEEDED.search(_NEEDLESS.sub(" ", text)) for text in (claim, evidence))
    if needless_there and needed_here and not (needless_here or needed_there):
        return "says must for may"
    if needless_here and needed_there and not (needless_there or needed_here):
        return "says may for must"
    return None


def _left_out_part(claim: str, evidence: str, said: set[str]) -> str | None:
    """Whether a claim says of all, or of always, what holds for some, or mostly."""
    if _LIMITS.search(claim) or (_PERHAPS.search(claim) and not _PERHAPS.search(evidence)):
        return None
    for part in _PART.finditer(evidence):
        about = _about(evidence[part.end() :])
        if part[0].lower() in ("sometimes", "often") and _IN_CASE.search(claim):
            continue  # whenever it is so
        if about and about[0] in said and len(said & set(about)) >= min(2, len(about)):
            return f"leaves out {part[0].strip(' ,;:.').lower()}"
    return None


def _left_out_share(claim: str, evidence: str, said: set[str]) -> str | None:
    """Whether a claim says of each, or of another one, what holds for so many of so many: "one of two keys"."""
    for share in _SHARE.finditer(evidence):
        about = _about(evidence[share.end() :])
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


def _firsts(marked: Iterable[_Marked], *senses: Sense) -> set[str]:
    """Return the verbs that are qualified."""
    return {one.about[0] for one in marked if one.sense in senses and one.about}


def _other_direction(mine: list[_Marked], theirs: list[_Marked]) -> str | None:
    for one in mine:
        opposite = _OPPOSITE.get(one.sense)
        if opposite is None or not one.about:
            continue
        word = one.about[0]
        if word in _firsts(theirs, opposite) and word not in _firsts(theirs, one.sense):
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


def _opposite_word(mine: list[_Marked], theirs: list[_Marked], said: set[str], written: set[str]) -> str | None:
    denied_here, denied_there = _words(mine, Sense.NOT), _words(theirs, Sense.NOT)
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
