"""What a message wants besides facts: small talk, a person instead of the bot, other words for the last answer.

Small talk is recognised only where the whole message is nothing else, so that "hi, how do I return it?" stays the
question that it is. A wish for a person, and anger, count wherever one of the message's clauses is nothing else:
whoever is served next should be told by people, and a question that goes along is theirs to answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bot.messages import Turn
from bot.understanding.anger import anger_in
from bot.understanding.courtesies import courtesy_at
from bot.understanding.mails import own_words, without_signature
from bot.understanding.person_wanted import person_named, person_wished
from bot.understanding.spelling import as_read
from knowledge.territories import LANGUAGES, language_code, plain, territories

MAX_CHARS = 1_000
"""A longer message is always a question."""
_CLAUSE_CHARS = 200


class Intent(StrEnum):
    """What a message wants."""

    NOTHING = "an empty message"
    GREETING = "a greeting"
    HOW_ARE_YOU = "a polite question"
    THANKS = "thanks"
    GOODBYE = "a goodbye"
    ACKNOWLEDGEMENT = "an acknowledgement"
    ABOUT = "a question about the bot"
    COMPLAINT = "a complaint about an answer"
    PERSON = "a wish for a person"
    ANGER = "anger"
    STYLE = "other words for the last answer"
    LANGUAGE = "answers in another language"
    QUESTION = "a question"


SMALL_TALK = frozenset(
    {
        *(Intent.NOTHING, Intent.GREETING, Intent.HOW_ARE_YOU, Intent.THANKS),
        *(Intent.GOODBYE, Intent.ACKNOWLEDGEMENT, Intent.ABOUT, Intent.COMPLAINT),
    }
)
HAND_OVER = frozenset({Intent.PERSON, Intent.ANGER})


@dataclass(frozen=True, slots=True)
class Wanted:
    """An intent, with the language that it was recognised in (`en` where that says nothing).

    That of `LANGUAGE` is the code of the one that is wished for.
    """

    intent: Intent
    language: str = "en"


def read(text: str, turns: Sequence[Turn] = ()) -> Wanted:
    """Return what a message wants, said after `turns`."""
    text = as_read(text)
    if not any(char.isalnum() for char in text):
        return Wanted(_mood(text))
    text = own_words(text)
    if len(text) > MAX_CHARS:
        return Wanted(Intent.QUESTION)
    if (talk := _small_talk(text, turns)) is not None and not (plain(text) in _OF_AN_ANSWER and _answered(turns)):
        return talk
    if (handed := _for_people(text)) is not None:
        return handed
    if len(text) <= _CLAUSE_CHARS and _STYLE.fullmatch(plain(text)) and last_answer(turns):
        return Wanted(Intent.STYLE)
    wished = _language_wished(plain(text)) if len(text) <= _CLAUSE_CHARS else ""
    return Wanted(Intent.LANGUAGE, wished) if wished else Wanted(Intent.QUESTION)


_BEGINS_WITH_NO = re.compile(r"\W*\b(no|nein|non|n[aã]o|nee)\b[\s.,;:!…–—-]*", re.IGNORECASE)


def says_no(text: str) -> bool:
    """Whether a message is nothing but "no": said of an answer, mostly that it is not what was asked for.

    In Spanish and Italian it is the same word as in English.
    """
    return "?" not in text and bool(said := plain(text).split()) and len({*said} & _NO.keys()) == len({*said}) == 1


def last_question(turns: Sequence[Turn]) -> tuple[str, tuple[Turn, ...]] | None:
    """Return the last question that was asked, with the turns before it; None where there was none."""
    for place in range(len(turns) - 1, -1, -1):
        before = tuple(turns[:place])
        if turns[place].role == "user" and read(turns[place].content, before).intent is Intent.QUESTION:
            return turns[place].content, before
    return None


def last_answer(turns: Sequence[Turn]) -> str:
    """Return what we said last that was no small talk, empty where there was nothing."""
    for place in range(len(turns) - 1, -1, -1):
        if turns[place].role == "assistant" and _answered(turns[: place + 1]):
            return turns[place].content
    return ""


def _answered(turns: Sequence[Turn]) -> bool:
    """Whether the last turn answers a question."""
    asked = next((turn.content for turn in reversed(turns) if turn.role == "user"), "")
    return bool(asked) and turns[-1].role == "assistant" and read(asked).intent is Intent.QUESTION


_JOINING = re.compile(r"(?:(?:and|but|so|then|also|und|aber|et|mais|pero|maar) )+")
"""What a clause may begin with that adds nothing."""


def _for_people(text: str) -> Wanted | None:
    """Return the wish for a person, or the anger, that a message tells; None where it tells none."""
    clauses = _clauses(text)
    bare = [_JOINING.sub("", clause) for clause in clauses]
    if language := person_wished([*clauses, *bare]) or _names_a_person(text):
        return Wanted(Intent.PERSON, language)
    asked = {plain(one) for one in _ASKED_CLAUSE.findall(without_quotes(text))}
    if language := anger_in(clauses, asked):
        return Wanted(Intent.ANGER, language)
    return None


def _names_a_person(text: str) -> str:
    """Return the language of a message that names a person, and says nothing else in a sentence; empty of any other.

    "Hi, agent!" and "Enough. Human." wish for one; a list of roles, a form or a signature does not.
    """
    own = without_quotes(without_signature(text))
    said = [words for one in _CLAUSE_ENDS.split(own) if (words := plain(one))]
    telling = {one for one in said if one not in _YES_OR_NO and tuple(one.split()) not in _BESIDE_PHRASES}
    alone = [one for one in telling if _small_talk(one) is None]
    sentences = [plain(one) for one in _SENTENCES.findall(own)]
    return person_named(alone if len(alone) == 1 else sentences)


def _mood(text: str) -> Intent:
    """Return what a message without a letter or figure says: nothing, a wave, a thumb."""
    if any(char in text for char in "🙏❤💙💚💛🧡💜😍🥰🎉"):
        return Intent.THANKS
    if any(char in text for char in "👍👌✅🙂😊😀😃😄😁🆗💯🔥👏"):
        return Intent.ACKNOWLEDGEMENT
    if any(char in text for char in "👎😡🤬😠👿💢😤🖕"):
        return Intent.COMPLAINT
    return Intent.GREETING if any(char in text for char in "👋🖐✋🤚") else Intent.NOTHING


def without_quotes(text: str) -> str:
    """Return a message without what is quoted, pasted or reported in it: that is somebody else's."""
    return _TOLD_BY_OTHERS.sub(" quoted ", _QUOTED.sub(" quoted ", _NOT_SAID.sub(" quoted ", own_words(text))))


def _clauses(text: str) -> list[str]:
    """Return the clauses of a message's own words, as plain ones."""
    own = _SOMEONE_WHO.sub(r"\1 ", without_quotes(_QUOTED_PERSON.sub(r"\1", text)))
    own = _ON_CONDITION.sub(lambda found: f"{found[0].rstrip()[:-1]} ", _NAMED_BESIDE.sub(r" \1 ", own))
    clauses = [plain(clause) for clause in _CLAUSE_ENDS.split(own)]
    return [clause for clause in clauses if 0 < len(clause) <= _CLAUSE_CHARS]


# Small talk: a message is one where it is made of these phrases alone ---------------------------------------------

_PHRASES: dict[Intent, dict[str, str]] = {
    Intent.GREETING: {
        "en": "hi|hii|hiii|hello|helo|hey|heya|hiya|howdy|greetings|good morning|good afternoon|good evening|good day|"
        "morning|evening|yo|sup|hi again|hello again|anyone there|anybody there|are you there|you there|test|testing|"
        "ping",
        "de": "hallo|guten tag|guten morgen|guten abend|moin|moin moin|servus|gruss gott|gruezi|hallochen|tach",
        "fr": "bonjour|salut|bonsoir|coucou|bjr",
        "es": "hola|buenos dias|buenas tardes|buenas noches|buenas|que tal",
        "it": "ciao|buongiorno|buonasera|salve|buon giorno|buona sera",
        "pt": "ola|oi|bom dia|boa tarde|boa noite",
        "nl": "hoi|goedemorgen|goedemiddag|goedenavond|goedendag|dag",
        "xx": "привет|здравствуйте|добрый день|merhaba|selam|czesc|dzien dobry|hej|hejsan|こんにちは|你好|"
        "您好|안녕하세요|"
        "مرحبا|السلام عليكم|नमस्ते|שלום",
    },
    Intent.HOW_ARE_YOU: {
        "en": "how are you|how are you doing|how are you today|hows it going|how s it going|how is it going|whats up|"
        "what s up|how do you do|nice to meet you|how have you been",
        "de": "wie geht es dir|wie geht s dir|wie geht s|wie gehts|wie geht es ihnen",
        "fr": "ca va|comment ca va|comment allez vous|comment vas tu",
        "es": "como estas|como esta usted|como va",
        "it": "come stai|come sta|come va",
        "pt": "tudo bem|como vai|como voce esta",
        "nl": "hoe gaat het|hoe is het|hoe gaat het met je",
    },
    Intent.THANKS: {
        "en": "thanks|thank you|thankyou|thankss|thank youu|thank u|many thanks|thx|thnx|thanx|tnx|ty|tysm|tyvm|"
        "cheers|much appreciated|thank you sm|thank u sm|you saved me|u saved me|you saved my day|you saved my life|"
        "you re a lifesaver|ur the best|u r the best|u rock|you rock|"
        "appreciate it|i appreciate it|i appreciate that|appreciated|thanks a lot|thanks so much|thank you so much|"
        "thank you very much|thanks very much|thanks a million|thanks a bunch|no thanks|no thank you|good bot|"
        "that helps|that helped|that helped a lot|this helps|very helpful|that was helpful|that is helpful|"
        "that s helpful|so helpful|you re the best|you are the best|you re a star|you are a star|you re awesome|"
        "you are awesome|you re great|you are great|you re amazing|you are amazing|well done|good job|nice job|"
        "great job|"
        "that answers my question|that s all i needed|that is all i needed|that s what i needed|got what i needed",
        "de": "danke|danke schon|dankeschon|vielen dank|besten dank|herzlichen dank|danke sehr|tausend dank|"
        "danke dir|danke ihnen|nein danke|das hilft|das hat geholfen|das war hilfreich|sehr hilfreich",
        "fr": "merci|merci beaucoup|merci bien|mille mercis|non merci|je vous remercie|je te remercie",
        "es": "gracias|muchas gracias|mil gracias|no gracias|muchisimas gracias|te lo agradezco",
        "it": "grazie|grazie mille|molte grazie|tante grazie|no grazie|ti ringrazio|la ringrazio",
        "pt": "obrigado|obrigada|muito obrigado|muito obrigada|valeu|nao obrigado|nao obrigada",
        "nl": "bedankt|dank je|dank je wel|dankjewel|dank u|dank u wel|hartelijk dank|hartelijk bedankt|nee bedankt",
        "xx": "спасибо|большое спасибо|tesekkurler|tesekkur ederim|dziekuje|tack|tack sa mycket|"
        "takk|tak|kiitos|ありがとう|"
        "ありがとうございます|谢谢|謝謝|감사합니다|شكرا|धन्यवाद|תודה",
    },
    Intent.GOODBYE: {
        "en": "bye|goodbye|good bye|bye bye|see you|see ya|see you later|good night|take care|have a nice day|"
        "have a good day|have a great day|cya|later",
        "de": "tschuss|auf wiedersehen|bis bald|bis dann|schonen tag noch|schonen tag|gute nacht|ciao ciao",
        "fr": "au revoir|a bientot|bonne journee|bonne soiree|bonne nuit",
        "es": "adios|hasta luego|hasta pronto|que tengas un buen dia",
        "it": "arrivederci|a presto|buona giornata|buona notte|buonanotte",
        "pt": "tchau|adeus|ate logo|tenha um bom dia",
        "nl": "tot ziens|doei|dag dag|fijne dag|fijne dag nog",
    },
    Intent.ACKNOWLEDGEMENT: {
        "en": "ok|okay|okey|k|kk|great|perfect|cool|awesome|nice|excellent|wonderful|brilliant|amazing|fantastic|"
        "got it|i see|understood|makes sense|that makes sense|alright|all right|sounds good|noted|sure|lovely|"
        "good to know|very good|good|super|wow|lol|haha|hahaha|fine|roger|will do|gotcha|i understand|right|sweet|"
        "that s great|that is great|that s good|that s perfect|that is perfect|that works|never mind|nevermind|nvm|"
        "sorry|oops|my bad|my mistake|wrong channel|wrong chat|wrong window|forget it|"
        "yes please|yes pls|yep|yup|yeah|nope|nah|omg|omfg|yay|phew|lmao|i m good|im good|we re good|all good|"
        "i m all set|all set|"
        "i found it|found it|i found out|i figured it out|figured it out|i got it|i solved it|solved it|"
        "got it sorted|all sorted|it works now|no worries|no problem",
        "de": "alles klar|verstanden|verstehe|gut|prima|toll|klasse|in ordnung|passt|perfekt|sehr gut|genau|ach so|"
        "jo|jep|noe|nee|passt schon|schon gut|hat sich erledigt|ich hab s gefunden|hab s gefunden|"
        "habs gefunden|schon gefunden|falscher chat|falscher kanal|vergiss es",
        "fr": "d accord|parfait|tres bien|compris|entendu|je vois|super merci|c est bon|"
        "ouais|j ai trouve|c est trouve|laisse tomber|laissez tomber|tant pis|pas grave|mauvais canal|mauvais chat",
        "es": "vale|perfecto|entendido|de acuerdo|muy bien|claro|genial|esta bien|bueno|"
        "ya lo encontre|lo encontre|ya esta|olvidalo|dejalo|no importa|chat equivocado|canal equivocado",
        "it": "va bene|perfetto|capito|d accordo|ottimo|benissimo|ho capito|"
        "l ho trovato|ho trovato|ho risolto|lascia stare|lascia perdere|non importa|chat sbagliata",
        "pt": "esta bem|ta bom|perfeito|entendi|certo|otimo|beleza|"
        "ja encontrei|ja achei|ja resolvi|deixa para la|deixe para la|esquece|nao importa|"
        "chat errado|canal errado",
        "nl": "oke|prima|begrepen|duidelijk|top|helemaal goed|goed|fijn|"
        "jep|nee hoor|ik heb het gevonden|al gevonden|laat maar|verkeerde chat|verkeerd kanaal",
    },
    Intent.ABOUT: {
        "en": "who are you|what are you|what can you do|what do you do|what can you help with|what "
        "can you help me with|"
        "how can you help|how can you help me|what is this|what s this|what is your name|what s your name|"
        "whats your name|"
        "are you a bot|are you a robot|are you human|are you a human|are you a real person|are you real|are you an ai|"
        "are you a person|are you a bot or a human|are you a bot or a person|are you a human or a bot|"
        "are you a person or a bot|are you a real person or a bot|am i talking to a bot|am i talking to a human|"
        "am i talking to a robot|"
        "is this a bot|is this a real person|is this a human|are you chatgpt|are you an llm|who made you|"
        "who built you|what can i ask|what can i ask you|what can i ask you about|what do you know|how do you work|"
        "how does this work|help|help me|can you help|can you help me|can u help|can u help me|could you help me|"
        "i need help|i need some help|"
        "i have a question|i got a question|quick question|can i ask a question|can i ask you something|"
        "can i ask you a question|introduce yourself|tell me about yourself|what is frontdesk|what are you for|"
        "what are you good at|who am i talking to|commands|menu",
        "de": "wer bist du|was bist du|was kannst du|wer sind sie|was konnen sie|wie heisst du|bist du ein bot|"
        "bist du ein mensch|hilfe|kannst du mir helfen|konnen sie mir helfen|was machst du|ich habe eine frage|"
        "ich brauche hilfe|wobei kannst du helfen|wobei kannst du mir helfen",
        "fr": "qui es tu|qui etes vous|que peux tu faire|que pouvez vous faire|tu es un robot|es tu un robot|"
        "etes vous un robot|aide|aidez moi|comment t appelles tu|j ai une question|pouvez vous m aider|peux tu m aider",
        "es": "quien eres|que eres|que puedes hacer|quien es usted|eres un robot|eres un bot|como te llamas|ayuda|"
        "puedes ayudarme|me puedes ayudar|me ayuda|me ayudas|nos ayuda|tengo una pregunta|necesito ayuda|eres humano",
        "it": "chi sei|cosa sai fare|cosa puoi fare|che cosa puoi fare|sei un robot|sei un bot|come ti chiami|aiuto|"
        "puoi aiutarmi|mi puoi aiutare|ho una domanda|ho bisogno di aiuto",
        "pt": "quem e voce|quem es tu|o que voce pode fazer|o que voce faz|voce e um robo|qual e o seu nome|ajuda|"
        "pode me ajudar|voce pode me ajudar|tenho uma pergunta|preciso de ajuda",
        "nl": "wie ben je|wie ben jij|wat kun je|wat kan je|wat kun je doen|wat kan je doen|ben je een bot|"
        "ben je een robot|help me|kun je me helpen|kan je me helpen|ik heb een vraag|ik heb hulp nodig|hoe heet je",
    },
    # Not by clauses, as other wishes for a person: it may stand in a list of ways to reach somebody.
    Intent.PERSON: {"en": "live chat"},
    Intent.COMPLAINT: {
        "en": "that s wrong|that is wrong|this is wrong|wrong|wrong answer|that s not right|that is not right|"
        "you re wrong|you are wrong|ur wrong|your wrong|this is not correct|this isn t correct|that isn t correct|"
        "this is not right|this isn t right|that isn t right|not correct|huh|not what i meant|"
        "that s incorrect|that is incorrect|that s not correct|that is not correct|that s not true|that is not true|"
        "that doesn t help|that does not help|that didn t help|that did not help|this doesn t help|"
        "this does not help|this didn t help|this did not help|that s not my question|that is not my question|"
        "this is not helpful|this isn t helpful|that isn t helpful|this is not what i asked|not what i asked|"
        "not my question|that doesn t help me|that does not help me|useless answer|stupid answer|"
        "what a useless answer|what a stupid answer|"
        "that doesn t answer my question|that does not answer my question|that didn t answer my question|"
        "you didn t answer my question|you did not answer my question|not helpful|that s not helpful|"
        "that is not helpful|that s not what i asked|that is not what i asked|that s not what i meant|"
        "that is not what i meant|you don t understand|you do not understand|you misunderstood|"
        "i don t think that s right|are you sure|are you sure about that|bad bot|bad answer",
        "de": "das ist falsch|das stimmt nicht|falsch|das hilft nicht|das hilft mir nicht|falsche antwort|"
        "das war nicht meine frage|das habe ich nicht gefragt|bist du sicher",
        "fr": "c est faux|ce n est pas correct|ca ne m aide pas|mauvaise reponse|ce n est pas ma question|"
        "tu es sur|vous etes sur",
        "es": "eso esta mal|eso no es correcto|no me ayuda|eso no me ayuda|respuesta incorrecta|no es lo que pregunte|"
        "estas seguro",
        "it": "e sbagliato|non e corretto|non mi aiuta|risposta sbagliata|non e quello che ho chiesto|sei sicuro",
        "pt": "isso esta errado|nao esta certo|isso nao ajuda|resposta errada|nao foi o que perguntei|tem certeza",
        "nl": "dat klopt niet|dat is fout|dat helpt niet|fout antwoord|dat vroeg ik niet|weet je het zeker",
    },
}
_SETTLED: dict[Intent, dict[str, str]] = {
    Intent.THANKS: {"en": "lifesaver"},
    Intent.COMPLAINT: {"en": "no good|not good|no great|not great"},
    Intent.ACKNOWLEDGEMENT: {
        "en": "solved|sorted|resolved|fixed|works now|working now",
        "de": "erledigt|gefunden|gelost|klappt jetzt|geht jetzt",
        "fr": "trouve|resolu|ca marche maintenant",
        "es": "encontrado|resuelto|solucionado|ya funciona",
        "it": "trovato|risolto|ora funziona",
        "pt": "encontrei|achei|resolvido|agora funciona",
        "nl": "gevonden|opgelost|gelukt|werkt nu",
    },
}
"""Small talk only after an answer that has no such word, not asked and not in capitals: else they are what is asked
about, such as the "Lifesaver" course of a pool."""
_NO = {"no": "en", "nein": "de", "non": "fr", "nao": "pt", "nee": "nl"}
_OF_AN_ANSWER = frozenset({"what is this", "what s this", "how does this work"})
"""Said after an answer, they ask about that."""
# What may stand beside them.
_BESIDE = (
    "there|today|all|everyone|everybody|team|guys|folks|bot|chatbot|frontdesk|friend|mate|dear|sir|madam|again|"
    "please|pls|plz|so|"
    "very much|a lot|so much|then|now|oh|ah|well|and|for your help|for the help|for helping|for helping me|"
    "for the quick answer|for the answer|for your answer|for the info|for the information|for that|for this|"
    "for your time|anyway|too|to you|you too|zusammen|fur die hilfe|fur deine hilfe|fur ihre hilfe|pour votre aide|"
    "pour ton aide|por la ayuda|por tu ayuda|por su ayuda|per l aiuto|pela ajuda|voor je hulp|voor de hulp|"
    "a tous|a todos|a tutti|bitte|s il vous plait|por favor|per favore|alstublieft|mir|ja|doch|"
    "but|though|however|at all|really|for me|asap|tho|sm|bro|man|dude"
)
_BESIDE_PHRASES = frozenset(tuple(plain(phrase).split()) for phrase in _BESIDE.split("|"))
# Of several in one message, what is earlier here is answered.
_FIRST = (
    *(Intent.PERSON, Intent.COMPLAINT, Intent.ABOUT, Intent.THANKS, Intent.HOW_ARE_YOU),
    *(Intent.GOODBYE, Intent.GREETING, Intent.ACKNOWLEDGEMENT),
)


@cache
def _phrases() -> tuple[dict[tuple[str, ...], Wanted], int]:
    """Return what each phrase (its plain words) says, and the length of the longest."""
    table = _as_table(_PHRASES)
    return table, max(map(len, table))


@cache
def _settled() -> dict[tuple[str, ...], Wanted]:
    return _as_table(_SETTLED)


def _as_table(phrases_of: dict[Intent, dict[str, str]]) -> dict[tuple[str, ...], Wanted]:
    table: dict[tuple[str, ...], Wanted] = {}
    for intent, by_language in phrases_of.items():
        for language, phrases in by_language.items():
            for phrase in phrases.split("|"):
                # A language without replies of its own is answered in English.
                table.setdefault(tuple(plain(phrase).split()), Wanted(intent, language.replace("xx", "en")))
    return table


def _settled_after(text: str, turns: Sequence[Turn]) -> dict[tuple[str, ...], Wanted]:
    """Return what settles the matter if it is said in a message after `turns`; empty where there was no answer."""
    if not turns or "?" in text or text.isupper() or not (answer := last_answer(turns)):
        return {}
    told = set(plain(answer).split())
    return {phrase: wanted for phrase, wanted in _settled().items() if not told.issuperset(phrase)}


def _small_talk(text: str, turns: Sequence[Turn] = ()) -> Wanted | None:
    """Return what a message says that is made of small talk alone; None for any other."""
    if turns and (no := _BEGINS_WITH_NO.match(text)) and _answered(turns):
        rest = text[no.end() :]
        besides = _small_talk(rest, turns) if rest else Wanted(Intent.COMPLAINT, _NO[plain(no[1])])
        if besides is not None and besides.intent in {Intent.COMPLAINT, Intent.THANKS, Intent.GOODBYE}:
            return besides
    settled = _settled_after(text, turns)
    left: list[str] = []
    asked: list[bool] = []
    for clause, marks in _MARKED.findall(text):
        words = [*map(_as_meant, plain(clause).split())]
        left += words
        asked += [not _QUESTION_MARKS.isdisjoint(marks)] * len(words)
    # What is said up to each place that phrases lead to: "thanks you re great" holds no "thanks you".
    said: dict[int, tuple[Wanted, ...]] = {0: ()}
    for place in range(len(left)):
        if place in said:
            for length, wanted in _begun_with(left[place:], asked[place:], settled):
                said.setdefault(place + length, (*said[place], *filter(None, (wanted,))))
    return min(said.get(len(left), ()), key=lambda one: _FIRST.index(one.intent), default=None)


def _as_meant(word: str) -> str:
    """Return a plain word without the letters that are typed once more to stress it, where small talk has that one."""
    if word in _talked_with():
        return word
    twice, once = _DRAWN_OUT.sub(r"\1\1", word), _DRAWN_OUT.sub(r"\1", word)
    return next((one for one in (twice, once, _LAST_DOUBLED.sub(r"\1", once)) if one in _talked_with()), word)


_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_LAST_DOUBLED = re.compile(r"([a-z])\1$")


@cache
def _talked_with() -> frozenset[str]:
    """Return the words that small talk is made of."""
    return frozenset(word for phrase in (*_phrases()[0], *_BESIDE_PHRASES) for word in phrase)


def _begun_with(
    words: list[str], asked: list[bool], settled: dict[tuple[str, ...], Wanted]
) -> Iterator[tuple[int, Wanted | None]]:
    """Yield how many of the words a phrase takes that they begin with, and what it says, None where that is nothing."""
    table, longest = _phrases()
    if (courtesy := courtesy_at(" ".join(words), asked)) is not None:
        yield len(courtesy.words.split()), Wanted(Intent[courtesy.kind.name], courtesy.language)
    for length in range(min(longest, len(words)), 0, -1):
        phrase = tuple(words[:length])
        if phrase in table:
            yield length, table[phrase]
        elif phrase in settled:
            yield length, settled[phrase]
        elif phrase in _BESIDE_PHRASES:
            yield length, None


_QUESTION_MARKS = frozenset("?？؟")
_MARKED = re.compile(r"([^.!?？؟,;:\n…]+)([.!?？؟,;:\n…]*)")
"""A clause with the marks that end it."""


# People instead of the bot ----------------------------------------------------------------------------------------

_QUOTED = re.compile(
    r"\"[^\"]*\"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|‘[^’\n]*’(?!\w)|(?<!\w)'[^'\n]*(?:(?<=\w)'(?=\w)[^'\n]*)*'(?!\w)"
)
_QUOTED_PERSON = re.compile(
    r"(?<=\s)[\"“”„'‘]((?:(?:an?|real|actual|live|human) ){0,2}"
    r"(?:person|human|human being|agent|representative))[\"“”'’]",
    re.I,
)
"""Not reported, but stressed: I want to talk to a "real person"."""
_CLAUSE_ENDS = re.compile(r"[.!?,;:\n()…—–]+|\s-+\s")
_ASKED_CLAUSE = re.compile(r"([^.!?,;:\n()…—–]+)\?")
_SENTENCES = re.compile(r"[^.!?…]+[.!…]+(?!\?)|(?<=[.!?…])[ \t]+[^.!?…\n]+$")
"""Without questions, and without a last line that may be a signature."""
_YES_OR_NO = frozenset("yes no nope enough stop ja nein oui non si nao nee".split())
_CUSTOMER = (
    r"(?:customers?|clients?|guests?|buyers?|users?|callers?|kunde|kundin|kunden|clientes?|klant|klanten)"
    r"(?! (?:service|support|care)\b)"
)
_REPORTS = (
    r"(?:says?|said|saying|writes?|wrote|written|writing|asks?|asked|asking|tells?|told|repl(?:y|ies|ied)|"
    r"answer(?:s|ed)|complain(?:s|ed)?|demand(?:s|ed)?|messaged|texted|emailed|posted|commented|shout(?:s|ed)?|sent|schreibt|schrieb|"
    r"sagt|sagte|fragt|fragte|meint|dit|demande|dice|escribe|scrive|diz|escreve|zegt|schrijft)"
)
_TOLD_BY_OTHERS = re.compile(
    # To the end of the line, or the paragraph below; of "they told me: 5 days" a sentence: that may be about ourselves.
    rf"(?:\b{_CUSTOMER}\b[^.!?:;\n]{{0,60}}?\b{_REPORTS}\b[^.!?:;\n]{{0,40}}|"
    rf"^[ \t]*(?:the )?(?:{_CUSTOMER}|agent|operator|representative)[ \t]*|"
    rf"\bfrom (?:an?|the|my|our|one|another) (?:\w+ )?{_CUSTOMER}\b[^.!?:;\n]{{0,40}}):"
    r"(?:[ \t]*\n\s*(?:[^\n]+\n?)+|[^\n]*)"
    rf"|\b{_CUSTOMER}\b[^.!?:;,\n]{{0,60}}?\b{_REPORTS},[^.!?,;\n]*"
    rf"|\b(?:they|he|she|someone|somebody)\b[^.!?:;\n]{{0,20}}?\b{_REPORTS}\b[^.!?:;\n]{{0,20}}:[^.!?\n]*",
    re.IGNORECASE | re.MULTILINE,
)
_SOMEONE_WHO = re.compile(r"\b(someone|somebody|person|people|agent|human),\s+(?=(?:who|whom|whose|that|to)\b)", re.I)
"""One who is wanted for something, not to be talked to."""
_ON_CONDITION = re.compile(
    r"\b(?:anrufen|zurückrufen|kontaktieren|rückruf|mich (?:[\w:]+ ){0,4}?(?:an|zurück)),\s+"
    r"(?=(?:wenn|falls|sofern|sobald|bevor|ob)\b)"
    r"|\b(?:call|phone|ring|contact|e-?mail|text) me(?: back)?,\s+"
    r"(?=(?:when|once|before|after|as soon as|if) (?:my|the|it)\b)"
    r"|\breicht(?:\s+(?:es|mir|uns|aber|schon))*,\s+(?=(?:wenn|falls|sofern|sobald|dass)\b|[^.!?\n]*\bzu\s\w+en\b)",
    re.IGNORECASE,
)
"""A clause that the next one limits: "Mir reicht es, wenn …" is no anger, "Rufen Sie mich an, falls …" no wish."""
_NAMED_BESIDE = re.compile(r",\s*([^\W\d_]\w{0,30}['’]s),\s*(?=\w)")
"""The owner of what is wanted: "the manager, Bob's, phone number"."""


# Other words for the last answer ----------------------------------------------------------------------------------

_THAT = r"(?:it|that|this|the answer|your answer|that answer|your last answer|the last answer)"
_MANNER = (
    r"(?:(?:sound )?(?:more |a bit |a little |much |even |less |way |very |slightly |in a |in |as a |as |like a |"
    r"with |using |into |to a |to be )*"
    r"(?:friendlier|friendly|shorter|short|simpler|simple|clearer|clear|politer|polite|formal|formally|informal|casual|"
    r"concise|concisely|brief|briefly|nicer|nice|warmer|warm|professional|simple words|simple terms|plain english|"
    r"plain words|plain language|simple english|other words|different words|one sentence|single sentence|two sentences|"
    r"a sentence|fewer words|bullet points|bullets|list|simply|differently|again|nicely|politely|way|tone|easier|"
    r"easier to understand|to the point|empathetic|cheerful))"
)
_STYLE = re.compile(
    r"(?:(?:please|now|ok|and|can you|could you|would you|will you|just) )*"
    r"(?:"
    rf"(?:make|write|say|put|phrase|explain|tell me|give me|keep) {_THAT} {_MANNER}(?: {_MANNER})*"
    rf"|(?:rephrase|reword|rewrite|summari[sz]e|shorten|simplify|paraphrase|condense)(?: {_THAT})?(?: {_MANNER})*"
    rf"|(?:say|explain|repeat) {_THAT}(?: again)?"
    r"|(?:a )?(?:bit |little |much )?(?:shorter|simpler|friendlier|clearer|politer)"
    r"|(?:more|less) (?:formal|polite|friendly|concise|casual|professional)"
    r"|in (?:short|other words|simple words|simple terms|plain english|one sentence|a sentence|fewer words)"
    r"|tl dr|tldr|as bullet points|as a list"
    r")(?: (?:please|pls|for me|version))*"
)


# Answers in another language --------------------------------------------------------------------------------------

_POLITELY = (
    r"(?:(?:hi|hello|sorry|please|pls|now|ok|and|but|no|yes|also|again|instead|too|if possible|thanks|thank you|bitte|"
    r"danke|s il vous plait|s il te plait|svp|stp|por favor|gracias|per favore|grazie|graag|aub|alstublieft) )*"
)
_LANGUAGE = re.compile(
    rf"{_POLITELY}(?:"
    # "In German", "can you answer that in German", "auf Deutsch", "en français"
    r"(?:(?:(?:can|could|would|will) you )?(?:please )?"
    r"(?:(?P<verb>answer|reply|respond|say|write|tell|give|explain|repeat|translate)"
    r"(?: (?:me|it|that|this|the (?:last )?answer|your (?:last )?answer|again))*) )?"
    r"(?:in|into|auf|ins|(?P<en>en)|em)(?: het)? (?P<said_in>\w+)"
    r"|translate(?: (?:it|that|this|the answer|your answer))* to (?P<to>\w+)"
    r"|(?:(?:kannst du|konnen sie|konntest du|konnten sie) )?(?:(?:das|mir|bitte|die antwort) )*auf (?P<auf>\w+)"
    r"(?: (?:antworten|schreiben|sagen|ubersetzen|erklaren))?"
    # "Do you speak German?", "German please"
    r"|(?:do|can|could) you (?:also )?(?:speak|understand|know|write|talk|answer in|speak in) (?P<spoken>\w+)"
    r"|(?:sprichst du|sprechen sie|parlez vous|parles tu|tu parles|vous parlez|hablas|habla usted|habla|parli|parla|"
    r"fala|voce fala|spreek je|spreekt u)(?: auch)? (?P<gesprochen>\w+)"
    r"|(?P<alone>\w+)(?= (?:please|pls|bitte|s il vous plait|svp|stp|por favor|per favore|graag|alstublieft)\b)"
    rf") {_POLITELY}"
)


def _language_wished(words: str) -> str:
    """Return the code of the language that a message wishes for and says nothing else, empty for any other."""
    if (found := _LANGUAGE.fullmatch(f"{words} ")) is None:
        return ""
    alone = found["said_in"] or found["alone"]
    name = alone or found["to"] or found["auf"] or found["spoken"] or found["gesprochen"]
    code = language_code(name)
    # A language that few speak may be meant for a place ("in Delaware"); so is German "Italien", not "en italien".
    if alone and ((code not in LANGUAGES and not found["verb"]) or (name in territories() and not found["en"])):
        return ""
    return code if len(name) > 3 and code != name else ""


# Questions to nobody in particular -----------------------------------------------------------------------------------

_MARK = re.compile(r"\w[\w\s\"'”’)\]*_.]{0,20}[?？؟]")
_NOT_SAID = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+|^[ \t]*>[^\n]*", re.DOTALL | re.MULTILINE)
_BEGINNING = (
    r"(?:(?:hi|hey|hello|hallo|bonjour|hola|all|team|everyone|ok|so|and|but|please|sorry|quick question|question|"
    r"frage|und) )*"
)
_IS = (
    r"(?:do|does|did|can|could|would|should|shall|will|must|may|is|are|was|were|has|have|had|s|re|isn t|aren t|doesn t|"
    r"don t|can t|won t)"
)
_WHOM = (
    r"(?:i|we|you|they|he|she|it|there|this|that|these|those|the|my|our|your|their|his|her|anyone|anybody|someone|"
    r"somebody|one|any|all|both|customers?|people|orders?|returns?|refunds?)"
)
_GLAD_IT = (
    r"(?:(?:molto|cosi|proprio|davvero) )*(?:content|felic|stanc|trist|fortunat|sfortunat|arrabbiat|emozionat|bell|"
    r"brav|buon|carin|simpatic|dolc)\w+"
)
"""What "come sono …" and "come è …" exclaim."""
_WHOM_NL = r"(?:ik|je|jullie|we|wij|u|iemand)"
_TO_DO_NL = (
    r"(?:(?!een\b|geen\b)\w+en|\w*(?:gaan|staan|zien|doen)|terug|retour|"
    r"factuur|creditnota|offerte|kopie|(?:kassa)?bon|\w*label|\w*bewijs|\w*code)"
)
"""What somebody may do, or papers: without either, something else is wished for ("mag ik een ijsje")."""
_DONE_NL = (
    r"(?:(?:al|net|gisteren|vandaag|vanochtend|eerder|toen|het|dat|ze|hem|ook|zelf|nog|niet|wel|gewoon) )*"
    r"(?:(?:ge|ver|be|ont|her)\w+(?:d|t|en|aan)|al|ook|niet|wel)"
)
"""How a statement goes on that leaves out what it is about: "heb ik gisteren verzonden"."""
_ASKED_OF = r"(?:how|what|where|when|why|which|who|whose|if|whether)\b"
_TOLD_OF_QUESTIONS = (
    rf"{''.join(f'(?<!{word} )' for word in 'that which who i we you he she it they wife husband not to'.split())}"
    r"(?:is|are|was|were|has|have|had|will|would|can|should|must|may (?:be|go)|go|goes|went|come|came|belong|get|got)"
)
"""Verbs of a statement about questions; those behind the words before tell of the matter: "the jugs that were late"."""
_MATTERS = (
    r"(?:orders?|parcels?|packages?|deliver(?:y|ies)|shipping|shipments?|tracking|returns?|refunds?|exchanges?|warranty|"
    r"invoices?|receipts?|payments?|billing|accounts?|log ?in|passwords?|set ?up|setting up|install(?:ation|ing)?|"
    r"apps?|subscriptions?|memberships?|vouchers?|discounts?|codes?|checkout|website)"
)
"""What customers need help with, even those who laugh about it."""
_IN_JEST = rf"(?!.*\b{_MATTERS}\b).* (?:lol|haha\w*|lmao|jk)$"
"""How what is no matter of customers' ends where somebody jokes."""
_TELLS_OF_IT = (
    rf"(?:{_REPORTS}|show(?:s|ed)?|explain\w*|read|learn\w*|heard|saw|seen|"
    r"zeigt\w*|erklart\w*|gelesen)"
)
"""Verbs with which a statement tells of a question."""
_JOINS = r"(?:about|on|of|over|to|with|for|is|s|was|are|were|me|us|him|her|them|exactly|just|uber|ist|mir|uns|ihm|ihr)"
"""What ties a question word to the statement before it: "that's exactly what can I do", "the page about how do I"."""
_ASKS = re.compile(
    rf"{_BEGINNING}(?:"
    rf"how (?:{_IS}|much|many|long|often|far|soon|late|old|big|to|come)"
    rf"|(?:what|where|when|why|who|whom) {_IS}|(?:what|which|whose) (?:\w+ ){{1,3}}{_IS}"
    rf"|(?:can|could|would|should|shall|may|must|will|is|are|was|were|has|isn t|aren t|won t|can t) {_WHOM}"
    r"|(?:do|does|did|have|don t|doesn t|didn t|haven t) (?:i|we|you|they|he|she|it|your|our|anyone|anybody|"
    r"someone|somebody|the (?:returns?|refunds?|orders?|customers?|people)|customers?|people|orders?|returns?|refunds?)"
    r"|(?:any ?one|any ?body|some ?one|some ?body) (?:know|knows|have an idea|able to)"
    r"|(?:(?:i (?:would like|d like|want|need) to know|i m wondering|i was wondering|wondering|not sure|tell me) )"
    r"(?:how|what|if|whether|where|when|why|which|who)"
    r"|(?:wie|was|wo|wann|warum|wieso|wer|wohin|woher) (?:ist|sind|war|kann|konnen|konnte|darf|muss|mussen|soll|"
    r"geht|gibt|lange|viel|viele|oft|hoch|teuer|bekomme|erreiche|mache|funktioniert|passiert|kostet|finde|"
    r"lauft(?! es\b))"
    r"|(?:kann|darf|muss|soll|gibt|weiss|hat|haben|konnen|kennt) (?:ich|man|wir|es|jemand|sie|ihr)"
    r"|(?:comment|ou|quand|pourquoi|combien|quel|quelle|quels|quelles|est ce que|qu est ce que|puis je|peut on) \w+"
    r"|c est (?:quoi|combien) \w+|quelqu un (?:sait|saurait) (?:si|comment|quand|ou|combien|pourquoi|quel\w*|ce qu\w*)"
    r"|alguien (?:sabe|sabria) (?:si|como|cuando|cuant[oa]s?|donde|cual|por que|quien|que (?:hacer|hago|pasa))"
    r"|(?:como|donde|cuando|cuanto|cuanta|cuantos|cual|quien|por que) (?:puedo|puede|es|son|esta|estan|hay|hago|se|"
    r"tarda|cuesta|debo|tengo)"
    r"|(?:puedo|se puede|es posible) \w+"
    r"|(?:come|dove|quando|(?:che )?cosa) (?:posso|possiamo|si puo|si fa|funziona|faccio|fare|devo|dobbiamo|"
    r"trovo|ricevo|ricevero|scade|succede|serve|arriv(?:a|era|ano|eranno)(?: (?:il|lo|la|l|i|gli|le|un|uno|una)\b|$))"
    rf"|(?:dove|quando|(?:che )?cosa|come(?! \w+ {_GLAD_IT}\b)) (?:e|sono)"
    r"|quant[oaie] (?:costa|costano|tempo|tempi|dura|durano|ci (?:vuole|mette|mettono)|devo|giorni|pago|spende)"
    r"|(?:qual|quali) (?:e|sono|\w+ (?:posso|devo|e|sono|accettate))"
    r"|(?:posso|possiamo|si puo|e possibile|potete|avete (?:un|una|il|la|dei|delle|ancora)|qualcuno sa(?! di\b)|"
    r"spedite|accettate) \w+"
    r"|(?:como|onde|quando|o que|por que|porque) (?:posso|podemos|faco|fazer|funciona|devo|preciso|e que|fica|"
    r"encontro|chega|recebo|vou receber|acontece|se (?:pode|faz))"
    r"|quanto (?:custa|custam|demora|demoram|pago)|quant[oa]s (?:dias|horas|semanas|vezes)|quais sao"
    r"|onde (?:esta|estao)|qual o (?:prazo|preco|valor|custo)"
    r"|(?:e possivel|posso|podem|(?:voces|voce) (?:tem|aceitam?|entregam?|enviam?|fazem)|"
    r"alguem sabe(?! d[oae]s? (?!meus?|minhas?|nossos?|nossas?|pedido|encomenda))) \w+"
    r"|hoe (?:lang|veel|vaak|snel|laat|duur|kan|kun|kunnen|moet|moeten|werkt|doe|krijg|gaat|zit|retourneer|betaal)"
    r"|(?:waar|wanneer|waarom|wat|wie) (?:is|zijn|kan|kun|kunnen|mag|moet|vind|staat|blijft|komt|krijg|wordt|kost|"
    r"kosten|gebeurt|heb|hebben|doe|betaal)"
    r"|(?:hoeveel|welke) \w+ (?:is|zijn|kan|kun|kunnen|mag|moet|heb|hebben|kost|kosten|duurt|krijg)|hoeveel (?:kost|is)"
    rf"|(?:kan|mag|moet|kunnen|mogen|moeten) {_WHOM_NL} (?!mee\b)(?=.*\b{_TO_DO_NL}\b)"
    rf"|(?:krijg|heb) {_WHOM_NL}(?! {_DONE_NL}$)"
    r"|(?:hebben|leveren|verzenden|accepteren|bezorgen) jullie|weet iemand|is het mogelijk|is er een"
    r"|(?:(?:i|we) )?(?:(?:really|just|also) )?(?:need|could use|require) (?:(?:some|a bit of|a little) )?"
    r"(?:help|assistance|advice) "
    r"(?:with|on|about|regarding|(?!(?:some|any|every|no)?thing|morning|evening)\w{2,}ing \w+)"
    rf"(?!{_IN_JEST})"
    r"|(?:i|we) (?:have|ve|got|ve got) (?:(?:a|another|one|some|quick) )*questions? (?:about|on|regarding|concerning)"
    r"|(?:(?:a|another|one|quick) )*question (?:about|on|regarding|concerning)"
    r"(?!.* (?:is|was|has been|got) (?:answered|closed|settled|resolved)\b)"
    r"|(?:(?:some|quick) )*questions (?:about|on|regarding|concerning)"
    rf"(?: {_ASKED_OF}|(?!.* {_TOLD_OF_QUESTIONS}\b))"
    rf"|(?:(?:\w+ )+?(?:but|so|aber) |(?:(?!{_TELLS_OF_IT}\b)\w+ )+?(?!(?:{_TELLS_OF_IT}|{_JOINS})\b)\w+ )"
    r"(?:(?:what|how|where|when|who) (?:do|can|could|should|shall|must) (?:i|we)\b(?! (?:say|tell)\b)"
    r"|(?:was|wie|wo|wann) (?:soll|sollen|kann|konnen|muss|mussen|darf|durfen) (?:ich|man|wir))"
    r")\b.*"
)
_HELP = re.compile(r"(?:(?:please|pls|plz) )?help(?: (?:me|us|out|please|pls|plz|asap|needed))*")
_TROUBLE = re.compile(
    r"\b(?:can t|cannot|won t|doesn t|didn t|isn t|hasn t|haven t|not|never|no longer|stopp(?:s|ed)|"
    r"br(?:eaks|oke|oken)|leak(?:s|ed|ing)?|lost|stuck|errors?|fail(?:s|ed)?|late|missing|wrong|damaged|cracked|"
    r"forg[eo]t|locked|charged)\b"
)
"""What somebody who calls for help tells of."""


def asks(text: str) -> bool:
    """Whether a message that is for nobody in particular asks something: "how long do refunds take", "…, or not?".

    Code, quotes and addresses do not count, nor do a word alone ("Really?") and small talk.
    """
    own = as_read(own_words(text)[:MAX_CHARS])
    said = _NOT_SAID.sub(lambda found: " code " if found[0][0] == "`" else " ", own)
    words = plain(said)
    if len(words) < 5 or (words.isascii() and len(words.split()) < 3):  # some languages write no blanks
        return False
    if read(said).intent is not Intent.QUESTION:
        return False
    sentences = _sentences(said)
    in_trouble = any(_TROUBLE.search(one) and not re.match(_IN_JEST, one) for one in sentences)
    if in_trouble and any(map(_HELP.fullmatch, sentences)):
        return True
    return bool(_MARK.search(said)) or any(map(_ASKS.fullmatch, sentences))


def _sentences(text: str) -> list[str]:
    return [plain(one) for one in re.split(r"[.!?,;:\n()]+|\s[-–—]+\s", text)]


# Kinds of questions -----------------------------------------------------------------------------------------------


class QuestionKind(StrEnum):
    """What sort of answer a question calls for."""

    FACT = "fact"
    PROCEDURE = "procedure"
    COMPARISON = "comparison"


_COMPARISON = re.compile(
    r"\b(?:compare|compared|comparison|differences?|differ|versus|vs|better than|cheaper than|longer than|"
    r"shorter than|faster than|unterschied|unterschiede|difference entre|diferencia|differenza|verschil|"
    r"(?:which|what) (?:one )?is (?:better|cheaper|faster|longer|best|cheapest|fastest))\b"
)
_PROCEDURE = re.compile(
    r"\b(?:how (?:do|can|should|would|could|to|does one)"
    r"|what (?:do|should|must) (?:i|we) (?:(?:need|have|got) to )?do|what (?:must|should|has to|needs to) be done"
    r"|steps|step by step|instructions|procedure|process for|walk me through"
    r"|wie (?:kann|mache|muss|soll)|comment (?:faire|puis)|"
    r"como (?:puedo|hago|posso)|come (?:posso|faccio)|hoe (?:kan|moet))\b(?! (?:i )?(?:much|many|long|often|far|late))"
)


_IN_GENERAL = re.compile(
    r"\b(?:information|info|guidance|advice|needs? (?:some |a little |a bit of )?(?:help|assistance)"
    r"|(?:you|someone|anyone|somebody) (?:please |kindly )?(?:help|assist|guide|explain|clarify)"
    r"|help (?:me )?(?:out|with)|understand(?:ing)?|tell me (?:more )?about|interested in|looking for"
    r"|(?:know|learn|find out|hear|ask)(?:ing)? (?:more |a (?:bit|little)(?: more)? |something |everything )?"
    r"(?:about|on|regarding)|questions? (?:about|on|regarding|concerning))\b"
)


def kind_of(text: str) -> QuestionKind:
    """Return what sort of answer a question calls for; a fact where nothing tells."""
    words = plain(text[:MAX_CHARS])
    if _COMPARISON.search(words):
        return QuestionKind.COMPARISON
    return QuestionKind.PROCEDURE if _PROCEDURE.search(words) else QuestionKind.FACT


def asks_in_general(text: str) -> bool:
    """Whether a question is about a subject rather than one thing about it: "I need some information on refunds"."""
    return bool(_IN_GENERAL.search(plain(text[:MAX_CHARS])))
