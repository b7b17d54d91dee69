"""Which cells of a table's rows are told, where a question names one of several columns that are choices of a kind.

Who asks as an NHS patient is not told what private patients pay. What a column of another kind tells goes with it: of
"Price" and "Delivery time" neither is a choice instead of the other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from bot.evidence import Evidence
from bot.facts import facts_of, telling_words

_LONG = 100
"""Characters of the rows told, from which on only cells are told."""
_PROPERTIES = telling_words(
    "price cost fee charge rate tariff surcharge premium deposit postage shipping tax vat penalty fine discount refund "
    "payment total minimum maximum limit size weight height width length depth volume time duration date start end "
    "valid validity notice period deadline term age number amount quantity stock open opening closing status type kind "
    "note comment remark condition requirement description detail contact phone telephone email address name example "
    "action stage step result outcome meaning extra renewal request processing handling"
)
"""Words of heads that tell what of a thing a column tells, rather than for which of several it does."""
_HEDGED = re.compile(
    r"(?<=\w\s)(?:and|or)\b|\b(?:not|no|never|without|except|unless|instead|than|versus|vs|more|less|cheaper|dearer|other|"
    r"others|both|all|any|each|every|plus|famil(?:y|ies)|differ\w*|compare\w*|better|best|\w+n['’]t)\b|[&+/]",
    re.IGNORECASE,
)
"""What makes another column matter, too: "if I'm not on the plan", "two adults and three children"."""
_ALTERNATIVES = re.compile(r"\s(?:or|and)\s|\s?[/&]\s?")
_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*(?P<form>[^\W\d_]*)")


def cells_of(row: Evidence) -> dict[str, str]:
    """Return the cells of a row behind the first by the names of their columns."""
    pairs = (cell.partition(": ") for cell in row.text.partition(": ")[2].split("; "))
    return {name: cell for name, _, cell in pairs}


def of_columns_asked(question: str, rows: Sequence[Evidence], table: Sequence[Evidence]) -> list[Evidence]:
    """Return the `rows`, of those of a table, without the cells of columns instead of which the question names another.

    They are as they were where it names none, where they are short, and where it may ask for more than it names.
    """
    columns = [cells_of(one) for one in table]
    parted = any(len(one) < 2 or [*one] != [*columns[0]] or "" in one.values() for one in columns)
    twice = len({one.label for one in table}) < len(table)  # a long row is several sentences
    short = sum(len(one.text) for one in rows) <= _LONG
    if not table or parted or twice or short or _HEDGED.search(question):
        return [*rows]
    left_out = _not_asked(telling_words(question), columns)
    return [_without(one, left_out) for one in rows] if left_out else [*rows]


def _not_asked(asked: Collection[str], rows: Sequence[Mapping[str, str]]) -> set[str]:
    """Return the columns that are choices beside one that is named whole, of which no word is asked for."""
    heads = [*rows[0]]
    words = {head: telling_words(head) - {"per"} for head in heads}
    alike = {(one, other): _alike([(row[one], row[other]) for row in rows]) for one, other in combinations(heads, 2)}
    one_kind = all(same for same in alike.values())
    left_out = set[str]()
    for named in heads:
        for other in heads:
            pair = (named, other) if (named, other) in alike else (other, named)
            if named == other or alike[pair] is None:
                continue
            shared = words[named] & words[other]
            own, others = words[named] - shared, words[other] - shared
            choices = (shared or one_kind) and own and others and not (own | others) & _PROPERTIES
            if choices and not others & {*asked} and _is_named(named, shared, asked):
                left_out.add(other)
    return left_out


def _is_named(head: str, shared: Collection[str], asked: Collection[str]) -> bool:
    """Whether all that tells a column from the other, or one of the alternatives in its name, is asked for."""
    parts = [telling_words(part) - {"per", *shared} for part in (head, *_ALTERNATIVES.split(head))]
    return any(part and part <= {*asked} for part in parts)


def _alike(cells: Sequence[tuple[str, str]]) -> bool | None:
    """Whether two columns tell the same sort of thing in some row; None where they tell another one in any."""
    told = [(_sorts(one), _sorts(other), one == other) for one, other in cells]
    if any(one and other and not one & other for one, other, _ in told):
        return None
    return any(same or (one and other) for one, other, same in told)


def _sorts(cell: str) -> frozenset[str]:
    """Return the sorts of the figures in a cell, and what stands right behind its first number: "p" of "24.8p"."""
    kinds = frozenset(one.kind.value for one in facts_of(cell).figures)
    numeral = _NUMERAL.search(cell)
    form = numeral["form"] if numeral else ""
    return kinds | {form} if form or (numeral and not kinds) else kinds


def _without(row: Evidence, columns: Collection[str]) -> Evidence:
    label = row.text.partition(": ")[0]
    kept = [f"{name}: {cell}" for name, cell in cells_of(row).items() if name not in columns]
    return replace(row, text=f"{label}: {'; '.join(kept)}")
