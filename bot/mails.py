"""What of a message that was written or pasted as a mail is its writer's own: no quoted mail, and no signature."""

from __future__ import annotations

import re

_LABELS = (
    r"From|Sent|To|Cc|Bcc|Subject|Date|Reply-To|Importance|Von|Gesendet|An|Betreff|Datum|De|Envoy[ée]|À|A|Objet|"
    r"Enviad[oa](?: el| em)?|Para|Asunto|Fecha|Da|Inviato|Oggetto|Data|Assunto|Van|Verzonden|Aan|Onderwerp"
)
_HEADERS = re.compile(
    rf"(?:^[ \t]*[_-]{{5,}}[ \t]*\n\s*)?(?:^[ \t*]*(?:{_LABELS})\*{{0,2}}[ \t]*:[^\n]*(?:\n|\Z)){{2,}}",
    re.MULTILINE | re.IGNORECASE,
)
_OF_A_MAIL = re.compile(
    r"(?=.*^[ \t*]*(?:From|Von|De|Da|Van)\b)"
    r"(?:.*^[ \t*]*(?:Sent|Gesendet|Envoy[ée]|Enviad[oa]|Inviato|Verzonden)\b|.*@)",
    re.MULTILINE | re.IGNORECASE | re.DOTALL,
)
"""What tells the lines above a mail from a form, such as "From: London" and "To: Malta"."""
_DATED = r"(?=[^\n]*(?:\n[^\n]*)?(?:\d{1,2}[:.h]\d\d|\b20\d\d\b|@))"
_TOLD = r"(?![^\n]*\b(?:I|we|my|your|me|ich|wir|mir|uns|Ihr|Ihre|habe|hatte|je|nous|votre|nos|ik|wij|mij)\b)"
_INTRODUCED = re.compile(
    rf"^[ \t]*(?:On|Am|Le|El|Il|Em|Op)\b{_DATED}{_TOLD}[^\n]{{5,200}}(?:\n[^\n]{{0,100}})?"
    r"\b(?:wrote|schrieb|écrit|escribió|scritto|escreveu|schreef)\b[^\n]{0,80}:[ \t]*$",
    re.MULTILINE,
)
"""As mail programs do it, with a day or an address; "On Monday your colleague wrote:" tells what happened."""
_PASSED_ON = re.compile(
    r"^[ \t]*-{3,}[ \t]?(?:Original|Forwarded|Ursprüngliche|Weitergeleitete|Message (?:d['’]origine|transféré)|"
    r"Mensaje (?:original|reenviado)|Messaggio (?:originale|inoltrato)|Mensagem (?:original|encaminhada)|"
    r"Oorspronkelijk|Doorgestuurd)",
    re.MULTILINE | re.IGNORECASE,
)
_QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_POINTS_TO_IT = re.compile(
    r"\W*(?:fyi|(?:please |pls )?(?:see|read)(?: the)?(?: mail| message)? below|"
    r"as below|siehe unten|voir ci-dessous)?\W*",
    re.IGNORECASE,
)
"""All that somebody says who lets the mail below speak."""


def own_words(message: str) -> str:
    """Return a message without what others wrote: quoted lines, and the mail that it answers.

    It is returned as it is where nothing is its writer's own.
    """
    begins = [
        found.start()
        for found in _HEADERS.finditer(message)
        if _OF_A_MAIL.match(found[0]) and not _POINTS_TO_IT.fullmatch(message[: found.start()])
    ]
    begins += [found.start() for found in _PASSED_ON.finditer(message)]
    begins += [
        found.start() for found in _INTRODUCED.finditer(message) if not _QUOTED.match(message[found.end() :].lstrip())
    ]
    own = _INTRODUCED.sub("", _QUOTED.sub("", message[: min(begins, default=len(message))]))
    return message if own == message or _POINTS_TO_IT.fullmatch(own) else own.strip()


_LONGEST_SIGNATURE = 500
_CLOSING = (
    r"(?:(?:with )?(?:best|kind|kindest|warm|many|all good)? ?(?:regards|wishes|thanks)|(?:many )?thank you|cheers|"
    r"(?:yours )?(?:sincerely|faithfully|truly)|all the best|"
    r"(?:mit )?(?:freundliche|beste|herzliche|liebe|schöne|viele)[nm]? (?:gr(?:ü|ue)(?:ß|ss)en?|"
    r"gru(?:ß|ss)|dank)|gru(?:ß|ss)|gr(?:ü|ue)(?:ß|ss)e|danke|lg|vg|mfg|"
    r"(?:bien )?cordialement|(?:meilleures|sincères) salutations|bien à vous|merci|"
    r"(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|atentamente|cordialmente|(?:muchas )?gracias|"
    r"(?:cordiali |distinti )?saluti|grazie(?: mille)?|"
    r"(?:com os )?(?:melhores )?cumprimentos|atenciosamente|obrigad[oa]|"
    r"(?:met )?vriendelijke groet(?:en)?|groet(?:en|jes)?|mvg|bedankt|"
    r"sent from my \w+|von meinem \w+ gesendet)(?: (?:in advance|im voraus|d['’]avance|por adelantado|"
    r"again|very much))*"
)
_NOT_FOR = r"(?! (?:for|für|de|pour|por|per|voor|d['’]))"
"""What one thanks for may be what one wishes: "Merci de m'envoyer la facture"."""
_NO_SENTENCE = r"(?![^\n]*\b(?:I|we|you|my|please|how|what|when|where|bitte|ich|wir|mein|meine|je|vous|yo)\b)"
_SIGNED = re.compile(
    rf"\n[ \t]*{_CLOSING}\b{_NOT_FOR}{_NO_SENTENCE}[^\n?]{{0,60}}(?:\n{_NO_SENTENCE}[^\n?]{{0,80}}){{0,15}}\Z|"
    r"\n--[ \t]*\n[^?]*\Z",
    re.IGNORECASE,
)
"""From the closing to the end, where what follows is no sentence: a name, an address, a telephone number."""


def without_signature(message: str) -> str:
    """Return a message without its closing, and the name and address that it is signed with."""
    signed = _SIGNED.search(message, max(len(message) - _LONGEST_SIGNATURE, 0))
    return message[: signed.start()].rstrip() if signed else message
