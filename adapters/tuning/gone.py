"""What was forgotten, deleted or rejected while a set or an evaluation was made of it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from adapters.database import curation_of, opened
from bot.curation import Curation, Kind, kind_and_number
from bot.privacy import Gone
from bot.settings import Settings
from bot.tuning.forgetting import forget


async def clear(settings: Settings, curation: Curation, ids: Collection[str]) -> None:
    """Delete from every set and evaluation which of these examples nothing is to be learned of any more."""
    found = Gone()
    places = {Kind.ANSWER: found.answers, Kind.SUGGESTION: found.suggestions, Kind.HANDOVER: found.handovers}
    for id in await curation.gone(ids):
        if (read := kind_and_number(id)) and read[0] in places:
            places[read[0]].add(read[1])
    await asyncio.to_thread(forget, settings.tuning_path, [found])


async def clear_evaluated(settings: Settings, ids: Collection[str]) -> None:
    """As `clear`, for what an evaluation asked; the database is opened only where any of it comes from there."""
    if any(map(kind_and_number, ids)):
        async with opened(settings) as database:
            await clear(settings, curation_of(settings, database), ids)
