"""What to search with: the question, of the turns before it those that it may lean on, and what it means in general."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.claims.rewording import uncited
from bot.messages import Turn
from bot.understanding.gist import gist
from bot.understanding.intents import last_answer
from bot.understanding.names import asked_back
from bot.wording import answers
from knowledge.retrieval import Query

EARLIER_TURNS = 4
"""User turns before the question that are searched with; chosen on the dev questions of the benchmark."""
ANSWER_WORDS = 60
"""Of the answer before the question, that are searched with; two answers found no more on the same questions."""
_REFUSED = (*answers.REFUSAL.all, *(words.partition("{")[0] for words in answers.NOTHING_TO_SEARCH.all))
"""How a refusal begins."""
_ARTICLE = r"(?:an?|the|this|that|these|those|my|our|some|any|one of (?:my|our|the|these|those))\s+"
_THING = r"(?P<thing>(?:[a-z][\w'’-]*\s+){0,2}?[a-z][\w'’-]*)"
_SOME_THING = rf"(?:{_ARTICLE}{_THING}|something|anything|stuff)"
_ASKS = (
    r"(?:(?:^|\b(?:to|i|we|you|they|he|she|and|or|please|not|never|customers?|people)\s+)"
    r"|\b(?:can|could|may|might|should|must|shall|will|would|do|does|did)(?:n['’]t|not)?\s+(?:[\w'’-]+\s+){0,3}?)"
)
_ENDS = (
    r"(?=\s*(?:$|[^\w\s]|\b(?:that|which|who|i|we|you|to|in|into|from|for|if|after|within|when|while|without|with|by|at|"
    r"on|and|or|but|because|since|as|bought|purchased|ordered|once|before|later|again|back|first|now|online|instead|"
    r"please|it|does|is)\b))"
)
_RETURNS = (
    r"(?:return|non-return|refund|non-refund|exchang|swap|withdraw|final sale|(?:take|taken|took|send|sent|give|given|"
    r"bring|brought) (?:\w+ ){0,3}?back)"
)
_ABOUT_A_THING = tuple(
    (re.compile(pattern, re.IGNORECASE), re.compile(rf"\b(?:{told})", re.IGNORECASE))
    for pattern, told in (
        # "return my stand mixer"
        (
            rf"(?P<before>{_ASKS}(?:return|exchange|swap|send back|give back|bring back|take back)\s+)"
            rf"{_SOME_THING}{_ENDS}",
            _RETURNS,
        ),
        (
            r"(?P<before>\b(?:returning|exchanging|swapping|sending back|giving back|bringing back)\s+)"
            rf"{_SOME_THING}{_ENDS}",
            _RETURNS,
        ),
        # "my kettle arrived broken"
        (
            rf"(?P<before>(?:^|[^\w\s]|\b(?:if|when|that|because|and|but|hi|hello|so))\s*){_ARTICLE}{_THING}"
            r"(?=\s+(?:(?:has|have|had|just|only)\s+){0,2}(?:arrived?|came|turned up|was delivered|were delivered)\s+"
            r"(?:\w+\s+){0,2}(?:broken|cracked|damaged|defective|dented|faulty|incomplete|scratched|smashed)\b)",
            r"(?:broke|crack|damag|defect|dent(?:ed|s)\b|fault|scratch|smash|transit)",
        ),
        # "ship kettles to Spain", "pay for a kettle in instalments"
        (
            rf"(?P<before>{_ASKS}(?:ship|deliver))(?P<left_out>\s+)(?:{_ARTICLE})?"
            r"(?P<thing>(?:[a-z]+\s+){0,2}?[a-z]+)"
            r"(?=\s+(?:to|into|within|outside|abroad|overseas|internationally)\b)",
            r"(?:ship|deliver|dispatch|courier|abroad|overseas|domestic|mainland|international|export|customs|"
            r"leaves? (?:our|the)|sen[dt] to)",
        ),
        (
            rf"(?P<before>{_ASKS}pay)(?P<left_out>\s+for\s+){_ARTICLE}{_THING}(?=\s+(?:with|by|in|using|via|over|on)\b)",
            r"(?:pay|paid|card|invoice|instal|financ)",
        ),
    )
)
"""Where somebody gives a thing back, it came to harm, or is shipped or paid for, and how pages tell of that."""
_BARE = re.compile(
    rf"{_ASKS}(?:return|exchange|send back|give back|bring back|take back)\s+"
    rf"(?P<thing>(?!(?:to|it|them|for|from|in|on|by|a|an|the|that|this)\b)(?:[a-z][\w'’-]*\s+)?[a-z][\w'’-]*){_ENDS}",
    re.IGNORECASE,
)
"""The same of things without an article, "return perfume"; other words may stand there, so it is searched as it is."""
_NO_GOODS = frozenset(
    "account address amount application article booking call card cards cash code contract copy deposit documents "
    "favor favour form forms gift gifts goods id invoice item items key keys label labels letter license licence money "
    "order orders package page parcel parcels password payment points position present presents product products "
    "purchase purchases receipt refund rest shipment subscription thing things ticket title".split()
)
"""What is no article that is sold, or is as general as can be."""
_QUALIFIES = re.compile(r"\w{2,}(?:ed|en)|custom|defective|faulty|old|outlet|sale|wrong", re.IGNORECASE)
"""What a rule of its own may be about: recalled, opened, broken."""

_INTRODUCED = re.compile(
    r"\b(?i:my name(?: is|['’]s)|mein name ist|ich hei(?:ß|ss)e|je m['’]appelle|me llamo|mi chiamo|"
    r"(?:o )?meu nome [eé]|mijn naam is|ik heet)\s+[^\W\d_a-zß-ÿ][\w'’-]*(?:\s+[^\W\d_a-zß-ÿ][\w'’-]*){0,2}"
    r"\s*(?:[,.;:!–—-]\s*(?:(?:and|und|et|y|e|en)\b\s*)?|\b(?:and|und|et|y|e|en)\b\s*)"
)
"""How somebody says a name before anything else."""
_BEFORE_ASKED = (
    r"(?:hi|hello|hey|ok|okay|so|and|also|please|can|could|may|should|would|do|does|how|what|what['’]s|whats|where|which|is|"
    r"are|i|we|you|have|got|tell|give|show|me|us|know|need|want|like|to|for|the|an?|there|find|see|get|best|way|easiest)"
)
"""Words before what is asked that add nothing; "I lost your phone" asks for no number."""
_AS_PAGES_SAY = tuple(
    (re.compile(rf"\W*(?:{_BEFORE_ASKED}\W+)*(?:{pattern})(?:\s+please|\s+thanks)?\W*", re.IGNORECASE), general)
    for pattern, general in (
        (
            r"(?:your|the|an?) (?:(?:tele)?phone|contact|support|customer (?:service|support)) number"
            r"|your (?:tele)?phone|(?:call|phone|ring) you|hot ?line|help ?line|customer (?:service|support) number"
            r"|number (?:can|do|could|should|may) i (?:call|ring|phone)",
            "What is the telephone number?",
        ),
        (
            r"your e-?mail(?: address)?|(?:e-?mail|write to) you"
            r"|(?:contact|reach|get in touch with|get hold of) "
            r"(?:you|(?:the |your )?(?:customer )?(?:support|service))",
            "Write to us",
        ),
        (
            r"how (?:can|do|could|may) (?:i|we) pay(?: for (?:my|an|the) order)?|(?:payment|paying) (?:options|ways)"
            r"|ways (?:of paying|to pay)",
            "Which payment methods do you accept?",
        ),
    )
)
"""What every company is asked, and how its page says it."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a question asks of a thing that is sold."""

    thing: str
    """"stand mixer" of "return my stand mixer"."""
    told: re.Pattern[str]
    """Words in which pages tell of it."""


def query_for(text: str, turns: Sequence[Turn]) -> Query:
    """Return the query for a question asked after `turns` (oldest first).

    "And in Norway?" says little alone, so what the person wrote before goes along and counts less, and so does what
    was answered last: the next question is mostly about the same page. What was no answer from the documents, such as a
    refusal, does not: it names topics beside the one asked for.
    """
    said = [gist(turn.content.strip()).asked for turn in turns if turn.role == "user"]
    text, beside = gist(text)
    said.append(beside)
    told = uncited(last_answer(turns))
    if told.startswith(_REFUSED) or asked_back(turns):
        told = ""
    return Query(text, tuple(one for one in said if one)[-EARLIER_TURNS:], " ".join(told.split()[:ANSWER_WORDS]))


def in_general(text: str) -> str:
    """Return a question as pages tell its subject; empty for any that they may tell in its own words.

    One about what happens to a thing is about all items, "return an item": pages tell the rule of all, and which thing
    somebody bought leads to what else is said of such things. "Can I ring you?" asks for the telephone number. Of who
    asks no page tells: the name goes.
    """
    for wording, as_pages_say in _AS_PAGES_SAY:
        if wording.fullmatch(text.strip()):
            return as_pages_say

    def general(found: re.Match[str]) -> str:
        *before, thing = (found["thing"] or "something").split()
        if thing.lower() in _NO_GOODS:
            return found[0]
        if found.groupdict().get("left_out"):
            return found["before"]
        kept = " ".join(word for word in before if _QUALIFIES.fullmatch(word))
        article = "an" if (kept or "item")[0].lower() in "aeiou" else "a"
        return found["before"] + " ".join(filter(None, (article, kept, "item")))

    changed = _INTRODUCED.sub("", text)
    for pattern, _ in _ABOUT_A_THING:
        changed = pattern.sub(general, changed)
    return changed if changed != text else ""


def matter_of(text: str) -> Matter | None:
    """Return what a question asks of which thing; None where it names none, or asks nothing that holds for all."""
    for pattern, told in (*_ABOUT_A_THING, (_BARE, _ABOUT_A_THING[0][1])):
        for found in pattern.finditer(text):
            thing = (found["thing"] or "").lower()
            if thing and thing.split()[-1] not in _NO_GOODS:
                return Matter(thing, told)
    return None
