"""Anger at us in what somebody writes, in seven languages: whoever is angry is handed over to people."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

# Support staff ask about angry customers; they are not angry themselves.
_REPORTED = re.compile(
    r"\b(customers?|clients?|guests?|buyers?|users?|callers?|someone|somebody|people|they|he|she|if|when|says?|said|"
    r"saying|called|phrase|word|quoted|kunde|kundin|kunden|client|clients|cliente|clientes|klant|klanten)\b"
)
_VERY = (
    r"(?:(?:so|just|really|absolutely|completely|totally|utterly|simply|beyond|such|fucking|freaking|bloody|damn|"
    r"a|an|all|pretty|very|extremely|getting|becoming|quite|frankly|honestly|complete|total|utter|actually|truly) )*"
)
_BAD = (
    r"(?:ridiculous|unacceptable|outrageous|pathetic|useless|disgusting|bullshit|bs|crap|garbage|rubbish|shit|joke|"
    r"scam|insult|insulting|terrible|horrible|awful|worthless|stupid|idiotic|disgrace|disgraceful|infuriating|"
    r"incompetent|idiots?|liars?|thieves|thief|crooks?|scammers?|morons?|nightmare|dumb|absurd|appalling)"
)
_PATTERNS = {
    "en": (
        # Who takes a message or a call for a scam wants advice.
        r"^(?!.*\b(?:think|thought|know|believe|suspect|wonder|wondering|sure|tell|recogni[sz]e|whether|afraid|"
        r"worried)\b"
        r".*\bscam$).*"
        rf"\b(?:this|that|you|you guys|your (?:bot|service|support|customer service|answers?|company|shop|store)|"
        rf"the (?:service|support|customer service)|frontdesk) (?:is|are|s|re|was|were) {_VERY}{_BAD}$",
        r"^(?:wow |well )?(?:you|this|it|this bot|this company|your (?:bot|service|"
        r"support)) (?:all )?(?:really |totally )?"
        r"sucks?$",
        # "A stupid robot" may be what the question is about.
        r"(?:(?<!\ba )(?<!\ban )(?<!\bmy )(?<!\bany )|"
        r"\b(?:what|such|(?:you|this|that|it|frontdesk) (?:are|re|is|s|was))(?: just)? an? )"
        r"(?:stupid|useless|dumb|fucking|idiotic|shitty|crappy|worthless|damn) (?:fucking )?"
        r"(?:(?:bot|chatbot|robot|ai|service|support|company|assistant)\b|machine$)",
        rf"\bi (?:am|m) {_VERY}(?:(?:angry|furious|livid|pissed|pissed off)(?! (?:at|with) (?:myself|(?:my|our) "
        rf"(?:neighbou?rs?|husband|wife|partner|boyfriend|girlfriend|ex|son|daughter|kids?|children|brother|sister|"
        rf"mother|father|mum|mom|dad|boss|dog|cat|roommate|flatmate|landlord)\b))|outraged|fed up|enraged|sick of|"
        rf"sick and tired|disgusted(?! (?:by|at|with) (?!(?:you|your|this|that|how|the (?:service|support|way|company|"
        rf"bot|answers?|treatment|lack))\b)))\b",
        r"\b(?:fuck|screw) (?:you|off|this|that|u)\b|\bfor fuck s sake\b|^ffs$|\bgo to hell\b|\bpiss off\b|"
        r"^(?:this is |that is |that s |what )?(?:total |complete )?bullshit$|^shut up$|\bmy fucking \w+",
        r"^(?:what the (?:fuck|hell)|wtf)(?: is (?:this|wrong with you.*))?$",
        r"^(?:(?:what|this|that|is|s|you|have|got|it|the|such|a|an|just|really|absolutely|simply) )*"
        r"(?:worst|terrible|horrible|appalling|pathetic) "
        r"(?:customer )?(?:service|support|company|bot|experience)(?: (?:ever|i|i ve|in my|of all).*)?$",
        r"\bi (?:will|ll|m going to|am going to|m gonna) (?:sue|report you|take (?:you|this) to court|"
        r"(?:call|contact) (?:my|a) lawyer|get (?:my|a) lawyer)\b|\bmy lawyer will\b|\bhear from my lawyer\b",
    ),
    "de": (
        r"\b(?:das|dies|sie|ihr|du|euer service|ihr service) (?:ist|sind|seid|bist) (?:(?:ja|doch|echt|wirklich|so|"
        r"absolut|einfach|alle|total|vollig|eine|ein|reine) )*(?:lacherlich|unverschamt|frechheit|unverschamtheit|"
        r"inakzeptabel|nutzlos|scheisse|katastrophe|betrug|betruger|dumm|zum kotzen|unfassbar|das letzte|unmoglich)$",
        r"\b(?:blod|dumm|nutzlos|scheiss|bescheuert|verdammt)(?:er|e|es)? ?(?:bot|chatbot|"
        r"maschine|service|laden|verein)\b",
        r"\bich bin (?:(?:so|echt|sehr|wirklich|richtig|total|langsam) )*(?:sauer|wutend|stinksauer|verargert)\b",
        r"\b(?:fick dich|verpiss dich|leck mich|halt die klappe|halt s maul|mir reicht es|mir reicht s|es reicht)\b",
    ),
    "fr": (
        r"\b(?:c est|vous etes|tu es) (?:(?:vraiment|absolument|completement|totalement|juste|"
        r"tout simplement|tellement|"
        r"une|un|tous|des) )*(?:ridicule|inacceptable|scandaleux|honteux|nul|nuls|honte|arnaque|arnaqueurs|voleurs|"
        r"n importe quoi|inadmissible|lamentable|incompetents?)$",
        r"\bje suis (?:(?:tres|vraiment|tellement|extremement) )*(?:en colere|furieux|furieuse|degoutee?|enervee?)\b",
        r"\bbot (?:stupide|inutile|de merde|debile)\b|\bva te faire\b|\bta gueule\b|\bj en ai (?:marre|ras le bol)\b",
    ),
    "es": (
        r"\b(?:esto|eso|ustedes|vosotros) (?:es|son|sois) (?:(?:realmente|totalmente|absolutamente|una?|unos|muy) )*"
        r"(?:ridiculo|inaceptable|verguenza|estafa|estafadores|ladrones|inutil|inutiles|mierda|indignante|vergonzoso)$",
        r"\bestoy (?:(?:muy|realmente|tan|super) )*(?:enojad[oa]|furios[oa]|enfadad[oa]|hart[oa]|indignad[oa])\b",
        r"\bbot (?:estupido|inutil|de mierda)\b|\bvete a la mierda\b|\bcallate\b",
    ),
    "it": (
        r"\b(?:questo e|questa e|siete|sei) (?:(?:davvero|veramente|una?|dei|"
        r"assolutamente) )*(?:ridicolo|inaccettabile|"
        r"vergogna|truffa|truffatori|ladri|inutile|inutili|vergognoso)$",
        r"\bsono (?:(?:molto|davvero|veramente) )*(?:arrabbiat[oa]|furios[oa]|stuf[oa])\b|\bvaffanculo\b",
    ),
    "pt": (
        r"\b(?:isso|isto|voces) (?:e|sao) (?:(?:realmente|totalmente|absolutamente|uma?|um) )*(?:ridiculo|inaceitavel|"
        r"absurdo|vergonha|golpe|ladroes|inutil|inuteis|palhacada)$",
        r"\bestou (?:(?:muito|realmente|tao) )*(?:furios[oa]|irritad[oa]|com raiva|fart[oa])\b|\bvai se foder\b",
    ),
    "nl": (
        r"\b(?:dit|dat|jullie|je) (?:is|zijn|bent) (?:(?:echt|gewoon|totaal|volkomen|een|zo) )*(?:belachelijk|"
        r"onacceptabel|waardeloos|schande|oplichters|oplichting|nutteloos)$",
        r"\bik ben (?:(?:zo|heel|erg|echt|ontzettend) )*(?:boos|woedend|kwaad|pissig)\b|\bhou je bek\b",
    ),
}


def anger_in(clauses: Iterable[str]) -> str:
    """Return the language of the anger that one of a message's plain clauses tells, empty where none does."""
    own = [clause for clause in clauses if not _REPORTED.search(clause)]
    return next((language for language, pattern in _anger().items() if any(map(pattern.search, own))), "")


@cache
def _anger() -> dict[str, re.Pattern[str]]:
    return {language: re.compile("|".join(patterns)) for language, patterns in _PATTERNS.items()}
