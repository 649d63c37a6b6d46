"""Work with a database that may be away for a while."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TypeVar

from channels.db import database_sync_to_async
from django.db import DatabaseError, InterfaceError

logger = logging.getLogger(__name__)
T = TypeVar("T")

# While the database is away, a change is tried again so often and for so long (seconds).
RETRY_PAUSE = 1.0
RETRY_FOR = 60.0

DATABASE_AWAY = (DatabaseError, InterfaceError)


async def patiently(work: Callable[[], T], seconds: float = RETRY_FOR) -> T:
    """Do something in the database's thread; while the database is away, try again for so long."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return await database_sync_to_async(work)()
        except DATABASE_AWAY as error:
            if time.monotonic() > deadline:
                raise
            logger.warning("the database is away; trying again: %s", error)
            await asyncio.sleep(RETRY_PAUSE)
