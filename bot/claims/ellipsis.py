"""What a clause that is cut short says: that cars need none, of "Vans need a permit, cars do not"."""

from __future__ import annotations

import re

from bot.claims.subjects import denies, verb_of
from bot.text.facts import facts_of, telling_words

_HELPER = r"(?:do|does|is|are|can|may|must|will)(?:\snot)?|cannot|(?:do|does|is|are|ca|wo)n['’]t"
_CUT_SHORT = re.compile(
    r"(?:[,;]\s(?:(?:and|but|while|whereas)\s)?|\s(?:and|but|while|whereas)\s)(?P<who>(?:[\w'’-]+\s){1,6}?)"
    rf"(?P<last>none|{_HELPER})\W*$",
    re.IGNORECASE,
)
_BUT_NOT = re.compile(r",?\sbut\snot\s(?P<what>[^,;:.!?()]+)\W*$", re.IGNORECASE)
_LEADING_HELPER = re.compile(rf"(?:{_HELPER})\s", re.IGNORECASE)
_ONES = re.compile(r"\bones\b", re.IGNORECASE)
_HOW_MANY = re.compile(r"\b(?:an?|one|two|three|four|five|six|\d+)\s", re.IGNORECASE)

_NOT_BY = re.compile(r",\s(?:and\s|but\s)?not\sby\s(?P<agent>[^,;:.!?]+)", re.IGNORECASE)
_STOP = re.compile(r"[;:.!?]")
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been)\b", re.IGNORECASE)


def not_done_by(text: str) -> str:
    """Return by whom something is not done that another does: the teachers of "by the office, not by teachers"."""
    found = _NOT_BY.search(text)
    return found["agent"] if found else ""


def completed(text: str, claim: str) -> str:
    """Return a sentence with all that its last clause denies, where a claim denies it of the same, else as it is."""
    if denies(claim) and (agent := not_done_by(text)) and telling_words(agent) <= telling_words(claim):
        done = _NOT_BY.split(text)[0]
        deed = _STOP.split(done)[-1].rpartition(" by ")[0]
        return f"{done}; {_PASSIVE.sub(lambda verb: f'{verb[0]} not', deed, count=1)} by {agent}."
    denied = _denied(text, claim) if denies(claim) else None
    return denied[0] if denied else text


def says_denied(text: str, claim: str) -> bool:
    """Whether a claim says nothing but what the last clause of a sentence denies of the same."""
    denied = None if denies(claim) else _denied(text, claim)
    return denied is not None and telling_words(claim) <= telling_words(denied[1])


def apart(text: str) -> tuple[str, ...]:
    """Return the two clauses of a text of which the last is cut short, that one with all that it says; else the text.

    "Cats can stay overnight, but dogs cannot" says that cats can stay overnight and that dogs cannot stay overnight.
    What ends in "and you are not" breaks off: that says nothing of somebody else.
    """
    found = _CUT_SHORT.search(text) or _BUT_NOT.search(text)
    if found and not telling_words(found.groupdict().get("who") or found["what"]):
        return (text,)
    verb = verb_of(text[: found.start()]) if found else None
    if not found or not verb:
        return (text,)
    first = text[: found.start()]
    what = found.groupdict().get("what")
    return f"{first}.", f"not {what}." if what else _in_full(found, verb)


def spelled_out(text: str) -> str:
    """Return a text of which the last clause leaves out its verb, "but card payments are", with that verb."""
    first, *last = apart(text)
    return f"{first.rstrip('.')}; {last[0]}" if last and verb_of(last[0]) else text


def _in_full(last: re.Match[str], verb: re.Match[str]) -> str:
    """Return a clause that is cut short with all it says, which stands from the `verb` of the clause before on."""
    who = _ONES.sub(last.string[: verb.start()].strip().rpartition(" ")[2], last["who"])
    said = _LEADING_HELPER.sub("", last.string[verb.start() : last.start()], count=1)
    none = last["last"].lower() == "none"
    return f"{who}cannot {_HOW_MANY.sub('', said)}." if none else f"{who}{last['last']} {said}."


def _denied(text: str, claim: str) -> tuple[str, str] | None:
    """Return a sentence with all that its last clause denies, and that clause, if a claim is about the same."""
    found = _CUT_SHORT.search(text)
    verb = verb_of(text[: found.start()]) if found and denies(found["last"]) else None
    if not found or not verb:
        return None
    words, subject = telling_words(claim), text[: verb.start()].strip()
    who = _ONES.sub(subject.rpartition(" ")[2], found["who"])
    named = telling_words(who) <= words and facts_of(who).numbers <= facts_of(claim).numbers
    if not named or (telling_words(subject) - telling_words(who)) & words:
        return None
    clause = _in_full(found, verb)
    return f"{text[: found.start()]}; {clause}", clause
