"""What letters have in common, above all those that carry no calendar: reminders, and words to everybody."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from meetings.models import Meeting


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


def administrator() -> str:
    """The administrator of meet.example.org: in a letter, "this site" says too little."""
    return f"the administrator of {urlsplit(settings.PUBLIC_URL).hostname}"


def via(name: str) -> str:
    """Alice Ferrante via Roundtable."""
    return f"{name} via {product()}"


def speaker(meeting: Meeting) -> str:
    """In whose name a letter about it comes: what an administrator did is not said in the organizer's."""
    return product() if meeting.cancelled_by else via(meeting.organizer.get_full_name())


def canceller(meeting: Meeting) -> str:
    """Who called it off, if it is: the administrator of meet.example.org, or its organizer by name."""
    return administrator() if meeting.cancelled_by else str(meeting.organizer.get_full_name())


def compose(
    meeting: Meeting, envelope: Envelope, template: str, context: dict[str, Any]
) -> EmailMultiAlternatives:
    """The letter from `meetings/mail/<template>.txt` and `.html`, in the organizer's name, to be answered to
    them."""
    organizer = meeting.organizer
    context = {
        "meeting": meeting,
        "organizer": organizer.get_full_name(),
        "organizer_short": organizer.get_short_name(),
        **context,
    }
    message = from_us(envelope, template, context, on_behalf_of=organizer.get_full_name())
    message.reply_to = [formataddr((organizer.get_full_name(), organizer.email))]
    # In one conversation with the invitation (meetings.letters.mail).
    message.extra_headers["References"] = f"<{meeting.code}@roundtable.invalid>"
    return message


def from_us(
    envelope: Envelope, template: str, context: dict[str, Any], on_behalf_of: str = ""
) -> EmailMultiAlternatives:
    """The same from the product itself, which nobody answers."""
    name = via(on_behalf_of) if on_behalf_of else product()
    context = {"recipient": envelope.recipient, "product": product(), **context}
    message = EmailMultiAlternatives(
        # A line end in a header is refused; titles have none, but a header is no place to trust that.
        subject=" ".join(envelope.subject.split()),
        body=tidy(render_to_string(f"meetings/mail/{template}.txt", context)),
        from_email=formataddr((name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[envelope.recipient],
        headers=dict(envelope.headers),
    )
    message.attach_alternative(render_to_string(f"meetings/mail/{template}.html", context), "text/html")
    return message


def attach_calendar(message: EmailMultiAlternatives, method: str, calendar: bytes) -> None:
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
