"""The server processes that run."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from meetings.admin.read_only import ModelAdmin, ReadOnly
from rooms.models import ServerProcess


@admin.register(ServerProcess)
class ServerProcessAdmin(ReadOnly, ModelAdmin):
    list_display = ("id", "is_alive", "people", "host", "pid", "started_at", "heartbeat_at")
    search_fields = ("id", "channel", "host")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServerProcess]:
        inside = Q(participant__left_at=None)
        return super().get_queryset(request).annotate(people_count=Count("participant", filter=inside))

    @admin.display(boolean=True, description=gettext_lazy("alive"))
    def is_alive(self, process: ServerProcess) -> bool:
        lease: timedelta = settings.LEASE
        return process.heartbeat_at > timezone.now() - lease

    @admin.display(description=gettext_lazy("connected"), ordering="people_count")
    def people(self, process: ServerProcess) -> int:
        return process.people_count  # type: ignore[attr-defined]
