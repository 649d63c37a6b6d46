"""When something is: the fields of its day, time and length, and what they make of a change."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import zone_labels
from meetings import words
from meetings.calendar import clocks, recurrence
from meetings.calendar.recurrence import Rule
from meetings.forms import repeats
from meetings.forms.fields import TEXT_LENGTH, TITLE_LENGTH, ErrorSummaryForm, PlainField, length_limit
from meetings.models import LONGEST, Occurrence
from meetings.plans.invitations import OccurrencePlan

LENGTHS = [15, 30, 45, 60, 90, 120, 180]
USUAL_LENGTH = 30
OTHER = "other"
FEWEST_MINUTES, MOST_MINUTES = 5, round(LONGEST / timedelta(minutes=1))
FARTHEST = timedelta(days=3653)


@dataclass(frozen=True)
class Was:
    """When something is that is about to be changed, and how it repeats."""

    starts_at: datetime
    duration: timedelta
    time_zone: str
    rrule: str = ""
    # What a clock in the zone shows by the rule, where the clocks skip it on the first day.
    by_the_rule: str = ""

    @property
    def local(self) -> datetime:
        """Naive, as the form shows it."""
        return recurrence.read(self.wall_clock)

    @property
    def wall_clock(self) -> str:
        return self.by_the_rule or recurrence.wall_clock(self.starts_at, ZoneInfo(self.time_zone))


def _lengths() -> list[tuple[str, str]]:
    usual = [(str(minutes), words.length(timedelta(minutes=minutes))) for minutes in LENGTHS]
    return [*usual, (OTHER, gettext("Other"))]


class TimedForm(ErrorSummaryForm):
    """What one occurrence is made of: a title, a time, an agenda."""

    title = PlainField(
        label=_("Title"),
        max_length=None,
        validators=[
            length_limit(_("The title is %(length)s characters long. %(most)s is the most."), TITLE_LENGTH)
        ],
        error_messages={"required": _("A title tells people what the meeting is about.")},
        widget=forms.TextInput(attrs={"class": "input input-title", "autocomplete": "off"}),
    )
    date = forms.DateField(
        label=_("Date"),
        error_messages={
            "required": _("On which day?"),
            "invalid": _("That is not a date. Write it like 2026-11-23."),
        },
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"class": "input", "type": "date"}),
    )
    time = forms.TimeField(
        label=_("Starts"),
        error_messages={
            "required": _("At what time?"),
            "invalid": _("That is not a time. Write it like 14:00."),
        },
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "input", "type": "time"}),
    )
    length = forms.ChoiceField(
        label=_("Lasts"),
        choices=_lengths,
        error_messages={"required": _("How long does it last?")},
        widget=forms.Select(attrs={"class": "select"}),
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        required=False,
        error_messages={"invalid": _("How many minutes? A number will do.")},
        widget=forms.NumberInput(
            attrs={"class": "input", "min": FEWEST_MINUTES, "max": MOST_MINUTES, "step": 5}
        ),
    )
    agenda = PlainField(
        label=_("What to talk about"),
        required=False,
        help_text=_("One point a line; minutes at the end if you like, such as (10)."),
        validators=[
            length_limit(_("The agenda is %(length)s characters long. %(most)s is the most."), TEXT_LENGTH)
        ],
        widget=forms.Textarea(attrs={"class": "textarea", "rows": 4}),
    )

    def __init__(self, *args: Any, was: Was | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.was = was
        # As a clock in the zone shows them, once the form is clean; more than one for a series.
        self.rule: Rule | None = None
        self.times_on_the_wall: list[datetime] = []
        # What was written down, which need not fit the rule.
        self.start: datetime | None = None

    def zone_in(self, data: dict[str, Any]) -> ZoneInfo | None:
        """In which the times are meant."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._clean_length(data)
        zone = self.zone_in(data)
        if data.get("date") and data.get("time") and zone:
            self._clean_start(data["date"], data["time"], zone)
        return data

    def _clean_length(self, data: dict[str, Any]) -> None:
        if data.get("length") != OTHER:
            data["duration"] = timedelta(minutes=int(data.get("length") or 0))
        elif "minutes" in self.errors:
            return
        elif data.get("minutes") is None:
            self.add_error("minutes", _("How many minutes?"))
        elif not FEWEST_MINUTES <= data["minutes"] <= MOST_MINUTES:
            said = gettext("From %(fewest)s minutes to 24 hours (%(most)s minutes).")
            self.add_error("minutes", said % {"fewest": FEWEST_MINUTES, "most": MOST_MINUTES})
        else:
            data["duration"] = timedelta(minutes=data["minutes"])

    def _clean_start(self, on: dt.date, at: dt.time, zone: ZoneInfo) -> None:
        self.start = start = datetime.combine(on, at.replace(tzinfo=None))
        try:
            series = self.series(start)
            if not self.errors.keys().isdisjoint(repeats.RepeatsForm.base_fields):
                return
            self.rule, self.times_on_the_wall = series or (None, [start])
            starts_at = self._first(start, zone)
        except clocks.SkippedTime as skipped:
            self.add_error("time", str(skipped))
        except OverflowError:
            self.add_error("date", _("That day is outside the calendar."))
        else:
            if self._is_in_time(starts_at, on, zone):
                self.cleaned_data["starts_at"] = starts_at

    def _first(self, start: datetime, zone: ZoneInfo) -> datetime:
        """When it is for the first time. Raises SkippedTime and OverflowError."""
        first = self.times_on_the_wall[0]
        if first != start:
            # A rule may begin later than the day that was written down: Mondays, from a Wednesday on.
            return recurrence.moment(recurrence.written(first), zone)
        if self.was is not None and _shows(self.was, start, zone):
            # Of an hour that comes twice it may be the second, which nobody could write down here.
            return self.was.starts_at
        return clocks.moment(start.date(), start.time(), zone)

    def series(self, start: datetime) -> tuple[Rule, list[datetime]] | None:
        """The rule and the times that it makes of the start; None for once."""
        return None

    def _is_in_time(self, starts_at: datetime, on: dt.date, zone: ZoneInfo) -> bool:
        """Whether it is neither over nor too far away; if not, the form says so."""
        now = timezone.now()
        # The minute that is running is not over yet.
        is_past = starts_at < now.replace(second=0, microsecond=0)
        if is_past and self.was is not None and (self._is_unmoved(starts_at) or self._has_begun(on)):
            return self._goes_on(now, zone)
        if is_past:
            local = now.astimezone(zone)
            today = local.date() == on
            self.add_error(
                "time" if today else "date",
                gettext("That time is over: it is %(clock)s in %(place)s now.")
                % {"clock": words.clock(local), "place": zone_labels.place(zone.key)}
                if today
                else gettext("That day is over: today is %(day)s.") % {"day": words.day(local)},
            )
        elif starts_at > now + FARTHEST:
            self.add_error("date", _("That is more than ten years away."))
        return not self.errors.get("date") and not self.errors.get("time")

    def _is_unmoved(self, starts_at: datetime) -> bool:
        """Whether it starts when it did; of a series that is to be one meeting, the first day is over."""
        ends = bool(self.was and self.was.rrule and not self.rule)
        return self.was is not None and self.was.starts_at == starts_at and not ends

    def _has_begun(self, on: dt.date) -> bool:
        """Whether it is a series that began on the day that the form says again."""
        return bool(self.was and self.was.rrule and self.rule and self.was.local.date() == on)

    def _goes_on(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether something of a series is left."""
        last = recurrence.moment(recurrence.written(self.times_on_the_wall[-1]), zone)
        if self.rule is None or last + self.cleaned_data.get("duration", timedelta()) > now:
            return True
        self.add_error("times" if self.rule.count else "until", _("Then all of them would be over already."))
        return False

    @property
    def spans(self) -> list[tuple[datetime, datetime]]:
        """From when to when it would take place, once the form is clean."""
        data, zone = self.cleaned_data, self.zone_in(self.cleaned_data)
        starts = [data["starts_at"]]
        if self.rule is not None and zone is not None:
            keys = [recurrence.written(at) for at in self.times_on_the_wall[1:]]
            starts += [recurrence.moment(key, zone) for key in keys]
        return [(at, at + data["duration"]) for at in starts]

    @property
    def begins_later(self) -> str:
        """When a series begins, if that is not what was written down; empty if it is."""
        if not self.times_on_the_wall or self.times_on_the_wall[0] == self.start:
            return ""
        return recurrence.written(self.times_on_the_wall[0])

    @property
    def rrule(self) -> str:
        """Of a form that is clean."""
        return ""

    @property
    def keeps_times(self) -> bool:
        """Whether a form that is clean changes nothing about when it is."""
        data, was = self.cleaned_data, self.was
        # The clocks of another zone change on other days.
        if was is None or (self.rrule and str(self.zone_in(data)) != was.time_zone):
            return False
        return bool(
            (data["starts_at"], data["duration"], self.rrule) == (was.starts_at, was.duration, was.rrule)
            # On its first day it may be at the same moment, and on no other.
            and (not self.rrule or recurrence.written(self.times_on_the_wall[0]) == was.wall_clock)
        )

    @property
    def keeps_everything(self) -> bool:
        """Whether a form that is clean is about a meeting that it changes in nothing."""
        timed = {"date", "time", "length", "minutes", "zone", *repeats.RepeatsForm.base_fields}
        return self.keeps_times and timed.issuperset(self.changed_data)

    @property
    def times_in_row(self) -> list[forms.BoundField]:
        """The fields that stand in one row."""
        return [self[name] for name in ("date", "time", "length", "minutes")]


class OccurrenceForm(TimedForm):
    """What one of a series may have of its own. Cleaned, it gives a `plan`."""

    field_order = ("title", "date", "time", "length", "minutes", "agenda")

    def __init__(self, *args: Any, occurrence: Occurrence, **kwargs: Any):
        zone = occurrence.series.time_zone
        super().__init__(*args, was=Was(occurrence.starts_at, occurrence.duration, zone), **kwargs)
        self.occurrence, self.time_zone = occurrence, zone

    def zone_in(self, data: dict[str, Any]) -> ZoneInfo | None:
        return ZoneInfo(self.time_zone)

    @property
    def place(self) -> str:
        """Whose clocks its times are."""
        return words.zone_words(self.time_zone)

    @property
    def plan(self) -> OccurrencePlan:
        data = self.cleaned_data
        return OccurrencePlan(data["title"], data["starts_at"], data["duration"], data["agenda"])


def _shows(was: Was, start: datetime, zone: ZoneInfo) -> bool:
    """Whether this is what the form shows for it."""
    return was.local == start and zone.key == was.time_zone
