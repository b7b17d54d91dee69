"""What is said of one kind of people or things and told of all: of full-time employees, of employees."""

from __future__ import annotations

import re

from bot.text.facts import telling_words

KIND = re.compile(
    r"(?<!\band )(?<!\bor )(?<!, )\b(?P<kind>birthing|adoptive|full-time|part-time|permanent|temporary|eligible|"
    r"registered|unopened|unused|unworn|faulty|defective|damaged|first-time|new|existing|former|retired|disabled|married|"
    r"unmarried|international|domestic|non-[a-z]+) "
    r"(?P<those>parents|mothers|fathers|staff|employees|workers|colleagues|members|customers|guests|students|pupils|"
    r"residents|citizens|applicants|drivers|passengers|patients|tenants|users|sellers|buyers|items|products|goods|"
    r"devices|orders|parcels|transfers|flights|veterans|couples|borrowers)\b",
    re.IGNORECASE,
)
_PAIRS = "full-time/part-time permanent/temporary new/existing international/domestic birthing/adoptive".split()
_OTHER_KINDS = {one: other for pair in _PAIRS for one, other in (pair.split("/"), reversed(pair.split("/")))}
_UN = re.compile(r"^(?:non-|un)")
"""How a word begins that names all but those of a kind."""
_NON = re.compile(r"\bnon[- ](?=[^\W\d_])", re.IGNORECASE)


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


def _telling(text: str) -> frozenset[str]:
    """Return the telling words of a text, with "non-resident" as a word of its own."""
    return telling_words(_NON.sub("non", text))
