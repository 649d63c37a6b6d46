"""Accounts for administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.http import HttpRequest

from accounts.models import User

if TYPE_CHECKING:
    CreationForm = AdminUserCreationForm[User]
    UserModelAdmin = DjangoUserAdmin[User]
else:
    CreationForm, UserModelAdmin = AdminUserCreationForm, DjangoUserAdmin


class NewUserForm(CreationForm):
    """An account made by an administrator; its address counts as confirmed."""

    class Meta:
        model = User
        fields = ("email", "name")
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


@admin.register(User)
class UserAdmin(UserModelAdmin):
    """People with an account."""

    add_form = NewUserForm
    list_display = ("email", "name", "time_zone", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff", "date_joined", "last_login")
    search_fields = ("email", "name")
    ordering = ("email",)
    date_hierarchy = "date_joined"
    show_facets = admin.ShowFacets.ALLOW
    readonly_fields = ("date_joined", "last_login")
    filter_horizontal = ("groups", "user_permissions")
    fieldsets = (
        (None, {"fields": ("email", "name", "time_zone", "week_starts", "password")}),
        (
            "What they may do",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("When", {"fields": ("date_joined", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Whoever may delete an account deletes what hangs on it, unless that has to be ended first."""
        found, counts, _, protected = super().get_deleted_objects(objs, request)
        if protected:
            words = "What is still to come has to be cancelled first, so that everybody is told."
            self.message_user(request, words, messages.WARNING)
        return found, counts, set(), protected

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            EmailAddress.objects.create(user=obj, email=obj.email, primary=True, verified=True)


admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Passkeys and apps: an administrator can take them away from who lost their phone, and see no secret."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name")
    exclude = ("data",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        return False
