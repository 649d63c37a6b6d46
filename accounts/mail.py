"""The letters about an account: codes, and what the owner of an address should know."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from outbox.delivery import renderer
from outbox.models import Letter

KIND = "account"
NOT_YOU = "If that was not you, you can leave it unread: nothing happens."
CHECK = "If that was not you, set a new password now."


@dataclass(frozen=True)
class Words:
    """What a letter says. `{…}` stands for a word of the payload."""

    subject: str
    heading: str
    body: tuple[str, ...]
    foot: str = NOT_YOU
    # A page of ours and the words on its button.
    page: str = ""
    button: str = ""


def _news(subject: str, body: str) -> Words:
    """Something about your account changed; said so that a stranger's doing does not go unnoticed."""
    return Words(subject, subject, (body,), CHECK, "account_reset_password", "Set a new password")


def _done(subject: str, body: str) -> Words:
    """Something that was done to your account, and by whom."""
    who = "This was done by {by}, {by_email}. If you did not ask for this, write to them."
    return Words(subject, subject, (body, who), CHECK, "account_reset_password", "Set a new password")


_CONFIRM = Words(
    "{code} is your code for {site}",
    "Your code",
    ("Type it on the page that is waiting for it, and your address is confirmed.",),
)

# Keyed by allauth's names of its letters.
WORDS = {
    "email_confirmation_signup": _CONFIRM,
    "email_confirmation": _CONFIRM,
    "login_code": Words(
        "{code} is your code for {site}",
        "Your code",
        ("Type it on the page that is waiting for it, and you are signed in.",),
    ),
    "reauthentication_code": Words(
        "{code} is your code for {site}",
        "Is it you?",
        (
            "Somebody, probably you, is about to change who can get into your account.",
            "If it is you, type this code on the page that is waiting for it.",
        ),
        "If it is not you, keep the code to yourself and sign out on the device where you are signed in.",
    ),
    "password_reset_code": Words(
        "{code} is your code for {site}",
        "Your code",
        ("Type it on the page that is waiting for it, and choose a new password.",),
    ),
    "account_already_exists": Words(
        "You have an account already",
        "You have an account already",
        (
            "Somebody, probably you, wanted to make an account with this address. It has one already.",
            "Sign in as before. If you have forgotten the password, we send you a code instead.",
        ),
        page="account_login",
        button="Sign in",
    ),
    "unknown_account": Words(
        "There is no account with this address",
        "There is no account with this address",
        (
            "Somebody, probably you, wanted to sign in with this address, but no account has it.",
            "Perhaps you used another address back then. Or make an account; it takes a minute.",
        ),
        page="account_signup",
        button="Make an account",
    ),
    "password_changed": _news("Your password was changed", "From now on, sign in with the new one."),
    "password_set": _news("Your account has a password now", "You can sign in with it from now on."),
    "password_reset": _news(
        "Your password was changed", "It was set anew with a code from a letter to this address."
    ),
    "email_changed": _news(
        "Your address was changed", "Your account now has {to_email} in place of {from_email}."
    ),
    "email_deleted": _news(
        "An address was removed", "Your account no longer has the address {deleted_email}."
    ),
    "totp_activated": _news(
        "An authenticator app was added", "From now on, signing in asks for a code of that app."
    ),
    "totp_deactivated": _news(
        "The authenticator app was removed", "Signing in no longer asks for a code of that app."
    ),
    "recovery_codes_generated": _news("New recovery codes were made", "The ones from before no longer work."),
    "webauthn_added": _news("A passkey was added", "You can sign in with it from now on."),
    "webauthn_removed": _news("A passkey was removed", "It no longer opens your account."),
    # By hand, in the administration (accounts.doings).
    "password_set_by_administrator": _done(
        "An administrator changed your password",
        "You are signed out everywhere; the old one no longer counts.",
    ),
    "address_added_by_administrator": _done(
        "An administrator added an address to your account",
        "It is {address}. Once it is confirmed, whoever reads its letters can sign in to your account.",
    ),
    "address_confirmed_by_administrator": _done(
        "An administrator confirmed an address of your account",
        "It is {address}. Whoever reads its letters can sign in to your account.",
    ),
    "address_removed_by_administrator": _done(
        "An administrator took an address from your account", "{address} no longer opens your account."
    ),
    "address_replaced_by_administrator": _done(
        "An administrator changed the address of your account",
        "Its letters go to {address} now, in place of {before}, and codes for signing in go there too.",
    ),
    "authenticator_taken_by_administrator": _done(
        "An administrator removed a second way to sign in",
        "A passkey, an authenticator app or recovery codes of yours are no longer good for your account.",
    ),
}


@renderer(KIND, secret=True)
def render_letter(letter: Letter) -> EmailMessage:
    payload: dict[str, str] = letter.payload
    words = WORDS[payload["letter"]]
    context = {
        "subject": words.subject.format(site=settings.SITE_NAME, **payload),
        "heading": words.heading,
        "paragraphs": [paragraph.format(**payload) for paragraph in words.body],
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
    message.attach_alternative(render_to_string("account/mail/letter.html", context), "text/html")
    return message
