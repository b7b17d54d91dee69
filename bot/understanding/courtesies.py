"""Greetings, thanks, compliments and goodbyes in seven languages, told by how they are built rather than one by one.

"Thanks for the quick help earlier!" is made of a word of thanks, and of words for what we gave; what else somebody
is thanked for, such as a refund, may be what they wish.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from typing import NamedTuple


class Courtesy(StrEnum):
    """What is said out of courtesy; compliments are answered as thanks are."""

    GREETING = "a greeting"
    THANKS = "thanks"
    GOODBYE = "a goodbye"


class Said(NamedTuple):
    """A courtesy at the beginning of some words."""

    kind: Courtesy
    language: str
    words: str


_NOT_ASKED_FOR = r"(?! (?:please|pls|plz|bitte|por favor|per favore|s il vous plait|svp|stp|aub|alstublieft|graag)\b)"
"""Whoever is named with a "please" may be wanted."""


def _slots(*, before: str, things: str, after: str, joining: str) -> str:
    """Return the pattern of what somebody is thanked for: "the quick help and your patience today"."""
    thing = rf"(?:(?:{before}) )*(?:{things})(?: (?:{after}))*"
    return rf"{thing}(?: (?:{joining}) (?:(?:for|fur|pour|por|per|pel[ao]|voor) )?{thing})*"


_GIVEN_EN = _slots(
    before=r"all|of|your|the|this|that|such|an?|so|very|really|super|much|quick|fast|prompt|speedy|swift|great|kind|"
    r"helpful|"
    r"useful|clear|detailed|amazing|excellent|wonderful|lovely|nice|good|friendly|thorough|honest|immediate|rapid|"
    r"instant|"
    r"brilliant|fantastic|awesome|continued|valuable|earlier|last|recent|incredible|incredibly|extra",
    things=r"help|helping|assistance|support|answers?|repl(?:y|ies)|responses?|info|information|time|patience|"
    r"services?|"
    r"explanations?|explaining|clarifications?|clarifying|advice|efforts?|tips?|hints?|links?|updates?|heads up|"
    r"turnaround|"
    r"attention|kindness|understanding|everything|that|this|it|you (?:do|did)|work|job|cooperation|feedback|message|"
    r"being (?:(?:so|very|really|such|a|an) )*(?:helpful|patient|kind|nice|quick|fast|friendly|great|there|"
    r"star)(?: help)?|"
    r"(?:getting|coming) back to (?:me|us)|letting (?:me|us) know|looking into (?:it|this|that)|"
    r"answering|replying|responding|taking the time",
    after=r"me|us|out|so|quickly|fast|earlier|before|today|yesterday|just now|now|again|with (?:this|that|it|"
    r"everything)|"
    r"with (?:my|our) (?:questions?|requests?|issues?|problems?)|(?:my|our) questions?|on (?:this|that)|"
    r"(?:last|this) (?:time|week|night|morning|afternoon|evening)|the other day|so much|very much|a lot",
    joining="and",
)
_GIVEN_DE = _slots(
    before=r"(?:die|der|das|den|dem|deine|ihre|eure|all|alle|diese|eine|schnelle|rasche|prompte|gute|tolle|nette|"
    r"freundliche|"
    r"hilfreiche|ausfuhrliche|klare|kurze|umgehende|liebe|grosse|wertvolle|kompetente)[nrms]?|dein|ihr|euer|so|sehr|"
    r"super|"
    r"ganze|zugige",
    things=r"hilfe|antwort(?:en)?|infos?|information(?:en)?|auskunft|auskunfte|unterstutzung|zeit|geduld|muhe|"
    r"bemuhungen|"
    r"ruckmeldung|erklarung(?:en)?|beratung|service|support|tipps?|hinweise?|links?|nachricht|alles|das|es|verstandnis",
    after=r"vorhin|gestern|heute|eben|gerade|nochmals?|neulich|so schnell|von (?:vorhin|gestern|eben)|hier",
    joining="und",
)
_GIVEN_FR = _slots(
    before=r"votre|vos|ton|ta|tes|l|la|le|les|cette|ce|ces|toute|toutes|tout|une?|tres|si|rapide|bonne|precieuse|"
    r"excellente|super|belle|prompte|gentille|grande",
    things=r"aide|reponses?|infos?|informations?|temps|patience|explications?|service|support|conseils?|retour|soutien|"
    r"rapidite|gentillesse|reactivite|attention|tout|ca|cela|disponibilite|assistance|precisions?|efficacite|"
    r"comprehension|"
    r"m avoir (?:aidee?|repondu)",
    after=r"rapides?|precieuse|utiles?|claires?|si|tres|vite|aujourd hui|hier|ce matin|de tout a l heure|"
    r"tout a l heure|d hier|"
    r"apportee?|efficace",
    joining="et",
)
_GIVEN_ES = _slots(
    before=r"la|el|los|las|tu|su|tus|sus|vuestra|vuestro|todo|toda|tan|muy|esta|una|rapida|buena|excelente|gran|pronta|"
    r"valiosa|amable",
    things=r"ayuda|ayudarme|ayudarnos|respuestas?|info|informacion|tiempo|paciencia|explicacion|atencion|servicio|"
    r"apoyo|"
    r"consejos?|rapidez|amabilidad|todo|eso|esto|ello|responder(?:me)?|contestar(?:me)?|aclaracion|comprension",
    after=r"tan|muy|rapid[ao]|hoy|ayer|antes|de (?:hoy|ayer|antes)|esta manana|amable|util|recibida|prestada",
    joining="y|e",
)
_GIVEN_IT = _slots(
    before=r"la|il|l|le|lo|gli|i|tua|sua|vostra|vostro|tuo|suo|tutto|tutta|tutte|questa|rapida|veloce|ottima|gentile|"
    r"preziosa|prezioso|pronta|grande|vostre|tue",
    things=r"aiuto|aiutarmi|avermi (?:aiutat[oa]|risposto)|rispost[ae]|info|informazion[ei]|tempo|pazienza|"
    r"spiegazion[ei]|"
    r"supporto|servizio|disponibilita|gentilezza|velocita|rapidita|consigli[o]?|assistenza|tutto|questo|cio|"
    r"chiariment[oi]|attenzione|comprensione",
    after=r"rapida|rapido|veloce|cosi|molto|gentile|di (?:oggi|ieri|prima)|prima|oggi|ieri|precisa|chiara|utile",
    joining="e",
)
_GIVEN_PT = _slots(
    before=r"[ao]s?|sua|seu|tua|teu|vossa|vosso|toda|todo|essa|esta|uma|tao|rapida|otima|excelente|boa|pronta|grande",
    things=r"ajuda|(?:me )?ajudar(?:em)?|respostas?|infos?|informac(?:ao|oes)|tempo|paciencia|explicac(?:ao|oes)|"
    r"atencao|"
    r"servico|atendimento|apoio|dicas?|rapidez|gentileza|tudo|isso|isto|esclarecimentos?|suporte|compreensao",
    after=r"tao|rapid[ao]|de (?:hoje|ontem|antes|mais cedo)|hoje|ontem|antes|recebida|prestada|agora ha pouco",
    joining="e",
)
_GIVEN_NL = _slots(
    before=r"de|het|je|jouw|jullie|uw|al|alle|een|zo|heel|erg|snelle|goede|fijne|duidelijke|prettige|vriendelijke|"
    r"uitgebreide|vlotte|leuke|super|geweldige",
    things=r"hulp|antwoord(?:en)?|reactie|info|informatie|tijd|geduld|uitleg|service|ondersteuning|moeite|advies|tips?|"
    r"alles|dat|dit|het|support|medewerking|aandacht|begrip|helpen|meedenken",
    after=r"eerder|net|vandaag|gisteren|zonet|daarnet|zo snel|vanochtend|van (?:net|gisteren|zojuist)",
    joining="en",
)
_FINE_EN = (
    r"(?:great|awesome|amazing|fantastic|wonderful|brilliant|excellent|superb|lovely|incredible|perfect|helpful|kind|"
    r"useful|super|fabulous|the best|so nice|very nice|a (?:star|legend|gem|lifesaver|life saver|genius|hero|"
    r"big help|great help|"
    r"huge help))"
)
_REALLY_EN = r"(?:so|just|really|absolutely|simply|truly|very|such|all|super|incredibly|extremely|always|quite)"
_OURS_EN = (
    r"(?:bot|chatbot|help|answers?|service|customer service|support|team|job|work|assistant|assistance|advice|reply|"
    r"response|stuff)"
)
_DAY_EN = (
    r"(?:day|evening|night|morning|afternoon|weekend|week|one|time|rest of (?:your|the) (?:day|week|evening|afternoon)|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|christmas|holidays?)"
)
_NICE_EN = r"(?:nice|good|great|lovely|wonderful|pleasant|fantastic|awesome|beautiful|fabulous|happy|blessed)"
_DAY_DE = (
    r"(?:tag|abend|nachmittag|morgen|feierabend|wochenende|woche|restwoche|nacht|zeit|sonntag|freitag|feiertage|"
    r"rest vom tag)"
)
_DAY_FR = r"(?:journee|soiree|nuit|fin de (?:journee|semaine)|continuation|semaine|annee|week ?end|apres midi|dimanche)"
_DAY_ES = r"(?:dia|tarde|noche|fin de semana|semana|finde|resto del dia)"
_DAY_IT = (
    r"(?:giornata|serata|notte|weekend|week end|fine settimana|proseguimento|settimana|lavoro|domenica|pomeriggio)"
)
_DAY_PT = r"(?:dia|tarde|noite|fim de semana|final de semana|semana|resto de dia|domingo)"
_DAY_NL = r"(?:dag|avond|middag|ochtend|nacht|week|weekend|zondag|vakantie)"

_PATTERNS: dict[Courtesy, dict[str, str]] = {
    Courtesy.GREETING: {
        "en": r"(?:(?:a )?(?:very )?(?:hi+|hello|hey|hiya|good (?:morning|afternoon|evening|day)|morning|greetings|"
        r"dear)"
        r"(?: (?:there|again|all|to|you|and|the|my|dear|whole|everyone|everybody|team|guys|folks|people|friends?|"
        r"y all|both|sir|"
        rf"or|madam|ladies|gentlemen|from \w+|(?:(?:customer|client) )?(?:support|service|"
        rf"care)(?: team)?{_NOT_ASKED_FOR}))+)|"
        r"to whom it may concern|(?:i )?(?:do )?hope (?:you|everyone|everybody|all|this (?:message|mail|email)?|"
        rf"your (?:day|week))(?: (?:are|re|is|all|have|having|had|an?|finds?|you|{_NICE_EN}|well|fine|doing|going|"
        rf"safe|so|far|today|"
        rf"too|ok|okay|{_DAY_EN}))+|long time no see|merry christmas|happy (?:new year|holidays|easter|{_DAY_EN})|"
        r"(?:nice|good|great|pleased) to (?:meet|see|hear from|e meet) you(?: again| all| too)*|welcome back|"
        r"back again",
        "de": r"(?:(?:einen )?(?:(?:wunder)?schonen )?guten (?:tag|morgen|abend|nachmittag)|hallo|hi|hey|moin|servus|"
        r"schonen (?:tag|abend|morgen)(?= zusammen| euch)|liebes|sehr geehrte[sr]?|liebe)(?: (?:zusammen|alle|"
        r"allerseits|liebes|"
        r"sehr geehrtes|team|leute|ihr|lieben|in die runde|nochmals?|wieder|mal|an alle|miteinander|damen|und|herren|"
        rf"(?:support|service|kundenservice|kundendienst)(?: team)?{_NOT_ASKED_FOR}))+|"
        r"(?:einen )?(?:wunder)?schonen guten (?:tag|morgen|abend)|frohe weihnachten|frohes neues(?: jahr)?",
        "fr": r"(?:(?:re )?bonjour|bonsoir|salut|coucou|hello|chere?s?|bon matin)(?: (?:a (?:tous|toutes|vous|toi|"
        r"tout le monde|toute l equipe|l equipe)|tous|toutes|tout le monde|l equipe|"
        r"et|madame|mesdames|monsieur|messieurs|encore|vous|toi|les amis|service client))+|bonne annee|joyeux noel|"
        r"(?:mesdames|madame) (?:et )?(?:messieurs|monsieur)",
        "es": r"(?:muy )?(?:buenos dias|buenas (?:tardes|noches)|hola|hey|saludos|buen dia|estimad[oa]s)"
        r"(?: (?:a tod[oa]s|tod[oa]s|muy buen[oa]s(?: (?:dias|tardes|noches))?|equipo|de nuevo|otra vez|amig[oa]s?|"
        r"senor(?:es|as)?|gente))+|"
        r"muy (?:buenos dias|buenas (?:tardes|noches)?)|feliz (?:navidad|ano(?: nuevo)?)|espero que (?:estes|esten|"
        r"este) (?:muy )?bien",
        "it": r"(?:buongiorno|buonasera|buon (?:giorno|pomeriggio)|ciao|salve|ehi|gentil[ei]|spettabile)"
        r"(?: (?:a (?:tutt[ie]|voi|te)|tutt[ie]|team|ragazzi|di nuovo|ancora|squadra|signor[ie]|signora|staff|"
        r"buongiorno|buonasera))+|"
        r"buon (?:natale|anno|pomeriggio)|spero (?:che )?(?:tu|lei|voi)? ?(?:stia|stiate|tutto) bene",
        "pt": r"(?:(?:muito )?(?:bom dia|boa tarde|boa noite)|ola|oi|oie|opa|prezad[oa]s)(?: (?:a tod[oa]s|tod[oa]s|"
        r"pessoal|equipe|equipa|"
        r"gente|de novo|outra vez|amig[oa]s?|senhor(?:es|as)?))+|feliz (?:natal|ano novo)|"
        r"espero que (?:estejam?|esteja tudo) bem",
        "nl": r"(?:goede(?:morgen|middag|navond|ndag)|goede (?:morgen|middag|dag|avond)|hallo|hoi|hey|hi|dag|beste|"
        r"geachte)"
        r"(?: (?:allemaal|iedereen|team|jullie|daar|mensen|weer|nogmaals|heren?|dames|en|heer|mevrouw|"
        r"klantenservice(?! aub)))+|"
        r"goede (?:morgen|middag|dag|avond)|fijne kerst|gelukkig nieuwjaar",
    },
    Courtesy.THANKS: {
        "en": r"(?:(?:so |very )?(?:many|big|huge|a big|a huge|a million|warm|with|heartfelt) )*"
        r"(?:thanks|thank ?you|thank u|thx|thnx|thanx|tnx|ty|cheers|kudos|"
        r"(?:(?:i|we) )?(?:(?:really|do|truly|so|very much|greatly) )*appreciate|(?:i|we) (?:(?:do|just|really) )*"
        r"(?:want|wanted|would like|d like) to (?:say )?thank(?:s| you)?|i m (?:(?:so|very|really) )*(?:grateful|"
        r"thankful))"
        r"(?: (?:very|so|too|ever|much|a lot|a million|a bunch|a ton|heaps|loads|again|in advance|everyone|everybody|"
        r"all|team|guys|"
        r"folks|once more|kindly|indeed|you|both|to))*"
        rf"(?: (?:for )?{_GIVEN_EN})?",
        "de": r"(?:(?:vielen|herzlichen|besten|lieben|tausend|ganz|recht|also|schon mal|nochmals?) )*(?:dank|danke|"
        r"dankeschon|merci)"
        r"(?: (?:schon|sehr|dir|ihnen|euch|nochmals?|noch (?:ein)?mal|auch|vielmals|im voraus|an alle|team|allen|"
        r"herzlich|hierfur|dafur))*"
        rf"(?: fur {_GIVEN_DE})?|(?:ich|wir) (?:danke|danken|bedanke mich|bedanken uns)(?: (?:dir|ihnen|euch|sehr|"
        rf"vielmals|"
        rf"herzlich|ganz|nochmals?|recht|schon mal))*(?: fur {_GIVEN_DE})?",
        "fr": r"(?:(?:un|grand|tres|mille|encore|bonjour|grands) )*mercis?(?: (?:beaucoup|bien|infiniment|encore|"
        r"a (?:vous|toi|tous|toute l equipe)|mille fois|"
        rf"d avance|enormement|vraiment|encore une fois|tout le monde|l equipe|par avance))*(?: (?:pour|de|"
        rf"d) {_GIVEN_FR})?|"
        rf"(?:je|nous) (?:vous|te) (?:en )?remerci(?:e|ons)(?: (?:beaucoup|infiniment|encore|vivement|sincerement|"
        rf"d avance|par avance|bien))*"
        rf"(?: (?:pour|de|d) {_GIVEN_FR})?",
        "es": r"(?:(?:muchas|muchisimas|mil|un monton de|muy|infinitas|tantas) )*gracias(?: (?:de (?:nuevo|antemano|"
        r"verdad|corazon)|otra vez|"
        rf"a (?:tod[oa]s|ti|usted(?:es)?|vosotros)|equipo|igualmente))*(?: por {_GIVEN_ES})?|"
        rf"(?:te|se|os|le|les)? ?(?:lo )?agradezco(?: (?:mucho|muchisimo|de verdad|enormemente))*(?: {_GIVEN_ES})?|"
        r"(?:estoy|quedo) (?:muy )?agradecid[oa]",
        "it": r"(?:(?:mille|molte|tante) )*grazie(?: (?:mille|tante|infinite|di (?:cuore|nuovo)|ancora|a (?:tutt[ie]|"
        r"voi|te|lei)|in anticipo|davvero|"
        rf"moltissime))*(?: (?:per|del|dell|della|di) {_GIVEN_IT})?|(?:ti|la|vi) (?:ringrazio|"
        rf"ringraziamo)(?: (?:molto|tanto|"
        rf"moltissimo|ancora|di cuore|davvero|in anticipo))*(?: (?:per|del|dell|della) {_GIVEN_IT})?",
        "pt": r"(?:(?:muito|muitissimo|mil|bem) )*(?:obrigad[oa]s?|obrigadao|obg|valeu|brigad[oa])(?: (?:mesmo|"
        r"mais uma vez|novamente|"
        rf"de (?:novo|coracao)|a (?:tod[oa]s|voces?)|desde ja|equipe|equipa|pessoal|igualmente|imenso))*(?: (?:por|"
        rf"pel[ao]s?) {_GIVEN_PT})?|"
        rf"(?:eu )?agradeco(?: (?:muito|imenso|desde ja|a voces?|mesmo))*(?: (?:(?:por|pel[ao]s?) )?{_GIVEN_PT})?",
        "nl": r"(?:(?:heel|ontzettend|super|alvast|hartelijk|hartelijke|veel|enorm|heel erg|erg|nogmaals|duizendmaal|"
        r"vriendelijk) )*"
        r"(?:bedankt|dank|dank (?:je|u|jullie)(?: wel)?|dankjewel|dankuwel|thanks)(?: (?:hoor|allemaal|nogmaals|"
        r"alvast|zeer|hartelijk|team|"
        rf"iedereen|weer))*(?: voor {_GIVEN_NL})?",
    },
    Courtesy.GOODBYE: {
        "en": rf"(?:(?:and|i|we|wish|wishing|hope|you|all|please|do|that|will) )*have an? (?:(?:very|really|"
        rf"most) )*{_NICE_EN} {_DAY_EN}(?: ahead)?|"
        rf"(?:(?:i|we) )?wish(?:ing)? (?:you|everyone|you all|all of you|y all) (?:an? )?(?:(?:very|"
        rf"really) )*{_NICE_EN} {_DAY_EN}|"
        rf"enjoy (?:your|the|the rest of your) {_DAY_EN}|(?:have an? )?{_NICE_EN} (?:weekend|rest of your day)|"
        rf"all the best|"
        r"(?:see|talk to|speak to|catch|hear from) (?:you|ya|u)(?: (?:soon|tomorrow|around|later|next time|all|then|"
        r"again))*|"
        r"(?:talk|speak) (?:soon|later)|(?:un)?til next time|(?:bye|goodbye|good bye)(?: (?:for now|everyone|all|"
        r"then|team|guys))+|"
        r"(?:(?:i have |i ve )?(?:no (?:more|other|further) questions?|nothing (?:more|further|"
        r"else)))(?: (?:for now|today|from me))*|"
        r"(?:(?:best|kind|warm) )regards|(?:got|have|i have to|gotta) (?:to )?(?:go|run)(?: now)?|"
        r"take care(?: (?:of yourself|everyone|all))*",
        "de": r"(?:(?:ich|wir) )?(?:(?:wunsche|wunschen|wunsch|habt|haben sie) )?(?:(?:dir|ihnen|euch|allen|noch|"
        r"dann|und|auch|allseits) )*"
        rf"(?:(?:einen|eine|ein) )?(?:(?:ganz|sehr|wunder) )*(?:schon|gut|angenehm|wunderschon|erholsam|"
        rf"nett)(?:e[nrs]?|) (?:noch )?{_DAY_DE}"
        r"(?: (?:noch|euch|dir|ihnen|allen|zusammen|allerseits|gewunscht|wunsche ich|und))*|bis (?:bald|dann|morgen|"
        r"spater|demnachst|zum nachsten mal|"
        r"nachste woche)|mach ?s gut|machen sie s gut|tschau|tschussi|auf wiederhoren|"
        r"(?:ich habe )?keine (?:weiteren )?fragen mehr|(?:liebe|viele|beste|herzliche|schone) grusse|"
        r"mit freundlichen grussen|alles (?:gute|liebe)",
        "fr": rf"(?:(?:je|nous) (?:vous|te) souhait(?:e|ons) |passez |passe )?(?:(?:une|un|et) )*(?:tres )?(?:bonne?|"
        rf"excellente?|agreable|belle) {_DAY_FR}"
        r"(?: (?:a (?:vous|toi|tous|toutes)|aussi|egalement))*|a (?:bientot|demain|plus|plus tard|tout a l heure|"
        r"la prochaine)|(?:bien )?cordialement|bonne continuation",
        "es": r"(?:(?:que|y|te|le|les|os|deseo) )*(?:tengas?|tengan|tengais|pases?|pasen|paseis|ten) (?:(?:un|una|"
        r"muy) )*(?:buen|buena|bonit[oa]|"
        rf"excelente|feliz|lind[oa]|gran) {_DAY_ES}|(?:te|le|les|os) deseo (?:un|una) (?:muy )?(?:buen|buena|feliz|"
        rf"excelente) {_DAY_ES}|"
        rf"(?:buen|feliz|bonito) {_DAY_ES}|hasta (?:luego|pronto|manana|la proxima|otra|la vista)|"
        rf"nos vemos(?: (?:pronto|luego))*|cuid(?:ate|ese|ense)|"
        r"no tengo mas preguntas|(?:un )?(?:cordial )?saludos?|chao",
        "it": rf"(?:(?:ti|vi|le) aug(?:uro|uriamo) |passa |passate |e )?(?:una |un )?(?:buon|buona|felice|splendida|"
        rf"ottima|bella) {_DAY_IT}"
        r"(?: (?:a (?:tutt[ie]|voi|te|lei)|anche a (?:te|voi|lei)))*|ci (?:vediamo|sentiamo)(?: (?:presto|dopo|"
        r"domani))*|a (?:domani|dopo|presto|piu tardi)|alla prossima|"
        r"nessun altra domanda|(?:cordiali|distinti|tanti) saluti|"
        r"stammi bene",
        "pt": rf"(?:(?:que|desejo|lhe|te|a|voces?|tenha|tenham|tem) )*(?:um|uma) (?:(?:muito|bem) )*(?:otim[oa]|bom|"
        rf"boa|excelente|lind[oa]|feliz) {_DAY_PT}"
        rf"(?: (?:(?:a|para) (?:tod[oa]s|voces?)|tambem))*|(?:bom|otimo) (?:fim|final) de semana|ate (?:logo|mais|"
        rf"breve|amanha|a proxima|ja|depois)|"
        r"(?:um )?(?:grande )?abracos?|nao tenho mais (?:perguntas|duvidas)|"
        r"(?:com os melhores )?cumprimentos",
        "nl": r"(?:(?:ik|we|wij) wensen? (?:je|u|jullie)(?: allemaal)? )?(?:(?:nog|en|een|heb|hebben) )*(?:(?:hele|"
        r"heel) )*"
        rf"(?:fijne?|prettige?|goed|goede|leuke?|mooie?|gezellige?) {_DAY_NL}(?: (?:nog|verder|gewenst|toegewenst|"
        rf"allemaal|samen))*|"
        r"tot (?:ziens|straks|morgen|later|snel|gauw|de volgende keer|dan|volgende keer)|doeg|groetjes|"
        r"(?:ik heb )?geen (?:verdere )?vragen meer|met vriendelijke groet(?:en)?",
    },
}

_STATED: dict[Courtesy, dict[str, str]] = {
    Courtesy.THANKS: {
        "en": rf"(?:what a|such a|{_REALLY_EN})? ?{_FINE_EN} (?:customer )?{_OURS_EN}(?: {_OURS_EN})*(?: (?:team|guys|"
        rf"everyone|today|as always))*|"
        rf"what an? {_FINE_EN} {_OURS_EN}|(?:you|u|you guys|you all|this|that|it|he|this bot|the bot|frontdesk|"
        rf"your {_OURS_EN}|this {_OURS_EN}|the {_OURS_EN}) (?:are|re|is|s|was|were|have been|"
        rf"ve been)(?: {_REALLY_EN})* {_FINE_EN}"
        rf"(?: {_OURS_EN})?(?: (?:to|for) (?:me|us))?|"
        r"(?:(?:i|we) )?(?:(?:really|just|absolutely) )*(?:love|like|loved|liked) (?:you|it|"
        rf"(?:this|your|the) {_OURS_EN})(?: (?:guys|all|so much|a lot))*|"
        r"(?:this|that|it|you|which|your (?:answer|reply))(?: (?:really|has|have|ve|s|did|already|truly|"
        r"definitely))* help(?:s|ed)"
        r"(?: (?:me|us|out|a lot|a great deal|so much|very much|immensely|loads|today|already))*|"
        r"you (?:(?:just|really|totally|have|ve) )*(?:saved|made) my (?:day|life|week|weekend)|keep (?:it up|"
        r"up the (?:good|great) work)|"
        r"(?:i m|i am) (?:(?:so|very|really) )*(?:impressed|happy with (?:this|your|the) (?:answer|help|service))|"
        r"(?:very )?impressive|"
        r"(?:that|this|it) (?:has )?(?:solved|fixed|sorted|answered) (?:it|(?:all )?my (?:problem|issue|questions?|"
        r"query))|(?:problem|issue) solved|"
        r"well (?:done|said|explained)|(?:nicely|beautifully) done|you rock|that was (?:really |very |super |"
        r"so )?(?:quick|fast)",
        "de": r"(?:(?:du|ihr|sie|das|dies|es|der bot|die antwort|deine antwort|ihr service|euer service) (?:bist|seid|"
        r"sind|ist|war|waren) )"
        r"(?:(?:echt|wirklich|einfach|so|sehr|total|ja|richtig|mega|alle|ein|eine|der|die|das) )*(?:super|toll|"
        r"klasse|spitze|genial|"
        r"grossartig|fantastisch|beste[nr]?|schatz|engel|hilfreich|prima|perfekt|wunderbar|lieb|nett|freundlich|top|"
        r"hammer)"
        r"(?: (?:hilfreich|bot|service))?|das ging (?:ja |aber |echt |wirklich |sehr )*(?:schnell|fix)|(?:gut|super|"
        r"toll) gemacht|"
        r"(?:super|toller?|klasse|guter?|sehr gute[rs]?|tolle[rs]?|top|bester?) (?:service|antwort|hilfe|arbeit|bot|"
        r"support|team|job)|"
        r"(?:das|du|ihr|sie)? ?(?:hat|hast|habt|haben) (?:(?:mir|uns|sehr|echt|wirklich|schon|wahnsinnig|viel|"
        r"weiter) )*"
        r"(?:ge|weiterge)holfen|das hilft (?:(?:mir|uns|sehr|schon|wirklich|echt|weiter) )*(?:weiter|sehr|schon|viel)",
        "fr": r"(?:vous etes|tu es|c est(?! (?:(?:vraiment|tres|plus|le|la|les) )*(?:efficace|meilleur))|c etait|"
        r"ce bot est|votre (?:aide|reponse|service) (?:est|etait)) "
        r"(?:(?:vraiment|tres|trop|juste|tout simplement|tellement|absolument|des|une?|tous) )*(?:super|genial(?:e|"
        r"es)?|geniaux|parfaite?s?|top|"
        r"formidables?|excellente?s?|utile|extra|au top|adorables?|l[ea]s? meilleure?s?|efficaces?|gentil(?:le)?s?|"
        r"claire?|sympas?|anges?)|"
        r"(?:super|excellente?|tres bonn?e?|bonn?e?|beau) (?:travail|service|reponse|bot|boulot|aide)|bravo|"
        r"felicitations|chapeau|"
        r"(?:(?:ca|cela) )?(?:m|nous) (?:a|aide|avez|ont) ?(?:beaucoup|bien|vraiment|enormement)? ?(?:aidee?|beaucoup)",
        "es": r"(?:eres|sois|usted es|es usted|ustedes son|esto es(?! mejor)|fue|ha sido|has sido) "
        r"(?:(?:muy|realmente|simplemente|un|una|el|la|los|las|de) )*(?:genial(?:es)?|"
        r"increibles?|mejor(?:es)?|util|amables?|excelentes?|fantastic[oa]s?|estupend[oa]|maravillos[oa]s?|"
        r"perfect[oa]|crack|ayuda|eficientes?)|"
        r"(?:muy )?(?:buen|buena|gran|excelente) (?:trabajo|servicio|respuesta|bot|ayuda|atencion)|"
        r"(?:me|nos) (?:ha |has |han )?(?:ayudado|ayudo|ayudaste|sirvio|servido)(?: (?:mucho|muchisimo|bastante))*|"
        r"(?:eso|esto|(?:su|tu|la|esta) respuesta) (?:me|nos) (?:ayuda|sirve)(?: (?:mucho|muchisimo|bastante))?|"
        r"(?:me|nos) (?:ayuda|sirve) (?:mucho|muchisimo|bastante)|"
        r"(?:es|son) (?:muy amables?|genial(?:es)?|increibles?|fantastic[oa]s?|maravillos[oa]s?|perfect[oa]s?)|"
        r"muy (?:util|amable|bien hecho|eficiente)|felicidades|bien hecho",
        "it": r"(?:sei|siete|lei e|e stat[oa]|sei stat[oa]|siete stati) (?:(?:molto|davvero|veramente|proprio|un|il|"
        r"la|i|di) )*(?:grande|grandi|"
        r"fantastic[oi]|bravissim[oi]|brav[oi]|gentil[ei]|gentilissim[oi]|migliori?|ottimo|perfetto|utilissimo|utile|"
        r"mitico|mitici|"
        r"super|eccellente|grande aiuto)|(?:molto|davvero) utile|(?:e )?(?:molto|davvero) gentil[ei]|"
        r"questo e (?:(?:molto|davvero|veramente|proprio) )*(?:utilissimo|utile)|"
        r"(?:questo )?e (?:(?:davvero|veramente|proprio) )*(?:fantastico|ottimo|perfetto)|"
        r"(?:ottim[oa]|bel|bella|buon) (?:lavoro|servizio|risposta|bot|aiuto)|ben fatto|complimenti|"
        r"(?:mi|ci) (?:hai|ha|avete|e stato) (?:(?:molto|tanto|davvero) )*(?:aiutat[oai]|utile)(?: (?:molto|tanto|"
        r"tantissimo))*",
        "pt": r"(?:voce e|voces sao|tu es|(?:isso e|isto e)(?! melhor)|foi|foram) "
        r"(?:(?:muito|realmente|mesmo|um|uma|o|a|os|as) )*(?:otim[oa]s?|demais|incrive(?:l|is)|"
        r"melhor(?:es)?|show|maravilhos[oa]s?|excelentes?|perfeit[oa]|util|uteis|fantastic[oa]s?|amor|gentil|gentis|"
        r"sensacional)|"
        r"e (?:otimo|incrivel|maravilhoso|perfeito|fantastico|demais|sensacional)|"
        r"(?:otim[oa]|excelente|bom|boa|belo) (?:trabalho|servico|atendimento|resposta|ajuda)|"
        r"(?:isso |isto |voce )?(?:(?:me|nos) )?ajudou(?: (?:muito|bastante|imenso|demais))*|parabens|muito (?:util|"
        r"gentil)",
        "nl": r"(?:je|jij|jullie|dit|dat|het|u) (?:bent|ben|zijn|is|"
        r"was) (?:(?:echt|zo|heel|erg|gewoon|een|de|"
        r"super) )*(?:geweldig|top|super|fantastisch|beste|lief|perfect|handig|behulpzaam|held|kanjers?|fijn|nuttig|"
        r"toppers?|snel)|"
        r"(?:goed|mooi|prima|top|super|geweldig|lekker) (?:gedaan|werk|bezig|antwoord|service)|"
        r"(?:dat|dit|je|jullie|u) (?:heeft|helpt|hebt|hebben) (?:(?:me|mij|ons|heel|erg|veel|enorm|goed|"
        r"echt) )*(?:geholpen|verder|goed|enorm)",
    },
    Courtesy.GOODBYE: {
        "en": r"(?:that|this) (?:s|is|was|will be|would be|ll be) (?:all|it|everything)(?: (?:i|we|for|needed|need|"
        r"wanted|now|today|from me|to know))*",
        "de": r"das (?:(?:war|ware) e?s|ist alles)(?: (?:schon|dann|von mir|fur heute))*",
        "fr": r"(?:ce sera|c est) tout",
        "es": r"(?:eso|esto) (?:es|seria) todo(?: (?:por ahora|por hoy))*",
        "it": r"(?:questo )?e tutto(?: (?:per ora|grazie))*",
        "pt": r"(?:e )?(?:so|somente) isso|isso e tudo",
        "nl": r"(?:dat|dit) (?:was|is) (?:het|alles)(?: (?:weer|voor nu|wel))*",
    },
}
"""Compliments, and that this is all; asked ("This is perfect?", "That's all?") they are none."""


def courtesy_at(words: str, asked: Sequence[bool] = ()) -> Said | None:
    """Return the longest courtesy that plain words begin with, None where they begin with none.

    `asked` says of each word whether its clause ends with a question mark.
    """
    found = [
        Said(kind, language, match[0])
        for kind, language, pattern, stated in _patterns()
        if (match := pattern.match(words)) is not None and not (stated and any(asked[: len(match[0].split())][-1:]))
    ]
    return max(found, key=lambda one: len(one.words), default=None)


@cache
def _patterns() -> tuple[tuple[Courtesy, str, re.Pattern[str], bool], ...]:
    return tuple(
        (kind, language, re.compile(rf"(?:{pattern})(?!\S)"), patterns is _STATED)
        for patterns in (_PATTERNS, _STATED)
        for kind, by_language in patterns.items()
        for language, pattern in by_language.items()
    )
