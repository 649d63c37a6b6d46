"""Reminders by mail: written shortly before they are due, and looked at once more when they go out.

Nothing is laid out for long ahead, so a meeting that moves or ends leaves nothing behind that would have to
be found and taken back: a letter is keyed by who, which occurrence, when that begins and how many minutes
before, and says nothing if any of these is no longer so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings import links, words
from meetings.letters import payloads
from meetings.letters.compose import Envelope, compose
from meetings.letters.dates import When, when, zone_of
from meetings.letters.sentences import joined, say, theirs, unbroken
from meetings.models import Attendee, Meeting, Occurrence
from outbox.chores import chore
from outbox.delivery import renderer
from outbox.models import Letter

KIND = "reminder"
SALT = "meetings.reminders"
# What people can choose from, in minutes before the start.
CHOICES = {
    10: gettext_lazy("10 minutes before"),
    60: gettext_lazy("1 hour before"),
    24 * 60: gettext_lazy("1 day before"),
    7 * 24 * 60: gettext_lazy("1 week before"),
}
LONGEST = timedelta(weeks=1)
MOST = 5
BATCH = 1000
# How long before they are due letters are written: the worker may be away for a moment.
AHEAD = timedelta(minutes=10)
# How late a reminder may be at least; one that is due a day before may be later.
LATE = timedelta(minutes=5)
PartStat = Attendee.PartStat


def latest(starts_at: datetime, minutes: int) -> datetime:
    """Until when it makes sense to remind."""
    before = timedelta(minutes=minutes)
    return min(starts_at - before + max(LATE, before / 10), starts_at)


def wanted(attendee: Attendee) -> list[int]:
    """When the attendee wants to be reminded, in minutes before the start."""
    chosen = attendee.meeting.reminders if attendee.reminders is None else attendee.reminders
    return _clean(chosen)


def wanted_by_organizer(meeting: Meeting) -> list[int]:
    return usual(meeting) if meeting.remind_organizer else []


def usual(meeting: Meeting) -> list[int]:
    """When attendees are reminded who did not choose otherwise."""
    return _clean(meeting.reminders)


def _clean(minutes: Any) -> list[int]:
    """Out of a JSON field: whole minutes, each once, not too many and not too far."""
    if not isinstance(minutes, list):
        return []
    most = LONGEST.total_seconds() / 60
    return sorted({m for m in minutes if isinstance(m, int) and 0 < m <= most})[:MOST]


# -- writing ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Due:
    """One reminder to one person."""

    occurrence: Occurrence
    minutes: int
    # None for the organizer.
    attendee: Attendee | None

    @property
    def letter(self) -> Letter:
        starts_at = self.occurrence.starts_at
        who = self.attendee.pk if self.attendee else "organizer"
        return Letter(
            key=f"{KIND}:{who}:{self.occurrence.pk}:{self.minutes}:{starts_at.astimezone(UTC):%Y%m%dT%H%M}",
            kind=KIND,
            recipient=self.attendee.email if self.attendee else self.occurrence.meeting.organizer.email,
            payload=payloads.written(
                payloads.Reminder(
                    attendee=self.attendee.pk if self.attendee else None,
                    occurrence=self.occurrence.pk,
                    starts_at=starts_at,
                    minutes=self.minutes,
                )
            ),
            # Before invitations: they are of no use later.
            priority=3,
            not_before=starts_at - timedelta(minutes=self.minutes),
            expires_at=latest(starts_at, self.minutes),
        )


@chore(every=timedelta(minutes=1))
def write() -> int:
    """Write the reminders that are due soon; how many were new."""
    letters = {letter.key: letter for due in _due(timezone.now()) for letter in [due.letter]}
    written = 0
    keys = list(letters)
    for batch in (keys[start : start + BATCH] for start in range(0, len(keys), BATCH)):
        known = set(Letter.objects.filter(key__in=batch).values_list("key", flat=True))
        fresh = [letters[key] for key in batch if key not in known]
        Letter.objects.bulk_create(fresh, ignore_conflicts=True)
        written += len(fresh)
    return written


def _due(now: datetime) -> Iterator[_Due]:
    """Those of the next minutes, and those that were missed but would still be of use."""
    # Whom nothing lets in is not told to come.
    chosen = Attendee.objects.entitled().filter(reminders__isnull=False)
    coming = list(
        Occurrence.objects.not_cancelled()
        .filter(starts_at__gt=now, starts_at__lte=now + LONGEST + AHEAD)
        .filter(~Q(meeting__reminders=[]) | Q(meeting__in=chosen.values("meeting")))
        .select_related("meeting__organizer", "series")
    )
    own: dict[int, list[Attendee]] = {}
    for attendee in chosen.filter(meeting__in={o.meeting_id for o in coming}).select_related("meeting"):
        own.setdefault(attendee.meeting_id, []).append(attendee)
    by_default: list[tuple[Occurrence, int]] = []
    for occurrence in coming:
        for minutes in _clean(occurrence.meeting.reminders):
            if _is_due(occurrence, minutes, now):
                by_default.append((occurrence, minutes))
                if minutes in wanted_by_organizer(occurrence.meeting):
                    yield _Due(occurrence, minutes, None)
        for attendee in own.get(occurrence.meeting_id, ()):
            for minutes in wanted(attendee):
                if _is_due(occurrence, minutes, now):
                    yield _Due(occurrence, minutes, attendee)
    others: dict[int, list[Attendee]] = {}
    following = Attendee.objects.entitled().filter(reminders__isnull=True)
    meetings = {occurrence.meeting_id for occurrence, _minutes in by_default}
    for attendee in following.filter(meeting__in=meetings):
        others.setdefault(attendee.meeting_id, []).append(attendee)
    for occurrence, minutes in by_default:
        for attendee in others.get(occurrence.meeting_id, ()):
            yield _Due(occurrence, minutes, attendee)


def _is_due(occurrence: Occurrence, minutes: int, now: datetime) -> bool:
    starts_at = occurrence.starts_at
    # Whoever plans a meeting for in an hour needs no word that is due a day before.
    return starts_at - timedelta(minutes=minutes) <= now + AHEAD and now < latest(starts_at, minutes)


# -- sending ------------------------------------------------------------------------------------


@renderer(KIND)
def reminder(letter: Letter) -> EmailMessage | None:
    """It begins soon; nothing, if that or the wish to be told is no longer so."""
    payload = payloads.read(letter, payloads.Reminder)
    occurrence = (
        Occurrence.objects.not_cancelled()
        .select_related("meeting__organizer", "series")
        .filter(pk=payload.occurrence)
        .first()
    )
    if occurrence is None or occurrence.starts_at != payload.starts_at:
        return None
    if payload.attendee is None:
        return _to_organizer(letter, occurrence)
    attendee = (
        Attendee.objects.entitled()
        .select_related("meeting", "user", "letter")
        .filter(pk=payload.attendee)
        .first()
    )
    if attendee is None or payload.minutes not in wanted(attendee):
        return None
    if occurrence.answer_of(attendee).partstat == PartStat.DECLINED or _is_unreachable(attendee):
        return None
    own = attendee.answers.select_related("letter").filter(occurrence=occurrence).first()
    if any(told and told.created_at > letter.not_before for told in (attendee.letter, own and own.letter)):
        # They were invited, or heard of the new time, after this was due: never two letters for one thing.
        return None
    attendee.meeting = occurrence.meeting
    token = links.mint(attendee)
    one = f"on/{occurrence.pk}/" if occurrence.meeting.repeats else ""
    return _message(
        letter,
        occurrence,
        when(occurrence.starts_at, occurrence.duration, zone_of(attendee)),
        address=settings_url(attendee),
        join_url=settings.PUBLIC_URL + links.path(token),
        answer_url=f"{settings.PUBLIC_URL}{links.path(token)}answer/{one}",
    )


def _to_organizer(letter: Letter, occurrence: Occurrence) -> EmailMessage | None:
    meeting = occurrence.meeting
    if payloads.read(letter, payloads.Reminder).minutes not in wanted_by_organizer(meeting):
        return None
    if letter.recipient.lower() != meeting.organizer.email.lower():
        return None
    if meeting.created_at > letter.not_before:
        return None
    return _message(
        letter,
        occurrence,
        when(occurrence.starts_at, occurrence.duration, meeting.organizer.time_zone or meeting.time_zone),
        address=settings_url(meeting),
        join_url=meeting.public_url,
        answer_url="",
    )


def _is_unreachable(attendee: Attendee) -> bool:
    """Their invitation came back: whoever has the address by now, it is not them."""
    return attendee.letter is not None and attendee.letter.bounced_at is not None


def _message(
    letter: Letter, occurrence: Occurrence, times: When, *, address: str, join_url: str, answer_url: str
) -> EmailMessage:
    """`answer_url` is empty for the organizer."""
    before = timedelta(minutes=payloads.read(letter, payloads.Reminder).minutes)
    length = time_left(before, occurrence.starts_at - timezone.now())
    title, organizer = occurrence.shown_title, theirs(occurrence.meeting.organizer.get_short_name())
    foot = [say(_("This letter is for %(address)s."), address=letter.recipient)]
    if answer_url:
        foot.append(say(_("The link in it is yours alone: whoever has it enters as you.")))
    subject = say(
        _("In %(length)s: %(title)s (%(when)s)"), length=length, title=title, when=times.day_and_clock
    )
    context = {
        "preview": f"{times.day_span_and_zone}.",
        "soon": _("It begins in %(length)s") % {"length": length},
        "title_soon": _("%(title)s begins in %(length)s") % {"title": title, "length": length},
        "title": theirs(title),
        "when": say(_("%(day)s, %(span)s"), day=times.day, span=unbroken(times.span)),
        "zone": times.zone,
        "join_url": join_url,
        "answer_url": answer_url,
        "say_so": say(_("Say so to %(organizer)s"), organizer=organizer),
        "agenda": words.agenda(occurrence.shown_agenda),
        "foot": joined(foot, " "),
        "settings_url": address,
    }
    # RFC 2369, 3.2 and RFC 8058, 3: a mail program may show a button that needs no page.
    headers = {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return compose(occurrence.meeting, Envelope(letter.recipient, subject, headers), KIND, context)


def time_left(before: timedelta, left: timedelta) -> str:
    """10 minutes, 1 hour, 1 day, as was chosen; if the letter is late, what is really left.

    "Tomorrow" is not said, since that depends on where one is.
    """
    if abs(before - left) > max(timedelta(seconds=90), before / 20):
        minutes = max(1, round(left.total_seconds() / 60))
        before = timedelta(minutes=minutes if minutes < 120 else 60 * round(minutes / 60))
    return words.ahead(round(before.total_seconds() / 60))


# -- choosing -----------------------------------------------------------------------------------


def settings_url(subject: Attendee | Meeting) -> str:
    """The address at which one attendee, or the organizer, says when to be reminded of one meeting.

    Signed, so that it needs no session; it opens nothing else.
    """
    who = "organizer" if isinstance(subject, Meeting) else "attendee"
    token = signing.dumps([who, subject.pk], salt=SALT)
    return settings.PUBLIC_URL + reverse("meetings:reminders", args=[token])


def find(token: str) -> Attendee | Meeting | None:
    """Whom an address of settings_url is for; None if it is not ours or they are gone."""
    try:
        who, pk = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if who == "organizer":
        return Meeting.objects.select_related("organizer", "last_series").filter(pk=pk).first()
    return Attendee.objects.invited().select_related("meeting__organizer").filter(pk=pk).first()


def choose(subject: Attendee | Meeting, minutes: list[int] | None) -> None:
    """Remind at these times; None for what the organizer set, [] for never.

    An organizer's own choice is only whether to be reminded: the times are the meeting's.
    """
    if isinstance(subject, Meeting):
        subject.remind_organizer = minutes != []
        subject.save(update_fields=["remind_organizer"])
    else:
        subject.reminders = None if minutes is None else _clean(minutes)
        subject.save(update_fields=["reminders"])
