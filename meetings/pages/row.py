"""A meeting at one time in one person's list, put into words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from language import formats
from meetings import words
from meetings.calendar import recurrence, rule_words
from meetings.letters import dates, tags
from meetings.models import Attendee, Meeting, Occurrence, Series
from meetings.pages.responses import Responses, Seat, seats

PartStat = Attendee.PartStat
# In a larger call only those who spoke last are seen (docs/decisions/0019-who-hears-whom.md).
EVERYBODY_SEEN = 8


@dataclass(frozen=True)
class Row:
    """A meeting at one time in one person's list; a personal room has no time."""

    meeting: Meeting
    occurrence: Occurrence | None
    viewer: User
    now: datetime
    responses: Responses = field(default_factory=Responses)
    # How many are in its room.
    inside: int = 0
    # Whether it is the one of its meeting at which the list asks for an answer.
    asks: bool = True
    # Where it stands for its whole series: the dates after it.
    then: str = ""

    @property
    def title(self) -> str:
        return self.occurrence.shown_title if self.occurrence else self.meeting.title

    @property
    def url(self) -> str:
        return (self.occurrence or self.meeting).get_absolute_url()

    @property
    def starts(self) -> datetime:
        return (self.occurrence or self.meeting).starts_at.astimezone(self.now.tzinfo)

    @property
    def ends(self) -> datetime:
        return (self.occurrence or self.meeting).ends_at.astimezone(self.now.tzinfo)

    @property
    def length(self) -> str:
        return words.length((self.occurrence or self.meeting).duration)

    @property
    def is_cancelled(self) -> bool:
        return (self.occurrence or self.meeting).is_cancelled

    @property
    def is_over(self) -> bool:
        return self.ends <= self.now

    @property
    def goes_on(self) -> bool:
        """Whether it is its time now, or somebody is inside."""
        return bool(self.inside) or (not self.is_cancelled and self.starts <= self.now < self.ends)

    @property
    def organizes(self) -> bool:
        return self.meeting.organizer_id == self.viewer.pk

    @property
    def mine(self) -> Attendee | None:
        """The viewer's own invitation."""
        return self.responses.mine

    @property
    def partstat(self) -> str:
        """What the viewer said to this one."""
        return self.responses.partstat

    @property
    def unanswered(self) -> bool:
        return self.mine is not None and self.partstat == PartStat.NEEDS_ACTION and not self.organizes

    @property
    def declined(self) -> bool:
        return self.mine is not None and self.partstat == PartStat.DECLINED and not self.organizes

    @property
    def span(self) -> str:
        return words.span(self.starts, self.ends)

    @property
    def until(self) -> str:
        """Started 5 minutes ago; of a call that goes on, who is there."""
        if self.inside:
            inside = ngettext("%(count)s person is inside", "%(count)s people are inside", self.inside)
            return words.numbered(inside, self.inside)
        return words.until(self.starts, self.ends, self.now)

    @property
    def day(self) -> str:
        """Today, Tomorrow, or the date."""
        on, today = self.starts.date(), self.now.date()
        return words.day_name(on, today)[0] if abs((on - today).days) < 2 else words.day(on, today)

    @property
    def part(self) -> Series | None:
        """The series that it is of; None for a personal room."""
        return self.occurrence.series if self.occurrence else self.meeting.last_series

    @property
    def asks_alone(self) -> bool:
        """Whether an answer in the list is to this date alone, and leaves others as they are."""
        is_one_of_many = self.occurrence is not None and self.occurrence.is_one_of_many
        return is_one_of_many and self.responses.has_answered

    @property
    def asked(self) -> Occurrence | Series | None:
        """What an answer in the list is to: the whole of a series only where nothing of it was answered."""
        return self.occurrence if self.asks_alone else self.part

    @property
    def rule_time(self) -> str:
        """When it would have been by the rule, for one that was moved; else empty."""
        if self.occurrence is None or not self.occurrence.moved:
            return ""
        zone = self.occurrence.series.zone
        was = recurrence.moment(self.occurrence.recurrence_id, zone).astimezone(self.now.tzinfo)
        at = {"day": words.day(was.date(), self.now.date()), "clock": words.clock(was)}
        return _("%(day)s, %(clock)s") % at

    @property
    def rule(self) -> str:
        """Every second Tuesday; empty for a single meeting. Where it goes on by another rule, until when."""
        series, last = self.part, self.meeting.last_series
        if series is None or not series.rrule:
            return ""
        said = _rule(series)
        if self.then and last and last.rrule and _rule(last) != said:
            until = {"rule": said, "day": words.short_day(recurrence.read(series.keys[-1]))}
            said = _("%(rule)s, until %(day)s") % until
        return words.sentence(said)

    @property
    def series(self) -> str:
        """Every second Tuesday at 09:00, Berlin time, until 4 February 2027; empty for a single meeting."""
        series = self.part
        if series is None or not series.rrule:
            return ""
        if self.occurrence is None:
            return dates.rule_of(self.meeting)
        start = recurrence.read(series.wall_clock)
        return words.sentence(rule_words.series(recurrence.parse(series.rrule), start, series.time_zone))

    @property
    def whole_series(self) -> str:
        """The same of all its parts; empty for a single meeting."""
        return dates.rule_of(self.meeting) if self.meeting.repeats else ""

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Each part of a series by its own title, and how it goes; empty where all are called the same."""
        return dates.names_of_parts(self.meeting)

    @property
    def agenda_text(self) -> str:
        return self.occurrence.shown_agenda if self.occurrence else self.meeting.agenda

    @property
    def tally(self) -> str:
        """3 yes, 1 maybe, 1 unanswered; empty when nobody was invited."""
        counts = self.responses.answers
        unanswered = _("%(count)s unanswered") if tags.are_used() else _("%(count)s unanswered here")
        named = [
            (PartStat.ACCEPTED, _("%(count)s yes")),
            (PartStat.TENTATIVE, _("%(count)s maybe")),
            (PartStat.DECLINED, _("%(count)s no")),
            (PartStat.NEEDS_ACTION, unanswered),
        ]
        return ", ".join(text % {"count": counts[answer]} for answer, text in named if counts[answer])

    @property
    def seats(self) -> list[Seat]:
        """The table of this one, as its drawing shows it."""
        return seats(self.meeting, self.occurrence)

    @property
    def answers(self) -> str:
        """Five of eight said yes, Carol maybe."""
        seats_ = self.seats
        if len(seats_) == 1:
            return ""
        # The organizer's own yes, which nobody gave, is no answer to speak of.
        if all(seat.partstat == PartStat.NEEDS_ACTION for seat in seats_[1:]):
            return _("No answers yet.") if tags.are_used() else _("No answers here yet.")
        yes = sum(seat.partstat == PartStat.ACCEPTED for seat in seats_)
        maybe = [seat.name.split()[0] for seat in seats_ if seat.partstat == PartStat.TENTATIVE]
        said = {
            "all": words.number(len(seats_)),
            "maybe": words.number(len(maybe)),
            "names": words.listed(maybe),
        }
        if not maybe:
            return words.numbered(_("%(count)s of %(all)s said yes."), yes, **said)
        if len(maybe) < 4:
            return words.numbered(_("%(count)s of %(all)s said yes, %(names)s maybe."), yes, **said)
        return words.numbered(_("%(count)s of %(all)s said yes, %(maybe)s maybe."), yes, **said)

    @property
    def crowd(self) -> tuple[str, str] | None:
        """What the organizer should know when many come: in a call everybody sends to everybody."""
        coming = sum(seat.partstat == PartStat.ACCEPTED for seat in self.seats)
        most = settings.ROOM_CAPACITY
        if coming > most:
            say = _(
                "%(count)s say that they come, you among them. A room here has %(seats)s seats, and whoever"
                " comes when they are taken stays outside until one is free. Let some watch together on one"
                " screen, or make two meetings of it."
            )
            return _("More people than seats"), words.numbered(say, coming, seats=words.number(most))
        if coming > EVERYBODY_SEEN:
            say = _(
                "%(count)s say that they come, you among them. In a call everybody sends straight to"
                " everybody else. All are heard; of more than %(seen)s, those who spoke last are seen. It"
                " goes best by cable, and with cameras off where the line is thin."
            )
            return _("A full table"), words.numbered(say, coming, seen=words.number(EVERYBODY_SEEN))
        return None

    @property
    def returned(self) -> str:
        """One letter came back."""
        count = self.responses.returned
        came_back = ngettext("%(count)s letter came back", "%(count)s letters came back", count)
        return words.numbered(came_back, count) if count else ""

    @property
    def cancelled(self) -> str:
        """Bob cancelled this on Saturday."""
        at = self.meeting.cancelled_at or (self.occurrence.cancelled_at if self.occurrence else None)
        if at is None:
            return ""
        on = at.astimezone(self.now.tzinfo).date()
        days = (self.now.date() - on).days
        day = formats.weekday(on.weekday()) if days < 7 else formats.dated(on, "MMMMd")
        said = {"who": self.meeting.organizer.get_short_name(), "day": day}
        if self.meeting.cancelled_at and self.meeting.cancelled_by:
            texts = (
                _("The administrator of this site cancelled this today"),
                _("The administrator of this site cancelled this yesterday"),
                _("The administrator of this site cancelled this on %(day)s"),
            )
        elif self.organizes:
            texts = (
                _("You cancelled this today"),
                _("You cancelled this yesterday"),
                _("You cancelled this on %(day)s"),
            )
        else:
            texts = (
                _("%(who)s cancelled this today"),
                _("%(who)s cancelled this yesterday"),
                _("%(who)s cancelled this on %(day)s"),
            )
        return texts[min(days, 2)] % said


def _rule(series: Series) -> str:
    return rule_words.rule(recurrence.parse(series.rrule), recurrence.read(series.wall_clock))
