"""allauth's forms with our words on their fields."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from allauth.account import forms as account
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.adapter import SIGN_UP_NAME
from accounts.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Words(NamedTuple):
    """What stands at a field."""

    label: StrOrPromise
    missing: StrOrPromise
    hint: StrOrPromise = ""
    autocomplete: str = ""


ADDRESS = Words(_("E-mail"), _("Your address is missing."), "", "username")
PASSWORD = Words(_("Password"), _("The password is missing."), "", "current-password")
NEW_PASSWORD = Words(
    _("New password"), _("The new password is missing."), _("Eight characters or more."), "new-password"
)
CODE = Words(
    _("Code"),
    _("The code is missing."),
    _("Six letters and digits. Capitals do not matter."),
    "one-time-code",
)
APP_CODE = Words(_("Code"), _("The code is missing."), "", "one-time-code")
NOT_WHOLE = _("This does not look like a whole address, such as alice@example.org.")


class InOurWords(forms.Form):
    """Puts our words in place of allauth's, and takes away its placeholders."""

    words: ClassVar[dict[str, Words]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Typed once, and looked at with Show, instead of typed twice.
        self.fields.pop("password2", None)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if words := self.words.get(name):
                field.label, field.help_text = words.label, words.hint
                field.error_messages["required"] = words.missing
                field.widget.attrs["autocomplete"] = words.autocomplete
            if isinstance(field, forms.EmailField):
                field.error_messages["invalid"] = NOT_WHOLE


class LoginForm(InOurWords, account.LoginForm):
    words: ClassVar = {
        "login": ADDRESS,
        "password": PASSWORD,
    }


class SignupForm(InOurWords, account.SignupForm):
    words: ClassVar = {
        "email": ADDRESS._replace(hint=_("We send a code there. Invitations to you arrive there too.")),
        "password1": Words(
            _("Password"), _("Choose a password."), _("Eight characters or more."), "new-password"
        ),
    }

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """As allauth does it, and as slowly for an address that has an account already."""
        # Whoever mistyped the address finds the name again.
        request.session[SIGN_UP_NAME] = self.cleaned_data["name"]
        if self.account_already_exists:
            self._work_in_vain()
        return super().try_save(request)

    def _work_in_vain(self) -> None:
        """What making an account costs, for nothing: the hash above all, and some rows."""
        with transaction.atomic():
            email = f"{secrets.token_hex(16)}@example.invalid"
            user = User.objects.create_user(email, self.cleaned_data["password1"])
            self.signup(context.request, user)
            EmailAddress.objects.create(user=user, email=email, primary=True)
            transaction.set_rollback(True)

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        if field_name == "name" and context.request is not None:
            return context.request.session.get(SIGN_UP_NAME, "")
        return super().get_initial_for_field(field, field_name)


class AddEmailForm(InOurWords, account.AddEmailForm):
    words: ClassVar = {"email": Words(_("Another address"), _("The address is missing."), "", "email")}


class ChangeEmailForm(InOurWords, account.ChangeEmailForm):
    words: ClassVar = {"email": Words(_("Other address"), _("The address is missing."), "", "email")}


class ChangePasswordForm(InOurWords, account.ChangePasswordForm):
    words: ClassVar = {
        "oldpassword": Words(
            _("Current password"), _("The current password is missing."), "", "current-password"
        ),
        "password1": NEW_PASSWORD,
    }


class SetPasswordForm(InOurWords, account.SetPasswordForm):
    words: ClassVar = {"password1": NEW_PASSWORD}


class ResetPasswordForm(InOurWords, account.ResetPasswordForm):
    words: ClassVar = {"email": ADDRESS}


class ResetPasswordKeyForm(InOurWords, account.ResetPasswordKeyForm):
    words: ClassVar = {"password1": NEW_PASSWORD}


class RequestLoginCodeForm(InOurWords, account.RequestLoginCodeForm):
    words: ClassVar = {"email": ADDRESS}


class ReauthenticateForm(InOurWords, account.ReauthenticateForm):
    words: ClassVar = {
        "password": Words(_("Password"), _("The password is missing."), "", "current-password")
    }


class ConfirmLoginCodeForm(InOurWords, account.ConfirmLoginCodeForm):
    words: ClassVar = {"code": CODE}


class ConfirmReauthenticationCodeForm(InOurWords, account.ConfirmReauthenticationCodeForm):
    words: ClassVar = {"code": CODE}


class ConfirmEmailVerificationCodeForm(InOurWords, account.ConfirmEmailVerificationCodeForm):
    words: ClassVar = {"code": CODE}


class ConfirmPasswordResetCodeForm(InOurWords, account.ConfirmPasswordResetCodeForm):
    words: ClassVar = {"code": CODE}


class AuthenticateForm(InOurWords, mfa.AuthenticateForm):
    words: ClassVar = {
        "code": APP_CODE._replace(hint=_("From your authenticator app, or one of your recovery codes."))
    }


class ReauthenticateByCodeForm(InOurWords, mfa.ReauthenticateForm):
    words: ClassVar = AuthenticateForm.words


class ActivateTOTPForm(InOurWords, totp.ActivateTOTPForm):
    words: ClassVar = {"code": APP_CODE._replace(hint=_("The six digits that the app shows now."))}


class AddWebAuthnForm(InOurWords, webauthn.AddWebAuthnForm):
    words: ClassVar = {"name": Words(_("Name"), "", _("So that you can tell it from your others."), "off")}


class EditWebAuthnForm(InOurWords, webauthn.EditWebAuthnForm):
    words: ClassVar = {"name": Words(_("Name"), _("The name is missing."), "", "off")}
