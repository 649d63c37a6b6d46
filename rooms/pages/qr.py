"""The open link of a room as a QR code: a picture that somebody inside holds up to a phone."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from accounts.sessions import SessionStore
from rooms.codes import canonical
from rooms.protocol.admission import Admission
from rooms.roster import entrance, guess_limit

# ISO/IEC 18004, 5.3.8: so much of the ground around it stays free, or a camera does not find it.
QUIET = 4


@never_cache
@require_safe
def code_of_link(request: HttpRequest, code: str) -> HttpResponse:
    """For whoever may enter, since it is the key of the door; nothing for others."""
    code = canonical(code)
    # The page may be open in a browser that nobody has noted yet.
    entrance.give_guest_key(cast(SessionStore, request.session), code)
    approach = entrance.approach(code, request.user, request.session)
    if approach is None:
        guess_limit.note(request.user.pk, get_adapter().get_client_ip(request))
    if approach is None or not isinstance(approach.outcome, Admission):
        return HttpResponse(status=404)
    return HttpResponse(drawn(approach.meeting.public_url), content_type="image/svg+xml")


@lru_cache(maxsize=64)
def drawn(text: str) -> str:
    """An SVG with a module of the code to a unit: dark on light in every scheme, as cameras read it."""
    modules = matrix(text)
    size = len(modules) + 2 * QUIET
    rows = "".join(
        f"M{QUIET + start} {QUIET + y}h{length}v1h-{length}z"
        for y, row in enumerate(modules)
        for start, length in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{rows}"/></svg>'
    )


def matrix(text: str) -> list[list[bool]]:
    """The modules, without the quiet zone; true is dark."""
    made = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    made.add_data(text)
    made.make(fit=True)
    return [[bool(module) for module in row] for row in made.get_matrix()]


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where dark modules begin that stand side by side, and how many they are."""
    runs: list[tuple[int, int]] = []
    for x, is_dark in enumerate(row):
        if is_dark and runs and sum(runs[-1]) == x:
            runs[-1] = runs[-1][0], runs[-1][1] + 1
        elif is_dark:
            runs.append((x, 1))
    return runs
