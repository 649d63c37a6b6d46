"""The short letter by which a calendar program learns of one earlier part of a series (iMIP, RFC 6047)."""

from __future__ import annotations

from email.utils import formataddr
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from meetings import links, words
from meetings.calendar import itip, recurrence
from meetings.letters import copies, dates, events, payloads, tags
from meetings.letters.compose import Envelope, attach_calendar, canceller, compose, speaker
from meetings.models import Attendee, Series
from outbox import delivery
from outbox.delivery import renderer
from outbox.models import Letter

# So many of its dates can be answered by a link each.
MOST_ANSWERED = 4


@renderer(copies.KIND)
def part(letter: Letter) -> EmailMessage | None:
    """What is true of that part now; None where the calendar knows it, or never knew what is gone."""
    payload = payloads.read(letter, payloads.AboutPart)
    attendee = (
        Attendee.objects.select_related("meeting__organizer", "meeting__last_series", "user")
        .filter(pk=payload.attendee)
        .first()
    )
    if attendee is None:
        return None
    uid, meeting = payload.uid, attendee.meeting
    newest = copies.latest(uid, [attendee]).get(attendee.pk)
    # What is the meeting again is told by the letter about the meeting.
    if newest != letter or str(meeting.current.uid) == uid:
        return None
    earlier = meeting.series.filter(uid=uid).first()
    is_off = bool(meeting.is_cancelled or attendee.removed_at)
    if earlier is not None and not is_off:
        if earlier in copies.going(meeting) or copies.have_heard(attendee, uid, besides=letter):
            return _request(letter, attendee, earlier)
        return None
    if not copies.have_heard(attendee, uid, besides=letter):
        return None
    return _cancel(letter, attendee, earlier)


def _request(letter: Letter, attendee: Attendee, earlier: Series) -> EmailMessage:
    zone = dates.zone_of(attendee)
    partstat = events.said_to(earlier, attendee)
    guest = itip.Guest(attendee.name, attendee.email, partstat, attendee.optional)
    until = recurrence.moment(earlier.keys[-1], earlier.zone).astimezone(ZoneInfo(zone))
    coming = earlier.occurrences.filter(cancelled_at=None, ends_at__gt=timezone.now())
    asks = partstat == Attendee.PartStat.NEEDS_ACTION
    token = links.mint(attendee) if asks and coming else ""
    context = {
        "rule": dates.rule_of_part(earlier),
        "until": words.day(until),
        "answers": [
            {
                "day": f"{words.short_day(at)}, {words.clock(at)}",
                "url": f"{settings.PUBLIC_URL}{links.path(token)}answer/on/{occurrence.pk}/",
            }
            for occurrence in coming[:MOST_ANSWERED]
            for at in [occurrence.starts_at.astimezone(ZoneInfo(zone))]
        ]
        if token
        else [],
    }
    about = f"until {words.short_day(until)}"
    calendar = itip.request(events.facts(earlier, attendee), guest, timezone.now())
    return _message(letter, attendee, about, context, ("REQUEST", calendar))


def _cancel(letter: Letter, attendee: Attendee, earlier: Series | None) -> EmailMessage:
    meeting, zone = attendee.meeting, dates.zone_of(attendee)
    told = payloads.read(letter, payloads.AboutPart).told
    guest = itip.Guest(attendee.name, attendee.email, attendee.partstat, attendee.optional)
    if earlier is not None:
        facts = events.facts(earlier, attendee)
    else:
        facts = events.ended(told, events.facts(meeting.current, attendee))
    day = told.starts_at.astimezone(ZoneInfo(zone))
    calendar = itip.cancel(facts, guest, timezone.now())
    about = f"no longer from {words.short_day(day)}"
    return _message(letter, attendee, about, {"since": words.day(day)}, ("CANCEL", calendar))


def _message(
    letter: Letter, attendee: Attendee, about: str, context: dict[str, Any], calendar: tuple[str, bytes]
) -> EmailMessage:
    meeting, payload = attendee.meeting, payloads.read(letter, payloads.AboutPart)
    title = payload.told.title
    subject = f"For your calendar: {title} ({about})"
    context |= {
        "title": title,
        "recipient": attendee.email,
        "canceller": canceller(meeting),
        "replies_count": tags.are_used(),
    }
    message = compose(meeting, Envelope(letter.recipient, subject), "part", context)
    # As in every letter with a calendar, the address of the organizer that it names is who sends it.
    message.from_email = formataddr((speaker(meeting), tags.sender(attendee)))
    if main := Letter.objects.filter(pk=payload.main or 0).first():
        known_by = main.message_id or delivery.message_id(main.key)
        message.extra_headers["In-Reply-To"] = known_by
        message.extra_headers["References"] += f" {known_by}"
    attach_calendar(message, *calendar)
    return message
