"""Text as a model, a document or a person might write it at their worst; the same for the same random source."""

from __future__ import annotations

import random

from bot.messages import Answer, Choice, Citation, Status

_WORDS = "return refund parcel Käse naïve 退货 возврат إرجاع החזר 👩‍👩‍👧 🇩🇪 ½ €19 _x_y_ a*b 30 days".split(" ")
_ODD = [
    "\u200b",
    "\u202e",
    "\u2066",
    "\u00a0",
    "\u0301" * 8,
    "\x00",
    "\x07",
    "\r\n",
    "\r",
    "\t",
    "\u2028",
    "\ufeff",
    "\ud800",
    "\U000e0041",
    "\\",
    "&amp;",
    "&#60;",
    "&lt;@U0ANN&gt;",
]
_CALLS = [
    "@everyone",
    "@here",
    "@EVERYONE",
    "@channel",
    "<@U0ANN>",
    "<@!123456789012345678>",
    "<@&123456789012345678>",
    "<!channel>",
    "<!here|here>",
    "<!subteam^S0AGENTS>",
    "<#C0SUPPORT|support>",
    "<#123456789012345678>",
    "<t:1700000000:R>",
    "<:smile:123456789012345678>",
    "<a:smile:123456789012345678>",
    "</ask:123456789012345678>",
    "<id:customize>",
    "<!date^1392734382^{date}|x>",
]
_ADDRESSES = [
    "https://a.example/x?y=1&z=2",
    "https://a.example/(x)",
    "https://a.example/|<!channel>",
    "http://a.example/`x`",
    "https://a.example/a b",
    "https://a.example/@everyone",
    "https://é.example/ü",
    "https://",
    "http://[",
    "javascript:alert(1)",
    "data:text/html,x",
    "mailto:a@b.example",
    "ftp://a.example",
    "//a.example",
    "#x",
    "",
    "<https://a.example>",
    "https://a.example/" + "x" * 3000,
]
_MARKS = [
    "*",
    "**",
    "***",
    "_",
    "__",
    "~~",
    "`",
    "``",
    "```",
    "````",
    "~~~",
    "[",
    "]",
    "(",
    ")",
    "](",
    "![",
    "<",
    ">",
    "|",
]
_MARKS += [
    "#",
    "###### ",
    "> ",
    ">>> ",
    "- ",
    "1. ",
    "999999999. ",
    "-# ",
    "+ ",
    "---",
    "===",
    "\n",
    "\n\n",
    "    ",
    "\\`",
    "||",
    ":",
]


def hostile_text(rng: random.Random) -> str:
    """Return a text of a few to some thousands of characters."""
    if rng.random() < 0.02:
        return rng.choice(_LONG)(rng)
    parts = [rng.choice(_KINDS)(rng) for _ in range(rng.choice((0, 1, 2, 3, 5, 8, 13, 40)))]
    return rng.choice(("", " ", "\n", "\n\n")).join(parts)


def hostile_answer(rng: random.Random) -> Answer:
    """Return an answer with a hostile text and hostile sources."""
    citations = tuple(
        Citation(
            n, _id(rng), _line(rng), rng.choice(_ADDRESSES), " > ".join(_line(rng) for _ in range(2)), "", _day(rng)
        )
        for n in range(1, rng.choice((1, 2, 3, 9, 30)))
    )
    choices = tuple(Choice(_line(rng), _line(rng)) for _ in range(rng.choice((0, 0, 2, 4))))
    status = Status.CLARIFY if choices else rng.choice(list(Status))
    return Answer(status, hostile_text(rng), citations, choices)


def _word(rng: random.Random) -> str:
    return rng.choice(_WORDS)


def _prose(rng: random.Random) -> str:
    return " ".join(_word(rng) for _ in range(rng.choice((1, 3, 10, 30))))


def _line(rng: random.Random) -> str:
    return rng.choice(("", " ")).join(rng.choice(_KINDS[:5])(rng) for _ in range(rng.choice((1, 2, 4))))


def _id(rng: random.Random) -> str:
    return f"{_word(rng)}.md"


def _day(rng: random.Random) -> str:
    return rng.choice(("", "2026-03-12"))


def _link(rng: random.Random) -> str:
    return f"{rng.choice(('', '!'))}[{_line(rng) if rng.random() < 0.3 else _word(rng)}]({rng.choice(_ADDRESSES)})"


def _code(rng: random.Random) -> str:
    fence = rng.choice(("```", "````", "~~~", "`", "``"))
    inside = "\n".join(rng.choice((_prose, _mark, _call))(rng) for _ in range(rng.choice((1, 2, 8))))
    return f"{fence}{rng.choice(('', 'python', '@everyone', 'x' * 40))}\n{inside}\n{rng.choice((fence, '', '```'))}"


def _list(rng: random.Random) -> str:
    marks = ("- ", "1. ", "* ", "7) ")
    return "\n".join("  " * rng.randrange(4) + rng.choice(marks) + _line(rng) for _ in range(rng.choice((1, 3, 9))))


def _table(rng: random.Random) -> str:
    columns = rng.choice((1, 2, 5))
    row = lambda: "|" + "|".join(_word(rng) for _ in range(columns)) + "|"  # noqa: E731
    return "\n".join([row(), "|" + "---|" * columns, *(row() for _ in range(rng.choice((0, 2, 20))))])


def _quote(rng: random.Random) -> str:
    return "\n".join(f"{'>' * rng.choice((1, 2, 3))} {_line(rng)}" for _ in range(3))


def _heading(rng: random.Random) -> str:
    return f"{'#' * rng.randrange(1, 8)} {_line(rng)}"


def _definition(rng: random.Random) -> str:
    return f"[{_word(rng)}]: {rng.choice(_ADDRESSES)}"


def _html(rng: random.Random) -> str:
    return rng.choice(("<b>x</b>", "<script>alert(1)</script>", "<!-- x -->", "<img src=x>", "<br>", "<!DOCTYPE x>"))


def _mark(rng: random.Random) -> str:
    return rng.choice(_MARKS) * rng.choice((1, 1, 2, 30))


def _odd(rng: random.Random) -> str:
    return rng.choice(_ODD)


def _call(rng: random.Random) -> str:
    return rng.choice(_CALLS)


def _address(rng: random.Random) -> str:
    return rng.choice(_ADDRESSES)


def _noise(rng: random.Random) -> str:
    return "".join(
        chr(rng.choice((rng.randrange(32, 127), rng.randrange(1, 0x3000)))) for _ in range(rng.choice((3, 40)))
    )


_KINDS = [
    _prose,
    _mark,
    _odd,
    _call,
    _noise,
    _link,
    _address,
    _code,
    _list,
    _table,
    _quote,
    _heading,
    _definition,
    _html,
]
_LONG = [
    lambda rng: "x" * 40_000,
    lambda rng: "👩‍👩‍👧" * 5_000,
    lambda rng: _call(rng) * 2_000,
    lambda rng: ("`" * rng.randrange(1, 5) + "x ") * 3_000,
    lambda rng: "> " * 500 + "x",
    lambda rng: "\n".join(_link(rng) for _ in range(60)),
    lambda rng: "[" * 1_000 + "x" + "](https://a.example)" * 1_000,
    lambda rng: "```\n" + "\n".join(_prose(rng) for _ in range(300)),
    lambda rng: "\n".join("- " * n + "x" for n in range(60)),
    lambda rng: "[" + _word(rng) + " " + "word " * 600 + "](https://a.example/long)",
    lambda rng: " ".join(_link(rng) for _ in range(200)),
]
