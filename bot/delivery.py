"""What can go wrong on the way to a chat platform."""

from __future__ import annotations

from knowledge.errors import FrontdeskError


class DeliveryError(FrontdeskError):
    """The platform did not take a post; it is worth trying again later."""


class DeliveryRefused(FrontdeskError):
    """The platform refuses something, and trying the same again will not help."""

    for_askers = True
