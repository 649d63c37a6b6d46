"""How often something was done of late, and by whom as far as an address tells."""

from __future__ import annotations

import ipaddress
import logging

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def count(key: str, within: int) -> int:
    """How often this was counted within so many seconds, this once too; 0 while nothing can be counted."""
    try:
        if cache.add(key, 1, within):
            return 1
        return int(cache.incr(key))
    except ValueError:
        cache.set(key, 1, within)  # it expired in between
        return 1
    except RedisError as error:
        # Then there is no limit; that is better than no meeting and no calendar.
        logger.warning("cannot count %s: %s", key.partition(":")[0], error)
        return 0


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
