"""What somebody typed in a chat, as it is read: emoji as signs, and what is written short in full.

Everything that reads a message reads it so; what is stored and shown stays as it was typed. "do u ship to norway?" is
read as "do you ship to norway?", "thanks :pray:" as "thanks 🙏".
"""

from __future__ import annotations

import re
from functools import lru_cache

from rich.emoji import Emoji, NoEmoji

_NAMED = r":(?=[\w+'-]*[^\W\d_]{2}|[+-]1:|100:)[\w+'-]{1,80}:"
"""An emoji by its name; ":E17:" shows on a display."""
_RUN = re.compile(rf"(?<![\w:])(?:{_NAMED})+(?![\w:])")
_NAME = re.compile(r":([\w+'-]+):")
_FLAG = re.compile(r"flag[-_]([a-z]{2})|(cn|de|es|fr|gb|it|jp|kr|uk|us|ru)")
_SHRUG = re.compile(r"(?:(?:wo)?man[-_]|person_)?shrug(?:ging)?")
_KEPT = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]*`|\b\w{1,20}://\S+|\bwww\.\S+|(?<![\w.+-])[\w.+-]{1,64}@\S+)", re.DOTALL)
"""Code and addresses, in which nothing is written short."""

# A letter that is a word of another language, too, such as Dutch "u", is an English one only among these.
_ENGLISH = frozenset(
    "how what when where which why who whats wheres hows whos whens can cant could would should will do does did dont "
    "doesnt didnt isnt arent wont don doesn didn isn aren won are r my the your ur you i it if with this that not "
    "be been have has havent ship deliver sell accept order orders return returns refund warranty please pls any "
    "there need get got tell send thanks thank hi hey hello and to for about abt today late".split()
)
_OTHER = frozenset(
    "de het een ik je jullie kunt kan wilt bent heeft hebt zou moet mij mijn uw dank niet met voor naar graag hoe wat "
    "wanneer waar van op en le la les un une des il est sont pour dans ne pas que qui vous nous mon ma mes ich der die "
    "das und ist nicht mit ein eine wie wann wo mein meine el los las una por para con mi su como donde di che per "
    "non sono mio mia os uma meu minha se y".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_ASKED_WITH = r"how|what|when|where|which|why|who"
_LETTERED = r"(?<!model )(?<!option )(?<!size )(?<!type )(?<!plan )(?<!version )(?<!series )(?<!vitamin )"
"""What letters are of: "model r"."""
_ALONE = r"(?<!\b\w )"
"""Not in a row of letters, such as "r e t u r n"."""
_SHORT_ENGLISH = tuple(
    (re.compile(short, re.IGNORECASE | re.MULTILINE), in_full)
    for short, in_full in (
        (r"\b(any|some|every)1\b", r"\1one"),
        (r"\babt\b", "about"),
        (r"\bw/o\b", "without"),
        (r"\bw/(?=\s|(?:an?|the|my|your|no|it)\b)\s?", "with "),
        (r"\b(what|where|how|who|when|that|there)s\b", r"\1's"),
        (r"\b(you|they)re\b", r"\1're"),
        (r"\b(ca|do|does|did|is|are|was|were|wo|would|could|should|have|has|had)nt\b", r"\1n't"),
        (
            r"(?:^|(?<=[.!?,;:] )|(?<=\band )|(?<=\bbut )|(?<=\bhi )|(?<=\bhey )|(?<=\bso ))y"
            r"(?= (?:is|isn['’]?t|are|r|do|does|did|don['’]?t|can|can['’]?t|cannot|was|were|won['’]?t|would|will|u)\b)",
            "why",
        ),
        (
            rf"{_ALONE}{_LETTERED}(?<![\w.'’/&-])r(?= (?:u|you|ur|your|they|we|there|these|those|the|my|all|any)\b)",
            "are",
        ),
        (r"(?:^|(?<=how )|(?<=what )|(?<=where )|(?<=when )|(?<=why )|(?<=who )|(?<=u ))r(?= \w\w)", "are"),
        (
            rf"(?:(?<=\bu )|{_ALONE}){_LETTERED}(?<=\w )n"
            rf"(?= (?:{_ASKED_WITH}|also|do|does|did|can|could|will|would|i|u|you)\b"
            r"| (?:is|are) (?:it|there|the|u|you|my)\b)",
            "and",
        ),
        (
            rf"{_ALONE}{_LETTERED}(?<!\bthe )(?<!\ba )(?<![\w.'’/&-])"
            r"(?:(?-i:u)|(?:(?<=do )|(?<=did )|(?<=can )|(?<=are )|(?<=will )|(?<=if ))U)(?![\w'’/&-]|\.\w)",
            "you",
        ),
        (r"\bur(s?)\b", r"your\1"),
    )
)
_SHORT_ELSEWHERE = tuple(
    (re.compile(short, re.IGNORECASE), in_full)
    for short, in_full in (
        (r"\bgibt['’]?s\b", "gibt es"),
        (r"(?<=\bgibt es )(?:ne|n)\b", "eine"),
        (r"(?<=\bgibt es )nen\b", "einen"),
        (r"\bvcs\b", "vocês"),
        (r"\bvc\b", "você"),
        (r"\b(?:xq|porq)(?= \w)", "por que"),
        (r"\bx(?:k|ch)[eéè]\b", "perché"),
        (r"\bc(?= quoi\b)", "c'est"),
    )
)


def as_read(text: str) -> str:
    """Return a message as it is read: with signs for the names of emoji, and in full what is written short."""
    return _in_full(with_signs(text))


def with_signs(text: str) -> str:
    """Return text with the emoji that it names as signs: ":flag-de: :pray:" as "🇩🇪 🙏".

    Those that a workspace or server has made for itself have no sign, and are left out.
    """
    if ":" not in text:
        return text.strip()
    pieces = _KEPT.split(text)
    for place in range(0, len(pieces), 2):
        pieces[place] = _RUN.sub(lambda run: _NAME.sub(_sign, run[0]), pieces[place])
    return "".join(pieces).strip()


def _sign(named: re.Match[str]) -> str:
    name = named[1].lower()
    if flag := _FLAG.fullmatch(name):
        code = (flag[1] or flag[2]).replace("uk", "gb")
        return "".join(chr(0x1F1E6 + ord(letter) - ord("a")) for letter in code)
    if _SHRUG.fullmatch(name):
        return "🤷"
    try:
        return str(Emoji(name))
    except NoEmoji:
        return ""


@lru_cache(maxsize=256)
def _in_full(text: str) -> str:
    pieces = _KEPT.split(text)
    shorts = _SHORT_ELSEWHERE
    words = [word.lower() for piece in pieces[::2] for word in _WORD.findall(piece)]
    if sum(word in _ENGLISH for word in words) > sum(word in _OTHER for word in words):
        shorts = (*_SHORT_ENGLISH, *shorts)
    for place in range(0, len(pieces), 2):
        for short, in_full in shorts:
            pieces[place] = short.sub(in_full, pieces[place])
    return "".join(pieces)
