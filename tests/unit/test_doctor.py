"""The doctor names what answering lacks, with what to do about it."""

from types import SimpleNamespace

import pytest

from adapters import doctor, wiring
from bot.settings import Settings


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "Version 3 can be searched."),
        (1, "Version 3 can be searched. 1 document was read only in part (0.pdf); `frontdesk knowledge check` says"),
        (5, "Version 3 can be searched. 5 documents were read only in part (0.pdf, 1.pdf, 2.pdf, …);"),
    ],
)
async def test_documents_that_were_read_only_in_part_are_named(
    monkeypatch: pytest.MonkeyPatch, count: int, told: str
) -> None:
    searcher = SimpleNamespace(search=lambda *_: SimpleNamespace(version=3))
    monkeypatch.setattr(wiring, "retriever", lambda *_: searcher)
    monkeypatch.setattr(doctor, "unread", lambda _: {f"{n}.pdf": "It has pictures." for n in range(count)})
    found = await doctor._index(Settings())
    assert found.startswith(told) if count else found == told
