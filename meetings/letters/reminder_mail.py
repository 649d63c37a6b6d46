"""The letter shortly before a meeting, made when it goes out: nothing, if it is no longer so."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings import links, words
from meetings.letters import payloads
from meetings.letters.compose import Envelope, compose
from meetings.letters.dates import When, when, zone_of
from meetings.letters.reminders import KIND, settings_url, wanted, wanted_by_organizer
from meetings.letters.sentences import joined, say, theirs, unbroken
from meetings.models import Attendee, Occurrence
from outbox.delivery import renderer
from outbox.models import Letter

PartStat = Attendee.PartStat


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
