from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from accounts import places
from accounts.models import known_time_zones
from meetings import words
from meetings.calendar import clocks, recurrence
from meetings.calendar.recurrence import Rule
from meetings.forms import addresses, repeats, spreadsheets
from meetings.models import LONGEST, Attendee, Meeting, Occurrence
from meetings.plans.address import Address
from meetings.plans.invitations import OccurrencePlan, Plan

LENGTHS = [15, 30, 45, 60, 90, 120, 180]
USUAL_LENGTH = 30
OTHER = "other"
FEWEST_MINUTES, MOST_MINUTES = 5, round(LONGEST / timedelta(minutes=1))
FARTHEST = timedelta(days=3653)
MOST_ATTENDEES = 500
TITLE_LENGTH, TEXT_LENGTH, NOTE_LENGTH, PEOPLE_LENGTH = 200, 10_000, 200, 120_000
# Minutes before the start: from when people may enter, and when they are reminded.
EARLY = [5, 10, 15, 30, 60]
REMINDERS = [10, 60, 24 * 60]


def length_limit(what: str, most: int) -> Any:
    """A validator that says how long the text is and how long it may be."""

    def check(text: str) -> None:
        if len(text) > most:
            raise ValidationError(f"{what} is {len(text):,} characters long. {most:,} is the most.")

    return check


def check_crowd(text: str) -> None:
    """A list that no meeting could need is counted, not read."""
    if len(text) <= PEOPLE_LENGTH:
        return
    if (about := text.count("@")) > MOST_ATTENDEES:
        raise ValidationError(f"That is a list of about {about:,} people. {MOST_ATTENDEES} is the most.")
    length_limit("The list of attendees", PEOPLE_LENGTH)(text)


class PlainField(forms.CharField):
    """Text without control and direction characters; on one line unless its widget has several."""

    def to_python(self, value: Any) -> str:
        lines = isinstance(self.widget, forms.Textarea)
        return super().to_python(words.plain(str(value or ""), lines=lines)) or ""


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


# What Django says where a field has no words of its own, and what we say instead.
UNSAID = {
    "required": "“{label}” is empty.",
    "invalid_choice": "“{label}” was set to something that is not on its list. Choose again.",
}


class TellingForm(forms.Form):
    """Knows what is to be put right in it, and says it by the names that stand at its fields."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            label = field.label or name.replace("_", " ").capitalize()
            stock = type(field)().error_messages
            for code, ours in UNSAID.items():
                if code in stock and field.error_messages[code] == stock[code]:
                    field.error_messages[code] = ours.format(label=label)

    @property
    def trouble(self) -> list[tuple[str, str]]:
        """What is to be put right: the field's id and the words, in the order of the page."""
        return [
            (self[name].auto_id, str(error)) for name in self.fields for error in self.errors.get(name, ())
        ]

    @property
    def things(self) -> int:
        """How much is to be put right."""
        return len(self.trouble)

    @property
    def trouble_heading(self) -> str:
        return words.sentence(f"{words.counted(self.things, 'thing', 'things')} to put right")


class TimedForm(TellingForm):
    """What one occurrence is made of: a title, a time, an agenda."""

    title = PlainField(
        max_length=None,
        validators=[length_limit("The title", TITLE_LENGTH)],
        error_messages={"required": "A title tells people what the meeting is about."},
        widget=forms.TextInput(attrs={"class": "input input-title", "autocomplete": "off"}),
    )
    date = forms.DateField(
        error_messages={
            "required": "On which day?",
            "invalid": "That is not a date. Write it like 2026-11-23.",
        },
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"class": "input", "type": "date"}),
    )
    time = forms.TimeField(
        label="Starts",
        error_messages={"required": "At what time?", "invalid": "That is not a time. Write it like 14:00."},
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "input", "type": "time"}),
    )
    length = forms.ChoiceField(
        label="Lasts",
        choices=[(str(minutes), words.length(timedelta(minutes=minutes))) for minutes in LENGTHS]
        + [(OTHER, "Other")],
        error_messages={"required": "How long does it last?"},
        widget=forms.Select(attrs={"class": "select"}),
    )
    minutes = forms.IntegerField(
        label="Minutes",
        required=False,
        error_messages={"invalid": "How many minutes? A number will do."},
        widget=forms.NumberInput(
            attrs={"class": "input", "min": FEWEST_MINUTES, "max": MOST_MINUTES, "step": 5}
        ),
    )
    agenda = PlainField(
        label="What is to be talked about",
        required=False,
        help_text="One point a line; minutes at the end if you like, such as (10).",
        validators=[length_limit("The agenda", TEXT_LENGTH)],
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
            self.add_error("minutes", "How many minutes?")
        elif not FEWEST_MINUTES <= data["minutes"] <= MOST_MINUTES:
            self.add_error("minutes", f"From {FEWEST_MINUTES} minutes to 24 hours ({MOST_MINUTES} minutes).")
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
            self.add_error("date", "That day is outside of our calendar.")
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
                f"That time is over: it is {words.clock(local)} in {places.place(zone.key)} now."
                if today
                else f"That day is over: today is {words.day(local)}.",
            )
        elif starts_at > now + FARTHEST:
            self.add_error("date", "That is more than ten years away.")
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
        self.add_error("times" if self.rule.count else "until", "Then all of them would be over.")
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


class DoorForm(TellingForm):
    """What a room is for, who may enter and how many."""

    description = PlainField(
        label="What it is about",
        required=False,
        validators=[length_limit("The description", TEXT_LENGTH)],
        widget=forms.Textarea(attrs={"class": "textarea", "rows": 3}),
    )
    access = forms.ChoiceField(
        label="Who may enter",
        required=False,
        choices=Meeting.Access.choices,
        widget=forms.Select(attrs={"class": "select"}),
    )
    lobby = forms.BooleanField(
        label="Lobby",
        required=False,
        help_text="People wait until you or another host lets them in.",
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )
    capacity = forms.IntegerField(
        label="Seats",
        required=False,
        error_messages={"invalid": "How many seats? A number will do."},
        widget=forms.NumberInput(attrs={"class": "input", "min": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        seats = settings.ROOM_CAPACITY
        self.fields["capacity"].help_text = f"From 2 to {seats}; empty for all {seats}."
        self.fields["capacity"].widget.attrs["max"] = seats

    def clean_access(self) -> str:
        return self.cleaned_data["access"] or Meeting.Access.ANYONE

    def clean_capacity(self) -> int | None:
        seats: int | None = self.cleaned_data["capacity"]
        if seats is not None and not 2 <= seats <= settings.ROOM_CAPACITY:
            raise ValidationError(f"From 2 to {settings.ROOM_CAPACITY} seats.")
        # As many as a room holds is no limit, and stays none when rooms grow.
        return seats if seats != settings.ROOM_CAPACITY else None


class OwnRoomForm(DoorForm):
    """What may be set of a room of one's own, where nobody is invited."""

    title = PlainField(
        label="Name",
        max_length=None,
        validators=[length_limit("The name", TITLE_LENGTH)],
        error_messages={"required": "A name tells people whose room it is."},
        widget=forms.TextInput(attrs={"class": "input input-title", "autocomplete": "off"}),
    )

    field_order = ("title", "description", "access", "lobby", "capacity")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = (Meeting.Access.KNOWN, "Whoever is signed in")
        self.fields["access"].choices = [  # type: ignore[attr-defined]
            (Meeting.Access.ANYONE, Meeting.Access.ANYONE.label),
            known,
        ]
        self.fields["lobby"].help_text = "People wait until you let them in."


class MeetingForm(TimedForm, repeats.RepeatsForm, DoorForm):
    """What a meeting is made of. Cleaned, it gives a `plan`."""

    zone = forms.ChoiceField(
        label="Time zone",
        error_messages={"invalid_choice": "We do not know the time zone “%(value)s”."},
        widget=forms.Select(attrs={"class": "select"}),
    )
    people = forms.CharField(
        label="Attendees",
        required=False,
        help_text="Type or paste addresses: one a line, or with commas. Names in front are fine.",
        validators=[check_crowd],
        widget=forms.Textarea(
            attrs={"class": "textarea", "rows": 4, "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    file = forms.FileField(
        label="The file",
        required=False,
        allow_empty_file=True,
        help_text="As spreadsheets write it: CSV, with a column of addresses.",
        widget=forms.FileInput(attrs={"class": "file", "accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
    )
    early = forms.TypedChoiceField(
        label="Opens",
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.Select(attrs={"class": "select"}),
    )
    reminders = forms.TypedMultipleChoiceField(
        label="Reminders by mail", required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    field_order = (
        *("title", "date", "time", "length", "minutes", "zone"),
        *repeats.RepeatsForm.base_fields,
        *("people", "file", "agenda", "description", "access", "lobby", "early", "capacity", "reminders"),
    )
    MORE: ClassVar[tuple[str, ...]] = ("access", "lobby", "early", "capacity", "reminders")

    def __init__(self, *args: Any, zones: tuple[str, ...] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        chosen = (self.data.get("zone") if self.is_bound else self.initial.get("zone")) or ""
        mine = tuple(zone for zone in (*zones, chosen) if zone in known_time_zones())
        self._offer("zone", places.choices(mine, timezone.now()))
        # What an administrator set is offered too.
        early = {*EARLY, *_whole_numbers([self.initial.get("early")])} - {0}
        self._offer(
            "early",
            [
                ("", "At any time"),
                *((n, words.sentence(f"{words.ahead(n)} before it starts")) for n in sorted(early)),
            ],
        )
        reminders = {*REMINDERS, *_whole_numbers(self.initial.get("reminders", ()))}
        self._offer("reminders", [(n, f"{words.ahead(n)} before") for n in sorted(reminders)])
        self._wrong_file = ""
        # Of the addresses that are wrong: how many more than there are words for.
        self._unnamed = 0
        if uploaded := self.files.get("file"):
            self._take_in(uploaded)

    def _offer(self, name: str, choices: Any) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _take_in(self, uploaded: Any) -> None:
        """Write the people of a file into the list, where they stay should the form come back."""
        if uploaded.size > spreadsheets.LARGEST:
            self._wrong_file = spreadsheets.too_large(uploaded.size)
            return
        try:
            found = spreadsheets.read(uploaded.read())
        except spreadsheets.WrongFile as wrong:
            self._wrong_file = str(wrong)
            return
        lines = [*map(str, found.addresses), *(wrong.text for wrong in found.wrong)]
        people = "\n".join([self.data.get("people", ""), *lines]).strip()
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["people"] = people
        self.data = data

    def zone_in(self, data: dict[str, Any]) -> ZoneInfo | None:
        return ZoneInfo(data["zone"]) if data.get("zone") else None

    @property
    def zone_name(self) -> str:
        """The zone that was chosen; empty for none that there is."""
        return self.cleaned_data.get("zone", "") if self.is_bound else ""

    def series(self, start: datetime) -> tuple[Rule, list[datetime]] | None:
        return self.clean_rule(start)

    def count_people(self) -> int:
        """How many are to be invited, as the form stands; 0 for a list that is too long to be read."""
        text = self["people"].value() or ""
        return len(addresses.parse(text).addresses) if len(text) <= PEOPLE_LENGTH else 0

    def clean_people(self) -> list[Address]:
        parsed = addresses.parse(self.cleaned_data["people"])
        if parsed.wrong:
            self._unnamed = max(len(parsed.wrong) - len(parsed.complaints), 0)
            raise ValidationError(list(parsed.complaints))
        if len(parsed.addresses) > MOST_ATTENDEES:
            raise ValidationError(f"That is {len(parsed.addresses):,} people. {MOST_ATTENDEES} is the most.")
        return parsed.addresses

    @property
    def things(self) -> int:
        return super().things + self._unnamed

    def clean_file(self) -> None:
        if self._wrong_file:
            raise ValidationError(self._wrong_file)

    @property
    def rrule(self) -> str:
        """What makes the same times as before stays as it was written."""
        if self.rule is None:
            return ""
        written = str(self.rule)
        was = self.was
        if was is not None and was.rrule and was.time_zone == self.cleaned_data["zone"]:
            now = tuple(recurrence.written(at) for at in self.times_on_the_wall)
            if now == recurrence.wall_clocks(was.rrule, was.wall_clock):
                return was.rrule
        return written

    @property
    def plan(self) -> Plan:
        data = self.cleaned_data
        people: list[Address] = data["people"]
        return Plan(
            title=data["title"],
            starts_at=data["starts_at"],
            duration=data["duration"],
            time_zone=data["zone"],
            rrule=self.rrule,
            wall_clock=recurrence.written(self.times_on_the_wall[0]) if self.rule else "",
            description=data["description"],
            agenda=data["agenda"],
            access=data["access"],
            lobby=data["lobby"],
            early=None if data["early"] is None else timedelta(minutes=data["early"]),
            capacity=data["capacity"],
            reminders=tuple(data["reminders"]),
            people=people,
            optional=frozenset(person.email.lower() for person in people if person.optional),
            cohosts=frozenset(person.email.lower() for person in people if person.cohost),
        )

    @property
    def has_more(self) -> bool:
        """Whether what is rarely set is set, or wrong."""
        usual = {"access": Meeting.Access.ANYONE, "lobby": False}
        return any(
            self.errors.get(name)
            or (self[name].value() or usual.get(name) or None) != (usual.get(name) or None)
            for name in self.MORE
        )


def _whole_numbers(values: Iterable[Any]) -> set[int]:
    """Minutes as they are stored, or as they were typed; what is neither is left to the field."""
    return {int(text) for value in values if (text := str(value)[:6]).isdecimal()}


def _shows(was: Was, start: datetime, zone: ZoneInfo) -> bool:
    """Whether this is what the form shows for it."""
    return was.local == start and zone.key == was.time_zone


ANSWERS = {
    "yes": Attendee.PartStat.ACCEPTED,
    "maybe": Attendee.PartStat.TENTATIVE,
    "no": Attendee.PartStat.DECLINED,
}


class AnswerForm(forms.Form):
    """Yes, maybe or no, and a word with it."""

    answer = forms.ChoiceField(
        choices=[(name, name.title()) for name in ANSWERS],
        error_messages={"required": "Yes, maybe or no?", "invalid_choice": "Yes, maybe or no?"},
    )
    # The meeting's `appointment` as the page showed it.
    about = forms.CharField(required=False, widget=forms.HiddenInput)
    note = PlainField(
        label="A word with it",
        required=False,
        validators=[length_limit("The word with it", NOTE_LENGTH)],
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )

    @property
    def partstat(self) -> Attendee.PartStat:
        return ANSWERS[self.cleaned_data["answer"]]
