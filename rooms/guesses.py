"""Wrong codes are counted, wherever they are tried: on pages and on sockets.

A right code always opens, however many wrong ones came from the same address: an office has one address, and
with 58 bits nobody finds a code by trying. What is bounded is what trying costs, and what it is told.
"""

from __future__ import annotations

import ipaddress
import logging
from typing import Any

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# In so many seconds; by an account, and by all strangers of one address together.
WITHIN = 300
MOST_OF_ACCOUNT = 30
MOST_OF_ADDRESS = 120


def note(user_id: int | None, address: str) -> bool:
    """Count a wrong code; whether that was one too many."""
    if user_id is not None:
        return _count(f"wrong-codes:user:{user_id}") > MOST_OF_ACCOUNT
    return _count(f"wrong-codes:{network_of(address)}") > MOST_OF_ADDRESS


def network_of(address: str) -> str:
    """The address, or of IPv6 the /64 that a single customer has to choose from (RFC 6177)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)


def address_of(scope: dict[str, Any]) -> str:
    """Where a socket comes from, as far as the trusted proxies tell; "" if nothing does."""
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if proxies:
        said = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
        hops = [hop.strip() for hop in ",".join(said).split(",")]
        return hops[-proxies] if len(hops) >= proxies else ""
    return str((scope.get("client") or [""])[0])


def _count(key: str) -> int:
    try:
        if cache.add(key, 1, WITHIN):
            return 1
        return int(cache.incr(key))
    except ValueError:
        return 1  # it expired in between
    except RedisError as error:
        # Then there is no limit; that is better than no meeting.
        logger.warning("cannot count wrong codes: %s", error)
        return 0
