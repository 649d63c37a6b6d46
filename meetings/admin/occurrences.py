"""Dates, as an administrator sees them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.admin.meetings import StateFilter
from meetings.admin.read_only import ModelAdmin, ReadOnly
from meetings.models import Occurrence


class OccurrenceFilter(StateFilter):
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        gone = Q(cancelled_at__isnull=False) | Q(meeting__cancelled_at__isnull=False)
        match self.value():
            case "coming":
                return queryset.exclude(gone).filter(ends_at__gt=now)
            case "over":
                return queryset.exclude(gone).filter(ends_at__lte=now)
            case "cancelled":
                return queryset.filter(gone)
            case _:
                return queryset


@admin.register(Occurrence)
class OccurrenceAdmin(ReadOnly, ModelAdmin):
    """When meetings take place: one line for a single one, many for a series."""

    list_display = ("title_", "starts_at", "ends_at", "state", "by_the_rule", "organizer")
    list_filter = (OccurrenceFilter, "moved", "starts_at")
    fields = (
        *("meeting", "title", "agenda", "starts_at", "ends_at"),
        *("recurrence_id", "moved", "series", "cancelled_at"),
    )
    list_select_related = ("meeting__organizer",)
    search_fields = (
        *("title", "meeting__title", "=meeting__code", "meeting__organizer__email"),
        *("meeting__attendees__email", "meeting__attendees__name"),
    )
    date_hierarchy = "starts_at"
    ordering = ("-starts_at", "-pk")
    list_per_page = 50

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return lookup == "meeting__id__exact" or super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Occurrence]:
        return super().get_queryset(request).select_related("meeting__organizer", "series")

    @admin.display(description=gettext_lazy("title"), ordering="meeting__title")
    def title_(self, occurrence: Occurrence) -> str:
        return occurrence.shown_title

    @admin.display(description=gettext_lazy("organizer"), ordering="meeting__organizer__email")
    def organizer(self, occurrence: Occurrence) -> str:
        return occurrence.meeting.organizer.email

    @admin.display(description=gettext_lazy("state"), ordering="cancelled_at")
    def state(self, occurrence: Occurrence) -> str:
        if occurrence.is_cancelled:
            return _("cancelled")
        now = timezone.now()
        if occurrence.ends_at <= now:
            return _("over")
        return _("going on") if occurrence.starts_at <= now else _("coming")

    @admin.display(description=gettext_lazy("by the rule"), ordering="recurrence_id")
    def by_the_rule(self, occurrence: Occurrence) -> str:
        """When it would have been, on the clock of its meeting, for one that was moved."""
        return occurrence.recurrence_id.replace("T", " ") if occurrence.moved else ""
