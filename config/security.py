"""The headers that keep a page to itself: what it may load, and which powers it has."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

PERMISSIONS = (
    "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), autoplay=(self), "
    "picture-in-picture=(self), screen-wake-lock=(self), speaker-selection=(self), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self), clipboard-write=(self), "
    "geolocation=(), usb=(), serial=(), payment=(), midi=()"
)


def nonce(request: HttpRequest) -> dict[str, str]:
    """Context: `csp_nonce`, for the scripts that are written into a page."""
    return {"csp_nonce": _nonce(request)}


def _nonce(request: HttpRequest) -> str:
    if not hasattr(request, "csp_nonce"):
        request.csp_nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
    return request.csp_nonce  # type: ignore[attr-defined]


def policy(request: HttpRequest) -> str:
    """The Content-Security-Policy of a page (CSP 3)."""
    # Safari before 15.4 does not count a socket on the page's own host as 'self'.
    host = urlsplit(f"//{request.get_host()}").netloc
    socket = f"{'wss' if request.is_secure() else 'ws'}://{host}"
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' 'nonce-{_nonce(request)}'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            f"connect-src 'self' {socket}",
            "font-src 'self'",
            # A letter on its page; every other page of ours refuses to be framed.
            "frame-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


class HostMiddleware:
    """Before everything else: a request to a host that is none, or not ours, is answered plainly (400).

    Each later middleware that asks for the host would fail on it, and each failure would write a trace.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.get_host()
        except DisallowedHost:
            return HttpResponseBadRequest("There is no such host here.\n", content_type="text/plain")
        return self.get_response(request)


class SecurityHeadersMiddleware:
    """Adds the policies to every answer; a view that set its own keeps it.

    No page of ours is for everybody: each is made for who asks, down to the token of its forms. So nobody
    keeps a copy, not for the next person at this browser either.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Content-Security-Policy" not in response:
            response["Content-Security-Policy"] = policy(request)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store, private"
        response["Permissions-Policy"] = PERMISSIONS
        return response
