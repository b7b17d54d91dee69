"""Whether answers say only what their sources say, and whether what has no answer is refused.

    python -m tests.bench.grounding [--only NAME] [--questions N] [--adapter FILE] [--quote last] [--workers 8] [--json]
        [--svg FILE]

Each question is answered once, whatever the confidence of its search; the share refused at a threshold of
`answering.min_confidence` is told from that. Every number, amount, date, weekday, frequency, ordinal, fraction and
address of an answer is looked for in the very passage that its sentence cites, by a checker that shares no code with
the one that answers pass through: a numeral must stand there as it is, or in words, or with other separators, and
before the same unit, or in a column of a table whose head tells it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.conversation import Pipeline
from bot.generation.llamacpp import LlamaCppConfig, LlamaCppEngine
from bot.generation.models import prepare_model
from bot.messages import Answer, Status
from bot.settings import Settings
from bot.tuning.default import default_adapter
from knowledge.embedding import Embedder
from knowledge.index import Index, Version
from knowledge.retrieval import Retriever
from tests.bench import data
from tests.bench.answers import answered, mean_f1, token_f1

SEED = 20
IN_VAIN = 0.10
"""Share of the answerable questions whose page was found that may be refused."""
FOUND, MISSED, UNANSWERABLE = "answerable, page found", "answerable, page not found", "unanswerable"

# ------------------------------------------------------------------ the checker

_MARK = re.compile(r"\s*\[(\d+)\]")
_ADDRESS = re.compile(
    r"\S*(?:://|www\.|@)\S*|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|gov|edu|mil|io|info|uk|eu|us|de)\b\S*"
)
_NUMERAL = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_NUMBERED = re.compile(
    r"(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)[\s-]*(?:(?:to|or|and|–|—|-)\s*\d+(?:,\d{3})*(?:\.\d+)?[\s-]*)?(?:\w+[\s-]+)?"
    r"(?P<unit>%|percent|seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|dollars?|euros?|cents?|miles?)\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"([$€£¥])\s?(\d+(?:\.\d+)?)|(?<![\d.])(\d+(?:\.\d+)?)\s?([€%])")
_NAMED = {"$": "dollar|USD", "€": "euro|EUR", "£": "pound|GBP", "¥": "yen|JPY", "%": "per ?cent"}
_ALL_MONTHS = "january february march april may june july august september october november december".split()
_MONTHS = [month for month in _ALL_MONTHS if month != "may"]  # a word of its own; looked for beside a day
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = {word: 20 + 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())}
_SPELT = {word: n for n, word in enumerate(_SMALL)} | _TENS | {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_SPELT |= {f"{tens}-{unit}": value + n for tens, value in _TENS.items() for n, unit in enumerate(_SMALL[:10]) if n}
_SPELT_WORD = re.compile(r"\b(?:" + "|".join(sorted(_SPELT, key=len, reverse=True)) + r")\b", re.IGNORECASE)

_WEEK = "monday tuesday wednesday thursday friday saturday sunday".split()
_DAYS = re.compile(
    rf"\b(?P<from>{'|'.join(_WEEK)})s?(?:\s*(?:to|through|until|–|—|-)\s*(?P<to>{'|'.join(_WEEK)}))?|"
    r"\b(?P<both>weekday|weekend)",
    re.IGNORECASE,
)
_PERIODS = {"hour": "hourly", "day": "daily", "week": "weekly", "month": "monthly", "quarter": "quarterly"}
_PERIODS |= {"year": "yearly", "annum": "yearly"}
_HOW_OFTEN = re.compile(
    r"\b(?:(?P<adverb>hourly|daily|weekly|fortnightly|monthly|quarterly|yearly|annual(?:ly)?)|"
    r"(?P<each>every|each|per|an?)\s(?P<other>(?:other|second|two|2)\s)?(?P<period>hour|day|week|month|quarter|year|annum)"
    r"s?)\b|/\s?(?P<slash>hour|day|week|month|quarter|year)\b",
    re.IGNORECASE,
)
_EACH_DAY = re.compile(rf"\b(?:every|each)\s(?:{'|'.join(_WEEK)})\b", re.IGNORECASE)
_ORDINAL_WORDS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_ORDINAL = re.compile(rf"\b(?:(\d+)(?:st|nd|rd|th)|({'|'.join(_ORDINAL_WORDS)}))\b", re.IGNORECASE)
_FRACTION = re.compile(
    r"\b(an?|one|two|three|four|five|\d)[ -](?:(third|quarter|fifth|sixth|eighth|tenth)s\b|"
    r"(third|quarter|fifth|sixth|eighth|tenth) of\b)",
    re.IGNORECASE,
)
_TABLE = re.compile(r"^[ \t]*\|.*\n[ \t]*\|[ :|-]+\|?[ \t]*(?:\n[ \t]*\|.*)+", re.MULTILINE)
_UNIT_OF_COLUMN = re.compile(r"[(\[](?:in )?([^()\[\]]+)[)\]]\W*$|, ([^,]+)$| in ([^\s]+(?: days)?)$")
_IN_FIGURES = re.compile(
    r"\b(?:up to|to|or|and|over|under|from|more|less|at|least|most|than|above|below|within|about|between)\b",
    re.IGNORECASE,
)


def weekdays(text: str) -> set[str]:
    """Return the days of the week that a text names, those between the ends of a span among them."""
    found: set[str] = set()
    for match in _DAYS.finditer(text):
        if match["both"]:
            found |= set(_WEEK[:5] if match["both"].lower() == "weekday" else _WEEK[5:])
            continue
        start = _WEEK.index(match["from"].lower())
        stop = _WEEK.index(match["to"].lower()) if match["to"] else start
        found |= {_WEEK[(start + n) % 7] for n in range((stop - start) % 7 + 1)}
    return found


def how_often(text: str, *, articles: bool) -> set[str]:
    """Return how often something is said to be, in adverbs; with `articles` "a month" and "every Tuesday" say so."""
    found = {"weekly"} if articles and _EACH_DAY.search(text) else set()
    for match in _HOW_OFTEN.finditer(text):
        if match["adverb"]:
            word = match["adverb"].lower()
            found.add("yearly" if word.startswith("annual") else word)
        elif match["slash"] or articles or match["each"].lower() not in ("a", "an"):
            often = _PERIODS[(match["slash"] or match["period"]).lower()]
            found.add(often if not match["other"] else "fortnightly" if often == "weekly" else f"every other {often}")
    return found


def ordinals(text: str) -> set[str]:
    """Return the ordinals of a text as `3th`."""
    return {f"{digits or _ORDINAL_WORDS.index(word.lower()) + 1}th" for digits, word in _ORDINAL.findall(text)}


def without_openings(text: str) -> str:
    """Return a text without "first" and "second" where they may be no ordinals: "First, wait a second"."""
    periods = "hours?|days?|nights?|weeks?|months?|quarters?|years?|floor"
    return re.sub(rf"\b(?:first|second)\b(?! (?:{periods}|{'|'.join(_WEEK)})\b)", " ", text, flags=re.IGNORECASE)


def fractions(text: str) -> set[str]:
    """Return the fractions of a text as `2 third`."""
    text = re.sub(r"\b(?:an?|one)(?=[ -])", "1", in_digits(text), flags=re.IGNORECASE)
    return {f"{number} {(many or one).lower()}" for number, many, one in _FRACTION.findall(text)}


def in_digits(text: str) -> str:
    """Return a text with its number words as digits, "one" left as it is: it is an article more often."""
    return _SPELT_WORD.sub(lambda match: match[0] if match[0].lower() == "one" else str(_SPELT[match[0].lower()]), text)


def numerals(text: str) -> set[float]:
    return {float(match[0].replace(",", "")) for match in _NUMERAL.finditer(in_digits(text))}


def with_units(text: str) -> set[tuple[float, str]]:
    text = re.sub(
        r"([$€])\s?(\d[\d,.]*)", lambda match: f"{match[2]} {'euros' if match[1] == '€' else 'dollars'} ", text
    )
    return {
        (float(match["number"].replace(",", "")), match["unit"].lower().rstrip("s").replace("percent", "%"))
        for match in _NUMBERED.finditer(in_digits(text))
    }


def with_months(text: str) -> str:
    """Return a text with dates such as 2025-03-05 in words."""
    return re.sub(
        r"\b(\d{4})-(0[1-9]|1[0-2])-(\d\d)\b",
        lambda match: f"{_ALL_MONTHS[int(match[2]) - 1].capitalize()} {int(match[3])}, {match[1]}",
        text,
    )


def units_beside(table: str) -> Iterator[str]:
    """Yield the cells of a table of Markdown that are figures, each with the unit that its column's head tells."""
    head, _, *body = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in table.splitlines()]
    for row in body:
        for name, cell in zip(head, row, strict=False):
            unit = _UNIT_OF_COLUMN.search(name)
            bare = re.search(r"\d", cell) and not re.search(r"[^\W\d_]|[$€£¥%]", _IN_FIGURES.sub("", cell))
            if not unit or not bare:
                continue
            told = next(one for one in unit.groups() if one)
            sign = next((sign for sign, words in _NAMED.items() if sign != "%" and told in (sign, words[-3:])), "")
            yield re.sub(r"\d+(?:[.,]\d+)*", rf"{sign}\g<0>", cell) if sign else f"{cell} {told}"


def unsupported(said: str, sources: str) -> list[str]:
    """Return what of `said` `sources` do not hold.

    Looked for are addresses, numbers, numbers with units, amounts, months, days of the week, how often something is,
    ordinals and fractions.
    """
    sources = "\n".join([sources, *(one for table in _TABLE.findall(sources) for one in units_beside(table))])
    said, sources = (re.sub(r"(?<=\d),(?=\d{1,2}\b)", ".", with_months(text)) for text in (said, sources))
    wrong = [one for one in _ADDRESS.findall(said) if one.strip(".,;:()[]<>\"'") not in sources]
    said, sources = _ADDRESS.sub(" ", said), _ADDRESS.sub(" ", sources)
    wrong += [f"{number:g}" for number in sorted(numerals(said) - numerals(sources))]
    wrong += [f"{number:g} {unit}" for number, unit in sorted(with_units(said) - with_units(sources))]
    said, sources = (re.sub(r"(?<=\d),(?=\d{3})", "", text) for text in (said, sources))
    for before, amount, share, after in _AMOUNT.findall(said):
        sign, number = before or after, amount or share
        there = rf"\{sign}\s?{re.escape(number)}(?!\d)|(?<!\d){re.escape(number)}\s?(?:\{sign}|{_NAMED[sign]})"
        if not re.search(there, in_digits(sources)):
            wrong.append(f"{sign} {number}")
    wrong += [month for month in _MONTHS if month in said.lower() and month[:3] not in sources.lower()]
    if re.search(r"\bMay \d|\d May\b", said) and not re.search(r"\bMay \d|\d May\b|\b0?5/", sources):
        wrong.append("may")
    wrong += sorted(weekdays(said) - weekdays(sources))
    wrong += sorted(how_often(said, articles=False) - how_often(sources, articles=True))
    wrong += sorted(ordinals(without_openings(said)) - ordinals(sources))
    wrong += sorted(fractions(said) - fractions(sources))
    return wrong


def cited_parts(answer: Answer) -> Iterator[tuple[str, set[int]]]:
    """Return each part of an answer's text with the numbers of the citations behind it."""
    start = 0
    marks = list(_MARK.finditer(answer.text))
    for mark in marks:
        yield answer.text[start : mark.start()], {int(mark[1])}
        start = mark.end()
    if answer.text[start:].strip():
        yield answer.text[start:], set()


def faults_of(answer: Answer, version: Version) -> list[str]:
    """Return what an answer says that its own sources do not."""
    if answer.status != Status.ANSWERED:
        return []
    by_number = {one.n: one for one in answer.citations}
    faults = []
    for said, numbers in cited_parts(answer):
        sources = "\n".join(
            f"{passage.title}\n{passage.heading}\n{passage.text}"
            for number in numbers
            for passage in version.passages_of(by_number[number].document_id)
            if passage.heading == by_number[number].heading
        )
        faults += [f"{answer.text!r}: {fault}" for fault in unsupported(said, sources)]
    return faults


# ------------------------------------------------------------------ answering


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question with how it ended."""

    asked: data.AskedQuestion
    answer: Answer
    found: bool
    """Whether a page that answers is among the passages found."""

    @property
    def kind(self) -> str:
        return UNANSWERABLE if not self.asked.answerable else FOUND if self.found else MISSED

    def refused(self, threshold: float) -> bool:
        return self.answer.status == Status.REFUSED or self.answer.notes.get("confidence", 0.0) < threshold


async def outcomes(
    benchmark: data.Benchmark,
    index: Index,
    count: int,
    workers: int,
    progress: Console,
    lora: Path | None = None,
    quote: str = "auto",
) -> list[Outcome]:
    """Answer the questions of a benchmark, or `count` of them, through the adapter `lora`.

    `quote` is `answering.quote`.
    """
    questions = list(benchmark.questions)
    if count:
        questions = random.Random(SEED).sample(questions, min(count, len(questions)))
    # What is said does not depend on how busy the machine is.
    answering = {"min_confidence": 0.0, "cache": False, "deadline_s": 3600.0, "quote": quote}
    settings = Settings.model_validate({"answering": answering})
    done: list[Outcome | None] = [None] * len(questions)
    with progress.status("") as status:
        prepared = prepare_model("", data.CACHE / "models")
        engine = LlamaCppEngine(LlamaCppConfig(prepared.path, lora=lora, base_hashes=prepared.hashes))
        await engine.start()
        try:
            pipeline = Pipeline(settings, Retriever(index, Embedder(light=True)), engine)
            left = iter(enumerate(questions))

            async def work() -> None:
                for number, asked in left:
                    answer = await answered(pipeline, asked)
                    found = any(one.document_id in asked.gold_documents for one in answer.passages)
                    done[number] = Outcome(asked, answer, found)
                    status.update(f"{benchmark.name}: {sum(one is not None for one in done)} of {len(questions)}")

            await asyncio.gather(*(work() for _ in range(workers)))
        finally:
            await engine.stop()
    return [one for one in done if one is not None]


# ------------------------------------------------------------------ the report


def share(of: Sequence[Outcome], threshold: float) -> float:
    return statistics.fmean(one.refused(threshold) for one in of) if of else 0.0


def curve(all: Sequence[Outcome]) -> dict[str, list[tuple[float, float]]]:
    """Return by kind of question the share refused at each threshold."""
    kinds = {kind: [one for one in all if one.kind == kind] for kind in (FOUND, MISSED, UNANSWERABLE)}
    return {kind: [(step / 50, share(of, step / 50)) for step in range(51)] for kind, of in kinds.items() if of}


def measured(all: Sequence[Outcome], version: Version, seconds: float) -> dict[str, Any]:
    threshold = Settings().answering.min_confidence
    answers = [one for one in all if one.answer.status == Status.ANSWERED]
    faults = [fault for one in all for fault in faults_of(one.answer, version)]
    curves = curve(all)
    at = max((limit for limit, refused in curves[FOUND] if refused <= IN_VAIN), default=0.0)
    own = [one for one in answers if not one.answer.notes.get("quoted")]
    answerable = [one for one in all if one.asked.answerable]
    pages = [{page.document_id for page in one.answer.citations} for one in answerable if not one.refused(threshold)]
    gold = [one.asked.gold_documents for one in answerable if not one.refused(threshold)]
    cited, right = sum(map(len, pages)), sum(len(ours & theirs) for ours, theirs in zip(pages, gold, strict=True))
    return {
        "questions": {kind: sum(one.kind == kind for one in all) for kind in curves},
        "answers": len(answers),
        "answers_with_something_unsupported": len({fault.partition("': ")[0] for fault in faults}),
        "faults": faults,
        "in_the_models_words": len(own) / max(1, len(answers)),
        "f1_of_answers": mean_f1(
            [_MARK.sub("", one.answer.text) for one in answerable if not one.refused(threshold)],
            [one.asked.answer for one in answerable if not one.refused(threshold)],
        ),
        "f1_of_answerable": mean_f1(
            ["" if one.refused(threshold) else _MARK.sub("", one.answer.text) for one in answerable],
            [one.asked.answer for one in answerable],
        ),
        "citation_precision": right / max(1, cited),
        "f1_by_question": {
            one.asked.qid: 0.0 if one.refused(threshold) else token_f1(_MARK.sub("", one.answer.text), one.asked.answer)
            for one in answerable
            if one.asked.answer
        },
        "refused_at_threshold": {
            f"{limit:.2f}": {kind: share([one for one in all if one.kind == kind], limit) for kind in curves}
            for limit in sorted({0.0, threshold, at})
        },
        "curve": curves,
        "seconds": round(seconds),
    }


COLOURS = {FOUND: "#1b6ca8", MISSED: "#8a8a8a", UNANSWERABLE: "#c0392b"}
_SIDE, _MARGIN = 300, 50


def svg_of(results: Mapping[str, dict[str, Any]]) -> str:
    """Return a drawing: of each set the share refused, upwards, by the threshold of the confidence, to the right."""
    width, height = len(results) * (_SIDE + 2 * _MARGIN), _SIDE + 2 * _MARGIN + 60
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="white"/>'
    ]
    for place, (name, result) in enumerate(results.items()):
        left, top = place * (_SIDE + 2 * _MARGIN) + _MARGIN, _MARGIN
        bottom = top + _SIDE
        parts.append(f'<text x="{left}" y="{top - 20}" font-size="15">{escape(name)}: share refused</text>')
        for tenth in range(0, 11, 2):
            x, y = left + _SIDE * tenth / 10, bottom - _SIDE * tenth / 10
            parts.append(
                f'<path d="M{left} {y}h{_SIDE}M{x} {top}v{_SIDE}" stroke="#ddd"/>'
                f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{10 * tenth} %</text>'
                f'<text x="{x}" y="{bottom + 16}" text-anchor="middle">{tenth / 10:.1f}</text>'
            )
        mark = left + _SIDE * Settings().answering.min_confidence
        parts.append(f'<path d="M{mark} {top}v{_SIDE}" stroke="#333" stroke-dasharray="4 3"/>')
        for line, (kind, points) in enumerate(result["curve"].items()):
            drawn = " ".join(f"{left + _SIDE * x:.1f},{bottom - _SIDE * y:.1f}" for x, y in points)
            y = bottom + 38 + 18 * line
            parts.append(
                f'<polyline points="{drawn}" fill="none" stroke="{COLOURS[kind]}" stroke-width="2"/>'
                f'<path d="M{left} {y - 4}h20" stroke="{COLOURS[kind]}" stroke-width="2"/>'
                f'<text x="{left + 26}" y="{y}">{escape(kind)} ({result["questions"][kind]})</text>'
            )
    return "\n".join([*parts, "</svg>\n"])


def table_of(name: str, result: dict[str, Any]) -> Table:
    table = Table(title=f"{name}: {sum(result['questions'].values())} questions in {result['seconds']} s")
    table.add_column("refused below")
    for kind, count in result["questions"].items():
        table.add_column(f"{kind} ({count})", justify="right")
    for limit, shares in result["refused_at_threshold"].items():
        table.add_row(limit, *(f"{value:.1%}" for value in shares.values()))
    f1 = result["f1_of_answers"]
    table.caption = (
        f"{result['answers']} answers, {result['in_the_models_words']:.0%} in the model's words, "
        f"{result['answers_with_something_unsupported']} with something unsupported"
        + (f", F1 {f1:.3f}, of all answerable {result['f1_of_answerable']:.3f}" if f1 is not None else "")
        + f", citation precision {result['citation_precision']:.2f}"
    )
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="one benchmark: doc2dial, mtrag_clapnq or handbook")
    parser.add_argument("--questions", type=int, default=0, help="as many at random, always the same; 0: all")
    parser.add_argument("--workers", type=int, default=8, help="questions answered at the same time")
    parser.add_argument("--adapter", type=Path, default=default_adapter(), help="by default that of Frontdesk")
    parser.add_argument("--no-adapter", dest="adapter", action="store_const", const=None, help="the model alone")
    parser.add_argument("--quote", choices=("auto", "clear", "last"), default="auto", help="see `answering.quote`")
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of tables")
    parser.add_argument("--svg", type=Path, help="draw the curves to this file")
    options = parser.parse_args()
    public = [one for one in (data.doc2dial(), data.mtrag()) if one is not None]
    progress, results = Console(stderr=True), {}
    for benchmark in public or [data.handbook()]:
        if options.only not in (None, benchmark.name):
            continue
        index, _ = benchmark.indexed()
        begun = time.perf_counter()
        all = asyncio.run(
            outcomes(benchmark, index, options.questions, options.workers, progress, options.adapter, options.quote)
        )
        results[benchmark.name] = measured(all, index.published(), time.perf_counter() - begun)
    if options.svg:
        options.svg.write_text(svg_of(results), encoding="utf-8")
    if options.json:
        json.dump(results, sys.stdout, indent=2)
        print()
        return
    for name, result in results.items():
        Console().print(table_of(name, result))
        for fault in result["faults"]:
            Console().print(fault, style="red", markup=False)


if __name__ == "__main__":
    main()
