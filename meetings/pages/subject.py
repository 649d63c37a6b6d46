"""What of a meeting is to be changed or cancelled, and the form for that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.zones import cookie_zone
from meetings import words
from meetings.calendar import recurrence
from meetings.forms import initial_values
from meetings.forms.meeting import MeetingForm
from meetings.forms.times import OccurrenceForm, TimedForm
from meetings.letters import dates
from meetings.models import Meeting, Occurrence
from meetings.pages.visitor import signed_in
from meetings.plans import conflicts, parts
from meetings.plans.conflicts import Conflicts

ONE, FOLLOWING, ALL = "one", "following", "all"


@dataclass(frozen=True)
class Subject:
    """What of a meeting is to be changed or cancelled."""

    meeting: Meeting
    scope: str = ALL
    # Of a series: the one that the person came from, or the next.
    occurrence: Occurrence | None = None

    @property
    def since(self) -> Occurrence | None:
        return self.occurrence if self.scope == FOLLOWING else None

    @property
    def one(self) -> Occurrence | None:
        return self.occurrence if self.scope == ONE else None

    @property
    def url(self) -> str:
        return (self.one or self.meeting).get_absolute_url()

    @property
    def query(self) -> str:
        """For addresses that are about the same."""
        return f"?occurrence={self.occurrence.pk}&scope={self.scope}" if self.occurrence else ""

    @property
    def has_earlier(self) -> bool:
        """Whether something that is still to come is before the occurrence."""
        if self.occurrence is None:
            return False
        before = parts.before_in_series(self.occurrence)
        return before.filter(cancelled_at=None, ends_at__gt=timezone.now()).exists()

    @property
    def is_in_earlier_part(self) -> bool:
        return self.occurrence is not None and self.occurrence.series_id != self.meeting.last_series_id

    @property
    def begins_last_part(self) -> bool:
        """Whether it and the following are what a change of all is about."""
        first = self.meeting.current.occurrences.order_by("recurrence_id").first()
        return self.occurrence is not None and self.occurrence == first

    @property
    def scopes(self) -> list[tuple[str, str]]:
        """What there is to cancel, in words; empty for a single meeting."""
        if self.occurrence is None:
            return []
        following = [(FOLLOWING, _("This one and the following"))] if self.has_earlier else []
        return [(ONE, self._only), *following, (ALL, _("All that are still to come"))]

    @property
    def _only(self) -> str:
        return _("Only %(day)s") % {"day": self._day}

    @property
    def changeable(self) -> list[tuple[str, str]]:
        """What there is to change. Of a series in parts, "all" is its last part."""
        last_part = self._last_part
        if self.occurrence is None or not last_part.day:
            return self.scopes
        following = [] if self.begins_last_part else [(FOLLOWING, _("This one and the following"))]
        rest = _("The last one, on %(day)s") if last_part.is_last else _("All from %(day)s on")
        return [(ONE, self._only), *following, (ALL, rest % {"day": last_part.day})]

    @property
    def is_parted(self) -> bool:
        """Whether "all" is only its last part, since others are still to come before it."""
        return self.occurrence is not None and bool(self._last_part.day)

    @cached_property
    def _last_part(self) -> dates.AskedFrom:
        return dates.asked_from(self.meeting, timezone.get_current_timezone_name())

    @property
    def short_day(self) -> str:
        """The first day that is meant: "Tue 8 Dec"; empty if all are."""
        if self.occurrence is None or self.scope == ALL:
            return ""
        on = timezone.localdate(self.occurrence.starts_at)
        return words.short_day(on) + (f" {on.year}" if on.year != timezone.localdate().year else "")

    @property
    def is_about_one(self) -> bool:
        """Whether it is one date alone, be it that none follows."""
        if self.since is None:
            return self.one is not None
        before = parts.before_in_series(self.since).values("pk")
        return self.meeting.occurrences.filter(cancelled_at=None).exclude(pk__in=before).count() == 1

    @property
    def _day(self) -> str:
        if self.occurrence is None:
            raise ValueError("it is a single meeting")
        here = timezone.get_current_timezone()
        return words.day(self.occurrence.starts_at.astimezone(here), timezone.localdate())


class Unchangeable(Exception):
    """It is over or cancelled; in words for the organizer."""


def subject_of(request: HttpRequest, code: str) -> Subject:
    """What the address asks for. Raises Unchangeable."""
    mine = (
        Meeting.objects.organized_by(signed_in(request))
        .not_cancelled()
        .filter(personal=False)
        .select_related("organizer", "last_series")
    )
    meeting = get_object_or_404(mine, code=code)
    asked = request.GET.get("occurrence", "")
    if not meeting.repeats and not (asked and meeting.series.count() > 1):
        return Subject(meeting)
    one = meeting.occurrence_at(timezone.now())
    if asked:
        known = meeting.occurrences.select_related("meeting", "series")
        one = get_object_or_404(known, pk=int(asked[:18]) if asked.isdecimal() else 0)
    if one is None:
        return Subject(meeting)
    scope = request.POST.get("scope") or request.GET.get("scope") or (ONE if asked else ALL)
    subject = Subject(meeting, scope if scope in (ONE, FOLLOWING, ALL) else ALL, one)
    if scope == FOLLOWING and not (subject.has_earlier or subject.is_in_earlier_part):
        subject = Subject(meeting, ALL, one)
    if subject.scope != ALL and one.is_cancelled:
        raise Unchangeable(_("This one is cancelled and stays as it was."))
    if subject.scope != ALL and one.is_over:
        raise Unchangeable(_("This one is over and stays as it was."))
    return subject


def initial_of(subject: Subject) -> dict[str, Any]:
    """What the form begins with: that of the meeting which is to be changed."""
    if subject.one is not None:
        return initial_values.of_occurrence(subject.one)
    return initial_values.of_meeting(subject.meeting, subject.since)


def form_for(
    request: HttpRequest,
    subject: Subject | None,
    initial: dict[str, Any],
    *,
    is_sent: bool = True,
    sent: QueryDict | None = None,
) -> TimedForm:
    """The form with what that scope can change, and with what was sent; `sent` takes the place of that."""
    posted = request.POST if sent is None else sent
    data, files = (posted, request.FILES) if request.method == "POST" and is_sent else (None, None)
    if subject is not None and subject.one is not None:
        return OccurrenceForm(data, initial=initial, occurrence=subject.one)
    was = initial_values.was_of(subject.meeting, subject.since) if subject else None
    zones = (timezone.get_current_timezone_name(), cookie_zone(request))
    form = MeetingForm(data, files, initial=initial, was=was, zones=zones)
    form.begin_week_on(signed_in(request).week_starts)
    return form


def overlaps(request: HttpRequest, form: TimedForm, subject: Subject | None) -> Conflicts:
    """What the plan overlaps with; nothing for times that are as they were."""
    if subject is not None and form.keeps_times:
        return Conflicts(len(form.spans))
    besides = (subject.one or subject.meeting) if subject else None
    off = _days_off(subject.meeting) if subject and form.rule else set()
    days = [at.date() for at in form.times_on_the_wall]
    now = timezone.now()
    # What is over, and what stays cancelled, is in nobody's way.
    spans = [span for on, span in zip(days, form.spans, strict=True) if span[1] > now and on not in off]
    return conflicts.find(signed_in(request), spans, besides)


def _days_off(meeting: Meeting) -> set[date]:
    """The days on which one of a series is cancelled; at another time of day it stays so."""
    off = meeting.current.occurrences.filter(cancelled_at__isnull=False)
    return {recurrence.read(key).date() for key in off.values_list("recurrence_id", flat=True)}
