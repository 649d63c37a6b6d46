"""A meeting, and the times at which it takes place."""

from __future__ import annotations

import uuid
import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.models import User, validate_time_zone
from meetings.calendar import recurrence
from meetings.models.attendees import Attendee
from meetings.models.codes import new_code
from meetings.models.leaving import keep_coming_meetings
from meetings.models.series import EarlierSeries

# A personal room has no end; its row needs one.
FOREVER = datetime(2200, 1, 1, tzinfo=UTC)
# No meeting lasts longer (forms.times); with it, what goes on or comes is a range of the index by time.
LONGEST = timedelta(days=1)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def organized_by(self, user: User) -> MeetingQuerySet:
        return self.filter(organizer=user)

    def of(self, user: User) -> MeetingQuerySet:
        """Those that the user organizes or is invited to, by account."""
        invited = Attendee.objects.filter(user=user, removed_at=None).values("meeting")
        return self.filter(models.Q(organizer=user) | models.Q(pk__in=invited))

    def standing(self) -> MeetingQuerySet:
        """Those that are not cancelled."""
        return self.filter(cancelled_at=None)

    def ending_after(self, moment: datetime) -> MeetingQuerySet:
        return self.filter(ends_at__gt=moment)


class Meeting(models.Model):
    """A time to gather, once or by a rule; its room is reached by the same code for good."""

    class Access(models.TextChoices):
        """Who may enter."""

        ANYONE = "anyone", "Anyone with the link"
        KNOWN = "known", "Invited people, and whoever is signed in"
        INVITED = "invited", "Invited people only"

    code = models.CharField(max_length=20, unique=True, default=new_code, editable=False)
    organizer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=keep_coming_meetings, related_name="meetings"
    )
    title = models.CharField(max_length=200)
    description = models.TextField(max_length=10_000, blank=True)
    # One item a line, its minutes in brackets at the end (words.agenda).
    agenda = models.TextField(max_length=10_000, blank=True)
    # Of a series: the first time (DTSTART, RFC 5545, 3.8.2.4).
    starts_at = models.DateTimeField("start")
    duration = models.DurationField("length", default=timedelta(minutes=30))
    # When it is over for good, the last of a series included; derived, for the index.
    ends_at = models.DateTimeField("over for good", editable=False)
    # The zone in which the organizer thinks of it (IANA name).
    time_zone = models.CharField(
        "organizer’s time zone", max_length=64, default="UTC", validators=[validate_time_zone]
    )
    # What a clock in that zone shows at the start: the truth, should the zone's rules change.
    wall_clock = models.CharField(max_length=16, editable=False, default="")
    # How it repeats: an RRULE of those that meetings.calendar.recurrence takes; empty for a single meeting.
    rrule = models.CharField("rule of repetition", max_length=120, blank=True)
    # Begun by "Meet now": nobody is written to, and its end is a guess.
    instant = models.BooleanField("begun at once", default=False)
    # The organizer's own room: open at any time, in no list.
    personal = models.BooleanField("own room", default=False)
    access = models.CharField("who may enter", max_length=8, choices=Access, default=Access.ANYONE)
    # Whether people wait until a host admits them.
    lobby = models.BooleanField(default=False)
    # How long before the start people may enter; empty for any time.
    early = models.DurationField("door opens so long before", null=True, blank=True)
    # How many may be inside at once; empty for as many as a room here holds.
    capacity = models.PositiveSmallIntegerField("seats", null=True, blank=True)
    # Minutes before the start at which attendees are reminded by mail, unless they chose otherwise.
    reminders = models.JSONField("reminders, in minutes before", default=list, blank=True)
    # Whether the organizer is reminded as well.
    remind_organizer = models.BooleanField("organizer is reminded too", default=True)
    created_at = models.DateTimeField("planned", default=timezone.now, editable=False)
    cancelled_at = models.DateTimeField("cancelled", null=True, blank=True)
    # The address of the administrator who did it; empty if it was the organizer.
    cancelled_by = models.CharField("cancelled by the administrator", max_length=254, blank=True)
    # What calendars know it by (UID, RFC 5545, 3.8.4.7).
    uid = models.UUIDField("name in calendars", default=uuid.uuid4, unique=True, editable=False)
    # Tells calendars which copy is the newer one (SEQUENCE, RFC 5545, 3.8.7.4).
    sequence = models.PositiveIntegerField("version in calendars", default=0)
    # The version in which everybody was last asked anew: answers to an earlier one are about another time.
    asked_sequence = models.PositiveIntegerField(default=0, editable=False)
    # The version in which it was last made longer, so that those who come were asked anew: a no stays one.
    lengthened_sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ("starts_at", "pk")
        indexes: ClassVar = [models.Index(fields=["organizer", "ends_at"], name="meetings_of_organizer")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "organizer", condition=models.Q(personal=True), name="one_personal_room_each"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        """Save, and keep what is derived from the times in line with them; dates: plans.occurrences."""
        # By way of UTC: in a zone, an hour that the clocks skip would be missing (PEP 495).
        self.starts_at = self.starts_at.astimezone(UTC)
        fields = kwargs.get("update_fields")
        if fields is None or bool({"starts_at", "duration", "time_zone", "rrule"} & set(fields)):
            # Kept where it says the same moment: of a time that the clocks skip, it is what was meant.
            if not self.wall_clock or recurrence.moment(self.wall_clock, self.zone) != self.starts_at:
                self.wall_clock = recurrence.wall_clock(self.starts_at, self.zone)
            if self._state.adding:
                self.ends_at = FOREVER if self.personal else self.starts_at + self.duration
            if fields is not None:
                kwargs["update_fields"] = {*fields, "wall_clock"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("meetings:meeting", args=[self.code])

    def note_end(self) -> None:
        """Bring `ends_at` up to date: the end of the last occurrence, cancelled or not."""
        last = self.occurrences.aggregate(last=models.Max("ends_at"))["last"]
        if last and last != self.ends_at:
            self.ends_at = last
            Meeting.objects.filter(pk=self.pk).update(ends_at=last)

    @property
    def room_url(self) -> str:
        """The path of the room, for anybody who has the code."""
        return reverse("room", args=[self.code])

    @property
    def public_url(self) -> str:
        """The whole address of the room, to be passed on."""
        return f"{settings.PUBLIC_URL}{self.room_url}"

    @property
    def appointment(self) -> str:
        """When, how long and how often, as one word: what somebody says yes or no to."""
        once = f"{self.starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{round(self.duration.total_seconds())}"
        return f"{once}-{self.rrule}" if self.rrule else once

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def repeats(self) -> bool:
        return bool(self.rrule)

    def occurrence_at(self, moment: datetime) -> Occurrence | None:
        """The one that goes on at `moment` or comes next, else the last one; never a cancelled one.

        None for a personal room, and when all are cancelled.
        """
        standing = self.occurrences.filter(cancelled_at=None)
        return standing.filter(ends_at__gt=moment).first() or standing.last()


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    def of(self, user: User) -> OccurrenceQuerySet:
        """Those of the meetings that the user organizes or is invited to, by account."""
        return self.filter(meeting__in=Meeting.objects.of(user).values("pk"))

    def standing(self) -> OccurrenceQuerySet:
        """Those that are not cancelled, neither alone nor with their meeting before they were over."""
        was_over = models.Q(ends_at__lte=models.F("meeting__cancelled_at"))
        return self.filter(models.Q(meeting__cancelled_at=None) | was_over, cancelled_at=None)

    def between(self, start: datetime, end: datetime) -> OccurrenceQuerySet:
        """Those of which some part lies in [start, end)."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class Occurrence(models.Model):
    """One time at which a meeting takes place; a single meeting has one.

    All of them are rows, which a series can afford because it ends: lists, conflicts and reminders are
    plain queries (docs/decisions/0022-series.md).
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="occurrences")
    # Of the part of a series that "this and the following" left behind.
    earlier = models.ForeignKey(
        EarlierSeries,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="occurrences",
        verbose_name="earlier part of the series",
    )
    # When it would be by the rule, as a clock in the series' zone shows it: 2026-11-23T09:00
    # (RECURRENCE-ID, RFC 5545, 3.8.4.4).
    recurrence_id = models.CharField("time by the rule", max_length=16)
    # When it is. Another time than the rule's is a change of this occurrence alone.
    starts_at = models.DateTimeField("start")
    ends_at = models.DateTimeField("end")
    moved = models.BooleanField(default=False)
    # What it has of its own instead of the meeting's: "" and None say that it has not.
    title = models.CharField("title of its own", max_length=200, blank=True)
    agenda = models.TextField("agenda of its own", max_length=10_000, null=True, blank=True)  # noqa: DJ001 - "" is an agenda too
    cancelled_at = models.DateTimeField("cancelled", null=True, blank=True)
    # The version of its series in which everybody was last asked anew about this one alone.
    asked_sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        ordering = ("starts_at", "pk")
        indexes: ClassVar = [
            models.Index(fields=["meeting", "starts_at"], name="occurrences_of_meeting"),
            models.Index(fields=["starts_at"], name="occurrences_by_time"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "meeting",
                "recurrence_id",
                condition=models.Q(earlier=None),
                name="one_occurrence_at_a_time",
            ),
            models.UniqueConstraint("earlier", "recurrence_id", name="one_earlier_occurrence_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.shown_title}, {self.recurrence_id}"

    def get_absolute_url(self) -> str:
        if not self.is_one_of_many:
            return self.meeting.get_absolute_url()
        return reverse("meetings:occurrence", args=[self.meeting.code, self.pk])

    @property
    def shown_title(self) -> str:
        return self.title or self.meeting.title

    @property
    def shown_agenda(self) -> str:
        return self.meeting.agenda if self.agenda is None else self.agenda

    @property
    def duration(self) -> timedelta:
        return self.ends_at - self.starts_at

    @property
    def is_cancelled(self) -> bool:
        """By itself, or with its meeting; not if it was over when that was cancelled."""
        with_meeting = self.meeting.cancelled_at
        return self.cancelled_at is not None or (with_meeting is not None and self.ends_at > with_meeting)

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def series(self) -> Meeting | EarlierSeries:
        """The part of the series that it belongs to: its rule, zone, UID."""
        return self.earlier or self.meeting

    @property
    def is_one_of_many(self) -> bool:
        """Whether it belongs to a series, or to what is left of one before it became a single meeting."""
        return self.meeting.repeats or self.earlier_id is not None

    @property
    def differs(self) -> bool:
        """Whether it is anything else than its series says, beside cancelled."""
        return self.moved or bool(self.title) or self.agenda is not None

    @property
    def appointment(self) -> str:
        """When and how long, as one word: what somebody says yes or no to."""
        return f"{self.starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{round(self.duration.total_seconds())}"
