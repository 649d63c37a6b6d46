from __future__ import annotations

import datetime as dt
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import known_time_zones
from meetings import addresses, clocks, words
from meetings.addresses import Address
from meetings.invitations import Plan
from meetings.models import Attendee, Meeting

LENGTHS = [15, 30, 45, 60, 90, 120, 180]
OTHER = "other"
SHORTEST, LONGEST = 5, 24 * 60
FARTHEST = timedelta(days=3653)
MOST_ATTENDEES = 200
TITLE_LENGTH, AGENDA_LENGTH, NOTE_LENGTH, PEOPLE_LENGTH = 200, 10_000, 200, 60_000


def length_limit(what: str, most: int) -> Any:
    """A validator that says how long the text is and how long it may be."""

    def check(text: str) -> None:
        if len(text) > most:
            raise ValidationError(f"{what} is {len(text):,} characters long. {most:,} is the most.")

    return check


class PlainField(forms.CharField):
    """Text without control and direction characters; on one line unless its widget has several."""

    def to_python(self, value: Any) -> str:
        lines = isinstance(self.widget, forms.Textarea)
        return super().to_python(words.plain(str(value or ""), lines=lines)) or ""


class MeetingForm(forms.Form):
    """What a meeting is made of. Cleaned, it gives a `plan`."""

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
        widget=forms.Select(attrs={"class": "select"}),
    )
    minutes = forms.IntegerField(
        label="Minutes",
        required=False,
        error_messages={"invalid": "How many minutes? A number will do."},
        widget=forms.NumberInput(attrs={"class": "input", "min": SHORTEST, "max": LONGEST, "step": 5}),
    )
    zone = forms.ChoiceField(
        label="Time zone",
        error_messages={"invalid_choice": "We do not know the time zone “%(value)s”."},
        widget=forms.Select(attrs={"class": "select"}),
    )
    people = forms.CharField(
        label="Attendees",
        required=False,
        help_text="Type or paste addresses: one a line, or with commas. Names in front are fine.",
        validators=[length_limit("The list of attendees", PEOPLE_LENGTH)],
        widget=forms.Textarea(
            attrs={"class": "textarea", "rows": 4, "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    agenda = PlainField(
        label="What is to be talked about",
        required=False,
        help_text="One point a line; minutes at the end if you like, such as (10).",
        validators=[length_limit("The agenda", AGENDA_LENGTH)],
        widget=forms.Textarea(attrs={"class": "textarea", "rows": 4}),
    )

    def __init__(
        self, *args: Any, meeting: Meeting | None = None, zones: tuple[str, ...] = (), **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        chosen = (self.data.get("zone") if self.is_bound else self.initial.get("zone")) or ""
        mine = tuple(zone for zone in (*zones, chosen) if zone in known_time_zones())
        self.fields["zone"].choices = clocks.choices(mine, timezone.now())  # type: ignore[attr-defined]

    def count_people(self) -> int:
        """How many are to be invited, as the form stands; 0 for a list that is too long to be read."""
        text = self["people"].value() or ""
        return len(addresses.parse(text).addresses) if len(text) <= PEOPLE_LENGTH else 0

    def clean_people(self) -> list[Address]:
        parsed = addresses.parse(self.cleaned_data["people"])
        if parsed.wrong:
            raise ValidationError(parsed.complaint)
        if len(parsed.addresses) > MOST_ATTENDEES:
            raise ValidationError(f"That is {len(parsed.addresses)} people. {MOST_ATTENDEES} is the most.")
        return parsed.addresses

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._clean_length(data)
        if data.get("date") and data.get("time") and data.get("zone"):
            self._clean_start(data["date"], data["time"], ZoneInfo(data["zone"]))
        return data

    def _clean_length(self, data: dict[str, Any]) -> None:
        if data.get("length") != OTHER:
            data["duration"] = timedelta(minutes=int(data.get("length") or 0))
        elif "minutes" in self.errors:
            return
        elif data.get("minutes") is None:
            self.add_error("minutes", "How many minutes?")
        elif not SHORTEST <= data["minutes"] <= LONGEST:
            self.add_error("minutes", f"From {SHORTEST} minutes to 24 hours ({LONGEST} minutes).")
        else:
            data["duration"] = timedelta(minutes=data["minutes"])

    def _clean_start(self, on: dt.date, at: dt.time, zone: ZoneInfo) -> None:
        if self.meeting is not None and _shows(self.meeting, on, at, zone):
            # Of an hour that comes twice it may be the second, which nobody could write down here.
            self.cleaned_data["starts_at"] = self.meeting.starts_at
            return
        try:
            starts_at = clocks.moment(on, at, zone)
        except clocks.SkippedTime as skipped:
            self.add_error("time", str(skipped))
            return
        except OverflowError:
            self.add_error("date", "That day is outside of our calendar.")
            return
        now = timezone.now()
        unmoved = self.meeting is not None and self.meeting.starts_at == starts_at
        # The minute that is running is not over yet.
        if starts_at < now.replace(second=0, microsecond=0) and not unmoved:
            local = now.astimezone(zone)
            today = local.date() == on
            self.add_error(
                "time" if today else "date",
                f"That time is over: it is {words.clock(local)} in {words.place(zone.key)} now."
                if today
                else f"That day is over: today is {words.day(local)}.",
            )
        elif starts_at > now + FARTHEST:
            self.add_error("date", "That is more than ten years away.")
        else:
            self.cleaned_data["starts_at"] = starts_at

    @property
    def plan(self) -> Plan:
        data = self.cleaned_data
        return Plan(
            title=data["title"],
            starts_at=data["starts_at"],
            duration=data["duration"],
            time_zone=data["zone"],
            agenda=data["agenda"],
            people=data["people"],
        )

    @property
    def times(self) -> list[forms.BoundField]:
        """The fields that stand in one row."""
        return [self[name] for name in ("date", "time", "length", "minutes")]

    @property
    def trouble(self) -> list[tuple[str, str]]:
        """What is to be put right: the field's id and the words, in the order of the page."""
        return [
            (self[name].auto_id, str(error)) for name in self.fields for error in self.errors.get(name, ())
        ]


def _shows(meeting: Meeting, on: dt.date, at: dt.time, zone: ZoneInfo) -> bool:
    """Whether this is what the form shows for the meeting."""
    starts = meeting.starts_at.astimezone(meeting.zone)
    same_minute = starts.time().replace(second=0, microsecond=0) == at
    return starts.date() == on and same_minute and zone.key == meeting.time_zone


def initial_for(meeting: Meeting) -> dict[str, Any]:
    """What the form shows for a meeting that exists."""
    starts = meeting.starts_at.astimezone(meeting.zone)
    minutes = round(meeting.duration.total_seconds() / 60)
    return {
        "title": meeting.title,
        "date": starts.date(),
        "time": starts.time(),
        "length": str(minutes) if minutes in LENGTHS else OTHER,
        "minutes": minutes,
        "zone": meeting.time_zone,
        "agenda": meeting.agenda,
        "people": "\n".join(
            str(Address(attendee.email, attendee.name)) for attendee in meeting.attendees.invited()
        ),
    }


def initial_for_new(now: datetime) -> dict[str, Any]:
    """The next full hour, in the zone of `now`."""
    starts = (now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    zone = timezone.get_current_timezone_name()
    return {"date": starts.date(), "time": starts.time(), "length": "30", "zone": zone}


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
