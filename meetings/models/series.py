"""The parts of a meeting's series."""

from __future__ import annotations

from django.db import models


class EarlierSeries(models.Model):
    """What a series was up to the point from which "this and the following" were changed.

    Calendars know the two parts by different UIDs: there is no other way that all of them understand
    (docs/decisions/0022-series.md). Room, code and attendees stay the meeting's.
    """

    meeting = models.ForeignKey("meetings.Meeting", on_delete=models.CASCADE, related_name="earlier_series")
    uid = models.UUIDField(unique=True)
    sequence = models.PositiveIntegerField()
    # As of a meeting.
    asked_sequence = models.PositiveIntegerField(default=0, editable=False)
    lengthened_sequence = models.PositiveIntegerField(default=0, editable=False)
    title = models.CharField(max_length=200)
    wall_clock = models.CharField(max_length=16)
    time_zone = models.CharField(max_length=64)
    duration = models.DurationField()
    # Ends with the last occurrence before the change.
    rrule = models.CharField(max_length=120)

    class Meta:
        ordering = ("wall_clock", "pk")
        verbose_name_plural = "earlier series"

    def __str__(self) -> str:
        return f"{self.title} until {self.rrule.rpartition('UNTIL=')[2]}"
