from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# About half an hour of tries that failed.
STUCK_AFTER = 8


# How administrators read which letter it is. Whoever registers a renderer names it here, too.
KINDS = {
    "account": gettext_lazy("account"),
    "announcement": gettext_lazy("announcement"),
    "cancellation": gettext_lazy("cancellation"),
    "circular": gettext_lazy("announcement"),
    "digest": gettext_lazy("digest"),
    "intervention": gettext_lazy("by the administration"),
    "invitation": gettext_lazy("invitation"),
    "occurrence-cancellation": gettext_lazy("cancellation of one date"),
    "occurrence-update": gettext_lazy("update of one date"),
    "part": gettext_lazy("update of a part"),
    "removal": gettext_lazy("removal"),
    "reminder": gettext_lazy("reminder"),
    "update": gettext_lazy("update"),
}


class LetterQuerySet(models.QuerySet["Letter"]):
    def waiting(self) -> LetterQuerySet:
        """Not sent and not given up, whether due yet or not."""
        return self.filter(sent_at=None, dead_at=None)

    def stuck(self) -> LetterQuerySet:
        """Those that were put off for so long that somebody should look."""
        return self.waiting().exclude(error="").filter(attempts__gte=STUCK_AFTER)


class Letter(models.Model):
    """One e-mail to one person, on its way.

    Written in the same transaction as its cause; rendered when it is sent, so that it says what is
    true then. `key` names the cause: writing the same letter twice is one letter.
    """

    key = models.CharField(gettext_lazy("key"), max_length=200, unique=True)
    # Chooses who renders it (outbox.delivery.renderer).
    kind = models.CharField(gettext_lazy("kind"), max_length=40)
    recipient = models.EmailField(gettext_lazy("recipient"), max_length=254)
    # What the renderer needs beside the database: ids and words, never secrets that outlive the letter.
    payload = models.JSONField(default=dict, blank=True)
    # Smaller goes first: 0 for codes that somebody waits for, 5 for invitations.
    priority = models.PositiveSmallIntegerField(gettext_lazy("priority"), default=5)
    created_at = models.DateTimeField(gettext_lazy("written"), default=timezone.now, editable=False)
    not_before = models.DateTimeField(gettext_lazy("not before"), default=timezone.now)
    # After this moment it helps nobody (a login code): it is given up instead of sent.
    expires_at = models.DateTimeField(gettext_lazy("helps nobody after"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(gettext_lazy("attempts"), default=0)
    leased_by = models.CharField(gettext_lazy("worker"), max_length=40, blank=True)
    leased_until = models.DateTimeField(gettext_lazy("lease of the worker until"), null=True, blank=True)
    sent_at = models.DateTimeField(gettext_lazy("sent"), null=True, blank=True)
    dead_at = models.DateTimeField(gettext_lazy("given up"), null=True, blank=True)
    # Given up because it was no longer true when it was due: nobody missed anything.
    is_moot = models.BooleanField(default=False, editable=False)
    error = models.TextField(gettext_lazy("error"), blank=True)
    # What the message is known by on its way (RFC 5322, 3.6.4): set with the first attempt and kept.
    message_id = models.CharField(max_length=320, blank=True, editable=False)
    # When it came back after the mail server had taken it (RFC 3464), and what was said.
    bounced_at = models.DateTimeField(gettext_lazy("came back"), null=True, blank=True)
    bounce = models.TextField(gettext_lazy("why it came back"), blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("letter")
        verbose_name_plural = gettext_lazy("letters")
        ordering = ("-created_at", "-pk")
        # In the folder, whole; the list in the administration has no contents.
        permissions: ClassVar = [("read_letters", "Can read letters, with the personal links in them")]
        indexes: ClassVar = [
            models.Index(
                fields=["priority", "not_before"],
                name="letters_that_wait",
                condition=models.Q(sent_at=None, dead_at=None),
            ),
            models.Index(fields=["message_id"], name="letters_by_message_id"),
            models.Index(fields=["recipient", "sent_at"], name="letters_by_recipient"),
        ]

    def __str__(self) -> str:
        return _("%(kind)s to %(recipient)s") % {
            "kind": self.kind_words,
            "recipient": self.recipient,
        }

    @property
    def kind_words(self) -> str:
        """Which letter it is, for people; one of a kind that is gone by its name."""
        return str(KINDS.get(self.kind, self.kind))
