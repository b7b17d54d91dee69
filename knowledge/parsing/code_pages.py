"""Text in a code page of Windows, told by the letters and the small words of the languages that use it."""

from __future__ import annotations

import re
from typing import NamedTuple

GUESSED = (
    "Its character set was guessed among several that fit, so that letters with accents may be wrong. Save it as UTF-8."
)
_LETTER_AT_FIGURE = re.compile(r"[^\W\d_\x00-\x7f]\d|\d\s?(?:[kcdm]?m|ft)[^\W\d_\x00-\x7f]")
"""A letter that is none: "Ł5" is £5 read in another code page, "2 mł" 2 m³."""
SIGN_IN_WORD = re.compile(r"(?<=[a-z])[¹²³¿¡º¼½¾¤¥£±¸](?=[a-z])|(?<![^\W\d_])¿(?=[a-z]\b)")
"""What stands in no word: a text that has it was read in a wrong code page."""
_SIGNS = frozenset("€…‘’“”„•–—™‰‹›†‡\xa0\xad§«»°©®·¬¶±×÷£¢¡¿½¼¾²³¹ªºµ")
_MOST_LETTERS = 0.2
"""Share of a text in Latin letters that are not ASCII, at the most."""


class _Language(NamedTuple):
    code_page: str
    letters: frozenset[str]
    words: frozenset[str]
    """Small ones in ASCII, which look alike in every code page."""


def _language(code_page: str, letters: str, words: str) -> _Language:
    return _Language(code_page, frozenset(letters), frozenset(words.split()))


_LANGUAGES = (
    _language("cp1252", "éèêïöçñ", "the of to is are you we it in and for on at or not be with if your our can do i"),
    _language("cp1252", "äöüßé", "der die das und ist nicht mit von zu ein eine im den wir sie bei nach"),
    _language("cp1252", "àâæçéèêëîïôœùûüÿ", "de la le les et des est pour dans un une du que vous sur par nous"),
    _language("cp1252", "áéíñóúü", "de la el los las en y que por con para una del se su"),
    _language("cp1252", "áâãàçéêíóôõú", "de o que e do da em para com os uma por seu dos"),
    _language("cp1252", "àèéìíîòóùú", "di il la che per un una non con del sono gli da nel"),
    _language("cp1252", "åäöæøéü", "og i att det som en er av til for med vi du ikke och inte"),
    _language("cp1252", "äöå", "ja on ei se ett voi kun tai joka"),
    _language("cp1252", "éèëïöüáóê", "de het een en van is voor niet op te wij met"),
    _language("cp1252", "áéíóúýþæöð", "og er til en ekki sem um frá"),
    _language("cp1252", "àçéèíïóòúü", "de la el els les i per amb que una"),
    _language("cp1250", "áčďéěíňóřšťúůýž", "se na je v do za po od pro nebo k s o i ve z"),
    _language("cp1250", "áäčďéíĺľňóôŕšťúýž", "sa na je v do za po od pre alebo k s o zo"),
    _language("cp1250", "ąćęłńóśźż", "w na jest do nie z lub za od po i przez dla jak"),
    _language("cp1250", "áéíóöőúüű", "a az egy nem van hogy is ha vagy meg"),
    _language("cp1250", "ăâîşţ", "de la in nu este cu pe din sau un o ai"),
    _language("cp1250", "čćđšž", "je u na i se od za da ili ne po o"),
    _language("cp1254", "çğıöşüâîûi̇", "ve bir bu ile gün için en da de"),
)


def read_windows(raw: bytes) -> tuple[str, str] | None:
    """Return text in Windows-1250, 1252 or 1254, and what is unsure about it; None where it is in no language of those.

    A language fits if its alphabet has all letters of the text. Where several fit that make different texts of the
    bytes, that with most of its small words counts.
    """
    if sum(byte >= 0x80 for byte in raw) > _MOST_LETTERS * len(raw):
        return None
    texts = {page: text for page in ("cp1252", "cp1250", "cp1254") if (text := _decoded(raw, page))}
    found: dict[str, int] = {}
    plain = re.findall(r"(?<![\w\x80-\xff])[a-z]+(?![\w\x80-\xff])", raw.decode("latin-1").lower())
    for language in _LANGUAGES:
        text = texts.get(language.code_page, "")
        if text and {char for char in text.lower() if char > "\x7f"} <= language.letters | _SIGNS:
            words = sum(word in language.words for word in plain)
            found[text] = max(found.get(text, 0), words)
    if not found:
        return None
    best, *others = sorted(found, key=lambda text: -found[text])
    return best, GUESSED if any(found[one] == found[best] for one in others) else ""


def _decoded(raw: bytes, code_page: str) -> str:
    try:
        text = raw.decode(code_page)
    except UnicodeDecodeError:
        return ""
    return "" if SIGN_IN_WORD.search(text) or _LETTER_AT_FIGURE.search(text) else text
