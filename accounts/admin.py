"""Accounts for administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from allauth.account.admin import EmailAddressAdmin as AllauthEmailAddressAdmin
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import admin_actions, privileges
from accounts.models import User
from accounts.signals import closing_asked
from outbox import confirmation

if TYPE_CHECKING:
    CreationForm = AdminUserCreationForm[User]
    UserModelAdmin = DjangoUserAdmin[User]
    AuthenticatorModelAdmin = admin.ModelAdmin[Authenticator]
    AnyModelAdmin = admin.ModelAdmin[Any]
else:
    CreationForm, UserModelAdmin = AdminUserCreationForm, DjangoUserAdmin
    AuthenticatorModelAdmin, AnyModelAdmin = admin.ModelAdmin, object

PRIVILEGES = ("is_staff", "is_superuser", "groups", "user_permissions")


class Picker:
    """Has the search fields of `filter_horizontal` named to whoever does not see them, too."""

    class Media:
        js = (Script("js/admin/picker.js", type="module"),)


class NewUserForm(CreationForm):
    """An account made by an administrator; its address counts as confirmed."""

    class Meta:
        model = User
        fields = ("email", "name")
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


@admin.register(User)
class UserAdmin(Picker, UserModelAdmin):
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
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

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
            if questions and not confirmation.is_confirmed(request):
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
        letters = admin_actions.letters_about(user, _me(request), main=form.instance.email)
        says = [_opens_the_account(), *_says_letters(letters)]
        return confirmation.Question(_("Give this account another address?"), _("Save"), [row], says)

    def user_change_password(self, request: HttpRequest, *args: Any, **named: Any) -> Any:
        """Django's page; the owner of the account hears of it."""
        user = self.get_object(request, unquote(named["id"]))
        before = user.password if user else ""
        response = super().user_change_password(request, *args, **named)
        if user is not None:
            user.refresh_from_db()
            if user.password != before:
                admin_actions.tell([user], _me(request), admin_actions.PASSWORD)
        return response

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        with admin_actions.address_changes_told([obj] if change else [], _me(request)):
            super().save_model(request, obj, form, change)
        if not change:
            EmailAddress.objects.create(user=obj, email=obj.email, primary=True, verified=True)


class OpensAccounts(AnyModelAdmin):
    """Rows by which somebody gets into an account: for whoever may touch the account itself."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or _may_touch(request, obj.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or _may_touch(request, obj.user))


for model in (Authenticator, EmailAddress, Group):
    admin.site.unregister(model)


@admin.register(EmailAddress)
class EmailAddressAdmin(OpensAccounts, AllauthEmailAddressAdmin):
    """Addresses: to each of them goes a code that opens the account."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "user" and not privileges.may_give(request.user):
            options["queryset"] = privileges.without_privileges(User.objects.all())
        return super().formfield_for_foreignkey(db_field, request, **options)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Ask before an address is added or changed: a confirmed one opens an account."""
        row = self.get_object(request, unquote(object_id)) if object_id else None
        may = self.has_change_permission(request, row) if row else self.has_add_permission(request)
        if request.method == "POST" and may and not confirmation.is_confirmed(request):
            form = self.get_form(request, row, change=row is not None)(request.POST, instance=row)
            if form.is_valid() and form.has_changed():
                question = _about_saving(form.instance, dict(form.initial) if row else None, _me(request))
                return confirmation.ask_again(self, request, question)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: EmailAddress, form: Any, change: bool) -> None:
        # Whoever has it now, and whoever had it before.
        owners = User.objects.filter(Q(pk=obj.user_id) | Q(emailaddress__pk=obj.pk)).distinct()
        with admin_actions.address_changes_told(owners, _me(request)):
            super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: EmailAddress) -> None:
        with admin_actions.address_changes_told([obj.user], _me(request)):
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[EmailAddress]) -> None:
        with admin_actions.address_changes_told(_owners(queryset), _me(request)):
            super().delete_queryset(request, queryset)

    @admin.action(description=gettext_lazy("Mark as confirmed"), permissions=["change"])
    def make_verified(
        self, request: HttpRequest, queryset: QuerySet[EmailAddress]
    ) -> TemplateResponse | HttpResponseRedirect | None:
        """Ask first, and tell the owners: each of these addresses opens an account from then on."""
        if not privileges.may_give(request.user):
            theirs = privileges.with_privileges(User.objects.all())
            if queryset.filter(user__in=theirs).exists():
                words = _("Addresses of administrators are confirmed by those who may make administrators.")
                self.message_user(request, words, messages.WARNING)
            queryset = queryset.exclude(user__in=theirs)
        rows = list(queryset.filter(verified=False).select_related("user"))
        if not rows:
            self.message_user(request, _("There is nothing to confirm."))
            return None
        if not confirmation.is_confirmed(request):
            return confirmation.ask(
                self, request, [row.pk for row in rows], _about_confirming(rows, _me(request))
            )
        with admin_actions.address_changes_told([row.user for row in rows], _me(request)):
            super().make_verified(request, queryset)
        return None


@admin.register(Group)
class GroupAdmin(Picker, DjangoGroupAdmin):
    """What a group may do is said by those who may do everything: its members could add to it otherwise."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return privileges.may_give(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return privileges.may_give(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return privileges.may_give(request.user)


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
        admin_actions.tell([obj.user], _me(request), admin_actions.AUTHENTICATOR)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Authenticator]) -> None:
        owners = [one.user for one in queryset.select_related("user")]
        super().delete_queryset(request, queryset)
        admin_actions.tell(owners, _me(request), admin_actions.AUTHENTICATOR)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        return False


def _owners(queryset: QuerySet[EmailAddress]) -> list[User]:
    return [row.user for row in queryset.select_related("user")]


def _about_confirming(rows: list[EmailAddress], me: User) -> confirmation.Question:
    letters = sum(len(admin_actions.notified_addresses(row.user)) for row in rows if row.user != me)
    title = ngettext("Confirm this address?", "Confirm %(count)s addresses?", len(rows)) % {
        "count": len(rows)
    }
    named = [_address_of(row.email, row.user) for row in rows]
    return confirmation.Question(title, _("Confirm"), named, [_opens_the_account(), *_says_letters(letters)])


def _about_saving(row: EmailAddress, before: dict[str, Any] | None, me: User) -> confirmation.Question:
    """`before`: what the form of a row that is there began with."""
    had = {row.user: admin_actions.rows_of(row.user)}
    if before:
        owner = User.objects.get(pk=before["user"])
        had[owner] = admin_actions.rows_of(owner)
    has = {owner: dict(rows) for owner, rows in had.items()}
    if before:
        has[owner].pop(before["email"], None)
    has[row.user][row.email] = row.verified
    letters = sum(admin_actions.letters_about(one, me, rows=rows) for one, rows in has.items())
    title = _("Change this address?") if before else _("Add this address?")
    named = [_address_of(row.email, row.user)]
    if before and (before["email"], before["user"]) != (row.email, row.user_id):
        named.insert(0, _("Until now: %(what)s") % {"what": _address_of(before["email"], owner)})
    return confirmation.Question(title, _("Save"), named, [_opens_the_account(), *_says_letters(letters)])


def _address_of(email: str, account: User) -> str:
    return _("%(address)s, of %(account)s") % {"address": email, "account": account}


def _opens_the_account() -> str:
    return _("Whoever reads the letters to a confirmed address can sign in to the account.")


def _says_letters(letters: int) -> list[str]:
    """How many go out; nothing where that is none."""
    text = ngettext(
        "1 letter goes out, to the addresses that these accounts have already.",
        "%(count)s letters go out, to the addresses that these accounts have already.",
        letters,
    )
    return [text % {"count": letters}] if letters else []


def _me(request: HttpRequest) -> User:
    """Whoever acts: a view of the administration knows them."""
    return cast(User, request.user)


def _may_touch(request: HttpRequest, user: User | None) -> bool:
    """None stands for the list: whether there may be any whom one may touch."""
    return user is None or privileges.may_touch(request.user, user)
