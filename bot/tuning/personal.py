"""Personal data in a text: where it stands, of what kind it is.

Found by form: e-mail addresses, telephone numbers (libphonenumber), payment cards (Luhn), IBANs (ISO 7064), long
numbers and those that a word such as "order" introduces, streets with a number, mentions, secrets that are named as
such, days of birth. Names are found where the text says that they are some (an introduction, a title, a salutation,
a closing, a relative) in English, German, French, Spanish, Italian, Portuguese and Dutch; a name that stands by
itself in a sentence is found only by a model of names, see `bot.tuning.names`.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers

from knowledge.sentences import STOP_WORDS

REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "BR", "IN")
"""Whose telephone numbers are known without the prefix of their country."""
_LONG_NUMBER = 7
"""Digits from which a number is somebody's, and no amount, year or page."""


class Kind(StrEnum):
    """Of what kind a piece of personal data is; the word that stands in its place."""

    EMAIL = "EMAIL"
    SECRET = "SECRET"
    IBAN = "IBAN"
    CARD = "CARD"
    PHONE = "PHONE"
    ADDRESS = "ADDRESS"
    BIRTHDAY = "BIRTHDAY"
    NETWORK = "NETWORK"
    """An IP address."""
    MENTION = "MENTION"
    """Somebody's name or id on a platform."""
    NUMBER = "NUMBER"
    """Of an order, a ticket, a customer, a parcel, a passport, …"""
    NAME = "NAME"


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of personal data."""

    kind: Kind
    start: int
    end: int
    text: str

    @property
    def plain(self) -> str:
        """What two of the same have in common: letters and digits, lower case; of a name the words."""
        if self.kind in (Kind.NAME, Kind.ADDRESS):
            return " ".join(re.findall(r"\w+", self.text.casefold()))
        return "".join(char for char in unicodedata.normalize("NFKC", self.text).casefold() if char.isalnum())


@lru_cache(maxsize=4_096)
def personal_in(text: str) -> tuple[Found, ...]:
    """Return the personal data of a text, in order; none overlaps another."""
    taken: list[Found] = []
    for kind, find in _FINDERS:
        for start, end in find(text):
            if start < end and not any(start < one.end and one.start < end for one in taken):
                taken.append(Found(kind, start, end, text[start:end]))
    return tuple(sorted(taken, key=lambda one: one.start))


Spans = Iterator[tuple[int, int]]
_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%'-]{1,64}(?:[@＠]|%40|\s?(?:\[at\]|\(at\)|\{at\})\s?)"
    r"[\w-]{1,63}(?:(?:\.|\s?(?:\[dot\]|\(dot\)|\{dot\})\s?)[\w-]{1,63}){1,5}",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"\b(?:password|passwd|pwd?|passcode|passphrase|api[ _-]?key|secret key|access token|token|pin(?: code)?|cvv|cvc|"
    r"passwort|kennwort|geheimzahl|mot de passe|contraseña|clave|senha|wachtwoord|parola d['’]ordine)"
    # Behind "is" stands a sentence as well: "is case-sensitive", "is wrong!".
    r"(?:\s(?:is|was|ist|war|lautet|est|es|è|é)\b\s?:?\s?[\"“'`]?(?=[^\s\"”'`]*(?:[\d#$%&+=@^]|[!*]\w))|"
    r"\s?[:=]\s?[\"“'`]?(?=[^\s\"”'`]*[\d_!#$%&*+=@^-]))"
    r"(?P<value>[^\s\"”'`,;()\[\]]{3,})"
    r"|(?P<token>\b(?:sk|pk|rk|ghp|gho|xox[abprs]|AKIA|glpat|eyJ)[-_]?[\w-]{12,})",
    re.IGNORECASE,
)
_NO_SECRET = re.compile(
    r"\*+[^\W\d_]+\*+|[$€£]\d[\d.,]*|\d+%|\d+(?:[-–]\d+)?-[^\W\d_]{3,}|[a-z]+(?:-?\d+)?-[a-z]+ed",
    re.IGNORECASE,
)
"""What is said of a secret: emphasis, a price, "4-digit", "base64-encoded"."""
_GAP = r"[ \u00a0\u2007\u2009\u202f]"
_BETWEEN = r"[ \u00a0\u2007\u2009\u202f.\u2010-\u2015-]"
"""What stands between groups of digits: a space, of whatever kind, a dot, a dash."""
_IBAN = re.compile(rf"(?<![^\W_])[A-Z]{{2}}\d{{2}}(?:{_BETWEEN}?[A-Z0-9]){{11,30}}(?![^\W_])", re.IGNORECASE)
_DIGIT_GROUPS = re.compile(rf"(?<![\w.,])\d+(?:{_BETWEEN}\d+)*(?!\w|[.,]\d)")
_CARD = re.compile(
    rf"\d{{12,19}}|\d{{4}}({_BETWEEN})(?:\d{{4}}\1){{2,3}}\d{{1,4}}|\d{{4}}({_BETWEEN})\d{{6}}\2\d{{4,5}}"
)
_OFFICIAL = re.compile(
    # A Brazilian CPF, a British National Insurance number, an Indian PAN, a parcel of a post (UPU S10) and of UPS.
    r"(?<![\w.,-])(?:(?P<cpf>\d{3}\.\d{3}\.\d{3}-\d{2})|"
    rf"[A-CEGHJ-PR-TW-Z]{{2}}{_GAP}?\d\d{_GAP}?\d\d{_GAP}?\d\d{_GAP}?[A-D]|[A-Z]{{5}}\d{{4}}[A-Z]|"
    rf"[A-Z]{{2}}{_GAP}?\d{{3}}{_GAP}?\d{{3}}{_GAP}?\d{{3}}{_GAP}?[A-Z]{{2}}|1Z(?:{_GAP}?[A-Z\d]){{16}})(?!\w|[.,-]\d)"
)
_MOBILE = re.compile(
    # As they are written without a prefix in Spain, India, Italy and Brazil.
    r"[67]\d\d[ -]\d{3}[ -]\d{3}|[67]\d\d(?:[ .-]\d\d){3}|[6-9]\d{4}[ -]\d{5}|3\d\d[ .-]\d{6,7}|"
    r"3\d\d[ .-]\d{3}[ .-]\d{4}|\(?\d\d\)?[ -]9\d{4}[ -]\d{4}"
)
_PHONE = re.compile(r"(?<![\w.,/$€£-])(?:\+|00)?\(?\d[\d\s().\-/\u00a0\u2010-\u2015]{5,24}\d(?![\w%€$£]|[.,]\d)")
_PHONE_WORD = re.compile(
    r"(?:\b(?:phone|telephone|tel|mobile|cell(?:phone)?|call(?: me)?|reach me|whatsapp|fax|text me|telefon\w*|handy\w*|"
    r"mobil\w*|rufnummer|ruf\w* mich|erreich\w+|rückruf|téléphone|portable|appel\w*|teléfono|móvil|celular|llám\w+|"
    r"telefono|cellulare|chiam\w+|telefone|telemóvel|ligue\w*|telefoon\w*|bel me)\b|[☎📞📱])[^\d+(]{0,25}$",
    re.IGNORECASE,
)
_NUMBER_WORD = (
    r"(?:order|ticket|case|invoice|booking|reservation|tracking|reference|ref\.?|customer|client|account|"
    r"member(?:ship)?|policy|claim|serial|parcel|shipment|delivery|receipt|transaction|confirmation|passport|"
    r"licen[cs]e|employee|badge|extension|patient|student|contract|rma|return|ssn|social security|insurance|tax|vat|id|"
    r"cpf|dni|nie|nif|aadhaar|sort code|routing|blz|bankleitzahl|"
    r"bestell\w*|auftrag\w*|rechnung\w*|kunde\w*|sendung\w*|vorgang\w*|vertrag\w*|paket\w*|ticket\w*|buchung\w*|"
    r"konto\w*|ausweis\w*|steuer\w*|versicherten\w*|personal\w*|"
    r"commande|facture|dossier|colis|réservation|compte|contrat|pedido|factura|reserva|cuenta|cliente|envío|"
    r"ordine|fattura|prenotazione|spedizione|conto|encomenda|fatura|conta|bestelling\w*|factuur\w*|klant\w*|zending\w*)"
)
_LABEL = (
    rf"\b{_NUMBER_WORD}[\s_-]*(?:(?:number|nummer|num|no|nr|n°|nº|id|code|#|numéro|número|numero|de|di|d['’])\.?[\s_-]*)*"
    r"(?:(?:is|ist|lautet|est|es|è|é|war|was)\b\s?)?[:=]?\s{0,3}[#№(]?\s?"
)
_LABELLED = re.compile(
    rf"{_LABEL}(?P<value>(?=[\w/-]*\d[\w/-]*\d[\w/-]*\d)[A-Z0-9](?:[A-Z0-9]|[-/_](?=[A-Z0-9])){{3,40}})(?![\w%€$£]|[.,]\d)",
    re.IGNORECASE,
)
_LABELLED_GROUPS = re.compile(
    rf"{_LABEL}(?P<value>(?-i:(?:[A-Z]{{2,4}}{_GAP})?[A-Z]{{0,4}}\d[A-Z\d]*(?:{_GAP}[A-Z]{{0,4}}\d[A-Z\d]*){{1,8}}))"
    r"(?![\w%€$£:/-]|[.,]\d)",
    re.IGNORECASE,
)
_LOCATOR = re.compile(
    r"\b(?:booking|reservation|confirmation|pnr|buchung\w*|réservation|reserva|prenotazione)\s?"
    r"(?:(?:number|code|reference|ref|no|nr|id|is)\.?\s?)*[:#]?\s?"
    r"(?P<value>(?-i:(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z\d]{6}))(?!\w)",
    re.IGNORECASE,
)
_PLATE = re.compile(
    r"\b(?:licen[cs]e plate|number ?plate|registration(?: number)?|kennzeichen|matrícula|targa|immatriculation)"
    r"(?:\s(?:is|ist|es|è|est))?\s?:?\s"
    r"(?P<value>(?-i:(?=[A-ZÄÖÜ -]{0,7}\d)(?=[\d -]{0,7}[A-ZÄÖÜ])[A-ZÄÖÜ\d]{1,7}(?:[ -][A-Z\d]{1,4}){0,2}))(?!\w)",
    re.IGNORECASE,
)
_PRODUCT = re.compile(
    r"\b(?:articles?|artikel|item|product|produkt|models?|modell|type|sku|ean|gtin|isbn|part|error|fehler|firmware)[\s-]?"
    r"(?:(?:number|nummer|num|no|nr|code|id)\.?\s?)?(?:(?:is|ist)\s)?:?\s?$",
    re.IGNORECASE,
)
"""What stands before a number of a thing that everybody can buy."""
_HASH = re.compile(r"(?<![\w#])[#№]\s?(?P<value>(?=[\w-]*\d{3})[A-Z0-9][A-Z0-9-]{3,40})(?!\w)", re.IGNORECASE)
_CODE = re.compile(r"(?<![\w.,/$€£#%+-])(?=[\w-]*\d)[A-Z0-9]+(?:-[A-Z0-9]+)*(?![\w%€$£]|[.,-]\d|-\w)", re.IGNORECASE)
_STANDARD = re.compile(r"(?:ISO|IEC|EN|DIN|RFC|IEEE|CVE|EU|ASTM|ANSI|BS|GDPR|KB|WCAG)[- ]?\d", re.IGNORECASE)
_UNIT_BEHIND = re.compile(
    r"\s?(?:(?:business|working|calendar|consecutive|full|more|additional|further) )?"
    r"(?:[€$£¥%]|(?:eur|euros?|usd|dollars?|gbp|pounds?|yen|chf|days?|hours?|minutes?|seconds?|years?|months?|weeks?|"
    r"people|users?|(?:werk|arbeits|kalender|bank)?tage?n?|stunden|minuten|jahre?n?|monate?n?|points?|miles?|pieces|units|km|kg|mb|"
    r"gb|tb|bytes?|items?|times|words|characters|digits|letters|symbols|zeichen|stellen|records|rows|tokens?|million|"
    r"billion|jours|días|giorni|dias|dagen)\b)",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}(?:T\d\d)?|(?:[0-2]?\d|3[01])[-./](?:[0-2]?\d|3[01])[-./]\d{2,4}|(?:19|20)\d{2}[-/](?:19|20)?\d{2}|"
    r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
)
_MONTH_BEHIND = re.compile(
    r"\.?\s(?:of\s|de\s)?(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[^\W\d_]*\b", re.IGNORECASE
)
_CURRENCY_BEFORE = re.compile(r"(?:[€$£¥₹]|\b(?:eur|usd|gbp|chf|inr|brl|rs\.?|euros?))\s?$", re.IGNORECASE)
_ALWAYS = re.compile(r"24[/x-]7(?:[/x-]365)?", re.IGNORECASE)
_MEASURE = re.compile(
    r"\d+x\d+(?:x\d+)?|0x[0-9a-f]+|\d+(?:m?ah|[kmg]?wh?|[kmgt]i?b|[kmg]?hz|px|rpm|ppm|dpi|lm|mm|m[gl])", re.IGNORECASE
)
_HOURS = re.compile(r"(?:[01]\d|2[0-4])[0-5]\d\s?[-–]\s?(?:[01]\d|2[0-4])[0-5]\d")
_COUNTED = re.compile(
    r"\s(?!(?:takes|shows|says|tells|arrives|comes|gets|goes|needs|does|works|looks|contains|includes|remains|stays|"
    r"seems|appears|belongs|expires|ships|costs|means|ends|starts|thanks|regards|cheers|status|address|this|always|across|"
    r"unless|perhaps|besides|plus|nichts|etwas|bereits|puis|depuis|dans|sans)\b)[a-z]{3,}s\b"
)
"""What a number before it counts: things, not what an order does."""
_BIRTH = re.compile(
    r"\b(?:born(?: on)?|date of birth|dob|birth ?day|birth ?date|geboren(?: am)?|geburtstag|geburtsdatum|"
    r"née? le|date de naissance|nacid[oa] el|fecha de nacimiento|nat[oa] il|data di nascita|nascid[oa] em|"
    r"data de nascimento|geboortedatum|geboren op)(?:\s(?:is|ist|est|es|è|é|the|the date))?\s?[:,]?\s{0,2}"
    r"(?P<value>\d{1,4}[-./ ]\d{1,2}[-./ ]\d{2,4}|\d{1,2}(?:st|nd|rd|th|\.)?\s(?:of\s)?[^\W\d_]{3,12}\.?,?\s\d{4}|"
    r"[^\W\d_]{3,12}\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}|\d{1,2} de [^\W\d_]{3,12} de \d{4})",
    re.IGNORECASE,
)
_IPV4 = re.compile(r"(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)
_VERSION = re.compile(
    r"(?:\b(?:version|release|firmware|build|windows|macos|android|ios|section|chapter|clause|article|paragraph|"
    r"abschnitt|kapitel|ziffer|punkt|artikel|absatz|§+)(?:\s(?:is|ist))?|(?<!\w)v|§)[:.]?\s?$",
    re.IGNORECASE,
)
"""What stands before numbers with dots that are no address of a network."""
_MENTION = re.compile(
    r"<[@!#][!&]?[A-Z0-9]{5,25}(?:\|[^<>\n]{0,80})?>|(?<![\w@./])@(?!(?:here|channel|everyone|all)\b)[^\W\d_][\w.-]{1,38}\w|"
    r"(?<![\w./+-])[^\W\d_][\w.+-]{1,63}@[^\W\d_]{2,20}(?![\w@-]|\.\w)|"
    r"\b(?i:user ?name|login|benutzername|nutzername)(?i:\s(?:is|ist))?\s?:?\s"
    r"(?P<value>(?=[\w.]*\w[\d_.]\w)[^\W\d_][\w.]+\w)|"
    r"\b[UW](?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z]{2})[A-Z0-9]{8,11}\b"
)
_W = r"[^\W\d_][\w'’.-]*"  # a word
_UPPER = r"(?:[^\W\d_a-zà-öø-ÿ](?:['’]?[^\W\d_]+|\.)(?:['’-][^\W\d_]+)*)"
_HOUSE = r"\d{1,5}(?:\s?[A-Za-z](?![A-Za-z]))?(?:\s?[-/]\s?\d{1,4}[A-Za-z]?)?"
_PLACE_BEHIND = (
    r"(?:,?\s(?:apt|apartment|unit|suite|flat|floor|#)\.?\s?[\w-]{1,6})?"
    rf"(?:,\s{_UPPER}(?:\s{_UPPER}){{0,2}}?(?=,?\s(?:[A-Z]{{2}}\s)?\d|,?\s[A-Z]{{1,2}}\d))?"
    r"(?:,?\s[A-Z]{2}\s\d{5}(?:-\d{4})?|,?\s[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}|"
    rf",?\s(?:[A-Z]{{1,2}}-)?\d{{4,5}}(?:\s[A-Z]{{2}}(?=\s))?\s{_UPPER}(?:[\s-]{_UPPER}){{0,2}})?"
)
_NO_STREET = (
    "(?i:seconds?|minutes?|hours?|days?|weeks?|months?|years?|miles?|km|people|times|of|to|the|on|in|at|and|or|for|a|by|"
    "from|with|down|per|is|are)"
)
_STREETS = (
    # Two patterns of each tongue: words that mean nothing but a street, and words that need a capital to be one.
    rf"\b{_HOUSE},?(?:\s(?!(?:{_NO_STREET})\b){_W}){{1,3}}\s"
    r"(?i:street|st|avenue|ave|road|rd|boulevard|blvd|lane)\b\.?",
    rf"\b{_HOUSE},?\s{_UPPER}(?:\s{_UPPER}){{0,2}}\s"
    r"(?:Drive|Dr|Court|Ct|Way|Place|Pl|Close|Square|Sq|Terrace|Crescent|Grove|Gardens|Mews|Highway|Hwy|Parkway|Pkwy|Ln)\b\.?",
    rf"\b[^\W\d_][\w-]*(?i:straße|strasse|str\.|gasse|allee|straat|laan|gracht|kade)\s{_HOUSE}(?!\w)",
    rf"\b(?:{_UPPER}[\s-]){{0,3}}(?:Straße|Strasse|Str\.|Allee|Weg|Platz|Gasse|Ring|Damm|Ufer)\s{_HOUSE}(?!\w)",
    rf"\b[A-ZÄÖÜ][\wäöüß-]+(?:weg|platz|ring|damm|ufer|plein|dijk|singel)\s{_HOUSE}(?!\w)",
    rf"\b\d{{1,4}}(?:\s(?i:bis|ter))?,?\s(?i:rue|avenue|boulevard|place|impasse|chemin|allée|quai|cours)\s"
    rf"(?:(?i:de|du|des|la|le|les|d['’]|l['’])\s?){{0,3}}{_W}(?:[\s-]{_UPPER}){{0,3}}",
    rf"\b(?i:calle|avenida|avda\.|paseo|plaza|camino|carrer|via|viale|piazza|corso|largo|vicolo|rua|travessa|praça) "
    rf"(?:(?i:de|del|da|do|dos|das|la|las|los|el|di|della|dei) ){{0,3}}{_UPPER}(?: {_W}){{0,3}},? "
    rf"(?:n[.º°] ?)?{_HOUSE}(?!\w)",
    r"\bP\.?\s?O\.?\s?[Bb]ox\s\d{1,6}\b|\bPostfach\s[\d ]{2,8}\d\b",
)
_ADDRESS = re.compile("|".join(f"(?:{street}){_PLACE_BEHIND}" for street in _STREETS))
_POSTCODE = re.compile(
    r"(?<!\w)(?:[A-Z]{1,2}\d[A-Z\d]?\s\d[ABD-HJLNP-UW-Z]{2})(?!\w)|"
    r"\b(?i:zip(?: code)?|post ?code|postal code|plz|postleitzahl|code postal|código postal|cep)"
    r"(?i:\s(?:is|ist|est|es))?:?\s(?P<value>(?=[A-Z]{0,2}\d)[A-Z\d]{3,5}(?:[ -]?[A-Z\d]{3,4}|\s(?![KMGT]B)[A-Z]{2})?)"
    r"(?!\w|\s[KMGT]B\b)|"
    # The Italian one has five digits, and is an English word in small letters.
    r"\b(?:CAP(?:\s(?:is|è))?|(?i:cap\sè)):?\s(?P<cap>\d{5})(?!\w|[.,]\d)"
)

# Names ----------------------------------------------------------------------------------------------------------

_NAME_PART = r"(?:(?:van|von|de|der|den|del|della|di|da|dos|du|la|le|bin|al|el|zu|ter|Mc|O['’])[\s-]?){0,2}"
_NAME = rf"{_UPPER}(?:\s{_NAME_PART}{_UPPER}){{0,3}}"
_ANY_NAME = r"[^\W\d_][^\W\d_'’-]+(?:['’-][^\W\d_]+)*(?:\s[^\W\d_][^\W\d_'’-]+(?:['’-][^\W\d_]+)*)?"
_TITLE = (
    r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herrn?|Frau|Fr|Hr|Mme|Mlle|Monsieur|Madame|Mademoiselle|Sra?|Srta|Señora?|"
    r"Doña|Don|Sig|Sig\.ra|Signora?|Signorina|Senhora?|Dhr|Mevr|Mevrouw|Meneer|Dott|Ing)\.?\s"
)
_MY_NAME = (
    r"my (?:full )?name(?:['’]s|s| is)|"
    # Of a person, not of a plan, a product or a file.
    r"(?:(?:full|first|last|given|family|your|customer|contact|holder) |(?<!\w[ -]))name:|(?:please )?call me|"
    r"(?:surname|(?:vor|nach|familien)name|konto ?inhaber(?:in)?|account holder|card ?holder|prénom|apellidos?|cognome|"
    r"sobrenome|voornaam|achternaam|ansprechpartner(?:in)?):|"
    r"mein name (?:ist|lautet)|ich hei(?:ß|ss)e|name ist|"
    r"je m['’]appelle|mon nom est|me llamo|mi nombre es|soy|mi chiamo|il mio nome è|sono|meu nome (?:é|e)|chamo-me|"
    r"me chamo|mijn naam is|ik heet|nazywam się|меня зовут"
)
_I_AM = r"I['’]?m|I am|[Tt]his is|[Ii]t['’]s|[Ii]t is|[Ii]ch bin|[Jj]e suis|[Ii]k ben|[Hh]ier ist|[Hh]ier spricht"
_INTRODUCED = re.compile(
    rf"\b(?i:{_MY_NAME})\s"
    rf"(?P<value>{_NAME}|(?<=ame is )(?!not\b|on\b|in\b|wrong\b|missing\b|mis){_ANY_NAME})|"
    rf"\b(?:{_I_AM})\s(?:de\s|der\s|die\s)?"
    rf"(?P<said>{_UPPER}(?:\s{_NAME_PART}{_UPPER}){{1,3}}|"
    rf"{_UPPER}(?=\s(?:from|here|aus|von|speaking|and my)\b|,\s(?:I|my|a|ich|und|\d\d)\b))"
)
_OF = r"(?:(?:von|van|de|del|di|da|dos|du|zu|ter)(?:\s(?:der|den|dem|la))?)"
_TITLED = re.compile(rf"(?:{_TITLE}){{1,3}}(?P<value>(?!{_TITLE})(?:{_OF}\s)?{_NAME})")
_GREETING = (
    r"hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|liebe[r]?|sehr geehrte[r]?|guten (?:tag|morgen|abend)|"
    r"moin|servus|bonjour|salut|cher|chère|bonsoir|hola|querid[oa]|estimad[oa]|ciao|gentile|car[oa]|buongiorno|olá|oi|"
    r"prezad[oa]|beste|hoi|geachte|goedemorgen"
)
_GREETED = re.compile(
    rf"(?:^|\n|[.!?]\s|>\s)\s{{0,8}}(?i:{_GREETING})\s(?:{_TITLE}){{0,3}}"
    rf"(?P<value>(?!{_TITLE}){_UPPER}(?:\s{_NAME_PART}{_UPPER}){{0,2}})(?=\s*(?:[,!.:\n—–-]|$|and\b|und\b))"
)
_CLOSING = (
    r"(?:with\s)?(?:kind(?:est)?|best|warm(?:est)?|many)\s(?:regards|wishes|thanks)|regards|sincerely|"
    r"yours(?: truly| sincerely| faithfully)?|cheers|(?:all the )?best|thanks(?: a lot| again| so much)?|thank you|thx|"
    r"(?:viele|liebe|beste|schöne|freundliche|herzliche)\s(?:grüße|grüsse|gruesse)|lieben gruß|"
    r"mit (?:freundlichen|besten|vielen|lieben) grüßen|lg|mfg|vg|gruß|danke(?: schön)?|vielen dank|"
    r"(?:bien )?cordialement|bien à vous|merci(?: d['’]avance| beaucoup)?|(?:un (?:cordial )?)?saludos?|atentamente|"
    r"(?:muchas )?gracias|cordiali saluti|distinti saluti|cordialmente|grazie(?: mille)?|atenciosamente|abraços|"
    r"obrigad[oa]|met vriendelijke groet(?:en)?|groet(?:en|jes)?|bedankt"
)
_CLOSED = rf"(?i:{_CLOSING})(?i:\s(?:in advance|very much|im voraus|vorab))?(?i:\s(?:aus|from|desde|uit)\s[^\W\d_]+)?"
_SIGNATURE = rf"{_UPPER}(?:[^\S\n]{_NAME_PART}{_UPPER}){{0,3}}"
_SIGNER = (
    rf"(?:\s{{0,4}}(?:[,!–—-]|\n)[\s>]{{0,8}}(?:[-–—]\s{{0,2}})?(?:{_TITLE}){{0,2}}(?P<value>{_SIGNATURE})|"
    rf"\s(?P<alone>{_UPPER}))[^\S\n]{{0,4}}[.!]?[^\S\n]{{0,4}}"
)
_SIGNED = re.compile(rf"(?:^|[\s.!?,]){_CLOSED}{_SIGNER}\s*$")
_SIGNED_ABOVE = re.compile(
    rf"(?:^|\n|[.!?,])[\s>]{{0,8}}(?!(?i:best)[^\S\n]+(?!(?i:regards|wishes|thanks)\b)\w)"
    rf"(?:(?i:{_CLOSING})\s(?i:and|und|et|y|e|en)\s)?{_CLOSED}{_SIGNER}(?=\n)"
)
"""A signature with more below it: the closing begins a line or a sentence, and the name ends its own line."""
_RELATIVE = (
    r"wife|husband|son|daughter|mother|father|mom|mum|dad|brother|sister|partner|boss|manager|colleague|friend|"
    r"boyfriend|girlfriend|fianc[ée]e?|aunt|uncle|cousin|neighbou?r|landlord|frau|mann|sohn|tochter|mutter|vater|"
    r"bruder|schwester|chef|chefin|kolleg(?:e|en|in)|freund(?:in)?|nachbar(?:in)?|femme|mari|fils|fille|mère|père|"
    r"collègue|esposa|esposo|marido|mujer|hij[oa]|herman[oa]|jef[ea]|moglie|marito|figli[oa]|fratello|sorella|filh[oa]|"
    r"irmã|vrouw|zoon|dochter|broer|zus|baas|collega"
)
_RELATED = re.compile(
    r"\b(?i:my|our|his|her|meine?[nrms]?|unsere?[nrms]?|mon|ma|mi|il mio|la mia|meu|minha|mijn)\s"
    rf"(?i:{_RELATIVE})(?:['’]s name is|\s(?:is )?(?:called|named))?\s?,?\s(?P<value>{_NAME})"
)
_WROTE = re.compile(
    rf"(?P<value>{_UPPER}(?:[^\S\n]{_NAME_PART}{_UPPER}){{1,3}})[^\S\n]"
    r"(?:<(?:mailto:)?[^<>\s@]{1,64}@|(?:wrote|schrieb|a écrit|escribió|ha scritto|escreveu|schreef)\s?:)"
)
"""In the head of a mail that is forwarded or answered."""
_HERE = re.compile(rf"(?:^|[\n.!?>])\s{{0,8}}(?i:{_GREETING})[,!]?\s(?!I['’])(?P<value>{_UPPER})\s(?:here|hier)\b")
_NO_NAMES = frozenset(
    "Team All Everyone Everybody There Support Sir Madam Bot Frontdesk Customer Customers Service Help You Again "
    "Folks Guys Colleagues Admin Assistant Community Friends Hiring Manager Sirs Ladies Gentlemen Damen Herren Kunde "
    "Kunden Zusammen Leute Kundin Kundenservice Toutes Tous Todos Todas Tutti Equipo Equipe Ihr Sie Yes No Ok Okay "
    "Please Can Could How What When Where Why Who Which Is Are Do Does Did Will Would I My The This That It In On At "
    "For From To We Our A An And But Or If So Not Just Sorry Sure Late New Here Trying Having Looking Waiting "
    "Calling Writing Contacting "
    "Wondering Interested Unable Afraid Happy Glad Still Also Now Very Really Wie Was Wann Wo Warum Wer Ich Wir Kann "
    "Können Das Der Die Ist Und Oder Aber Bitte Danke Leider Wenn Student Studentin Kommt Gibt Comment Quand Que Quel "
    "Je Nous Le La Les Un Une Como Cuando Donde El Los Las Una Puedo Monday Tuesday Wednesday Thursday Friday "
    "Saturday Sunday Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag January February March April May "
    "June July August September October November December Januar Februar März Mai Juni Juli Oktober Dezember Advance "
    "Vorab Time Nothing Regarding Information Answer Answers Reply Replies Order Orders Day Morning Afternoon Evening "
    "Merci Gracias Thanks".split()
)
"""Capitalized words that stand where names do."""
_FIRST_NAMES = frozenset("Will May April June August".split())
"""Those of them that are names before another name."""


def _spans(pattern: re.Pattern[str]) -> Callable[[str], Spans]:
    """Return what finds the matches of a pattern; of its named groups only, where it has some."""

    def find(text: str) -> Spans:
        for match in pattern.finditer(text):
            name = match.lastgroup
            yield match.span(name) if name else match.span()

    return find


def _cards(text: str) -> Spans:
    for match in _DIGIT_GROUPS.finditer(text):
        groups = [(match.start() + one.start(), match.start() + one.end()) for one in re.finditer(r"\d+", match[0])]
        for first, (start, _) in enumerate(groups):
            # Other numbers may stand right before and behind: the longest run that is a card's counts.
            ends = [end for _, end in groups[first : first + 5]]
            found = next((end for end in reversed(ends) if _is_card(text[start:end])), None)
            if found is not None:
                yield start, found


def _is_card(written: str) -> bool:
    digits = [unicodedata.digit(char) for char in written if char.isdigit()]
    return bool(_CARD.fullmatch(written)) and digits[0] in (2, 3, 4, 5, 6) and _luhn(digits)


def _luhn(digits: list[int]) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1)."""
    doubled = [digit * 2 if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0


def _secrets(text: str) -> Spans:
    for match in _SECRET.finditer(text):
        start = match.start(match.lastgroup or 0)
        written = text[start : match.end()].rstrip(".?")
        end = start + len(written)
        amount = written.isascii() and not re.search(r"[^\d.,+-]", written) and _UNIT_BEHIND.match(text, end)
        if match["token"] or not (amount or _NO_SECRET.fullmatch(written.rstrip("!"))):
            yield start, end


def _ibans(text: str) -> Spans:
    for match in _IBAN.finditer(text):
        # The words behind it look like more of it: the longest beginning that checks is the number.
        for end in range(match.end(), match.start() + 14, -1):
            if not text[end - 1].isalnum() or (end < len(text) and text[end].isalnum()):
                continue
            if _checks(text[match.start() : end]):
                yield match.start(), end
                break


def _checks(written: str) -> bool:
    """Whether the check digits of an IBAN are right (ISO 7064, mod 97-10)."""
    plain = re.sub(_BETWEEN, "", written).upper()
    if not plain.isascii() or not plain.isalnum() or plain[:2] not in phonenumbers.SUPPORTED_REGIONS:
        return False
    return int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1


def _official(text: str) -> Spans:
    for match in _OFFICIAL.finditer(text):
        if not match["cpf"] or _is_cpf([int(char) for char in match[0] if char.isdigit()]):
            yield match.span()


def _is_cpf(digits: list[int]) -> bool:
    """Whether the two check digits of a CPF are right; of one digit throughout is none."""
    checks = [sum(d * w for d, w in zip(digits, range(n + 1, 1, -1), strict=False)) * 10 % 11 % 10 for n in (9, 10)]
    return checks == digits[9:] and len(set(digits)) > 1


def _phones(text: str) -> Spans:
    if not _PHONE.search(text):
        return
    spans = []
    for region in (None, *REGIONS):
        for found in phonenumbers.PhoneNumberMatcher(text, region, phonenumbers.Leniency.VALID):
            # Without the prefix of a country or a trunk, any run of digits is valid somewhere.
            if region is None or _like_a_phone_number(found.raw_string) or _is_mobile(text, found):
                spans.append((found.start, found.end))
    for match in _PHONE.finditer(text):
        if match[0].startswith("+") or _PHONE_WORD.search(text[: match.start()]):
            end = match.start() + _length(match[0])
            if sum(map(str.isdigit, text[match.start() : end])) >= 7:
                spans.append((match.start(), end))
    yield from sorted(set(spans), key=lambda span: span[0] - span[1])


def _length(written: str) -> int:
    """Return where a telephone number ends that other numbers may stand right behind."""
    ends = [one.end() for one in re.finditer(r"\d+", written)]
    valid = [end for end in ends if _is_valid(written[:end])]
    short = [end for end in ends if sum(map(str.isdigit, written[:end])) <= 15]
    return max(valid or short or ends[:1])


def _is_valid(written: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(written, None))
    except phonenumbers.NumberParseException:
        return False


def _like_a_phone_number(written: str) -> bool:
    groups = re.findall(r"\d+", written)
    if _HOURS.fullmatch(written) or _DATE.fullmatch(written):
        return False
    return (written[0] in "0(+" and len(groups) <= 6 and sum(map(len, groups)) > _LONG_NUMBER) or (
        re.fullmatch(r"1?[-. ]?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}", written) is not None
    )


def _is_mobile(text: str, found: phonenumbers.PhoneNumberMatch) -> bool:
    """Whether a number without any prefix is a mobile one, and no amount: "612 345 678 €"."""
    return (
        _MOBILE.fullmatch(found.raw_string) is not None
        and phonenumbers.number_type(found.number) == phonenumbers.PhoneNumberType.MOBILE
        and not found.raw_string.endswith("000")
        and not _CURRENCY_BEFORE.search(text[max(0, found.start - 8) : found.start])
        and not _UNIT_BEHIND.match(text, found.end)
    )


def _grouped(text: str) -> Spans:
    for match in _LABELLED_GROUPS.finditer(text):
        groups = list(re.compile(r"\S+").finditer(text, *match.span("value")))
        # The last ones may be of what stands behind: "order 4711 30 days ago", "order 12 34 56 15 January".
        while len(groups) > 1 and _counts(text, groups[-1].end()):
            groups.pop()
        if _belong_together([group[0] for group in groups]):
            yield groups[0].start(), groups[-1].end()


def _belong_together(groups: list[str]) -> bool:
    """Whether groups of digits are one number: all of one length but for a shorter last one, or long ones."""
    if sum(char.isdigit() for group in groups for char in group) < 6 or groups[-1] == "000":
        return False
    if not all(group.isdigit() for group in groups[1:]):
        return True
    sizes = [len(group) for group in groups if group.isdigit()]
    same = len(set(sizes[:-1])) == 1 and (sizes[-1] == sizes[0] or (len(sizes) > 2 and sizes[-1] < sizes[0]))
    return len(sizes) > 1 and (same or (sizes[0] > 1 and min(sizes[1:]) >= 3))


def _counts(text: str, end: int) -> bool:
    """Whether a number that ends there is an amount or a day of a month."""
    return any(pattern.match(text, end) for pattern in (_UNIT_BEHIND, _COUNTED, _MONTH_BEHIND))


def _numbers(text: str) -> Spans:
    yield from _grouped(text)
    for pattern in (_LOCATOR, _PLATE):
        yield from (match.span("value") for match in pattern.finditer(text))
    for pattern in (_LABELLED, _HASH):
        for match in pattern.finditer(text):
            code = match["value"]
            if sum(map(str.isdigit, code)) >= 3 and not _harmless(text, code, match.end("value")):
                yield match.span("value")
    for match in _CODE.finditer(text):
        code = match[0]
        digits = sum(map(str.isdigit, code))
        letters = any(char.isalpha() for char in code)
        long = digits >= (5 if letters and len(code) >= _LONG_NUMBER and not code.islower() else _LONG_NUMBER)
        if not (long or re.fullmatch(r"\d{3}-\d{2}-\d{4}", code)) or _harmless(text, code, match.end()):
            continue
        if not _PRODUCT.search(text[max(0, match.start() - 30) : match.start()]):
            yield match.span()


def _harmless(text: str, code: str, end: int) -> bool:
    """Whether a number is a date, an amount of something, or names a standard."""
    few = code.isdigit() and len(code) <= 5
    return bool(
        _DATE.fullmatch(code)
        or _STANDARD.match(code)
        or _ALWAYS.fullmatch(code)
        or _MEASURE.fullmatch(code)
        or _HOURS.fullmatch(code)
        or _UNIT_BEHIND.match(text, end)
        or (few and re.fullmatch(r"(?:19|20)\d\d", code))
        or ((few or (code.isdigit() and code.endswith("000"))) and _COUNTED.match(text, end))
    )


def _networks(text: str) -> Spans:
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            try:
                address = ipaddress.ip_address(match[0])
            except ValueError:
                continue
            # Of single digits are sections, and the few addresses that are everybody's: 1.1.1.1, 8.8.8.8.
            section = len(match[0]) == 7 or _VERSION.search(text[max(0, match.start() - 20) : match.start()])
            if not address.is_unspecified and not address.is_loopback and not (address.version == 4 and section):
                yield match.span()


def _names(text: str) -> Spans:
    for pattern in (_INTRODUCED, _TITLED, _RELATED, _WROTE, _HERE, _GREETED, _SIGNED, _SIGNED_ABOVE):
        for match in pattern.finditer(text):
            start, end = match.span(match.lastgroup or 0)
            words = list(re.finditer(r"\S+", text[start:end]))
            while words and _no_name(words[-1][0]):
                words.pop()
            if words and (not _no_name(words[0][0]) or (len(words) > 1 and words[0][0].title() in _FIRST_NAMES)):
                yield start, start + words[-1].end()


def _no_name(word: str) -> bool:
    bare = word.strip(".,!")
    return bare.capitalize() in _NO_NAMES or bare in STOP_WORDS or not bare


_FINDERS: tuple[tuple[Kind, Callable[[str], Spans]], ...] = (
    (Kind.EMAIL, _spans(_EMAIL)),
    (Kind.SECRET, _secrets),
    (Kind.IBAN, _ibans),
    (Kind.CARD, _cards),
    (Kind.BIRTHDAY, _spans(_BIRTH)),
    (Kind.ADDRESS, _spans(_ADDRESS)),
    (Kind.ADDRESS, _spans(_POSTCODE)),
    (Kind.MENTION, _spans(_MENTION)),
    (Kind.NETWORK, _networks),
    (Kind.NUMBER, _official),
    (Kind.PHONE, _phones),
    (Kind.NUMBER, _numbers),
    (Kind.NAME, _names),
)
"""What is found first keeps its place."""
