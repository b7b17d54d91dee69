"""What somebody typed in a chat, as it is read: emoji as signs, and what is written short in full.

A message is searched for, shown and stored as it was typed, with signs for the emoji that it names: "u" may be a
letter, and ":err:" stand on a display. How it is read decides only what it wants, how it goes on with what was said and
how many questions it asks: "do u ship to norway?" is read as "do you ship to norway?".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from rich.emoji import Emoji, NoEmoji

_NAMED = r":(?=[\w+'-]*[^\W\d_]{2}|[+-]1:|100:)[\w+'-]{1,80}:"
"""An emoji by its name; ":E17:" shows on a display."""
_RUN = re.compile(rf"(?<![\w:])(?:{_NAMED})+(?![\w:])")
_NAME = re.compile(r":([\w+'-]+):")
_OF_A_SERVER = re.compile(r"<a?:\w{2,32}:\d{1,20}>")
"""An emoji that a Discord server has made for itself."""
_FLAG = re.compile(r"flag[-_]([a-z]{2})|(cn|de|es|fr|gb|it|jp|kr|uk|us|ru)")
_FLAG_IN_THE_UK = re.compile(r"flag[-_](england|scotland|wales)")
_SKIN_TONE = re.compile(r"skin-tone-\d(?:-\d)?")
_SHRUG = re.compile(r"(?:(?:wo)?man[-_]|person_)?shrug(?:ging)?")
_KEPT = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]*`|\b\w{1,20}://\S+|\bwww\.\S+|(?<![\w.+-])[\w.+-]{1,64}@\S+)", re.DOTALL)
"""Code and addresses, in which nothing is written short."""

# A letter that is a word of another language, too, such as Dutch "u", is an English one only among these.
_ENGLISH = frozenset(
    "how what when where which why who whats wheres hows whos whens thats can cant could would should will do does did "
    "dont doesnt didnt isnt arent wont don doesn didn isn aren won are r my the your ur you i it if with this that not "
    "be been have has havent ship deliver sell accept order orders return returns refund warranty please pls any "
    "there need get got tell send thanks thank hi hey hello and to for about abt today late gimme lemme gonna ive plz "
    "plss furious pissed angry now right off".split()
)
_OTHER = frozenset(
    "de het een ik je jullie kunt kan wilt bent heeft hebt zou moet mij mijn uw dank niet met voor naar graag hoe wat "
    "wanneer waar van op en le la les un une des il est sont pour dans ne pas que qui vous nous mon ma mes ich der die "
    "das und ist nicht mit ein eine wie wann wo mein meine el los las una por para con mi su como donde di che per "
    "non sono mio mia os uma meu minha se y".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_ASKED_WITH = r"how|what|when|where|which|why|who"
_LETTERED = "".join(
    rf"(?<!\b{one} )"
    for one in (
        "a an the block bus button category class code exit form gate grade group hall key letter level line model "
        "option permit plan platform press row section series size terminal tier type unit version vitamin ward zone"
    ).split()
)
"""What letters are of: "model r"."""
_ALONE = r"(?<!\b\w )"
"""Not in a row of letters, such as "r e t u r n"."""
_SET_APART = r"(?<![\w.'’/&-])"
_DONE = (
    r"(?:do|does|did|don['’]?t|didn['’]?t|can|can['’]?t|could|will|won['’]?t|would|should|shall|may|must|might|are|"
    r"aren['’]?t|were|have|haven['’]?t|had)"
)
_VERB = (
    r"(?:accept|also|call|cancel|change|charge|check|close|connect|deliver|do|even|explain|find|get|give|guys|have|help|"
    r"know|let|make|mean|need|offer|open|please|provide|put|refund|repair|said|say|sell|send|ship|show|still|support|"
    r"take|tell|there|think|told|transfer|use|want|work)"
)
"""What stands behind "you", and behind no letter: "u sell", "u guys"."""
_THING = r"(?: |-)?(?:bolts?|values?|pipes?|shaped?|shapes?|turns?|tubes?|locks?|joints?|bends?|profiles?)\b"
"""What has the form of a letter, or is told by one: "u bolts"."""
_BEGINS = (
    r"(?:^|[.!?,;:(] ?|(?<!\w)(?:and|because|but|cause|cos|cuz|hello|hey|hi|n|ok|okay|since|so|sorry|think|well|yeah) )"
)
"""What stands before somebody tells of themselves; German "im" and the adjective "ill" stand elsewhere."""
_WILL = (
    r"(?:be|call|come|complain|contact|do|file|get|give|go|have|just|leave|let|make|never|not|order|pay|post|report|"
    r"return|see|send|sue|take|tell|try|use|wait|write)"
)
_SHORT_ENGLISH = tuple(
    (re.compile(short, re.IGNORECASE | re.MULTILINE), in_full)
    for short, in_full in (
        (
            rf"{_ALONE}{_LETTERED}(?<=\w )w(?= (?:an?|the|my|ur|your|some(?:one|body)|any(?:one|body)|u|you)\b)",
            "with",
        ),
        (r"\b(want|need|like|have) 2(?= (?:ask|be|chat|complain|get|know|speak|talk)\b)", r"\1 to"),
        (r"\b(what|where|how|who|when|that|there)s\b", r"\1's"),
        (r"\b(you|they)re\b", r"\1're"),
        (rf"({_BEGINS})(?-i:[iI]m)(?= (?-i:[a-z]))(?! (?:me|us|you|him|her|them)\b)", r"\1I'm"),
        (
            r"\bim(?= (?:(?:so|really|just|very|absolutely|fucking|still) )*(?:angry|done|enraged|fed up|furious|"
            r"gonna|livid|not|outraged|pissed|sick|suing|tired|waiting)\b)",
            "I'm",
        ),
        (r"\b(?-i:[iI]ve)(?= \w)", "I've"),
        (rf"({_BEGINS})ill(?= {_WILL}\b)", r"\1I'll"),
        (rf"({_BEGINS})id(?= (?:like|love|prefer|rather) )", r"\1I'd"),
        (r"\bgonna\b", "going to"),
        (r"(?<!\bthe )(?<!\ba )\b(?:(?-i:pl[sz]+)|(?<![^.!?\n]\b)Pl[sz])\b(?![-/.]\w| ?\d)", "please"),
        (r"\b(ca|do|does|did|is|are|was|were|wo|would|could|should|have|has|had)nt\b", r"\1n't"),
        (
            r"(^|[.!?,;:] |(?<!\b\w )\b(?:and|but|hi|hey|so) )y"
            r"(?= (?:is|isn['’]?t|are|r|do|does|did|don['’]?t|doesn['’]?t|didn['’]?t|can|can['’]?t|cannot|was|were|"
            r"won['’]?t|would|will) (?:he|i|it|my|our|she|that|the|there|these|they|this|those|u|ur|we|you|your)\b)",
            r"\1why",
        ),
        (
            rf"(^|[.!?,;:] |\b(?:{_ASKED_WITH}|how (?:late|long|many|much|often|soon)|and|but|hello|hey|hi|ok|so) )r"
            r"(?= (?:it|my|our|the|there|these|they|those|u|ur|we|you|your)\b)",
            r"\1are",
        ),
        (rf"{_ALONE}{_LETTERED}\bu r(?= \w\w)", "you are"),
        (rf"\b({_DONE}|if|thank) (?-i:u)(?![\w'’/&-]|\.\w|{_THING})", r"\1 you"),
        (rf"\b({_DONE}) U(?= {_VERB}\b)|\b(how are) U(?=\W*$)", r"\1\2 you"),
        (r"\b(about|and|by|for|from|of|to|with) (?-i:u)(?=\s*(?:[.!?,;]|$))", r"\1 you"),
        (
            rf"{_ALONE}{_LETTERED}{_SET_APART}(?-i:u)(?= (?:{_DONE}|r|{_VERB})\b(?! (?:i|we|u|you)\b))",
            "you",
        ),
        (rf"(?<!\bthe )(?<!\ba )(?<!\ban ){_SET_APART}(?-i:[uU]r)(s?)(?![\w-]| ?\d)", r"your\1"),
    )
)
_GOES_ON = (
    rf"(?= (?:{_ASKED_WITH}|also|do|does|did|can|could|will|would|i|u|you)\b| (?:is|are) (?:it|there|the|u|you|my)\b)"
)
_AND = re.compile(rf"(?:(?<=\b[uU] )|{_ALONE}){_LETTERED}(?<=\w )n{_GOES_ON}", re.IGNORECASE)
_AND_BEHIND_A_MARK = re.compile(rf"(?:\A|(?<=\w\w[,;?!.…] ))n(?:{_GOES_ON}|(?= (?:is|are) \w))", re.IGNORECASE)
_HAS_A_VERB = re.compile(
    rf"\b(?:(?:{_ASKED_WITH}|that|there)s|{_ASKED_WITH}|{_DONE}|is|was|has|am|r|i|we|u|you|it|they|he|she)\b",
    re.IGNORECASE,
)
_SENTENCE_CHARS = 200
"""How far before an "n" the verb of its sentence is looked for."""
_TALK = r"talk|speak|chat|connect me|transfer me|through|thru"
_SHORT_ANYWHERE = tuple(
    (re.compile(short, re.IGNORECASE), in_full)
    for short, in_full in (
        (r"\b(any|some|every)1\b", r"\1one"),
        (r"\babt\b", "about"),
        (r"\bw/o\b", "without"),
        (r"\bw/(?=\s|(?:an?|the|my|your|no|it)\b)\s?", "with "),
        (rf"\b({_TALK}) w(?= \w)", r"\1 with"),
        (
            rf"\b({_TALK}) 2(?= (?:an?|the|u|ur|you|your|some\w+|any\w+|real|live|human|person|agent|manager|support|"
            r"sales|billing|customer)\b)",
            r"\1 to",
        ),
        (r"\bgimme\b", "give me"),
        (r"\blemme\b", "let me"),
        (r"\bgibt['’]?s\b", "gibt es"),
        (r"(?<=\bgibt es )(?:ne|n)\b", "eine"),
        (r"(?<=\bgibt es )nen\b", "einen"),
        (r"\bvcs\b", "vocês"),
        (r"\bvc\b", "você"),
        (r"\bpra(?= \w)", "para"),
        (
            r"\b(fal(?:ar|o)|lig(?:a|ar|ue)|pass(?:a|ar|e)(?: me)?|transf(?:ere|erir|ira)(?: me)?) pro(?= \w)",
            r"\1 para o",
        ),
        (r"\b(?:xfa|porfa)\b", "por favor"),
        (r"\bkiero\b", "quiero"),
        (r"\b(?:xq|porq)(?= \w)", "por que"),
        (r"\bx(?:k|ch)[eéè]\b", "perché"),
        (r"\bc(?= quoi\b)", "c'est"),
        (r"\bj(veux|peux)\b", r"je \1"),
        (r"\bjaimerais\b", "j'aimerais"),
        (r"\bqqn\b", "quelqu'un"),
        (r"\b(au|par) tel\b", r"\1 téléphone"),
    )
)


def as_read(text: str) -> str:
    """Return a message as it is read: with signs for the names of emoji, and in full what is written short.

    Emoji that a workspace has made for itself have no sign, and are left out.
    """
    return _in_full(_outside_code(lambda piece: _RUN.sub("", piece), with_signs(text)))


def with_signs(text: str) -> str:
    """Return text with the emoji that it names as signs: ":flag-de: :pray:" as "🇩🇪 🙏".

    A name without a sign stays, as it may be none of an emoji. An emoji of a Discord server is certain, and left out.
    """
    return _outside_code(lambda piece: _RUN.sub(_signs, _OF_A_SERVER.sub("", piece)), text)


def _outside_code(change: Callable[[str], str], text: str) -> str:
    if ":" not in text:
        return text.strip()
    pieces = _KEPT.split(text)
    pieces[::2] = map(change, pieces[::2])
    return "".join(pieces).strip()


def _signs(run: re.Match[str]) -> str:
    return _NAME.sub(_sign, run[0])


def _sign(named: re.Match[str]) -> str:
    name = named[1].lower()
    if flag := _FLAG.fullmatch(name):
        code = (flag[1] or flag[2]).replace("uk", "gb")
        return "".join(chr(0x1F1E6 + ord(letter) - ord("a")) for letter in code)
    if flag := _FLAG_IN_THE_UK.fullmatch(name):
        name = flag[1]
    if _SHRUG.fullmatch(name):
        return "🤷"
    if _SKIN_TONE.fullmatch(name):
        return ""
    try:
        return str(Emoji(name))
    except NoEmoji:
        return named[0]


@lru_cache(maxsize=256)
def _in_full(text: str) -> str:
    pieces = _KEPT.split(text)
    words = [word.lower() for piece in pieces[::2] for word in _WORD.findall(piece)]
    english = sum(word in _ENGLISH for word in words) > sum(word in _OTHER for word in words)
    for place in range(0, len(pieces), 2):
        if english:
            pieces[place] = _AND_BEHIND_A_MARK.sub("and", _AND.sub(_joined, pieces[place]))
        for short, in_full in (*(_SHORT_ENGLISH if english else ()), *_SHORT_ANYWHERE):
            pieces[place] = short.sub(in_full, pieces[place])
    return "".join(pieces)


def _joined(found: re.Match[str]) -> str:
    """Return "and" for an "n" that goes on behind what has a verb; a letter of what is only named stays."""
    before = re.split(r"[.!?\n]", found.string[max(0, found.start() - _SENTENCE_CHARS) : found.start()])[-1]
    return "and" if _HAS_A_VERB.search(before) else found[0]
