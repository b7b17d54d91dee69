"""Where and for what a question is meant: what it names, alone, before, or in reply to a question back of ours."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.messages import Turn
from bot.settings import ScopeNamesSettings
from bot.text.addresses import addresses
from bot.text.facts import telling_words
from bot.understanding import choices, intents
from bot.understanding.languages import spoken
from bot.understanding.mails import own_words
from bot.understanding.mentions import (
    BEFORE_PLACES,
    KEYS,
    Mention,
    called_by_a_word,
    is_a_place_in,
    is_another_model,
    is_another_persons,
    left_out,
    named_by_a_word,
    names_another_model,
    seen_in,
    short_names,
    with_the_others_of_a_list,
    written_together,
)
from bot.understanding.questions import JOINING_SIGN, JOINING_WORD, has_a_subject
from bot.understanding.scopes import fits
from bot.wording import AND, LANGUAGES, OR, answers, listed
from knowledge.documents import Scope, ScoredPassage
from knowledge.territories import (
    ADJECTIVES,
    EUROPEAN_UNION,
    areas,
    is_territory,
    plain,
    region_name,
    territories,
)

SPEAKS_NEAR = 0.9
"""Fit from which what a passage says of a place is taken for what is asked about it."""
_MAX_NAME_WORDS = 6
_LONG_FIGURE = re.compile(r"\d\D*\d")
_NAME = re.compile(r"[\w\s&+'’.,/()-]{1,60}")
_TOKEN = re.compile(r"\b(?:[A-Za-z]\.){2,3}|\w+")
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
_ALWAYS_CODES = {"uk": "uk", "eu": "eu", "usa": "us", "uae": "ae"}
_ALL_CODES = frozenset({*_ALWAYS_CODES, "us"})
_BESIDE_CODES = frozenset(
    "all alle allebei alles alstublieft and aub beide bitte both deux dos due e either en et favor favore haha hi "
    "i ja kthx lol my neither o oder ok okay only or ou per please pls plss plz por si sorry svp thank thanks the "
    "thx tous ty u und y yeah yep yes you".split()
)
"""Words of a reply such as "us & uk", in which "us" is no pronoun."""
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
_IN_A_LIST = re.compile(
    r"\s*(?:[,/&+]|\b(?:and|or|und|oder|et|ou|y|o|e|en|of)\b)(?:\s+(?:and|or|in|for|to)\b)*\s*", re.IGNORECASE
)
# What stands before a name where a question says where it is asked, not what it is about.
_WHERE = re.compile(
    r"(?:\b(?:i|we)(?:['’]?(?:m|re)|\s+am|\s+are|\s+live)\s+(?:living\s+|based\s+)?)?\b(?:in|within|inside|at|for|en|aux?|em|im)\s+$|\($",
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
# Between a reply to our question and what is said or asked beside it: "UK. And how can I pay?"
_N = r"n(?=\s+(?:how|what|when|where|which|why|who|is|are|do|does|can|could|will)\b)"
"""An "and" as it is typed in a chat."""
_JOINT = re.compile(
    rf"(?:\s*(?:[.!?;,:]+\s+|\n\s*)|\s+[–—-]+\s+|{JOINING_SIGN}|\s+(?=(?:{JOINING_WORD}|{_N})\b))"
    rf"(?:(?:{JOINING_WORD}|so|{_N})\b,?\s+)*",
    re.IGNORECASE,
)
_ANOTHER_CHOICE = re.compile(r"or\b", re.IGNORECASE)
"""How a reply goes on that means more than the first it names: "UK, or is it different in the US?" """
_REPLY_CHARS = 100
"""How far a reply may reach that is followed by something else."""
_CITED = re.compile(r"\[\d+\]")
_REPLIES_WAITED_FOR = 2
"""Messages after our question back that it stays open for, if none of them is answered or asks something of its own."""
_OWN_SUBJECT = 2
"""Telling words from which a question is no question about ours."""


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
    asks_besides: str = ""
    """What the message asks beside its reply to our question: "UK. And how can I pay?" """
    one_of_several: bool = False
    """Whether the message asks other questions, too: where the answer to this one differs, all of it is told."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What a turn names, by itself or as a reply to our question back."""

    named: tuple[Mention, ...] = ()
    replies: bool = False
    another_model: bool = False
    """Whether it names a model that is not known."""


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
        alone = alone or (answering and _names_nothing_but_codes(text, words))
        brackets = _IN_BRACKETS.search(text)
        names, begin = (_IN_A_LIST.split(brackets[1]), brackets.start()) if brackets else ([], 0)
        by_name = {plain(word): (key, word) for key in KEYS for word in known.get(key, ()) if len(word) > 2}
        by_name |= written_together(known)
        short = short_names(known)
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
                if product and not is_another_model(text, named[0], product):
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
        found = [one for one in found if is_a_place_in(text, one, alone=answering and alone)]
        if not answering:
            found = [one for one in found if not is_another_persons(text, one)]
        products = len({one.value for one in found if one.key == "product"})
        return with_the_others_of_a_list(text, [seen_in(text, one, products) for one in found])

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
                or (capital and (apart or alone or last in BEFORE_PLACES))
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
            is_territory(code) and (alone or last in BEFORE_PLACES)
            if answering
            else alone and (code == "uk" or (code in EUROPEAN_UNION and bare not in choices.SMALL_WORDS))
        ) and bare not in choices.CANNOT_SAY
        if len(bare) != 2 or not (code in regions or code == "us" or any_place):
            return ""
        written_as_code = token.isupper() and not shouted
        if code == "us":
            by_context = last in {"the", "in", "within"} or alone
            return code if written_as_code or by_context else ""
        return code if written_as_code and (alone or last in BEFORE_PLACES) else ""

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
        said, past = choices.in_words(own_words(text)), _in_own_words(turns)
        before = self._said_in(past, known)
        reading = self._read(said, past, before, known)
        if reading.moved:
            return reading
        reading = replace(reading, text=text)
        reply, rest, begin = None, "", 0
        for joint in _JOINT.finditer(said, 0, _REPLY_CHARS) if reading.asked_back else ():
            if reply and not self._goes_on_naming(said[begin : joint.start()], past, before, known):
                break
            whole = self._read(said[: joint.start()], past, before, known)
            if _replies(whole, said[: joint.start()]):
                reply, rest, begin = whole, said[joint.end() :], joint.end()
            elif reply:
                break
        if reply and not _ANOTHER_CHOICE.match(rest):
            return _with_reply(reply, rest)
        return reading

    def _goes_on_naming(
        self, piece: str, turns: tuple[Turn, ...], before: Sequence[_Said], known: Mapping[str, Collection[str]]
    ) -> bool:
        """Whether what follows a reply to our question belongs to it: "the EU, and the UK", "the 300, I think"."""
        if named := self.mentions(piece, known, answering=True):
            return _says_no_more(piece, named, cannot_say=True)
        return not telling_words(choices.without_asides(piece)) or self._read(piece, turns, before, known).moved

    def _read(
        self, said: str, turns: tuple[Turn, ...], before: Sequence[_Said], known: Mapping[str, Collection[str]]
    ) -> Reading:
        """Read a message as a whole: as a name, a reply to our question, or a question.

        `before` is what each of the turns said.
        """
        last = _last(before)
        if reply := self._reply(said, turns, known):
            named, past, back = list(reply.named), reply.asked, reply.key
        else:
            named, past, back = self._named_in(said, last, known), turns, ""
        own = [one for one in named if not one.excluded]
        if reply or (named and _says_no_more(said, named, cannot_say=False)):
            for place in range(len(past) - 1, -1, -1):
                turn = past[place]
                if turn.role != "user" or before[place].replies:
                    continue
                if intents.read(turn.content, past[:place]).intent is not intents.Intent.QUESTION:
                    continue
                there = before[place].named
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
                        excluded=left_out(named, there),
                        moved=True,
                        named_before=named_before,
                        asked_back=back,
                        none_of_them=reply.none_of_them if reply else (),
                        asks_why=bool(reply and reply.asks_why),
                    )
        said_before = list(last.named)
        if names_another_model(said, known):
            said_before = [one for one in said_before if one.key != "product"]
        excluded = left_out(named, said_before)
        meant = own or [one for one in said_before if not one.excluded and one.words.isdisjoint(excluded)]
        back = asked_back(turns)
        return Reading(said, turns, tuple(meant), names_itself=bool(own), excluded=excluded, asked_back=back)

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
        if key == "product" and (called := called_by_a_word(text, offered)) is not None:
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

    def _said_in(self, turns: Sequence[Turn], known: Mapping[str, Collection[str]]) -> list[_Said]:
        """Return what each turn says."""
        said: list[_Said] = []
        for place, turn in enumerate(turns):
            one = _Said()
            if turn.role == "user":
                reply = self._reply(turn.content, turns[:place], known)
                named = reply.named if reply else self._named_in(turn.content, _last(said), known)
                one = _Said(tuple(named), bool(reply), names_another_model(turn.content, known))
            said.append(one)
        return said

    def _named_in(self, text: str, last: _Said, known: Mapping[str, Collection[str]]) -> list[Mention]:
        """Return what a text names, after what was named `last`."""
        named = self.mentions(text, known)
        before = {one.value for one in last.named if one.key == "product" and not one.excluded}
        if len(before) == 1 and len(known.get("product", ())) > 1 and not any(one.key == "product" for one in named):
            words = set(plain(before.pop()).split())
            alike = [one for one in sorted(known.get("product", ())) if words & set(plain(one).split())]
            models = [one for name in alike for one in self.mentions(name, known)[:1] if one.key == "product"]
            named += named_by_a_word(text, models, alone=not named)
        return named

    def _moved(self, question: str, there: Sequence[Mention], to: Sequence[Mention]) -> str:
        """Return a question of before asked for another region or product."""
        language = spoken(text=question)
        for key in KEYS:
            if not (wanted := [one for one in to if one.key == key]):
                continue
            label = self.labels(key, (one.value for one in wanted), language)
            spans = [one for one in there if one.key == key and not one.excluded]
            between = [question[one.end : other.start] for one, other in pairwise(spans)]
            rest = _JOINT.match(question, spans[0].end) if spans and not spans[0].start else None
            if len(spans) == 1 and rest and intents.asks(question[rest.end() :]):
                question = asked_for(question[rest.end() :], key, label, language)  # "UK and how much is delivery?"
            elif spans and all(_IN_A_LIST.fullmatch(joint) for joint in between):
                question = question[: spans[0].start] + label + question[spans[-1].end :]
            elif not spans:
                question = asked_for(question, key, label, language)
        return question


def _names_nothing_but_codes(text: str, words: Collection[str]) -> bool:
    """Whether a reply, in these plain words, holds codes of places alone: "both uk and us, thx"."""
    left = {*choices.without_asides(text).split()} & set(words) or set(words)
    return not _ALL_CODES.isdisjoint(left) and left <= _ALL_CODES | _BESIDE_CODES


def _last(said: Sequence[_Said]) -> _Said:
    """Return what was named last; nothing, where that is a model that is not known."""
    return next((one for one in reversed(said) if one.named or one.another_model), _Said())


def _replies(reading: Reading, said: str) -> bool:
    """Whether a message may begin with what was read: a reply to our question that says more than "no"."""
    if not reading.moved or reading.none_of_them or reading.asks_why:
        return False
    return reading.names_itself or bool(choices.without_asides(said))


def _with_reply(reply: Reading, rest: str) -> Reading:
    """Return how a message is read that begins with a reply to our question, and then says or asks the rest."""
    if _asks_nothing(rest) or telling_words(rest) <= telling_words(reply.text):
        return reply
    return replace(reply, asks_besides=rest[:1].upper() + rest[1:])


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
