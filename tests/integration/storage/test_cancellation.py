"""Work that is cancelled within a call to the database leaves the database usable for the others."""

import asyncio
import random
from pathlib import Path

from bot.inbox import Inbox
from bot.messages import MessageKey, Question
from bot.storage.database import Database


async def test_a_cancelled_write_holds_up_nobody(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    await database.migrate()
    inbox = Inbox(database)
    question = await inbox.accept(Question(MessageKey("slack", "T0", "C0", "1.0"), "returns?", "U0", "1.0"))
    moments = random.Random(1)
    for n in range(150):
        write = asyncio.ensure_future(inbox.record_post(question.id, str(n)) if n % 2 else inbox.claim("worker", 60))
        await asyncio.sleep(moments.random() * 0.008)
        write.cancel()
        await asyncio.gather(write, return_exceptions=True)
        async with asyncio.timeout(10):
            assert not await inbox.renew(question.id, "nobody", 60)
    await database.close()
