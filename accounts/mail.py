"""The letters about an account: codes, and what the owner of an address should know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from outbox import html
from outbox.delivery import renderer
from outbox.models import Letter

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KIND = "account"
NOT_YOU = _("If that was not you, you can leave it unread: nothing happens.")
CHECK = _("If that was not you, set a new password now.")


@dataclass(frozen=True)
class Words:
    """What a letter says. `{…}` stands for a word of the payload."""

    subject: StrOrPromise
    heading: StrOrPromise
    body: tuple[StrOrPromise, ...]
    foot: StrOrPromise = NOT_YOU
    # A page of ours and the words on its button.
    page: str = ""
    button: StrOrPromise = ""


def _news(subject: StrOrPromise, body: StrOrPromise) -> Words:
    """Something about your account changed; said so that a stranger's doing does not go unnoticed."""
    return Words(subject, subject, (body,), CHECK, "account_reset_password", _("Set a new password"))


def _done(subject: StrOrPromise, body: StrOrPromise) -> Words:
    """Something that was done to your account, and by whom."""
    who = _("This was done by {by}, {by_email}. If you did not ask for this, write to them.")
    return Words(subject, subject, (body, who), CHECK, "account_reset_password", _("Set a new password"))


_CONFIRM = Words(
    _("{code} is your code for {site}"),
    _("Your code"),
    (_("Type it on the page that is waiting for it, and your address is confirmed."),),
)

# Keyed by allauth's names of its letters.
WORDS = {
    "email_confirmation_signup": _CONFIRM,
    "email_confirmation": _CONFIRM,
    "login_code": Words(
        _("{code} is your code for {site}"),
        _("Your code"),
        (_("Type it on the page that is waiting for it, and you are signed in."),),
    ),
    "reauthentication_code": Words(
        _("{code} is your code for {site}"),
        _("Is it you?"),
        (
            _("Somebody, probably you, is about to change who can get into your account."),
            _("If it is you, type this code on the page that is waiting for it."),
        ),
        _("If it is not you, keep the code to yourself and sign out on the device where you are signed in."),
    ),
    "password_reset_code": Words(
        _("{code} is your code for {site}"),
        _("Your code"),
        (_("Type it on the page that is waiting for it, and choose a new password."),),
    ),
    "account_already_exists": Words(
        _("You have an account already"),
        _("You have an account already"),
        (
            _("Somebody, probably you, wanted to make an account with this address. It has one already."),
            _("Sign in as before. If you have forgotten the password, we send you a code instead."),
        ),
        page="account_login",
        button=_("Sign in"),
    ),
    "unknown_account": Words(
        _("There is no account with this address"),
        _("There is no account with this address"),
        (
            _("Somebody, probably you, wanted to sign in with this address, but no account has it."),
            _("Perhaps you used another address back then. Or make an account; it takes a minute."),
        ),
        page="account_signup",
        button=_("Make an account"),
    ),
    "password_changed": _news(_("Your password was changed"), _("From now on, sign in with the new one.")),
    "password_set": _news(_("Your account has a password now"), _("You can sign in with it from now on.")),
    "password_reset": _news(
        _("Your password was changed"), _("It was reset with a code from a letter to this address.")
    ),
    "email_changed": _news(
        _("Your address was changed"), _("Your account now has {to_email} in place of {from_email}.")
    ),
    "email_deleted": _news(
        _("An address was removed"), _("Your account no longer has the address {deleted_email}.")
    ),
    "totp_activated": _news(
        _("An authenticator app was added"), _("From now on, signing in asks for a code of that app.")
    ),
    "totp_deactivated": _news(
        _("The authenticator app was removed"), _("Signing in no longer asks for a code of that app.")
    ),
    "recovery_codes_generated": _news(
        _("New recovery codes were made"), _("The ones from before no longer work.")
    ),
    "webauthn_added": _news(_("A passkey was added"), _("You can sign in with it from now on.")),
    "webauthn_removed": _news(_("A passkey was removed"), _("It no longer opens your account.")),
    # By hand, in the administration (accounts.admin_actions).
    "password_set_by_administrator": _done(
        _("An administrator changed your password"),
        _("You are signed out everywhere; the old one no longer counts."),
    ),
    "address_added_by_administrator": _done(
        _("An administrator added an address to your account"),
        _("It is {address}. Once it is confirmed, whoever reads its letters can sign in to your account."),
    ),
    "address_confirmed_by_administrator": _done(
        _("An administrator confirmed an address of your account"),
        _("It is {address}. Whoever reads its letters can sign in to your account."),
    ),
    "address_removed_by_administrator": _done(
        _("An administrator took an address from your account"), _("{address} no longer opens your account.")
    ),
    "address_replaced_by_administrator": _done(
        _("An administrator changed the address of your account"),
        _("Its letters go to {address} now, in place of {before}, and codes for signing in go there too."),
    ),
    "authenticator_taken_by_administrator": _done(
        _("An administrator removed a second way to sign in"),
        _("A passkey, an authenticator app or recovery codes of yours no longer work for your account."),
    ),
}


@renderer(KIND, secret=True)
def render_letter(letter: Letter) -> EmailMessage:
    payload: dict[str, str] = letter.payload
    words = WORDS[payload["letter"]]
    context = {
        "subject": str(words.subject).format(site=settings.SITE_NAME, **payload),
        "heading": words.heading,
        "paragraphs": [str(paragraph).format(**payload) for paragraph in words.body],
        "code": payload.get("code", ""),
        "link": settings.PUBLIC_URL + reverse(words.page) if words.page else "",
        "link_words": words.button,
        "foot": words.foot,
        "product": settings.SITE_NAME,
        "recipient": letter.recipient,
    }
    message = EmailMultiAlternatives(
        str(context["subject"]), render_to_string("account/mail/letter.txt", context)
    )
    message.attach_alternative(html.render("account/mail/letter.html", context), "text/html")
    return message
