"""Pages that belong to no app."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import translation
from django.views.decorators.http import require_safe

from language import SOURCE, formats

log = logging.getLogger(__name__)


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
    `words` is the static file with the sentences of scripts; empty where the code speaks the language itself,
    and where nobody has compiled it: the scripts then speak that of the code.
    """
    code = translation.get_language() or SOURCE
    words = f"words/{code}.js"  # as language.catalogs.script has it
    return {
        "language": {
            "lang": translation.to_locale(code).replace("_", "-"),
            "dir": "rtl" if translation.get_language_bidi() else "ltr",
            "formats": formats.tag(code),
            "words": words if code != SOURCE and _is_served(words, code) else "",
        }
    }


def _is_served(words: str, code: str) -> bool:
    """Whether browsers can be given this file; the log hears it, once, when they cannot."""
    try:
        # A file that was not collected has no address; where nothing is collected, every name is one.
        static(words)
        if getattr(staticfiles_storage, "manifest_strict", False) or finders.find(words):
            return True
    except ValueError:
        pass
    _note_missing(code)
    return False


@cache
def _note_missing(code: str) -> None:
    log.warning(
        "the catalog of %s is not compiled or not collected: what it lacks is said in %s."
        " `translations compile`, then `collectstatic`, then start again; ./run does all three",
        code,
        SOURCE,
    )


def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it on pages that name none: the administration's, a letter's."""
    return redirect(static("favicon.svg"))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)
