"""The letters of a copy without a mail server, so that an invitation is a click away after `./run`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from outbox import folder

PER_PAGE = 50
# A letter's own markup: shown, never run, and nothing is fetched. Its links lead out of the frame.
LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; "
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


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
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        return False
    if any(
        header in request.headers
        for header in ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")
    ):
        return False
    host = request.get_host()
    name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
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


def for_those_who_may(view: View[P]) -> View[P]:
    """The page does not exist for anybody else."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not may_see_outbox(request):
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(require_safe(guarded))


def _find(name: str) -> folder.StoredLetter:
    letter = folder.find(name)
    if letter is None:
        raise Http404
    return letter


@for_those_who_may
def list_letters(request: HttpRequest) -> HttpResponse:
    page = Paginator(folder.names(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "outbox/list.html", {"page": page, "letters": folder.letters(list(page))})


@for_those_who_may
def show(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "outbox/letter.html", {"letter": _find(name)})


@for_those_who_may
@xframe_options_sameorigin
def show_html(request: HttpRequest, name: str) -> HttpResponse:
    """The letter's HTML part by itself, for the frame on its page."""
    html = _find(name).html
    if not html:
        raise Http404
    # Links open in place of the page around the frame, as in a mail program.
    html = re.sub(r"(<head[^>]*>)", r'\1<base target="_top">', html, count=1, flags=re.IGNORECASE)
    return HttpResponse(html, headers={"Content-Security-Policy": LETTER_POLICY})


@for_those_who_may
def download_calendar(request: HttpRequest, name: str, number: int) -> HttpResponse:
    calendars = _find(name).calendars
    if not 1 <= number <= len(calendars):
        raise Http404
    return HttpResponse(
        calendars[number - 1],
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="invite.ics"'},
    )
