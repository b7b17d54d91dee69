"""Whether it pays to choose the adapter's scale for each question, held against every fixed scale.

The scale is the ratio between what was tuned and what was retrieved. The adaptive mode chooses it by the kind of the
question and by how sure the search is (see `bot.routing`); here the same rules are learned from answers at every
scale, and judged on questions that they were not learned from. They are kept only if they win.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.tuning.answering import Given
from bot.tuning.bootstrap import Interval, Resampled
from bot.tuning.evaluation import MEASURES
from bot.tuning.heldout import HeldOut
from bot.understanding import intents

SCALES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25)
"""0 is retrieval alone."""
FOLDS = 5
CONFIDENCES = (0.5, 0.6, 0.7, 0.8, 0.9)
"""From which retrieval alone may do."""
NEVER = 1.0
_FEWEST = 20
"""Questions of a kind below which it has no scale of its own."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rules:
    """What `lora.scale`, `lora.scales` and `answering.plain_confidence` would be."""

    scale: float
    scales: Mapping[str, float] = field(default_factory=dict)
    """By kind of question, where another one is better."""
    plain_confidence: float = NEVER

    def chosen(self, kind: str, confidence: float) -> float:
        """Return the scale for a question, as the adaptive mode does."""
        return 0.0 if confidence >= self.plain_confidence else self.scales.get(kind, self.scale)

    def as_json(self) -> dict[str, Any]:
        return {"scale": self.scale, "scales": dict(self.scales), "plain_confidence": self.plain_confidence}


@dataclass(frozen=True, slots=True)
class Answered:
    """The same questions answered at every scale: those that count for token F1."""

    f1: Floats
    """Shape (questions, scales)."""
    scales: tuple[float, ...]
    kinds: tuple[str, ...]
    confidences: Floats
    groups: tuple[str, ...]
    rows: tuple[int, ...]
    """Places of these questions among all."""

    @classmethod
    def of(cls, questions: Sequence[HeldOut], given: Mapping[float, Sequence[Given]]) -> Answered:
        measure = MEASURES["f1"]
        scales = tuple(sorted(given))
        found = {scale: [measure(*one) for one in zip(questions, given[scale], strict=True)] for scale in scales}
        rows = tuple(at for at in range(len(questions)) if found[scales[0]][at][1])
        return cls(
            f1=np.array([[found[scale][at][0] for scale in scales] for at in rows]).reshape(len(rows), len(scales)),
            scales=scales,
            kinds=tuple(intents.kind_of(questions[at].text) for at in rows),
            confidences=np.array([given[scales[0]][at].confidence or 0.0 for at in rows]),
            groups=tuple(questions[at].group for at in rows),
            rows=rows,
        )

    def at(self, rules: Rules) -> Floats:
        """Return the token F1 of each question at the scale that the rules choose; shape (questions,)."""
        chosen = [rules.chosen(*one) for one in zip(self.kinds, self.confidences, strict=True)]
        return self.f1[np.arange(len(chosen)), [self.scales.index(scale) for scale in chosen]]

    def some(self, places: Sequence[int]) -> Answered:
        return Answered(
            self.f1[places],
            self.scales,
            tuple(self.kinds[at] for at in places),
            self.confidences[places],
            tuple(self.groups[at] for at in places),
            tuple(self.rows[at] for at in places),
        )


def learn(answered: Answered) -> Rules:
    """Return the rules that fit the answers: another scale than the best fixed one only where that surely gains.

    What gains less than one standard error is left as it is: it would rather be noise.
    """
    best = int(answered.f1.mean(axis=0).argmax()) if len(answered.f1) else 0
    rules = Rules(answered.scales[best])
    scales: dict[str, float] = {}
    for kind in sorted(set(answered.kinds)):
        rows = [at for at, one in enumerate(answered.kinds) if one == kind]
        if len(rows) < _FEWEST:
            continue
        sure = [_sure_gain(answered.f1[rows, at] - answered.f1[rows, best]) for at in range(len(answered.scales))]
        if max(sure) > 0:
            scales[kind] = answered.scales[int(np.argmax(sure))]
    rules = Rules(rules.scale, scales)
    if 0.0 in answered.scales:
        plain = {
            confidence: _sure_gain(answered.at(Rules(rules.scale, scales, confidence)) - answered.at(rules))
            for confidence in CONFIDENCES
        }
        surest = max(plain, key=lambda confidence: plain[confidence])
        if plain[surest] > 0:
            rules = Rules(rules.scale, scales, surest)
    return rules


def _sure_gain(gains: Floats) -> float:
    """Return a mean less its standard error."""
    if len(gains) < 2:
        return 0.0
    return float(gains.mean() - gains.std(ddof=1) / np.sqrt(len(gains)))


def compared(
    questions: Sequence[HeldOut],
    given: Mapping[float, Sequence[Given]],
    adaptive: Sequence[Given] | None = None,
    learned: Rules | None = None,
) -> dict[str, Any]:
    """Return the table: each fixed scale, the adaptive mode as it is set, learned rules, and the best of all.

    `given` are the answers at each scale, in the order of the questions. `learned` are rules from other questions;
    without them rules are learned and judged by cross-validation, conversations kept together. The fixed scale that
    they are held against is the best on these very questions, which is on the safe side.
    """
    answered = Answered.of(questions, given)
    if not len(answered.f1):
        return {"rows": [], "winner": "", "rules": None}
    rows: dict[str, Floats] = {f"fixed {scale:g}": answered.f1[:, at] for at, scale in enumerate(answered.scales)}
    best = max(rows, key=lambda name: rows[name].mean())
    if adaptive is not None:
        measure = MEASURES["f1"]
        rows["adaptive"] = np.array([measure(questions[at], adaptive[at])[0] for at in answered.rows])
    rows["learned"] = answered.at(learned) if learned else _cross_validated(answered)
    rows["best for each question"] = answered.f1.max(axis=1)
    ones = np.ones(len(answered.f1))
    drawn = Resampled(answered.groups, {name: (list(values), list(ones)) for name, values in rows.items()})
    differences: dict[str, Interval | None] = {name: drawn.difference(name, best) for name in rows}
    winners = [name for name in ("learned", "adaptive") if name in rows and (one := differences[name]) and one.above]
    rules = learned or learn(answered)
    return {
        "questions": len(answered.f1),
        "best_fixed": best,
        "rows": [
            {
                "name": name,
                "f1": float(values.mean()),
                "difference": one.as_json() if (one := differences[name]) and name != best else None,
            }
            for name, values in rows.items()
        ],
        "winner": winners[0] if winners else "",
        "rules": rules.as_json(),
    }


def _cross_validated(answered: Answered) -> Floats:
    """Return the token F1 of each question under rules that were learned from the questions of other folds."""
    folds = np.array([int(hashlib.sha256(one.encode()).hexdigest(), 16) % FOLDS for one in answered.groups])
    found = np.zeros(len(folds))
    for fold in range(FOLDS):
        here, others = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        if len(here):
            found[here] = answered.some(list(here)).at(learn(answered.some(list(others))))
    return found


def told(table: Mapping[str, Any]) -> list[str]:
    """Return the table as lines of Markdown, with what follows from it."""
    if not table["rows"]:
        return ["No held-out question has a reference answer."]
    lines = [f"| | token F1 | against {table['best_fixed']} |", "| --- | ---: | ---: |"]
    for row in table["rows"]:
        one = row["difference"]
        against = f"{one['value']:+.3f} ({one['low']:+.3f} to {one['high']:+.3f})" if one else ""
        lines.append(f"| {row['name']} | {row['f1']:.3f} | {against} |")
    rules = table["rules"]
    lines.append("")
    if table["winner"] == "learned":
        scales = ", ".join(f"{kind} = {scale:g}" for kind, scale in rules["scales"].items())
        lines.append(
            'Choosing the scale wins. Set `answering.mode = "adaptive"`, '
            f"`answering.plain_confidence = {rules['plain_confidence']:g}`, `lora.scale = {rules['scale']:g}` and "
            f"`lora.scales = {{{scales}}}`."
        )
    elif table["winner"]:
        lines.append('The adaptive mode wins as it is set. Set `answering.mode = "adaptive"`.')
    else:
        lines.append("Choosing the scale for each question does not win by more than chance, so one scale serves all.")
    return lines
