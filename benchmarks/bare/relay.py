"""A relay and nothing else, on the `websockets` library: what the product is measured against.

`python -m benchmarks.bare.relay PORT [ADDRESS]` serves page.html at / and relays JSON at /relay:
{"to": id, ...} arrives at that id as {"from": sender, ...}.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import sys
from http import HTTPStatus
from pathlib import Path

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

PAGE = (Path(__file__).parent / "page.html").read_bytes()
ids = (f"{n:04}" for n in itertools.count(1))
inside: dict[str, ServerConnection] = {}


async def page(connection: ServerConnection, request: Request) -> Response | None:
    if request.path == "/relay":
        return None
    headers = Headers({"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(PAGE))})
    return Response(HTTPStatus.OK, "OK", headers, PAGE)


async def relay(connection: ServerConnection) -> None:
    me = next(ids)
    others = list(inside)
    inside[me] = connection
    try:
        await connection.send(json.dumps({"welcome": me, "others": others}))
        async for text in connection:
            message = json.loads(text)
            target = inside.get(message.pop("to"))
            if target is not None:
                await target.send(json.dumps({**message, "from": me}))
    finally:
        del inside[me]


async def main(port: str, address: str = "127.0.0.1") -> None:
    async with serve(relay, address, int(port), process_request=page, compression=None):
        await asyncio.Future()


if __name__ == "__main__":
    # Browsers open connections to spare, and close them without a word.
    logging.getLogger("websockets.server").setLevel(logging.CRITICAL)
    asyncio.run(main(*sys.argv[1:]))
