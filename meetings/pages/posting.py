"""Addresses that do something: by POST alone, and not a dead end to whoever opens one otherwise."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

View = Callable[..., HttpResponse]
AGAIN = _(
    "Nothing has been done yet: opening an address alone does nothing. Press the button here once more."
)


def post_only(page: Callable[..., tuple[Any, ...]], *, said: StrOrPromise = AGAIN) -> Callable[[View], View]:
    """The view by POST. By GET, as after signing in again or out of the history, `page` is where it leads.

    `page` takes what the address names and answers with the arguments of `redirect`; `said` is shown there.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def by_post(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            if said:
                messages.info(request, said)
            return redirect(*page(request, *args, **kwargs))

        return by_post

    return decorate


def to_list(request: HttpRequest, **named: Any) -> tuple[str]:
    """To my meetings."""
    return ("meetings:list",)


def to_meeting(request: HttpRequest, code: str, **named: Any) -> tuple[str, str]:
    """To the page of the meeting that the address is about."""
    return ("meetings:meeting", code)


def to_form(request: HttpRequest) -> tuple[str, ...]:
    """To the form that asks the address in the background."""
    try:
        return (reverse("meetings:edit", args=[request.GET["meeting"]]),)
    except (KeyError, NoReverseMatch):
        return ("meetings:new",)
