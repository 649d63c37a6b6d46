"""Which pages may open a socket here: our own, and no other."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def is_same_origin(headers: list[tuple[bytes, bytes]], *, encrypted: bool = False) -> bool:
    """Whether `Origin` names the host and port that the socket was opened on (RFC 6454, 5).

    AllowedHostsOriginValidator lets everything pass when ALLOWED_HOSTS is "*", so this compares with
    the Host header instead. The scheme of the socket cannot be known behind a proxy; but where every page
    is `encrypted`, one that is not is foreign.
    """
    found = {name.lower(): value.decode("latin-1") for name, value in headers}
    origin, host = found.get(b"origin", ""), found.get(b"host", "")
    if not origin or not host:
        return False
    try:
        theirs, ours = urlsplit(origin), urlsplit(f"//{host}")
        port = DEFAULT_PORTS.get(theirs.scheme)
        return (
            port is not None
            and (theirs.scheme == "https" or not encrypted)
            and theirs.hostname == ours.hostname
            and (theirs.port or port) == (ours.port or port)
        )
    except ValueError:
        return False


class SameOrigin:
    """ASGI middleware: writes into the scope whether the socket's page is ours; the consumer closes it."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        encrypted = settings.PUBLIC_URL.startswith("https:")
        same_origin = is_same_origin(scope["headers"], encrypted=encrypted)
        await self.app({**scope, "same_origin": same_origin}, receive, send)
