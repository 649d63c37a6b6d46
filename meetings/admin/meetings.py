"""Meetings as an administrator sees them: to be found and read; people are invited on the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings import words
from meetings.admin import questions
from meetings.admin.attendees import AttendeeInline
from meetings.admin.read_only import ModelAdmin, ReadOnly
from meetings.calendar import recurrence, rule_words
from meetings.letters import reminders
from meetings.models import Answer, Attendee, Meeting, Series
from meetings.pages.visitor import signed_in
from meetings.plans import admin_actions
from outbox import confirmation


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("coming", _("Coming or going on")), ("over", _("Over")), ("cancelled", _("Cancelled"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Meeting]) -> QuerySet[Meeting]:
        now = timezone.now()
        match self.value():
            case "coming":
                return queryset.filter(cancelled_at=None, ends_at__gt=now, personal=False)
            case "over":
                return queryset.filter(cancelled_at=None, ends_at__lte=now)
            case "cancelled":
                return queryset.exclude(cancelled_at=None)
            case _:
                return queryset


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("once", _("Planned, once")),
            ("series", _("A series")),
            ("instant", _("Begun at once")),
            ("room", _("Somebody’s own room")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Meeting]) -> QuerySet[Meeting]:
        match self.value():
            case "once":
                return queryset.filter(last_series__rrule="", instant=False)
            case "series":
                return queryset.filter(last_series__isnull=False).exclude(last_series__rrule="")
            case "instant":
                return queryset.filter(instant=True)
            case "room":
                return queryset.filter(personal=True)
            case _:
                return queryset


@admin.register(Meeting)
class MeetingAdmin(ReadOnly, ModelAdmin):
    list_display = (
        "title",
        "organizer",
        "starts",
        "repeats",
        "attendees_",
        "yes",
        "state",
        "code",
    )
    list_filter = (
        StateFilter,
        KindFilter,
        "access",
        ("last_series__starts_at", admin.DateFieldListFilter),
        "last_series__time_zone",
    )
    list_select_related = ("organizer", "last_series")
    search_fields = (
        "title",
        "=code",
        "organizer__email",
        "organizer__name",
        "attendees__email",
        "attendees__name",
    )
    search_help_text = gettext_lazy("Title, code, or the name or address of anybody in it")
    date_hierarchy = "last_series__starts_at"
    ordering = ("-last_series__starts_at",)
    inlines: ClassVar = [AttendeeInline]
    fieldsets = (
        (None, {"fields": ("title", "organizer", "state", "code", "description", "agenda")}),
        (
            gettext_lazy("When"),
            {
                "fields": (
                    *("starts", "length", "zone", "repeats", "dates", "ends_at"),
                    *("created_at", "cancelled_at", "cancelled_by"),
                )
            },
        ),
        (gettext_lazy("Who may enter, and when"), {"fields": ("access", "lobby", "opens", "capacity")}),
        (gettext_lazy("Reminders by mail"), {"fields": ("reminded", "remind_organizer")}),
        (gettext_lazy("In calendars"), {"fields": ("in_calendars",)}),
    )
    readonly_fields = (
        *("code", "state", "starts", "length", "zone", "repeats", "dates", "ends_at", "created_at"),
        *("opens", "reminded", "in_calendars"),
    )
    actions = ("cancel",)
    list_per_page = 50

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("meetings.change_meeting")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Meeting]:
        invited = Q(attendees__removed_at=None)
        said = Answer.objects.to_all().filter(series=OuterRef("last_series"), attendee__removed_at=None)
        yes = said.filter(partstat=Attendee.PartStat.ACCEPTED).order_by().values("series")
        yes_count = Subquery(yes.annotate(count=Count("pk")).values("count"))
        meetings: QuerySet[Meeting] = super().get_queryset(request)
        return meetings.annotate(
            attendee_count=Count("attendees", filter=invited, distinct=True),
            yes_count=Coalesce(yes_count, 0),
        )

    @admin.display(description=gettext_lazy("attendees"), ordering="attendee_count")
    def attendees_(self, meeting: Any) -> int:
        return int(meeting.attendee_count)

    @admin.display(description=gettext_lazy("yes"), ordering="yes_count")
    def yes(self, meeting: Any) -> int:
        return int(meeting.yes_count)

    @admin.display(description=gettext_lazy("start"), ordering="last_series__starts_at", empty_value="")
    def starts(self, meeting: Meeting) -> datetime | None:
        return meeting.last_series.starts_at if meeting.last_series else None

    @admin.display(description=gettext_lazy("organizer’s time zone"))
    def zone(self, meeting: Meeting) -> str:
        return meeting.time_zone

    @admin.display(description=gettext_lazy("repeats"), ordering="last_series__rrule")
    def repeats(self, meeting: Meeting) -> str:
        if not meeting.repeats:
            return _("once")
        series = meeting.current
        rule, start = recurrence.parse(series.rrule), recurrence.read(series.wall_clock)
        return _("%(rule)s, %(ending)s") % {
            "rule": rule_words.rule(rule, start),
            "ending": rule_words.ending(rule),
        }

    @admin.display(description=gettext_lazy("length"), empty_value="")
    def length(self, meeting: Meeting) -> str | None:
        return words.length(meeting.duration) if meeting.last_series else None

    @admin.display(description=gettext_lazy("names, versions and rules"))
    def in_calendars(self, meeting: Meeting) -> str:
        """What calendars know it by: a line for each part of a series."""
        lines = ((_in_calendars(part),) for part in meeting.series.all())
        return format_html_join(mark_safe("<br>"), "{}", lines)

    @admin.display(description=gettext_lazy("opens"))
    def opens(self, meeting: Meeting) -> str:
        return _("at any time") if meeting.early is None else words.opening(meeting.early)

    @admin.display(description=gettext_lazy("attendees"))
    def reminded(self, meeting: Meeting) -> str:
        times = [words.ahead(minutes) for minutes in reminders.usual(meeting)]
        said = _("%(times)s before the start") % {"times": words.listed(times)}
        return said if times else _("unless they choose to be, never")

    @admin.display(description=gettext_lazy("dates"))
    def dates(self, meeting: Meeting) -> str:
        """The way to its occurrences."""
        address = reverse("admin:meetings_occurrence_changelist")
        return format_html(
            '<a href="{}?meeting__id__exact={}">{}</a>', address, meeting.pk, _("All of its dates")
        )

    @admin.display(description=gettext_lazy("state"), ordering="cancelled_at")
    def state(self, meeting: Meeting) -> str:
        if meeting.is_cancelled:
            return _("cancelled")
        if meeting.personal:
            return _("own room")
        now = timezone.now()
        if meeting.ends_at <= now:
            return _("over")
        going = _("under way") if meeting.repeats else _("going on")
        return going if meeting.starts_at <= now else _("coming")

    @admin.action(
        description=gettext_lazy("Cancel the selected meetings and tell everybody…"), permissions=["cancel"]
    )
    def cancel(self, request: HttpRequest, queryset: QuerySet[Meeting]) -> HttpResponse | None:
        """For instance of somebody who has left, before their account is deleted."""
        coming = admin_actions.cancellable(queryset)
        if not confirmation.is_agreed(request):
            return questions.about_cancelling(self, request, list(coming))
        count, letters = admin_actions.cancel(coming, signed_in(request))
        said = {"count": count, "letters": words.on_the_way(letters)}
        self.message_user(request, _("%(count)s cancelled. %(letters)s") % said)
        return None


def _in_calendars(part: Series) -> str:
    """The name, the version and the rule by which calendars know a part of a series."""
    said = {"uid": part.uid, "version": part.sequence, "rule": part.rrule or _("once")}
    return _("%(uid)s, version %(version)s, %(rule)s") % said
