"""Wishes for a person instead of the bot, in seven languages: who wants one is handed over to people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

_FROM = (
    r"(?: (?:from|in|at|on) (?:(?:(?:your|the) )?(?:(?:customer|client|technical) )?"
    r"(?:support|service|billing|sales|accounts)(?: (?:team|department|desk))?|"
    r"the team|your (?:\w+ )?(?:team|department|staff)))?"
)
_HUMAN = (
    r"(?:(?:(?:a|an|the|some|your|one of your) )?"
    r"(?:(?:real|actual|live|living|human|proper|support|service|customer) )*"
    r"(?:human|humans|human being|humna|huamn|humen|hooman|person|peron|perosn|agents?|agnt|representatives?|"
    r"represent[ai]tives?|representive|reps?|operators?|oprator|employee|advisor|"
    r"someone|somebody|someone real|real one|member of staff|staff member|supervisor|manager|member of the team)"
    rf"|(?:(?:real|actual|live|living|human|your|support|service) )+people"
    r"|(?:one of )?your colleagues?|a colleague of yours|one of your (?:staff|team|people|guys|employees)"
    rf"|(?:a member|someone|somebody) (?:of|on|from) your (?:staff|team)){_FROM}"
)
_STAFF = (
    r"(?:(?:an?|the|your) )?(?:(?:real|actual|live|living|human|support|service) )*"
    rf"(?:humans?|human being|agent|representative|rep|operator|supervisor|manager|(?:real|actual|live) person){_FROM}"
)
"""Whom nobody names who wants anybody else: "someone" and "a person" may be a friend."""
_ANYONE = rf"(?:someone|somebody){_FROM}"
_SOMEONE_ELSE = (
    r"(?:(?:someone|somebody|anyone|anybody) else|(?:another|a different|some other) (?:agent|person|human|"
    r"representative|rep|operator|advisor|colleague))"
)
_HUMAN_HELP = r"(?:some )?(?:(?:real|actual|live) )?human (?:help|support|assistance|service|contact|intervention)"
_TEAM = r"(?:(?:your|the) )?(?:customer |client )?(?:service|support|care|support team|team|staff)"
_NOW = (
    r"(?: (?:please|pl[sz]|now|instead|right now|today|immediately|directly|rather|thanks|thank you|here|asap|"
    r"urgently|as soon as possible|quickly|again|for help|for this|"
    r"(?:and |but )?(?:not|rather than|instead of) (?:to |with )?(?:(?:an?|the|this|your|some|another) )?"
    r"(?:stupid )?(?:bots?|robots?|machines?|chatbots?|computers?|ai)))*"
)
_AFTER = rf"{_NOW}(?: (?:about|regarding|concerning|who can help|who knows)\b.*)?"
_WISH = (
    r"(?:(?:please|pl[sz]|ok|no|hi|hello|hey|sorry|just|but|and|so|then|yes|well|now|or) )*"
    r"(?:(?:can|could|may|might) (?:i|we)|(?:i )?(?:just |really |only |still |now )?(?:want|need|would like)(?: to)?|"
    r"i (?:just |really |only |still |now )?(?:d like|wish|"
    r"would prefer|d prefer|d rather|would rather|demand|have|ve got)(?: to)?|id like to|(?:i )?wann?a|i gotta|i must|"
    r"let me|(?:can|could|would|will) you(?: please)?(?: let me)?|is it possible to|is there a way to)"
    r"(?: (?:please|just))?"
)
_TALK = (
    r"(?:talk|speak|chat|be (?:connected|transferred|forwarded|redirected|put through|passed on|handed over)|get|"
    r"get in touch|escalate this|complain)"
)
_FROM_DE = (
    r"(?: (?:vom|von|aus|im|in|beim) (?:(?:dem|der|ihrem|ihrer|eurem|eurer) )?"
    r"(?:support|service|kundenservice|kundendienst|kundensupport|team|vertrieb|buchhaltung))?"
)
_WHEN_DE = (
    r"(?:bitte|danke|heute|morgen|ubermorgen|jetzt|gerne?|gleich|bald|dringend|schnellstmoglich|umgehend|fruh|"
    r"vormittag|nachmittag|mittag|abend|(?:um|ab|nach|vor) \d{1,2}(?: \d\d)?(?: uhr)?)"
)
_AFTER_DE = rf"(?: (?:unter|auf) [\d ]+)?(?: {_WHEN_DE})*"
_OVER_DE = (
    r"(?: (?:wegen|bezuglich|betreffend|betreffs|zu|in sachen) (?:mein|dein|ihr|d|unser|ein)(?:e|er|em|en|es|as)?\b.*)?"
)
"""What a call is wished for."""
_WHEN_FR = (
    r"(?:demain|aujourd hui|maintenant|rapidement|au plus vite|des que possible|ce (?:matin|soir)|cet apres midi|"
    r"demain (?:matin|soir|apres midi)|(?:vers|a|apres) \d{1,2} ?h(?: ?\d\d)?)"
)
_AFTER_FR = r"(?: (?:reel|reelle|humain|humaine|physique|s il vous plait|s il te plait|svp|stp))*"
_AFTER_ES = r"(?: (?:real|humana|humano|por favor|de verdad))*"
_CONTACT = (
    r"(?:(?:call|phone|ring|contact|email|e mail|text|message|write to|get back to|get in touch with|reach out to) me)"
)

_PATTERNS = {
    "en": (
        rf"{_WISH} {_TALK} (?:to|with|2) (?:{_HUMAN}|{_TEAM}|{_SOMEONE_ELSE}){_AFTER}",
        rf"{_WISH} (?:deal|communicate|interact) with {_STAFF}{_AFTER}",
        rf"(?:(?:please|ok|no|just) )*(?:talk|speak|chat) (?:to|with|2) (?:{_HUMAN}{_AFTER}|{_TEAM}{_NOW})",
        rf"(?:(?:please|ok|just|(?:can|could|would) "
        rf"(?:you|someone|somebody|{_HUMAN})|i (?:want|need|would like|d like) (?:you|someone|somebody|{_HUMAN}) to) )*"
        rf"(?:call|phone|ring) me(?: back)?(?: (?:on|at) [\d ]+)?{_AFTER}",
        r"i (?:want|need|would like|d like) (?:to be (?:called|phoned|rung)(?: back)?|a call ?back)"
        r"(?: please| now| today)*",
        rf"(?:(?:please|ok|just|hi|hello) )*(?:(?:can|could|would) (?:{_ANYONE}|{_STAFF})(?: please)?|"
        rf"(?:please )?(?:have|get|let) (?:{_ANYONE}|{_STAFF})(?: to)?) {_CONTACT}{_AFTER}",
        # "How can I talk to someone about a bulk order?" is told by a page, or by whom the refusal names.
        rf"how (?:can|do|could|would) i (?:{_TALK}|reach) (?:(?:to|with) )?(?:{_STAFF}{_AFTER}|{_HUMAN}{_NOW})",
        rf"(?:{_WISH} )?(?:please )?(?:connect|transfer|put|pass|hand|forward|redirect|switch|escalate)"
        rf"(?: (?:me|us|this|this chat|this conversation|my case))(?: (?:over|through))? (?:to|with) "
        rf"(?:{_HUMAN}|{_TEAM}){_AFTER}",
        rf"(?:{_WISH} )?(?:please )?(?:connect|transfer|switch|escalate|redirect|hand over|forward) to "
        rf"{_STAFF}{_AFTER}",
        rf"(?:(?:please|i (?:just |really |urgently )?(?:want|need|d like|would like|prefer|demand)|"
        rf"(?:can|could) (?:i|we) (?:have|get)|give me|get me) )+{_HUMAN_HELP}{_AFTER}",
        rf"{_HUMAN_HELP}(?: (?:please|pl[sz]|now))+",
        rf"(?:(?:please|i (?:just |really )?(?:want|need|d like|would like|prefer|demand)|(?:can|could) (?:i|we) "
        rf"(?:have|get|see)|give me|get me|(?:can|could) you get me|let me have) )+{_HUMAN}{_AFTER}",
        rf"(?:(?:please|just|really) )*(?:want|need) {_STAFF}{_NOW}",
        rf"(?:(?:is|are) (?:there )?)?any ?(?:body|one) (?:human|"
        rf"(?:human|real)(?: (?:there|here|around|in here))+){_NOW}",
        rf"where is (?:an?|the) (?:(?:real|actual|live) )*(?:human|human being|real person|live agent){_AFTER}",
        r"(?:(?:a|an) )?(?:real |actual |live )*(?:human|human being|agent|operator|representative|real person|"
        r"actual person|live person|supervisor|manager)(?: (?:please|pl[sz]|now|instead|here))+",
        r"(?:a )?person (?:please|pl[sz]|now)",
        r"i (?:just |really )?(?:want|need|would like|d like) (?:a |the )?(?:live chat|customer (?:service|support))"
        r"(?: (?:please|pl[sz]|now|instead))*",
        r"(?:(?:a|the) )?(?:live chat|(?:customer )?(?:service|support)(?: (?:agent|representative|rep|person))?)"
        r"(?: (?:please|pl[sz]))+",
        rf"(?:can|could|would|will) (?:a|an|some) (?:(?:real|actual|live|support) )*(?:human|human being|person|agent|"
        rf"representative|operator|supervisor|manager) (?:please )?(?:help|assist) me"
        rf"(?: out| with (?:this|that|it|my .*))?{_AFTER}",
        rf"(?:is|are) there (?:(?:a|an|any) )?{_HUMAN}(?: (?:here|there|available|around|(?:that |who )?i can "
        rf"(?:talk|speak) (?:to|with)|to (?:talk|speak) (?:to|with)|in here))+{_AFTER}",
        rf"(?:is|are) there (?:(?:an?|any|no) )?(?:(?:real|actual|live) )*(?:humans?|human beings?|real person|"
        rf"live (?:agent|person)){_NOW}",
        rf"(?:{_WISH} )?(?:please )?escalate(?: (?:this|it|(?:this|my) (?:case|issue|ticket|problem)))?{_AFTER}",
        rf"i (?:do not|don t|dont) (?:want|like|wish) to (?:talk|speak|chat) (?:to|with) (?:a|the|this|some) "
        rf"(?:bot|robot|machine|chatbot|computer|ai){_AFTER}",
        r"no (?:more )?(?:bots?|robots?)(?: please)?",
    ),
    "de": (
        r"(?:(?:bitte|nein|ok|ich (?:mochte|will|wurde)(?: gerne?)?|kann ich|konnte ich|lass mich|lassen sie mich|"
        r"gerne?|lieber|jetzt) )*(?:mit )(?:(?:einem|einer|nem|irgend) )?(?:(?:echten|richtigen|echter) )?"
        r"(?:menschen|mensch|mitarbeiter|mitarbeiterin|person|jemand|jemandem|jemanden|kollegen|berater)"
        rf"{_FROM_DE}(?: (?:bitte|lieber))*(?: uber .*)? "
        r"(?:sprechen|reden|chatten|verbunden werden|verbinden)(?: bitte)?",
        r"(?:bitte )?(?:verbinden sie|verbinde|verbind) mich (?:bitte )?mit (?:(?:einem|einer|dem|der) )?(?:echten )?"
        r"(?:menschen|mitarbeiter|mitarbeiterin|person|jemandem|kundenservice|kundendienst|kundensupport|support|service)"
        rf"{_FROM_DE}(?: bitte)?",
        rf"(?:(?:ich )?bitte um |(?:(?:ich (?:mochte|will|brauche|hatte gerne?|wunsche)|bitte) )+(?:einen )?)"
        rf"ruckruf{_AFTER_DE}{_OVER_DE}",
        rf"ruckruf(?: (?:bitte|gewunscht|erwunscht|erbeten))+{_AFTER_DE}",
        rf"(?:bitte )?(?:rufen sie|ruft|ruf) mich(?: {_WHEN_DE})* (?:an|zuruck){_AFTER_DE}",
        rf"(?:konnen|konnten|wurden) sie mich (?:bitte )?(?:anrufen|zuruckrufen){_AFTER_DE}",
        r"ich (?:will|mochte|mag) (?:(?:jetzt|aber|wirklich|bitte) )*"
        r"(?:nicht mit (?:einem|einer|dem|der|diesem|dieser|nem|ner)|mit keine[mr]) "
        r"(?:bot|chatbot|roboter|computer|automaten|maschine|ki) (?:reden|sprechen|schreiben|chatten)",
        r"(?:bitte )?(?:kann|konnte) mich (?:bitte )?jemand (?:bitte )?(?:anrufen|zuruckrufen|kontaktieren)",
        r"(?:(?:bitte|ich (?:mochte|will|brauche)) )+(?:einen |ein |einem )?(?:echten |echter )?"
        r"(?:mensch|menschen|mitarbeiter)(?: bitte| sprechen)*",
        r"(?:einen |ein |einem )?(?:echten |echter )?(?:mensch|menschen|mitarbeiter)(?: bitte| sprechen)+",
    ),
    "fr": (
        r"(?:(?:je (?:veux|voudrais|souhaite|souhaiterais|prefere|peux)|puis je|pourrais je|est ce que je peux|"
        r"peut on|merci de me laisser|non|bonjour) )*parler (?:a|avec) (?:un |une )?(?:vrai |vraie |etre )?"
        r"(?:humain|humaine|personne|agent|conseiller|conseillere|quelqu un|responsable|operateur)"
        rf"{_AFTER_FR}",
        r"(?:bonjour )?(?:(?:pouvez|pourriez|pourrez) vous|"
        r"(?:est ce (?:que|qu) )?(?:on|quelqu un) (?:peut|pourrait)(?: il)?|"
        r"merci de|peut on|peux tu) "
        rf"(?:m appeler|me rappeler|me telephoner){_AFTER_FR}",
        rf"(?:merci )?(?:rappelez|appelez|telephonez) moi{_AFTER_FR}",
        rf"je (?:voudrais|souhaite|souhaiterais|veux|veux bien) etre "
        rf"(?:r?appelee?|contactee? par telephone)(?: {_WHEN_FR})*{_AFTER_FR}",
        r"(?:je )?ne veux pas parler (?:a|avec) (?:une? |cette? )?(?:robot|bot|chatbot|machine|ia|ordinateur)",
        r"(?:un )?(?:humain|vrai humain|conseiller)(?: (?:s il vous plait|s il te plait|svp|stp))+",
        r"(?:non |bonjour )?(?:je (?:veux|voudrais|souhaite|souhaiterais|prefere)|j ai besoin d|il me faut|donnez moi|"
        r"passez moi|(?:mettez moi en (?:relation|contact)|connectez moi|transferez moi) (?:avec|a)) (?:une? )?"
        rf"(?:vrai )?(?:humain|etre humain|vraie personne|personne (?:reelle|humaine)|agent|conseiller|conseillere|"
        rf"operateur|responsable){_AFTER_FR}",
    ),
    "es": (
        r"(?:(?:quiero|quisiera|puedo|podria|necesito|me gustaria|prefiero|deseo|por favor) )*hablar con "
        r"(?:un |una )?(?:humano|humana|persona|agente|operador|operadora|alguien|representante|asesor|ser humano)"
        rf"{_AFTER_ES}",
        rf"(?:(?:me )?(?:puede|puedes|pueden|podria|podrian) (?:llamarme|llamar)(?: alguien)?|(?:alguien )?me "
        rf"(?:puede|pueden) llamar|(?:llamenme|llameme|llamame)){_AFTER_ES}",
        r"(?:por favor )?(?:quiero|quisiera|necesito|prefiero) una persona(?: por favor)*",
        r"no quiero hablar con (?:una? |este |esta )?(?:robot|bot|chatbot|maquina)",
        r"(?:un |una )?(?:humano|persona real|agente)(?: por favor)+",
        r"(?:por favor )?(?:quiero|quisiera|necesito|prefiero|(?:pasame|paseme|me pasas|comunicame|comuniqueme|"
        r"conectame|conecteme|transfiereme|transfierame|ponme|pongame) (?:con|a)) (?:una? )?"
        rf"(?:humano|ser humano|persona (?:real|humana)|agente|operador|operadora|asesor|representante){_AFTER_ES}",
    ),
    "it": (
        r"(?:(?:vorrei|voglio|posso|potrei|preferisco|per favore|no) )*parl(?:are|a) con (?:un |una )?(?:umano|umana|"
        r"persona|operatore|operatrice|qualcuno|essere umano|responsabile)(?: (?:reale|vera|vero|umano|per favore))*",
        r"(?:(?:potete|potreste|puo|puoi|potrebbe) (?:ri)?chiamarmi(?: qualcuno)?|"
        r"mi (?:potete|puo|puoi) (?:ri)?chiamare|"
        r"(?:ri)?chiamatemi|(?:qualcuno )?puo (?:ri)?chiamarmi)(?: per favore)*",
        r"non voglio parlare con (?:una? |questo )?(?:robot|bot|chatbot|macchina)",
        r"(?:un )?(?:umano|operatore)(?: per favore)+",
        r"(?:per favore )?(?:voglio|vorrei|preferisco|mi serve|ho bisogno di|mi passi|passami|mi passa|"
        r"(?:mi metta|mettimi) in contatto con) (?:un |una )?(?:umano|essere umano|operatore|operatrice|"
        r"persona (?:reale|vera)|vera persona)(?: (?:reale|vero|umano|per favore))*",
    ),
    "pt": (
        r"(?:(?:quero|queria|posso|gostaria de|preciso|prefiro|por favor) )*falar com (?:um |uma )?(?:humano|"
        r"humana|pessoa|atendente|agente|alguem|representante|ser humano)(?: (?:real|humano|de verdade|por favor))*",
        r"(?:(?:voces |voce |alguem )?(?:podem|pode|poderia|poderiam) (?:me (?:ligar|telefonar)|"
        r"(?:ligar|telefonar) me)|"
        r"(?:liguem|ligue) me|me (?:liguem|ligue))(?: (?:de volta|por favor))*",
        r"nao quero falar com (?:uma? |este |esse )?(?:robo|bot|chatbot|maquina)",
        r"(?:um |uma )?(?:humano|atendente|pessoa real)(?: por favor)+",
        r"(?:por favor )?(?:(?:eu )?(?:quero|queria|preciso de|prefiro)|(?:passe me|me passe?|me passa|transfira me|"
        r"me transfira|me transfere|me conecte?|me conecta) (?:para|a|com)) (?:uma? )?(?:humano|ser humano|atendente|"
        r"pessoa (?:real|de verdade))(?: (?:real|humano|de verdade|por favor))*",
    ),
    "nl": (
        r"(?:(?:ik wil|ik wil graag|kan ik|kan ik ook|mag ik|graag|liever|alstublieft|"
        r"nee) )*(?:met )?(?:een )?(?:echte? |"
        r"echt )?(?:mens|medewerker|persoon|iemand)(?: van (?:de )?(?:klantenservice|support|helpdesk))?"
        r"(?: (?:graag|alstublieft))? (?:spreken|praten|chatten)(?: (?:alstublieft|aub|graag))*",
        r"(?:(?:kunt u|kunnen jullie|kun je|kan iemand|kan er iemand) (?:mij|me)"
        r"(?: (?:alstublieft|aub))? (?:terug)?bellen|"
        r"bel (?:mij|me)(?: terug)?)(?: (?:alstublieft|aub|graag))*",
        r"ik wil niet met (?:een |deze )?(?:robot|bot|chatbot|machine|computer) (?:praten|spreken|chatten)",
        r"(?:ik wil(?: graag)?|ik heb liever|geef (?:me|mij)) een (?:echt )?mens(?: (?:alstublieft|aub|graag))*",
        r"(?:een )?(?:echt )?mens(?: (?:alstublieft|aub|graag))+",
        r"(?:(?:ik wil|kunt u mij|kun je me|verbind (?:mij|me)|graag) )*(?:doorverbinden|doorverbonden worden|door) "
        r"met (?:een )?(?:echte? )?(?:mens|medewerker|persoon|iemand)(?: (?:alstublieft|aub|graag))*",
    ),
}
_NAMED = {
    "en": r"(?:an? )?(?:(?:real|actual|live) )*(?:human|human being|agent|operator|representative|real person|"
    r"actual person|live person|supervisor|manager)",
    "de": r"(?:einen |ein |einem )?(?:echten |echter )?(?:mensch|menschen|mitarbeiter)",
    "fr": r"(?:un )?(?:humain|etre humain|conseiller)",
    "es": r"(?:un )?(?:humano|ser humano|agente)",
    "it": r"(?:un )?(?:umano|essere umano|operatore)",
    "pt": r"(?:um )?(?:humano|ser humano|atendente)",
    "nl": r"(?:een )?(?:mens|medewerker)",
}
"""How a person is named; a wish for one where nothing else is said."""


_IN_FULL = {"gimme": "give me", "lemme": "let me", "u": "you", "w": "with"}
"""What is written short in chats."""


def person_wished(clauses: Sequence[str]) -> str:
    """Return the language in which one of a message's plain clauses wishes for a person, empty where none does."""
    said = [" ".join(_IN_FULL.get(word, word) for word in clause.split()) for clause in clauses]
    return next(
        (
            language
            for language, pattern in _wishes().items()
            if any(map(pattern.fullmatch, said)) or any(map(pattern.fullmatch, clauses))
        ),
        "",
    )


def person_named(clauses: Sequence[str]) -> str:
    """Return the language in which one of a message's plain clauses names a person and nothing else, else empty."""
    return next((language for language, pattern in _names().items() if any(map(pattern.fullmatch, clauses))), "")


@cache
def _wishes() -> dict[str, re.Pattern[str]]:
    return {language: re.compile("|".join(patterns)) for language, patterns in _PATTERNS.items()}


@cache
def _names() -> dict[str, re.Pattern[str]]:
    return {language: re.compile(pattern) for language, pattern in _NAMED.items()}
