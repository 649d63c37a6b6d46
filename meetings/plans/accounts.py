"""Invitations and the accounts that they belong to."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from meetings import links
from meetings.models import Attendee, PersonalLink


def attach(user: User, email: str) -> int:
    """Give the invitations to a verified address to its account; how many there were.

    Also those that an earlier account left behind: the address is shown to be theirs anew.
    """
    theirs = Attendee.objects.filter(email__iexact=email, user=None)
    return theirs.update(user=user, account_deleted_at=None)


def detach(user: User, email: str) -> int:
    """Take them away again: the address is no longer the account's."""
    return Attendee.objects.filter(email__iexact=email, user=user).update(user=None)


@transaction.atomic
def end_invitations(user: User) -> None:
    """Their account is being deleted: what their invitations opened to it is not left to guests.

    They stay on the lists of their organizers, who may write to them again (`resend`, `replace_link`).
    """
    now = timezone.now()
    theirs = list(user.invitations.values_list("pk", flat=True))
    Attendee.objects.filter(pk__in=theirs).update(account_deleted_at=now)
    links.end(PersonalLink.objects.filter(attendee__in=theirs), links.Ending.DELETED)
