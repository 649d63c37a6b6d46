"""Wrong codes are counted, wherever they are tried: on pages and on sockets.

A right code always opens, however many wrong ones came from the same address: an office has one address, and
with 58 bits nobody finds a code by trying. What is bounded is what trying costs, and what it is told.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.handlers.asgi import ASGIRequest

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
    """Where a socket comes from, as it would be said of a page (AccountAdapter.get_client_ip)."""
    return str(get_adapter().get_client_ip(ASGIRequest({**scope, "method": "GET"}, BytesIO())))
