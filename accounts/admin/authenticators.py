"""Passkeys, and the apps that show codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import admin_actions
from accounts.admin.permissions import OpensAccounts, actor

if TYPE_CHECKING:
    AuthenticatorModelAdmin = admin.ModelAdmin[Authenticator]
else:
    AuthenticatorModelAdmin = admin.ModelAdmin

admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class AuthenticatorAdmin(OpensAccounts, AuthenticatorModelAdmin):
    """Passkeys and apps: an administrator can take them away from who lost their phone, and see no secret."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name")
    exclude = ("data",)
    delete_confirmation_template = "admin_take_away.html"
    delete_selected_confirmation_template = "admin_take_away_selected.html"

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        super().delete_model(request, obj)
        admin_actions.tell([obj.user], actor(request), admin_actions.AUTHENTICATOR)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Authenticator]) -> None:
        owners = [one.user for one in queryset.select_related("user")]
        super().delete_queryset(request, queryset)
        admin_actions.tell(owners, actor(request), admin_actions.AUTHENTICATOR)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        return False
