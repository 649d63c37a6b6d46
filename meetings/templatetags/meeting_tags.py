"""What the pages of meetings draw and say."""

from __future__ import annotations

from datetime import date
from math import cos, pi, sin

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.names import initials
from language import formats
from meetings import words
from meetings.calendar import web_calendars
from meetings.inbox import reply_support
from meetings.letters import reminders, tags
from meetings.models import Attendee, Digest, Meeting, Occurrence
from meetings.pages import facts, responses
from meetings.pages.responses import Seat

register = template.Library()

# The drawing is 320 wide; seats of radius 26 stand on a ring of 122 around the middle.
MIDDLE, RING, SEAT = 160, 122, 26
MOST_SEATS = 12
PartStat = Attendee.PartStat
LOOKS = {PartStat.ACCEPTED: "yes", PartStat.TENTATIVE: "maybe"}


@register.simple_tag
def round_table(meeting: Meeting, at: list[Seat] | None = None) -> SafeString:
    """Who comes, as seats at a table: filled is yes, dashed maybe, outlined no answer; no has no seat.

    `at` is the table of one occurrence.
    """
    seats = responses.seats(meeting) if at is None else at
    coming = sum(seat.partstat == PartStat.ACCEPTED for seat in seats)
    taken = [seat for seat in seats if seat.partstat != PartStat.DECLINED]
    more = len(taken) - MOST_SEATS + 1 if len(taken) > MOST_SEATS else 0
    shown = taken[: MOST_SEATS - 1] if more else taken
    places = len(shown) + bool(more)
    drawn = [
        _seat(index, places, LOOKS.get(PartStat(seat.partstat), ""), initials(seat.name))
        for index, seat in enumerate(shown)
    ]
    if more:
        drawn.append(_seat(places - 1, places, "", f"+{more}"))
    return format_html(
        '<svg class="round-table" viewBox="8 8 304 304" role="img" aria-label="{}">'
        '<circle class="top" cx="160" cy="160" r="80"/>{}'
        '<text class="sum" x="160" y="152">{}</text>'
        '<text class="of" x="160" y="186">{}</text></svg>',
        _said(seats),
        format_html_join("", "{}", ((seat,) for seat in drawn)),
        coming,
        _("of %(count)s coming") % {"count": len(seats)},
    )


@register.simple_tag
def no_answer() -> str:
    """What whoever has not answered is called."""
    return reply_support.no_answer()


@register.simple_tag
def answers_advice() -> list[str]:
    """What an administrator should know of answers that do not come back."""
    return reply_support.advice()


@register.simple_tag
def calendars_are_read() -> bool:
    """Whether what people answer in their calendar programs comes back here."""
    return tags.are_used()


@register.simple_tag
def empty_table() -> SafeString:
    """A table, eight free seats."""
    return format_html(
        '<svg class="round-table" viewBox="8 8 304 304" role="img" aria-label="{}">'
        '<circle class="top" cx="160" cy="160" r="80"/>{}</svg>',
        _("A table, eight free seats"),
        format_html_join("", "{}", ((_seat(index, 8, "empty", ""),) for index in range(8))),
    )


def _seat(index: int, places: int, look: str, text: str) -> SafeString:
    """Clockwise from the top."""
    angle = 2 * pi * index / places
    x, y = f"{MIDDLE + RING * sin(angle):.1f}", f"{MIDDLE - RING * cos(angle):.1f}"
    circle = format_html(
        '<circle class="seat{}" cx="{}" cy="{}" r="{}"/>', f" seat-{look}" if look else "", x, y, SEAT
    )
    if not text:
        return circle
    label = format_html(
        '<text{} x="{}" y="{}">{}</text>', format_html(' class="on-{}"', look) if look else "", x, y, text
    )
    return circle + label


def _said(seats: list[Seat]) -> str:
    """The same in words."""
    parts = []
    for partstat, text in (
        (PartStat.ACCEPTED, _("Yes: %(names)s.")),
        (PartStat.TENTATIVE, _("Maybe: %(names)s.")),
        (PartStat.DECLINED, _("No: %(names)s.")),
        (PartStat.NEEDS_ACTION, _silent()),
    ):
        if names := [seat.name for seat in seats if seat.partstat == partstat]:
            parts.append(text % {"names": ", ".join(names)})
    return " ".join([_("Seats at the table."), *parts])


def _silent() -> str:
    return _("No answer yet: %(names)s.") if tags.are_used() else _("No answer here yet: %(names)s.")


@register.simple_tag
def gets_digest(user: User) -> bool:
    """Whether the organizer wants letters about new answers."""
    return Digest.objects.filter(user=user).exists()


@register.simple_tag
def reminders_url(attendee: Attendee) -> str:
    """Where the attendee says when to be reminded."""
    return reminders.settings_url(attendee)


@register.simple_tag
def calendar_services(meeting: Meeting, occurrence: Occurrence | None = None) -> list[web_calendars.Service]:
    """The links to the common calendar services."""
    return facts.services(meeting, occurrence or None)


@register.filter
def answer_word(name: str) -> str:
    """ "yes", as it stands in a sentence, for the answer of this name."""
    return {"yes": _("yes"), "maybe": _("maybe"), "no": _("no")}.get(name, "")


@register.filter
def answer_label(name: str) -> str:
    """ "Yes", as its button has it."""
    return {"yes": _("Yes"), "maybe": _("Maybe"), "no": _("No")}.get(name, "")


@register.filter
def weekday_short(number: str) -> str:
    """Mo, for "0"."""
    return formats.dated(date(2024, 1, 1 + int(number)), "EEEEEE")


@register.filter
def weekday_parts(on: date) -> tuple[str, str]:
    """Mon and day: what there is always room for, and the rest; in one where the short form is another."""
    short, long = formats.dated(on, "E"), formats.dated(on, "EEEE")
    return (short, long.removeprefix(short)) if long.startswith(short) else (long, "")


@register.filter
def zone_words(zone: str) -> str:
    return words.zone_words(zone)
