"""The outbox for administrators: what waits, what went, what was given up and why."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outbox import confirmation, delivery
from outbox.listing import OffersFilters
from outbox.models import KINDS, Letter

if TYPE_CHECKING:
    LetterModelAdmin = admin.ModelAdmin[Letter]
else:
    LetterModelAdmin = admin.ModelAdmin


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("waiting", _("Waiting")),
            ("failing", _("Put off")),
            ("stuck", _("Stuck")),
            ("sent", _("Sent")),
            ("back", _("Came back")),
            ("dead", _("Given up")),
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


class KindFilter(admin.SimpleListFilter):
    THERE = "kinds_of_letters"
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        # Django makes the filters anew for each whose letters it counts: the page looks once which there are.
        if (there := getattr(request, self.THERE, None)) is None:
            there = list(Letter.objects.order_by("kind").values_list("kind", flat=True).distinct())
            setattr(request, self.THERE, there)
        return [(kind, str(KINDS.get(kind, kind))) for kind in there]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Letter)
class LetterAdmin(OffersFilters, LetterModelAdmin):
    """Letters are read here, tried again or given up; never written or changed."""

    list_display = ("recipient", "kind_", "state", "created_at", "attempts", "reason")
    list_filter = (StateFilter, KindFilter, "created_at")
    search_fields = ("recipient", "key", "error", "=id")
    date_hierarchy = "created_at"
    show_facets = admin.ShowFacets.ALWAYS
    actions = ("try_again", "give_up")
    # The payload may hold a code that somebody is about to type.
    exclude: ClassVar = ("kind", "payload")
    readonly_fields = ("kind_",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False

    def has_handle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("outbox.change_letter")

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_(self, letter: Letter) -> str:
        return letter.kind_words

    @admin.display(description=gettext_lazy("state"))
    def state(self, letter: Letter) -> str:
        if letter.bounced_at:
            return _("came back")
        if letter.sent_at:
            return _("sent")
        if letter.dead_at:
            return _("given up")
        return _("put off") if letter.error else _("waiting")

    @admin.display(description=gettext_lazy("reason"), ordering="error")
    def reason(self, letter: Letter) -> str:
        said = letter.bounce or letter.error
        # What we said ourselves is stored in English (outbox.delivery).
        return _(said) if said else ""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With what needs somebody's attention in the heading."""
        stuck = Letter.objects.stuck().count()
        # Refused, or too late after an outage; what was no longer true is nothing to be looked into.
        since = timezone.now() - timedelta(days=1)
        dead = Letter.objects.filter(dead_at__gt=since, is_moot=False).count()
        noted = _("Stuck: %(stuck)s. Given up since yesterday: %(dead)s.") % {"stuck": stuck, "dead": dead}
        subtitle = noted if stuck or dead else ""
        return super().changelist_view(request, {"subtitle": subtitle, **(extra_context or {})})

    @admin.action(description=gettext_lazy("Try again now"), permissions=["handle"])
    def try_again(self, request: HttpRequest, letters: QuerySet[Letter]) -> HttpResponse | None:
        if not confirmation.is_agreed(request):
            return self._ask(request, letters, _("Try these letters again?"), _("Try again"))
        count = delivery.try_again(letters)
        messages.success(request, _("Letters that are tried again now: %(count)s.") % {"count": count})
        return None

    @admin.action(description=gettext_lazy("Give up"), permissions=["handle"])
    def give_up(self, request: HttpRequest, letters: QuerySet[Letter]) -> HttpResponse | None:
        if not confirmation.is_agreed(request):
            return self._ask(request, letters, _("Give up on these letters?"), _("Give up"))
        count = delivery.give_up(letters, _("Given up by %(who)s.") % {"who": request.user})
        messages.success(request, _("Letters given up: %(count)s.") % {"count": count})
        return None

    def _ask(self, request: HttpRequest, letters: QuerySet[Letter], question: str, yes: str) -> HttpResponse:
        rows = [
            _("%(letter)s, %(written)s")
            % {
                "letter": letter,
                "written": date_format(timezone.localtime(letter.created_at), "DATETIME_FORMAT"),
            }
            for letter in letters
        ]
        pks = [letter.pk for letter in letters]
        return confirmation.ask(self, request, pks, confirmation.Question(question, yes, rows))
