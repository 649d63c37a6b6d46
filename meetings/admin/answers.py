"""Answers, as an administrator finds them: what was said to series, and to single dates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.admin.read_only import ModelAdmin, ReadOnly
from meetings.models import Answer, Attendee


class PartStatFilter(admin.SimpleListFilter):
    title = gettext_lazy("answer")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Attendee.PartStat.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Answer]) -> QuerySet[Answer]:
        if self.value() not in Attendee.PartStat.values:
            return queryset
        return queryset.filter(partstat=self.value())


class AboutFilter(admin.SimpleListFilter):
    title = gettext_lazy("what it is to")
    parameter_name = "to"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", _("The whole")), ("one", _("One date"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Answer]) -> QuerySet[Answer]:
        if self.value() not in ("all", "one"):
            return queryset
        return queryset.filter(occurrence__isnull=self.value() == "all")


@admin.register(Answer)
class AnswerAdmin(ReadOnly, ModelAdmin):
    """One to the whole of a series, or one to a date, which takes the place of that there."""

    list_display = ("attendee", "meeting", "date", "partstat", "answered_at")
    list_filter = (PartStatFilter, AboutFilter, "answered_at")
    search_fields = (
        *("attendee__email", "attendee__name", "series__title", "note"),
        *("attendee__meeting__title", "=attendee__meeting__code"),
    )
    date_hierarchy = "answered_at"
    ordering = ("-answered_at", "-pk")
    fields = ("attendee", "meeting", "series", "occurrence", "partstat", "note", "answered_at", "recorded_at")
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Answer]:
        # Others say no more than which letter told of a date last.
        answers = super().get_queryset(request).exclude(partstat="")
        return answers.select_related("attendee__meeting", "series", "occurrence")

    @admin.display(description=gettext_lazy("meeting"), ordering="attendee__meeting__title")
    def meeting(self, answer: Answer) -> str:
        return answer.attendee.meeting.title

    @admin.display(description=gettext_lazy("date"), ordering="occurrence__starts_at")
    def date(self, answer: Answer) -> datetime | str:
        return answer.occurrence.starts_at if answer.occurrence else _("the whole")
