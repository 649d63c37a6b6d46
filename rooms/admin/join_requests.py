"""Who asked to be let in, and what a host decided."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.admin.read_only import ModelAdmin, ReadOnly
from rooms.admin.of_meeting import OfMeeting
from rooms.models import JoinRequest


class DecisionFilter(admin.SimpleListFilter):
    title = gettext_lazy("decision")
    parameter_name = "decision"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Any]:
        return [*JoinRequest.Decision.choices, ("none", _("Not decided"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[JoinRequest]) -> QuerySet[JoinRequest]:
        if self.value() == "none":
            return queryset.filter(decision="")
        return queryset.filter(decision=self.value()) if self.value() else queryset


@admin.register(JoinRequest)
class JoinRequestAdmin(OfMeeting, ReadOnly, ModelAdmin):
    """Of whom nobody has decided may wait still, or have gone."""

    list_display = ("name", "meeting", "standing", "asked_at", "decision_", "decided_by", "decided_at")
    list_filter = (DecisionFilter, "standing", "asked_at")
    search_fields = (
        *("name", "person", "decided_by", "attendee__email"),
        *("room__meeting__title", "=room__meeting__code"),
    )
    date_hierarchy = "asked_at"
    ordering = ("-asked_at", "-pk")
    fields = (
        *("name", "standing", "person", "invitation", "meeting", "code"),
        *("asked_at", "decision_", "decided_by", "decided_at"),
    )
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[JoinRequest]:
        return super().get_queryset(request).select_related("room__meeting", "attendee")

    @admin.display(description=gettext_lazy("invitation"))
    def invitation(self, asked: JoinRequest) -> str:
        return str(asked.attendee) if asked.attendee else _("none")

    @admin.display(description=gettext_lazy("decision"), ordering="decision")
    def decision_(self, asked: JoinRequest) -> str:
        return str(asked.get_decision_display()) if asked.decision else _("not decided")
