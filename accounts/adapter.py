"""Where allauth meets us: its letters go through the outbox, its codes are short, its words are ours."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.crypto import get_random_string

from outbox.delivery import enqueue

# Read aloud and typed by hand: no letter that looks like a digit, and no vowel that would make words.
CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ23456789"
CODE_LENGTH = 6


class AccountAdapter(DefaultAccountAdapter):
    """allauth, in our voice."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write allauth's letter into the outbox; `accounts.mail` renders it when it is sent."""
        code = context.get("code", "")
        enqueue(
            key=f"account:{uuid.uuid4()}",
            kind="account",
            recipient=email,
            payload={"letter": template_prefix.rpartition("/")[2], **({"code": code} if code else {})},
            priority=0,
            expires_at=timezone.now() + timedelta(seconds=settings.CODE_LIFETIME_SECONDS if code else 86400),
        )

    def generate_login_code(self) -> str:
        return _new_code()

    def generate_password_reset_code(self) -> str:
        return _new_code()

    def generate_email_verification_code(self) -> str:
        return _new_code()


def _new_code() -> str:
    return get_random_string(CODE_LENGTH, CODE_ALPHABET)
