"""A meeting, and the times at which it takes place."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from meetings.models.attendees import Answer, Attendee
from meetings.models.codes import new_code
from meetings.models.leaving import keep_coming_meetings
from meetings.models.series import Series

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

    def not_cancelled(self) -> MeetingQuerySet:
        """Those that are not cancelled."""
        return self.filter(cancelled_at=None)

    def ending_after(self, moment: datetime) -> MeetingQuerySet:
        return self.filter(ends_at__gt=moment)


class Meeting(models.Model):
    """A room with people in it, and the times at which they gather; reached by the same code for good."""

    class Access(models.TextChoices):
        """Who may enter."""

        ANYONE = "anyone", _("Anyone with the link")
        KNOWN = "known", _("Invited people, and whoever is signed in")
        INVITED = "invited", _("Invited people only")

    code = models.CharField(_("code"), max_length=20, unique=True, default=new_code, editable=False)
    organizer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=keep_coming_meetings,
        related_name="meetings",
        verbose_name=_("organizer"),
    )
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), max_length=10_000, blank=True)
    # One item a line, its minutes in brackets at the end (words.agenda).
    agenda = models.TextField(_("agenda"), max_length=10_000, blank=True)
    # Where it goes on: of a series in parts the last one. A personal room has none.
    last_series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    # When it is over for good, the last of a series included; derived, for the index.
    ends_at = models.DateTimeField(_("over for good"), default=FOREVER, editable=False)
    # Begun by "Meet now": nobody is written to, and its end is a guess.
    instant = models.BooleanField(_("begun at once"), default=False)
    # The organizer's own room: open at any time, in no list.
    personal = models.BooleanField(_("own room"), default=False)
    access = models.CharField(_("who may enter"), max_length=8, choices=Access, default=Access.ANYONE)
    # Whether people wait until a host admits them.
    lobby = models.BooleanField(_("lobby"), default=False)
    # How long before the start people may enter; empty for any time.
    early = models.DurationField(_("door opens so long before"), null=True, blank=True)
    # How many may be inside at once; empty for as many as a room here holds.
    capacity = models.PositiveSmallIntegerField(_("seats"), null=True, blank=True)
    # Minutes before the start at which attendees are reminded by mail, unless they chose otherwise.
    reminders = models.JSONField(_("reminders, in minutes before"), default=list, blank=True)
    # Whether the organizer is reminded as well.
    remind_organizer = models.BooleanField(_("organizer is reminded too"), default=True)
    created_at = models.DateTimeField(_("planned"), default=timezone.now, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    # The address of the administrator who did it; empty if it was the organizer.
    cancelled_by = models.CharField(_("cancelled by the administrator"), max_length=254, blank=True)
    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ("pk",)
        indexes: ClassVar = [models.Index(fields=["organizer", "ends_at"], name="meetings_of_organizer")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "organizer", condition=models.Q(personal=True), name="one_personal_room_each"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meetings:meeting", args=[self.code])

    def note_end(self) -> None:
        """Bring `ends_at` up to date: the end of the last occurrence, cancelled by itself or not."""
        last = self.occurrences.filter(series__cancelled_at=None).aggregate(last=models.Max("ends_at"))[
            "last"
        ]
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
    def current(self) -> Series:
        """The series in which it goes on: what "all" means, and the time that a page about it tells."""
        if self.last_series is None:
            raise ValueError("a room of one's own has no time")
        # The same object, with what was loaded for it.
        self.last_series.meeting = self
        return self.last_series

    @property
    def starts_at(self) -> datetime:
        return self.last_series.starts_at if self.last_series else self.created_at

    @property
    def duration(self) -> timedelta:
        return self.current.duration

    @property
    def time_zone(self) -> str:
        return self.last_series.time_zone if self.last_series else self.organizer.time_zone or "UTC"

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def appointment(self) -> str:
        return self.current.appointment

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def repeats(self) -> bool:
        return self.last_series is not None and self.last_series.repeats

    def occurrence_at(self, moment: datetime) -> Occurrence | None:
        """The one that goes on at `moment` or comes next, else the last one; never a cancelled one.

        None for a personal room, and when all are cancelled.
        """
        standing = self.occurrences.filter(cancelled_at=None).select_related("series")
        return standing.filter(ends_at__gt=moment).first() or standing.last()


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    def of(self, user: User) -> OccurrenceQuerySet:
        """Those of the meetings that the user organizes or is invited to, by account."""
        return self.filter(meeting__in=Meeting.objects.of(user).values("pk"))

    def not_cancelled(self) -> OccurrenceQuerySet:
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

    meeting = models.ForeignKey(
        Meeting, on_delete=models.CASCADE, related_name="occurrences", verbose_name=_("meeting")
    )
    series = models.ForeignKey(
        Series, on_delete=models.CASCADE, related_name="occurrences", verbose_name=_("series")
    )
    # When it would be by the rule, as a clock in the series' zone shows it: 2026-11-23T09:00
    # (RECURRENCE-ID, RFC 5545, 3.8.4.4).
    recurrence_id = models.CharField(_("time by the rule"), max_length=16)
    # When it is. Another time than the rule's is a change of this occurrence alone.
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    moved = models.BooleanField(_("moved"), default=False)
    # What it has of its own instead of the meeting's: "" and None say that it has not.
    title = models.CharField(_("title of its own"), max_length=200, blank=True)
    agenda = models.TextField(_("agenda of its own"), max_length=10_000, null=True, blank=True)  # noqa: DJ001 - "" is an agenda too
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    # The version of its series in which everybody was last asked anew about this one alone.
    asked_sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("date")
        verbose_name_plural = _("dates")
        ordering = ("starts_at", "pk")
        indexes: ClassVar = [
            models.Index(fields=["meeting", "starts_at"], name="occurrences_of_meeting"),
            models.Index(fields=["starts_at"], name="occurrences_by_time"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint("series", "recurrence_id", name="one_occurrence_at_a_time"),
            # What points to a date and to its series at once needs it (models.together).
            models.UniqueConstraint(fields=("id", "series"), name="occurrence_with_its_series"),
        ]

    def __str__(self) -> str:
        return f"{self.shown_title}, {self.recurrence_id}"

    def get_absolute_url(self) -> str:
        if not self.is_one_of_many:
            return self.meeting.get_absolute_url()
        return reverse("meetings:occurrence", args=[self.meeting.code, self.pk])

    @property
    def shown_title(self) -> str:
        return self.title or self.series.title

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
    def is_one_of_many(self) -> bool:
        """Whether it is one of a series."""
        return self.series.repeats

    @property
    def differs(self) -> bool:
        """Whether it is anything else than its series says, beside cancelled."""
        return self.moved or bool(self.title) or self.agenda is not None

    @property
    def appointment(self) -> str:
        """When and how long, as one word: what somebody says yes or no to."""
        return f"{self.starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{round(self.duration.total_seconds())}"

    def answers_by_attendee(self) -> dict[int, Answer]:
        """What each says to it who said anything: by itself, or with the whole of its series."""
        found = Answer.objects.about(self.series_id, self.pk).said_by_attendee()
        held = {pk: said.holds(self.series_id, self._alone) for pk, said in found.items()}
        return {pk: answer for pk, answer in held.items() if answer}

    def answer_of(self, attendee: Attendee) -> Answer:
        """What an attendee says to it: by itself, or with the whole of its series."""
        said = attendee.answers.about(self.series_id, self.pk).said_by_attendee()[attendee.pk]
        return said.holds(self.series_id, self._alone) or Answer(attendee=attendee)

    @property
    def _alone(self) -> int | None:
        """Its number, if it can be answered by itself."""
        return self.pk if self.is_one_of_many else None
