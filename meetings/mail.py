"""The letters of a meeting: text, HTML and calendar, each in the recipient's own time (iMIP, RFC 6047)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone

from meetings import itip, links, words
from meetings.models import Attendee, Meeting
from outbox.delivery import renderer
from outbox.models import Letter

MOST_NAMES = 12


@dataclass(frozen=True)
class When:
    """A meeting's time as one person reads it."""

    day: str
    short_day: str
    starts: str
    span: str
    zone: str


def when(starts_at: datetime, duration: timedelta, zone: str) -> When:
    starts = starts_at.astimezone(ZoneInfo(zone))
    ends = (starts_at + duration).astimezone(ZoneInfo(zone))
    return When(
        day=words.day(starts),
        short_day=words.short_day(starts),
        starts=words.clock(starts),
        span=words.span(starts, ends),
        zone=words.zone_words(zone),
    )


def zone_of(attendee: Attendee) -> str:
    """Where the attendee's clock is: what their browser said, else their account, else the meeting's zone."""
    return (
        attendee.time_zone or (attendee.user.time_zone if attendee.user else "") or attendee.meeting.time_zone
    )


# -- the four letters ---------------------------------------------------------------------------


@renderer("invitation")
@renderer("update")
def request(letter: Letter) -> EmailMessage | None:
    """Will you come? And what changed, against what the recipient was last told."""
    attendee = _recipient(letter)
    if attendee is None or _is_over(attendee.meeting):
        return None
    return _request(attendee, before=_last_told(letter), changed=letter.kind == "update")


@renderer("cancellation")
def cancellation(letter: Letter) -> EmailMessage | None:
    """It does not take place. Nobody who never heard of it hears of its end."""
    attendee = _recipient(letter)
    if attendee is None or not _has_heard(letter):
        return None
    return _message(attendee, "cancellation", subject="Cancelled: {title} ({when.short_day}, {when.starts})")


@renderer("removal")
def removal(letter: Letter) -> EmailMessage | None:
    """It takes place without them."""
    attendee = _recipient(letter, removed=True)
    if attendee is None or attendee.meeting.is_cancelled or not _has_heard(letter):
        return None
    subject = "No longer invited: {title} ({when.short_day}, {when.starts})"
    # The time that they know, though it may have changed as they were taken off the list.
    told = _last_told(letter)
    moment = _moment(told) if told else (attendee.meeting.starts_at, attendee.meeting.duration)
    return _message(attendee, "removal", subject=subject, moment=moment)


# -- who is told what ---------------------------------------------------------------------------


def _recipient(letter: Letter, *, removed: bool = False) -> Attendee | None:
    """Whom the letter is for; None if it is overtaken by a newer one or they are gone."""
    attendee = (
        Attendee.objects.select_related("meeting__organizer", "user")
        .filter(pk=letter.payload["attendee"], letter=letter)
        .first()
    )
    if attendee is None or bool(attendee.removed_at) != removed:
        return None
    return attendee


def _is_over(meeting: Meeting) -> bool:
    return meeting.is_cancelled or meeting.ends_at <= timezone.now()


def _earlier(letter: Letter) -> Letter | None:
    return Letter.objects.filter(pk=letter.payload.get("previous")).first()


def _last_told(letter: Letter) -> dict[str, Any] | None:
    """The facts in the last letter that reached them; None if none did, and this is their invitation.

    A letter that was overtaken before it went out told them nothing, so the one before it counts. Each
    letter but the first says in `before` what was true until it was written.
    """
    before: dict[str, Any] | None = letter.payload.get("before")
    while before is not None and (previous := _earlier(letter)) and not _went_out(previous):
        letter, before = previous, previous.payload.get("before")
    return before


def _has_heard(letter: Letter) -> bool:
    """Whether any earlier letter reached them."""
    previous = _earlier(letter)
    while previous is not None:
        if _went_out(previous):
            return True
        previous = _earlier(previous)
    return False


def _went_out(letter: Letter) -> bool:
    """Sent, or in the hands of a worker this moment."""
    return bool(letter.sent_at or (letter.leased_until and letter.leased_until > timezone.now()))


# -- the message --------------------------------------------------------------------------------


def _request(attendee: Attendee, before: dict[str, Any] | None, *, changed: bool) -> EmailMessage:
    """The invitation, or with `before` its update; `changed` if it is written because of a change."""
    meeting = attendee.meeting
    old: dict[str, Any] = {}
    if before:
        starts_at, duration = _moment(before)
        if before["title"] != meeting.title:
            old["title"] = before["title"]
        if (starts_at, duration) != (meeting.starts_at, meeting.duration):
            old["when"] = when(starts_at, duration, zone_of(attendee))
    # After a change that was undone before they heard of it there is nothing to strike through.
    kind = (
        "moved" if "when" in old else "renamed" if old else "restored" if before and changed else "invitation"
    )
    prefix = {"moved": "Moved: ", "renamed": "Changed: ", "restored": "As before: "}.get(kind, "")
    token = links.mint(attendee)
    return _message(
        attendee,
        kind,
        subject=prefix + "{title} ({when.short_day}, {when.starts})",
        old=old,
        join_url=settings.PUBLIC_URL + links.path(token),
        answer_url=f"{settings.PUBLIC_URL}{links.path(token)}answer/",
    )


def _moment(told: dict[str, Any]) -> tuple[datetime, timedelta]:
    """When, and for how long, of the facts that an earlier letter told."""
    return datetime.fromisoformat(told["starts_at"]), timedelta(minutes=told["minutes"])


def _message(
    attendee: Attendee,
    kind: str,
    *,
    subject: str,
    moment: tuple[datetime, timedelta] | None = None,
    **context: Any,
) -> EmailMessage:
    """The letter; `moment` is when the meeting is, unless it is what it is now."""
    meeting = attendee.meeting
    product, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    starts_at, duration = moment or (meeting.starts_at, meeting.duration)
    times = when(starts_at, duration, zone_of(attendee))
    context |= {
        "kind": kind,
        "meeting": meeting,
        "attendee": attendee,
        "organizer": meeting.organizer.get_full_name(),
        "organizer_short": meeting.organizer.get_short_name(),
        "product": product or "Roundtable",
        "when": times,
        "agenda": words.agenda(meeting.agenda),
        **_table(attendee),
    }
    message = EmailMultiAlternatives(
        # A line end in a header is refused; titles have none, but a header is no place to trust that.
        subject=" ".join(subject.format(title=meeting.title, when=times).split()),
        body=_text(context),
        from_email=formataddr((_via(meeting, product), sender)),
        to=[attendee.email],
        reply_to=[formataddr((meeting.organizer.get_full_name(), meeting.organizer.email))],
        # All letters of one meeting are one conversation (RFC 5322, 3.6.4), wherever we are reached by then;
        # the name is one that nobody can own (RFC 2606, 2).
        headers={"References": f"<{meeting.uid}@roundtable.invalid>"},
    )
    message.attach_alternative(render_to_string("meetings/mail/letter.html", context), "text/html")
    method, calendar = _calendar(attendee, kind)
    # Last of the alternatives. Django adds the charset; given here, it would stand there twice.
    message.attach_alternative(calendar.decode(), f"text/calendar; method={method}")
    # As bytes, since text would be coded once more.
    message.attach("invite.ics", calendar, "application/ics")
    return message


def _text(context: dict[str, Any]) -> str:
    """The plain part; a template's tags leave more empty lines than a reader wants."""
    text: str = render_to_string("meetings/mail/letter.txt", context)
    # Two hyphens and a space begin a signature (RFC 3676, 4.3); elsewhere space ends a line by accident.
    text = re.sub(r"(?<!^--)[ ]+$", "", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _table(attendee: Attendee) -> dict[str, Any]:
    """Who else comes, as names; addresses are nobody's business."""
    others = attendee.meeting.attendees.invited().exclude(pk=attendee.pk)
    names = [attendee.meeting.organizer.get_full_name(), *(other.display_name for other in others)]
    return {"names": names[:MOST_NAMES], "more_names": len(names[MOST_NAMES:])}


def _via(meeting: Meeting, product: str) -> str:
    return f"{meeting.organizer.get_full_name()} via {product or 'Roundtable'}"


# -- the calendar -------------------------------------------------------------------------------


def facts(meeting: Meeting) -> itip.Facts:
    """What calendars are told of the meeting."""
    product, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    url = meeting.public_url
    return itip.Facts(
        # Without the host, which may change (RFC 7986, 5.3).
        uid=str(meeting.uid),
        sequence=meeting.sequence,
        title=meeting.title,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        url=url,
        description=f"Join: {url}" + (f"\n\n{meeting.agenda}" if meeting.agenda else ""),
        organizer_name=_via(meeting, product),
        organizer_address=sender,
        created_at=meeting.created_at,
    )


def _calendar(attendee: Attendee, kind: str) -> tuple[str, bytes]:
    """The method and the file."""
    guest = itip.Guest(attendee.name, attendee.email, attendee.partstat)
    if kind in ("cancellation", "removal"):
        return "CANCEL", itip.cancel(facts(attendee.meeting), guest, timezone.now())
    return "REQUEST", itip.request(facts(attendee.meeting), guest, timezone.now())


def download(meeting: Meeting) -> bytes:
    """The meeting as a file for somebody's own calendar."""
    return itip.publish(facts(meeting), timezone.now(), cancelled=meeting.is_cancelled)
