"""Milliseconds that the inbox takes for each step, on SQLite with many finished questions behind it.

python -m tests.bench.inbox [--finished 100000] [--questions 200]
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

from sqlalchemy import insert

from bot.inbox import Inbox
from bot.messages import Answer, MessageKey, Question, Status
from bot.storage.database import Database
from bot.storage.tables import ConversationRow, QuestionRow, State

QUESTIONS_PER_THREAD = 5


async def _fill(database: Database, finished: int) -> None:
    place = {"platform": "bench", "workspace": "W", "channel": "C"}
    now = datetime.now(UTC)
    threads = [
        place | {"id": number + 1, "thread": str(number), "created_at": now}
        for number in range(finished // QUESTIONS_PER_THREAD)
    ]
    questions = [
        place
        | {"conversation_id": 1 + number % len(threads), "message": f"finished {number}", "author": "U", "text": "?"}
        | {"scope": {}, "private": False, "route": {}, "asked_at": now, "state": State.DELIVERED, "attempts": 1}
        for number in range(finished)
    ]
    async with database.write() as session:
        await session.execute(insert(ConversationRow), threads)
        await session.execute(insert(QuestionRow), questions)


async def measure(finished: int, questions: int) -> dict[str, dict[str, float]]:
    """Return median and 95th percentile for each step, in milliseconds."""
    times: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        await database.migrate()
        await _fill(database, finished)
        inbox = Inbox(database)
        for number in range(questions):
            question = Question(MessageKey("bench", "W", "C", str(number)), "?", author="U", thread=str(number))
            begun = time.perf_counter()
            await inbox.accept(question)
            accepted = time.perf_counter()
            claimed = await inbox.claim("bench", 60, ["bench"])
            taken = time.perf_counter()
            assert claimed
            await inbox.record_answer(claimed.id, Answer(Status.ANSWERED, "!"))
            recorded = time.perf_counter()
            await inbox.delivered(claimed.id)
            ends = (accepted, taken, recorded, time.perf_counter())
            for step, start, end in zip(
                ("accept", "claim", "record_answer", "delivered"), (begun, *ends), ends, strict=False
            ):
                times[step].append(1000 * (end - start))
        await database.close()
    return {
        step: {"p50_ms": round(cuts[9], 1), "p95_ms": round(cuts[18], 1)}
        for step, took in times.items()
        if (cuts := quantiles(took, n=20))
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--finished", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=200)
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(measure(asked.finished, asked.questions))))
