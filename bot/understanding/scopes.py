"""Where and for what a question is meant: what it names, whether its answer differs by that, what to ask back.

Pure decisions on words and passages; `bot.conversation` does the searching. Everything that is told to
people here (choices, labels) comes from the asker's own words and scope, or from passages that the
asker's scope admits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.messages import Turn
from bot.settings import ScopeNamesSettings
from bot.text.addresses import addresses
from bot.text.facts import figures, telling_words
from bot.understanding import choices, intents
from bot.understanding.clauses import is_asked, refers_back
from bot.understanding.languages import spoken
from bot.understanding.mails import own_words
from bot.understanding.questions import has_a_subject, leans
from bot.wording import AND, LANGUAGES, OR, answers, listed
from knowledge.documents import Scope, ScoredPassage
from knowledge.sentences import STOP_WORDS, content_words, sentences_of
from knowledge.territories import (
    ADJECTIVES,
    EUROPEAN_UNION,
    areas,
    is_territory,
    plain,
    region_name,
    territories,
)

KEYS = ("region", "product")
"""What a question can be asked back about; audience and dates never are, a language is taken from the question."""
NEAR = 0.75
"""Fit from which two passages compete; these shares of the best were chosen on the sample handbook."""
WORTH_A_CHOICE = 0.65
"""Fit from which a passage's region is offered, once there is a choice."""
OWN_NEAR = 0.8
"""Fit from which a page for just the asker's region goes before one for everybody."""
SPEAKS_NEAR = 0.9
"""Fit from which what a passage says of a place is taken for what is asked about it."""
SAME_WORDS = 0.8
CALLED = "called"
"""Beside the `KEYS`, what is known: coined words that products may be called by for short, see `known_in`."""

_MAX_NAME_WORDS = 6
_SHORTEST_NAME = 4
"""Letters of a word that a product may be called by, of several in its name."""
# What tells the models of a product apart, beside figures and single letters: "BrewMaster Pro".
_MODEL_WORDS = frozenset(
    "air basic classic compact deluxe duo eco elite gt ii iii iv lite max mini neo nova plus premium prime pro se slim "
    "sport standard touch ultra xl xs".split()
)
_OF_A_MODEL = frozenset("machine model modele modell modello modelo mod series type typ version".split())
_NEXT_WORD = re.compile(r"[ \t\u00a0_-]*(\w+)")
# "The BrewMaster 2 weeks ago": a figure that counts something is no model's.
_COUNTS = re.compile(r"\s*(?:x|times|(?:second|minute|hour|day|week|month|year|euro|pound|dollar)s?)\b", re.IGNORECASE)
_LONG_FIGURE = re.compile(r"\d\D*\d")
_NAME = re.compile(r"[\w\s&+'’.,/()-]{1,60}")
_TOKEN = re.compile(r"\b(?:[A-Za-z]\.){2,3}|\w+")
_WORD = re.compile(r"\w+")
_ADDRESS = re.compile(
    r"[^\s@]{1,64}@[\w.-]+|(?:https?://|www\.)\S+|"
    r"(?<![\w-])[\w-]{3,63}(?:\.[\w-]{1,63}){0,9}\.(?:com|eu|net|org|uk|us)\b(?:/\S*)?"
)
"""A shop under co.uk sells elsewhere, too. No longer than a host's name may be: a long token is not read at each hyphen
anew."""
# Names that are everyday words too; they count with a capital and after a word such as "in".
_AMBIGUOUS = frozenset(
    "chad chili chile chine china georgia granada grenada grenade guinea inde indie island jersey jordan male maldive "
    "mali man maurice monaco niger norfolk oman palau panama peru reunion samoa sark togo tonga turkey".split()
)
_BEFORE_PLACES = frozenset(
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
_ALWAYS_CODES = {"uk": "uk", "eu": "eu", "usa": "us", "uae": "ae"}
# What other languages call them, in capitals; "UK VS US" has the other "VS".
_CODES_AFTER = {
    "UE": ("eu", frozenset("l d dell nell all dall la da na a en de em".split())),
    "VS": ("us", frozenset({"de"})),
    "VK": ("uk", frozenset({"het"})),
}
# Of these, what asks something by itself: "Is there a shop in Germany?", "Can I buy it in the UK?"
_OWN_QUESTION = re.compile(
    r"(?:(?:also|and|but|hello|hi|just|oh|ok|okay|or|please|so|sorry|thank|thanks|that|then|well|yeah|yep|yes|you) )*"
    r"(?:(?:what|how|whats|s) )*(?:am|are|can|is|was|were|would|s|whats)\b"
    r"(?! (?:it|that|the same|there one|these|they|this|those)\b)"
    r".*\b(?:bought|buy|country|customers?|group|located|market|order|ordered|policy|product|shop|site|store|version|website|we|you)\b"
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
_IN_A_LIST = re.compile(
    r"\s*(?:[,/&+]|\b(?:and|or|und|oder|et|ou|y|o|e|en|of)\b)(?:\s+(?:and|or|in|for|to)\b)*\s*", re.IGNORECASE
)
_OR_THE_OTHER = re.compile(
    r",?\s*(?:[/&+]|\b(?:and|or|nor|noch|und|oder|et|ou|y|o|e|en|of)\b)(?:\s+(?:in|im|the|de[mnr]|die|la|el|dans|en))*\s*",
    re.IGNORECASE,
)
# What stands before a name where a question says where it is asked, not what it is about.
_WHERE = re.compile(
    r"(?:\b(?:i|we)(?:['’]?(?:m|re)|\s+am|\s+are|\s+live)\s+(?:living\s+|based\s+)?)?\b(?:in|within|inside|for)\s+$|\($",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\(([^()]+)\)\W*$")
"""At the end of a question: a place that it is asked for, see `asked_for`."""
# What wishes for something, without asking it: such a message is no reply to our question.
_WISHES = re.compile(
    r"\b(?:tell|give|show|explain|describe|how|what|when|where|which|who|why|wonder\w*|help (?:me|us|with)|need|"
    r"(?:want|like|wish|try\w*) to|question|wie|wann|wo|welche\w*|warum|brauche|comment|quand|quel\w*|combien|"
    r"besoin|como|cuando|cuant\w*|donde|cual|necesito|quando|quant[oai]|dove|quale|bisogno|onde|qual|preciso|hoe|wat|"
    r"wanneer|waar|welke|nodig)\b"
)
_CITED = re.compile(r"\[\d+\]")
_REPLIES_WAITED_FOR = 2
"""Messages after our question back that it stays open for, if none of them is answered or asks something of its own."""
_ASKED_OF_ANYTHING = telling_words("far, fast, get, happen, have, long, many, much, need, often, soon, want, work")
"""Words that tell no subject: "How long do I have?" """
_OWN_SUBJECT = 2
"""Telling words from which a question is no question about ours."""


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


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message asks, seen in its conversation."""

    text: str
    """The question as it is searched and answered: "And in the UK?" with what was asked before."""
    turns: tuple[Turn, ...]
    """The turns before it."""
    mentions: tuple[Mention, ...] = ()
    """What the question itself names; where it names nothing, what the person named last before."""
    names_itself: bool = False
    excluded: frozenset[str] = frozenset()
    """Words of the regions and products that it says are not meant."""
    moved: bool = False
    """Whether the message was only a name, and the question is one of before."""
    named_before: bool = False
    """Whether that question named a region or product, too: "and to Norway?" after "Do you ship to Germany?"."""
    asked_back: str = ""
    """The key that we asked back about just before."""
    none_of_them: tuple[str, ...] = ()
    """The choices that we asked back with, where it replied that none of them is meant."""
    asks_why: bool = False
    """Whether we ask back once more: it replied with why that is asked, with "hm", or with none of the choices that we
    know of, such as "option 9"."""
    one_of_several: bool = False
    """Whether the message asks other questions, too: where the answer to this one differs, all of it is told."""


@dataclass(frozen=True, slots=True)
class _Reply:
    """What somebody replied to our question back; that they cannot say, where it holds nothing else."""

    key: str
    asked: tuple[Turn, ...]
    """The turns up to our question."""
    named: tuple[Mention, ...] = ()
    none_of_them: tuple[str, ...] = ()
    asks_why: bool = False


def asked_back(turns: Sequence[Turn]) -> str:
    """Return the key that the last turn asked back about, empty where it did no such thing."""
    if turns and turns[-1].role == "assistant":
        said = _spaced(turns[-1].content)
        for key in KEYS:
            if any(said.startswith(beginning) for _, beginning in _beginnings(key)):
                return key
    return ""


def replies_by_a_sign(text: str, turns: Sequence[Turn]) -> bool:
    """Whether a message replies to our question back with what is small talk elsewhere: a flag, a shrug, "sure"."""
    return bool(asked_back(turns)) and choices.shows_or_shrugs(text)


def up_to_our_question(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return the turns up to a question back that still waits for its reply, none where none does.

    It waits on while what is said after it is neither answered from documents nor a question of its own.
    """
    replies = 0
    for place in range(len(turns) - 1, -1, -1):
        turn = turns[place]
        if asked_back(turns[: place + 1]):
            return tuple(turns[: place + 1])
        if turn.role == "user":
            replies += 1
            own = intents.asks(turn.content) and len(telling_words(turn.content)) >= _OWN_SUBJECT
            if own or replies > _REPLIES_WAITED_FOR:
                break
        elif _CITED.search(turn.content):
            break
    return ()


def _offered(question: str) -> list[str]:
    """Return the choices of our question back, as it names them."""
    said = _spaced(question)
    for language, beginning in (pair for key in KEYS for pair in _beginnings(key)):
        if said.startswith(beginning):
            joint = "o|u" if language == "es" else OR.of(language)
            return re.split(rf",\s*|\s(?:{joint})\s", said.removeprefix(beginning).partition("?")[0].strip())
    return []


def _beginnings(key: str) -> list[tuple[str, str]]:
    """Return how our questions back for a key begin, today's and former ones, each after its language."""
    today = [
        (language, form.partition("{")[0])
        for words in (answers.WHICH[key], answers.WHY_ASKED[key])
        for language, form in zip(LANGUAGES, words.all, strict=True)
    ]
    return [(language, _spaced(one)) for language, one in (*today, *answers.WHICH_BEFORE[key].items())]


def _in_own_words(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return the turns without what others wrote in those of the asker, and what a flag or a shrug says in words."""
    return tuple(
        replace(one, content=choices.in_words(own_words(one.content))) if one.role == "user" else one for one in turns
    )


def _spaced(text: str) -> str:
    """Return text with ordinary spaces, one at a time: French has others before a colon, not everywhere kept."""
    return " ".join(text.split())


class Names:
    """Finds regions and products in what people write, and names them back."""

    def __init__(self, aliases: ScopeNamesSettings) -> None:
        territories()  # loaded now, so that the first question does not wait
        self._by_alias: dict[str, list[tuple[str, str]]] = {}
        for key in KEYS:
            for value, names in getattr(aliases, key).items():
                word = getattr(Scope.from_mapping({key: value}), key)[0]
                for name in (value, *names):
                    self._by_alias.setdefault(plain(name), []).append((key, word))

    def label(self, key: str, value: str, language: str = "en") -> str:
        """Return how a region or product is called within a sentence: "the UK", "Kettle Club".

        Pages name these themselves, so what is no name ("visit evil.example") is "another region".
        """
        if not _NAME.fullmatch(value) or len(value.split()) > _MAX_NAME_WORDS or addresses(value):
            return answers.ANOTHER[key].of(language)
        return region_name(value, language) if key == "region" else re.sub(r"[-_\s]+", " ", value).title()

    def labels(self, key: str, values: Iterable[str], language: str = "en") -> str:
        """Return several in a row: "the EU, the UK and the US"."""
        return listed([self.label(key, value, language) for value in values], AND, language)

    def mentions(self, text: str, known: Mapping[str, Collection[str]], *, answering: bool = False) -> list[Mention]:
        """Return what `text` names, in order. `known` are the words of documents and scopes by key, see `known_in`.

        `answering`: it replies to the question which region is meant, so that "DE", "china" and "British" name one.
        """
        text = _ADDRESS.sub(lambda address: "_" * len(address[0]), text)
        tokens = list(_TOKEN.finditer(text))
        shouted = len(tokens) > 1 and not any(char.islower() for char in text)
        words = [plain(token[0].replace(".", "")) for token in tokens]
        said = " ".join(word for word in words if word not in choices.SMALL_WORDS or word == "us")
        alone = len(words) == 1 or (bool(said) and (len(set(said.split())) == 1 or said in territories()))
        brackets = _IN_BRACKETS.search(text)
        names, begin = (_IN_A_LIST.split(brackets[1]), brackets.start()) if brackets else ([], 0)
        by_name = {plain(word): (key, word) for key in KEYS for word in known.get(key, ()) if len(word) > 2}
        by_name |= _written_together(known)
        short = _short_names(known)
        found: list[Mention] = []
        place = 0
        while place < len(tokens):
            for length in range(min(_MAX_NAME_WORDS, len(tokens) - place), 0, -1):
                named = tokens[place : place + length]
                last = tokens[place - 1][0].lower() if place else ""
                name = " ".join(words[place : place + length])
                apart = named[0].start() > begin and text[named[0].start() : named[-1].end()] in names
                values = self._named(
                    named, name, last, known, by_name, shouted=shouted, alone=alone, apart=apart, answering=answering
                )
                product = "" if values or length > 1 else short.get(name, "")
                if product and not _is_another_model(text, named[0], product):
                    values = [("product", product)]
                if values or name in areas():
                    start = named[0].start()
                    if place and tokens[place - 1][0].lower() == "the":
                        start = tokens[place - 1].start()
                    for key in KEYS:
                        if mine := [value for k, value in values if k == key]:
                            found.append(
                                Mention(key, mine[0], frozenset(mine), start, named[-1].end(), short=bool(product))
                            )
                    place += length
                    break
            else:
                place += 1
        found = [one for one in found if _is_a_place_in(text, one, alone=answering and alone)]
        if not answering:
            found = [one for one in found if not _is_another_persons(text, one)]
        products = len({one.value for one in found if one.key == "product"})
        return _with_the_others_of_a_list(text, [_seen_in(text, one, products) for one in found])

    def _named(
        self,
        named: Sequence[re.Match[str]],
        name: str,
        last: str,
        known: Mapping[str, Collection[str]],
        by_name: Mapping[str, tuple[str, str]],
        *,
        shouted: bool,
        alone: bool,
        apart: bool,
        answering: bool,
    ) -> list[tuple[str, str]]:
        """Return key and word of everything that a run of tokens is a name of, the plainest first.

        `name` is the run in plain words, `last` the word before it; `alone`: the text says nothing else;
        `apart`: it stands in brackets at the end; `answering`: the text is to say a region.
        """
        words: list[tuple[str, str]] = []
        if len(named) == 1 and (code := self._code(named[0][0], last, known, shouted, alone, answering)):
            words.append(("region", code))
        elif len(name) > 2 and (place := territories().get(name)):
            capital = named[0][0][:1].isupper()
            regions = known.get("region", ())
            the_state = name == "georgia" and "us" in regions and "ge" not in regions
            meant = (
                name not in _AMBIGUOUS
                or (capital and (apart or alone or last in _BEFORE_PLACES))
                or (alone and (answering or last in {"in", "to"}))
            )
            if meant and not the_state:
                words.append(("region", place))
        elif place := ADJECTIVES.get(name):
            words.append(("region", place))
        together = name.replace(" ", "")
        # A name of words alone is something else where it is written apart: "Anytime" is not "at any time".
        if its := by_name.get(name) or (_LONG_FIGURE.search(together) and by_name.get(together)):
            words.append(its)
        words += self._by_alias.get(name, [])
        return list(dict.fromkeys(words))

    @staticmethod
    def _code(
        token: str, last: str, known: Mapping[str, Collection[str]], shouted: bool, alone: bool, answering: bool
    ) -> str:
        """Return the region that a token is the code of; "us", "it" and "no" are mostly something else."""
        bare = token.replace(".", "").lower()
        if bare in _ALWAYS_CODES:
            return _ALWAYS_CODES[bare]
        if token in _CODES_AFTER:
            code, articles = _CODES_AFTER[token]
            if last in articles or (alone and answering):
                return code
        code = "uk" if bare == "gb" else bare
        regions = known.get("region", ())
        any_place = (
            is_territory(code) and (alone or last in _BEFORE_PLACES)
            if answering
            else alone and (code == "uk" or (code in EUROPEAN_UNION and bare not in choices.SMALL_WORDS))
        ) and bare not in choices.CANNOT_SAY
        if len(bare) != 2 or not (code in regions or code == "us" or any_place):
            return ""
        written_as_code = token.isupper() and not shouted
        if code == "us":
            by_context = last in {"the", "in", "within"} or alone
            return code if written_as_code or by_context else ""
        return code if written_as_code and (alone or last in _BEFORE_PLACES) else ""

    def spoken_of(self, mention: Mention, found: Sequence[ScoredPassage]) -> bool:
        """Whether a passage that fits like the best speaks itself of what is named: "We do not ship to Norway"."""
        return any(fit >= SPEAKS_NEAR and self._speaks(one, mention) for one, fit in fits(found))

    def holding_or_naming(
        self, mentions: Collection[Mention], found: Sequence[ScoredPassage]
    ) -> tuple[ScoredPassage, ...]:
        """Return the passages that hold for what is named, or speak of it; not the prices of other regions."""
        return tuple(
            one
            for one in found
            if any(
                not (limits := getattr(one.passage.scope, mention.key))
                or not mention.reach.isdisjoint(limits)
                or self._speaks(one, mention)
                for mention in mentions
            )
        )

    def _speaks(self, one: ScoredPassage, of: Mention) -> bool:
        text = f"{one.passage.title}\n{one.passage.heading}\n{one.passage.text}"
        return any(of.words & other.words for other in self.mentions(text, {of.key: of.words}))

    def without_places(self, text: str, known: Mapping[str, Collection[str]]) -> str:
        """Return a question without where it is asked: "How long is the warranty in the EU?" is about the warranty."""
        spans: list[tuple[int, int]] = []
        for one in self.mentions(text, known):
            if one.key != "region" or one.excluded:
                continue
            if spans and _IN_A_LIST.fullmatch(text[spans[-1][1] : one.start]):
                spans[-1] = (spans[-1][0], one.end)
            elif before := _WHERE.search(text[: one.start]):
                spans.append((before.start(), one.end))
        for start, end in reversed(spans):
            after = text[end:].lstrip()
            if text[start] == "(":
                if not after.startswith(")"):
                    continue  # more stands in the brackets than where
                after = after.lstrip(") ")
            text = f"{text[:start].rstrip()} {after}"
        return re.sub(r"\s+(?=[?!.,;])", "", text).strip(" ,.;")

    def holding(self, labels: Sequence[str], scope: Scope) -> list[int]:
        """Return which rows of a table, labelled so, hold for the places of a scope alone; none if none is named.

        A country's own row goes before that of the union. Who is just in the union gets those of its countries, too.
        """
        region = set(scope.region)
        countries = {"eu"} | EUROPEAN_UNION if region == {"eu"} else region - {"eu"}
        union = {"eu"} if region & {"eu", *EUROPEAN_UNION} else set()
        for key, words in (("region", countries), ("region", union), ("product", set(scope.product))):
            named = [
                [one.words for one in self.mentions(label, {key: words}) if one.key == key and not one.excluded]
                for label in labels
            ]
            if rows := [row for row, its in enumerate(named) if words & set[str]().union(*its)]:
                return rows
        return []

    def read(self, text: str, turns: Sequence[Turn], known: Mapping[str, Collection[str]]) -> Reading:
        """Read a message in its conversation.

        One that only names a region or product takes the question before it along; so does one that cannot
        say which, after we asked back. What others wrote, such as the mail that a mail answers, names nothing.
        """
        said, turns = choices.in_words(own_words(text)), _in_own_words(turns)
        if reply := self._reply(said, turns, known):
            named, past, back = list(reply.named), reply.asked, reply.key
        else:
            named, past, back = self.mentions(said, known), turns, ""
        own = [one for one in named if not one.excluded]
        if reply or (named and _says_no_more(said, named, cannot_say=False)):
            for place in range(len(past) - 1, -1, -1):
                turn = past[place]
                if turn.role != "user" or self._reply(turn.content, past[:place], known):
                    continue
                if intents.read(turn.content, past[:place]).intent is not intents.Intent.QUESTION:
                    continue
                there = self.mentions(turn.content, known)
                if not own and not back and any(not one.excluded for one in there):
                    break  # the question names what is said not to be meant
                if not _says_no_more(turn.content, there, cannot_say=True):
                    moved = self._moved(turn.content, there, own)
                    named_before = any(not one.excluded for one in there)
                    return Reading(
                        moved,
                        past[:place],
                        tuple(own),
                        names_itself=bool(own),
                        excluded=_excluded(named, there),
                        moved=True,
                        named_before=named_before,
                        asked_back=back,
                        none_of_them=reply.none_of_them if reply else (),
                        asks_why=bool(reply and reply.asks_why),
                    )
        before = self._said_before(turns, known)
        if _names_another_model(said, known):
            before = [one for one in before if one.key != "product"]
        excluded = _excluded(named, before)
        meant = own or [one for one in before if not one.excluded and one.words.isdisjoint(excluded)]
        back = asked_back(turns)
        return Reading(text, turns, tuple(meant), names_itself=bool(own), excluded=excluded, asked_back=back)

    def _reply(self, text: str, turns: Sequence[Turn], known: Mapping[str, Collection[str]]) -> _Reply | None:
        """Return what a message says in reply to our question back; None where it is no reply."""
        if not (asked := up_to_our_question(turns)):
            return None
        key, at_once = asked_back(asked), len(asked) == len(turns)
        named = self.mentions(text, known, answering=key == "region")
        if named:
            named = [replace(one, short=one.short and one.key != key) for one in named]  # as we offered it
            says = at_once and any(one.key == key for one in named) and _asks_nothing(text)
            return _Reply(key, asked, tuple(named)) if says or _says_no_more(text, named, cannot_say=True) else None
        offered = self._choices(asked[-1].content, key, known)
        if key == "product" and (called := _called_by_a_word(text, offered)) is not None:
            again = not called and not asked_back(asked[:-2])
            return _Reply(key, asked, called, asks_why=again) if called or at_once else None
        places = choices.picked(text, len(offered))
        cannot_say = not choices.CANNOT_SAY.isdisjoint(plain(text).split()) and _says_no_more(
            choices.without_of_them(text), (), cannot_say=True
        )
        unsure = at_once and (cannot_say or choices.wants_all(text))
        none = not places and (places is not None or choices.none_of_them(text))
        unclear = at_once and places is None and not (unsure or none) and _asks_nothing(text)
        unclear = unclear and choices.picks_unclearly(text)
        why = choices.asks_why(text) or (unclear and not asked_back(asked[:-2]))
        if not (places or unsure or none or unclear or why):
            return None
        others = tuple(one.value for one in offered) if none else ()
        return _Reply(key, asked, tuple(offered[place] for place in places or ()), none_of_them=others, asks_why=why)

    def _choices(self, question: str, key: str, known: Mapping[str, Collection[str]]) -> list[Mention]:
        """Return what our question back offered, in its order; empty where one of its names is not known."""
        named = [
            [one for one in self.mentions(label, known, answering=True) if one.key == key]
            for label in _offered(question)
        ]
        return [one[0] for one in named] if all(named) else []

    def _said_before(self, turns: Sequence[Turn], known: Mapping[str, Collection[str]]) -> list[Mention]:
        for place in range(len(turns) - 1, -1, -1):
            if turns[place].role == "user":
                reply = self._reply(turns[place].content, turns[:place], known)
                found = list(reply.named) if reply else self.mentions(turns[place].content, known)
                if found or _names_another_model(turns[place].content, known):
                    return found
        return []

    def _moved(self, question: str, there: Sequence[Mention], to: Sequence[Mention]) -> str:
        """Return a question of before asked for another region or product."""
        language = spoken(text=question)
        for key in KEYS:
            if not (wanted := [one for one in to if one.key == key]):
                continue
            label = self.labels(key, (one.value for one in wanted), language)
            spans = [one for one in there if one.key == key and not one.excluded]
            between = [question[one.end : other.start] for one, other in pairwise(spans)]
            if spans and all(_IN_A_LIST.fullmatch(joint) for joint in between):
                question = question[: spans[0].start] + label + question[spans[-1].end :]
            elif not spans:
                question = asked_for(question, key, label, language)
        return question


def _written_together(known: Mapping[str, Collection[str]]) -> dict[str, tuple[str, str]]:
    """Return what the names of the known products of several words are written together, each with what it names."""
    products = {product: plain(product).split() for product in known.get("product", ())}
    return {"".join(words): ("product", product) for product, words in products.items() if len(words) > 1}


def _short_names(known: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Return the known products by the coined word that they are called for short: "brewmaster" of "BrewMaster 200".

    A word that several products have in their names is none.
    """
    products = {product: plain(product).split() for product in known.get("product", ())}
    of = {word: [product for product, words in products.items() if word in words] for word in known.get(CALLED, ())}
    return {word: those[0] for word, those in of.items() if len(those) == 1}


def _called_by_a_word(text: str, offered: Sequence[Mention]) -> tuple[Mention, ...] | None:
    """Return which of the products that we offered a reply means by a word of the name: "the 300" of two models.

    None of them where several have the word, None where it says something else. "BM 300" is short for the name.
    """
    names = [plain(one.value).split() for one in offered]
    meant: list[Mention] = []
    for word in (said := set(choices.without_asides(text).split()) - choices.SMALL_WORDS - _OF_A_MODEL):
        its = [one for one, name in zip(offered, names, strict=True) if word in name]
        if not its and not any(_is_short_for(word, name) for name in names):
            return None
        meant += its if len(its) == 1 else ()
    if meant or said & set[str]().union(*names):
        return tuple(one for one in offered if one in meant)
    return None


def _is_short_for(word: str, name: Sequence[str]) -> bool:
    """Whether a word has letters of a name, in its order and from its beginning on: "bm" of "brewmaster"."""
    letters = iter("".join(name))
    return word.isalpha() and word[0] == name[0][0] and all(letter in letters for letter in word)


def _is_another_model(text: str, called: re.Match[str], product: str) -> bool:
    """Whether a model that the product's name lacks follows what the product is called: "BrewMaster 300"."""
    follows = _NEXT_WORD.match(text, called.end())
    if not follows or (word := plain(follows[1])) in plain(product).split():
        return False
    if any(char.isdigit() for char in word):
        return not (word.isdigit() and _COUNTS.match(text, follows.end()))
    capital = follows[1][0].isupper() and word not in STOP_WORDS | choices.SMALL_WORDS
    shouted = not any(char.islower() for char in text)
    return word in _MODEL_WORDS or (capital and not shouted)


def _names_another_model(text: str, known: Mapping[str, Collection[str]]) -> bool:
    """Whether a text names a model that is not known, by a known product's name: "BrewMaster 300", "BrewMaster300"."""
    short, together = _short_names(known), _written_together(known)
    for token in _WORD.finditer(text):
        word = plain(token[0])
        for name, product in short.items():
            if word == name and _is_another_model(text, token, product):
                return True
            if word.startswith(name) and word.removeprefix(name).isdigit() and word not in together:
                return True
    return False


def _is_a_place_in(text: str, mention: Mention, *, alone: bool) -> bool:
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
            not place or place[0] in _BEFORE_PLACES
        )
    if name in _PEOPLE:
        introduced = _INTRODUCES.search(before) or re.match(r"\s+here\b", text[mention.end :])
        by_preposition = _NO_PLACE_AFTER.search(before) and not _FROM_OR_TO_A_PLACE.search(before)
        if introduced or (by_preposition and not alone):
            return False
    return not _ORIGIN.search(before)


def _is_another_persons(text: str, mention: Mention) -> bool:
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


def _seen_in(text: str, mention: Mention, products: int) -> Mention:
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


def _with_the_others_of_a_list(text: str, mentions: Sequence[Mention]) -> list[Mention]:
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


def _excluded(named: Sequence[Mention], before: Sequence[Mention]) -> frozenset[str]:
    """Return the words of what a message, or what was said `before` it, says is not meant.

    A union's come with those of its countries. What the message itself names as meant is not among them.
    """
    words = frozenset[str]().union(*(one.words for one in (*named, *before) if one.excluded))
    words |= EUROPEAN_UNION if "eu" in words else frozenset()
    return words.difference(*(one.words for one in named if not one.excluded))


def asked_for(question: str, key: str, label: str, language: str = "en") -> str:
    """Return a question that names no region or product asked for one: "How do I return it in the EU?" """
    body, mark = question.rstrip(" \u00a0\u202f?!."), "\u202f?" if language == "fr" else "?"
    return f"{body} {answers.ASKED_FOR[key].of(language, label=label)}{mark if '?' in question else ''}"


def _says_no_more(text: str, mentions: Sequence[Mention], *, cannot_say: bool) -> bool:
    """Whether a text holds nothing but names and small words, and asks nothing with them."""
    for one in reversed(mentions):
        text = text[: one.start] + " " + text[one.end :]
    words = set[str]()
    for part in re.split(r"[.!?,;:\n]", text):
        left = choices.without_asides(part)
        if _OWN_QUESTION.match(left):
            return False
        words |= set(left.split())
    return words <= (choices.SMALL_WORDS | choices.CANNOT_SAY if cannot_say else choices.SMALL_WORDS)


def _asks_nothing(text: str) -> bool:
    """Whether a text asks and wishes for nothing: "The parcel was sent to the UK." """
    return not ("?" in text or intents.asks(text) or _WISHES.search(plain(text)))


def asks_of_its_own(text: str) -> bool:
    """Whether a text asks for something that may have nothing to do with what was asked before it."""
    return has_a_subject(text) and not _asks_nothing(text)


def told(found: ScoredPassage, key: str, asker: Scope) -> tuple[str, ...]:
    """Return the regions or products that a passage is limited to, as far as the asker may know of them."""
    words: tuple[str, ...] = getattr(found.passage.scope, key)
    mine = asker.reach(key)
    return tuple(word for word in words if word in mine) if mine else words


def known_in(found: Sequence[ScoredPassage], asker: Scope) -> dict[str, set[str]]:
    """Return the words by key that the passages and the asker's scope have, and what products are `CALLED` in them."""
    known = {key: set(getattr(asker, key)) for key in KEYS}
    for one in found:
        for key in KEYS:
            known[key] |= set(told(one, key, asker))
    return known | {CALLED: _called(known["product"], found)}


def _called(products: Iterable[str], found: Iterable[ScoredPassage]) -> set[str]:
    """Return the coined words that products may be called by for short: "BrewMaster" of "BrewMaster 200".

    Such a word has a capital within, only a model stands beside it in the name, and the passages use it for nothing
    else. "Office" of "Office Chair" is a word of the language however it is written, and who pays "with PayPal" does
    not ask about the "PayPal Card".
    """
    names = {product: plain(product).split() for product in products}
    if not names:
        return set()
    whole = re.compile("|".join(r"[\W_]*".join(words) for words in names.values()), re.IGNORECASE)
    coined: set[str] = set()
    others: set[str] = set()
    for one in found:
        text = f"{one.passage.title}\n{one.passage.heading}\n{one.passage.text}"
        own = {word for product in one.passage.scope.product for word in names.get(product, ())}
        coined |= {word.lower() for word in _WORD.findall(text) if _has_a_capital_within(word)}
        alone = _WORD.findall(whole.sub(" ", text))
        others |= {word.lower() for word in alone if word.islower() or word.lower() not in own}
    telling = {
        word
        for words in names.values()
        for word in words
        if len(word) >= _SHORTEST_NAME and word.isalpha() and all(map(_tells_a_model, set(words) - {word}))
    }
    return (telling & coined) - others


def _has_a_capital_within(word: str) -> bool:
    return any(before.islower() and after.isupper() for before, after in pairwise(word))


def _tells_a_model(word: str) -> bool:
    return len(word) == 1 or word in _MODEL_WORDS or any(char.isdigit() for char in word)


def concerned(found: Iterable[ScoredPassage], asker: Scope) -> bool:
    """Whether it may matter where, for what or in which language the question is meant."""
    return any(getattr(asker, key) for key in KEYS) or any(
        getattr(one.passage.scope, key) for one in found for key in (*KEYS, "language")
    )


def narrowed(scope: Scope, key: str, mentions: Iterable[Mention]) -> Scope:
    """Return the scope limited to what the mentions name; never wider than it was.

    Who is in one country and asks of another is told what holds in the union of both.
    """
    reach = tuple(sorted(frozenset[str]().union(*(one.reach for one in mentions))))
    mine: tuple[str, ...] = getattr(scope, key)
    shared = scope.reach(key) if reach != ("eu",) else mine
    here = [tuple(word for word in words if word in reach) for words in (mine, shared)]
    return limited(scope, key, here[0] or here[1] or mine or reach)


def limited(scope: Scope, key: str, words: tuple[str, ...]) -> Scope:
    """Return the scope with other words for one key."""
    return replace(scope, region=words) if key == "region" else replace(scope, product=words)


def covers(scope: Scope, mention: Mention) -> bool:
    """Whether an asker with this scope may be told what holds there."""
    mine = scope.reach(mention.key)
    return not mine or not mention.reach.isdisjoint(mine)


def fits(found: Sequence[ScoredPassage]) -> list[tuple[ScoredPassage, float]]:
    """Return each passage with its share, 0 to 1, of the best score and of the best similarity, the lesser of both.

    The one measures well within a list, the other does not move when nothing fits.
    """
    score = max((one.score for one in found), default=0.0)
    similarity = max((one.similarity for one in found), default=0.0)
    if score <= 0 or similarity <= 0:
        return [(one, 0.0) for one in found]
    return [(one, max(0.0, min(one.score / score, one.similarity / similarity))) for one in found]


def missing(found: Sequence[ScoredPassage], key: str, asked: Scope, asker: Scope) -> bool:
    """Whether the passages fit well, but those that hold where it was `asked` for do not.

    Of those for just that place it is enough that they would be worth a choice.
    """
    words = set(asked.reach(key))
    limits = [(set(told(one, key, asker)), fit) for one, fit in fits(found)]
    return not any(
        fit >= (WORTH_A_CHOICE if limited else NEAR) for limited, fit in limits if not limited or words & limited
    )


def limits_the_best(found: Sequence[ScoredPassage], key: str) -> bool:
    """Whether the best of the passages is for some regions or products only."""
    return bool(found) and bool(getattr(found[0].passage.scope, key))


def apart(mentions: Sequence[Mention], found: Sequence[ScoredPassage], asker: Scope) -> tuple[str, ...]:
    """Return what the passages call the mentions; France and Germany are one where all is limited to the EU.

    Empty where no passage for one of them fits well: what holds for all is told once.
    """
    limits = [(word, fit) for one, fit in fits(found) for key in KEYS for word in told(one, key, asker)]
    known = {word for word, _ in limits}
    called = [next((word for word in (one.value, *sorted(one.reach)) if word in known), "") for one in mentions]
    fitting = any(word in called and fit >= WORTH_A_CHOICE for word, fit in limits)
    return tuple(dict.fromkeys(filter(None, called))) if fitting else ()


def differing(found: Sequence[ScoredPassage], key: str, asker: Scope) -> tuple[str, ...]:
    """Return the values of `key` between which the answer differs, best first; empty where it does not."""
    near = [(one, words) for one, fit in fits(found) if fit >= NEAR and (words := told(one, key, asker))]
    differ = any(
        not _hold_together(a_words, b_words) and not _same(a, b)
        for place, (a, a_words) in enumerate(near)
        for b, b_words in near[place + 1 :]
    )
    return competing(found, key, asker) if differ else ()


def competing(found: Sequence[ScoredPassage], key: str, asker: Scope) -> tuple[str, ...]:
    """Return the values of `key` that passages which fit well are limited to, best first."""
    fitting = (one for one, fit in fits(found) if fit >= WORTH_A_CHOICE)
    return tuple(dict.fromkeys(word for one in fitting for word in told(one, key, asker)))


def _same(a: ScoredPassage, b: ScoredPassage) -> bool:
    """Whether two passages say the same, but for the names of places."""
    ours, theirs = content_words(a.passage.text), content_words(b.passage.text)
    alike = len(ours & theirs) >= SAME_WORDS * len(ours | theirs)
    return alike and figures(a.passage.text) == figures(b.passage.text)


def only_for(value: str, values: Sequence[str], found: Sequence[ScoredPassage], key: str) -> tuple[ScoredPassage, ...]:
    """Return the passages that tell what holds for `value`, found where the others of the values do not count.

    Those limited to just it, else to it and others, where one of these fits well; all that were found where none does:
    a page for the place on another subject does not push out the page for all that answers.
    """
    limited_to = [(one, set(getattr(one.passage.scope, key)), fit) for one, fit in fits(found)]
    own = [(one, words, fit) for one, words, fit in limited_to if value in words]
    alone = [(one, words, fit) for one, words, fit in own if words & set(values) == {value}]
    for those in (alone, own):
        if any(fit >= WORTH_A_CHOICE for *_, fit in those):
            return tuple(one for one, *_ in those)
    return tuple(found)


def is_own(one: ScoredPassage, asker: Scope) -> bool:
    """Whether a passage is for just the region or product that the asker is limited to."""
    return any(getattr(asker, key) and told(one, key, asker) for key in KEYS)


def says_nothing_of(question: str, found: Sequence[ScoredPassage], asker: Scope) -> bool:
    """Whether those of the asker's own passages that fit well have none of a question's telling words.

    One without such words, or which goes on with what was said ("and within a week?"), leans on what was said before.
    """
    asked = telling_words(question) - _ASKED_OF_ANYTHING
    if not asked or leans(question):
        return False
    own = [one.passage for one, fit in fits(found) if fit >= WORTH_A_CHOICE and is_own(one, asker)]
    return all(asked.isdisjoint(telling_words(f"{one.title}\n{one.heading}\n{one.text}")) for one in own)


def tells_of(question: str, found: Sequence[ScoredPassage]) -> bool:
    """Whether one of the passages that fit well has one of a question's telling words."""
    asked = telling_words(question) - _ASKED_OF_ANYTHING
    fitting = [one.passage for one, fit in fits(found) if fit >= WORTH_A_CHOICE]
    return any(not asked.isdisjoint(telling_words(f"{one.title}\n{one.heading}\n{one.text}")) for one in fitting)


def own_first(found: Sequence[ScoredPassage], asker: Scope) -> tuple[ScoredPassage, ...]:
    """Return the passages with those of the asker's own pages before all others.

    These are the pages of which a passage is the first, or fits about as well as the best; with it go those of the same
    page that fit well, as one often tells what another leaves out. Those for the asker's country go before those for
    the union that it belongs to.
    """
    best = max((fit for _, fit in fits(found)), default=0.0)
    mine = [(one, fit) for one, fit in fits(found) if is_own(one, asker)]
    pages = {one.passage.document_id for one, fit in mine if fit >= OWN_NEAR * best or one is found[0]}
    own = [one for one, fit in mine if one.passage.document_id in pages and fit >= WORTH_A_CHOICE * best]
    own.sort(key=lambda one: all(set(told(one, key, asker)).isdisjoint(getattr(asker, key)) for key in KEYS))
    return (*own, *(one for one in found if one not in own))


def of_one_place(found: Sequence[ScoredPassage], asker: Scope) -> tuple[ScoredPassage, ...]:
    """Return the passages that can hold together: none for another region or product than those before it."""
    kept: list[ScoredPassage] = []
    for one in found:
        if all(_hold_together(told(one, key, asker), told(other, key, asker)) for other in kept for key in KEYS):
            kept.append(one)
    return tuple(kept)


def _hold_together(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether there is a place where both hold; what holds in the EU holds in its countries."""
    ours, theirs = set(a), set(b)
    if not ours or not theirs or ours & theirs:
        return True
    return bool(("eu" in ours and theirs & EUROPEAN_UNION) or ("eu" in theirs and ours & EUROPEAN_UNION))


def language_of(text: str, found: Iterable[ScoredPassage]) -> str:
    """Return the language, of those that the passages are in, that the question shares most words with.

    Empty where the passages are in one language, or no language is clearly ahead.
    """
    asked = set(plain(text).split())
    shared: dict[str, set[str]] = {}
    for one in found:
        for language in one.passage.scope.language:
            words = set(plain(f"{one.passage.title} {one.passage.heading} {one.passage.text}").split())
            shared.setdefault(language, set()).update(asked & words)
    if len(shared) < 2:
        return ""
    first, second, *_ = sorted(shared, key=lambda language: -len(shared[language]))
    return first if len(shared[first]) > len(shared[second]) else ""
