"""Names of people that only a model finds: those that stand in a sentence without a word that tells what they are.

The models are spaCy's, of whatever language is installed (the extra `names` brings an English one;
`python -m spacy download de_core_news_sm` a German one). Without any, names are found by form alone.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language

log = logging.getLogger(__name__)

_PEOPLE = frozenset({"PERSON", "PER", "persName"})
_WITHOUT = ("parser", "tagger", "lemmatizer", "attribute_ruler", "senter", "morphologizer")
_MAX_CHARS = 20_000
_WORD = re.compile(r"[^\W\d_]+")


class NameModels:
    """The models of names that are installed. Loaded at the first use (a second and 60 MB each)."""

    def __init__(self, packages: Sequence[str] | None = None) -> None:
        """`packages` are the names of spaCy's model packages; None: all that are installed."""
        self._packages = installed_models() if packages is None else tuple(packages)

    def __bool__(self) -> bool:
        return bool(self._packages)

    def __call__(self, text: str) -> tuple[str, ...]:
        """Return the names of people in a text, as they are written; none in a language without a model."""
        model = self._of_language(text)
        if model is None:
            return ()
        found = (entity.text for entity in model(text[:_MAX_CHARS]).ents if entity.label_ in _PEOPLE)
        return tuple(dict.fromkeys(name for one in found if (name := _tidy(one))))

    def _of_language(self, text: str) -> Language | None:
        """Return the model of the text's language: that whose everyday words it holds most of."""
        words = [word.casefold() for word in _WORD.findall(text[:_MAX_CHARS])]
        scored = [(_share(words, model.Defaults.stop_words), number) for number, model in enumerate(self._models)]
        best, number = max(scored, default=(0.0, 0))
        return self._models[number] if best > 0 else None

    @cached_property
    def _models(self) -> list[Language]:
        import spacy

        models = []
        for package in self._packages:
            try:
                models.append(spacy.load(package, exclude=_WITHOUT))
            except (OSError, ValueError, ImportError) as error:  # one that another version of spaCy made
                log.warning("The model of names %s cannot be used: %s", package, str(error).splitlines()[0])
        return models


@lru_cache(maxsize=1)
def installed_models() -> tuple[str, ...]:
    """Return the packages with models that are installed; none where spaCy is not."""
    try:
        from spacy.util import get_installed_models
    except ImportError:
        return ()
    return tuple(sorted(get_installed_models()))


def _share(words: Sequence[str], everyday: Any) -> float:
    # A shorter word says little: "die", "in" and "was" are words of several languages.
    return sum(len(word) for word in words if word in everyday) / max(1, len(words))


def _tidy(name: str) -> str:
    """Return a name without what models take along; empty for what is none: a word without a capital, or a figure."""
    words = [word for word in name.split() if _WORD.fullmatch(word.strip(".,'’-")[:1] or "0")]
    while words and not words[0][0].isupper() and len(words) > 2:
        words.pop(0)
    if not words or (len(words) == 1 and not words[0][0].isupper()):
        return ""
    return re.sub(r"['’]s$", "", " ".join(words)).strip(" .,;:!?-")
