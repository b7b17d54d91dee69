"""What of a message that was written or pasted as a mail is its writer's own: no quoted mail, and no signature."""

from __future__ import annotations

import re

from bot.text.facts import telling_words
from knowledge.territories import plain

_LABELS = (
    r"From|Sent|To|Cc|Bcc|Subject|Date|Reply-To|Importance|Von|Gesendet|An|Betreff|Datum|De|Envoy[ée]|À|A|Objet|"
    r"Enviad[oa](?: el| em)?|Para|Asunto|Fecha|Da|Inviato|Oggetto|Data|Assunto|Van|Verzonden|Aan|Onderwerp"
)
_HEADERS = re.compile(
    rf"(?:^[ \t]*[_-]{{5,}}[ \t]*\n\s*)?(?:^[ \t*]*(?:{_LABELS})\*{{0,2}}[ \t]*:[^\n]*(?:\n|\Z)){{2,}}",
    re.MULTILINE | re.IGNORECASE,
)
_FROM = "From|Von|De|Da|Van"
_SENT = "Sent|Gesendet|Envoy[ée]|Enviad[oa]|Inviato|Verzonden|Date|Datum|Fecha|Data"
_TO = "To|An|À|A|Para|Aan"
_SUBJECT = "Subject|Betreff|Objet|Asunto|Oggetto|Assunto|Onderwerp"
_ADDRESS = r"[<‹](?:[ \t]*\n[ \t]*)?(?:mailto:)?[^\s<>‹›@]+@[^\s<>‹›@]+[>›]"
_RULER = re.compile(r"\s*[_-]{5,}")
_MOMENT = re.compile(r"(?=.*\b(?:19|20)\d\d\b).*\b\d{1,2}[:.h]\d\d\b")
"""A day with the time, as mail programs tell when a mail was sent."""
_DATED = r"(?=[^\n]*(?:\n[^\n]*)?(?:\d{1,2}[:.h]\d\d|\b20\d\d\b|@))"
_TOLD = (
    rf"(?:(?=[^\n]*(?:\n[ \t]*)?{_ADDRESS})|"
    r"(?![^\n]*\b(?:I|we|my|your|me|ich|wir|mir|uns|Ihr|Ihre|habe|hatte|je|nous|votre|nos|ik|wij|mij)\b))"
)
_WROTE = "wrote|schrieb|écrit|escribió|scritto|escreveu|schreef"
_INTRODUCED = re.compile(
    rf"^[ \t]*(?:On|Am|Le|El|Il|Em|Op)\b{_DATED}{_TOLD}[^\n]{{5,200}}(?:\n[^\n]{{0,100}})?"
    rf"\b(?:{_WROTE})\b[^\n]{{0,80}}(?:\n?[ \t]*{_ADDRESS})?:[ \t]*$|"
    rf"^(?=[^\n]*(?:\b20\d\d\b|\b\d{{1,2}}[:.h]\d\d\b))(?=[^\n]*{_ADDRESS})"
    rf"(?=[ \t-]*(?:\d|(?:On|Am|Le|El|Il|Em|Op)\b)|[^\n]*\b(?:{_WROTE})\b)"
    rf"[^\n]{{0,250}}(?:(?<=[>›])|\b(?:{_WROTE})|\d)(?:[ \t]*:|[ \t]*-{{2,}})[ \t]*$",
    re.MULTILINE,
)
"""As mail programs do it, with a day, an address or both; "On Monday your colleague wrote:" tells what happened."""
_PASSED_ON = re.compile(
    r"^[ \t]*-{3,}[ \t]?(?:Original|Forwarded|Ursprüngliche|Weitergeleitete|Message (?:d['’]origine|transféré)|"
    r"Mensaje (?:original|reenviado)|Messaggio (?:originale|inoltrato)|Mensagem (?:original|encaminhada)|"
    r"Oorspronkelijk|Doorgestuurd)[^\n]*|"
    r"^[ \t]*(?:Begin forwarded message|Anfang der weitergeleiteten (?:Nachricht|E-Mail)|"
    r"Début du message (?:réexpédié|transféré)|Inicio del mensaje reenviado|Inizio (?:del )?messaggio inoltrato|"
    r"Início da mensagem (?:encaminhada|reencaminhada)|Begin doorgestuurd bericht)[ \t]?:?[ \t]*$|"
    rf"^[ \t]*-{{3,}}[^\n-][^\n]{{0,80}}\b(?:{_WROTE})\b[^\n]{{0,40}}-{{3,}}[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_ON_ONE_LINE = re.compile(
    rf"^[ \t*]*(?:{_FROM})\*{{0,2}}[ \t]*:(?=[^\n]*(?:\b20\d\d\b|\d[:.h]\d\d\b|@))[^\n]{{1,200}}"
    rf"\b(?:{_SENT})\*{{0,2}}[ \t]*:[^\n]{{1,200}}\b(?:{_TO}|{_SUBJECT})\*{{0,2}}[ \t]*:[^\n]*",
    re.MULTILINE,
)
"""The lines above a mail where a chat has joined them to one."""
_QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_QUOTE_MARK = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)
_OF_THE_MAIL = frozenset(
    "fyi below mail mails email emails message question questions request enquiry inquiry answer answers answered "
    "reply replies replied respond responded response update news sent forwarded forwarding fwd wrote written waiting "
    "help assist assistance advise advice idea ideas thoughts handle following info urgent asap passing anbei "
    "dringend eilt unten untenstehend nachricht frage fragen antwort antworten beantworten anfrage geschickt gesendet "
    "geschrieben warte hilfe helfen idee bearbeiten bearbeitung weitergeleitet dessous reponse repondre envoye ecrit "
    "attends aide aider aidez abajo correo mensaje pregunta respuesta responder envie espero ayuda ayudar ayudarme "
    "sotto messaggio domanda risposta rispondere inviato scritto aspetto aiuto aiutare aiutarmi abaixo mensagem "
    "pergunta resposta enviei ajuda ajudar hieronder bericht vraag antwoord beantwoorden gestuurd hulp helpen".split()
)
"""Of the mail below, and of the help with it that is wanted."""
_BESIDE_IT = telling_words(
    "please kindly pls hi hello hey dear team all everyone sir madam want need like get expect just once again more "
    "already see read yesterday today week weeks day days time times soon now urgently new our yet ago still thanks "
    "thank regards best kind know let customer client customers clients colleague frontdesk someone anyone anybody "
    "nobody never follow up look here have been since last few many long get ich wir du ihr sie mir mich uns euch "
    "mein meine meiner meinen die der das den dem dies diese dieser diesen auf zu zur bitte siehe lesen hallo guten "
    "tag noch immer keine kein habe haben gestern heute letzte woche wochen seit tage tagen bis es und eine einen "
    "einer einem von vom danke gruss kannst konnen konnten konnt kann jemand wer leider weiss dazu hierzu mal kunde "
    "kunden kundin kenntnis nur brauche mehrfach nie bonjour je j n nous vous me m on tu ma mon mes la le les l un une "
    "de du d a au ce cette ci voir lire ai hier toujours pas s svp merci pouvez pourriez pouvons quelqu qui pour plus "
    "client cliente aucune aucun jamais il est que te vous plait y hola ver mi mis el los la las por favor ayer he un "
    "una este esta alguien puede pueden podria puedes me nos lo de con cliente ninguna todavia aun no he buongiorno "
    "vedi mia mio per ieri ho ancora di il lo gli questa questo qualcuno puo potete potreste mi ci con nessuna del "
    "della non ola veja minha meu ontem uma um o a os as esta este essa alguem pode podem poderia me nos com nenhuma "
    "ainda do da nao para zie mijn ik we wij me mij ons een de het dit deze kun kan kunnen kunt je jullie iemand geen "
    "ihnen heb nog niet met voor van klant steeds alsjeblieft alstublieft aub graag ter informatie even"
)
"""What stands beside those words where somebody lets a mail speak: "Could you answer my mail below?"."""
_NAMED_THERE = (
    r"(?:there|all|team|everyone|everybody|folks|guys|sir|or|and|madam|support|colleagues|zusammen|alle|liebes|damen|"
    r"und|"
    r"herren?|frau|kollegen|à|a|tous|toutes|l['’]équipe|madame|monsieur|tod[oa]s|equipo|tutt[ie]|pessoal|equipe|"
    r"allemaal|iedereen|heer|mevrouw|again|to|you|@?frontdesk)"
)
_GREETED = re.compile(
    r"\A\W*(?i:hi|hello|hey|hiya|dear|greetings|(?:good )?morning|good (?:afternoon|evening|day)|hallo|moin|servus|"
    r"guten (?:tag|morgen|abend)|liebe[rs]?|sehr geehrte[rs]?|grüß gott|bonjour|bonsoir|salut|ch[eè]re?s?|hola|"
    r"buenos d[ií]as|buenas (?:tardes|noches)|estimad[oa]s?|buongiorno|buonasera|ciao|salve|gentile|ol[áa]|oi|bom dia|"
    r"boa (?:tarde|noite)|prezad[oa]s?|hoi|goede(?:morgen|middag|navond|ndag)|dag|beste|geachte)"
    rf"(?:[ \t]+(?:(?i:{_NAMED_THERE})\b|[A-ZÀ-Þ][\w.'’-]*)){{0,6}}[ \t]*(?:[,;:!.–—-]+|\n|\Z)"
)
"""A greeting, with those whom it greets."""
_NAME_BELOW = re.compile(r"(?:(?<=[.!?])[ \t]+|\n\s*)[A-ZÀ-Þ][\w.'’-]*(?:[ \t]+[A-ZÀ-Þ][\w.'’-]*){0,2}\s*\Z")
"""The name of whoever signs without a closing."""
_AGREES = re.compile(
    r"(?:yes|yep|yeah|ok|okay|ja|nein|oui|non(?! (?:ho|abbiamo|mi|ci|avete)\b)|si|sim|"
    r"nao(?! (?:recebi|recebemos|tive)\b)|nee)\b|no (?:it|that|this|i|we|you|thanks)\b|"
    r"(?:it|that|this) (?:is|was|s) (?:not )?(?:my|the|your|a|an|our) "
)
"""How one answers a mail, with words that could point to it as well: "Yes, that was my question"."""
_LOOK = re.compile(r"\b(?:have|take) a (?:quick )?look\b")
_FIGURE = re.compile(r"(?<!for )(?<!been )(?<!since )(?<!last )(?<!seit )(?<!vor )(?<!depuis )\b\d")
"""What tells something, unless it is how long somebody has waited."""
_THANKS_FOR_IT = re.compile(
    r"\b(?:thanks|thank you|danke|dank|merci|gracias|grazie|obrigad[oa]|bedankt)(?: (?:so|very|a) (?:much|lot))? "
    r"(?:for|fur|pour|de|por|per|pel[ao]|voor) (?:\w+ ){0,3}?\w*(?:mail|message|answer|reply|response|update|nachricht|"
    r"antwort|reponse|respuesta|risposta|resposta|antwoord|bericht|info|information|help|helping|advice|assistance|"
    r"hilfe|"
    r"aide|ayuda|aiuto|ajuda|hulp)\b"
)
_NONE_YET = re.compile(
    r"\b(?:not (?:(?:yet|been|even) )*(?:answered|replied|responded|heard)(?! (?:it|them)\b)|"
    r"(?:not (?:(?:yet|been|even) )*|never )(?:had|got|get|received|receive|seen|see)(?= \w)(?! (?:it|them|yet)\b)|"
    r"(?:did (?:you|anyone|anybody|someone)|have you) (?:got|get|had|received|receive|seen|see)|"
    r"(?:got|had|get|received)(?= (?:no|any) )|"
    r"(?:haben sie|hast du|avez vous|hebben jullie|heeft u)(?P<asked>(?: \w+){0,5}) "
    r"(?:bekommen|erhalten|gehort|recue?s?|gekregen|ontvangen)|"
    r"(?:nie|nicht)(?P<unheard>(?: \w+){0,5}) gehort)\b"
)
"""Who waits for an answer; what else they wait for stays, as it tells that they do not mean a mail."""
_NOT_RECEIVED = re.compile(
    r"\b(?:keine?n?|nie|nicht|pas|aucune?|jamais|ningun[ao]?|no|nessuna|non|nenhuma|nao|geen|nooit|niet)"
    r"(?P<what>(?: \w+){0,5}) (?:bekommen|erhalten|recue?s?|recibido|ricevuto|recebi|gekregen|ontvangen)\b"
)
"""What has not been received may be the answer: "keine Antwort erhalten"."""
_TO_BE_ANSWERED_BY_THEM = re.compile(
    r"\b(?:can|could|may|shall|should|must|do|would) (?:i|we)\b|\b(?:i|we|how) (?:\w+ )?to (?:answer|reply|respond)\b|"
    r"\b(?:was|wie|comment|como|come|hoe) (?:\w+ ){0,2}(?:ich|wir|je|nous|puedo|debo|posso|devo|ik|antworten|repondre|"
    r"responder|rispondere)\b"
)
"""Who asks how to answer a mail does not say with it what they want themselves."""
_LAST_SENTENCE = re.compile(r"[^.?!\n]+[.:]?\s*\Z")
_HAS_COME = (
    r"(?:(?:got|get|received|erhalten|bekommen|bekam|kam|recue?s?|recib(?:i|imos|ido)|llego|llegado|ricevuto|arrivat[oa]|"
    r"recebi|recebemos|recebid[oa]|chegou|ontvangen|gekregen|kreeg|kregen)\b)"
)
_THIS = (
    r"(?:(?:this|these|(?:the )?(?:following|below)|dies(?:e[nrs]?)?|folgende[nrs]?|ca|ceci|cela|cette|esto|eso|"
    r"lo siguiente|quest[aoei]|quanto segue|isto|isso|o seguinte|dit|deze|het volgende|"
    r"das(?= (?:hab\w*|heute|gestern|gerade|hier|von|bekam|kam|bekommen|erhalten)\b)|"
    r"e ?mails?|mails?|messages?|texts?|sms|\w*nachricht(?:en)?|courriels?|correos?|mensajes?|"
    r"messaggio?|mensagem|mensagens|bericht(?:en|je)?)\b)"
)
"""What stands below, or a mail."""
_SOMEBODY = r"^ ?(?:(?:i|we|just|ich|wir|hab\w*|j|ai|on|a|nous|avons|he|hemos|ho|abbiamo|ik|wij|heb\w*) )*"
_TODAY = r"(?:heute|gestern|gerade|eben|vandaag|gisteren|net)"
_PASTES = re.compile(
    rf"(?:\b{_HAS_COME} (?:\w+ )*?{_THIS}|\b{_THIS} (?:\w+ )*?(?:{_HAS_COME}|came\b)|"
    rf"{_SOMEBODY}(?:{_HAS_COME} (?:today|yesterday|just now|from|aujourd|hier|de|du|par|hoy|ayer|del|oggi|ieri|da|"
    rf"dal\w*|hoje|ontem|do|van|von|{_TODAY})\b|{_TODAY} (?:v[ao]n \w+ (?:\w+ )?)?{_HAS_COME})|"
    r"\b(?:this (?:e ?mail|message)|diese (?:e ?mail|nachricht)|ce (?:mail|message)|este (?:correo|mensaje)|"
    r"quest[ao] (?:mail|messaggio)|est[ea] (?:e ?mail|mensagem)|deze mail|dit bericht)\b)"
    r"(?! (?:not|nicht|pas|niet)\b)"
)
"""What introduces a mail that stands in the middle of a message: "I received this mail today"; "Got it" answers one."""
_DENIES = re.compile(
    r"\b(?:not|never|kein\w*|nicht|nichts|nie|pas|rien|jamais|aucune?|non|niente|nulla|nessun\w*|nao|nada|nunca|"
    r"nenhum\w*|ningun\w*|geen|niet|niets|nooit|t|no(?! (?:sabado|domingo|dia|mes|meu)\b))\b"
)
_NEXT_CLAUSE = re.compile(
    r" (?:(?:but|and|why|how|aber|und|warum|wieso|mais|et|pourquoi|pero|y|por que|ma|e(?! mails?\b)|perche|mas|porque|"
    r"maar|en|waarom) )+"
)
"""What is denied before it is not what follows: "Not sure why I got this mail"."""
_PARAGRAPH_THAT_ASKS = re.compile(
    r"\w[\"'”’)\]\s]{0,3}[?？](?:\s|\Z)|\A\s*(?:(?:and|so|but|now|hi|hello),? )?(?:how (?:do|can|long|much|many|often)|"
    r"what (?:do|is|are|can|should|does)|(?:can|could|do|does|is|are|may) (?:i|we|you|it|there)|wie|wann|was|kann ich|"
    r"comment|cómo|come|como|hoe)\b",
    re.IGNORECASE,
)


def own_words(message: str) -> str:
    """Return a message without what others wrote: quoted lines, and the mail that it answers.

    It is returned as it is where nothing is its writer's own, or where they let the mail speak. Of a mail in the
    middle of a message the last paragraph that asks is taken for its writer's own.
    """
    quotes = [(found.start(), found.end()) for found in _HEADERS.finditer(message) if _heads_a_mail(found[0])]
    quotes += [
        (found.start(), found.end()) for found in (*_PASSED_ON.finditer(message), *_ON_ONE_LINE.finditer(message))
    ]
    quotes += [
        (found.start(), found.end())
        for found in _INTRODUCED.finditer(message)
        if not _QUOTED.match(message[found.end() :].lstrip())
    ]
    end = 0
    for begin, below in sorted(quotes):
        own = _without_quoted_lines(message[:begin]) if message[end:begin].strip() else ""
        if own.strip() and not _lets_it_speak(own, message[begin : below + _LONGEST_HEAD]):
            asked = _asked_below(message[below:]) if _introduces(own) else ""
            return "\n\n".join(filter(None, (own.strip(), asked)))
        end = below
    own = _without_quoted_lines(message)
    if own == message or not own.strip():
        return message
    heads = "\n".join(found[0] for found in _INTRODUCED.finditer(message))
    return _QUOTE_MARK.sub("", message) if _lets_it_speak(own, heads) else own.strip()


def without_introductions(message: str) -> str:
    """Return a message with what it quotes, but without the lines that tell who wrote that."""
    return _INTRODUCED.sub("", message).strip() if _INTRODUCED.search(message) else message


def _without_quoted_lines(text: str) -> str:
    return _INTRODUCED.sub("", _QUOTED.sub("", text))


def _heads_a_mail(lines: str) -> bool:
    """Whether labelled lines are those above a mail, not a form such as "From: London" and "To: Malta"."""
    told = {
        labels: found
        for labels in (_FROM, _SENT, _TO, _SUBJECT)
        if (found := re.search(rf"^[ \t*]*(?:{labels})\b.*", lines, re.MULTILINE | re.IGNORECASE))
    }
    if _FROM not in told or (_SENT not in told and _SUBJECT not in told):
        return False
    if _SUBJECT in told and re.search(_ADDRESS, told[_FROM][0]):
        return True
    if _SENT not in told or not told.keys() & {_TO, _SUBJECT}:
        return False
    sure = len(told) == 4 or _RULER.match(lines) or re.search(_ADDRESS, lines)
    return bool(sure or _MOMENT.match(told[_SENT][0]))


def _lets_it_speak(own: str, head: str) -> bool:
    """Whether all that somebody says points to the mail below, or nothing: "Hello, could you please answer this mail?".

    They may sign it, also with the name of the one who wrote that mail.
    """
    if len(own) > _LONGEST_POINTER:
        return False
    body = without_signature(f"\n{_CLOSED_BEHIND.sub(chr(10), own.strip())}").strip()
    said = _GREETED.sub("", body)
    if not plain(said):
        return bool(_REGARDS.search(own)) or not _THANKS.search(plain(own)) or bool(_FORWARDED.search(head))
    said = plain(_NAME_BELOW.sub("", said))
    if _AGREES.match(said) or _FIGURE.search(said) or _TO_BE_ANSWERED_BY_THEM.search(said):
        return False
    said = _LOOK.sub("answer", said)
    said = _NONE_YET.sub(r"answer\g<asked>\g<unheard>", _THANKS_FOR_IT.sub("", said))
    said = _NOT_RECEIVED.sub(r"\g<what>", said)
    sender = re.search(rf"^[ \t*]*(?:{_FROM}|On|Am|Le|El|Il|Em|Op)\b.*", head, re.MULTILINE | re.IGNORECASE)
    words = set(said.split()) - set(plain(sender[0]).split() if sender else ())
    return bool(words & _OF_THE_MAIL) and telling_words(" ".join(words - _OF_THE_MAIL)) <= _BESIDE_IT


def _introduces(own: str) -> bool:
    """Whether what somebody says above a mail introduces it, by a colon or as what has come, rather than answers it."""
    if (last := _LAST_SENTENCE.search(own)) is None or last[0].rstrip().endswith(":"):
        return last is not None
    clauses = [one for part in re.split("[,;()]", last[0]) for one in _NEXT_CLAUSE.split(f" {plain(part)} ")]
    pasting = [(one, found) for one in clauses if (found := _PASTES.search(one))]
    affirmed = any(not _DENIES.search(one[: found.end()]) for one, found in pasting)
    return affirmed and not any(map(_THANKS.search, clauses))


def _asked_below(mail: str) -> str:
    """Return the last paragraph that asks, with what follows it; empty where none does."""
    paragraphs = re.split(r"\n[ \t]*\n", mail)
    asking = [place for place, one in enumerate(paragraphs) if _PARAGRAPH_THAT_ASKS.search(one)]
    return "\n\n".join(paragraphs[asking[-1] :]).strip() if asking else ""


_LONGEST_SIGNATURE = 500
_LONGEST_NOTES = 2_000
_DEVICE = (
    r"(?:iphone|ipad|android|phone|mobile|mobiltelefon|smartphone|handy|samsung|galaxy|outlook|mail|gmail|app)"
    r"(?:[ -](?:app|mail|phone|gerät|device|for \w+|für \w+|pour \w+|para \w+|per \w+|voor \w+))*"
)
_CLOSING = (
    r"(?:best(?=,)|(?:with )?(?:best|kind|kindest|warm|many|all good)? ?(?:regards|wishes|thanks)|(?:many )?thank you|"
    r"cheers|"
    r"(?:yours )?(?:sincerely|faithfully|truly)|all the best|"
    r"(?:mit )?(?:freundliche|beste|herzliche|liebe|schöne|viele)[nm]? (?:gr(?:ü|ue)(?:ß|ss)en?|"
    r"gru(?:ß|ss)|dank)|gru(?:ß|ss)|gr(?:ü|ue)(?:ß|ss)e|danke|mfg|"
    r"(?:bien )?cordialement|(?:meilleures|sincères) salutations|bien à vous|merci|"
    r"(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|atentamente|cordialmente|(?:muchas )?gracias|"
    r"(?:cordiali |distinti )?saluti|grazie(?: mille)?|"
    r"(?:com os )?(?:melhores )?cumprimentos|atenciosamente|obrigad[oa]|"
    r"(?:met )?vriendelijke groet(?:en)?|groet(?:en|jes)?|mvg|bedankt|"
    r"(?:sent (?:from|via|with|using) (?:my )?|(?:envoyé|enviado|inviato|verzonden) "
    r"(?:de|depuis|desde|do|da|dal|vanaf|met|via) (?:mon |mi |meu |mio |mijn )?|gesendet (?:mit|von|aus|über) "
    rf"(?:der |dem |meinem |meiner )?)(?:[\w.]+ ){{0,3}}?(?:{_DEVICE})|"
    r"sent from my \w+|von meinem \w+ gesendet|get outlook for \w+|outlook für \w+ (?:beziehen|herunterladen)|"
    r"obtenir outlook pour \w+|obtener outlook para \w+|scarica outlook per \w+|obter o outlook para \w+|"
    r"outlook voor \w+ downloaden)(?: (?:in advance|im voraus|d['’]avance|por adelantado|"
    r"again|very much|so much|a lot|schon mal|beaucoup|mille))*"
)
_LONGEST_HEAD = 300
_LONGEST_POINTER = 400
"""Characters of what lets a mail speak, signature included."""
_NOT_FOR = r"(?! (?:for|für|de|pour|por|per|voor|d['’]))"
"""What one thanks for may be what one wishes: "Merci de m'envoyer la facture"."""
_CLOSED = re.compile(rf"[ \t]*{_CLOSING}(?![\w'’]){_NOT_FOR}[ \t]*[,.!]*(?P<name>[^\n]*)", re.IGNORECASE)
_CLOSED_BEHIND = re.compile(rf"(?<=[.!?])[ \t]+(?={_CLOSING}(?![\w'’]){_NOT_FOR}[^.?!\n]*\Z)", re.IGNORECASE)
"""Where a closing stands behind a sentence rather than on a line of its own."""
_CLOSED_BRIEFLY = re.compile(r"[ \t]*(?:LG|VG|lg|vg)[,.!]*(?P<name>(?: [^\W\d_]+)?)[ \t]*")
"""Also the name of a maker: only alone or with a name, below the end of a sentence."""
_REGARDS = re.compile(
    r"regards|wishes|sincerely|faithfully|gr(?:ü|ue)(?:ß|ss)|gru(?:ß|ss)|mfg|salutations|cordial|saluti|saludo|atent|"
    r"cumprimentos|groet|mvg",
    re.IGNORECASE,
)
"""Closings that end a mail; "Thanks" may stand in the middle of a message."""
_THANKS = re.compile(r"\b(?:thanks|thank|thx|cheers|dank\w*|merci|gracias|grazie|obrigad[oa]|bedankt)\b")
_FORWARDED = re.compile(
    r"forward|weitergeleitet|transf|réexpédié|reenviad|inoltrat|encaminhad|doorgestuurd", re.IGNORECASE
)
"""Nobody passes a mail on only to say thanks."""
_PARTICLES = frozenset(
    "of the and und et y e de la le du des del da di do dos das van von vom der den dem zu zum zur am im in bei für an "
    "rue via calle avenida piazza place avenue tel phone mobile fax".split()
)
_GOES_ON = re.compile(
    r"\W*(?:and|also|plus|but|or|ps|p\.s|und|auch|außerdem|aber|oder|et|aussi|mais|y|también|pero|e|anche|ma|também|"
    r"mas|en|ook|maar)\b",
    re.IGNORECASE,
)
_A_SENTENCE = re.compile(
    r"\b(?:I|we|you|my|please|how|what|when|where|bitte|ich|wir|mein|meine|je|vous|yo)\b|[?？]", re.IGNORECASE
)
_MOST_LINES = 16
_DASHES = re.compile(r"\n--[ \t]*\n[^?]*\Z")
_MAIL_ITSELF = (
    r"\b(?:e-?mail|mail|message|communication|courriel|correo|mensaje|messaggio|mensagem|nachricht|bericht)\b"
)
_NOTES = re.compile(
    r"(?:^|(?<=[.!?]))(?![^.!?\n]*[?])(?![^.!?\n]*\b(?:I|my|ich|mein\w*|mon|ma|mi|mio|mia|meu|minha|"
    r"mijn)\b)[^.!?\n]*(?:"
    r"\b(?:environment|umwelt|environnement|medio ambiente|ambiente|milieu)\b[^.!?\n]*"
    r"\b(?:print|drucken|ausdrucken|imprim|stampa|afdruk)|"
    r"\b(?:print|drucken|ausdrucken|imprim|stampa|afdruk)\w*[^.!?\n]*"
    r"\b(?:environment|umwelt|environnement|medio ambiente|ambiente|milieu)\b|"
    r"\b(?:consider|think|denken|überlegen|pensez|piense|pensi|pense|denk)\b[^.!?\n]*\b(?:environment|umwelt|"
    r"environnement|"
    r"ambiente|milieu)\b|"
    r"\b(?:intended|named) (?:recipient|addressee)|"
    r"\b(?:beabsichtigte|richtige|vorgesehene)\w* (?:Empfänger|Adressat)|"
    r"\bdestinataire\b[^.!?\n]*\b(?:message|courriel|mail|erreur)|"
    r"\bdestinatari[oa]\b[^.!?\n]*\b(?:mensaje|correo|messaggio|mail|mensagem|error|errore|erro)|"
    r"\b(?:received|receive) this (?:e-?mail|message|communication)(?: \w+)? (?:in error|by mistake)|"
    rf"{_MAIL_ITSELF}[^.!?\n]{{0,80}}\b(?:confidential|privileged|vertraulich\w*|confidentiel\w*|confidencial\w*|"
    r"riservat\w*|vertrouwelijk\w*)|"
    r"\b(?:delete|destroy) (?:this|the|it|all)\b[^.!?\n]*\bnotify the sender|"
    r"\bnotify the sender\b[^.!?\n]*\b(?:delete|destroy)\b"
    r")[^.!?\n]*(?:[.!]|$)",
    re.IGNORECASE | re.MULTILINE,
)
"""What mail programs add below: do not print this, delete it unless it is for you."""


def without_signature(message: str) -> str:
    """Return a message without its closing, the name and address that it is signed with, and the notes below."""
    notes = message.find("\n", len(message) - _LONGEST_NOTES) + 1 if len(message) > _LONGEST_NOTES else 0
    below = _NOTES.sub("", message[notes:])
    text = (message[:notes] + below).rstrip() if below != message[notes:] else message
    if text.isupper():
        return text
    begin = max(len(text) - _LONGEST_SIGNATURE, 0)
    if dashes := _DASHES.search(text, begin):
        return text[: dashes.start()].rstrip()
    place = text.find("\n", begin)
    while place >= 0:
        if _signs(text[:place], text[place + 1 :]):
            return text[:place].rstrip()
        place = text.find("\n", place + 1)
    return text


def _signs(above: str, below: str) -> bool:
    """Whether what stands below is no more than a closing, a name, an address, a telephone number."""
    first, *lines = below.split("\n")
    lines = [line for line in lines if line.strip()]
    if len(lines) > _MOST_LINES or any(_GOES_ON.match(line) or _A_SENTENCE.search(line) for line in lines):
        return False
    closed = _CLOSED.fullmatch(first)
    if closed is None and (above.endswith("\n") or above.rstrip()[-1:] in {".", "!", "?"}):
        closed = _CLOSED_BRIEFLY.fullmatch(first)
    if closed is None or not _is_name_or_address(closed["name"]):
        return False
    named = closed["name"].strip() or (lines.pop(0) if lines else "")
    if not _is_name_or_address(named):
        return False
    return bool(_REGARDS.search(first)) or all(map(_is_name_or_address, lines))


def _is_name_or_address(line: str) -> bool:
    """Whether each word of a line is one of a name, an address or a number, as an empty one's are."""
    words = line.split()
    return all(
        word.strip(",.:;") in _PARTICLES
        or not word[0].isalpha()
        or word[0].isupper()
        or any(map(str.isdigit, word))
        or "@" in word
        or "www." in word
        for word in words
    )
