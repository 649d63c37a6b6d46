"""Wrong codes are counted, wherever they are tried: on pages and on sockets.

A right code always opens, however many wrong ones came from the same address: an office has one address, and
with 58 bits nobody finds a code by trying. What is bounded is what trying costs, and what it is told.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

from accounts.counts import count, network_of

# In so many seconds; by an account, and by all strangers of one address together.
WITHIN = 300
MOST_OF_ACCOUNT = 30
MOST_OF_ADDRESS = 120


def note(user_id: int | None, address: str) -> bool:
    """Count a wrong code; whether that was one too many."""
    if user_id is not None:
        return count(f"wrong-codes:user:{user_id}", WITHIN) > MOST_OF_ACCOUNT
    return count(f"wrong-codes:{network_of(address)}", WITHIN) > MOST_OF_ADDRESS


def address_of(scope: dict[str, Any]) -> str:
    """Where a socket comes from, as far as the trusted proxies tell; "" if nothing does."""
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if proxies:
        said = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
        hops = [hop.strip() for hop in ",".join(said).split(",")]
        return hops[-proxies] if len(hops) >= proxies else ""
    return str((scope.get("client") or [""])[0])
