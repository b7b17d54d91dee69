"""Which language somebody is told things in: that of the channel, else that of what they wrote, else English.

What they wrote is judged by its small words: nearly every sentence has some, and names, products and short messages
hardly any. Where these do not tell one language clearly, none is told, as a wrong guess is worse than English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.intents import own_words
from bot.messages import Turn
from bot.wording import LANGUAGES
from knowledge.sentences import STOP_WORDS
from knowledge.territories import plain

_CHARS = 1_000
"""Of a message that are looked at."""
_WORDS = 3
"""Of a message at least."""
_SMALL_WORDS = 3
"""Different ones at least; fewer are enough where so many tell more than a name may hold."""
_TELLING_WORDS = 2
_SHARE = 1 / 3
"""Of the different words of a message, that are small ones of its language."""
_AHEAD = 2
"""Small words that a language has more of than each of the others."""

# What somebody asks or wishes with; names hardly hold it.
_TELLING = {
    "en": "how what when where which who why can could do does did i am is are my you your we have will would should",
    "de": "ich wir sie mir mich uns kann konnen konnte darf durfen muss mussen soll sollte ist sind wie was wann wo "
    "warum wieso welche welcher welches welchen welchem wer wieviel wohin woher habe haben hat hatte gibt bekomme "
    "bekommt finde kostet kosten dauert werden wird wurde mochte mein meine meinen meinem meiner ihre ihren ihrem "
    "bitte nicht kein keine keinen wenn ob dass bin geht gilt funktioniert",
    "fr": "je j vous nous est sont puis peut peux pouvez peuvent faut comment quand quel quelle quels quelles combien "
    "pourquoi quoi mon ma mes votre vos notre nos avez avons ai faire dois doit que qu quelqu coute coutent suis etes "
    "puisse voudrais souhaite",
    "es": "puedo puede pueden podemos como cuando cuanto cuanta cuantos cuantas donde cual cuales que quien quienes es "
    "son esta estan hay tengo tiene tienen hago hacer debo quiero necesito mi mis su sus usted ustedes cuesta cuestan "
    "tarda soy estoy ¿",
    "it": "posso puo possono possiamo come quando quanto quanta quanti quante dove quale quali qual che chi cosa "
    "perche sono ho hanno devo voglio vorrei mio mia miei mie vostro vostra vostri suo sua mi fare costa costano avete "
    "siete dura",
    "pt": "posso pode podem podemos como quando quanto quanta quantos quantas onde qual quais que quem sao esta estao "
    "tenho tem devo quero queria preciso meu minha meus minhas seu sua seus suas voce voces custa custam demora fazer "
    "gostaria estou",
    "nl": "ik wij we jullie u je kan kunnen mag moet moeten wil hoe wat wanneer waar waarom welke wie hoeveel heb "
    "heeft hebben krijg krijgt wordt worden mijn uw onze niet geen kost kosten duurt zijn ben",
}
_BESIDE = {
    "en": " ".join(sorted(STOP_WORDS)) + " m re s t don doesn didn isn aren won ve ll d",
    "de": "der die das den dem des ein eine einen einem einer eines und oder in im am an auf aus bei mit nach von vom "
    "zu zum zur fur uber unter bis um als auch noch nur so es man sich er lange viel viele ohne gegen ihr ab",
    "fr": "le la les l un une des du de d et ou en au aux a dans pour par sur avec sans ne pas n il elle on ils ce "
    "cette ces cet c se s si y plus sous chez entre apres avant",
    "es": "el la los las lo un una unos unas de del al a y o en con sin para por sobre entre hasta desde no mas muy ya "
    "le les me se si",
    "it": "il lo la i gli le l un uno una di d del della dei delle dello degli a al alla ai alle da dal dalla in nel "
    "nella nei nelle con per su sul sulla tra fra e ed o non piu se si ci c ce ha",
    "pt": "o a os as um uma uns umas de do da dos das em no na nos nas ao aos com sem para por pelo pela e ou ate "
    "sobre entre nao mais me se ha",
    "nl": "de het een en of in op aan met van voor naar uit bij tot om over te door is als dat er ook nog maar dan die "
    "deze dit lang veel zonder",
}
# What English has taken over whole; `plain` text.
_BORROWED = re.compile(
    r"\b(?:je ne sais quoi|c est la vie|la vie en rose|savoir faire|raison d etre|creme de la creme|qui vive|"
    r"que sera sera|hasta la vista|mi casa es su casa|ich bin ein berliner|wie geht s|come prima|"
    r"la dolce vita|dolce far niente)\b"
)
_TELLS = {language: frozenset(words.split()) for language, words in _TELLING.items()}
_SMALL = {language: _TELLS[language] | frozenset(words.split()) for language, words in _BESIDE.items()}


def written_in(text: str) -> str:
    """Return the code of the language, of those that the bot speaks, that a text is clearly written in, else ""."""
    own = own_words(text[:_CHARS])
    words = set(_BORROWED.sub(" ", plain(own)).split()) | ({"¿"} & set(own))
    if len(words) < _WORDS:
        return ""
    counts = {language: len(words & small) for language, small in _SMALL.items()}
    best, *others = sorted(LANGUAGES, key=lambda language: -counts[language])
    enough = counts[best] >= _SMALL_WORDS or len(words & _TELLS[best]) >= _TELLING_WORDS
    if not enough or not words & _TELLS[best] or counts[best] < _SHARE * len(words):
        return ""
    ahead = all(counts[best] >= counts[other] + _AHEAD for other in others)
    # Who writes half in English understands it.
    return best if ahead and (best == "en" or counts[best] >= 2 * counts["en"]) else ""


def spoken(wanted: str = "", text: str = "", turns: Iterable[Turn] = ()) -> str:
    """Return the code of the language that somebody who wrote `text`, after `turns`, is told things in.

    `wanted` is the one that the channel is set to, or that they wished for; empty where neither is.
    """
    if wanted:
        return wanted if wanted in LANGUAGES else "en"
    said = [text, *(turn.content for turn in reversed([*turns]) if turn.role == "user")]
    return next(filter(None, map(written_in, said)), "en")
