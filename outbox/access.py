"""Who may read the letters that lie in the folder."""

from __future__ import annotations

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")


def may_see_outbox(request: HttpRequest) -> bool:
    """Whether this visitor may read the letters, which hold codes and personal links.

    An administrator may; so may whoever sits at the machine itself, as long as no mail server is set up.
    """
    user = getattr(request, "user", None)
    return bool(user and user.is_active and user.is_staff) or (not settings.EMAIL_URL and _is_local(request))


def _is_local(request: HttpRequest) -> bool:
    """From this machine, by a name of this machine, and not through a proxy.

    The name matters: a foreign page can point its own name at 127.0.0.1 (DNS rebinding).
    """
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT or any(name in request.headers for name in PROXY_HEADERS):
        return False
    name = re.sub(r":\d+$", "", request.get_host())
    return _is_loopback(request.META.get("REMOTE_ADDR", "")) and (
        name == "localhost" or name.endswith(".localhost") or _is_loopback(name.strip("[]"))
    )


def _is_loopback(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_loopback
