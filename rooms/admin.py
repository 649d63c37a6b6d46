"""What happens and happened live, to be looked at: history is not edited."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Concat, Greatest, Least
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.timesince import timesince

from rooms.models import Call, Knock, LinkChange, Participant, Removal, Room, ServerProcess
from rooms.roster import links

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    # Django's are not generic when they run.
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline


class ReadOnly:
    """Seen by administrators, changed by nobody."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False


class LiveFilter(admin.SimpleListFilter):
    """Whether somebody is inside now."""

    title = "now"
    parameter_name = "live"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Going on"), ("no", "Over")]

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

    title = "who heard whom"
    parameter_name = "heard"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("not-all", "Some pairs never connected")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "not-all":
            never = LinkChange.objects.of_pairs_that_never_met().filter(call=OuterRef("pk"))
            return queryset.filter(Exists(never))
        return queryset


class ParticipantInline(ReadOnly, TabularInline):
    model = Participant
    extra = 0
    # The name stands above each line.
    fields = ("role", "user", "attendee", "joined_at", "away_until", "left_at", "left_reason")
    readonly_fields = fields
    ordering = ("seat",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Participant]:
        return super().get_queryset(request).select_related("user", "attendee", "call__room__meeting")


class KnockInline(ReadOnly, TabularInline):
    model = Knock
    extra = 0
    verbose_name_plural = "who asked to be let in"
    fields = ("name", "standing", "person", "asked_at", "answer", "answered_by", "answered_at")
    readonly_fields = fields


class CallInline(ReadOnly, TabularInline):
    model = Call
    extra = 0
    fields = ("started_at", "ended_at", "people")
    readonly_fields = fields
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        calls = super().get_queryset(request).select_related("room__meeting")
        return calls.annotate(people_count=Count("participants"))

    @admin.display(description="participants")
    def people(self, call: Call) -> int:
        return call.people_count  # type: ignore[attr-defined]


class RemovalInline(ReadOnly, TabularInline):
    model = Removal
    extra = 0
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
    fields = ("meeting", "organizer", "inside", "rev")
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

    @admin.display(ordering="meeting__code")
    def code(self, room: Room) -> str:
        return room.meeting.code

    @admin.display(ordering="meeting__title")
    def title(self, room: Room) -> str:
        return room.meeting.title

    @admin.display(ordering="meeting__organizer__email")
    def organizer(self, room: Room) -> str:
        return room.meeting.organizer.email

    @admin.display(description="inside now", ordering="inside_count")
    def inside(self, room: Room) -> int:
        return room.inside_count or 0  # type: ignore[attr-defined]

    @admin.display(description="calls", ordering="call_count")
    def calls_so_far(self, room: Room) -> int:
        return room.call_count  # type: ignore[attr-defined]


@admin.register(Call)
class CallAdmin(ReadOnly, ModelAdmin):
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
    fields = ("room", "meeting", "started_at", "ended_at", "length", "who_heard_whom")
    inlines: ClassVar = [ParticipantInline, KnockInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        calls = super().get_queryset(request).select_related("room__meeting")
        # A subquery, so that a search through participants does not change the count.
        people = Participant.objects.filter(call=OuterRef("pk")).order_by().values("call")
        pair = Concat(Least("participant", "other"), Greatest("participant", "other"))
        never = LinkChange.objects.of_pairs_that_never_met().filter(call=OuterRef("pk"))
        pairs = never.order_by().values("call").annotate(count=Count(pair, distinct=True))
        return calls.annotate(
            people_count=Subquery(people.annotate(count=Count("pk")).values("count")),
            never_count=Subquery(pairs.values("count")),
        )

    @admin.display(ordering="room__meeting__title")
    def meeting(self, call: Call) -> str:
        return call.room.meeting.title

    @admin.display(ordering="room__meeting__code")
    def code(self, call: Call) -> str:
        return call.room.meeting.code

    @admin.display(description="lasted", ordering=F("ended_at") - F("started_at"))
    def length(self, call: Call) -> str:
        long = timesince(call.started_at, call.ended_at or timezone.now())
        return long if call.ended_at else f"{long}, goes on"

    @admin.display(description="participants", ordering="people_count")
    def participants_so_far(self, call: Call) -> int:
        return call.people_count or 0  # type: ignore[attr-defined]

    @admin.display(description="pairs apart", ordering="never_count")
    def never_connected(self, call: Call) -> int:
        return call.never_count or 0  # type: ignore[attr-defined]

    @admin.display(description="who heard whom")
    def who_heard_whom(self, call: Call) -> str:
        pairs = links.pairs(call)
        if not pairs:
            return "Nobody told of a link."
        troubled = [pair for pair in pairs if not pair.met or pair.breaks]
        lines = [str(pair) for pair in troubled]
        if len(pairs) > len(troubled):
            fine = len(pairs) - len(troubled)
            lines.append(f"{fine} {'pair' if fine == 1 else 'pairs'} heard each other all the time")
        address = f"{reverse('admin:rooms_linkchange_changelist')}?call__id__exact={call.pk}"
        return format_html(
            '{}<br><a href="{}">Every change</a>', format_html_join("", "{}<br>", zip(lines)), address
        )


@admin.register(LinkChange)
class LinkChangeAdmin(ReadOnly, ModelAdmin):
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


@admin.register(Removal)
class RemovalAdmin(ReadOnly, ModelAdmin):
    list_display = ("name", "room", "removed_by", "created_at")
    list_select_related = ("room__meeting",)
    list_filter = ("created_at",)
    search_fields = ("name", "person", "room__meeting__code", "room__meeting__title")
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Removal]:
        return super().get_queryset(request).select_related("room__meeting")

    def has_delete_permission(self, request: HttpRequest, *args: Any) -> bool:
        # Deleting a removal lets the person in again.
        return ModelAdmin.has_delete_permission(self, request)


@admin.register(ServerProcess)
class ServerProcessAdmin(ReadOnly, ModelAdmin):
    list_display = ("id", "is_alive", "people", "host", "pid", "started_at", "heartbeat_at")
    search_fields = ("id", "channel", "host")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServerProcess]:
        inside = Q(participant__left_at=None)
        return super().get_queryset(request).annotate(people_count=Count("participant", filter=inside))

    @admin.display(boolean=True, description="alive")
    def is_alive(self, process: ServerProcess) -> bool:
        lease: timedelta = settings.LEASE
        return process.heartbeat_at > timezone.now() - lease

    @admin.display(description="connected", ordering="people_count")
    def people(self, process: ServerProcess) -> int:
        return process.people_count  # type: ignore[attr-defined]
