"""The addresses of accounts: to each of them goes a code that opens one."""

from __future__ import annotations

from typing import Any

from allauth.account.admin import EmailAddressAdmin as AllauthEmailAddressAdmin
from allauth.account.models import EmailAddress
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import admin_actions, privileges
from accounts.admin.permissions import OpensAccounts, actor
from accounts.admin.sentences import opens_the_account, says_letters
from accounts.models import User
from outbox import confirmation
from outbox.listing import OffersFilters

admin.site.unregister(EmailAddress)


@admin.register(EmailAddress)
class EmailAddressAdmin(OpensAccounts, OffersFilters, AllauthEmailAddressAdmin):
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
        if request.method == "POST" and may and not confirmation.is_agreed(request):
            form = self.get_form(request, row, change=row is not None)(request.POST, instance=row)
            if form.is_valid() and form.has_changed():
                question = _about_saving(form.instance, dict(form.initial) if row else None, actor(request))
                return confirmation.ask_again(self, request, question)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: EmailAddress, form: Any, change: bool) -> None:
        # Whoever has it now, and whoever had it before.
        owners = User.objects.filter(Q(pk=obj.user_id) | Q(emailaddress__pk=obj.pk)).distinct()
        with admin_actions.address_changes_told(owners, actor(request)):
            super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: EmailAddress) -> None:
        with admin_actions.address_changes_told([obj.user], actor(request)):
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[EmailAddress]) -> None:
        with admin_actions.address_changes_told(_owners(queryset), actor(request)):
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
        if not confirmation.is_agreed(request):
            return confirmation.ask(
                self, request, [row.pk for row in rows], _about_confirming(rows, actor(request))
            )
        with admin_actions.address_changes_told([row.user for row in rows], actor(request)):
            super().make_verified(request, queryset)
        return None


def _owners(queryset: QuerySet[EmailAddress]) -> list[User]:
    return [row.user for row in queryset.select_related("user")]


def _about_confirming(rows: list[EmailAddress], me: User) -> confirmation.Question:
    letters = sum(len(admin_actions.notified_addresses(row.user)) for row in rows if row.user != me)
    title = ngettext("Confirm this address?", "Confirm %(count)s addresses?", len(rows)) % {
        "count": len(rows)
    }
    named = [_address_of(row.email, row.user) for row in rows]
    return confirmation.Question(title, _("Confirm"), named, [opens_the_account(), *says_letters(letters)])


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
    return confirmation.Question(title, _("Save"), named, [opens_the_account(), *says_letters(letters)])


def _address_of(email: str, account: User) -> str:
    return _("%(address)s, of %(account)s") % {"address": email, "account": account}
