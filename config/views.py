"""Pages that belong to no app."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import translation
from django.views.decorators.http import require_safe

from language import SOURCE, formats


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 when a request gets as far as a view and the database answers; 503 when it does not.

    For proxies and whoever watches, and says no more than that. Calls go on without Redis: it does not count.
    """
    try:
        # A table of ours: a database without tables is none.
        Session.objects.exists()
    except (DatabaseError, InterfaceError):
        return HttpResponse("the database does not answer\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")


def site(request: HttpRequest) -> dict[str, str]:
    """Context: `site_name`, for every page."""
    return {"site_name": settings.SITE_NAME}


def language(request: HttpRequest) -> dict[str, Any]:
    """Context: `language`, the one that the page is in.

    Its `lang` and `dir` are as HTML wants them; `formats` names the language in which scripts write dates;
    `words` is the static file with the sentences of scripts, empty where the code speaks the language itself.
    """
    code = translation.get_language() or SOURCE
    return {
        "language": {
            "lang": translation.to_locale(code).replace("_", "-"),
            "dir": "rtl" if translation.get_language_bidi() else "ltr",
            "formats": formats.tag(code),
            "words": "" if code == SOURCE else f"words/{code}.js",
        }
    }


def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it on pages that name none: the administration's, a letter's."""
    return redirect(static("favicon.svg"))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)
