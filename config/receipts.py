"""Which forms were taken, told to pages that keep what is typed until then (static/js/meetings/typing.js).

A page cannot tell by itself: the answer to what it sent may be lost on the way. So it names what it sends,
and the next one looks whether that name is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

FIELD = "typing"
# In the session, the last few names.
KEY = "taken"
MOST = 8
NAME = re.compile(r"[0-9a-z]{8,40}", re.ASCII)


class ReceiptMiddleware:
    """Notes the name of a form that was taken: the answer to one is a redirect, and to no other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code == 302 and request.user.is_authenticated:
            name = request.POST.get(FIELD, "")
            if NAME.fullmatch(name):
                request.session[KEY] = [*request.session.get(KEY, []), name][-MOST:]
        return response
