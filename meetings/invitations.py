"""Calling people to a meeting: invite, change, cancel, answer. Each is one transaction, letters included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import User
from meetings import links
from meetings.addresses import Address
from meetings.models import Attendee, Meeting
from meetings.signals import attendee_removed, meeting_cancelled
from outbox.delivery import enqueue
from outbox.models import Letter

INSTANT = timedelta(hours=1)


@dataclass(frozen=True)
class Plan:
    """What an organizer writes into the form."""

    title: str
    starts_at: datetime
    duration: timedelta
    time_zone: str
    agenda: str = ""
    people: list[Address] = field(default_factory=list)


@dataclass(frozen=True)
class Sent:
    """How many letters a change wrote."""

    invitations: int = 0
    updates: int = 0
    removals: int = 0


@transaction.atomic
def schedule(organizer: User, plan: Plan) -> Meeting:
    """A new meeting, its attendees invited."""
    meeting = Meeting.objects.create(
        organizer=organizer,
        title=plan.title,
        agenda=plan.agenda,
        starts_at=plan.starts_at,
        duration=plan.duration,
        time_zone=plan.time_zone,
    )
    invite(meeting, plan.people)
    return meeting


def meet_now(organizer: User, time_zone: str) -> Meeting:
    """A meeting that starts this minute; nobody is written to."""
    return Meeting.objects.create(
        organizer=organizer,
        title=f"{organizer.get_short_name()}'s meeting",
        starts_at=timezone.now().replace(second=0, microsecond=0),
        duration=INSTANT,
        time_zone=time_zone,
        instant=True,
    )


@transaction.atomic
def invite(meeting: Meeting, people: Iterable[Address]) -> list[Attendee]:
    """Those of `people` who are newly invited; whoever is invited already, or organizes, is passed over."""
    meeting = _locked(meeting)
    wanted = _guests(meeting, people)
    known = {attendee.email.lower(): attendee for attendee in meeting.attendees.all()}
    back = [known[email] for email in wanted if email in known and known[email].removed_at]
    if back:
        # Their calendars were told of an end; only a higher number undoes it (RFC 5546, 2.1.5).
        meeting.sequence += 1
        meeting.save(update_fields=["sequence"])
    for attendee in back:
        attendee.name = wanted[attendee.email.lower()].name or attendee.name
        attendee.removed_at = None
        attendee.partstat, attendee.answered_at, attendee.note = Attendee.PartStat.NEEDS_ACTION, None, ""
        attendee.save()
    accounts = _accounts(email for email in wanted if email not in known)
    fresh = [
        Attendee.objects.create(
            meeting=meeting, email=address.email, name=address.name, user_id=accounts.get(email)
        )
        for email, address in wanted.items()
        if email not in known
    ]
    for attendee in back + fresh:
        _write(meeting, attendee, "invitation", f"invite:{attendee.pk}:{meeting.sequence}")
    return back + fresh


@transaction.atomic
def change(meeting: Meeting, plan: Plan) -> Sent:
    """Make the meeting what `plan` says, and write to those, and only those, whom it concerns.

    A new time asks everybody again; a new title is only told. Who is no longer among `plan.people`
    is removed.
    """
    meeting = _locked(meeting)
    before, old_time = facts(meeting), (meeting.starts_at, meeting.duration)
    meeting.title, meeting.agenda, meeting.time_zone = plan.title, plan.agenda, plan.time_zone
    meeting.starts_at, meeting.duration = plan.starts_at, plan.duration
    moved = old_time != (meeting.starts_at, meeting.duration)
    told = moved or before["title"] != meeting.title

    wanted = _guests(meeting, plan.people)
    invited = list(meeting.attendees.invited())
    staying = [attendee for attendee in invited if attendee.email.lower() in wanted]
    leaving = [attendee for attendee in invited if attendee.email.lower() not in wanted]
    if told:
        meeting.sequence += 1
    meeting.save()
    for attendee in staying:
        name = wanted[attendee.email.lower()].name
        if name and name != attendee.name:
            attendee.name = name
            attendee.save(update_fields=["name"])
        if moved:
            attendee.partstat, attendee.answered_at, attendee.note = Attendee.PartStat.NEEDS_ACTION, None, ""
            attendee.save(update_fields=["partstat", "answered_at", "note"])
        if told:
            key = f"invite:{attendee.pk}:{meeting.sequence}"
            _write(meeting, attendee, "update", key, before=before)
    for attendee in leaving:
        remove(attendee)
    fresh = invite(meeting, wanted.values())
    return Sent(len(fresh), len(staying) if told else 0, len(leaving))


@transaction.atomic
def remove(attendee: Attendee) -> None:
    """Take back an invitation: the links stop to work, and the calendar forgets the meeting."""
    meeting = _locked(attendee.meeting)
    attendee.refresh_from_db()
    if attendee.removed_at:
        return
    meeting.sequence += 1
    meeting.save(update_fields=["sequence"])
    attendee.removed_at = timezone.now()
    attendee.save(update_fields=["removed_at"])
    links.revoke(attendee)
    if not meeting.is_cancelled:
        _write(meeting, attendee, "removal", f"remove:{attendee.pk}:{meeting.sequence}")
    transaction.on_commit(lambda: attendee_removed.send_robust(sender=Attendee, attendee=attendee))


@transaction.atomic
def cancel(meeting: Meeting) -> None:
    """Call the meeting off and tell everybody who was invited."""
    meeting = _locked(meeting)
    if meeting.is_cancelled:
        return
    meeting.cancelled_at = timezone.now()
    meeting.sequence += 1
    meeting.save(update_fields=["cancelled_at", "sequence"])
    for attendee in meeting.attendees.invited():
        _write(meeting, attendee, "cancellation", f"cancel:{attendee.pk}:{meeting.sequence}")
    transaction.on_commit(lambda: meeting_cancelled.send_robust(sender=Meeting, meeting=meeting))


def respond(attendee: Attendee, partstat: Attendee.PartStat, note: str = "") -> None:
    """Record an answer; a later one takes its place."""
    attendee.partstat, attendee.note, attendee.answered_at = partstat, note, timezone.now()
    attendee.save(update_fields=["partstat", "note", "answered_at"])


@transaction.atomic
def resend(attendee: Attendee) -> None:
    """Write the invitation again; one that still waits is tried at once instead."""
    meeting = _locked(attendee.meeting)
    attendee = Attendee.objects.select_related("letter").get(pk=attendee.pk)
    letter = attendee.letter
    if letter and not letter.sent_at and not letter.dead_at:
        Letter.objects.waiting().filter(pk=letter.pk).update(not_before=timezone.now())
        return
    key = f"invite:{attendee.pk}:{meeting.sequence}:after-{letter.pk if letter else 0}"
    _write(meeting, attendee, "invitation", key)


@transaction.atomic
def replace_link(attendee: Attendee) -> None:
    """Make every link of the attendee useless and send them a letter with a new one."""
    links.revoke(attendee)
    resend(attendee)


# -- accounts -----------------------------------------------------------------------------------


def attach(user: User, email: str) -> int:
    """Give the invitations to a verified address to its account; how many there were."""
    return Attendee.objects.filter(email__iexact=email, user=None).update(user=user)


def detach(user: User, email: str) -> int:
    """Take them away again: the address is no longer the account's."""
    return Attendee.objects.filter(email__iexact=email, user=user).update(user=None)


# -- parts --------------------------------------------------------------------------------------


def facts(meeting: Meeting) -> dict[str, Any]:
    """What an attendee was told, to be struck through when it changes."""
    return {
        "title": meeting.title,
        "starts_at": meeting.starts_at.isoformat(),
        "minutes": round(meeting.duration.total_seconds() / 60),
    }


def _locked(meeting: Meeting) -> Meeting:
    """The meeting as it is now; nobody else changes it until the transaction ends.

    The caller's object is brought up to date, since others hold it too.
    """
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    meeting.refresh_from_db()
    return meeting


def _guests(meeting: Meeting, people: Iterable[Address]) -> dict[str, Address]:
    """By address in lower case, without the organizer, who has a seat anyhow."""
    organizer = meeting.organizer
    own = {organizer.email.lower()}
    own |= set(
        EmailAddress.objects.filter(user=organizer, verified=True).values_list(Lower("email"), flat=True)
    )
    return {address.email.lower(): address for address in people if address.email.lower() not in own}


def _accounts(emails: Iterable[str]) -> dict[str, int]:
    """Address -> account, where the account has verified it."""
    verified = EmailAddress.objects.annotate(lower=Lower("email")).filter(
        verified=True, lower__in=list(emails)
    )
    return dict(verified.values_list("lower", "user_id"))


def _write(meeting: Meeting, attendee: Attendee, kind: str, key: str, **more: Any) -> None:
    """Put a letter into the outbox. It is the attendee's latest now; one before it that waits is buried.

    Nobody is written to about what is over.
    """
    if meeting.ends_at <= timezone.now():
        return
    payload = {"attendee": attendee.pk, "previous": attendee.letter_id, **more}
    enqueue(key=key, kind=kind, recipient=attendee.email, payload=payload, expires_at=meeting.ends_at)
    attendee.letter = Letter.objects.get(key=key)
    attendee.save(update_fields=["letter"])
