"""The form of a meeting: what it is made of, who is invited, and what is rarely set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import zone_labels
from accounts.models import known_time_zones
from language import formats
from meetings import words
from meetings.calendar import recurrence
from meetings.calendar.recurrence import Rule
from meetings.forms import addresses, repeats, spreadsheets
from meetings.forms import people as lists
from meetings.forms.access import AccessForm
from meetings.forms.fields import length_limit
from meetings.forms.times import TimedForm
from meetings.models import Meeting
from meetings.plans.address import Address
from meetings.plans.invitations import Plan

MOST_ATTENDEES = 500
PEOPLE_LENGTH = 120_000
# Minutes before the start: from when people may enter, and when they are reminded.
EARLY = [5, 10, 15, 30, 60]
REMINDERS = [10, 60, 24 * 60]


def check_crowd(text: str) -> None:
    """A list that no meeting could need is counted, not read."""
    if len(text) <= PEOPLE_LENGTH:
        return
    if (about := text.count("@")) > MOST_ATTENDEES:
        said = gettext("That is a list of about %(count)s people. %(most)s is the most.")
        raise ValidationError(said % {"count": formats.figure(about), "most": formats.figure(MOST_ATTENDEES)})
    said = gettext("The list of attendees is %(length)s characters long. %(most)s is the most.")
    length_limit(said, PEOPLE_LENGTH)(text)


def too_many(people: int) -> str:
    """What is said of a list of so many."""
    figures = {"count": formats.figure(people), "most": formats.figure(MOST_ATTENDEES)}
    return gettext("That is %(count)s people. %(most)s is the most.") % figures


class MeetingForm(TimedForm, repeats.RepeatsForm, AccessForm):
    """What a meeting is made of. Cleaned, it gives a `plan`."""

    zone = forms.ChoiceField(
        label=_("Time zone"),
        error_messages={"invalid_choice": _("We do not know the time zone “%(value)s”.")},
        widget=forms.Select(attrs={"class": "select"}),
    )
    people = forms.CharField(
        label=_("Attendees"),
        required=False,
        help_text=_("Type or paste addresses: one a line, or with commas. Names in front are fine."),
        validators=[check_crowd],
        widget=forms.Textarea(
            attrs={"class": "textarea", "rows": 4, "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    file = forms.FileField(
        label=_("The file"),
        required=False,
        allow_empty_file=True,
        help_text=_("As spreadsheets write it: CSV, with a column of addresses."),
        widget=forms.FileInput(attrs={"class": "file", "accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
    )
    early = forms.TypedChoiceField(
        label=_("Opens"),
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.Select(attrs={"class": "select"}),
    )
    reminders = forms.TypedMultipleChoiceField(
        label=_("Reminders by mail"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
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
        self._offer("zone", zone_labels.choices(mine, timezone.now()))
        # What an administrator set is offered too.
        early = {*EARLY, *_whole_numbers([self.initial.get("early")])} - {0}
        self._offer(
            "early",
            [
                ("", gettext("At any time")),
                *((n, words.sentence(_before_it_starts(n))) for n in sorted(early)),
            ],
        )
        reminders = {*REMINDERS, *_whole_numbers(self.initial.get("reminders", ()))}
        self._offer(
            "reminders",
            [(n, gettext("%(length)s before") % {"length": words.ahead(n)}) for n in sorted(reminders)],
        )
        self._wrong_file = ""
        # Its name, and the list without it.
        self._file: tuple[str, str] | None = None
        # What was read last: the same list is asked for several times.
        self._parsed: tuple[str, addresses.Parsed] = ("", addresses.Parsed())
        # Of the addresses that are wrong: how many more than there are words for.
        self._unnamed = 0
        if uploaded := self.files.get("file"):
            self._take_in(uploaded)
        # The days of a weekly rule, if the date of now makes them others than they were sent.
        self.days_with_the_date = repeats.days_with_the_date(self.data)
        if self.days_with_the_date is not None:
            self.data = _with(self.data, "days", list(map(str, self.days_with_the_date)))

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
        before = self.data.get("people", "")
        self._file = (words.plain(str(uploaded.name))[:80], before)
        self.data = _with(self.data, "people", ["\n".join([before, *lines]).strip()])

    def what_came_of_file(self, listed: lists.People) -> dict[str, Any] | None:
        """What of the list is from the file that was sent, or why nothing is; None without one."""
        if size := str(self.data.get("file_size", ""))[:12]:
            return {"words": spreadsheets.too_large(int(size)) if size.isdecimal() else "", "is_wrong": True}
        if self._wrong_file:
            return {"words": self._wrong_file, "is_wrong": True}
        if self._file is None:
            return None
        name, before = self._file
        typed = addresses.parse(before[:PEOPLE_LENGTH])
        return {"words": lists.from_file(typed, listed, name), "is_wrong": False}

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
        return len(self.parse(text).addresses) if len(text) <= PEOPLE_LENGTH else 0

    def parse(self, text: str) -> addresses.Parsed:
        """Who a text names."""
        text = text.strip()
        if self._parsed[0] != text:
            self._parsed = (text, addresses.parse(text))
        return self._parsed[1]

    @property
    def listed(self) -> lists.People:
        """The list as it stands, with what came in a file, and no more of it than can be used."""
        return lists.read(
            self["people"].value() or "", self.parse, most=MOST_ATTENDEES, longest=PEOPLE_LENGTH
        )

    def clean_people(self) -> list[Address]:
        parsed = self.parse(self.cleaned_data["people"])
        if parsed.wrong:
            self._unnamed = max(len(parsed.wrong) - len(parsed.complaints), 0)
            raise ValidationError(list(parsed.complaints))
        if len(parsed.addresses) > MOST_ATTENDEES:
            raise ValidationError(too_many(len(parsed.addresses)))
        return parsed.addresses

    @property
    def error_count(self) -> int:
        return super().error_count + self._unnamed

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


def _with(sent: Mapping[str, Any], name: str, values: list[str]) -> QueryDict:
    """What was sent, with other values of a field."""
    data = QueryDict(mutable=True)
    data.update(sent)
    data.setlist(name, values)
    return data


def _before_it_starts(minutes: int) -> str:
    return gettext("%(length)s before it starts") % {"length": words.ahead(minutes)}


def _whole_numbers(values: Iterable[Any]) -> set[int]:
    """Minutes as they are stored, or as they were typed; what is neither is left to the field."""
    return {int(text) for value in values if (text := str(value)[:6]).isdecimal()}
