"""What tuning gains: the same held-out questions answered in each mode, measured, and the differences with intervals.

    base        the model alone                    rag         retrieval alone
    lora        the adapter alone                  rag+lora    retrieval with the adapter, the one to be promoted
    adaptive    chosen for each question           in force    retrieval with the adapter that answers now

Everything but the times comes out the same each time it is run.
"""

from __future__ import annotations

import hashlib
import json
import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot import prompts, wording
from bot.messages import Mode, Status
from bot.settings import Settings
from bot.tuning.answering import FAILED, Given, Variant
from bot.tuning.bootstrap import Interval, Resampled
from bot.tuning.heldout import HeldOut, HeldOutSet
from bot.tuning.metrics import cited_right, gold_cited, rouge_l, token_f1
from bot.wording import answers as words_of_answers
from bot.wording import talk, words_in

IN_FORCE = "in force"
"""Label of the adapter that answers now, where another one is evaluated."""
MODES = (Mode.BASE, Mode.LORA, Mode.RAG, Mode.RAG_LORA, Mode.ADAPTIVE)
"""What is compared unless said otherwise."""
FORMAT = 1
PLAIN = (Mode.BASE, Mode.RAG)
"""Modes without an adapter."""
_Measure = Callable[[HeldOut, Given], tuple[float, float]]
_NOTHING = (0.0, 0.0)


def _text_measure(measure: Callable[[str, str], float], *, given_only: bool = False) -> _Measure:
    """Return a measure against the reference: 0 for what was not answered, or only of the answers given."""

    def measured(asked: HeldOut, given: Given) -> tuple[float, float]:
        if not (asked.answerable and asked.reference):
            return _NOTHING
        if not given.answered:
            return (0.0, 0.0 if given_only else 1.0)
        return measure(given.text, asked.reference), 1.0

    return measured


def _model_f1(asked: HeldOut, given: Given) -> tuple[float, float]:
    if not (asked.answerable and asked.reference and given.said):
        return _NOTHING
    return token_f1(given.said, asked.reference), 1.0


def _groundedness(asked: HeldOut, given: Given) -> tuple[float, float]:
    return float(given.supported), float(given.claims)


def _citation_precision(asked: HeldOut, given: Given) -> tuple[float, float]:
    if not (asked.answerable and asked.gold and given.answered):
        return _NOTHING
    return cited_right(given.cited, asked.gold, asked.alternates)


def _citation_recall(asked: HeldOut, given: Given) -> tuple[float, float]:
    if not (asked.answerable and asked.gold and given.answered):
        return _NOTHING
    return gold_cited(given.cited, asked.gold, asked.alternates)


def _refusal_precision(asked: HeldOut, given: Given) -> tuple[float, float]:
    return float(given.refused and not asked.answerable), float(given.refused)


def _refusal_recall(asked: HeldOut, given: Given) -> tuple[float, float]:
    return float(given.refused and not asked.answerable), float(not asked.answerable)


def _wrong_refusals(asked: HeldOut, given: Given) -> tuple[float, float]:
    return float(given.refused and asked.answerable), float(asked.answerable)


def _own_words(asked: HeldOut, given: Given) -> tuple[float, float]:
    return float(given.answered and not given.quoted), float(given.answered)


def _words(asked: HeldOut, given: Given) -> tuple[float, float]:
    return (float(len(given.text.split())), 1.0) if given.answered else _NOTHING


def _seconds(asked: HeldOut, given: Given) -> tuple[float, float]:
    seconds = given.timings.get("total_s")
    return (seconds, 1.0) if seconds is not None else _NOTHING


def _failed(asked: HeldOut, given: Given) -> tuple[float, float]:
    return float(given.status == FAILED), 1.0


MEASURES: Mapping[str, _Measure] = {
    "f1": _text_measure(token_f1),
    "f1_of_answers": _text_measure(token_f1, given_only=True),
    "model_f1": _model_f1,
    "rouge_l": _text_measure(rouge_l),
    "groundedness": _groundedness,
    "citation_precision": _citation_precision,
    "citation_recall": _citation_recall,
    "refusal_precision": _refusal_precision,
    "refusal_recall": _refusal_recall,
    "wrong_refusals": _wrong_refusals,
    "own_words": _own_words,
    "words": _words,
    "seconds": _seconds,
    "failed": _failed,
}
"""Means over the questions, each as a ratio of sums; `MEANINGS` says what they are."""
JUDGE = "judge"
MEANINGS: Mapping[str, str] = {
    "f1": "token F1 (SQuAD) with the reference over all answerable questions; 0 where there was no answer",
    "f1_of_answers": "the same over those answered",
    "model_f1": "the same of what the model itself said, before it was held against the documents; over those it was "
    "asked",
    "rouge_l": "ROUGE-L with the reference over all answerable questions; 0 where there was no answer",
    "groundedness": "share of the sentences of answers that the documents found carry",
    "citation_precision": "share of the pages cited for answerable questions that hold the answer",
    "citation_recall": "share of the pages that hold the answer to a question answered that are cited",
    "refusal_precision": "share of the refusals that are right",
    "refusal_recall": "share of the unanswerable questions that were refused",
    "wrong_refusals": "share of the answerable questions that were refused",
    "own_words": "share of the answers in the model's own words rather than the documents'",
    "words": "mean words of an answer",
    "seconds": "mean seconds until an answer is whole",
    "failed": "share of the questions that ended in an error",
    "small_talk": "share of greetings and thanks that were taken as such",
    "first_token_p50_s": "median seconds until the model says something",
    "total_p50_s": "median seconds until an answer is whole",
    "total_p95_s": "95th percentile of the same",
    JUDGE: "grade that another model gives the answers, 0 to 1",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What is evaluated, on what: the same again is the same evaluation."""

    adapter: str
    """Its id or the name of its file; empty where there is none."""
    adapter_sha256: str
    in_force: str
    """Id of the adapter that it is compared with; empty where none answers, or it is the same."""
    in_force_sha256: str
    model: str
    model_sha256: str
    """Empty for the model of a server."""
    knowledge_version: int
    embedder: str
    questions_sha256: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Those that answers depend on."""
    frontdesk: str = ""
    """Version of Frontdesk: another one may answer differently."""
    index_format: int = 0
    """How the documents were cut into passages; see `knowledge.passages`."""

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @property
    def id(self) -> str:
        """Names the evaluation and its folder."""
        told = json.dumps(self.as_json(), sort_keys=True, default=str)
        given = [value for name, value in sorted(vars(prompts).items()) if name.isupper() and isinstance(value, str)]
        said = [
            word
            for catalogue in (wording, words_of_answers, talk)
            for name, value in sorted(vars(catalogue).items())
            if name.isupper()
            for words in words_in(value)
            for word in words.all
        ]
        words = "\n".join([*given, *said])
        digest = hashlib.sha256(f"{FORMAT}\n{told}\n{words}".encode()).hexdigest()
        return f"{self.adapter or 'no-adapter'}-{digest[:10]}"


def answer_settings(settings: Settings) -> dict[str, Any]:
    """Return the settings that answers depend on."""
    answering = settings.answering.model_dump(
        exclude={"mode", "cache", "workers", "handover_channel", "deadline_s", "contact"}
    )
    lora = settings.lora.model_dump(include={"scale", "scales"})
    model = settings.model.model_dump(include={"context_size", "max_tokens"})
    names = settings.scope_names.model_dump()
    return {"answering": answering, "lora": lora, "model": model, "scope_names": names}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An evaluation, ready to be told."""

    id: str
    subject: Subject
    counts: dict[str, int]
    """Held-out questions by where they come from."""
    groups: int
    """Conversations or documents that they come from: what is independent of each other."""
    metrics: dict[str, dict[str, float | None]]
    """By mode, then by measure."""
    intervals: dict[str, dict[str, Interval]]
    """Of the metrics that are means over the questions."""
    by_origin: dict[str, dict[str, dict[str, float | None]]]
    """The same by where the questions come from."""
    differences: dict[str, dict[str, Interval]]
    """By pair of modes, `ours - theirs`, then by measure."""
    scales: dict[str, Any] | None = None
    """What choosing the adapter's scale for each question gains, where that was measured (see `bot.tuning.scales`)."""
    with_reference: int = 0
    """Of the groups, those that hold a question with a reference answer: what token F1 is measured by."""
    measured_by: dict[str, dict[str, int]] = field(default_factory=dict)
    """By mode, then by measure: how many groups count for it."""
    documents: int = 0
    """Different documents that hold the answers, as far as that is known."""
    singly: int = 0
    """Questions that count as a group each, as neither their documents nor their conversation are known."""
    unknown_documents: tuple[str, ...] = ()
    """Documents that are said to hold answers and are not there; citations are not measured by them."""
    left_out: int = 0
    """Questions that were not asked, as the adapter was trained on them."""
    unknown_run: str = ""
    """Training run of the adapter of which it is not known what it learned from; empty where all is known."""
    unknown_origin: bool = False
    """Whether the adapter comes from elsewhere, so that it is not known what it learned from."""

    def rests_on(self, ours: str, theirs: str, measure: str) -> int:
        """Return how many groups a difference is measured by."""
        return min(self.measured_by.get(mode, {}).get(measure, 0) for mode in (ours, theirs))

    def difference(self, ours: str, theirs: str, measure: str) -> Interval | None:
        """Return by how much `ours` is higher; None where that was not measured, or by too few groups."""
        if (found := self.differences.get(pair(ours, theirs))) is not None:
            return found.get(measure)
        turned = self.differences.get(pair(theirs, ours), {}).get(measure)
        return Interval(-turned.value, -turned.high, -turned.low) if turned else None

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "subject": self.subject.as_json(),
            "questions": {
                "counts": self.counts,
                "groups": self.groups,
                "with_reference": self.with_reference,
                "measured_by": self.measured_by,
                "documents": self.documents,
                "singly": self.singly,
                "unknown_documents": list(self.unknown_documents),
                "left_out": self.left_out,
                "unknown_run": self.unknown_run,
                "unknown_origin": self.unknown_origin,
            },
            "metrics": self.metrics,
            "intervals": _told(self.intervals),
            "by_origin": self.by_origin,
            "differences": _told(self.differences),
            "scales": self.scales,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Evaluation:
        """Read what `as_json` wrote. Raises KeyError or TypeError for anything else."""
        return cls(
            id=values["id"],
            subject=Subject(**values["subject"]),
            counts=values["questions"]["counts"],
            groups=values["questions"]["groups"],
            metrics=values["metrics"],
            intervals=_read(values["intervals"]),
            by_origin=values["by_origin"],
            differences=_read(values["differences"]),
            scales=values.get("scales"),
            with_reference=values["questions"].get("with_reference", 0),
            measured_by=values["questions"].get("measured_by", {}),
            documents=values["questions"].get("documents", 0),
            singly=values["questions"].get("singly", 0),
            unknown_documents=tuple(values["questions"].get("unknown_documents", ())),
            left_out=values["questions"].get("left_out", 0),
            unknown_run=values["questions"].get("unknown_run", ""),
            unknown_origin=values["questions"].get("unknown_origin", False),
        )


def _told(intervals: Mapping[str, Mapping[str, Interval]]) -> dict[str, dict[str, dict[str, float]]]:
    return {name: {measure: one.as_json() for measure, one in found.items()} for name, found in intervals.items()}


def _read(intervals: Mapping[str, Mapping[str, Mapping[str, float]]]) -> dict[str, dict[str, Interval]]:
    return {name: {measure: Interval(**one) for measure, one in found.items()} for name, found in intervals.items()}


def pair(ours: str, theirs: str) -> str:
    """Return the name of a difference."""
    return f"{ours} - {theirs}"


def variants(modes: Sequence[Mode], adapter: str, in_force: str, scales: Sequence[float] = ()) -> list[Variant]:
    """Return the ways to answer that are compared; those that need an adapter only where there is one.

    `adapter` and `in_force` are names that the engine knows, empty for none. `scales` are fixed scales to be
    compared besides.
    """
    found = [Variant(str(mode), mode, "" if mode in PLAIN else adapter) for mode in modes if adapter or mode in PLAIN]
    if in_force:
        found.append(Variant(IN_FORCE, Mode.RAG_LORA, in_force))
    if adapter:
        found += [Variant(f"rag+lora@{scale:g}", Mode.RAG_LORA, adapter, scale) for scale in scales]
    return found


def evaluated(
    subject: Subject,
    held_out: HeldOutSet,
    given: Mapping[str, Sequence[Given]],
    small_talk: Mapping[str, Sequence[Given]],
    grades: Mapping[str, Sequence[float | None]] | None = None,
) -> Evaluation:
    """Measure the answers of each mode, given in the order of the questions; `grades` are a judge's, 0 to 1."""
    questions = held_out.questions
    ratios: dict[tuple[str, str], tuple[list[float], list[float]]] = {}
    for mode, answers in given.items():
        for name, measure in MEASURES.items():
            found = [measure(*asked) for asked in zip(questions, answers, strict=True)]
            ratios[mode, name] = [one for one, _ in found], [of for _, of in found]
        if grades and mode in grades:
            ratios[mode, JUDGE] = (
                [grade or 0.0 for grade in grades[mode]],
                [float(grade is not None) for grade in grades[mode]],
            )
    drawn = Resampled([one.group for one in questions], ratios)
    modes = list(given)
    names = list(dict.fromkeys(name for _, name in ratios))
    differences: dict[str, dict[str, Interval]] = {}
    for at, theirs in enumerate(modes):
        for ours in modes[at + 1 :]:
            found_here = {
                name: one
                for name in names
                if (ours, name) in ratios
                and (theirs, name) in ratios
                and (one := drawn.difference((ours, name), (theirs, name)))
            }
            differences[pair(ours, theirs)] = found_here
    return Evaluation(
        id=subject.id,
        subject=subject,
        counts=held_out.counts(),
        groups=drawn.groups,
        metrics={
            mode: {name: drawn.value((mode, name)) for name in names if (mode, name) in ratios}
            | _times(given[mode])
            | {"small_talk": _small_talk(small_talk.get(mode, ()))}
            for mode in modes
        },
        intervals={
            mode: {name: one for name in names if (mode, name) in ratios and (one := drawn.interval((mode, name)))}
            for mode in modes
        },
        by_origin={
            label: {mode: _means(ratios, mode, names, rows) for mode in modes}
            for label, rows in _rows(questions).items()
        },
        differences=differences,
        with_reference=len({one.group for one in questions if one.answerable and one.reference}),
        measured_by={
            mode: {name: drawn.counted((mode, name)) for name in names if (mode, name) in ratios} for mode in modes
        },
        documents=len({document for one in questions for document in one.gold}),
        singly=sum(one.stands_alone for one in questions),
        unknown_documents=held_out.unknown_documents,
        left_out=held_out.left_out,
        unknown_run=held_out.unknown_run,
        unknown_origin=held_out.unknown_origin,
    )


def _rows(questions: Sequence[HeldOut]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, one in enumerate(questions):
        found.setdefault(one.label, []).append(at)
    return dict(sorted(found.items()))


def _means(
    ratios: Mapping[tuple[str, str], tuple[list[float], list[float]]], mode: str, names: Sequence[str], rows: list[int]
) -> dict[str, float | None]:
    """Return the measures over some of the questions, without those that say nothing there."""
    found: dict[str, float | None] = {"questions": float(len(rows))}
    for name in names:
        if (mode, name) in ratios:
            ones, whole = ratios[mode, name]
            if of := sum(whole[row] for row in rows):
                found[name] = sum(ones[row] for row in rows) / of
    return found


def _times(given: Sequence[Given]) -> dict[str, float | None]:
    first = [time for one in given if (time := one.timings.get("first_token_s")) is not None]
    total = sorted(time for one in given if (time := one.timings.get("total_s")) is not None)
    return {
        "first_token_p50_s": statistics.median(first) if first else None,
        "total_p50_s": statistics.median(total) if total else None,
        "total_p95_s": total[math.ceil(0.95 * len(total)) - 1] if total else None,
    }


def _small_talk(given: Sequence[Given]) -> float | None:
    """Return the share that became small talk: no policy, no source."""
    if not given:
        return None
    return statistics.fmean(one.status == Status.SMALLTALK and not one.cited for one in given)


def read_evaluation(path: Path) -> Evaluation:
    """Read a kept evaluation. Raises OSError, ValueError, KeyError or TypeError where it is none."""
    return Evaluation.from_json(json.loads(path.read_text(encoding="utf-8")))
