"""A word from the organizer to everybody, or to those it concerns: one letter each."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings import links
from meetings.letters import payloads, quota, recipients
from meetings.letters.compose import Envelope, compose
from meetings.letters.dates import when, zone_of
from meetings.letters.sentences import joined, say, theirs, unbroken
from meetings.models import Announcement, Attendee, AttendeeQuerySet, Meeting
from outbox.delivery import renderer
from outbox.models import Letter

KIND = "announcement"
MOST_A_DAY = 5
PartStat = Attendee.PartStat
Audience = Announcement.Audience
SAID: dict[str, list[str]] = {
    Audience.ALL: PartStat.values,
    Audience.COMING: [PartStat.ACCEPTED, PartStat.TENTATIVE],
    Audience.SILENT: [PartStat.NEEDS_ACTION],
}


def audience(meeting: Meeting, choice: str) -> AttendeeQuerySet:
    """Whom it is for now: who comes is who comes to the next date."""
    return recipients.who_said_to_next(meeting.attendees.invited(), *SAID[Audience(choice)])


@transaction.atomic
def write(meeting: Meeting, subject: str, text: str, choice: str) -> Announcement:
    """One letter to each. Raises TooManyLetters, and writes nothing then.

    The same again within a few minutes is a button that was pressed twice: it is what was written first.
    """
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    now = timezone.now()
    same = meeting.announcements.filter(subject=subject, text=text, audience=choice)
    if twice := same.filter(written_at__gt=now - quota.PAUSE).first():
        return twice
    # By UTC, as letters are counted, and not by the clock of whoever looks.
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if meeting.announcements.filter(written_at__gte=today).count() >= MOST_A_DAY:
        raise quota.TooManyLetters(
            _("You have written to these people five times today. Tomorrow there is room again.")
        )
    attendees = list(audience(meeting, choice))
    quota.use(meeting.organizer, len(attendees))
    announcement = Announcement.objects.create(
        meeting=meeting, subject=subject, text=text, audience=choice, letters=len(attendees)
    )
    Letter.objects.bulk_create(
        Letter(
            key=f"{KIND}:{announcement.pk}:{attendee.pk}",
            kind=KIND,
            recipient=attendee.email,
            payload=payloads.written(
                payloads.Announcement(announcement=announcement.pk, attendee=attendee.pk)
            ),
        )
        for attendee in attendees
    )
    return announcement


@renderer(KIND)
@renderer("circular")  # as those are called that were written before
def announcement(letter: Letter) -> EmailMessage | None:
    """What the organizer wrote; nothing to whoever is no longer invited."""
    payload = payloads.read(letter, payloads.Announcement)
    word = Announcement.objects.filter(pk=payload.announcement).first()
    attendee = (
        Attendee.objects.invited()
        .select_related("meeting__organizer", "user")
        .filter(pk=payload.attendee)
        .first()
    )
    if word is None or attendee is None:
        return None
    organizer = theirs(attendee.meeting.organizer.get_full_name())
    heading = say(
        _("%(organizer)s writes about %(title)s"),
        organizer=organizer,
        title=theirs(attendee.meeting.title),
    )
    foot = [
        say(_("This letter is for %(address)s, who is invited to the meeting."), address=letter.recipient),
        say(_("A reply to it goes to %(organizer)s."), organizer=organizer),
    ]
    context = {
        "heading": heading,
        "text": word.text,
        "paragraphs": [part.strip() for part in word.text.split("\n\n") if part.strip()],
        "foot": joined(foot, " "),
        **_invitation(attendee),
    }
    return compose(attendee.meeting, Envelope(letter.recipient, word.subject), "announcement", context)


def _invitation(attendee: Attendee) -> dict[str, Any]:
    """The time and the way in, while there is still something to come."""
    now = timezone.now()
    next_one = attendee.meeting.occurrence_at(now)
    if attendee.meeting.is_cancelled or next_one is None or next_one.ends_at <= now:
        return {}
    times = when(next_one.starts_at, next_one.duration, zone_of(attendee))
    return {
        "when": say(
            _("%(day)s, %(span)s, %(zone)s"), day=times.day, span=unbroken(times.span), zone=times.zone
        ),
        "answer_url": f"{settings.PUBLIC_URL}{links.path(links.mint(attendee))}answer/",
    }
