"""Where allauth meets us: its letters go through the outbox, its codes are short, its words are ours."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.mail import KIND
from accounts.models import User
from outbox.delivery import enqueue

logger = logging.getLogger(__name__)

# In the session of somebody who is making an account: the name that they typed.
SIGN_UP_NAME = "sign_up_name"
# Typed from another screen: nothing that looks like something else, and no vowel that would make words.
CODE_ALPHABET = "BCDFGHJKMNPQRSTVWXZ23456789"
CODE_LENGTH = 6
# What a letter may need to know; the rest of allauth's context (users, requests) stays where it is.
PAYLOAD_WORDS = ("code", "from_email", "to_email", "deleted_email")
# News of yesterday about one's own account still matters.
NEWS_LIFETIME = timedelta(days=3)


class AccountAdapter(DefaultAccountAdapter):
    """allauth, in our voice."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is switched off."),
        "cannot_remove_primary_email": _("This is your main address. Choose another as the main one first."),
        "duplicate_email": _("Your account has this address already."),
        "email_password_mismatch": (
            _("The address and the password do not match. Check both, or let us send you a code.")
        ),
        "email_taken": _("Another account has this address."),
        "enter_current_password": _("That is not your current password."),
        "incorrect_code": _("That is not the code we sent. Look at the newest letter."),
        "incorrect_password": _("That is not your password."),
        "invalid_or_expired_key": _("That link has been used, or is too old."),
        "invalid_password_reset": _("That code has been used, or is too old. Ask for another."),
        "max_email_addresses": _("An account holds at most %d addresses."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, or let us send you a code."),
        "unknown_email": _("No account has this address."),
        "unverified_primary_email": _("Your main address has to be confirmed first."),
        "select_only_one": _("Choose one of them."),
        "same_as_current": _("That is what it is already."),
        "rate_limited": _("Too many tries. Wait a minute, then try again."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        """Where a request comes from, as far as the trusted proxies tell; "unknown" where nothing does.

        Whoever came past some of them is who the connection says, rather than an error of the server.
        """
        try:
            return str(super().get_client_ip(request))
        except ImproperlyConfigured:
            logger.warning("a request passed fewer proxies than TRUSTED_PROXIES says")
        except PermissionDenied:
            pass  # by a socket of the machine, which has no address
        return str(request.META.get("REMOTE_ADDR") or "unknown")

    def logout(self, request: HttpRequest) -> None:
        """Whoever leaves a sign-up for another address finds the name again."""
        name = None if request.user.is_authenticated else request.session.get(SIGN_UP_NAME)
        super().logout(request)
        if name:
            request.session[SIGN_UP_NAME] = name

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write allauth's letter into the outbox; `accounts.mail` makes it when it is sent."""
        payload = {word: str(context[word]) for word in PAYLOAD_WORDS if context.get(word)}
        letter = template_prefix.rpartition("/")[2]
        if context.get("reauthentication"):
            letter = "reauthentication_code"
        lifetime = timedelta(seconds=settings.CODE_LIFETIME_SECONDS) if "code" in payload else NEWS_LIFETIME
        enqueue(
            key=f"{KIND}:{uuid.uuid4()}",
            kind=KIND,
            recipient=email,
            # Whoever asks for a code, or changes their account, is who reads of it.
            payload={"letter": letter, "language": translation.get_language(), **payload},
            priority=0,
            expires_at=timezone.now() + lifetime,
        )

    def generate_login_code(self) -> str:
        return _new_code()

    def generate_password_reset_code(self) -> str:
        return _new_code()

    def generate_email_verification_code(self) -> str:
        return _new_code()


class MFAAdapter(DefaultMFAAdapter):
    """The part of allauth that knows passkeys and authenticator apps, in our voice."""

    error_messages: ClassVar = {
        "add_email_blocked": _("Your passkeys and app have to go before you add an address."),
        "cannot_delete_authenticator": _("This one has to stay."),
        "cannot_generate_recovery_codes": _("Recovery codes come with a passkey or an app. Add one first."),
        "incorrect_code": _("That is not the code. It changes every half minute: type the one you see now."),
        "unverified_email": _("Confirm your address first. Then add passkeys and apps."),
    }

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}


def _new_code() -> str:
    return get_random_string(CODE_LENGTH, CODE_ALPHABET)
