"""Calling people to a meeting: invite, change, cancel, answer. Each is one transaction, letters included."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.dispatch import Signal
from django.utils import timezone

from accounts.models import User
from meetings import links, postage, recurrence
from meetings.addresses import Address
from meetings.models import Answer, Attendee, EarlierSeries, Meeting, Occurrence
from meetings.signals import attendee_removed, meeting_cancelled
from outbox.models import Letter

INSTANT = timedelta(hours=1)
# What an answer consists of.
ANSWER = ("partstat", "answered_at", "note")
# So many of the dates that are called off together are named.
MOST_NAMED = 6
# Letters that are never too many: nobody may go on waiting for what is off.
ENDS = ("cancellation", "occurrence-cancellation", "removal")


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
class OccurrencePlan:
    """What one occurrence of a series is to be."""

    title: str
    starts_at: datetime
    duration: timedelta
    agenda: str = ""


class InThePast(ValueError):
    """A change would leave nothing of a meeting to come: then it is to be cancelled instead."""


@dataclass(frozen=True)
class Sent:
    """How many letters a change wrote."""

    invitations: int = 0
    updates: int = 0
    removals: int = 0


@transaction.atomic
def schedule(organizer: User, plan: Plan) -> Meeting:
    """A new meeting, its attendees invited."""
    meeting = Meeting(organizer=organizer)
    _follow(meeting, plan)
    meeting.save()
    invite(meeting, plan.people)
    _seat(meeting, plan)
    return meeting


def _follow(meeting: Meeting, plan: Plan, since: Occurrence | None = None) -> None:
    """Make the meeting what the plan says, without saving it; with `since`, from that occurrence on."""
    meeting.title, meeting.description, meeting.agenda = plan.title, plan.description, plan.agenda
    meeting.starts_at, meeting.duration = plan.starts_at, plan.duration
    meeting.time_zone, meeting.rrule = plan.time_zone, plan.rrule
    if not plan.rrule and meeting.pk and meeting.earlier_series.exists():
        # What is left of a series is one, of which the last part has one time.
        meeting.rrule = recurrence.ONCE
    if meeting.rrule:
        written = recurrence.wall_clock(plan.starts_at, meeting.zone)
        if since and recurrence.moment(since.recurrence_id, meeting.zone) == plan.starts_at:
            # The clocks may skip it on that day, and on no other.
            written = since.recurrence_id
        # A rule may begin later than the day that was written down: Mondays, from a Wednesday on.
        meeting.wall_clock = recurrence.wall_clocks(meeting.rrule, written)[0]
        meeting.starts_at = recurrence.moment(meeting.wall_clock, meeting.zone)
    meeting.access, meeting.lobby = plan.access, plan.lobby
    meeting.early, meeting.capacity = plan.early, plan.capacity
    meeting.reminders = sorted(set(plan.reminders))


def _seat(meeting: Meeting, plan: Plan) -> None:
    """Give the attendees the places that the plan gives them."""
    changed = []
    for attendee in meeting.attendees.invited():
        email = attendee.email.lower()
        optional, cohost = email in plan.optional, email in plan.cohosts
        if (attendee.optional, attendee.cohost) != (optional, cohost):
            attendee.optional, attendee.cohost = optional, cohost
            changed.append(attendee)
    Attendee.objects.bulk_update(changed, ["optional", "cohost"])


def meet_now(organizer: User, time_zone: str) -> Meeting:
    """A meeting that starts this minute; nobody is written to."""
    return Meeting.objects.create(
        organizer=organizer,
        title=f"{organizer.get_short_name()}’s meeting",
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
        _raise_sequence(meeting)
    for attendee in back:
        attendee.name = wanted[attendee.email.lower()].name or attendee.name
        attendee.removed_at = None
        attendee.partstat, attendee.answered_at, attendee.note = Attendee.PartStat.NEEDS_ACTION, None, ""
        attendee.cohost, attendee.reminders = False, None
    Attendee.objects.bulk_update(back, ["name", "removed_at", "cohost", "reminders", *ANSWER])
    # What they said to one date was about another invitation.
    Answer.objects.filter(attendee__in=back).update(partstat="", answered_at=None, note="")
    accounts = _accounts(email for email in wanted if email not in known)
    fresh = Attendee.objects.bulk_create(
        Attendee(meeting=meeting, email=address.email, name=address.name, user_id=accounts.get(email))
        for email, address in wanted.items()
        if email not in known
    )
    _write(meeting, back + fresh, "invitation")
    return back + fresh


@transaction.atomic
def change(meeting: Meeting, plan: Plan, since: Occurrence | None = None) -> Sent:
    """Make the meeting what `plan` says, and write to those, and only those, whom it concerns.

    A new time or rule asks everybody again; a new title is only told. Who is no longer among `plan.people`
    is removed. What is over stays as it was. With `since`, an occurrence of the series, only it and the
    following change: those before it stay, and calendars know them by the old UID from then on, unless
    it is the agenda alone that is new, which they are not told of. Guests and doors are those of the whole.
    """
    meeting = _locked(meeting)
    if meeting.is_cancelled:
        return Sent()
    if since is not None and _parts_nothing(meeting, plan, since):
        _give_agenda(since, plan.agenda)
        plan, since = _as_it_goes_on(meeting, plan), None
    before, old = facts(meeting), _timing(meeting, since)
    was_over, old_agenda = _is_over(meeting), meeting.agenda
    left = _leave_behind(meeting, since) if since else {}
    _follow(meeting, plan, since)
    moved = old != _timing(meeting)
    if moved and not left:
        _begin_with_the_next(meeting)
    if not was_over and moved and not meeting.repeats and plan.starts_at + plan.duration <= timezone.now():
        raise InThePast
    told = moved or before["title"] != meeting.title

    wanted = _guests(meeting, plan.people)
    invited = list(meeting.attendees.invited())
    staying = [attendee for attendee in invited if attendee.email.lower() in wanted]
    leaving = [attendee for attendee in invited if attendee.email.lower() not in wanted]
    if told or left:
        meeting.sequence += 1
    meeting.save()
    _rename(staying, wanted)
    _keep_words(meeting, before["title"], old_agenda)
    if "split" in left:
        coming = meeting.occurrences.filter(earlier=left["split"], ends_at__gt=timezone.now())
        _keep_answers(coming, staying)
    if moved:
        asked = meeting.attendees.filter(pk__in=[attendee.pk for attendee in staying])
        asked.update(partstat=Attendee.PartStat.NEEDS_ACTION, answered_at=None, note="")
        # What was answered for one alone is about another time.
        own = Answer.objects.filter(occurrence__meeting=meeting, occurrence__earlier=None)
        own.update(partstat="", note="", answered_at=None)
    updates = _write(meeting, staying, "update", before=before, **left) if told or left else 0
    removals = _remove(meeting, leaving, before)
    fresh = invite(meeting, wanted.values())
    _seat(meeting, plan)
    return Sent(0 if _is_over(meeting) else len(fresh), updates, removals)


@transaction.atomic
def change_occurrence(occurrence: Occurrence, plan: OccurrencePlan) -> Sent:
    """Make one occurrence of a series something else; a new time asks everybody again, for this one."""
    meeting = _locked(occurrence.meeting)
    occurrence.refresh_from_db()
    if meeting.is_cancelled or occurrence.cancelled_at:
        return Sent()
    before = occurrence_facts(occurrence)
    occurrence.title = "" if plan.title == meeting.title else plan.title
    occurrence.agenda = None if plan.agenda == meeting.agenda else plan.agenda
    moved = (occurrence.starts_at, occurrence.duration) != (plan.starts_at, plan.duration)
    occurrence.starts_at, occurrence.ends_at = plan.starts_at, plan.starts_at + plan.duration
    by_rule = recurrence.moment(occurrence.recurrence_id, ZoneInfo(occurrence.series.time_zone))
    occurrence.moved = (by_rule, occurrence.series.duration) != (plan.starts_at, plan.duration)
    occurrence.save()
    meeting.note_end()
    if not moved and before["title"] == occurrence.shown_title:
        return Sent()
    return Sent(updates=_write_about(occurrence, "occurrence-update", before, asks=moved))


@transaction.atomic
def remove(attendee: Attendee) -> None:
    """Take back an invitation: the links stop to work, and the calendar forgets the meeting."""
    meeting = _locked(attendee.meeting)
    attendee.refresh_from_db()
    if not attendee.removed_at:
        _remove(meeting, [attendee])


@transaction.atomic
def cancel(meeting: Meeting) -> Sent:
    """Call the meeting off, with all of its occurrences, and tell everybody who was invited."""
    meeting = _locked(meeting)
    return Sent() if meeting.is_cancelled or _is_over(meeting) else _cancel(meeting)


def _cancel(meeting: Meeting) -> Sent:
    meeting.cancelled_at = timezone.now()
    meeting.save(update_fields=["cancelled_at"])
    _raise_sequence(meeting)
    written = _write(meeting, list(meeting.attendees.invited()), "cancellation")
    _after_commit(meeting_cancelled, sender=Meeting, meeting=meeting)
    return Sent(updates=written)


@transaction.atomic
def cancel_occurrence(occurrence: Occurrence) -> Sent:
    """Call off one occurrence of a series and tell everybody; the last one that stands ends the meeting."""
    meeting = _locked(occurrence.meeting)
    occurrence.refresh_from_db()
    if occurrence.cancelled_at or meeting.is_cancelled:
        return Sent()
    if not meeting.occurrences.filter(cancelled_at=None).exclude(pk=occurrence.pk).exists():
        return _cancel(meeting)
    before = occurrence_facts(occurrence)
    occurrence.cancelled_at = timezone.now()
    occurrence.save(update_fields=["cancelled_at"])
    return Sent(updates=_write_about(occurrence, "occurrence-cancellation", before))


@transaction.atomic
def cancel_from(occurrence: Occurrence) -> Sent:
    """Call off an occurrence and all that follow: the series ends with the one before."""
    meeting = _locked(occurrence.meeting)
    occurrence.refresh_from_db()
    if meeting.is_cancelled:
        return Sent()
    staying = before_in_series(occurrence)
    if not staying.filter(cancelled_at=None).exists():
        return _cancel(meeting)
    before = facts(meeting)
    ended = []
    off_from = recurrence.moment(occurrence.recurrence_id, ZoneInfo(occurrence.series.time_zone)).isoformat()
    last = staying.filter(earlier=occurrence.earlier)
    part = occurrence.earlier if last.exists() else _part_before(occurrence.earlier, meeting)
    off = meeting.occurrences.exclude(pk__in=list(staying.values_list("pk", flat=True)))
    dates = [at.isoformat() for at in off.filter(cancelled_at=None).values_list("starts_at", flat=True)]
    off.delete()
    if part is not None:
        # It is the last part from now on, and the later ones are no more.
        ended = [_series_facts(meeting), *_end(_parts_after(part))]
        _return_to(meeting, part)
    if recurrence.wall_clocks(meeting.rrule, meeting.wall_clock)[-1] >= occurrence.recurrence_id:
        meeting.rrule = recurrence.cut(meeting.rrule, meeting.wall_clock, occurrence.recurrence_id)
    meeting.sequence += 1
    meeting.save()
    attendees = list(meeting.attendees.invited())
    more: dict[str, Any] = {
        "ended": ended,
        "off": {"from": off_from, "dates": len(dates), "first": dates[:MOST_NAMED]},
    }
    return Sent(updates=_write(meeting, attendees, "update", before=before, **more))


@transaction.atomic
def respond(
    attendee: Attendee,
    partstat: Attendee.PartStat,
    note: str = "",
    about: str = "",
    occurrence: Occurrence | None = None,
    said_at: datetime | None = None,
) -> bool:
    """Record an answer; a later one takes its place.

    With `occurrence` it holds for that one alone; without, for all that are still to come. `about` is the
    `appointment` of what was asked, when it was asked. If it has been moved since, nobody has answered for
    the new time yet: then nothing is recorded, and the answer is False. `said_at` is for what took its time
    to come here: what one occurrence was answered, or asked anew about, since then stays.
    """
    said_at = said_at or timezone.now()
    meeting = _locked(attendee.meeting)
    if occurrence is not None:
        occurrence.refresh_from_db()
    if about and about != (occurrence or meeting).appointment:
        return False
    if occurrence is not None and meeting.repeats:
        Answer.objects.update_or_create(
            attendee=attendee,
            occurrence=occurrence,
            defaults={
                "partstat": partstat,
                "note": note,
                "answered_at": said_at,
                "recorded_at": timezone.now(),
            },
        )
        return True
    attendee.partstat, attendee.note, attendee.answered_at = partstat, note, said_at
    attendee.recorded_at = timezone.now()
    attendee.save(update_fields=[*ANSWER, "recorded_at"])
    # What is left of an earlier part of the series was not asked about.
    own = Answer.objects.filter(
        attendee=attendee, occurrence__ends_at__gt=timezone.now(), occurrence__earlier=None
    )
    own.exclude(answered_at__gt=said_at).exclude(
        # Moved since, and nobody has answered for the new time.
        partstat=Attendee.PartStat.NEEDS_ACTION,
        letter__created_at__gt=said_at,
    ).update(partstat="", note="", answered_at=None)
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


def tell_all(meeting: Meeting, before: dict[str, Any]) -> int:
    """Write to everybody about a change of the whole; how many letters. `before`: the `facts` until now."""
    attendees = list(meeting.attendees.invited())
    return _write(meeting, attendees, "update", is_due=True, before=before)


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
    told = {
        "title": meeting.title,
        "starts_at": meeting.starts_at.isoformat(),
        "minutes": round(meeting.duration.total_seconds() / 60),
    }
    if meeting.repeats:
        told |= {"rrule": meeting.rrule, "time_zone": meeting.time_zone}
    return told


def occurrence_facts(occurrence: Occurrence) -> dict[str, Any]:
    """The same of one occurrence."""
    return {
        "title": occurrence.shown_title,
        "starts_at": occurrence.starts_at.isoformat(),
        "minutes": round(occurrence.duration.total_seconds() / 60),
    }


def _timing(meeting: Meeting, since: Occurrence | None = None) -> tuple[object, ...]:
    """What asks everybody again when it changes; the zone matters where clocks lay out a series.

    With `since` of what follows from that occurrence on.
    """
    if not meeting.repeats:
        return (meeting.starts_at, meeting.duration)
    if since is None or since.earlier:
        return (meeting.starts_at, meeting.duration, meeting.rrule, meeting.time_zone)
    rest = recurrence.rest(meeting.rrule, meeting.wall_clock, since.recurrence_id)
    starts_at = recurrence.moment(since.recurrence_id, meeting.zone)
    return (starts_at, meeting.duration, rest, meeting.time_zone)


def _begin_with_the_next(meeting: Meeting) -> None:
    """Of a series that has begun, let the new times begin with the first that is not over.

    Calendars would show what is over at the new times otherwise.
    """
    now = timezone.now()
    if not meeting.repeats or not meeting.occurrences.filter(earlier=None, ends_at__lte=now).exists():
        return
    put_off = meeting.occurrences.filter(earlier=None, moved=True, ends_at__gt=now)
    days = {key[:10] for key in put_off.values_list("recurrence_id", flat=True)}
    start = meeting.wall_clock
    for key in recurrence.wall_clocks(meeting.rrule, start):
        starts_at = recurrence.moment(key, meeting.zone)
        if starts_at + meeting.duration > now or key[:10] in days:
            meeting.rrule = recurrence.rest(meeting.rrule, start, key)
            meeting.wall_clock, meeting.starts_at = key, starts_at
            return
    raise InThePast


def before_in_series(occurrence: Occurrence) -> QuerySet[Occurrence]:
    """What comes before an occurrence by the rules of its series, wherever it was moved by hand."""
    same = Q(earlier=occurrence.earlier, recurrence_id__lt=occurrence.recurrence_id)
    parts = occurrence.meeting.earlier_series.all()
    if occurrence.earlier:
        parts = parts.filter(wall_clock__lt=occurrence.earlier.wall_clock)
    return occurrence.meeting.occurrences.filter(same | Q(earlier__in=parts.values("pk")))


def _part_before(part: EarlierSeries | None, meeting: Meeting) -> EarlierSeries | None:
    parts = meeting.earlier_series.order_by("wall_clock")
    return (parts.filter(wall_clock__lt=part.wall_clock) if part else parts).last()


def _parts_after(part: EarlierSeries) -> QuerySet[EarlierSeries]:
    return part.meeting.earlier_series.filter(wall_clock__gt=part.wall_clock)


def _end(parts: Iterable[EarlierSeries]) -> list[dict[str, Any]]:
    """Do away with parts of a series; what calendars have to be told of it."""
    ended = []
    for part in parts:
        ended.append(_series_facts(part))
        part.delete()
    return ended


def _leave_behind(meeting: Meeting, since: Occurrence) -> dict[str, Any]:
    """Part the series before `since`: what is before stays under the old UID.

    What a letter has to know of it: the part that ends earlier now, and those that ended altogether. Empty
    if nothing is before, so that the whole series changes.
    """
    staying = meeting.occurrences.filter(earlier=since.earlier, recurrence_id__lt=since.recurrence_id)
    since_at = recurrence.moment(since.recurrence_id, ZoneInfo(since.series.time_zone)).isoformat()
    if earlier := since.earlier:
        # The following are the rest of an earlier part, and all of the later ones.
        ended = _end(_parts_after(earlier))
        earlier.occurrences.filter(recurrence_id__gte=since.recurrence_id).delete()
        if not staying.exists():
            return {"ended": ended + _end([earlier])}
        earlier.rrule = recurrence.cut(earlier.rrule, earlier.wall_clock, since.recurrence_id)
        earlier.sequence += 1
        earlier.save(update_fields=["rrule", "sequence"])
        return {"split": earlier.pk, "ended": ended, "since": since_at}
    if not meeting.repeats or not staying.exists():
        return {}
    earlier = EarlierSeries.objects.create(
        meeting=meeting,
        uid=meeting.uid,
        sequence=meeting.sequence + 1,
        title=meeting.title,
        wall_clock=meeting.wall_clock,
        time_zone=meeting.time_zone,
        duration=meeting.duration,
        rrule=recurrence.cut(meeting.rrule, meeting.wall_clock, since.recurrence_id),
    )
    staying.update(earlier=earlier)
    meeting.uid = uuid.uuid4()
    return {"split": earlier.pk, "since": since_at}


def _parts_nothing(meeting: Meeting, plan: Plan, since: Occurrence) -> bool:
    """Whether the following would be as calendars know them: no reason to part the series."""
    if since.earlier is not None:
        return False
    planned = copy(meeting)
    _follow(planned, plan, since)
    return planned.title == meeting.title and _timing(planned) == _timing(meeting, since)


def _as_it_goes_on(meeting: Meeting, plan: Plan) -> Plan:
    """What the plan says of the whole, where times and words stay."""
    return replace(
        plan,
        agenda=meeting.agenda,
        starts_at=meeting.starts_at,
        duration=meeting.duration,
        time_zone=meeting.time_zone,
        rrule=meeting.rrule,
    )


def agenda_from(since: Occurrence) -> str:
    """What is planned for an occurrence and the following, where that is one thing; else for the series."""
    own = set(_following(since).values_list("agenda", flat=True))
    [agenda] = own if len(own) == 1 else [None]
    return since.meeting.agenda if agenda is None else agenda


def _give_agenda(since: Occurrence, agenda: str) -> None:
    """Let an occurrence and the following have this agenda; whichever has another of its own keeps that."""
    planned, following = agenda_from(since), _following(since)
    if agenda != planned:
        alike = following.filter(Q(agenda=None) | Q(agenda=planned))
        alike.update(agenda=None if agenda == since.meeting.agenda else agenda)


def _following(since: Occurrence) -> QuerySet[Occurrence]:
    return since.meeting.occurrences.exclude(pk__in=before_in_series(since).values("pk"))


def _keep_words(meeting: Meeting, title: str, agenda: str) -> None:
    """Let the earlier parts of a series keep what they were called and about."""
    left = meeting.occurrences.exclude(earlier=None)
    if meeting.title != title:
        left.filter(title="").update(title=title)
    if meeting.agenda != agenda:
        left.filter(agenda=None).update(agenda=agenda)


def _keep_answers(occurrences: Iterable[Occurrence], attendees: list[Attendee]) -> None:
    """Write down for each of these what was answered for the whole, which means the others from now on."""
    given = {attendee.pk: attendee for attendee in attendees}
    for occurrence in occurrences:
        Answer.objects.bulk_create(
            (Answer(attendee=attendee, occurrence=occurrence) for attendee in given.values()),
            ignore_conflicts=True,
        )
        own = list(Answer.objects.filter(occurrence=occurrence, attendee__in=given, partstat=""))
        for answer in own:
            whole = given[answer.attendee_id]
            answer.partstat, answer.answered_at, answer.note = whole.partstat, whole.answered_at, whole.note
        Answer.objects.bulk_update(own, ["partstat", "answered_at", "note"])


def _return_to(meeting: Meeting, earlier: EarlierSeries | None) -> None:
    """Let an earlier part of the series be the meeting again."""
    if earlier is None:
        raise ValueError("there is no earlier part")
    meeting.occurrences.filter(earlier=None).delete()
    Occurrence.objects.filter(earlier=earlier).update(earlier=None)
    uid = earlier.uid
    meeting.sequence = max(meeting.sequence, earlier.sequence)
    meeting.time_zone, meeting.duration = earlier.time_zone, earlier.duration
    meeting.rrule, meeting.title = earlier.rrule, earlier.title
    meeting.wall_clock = earlier.wall_clock
    meeting.starts_at = recurrence.moment(earlier.wall_clock, ZoneInfo(earlier.time_zone))
    earlier.delete()
    meeting.uid = uid
    # What was a title of their own is the meeting's again.
    meeting.occurrences.filter(earlier=None, title=meeting.title).update(title="")


def _series_facts(series: Meeting | EarlierSeries) -> dict[str, Any]:
    """What calendars have to be told to forget a part of a series."""
    return {
        "uid": str(series.uid),
        "sequence": series.sequence + 1,
        "title": series.title,
        "starts_at": recurrence.moment(series.wall_clock, ZoneInfo(series.time_zone)).isoformat(),
        "minutes": round(series.duration.total_seconds() / 60),
    }


def _locked(meeting: Meeting) -> Meeting:
    """The meeting as it is now; nobody else changes it until the transaction ends.

    The caller's object is brought up to date, since others hold it too.
    """
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    meeting.refresh_from_db()
    return meeting


def _raise_sequence(meeting: Meeting) -> None:
    """What calendars are told from now on is newer, about every part of a series."""
    meeting.sequence += 1
    meeting.save(update_fields=["sequence"])
    if meeting.repeats:
        meeting.earlier_series.update(sequence=F("sequence") + 1)


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
    _raise_sequence(meeting)
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


def _write(
    meeting: Meeting,
    attendees: list[Attendee],
    kind: str,
    again: str = "",
    *,
    is_due: bool = False,
    **more: Any,
) -> int:
    """Put letters into the outbox; how many. Each is the attendee's latest now; one that waits is buried.

    Nobody is written to about what is over. With `is_due` it is not the organizer's doing, and goes out
    however many letters they caused today. For many people it takes as many statements as for one.
    """
    if not attendees or _is_over(meeting):
        return 0
    postage.spend(meeting.organizer, len(attendees), always=is_due or kind in ENDS)
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


def _write_about(occurrence: Occurrence, kind: str, before: dict[str, Any], *, asks: bool = False) -> int:
    """Write about one occurrence to everybody who knows of it; how many letters. With `asks` all answer anew.

    Whoever's letter about the series still waits reads of it there: it is made from what is true then.
    """
    meeting, series = occurrence.meeting, occurrence.series
    series.sequence += 1
    series.save(update_fields=["sequence"])
    now = timezone.now()
    told_until = datetime.fromisoformat(before["starts_at"]) + timedelta(minutes=before["minutes"])
    attendees = list(meeting.attendees.invited().select_related("letter"))
    Answer.objects.bulk_create(
        (Answer(attendee=attendee, occurrence=occurrence) for attendee in attendees), ignore_conflicts=True
    )
    answers = {answer.attendee_id: answer for answer in Answer.objects.filter(occurrence=occurrence)}
    if asks:
        for answer in answers.values():
            answer.partstat, answer.answered_at, answer.note = Attendee.PartStat.NEEDS_ACTION, None, ""
    if max(told_until, occurrence.ends_at) > now:
        knowing = [attendee for attendee in attendees if not _waits(attendee.letter, now)]
    else:
        knowing = []
    postage.spend(meeting.organizer, len(knowing), always=kind in ENDS)
    keys = {attendee.pk: f"{kind}:{attendee.pk}:{occurrence.pk}:{series.sequence}" for attendee in knowing}
    Letter.objects.bulk_create(
        Letter(
            key=keys[attendee.pk],
            kind=kind,
            recipient=attendee.email,
            payload={
                "attendee": attendee.pk,
                "occurrence": occurrence.pk,
                "previous": answers[attendee.pk].letter_id,
                "before": before,
            },
            expires_at=max(told_until, occurrence.ends_at),
        )
        for attendee in knowing
    )
    written = {letter.key: letter for letter in Letter.objects.filter(key__in=keys.values())}
    for attendee in knowing:
        answers[attendee.pk].letter = written[keys[attendee.pk]]
    Answer.objects.bulk_update(answers.values(), ["partstat", "answered_at", "note", "letter"])
    return len(knowing)


def _waits(letter: Letter | None, now: datetime) -> bool:
    """Whether a letter is still to be made: nobody has it in hand."""
    if letter is None or letter.sent_at or letter.dead_at:
        return False
    return letter.leased_until is None or letter.leased_until <= now
