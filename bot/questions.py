"""The questions of a message that asks several: "How long is the warranty in the EU, and how can I pay?"

A message is cut by the usual wordings of English questions, and only where each of them can be understood without the
others: "Do you ship to Hawaii and what does it cost?" stays whole.
"""

from __future__ import annotations

import re

MAX_QUESTIONS = 4
"""A message that asks more is answered as a whole."""
_MAX_CHARS = 1_000
_LEAST_WORDS = 3
_DOES = r"(?:do|does|did|is|are|was|were|can|could|may|might|will|would|shall|should|must|has|have|had|am)(?:n['’]t)?"
_PEOPLE = r"(?:i|we|you|he|she|it|they|customers|people|there)"
_SOMEBODY = rf"(?:{_PEOPLE}|the|my|our|your|an?|all|any|some)"
# With the verb before whom it is about: "how can I pay" is a question, "how I can pay" is what one is about.
_ASKS = (
    r"(?:(?:(?:within|until|till|by|from|for|at|in|on|to|with)\s+)?"
    r"(?:how|what|when|where|which|why|who|whom|whose)"
    rf"(?:\s+(?!(?:{_SOMEBODY}|to)\b)[\w'’-]+){{0,4}}?\s+{_DOES}\b"
    r"|(?:who|what)\s+(?!is\b|was\b)[a-z]+s\s"
    r"|(?:how|what|when|where|who)['’]?s\s"
    # "have the papers" goes on with what was asked, "have you the papers" is asked.
    rf"|(?!ha[sdv])(?:{_DOES})\s+{_SOMEBODY}\b|{_DOES}\s+{_PEOPLE}\b"
    r"|(?:do|does|did|are|can|will)\s+(?:[\w'’-]+\s+){0,2}?[a-z]{3,}s\s)"
)
_QUESTION = re.compile(_ASKS, re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[?!.])\s+|\n+")
_NEXT = re.compile(
    rf"(?:\s*[,;]\s*(?:(?:and|also|plus|but)\s+)?|\s+(?:and|also|plus|but)\s+)(?={_ASKS})", re.IGNORECASE
)
_OPENING = re.compile(r"(?:(?:and|also|but|plus|then|so|ok|okay|hi|hello|please|thanks),?\s+)+", re.IGNORECASE)
_LEANS = re.compile(
    rf"^which\s+{_DOES}\b|"
    r"\b(?:its?|they|them|theirs?|that|this|these|those|ones?|same|both|else|otherwise|(?<!is )(?<!are )there"
    r"|give me|elaborate|be (?:more )?(?:specific|precise|exact))\b",
    re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(
    r"(?:hi|hello|hey|good (?:morning|day|evening)|thanks|thank you|please)(?: \w+)?\W*", re.IGNORECASE
)


def questions_in(message: str) -> tuple[str, ...]:
    """Return the questions of a message, each with the statements beside them; empty where it is rather one."""
    if len(message) > _MAX_CHARS:
        return ()
    said: list[str] = []
    asked: list[str] = []
    for sentence in filter(None, map(str.strip, _SENTENCE_END.split(message))):
        bare = _OPENING.sub("", sentence, count=1) if _OPENING.match(sentence) else sentence
        if _QUESTION.match(bare):
            asked += (one.strip(" ,;?") for one in _NEXT.split(bare))
        elif sentence.endswith("?"):
            return ()
        elif not _SAYS_NOTHING.fullmatch(sentence):
            said.append(sentence)
    alone = all(len(one.split()) >= _LEAST_WORDS for one in asked)
    leans = any(_LEANS.search(one) for one in (asked if said else asked[1:]))
    if not 1 < len(asked) <= MAX_QUESTIONS or not alone or leans:
        return ()
    asked[1:] = [one[:1].upper() + one[1:] for one in asked[1:]]
    return tuple(" ".join([*said, f"{one}?"]) for one in asked)
