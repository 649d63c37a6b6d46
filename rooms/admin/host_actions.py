"""What hosts did in calls."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from language.formats import listed
from meetings.admin.read_only import ModelAdmin, ReadOnly
from rooms.admin.lines import Lines
from rooms.models import HostAction

# Those that are about people; about nobody in particular, they are about everybody but hosts.
ABOUT_PEOPLE = {
    HostAction.Action.MUTE,
    HostAction.Action.STOP_CAMERA,
    HostAction.Action.ASK_UNMUTE,
    HostAction.Action.LOWER_HAND,
}


def in_words(action: HostAction) -> str:
    """Whom it was about."""
    if action.target:
        return listed(action.target.splitlines())
    return _("Everybody but hosts") if action.action in ABOUT_PEOPLE else ""


class HostActionInline(Lines):
    model = HostAction
    ordering = ("-at", "-pk")
    verbose_name_plural = gettext_lazy("what hosts did")
    fields = ("at", "host", "action", "about", "detail")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("whom it was about"))
    def about(self, action: HostAction) -> str:
        return in_words(action)


@admin.register(HostAction)
class HostActionAdmin(ReadOnly, ModelAdmin):
    list_display = ("at", "call", "host", "action", "about", "detail")
    list_select_related = ("call__room__meeting",)
    list_filter = ("action", "at")
    search_fields = ("host", "target", "call__room__meeting__code", "call__room__meeting__title")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    fields = ("call", "at", "host", "action", "about", "detail")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return lookup == "call__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=gettext_lazy("whom it was about"))
    def about(self, action: HostAction) -> str:
        return in_words(action)
