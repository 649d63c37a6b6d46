"""What is written to people beside invitations: announcements, digests, and how many letters a day."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from meetings.models.meetings import Meeting


class Announcement(models.Model):
    """A word from the organizer to attendees of a meeting, one letter to each."""

    class Audience(models.TextChoices):
        """Whom it is for."""

        ALL = "all", _("Everybody who is invited")
        COMING = "coming", _("Those who said yes or maybe")
        SILENT = "silent", _("Those who have not answered")

    meeting = models.ForeignKey(
        Meeting, on_delete=models.CASCADE, related_name="announcements", verbose_name=_("meeting")
    )
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), max_length=10_000)
    audience = models.CharField(_("for whom"), max_length=8, choices=Audience, default=Audience.ALL)
    written_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    # How many letters it became.
    letters = models.PositiveIntegerField(_("letters"), default=0)

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ("-written_at", "-pk")

    def __str__(self) -> str:
        return self.subject


class LetterQuota(models.Model):
    """How many letters an account has caused on one day, counted in UTC."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="letter_quotas",
        verbose_name=_("account"),
    )
    day = models.DateField(_("day"))
    letters = models.PositiveIntegerField(_("letters"), default=0)

    class Meta:
        verbose_name = _("letter quota")
        verbose_name_plural = _("letter quotas")
        constraints: ClassVar = [models.UniqueConstraint("user", "day", name="one_letter_quota_a_day")]

    def __str__(self) -> str:
        return f"{self.user}, {self.day}: {self.letters}"


class Digest(models.Model):
    """Whoever has one gets letters about new answers to their meetings, several answers in one."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest")
    # Up to when they know all answers.
    told_until = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")

    def __str__(self) -> str:
        return gettext("Digest of %(account)s") % {"account": self.user}
