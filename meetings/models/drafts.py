"""What somebody began to plan."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Draft(models.Model):
    """A meeting that somebody began to plan: nobody has been written to, and nothing of it is checked yet."""

    organizer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    # The fields of the form as they were typed: a text each, or a list of them.
    content = models.JSONField(default=dict, editable=False)
    saved_at = models.DateTimeField(_("saved"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ("-saved_at", "-pk")

    def __str__(self) -> str:
        return self.title or str(_("Untitled draft"))

    @property
    def title(self) -> str:
        return str(self.content.get("title") or "").strip()
