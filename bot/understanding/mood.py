"""How urgent a question is and how upset its words are: what people should look at first.

Two numbers from 0 to 1, by a small linear head on the embedding of the text (that of the search, so no model more)
and on signs that need no model: words of urgency and of anger in seven languages, capitals, exclamation marks. The
embedded MiniLM knows English; a text in another language, and every text under another embedding model, is judged by
the signs alone. The weights are made by `python -m tests.bench.mood` from sentences in `tests/moods/`.

A message that says nothing but anger, or asks for a person, is the business of `bot.understanding.intents` and goes
over at once. Here as there, what is quoted or reported is somebody else's mood.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.understanding.intents import without_quotes
from knowledge.embedding import Vectors
from knowledge.sentences import is_english
from knowledge.territories import plain

THRESHOLD = 0.5
"""From here on a text counts as urgent, or as upset."""
MAX_CHARS = 1_000
"""Of the asker's own words that are read: how somebody feels is told early."""
WEIGHTS = Path(__file__).with_name("mood.json")
_URGENT = {
    "en": r"urgent(?:ly)?|asap|a s a p|emergency|right now|right away|immediately|this instant|hurry|"
    r"quick(?:ly)? please|please (?:be )?quick|time critical|"
    r"before (?:midnight|noon|tonight|the end of (?:the )?day)|by (?:noon|tonight)|"
    r"(?:in|within) (?:the next )?(?:an|a|one|two|three|five|ten|fifteen|\d+) (?:hours?|minutes?|mins?)|"
    r"need (?:\w+ ){1,4}(?:today|now|tonight)|help me now|"
    r"(?:deadline|due|closes|leaves|starts|ends) (?:is )?(?:today|tonight|tomorrow|in)",
    "de": r"dringend\w*|eilt|eilig|sofort|umgehend|so schnell wie moglich|schnellstmoglich|asap|notfall bei|"
    r"heute noch|noch heute|bis heute|gleich ab|in (?:einer stunde|\d+ minuten|zehn minuten|funf minuten)|"
    r"schnell (?:antworten|bitte|helfen)|bitte schnell|jetzt gleich|gerade gehackt|steht vor mir",
    "fr": r"urgent\w*|urgence|tout de suite|immediatement|au plus vite|le plus vite possible|des que possible|"
    r"repondez vite|dans (?:une heure|dix minutes|\d+ minutes)|maintenant meme|avant ce soir",
    "es": r"urgente\w*|urgencia|emergencia|ahora mismo|inmediatamente|cuanto antes|lo antes posible|ayuda ya|"
    r"hoy mismo|en (?:una hora|diez minutos|\d+ minutos)|de inmediato",
    "it": r"urgente\w*|urgenza|emergenza|subito|immediatamente|al piu presto|il prima possibile|adesso|oggi stesso|"
    r"tra (?:un ora|dieci minuti|\d+ minuti)",
    "pt": r"urgente\w*|urgencia|emergencia|agora|imediatamente|o mais rapido possivel|o quanto antes|hoje mesmo|"
    r"em (?:uma hora|dez minutos|\d+ minutos)",
    "nl": r"dringend\w*|spoed|meteen|onmiddellijk|zo snel mogelijk|nu direct|vandaag nog|"
    r"binnen (?:een uur|\d+ minuten)",
}
_UPSET = {
    "en": r"angry|furious|outrage\w*|ridiculous|unacceptable|unbelievable|useless|worthless|pathetic|disgrace\w*|"
    r"disgust\w*|terrible|horrible|awful|worst|poorest|rubbish|garbage|joke|nonsense|stupid|scam\w*|rip off|cheated|"
    r"lied|liars?|fed up|sick of|tired of|had enough|enough is enough|disappoint\w*|frustrat\w*|annoy\w*|upset|"
    r"unhappy|shame(?:ful)?|ashamed|never again|never buy|waste of (?:my )?time|nobody (?:cares|answers|replies|picks)|"
    r"nobody ever|how dare|are you kidding|kidding me|seriously|what a (?:joke|mess|disaster)|thanks for nothing|"
    r"(?:third|fourth|fifth|tenth) time|(?:three|four|five|ten) times|every single time|my lawyer|gives? a damn|"
    r"can t believe|don t care",
    "de": r"sauer|wutend|verargert|genervt|stinksauer|frechheit|unverschamt\w*|unzumutbar|lacherlich|enttauscht|"
    r"enttauschend|katastrophe|katastrophal|nutzlos|unmoglich von|nase voll|mir reicht s|reicht s mir|schon wieder|"
    r"saftladen|abzocke|betrug|niemand (?:antwortet|hilft)|keiner (?:antwortet|hilft)|zu nichts zu gebrauchen|"
    r"nie wieder|schlechteste\w*|anwalt",
    "fr": r"furieu\w+|en colere|inadmissible|inacceptable|scandaleu\w+|honte|lamentable|decue?s?|decevant|ras le bol|"
    r"n importe quoi|arnaque|nul|nulle|personne ne repond|(?:troisieme|quatrieme) fois|marre",
    "es": r"harto|harta|furios[oa]|enfadad[oa]|indignad[oa]|inaceptable|verguenza|decepcionad[oa]|estafa|ridiculo|"
    r"inutil|pesimo|pesima|nadie (?:me )?(?:contesta|responde)|basta ya|horrible|peor",
    "it": r"stuf[oa]|arrabbiat[oa]|furios[oa]|vergogn\w+|inaccettabile|delus[oa]|truffa|ridicolo|inutile|pessim[oa]|"
    r"nessuno (?:mi )?risponde|basta|peggior\w*",
    "pt": r"irritad[oa]|furios[oa]|inaceitavel|vergonha|decepcionad[oa]|desiludid[oa]|fart[oa]|golpe|ridiculo|inutil|"
    r"pessim[oa]|ninguem (?:me )?responde|absurdo|pior",
    "nl": r"boos|woedend|belachelijk|onacceptabel|schande|teleurgesteld|waardeloz?e?s?|oplichting|nutteloos|klaar mee|"
    r"niemand (?:antwoordt|reageert)|slechtste|zat",
}
_AGAINST = (
    r"not urgent|no rush|no hurry|take your time|whenever you have time|nicht eilig|keine eile|pas urgent|no es urgente"
)
_ANGRY_FACES = "😡🤬😠👿💢🤯"


@dataclass(frozen=True, slots=True)
class Mood:
    """How urgent a text is, and how angry or disappointed; 0 to 1."""

    urgency: float = 0.0
    upset: float = 0.0

    @property
    def urgent(self) -> bool:
        return self.urgency >= THRESHOLD

    @property
    def is_upset(self) -> bool:
        return self.upset >= THRESHOLD

    @property
    def pressing(self) -> bool:
        """Whether people should look at it sooner than at others."""
        return self.urgent or self.is_upset

    def as_json(self) -> dict[str, float]:
        return {"urgency": round(self.urgency, 3), "upset": round(self.upset, 3)}

    @classmethod
    def of(cls, notes: Mapping[str, Any]) -> Mood:
        """Return the mood in the notes of an answer; a calm one where none was read."""
        kept = notes.get("mood") or {}
        return cls(float(kept.get("urgency", 0)), float(kept.get("upset", 0)))


class Moods:
    """Reads moods. `embed` gives unit vectors, `model` the SHA-256 of the weights of the model that makes them."""

    def __init__(
        self,
        embed: Callable[[Sequence[str]], Vectors] | None = None,
        model: Callable[[], str] = lambda: "",
        weights: Path = WEIGHTS,
    ) -> None:
        self._embed = embed
        self._model = model
        self._path = weights

    async def read(self, text: str) -> Mood:
        """Return the mood of a text; it is embedded in a thread of its own."""
        return await asyncio.to_thread(self.read_now, text)

    def read_now(self, text: str) -> Mood:
        """As `read`, at once: some milliseconds."""
        # A quote is known by its end, too, so that more is read than counts.
        text = without_quotes(text[: 4 * MAX_CHARS]).strip()[:MAX_CHARS]
        if not text:
            return Mood()
        seen = signs(text)
        by_signs = self._weights["signs"]
        head, features = by_signs, seen
        if self._embed is not None and is_english(text) and self._model() == self._weights["model"]:
            head = self._weights["english"]
            features = np.concatenate((self._embed([text])[0], seen))
        return Mood(*(_sigmoid(float(features @ np.asarray(one["w"])) + one["b"]) for one in head))

    @cached_property
    def _weights(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
        return found


def signs(text: str) -> npt.NDArray[np.float32]:
    """Return what tells of urgency and anger without a model, shape (6,), each 0 to 1.

    Words of urgency, of anger, of neither hurry; capitals, exclamation marks, angry faces.
    """
    told = plain(text)
    letters = [char for char in text if char.isalpha()]
    capitals = sum(char.isupper() for char in letters) / max(1, len(letters)) if len(letters) >= 12 else 0.0
    shouted = re.findall(r"\b[A-Z]{4,}\b", text)
    found = (
        min(len(_found(_patterns("urgent"), told)), 2) / 2,
        min(len(_found(_patterns("upset"), told)), 2) / 2,
        float(bool(_patterns("against").search(told))),
        max(capitals if capitals > 0.5 else 0.0, min(len(shouted), 2) / 4),
        min(text.count("!") + text.count("！"), 3) / 3,
        float(any(face in text for face in _ANGRY_FACES)),
    )
    return np.asarray(found, dtype=np.float32)


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    return list(dict.fromkeys(match[0] for match in pattern.finditer(text)))


@cache
def _patterns(name: str) -> re.Pattern[str]:
    told = {"urgent": "|".join(_URGENT.values()), "upset": "|".join(_UPSET.values()), "against": _AGAINST}[name]
    return re.compile(rf"\b(?:{told})\b")


def _sigmoid(value: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(value, -30, 30))))
