"""Who is invited to a meeting, and what they say to it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AttendeeQuerySet(models.QuerySet["Attendee"]):
    def invited(self) -> AttendeeQuerySet:
        return self.filter(removed_at=None)

    def entitled(self) -> AttendeeQuerySet:
        """Those whose invitation lets them in: not if their account is switched off, or was deleted."""
        return self.invited().filter(account_deleted_at=None).exclude(user__is_active=False)

    def by_answer(self) -> AttendeeQuerySet:
        """Who answered last comes last; of two invitations of one person, that one counts."""
        return self.order_by(models.F("answered_at").asc(nulls_first=True), "pk")


class Attendee(models.Model):
    """Somebody who is invited to a meeting, with or without an account."""

    class PartStat(models.TextChoices):
        """The answer, in the words of RFC 5545, 3.2.12."""

        NEEDS_ACTION = "NEEDS-ACTION", _("No answer")
        ACCEPTED = "ACCEPTED", _("Yes")
        TENTATIVE = "TENTATIVE", _("Maybe")
        DECLINED = "DECLINED", _("No")

    meeting = models.ForeignKey("meetings.Meeting", on_delete=models.CASCADE, related_name="attendees")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=64, blank=True)
    # Their presence is not needed (ROLE=OPT-PARTICIPANT, RFC 5545, 3.2.16).
    optional = models.BooleanField(default=False)
    # A host in the room, beside the organizer.
    cohost = models.BooleanField("host", default=False)
    # Set only when the account has verified this address.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="invitations",
        verbose_name="account",
    )
    partstat = models.CharField("answer", max_length=12, choices=PartStat, default=PartStat.NEEDS_ACTION)
    # When they said it, and when we heard of it: mail takes its time.
    answered_at = models.DateTimeField("answered", null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Of an answer by mail: when that was by the clock of whoever gave it (DTSTAMP), which may be wrong.
    stamped_at = models.DateTimeField(null=True, blank=True, editable=False)
    # A word to the organizer, said with the answer.
    note = models.CharField("word with the answer", max_length=200, blank=True)
    # The latest letter to them about this meeting; an older one that still waits is no longer true.
    letter = models.ForeignKey(
        "outbox.Letter",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
        verbose_name="latest letter",
    )
    # Minutes before the start at which they want to be reminded; None for those of the meeting, [] for never.
    reminders = models.JSONField("reminders of their own, in minutes before", null=True, blank=True)
    # When their browser, camera, microphone and network were last found to be good for a call.
    tested_at = models.DateTimeField("set-up tested", null=True, blank=True, editable=False)
    # IANA name, learned when they first opened a link and its page told us; empty until then.
    time_zone = models.CharField(max_length=64, blank=True)
    invited_at = models.DateTimeField("invited", default=timezone.now, editable=False)
    # Of whoever was taken off the list and invited again, the version of the meeting in which that was: what
    # they said to an earlier one was an answer to an invitation that was taken back.
    invited_sequence = models.PositiveIntegerField(default=0, editable=False)
    removed_at = models.DateTimeField("taken off the list", null=True, blank=True)
    # They stay on the list, and nothing lets them in until the organizer writes to them again.
    account_deleted_at = models.DateTimeField("account deleted", null=True, blank=True, editable=False)

    objects = AttendeeQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes: ClassVar = [models.Index(Lower("email"), name="invitations_of_address")]
        constraints: ClassVar = [
            models.UniqueConstraint("meeting", Lower("email"), name="one_seat_per_address"),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email

    @property
    def display_name(self) -> str:
        return self.name or self.email.partition("@")[0]


class Answer(models.Model):
    """What an attendee says to, and was told of, one occurrence of a series, beside what holds for all."""

    attendee = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="answers")
    occurrence = models.ForeignKey("meetings.Occurrence", on_delete=models.CASCADE, related_name="answers")
    # Empty: as for the series.
    partstat = models.CharField(max_length=12, choices=Attendee.PartStat, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True, editable=False)
    stamped_at = models.DateTimeField(null=True, blank=True, editable=False)
    note = models.CharField(max_length=200, blank=True)
    # The latest letter to them about this occurrence alone.
    letter = models.ForeignKey(
        "outbox.Letter", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("attendee", "occurrence", name="one_answer_per_occurrence"),
        ]

    def __str__(self) -> str:
        return f"{self.attendee}: {self.partstat or 'as always'}"
