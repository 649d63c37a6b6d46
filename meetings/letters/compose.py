"""A letter about a meeting, or from the product itself: who it is from, its text and its HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from meetings.letters import tags
from meetings.models import Attendee, Meeting
from outbox import html


@dataclass(frozen=True)
class Envelope:
    """Whom a letter is for, and what stands on its outside."""

    recipient: str
    subject: str
    # Others than those that every letter of a meeting has.
    headers: dict[str, str] = field(default_factory=dict)


def product() -> str:
    """What this copy is called in its letters."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[0] or settings.SITE_NAME


def host() -> str:
    """Where this copy is: "this site" says too little in a letter."""
    return urlsplit(settings.PUBLIC_URL).hostname or ""


def via(name: str) -> str:
    """Alice Ferrante via Roundtable."""
    return _("%(name)s via %(product)s") % {"name": name, "product": product()}


def compose(
    meeting: Meeting, envelope: Envelope, template: str, context: Mapping[str, Any]
) -> EmailMultiAlternatives:
    """The letter from `meetings/mail/<template>.txt` and `.html`, in the organizer's name, to be answered to
    them."""
    message = from_us(envelope, template, context, via(meeting.organizer.get_full_name()))
    _answer_to(message, meeting)
    return message


def compose_with_calendar(
    attendee: Attendee,
    envelope: Envelope,
    template: str,
    context: Mapping[str, Any],
    calendar: tuple[str, bytes] | None,
) -> EmailMultiAlternatives:
    """The same with a calendar, its method and the file, from the address to which calendars answer.

    What an administrator did is not said in the organizer's name.
    """
    meeting = attendee.meeting
    speaker = product() if meeting.cancelled_by else via(meeting.organizer.get_full_name())
    message = from_us(envelope, template, context)
    # As it stands in the calendar, the address of the organizer is who sends it.
    message.from_email = formataddr((speaker, tags.sender(attendee)))
    _answer_to(message, meeting)
    if calendar is not None:
        _attach(message, *calendar)
    return message


def from_us(
    envelope: Envelope, template: str, context: Mapping[str, Any], speaker: str = ""
) -> EmailMultiAlternatives:
    """The same from the product itself, which nobody answers, or `speaker` by it."""
    # A line end in a header is refused; titles have none, but a header is no place to trust that.
    subject = " ".join(envelope.subject.split())
    context = {"recipient": envelope.recipient, "subject": subject, "product": product(), **context}
    message = EmailMultiAlternatives(
        subject=subject,
        body=tidy(render_to_string(f"meetings/mail/{template}.txt", context)),
        from_email=formataddr((speaker or product(), parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[envelope.recipient],
        headers=dict(envelope.headers),
    )
    message.attach_alternative(html.render(f"meetings/mail/{template}.html", context), "text/html")
    return message


def _answer_to(message: EmailMultiAlternatives, meeting: Meeting) -> None:
    """The organizer; and in one conversation with all other letters of the meeting (RFC 5322, 3.6.4).

    The name is one that nobody can own, wherever we are reached by then (RFC 2606, 2).
    """
    message.reply_to = [formataddr((meeting.organizer.get_full_name(), meeting.organizer.email))]
    message.extra_headers["References"] = f"<{meeting.code}@roundtable.invalid>"


def _attach(message: EmailMultiAlternatives, method: str, calendar: bytes) -> None:
    """The one calendar of a letter, as programs look for it: last of the alternatives, and as a file."""
    # Django adds the charset; given here, it would stand there twice.
    message.attach_alternative(calendar.decode(), f"text/calendar; method={method}")
    # As bytes, since text would be coded once more.
    message.attach("invite.ics", calendar, "application/ics")


def tidy(text: str) -> str:
    """A template's tags leave more empty lines than a reader wants."""
    # Two hyphens and a space begin a signature (RFC 3676, 4.3); elsewhere space ends a line by accident.
    text = re.sub(r"(?<!^--)[ ]+$", "", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
