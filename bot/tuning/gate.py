"""Whether an adapter may go live: better on held-out questions by more than noise, no worse otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bot.messages import Mode
from bot.tuning.bootstrap import LEAST, TIE, Interval
from bot.tuning.evaluation import IN_FORCE, Evaluation
from bot.tuning.heldout import HeldOut
from bot.tuning.splits import ENOUGH, FEWEST

MARGIN = 0.05
"""A loss of this share is too much, even where it could be chance: with few questions nearly everything could."""
BETTER = "f1"
NOT_WORSE = {
    "refusal_recall": ("refusing what the documents do not answer", True),
    "wrong_refusals": ("refusing in vain", False),
    "groundedness": ("groundedness", True),
}
"""By measure: what it is called, and whether more of it is better."""
WHAT_TO_DO = (
    f"With examples on {ENOUGH} in all so many can be held out: approve answers on others, or take in more documents. "
    "Or evaluate on questions of your own (`frontdesk tune evaluate ID --questions FILE`), or promote it by hand "
    "(`frontdesk tune promote ID --force --reason TEXT`)."
)
"""Where too little is held out for the gate."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One condition of the gate."""

    ok: bool
    sentence: str

    def as_json(self) -> dict[str, Any]:
        return {"ok": self.ok, "sentence": self.sentence}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of an adapter."""

    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        return all(one.ok for one in self.findings)

    @property
    def why_not(self) -> str:
        """Return what speaks against it; empty where nothing does."""
        return " ".join(one.sentence for one in self.findings if not one.ok)

    @property
    def brief(self) -> str:
        """Return the first thing that speaks against it, and how many more there are; empty where nothing does."""
        against = [one.sentence for one in self.findings if not one.ok]
        more = f" ({len(against) - 1} more; the evaluation's report has all.)" if against[1:] else ""
        return against[0] + more if against else ""

    def as_json(self) -> dict[str, Any]:
        return {"passed": self.passed, "findings": [one.as_json() for one in self.findings]}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Verdict:
        return cls(tuple(Finding(one["ok"], one["sentence"]) for one in values["findings"]))


def verdict(evaluation: Evaluation) -> Verdict:
    """Hold retrieval with the adapter against retrieval alone, and against the adapter in force where there is one."""
    ours = str(Mode.RAG_LORA)
    rivals = [one for one in (str(Mode.RAG), IN_FORCE) if one in evaluation.metrics]
    if ours not in evaluation.metrics or str(Mode.RAG) not in evaluation.metrics:
        return Verdict((Finding(False, f"The modes rag and {ours} were not both evaluated."),))
    findings = []
    if few := _too_few(evaluation.groups, evaluation.with_reference):
        findings.append(Finding(False, f"{few} {WHAT_TO_DO}"))
    if run := evaluation.unknown_run:
        findings.append(
            Finding(
                False,
                f"It is not known which questions the training run {run} learned from, so held-out ones may be among "
                "them: its run.json or its set of examples cannot be read. Put both back and evaluate again.",
            )
        )
    if evaluation.unknown_origin:
        findings.append(
            Finding(
                False,
                "It was trained elsewhere, so held-out questions may be among those that it learned from. Put the "
                "folder of its training run (`runs/…` of tuning.folder) and its set of examples here and evaluate that "
                "run, or promote it with --force and a reason.",
            )
        )
    for rival in rivals:
        findings.append(_better(evaluation, ours, rival))
        findings += [_no_worse(evaluation, ours, rival, measure) for measure in NOT_WORSE]
    return Verdict(tuple(findings))


def cannot_pass(questions: Collection[HeldOut]) -> str:
    """Return why no adapter can pass that is evaluated on these questions; empty where one can."""
    with_reference = {one.group for one in questions if one.answerable and one.reference}
    if not with_reference:
        return f"Nothing is held out that has an answer to measure token F1 by. {WHAT_TO_DO}"
    if few := _too_few(len({one.group for one in questions}), len(with_reference)):
        return f"{few} {WHAT_TO_DO}"
    unanswerable = len({one.group for one in questions if not one.answerable})
    if not unanswerable:
        return (
            "None of the held-out questions is unanswerable, so refusing cannot be measured. Make some with "
            "`frontdesk tune prepare --from-documents`."
        )
    if unanswerable < LEAST:
        return (
            f"Unanswerable questions of {_counted(unanswerable)} are held out, too few to measure refusing by: it "
            f"takes {LEAST}. Make more with `frontdesk tune prepare --from-documents --without 0.3`."
        )
    return ""


def _too_few(groups: int, with_reference: int) -> str:
    """Return that too little is held out to tell anything by, and how much is missing; empty for enough."""
    if groups < FEWEST:
        count, what = groups, ""
    elif 0 < with_reference < FEWEST:  # however many have none, token F1 is measured by these
        count, what = with_reference, " with a reference answer"
    else:
        return ""
    told = "independent document or conversation is" if count == 1 else "independent documents or conversations are"
    missing = "1 is" if count == FEWEST - 1 else f"{FEWEST - count} are"
    return f"{count} {told} held out{what}, too few to tell anything by: it takes {FEWEST}, so {missing} missing."


def _counted(groups: int) -> str:
    return f"{groups} independent document{'' if groups == 1 else 's'} or conversation{'' if groups == 1 else 's'}"


def _named(rival: str) -> str:
    return "the adapter in force" if rival == IN_FORCE else "retrieval alone"


def _better(evaluation: Evaluation, ours: str, rival: str) -> Finding:
    groups = evaluation.rests_on(ours, rival, BETTER)
    if not groups:
        return Finding(False, "Token F1 was not measured: no held-out question has a reference answer.")
    if (found := evaluation.difference(ours, rival, BETTER)) is None:
        return Finding(False, f"Token F1 was measured on {_counted(groups)} only, so nothing tells it from chance.")
    told = f"Token F1 is {_points(found.value)} that of {_named(rival)} (95 % interval {_interval(found)})"
    if found.above:
        return Finding(True, f"{told}.")
    return Finding(False, f"{told}, which is not better by more than chance.")


def _no_worse(evaluation: Evaluation, ours: str, rival: str, measure: str) -> Finding:
    name, more_is_better = NOT_WORSE[measure]
    groups = evaluation.rests_on(ours, rival, measure)
    if not groups:
        missing = {
            "refusal_recall": "none of the held-out questions is unanswerable",
            "wrong_refusals": "none of the held-out questions is answerable",
            "groundedness": "nothing was answered",
        }[measure]
        return Finding(False, f"{name[:1].upper()}{name[1:]} was not measured: {missing}.")
    if (found := evaluation.difference(ours, rival, measure)) is None:
        return Finding(
            False,
            f"{name[:1].upper()}{name[1:]} was measured on {_counted(groups)} only, too few to tell anything by: it "
            f"takes {LEAST}.",
        )
    loss = -found.value if more_is_better else found.value
    told = f"{name[:1].upper()}{name[1:]} is {_points(found.value)} that of {_named(rival)}"
    told += f" (95 % interval {_interval(found)})"
    if (found.below if more_is_better else found.above) or loss > MARGIN + TIE:
        return Finding(False, f"{told}, which is worse.")
    return Finding(True, f"{told}.")


def _points(value: float) -> str:
    points = 100 * value
    if abs(points) < 0.05:
        return "the same as"
    return f"{abs(points):.1f} points {'above' if points > 0 else 'below'}"


def _interval(found: Interval) -> str:
    return f"{100 * found.low:+.1f} to {100 * found.high:+.1f}"
