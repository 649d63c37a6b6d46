"""Meetings as an administrator sees them: to be found and read; people are invited on the pages."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings import words
from meetings.calendar import recurrence, rule_words
from meetings.letters import reminders
from meetings.models import (
    Announcement,
    Attendee,
    CalendarFeed,
    LetterQuota,
    Meeting,
    Occurrence,
    PersonalLink,
    Series,
)
from meetings.pages import questions
from meetings.pages.visitor import signed_in
from meetings.plans import interventions
from outbox import confirmation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    MeetingAdminBase = admin.ModelAdmin[Meeting]
    AttendeeAdminBase = admin.ModelAdmin[Attendee]
    LinkAdminBase = admin.ModelAdmin[PersonalLink]
    OccurrenceAdminBase = admin.ModelAdmin[Occurrence]
    FeedAdminBase = admin.ModelAdmin[CalendarFeed]
    AnnouncementAdminBase = admin.ModelAdmin[Announcement]
    LetterQuotaAdminBase = admin.ModelAdmin[LetterQuota]
    AttendeeInlineBase = admin.TabularInline[Attendee, Meeting]
else:
    MeetingAdminBase = AttendeeAdminBase = LinkAdminBase = admin.ModelAdmin
    OccurrenceAdminBase = FeedAdminBase = AnnouncementAdminBase = LetterQuotaAdminBase = admin.ModelAdmin
    AttendeeInlineBase = admin.TabularInline


class ReadOnly:
    """Nothing is added, changed or deleted here: nobody would be told of what is done by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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


def whether(
    field: str, title: StrOrPromise, has: StrOrPromise, lacks: StrOrPromise
) -> type[admin.SimpleListFilter]:
    """A filter by whether something has happened, in words: `field` is a time, empty until then."""
    name, about = field.rpartition("__")[2].removesuffix("_at"), title

    class Whether(admin.SimpleListFilter):
        title = about
        parameter_name = name

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [("yes", str(has)), ("no", str(lacks))]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            if self.value() not in ("yes", "no"):
                return queryset
            return queryset.filter(**{f"{field}__isnull": self.value() == "no"})

    return Whether


class LetterFilter(admin.SimpleListFilter):
    title = gettext_lazy("latest letter")
    parameter_name = "letter"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("sent", _("Sent")), ("waiting", _("Waiting")), ("back", _("Came back"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Attendee]) -> QuerySet[Attendee]:
        written = queryset.filter(letter__is_moot=False)
        back = Q(letter__dead_at__isnull=False) | Q(letter__bounced_at__isnull=False)
        match self.value():
            case "sent":
                return written.exclude(back).filter(letter__sent_at__isnull=False)
            case "waiting":
                return written.exclude(back).filter(letter__sent_at=None)
            case "back":
                return written.filter(back)
            case _:
                return queryset


class AttendeeInline(ReadOnly, AttendeeInlineBase):
    model = Attendee
    extra = 0
    can_delete = False
    show_change_link = True
    # Name and address stand above each line.
    fields = ("partstat", "answered_at", "optional", "cohost", "user", "letter", "removed_at")
    readonly_fields = ("letter",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attendee]:
        return super().get_queryset(request).select_related("user", "letter", "meeting")


@admin.register(Meeting)
class MeetingAdmin(ReadOnly, MeetingAdminBase):
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
        (gettext_lazy("The door"), {"fields": ("access", "lobby", "opens", "capacity")}),
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
        return (
            super()
            .get_queryset(request)
            .annotate(
                attendee_count=Count("attendees", filter=invited, distinct=True),
                yes_count=Count(
                    "attendees",
                    filter=invited & Q(attendees__partstat=Attendee.PartStat.ACCEPTED),
                    distinct=True,
                ),
            )
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

    @admin.display(ordering="last_series__rrule")
    def repeats(self, meeting: Meeting) -> str:
        if not meeting.repeats:
            return _("once")
        series = meeting.current
        rule, start = recurrence.parse(series.rrule), recurrence.read(series.wall_clock)
        return f"{rule_words.rule(rule, start)}, {rule_words.ending(rule)}"

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

    def dates(self, meeting: Meeting) -> str:
        """The way to its occurrences."""
        address = reverse("admin:meetings_occurrence_changelist")
        return format_html(
            '<a href="{}?meeting__id__exact={}">{}</a>', address, meeting.pk, _("All of its dates")
        )

    @admin.display(ordering="cancelled_at")
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
        coming = interventions.cancellable(queryset)
        if not confirmation.is_confirmed(request):
            return questions.about_cancelling(self, request, list(coming))
        count, letters = interventions.cancel(coming, signed_in(request))
        said = {"count": count, "letters": questions.on_the_way(letters)}
        self.message_user(request, _("%(count)s cancelled. %(letters)s") % said)
        return None


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
class OccurrenceAdmin(ReadOnly, OccurrenceAdminBase):
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

    @admin.display(ordering="meeting__organizer__email")
    def organizer(self, occurrence: Occurrence) -> str:
        return occurrence.meeting.organizer.email

    @admin.display(ordering="cancelled_at")
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


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnly, FeedAdminBase):
    """Who has a calendar address, and when it was last read. The address itself is known to nobody here."""

    list_display = ("user", "created_at", "read_at", "ended_at")
    list_select_related = ("user",)
    list_filter = (
        whether(
            "read_at",
            gettext_lazy("a program"),
            gettext_lazy("Has read it"),
            gettext_lazy("Has not read it yet"),
        ),
        whether("ended_at", gettext_lazy("validity"), gettext_lazy("Ended"), gettext_lazy("Works")),
        "created_at",
    )
    search_fields = ("user__email", "user__name")
    fields = ("user", "created_at", "read_at", "ended_at", "ended_by")
    actions = ("give_up",)

    def has_give_up_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("meetings.delete_calendarfeed")

    @admin.action(description=gettext_lazy("End the selected addresses…"), permissions=["give_up"])
    def give_up(self, request: HttpRequest, queryset: QuerySet[CalendarFeed]) -> HttpResponse | None:
        """For instance when one was passed on by mistake."""
        working = queryset.filter(ended_at=None).select_related("user")
        if not confirmation.is_confirmed(request):
            return questions.about_feeds(self, request, list(working))
        count, letters = interventions.end_feeds(working, signed_in(request))
        said = {"count": count, "letters": questions.on_the_way(letters)}
        self.message_user(request, _("%(count)s ended. %(letters)s") % said)
        return None


@admin.register(Announcement)
class AnnouncementAdmin(ReadOnly, AnnouncementAdminBase):
    """That an organizer wrote to attendees, and to how many; what they wrote is theirs."""

    list_display = ("subject", "meeting", "audience", "letters", "written_at")
    list_filter = ("audience", "written_at")
    list_select_related = ("meeting",)
    search_fields = ("subject", "meeting__title", "=meeting__code", "meeting__organizer__email")
    date_hierarchy = "written_at"
    fields = ("meeting", "subject", "audience", "letters", "written_at")
    readonly_fields = ("written_at",)


@admin.register(LetterQuota)
class LetterQuotaAdmin(ReadOnly, LetterQuotaAdminBase):
    """How many letters an account has caused on which day, for instance after it was stolen."""

    list_display = ("user", "day", "letters")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name")
    date_hierarchy = "day"
    ordering = ("-day", "-letters")


@admin.register(Attendee)
class AttendeeAdmin(ReadOnly, AttendeeAdminBase):
    list_display = ("email", "name", "meeting", "partstat", "answered_at", "letter_", "removed_at")
    list_filter = (
        "partstat",
        LetterFilter,
        whether("removed_at", gettext_lazy("invitation"), gettext_lazy("Taken back"), gettext_lazy("Stands")),
        whether("tested_at", gettext_lazy("set-up"), gettext_lazy("Tested"), gettext_lazy("Not tested")),
        "cohost",
        "optional",
        "invited_at",
    )
    list_select_related = ("meeting", "user", "letter")
    search_fields = ("email", "name", "meeting__title", "=meeting__code")
    date_hierarchy = "invited_at"
    ordering = ("-invited_at", "-pk")
    fields = (
        *("meeting", "email", "name", "user", "optional", "cohost"),
        *("partstat", "answered_at", "note", "letter", "reminded", "tested_at", "time_zone"),
        *("invited_at", "removed_at"),
    )
    readonly_fields = ("letter", "invited_at", "tested_at", "reminded")
    list_per_page = 50

    @admin.display(description=gettext_lazy("reminded by mail"))
    def reminded(self, attendee: Attendee) -> str:
        times = [words.ahead(minutes) for minutes in reminders.wanted(attendee)]
        said = {"times": words.listed(times)}
        if attendee.reminders is None:
            return _("%(times)s before the start") % said if times else _("never")
        by_choice = _("%(times)s before the start, by their own choice") % said
        return by_choice if times else _("never, by their own choice")

    @admin.display(description=gettext_lazy("letter"), ordering="letter__sent_at")
    def letter_(self, attendee: Attendee) -> str:
        letter = attendee.letter
        if letter is None or letter.is_moot:
            return _("none")
        if letter.dead_at or letter.bounced_at:
            return _("came back")
        return _("sent") if letter.sent_at else _("waiting")


@admin.register(PersonalLink)
class PersonalLinkAdmin(ReadOnly, LinkAdminBase):
    """When a link was made, used and revoked. The secret is known to the letter alone, the hash to nobody."""

    list_display = ("attendee", "meeting", "created_at", "used_at", "revoked_at")
    list_filter = (
        whether("used_at", gettext_lazy("use"), gettext_lazy("Used"), gettext_lazy("Never used")),
        whether("revoked_at", gettext_lazy("validity"), gettext_lazy("Revoked"), gettext_lazy("Works")),
        "created_at",
    )
    list_select_related = ("attendee__meeting",)
    search_fields = (
        "attendee__email",
        "attendee__name",
        "attendee__meeting__title",
        "=attendee__meeting__code",
    )
    date_hierarchy = "created_at"
    fields = ("attendee", "created_at", "used_at", "revoked_at", "revoked_for", "revoked_by")
    readonly_fields = ("created_at",)
    actions = ("revoke",)
    list_per_page = 50

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("meetings.change_personallink")

    @admin.display(ordering="attendee__meeting__last_series__starts_at")
    def meeting(self, link: PersonalLink) -> str:
        return str(link.attendee.meeting)

    @admin.action(description=gettext_lazy("Revoke the selected links…"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[PersonalLink]) -> HttpResponse | None:
        chosen = PersonalLink.objects.filter(pk__in=queryset.values("pk"))
        if not confirmation.is_confirmed(request):
            return questions.about_links(self, request, chosen)
        count, letters = interventions.revoke(chosen, signed_in(request))
        said = {"count": count, "letters": questions.on_the_way(letters)}
        self.message_user(request, _("%(count)s revoked. %(letters)s") % said)
        return None


def _in_calendars(part: Series) -> str:
    """The name, the version and the rule by which calendars know a part of a series."""
    said = {"uid": part.uid, "version": part.sequence, "rule": part.rrule or _("once")}
    return _("%(uid)s, version %(version)s, %(rule)s") % said
