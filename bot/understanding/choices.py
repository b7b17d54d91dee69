"""What somebody says of the choices that we asked back with: which of them is meant, by its order, or which is not.

"The second one, please", "neither of the first two", "none", "why?" Pure words; `bot.understanding.names` knows what
is offered, and reads the names of regions and products.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.territories import is_territory, plain, region_name

# What a message may hold besides a name and still say nothing but the name: "And in the UK?", "the UK one, please".
SMALL_WORDS = frozenset(
    "a about also am an and are as au aux based be bitte bought but buy by can country customer customers dans de "
    "dell den der die e el em en et favor for from fur group hello het hi how i ich if im in is it its just la las le "
    "les live located los m market me mean meant mine mit my na nach nel nell nella now of oh ok okay on one ones "
    "only order ordered our out para per please pls plz policy por pour product re region s same shop so sorry store "
    "svp thank thanks that the their then there they this to und us version want was we well were what whats with "
    "would y yeah yep yes you your".split()
)
# What takes something back, thanks, or asks for the same once more, and says nothing else.
_ASIDE = re.compile(
    r"\b(?:no|nope|nah|nein|non|nee|actually|instead|rather|oops|ups|wait|eigentlich|neither|"
    r"none of (?:them|these|those)|(?:from|on|at|via) (?:(?:the|your) )?(?:website|site)|"
    r"i should (?:have|ve) (?:said|mentioned|written|told you)|i forgot to (?:say|mention)|my (?:mistake|bad|fault)|"
    r"i (?:think|guess|believe|suppose|reckon|would say|d say)|probably|maybe|perhaps|"
    r"(?:ich )?(?:glaube?|denke)(?: ich)?|ich wurde sagen|wahrscheinlich|vielleicht|vermutlich|"
    r"je (?:voulais dire|crois|pense|dirais)|probablement|peut etre|creo que|probablemente|quizas?|"
    r"penso|credo|probabilmente|forse|talvez|acho que|provavelmente|ik denk|waarschijnlijk|misschien|"
    r"quise decir|(?:ich )?meinte(?: ich)?|"
    r"i (?:already |just )?(?:told you|said)(?: (?:that|already|before))*|"
    r"(?:that|this|it|which)(?: s| is| was) (?:wrong|incorrect|not (?:right|correct|true|what i (?:meant|asked))|"
    r"a mistake)|(?:the )?wrong (?:country|region|place|one|product)|not what i (?:meant|asked)(?: for)?|"
    r"thx|ty|tnx|cheers|cool|great|perfect|nice|awesome|alright|got it|understood|i see|danke|merci|gracias|grazie|"
    r"bedankt|same (?:question|thing)|(?:does|do|would|will) (?:it|this|that|these|those|the same) (?:also )?"
    r"(?:apply|hold|go|count)|(?<=is it )different|(?<=is that )different|(?<=is this )different|as well|too|"
    r"(?:(?:can|could|would) you )?(?:answer|tell me|give me|show me)(?: (?:it|this|that))?"
    r"(?= (?:(?:the )?(?:one|same|version)|for|in)\b|$)|i (?:need|want)(?= (?:(?:the|that) )?(?:one|version)\b))\b"
)
CANNOT_SAY = frozenset(
    "1 2 3 all any anyone beide both t care choose dont don doesn dunno each either every everything everywhere first "
    "former idea idk know last latter matter nao nee nein no non not second something sure third three two unsure "
    "whatever whichever".split()
)
# "Option 2", "the first one": which of the choices that we offered, by their order; -1 is the last.
_ORDINALS = {
    re.compile(rf"(?:{pattern})"): place
    for place, pattern in {
        0: r"1|1st|first|former|erste[nrs]?|premiere?|primer[oa]?|prim[oa]|primeir[oa]|eerste",
        1: r"2|2nd|second[aeo]?|zweite[nrs]?|deuxieme|segund[oa]|tweede",
        2: r"3|3rd|third|dritte[nrs]?|troisieme|tercer[oa]?|terz[oa]|terceir[oa]|derde",
        3: r"4|4th|fourth|vierte[nrs]?|quatrieme|cuart[oa]|quart[oa]|vierde",
        4: r"5|5th|fifth|funfte[nrs]?|cinquieme|quint[oa]|vijfde",
        -1: r"last|latter|final|letzte[nrs]?|derniere?|ultim[oa]|laatste",
        -2: r"penultimate|vorletzte[nrs]?",
    }.items()
}
# "The first two", "die letzten drei": several of them.
_FIRST_OR_LAST = {
    re.compile(pattern): place
    for place, pattern in {
        0: r"first|erste[nrs]?|premier(?:e?s)?|primer[oa]s|prim[ie]|primeir[oa]s|eerste",
        -1: r"last|letzte[nrs]?|dernier(?:e?s)?|ultim[oaie]s?|laatste",
    }.items()
}
_HOW_MANY = {
    **dict.fromkeys("2 two beiden zwei deux dos due dois duas twee".split(), 2),
    **dict.fromkeys("3 three drei trois tres tre drie".split(), 3),
    **dict.fromkeys("4 four vier quatre cuatro quattro quatro".split(), 4),
}
_OF_A_CHOICE = frozenset(
    "answer antwoord antwort choice choix das keuze nr number numero nummer o opcao opcion opzione optie option "
    "os respuesta reponse resposta risposta scelta take choose pick i l ll il lo quiero voglio ich nehme or oder "
    "ou".split()
)
_NONE_OF_THEM = re.compile(
    r"\b(?:neither|none|elsewhere|nowhere|(?:somewhere|anywhere) else|(?:another|different) (?:country|region|one)|"
    r"(?:not|don t|isn t|aren t)(?: \w+){0,3} (?:any|either)|kein(?:e[nrs]?)?|weder noch|woanders|aucune?|"
    r"ni l un ni l autre|ailleurs|ningun[oa]?|nessun[oa]?|altrove|nenhuma?|geen(?: van)?|ergens anders)\b"
)
_OF_THE_CHOICES = re.compile(r"\s+of (?:them|these|those)\b", re.IGNORECASE)
_OF_THEM = frozenset(
    "above beide beiden davon de d entre esas esos estas estes estos dessas desses diese diesen deze di einem einer "
    "loro none not of options queste questi somewhere these them they those two van von wohne woon vivo both "
    "countries regions choices places products really".split()
)
_ASKS_WHY = re.compile(
    r"(?:(?:and|but|ok|sorry|hm+|well) )*"
    r"(?:hm+|u+h+m*|u+m+|e+h+m*|let me (?:think|see)|"
    r"(?:but )?why(?: so| that| is that| do you (?:ask|need|want)(?: to know)?"
    r"(?: (?:that|this|it))?| does (?:that|it|this) matter| (?:are|re) you asking(?: (?:that|this|me))?)?|huh|"
    r"what (?:do you|does (?:that|this|it)) mean(?: by (?:that|this|region|product))?|how come|"
    r"what(?: s| is) the difference(?: between (?:them|these|those))?|i (?:don t|do not) (?:understand|get it)|"
    r"what (?:are )?(?:the )?(?:regions|products|options|choices)|"
    r"(?:warum|wieso|weshalb)(?: (?:fragen sie|fragst du|ist das wichtig|das))*|"
    r"was (?:meinen sie|meinst du|heisst das|bedeutet das)(?: damit)?|was ist der unterschied|"
    r"pourquoi(?: (?:cette question|ca|cela|demandez vous cela))?|que voulez vous dire|quelle est la difference|"
    r"por que(?: (?:lo )?(?:pregunta|pregunta eso|pergunta))?|que quiere decir(?: eso)?|cual es la diferencia|"
    r"perche(?: (?:lo )?chiede)?|(?:che )?cosa (?:intende|significa|vuol dire)|qual e la differenza|"
    r"porque(?: pergunta)?|o que quer dizer|qual e a diferenca|"
    r"waarom(?: (?:vraagt u dat|vraag je dat))?|wat bedoel(?:t u|t| je)(?: daarmee)?|wat is het verschil)"
)
# "Number two", "no. three": what names a choice, where a number by itself may be a number of something.
_AS_FIGURE = {
    **dict.fromkeys("one eins un une uno um een".split(), 1),
    **dict.fromkeys("two zwei deux dos due dois twee".split(), 2),
    **dict.fromkeys("three drei trois tres tre drie".split(), 3),
    **dict.fromkeys("four vier quatre cuatro quattro quatro".split(), 4),
    **dict.fromkeys("five funf cinq cinco cinque vijf".split(), 5),
}
_NUMBER_IN_WORDS = re.compile(
    r"(?:\b(?:number|num|nr|n[uú]m[eé]ro|nummer|option|opci[oó]n|op[cç][aã]o|opzione|optie|choice|choix|keuze)\b|"
    r"\bno\.)[.\s]*(\w+)",
    re.IGNORECASE,
)
_MIDDLE = re.compile(r"middle|mittlere[nrs]?|milieu|medio|mezzo|meio|middelste")
_ANY_OF = frozenset("all alle any beide both either tous todos".split())
# What somebody says is not meant, where the others are: "all but the last", "not the first".
_LAST_BUT_ONE = re.compile(r"\b(?:last but one|second(?: to)? last)\b")
ALL_BUT = (
    r"\b(?:(?:all|any(?:body|one|thing|where)?|every(?:body|one|thing|where)?|both|either)"
    r"(?: (?!(?:and|but|not|or)\b)\w+){0,3}? "
    r"(?:but(?! not\b)|bar(?! (?:at|in)\b)|except(?: for)?|apart from|other than)|"
    r"(?:alle[ns]?|jede[mnrs]?|uberall)(?: \w+){0,2}? (?:au(?:ss|ß)er|bis auf)|"
    r"(?:tout(?:e?s)?|tous|partout)(?: \w+){0,3}? (?:sauf|excepte|hormis|a part)|"
    r"(?:en )?tod[oa]s?(?: \w+){0,3}? (?:menos|excepto|exceto|salvo)|"
    r"(?:tutt[aeio]|ovunque)(?: \w+){0,3}? (?:tranne|eccetto|meno|salvo)|"
    r"(?:alle[ns]?|allemaal|overal)(?: \w+){0,2}? behalve)\b"
)
"""What stands before the only one that is not meant, in small letters without accents. "Nowhere but there" means it."""
_ALL_BUT = re.compile(ALL_BUT)
_NOT = re.compile(
    r"\b(?:(?:(?:do|did) not|don t|didn t|isn t)(?: (?:mean|want|have))?|not|neither|none|nor|nicht|weder|noch|"
    r"kein(?:e[nrs]?)?|pas|ni|niet|geen|nao|"
    r"no(?: es| quiero)?(?= (?:el|l[ao]s?) (?:(?:dos|tres) )?(?:\d|primer|segund|tercer|cuart|quint|ultim|penultim))|"
    r"non(?: e| voglio)?(?= (?:il|l[ao]?|i|gli|le) (?:\d|prim[oaie]\b|second[oa]\b|terz|quart|quint|ultim|penultim)))"
    r"\b"
)
# French says "no" and "not" so; which of them it is, only a comma would tell: "non, le premier".
_NO_OR_NOT = re.compile(r"\bnon (?:le|la|l) (?:premiere?|deuxieme|seconde?|troisieme|quatrieme|cinquieme|derniere?)\b")
_BUT = re.compile(r"\b(?:but|sondern|mais|sino|ma|mas|maar)\b(?! not\b)")
_PART_ENDS = re.compile(r"[.!?,;:\n…]|\s[-–—]+\s")
# What somebody means who does not say which of the choices it is: "the black one", "the one with the tablet".
_ORDER = re.compile(
    r"\d{1,2}|\d(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|"
    r"middle|other|former|latter|last|final"
)
_SOME_ONE = re.compile(
    r"(?:(?:it s|it is|its|i have|i ve got|mine is) )?(?:(?:the|my|that|this|an?) (?:\w+ ){0,2})?one"
    r"(?: (?:with|from|in|for)(?: \w+){1,4})?"
)

_JUST_TELL = re.compile(
    r"(?:(?:ok|well|oh|please) )*(?:never ?mind(?: \w+){0,6}? )?(?:please )?just (?:tell|give|show)(?: (?:me|us))?"
    r"(?: (?:it|all|both|everything|them|anyway|of|please))*"
)


_FLAG = re.compile(
    "(?P<signs>[\U0001f1e6-\U0001f1ff]{2})|\U0001f3f4\U000e0067(?P<union>\U000e0062)[\U000e0061-\U000e007f]+"
)
_SHRUG = re.compile(
    "\U0001f937[\U0001f3fb-\U0001f3ff]?(?:\u200d[\u2640\u2642]\ufe0f?)?"
    r"|¯\\*_*\(ツ\)_*/*¯"
)
_SURE = re.compile(
    r"(?:sure(?: thing)?|yep|yeah|yup)(?: (?:pl[sz]|please|thanks|thx|ty))?|(?:yes|no|nope|nah)(?: (?:pl[sz]|please))?"
    r"|ja|nein|nee|oui|non|si|sim|nao"
)


def in_words(text: str) -> str:
    """Return text with the regions whose flags it shows, and with what a shrug says: "I live in the UK", "no idea".

    A flag that is shown again, or thousands of times, names nothing more.
    """
    if not (_FLAG.search(text) or _SHRUG.search(text)):
        return text
    return _SHRUG.sub(" no idea ", _with_names(text)).strip()


def with_places_for_flags(text: str) -> str:
    """Return a question with the names of the places whose flags it shows, as pages have them: "dogs in Portugal?"

    What is nothing but flags is a reply, and stays.
    """
    if not _FLAG.search(text) or shows_or_shrugs(text):
        return text
    named = _with_names(text, plain(_FLAG.sub(" ", text)))
    return re.sub(r"\bthe +(?=the )| +(?=[ ?!.,;:])", "", named).strip()


def _with_names(text: str, said: str = "") -> str:
    """Return text with the names of the regions whose flags it shows, each once, and none that is `said` already."""
    seen: set[str] = set()

    def named_once(flag: re.Match[str]) -> str:
        named = _flagged(flag)
        if named in seen or f" {plain(named).removeprefix('the ')} " in f" {said} ":
            return " "
        seen.add(named)
        return named

    return _FLAG.sub(named_once, text)


def _flagged(flag: re.Match[str]) -> str:
    code = "".join(chr(ord(sign) - 0x1F1E6 + ord("a")) for sign in flag["signs"] or "")
    code = "uk" if code == "gb" or flag["union"] else code
    return f" {region_name(code)} " if is_territory(code) else flag[0]


def shows_or_shrugs(text: str) -> bool:
    """Whether a message is nothing but flags, a shrug, "sure" or "nope": small talk but in reply to our question."""
    said = _SHRUG.sub("", _FLAG.sub("", text))
    return bool(_SURE.fullmatch(plain(text))) or (said != text and not any(char.isalnum() for char in said))


def without_asides(text: str) -> str:
    """Return text, as plain words, without what takes something back, thanks or hedges: "no, I think UK" is "uk"."""
    return " ".join(_ASIDE.sub(" ", plain(text)).split())


def without_of_them(text: str) -> str:
    """Return text without what says that it speaks of the choices: "the second of them" is "the second"."""
    return _OF_THE_CHOICES.sub("", text)


def picked(text: str, choices: int) -> tuple[int, ...] | None:
    """Return which of so many choices a text means by their order, from 0 on, in the order it names them.

    Where it only says which are not meant, these are the others: "all but the last". None where it picks by no order,
    or may as well exclude what it names.
    """
    text = _NUMBER_IN_WORDS.sub(lambda one: f" {_AS_FIGURE.get(plain(one[1]), one[0])} ", without_of_them(text))
    meant: list[int] = []
    excluded: list[int] = []
    for part in map(plain, _PART_ENDS.split(text)):
        if _NO_OR_NOT.search(part):
            return None
        for clause in _BUT.split(_ALL_BUT.sub(" not ", _LAST_BUT_ONE.sub("penultimate", part))):
            own, _, others = _NOT.sub("\n", clause, count=1).partition("\n")
            named = _places(without_asides(own), choices)
            barred = _places(without_asides(_NOT.sub(" ", others)), choices)
            if named is None or barred is None:
                return None
            meant += named
            excluded += barred
    if not (meant or excluded):
        return None
    return tuple(place for place in dict.fromkeys(meant or range(choices)) if place not in excluded)


def _places(said: str, choices: int) -> list[int] | None:
    """Return the places that plain words name; None where they say something else, or there are not so many choices."""
    left = [word for word in said.split() if word not in SMALL_WORDS | _OF_A_CHOICE]
    if several := _slice(left, choices):
        return list(range(choices)[several])
    places: list[int] = []
    for word in left:
        place = _place(word, choices)
        if place is None or not -choices <= place < choices:
            return None
        places.append(place % choices)
    return places


def _place(word: str, choices: int) -> int | None:
    """Return the place of a choice that a word names; a negative one is counted from the last."""
    if _MIDDLE.fullmatch(word):
        return choices // 2 if choices % 2 else None
    return next((place for pattern, place in _ORDINALS.items() if pattern.fullmatch(word)), None)


def _slice(words: Sequence[str], choices: int) -> slice | None:
    """Return what "the first two" is of so many choices; None where words say no such thing."""
    left = [word for word in words if word not in _ANY_OF]
    counts = [_HOW_MANY[word] for word in left if word in _HOW_MANY]
    ends = [place for word in left for pattern, place in _FIRST_OR_LAST.items() if pattern.fullmatch(word)]
    if not (len(left) == 2 and len(counts) == len(ends) == 1 and counts[0] <= choices):
        return None
    return slice(counts[0]) if ends[0] == 0 else slice(choices - counts[0], choices)


def none_of_them(text: str) -> bool:
    """Whether a text says that none of the choices is meant, and no more."""
    said = plain(text)
    left = set(_NONE_OF_THEM.sub(" ", said).split())
    return bool(_NONE_OF_THEM.search(said)) and left <= SMALL_WORDS | CANNOT_SAY | _OF_THEM


def wants_all(text: str) -> bool:
    """Whether a text passes over which of the choices is meant: "Never mind the region, just tell me"."""
    return bool(_JUST_TELL.fullmatch(plain(text)))


def asks_why(text: str) -> bool:
    """Whether a text asks why we asked back, or only says "hm"."""
    return bool(_ASKS_WHY.fullmatch(plain(text)))


def picks_unclearly(text: str) -> bool:
    """Whether a text seems to mean one of the choices and does not say which: "option 9", "the black one"."""
    said = without_asides(text)
    if _SOME_ONE.fullmatch(said) or _NO_OR_NOT.fullmatch(plain(text)):
        return True
    words = [word for word in said.split() if word not in SMALL_WORDS | _OF_A_CHOICE | _ANY_OF | _HOW_MANY.keys()]
    return bool(words) and all(_ORDER.fullmatch(word) for word in words)
