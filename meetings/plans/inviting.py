"""Calling people to a meeting, writing to them again, and taking invitations back."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import User
from meetings import links
from meetings.letters import announced, notifications, part_letters
from meetings.models import Answer, Attendee, Meeting
from meetings.plans.address import Address
from meetings.plans.asking import keep_past
from meetings.plans.locking import after_commit, locked, raise_sequence
from meetings.plans.plan import Plan
from meetings.signals import attendee_removed, hosts_changed


@transaction.atomic
def invite(meeting: Meeting, people: Iterable[Address]) -> list[Attendee]:
    """Those of `people` who are newly invited; whoever is invited already, or organizes, is passed over."""
    meeting = locked(meeting)
    wanted = guests(meeting.organizer, people)
    known = {attendee.email.lower(): attendee for attendee in meeting.attendees.all()}
    back = [known[email] for email in wanted if email in known and known[email].removed_at]
    if back:
        # Their calendars were told of an end; only a higher number undoes it (RFC 5546, 2.1.5).
        raise_sequence(meeting)
    for attendee in back:
        attendee.name = wanted[attendee.email.lower()].name or attendee.name
        attendee.removed_at = attendee.account_deleted_at = None
        attendee.cohost, attendee.reminders = False, None
        attendee.invited_at, attendee.invited_sequence = timezone.now(), meeting.current.sequence
    renewed = ["name", "removed_at", "account_deleted_at", "cohost", "reminders", "invited_at"]
    Attendee.objects.bulk_update(back, [*renewed, "invited_sequence"])
    # What they said was an answer to another invitation, to dates that were to come then.
    for series in meeting.series.all() if back else ():
        keep_past(series, [attendee.pk for attendee in back])
    Answer.objects.filter(attendee__in=back).ask_anew()
    accounts = _accounts(email for email in wanted if email not in known)
    fresh = Attendee.objects.bulk_create(
        Attendee(meeting=meeting, email=address.email, name=address.name, user_id=accounts.get(email))
        for email, address in wanted.items()
        if email not in known
    )
    going = part_letters.told_of(part_letters.going(meeting))
    notifications.write(meeting, back + fresh, "invitation", parts=going)
    return back + fresh


@transaction.atomic
def remove(attendee: Attendee) -> None:
    """Take back an invitation: the links stop to work, and the calendar forgets the meeting."""
    meeting = locked(attendee.meeting)
    attendee.refresh_from_db()
    if not attendee.removed_at:
        take_back(meeting, [attendee])


@transaction.atomic
def resend(attendee: Attendee) -> bool:
    """Write the invitation again; one that still waits is tried at once instead.

    False if there is nothing to write about any more.
    """
    meeting = locked(attendee.meeting)
    attendee = Attendee.objects.select_related("letter").get(pk=attendee.pk)
    if attendee.removed_at or meeting.is_cancelled or meeting.is_over:
        return False
    _admit_again(attendee)
    return notifications.hurry(attendee.letter) or notifications.write_again(meeting, attendee)


@transaction.atomic
def replace_link(attendee: Attendee) -> bool:
    """Make every link of the attendee useless and send them a letter with a new one.

    False if there is nothing to write about any more; then their links stay as they are.
    """
    meeting = locked(attendee.meeting)
    attendee = Attendee.objects.select_related("letter").get(pk=attendee.pk)
    if attendee.removed_at or meeting.is_cancelled or meeting.is_over:
        return False
    _admit_again(attendee)
    links.revoke(attendee, why=links.Ending.REPLACED)
    letter = attendee.letter
    # A letter in the hands of a worker has its link already, and that one is dead now.
    in_hand = letter is not None and letter.leased_until is not None and letter.leased_until > timezone.now()
    return (not in_hand and notifications.hurry(letter)) or notifications.write_again(meeting, attendee)


def seat(meeting: Meeting, plan: Plan) -> None:
    """Give the attendees the places that the plan gives them."""
    changed, hosts_differ = [], False
    for attendee in meeting.attendees.invited():
        email = attendee.email.lower()
        optional, cohost = email in plan.optional, email in plan.cohosts
        hosts_differ |= attendee.cohost != cohost
        if (attendee.optional, attendee.cohost) != (optional, cohost):
            attendee.optional, attendee.cohost = optional, cohost
            changed.append(attendee)
    Attendee.objects.bulk_update(changed, ["optional", "cohost"])
    if hosts_differ:
        after_commit(hosts_changed, sender=Meeting, meeting=meeting)


def make_cohost(attendee: Attendee, *, on: bool) -> None:
    """Let them be a host in the room too; or not any more. It holds at once."""
    attendee.cohost = on
    attendee.save(update_fields=["cohost"])
    after_commit(hosts_changed, sender=Meeting, meeting=attendee.meeting)


def guests(organizer: User, people: Iterable[Address]) -> dict[str, Address]:
    """By address in lower case, without the organizer, who has a seat anyhow."""
    own = {organizer.email.lower()}
    own |= set(
        EmailAddress.objects.filter(user=organizer, verified=True).values_list(Lower("email"), flat=True)
    )
    return {address.email.lower(): address for address in people if address.email.lower() not in own}


def rename(attendees: Iterable[Attendee], wanted: dict[str, Address]) -> None:
    """Those who are named otherwise now. Nothing else is saved: they may be answering at this moment."""
    renamed = []
    for attendee in attendees:
        name = wanted[attendee.email.lower()].name
        if name and name != attendee.name:
            attendee.name = name
            renamed.append(attendee)
    Attendee.objects.bulk_update(renamed, ["name"])


def take_back(
    meeting: Meeting,
    attendees: list[Attendee],
    before: announced.Announced | None = None,
    changed: Iterable[announced.Announced] = (),
) -> int:
    """Take back these invitations; how many letters that was. `before`: the facts that they know.

    `changed`: the earlier parts that the same change ended, and their calendars may still show.
    """
    if not attendees:
        return 0
    raise_sequence(meeting)
    for attendee in attendees:
        attendee.removed_at = timezone.now()
    Attendee.objects.bulk_update(attendees, ["removed_at"])
    # First, so that it is as removed that they leave a room.
    for attendee in attendees:
        after_commit(attendee_removed, sender=Attendee, attendee=attendee)
    links.revoke(*attendees, why=links.Ending.REMOVED)
    if meeting.is_cancelled:
        return 0
    known = before or announced.of(meeting)
    # As they are after the numbers were raised.
    parts = {told.uid: told for told in [*changed, *part_letters.told_of(part_letters.going(meeting))]}
    for told in part_letters.told_of(meeting.series.filter(uid__in=parts)):
        parts[told.uid] = told
    return notifications.write(meeting, attendees, "removal", parts=list(parts.values()), before=known)


def _accounts(emails: Iterable[str]) -> dict[str, int]:
    """Address -> account, where the account has verified it."""
    verified = EmailAddress.objects.annotate(lower=Lower("email")).filter(
        verified=True, lower__in=list(emails)
    )
    return dict(verified.values_list("lower", "user_id"))


def _admit_again(attendee: Attendee) -> None:
    """The organizer writes to them although their account is gone: they are invited as a guest."""
    if attendee.account_deleted_at:
        attendee.account_deleted_at = None
        attendee.save(update_fields=["account_deleted_at"])
