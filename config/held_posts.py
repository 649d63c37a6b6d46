"""What somebody typed and sent, and could not be taken because they were signed out meanwhile.

It comes back on a page of its own, to be read, copied and sent again. Nothing is offered that another site
may have sent: pressing a button here must not do what that site wants.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from accounts.counts import count, network_of

KEY = "kept"
# A list of 500 people and an agenda; more is not kept.
MOST_CHARACTERS = 160_000
LIFETIME_SECONDS = 3600
# So many forms of strangers of one address are kept at a time: none of them may fill the database.
MOST_OF_ADDRESS = 60
SECRET = re.compile(r"password|code|token|secret|credential|otp|^kept$", re.IGNORECASE)
# Most forms here are short and full of secrets; of these two, everything but the password comes back.
ACCOUNT_PAGES = "/account/"
KEPT_ACCOUNT_PAGES = {"/account/signup/", "/account/settings/"}
# How a page of our own is asked for and sent (Fetch Metadata, 2); a script's request has nobody who reads.
NAVIGATION = {"navigate", None}


@dataclass(frozen=True)
class HeldPost:
    """A form as it was sent: where to, and its fields in order."""

    path: str
    fields: list[tuple[str, str]]

    @property
    def texts(self) -> list[str]:
        """What a person typed, the longest first: to be read, and to be copied."""
        found = {value for _, value in self.fields if len(value.split()) > 1 or "@" in value}
        return sorted(found, key=len, reverse=True)


def _typed(request: HttpRequest) -> HeldPost | None:
    """What can be sent again; None where that might do what another site wants, or is a secret."""
    path = request.get_full_path()
    if request.path.startswith(ACCOUNT_PAGES) and request.path not in KEPT_ACCOUNT_PAGES:
        return None
    if request.method != "POST":
        return None
    if not _is_from_here(request) or request.headers.get("Sec-Fetch-Mode") not in NAVIGATION:
        return None
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if not SECRET.search(name) and isinstance(value, str)
    ]
    if not fields or sum(len(name) + len(value) for name, value in fields) > MOST_CHARACTERS:
        return None
    return HeldPost(path, fields)


def _is_from_here(request: HttpRequest) -> bool:
    """Whether a page of this site sent it, by what no page can forge (Fetch Metadata, 2.4; RFC 6454, 7)."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


@sensitive_post_parameters()
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """In place of Django's: the page was older than the last sign-in, or cookies are gone or off."""
    return _page(request, _typed(request), status=403)


@login_required
@never_cache
@require_safe
def again(request: HttpRequest) -> HttpResponse:
    """What was sent before somebody had to sign in, to be sent now."""
    found = request.session.get(KEY)
    if not found or found["at"] < time.time() - LIFETIME_SECONDS:
        request.session.pop(KEY, None)
        return redirect(settings.LOGIN_REDIRECT_URL)
    return _page(request, HeldPost(found["path"], [(name, value) for name, value in found["fields"]]))


def _page(request: HttpRequest, held: HeldPost | None, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"held": held, "path": request.path, "had_files": bool(request.FILES)}
    return render(request, "held_post.html", context, status=status)


class HeldPostMiddleware:
    """Keeps in the session what was sent by somebody who is to sign in first, and leads back to it then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "POST" or not _asks_to_sign_in(response) or request.user.is_authenticated:
            return response
        if held := _typed(request):
            if _is_too_much(request):
                # Nobody loses what they typed: it stands in the page, to be copied, or sent after signing in.
                return _page(request, held, status=429)
            if not request.session.keys():
                # A guest's session stays: there may be a call that rests on it.
                request.session.set_expiry(LIFETIME_SECONDS)
            request.session[KEY] = {"path": held.path, "fields": held.fields, "at": time.time()}
            query = urlencode({REDIRECT_FIELD_NAME: reverse("again")})
            return redirect(f"{resolve_url(settings.LOGIN_URL)}?{query}")
        return response


@receiver(user_logged_in)
def last_as_long_as_others(request: HttpRequest | None, **kwargs: Any) -> None:
    """Whoever signs in, in whatever way, is signed in for longer than what was typed is kept."""
    if request is not None and KEY in request.session:
        request.session.set_expiry(None)


def _is_too_much(request: HttpRequest) -> bool:
    network = network_of(get_adapter().get_client_ip(request))
    return count(f"kept:{network}", LIFETIME_SECONDS) > MOST_OF_ADDRESS


def _asks_to_sign_in(response: HttpResponse) -> bool:
    sign_in_pages = {resolve_url(settings.LOGIN_URL), reverse("admin:login")}
    return response.status_code == 302 and urlsplit(response.get("Location", "")).path in sign_in_pages
