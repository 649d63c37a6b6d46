from __future__ import annotations

import secrets
import uuid
import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.models import User, validate_time_zone

# Without letters and digits that are mistaken for each other when read aloud or written down.
CODE_ALPHABET = "abcdefghjkmnpqrstvwxyz23456789"
CODE_GROUPS = (4, 5, 4)


def new_code() -> str:
    """A meeting's public name, such as `kfpx-tvwqm-m3xz`: 63 random bits."""
    return "-".join("".join(secrets.choice(CODE_ALPHABET) for _ in range(n)) for n in CODE_GROUPS)


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


def keep_coming_meetings(collector: Any, field: Any, meetings: Any, using: str) -> None:
    """What happens to the meetings of an organizer who is deleted: those to come are in the way.

    Their attendees would hear nothing of the end, since a letter is written from the meeting; they are to be
    cancelled first.
    """
    now = timezone.now()
    if coming := {meeting for meeting in meetings if not meeting.is_cancelled and meeting.ends_at > now}:
        raise models.ProtectedError("Meetings that are still to come have to be cancelled first.", coming)
    models.CASCADE(collector, field, meetings, using)


class Meeting(models.Model):
    """A time to gather; its room is reached by the same code."""

    code = models.CharField(max_length=20, unique=True, default=new_code, editable=False)
    organizer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=keep_coming_meetings, related_name="meetings"
    )
    title = models.CharField(max_length=200)
    agenda = models.TextField(max_length=10_000, blank=True)
    starts_at = models.DateTimeField()
    duration = models.DurationField(default=timedelta(minutes=30))
    # Derived from the two above, for the index.
    ends_at = models.DateTimeField(editable=False)
    # The zone in which the organizer thinks of it (IANA name).
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    # Begun by "Meet now": nobody is written to, and its end is a guess.
    instant = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    # What calendars know it by, for good (UID, RFC 5545, 3.8.4.7).
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Tells calendars which copy is the newer one (SEQUENCE, RFC 5545, 3.8.7.4).
    sequence = models.PositiveIntegerField(default=0)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ("starts_at", "pk")
        indexes: ClassVar = [models.Index(fields=["organizer", "ends_at"], name="meetings_of_organizer")]

    def __str__(self) -> str:
        return self.title

    def save(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        # By way of UTC: in a zone, an hour that the clocks skip would be missing (PEP 495).
        self.starts_at = self.starts_at.astimezone(UTC)
        self.ends_at = self.starts_at + self.duration
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "ends_at"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("meetings:meeting", args=[self.code])

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
        """When and how long, as one word: what somebody says yes or no to."""
        return f"{self.starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{round(self.duration.total_seconds())}"

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None


class AttendeeQuerySet(models.QuerySet["Attendee"]):
    def invited(self) -> AttendeeQuerySet:
        return self.filter(removed_at=None)


class Attendee(models.Model):
    """Somebody who is invited to a meeting, with or without an account."""

    class PartStat(models.TextChoices):
        """The answer, in the words of RFC 5545, 3.2.12."""

        NEEDS_ACTION = "NEEDS-ACTION", "No answer"
        ACCEPTED = "ACCEPTED", "Yes"
        TENTATIVE = "TENTATIVE", "Maybe"
        DECLINED = "DECLINED", "No"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendees")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=64, blank=True)
    # Set only when the account has verified this address.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitations"
    )
    partstat = models.CharField(max_length=12, choices=PartStat, default=PartStat.NEEDS_ACTION)
    answered_at = models.DateTimeField(null=True, blank=True)
    # A word to the organizer, said with the answer.
    note = models.CharField(max_length=200, blank=True)
    # The latest letter to them about this meeting; an older one that still waits is no longer true.
    letter = models.ForeignKey(
        "outbox.Letter", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    # IANA name, learned when they first opened a link and its page told us; empty until then.
    time_zone = models.CharField(max_length=64, blank=True)
    invited_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = AttendeeQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint("meeting", Lower("email"), name="one_seat_per_address"),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email

    @property
    def display_name(self) -> str:
        return self.name or self.email.partition("@")[0]


class PersonalLink(models.Model):
    """A secret address that lets an attendee in without an account.

    Only the SHA-256 of the secret is kept; the secret itself stands in one letter and nowhere else. Every
    letter carries a link of its own, and all of an attendee's links work until they are revoked.
    """

    attendee = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"link of {self.attendee}"
