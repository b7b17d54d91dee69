"""Contradictions found and false alarms: `python -m tests.bench.check [--json] [--show]`.

Takes the policy collections beside the project (else the sample handbook), and plants contradictions by
rule: a sentence is copied, or said otherwise, onto another page with one figure changed, or with its yes
turned into a no. What people answered from the pages (doc2dial) serves as a third, human way to say it.
Recall is the share of the planted that is reported; what is reported on the pages as they are has to be
read by hand: --show prints it.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from knowledge.check.claims import plain_sentences
from knowledge.check.contradictions import contradictions
from knowledge.check.corpus import Corpus
from knowledge.check.report import YES_OR_NO, Contradiction
from knowledge.embedding import Embedder
from knowledge.figures import Figure, Kind, figures_of
from knowledge.index import Index
from knowledge.passages import embedded_text
from knowledge.reindex import ReindexJob, run_reindex
from knowledge.sentences import content_words
from tests.bench import data
from tests.bench.indexing import sources

ON = date(2026, 11, 1)
EACH = 120
"""Contradictions planted of each kind, over all collections."""
KINDS = (*(kind.value for kind in (Kind.DURATION, Kind.MONEY, Kind.PERCENT, Kind.DATE, Kind.COUNT)), YES_OR_NO)


@dataclass(frozen=True)
class Plant:
    """A sentence that contradicts one of the pages."""

    kind: str
    way: str
    """`copied`, `reworded` by rule, or `human`."""
    origin: int
    """Number of the passage that it contradicts."""
    said: str
    planted: str


def plants(corpus: Corpus, share: float, human: list[tuple[int, str, str]], rng: random.Random) -> Iterator[Plant]:
    """Yield about `share` of `EACH` contradictions of each kind."""
    chosen: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for number, passage in enumerate(corpus.passages):
        for sentence in plain_sentences(passage.text):
            if not 5 <= len(content_words(sentence)) <= 40 or sentence.endswith("?") or "|" in sentence:
                continue
            figures = figures_of(sentence)[0]
            if figures:
                for figure in figures[:1]:
                    chosen[figure.kind.value].append((number, sentence, _refigured(sentence, figure, rng)))
            elif turned := _denied(sentence):
                chosen[YES_OR_NO].append((number, sentence, turned))
    for kind in KINDS:
        found = chosen[kind]
        rng.shuffle(found)
        wanted = round(EACH * share)
        for turn, (number, said, planted) in enumerate((found * 2)[:wanted]):
            if turn % 2:
                yield Plant(kind, "reworded", number, said, _reworded(planted, rng))
            else:
                yield Plant(kind, "copied", number, said, planted)
    for number, said, answer in human:
        theirs = {(one.low, one.unit) for one in figures_of(said)[0]}
        same = [one for one in figures_of(answer)[0] if (one.low, one.unit) in theirs]
        if len(same) == 1 and same[0].kind.value in KINDS and 5 <= len(content_words(answer)) <= 40:
            yield Plant(same[0].kind.value, "human", number, said, _refigured(answer, same[0], rng))


def _refigured(sentence: str, figure: Figure, rng: random.Random) -> str:
    """Return a sentence with another value in place of `figure`."""
    if figure.kind is Kind.DATE:
        months = "January March May July September November".split()
        day = rng.choice([3, 8, 12, 18, 27])
        month = rng.choice([one for one in months if one not in figure.text])
        digits = re.search(r"(?:19|20)\d\d", figure.text)
        has_day = bool(re.search(r"(?<!\d)\d{1,2}(?!\d)", figure.text))
        new = f"{month}{f' {day}' if has_day else ''}" + (f"{',' if has_day else ''} {digits[0]}" if digits else "")
    else:
        factor = rng.choice([2, 3, 1.5]) if figure.kind is not Kind.COUNT else rng.choice([2, 3])
        value = figure.low / (1 if figure.kind is not Kind.DURATION else _hours(figure)) * factor
        plain = f"{round(value) if value > 3 else round(value, 1):g}"
        number = re.search(r"\d[\d,.]*\d|\d", figure.text)
        if figure.high != figure.low:
            new = figure.text.replace(number[0], "1", 1) if number and number[0] != "1" else f"{figure.text[:-1]}0"
            if number and figures_of(new)[0]:
                return sentence[: figure.start] + new + sentence[figure.end :]
            return sentence[: figure.start] + re.sub(r"\w+", "nine", figure.text, count=1) + sentence[figure.end :]
        word = number[0] if number else re.split(r"[\s-](?=[a-z]+$)", figure.text)[0]
        new = figure.text.replace(word, plain, 1)
    return sentence[: figure.start] + new + sentence[figure.end :]


def _hours(figure: Figure) -> float:
    for word, hours in (("hour", 1), ("minute", 1 / 60), ("day", 24), ("week", 168), ("month", 730.5), ("year", 8766)):
        if word in figure.text.lower():
            return hours
    return 24


_DENIALS = (
    (r"\bcannot\b", "can"),
    (r"\bcan[’']t\b", "can"),
    (r"\b(can|may|will|is|are|does|do|must|should|has been|have been) not\b", r"\1"),
    (r"\bmust\b", "need not"),
    (r"\bcan\b", "cannot"),
    (r"\bwill\b", "will not"),
    (r"\bis eligible\b", "is ineligible"),
    (r"\brefundable\b", "non-refundable"),
    (r"\b(is|are) (required|allowed|included|available|covered)\b", r"\1 not \2"),
    (r"\bis\b", "is not"),
    (r"\bare\b", "are not"),
)


def _denied(sentence: str) -> str | None:
    """Return a sentence with the yes or no of its first clause turned; None where there is none to turn."""
    if re.search(
        r"\b(?:if|unless|not|no|never|n['’]t|only|but|who|which|that|when)\b", sentence, re.IGNORECASE
    ) and not (
        re.search(r"\b(?:cannot|can['’]t|not)\b", sentence)
        and not re.search(r"\b(?:if|unless|only|but|who|which|that|when)\b", sentence, re.IGNORECASE)
    ):
        return None
    for pattern, new in _DENIALS:
        turned, count = re.subn(pattern, new, sentence, count=1)
        if count:
            return turned
    return None


_REWORDINGS: tuple[tuple[str, str], ...] = (
    (r"\byou must\b", "you have to"),
    (r"\bYou must\b", "You have to"),
    (r"\bpurchase\b", "buy"),
    (r"\breceive\b", "get"),
    (r"\bobtain\b", "get"),
    (r"\brequest\b", "ask for"),
    (r"\bsubmit\b", "send in"),
    (r"\bprior to\b", "before"),
    (r"\bapproximately\b", "about"),
    (r"\badditional\b", "further"),
    (r"\bassist\b", "help"),
    (r"\bYou can\b", "It is possible to"),
    (r"\bYou may\b", "You are allowed to"),
    (r"\bdo not\b", "don't"),
    (r"\bwill be\b", "is going to be"),
    (r"\bprovide\b", "give"),
    (r"\bcontact\b", "get in touch with"),
    (r"\brequired to\b", "obliged to"),
)
_OPENINGS = ("Please note: ", "As a rule, ", "For your information: ", "Remember: ", "In short: ", "")
_CLOSINGS = (", as our team will confirm", ", without exception", ", as of today", "")


def _reworded(sentence: str, rng: random.Random) -> str:
    """Say a sentence otherwise, by rule."""
    for pattern, new in _REWORDINGS:
        sentence = re.sub(pattern, new, sentence)
    condition = re.fullmatch(r"(If [^,]{8,80}), ((?:you|we|your|the) .*[a-z])\.?", sentence)
    if condition:
        sentence = f"{condition[2][0].upper()}{condition[2][1:]} {condition[1][0].lower()}{condition[1][1:]}."
    opening = rng.choice(_OPENINGS)
    if opening.endswith(", ") and re.match(r"(?:You|We|The|Your|It|This|A|An|There)\b", sentence):
        sentence = sentence[0].lower() + sentence[1:]
    return opening + sentence.rstrip(".;,") + rng.choice(_CLOSINGS) + "."


def human_answers(corpus: Corpus) -> list[tuple[int, str, str]]:
    """Return what people answered from these pages, as (passage, sentence it rests on, their sentence)."""
    benchmark = data.doc2dial()
    if benchmark is None:
        return []
    found = []
    for question in benchmark.questions:
        for number in (n for id in sorted(question.gold_documents) for n in corpus.documents.get(id, [])):
            for sentence in plain_sentences(corpus.passages[number].text):
                if any(
                    sentence in " ".join(text.split()) or " ".join(text.split()) in sentence
                    for text in question.gold_texts
                ):
                    found += [(number, sentence, one) for one in plain_sentences(question.answer)]
    return found


def planted_in(corpus: Corpus, chosen: list[Plant], embedder: Embedder, rng: random.Random) -> Corpus:
    """Return the corpus with each planted sentence in a page on a like subject, or on a new page of questions."""
    passages, vectors = list(corpus.passages), corpus.vectors.copy()
    changed: list[int] = []
    added = []
    for turn, plant in enumerate(chosen):
        origin = corpus.passages[plant.origin]
        if turn % 2:
            cosines = corpus.vectors @ corpus.vectors[plant.origin]
            cosines[corpus.documents[origin.document_id]] = -1
            target = int(np.argmax(cosines))
            lines = [passages[target].text, plant.planted]
            passages[target] = replace(passages[target], text="\n\n".join(lines))
            changed.append(target)
        else:
            id = f"questions/{turn}.md"
            title = f"Questions about {origin.title}"
            text = f"{rng.choice(['Here is what people ask most.', 'Answers from our team.'])}\n\n{plant.planted}"
            added.append(replace(origin, id=f"{id}#0", document_id=id, title=title, heading="", text=text, position=0))
    changed = sorted(set(changed))
    fresh = embedder.encode([embedded_text(one) for one in [*(passages[i] for i in changed), *added]])
    vectors[changed] = fresh[: len(changed)]
    return Corpus((*passages, *added), np.concatenate([vectors, fresh[len(changed) :]]))


def is_found(plant: Plant, corpus: Corpus, found: list[Contradiction]) -> bool:
    """Whether some finding holds the planted sentence against the one it contradicts."""
    planted = " ".join(plant.planted.split()).casefold()
    return any(
        planted.endswith(a.quote.casefold()) or (a.quote.casefold() in planted and b.quote == plant.said)
        for one in found
        for a, b in ((one.first, one.second), (one.second, one.first))
    )


def corpora(show: Callable[[str], None]) -> Iterator[tuple[str, Corpus]]:
    """Yield each collection, indexed once and kept."""
    wanted: list[dict[str, str]] = sources()
    if benchmark := data.doc2dial():
        wanted.append(benchmark.source)
    for source in wanted:
        show(f"indexing {source['name']}")
        job = ReindexJob(str(data.CACHE / source["name"]), (source,), data.ROOT)
        run_reindex(job)
        yield source["name"], Corpus.of(Index(job.uri).published())


def measure(show: Callable[[str], None]) -> dict[str, Any]:
    embedder = Embedder()
    rng = random.Random(7)

    def progress(stage: str, done: int, total: int) -> None:
        show(f"{stage} {done} of {total}")

    collections = list(corpora(show))
    sizes = {name: len(corpus.passages) for name, corpus in collections}
    real: list[dict[str, Any]] = []
    totals: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    seconds, extra, missed = {}, 0, []
    for name, corpus in collections:
        begun = time.perf_counter()
        found = contradictions(corpus, embedder, ON, progress)
        seconds[name] = round(time.perf_counter() - begun, 1)
        real += [{"collection": name} | one.as_json() for one in found]
        human = human_answers(corpus) if name == "doc2dial" else []
        chosen = list(plants(corpus, sizes[name] / sum(sizes.values()), human, rng))
        after = contradictions(planted_in(corpus, chosen, embedder, rng), embedder, ON, progress)
        texts = {" ".join(plant.planted.split()) for plant in chosen}
        known = {(one.first.quote, one.second.quote) for one in found}
        for plant in chosen:
            hit = is_found(plant, corpus, after)
            totals[plant.kind, plant.way][0] += hit
            totals[plant.kind, plant.way][1] += 1
            if not hit:
                missed.append(
                    {
                        "collection": name,
                        "kind": plant.kind,
                        "way": plant.way,
                        "said": plant.said,
                        "planted": plant.planted,
                    }
                )
        extra += sum(
            (one.first.quote, one.second.quote) not in known
            and not any(one.first.quote in text or one.second.quote in text for text in texts)
            for one in after
        )
    return {
        "passages": sizes,
        "seconds": seconds,
        "reported_on_real": real,
        "recall": [
            {"kind": kind, "way": way, "planted": total, "found": hits, "recall": round(hits / total, 3)}
            for (kind, way), (hits, total) in sorted(totals.items())
        ],
        "recall_all": round(sum(hits for hits, _ in totals.values()) / max(1, sum(t for _, t in totals.values())), 3),
        "reported_besides_the_planted": extra,
        "missed": missed,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of a table")
    parser.add_argument("--show", action="store_true", help="print what was reported on the pages as they are")
    options = parser.parse_args()
    with Console(stderr=True).status("") as status:
        results = measure(status.update)
    if options.json:
        json.dump(results, sys.stdout, indent=2)
        print()
        return
    console = Console()
    table = Table("kind", "way", title="Planted contradictions")
    for column in ("planted", "found", "recall"):
        table.add_column(column, justify="right")
    for row in results["recall"]:
        table.add_row(*map(str, row.values()))
    console.print(table)
    console.print(f"Recall of all: {results['recall_all']}. Seconds: {results['seconds']}")
    console.print(f"Reported on the pages as they are: {len(results['reported_on_real'])}")
    if options.show:
        for one in results["reported_on_real"]:
            console.print(f"{one['collection']} {one['confidence']} {one['kind']}", style="bold")
            for side in (one["first"], one["second"]):
                console.print(f"  {side['passage_id']}: {side['quote']}", markup=False, highlight=False)


if __name__ == "__main__":
    main()
