"""Who may read the letters that lie in the folder."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest

PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")


def may_see_outbox(request: HttpRequest) -> bool:
    """Whether this visitor may read the letters, which hold codes and personal links.

    An administrator may; so may whoever sits at the machine itself, where letters are shown locally.
    """
    user = getattr(request, "user", None)
    return bool(user and user.is_active and user.is_staff) or (is_shown_locally() and _is_local(request))


def is_shown_locally() -> bool:
    """Whether this copy is for the machine it runs on: no mail server, no proxy, no public address.

    The address decides where nothing else can: a plain proxy on this machine sends the whole internet
    here from 127.0.0.1, as “localhost”, and links in letters would lead its visitors nowhere.
    """
    return (
        not settings.EMAIL_URL
        and not settings.ALLAUTH_TRUSTED_PROXY_COUNT
        and _names_this_machine(urlsplit(settings.PUBLIC_URL).hostname or "")
    )


def _is_local(request: HttpRequest) -> bool:
    """From this machine, by a name of this machine, and not through a proxy.

    The name matters: a foreign page can point its own name at 127.0.0.1 (DNS rebinding). Browsers have
    not spoken HTTP/1.0 for decades; proxies do.
    """
    return (
        _is_loopback(request.META.get("REMOTE_ADDR", ""))
        and _names_this_machine(re.sub(r":\d+$", "", request.get_host()).strip("[]"))
        and _http_version(request) != "1.0"
        and not any(name in request.headers for name in PROXY_HEADERS)
    )


def _http_version(request: HttpRequest) -> str:
    if isinstance(request, ASGIRequest):
        return str(request.scope.get("http_version", ""))
    return str(request.META.get("SERVER_PROTOCOL", "")).removeprefix("HTTP/")


def _names_this_machine(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost") or _is_loopback(host)


def _is_loopback(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_loopback
