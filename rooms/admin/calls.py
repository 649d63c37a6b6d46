"""Calls: who was inside, and who heard whom."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Concat, Greatest, Least
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from meetings.admin.read_only import ModelAdmin, ReadOnly
from rooms.admin.host_actions import HostActionInline
from rooms.admin.lines import Lines, way_to
from rooms.admin.of_meeting import OfMeeting
from rooms.models import Call, ConnectionChange, JoinRequest, Participant
from rooms.roster import connections


class LiveFilter(admin.SimpleListFilter):
    """Whether somebody is inside now."""

    title = gettext_lazy("now")
    parameter_name = "live"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", _("Going on")), ("no", _("Over"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "yes":
                return queryset.filter(ended_at=None)
            case "no":
                return queryset.exclude(ended_at=None)
            case _:
                return queryset


class NeverMetFilter(admin.SimpleListFilter):
    """Whether somebody could not hear somebody else from beginning to end."""

    title = gettext_lazy("who heard whom")
    parameter_name = "heard"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("not-all", _("Some pairs never connected"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "not-all":
            never = ConnectionChange.objects.of_pairs_that_never_met().filter(call=OuterRef("pk"))
            return queryset.filter(Exists(never))
        return queryset


class ParticipantInline(Lines):
    model = Participant
    # The name stands above each line.
    fields = ("role", "given_role", "user", "attendee", "joined_at", "away_until", "left_at", "left_reason")
    readonly_fields = fields
    ordering = ("-seat",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Participant]:
        return super().get_queryset(request).select_related("user", "attendee", "call__room__meeting")


class JoinRequestInline(Lines):
    model = JoinRequest
    ordering = ("-asked_at",)
    verbose_name_plural = gettext_lazy("who asked to be let in")
    fields = ("name", "standing", "person", "asked_at", "decision", "decided_by", "decided_at")
    readonly_fields = fields


@admin.register(Call)
class CallAdmin(OfMeeting, ReadOnly, ModelAdmin):
    # As much as fits beside the filters.
    list_display = ("meeting", "started_at", "length", "participants_so_far", "never_connected", "code")
    list_filter = (LiveFilter, NeverMetFilter, "started_at")
    list_select_related = ("room__meeting",)
    search_fields = (
        "room__meeting__code",
        "room__meeting__title",
        "participants__name",
        "participants__user__email",
        "participants__attendee__email",
    )
    date_hierarchy = "started_at"
    list_per_page = 50
    fields = ("room", "meeting", "started_at", "ended_at", "length", "who_heard_whom", "all_actions")
    inlines: ClassVar = [ParticipantInline, JoinRequestInline, HostActionInline]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return lookup == "room__id__exact" or super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        calls = super().get_queryset(request).select_related("room__meeting")
        # A subquery, so that a search through participants does not change the count.
        people = Participant.objects.filter(call=OuterRef("pk")).order_by().values("call")
        pair = Concat(Least("participant", "other"), Greatest("participant", "other"))
        never = ConnectionChange.objects.of_pairs_that_never_met().filter(call=OuterRef("pk"))
        pairs = never.order_by().values("call").annotate(count=Count(pair, distinct=True))
        return calls.annotate(
            people_count=Subquery(people.annotate(count=Count("pk")).values("count")),
            never_count=Subquery(pairs.values("count")),
        )

    @admin.display(description=gettext_lazy("lasted"), ordering=F("ended_at") - F("started_at"))
    def length(self, call: Call) -> str:
        long = timesince(call.started_at, call.ended_at or timezone.now())
        return long if call.ended_at else _("%(length)s, goes on") % {"length": long}

    @admin.display(description=gettext_lazy("participants"), ordering="people_count")
    def participants_so_far(self, call: Call) -> int:
        return call.people_count or 0  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("pairs apart"), ordering="never_count")
    def never_connected(self, call: Call) -> int:
        return call.never_count or 0  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("who heard whom"))
    def who_heard_whom(self, call: Call) -> str:
        pairs = connections.pairs(call)
        if not pairs:
            return _("Nobody reported a connection.")
        troubled = [pair for pair in pairs if not pair.met or pair.breaks]
        lines = [str(pair) for pair in troubled]
        if len(pairs) > len(troubled):
            fine = len(pairs) - len(troubled)
            text = ngettext(
                "%(count)s pair heard each other all the time",
                "%(count)s pairs heard each other all the time",
                fine,
            )
            lines.append(text % {"count": fine})
        every = way_to("connectionchange", f"call__id__exact={call.pk}", _("Every change"))
        return format_html("{}<br>{}", format_html_join("", "{}<br>", zip(lines)), every)

    @admin.display(description=gettext_lazy("what hosts did"))
    def all_actions(self, call: Call) -> str:
        return way_to("hostaction", f"call__id__exact={call.pk}", _("All of it"))


@admin.register(ConnectionChange)
class ConnectionChangeAdmin(ReadOnly, ModelAdmin):
    list_display = ("at", "call", "participant", "other", "condition")
    list_select_related = ("call__room__meeting", "participant", "other")
    list_filter = ("condition", "at")
    search_fields = (
        "call__room__meeting__code",
        "call__room__meeting__title",
        "participant__name",
        "other__name",
    )
    date_hierarchy = "at"
    ordering = ("-at", "-pk")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return lookup == "call__id__exact" or super().lookup_allowed(lookup, value, request)
