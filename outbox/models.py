from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone


class LetterQuerySet(models.QuerySet["Letter"]):
    def waiting(self) -> LetterQuerySet:
        """Not sent and not given up, whether due yet or not."""
        return self.filter(sent_at=None, dead_at=None)


class Letter(models.Model):
    """One e-mail to one person, on its way.

    Written in the same transaction as its cause; rendered when it is sent, so that it says what is
    true then. `key` names the cause: writing the same letter twice is one letter.
    """

    key = models.CharField(max_length=200, unique=True)
    # Chooses who renders it (outbox.delivery.renderer).
    kind = models.CharField(max_length=40)
    recipient = models.EmailField(max_length=254)
    # What the renderer needs beside the database: ids and words, never secrets that outlive the letter.
    payload = models.JSONField(default=dict, blank=True)
    # Smaller goes first: 0 for codes that somebody waits for, 5 for invitations.
    priority = models.PositiveSmallIntegerField(default=5)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    not_before = models.DateTimeField(default=timezone.now)
    # After this moment it helps nobody (a login code): it is buried instead of sent.
    expires_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_by = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes: ClassVar = [
            models.Index(
                fields=["priority", "not_before"],
                name="letters_that_wait",
                condition=models.Q(sent_at=None, dead_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient}"
