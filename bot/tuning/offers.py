"""Buttons below what admins are told of an adapter."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """What a button offers."""

    PROMOTE = "promote"
    REJECT = "reject"


LABELS = {Verb.PROMOTE: "Promote", Verb.REJECT: "Reject"}


@dataclass(frozen=True, slots=True)
class Offer:
    """A button below a message to admins."""

    verb: Verb
    adapter: str
    """Its id."""

    @property
    def label(self) -> str:
        return LABELS[self.verb]
