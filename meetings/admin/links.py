"""Personal links and calendar addresses, as an administrator sees them: they can be ended."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings import words
from meetings.admin import questions
from meetings.admin.read_only import ModelAdmin, ReadOnly, whether
from meetings.models import CalendarFeed, PersonalLink
from meetings.pages.visitor import signed_in
from meetings.plans import admin_actions
from outbox import confirmation


@admin.register(PersonalLink)
class PersonalLinkAdmin(ReadOnly, ModelAdmin):
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

    @admin.display(description=gettext_lazy("meeting"), ordering="attendee__meeting__last_series__starts_at")
    def meeting(self, link: PersonalLink) -> str:
        return str(link.attendee.meeting)

    @admin.action(description=gettext_lazy("Revoke the selected links…"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[PersonalLink]) -> HttpResponse | None:
        chosen = PersonalLink.objects.filter(pk__in=queryset.values("pk"))
        if not confirmation.is_agreed(request):
            return questions.about_links(self, request, chosen)
        count, letters = admin_actions.revoke(chosen, signed_in(request))
        said = {"count": count, "letters": words.on_the_way(letters)}
        self.message_user(request, _("%(count)s revoked. %(letters)s") % said)
        return None


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnly, ModelAdmin):
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
        if not confirmation.is_agreed(request):
            return questions.about_feeds(self, request, list(working))
        count, letters = admin_actions.end_feeds(working, signed_in(request))
        said = {"count": count, "letters": words.on_the_way(letters)}
        self.message_user(request, _("%(count)s ended. %(letters)s") % said)
        return None
