"""News from accounts: an address was verified, or given up, or an account deleted.

And what they ask before one is switched off.
"""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, email_removed, user_logged_in
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import User
from accounts.signals import closing_asked
from meetings import words
from meetings.letters import dates
from meetings.models import Meeting
from meetings.plans import invitations
from meetings.plans.locking import after_commit
from meetings.signals import meeting_deleted


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


@receiver(pre_delete, sender=User)
def end_invitations_when_deleted(instance: User, **kwargs: Any) -> None:
    invitations.end_invitations(instance)


@receiver(post_delete, sender=Meeting)
def tell_of_deletion(instance: Meeting, **kwargs: Any) -> None:
    """Mostly with its organizer's account, by the database's own rule: no verb deletes a meeting."""
    after_commit(meeting_deleted, sender=Meeting, code=instance.code)


@receiver(closing_asked)
def meetings_to_name(user: User, **kwargs: Any) -> tuple[list[str], list[str]]:
    """What they organize takes place, or is cancelled first."""
    mine = Meeting.objects.organized_by(user).not_cancelled().filter(personal=False)
    standing = list(mine.ending_after(timezone.now()).select_related("organizer", "last_series"))
    text = ngettext(
        "%(count)s meeting of theirs is still to come, and will stand without an organizer. What is not to"
        " take place has to be cancelled first, in the list of meetings, so that everybody is told.",
        "%(count)s meetings of theirs are still to come, and will stand without an organizer. What is not to"
        " take place has to be cancelled first, in the list of meetings, so that everybody is told.",
        len(standing),
    )
    says = [words.numbered(text, len(standing))]
    return (says, dates.named(standing)) if standing else ([], [])
