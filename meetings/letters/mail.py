"""The letters of a meeting: text, HTML and calendar, each in the recipient's own time (iMIP, RFC 6047)."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from meetings import links
from meetings.calendar import itip
from meetings.letters import announced, dates, events, news, part_letters, payloads, recipients, wording
from meetings.letters.compose import Envelope, compose_with_calendar
from meetings.letters.news import News
from meetings.letters.wording import Content, Urls
from meetings.models import Attendee, Occurrence
from outbox.delivery import renderer
from outbox.models import Letter


@renderer("invitation")
@renderer("update")
def request(letter: Letter) -> EmailMessage | None:
    """Will you come? And what changed, against what the recipient was last told."""
    attendee = recipients.of_meeting(letter)
    if attendee is None or attendee.meeting.is_cancelled:
        return None
    payload, before = payloads.read(letter, payloads.AboutMeeting), recipients.last_told(letter)
    # What they wait for otherwise is told as long as it would be to come.
    if attendee.meeting.is_over and (before is None or before.ends_for_good <= timezone.now()):
        return None
    part_letters.make_up_for(letter, attendee)
    new = news.of(attendee.meeting, payload, before, dates.zone_of(attendee), changed=letter.kind == "update")
    if new.first_day and not attendee.answers.to_one().exists():
        # They had said nothing that could hold.
        new.first_day = ""
    content = wording.asking(
        attendee,
        new,
        _urls(links.mint(attendee)),
        partstat=attendee.meeting.current.said_to_whole(attendee.answers.said()),
        has_heard=before is not None,
        part_letters=payload.letters,
    )
    facts = events.facts(attendee.meeting.current, attendee)
    return _message(attendee, content, ("REQUEST", itip.request(facts, _guest(attendee), timezone.now())))


@renderer("cancellation")
def cancellation(letter: Letter) -> EmailMessage | None:
    """It does not take place. Nobody who never heard of it hears of its end."""
    attendee = recipients.of_meeting(letter)
    if attendee is None or not recipients.have_heard(letter):
        return None
    return _end(letter, attendee, News(_cancelled(attendee)))


@renderer("removal")
def removal(letter: Letter) -> EmailMessage | None:
    """It takes place without them; or without anybody, if it was cancelled since."""
    attendee = recipients.of_meeting(letter, removed=True)
    if attendee is None or not recipients.have_heard(letter):
        return None
    # The time that they know, though it may have changed as they were taken off the list.
    told = recipients.last_told(letter)
    times = dates.when_told(told, dates.zone_of(attendee)) if told else None
    says = _cancelled(attendee) if attendee.meeting.is_cancelled else "removed"
    return _end(letter, attendee, News(says, times=times))


@renderer("occurrence-update")
def occurrence_update(letter: Letter) -> EmailMessage | None:
    """This one is at another time, or called otherwise."""
    found = recipients.of_occurrence(letter)
    if found is None or found[1].cancelled_at:
        return None
    attendee, occurrence = found
    before, zone = recipients.last_told(letter), dates.zone_of(attendee)
    one = "one-" if attendee.meeting.repeats else ""
    new = News("restored", "restored", times=dates.when(occurrence.starts_at, occurrence.duration, zone))
    if before is not None and before.title != occurrence.shown_title:
        new.says, new.asks, new.old_title = f"{one}renamed", "", before.title
    if before is not None and (before.starts_at, before.ends_at) != (
        occurrence.starts_at,
        occurrence.ends_at,
    ):
        new.says, new.asks, new.old_times = f"{one}moved", "moved", dates.when_told(before, zone)
    content = wording.asking(
        attendee,
        new,
        _urls(links.mint(attendee), occurrence),
        partstat=occurrence.answer_of(attendee).partstat,
        has_heard=True,
        occurrence=occurrence,
    )
    return _message(attendee, content, _calendar_of_one(attendee, occurrence))


@renderer("occurrence-cancellation")
def occurrence_cancellation(letter: Letter) -> EmailMessage | None:
    """This one does not take place; the others do."""
    found = recipients.of_occurrence(letter)
    if found is None or not found[1].cancelled_at:
        return None
    attendee, occurrence = found
    # The time that they know.
    told = recipients.last_told(letter) or announced.of_one(occurrence)
    says = "one-cancelled" if attendee.meeting.repeats else "cancelled"
    new = News(says, times=dates.when_told(told, dates.zone_of(attendee)))
    calendar = _calendar_of_one(attendee, occurrence)
    content = wording.ending(attendee, new, occurrence=occurrence, has_file=calendar is not None)
    return _message(attendee, content, calendar)


# -- what they have in common -------------------------------------------------------------------


def _end(letter: Letter, attendee: Attendee, new: News) -> EmailMessage:
    """That it does not take place, or not with them."""
    part_letters.make_up_for(letter, attendee)
    count = payloads.read(letter, payloads.AboutMeeting).letters
    calendar = _calendar_of_the_end(attendee)
    has_file = calendar is not None
    content = wording.ending(attendee, new, has_file=has_file, part_letters=count)
    return _message(attendee, content, calendar)


def _cancelled(attendee: Attendee) -> str:
    return "cancelled-by-administrator" if attendee.meeting.cancelled_by else "cancelled"


def _urls(token: str, occurrence: Occurrence | None = None) -> Urls:
    one = f"on/{occurrence.pk}/" if occurrence and occurrence.meeting.repeats else ""
    join = settings.PUBLIC_URL + links.path(token)
    return Urls(join, f"{join}answer/{one}")


def _message(attendee: Attendee, content: Content, calendar: tuple[str, bytes] | None) -> EmailMessage:
    envelope = Envelope(attendee.email, content.subject)
    return compose_with_calendar(attendee, envelope, "letter", vars(content), calendar)


# -- the calendar -------------------------------------------------------------------------------


def _guest(attendee: Attendee) -> itip.Guest:
    partstat = events.partstat(attendee, attendee.meeting.current)
    return itip.Guest(attendee.name, attendee.email, partstat, attendee.optional)


def _calendar_of_the_end(attendee: Attendee) -> tuple[str, bytes] | None:
    """None where the recipient's calendar never heard of what is off.

    Many programs read one calendar of a letter: earlier parts of a series have letters of their own
    (meetings.letters.part_mail).
    """
    series = attendee.meeting.current
    if not part_letters.have_heard(attendee, series.uid):
        return None
    return "CANCEL", itip.cancel(events.facts(series, attendee), _guest(attendee), timezone.now())


def _calendar_of_one(attendee: Attendee, occurrence: Occurrence) -> tuple[str, bytes] | None:
    """Of one date of a series; of a meeting that is one date, of that."""
    now = timezone.now()
    meeting, guest, is_off = attendee.meeting, _guest(attendee), bool(occurrence.cancelled_at)
    if not meeting.repeats:
        if is_off:
            return _calendar_of_the_end(attendee)
        return "REQUEST", itip.request(events.facts(meeting.current, attendee), guest, now)
    series = events.facts(occurrence.series, attendee)
    one = events.change(occurrence, occurrence.answer_of(attendee).partstat)
    if is_off:
        return "CANCEL", itip.cancel_occurrence(series, one, guest, now)
    return "REQUEST", itip.request_occurrence(series, one, guest, now)
