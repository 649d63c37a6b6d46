"""The short letter by which a calendar program learns of one earlier part of a series (iMIP, RFC 6047)."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings import links, words
from meetings.calendar import itip, recurrence
from meetings.calendar.said import SILENT
from meetings.letters import compose, dates, events, part_letters, payloads, tags
from meetings.letters.compose import Envelope, compose_with_calendar
from meetings.letters.sentences import joined, say, theirs
from meetings.models import Attendee, Series
from outbox import delivery
from outbox.delivery import renderer
from outbox.models import Letter

# So many of its dates can be answered by a link each.
MOST_ANSWERED = 4


@renderer(part_letters.KIND)
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
    newest = part_letters.latest(uid, [attendee]).get(attendee.pk)
    # What is the meeting again is told by the letter about the meeting.
    if newest != letter or str(meeting.current.uid) == uid:
        return None
    earlier = meeting.series.not_cancelled().filter(uid=uid).first()
    is_off = bool(meeting.is_cancelled or attendee.removed_at)
    if earlier is not None and not is_off:
        if earlier in part_letters.going(meeting) or part_letters.have_heard(attendee, uid, besides=letter):
            return _request(letter, attendee, earlier)
        return None
    if not part_letters.have_heard(attendee, uid, besides=letter):
        return None
    return _cancel(letter, attendee, earlier)


def _request(letter: Letter, attendee: Attendee, earlier: Series) -> EmailMessage:
    zone = dates.zone_of(attendee)
    facts = events.facts(earlier, attendee)
    said = attendee.answers.filter(series=earlier).said()
    until = recurrence.moment(earlier.keys[-1], earlier.zone).astimezone(ZoneInfo(zone))
    unanswered = [one for one in earlier.to_answer() if said.to(earlier.pk, one.pk) == SILENT]
    dates_to_answer = unanswered[:MOST_ANSWERED]
    token = links.mint(attendee) if dates_to_answer else ""
    until_day = {"day": words.day(until)}
    if not dates_to_answer:
        asking = _("There is nothing you need to do: what you said still holds.")
    elif tags.are_used():
        asking = _("Will you come? Answer for each date, here or with your calendar’s buttons:")
    else:
        asking = _("Will you come? Answer for each date, here:")
    context = {
        "preview": _("For your calendar: dates until %(day)s.") % until_day,
        "lead": _("This letter brings your calendar up to date about dates of a series, until %(day)s:")
        % until_day,
        "rule": dates.rule_of_part(earlier),
        "asking": asking,
        "answers": [
            {
                "day": dates.day_and_clock(occurrence.starts_at.astimezone(ZoneInfo(zone))),
                "url": f"{settings.PUBLIC_URL}{links.path(token)}answer/on/{occurrence.pk}/",
            }
            for occurrence in dates_to_answer
        ],
        "several": {
            "words": _("Answer for several of them at once"),
            "url": f"{settings.PUBLIC_URL}{links.path(token)}answer/#coming",
        }
        if len(dates_to_answer) > 1
        else None,
    }
    subject = _("For your calendar: %(title)s (until %(day)s)")
    calendar = itip.request(facts, _guest(attendee, earlier), timezone.now())
    return _message(letter, attendee, subject, words.short_day(until), context, ("REQUEST", calendar))


def _guest(attendee: Attendee, series: Series) -> itip.Guest:
    return itip.Guest(attendee.name, attendee.email, events.partstat(attendee, series), attendee.optional)


def _cancel(letter: Letter, attendee: Attendee, earlier: Series | None) -> EmailMessage:
    meeting, zone = attendee.meeting, dates.zone_of(attendee)
    told = payloads.read(letter, payloads.AboutPart).told
    # One that was cancelled keeps what was said to its dates. Of one that became another series they are
    # dates of that now, with what was said to each.
    was = earlier or meeting.series.filter(uid=told.uid).first() or meeting.current
    guest = _guest(attendee, was)
    if earlier is not None:
        facts = events.facts(earlier, attendee)
    else:
        facts = events.ended(told, events.facts(meeting.current, attendee))
    day = told.starts_at.astimezone(ZoneInfo(zone))
    calendar = itip.cancel(facts, guest, timezone.now())
    since = {"day": words.day(day)}
    if meeting.cancelled_by:
        lead = say(
            _(
                "This letter takes dates out of your calendar, from %(day)s on,"
                " as the administrator of %(host)s wrote to you:"
            ),
            host=compose.host(),
            **since,
        )
    else:
        lead = say(
            _(
                "This letter takes dates out of your calendar, from %(day)s on,"
                " as %(organizer)s wrote to you:"
            ),
            organizer=theirs(meeting.organizer.get_full_name()),
            **since,
        )
    context = {
        "preview": _("For your calendar: dates that are no more."),
        "lead": lead,
        "is_off": True,
        "asking": _("There is nothing you need to do."),
    }
    subject = _("For your calendar: %(title)s (no longer from %(day)s)")
    return _message(letter, attendee, subject, words.short_day(day), context, ("CANCEL", calendar))


def _message(
    letter: Letter,
    attendee: Attendee,
    subject: str,
    day: str,
    context: dict[str, Any],
    calendar: tuple[str, bytes],
) -> EmailMessage:
    """`subject` names the title and the short `day`."""
    payload = payloads.read(letter, payloads.AboutPart)
    title, organizer = payload.told.title, theirs(attendee.meeting.organizer.get_full_name())
    foot = [say(_("This letter is for %(address)s."), address=attendee.email)]
    if context.get("answers"):
        foot.append(say(_("The links in it are yours alone: whoever has them answers as you.")))
    else:
        foot.append(say(_("A reply to it goes to %(organizer)s."), organizer=organizer))
    context |= {"title": theirs(title), "foot": joined(foot, " ")}
    envelope = Envelope(letter.recipient, subject % {"title": title, "day": day})
    message = compose_with_calendar(attendee, envelope, "part", context, calendar)
    if main := Letter.objects.filter(pk=payload.main or 0).first():
        known_by = main.message_id or delivery.message_id(main.key)
        message.extra_headers["In-Reply-To"] = known_by
        message.extra_headers["References"] += f" {known_by}"
    return message
