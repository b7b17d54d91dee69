"""Sets of examples: redacted, without duplicates, dealt out to training and test, each with a report.

sets/20261130-020000/examples.jsonl    an example a line
                     report.json       where they come from, what was left out and why
"""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from bot.tuning.duplicates import Embed, collapsed
from bot.tuning.examples import Example, ExamplesError, Origin, Split, read_examples, write_examples
from bot.tuning.formats import joined, read_line
from bot.tuning.redaction import Names, redacted
from bot.tuning.splits import dealt
from knowledge.errors import FrontdeskError

EXAMPLES, REPORT = "examples.jsonl", "report.json"
_TIME, _TIME_CHARS = "%Y%m%d-%H%M%S", 15
"""When a set was made, as its id says; a later one of the same second has a number behind it."""
FEW = 50
"""Examples from which on a training may be worth its while."""


class SetError(FrontdeskError):
    """A set of examples cannot be made, or there is none."""


@dataclass(frozen=True, slots=True)
class ExampleSet:
    """Examples ready to be trained and evaluated on, with what is told of them."""

    examples: tuple[Example, ...]
    report: dict[str, Any]


def prepared(
    examples: Sequence[Example],
    embed: Embed,
    *,
    names: Names = lambda text: (),
    public: Iterable[str] = (),
    progress: Callable[[str, int, int], None] = lambda step, done, total: None,
) -> ExampleSet:
    """Take personal data out, collapse what says the same, and deal the examples out. The same gives the same.

    `public` are texts whose addresses, numbers and names may stay, besides those of the documents shown.
    Raises SetError where there is nothing to learn from.
    """
    public = tuple(public)
    redactions: Counter[str] = Counter()
    clean = []
    for number, one in enumerate(examples, 1):
        without = redacted(one, public=public, names=names)
        redactions += without.counts
        clean.append(without.example)
        progress("taking personal data out", number, len(examples))
    progress("comparing examples", 0, 0)
    rest = collapsed(clean, embed)
    sides = dealt(rest.examples)
    if not sides.examples:
        raise SetError("There is nothing to learn from.", "Approve answers with `frontdesk curation`.")
    origins: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in sides.examples:
        origins[str(one.origin)].update({"examples": 1, str(one.split): 1})
    report = {
        "examples": len(sides.examples),
        "origins": {
            origin: {"examples": found["examples"], **{str(split): found[split] for split in Split}}
            for origin, found in sorted(origins.items())
        },
        "splits": sides.counts,
        "dealt_by": sides.by,
        "answerable": sum(one.answerable for one in sides.examples),
        "pairs": sum(bool(one.rejected) for one in sides.examples),
        "redacted": dict(sorted(redactions.items())),
        "duplicates": {
            "examples": sum(map(len, rest.duplicates.values())),
            "groups": [{"kept": kept, "same": list(same)} for kept, same in rest.duplicates.items()],
        },
        "disagreements": [one.as_json() for one in rest.disagreements],
        "left_out": [{"id": id, "why": why} for id, why in sides.left_out.items()],
        "warnings": _warnings(sides.examples, len(examples), sides.counts),
    }
    return ExampleSet(sides.examples, report)


def _warnings(kept: Sequence[Example], given: int, splits: dict[str, int]) -> list[str]:
    from bot.tuning.gate import cannot_pass  # it loads much that few need
    from bot.tuning.heldout import held_out

    told = []
    if given > 1 and len(kept) == 1:
        told.append(f"All {given} examples say the same: one is left.")
    if len(kept) < FEW:
        noun = "example is" if len(kept) == 1 else "examples are"
        made = any(one.origin is Origin.MADE for one in kept)
        more = "take in more documents" if made else "make examples with --from-documents"
        told.append(f"{len(kept)} {noun} few to learn from. Approve more answers, or {more}.")
    empty = [split for split in ("validation", "test") if not splits[split]]
    if empty:
        told.append(f"Nothing is left for {' and '.join(empty)}: examples on more documents are needed.")
    if why := cannot_pass(held_out(kept)):
        told.append(f"No adapter trained on this set can pass the gate. {why}")
    return told


def keep(folder: Path, made: ExampleSet, more: dict[str, Any], now: datetime | None = None) -> Path:
    """Write a set below `folder` and return its own folder. Raises ExamplesError where that is not possible."""
    own = _own_folder(folder, (now or datetime.now(UTC)).strftime(_TIME))
    report = {"id": own.name, **made.report, **more}
    try:
        write_examples(own / EXAMPLES, made.examples)
        (own / REPORT).write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except BaseException as error:
        shutil.rmtree(own, ignore_errors=True)  # half a set would be taken for the newest one
        if isinstance(error, OSError):
            raise _unwritable(own / REPORT, error) from error
        raise
    return own


def _own_folder(folder: Path, id: str) -> Path:
    """Make a folder that nobody else has, whoever makes a set in the same second."""
    for number in count(1):
        own = folder / (id if number == 1 else f"{id}-{number}")
        try:
            own.mkdir(parents=True)
            break
        except FileExistsError:
            continue
        except OSError as error:
            raise _unwritable(own, error) from error
    return own


def _unwritable(path: Path, error: OSError) -> ExamplesError:
    return ExamplesError(f"{path} cannot be written: {error.strerror}.", "Make room on the disk, or set tuning.folder.")


def find(folder: Path, wanted: str = "") -> Path:
    """Return the file of examples that is meant: a set's id, a file, or the newest set. Raises SetError."""
    if wanted:
        for path in (folder / wanted / EXAMPLES, Path(wanted)):
            if path.is_file():
                return path
        names = [path.parent.name for path in sorted(folder.glob(f"*/{EXAMPLES}"), key=_made, reverse=True)[:3]]
        those = f"Name one of the newest, {', '.join(names)}" if names else "Make one with `frontdesk tune prepare`"
        raise SetError(f"There is no set {wanted}.", f"{those}, or name a file of examples.")
    if (found := newest(folder)) is None:
        raise SetError("There is no set of examples yet.", "Make one with `frontdesk tune prepare`.")
    return found


def newest(folder: Path) -> Path | None:
    """Return the file of examples of the set that was made last; None where there is none."""
    return max(folder.glob(f"*/{EXAMPLES}"), key=_made, default=None)


def _made(examples: Path) -> tuple[datetime, int, str]:
    """Return what sets go by: when they were made, by their ids, since forgetting somebody writes their files anew."""
    id = examples.parent.name
    time, number = id[:_TIME_CHARS], id[_TIME_CHARS + 1 :]
    try:
        return datetime.strptime(time, _TIME).replace(tzinfo=UTC), int(number or 1), id
    except ValueError:  # a folder of one's own
        return datetime.fromtimestamp(examples.stat().st_mtime, UTC), 1, id


def read_edited(path: Path) -> list[Example]:
    """Read an edited export, in whichever format, or a set. Raises ExamplesError naming the line that is wrong."""

    def unpacked() -> Iterator[Example]:
        for one in read_examples(path, read_line):
            if not one.prompt:
                raise ExamplesError(
                    f"{path}: the example {one.id} has no prompt.", "Export it again, and edit its words only."
                )
            yield one

    try:
        return list(joined(unpacked()))
    except ValueError as error:
        raise ExamplesError(f"{path} cannot be used: {error}.", "Delete one of the lines.") from None
