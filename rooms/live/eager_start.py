"""A coroutine that begins at once instead of with the next turn of the event loop."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any


def begin(work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
    """Run it as far as it goes without waiting; the task that does the rest, if there is any.

    Most of what a server is asked to send it takes at once: then a task, and a turn of the loop for it, is
    half of the price. (Python 3.12 has this as `eager_start`.)
    """
    try:
        waiting_for = work.send(None)
    except StopIteration:
        return None
    return asyncio.get_running_loop().create_task(_finish(work, waiting_for))


@types.coroutine
def _finish(work: Coroutine[Any, Any, None], waiting_for: Any) -> Generator[Any, Any, None]:
    try:
        # What it waits for has been told so, and tells the task instead.
        yield waiting_for
    except BaseException:
        work.close()
        raise
    yield from work.__await__()
