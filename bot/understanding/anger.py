"""Anger at us in what somebody writes, in seven languages: whoever is angry is handed over to people."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

# Support staff ask about angry customers; they are not angry themselves.
_REPORTED = re.compile(
    r"\b(?:(?:customers?|clients?)(?! (?:service|support|care|relations)\b)|guests?|buyers?|users?|callers?|someone|"
    r"somebody|(?<!\byou )(?<!\buseless )(?<!\bstupid )people|he|she|says?|said|saying|called|phrase|word|quoted|"
    r"kunde|kundin|kunden|clientes?|klant|klanten)\b"
)
_THE_HELL = r"the (?:fucking )?(?:fuck|hell)"
_SUPPOSED = re.compile(rf"\b(?:if|when(?! {_THE_HELL}\b)|they)\b")
"""What is not said of us where it stands before the angry word."""
_FEELS = re.compile(r"i (?:am|m) (?!(?:calling|contacting|getting|reporting|suing)\b)")
_FELT_ONLY = re.compile(
    r"(?! (?:at|with|about|by|over|of) ).*?(?<!\bthat )(?<!\bbecause )\b(?:if|when) "
    r"(?!(?:i (?:\w+ ){0,2}(?:call|phone|ring|write|e ?mail|ask|contact|complain|chat|wait|think of you\w*)|"
    r"(?:you|u|no ?body|no one)|they (?:\w+ ){0,3}(?:answer|reply|respond|help|ignore))\b)"
)
"""When somebody is angry, unless it is at us: "when I call", "if nobody answers"."""
_VERY = (
    r"(?:(?:so|just|really|absolutely|completely|totally|utterly|simply|beyond|such|fucking|freaking|bloody|damn|"
    r"a|an|all|pretty|very|extremely|getting|becoming|quite|frankly|honestly|complete|total|utter|actually|truly) )*"
)
_BAD = (
    r"(?:ridiculous|unacceptable|outrageous|pathetic|useless|disgusting|bullshit|bs|crap|garbage|rubbish|shit|joke|"
    r"scam|insult|insulting|terrible|horrible|awful|worthless|stupid|idiotic|disgrace|disgraceful|infuriating|"
    r"incompetent|idiots?|liars?|thieves|thief|crooks?|scammers?|morons?|nightmare|dumb|absurd|appalling)"
)
_OF_OURS = (
    r"(?:compan(?:y|ies)|shop|store|place|service|support|bots?|chatbots?|robots?|chat|conversation|team|staff|people|"
    r"answers?|treatment|situation|mess|runaround|delays?|wait|waiting|way|lack|lies|excuses|promises|nonsense|"
    r"shit|crap|bullshit|rubbish|game|attitude)"
)
_AT_US = (
    r"(?:you|u|your|how|everything|being|waiting|calling|chasing|emailing|writing|asking|hearing|repeating|"
    r"having to (?:wait|call|chase|write|e ?mail|ask|repeat)|"
    r"(?:talking|speaking|chatting|writing) (?:to|with) (?:an? |the )?(?:bots?|robots?|machines?|computers?|chatbots?)|"
    rf"dealing with (?:you|this|your)|(?:an? )?{_OF_OURS}|my (?:order|parcel|package|delivery|refund)|the whole thing|"
    r"(?:all )?(?:of )?(?:the|this|that|these|those|such) "
    rf"(?:(?:whole|same|constant|endless|stupid|useless|damn|fucking|customer|empty) )*{_OF_OURS}|"
    r"(?:getting|receiving|having|hearing) (?:no|nothing)|no ?(?:one|body)|no (?:answers?|reply|replies|response)|"
    r"(?:all )?(?:of )?(?:the |your |these )?(?:unanswered|ignored|broken promises|empty promises)|frontdesk|"
    r"(?:\w+ ){1,4}from you|"
    r"(?:all )?(?:of )?(?:it|this|that)(?= (?:all|now|already|and|so|i|where|when|why|how)\b|$))"
)
"""What of ours somebody is fed up with, whatever they ask beside that."""
_AROUND_US = (
    r"(?:neighbou?rs?|husband|wife|partner|boyfriend|girlfriend|ex|son|daughter|kids?|children|brother|sister|"
    r"mother|father|mum|mom|dad|boss|dog|cat|roommate|flatmate|landlord)"
)
_AROUND_US_DE = (
    r"(?:nachbar(?:n|in)?|mann|frau|freund(?:in)?|sohn|tochter|kind(?:er)?|bruder|schwester|mutter|vater|eltern|"
    r"chef(?:in)?|"
    r"hund|katze|partner(?:in)?|vermieter|mitbewohner(?:in)?|familie)"
)
_AROUND_US_FR = (
    r"(?:voisin\w*|mari|femme|copine?|fils|fille|enfants?|frere|soeur|mere|pere|parents|chef|patron|chien|chat|ex|"
    r"famille)"
)
_AROUND_US_ES = (
    r"(?:vecin[oa]s?|marido|mujer|espos[oa]|novi[oa]|hij[oa]s?|herman[oa]s?|madre|padre|jef[ea]|perr[oa]|gat[oa]|ex|"
    r"familia)"
)
_AROUND_US_IT = (
    r"(?:vicin[oaie]|marito|moglie|ragazz[oa]|figli[oa]?|fratello|sorella|madre|padre|capo|cane|gatt[oa]|ex|famiglia)"
)
_AROUND_US_PT = (
    r"(?:vizinh[oa]s?|marido|mulher|espos[oa]|namorad[oa]|filh[oa]s?|irma|irmao|mae|pai|chefe|cachorro|cao|gat[oa]|ex|"
    r"familia)"
)
_AROUND_US_NL = (
    r"(?:buur(?:man|vrouw)?|buren|man|vrouw|vriend(?:in)?|zoon|dochter|kind(?:eren)?|broer|zus|moeder|vader|baas|hond|"
    r"kat|ex)"
)
_COURIER = (
    r"(?:(?:den|dem|der|die|le|la|les|el|los|o|os|a|as|il|lo|i|de|das|l|het|the) )?(?:dhl|ups|fedex|dpd|gls|hermes|"
    r"postnl|colissimo|chronopost|correos|seur|correios|post|postal service|couriers?|postman|mailman|postboten?|"
    r"paketboten?|brieftrager|zusteller|paketzusteller|lieferdienst|paketdienst|kurierdienst|kurier|spedition|poste|"
    r"facteur|livreur|transporteur|coursier|cartero|repartidor|transportista|mensajero|mensajeria|postino|corriere|"
    r"spedizioniere|trasportatore|carteiro|transportadora|entregador|estafeta|postbode|bezorger|bezorgdienst|koerier|"
    r"pakketdienst|vervoerder)"
)
_ANGRY = r"(?:angry|furious|livid|pissed|pissed off|outraged|enraged)"
_FED_UP = {
    "en": rf"\bi (?:am|m) {_VERY}(?:fed up|sick and tired|sick(?= of\b)|disgusted|{_ANGRY}) "
    rf"(?:by|at|of|with|about|over) (?P<en>(?!(?:my|our) {_AROUND_US}\b|myself\b).+)",
    "de": r"\b(?:(?:es|mir|jetzt|nun|langsam) reicht|(?:mir|jetzt|nun|langsam) reichts)"
    r"(?: (?:es|s|mir|uns|jetzt|nun|aber|langsam|wirklich|endgultig|echt))* mit "
    r"(?P<de>(?:de[mr]|diese[mrn]|ihre[mrn]|eure[mrn]|de[mr] ganzen) \w+)$",
    "fr": r"\bj en ai (?:(?:vraiment|trop|tellement|plus que) )?(?:marre|ras le bol) (?:de|du|des|d) (?P<fr>.+)",
    "es": r"\bestoy (?:(?:muy|realmente|tan|super) )*hart[oa] (?:de|del) (?P<es>.+)",
    "it": r"\bsono (?:(?:molto|davvero|veramente) )*stuf[oa] (?:di|del|della|dei|delle|dell|degli) (?P<it>.+)",
    "pt": r"\bestou (?:(?:muito|realmente|tao) )*fart[oa] (?:de|do|da|dos|das) (?P<pt>.+)",
}
"""What somebody is fed up with; whoever asks about that, such as how to remove limescale, is answered."""
_ASKS_ABOUT_IT = re.compile(
    r"\b(?:how (?:do|can|to|often|should)|what (?:do|can|should|could|would) (?:i|we|you)|which (?:one|is|are|do)|"
    r"(?:can|could|should|may) (?:i|we|you)|is (?:there|that|this|it)|are (?:there|these|those)|do (?:i|you)|"
    r"does (?:it|this|that|the)|(?:want|need|looking for) (?:an?|another) (?:new|better|different|other|quiet\w*))\b|"
    r"^(?:(?:and|but|so|und|aber|et|mais|y|pero|e|ma|mas) )?"
    r"(?:what|how|can|wie|was|kann|konnen|gibt es|que|comment|puis je|peut on|y a t il|como|cada cuanto|puedo|hay|"
    r"ogni quanto|come|cosa|posso|c e|o que|ha) "
)
_ASKS = re.compile(
    r"^(?:(?:and|but|so) )?(?:where|when|why|who|wo|wann|warum|ou|quand|pourquoi|donde|cuando|dove|quando) "
)
_SOON = (
    r"(?: (?:right|straight|first thing|now|away|immediately|then|too|today|tonight|tomorrow|in the|on|this|next|"
    r"morning|afternoon|week|(?:mon|tues|wednes|thurs|fri)day))*"
)
_A_LAWYER = re.compile(r"i (?:am|m) (?:\w+ a|getting my) lawyer\b(?! (?:about|against|because|if|unless)\b)")
"""Who looks for one, and asks what else is to be done, may have other business with them."""
_LEAST_LETTERS = 4
_PATTERNS = {
    "en": (
        # Who takes a message or a call for a scam wants advice.
        r"^(?!.*\b(?:think|thought|know|believe|suspect|wonder|wondering|sure|tell|recogni[sz]e|whether|afraid|"
        r"worried|true that)\b"
        r".*\bscam$).*"
        rf"\b(?:this|that|you|you guys|your (?:bot|service|support|customer service|answers?|company|shop|store)|"
        rf"the (?:service|support|customer service)|you (?:people|lot|all)|frontdesk) (?:is|are|s|re|was|"
        rf"were) {_VERY}{_BAD}"
        r"(?: (?:people|lot|bunch|company|service|shop|store))?$",
        r"^(?:(?:so|just|absolutely|totally|completely|utterly|simply|how|truly|really|frankly|what|this|a) )*"
        r"(?:unacceptable|ridiculous|disgrace|disgraceful|outrageous|pathetic|appalling|infuriating|shameful)$",
        # "A man posing as you stole my card", "the neighbour I told you stole it" accuse others.
        r"^(?:(?:and|but|so|because|now|i can t believe|that) )*you (?:(?:guys|people|all|have|ve|just|basically) )*"
        r"(?:stole|robbed|scammed|cheated|lied to|ripped (?:me|us)) (?!(?:my|our) hearts?\b(?! and\b)|"
        r"(?:me|us) of (?:my |our |all )?(?:\w+ )?(?:sleep|nights?|breath|words)\b)(?:me|us|my|our|off|from)\b",
        rf"\b(?:where|when|who) {_THE_HELL} (?:is|are|s|did|does|has|have|will) (?:you(?: guys| people)?|"
        r"your (?:service|support|courier|driver|manager|boss)|"
        r"(?:my|our|the) (?:order|parcel|package|delivery|refund|money))"
        r"(?: (?:now|go|gone|been|come|coming|arrive))*$|"
        rf"\bwhat {_THE_HELL} are you (?:guys |people )?(?:doing|thinking)\b|"
        rf"\bwho {_THE_HELL} do you think you are\b|"
        rf"\bwhy {_THE_HELL} (?:is|are|has|have|did|does) (?:my|our) (?:order|parcel|package|delivery|refund|money)\b|"
        rf"\bwhy {_THE_HELL} (?:(?:is|do|does|did|has|can) (?:no ?body|no one)|(?:do|did|have|are|can) you (?:not|"
        r"never|always|keep)|(?:do|did|does|have|has|are|is|ca)n? t (?:you|any ?one|any ?body))\b",
        r"^(?:wow |well )?(?:you|this|it|this bot|this company|your (?:bot|service|"
        r"support)) (?:all )?(?:really |totally )?"
        r"sucks?$",
        # "A stupid robot" may be what the question is about.
        r"(?:(?<!\ba )(?<!\ban )(?<!\bmy )(?<!\bany )|"
        r"\b(?:what|such|(?:you|this|that|it|frontdesk) (?:are|re|is|s|was))(?: just)? an? )"
        r"(?:stupid|useless|dumb|fucking|idiotic|shitty|crappy|worthless|damn) (?:fucking )?"
        r"(?:(?:bot|chatbot|robot|ai|company|assistant)\b|machine\b|"
        r"(?:service|support)\b(?! (?:light|lamp|led|indicator|icon|button|panel|hatch|cover|door|interval|reminder|"
        r"message|mode|menu|foot|feet|leg|legs|stand|arm|ring)\b))",
        rf"\bi (?:am|m) {_VERY}(?:{_ANGRY}(?! (?:at|with|about|by|over) (?!{_AT_US}(?!\w)))|"
        rf"(?:fed up|sick and tired|sick(?= of\b)|disgusted)(?! (?:by|at|of|with) (?!{_AT_US}(?!\w))))\b",
        r"\bfuck (?:you|yourself|yourselves|off|u|(?:this|that)(?! up\b))\b|\bfor fuck s sake\b|^ffs$|\bgo to hell\b|"
        r"\bpiss off\b|"
        r"^(?:this is |that is |that s |what )?(?:total |complete )?bullshit$|^shut up$|\bmy fucking \w+",
        # The rest of what is screwed, on, in or off, is asked about.
        r"^(?:(?:oh|well|ok|no|so|and|just|then|seriously|you know what) )*screw "
        r"(?:off|(?:this|that|you|u)(?: (?:guys|all|people|lot|too|company|shop|store|service|bot|shit|crap|nonsense|"
        r"i|im|give me|and your)\b.*)?)$",
        r"^(?:what the (?:fuck|hell)|wtf)(?: is (?:this|wrong with you.*))?$",
        r"^(?:(?:what|this|that|is|s|you|have|got|it|the|such|a|an|just|really|absolutely|simply) )*"
        r"(?:worst|terrible|horrible|appalling|pathetic) "
        r"(?:customer )?(?:service|support|company|bot|experience)(?: (?:ever|i|i ve|in my|of all).*)?$",
        r"\bi (?:will|ll|m going to|am going to|m gonna) (?:sue|report you|take (?:you|this) to court|"
        r"(?:(?:call|contact) (?:my|a)|get (?:my|a)) lawyer"
        r"(?! (?:friend|buddy|brother|sister|cousin|uncle|aunt|wife|husband|dad|mum|mom|neighbou?r)\b))\b|"
        # Who has other business with one asks about that.
        rf"\bi (?:am|m) (?:suing|reporting) you\b|"
        rf"\bi (?:am|m) (?:calling|contacting|getting) (?:my|a) lawyer(?:{_SOON}$|"
        r"(?= (?:if|unless) (?:you\b|no ?body\b|no one\b|i (?:don t|do not) (?:get|hear|receive)\b))|"
        r" (?:about|against|because of) you\b)|"
        r"\bhear from my lawyer\b|"
        r"\bmy lawyer will (?:(?:contact|write(?: to)?|call|e ?mail|send|see|sue) (?:you|your|u)\b|sue$|"
        r"hear (?:of|about)\b|be (?:in touch|contacting|writing|calling|suing)\b|get in touch\b|take (?:you|this)\b|"
        r"deal with (?:you|this)\b)",
    ),
    "de": (
        r"\b(?:das|dies|sie|ihr|du|euer service|ihr service) (?:ist|sind|seid|bist) (?:(?:ja|doch|echt|wirklich|so|"
        r"absolut|einfach|alle|total|vollig|eine|ein|reine) )*(?:lacherlich|unverschamt|frechheit|unverschamtheit|"
        r"inakzeptabel|nutzlos|scheisse|katastrophe|betrug|betruger|dumm|zum kotzen|unfassbar|das letzte|unmoglich)$",
        r"\b(?:blod|dumm|nutzlos|scheiss|bescheuert|verdammt)(?:er|e|es)? ?(?:bot|chatbot|"
        r"roboter|maschine|service(?! (?:lampe|leuchte|licht|anzeige|taste|symbol|meldung|klappe|intervall)\b)|laden|"
        r"verein)\b",
        r"\bich bin (?:(?:so|echt|sehr|wirklich|richtig|total|langsam) )*(?:sauer|wutend|stinksauer|verargert)\b"
        rf"(?! (?:auf|uber) (?:mich\b|(?:mein|unser)\w* {_AROUND_US_DE}\b|{_COURIER}\b))",
        r"^(?:(?:so|was fur|das|einfach|echt|absolut|vollig|total|eine|solche) )*(?:unverschamt|frechheit|"
        r"unverschamtheit|"
        r"inakzeptabel|lacherlich|sauerei)$",
        r"\b(?:fick dich|verpiss dich|leck mich|halt die klappe|halt s maul)\b",
        # "Es reicht mir eine Kopie", "Mir reicht es, wenn …" are content with something.
        r"^(?:(?:so|jetzt|nun|langsam|also|aber|und|nein|na|mir|es) )*(?:(?:es|mir|jetzt|nun|langsam) reicht|"
        r"(?:mir|jetzt|nun|langsam) reichts)(?: (?:es|s|mir|uns|jetzt|nun|aber|langsam|wirklich|"
        r"endgultig|echt|damit|mit (?:euch|ihnen|dir|dem (?:warten|laden)|ihren ausreden|"
        r"(?:diesem|ihrem|eurem) (?:laden|service|verein|kundendienst|support|bot))))*$",
    ),
    "fr": (
        r"\b(?:c est|vous etes|tu es) (?:(?:vraiment|absolument|completement|totalement|juste|"
        r"tout simplement|tellement|"
        r"une|un|tous|des) )*(?:ridicule|inacceptable|scandaleux|honteux|nul|nuls|honte|arnaque|arnaqueurs|voleurs|"
        r"n importe quoi|inadmissible|lamentable|incompetents?)$",
        r"\bje suis (?:(?:tres|vraiment|tellement|extremement) )*(?:en colere|furieux|furieuse|degoutee?|enervee?)\b"
        rf"(?! (?:contre|apres|par|avec) (?:moi\b|(?:mon|ma|mes|notre|nos) {_AROUND_US_FR}\b|{_COURIER}\b))",
        r"^(?:(?:quelle?|une|vraiment|absolument|totalement|completement|tout simplement) )*(?:inadmissible|"
        r"inacceptable|"
        r"scandaleux|honteux|honte|ridicule|lamentable)$",
        r"\bbot (?:stupide|inutile|de merde|debile)\b|\bva te faire\b|\bta gueule\b|"
        r"\bj en ai (?:(?:vraiment|trop|tellement|plus que) )?(?:marre|ras le bol)\b"
        r"(?! (?:de|du|des|d) (?!(?:vous|toi|tout|ca|cela|votre|vos|"
        r"ce|cette|ces|attendre|etre|l attente|attente|retards?|mensonges|excuses|promesses)\b))",
    ),
    "es": (
        r"\b(?:esto|eso|ustedes|vosotros) (?:es|son|sois) (?:(?:realmente|totalmente|absolutamente|una?|unos|muy) )*"
        r"(?:ridiculo|inaceptable|verguenza|estafa|estafadores|ladrones|inutil|inutiles|mierda|indignante|vergonzoso)$",
        r"^(?:(?:es|fue|son|que|una?|realmente|totalmente|absolutamente|simplemente|muy) )*(?:ridiculo|inaceptable|"
        r"verguenza|"
        r"indignante|vergonzoso|inadmisible|intolerable|lamentable)$",
        rf"\bestoy (?:(?:muy|realmente|tan|super) )*(?:(?:enojad[oa]|furios[oa]|enfadad[oa]|indignad[oa])"
        rf"(?! (?:conmigo\b|con (?:mis?|nuestr[oa]s?) {_AROUND_US_ES}\b|con {_COURIER}\b))|"
        r"hart[oa](?! de (?!(?:usted|ustedes|vosotros|ti|todo|esto|eso|su|sus|vuestr[oa]s?|tu|que|esperar|"
        r"este (?:bot|servicio)|(?:los? |tantos |sus )?(?:retrasos?|mentiras|excusas)|promesas)\b)))\b",
        r"\bbot (?:estupido|inutil|de mierda)\b|\bvete a la mierda\b|\bcallate\b",
    ),
    "it": (
        r"\b(?:questo e|questa e|siete|sei) (?:(?:davvero|veramente|una?|dei|"
        r"assolutamente) )*(?:ridicolo|inaccettabile|"
        r"vergogna|truffa|truffatori|ladri|inutile|inutili|vergognoso)$",
        r"^(?:(?:e|e stato|e stata|che|una?|davvero|veramente|assolutamente|proprio|totalmente|"
        r"semplicemente) )*(?:ridicolo|"
        r"inaccettabile|vergogna|vergognoso|scandaloso|inammissibile)$",
        rf"\bsono (?:(?:molto|davvero|veramente) )*(?:(?:arrabbiat[oa]|furios[oa])"
        rf"(?! con (?:me\b|(?:(?:il|la|i|le) )?(?:mi[oaie]i?|nostr[oaie]) {_AROUND_US_IT}\b|{_COURIER}\b))|"
        r"stuf[oa](?! (?:di|del|della|dei|delle|dell|degli) (?!(?:voi|te|lei|tutto|questo|vostr[oaie]|aspettare|essere|"
        r"servizio|ritard[oi]|bugie|scuse|promesse)\b)))\b|\bvaffanculo\b",
    ),
    "pt": (
        r"\b(?:isso|isto|voces) (?:e|sao) (?:(?:realmente|totalmente|absolutamente|uma?|um) )*(?:ridiculo|inaceitavel|"
        r"absurdo|vergonha|golpe|ladroes|inutil|inuteis|palhacada)$",
        r"^(?:(?:e|foi|que|uma?|realmente|totalmente|absolutamente|simplesmente) )*(?:ridiculo|inaceitavel|absurdo|"
        r"vergonha|"
        r"vergonhoso|inadmissivel|lamentavel)$",
        rf"\bestou (?:(?:muito|realmente|tao) )*(?:(?:furios[oa]|irritad[oa]|com raiva)"
        rf"(?! (?:comigo\b|(?:com|d[oa]) (?:(?:o|a|os|as) )?(?:meus?|minhas?|noss[oa]s?) {_AROUND_US_PT}\b|de mim\b|"
        rf"(?:com|d[oa]) {_COURIER}\b))|"
        r"fart[oa](?! (?:de|do|da|dos|das) (?!(?:voces?|ti|tudo|vosso|vossa|seu|sua|esperar|ser|servico|"
        r"atendimento|atrasos?|mentiras|desculpas|promessas)\b)))\b|\bvai se foder\b",
    ),
    "nl": (
        r"\b(?:dit|dat|jullie|je) (?:is|zijn|bent) (?:(?:echt|gewoon|totaal|volkomen|een|zo) )*(?:belachelijk|"
        r"onacceptabel|waardeloos|schande|oplichters|oplichting|nutteloos)$",
        r"\bik ben (?:(?:zo|heel|erg|echt|ontzettend) )*(?:boos|woedend|kwaad|pissig)\b"
        rf"(?! (?:op|over) (?:mezelf|mijzelf|mij\b|me\b|(?:mijn|onze|ons) {_AROUND_US_NL}\b|{_COURIER}\b))|"
        rf"\bhou je bek\b",
        r"^(?:(?:echt|gewoon|totaal|volkomen|een|wat|zo) )*(?:belachelijk|onacceptabel|schandalig|schande)$",
        r"\bik ben (?:het|dit|dat|jullie)(?: (?:wachten|gedoe|zo|helemaal|echt|nu|onderhand|meer dan))* (?:beu|zat|"
        r"spuugzat)\b",
    ),
}


_SCAM = re.compile(r"\b(?:scam|betrug|arnaque|estafa|truffa|golpe|oplichting)$")
_TAGGED = re.compile(
    r"(?:right|correct|is it|isn t it|or not|or|oder(?: nicht| was)?|ne|gell|nicht wahr|non|hein|ou non|n est ce pas|"
    r"no|o no|verdad|cierto|no es asi|vero|giusto|eh|nao|nao e|ou nao|certo|toch|of niet|niet waar|he)"
)
"""What makes a question of the clause before it."""
_THINKS = (
    r"(?:think|thought|believe|suspect|wonder|afraid|glaube?|denke|vermute|befurchte|ob|pense|crois|soupconne|"
    r"(?:demande|sais pas) si|creo|pienso|sospecho|parece|no se si|penso|credo|sospetto|temo|sembra|mi sa|non so se|"
    r"acho|desconfio|suspeito|nao sei se|denk|geloof|vermoed|(?:weet niet|vraag me af) of)"
)
_THOUGHT = re.compile(rf"\b{_THINKS}\b.*{_SCAM.pattern}")
_THINKS_NEXT = re.compile(rf"(?:(?:also|und|but|mais|pero|ma|mas|maar) )?(?:i|ich|je|yo|io|eu|ik|mi)? ?{_THINKS}")
_CHECKED_FOR_A_SCAM = re.compile(
    r"\b(?:is|isn t) (?:it|this|that) (?:true|real|legit|genuine)\b|"
    r"\b(?:someone|somebody) (?:just )?(?:called|texted|e ?mailed|messaged|phoned) (?:me|us)\b(?!.*\byour\b)|"
    r"\b(?:texts?|sms|e ?mails?|messages?|calls?|whatsapp|nachricht|anruf|courriel|mensaje|correo|messaggio|mensagem|"
    r"bericht) (?:\w+ ){0,3}?(?:with (?:an? |this |some )?(?:\w+ )?(?:links?|attachment|qr code)|"
    r"(?:asking|asks|asked|wanting|wants) (?:me )?(?:for|to)|"
    r"mit (?:einem )?link|avec un lien|con un (?:enlace|link)|com um link|met een link)\b"
    r"(?!.*\b(?:your|again|twice|charged)\b)"
)
"""What tells that others may pose as us; who only tells of a mail and calls it a scam may mean one of ours."""
_NOTHING_CAME = re.compile(
    r"\b(?:nothing|never|nichts|nie|rien|jamais|nada|nunca|niente|mai|nulla|niets|nooit)\b|"
    r"\b(?:no|keine?|aucune|ningun[ao]?|nenhuma|nessuna|geen|not|non|nao|niet) (?:\w+ ){0,4}?"
    r"(?:answer|reply|response|antwort|reponse|respuesta|risposta|resposta|antwoord)\b|"
    r"\b(?:want|give|where is|where s|will|wo (?:ist|bleibt)|gebt|veux|voudrais|rendez|ou est|quiero|devuelv\w+|"
    r"donde esta|voglio|ridatemi|dove sono|quero|devolvam?|onde esta|wil|waar is|geef)\b.*"
    r"\b(?:money|refund|geld|erstattung|argent|rembours\w+|dinero|reembolso|soldi|rimborso|dinheiro|terug|"
    r"terugbetaling)\b"
)
"""What tells that it is us who are accused, however sure somebody is."""
_OF_THIS = re.compile(r"(?:^|\b(?:oh|well|wow|god|man|and|but) )(?:this|that|it) (?:is|s|was) ")
_OWN_THING = (
    r"(?:it|(?:(?:my|our|the|this) (?:\w+ )?)?(?:passwords?|pin|code|log ?in|account|user ?name|number|card|key|"
    r"receipt|invoice|bill|voucher|confirmation|e ?mail|link|label|box|packaging|manual|phone|lid|jug|glass|cup|kettle|"
    r"machine))"
)
_OWN_MISHAP = re.compile(
    r"^(?:(?:and|but|because|as|since) )?i (?:(?:have|ve|just|accidentally|must have) )*"
    r"(?:(?:lost|broke|broken|forgot|forgotten|dropped|misplaced|deleted|threw away|thrown away) "
    rf"{_OWN_THING}(?: and {_OWN_THING})?|locked myself out(?: of {_OWN_THING})?|ordered the wrong \w+)"
    r"(?: (?:again|yesterday|today|somewhere|accidentally|by (?:accident|mistake)))*$"
)
"""What somebody did themselves; "this is a nightmare" tells of that unless the message blames us or others."""
_TO_YOU = r"(?<!\bcan )(?<!\bcould )(?<!\bwould )(?<!\bwill )(?<!\bdo )(?<!\bthank )\byou\b"
_BLAMES = re.compile(
    r"\b(?:your|yours|courier|driver|wait(?:ed|ing)|call(?:ed|ing)|because of|fault|no ?body|no one|ever)\b|"
    rf"{_TO_YOU}"
)
_DID = (
    r"(?:took|taken|stole|stolen|broke|broken|dropped|chewed|ate|eaten|bit|knocked|spilled|spilt|threw|thrown|"
    r"damaged|scratched|cracked|smashed|ruined|kept|opened|burned|burnt|melted|deleted|forgot|forgotten|"
    r"genommen|gestohlen|geklaut|kaputt\w*|zerbrochen|\w*geworfen|fallen lassen|fallengelassen|zerkaut|gefressen|"
    r"zerbissen|zerkratzt|verschuttet|behalten|vergessen|geloscht|"
    r"casse|mange|mordu|ronge|pris|vole|fait tomber|laisse tomber|renverse|jete|abime|raye|garde|oublie|"
    r"rompio|mordio|comio|llevo|robo|tiro|dejo caer|derramo|rayo|olvido|roto|mordido|comido|robado|tirado|"
    r"rott[oa]|mangiat[oa]|mors[oa]|morsicato|pres[oa]|rubat[oa]|fatto cadere|buttat[oa]|rovinat[oa]|"
    r"graffiato|dimenticat[oa]|"
    r"partiu|quebrou|comeu|mordeu|roeu|levou|roubou|pegou|deixou cair|derrubou|estragou|jogou|"
    r"esqueceu|gebroken|kapot\w*|opgegeten|\w*gebeten|gepakt|gestolen|laten vallen|weggegooid|omgestoten|bekrast|"
    r"meegenomen|vergeten)"
)
_LOST = r"(?:lost|verloren|perdu|perdio|perdido|pers[oa]|perdeu|perderam|kwijtgeraakt)"
"""What couriers do to parcels; who else loses time, a flight or their data may well lose it through us."""
_OWN_LOSS = (
    r"(?:(?:j ai perdu|perdi|ho perso) (?:(?:l[aeo]s?|l|il|o|a|mon|ma|mes|mis?|mi[ao]|meu|minha) )*"
    r"(?:carte|cles?|ticket|tarjeta|llaves?|recibo|cartao|chaves?|tessera|chiavi|chiave|scontrino)|"
    r"(?:ich hab\w*|ik heb) (?:\w+ ){1,2}?(?:\w*karte|\w*schlussel|\w*bon|\w*beleg|\w*kaart|\w*sleutels?) "
    r"(?:verloren|kwijtgeraakt))"
)
"""What one carries about oneself and nobody else loses."""
_UNDERGOES = r"(?:was|were|been|being|got|wurde\w*|worden|werd\w*|bin|ete|est|stat[oae]|sido|fue|foi)"
"""What tells that somebody suffered a deed rather than did it."""
_BETWEEN = rf"(?:(?!(?:not|t|nicht|pas|no|non|nao|niet|{_UNDERGOES})\b)\w+ )"
_TOLD_OF_OTHERS = re.compile(
    # Of the one who is angry
    rf"{_OWN_MISHAP.pattern}|"
    r"^(?:(?:und|aber|weil|denn|da|dass|et|mais|parce que|parce qu|car|que|y|pero|porque|e|ma|mas|perche|pois|en|maar|"
    r"omdat|want) )*(?:"
    rf"(?:ich|mir) {_BETWEEN}{{1,6}}(?:fallen lassen|fallengelassen|\w*(?:gefallen|geworfen)|"
    r"kaputt ?(?:gemacht|gegangen)|zerbrochen|vergessen|verlegt|geloscht)\b|"
    rf"{_OWN_LOSS}|j ai {_BETWEEN}?(?:casse|oublie|fait tomber|laisse tomber|egare|supprime|jete)\b|"
    r"se me (?:cayo|rompio|olvido|quemo)\b|(?:yo )?(?:rompi|olvide|deje caer|borre)\b|"
    r"(?:mi|me) (?:e|si e) (?:cadut|rott|scivolat)[oa]\b|"
    r"(?:io )?ho (?:rotto|dimenticato|fatto cadere|smarrito|cancellato)\b|"
    r"(?:eu )?(?:deixei cair|parti|quebrei|esqueci|apaguei|derrubei)\b|"
    rf"ik {_BETWEEN}{{1,6}}(?:laten vallen|kapot ?gemaakt|vergeten|gebroken)\b)"
    rf"(?! (?:{_UNDERGOES}|door)\b)|"
    # Of those around them, and of couriers
    r"^(?:(?:and|but|because|cause|cuz|that|as|since|weil|denn|da|dass|und|aber|parce que|car|que|qu|et|mais|porque|y|"
    r"pero|perche|e|ma|mas|pois|omdat|want|dat|en|maar) )*"
    rf"(?:(?:(?:my|our) {_AROUND_US}|(?:mein|unser)\w* {_AROUND_US_DE}|(?:mon|ma|mes|notre|nos) {_AROUND_US_FR}|"
    rf"(?:mis?|nuestr[oa]s?) {_AROUND_US_ES}|(?:(?:il|la|i|le) )?(?:mi[oae]i?|nostr[oaie]) {_AROUND_US_IT}|"
    rf"(?:(?:o|a|os|as) )?(?:meus?|minhas?|noss[oa]s?) {_AROUND_US_PT}|(?:mijn|onze|ons) {_AROUND_US_NL}) "
    rf"(?!s ){_BETWEEN}{{0,6}}?{_DID}|{_COURIER} (?!s ){_BETWEEN}{{0,6}}?(?:{_DID}|{_LOST}))\b"
    rf"(?! (?:{_UNDERGOES}|door)\b)"
)
"""What somebody is angry about that is not our doing, unless the message blames us."""
_NOT_OTHERS = re.compile(
    rf"{_BLAMES.pattern}|"
    r"\b(?:because of|waits?|wrote|nothing from|euch|eure\w*|euer\w*|ihnen|ihre[mnrs]?|ihr\b.*\bhabt|ihr habt|"
    r"sie haben|keiner|niemand|angerufen|gewartet|wartet?|schuld|"
    r"vous|votre|vos|personne ne|attend\w*|appele|vuestr[oa]s?|ustedes|habeis|nadie|llam[oe]\w*|llamado|esper\w+|culpa|"
    r"voi|avete|vostr[oaie]|nessuno|aspett\w+|chiamat[oa]|voces?|vosso|vossa|ninguem|ligou|liguei|"
    r"jullie|uw|gebeld|gewacht|wacht)\b"
)
"""What blames us for it, or tells that somebody has waited for us."""
_CAN_BE_ASKED = re.compile(
    r"^(?:(?:and|but|so) )?(?:(?:can|could|may|do|does|is|are|will|would|where|how|what)\b.*|"
    r"(?:habt|haben|gibt|gilt|kann|kannst|konnen|konnt|verkauft|est ce que|avez vous|pouvez vous|tienen|teneis|venden|"
    r"pueden|avete|potete|vendete|voces|tem|podem|vendem|hebben|verkopen|kunnen|valt)\b.*)"
)
"""How one asks whom one does not blame: "Does your guarantee cover that?"."""
_FEELING = re.compile(r"(?:i (?:am|m)|ich bin|je suis|j en ai|estoy|sono|estou|ik ben) ")
_ALREADY = re.compile(r"(?: (?:right now|now|today|jetzt|gerade|heute|ahora|hoy|adesso|oggi|agora|hoje|nu|vandaag))*")
_NAMED_SO = r"(?:machine|robot|maschine|roboter)"
_DEVICE = re.compile(rf"{_NAMED_SO}\b")
"""What a bot is called, and what is sold."""
_CALLED = re.compile(
    r"^(?:(?:and|but|so|oh|what|such|you|your|this|it|that|is|are|re|s|du|sie|so|was fur|bist|ist|das|eine?|an?) )*\w+ "
    rf"(?:\w+ )?{_NAMED_SO}(?: you are)?$|\b(?:your|ihr|euer) \w+ (?:robot|roboter)\b"
)
_SPEAKS = re.compile(
    rf"{_NAMED_SO} (?:\w+ ){{0,3}}?(?:understands?|answers?|repl(?:y|ies)|helps?|listens?|says?|versteht|antwortet|"
    r"hilft|kapiert|begreift)\b|"
    r"\b(?:you (?:are|re)|du bist|sie sind) |"
    rf"\b(?:to|with|mit) (?:an? |the |this |your |einer |einem |dieser |diesem )?\w+ {_NAMED_SO}\b"
)
"""A bot does that, or one talks to it."""
_ASKS_OF_A_DEVICE = re.compile(
    rf"^(?!.*\b(?:reach|contact|human|person|money|refund\w*|speak|talk|complain|cancel)\b)(?:.*(?:{_ASKS_ABOUT_IT.pattern})|"
    r".*\b(?:how|wie|was|what|where|wo|warum|why)\b.*\b(?:it|its|die|sie|der|ihn|this)\b)"
)
_SAID_TO_A_BOT = re.compile(
    r"^(?!(?:(?:and|but|so) )?(?:can|could|do|does|is|are|will|would|where|how (?:do|can|long|much)) )"
    rf".*(?:(?<!\bfrom ){_TO_YOU}|\b(?:your|du|dein\w*|euer|eure\w*)\b)|"
    r"\b(?:answer\w*|repl(?:y|ies)|understand\w*|antwort\w*|versteh\w*|was soll (?!ich|man|wir))\b"
)
"""Beside a curse at a machine these tell that it is the bot; "does your guarantee cover it" asks about what we sold."""
_OWN_FUCKING = re.compile(
    r"(?:\bmy fucking (?:passwords?|pin|codes?|log ?in|user ?name|browser|wifi|kids?|dog|cat|neighbou?r)|"
    r"^my fucking (?:machine|kettle|robot|app|phone|computer|laptop))\b"
    r"(?!.*\b(?:still|late|here|arrived|delivered|charged|orders?|mails?)\b)"
)
"""What is cursed at is theirs, or at hand; where it is not, or has come as it should not, it is anger at us."""
_DUMB_TO_ASK = re.compile(
    r"(?:sorry |i know |ich weiss )?(?:this|that|it|das|dies) (?:is|s|ist) (?:\w+ )?(?:dumb|stupid|dumm)"
)
_BUT_ASKS = re.compile(
    r"(?:but|aber) (?:how|where|what|which|can|could|do|does|is|wie|wo|was|welche\w*|kann|gibt)\b"
    r"(?!.*\b(?:money|refund|order|parcel|package|geld|erstattung|bestellung|paket)\b)"
)
"""How somebody goes on who finds their own question dumb."""


def anger_in(clauses: Sequence[str], asked: Collection[str] = ()) -> str:
    """Return the language of the anger that one of a message's plain clauses tells, empty where none does.

    `asked` are those clauses that end in a question mark.
    """
    own = [clause for place, clause in enumerate(clauses) if not _is_of_others(place, clauses, asked)]
    if all(" " not in clause for clause in clauses):  # "Worst. Service. Ever."
        own.append(" ".join(clauses))
    at_us = next((language for clause in own if (language := _at_us_in(clause, clauses))), "")
    return at_us or next((language for clause in own if (language := _fed_up_in(clause, clauses))), "")


def _is_of_others(place: int, clauses: Sequence[str], asked: Collection[str]) -> bool:
    """Whether a clause tells of what others said or did, or of what somebody did themselves or doubts."""
    clause, after = clauses[place], clauses[place + 1 :]
    if _REPORTED.search(clause) or (_SCAM.search(clause) and _is_doubted(place, clauses, asked)):
        return True
    if _OF_THIS.search(clause) and any(map(_OWN_MISHAP.match, clauses)) and not any(map(_BLAMES.search, clauses)):
        return True
    return bool(_DUMB_TO_ASK.fullmatch(clause) and after and _BUT_ASKS.match(after[0]))


def _is_doubted(place: int, clauses: Sequence[str], asked: Collection[str]) -> bool:
    """Whether somebody doubts a message that they got, where a clause calls it a scam, rather than accuses us."""
    if any(map(_NOTHING_CAME.search, clauses)):
        return False
    before, after = clauses[max(place - 1, 0) : place], clauses[place + 1 : place + 2]
    return (
        clauses[place] in asked
        or any(map(_CHECKED_FOR_A_SCAM.search, clauses))
        or bool(_THOUGHT.search(clauses[place]))
        or any(map(_THINKS_NEXT.fullmatch, before))
        or any(map(_TAGGED.fullmatch, after))
    )


def _at_us_in(clause: str, clauses: Sequence[str]) -> str:
    """Return the language of the anger at us that a clause of a message tells."""
    for language, pattern in _anger().items():
        for found in pattern.finditer(clause):
            if not (_is_supposed(clause, found.start(), found.end()) or _is_at_others(found, clauses)):
                return language
    return ""


def _is_at_others(found: re.Match[str], clauses: Sequence[str]) -> bool:
    """Whether angry words are about a device, their own mishap or business, those around them or a courier."""
    clause = found.string
    if _A_LAWYER.match(found[0]):
        beside = [one for one in clauses if one != clause]
        asking = any(_CAN_BE_ASKED.match(one) or _ASKS_ABOUT_IT.search(one) for one in beside)
        return asking and not any(_NOTHING_CAME.search(one) or _BLAMES.search(one) for one in beside)
    if _FEELING.match(found[0]):
        behind = clause[found.end() :]
        told = [behind.strip()] if not _ALREADY.fullmatch(behind) else clauses
        blaming = any(_NOT_OTHERS.search(one) for one in clauses if not _CAN_BE_ASKED.match(one))
        return any(map(_TOLD_OF_OTHERS.search, told)) and not blaming
    if found[0].startswith("my fucking "):
        blaming = any(_BLAMES.search(one) or _NOTHING_CAME.search(one) for one in clauses)
        return bool(_OWN_FUCKING.match(clause, found.start())) and not blaming
    if _DEVICE.search(found[0]) and not (_SPEAKS.search(clause) or any(map(_SAID_TO_A_BOT.search, clauses))):
        beside = [one for one in clauses if one != clause]
        return not _CALLED.search(clause) or any(map(_ASKS_OF_A_DEVICE.search, beside))
    return False


def _is_supposed(clause: str, begin: int, end: int) -> bool:
    """Whether anger in a clause is only supposed, or felt only when something happens that is not our fault."""
    if _SUPPOSED.search(clause[:end]):
        return True
    return bool(_FEELS.match(clause, begin) and _FELT_ONLY.match(clause, end))


def _fed_up_in(clause: str, clauses: Sequence[str]) -> str:
    """Return the language in which a clause says that somebody is fed up with what the message does not ask about."""
    for language, pattern in _fed_up().items():
        if (found := pattern.search(clause)) is None or _is_supposed(clause, found.start(), found.start(language)):
            continue
        with_what = {word for word in found[language].split() if len(word) >= _LEAST_LETTERS}
        asked = any(_ASKS.match(one) and with_what & set(one.split()) for one in clauses)
        return "" if asked or any(map(_ASKS_ABOUT_IT.search, clauses)) else language
    return ""


@cache
def _fed_up() -> dict[str, re.Pattern[str]]:
    return {language: re.compile(pattern) for language, pattern in _FED_UP.items()}


@cache
def _anger() -> dict[str, re.Pattern[str]]:
    return {language: re.compile("|".join(patterns)) for language, patterns in _PATTERNS.items()}
