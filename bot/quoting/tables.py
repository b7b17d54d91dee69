"""Of tables among the sentences found: which rows a question means, and when the whole table is told."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from bot.quoting.asked import OPEN, figures_in
from bot.quoting.cells import ALTERNATIVES, cells_of
from bot.quoting.evidence import Evidence, place_of
from bot.quoting.scored import AND_SO_ON, QUOTED_CHARS, STEPS_CHARS, ScoredSentences, chars_in
from bot.text.days import Days, days_asked, days_labelled, days_named, same_days, tells_of_other_days
from bot.text.facts import blanked, telling_words
from knowledge.sentences import NUMBER_WORDS, is_english

_SHORT = 3
"""Letters of a word that may carry no meaning, at the most."""
_ROWS = 2
"""Rows from which on they are told apart by their cells."""
_MOST = re.compile(
    r"(?<!at the )\b(?:cheap|dear|small|larg|bigg?|quick|fast|slow|long|short|earli|lat|high|low|great|few|light|heavi)"
    r"est\b"
    r"|\b(?:most|least) (?:expensive|costly|costs?|money|time)\b",
    re.IGNORECASE,
)
"""Asks for one of several things by comparing them."""
_WHICH_HAVE = re.compile(
    r"\b(?:which|what) (?:\w+ ){1,3}(?:have|has|offers?|got|with|includes?|allows?)\b", re.IGNORECASE
)
_HAS_NONE = re.compile(r"(?:no|none|nothing|never|✗|✘|❌|[-–—]|not? \w+)[.!]?", re.IGNORECASE)
"""A cell that says that there is none."""
_TELLS_APART = re.compile(rf"\d|\b[^\W\d_]\b|\b[A-Z]{{2,3}}\b|\b(?i:{'|'.join(NUMBER_WORDS)})\b")
_DAY = telling_words("day")
_LIMITS = telling_words("less more fewer other further up under over")
"""Words of a name that merely say which side of a figure is meant."""
_DAY_WORD = re.compile(r"\bdays?\b", re.IGNORECASE)
OPENING = telling_words(
    "open opens opened opening close closes closed closing hours time times offen geöffnet geschlossen auf zu "
    "öffnungszeiten sprechzeiten ouvert ouverts ouverte ouverture fermé fermée horaires "
    "abierto abierta abren cerrado horario horarios"
)
"""Words of questions for hours, which rows of hours need not have."""
_LISTED = re.compile(r"\s*[,;]\s+(?:and\s+|or\s+)?")
_NAME_WORDS = 4
"""Of a name in a cell, at the most."""


def table_of(scored: ScoredSentences, place: int) -> range:
    """Return where the rows of the table stand that one is of; empty where it is of none."""
    if scored.sentences[place].row_of is None:
        return range(0)
    first = last = place
    while scored.together(first - 1, place) and scored.sentences[first - 1].row_of is not None:
        first -= 1
    while scored.together(last + 1, place) and scored.sentences[last + 1].row_of is not None:
        last += 1
    return range(first, last + 1)


def row_meant(scored: ScoredSentences, place: int, scores: Sequence[float]) -> int:
    """Return the row that is meant where `place` is another one of its table, else `place`."""
    meant = meant_of(scored, table_of(scored, place))
    may_go_out = [one for one in meant if scored.sentences[one].quotable]
    return place if not may_go_out or place in meant else max(may_go_out, key=lambda one: scores[one])


def whole_table(scored: ScoredSentences, place: int) -> list[Evidence]:
    """Return the whole table of a row if the question names none of its rows: any one would be a guess.

    Just those that hold for who asks, where several do. Empty where the question names one, where one alone holds,
    where this is no row or the only one, and where the table is long. Which one is the cheapest, and which ones have
    something, is seen in all of them.
    """
    table = table_of(scored, place)
    rows = [scored.sentences[one] for one in _holding(scored, table) or table if one not in scored.marks.others]
    compared = _compares(scored.question.text, rows)
    read = not scored.read_well.isdisjoint(table)
    longest = STEPS_CHARS if compared or (read and _is_a_guess(scored, place, table)) else QUOTED_CHARS
    guessed = len(rows) > 1 and chars_in(rows) <= longest and (compared or not named_of(scored, table))
    return rows if guessed and all(one.quotable for one in rows) else []


def _compares(question: str, rows: Sequence[Evidence]) -> bool:
    """Whether a question is answered by comparing rows: which is the cheapest, which clubs have a pool."""
    if _MOST.search(question):
        return not any(_MOST.search(one.text) for one in rows)
    if not _WHICH_HAVE.search(question):
        return False
    columns = {column for one in rows for column, cell in cells_of(one).items() if _HAS_NONE.fullmatch(cell)}
    return any(telling_words(column) & telling_words(question) for column in columns)


def several_rows(scored: ScoredSentences, place: int) -> list[Evidence]:
    """Return the rows that a question is after, where it is after several: "opening hours in Oslo and Bergen".

    All words that such a row begins with are asked for, or a name in one of its cells, or a figure that lies in its
    range. Empty where `place` is of no table, or none of them, and where they are long.
    """
    table = table_of(scored, place)
    named = [one for one in table if one in scored.marks.meant]
    begin = [one for one in table if (words := scored.sentences[one].row_of) and words <= scored.question.words]
    named = named or _told_apart(scored, begin)
    if not named and not _named_first(scored, table):
        named = [one for one in _named_by_cells(scored, table) if one not in scored.marks.others]
    rows = [scored.sentences[one] for one in named]
    several = place in named and len({one.label for one in rows}) > 1
    return rows if several and chars_in(rows) <= QUOTED_CHARS and all(one.quotable for one in rows) else []


def meant_of(scored: ScoredSentences, table: Sequence[int]) -> list[int]:
    """Return which rows are meant: those that the question names, else those that hold for who asks."""
    return named_of(scored, table) or _holding(scored, table)


def named_of(scored: ScoredSentences, table: Sequence[int]) -> list[int]:
    """Return which rows the question names: by words that not all of them begin with, figures, codes, or cells.

    Of "Season pass" and "3 days" who asks for a 3 day pass means the second: the question says all of its name. Where
    it names none, the one that was named by the question before it, on which it leans.
    """
    first = _named_first(scored, table)
    named = [one for one in first if one not in scored.marks.others]
    meant = [one for one in table if one in scored.marks.meant and one not in scored.marks.others]
    if both := [one for one in named or meant if one in meant]:
        return both
    if meant and goes_before(scored, meant, named):
        return meant
    named = [one for one in first or _named_by_cells(scored, table) if one not in scored.marks.others]
    return named or ([] if _holding(scored, table) else _named_before(scored, table))


def _named_before(scored: ScoredSentences, table: Sequence[int]) -> list[int]:
    """Return the one row that begins with most words of what was asked before, else the one that was told then.

    None where several do, or were.
    """
    begin = {one: scored.sentences[one].row_of or frozenset() for one in table if one not in scored.marks.others}
    common = frozenset.intersection(*begin.values()) if begin else frozenset()
    said = {one: len((words - common) & scored.question.before) for one, words in begin.items()}
    likeliest = [one for one, count in said.items() if count and count == max(said.values())]
    told = [one for one in begin if scored.question.leans and scored.question.told.startswith(_told_as(scored, one))]
    return next((rows for rows in (likeliest, told) if len(rows) == 1 < len(begin)), [])


def _told_as(scored: ScoredSentences, row: int) -> str:
    """Return how an answer begins that tells a row alone."""
    return f"{scored.sentences[row].label}: "


def behind_rows(scored: ScoredSentences, near: Sequence[int]) -> set[int]:
    """Return which sentences are put behind a row or an item that the question means by a day or another figure.

    Those that tell of other days, or of a feast where none is asked for, and those that have just the figure in common
    with the question: who asks for the delivery of a £45 order is not told what costs £45. Not where they have another
    word of the question than the row has with what it stands under.
    """
    meant = [one for one in near if one in scored.marks.meant_by_range]
    asked = days_asked(scored.question.text)
    by_day = [one for one in meant if same_days(asked, days_labelled(scored.sentences[one].label))]
    figures = figures_in(scored.question.text)
    put_behind: set[int] = set()
    for place in near if meant else ():
        one = scored.sentences[place]
        if one.label or one.row_of is not None:
            continue
        rows = by_day if tells_of_other_days(asked, days_named(one.text)) else []
        rows = rows or (meant if figures & figures_in(one.text) else [])
        if any(_said_of(scored, place) <= _said_of(scored, row) for row in rows):
            put_behind.add(place)
    return put_behind


def _said_of(scored: ScoredSentences, place: int) -> frozenset[str]:
    """Return the words of the question that a sentence has with what it stands under, without its days and "open".

    "Praxis" is one of "Tierarztpraxis".
    """
    one = scored.sentences[place]
    above = one.column | _place_words(scored, place)
    asked = scored.question.words & words_beside_days(scored.question.text) - OPENING
    if not is_english(scored.question.text):  # of which the words that carry no meaning are known
        asked = frozenset(word for word in asked if len(word) > _SHORT)
    return asked & one.words | {word for word in asked if any(word in other for other in above)}


def words_beside_days(text: str) -> frozenset[str]:
    """Return the telling words of a text without those of the days that it names."""
    return telling_words(blanked(text, days_named(text).places))


def goes_before(scored: ScoredSentences, meant: Sequence[int], named: Sequence[int]) -> bool:
    """Whether rows or items `meant` by a figure go before others named by a word: they lack less of their names."""
    return min(unsaid(scored, one) for one in meant) < min(unsaid(scored, one) for one in named)


def unsaid(scored: ScoredSentences, place: int) -> int:
    """Return how many telling words of the name of a row or an item the question lacks, without figures.

    Days are none of them where they are those asked for. Of "Cats and kittens" it is enough that it says one of them.
    """
    label = scored.sentences[place].label
    said = scored.question.words | _LIMITS
    name = blanked(label, days_labelled(label).places) if place in scored.marks.meant else label
    names = (telling_words(part) for part in ALTERNATIVES.split(name))
    return min((len(words - said) for words in names if words), default=0)


def _is_a_guess(scored: ScoredSentences, place: int, table: Sequence[int]) -> bool:
    """Whether another row of a table fits about as well as one of it."""
    label = scored.sentences[place].label
    others = (
        scored.scores[one] for one in table if scored.sentences[one].label != label and one not in scored.marks.others
    )
    return max(others, default=-math.inf) >= AND_SO_ON * scored.scores[place]


def _holding(scored: ScoredSentences, table: Sequence[int]) -> list[int]:
    return [one for one in table if one in scored.marks.held]


def _named_first(scored: ScoredSentences, table: Sequence[int]) -> list[int]:
    """Return which rows the question names by their whole name, or a word not all of them begin with.

    Of those that it names by the same words not "Half day" beside "1 day", where it does not say "half".
    """
    rows = [scored.sentences[one] for one in table]
    begin = [_without_day(one.row_of or frozenset(), one.label, days_labelled(one.label)) for one in rows]
    asked = _without_day(scored.question.words, scored.question.text, days_named(scored.question.text))
    telling = asked - frozenset.intersection(*begin) if begin else frozenset()
    said = {one: words & telling for one, words in zip(table, begin, strict=True)}
    named = _told_apart(scored, [one for one in table if said[one] or _is_named_whole(scored, one)])
    if not all(begin):  # of "3 days" and "Season pass" on a page of passes "pass" is said of both
        named = [one for one in named if not unsaid(scored, one) or said[one] - _place_words(scored, one)]
    # "How to top up" is no name of which "Largest top-up" is a kind.
    names = [one for one in named if not OPEN.search(scored.sentences[one].label)]
    whole = [said[one] for one in names if not unsaid(scored, one)]
    return [one for one in named if not unsaid(scored, one) or not any(said[one] <= words for words in whole)]


def _told_apart(scored: ScoredSentences, rows: Sequence[int]) -> list[int]:
    """Return the rows without those that a number or a letter tells from one whose whole name the question says."""
    whole = [scored.sentences[one].row_of or frozenset() for one in rows if _is_named_whole(scored, one)]
    return [
        one
        for one in rows
        if one in scored.marks.named_whole
        or not any((scored.sentences[one].row_of or frozenset()) <= words for words in whole)
    ]


def _is_named_whole(scored: ScoredSentences, row: int) -> bool:
    """Whether the question says the whole name of a row, in which a number or a letter tells it from others."""
    return row in scored.marks.named_whole and _TELLS_APART.search(scored.sentences[row].label) is not None


def _named_by_cells(scored: ScoredSentences, table: Sequence[int]) -> list[int]:
    """Return which rows the question names by most words of a cell that is a name, or which have what it tells.

    A column has names where each cell is another one of a few words without a figure. Of "Mixer" and "Mixer Pro"
    the first is named by its whole name.
    """
    cells = [cells_of(scored.sentences[one]) for one in table]
    if len({scored.sentences[one].label for one in table}) < len(cells) or len(cells) < _ROWS:
        return []
    columns = {column: words for column in cells[0] if (words := _names_in(column, cells))}
    telling = scored.question.words & frozenset().union(*columns.values())
    names = [frozenset().union(*(_said_in(row[column], scored.question.words) for column in columns)) for row in cells]
    has = [place for place, one in enumerate(table) if scored.question.had <= figures_in(scored.sentences[one].text)]
    among = has or [*range(len(table))]
    most = max(len(names[place] & telling) for place in among)
    likeliest = [place for place in among if len(names[place] & telling) == most]
    whole = [place for place in likeliest if most and names[place] <= scored.question.words]
    return [table[place] for place in whole or likeliest] if len(whole or likeliest) < len(table) else []


def _said_in(cell: str, asked: frozenset[str]) -> frozenset[str]:
    """Return the words of a cell; of one that lists several names those of the ones that are asked for whole."""
    parts = [telling_words(part) for part in _LISTED.split(cell)]
    return parts[0] if len(parts) == 1 else frozenset().union(*(part for part in parts if part <= asked))


def _names_in(column: str, rows: Sequence[Mapping[str, str]]) -> frozenset[str]:
    """Return the words of the names in a column that not all of them have; none where the column has no names.

    A cell may list several: "Law, Nursing".
    """
    cells = [row.get(column, "") for row in rows]
    words = [telling_words(cell) for cell in cells]
    parts = [telling_words(part) for cell in cells for part in _LISTED.split(cell)]
    few = all(1 <= len(one) <= _NAME_WORDS for one in parts) and not any(map(str.isdigit, "".join(cells)))
    return (
        frozenset.union(*words) - frozenset.intersection(*words) if few and len({*words}) == len(words) else frozenset()
    )


def _place_words(scored: ScoredSentences, place: int) -> frozenset[str]:
    """Return the telling words of the title and the heading above a row."""
    return telling_words(place_of(scored.sentences[place].passage))


def _without_day(words: frozenset[str], text: str, days: Days) -> frozenset[str]:
    """Return the words of a text without "day", where that stands in the names of days alone: "Boxing Day".

    "New Year's Day" is another one.
    """
    return words if _DAY_WORD.search(blanked(text, days.places)) else words - _DAY
