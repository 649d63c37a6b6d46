"""Calling people to a meeting: invite, change, cancel, answer. Each is one transaction, letters included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models.functions import Lower
from django.dispatch import Signal
from django.utils import timezone

from accounts.models import User
from meetings import links
from meetings.addresses import Address
from meetings.models import Attendee, Meeting
from meetings.signals import attendee_removed, meeting_cancelled
from outbox.models import Letter

INSTANT = timedelta(hours=1)
# What an answer consists of.
ANSWER = ("partstat", "answered_at", "note")


@dataclass(frozen=True)
class Plan:
    """What an organizer writes into the form."""

    title: str
    starts_at: datetime
    duration: timedelta
    time_zone: str
    # How it repeats (meetings.recurrence); empty for once.
    rrule: str = ""
    description: str = ""
    agenda: str = ""
    access: str = Meeting.Access.ANYONE
    lobby: bool = False
    early: timedelta | None = None
    capacity: int | None = None
    # Minutes before the start.
    reminders: tuple[int, ...] = ()
    people: list[Address] = field(default_factory=list)
    # Of these, by address in lower case: whose presence is not needed, and who is host as well.
    optional: frozenset[str] = frozenset()
    cohosts: frozenset[str] = frozenset()


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
    Attendee.objects.bulk_update(back, ["name", "removed_at", *ANSWER])
    accounts = _accounts(email for email in wanted if email not in known)
    fresh = Attendee.objects.bulk_create(
        Attendee(meeting=meeting, email=address.email, name=address.name, user_id=accounts.get(email))
        for email, address in wanted.items()
        if email not in known
    )
    _write(meeting, back + fresh, "invitation")
    return back + fresh


@transaction.atomic
def change(meeting: Meeting, plan: Plan) -> Sent:
    """Make the meeting what `plan` says, and write to those, and only those, whom it concerns.

    A new time asks everybody again; a new title is only told. Who is no longer among `plan.people`
    is removed.
    """
    meeting = _locked(meeting)
    if meeting.is_cancelled:
        return Sent()
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
    _rename(staying, wanted)
    if moved:
        asked = meeting.attendees.filter(pk__in=[attendee.pk for attendee in staying])
        asked.update(partstat=Attendee.PartStat.NEEDS_ACTION, answered_at=None, note="")
    updates = _write(meeting, staying, "update", before=before) if told else 0
    removals = _remove(meeting, leaving, before)
    fresh = invite(meeting, wanted.values())
    return Sent(0 if _is_over(meeting) else len(fresh), updates, removals)


@transaction.atomic
def remove(attendee: Attendee) -> None:
    """Take back an invitation: the links stop to work, and the calendar forgets the meeting."""
    meeting = _locked(attendee.meeting)
    attendee.refresh_from_db()
    if not attendee.removed_at:
        _remove(meeting, [attendee])


@transaction.atomic
def cancel(meeting: Meeting) -> None:
    """Call the meeting off and tell everybody who was invited."""
    meeting = _locked(meeting)
    if meeting.is_cancelled:
        return
    meeting.cancelled_at = timezone.now()
    meeting.sequence += 1
    meeting.save(update_fields=["cancelled_at", "sequence"])
    _write(meeting, list(meeting.attendees.invited()), "cancellation")
    _after_commit(meeting_cancelled, sender=Meeting, meeting=meeting)


@transaction.atomic
def respond(attendee: Attendee, partstat: Attendee.PartStat, note: str = "", about: str = "") -> bool:
    """Record an answer; a later one takes its place.

    `about` is the meeting's `appointment` when the question was shown. If it has been moved since, nobody
    has answered for the new time yet: then nothing is recorded, and the answer is False.
    """
    meeting = _locked(attendee.meeting)
    if about and about != meeting.appointment:
        return False
    attendee.partstat, attendee.note, attendee.answered_at = partstat, note, timezone.now()
    attendee.save(update_fields=ANSWER)
    return True


@transaction.atomic
def resend(attendee: Attendee) -> bool:
    """Write the invitation again; one that still waits is tried at once instead.

    False if there is nothing to write about any more.
    """
    meeting = _locked(attendee.meeting)
    attendee = Attendee.objects.select_related("letter").get(pk=attendee.pk)
    if attendee.removed_at or meeting.is_cancelled or _is_over(meeting):
        return False
    return _hurry(attendee.letter) or _write_again(meeting, attendee)


@transaction.atomic
def replace_link(attendee: Attendee) -> bool:
    """Make every link of the attendee useless and send them a letter with a new one.

    False if there is nothing to write about any more; then their links stay as they are.
    """
    meeting = _locked(attendee.meeting)
    attendee = Attendee.objects.select_related("letter").get(pk=attendee.pk)
    if attendee.removed_at or meeting.is_cancelled or _is_over(meeting):
        return False
    links.revoke(attendee)
    letter = attendee.letter
    # A letter in the hands of a worker has its link already, and that one is dead now.
    in_hand = letter is not None and letter.leased_until is not None and letter.leased_until > timezone.now()
    return (not in_hand and _hurry(letter)) or _write_again(meeting, attendee)


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


def _is_over(meeting: Meeting) -> bool:
    return meeting.ends_at <= timezone.now()


def _rename(attendees: Iterable[Attendee], wanted: dict[str, Address]) -> None:
    """Those who are named otherwise now. Nothing else is saved: they may be answering at this moment."""
    renamed = []
    for attendee in attendees:
        name = wanted[attendee.email.lower()].name
        if name and name != attendee.name:
            attendee.name = name
            renamed.append(attendee)
    Attendee.objects.bulk_update(renamed, ["name"])


def _remove(meeting: Meeting, attendees: list[Attendee], before: dict[str, Any] | None = None) -> int:
    """Take back these invitations; how many letters that was. `before`: the facts that they know."""
    if not attendees:
        return 0
    meeting.sequence += 1
    meeting.save(update_fields=["sequence"])
    for attendee in attendees:
        attendee.removed_at = timezone.now()
    Attendee.objects.bulk_update(attendees, ["removed_at"])
    links.revoke(*attendees)
    for attendee in attendees:
        _after_commit(attendee_removed, sender=Attendee, attendee=attendee)
    return (
        0 if meeting.is_cancelled else _write(meeting, attendees, "removal", before=before or facts(meeting))
    )


def _after_commit(signal: Signal, **news: Any) -> None:
    transaction.on_commit(lambda: signal.send_robust(**news))


def _hurry(letter: Letter | None) -> bool:
    """Have a letter that waits tried at once; whether there is one."""
    if letter is None or letter.sent_at or letter.dead_at:
        return False
    return bool(Letter.objects.waiting().filter(pk=letter.pk).update(not_before=timezone.now()))


def _write_again(meeting: Meeting, attendee: Attendee) -> bool:
    """What they know, if an earlier letter reached them, is what is true now."""
    again = f":after-{attendee.letter_id or 0}"
    return bool(_write(meeting, [attendee], "invitation", again, before=facts(meeting)))


def _write(meeting: Meeting, attendees: list[Attendee], kind: str, again: str = "", **more: Any) -> int:
    """Put letters into the outbox; how many. Each is the attendee's latest now; one that waits is buried.

    Nobody is written to about what is over. For many people it takes as many statements as for one.
    """
    if not attendees or _is_over(meeting):
        return 0
    keys = {attendee.pk: f"{kind}:{attendee.pk}:{meeting.sequence}{again}" for attendee in attendees}
    Letter.objects.bulk_create(
        (
            Letter(
                key=keys[attendee.pk],
                kind=kind,
                recipient=attendee.email,
                payload={"attendee": attendee.pk, "previous": attendee.letter_id, **more},
                expires_at=meeting.ends_at,
            )
            for attendee in attendees
        ),
        ignore_conflicts=True,
    )
    written = {letter.key: letter for letter in Letter.objects.filter(key__in=keys.values())}
    for attendee in attendees:
        attendee.letter = written[keys[attendee.pk]]
    Attendee.objects.bulk_update(attendees, ["letter"])
    return len(attendees)
