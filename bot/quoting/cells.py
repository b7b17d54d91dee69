"""Which cells of a table's rows are told, where a question names one of several columns that are choices of a kind.

Who asks what NHS patients pay is not told what private patients pay. What a column of another kind tells goes with it:
of "Price" and "Delivery time" neither is a choice instead of the other. All cells are told where a column is merely
mentioned: "My wife is a senior", "Can your staff tell me".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from bot.quoting.evidence import Evidence
from bot.text.facts import facts_of, telling_words
from bot.understanding.clauses import asking_clause
from knowledge.sentences import is_english

_LONG = 100
"""Characters of the rows told, from which on only cells are told."""
_LONGEST_QUESTION = 400
"""In characters; a longer one tells of more than whom it asks for."""
_PROPERTIES = telling_words(
    "price cost fee charge rate tariff surcharge premium deposit postage shipping tax vat penalty fine discount refund "
    "payment total minimum maximum limit size weight height width length depth volume time duration date start end "
    "valid validity notice period deadline term age number amount quantity stock open opening closing status type kind "
    "note comment remark condition requirement description detail contact phone telephone email address name example "
    "action stage step result outcome meaning extra renewal request processing handling"
)
"""Words of heads that tell what of a thing a column tells, rather than for which of several it does."""
_HEDGED = re.compile(
    r"(?<!^)\b(?:and|or)\b|\b(?:not|no|never|without|with|except|unless|instead|than|versus|vs|more|less|cheaper|dearer|"
    r"other|others|both|all|any|each|every|plus|famil(?:y|ies)|differ\w*|compare\w*|better|best|\w+n['’]t|"
    r"stop\w*|too|besides|apart|aside|sav(?:e|es|ed|ing|ings)|discount\w*|reduc\w+|(?:up|down)grad\w+|"
    r"switch\w*|another|else|same|also|bigger|larger|smaller|faster|slower|longer|shorter|higher|lower|older|younger)\b"
    r"|[&+/]|\?.*\?",
    re.IGNORECASE | re.DOTALL,
)
"""What makes another column matter, too: "if I'm not on the plan", "two adults and three children"."""
_PRICE = r"(?:(?:ticket|pass|price|rate|fare|fee|tariff|charge|cost|student|member|customer)(?:e?s)?|shipping|delivery)"
_ARTICLE = r"(?:an?\s|the\s)?"
_FOR = re.compile(
    rf"(?:\b(?:for|as|at|in|on|{_PRICE} of|(?:how much|what) (?:is|are|do|does))\s|^(?:and\s)?){_ARTICLE}$",
    re.IGNORECASE,
)
"""What stands before that for which something is asked: "for a child"."""
_IS = re.compile(rf"\b(?:is|are|do|does|what['’]s)\s{_ARTICLE}$", re.IGNORECASE)
_BEHIND = (
    r"\W*$|,\s(?=(?:what|when|which|how|do|does|is|are|can|could|will|would)\b)|\s(?:in|on|at|to|per|from|if|when|during|"
    r"cost|costs|pay|pays|get|gets|have|be|is|are|now|today|please)\b"
)
_ENDED = re.compile(_BEHIND, re.IGNORECASE)
_PRICED = re.compile(rf"\s{_PRICE}(?:\sfor\b|{_BEHIND})", re.IGNORECASE)
_PAYS = re.compile(r"\s(?:pay|get|have|need|owe|receive|charged|entitled)\b", re.IGNORECASE)
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_LONGEST_NAME = 8
"""Words of the name of a column, in a question, at the most."""
ALTERNATIVES = re.compile(r"\s(?:or|and)\s|\s?[/&]\s?")
_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*(?P<form>[^\W\d_]*)")


def cells_of(row: Evidence) -> dict[str, str]:
    """Return the cells of a row behind the first by the names of their columns."""
    pairs = (cell.partition(": ") for cell in row.text.partition(": ")[2].split("; "))
    return {name: cell for name, _, cell in pairs}


def of_columns_asked(question: str, rows: Sequence[Evidence], table: Sequence[Evidence]) -> list[Evidence]:
    """Return the `rows`, of those of a table, without the cells of columns instead of which the question names another.

    They are as they were where it does not say plainly that it asks for one, where they are short, and where it may
    ask for more than it names; a question in another language than English is not understood so far.
    """
    columns = [cells_of(one) for one in table]
    parted = any(len(one) < 2 or [*one] != [*columns[0]] or "" in one.values() for one in columns)
    twice = len({one.label for one in table}) < len(table)  # a long row is several sentences
    short = sum(len(one.text) for one in rows) <= _LONG
    if not table or parted or twice or short or len(question) > _LONGEST_QUESTION:
        return [*rows]
    if not is_english(question) or _HEDGED.search(question.strip()):
        return [*rows]
    left_out = _not_asked(question, columns)
    return [_without(one, left_out) for one in rows] if left_out else [*rows]


def _not_asked(question: str, rows: Sequence[Mapping[str, str]]) -> set[str]:
    """Return the columns that are choices beside one that is asked for, of which the question has no word."""
    heads = [*rows[0]]
    clause, said = asking_clause(question), telling_words(question)
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
            if choices and not others & said and _is_asked_for(named, shared, clause):
                left_out.add(other)
    return left_out


def _is_asked_for(head: str, shared: Collection[str], clause: str) -> bool:
    """Whether a clause asks for all that tells a column from the other, or for one of the alternatives in its name.

    It says so: "for a child", "the child ticket", "do NHS patients pay".
    """
    whole = telling_words(head) - {"per"}
    parts = [telling_words(part) - {"per", *shared} for part in (head, *ALTERNATIVES.split(head))]
    if not any(part and part <= telling_words(clause) for part in parts):
        return False
    words = [*_WORD.finditer(clause)]
    for first, word in enumerate(words):
        before = clause[: word.start()]
        if not (_FOR.search(before) or _IS.search(before)):
            continue
        for last in words[first : first + _LONGEST_NAME]:
            name = telling_words(clause[word.start() : last.end()]) - {"per"}
            named = name <= whole and any(part and part <= name for part in parts)
            if named and _asks_for(before, clause[last.end() :], whole=name == whole and len(whole) > 1):
                return True
    return False


def _asks_for(before: str, behind: str, *, whole: bool) -> bool:
    """Whether something is asked for the choice named between two parts of a clause, by its `whole` name or not."""
    priced, ended = _PRICED.match(behind), _ENDED.match(behind)
    asked = priced or _PAYS.match(behind) or (whole and ended)
    return bool((_FOR.search(before) and (priced or ended)) or (_IS.search(before) and asked))


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
