"""The letters of a copy without a mail server, so that an invitation is a click away after `./run`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from outbox import access, folder, secret_letters
from outbox.access import Visibility, visibility

PER_PAGE = 50
# A letter's own markup: shown, never run, and nothing is fetched. Its links lead out of the frame.
LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; "
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)

P = ParamSpec("P")


def for_readers(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The page does not exist for anybody else; where the printed address would open it, it says so."""

    @never_cache
    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if visibility(request) is Visibility.NOTHING:
            if access.could_open(request):
                return render(request, "outbox/closed.html", status=403)
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@never_cache
@require_safe
def open_outbox(request: HttpRequest, secret: str) -> HttpResponse:
    """The address that `up` prints: this browser may see the letters from now on."""
    if not (access.could_open(request) and access.knows_secret(secret)):
        raise Http404
    response = redirect("outbox:list")
    response.set_cookie(
        access.COOKIE,
        secret,
        max_age=access.COOKIE_AGE,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response


def _find(request: HttpRequest, name: str) -> folder.StoredLetter:
    """The letter of this name. Raises Http404 if there is none that this visitor may see."""
    letter = folder.find(name)
    if letter is None or (
        visibility(request) is not Visibility.EVERYTHING and secret_letters.is_secret(letter)
    ):
        raise Http404
    return letter


@for_readers
def list_letters(request: HttpRequest) -> HttpResponse:
    page = Paginator(folder.names(), PER_PAGE).get_page(request.GET.get("page"))
    letters = list(folder.letters(list(page)))
    hidden = set() if visibility(request) is Visibility.EVERYTHING else secret_letters.secret_among(letters)
    return render(request, "outbox/list.html", {"page": page, "letters": letters, "hidden": hidden})


@for_readers
def show(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "outbox/letter.html", {"letter": _find(request, name)})


@for_readers
@xframe_options_sameorigin
def show_html(request: HttpRequest, name: str) -> HttpResponse:
    """The letter's HTML part by itself, for the frame on its page."""
    html = _find(request, name).html
    if not html:
        raise Http404
    # Links open in place of the page around the frame, as in a mail program.
    html = re.sub(r"(<head[^>]*>)", r'\1<base target="_top">', html, count=1, flags=re.IGNORECASE)
    return HttpResponse(html, headers={"Content-Security-Policy": LETTER_POLICY})


@for_readers
def download_calendar(request: HttpRequest, name: str, number: int) -> HttpResponse:
    calendars = _find(request, name).calendars
    if not 1 <= number <= len(calendars):
        raise Http404
    return HttpResponse(
        calendars[number - 1],
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="invite.ics"'},
    )
