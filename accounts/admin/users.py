"""Accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import admin_actions, privileges
from accounts.admin.permissions import actor, may_touch
from accounts.admin.pickers import Picker
from accounts.admin.sentences import opens_the_account, says_letters
from accounts.models import User
from accounts.signals import closing_asked
from outbox import confirmation
from outbox.listing import OffersFilters

if TYPE_CHECKING:
    CreationForm = AdminUserCreationForm[User]
    UserModelAdmin = DjangoUserAdmin[User]
else:
    CreationForm, UserModelAdmin = AdminUserCreationForm, DjangoUserAdmin

PRIVILEGES = ("is_staff", "is_superuser", "groups", "user_permissions")


class NewUserForm(CreationForm):
    """An account made by an administrator; its address counts as confirmed."""

    class Meta:
        model = User
        fields = ("email", "name")
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


@admin.register(User)
class UserAdmin(Picker, OffersFilters, UserModelAdmin):
    """People with an account."""

    add_form = NewUserForm
    list_display = ("email", "name", "time_zone", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff", "date_joined", "last_login")
    search_fields = ("email", "name")
    ordering = ("email",)
    delete_confirmation_template = "admin_delete_account.html"
    delete_selected_confirmation_template = "admin_delete_accounts.html"
    date_hierarchy = "date_joined"
    show_facets = admin.ShowFacets.ALLOW
    filter_horizontal = ("groups", "user_permissions")
    fieldsets = (
        (None, {"fields": ("email", "name", "time_zone", "week_starts", "password")}),
        (gettext_lazy("What they may do"), {"fields": ("is_active", *PRIVILEGES)}),
        (gettext_lazy("When"), {"fields": ("date_joined", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Privileges are given and taken by those who have all of them."""
        fields = ("date_joined", "last_login")
        return fields if privileges.may_give(request.user) else fields + PRIVILEGES

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and may_touch(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Whoever may delete an account deletes what hangs on it, unless that has to be ended first."""
        found, counts, __, protected = super().get_deleted_objects(objs, request)
        if protected:
            words = _("What is still to come has to be cancelled first, and the letters about it sent.")
            self.message_user(request, words, messages.WARNING)
        # Chosen in the list, they have not been asked about one by one.
        untouchable = {
            _("accounts of administrators") for user in objs if not privileges.may_touch(request.user, user)
        }
        return found, counts, untouchable, protected

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Ask before an account is switched off, or gets another address: both reach its owner at once."""
        user = self.get_object(request, unquote(object_id)) if object_id else None
        if request.method == "POST" and user is not None and self.has_change_permission(request, user):
            asked = [self._about_switching_off(request, user), self._about_address(request, user)]
            questions = [question for question in asked if question]
            if questions and not confirmation.is_agreed(request):
                return confirmation.ask_again(self, request, *questions)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _about_switching_off(self, request: HttpRequest, user: User) -> confirmation.Question | None:
        """Whoever is in a call is out of it at once."""
        if not user.is_active or "is_active" in request.POST:
            return None
        answers: list[tuple[Any, Any]] = closing_asked.send(sender=User, user=user)
        rows = [str(user), *(row for __, (__, named) in answers for row in named)]
        says = [
            _("They are signed out everywhere, and out of every call, at once. No letter goes out."),
            *(sentence for __, (said, __) in answers for sentence in said),
        ]
        return confirmation.Question(_("Switch this account off?"), _("Switch it off"), rows, says)

    def _about_address(self, request: HttpRequest, user: User) -> confirmation.Question | None:
        """Codes to sign in go there from then on."""
        form = self.get_form(request, user, change=True)(request.POST, instance=user)
        if "email" not in form.changed_data or not form.is_valid():
            return None
        before = form.initial["email"]
        row = _("%(address)s instead of %(before)s") % {"address": form.instance.email, "before": before}
        letters = admin_actions.letters_about(user, actor(request), main=form.instance.email)
        says = [opens_the_account(), *says_letters(letters)]
        return confirmation.Question(_("Give this account another address?"), _("Save"), [row], says)

    def user_change_password(self, request: HttpRequest, *args: Any, **named: Any) -> Any:
        """Django's page; the owner of the account hears of it."""
        user = self.get_object(request, unquote(named["id"]))
        before = user.password if user else ""
        response = super().user_change_password(request, *args, **named)
        if user is not None:
            user.refresh_from_db()
            if user.password != before:
                admin_actions.tell([user], actor(request), admin_actions.PASSWORD)
        return response

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        with admin_actions.address_changes_told([obj] if change else [], actor(request)):
            super().save_model(request, obj, form, change)
        if not change:
            EmailAddress.objects.create(user=obj, email=obj.email, primary=True, verified=True)
