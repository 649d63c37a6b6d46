"""Who may read the letters that lie in the folder."""

from __future__ import annotations

import enum
import ipaddress
import re
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")


# Holds the secret of the printed address once that was opened.
COOKIE = "letters"
COOKIE_AGE = timedelta(days=14)
# Reads letters in the folder, with their personal links; no codes.
PERMISSION = "outbox.read_letters"


class Visibility(enum.Enum):
    """How much of the folder somebody may see."""

    NOTHING = enum.auto()
    # Without those that hold a secret by which one gets into somebody's account.
    NO_SECRETS = enum.auto()
    EVERYTHING = enum.auto()


def visibility(request: HttpRequest) -> Visibility:
    """What this visitor may see of the letters, which hold codes and personal links.

    Everything: whoever owns the machine, where letters are shown locally. They know the address that was
    printed there; that a request comes from the machine is not enough, since so does what a proxy on it
    passes on. An administrator with the permission for it: all but codes.
    """
    if is_shown_locally() and _is_local(request) and knows_secret(request.COOKIES.get(COOKIE, "")):
        return Visibility.EVERYTHING
    user = getattr(request, "user", None)
    if user and user.is_active and user.is_staff and user.has_perm(PERMISSION):
        return Visibility.NO_SECRETS
    return Visibility.NOTHING


def secret() -> str:
    """What the printed address carries: the same for as long as SECRET_KEY is."""
    return salted_hmac("outbox.address", "letters", algorithm="sha256").hexdigest()[:40]


def printed_path() -> str:
    """Where whoever owns the machine opens the letters. Written out, since `reverse` loads every page."""
    return f"/outbox/open/{secret()}/"


def knows_secret(given: str) -> bool:
    return constant_time_compare(given, secret())


def could_open(request: HttpRequest) -> bool:
    """Whether the printed address would open the letters from where this visitor is."""
    return is_shown_locally() and _is_local(request)


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
