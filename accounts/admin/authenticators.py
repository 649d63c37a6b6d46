"""Passkeys, and the apps that show codes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts import admin_actions
from accounts.admin.permissions import OpensAccounts, actor
from outbox.listing import OffersFilters

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    AuthenticatorModelAdmin = admin.ModelAdmin[Authenticator]
else:
    AuthenticatorModelAdmin = admin.ModelAdmin

admin.site.unregister(Authenticator)


def _titled(kind: type[admin.FieldListFilter], title: StrOrPromise) -> type[admin.FieldListFilter]:
    """A filter with words of ours: allauth gives its fields no names that could be translated."""

    class Titled(kind):  # type: ignore[valid-type, misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.title = title

    return Titled


@admin.register(Authenticator)
class AuthenticatorAdmin(OpensAccounts, OffersFilters, AuthenticatorModelAdmin):
    """Passkeys and apps: an administrator can take them away from who lost their phone, and see no secret."""

    list_display = ("account", "kind", "made", "last_used")
    list_filter = (
        ("type", _titled(admin.ChoicesFieldListFilter, gettext_lazy("kind"))),
        ("created_at", _titled(admin.DateFieldListFilter, gettext_lazy("made"))),
        ("last_used_at", _titled(admin.DateFieldListFilter, gettext_lazy("last used"))),
    )
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name")
    fields = readonly_fields = ("account", "kind", "made", "last_used")
    delete_confirmation_template = "admin_take_away.html"
    delete_selected_confirmation_template = "admin_take_away_selected.html"

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        super().delete_model(request, obj)
        admin_actions.tell([obj.user], actor(request), admin_actions.AUTHENTICATOR)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Authenticator]) -> None:
        owners = [one.user for one in queryset.select_related("user")]
        super().delete_queryset(request, queryset)
        admin_actions.tell(owners, actor(request), admin_actions.AUTHENTICATOR)

    @admin.display(description=gettext_lazy("account"), ordering="user__email")
    def account(self, one: Authenticator) -> str:
        return str(one.user)

    @admin.display(description=gettext_lazy("kind"), ordering="type")
    def kind(self, one: Authenticator) -> str:
        return str(one.get_type_display())

    @admin.display(description=gettext_lazy("made"), ordering="created_at")
    def made(self, one: Authenticator) -> datetime:
        return one.created_at

    @admin.display(description=gettext_lazy("last used"), ordering="last_used_at")
    def last_used(self, one: Authenticator) -> datetime | None:
        return one.last_used_at

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        return False
