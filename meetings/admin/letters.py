"""What organizers wrote to attendees, and how many letters accounts have caused."""

from __future__ import annotations

from django.contrib import admin

from meetings.admin.read_only import ModelAdmin, ReadOnly
from meetings.models import Announcement, LetterQuota


@admin.register(Announcement)
class AnnouncementAdmin(ReadOnly, ModelAdmin):
    """That an organizer wrote to attendees, and to how many; what they wrote is theirs."""

    list_display = ("subject", "meeting", "audience", "letters", "written_at")
    list_filter = ("audience", "written_at")
    list_select_related = ("meeting",)
    search_fields = ("subject", "meeting__title", "=meeting__code", "meeting__organizer__email")
    date_hierarchy = "written_at"
    fields = ("meeting", "subject", "audience", "letters", "written_at")
    readonly_fields = ("written_at",)


@admin.register(LetterQuota)
class LetterQuotaAdmin(ReadOnly, ModelAdmin):
    """How many letters an account has caused on which day, for instance after it was stolen."""

    list_display = ("user", "day", "letters")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name")
    date_hierarchy = "day"
    ordering = ("-day", "-letters")
