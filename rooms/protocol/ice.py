"""ICE servers, and TURN credentials that expire."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from rooms.protocol.messages import IceServer, IceServers


def servers(
    stun_urls: Sequence[str],
    turn_urls: Sequence[str],
    *,
    secret: str,
    lifetime: float,
    now: float,
    tag: str,
) -> IceServers:
    """What RTCPeerConnection takes. `tag` tells credentials apart and says nothing about anybody.

    The credentials are those of coturn's `use-auth-secret` (draft-uberti-behave-turn-rest-00, 2.2): the user
    name is the moment of expiry, the password its HMAC-SHA1. Times are in seconds, `now` since 1970.
    """
    found: list[IceServer] = []
    if stun_urls:
        found.append(IceServer(urls=list(stun_urls)))
    if not turn_urls:
        return IceServers(found, None)
    if not secret:
        # A relay that is open to its own network needs none.
        return IceServers([*found, IceServer(urls=list(turn_urls), username=tag, credential=tag)], None)
    expires_at = int(now + lifetime)
    username = f"{expires_at}:{tag}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    relay = IceServer(urls=list(turn_urls), username=username, credential=base64.b64encode(digest).decode())
    return IceServers([*found, relay], expires_at, int(lifetime))
