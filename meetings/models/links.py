"""Secret addresses: the personal links of attendees, and the calendars that programs subscribe to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from meetings.models.attendees import Attendee


class PersonalLinkQuerySet(models.QuerySet["PersonalLink"]):
    def working(self) -> PersonalLinkQuerySet:
        """Those that were not ended; whether their meeting is long over is another question."""
        return self.filter(revoked_at=None)


class PersonalLink(models.Model):
    """A secret address that lets an attendee in without an account.

    Only the SHA-256 of the secret is kept; the secret itself stands in one letter and nowhere else. Every
    letter carries a link of its own, and all of an attendee's links work until they are revoked, or until
    some days after the last date (meetings.links).
    """

    class Ending(models.TextChoices):
        """Why a link was revoked; empty for what was revoked before we noted it."""

        REPLACED = "replaced", _("A letter with a new one was written")
        ENDED = "ended", _("It was to let nobody in any more")
        REMOVED = "removed", _("The invitation was taken back")
        DELETED = "deleted", _("The account that it belonged to was deleted")

    attendee = models.ForeignKey(
        Attendee, on_delete=models.CASCADE, related_name="links", verbose_name=_("attendee")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_for = models.CharField(_("why it was revoked"), max_length=8, choices=Ending, blank=True)
    # The address of the administrator who did it; empty if it was the organizer.
    revoked_by = models.CharField(_("revoked by the administrator"), max_length=254, blank=True)

    objects = PersonalLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("personal link")
        verbose_name_plural = _("personal links")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return gettext("Link of %(attendee)s") % {"attendee": self.attendee}


class CalendarFeed(models.Model):
    """The secret address at which calendar programs read somebody's meetings; only its SHA-256 is kept.

    One that an administrator ended is kept, so that whoever asks for it hears the truth.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="calendar_feed",
        verbose_name=_("account"),
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    read_at = models.DateTimeField(_("last read"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.CharField(_("ended by the administrator"), max_length=254, blank=True)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return gettext("Calendar address of %(account)s") % {"account": self.user}
