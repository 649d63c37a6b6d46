"""Rooms, and whom hosts removed from them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from meetings.admin.read_only import ModelAdmin, ReadOnly
from rooms.admin.lines import Lines, way_to
from rooms.models import Call, Participant, Removal, Room


class CallInline(Lines):
    model = Call
    fields = ("started_at", "ended_at", "people")
    readonly_fields = fields
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        calls = super().get_queryset(request).select_related("room__meeting")
        return calls.annotate(people_count=Count("participants"))

    @admin.display(description=gettext_lazy("participants"))
    def people(self, call: Call) -> int:
        return call.people_count  # type: ignore[attr-defined]


class RemovalInline(Lines):
    model = Removal
    fields = ("person", "removed_by", "created_at")
    readonly_fields = fields

    def has_delete_permission(self, request: HttpRequest, *args: Any) -> bool:
        # Deleting a removal lets the person in again.
        return ModelAdmin.has_delete_permission(self, request)


@admin.register(Room)
class RoomAdmin(ReadOnly, ModelAdmin):
    list_display = ("code", "title", "organizer", "inside", "calls_so_far")
    list_select_related = ("meeting__organizer",)
    search_fields = (
        "meeting__code",
        "meeting__title",
        "meeting__organizer__email",
        "meeting__organizer__name",
    )
    fields = ("meeting", "organizer", "inside", "all_calls", "all_removals", "rev")
    inlines: ClassVar = [CallInline, RemovalInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        inside = Participant.objects.inside().filter(call__room=OuterRef("pk")).values("call__room")
        return (
            super()
            .get_queryset(request)
            .select_related("meeting__organizer")
            .annotate(
                inside_count=Subquery(inside.annotate(count=Count("pk")).values("count")),
                call_count=Count("calls"),
            )
        )

    @admin.display(description=gettext_lazy("code"), ordering="meeting__code")
    def code(self, room: Room) -> str:
        return room.meeting.code

    @admin.display(description=gettext_lazy("title"), ordering="meeting__title")
    def title(self, room: Room) -> str:
        return room.meeting.title

    @admin.display(description=gettext_lazy("organizer"), ordering="meeting__organizer__email")
    def organizer(self, room: Room) -> str:
        return room.meeting.organizer.email

    @admin.display(description=gettext_lazy("inside now"), ordering="inside_count")
    def inside(self, room: Room) -> int:
        return room.inside_count or 0  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("calls"), ordering="call_count")
    def calls_so_far(self, room: Room) -> int:
        return room.call_count  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("calls"))
    def all_calls(self, room: Room) -> str:
        return way_to("call", f"room__id__exact={room.pk}", gettext("All of its calls"))

    @admin.display(description=gettext_lazy("removals"))
    def all_removals(self, room: Room) -> str:
        return way_to("removal", f"room__id__exact={room.pk}", gettext("Everybody whom hosts removed"))


@admin.register(Removal)
class RemovalAdmin(ReadOnly, ModelAdmin):
    list_display = ("name", "room", "removed_by", "created_at")
    list_select_related = ("room__meeting",)
    list_filter = ("created_at",)
    search_fields = ("name", "person", "room__meeting__code", "room__meeting__title")
    date_hierarchy = "created_at"

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return lookup == "room__id__exact" or super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Removal]:
        return super().get_queryset(request).select_related("room__meeting")

    def has_delete_permission(self, request: HttpRequest, *args: Any) -> bool:
        # Deleting a removal lets the person in again.
        return ModelAdmin.has_delete_permission(self, request)
