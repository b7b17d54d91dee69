"""The words that a platform shows of a text: without the marks that it takes for a style or a quote."""

from __future__ import annotations

import re

_AS_WRITTEN = re.compile(r"<!date\^00000000\^\{_\}\|([*_~]{1,20})>")
_STAND_INS = {"*": "\uf010", "_": "\uf011", "~": "\uf012"}
_UNSEEN = str.maketrans(dict.fromkeys("\u00ad\u200b"))


def by_slack(text: str) -> str:
    """Return what Slack shows of mrkdwn without links and code."""
    text = _AS_WRITTEN.sub(lambda run: run[1].translate(str.maketrans(_STAND_INS)), text)
    text = re.sub(r"^(?:>|&gt;)+ ?", "", text, flags=re.MULTILINE)
    for mark in map(re.escape, _STAND_INS):
        text = re.sub(rf"(?<![^\W_]){mark}(?=\S)([^\n]*?\S){mark}(?![^\W_])", r"\1", text)
    for mark, stand_in in _STAND_INS.items():
        text = text.replace(stand_in, mark)
    return text.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&").translate(_UNSEEN)


def by_discord(text: str) -> str:
    """Return what Discord shows of its Markdown without links, code and lists."""
    text = re.sub(r"^(?:>|>>>) ", "", text, flags=re.MULTILINE)
    text = re.sub(r"\\([^\w\s]|_)|[*_~|`]+", lambda found: found[1] or "", text)
    return text.translate(_UNSEEN)
