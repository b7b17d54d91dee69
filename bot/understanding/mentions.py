"""What a text may name: a region, also by its adjective or code, and a product, also by what it is called for short.

And what is said of it there: whether it is a place at all, another person's, or left out ("all but the UK").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.understanding import choices
from bot.understanding.clauses import is_asked, refers_back
from knowledge.sentences import STOP_WORDS, sentences_of
from knowledge.territories import (
    ADJECTIVES,
    EUROPEAN_UNION,
    plain,
)

KEYS = ("region", "product")
"""What a question can be asked back about; audience and dates never are, a language is taken from the question."""
CALLED = "called"
"""Beside the `KEYS`, what is known: words that products may be called by for short, see `known_in`."""
# What tells the models of a product apart, beside figures and single letters: "BrewMaster Pro".
_MODEL_WORDS = frozenset(
    "air basic classic compact deluxe duo eco elite gt ii iii iv lite max mini neo nova plus premium prime pro se slim "
    "sport standard touch ultra xl xs".split()
)
_OF_A_MODEL = frozenset("machine model modele modell modello modelo mod series type typ version".split())
_HAVE = frozenset("bought got had have own use using ve".split())
# "And what about the 200?" asks the same once more, "Can I use it for business?" something else.
_ASKS_THE_SAME = frozenset(
    "a about also an and but et for how i in m mean meant my of oh ok okay on or our please so sorry thank thanks the "
    "then to und was what with y you your".split()
)
_THE = re.compile(r"\b(?:the|my|our|your)\s+$", re.IGNORECASE)
_NO_MORE_OF_IT = re.compile(r"(?:\s+(?:one|model|machine|version))?(?:[\s?.!]*$|\s+(?:and|or)\s)")
_SMALL_BEFORE = re.compile(r"[a-z]['’]?\s+$")
_CAPITAL_AFTER = re.compile(r"\s+[A-Z]")
_NEXT_WORD = re.compile(r"[ \t\u00a0_-]*(\w+)")
# "The BrewMaster 2 weeks ago": a figure that counts something is no model's.
_COUNTS = re.compile(r"\s*(?:x|times|(?:second|minute|hour|day|week|month|year|euro|pound|dollar)s?)\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_FIGURE = re.compile(r"\d")
_NUMBERED = re.compile(r"[a-z]{1,4}\d{1,5}[a-z]{0,2}")
BEFORE_PLACES = frozenset(
    "in into to for from within outside across around near via of nach aus fur dans en au aux pour para".split()
)
# Names that people bear, too; somebody wrote "from Jordan", and something is "for Georgia".
_PEOPLE = frozenset("chad georgia jordan maurice".split())
_FROM_OR_TO_A_PLACE = re.compile(
    r"\b(?:ship\w*|deliver\w*|send|sending|order(?:ed|ing)|return(?:s|ing)|export\w*|import\w*|mov(?:ed?|ing)|travel\w*|"
    r"customers|shop\w*|buy|bought|am|m|are|come)(?:\s+\w+){0,2}\s+(?:from|to|for)\s+$"
)
_INTRODUCES = re.compile(r"\b(?:(?:i am|i['’]?m|this is|my name is|ich bin|je suis|soy|sono|sou|ik ben)\s+)$")
_NO_PLACE_AFTER = re.compile(r"\b(?:from|to|for|via|pour|para|por|de|fur|von)\s+$")
# "British customers" are in the UK; a French press is at home anywhere, and "the German version" is a language.
_OF_A_PLACE = re.compile(
    r"\s+(?:customers?|clients?|buyers?|shoppers?|consumers?|residents?|citizens?|addresse?s?|stores?|shops?|branch(?:es)?|"
    r"websites?|sites?|market|warehouses?|orders?|law|rules?|polic(?:y|ies)|terms|one|ones)\b",
    re.IGNORECASE,
)
# Where a thing was made does not say where its buyer is.
_ORIGIN = re.compile(
    r"\b(?:(?:hand)?made|manufactured|produced|assembled|designed|printed|knitted|woven|sewn|grown|built|crafted|"
    r"hergestellt|fabriqu\w+|hecho|fabricado|prodotto|feito|gemaakt)\s+(?:in|by|en|au|aux|em|na|no)\s+$"
)
# "Eu quero …" is Portuguese for "I want", "j'ai eu …" French for "I had": one of these tells that a text is neither
# English nor German. In those languages, the union is the UE.
_I_OR_HAD = frozenset(
    "que nao com meu minha meus minhas um uma quero posso queria quando qual onde mas foi comprei recebi tenho tive "
    "gostaria preciso moro sou estou dias pedido voces j il elle une les des mon ma mes pas pour avec nous vous".split()
)
# Before a name: that just this is not meant.
_ARTICLES = r"(?:\s+(?:the|a|an|any|de[rnm]?|die|das|del?|du|l[ae]s?|l|il|el|het|d|d[ao]s?))*"
_BUT_THERE = re.compile(
    rf"(?:{choices.ALL_BUT}|"
    r"\b(?:outside|except(?:ing)?|excluding|other than|apart from|aside from|rather than|instead of|"
    r"au(?:ss|ß)er(?:halb)?|statt|hors|en dehors|sauf|fuera|excepto|salvo|fuori|tranne|eccetto|fora|exceto|"
    r"buiten|behalve))"
    r"(?:\s+(?:of|for|from|to|in|im|von|en|au|dal?la|dal))?" + _ARTICLES + r"\s+$|\b(?:non|nicht)[ -]$",
)
# "Everything but the UK, please", where "I tried everything but the UK shop is closed" goes on; and "I live nowhere",
# or "do not live anywhere", "but in the UK".
_BUT = re.compile(r"\bbut\b")
_ENDS_AFTER = re.compile(
    r"\s*(?:$|[^\w\s]|(?:and|at|by|et|for|free|from|in|of|or|ou|please|plz|pls|thanks|then|to|with|without|within)\b)",
    re.IGNORECASE,
)
_NO_ANYWHERE = re.compile(r"(?:\b(?:not|never|cannot)|n['’]?t)\b(?: \w+){0,3} $")
_NOT_THERE = re.compile(
    r"(?:\b(?:not|never|neither|no longer|nicht|weder|kein|keine|pas|plus|niet)|"
    r"\b(?:do|does|did|is|are|was|were|have|has|had)n['’]?t)"
    r"(?:\s+(?:actually|currently|really|living|live|reside|shop|buy|based|located|resident|customers?|anymore|longer|"
    r"mehr|mean|meant|want|need|ask|asked|asking|about|ordered|order|bought|it|this|that|one))*"
    r"(?:\s+(?:in|into|from|for|of|within|inside|to|at|aus|im|en|au|aux|dans|uit))?" + _ARTICLES + r"\s+$"
    r"|\bno\s+(?:estoy|vivo|soy)\s+(?:en|de)" + _ARTICLES + r"\s+$"
    r"|\b(?:non|nao)\s+(?:sono|vivo|abito|estou|moro|sou)\s+(?:in|na|no|em|del?)" + _ARTICLES + r"\s+$",
)
# "Why is it not in the UK?" and "Isn't it?" are questions about the place.
_ASKED_WITH_NOT = re.compile(
    r"^\W*(?:(?:and|but|so|ok|und|aber|et|mais)\s+)*(?:why|how come|warum|wieso|pourquoi|por que|"
    r"(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|ist|sind)(?:n['’]?t)?)\b"
)
# "I don't have the Cafino, I have …": another product is meant, unless that one is still wished for or asked about.
_NOT_MINE = re.compile(
    r"\b(?:i|we)\s+(?:(?:do|did|have)(?:n['’]?t|\s+not)|never|no longer)(?:\s+(?:actually|really|even|any))*"
    r"\s+(?:have|had|own|owned|use|used|got)" + _ARTICLES + r"\s+$"
)
_NOT_MINE_AFTER = re.compile(
    r"(?:\s+(?:one|model|machine|version))?\s*"
    r"(?:[.,;:!?)\n–—-]|$|\b(?:and|but|or|nor|so|any ?more|at all|just|only)\b)",
    re.IGNORECASE,
)
# Somebody else at a place, who only told the asker of us: what is asked is not asked for there.
_PERSON = (
    r"(?:(?:grand|step)?(?:mother|father|ma|pa|parents?|son|daughter)|mum|mom|dad|sister|brother|aunt(?:ie)?|uncle|cousin|"
    r"niece|nephew|friend|mate|colleague|co-?worker|neighbou?r|boss|husband|wife|partner|girlfriend|boyfriend|"
    r"schwester|bruder|mutter|vater|tochter|sohn|tante|onkel|cousine|freund(?:in)?|kolleg(?:e|in)|nachbar(?:in)?|"
    r"s(?:oe|œ)ur|frere|mere|pere|oncle|amie?|collegue|voisine?)s?(?:-in-law)?"
)
_SOMEBODY = re.compile(
    r"\W*(?:(?:hi|hello|hey|hallo|bonjour|and|but|so|also|well|by the way)\b\W*)*"
    rf"(?:one of (?:my|our)|my|our|an?|meine?|unsere?|eine?|ma|mon|notre|une?)\s+(?:\w+\s+)?{_PERSON},?\s+"
    r"(?:(?:who|that)\s+(?:lives?|is|works?)\s+|(?:living|based)\s+)?(?:over\s+)?(?:in|from|aus|en|au|aux)"
    rf"{_ARTICLES}\s+"
)
_TOLD_US = re.compile(
    r",?\s+(?:[\w'’]+\s+){0,2}?(?:told|recommend(?:ed|s)?|suggest(?:ed|s)?|mention(?:ed|s)|sa(?:id|ys)|loves?|likes?|"
    r"swears|raves|showed|pointed|introduced|(?:has|got|bought|owns) one\b|empfahl|empfohlen|erz(?:ä|ae)hlte?|liebt|"
    r"recommand\w+|parl\w+)",
    re.IGNORECASE,
)
_OF_SOMEBODY = re.compile(
    rf"\b(?:she|he|hers?|him|his|they|them|their|there|sie|er|ihr|ihm|ihn|dort|elle|lui|{_PERSON})\b"
)
_SENTENCE_END = re.compile(r"[.!?\n]")
_BEGINS_A_CLAUSE = re.compile(
    r"[.!?,;:\n()]|\b(?:if|when|as|since|because|while|wenn|falls|weil|si)\b|\bbut (?=i\b|we\b)"
)
_CLAUSE_CHARS = 200
"""How far before a name it is looked for what its clause says of it."""
_SENDING = re.compile(r"\b(?:ship|deliver|sen[dt]|dispatch|export|post|mail|versand|versend|liefer|livr|env[ií])")
_OR_THE_OTHER = re.compile(
    r",?\s*(?:[/&+]|\b(?:and|or|nor|noch|und|oder|et|ou|y|o|e|en|of)\b)(?:\s+(?:in|im|the|de[mnr]|die|la|el|dans|en))*\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A region or product that a text names."""

    key: str
    value: str
    words: frozenset[str]
    """Every word that documents may have for it: Germany is "de", and "dach" where the settings say so."""
    start: int
    """Where it begins; one that is `excluded`, with the words that say so."""
    end: int
    excluded: bool = False
    """Whether the text says that just this is not meant: "outside the UK", "I'm not in Germany"."""
    short: bool = False
    """Whether a product is called by a word of its name alone: another model of that name may be meant."""

    @property
    def reach(self) -> frozenset[str]:
        """The words, with the union that a country belongs to: what holds there holds in the country."""
        member = self.key == "region" and self.words & EUROPEAN_UNION
        return self.words | {"eu"} if member else self.words


def written_together(known: Mapping[str, Collection[str]]) -> dict[str, tuple[str, str]]:
    """Return what the names of the known products of several words are written together, each with what it names."""
    products = {product: plain(product).split() for product in known.get("product", ())}
    return {"".join(words): ("product", product) for product, words in products.items() if len(words) > 1}


def short_names(known: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Return the known products by the word that they are called for short: "brewmaster" of "BrewMaster 200".

    A word that several products have in their names is none.
    """
    products = {product: plain(product).split() for product in known.get("product", ())}
    of = {word: [product for product, words in products.items() if word in words] for word in known.get(CALLED, ())}
    return {word: those[0] for word, those in of.items() if len(those) == 1}


def called_by_a_word(text: str, offered: Sequence[Mention]) -> tuple[Mention, ...] | None:
    """Return which of the products that we offered a reply means by a word of the name: "the 300" of two models.

    None of them where several have the word, None where it says something else. "BM 300" is short for the name.
    """
    names = [plain(one.value).split() for one in offered]
    meant: list[Mention] = []
    for word in (said := set(choices.without_asides(text).split()) - choices.SMALL_WORDS - _OF_A_MODEL - _HAVE):
        its = [one for one, name in zip(offered, names, strict=True) if word in name]
        if not its and not any(_is_short_for(word, name) for name in names):
            return None
        meant += its if len(its) == 1 else ()
    if meant or said & set[str]().union(*names):
        return tuple(one for one in offered if one in meant)
    return None


def named_by_a_word(text: str, models: Sequence[Mention], *, alone: bool) -> tuple[Mention, ...]:
    """Return which of the models of a product a text means by a word of the name, after one of them was named.

    That is all it says, "and the 200?", if it may name one `alone`; or the word stands there as a name, "how many calls
    on Pro", "how often is it for the 200?".
    """
    beside = set(plain(text).split()) & (choices.SMALL_WORDS | _HAVE)
    if called := called_by_a_word(text, models) if alone and beside <= _ASKS_THE_SAME else None:
        return tuple(replace(one, start=0, end=len(text), short=True) for one in called)
    by_word: dict[str, list[Mention]] = {}
    for one in models:
        for part in plain(one.value).split():
            by_word.setdefault(part, []).append(one)
    named = []
    for word in _WORD.finditer(text):
        its = by_word.get(plain(word[0]), ())
        if len(its) == 1 and _stands_as_a_name(text, word):
            one = replace(its[0], start=word.start(), end=word.end(), short=True)
            named.append(seen_in(text, one, len(models)))
    return tuple(named)


def _stands_as_a_name(text: str, word: re.Match[str]) -> bool:
    """Whether a word is written as a name, "does Pro have more?", or as a model is called, "the 200"."""
    before = text[max(0, word.start() - _CLAUSE_CHARS) : word.start()]
    if word[0][0].isupper() and plain(word[0]) not in choices.SMALL_WORDS | _OF_A_MODEL | _HAVE:
        return bool(_SMALL_BEFORE.search(before)) and not _CAPITAL_AFTER.match(text, word.end())
    return tells_a_model(plain(word[0])) and bool(_THE.search(before) and _NO_MORE_OF_IT.match(text, word.end()))


def _is_short_for(word: str, name: Sequence[str]) -> bool:
    """Whether a word has letters of a name, in its order and from its beginning on: "bm" of "brewmaster"."""
    letters = iter("".join(name))
    return word.isalpha() and word[0] == name[0][0] and all(letter in letters for letter in word)


def is_another_model(text: str, called: re.Match[str], product: str) -> bool:
    """Whether a model that the product's name lacks follows what the product is called: "BrewMaster 300"."""
    follows = _NEXT_WORD.match(text, called.end())
    if not follows or (word := plain(follows[1])) in plain(product).split():
        return False
    if is_numbered(plain(called[0])):
        return word in _MODEL_WORDS or (len(word) == 1 and follows[1].isupper() and word not in STOP_WORDS)
    if any(char.isdigit() for char in word):
        return not (word.isdigit() and _COUNTS.match(text, follows.end()))
    capital = follows[1][0].isupper() and word not in STOP_WORDS | choices.SMALL_WORDS
    shouted = not any(char.islower() for char in text)
    return word in _MODEL_WORDS or (capital and not shouted)


def names_another_model(text: str, known: Mapping[str, Collection[str]]) -> bool:
    """Whether a text names a model that is not known, by a known product's name: "BrewMaster 300", "BrewMaster300".

    So does the name that several known models have in common, with a number like theirs: "Therma E300".
    """
    short, together = short_names(known), written_together(known)
    names = [plain(product).split() for product in known.get("product", ())]
    families = {word for words in names for word in words if _is_a_familys(word, names)}
    numbers = {word for words in names for word in words if is_numbered(word)}
    for token in _WORD.finditer(text):
        word = plain(token[0])
        follows = _NEXT_WORD.match(text, token.end()) if word in families else None
        number = plain(follows[1]) if follows else ""
        if number not in numbers and _FIGURE.sub("0", number) in {_FIGURE.sub("0", one) for one in numbers}:
            return True
        for name, product in short.items():
            if word == name and is_another_model(text, token, product):
                return True
            if word.startswith(name) and word.removeprefix(name).isdigit() and word not in together:
                return True
    return False


def _is_a_familys(word: str, names: Sequence[Sequence[str]]) -> bool:
    """Whether several models, told apart by their numbers, have a word in their names."""
    its = [words for words in names if word in words]
    return len(its) > 1 and not tells_a_model(word) and all(any(map(is_numbered, words)) for words in its)


def is_a_place_in(text: str, mention: Mention, *, alone: bool) -> bool:
    """Whether a mention is of a place in its text, rather than a person, the origin of a thing or another word.

    `alone`: the text is to say a region, and says nothing else.
    """
    if mention.key != "region":
        return True
    before, name = _before(text, mention), plain(text[mention.start : mention.end])
    if name == "eu" and not text[mention.start : mention.end].isupper():
        return before.split()[-1:] in (["in"], ["der"]) or _I_OR_HAD.isdisjoint(plain(text).split())
    adjective = name.split()[-1]
    if adjective in ADJECTIVES:
        verb = adjective == "polish" and "polish" in text[mention.start : mention.end]
        return not verb and (alone or bool(_OF_A_PLACE.match(text, mention.end)))
    if name == "the states":
        place = before.split()[-1:]
        return not re.match(r"\s+(?:of|that|where|which)\b", text[mention.end :]) and (
            not place or place[0] in BEFORE_PLACES
        )
    if name in _PEOPLE:
        introduced = _INTRODUCES.search(before) or re.match(r"\s+here\b", text[mention.end :])
        by_preposition = _NO_PLACE_AFTER.search(before) and not _FROM_OR_TO_A_PLACE.search(before)
        if introduced or (by_preposition and not alone):
            return False
    return not _ORIGIN.search(before)


def is_another_persons(text: str, mention: Mention) -> bool:
    """Whether a place is told of somebody else, of whom nothing is asked.

    "My sister in the US told me about you. How long can I return an item?" may be asked from anywhere.
    """
    before, after = _before(text, mention), text[mention.end :]
    said = _SENTENCE_END.split(before)[-1]
    end = _SENTENCE_END.search(after)
    if mention.key != "region" or not end or not (_SOMEBODY.fullmatch(said) and _TOLD_US.match(after)):
        return False
    elsewhere = f"{text[: mention.start - len(said)]} {after[end.end() :]}"
    asked = [one for one in sentences_of(elsewhere) if is_asked(one)]
    return bool(asked) and not any(_OF_SOMEBODY.search(one) for one in asked)


def seen_in(text: str, mention: Mention, products: int) -> Mention:
    """Return a mention as `excluded` where the words before it say that just this is not meant.

    `products`: how many the text names.
    """
    before = _before(text, mention)
    begins = max((one.end() for one in _BEGINS_A_CLAUSE.finditer(before)), default=0)
    clause, begins = before[begins:], begins + mention.start - len(before)
    but = _BUT_THERE.search(clause)
    if but and _excludes(but, clause, text[mention.end :]):
        return replace(mention, start=begins + but.start(), excluded=True)
    no = _NOT_THERE.search(clause)
    if no and not _ASKED_WITH_NOT.search(clause):
        return replace(mention, start=begins + no.start(), excluded=True)
    mine = _NOT_MINE.search(clause) if mention.key == "product" else None
    if mine and _NOT_MINE_AFTER.match(text, mention.end) and (products > 1 or not refers_back(text[mention.end :])):
        return replace(mention, start=begins + mine.start(), excluded=True)
    return mention


def _excludes(but: re.Match[str], clause: str, after: str) -> bool:
    """Whether what was found to say "but" before a name, in its clause, excludes it."""
    if but[0].startswith("outside"):
        return not _SENDING.search(clause)
    if but[0].startswith("any") and _NO_ANYWHERE.search(clause[: but.start()]):
        return False
    return not _BUT.search(but[0]) or bool(_ENDS_AFTER.match(after))


def with_the_others_of_a_list(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return mentions with those `excluded`, too, that are listed after one that is: "outside the UK and the EU"."""
    seen: list[Mention] = []
    for one in mentions:
        joint = text[seen[-1].end : one.start] if seen else ""
        also = bool(seen) and seen[-1].excluded and bool(_OR_THE_OTHER.fullmatch(joint))
        seen.append(replace(one, start=seen[-1].end, excluded=True) if also else one)
    return seen


def _before(text: str, mention: Mention) -> str:
    """Return what stands before a mention, in small letters without accents, character by character."""
    near = text[max(0, mention.start - _CLAUSE_CHARS) : mention.start]
    return "".join(unicodedata.normalize("NFKD", char)[:1].lower()[:1] or char for char in near)


def left_out(named: Sequence[Mention], before: Sequence[Mention]) -> frozenset[str]:
    """Return the words of what a message, or what was said `before` it, says is not meant.

    A union's come with those of its countries. What the message itself names as meant is not among them.
    """
    words = frozenset[str]().union(*(one.words for one in (*named, *before) if one.excluded))
    words |= EUROPEAN_UNION if "eu" in words else frozenset()
    return words.difference(*(one.words for one in named if not one.excluded))


def tells_a_model(word: str) -> bool:
    return len(word) == 1 or word in _MODEL_WORDS or any(char.isdigit() for char in word)


def is_numbered(word: str) -> bool:
    """Whether a plain word is written as the number of a model is, with letters and figures: "e200", "x1c"."""
    return bool(_NUMBERED.fullmatch(word))
