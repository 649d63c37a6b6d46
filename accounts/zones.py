"""In whose time the page speaks."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Mapping
from datetime import tzinfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User, known_time_zones

# Written by static/js/lib/zone.js: the IANA name that the browser knows.
COOKIE = "zone"


def cookie_zone(request: HttpRequest) -> str:
    """The browser's time zone, or "" if it named none that we know."""
    return zone_in(request.COOKIES)


def zone_in(cookies: Mapping[str, str]) -> str:
    """The same of a browser's cookies, however they came."""
    name = cookies.get(COOKIE, "")
    return name if name in known_time_zones() else ""


def zone_of(request: HttpRequest) -> tzinfo:
    """The account's zone, else the browser's, else UTC."""
    user = request.user
    name = user.time_zone if isinstance(user, User) else ""
    return zoneinfo.ZoneInfo(name or cookie_zone(request) or "UTC")


class TimeZoneMiddleware:
    """Activates the visitor's zone, and remembers the browser's for an account that has none yet."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # An anonymous visitor's session is not touched unless there is a cookie for one.
        user = request.user
        if isinstance(user, User) and not user.time_zone and (name := cookie_zone(request)):
            user.time_zone = name
            User.objects.filter(pk=user.pk, time_zone="").update(time_zone=name)
        with timezone.override(zone_of(request)):
            return self.get_response(request)
