"""The outbox for administrators: what waits, what went, what was given up and why."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from outbox import asking, delivery
from outbox.models import Letter

if TYPE_CHECKING:
    LetterModelAdmin = admin.ModelAdmin[Letter]
else:
    LetterModelAdmin = admin.ModelAdmin


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("waiting", "Waiting"),
            ("failing", "Put off"),
            ("stuck", "Stuck"),
            ("sent", "Sent"),
            ("back", "Came back"),
            ("dead", "Given up"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        match self.value():
            case "waiting":
                return queryset.filter(sent_at=None, dead_at=None)
            case "failing":
                return queryset.filter(sent_at=None, dead_at=None).exclude(error="")
            case "stuck":
                return queryset.filter(pk__in=Letter.objects.stuck().values("pk"))
            case "sent":
                return queryset.filter(sent_at__isnull=False, bounced_at=None)
            case "back":
                return queryset.exclude(bounced_at=None)
            case "dead":
                return queryset.exclude(dead_at=None)
            case _:
                return queryset


@admin.register(Letter)
class LetterAdmin(LetterModelAdmin):
    """Letters are read here, tried again or given up; never written or changed."""

    list_display = ("recipient", "kind", "state", "created_at", "attempts", "reason")
    list_filter = (StateFilter, "kind", "created_at")
    search_fields = ("recipient", "key", "error", "=id")
    date_hierarchy = "created_at"
    show_facets = admin.ShowFacets.ALWAYS
    actions = ("try_again", "give_up")
    # The payload may hold a code that somebody is about to type.
    exclude: ClassVar = ("payload",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False

    def has_handle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("outbox.change_letter")

    @admin.display(description="state")
    def state(self, letter: Letter) -> str:
        if letter.bounced_at:
            return "came back"
        if letter.sent_at:
            return "sent"
        if letter.dead_at:
            return "given up"
        return "put off" if letter.error else "waiting"

    @admin.display(description="reason", ordering="error")
    def reason(self, letter: Letter) -> str:
        return letter.bounce or letter.error

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With what needs somebody's attention in the heading."""
        stuck = Letter.objects.stuck().count()
        # Refused, or too late after an outage; what was no longer true is nothing to be looked into.
        since = timezone.now() - timedelta(days=1)
        dead = Letter.objects.filter(dead_at__gt=since, is_moot=False).count()
        noted = f"Stuck: {stuck}. Given up since yesterday: {dead}." if stuck or dead else ""
        return super().changelist_view(request, {"subtitle": noted, **(extra_context or {})})

    @admin.action(description="Try again now", permissions=["handle"])
    def try_again(self, request: HttpRequest, letters: QuerySet[Letter]) -> HttpResponse | None:
        if not asking.confirmed(request):
            return self._ask(request, letters, "Try these letters again?", "Try again")
        count = delivery.try_again(letters)
        messages.success(request, f"Letters that are tried again now: {count}.")
        return None

    @admin.action(description="Give up", permissions=["handle"])
    def give_up(self, request: HttpRequest, letters: QuerySet[Letter]) -> HttpResponse | None:
        if not asking.confirmed(request):
            return self._ask(request, letters, "Give these letters up?", "Give up")
        count = delivery.give_up(letters, f"Given up by {request.user}.")
        messages.success(request, f"Letters given up: {count}.")
        return None

    def _ask(
        self, request: HttpRequest, letters: QuerySet[Letter], question: str, answer: str
    ) -> HttpResponse:
        rows = [f"{letter}, {timezone.localtime(letter.created_at):%d %b %Y, %H:%M}" for letter in letters]
        pks = [letter.pk for letter in letters]
        return asking.ask(self, request, pks, asking.Question(question, answer, rows))
