"""News from accounts: an address was verified, or given up."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, email_removed, user_logged_in
from django.dispatch import receiver

from accounts.models import User
from meetings import invitations


@receiver(email_confirmed)
def attach_when_confirmed(email_address: EmailAddress, **kwargs: Any) -> None:
    invitations.attach(email_address.user, email_address.email)


@receiver(user_logged_in)
def attach_when_signed_in(user: User, **kwargs: Any) -> None:
    """For addresses that an administrator verified by hand."""
    for address in EmailAddress.objects.filter(user=user, verified=True):
        invitations.attach(user, address.email)


@receiver(email_removed)
def detach_when_removed(user: User, email_address: EmailAddress, **kwargs: Any) -> None:
    invitations.detach(user, email_address.email)
