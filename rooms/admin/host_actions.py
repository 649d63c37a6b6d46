"""What hosts did in calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from language.formats import listed
from meetings.admin.read_only import ModelAdmin, ReadOnly
from rooms.admin.lines import Lines
from rooms.models import HostAction

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Those that are about people; about nobody in particular, they are about everybody but hosts.
ABOUT_PEOPLE = {
    HostAction.Action.MUTE,
    HostAction.Action.STOP_CAMERA,
    HostAction.Action.ASK_UNMUTE,
    HostAction.Action.LOWER_HAND,
}


# What holds by a rule, as `HostAction.detail` has it: once a host has turned it on, and off.
RULES: Mapping[str, tuple[StrOrPromise, StrOrPromise]] = {
    "locked": (gettext_lazy("The room is locked: nobody new comes in."), gettext_lazy("It is open again.")),
    "share": (
        gettext_lazy("Everybody may share their screen."),
        gettext_lazy("Only hosts may share their screens."),
    ),
    "chat": (
        gettext_lazy("Everybody may write in the chat."),
        gettext_lazy("Only hosts may write in the chat."),
    ),
    "unmute": (
        gettext_lazy("Whoever was muted may unmute themselves."),
        gettext_lazy("Whoever was muted unmutes once a host asks them to."),
    ),
    "record": (gettext_lazy("Everybody may record."), gettext_lazy("Only hosts may record.")),
    "rename": (
        gettext_lazy("Everybody may change their own name."),
        gettext_lazy("Only hosts may change names."),
    ),
    "spotlight": (
        gettext_lazy("Somebody is large for everybody."),
        gettext_lazy("Nobody is large for everybody."),
    ),
}
# The same of what is turned on and off with a command of its own, and of a role.
SAID: Mapping[tuple[str, str], StrOrPromise] = {
    ("set-role", "host"): gettext_lazy("Host from now on."),
    ("set-role", "participant"): gettext_lazy("Host no longer."),
    ("set-lobby", "on"): gettext_lazy("Whoever comes waits until a host lets them in."),
    ("set-lobby", "off"): gettext_lazy("Nobody has to wait until a host lets them in."),
    ("end", "on"): gettext_lazy("It ends for everybody in a moment."),
    ("end", "off"): gettext_lazy("That was taken back, and the call goes on."),
}


def about_whom(action: HostAction) -> str:
    """Whom it was about."""
    if action.target:
        return listed(action.target.splitlines())
    return _("Everybody but hosts") if action.action in ABOUT_PEOPLE else ""


def in_detail(action: HostAction) -> str:
    """What else belongs to it, in sentences. A word that this release does not know stands as it is."""
    if action.action == HostAction.Action.RENAME:
        return _("Called %(name)s from now on.") % {"name": action.detail}
    if action.action == HostAction.Action.SET_RULES:
        return " ".join(_of_rule(said) for said in action.detail.split(", "))
    return str(SAID.get((action.action, action.detail), action.detail))


def _of_rule(said: str) -> str:
    rule, _space, value = said.partition(" ")
    if rule not in RULES or value not in ("on", "off"):
        return said
    on, off = RULES[rule]
    return str(on if value == "on" else off)


class HostActionInline(Lines):
    model = HostAction
    ordering = ("-at", "-pk")
    verbose_name_plural = gettext_lazy("what hosts did")
    fields = ("at", "host", "action", "about", "words")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("whom it was about"))
    def about(self, action: HostAction) -> str:
        return about_whom(action)

    @admin.display(description=gettext_lazy("detail"))
    def words(self, action: HostAction) -> str:
        return in_detail(action)


@admin.register(HostAction)
class HostActionAdmin(ReadOnly, ModelAdmin):
    list_display = ("at", "call", "host", "action", "about", "words")
    list_select_related = ("call__room__meeting",)
    list_filter = ("action", "at")
    search_fields = ("host", "target", "call__room__meeting__code", "call__room__meeting__title")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    fields = ("call", "at", "host", "action", "about", "words")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return lookup == "call__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=gettext_lazy("whom it was about"))
    def about(self, action: HostAction) -> str:
        return about_whom(action)

    @admin.display(description=gettext_lazy("detail"))
    def words(self, action: HostAction) -> str:
        return in_detail(action)
