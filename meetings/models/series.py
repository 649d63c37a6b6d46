"""The parts of a meeting that calendars keep apart."""

from __future__ import annotations

import uuid
import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import validate_time_zone
from meetings.calendar import recurrence
from meetings.calendar.differences import Timing
from meetings.calendar.said import Said


class SeriesQuerySet(models.QuerySet["Series"]):
    def not_cancelled(self) -> SeriesQuerySet:
        """Those that were not cancelled."""
        return self.filter(cancelled_at=None)


class Series(models.Model):
    """What calendars know by one UID: when a meeting is, once or by a rule, and what it is called then.

    Every meeting with a time has one. "This and the following" splits it into two, since a UID has one rule
    (RFC 5545, 3.8.4.7; docs/decisions/0043-one-series.md). Room, code and attendees are the meeting's.
    """

    meeting = models.ForeignKey(
        "meetings.Meeting", on_delete=models.CASCADE, related_name="series", verbose_name=_("meeting")
    )
    # What calendars know it by (UID, RFC 5545, 3.8.4.7).
    uid = models.UUIDField(_("name in calendars"), default=uuid.uuid4, unique=True, editable=False)
    # Tells calendars which copy is the newer one (SEQUENCE, RFC 5545, 3.8.7.4).
    sequence = models.PositiveIntegerField(_("version in calendars"), default=0)
    # The version in which everybody was last asked anew: answers to an earlier one are about another time.
    asked_sequence = models.PositiveIntegerField(default=0, editable=False)
    # The version in which it was last made longer, so that those who come were asked anew: a no stays one.
    lengthened_sequence = models.PositiveIntegerField(default=0, editable=False)
    title = models.CharField(_("title"), max_length=200)
    # The first time (DTSTART, RFC 5545, 3.8.2.4).
    starts_at = models.DateTimeField(_("start"))
    # What a clock in that zone shows at the start: the truth, should the zone's rules change. In an hour that
    # comes twice it does not say which.
    wall_clock = models.CharField(max_length=16, editable=False, default="")
    # The zone in which the organizer thinks of it (IANA name).
    time_zone = models.CharField(
        _("organizer’s time zone"), max_length=64, default="UTC", validators=[validate_time_zone]
    )
    duration = models.DurationField(_("length"), default=timedelta(minutes=30))
    # How it repeats: an RRULE of those that meetings.calendar.recurrence takes; empty for once.
    rrule = models.CharField(_("rule of repetition"), max_length=120, blank=True)

    # With all of its dates, as "this and the following" are cancelled; calendars no longer know it.
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        # One comes into being when what follows another is changed: so they follow each other.
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.title}, {self.wall_clock}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and keep the wall clock in line with the start. Dates are laid out by plans.occurrences."""
        # By way of UTC: in a zone, an hour that the clocks skip would be missing (PEP 495).
        self.starts_at = self.starts_at.astimezone(UTC)
        fields = kwargs.get("update_fields")
        if fields is None or {"starts_at", "time_zone"} & set(fields):
            # Kept where it says the same moment: of a time that the clocks skip, it is what was meant.
            if not self.wall_clock or recurrence.moment(self.wall_clock, self.zone) != self.starts_at:
                self.wall_clock = recurrence.wall_clock(self.starts_at, self.zone)
            if fields is not None:
                kwargs["update_fields"] = {*fields, "wall_clock"}
        super().save(*args, **kwargs)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def repeats(self) -> bool:
        return bool(self.rrule)

    def to_answer(self) -> models.QuerySet[Any]:
        """Its dates that are to come; of one that is cancelled, those that would have been."""
        standing = models.Q(cancelled_at=None) | models.Q(cancelled_at=self.cancelled_at)
        return self.occurrences.filter(standing, ends_at__gt=timezone.now())

    def said_to_whole(self, said: Said[str]) -> str:
        """What is said to the whole of it now, by one answer or date by date (Said.to_whole)."""
        return said.to_whole(self.pk, self.to_answer().values_list("pk", flat=True) if self.repeats else ())

    @property
    def keys(self) -> tuple[str, ...]:
        """The wall clocks of its dates by its rule."""
        return recurrence.wall_clocks(self.rrule, self.wall_clock)

    @property
    def timing(self) -> Timing:
        """When it is, to be laid out (meetings.calendar.layout)."""
        return Timing(self.wall_clock, self.duration, self.time_zone, self.rrule, self.starts_at)

    @property
    def ends_at(self) -> datetime:
        """When the first of its dates ends."""
        return self.starts_at + self.duration

    @property
    def appointment(self) -> str:
        """When, how long and how often, as one word: what somebody says yes or no to."""
        once = f"{self.starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{round(self.duration.total_seconds())}"
        return f"{once}-{self.rrule}" if self.rrule else once
