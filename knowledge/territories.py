"""Names of countries, regions and languages, as Unicode's CLDR lists them; Babel carries it along."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from babel import Locale
from babel.core import get_global

EUROPEAN_UNION = frozenset("at be bg cy cz de dk ee es fi fr gr hr hu ie it lt lu lv mt nl pl pt ro se si sk".split())
"""Codes of its members; "eu" is the code of the whole."""

_SPOKEN = ("en", "de", "fr", "es", "it", "pt", "nl")
"""Languages in which names are known. Where two languages share a name, the first of these decides."""
_EUROPEAN_PORTUGUESE = "pt_PT"
"""In which Portuguese is told; Babel's "pt" is that of Brazil, which says "Polônia" for "Polónia"."""
LANGUAGES = (
    *_SPOKEN,
    *"ar bg cs da el fi he hi hr hu id ja ko no pl ro ru sk sl sv th tr uk vi zh".split(),
)
"""Codes of the languages that answers can be asked for in."""
_NO_PLACES = {"UN", "EZ", "QO", "ZZ", "XA", "XB"}  # the United Nations, the Eurozone, …
_EVERYDAY_NAMES = {
    "usa": "us",
    "america": "us",
    "united states of america": "us",
    "britain": "uk",
    "great britain": "uk",
    "england": "uk",
    "scotland": "uk",
    "wales": "uk",
    "new mexico": "us",
    "new england": "us",
    "new south wales": "au",
    "northern ireland": "uk",
    "holland": "nl",
    "turkey": "tr",
    "czech republic": "cz",
    "ivory coast": "ci",
    "emirates": "ae",
    "uae": "ae",
    "hong kong": "hk",
    "macau": "mo",
    "vatican": "va",
    "the states": "us",
    "ee uu": "us",
    "eeuu": "us",
    "eua": "us",
    "eea": "eu",
    "european economic area": "eu",
    **dict.fromkeys(("vereinigten staaten", "vereinigten staaten von amerika"), "us"),
    **dict.fromkeys(("vereinigten konigreich", "vereinigten konigreichs", "grossbritannien", "grande bretagne"), "uk"),
    **dict.fromkeys(("gran bretana", "gran bretagna", "gra bretanha", "groot brittannie"), "uk"),
    **dict.fromkeys(("schottland", "angleterre", "inglaterra", "inghilterra", "engeland"), "uk"),
    **{"europaischen union": "eu", "niederlanden": "nl", "tschechischen republik": "cz"},
    "vereinigten arabischen emiraten": "ae",
}
_PARTS_OF_AMERICA = (
    *(f"{part} america" for part in ("north", "south", "central", "latin", "hispanic", "spanish", "middle")),
    *(f"{part} american" for part in ("north", "south", "central", "latin")),
    *("america del sur", "america central", "america latina", "amerique latine", "centro america", "sud america"),
)
"""Beside those that Unicode lists."""
ADJECTIVES = {
    **{"american": "us", "british": "uk", "scottish": "uk", "welsh": "uk", "european": "eu", "german": "de"},
    **{"french": "fr", "spanish": "es", "italian": "it", "portuguese": "pt", "dutch": "nl", "belgian": "be"},
    **{"austrian": "at", "irish": "ie", "danish": "dk", "swedish": "se", "finnish": "fi", "norwegian": "no"},
    **{"swiss": "ch", "polish": "pl", "czech": "cz", "hungarian": "hu", "greek": "gr", "romanian": "ro"},
    **{"bulgarian": "bg", "croatian": "hr", "slovak": "sk", "slovenian": "si", "estonian": "ee", "latvian": "lv"},
    **{"lithuanian": "lt", "maltese": "mt", "turkish": "tr", "ukrainian": "ua", "canadian": "ca", "mexican": "mx"},
    **{"brazilian": "br", "australian": "au", "indian": "in", "chinese": "cn", "japanese": "jp", "korean": "kr"},
}
"""Codes by what the people and shops of a place are called in English."""
_APART = re.compile(r"[,;/|&]|\s(?:and|und|et)\s")
"""What stands between regions in one text."""
_ECONOMIC_AREA = frozenset({"eea", "european economic area"})
_FULL_TEXT = {
    **{"ar": "Arabic", "da": "Danish", "nl": "Dutch", "en": "English", "fi": "Finnish", "fr": "French"},
    **{"de": "German", "el": "Greek", "hu": "Hungarian", "it": "Italian", "no": "Norwegian", "pt": "Portuguese"},
    **{"ro": "Romanian", "ru": "Russian", "es": "Spanish", "sv": "Swedish", "ta": "Tamil", "tr": "Turkish"},
}
"""LanceDB's names by their codes."""
_SHORT = {"us": "the US", "uk": "the UK", "eu": "the EU", "ae": "the UAE"}
_WITH_ARTICLE = ("Bahamas", "Comoros", "Gambia", "Islands", "Maldives", "Netherlands", "Philippines", "Republic")


def plain(text: str) -> str:
    """Return text without case, accents and punctuation, its words one space apart."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"\w+", "".join(char for char in folded if not unicodedata.combining(char))))


@cache
def territories() -> dict[str, str]:
    """Return the lower-case code of each territory by its `plain` name; the United Kingdom is "uk"."""
    names: dict[str, str] = {}
    for language in (*_SPOKEN, _EUROPEAN_PORTUGUESE):
        for code, name in Locale.parse(language).territories.items():
            if code.isalpha() and code not in _NO_PLACES:
                names.setdefault(plain(name), region_code(code))
    return names | _EVERYDAY_NAMES


@cache
def areas() -> frozenset[str]:
    """Return the `plain` names of parts of continents: South America is not America, which is the United States."""
    listed = {
        plain(name)
        for language in (*_SPOKEN, _EUROPEAN_PORTUGUESE)
        for code, name in Locale.parse(language).territories.items()
        if code.isdigit()
    }
    return frozenset(name for name in (*listed, *_PARTS_OF_AMERICA) if " " in name and name not in territories())


@cache
def _languages() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in _SPOKEN:
        for code, name in Locale.parse(language).languages.items():
            if "_" not in code:
                names.setdefault(plain(name), code)
    return names


def region_code(word: str) -> str:
    """Return the code of a region however it is written ("GB", "United Kingdom", "Großbritannien": "uk").

    A word that names no territory is a region of the company's own and comes back in lower case.
    """
    word = word.casefold()
    bare = word.replace(".", "")
    code = bare if len(bare) <= 2 else territories().get(plain(bare), word)
    return "uk" if code == "gb" else code


def region_codes(word: str) -> set[str]:
    """Return the code of a region, or those of several in one text ("UK & Ireland": "uk", "ie"), if all are known."""
    if plain(word) in _ECONOMIC_AREA:
        return {"eu", "is", "li", "no"}
    if not is_territory(region_code(word)):
        # Unicode writes "Trinidad & Tobago" for what people call "Trinidad and Tobago".
        if joined := territories().get(" ".join(one for one in plain(word).split() if one != "and")):
            return {joined}
        parts = [part for one in _APART.split(word) if (part := one.strip())]
        codes = {code for part in parts for code in region_codes(part)} if len(parts) > 1 else set()
        if codes and all(map(is_territory, codes)):
            return codes
    return {region_code(word)}


def is_territory(code: str) -> bool:
    """Whether the code of a region is that of a country or a union of countries, rather than a company's own word."""
    return code in _codes()


@cache
def _codes() -> frozenset[str]:
    return frozenset(territories().values())


def full_text_language(word: str) -> str:
    """Return the name that LanceDB has for a language, however that is written. Raises ValueError where it has none."""
    name = _FULL_TEXT.get(language_code(word.strip()))
    if name is None:
        raise ValueError(f"{word!r} is none of the languages of the full-text search: {', '.join(_FULL_TEXT.values())}")
    return name


def language_code(word: str) -> str:
    """Return the code of a language however it is written ("de-AT", "de_DE", "German", "Deutsch", "deu": "de")."""
    word = word.casefold()
    code = re.split(r"[-_]", word)[0] if re.fullmatch(r"[a-z]{2,3}(?:[-_]\w+)*", word) else word
    if len(code) == 3:
        code = str(get_global("language_aliases").get(code, code))
    code = _languages().get(plain(word), code) if len(code) > 3 else code
    return "no" if code == "nb" else code


def region_name(code: str, language: str = "en") -> str:
    """Return how a region is called within a sentence: "the EU", "Germany", "DACH".

    In other languages than English without an article, which would need its gender and case.
    """
    if language == "en" and code in _SHORT:
        return _SHORT[code]
    if code == "eu" and language in ("de", "nl"):
        return "EU"
    locale = _EUROPEAN_PORTUGUESE if language == "pt" else language
    name = Locale.parse(locale).territories.get("GB" if code == "uk" else code.upper())
    if name is None:
        return code.upper() if len(code) <= 4 and code.isalpha() else code.replace("-", " ").replace("_", " ").title()
    return f"the {name}" if language == "en" and name.endswith(_WITH_ARTICLE) else name


def language_name(code: str) -> str:
    """Return the English name of a language: "German"."""
    return Locale.parse("en").languages.get(code) or code
