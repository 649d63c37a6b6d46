"""How many letters an account may cause: neither a mistake nor a stolen account sends spam."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from language import formats
from meetings import words
from meetings.letters import kinds
from meetings.models import Attendee, LetterQuota
from outbox.models import Letter

# Between two letters to one address that say the same.
PAUSE = timedelta(minutes=5)


class TooManyLetters(Exception):
    """Refused, in words for the organizer; nothing may have been written."""


class Middleware:
    """Says so on a page of its own, where a view has no better place for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TooManyLetters):
            return None
        return render(request, "meetings/too_many.html", {"words": str(exception)}, status=429)


def use(user: User, letters: int, *, always: bool = False) -> None:
    """Count letters that are about to be written, in their transaction. Raises TooManyLetters.

    With `always` they are counted and never refused: that a meeting is off must reach everybody. There is
    one such letter at most for each that invited somebody.
    """
    if not letters:
        return
    today = timezone.now().date()
    LetterQuota.objects.bulk_create([LetterQuota(user=user, day=today)], ignore_conflicts=True)
    mine = LetterQuota.objects.filter(user=user, day=today)
    if not always:
        # In one statement with the counting, so that two requests at once cannot both have the rest.
        mine = mine.filter(letters__lte=settings.LETTERS_A_DAY - letters)
    if not mine.update(letters=F("letters") + letters):
        raise TooManyLetters(_refusal(letters, left(user)))


def left(user: User) -> int:
    """How many letters the account may still cause today."""
    today = LetterQuota.objects.filter(user=user, day=timezone.now().date()).first()
    return max(0, int(settings.LETTERS_A_DAY) - (today.letters if today else 0))


def _refusal(letters: int, left: int) -> str:
    of = {"most": formats.figure(settings.LETTERS_A_DAY), "left": words.number(left)}
    if left:
        rest = _("An account can send %(most)s letters a day, and %(left)s of today’s are left.") % of
    else:
        rest = _("An account can send %(most)s letters a day, and today’s are all sent.") % of
    takes = ngettext(
        "%(count)s letter would be too many; from midnight UTC on there is room again.",
        "%(count)s letters would be too many; from midnight UTC on there is room again.",
        letters,
    ) % {"count": words.sentence(words.number(letters))}
    return f"{rest} {takes}"


def wait(attendee: Attendee, now: datetime, most: int = 1) -> timedelta:
    """How long until the attendee may be written to again by hand; zero if they may now.

    `most`: how many letters may go out to them within the pause. One that came back counts as none.
    """
    recent = Letter.objects.filter(
        recipient=attendee.email,
        sent_at__gt=now - PAUSE,
        kind__in=kinds.sent_again(),
        payload__attendee=attendee.pk,
        bounced_at=None,
    )
    sent = list(recent.order_by("-sent_at").values_list("sent_at", flat=True)[:most])
    last = sent[-1] if len(sent) == most else None
    return last + PAUSE - now if last else timedelta()
