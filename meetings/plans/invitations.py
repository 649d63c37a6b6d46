"""Calling people to a meeting: invite, change, cancel, answer. Each is one transaction, letters included."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.dispatch import Signal
from django.utils import timezone

from accounts.models import User
from meetings import links
from meetings.calendar import differences, recurrence
from meetings.calendar.differences import Kind, Timing
from meetings.letters import announcements, copies, tellings
from meetings.models import Answer, Attendee, EarlierSeries, Meeting, Occurrence, PersonalLink
from meetings.plans import occurrences, parts
from meetings.plans.address import Address
from meetings.signals import attendee_removed, meeting_cancelled

INSTANT = timedelta(hours=1)
# What an answer consists of.
ANSWER = ("partstat", "answered_at", "note")
# So many of the dates that are called off together are named.
MOST_NAMED = 6


@dataclass(frozen=True)
class Plan:
    """What an organizer writes into the form."""

    title: str
    starts_at: datetime
    duration: timedelta
    time_zone: str
    # How it repeats (meetings.calendar.recurrence); empty for once.
    rrule: str = ""
    # Of a series: what a clock in its zone is to show by the rule, even if they skip it on the first day.
    # Empty for what it shows at `starts_at`.
    wall_clock: str = ""
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
    occurrences.lay_out(meeting)
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
        written = plan.wall_clock or recurrence.wall_clock(plan.starts_at, meeting.zone)
        if (
            since
            and not plan.wall_clock
            and recurrence.moment(since.recurrence_id, meeting.zone) == plan.starts_at
        ):
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
    return occurrences.create(
        organizer,
        f"{organizer.get_short_name()}’s meeting",
        timezone.now().replace(second=0, microsecond=0),
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
        attendee.removed_at = attendee.account_deleted_at = None
        attendee.partstat, attendee.answered_at, attendee.note = Attendee.PartStat.NEEDS_ACTION, None, ""
        attendee.cohost, attendee.reminders = False, None
        attendee.invited_at, attendee.invited_sequence = timezone.now(), meeting.sequence
    renewed = ["name", "removed_at", "account_deleted_at", "cohost", "reminders", "invited_at"]
    renewed += ["invited_sequence", *ANSWER]
    Attendee.objects.bulk_update(back, renewed)
    # What they said to one date was about another invitation.
    Answer.objects.filter(attendee__in=back).update(partstat="", answered_at=None, note="")
    accounts = _accounts(email for email in wanted if email not in known)
    fresh = Attendee.objects.bulk_create(
        Attendee(meeting=meeting, email=address.email, name=address.name, user_id=accounts.get(email))
        for email, address in wanted.items()
        if email not in known
    )
    parts.ask_alone(meeting, back + fresh)
    going = copies.told_of(copies.going(meeting))
    announcements.write(meeting, back + fresh, "invitation", parts=going)
    return back + fresh


@transaction.atomic
def change(meeting: Meeting, plan: Plan, since: Occurrence | None = None) -> Sent:
    """Make the meeting what `plan` says, and write to those, and only those, whom it concerns.

    A new time asks everybody again, and a longer one whoever comes; more dates, fewer, or a new title are
    only told: what was answered holds (calendar.differences). Who is no longer among `plan.people` is
    removed. What is over stays as it was.

    With `since`, an occurrence of the series, only it and the following change: those before it stay, and
    calendars know them by the old UID from then on. It is not parted where only the agenda is new, which
    calendars are not told of, or the end. Guests and doors are those of the whole.
    """
    meeting = _locked(meeting)
    if meeting.is_cancelled:
        return Sent()
    if since is not None and (whole := _unparted(meeting, plan, since)):
        parts.give_agenda(since, plan.agenda)
        plan, since = whole, None
    before, old = tellings.of(meeting), _timing(meeting, since)
    was_over, old_agenda = meeting.is_over, meeting.agenda
    left = parts.leave_behind(meeting, since) if since else {}
    _follow(meeting, plan, since)
    what = differences.between(old, _timing(meeting), timezone.now())
    is_new_to_all = what.kind in (Kind.MOVED, Kind.DAYS) or what.takes_longer or what.takes_less
    if is_new_to_all and not left:
        _begin_with_the_next(meeting)
    if not left and what.kind not in (Kind.MOVED, Kind.DAYS):
        _rename_dates(meeting, old)
    if (
        not was_over
        and what.kind is not Kind.SAME
        and not meeting.repeats
        and plan.starts_at + plan.duration <= timezone.now()
    ):
        raise InThePast
    told = what.kind is not Kind.SAME or before["title"] != meeting.title

    wanted = _guests(meeting, plan.people)
    invited = list(meeting.attendees.invited())
    staying = [attendee for attendee in invited if attendee.email.lower() in wanted]
    leaving = [attendee for attendee in invited if attendee.email.lower() not in wanted]
    if told or left:
        meeting.sequence += 1
    if what.asks_everybody:
        meeting.asked_sequence = meeting.sequence
    if what.asks_who_comes:
        meeting.lengthened_sequence = meeting.sequence
    meeting.save()
    occurrences.lay_out(meeting)
    _rename(staying, wanted)
    parts.keep_words(meeting, before["title"], old_agenda)
    if "split" in left:
        coming = meeting.occurrences.filter(earlier=left["split"], ends_at__gt=timezone.now())
        parts.keep_answers(coming, staying)
    _ask_again(meeting, staying, what)
    if left:
        left |= {"moved": what.kind is not Kind.SAME, "what": what.kind.value}
    changed_parts = _parts_changed(meeting, left)
    updates = 0
    if told or left:
        updates = announcements.write(meeting, staying, "update", parts=changed_parts, before=before, **left)
    removals = _remove(meeting, leaving, before, changed_parts)
    fresh = invite(meeting, wanted.values())
    _seat(meeting, plan)
    invited_by = 0 if meeting.is_over else len(fresh) * copies.letters_each(meeting)
    return Sent(invited_by, updates, removals)


def _parts_changed(meeting: Meeting, left: dict[str, Any]) -> list[tellings.Told]:
    """The earlier parts that a change of the following ended, now or altogether; taken out of `left`."""
    split = meeting.earlier_series.filter(pk=left.pop("split", None))
    return [*copies.told_of(split), *left.pop("ended", ())]


def _ask_again(meeting: Meeting, staying: list[Attendee], what: differences.Difference) -> None:
    """Forget what was answered to other times than these, and keep what holds."""
    theirs = meeting.attendees.filter(pk__in=[attendee.pk for attendee in staying])
    own = Answer.objects.filter(occurrence__meeting=meeting, occurrence__earlier=None)
    if what.kind is Kind.SERIES:
        # What was said to the one holds for the one.
        answered = [a for a in staying if a.partstat != Attendee.PartStat.NEEDS_ACTION]
        if what.takes_longer:
            answered = [a for a in answered if a.partstat == Attendee.PartStat.DECLINED]
        parts.keep_answers(meeting.occurrences.filter(earlier=None)[:1], answered)
    elif what.kind is Kind.ONCE:
        parts.answer_as_to_one(meeting.occurrences.filter(earlier=None)[:1])
    elif what.asks_everybody:
        # What was answered for one alone is about another time.
        own.update(partstat="", note="", answered_at=None)
    if what.asks_who_comes:
        coming = (Attendee.PartStat.ACCEPTED, Attendee.PartStat.TENTATIVE)
        theirs, own = theirs.filter(partstat__in=coming), own.filter(partstat__in=coming)
        own.update(partstat=Attendee.PartStat.NEEDS_ACTION, note="", answered_at=None)
    if what.asks_everybody or what.asks_who_comes:
        theirs.update(partstat=Attendee.PartStat.NEEDS_ACTION, answered_at=None, note="")


@transaction.atomic
def change_occurrence(occurrence: Occurrence, plan: OccurrencePlan) -> Sent:
    """Make one occurrence of a series something else; a new time asks everybody again, for this one."""
    meeting = _locked(occurrence.meeting)
    occurrence.refresh_from_db()
    if meeting.is_cancelled or occurrence.cancelled_at:
        return Sent()
    before = tellings.of_one(occurrence)
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
    written = announcements.write_about(occurrence, "occurrence-update", before, asks=moved)
    if moved:
        occurrence.asked_sequence = occurrence.series.sequence
        occurrence.save(update_fields=["asked_sequence"])
    return Sent(updates=written)


@transaction.atomic
def remove(attendee: Attendee) -> None:
    """Take back an invitation: the links stop to work, and the calendar forgets the meeting."""
    meeting = _locked(attendee.meeting)
    attendee.refresh_from_db()
    if not attendee.removed_at:
        _remove(meeting, [attendee])


@transaction.atomic
def cancel(meeting: Meeting, by: str = "") -> Sent:
    """Call the meeting off, with all of its occurrences, and tell everybody who was invited.

    `by`: the address of the administrator who does it; empty if the organizer does.
    """
    meeting = _locked(meeting)
    return Sent() if meeting.is_cancelled or meeting.is_over else _cancel(meeting, by)


def _cancel(meeting: Meeting, by: str = "") -> Sent:
    meeting.cancelled_at, meeting.cancelled_by = timezone.now(), by
    meeting.save(update_fields=["cancelled_at", "cancelled_by"])
    _raise_sequence(meeting)
    going = copies.told_of(copies.going(meeting))
    attendees = list(meeting.attendees.invited())
    written = announcements.write(meeting, attendees, "cancellation", parts=going)
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
    before = tellings.of_one(occurrence)
    occurrence.cancelled_at = timezone.now()
    occurrence.save(update_fields=["cancelled_at"])
    return Sent(updates=announcements.write_about(occurrence, "occurrence-cancellation", before))


@transaction.atomic
def cancel_from(occurrence: Occurrence) -> Sent:
    """Call off an occurrence and all that follow: the series ends with the one before."""
    meeting = _locked(occurrence.meeting)
    occurrence.refresh_from_db()
    if meeting.is_cancelled:
        return Sent()
    staying = parts.before_in_series(occurrence)
    if not staying.filter(cancelled_at=None).exists():
        return _cancel(meeting)
    before = tellings.of(meeting)
    ended = []
    last = staying.filter(earlier=occurrence.earlier)
    part = occurrence.earlier if last.exists() else parts.part_before(occurrence.earlier, meeting)
    off = meeting.occurrences.exclude(pk__in=list(staying.values_list("pk", flat=True)))
    dates = [at.isoformat() for at in off.filter(cancelled_at=None).values_list("starts_at", flat=True)]
    off.delete()
    if part is not None:
        # It is the last part from now on, and the later ones are no more.
        ended = [tellings.of_part(meeting), *parts.end(parts.parts_after(part))]
        parts.return_to(meeting, part)
    if recurrence.wall_clocks(meeting.rrule, meeting.wall_clock)[-1] >= occurrence.recurrence_id:
        meeting.rrule = recurrence.cut(meeting.rrule, meeting.wall_clock, occurrence.recurrence_id)
    meeting.sequence += 1
    meeting.save()
    occurrences.lay_out(meeting)
    attendees = list(meeting.attendees.invited())
    more: dict[str, Any] = {
        "off": {"from": occurrence.starts_at.isoformat(), "dates": len(dates), "first": dates[:MOST_NAMED]},
    }
    return Sent(updates=announcements.write(meeting, attendees, "update", parts=ended, before=before, **more))


@transaction.atomic
def respond(
    attendee: Attendee,
    partstat: Attendee.PartStat,
    note: str = "",
    about: str = "",
    occurrence: Occurrence | None = None,
    said_at: datetime | None = None,
    knowing: int | None = None,
) -> bool:
    """Record an answer; a later one takes its place.

    With `occurrence` it holds for that one alone; without, for all that are still to come. `about` is the
    `appointment` of what was asked, when it was asked. If it has been moved since, nobody has answered for
    the new time yet, and a yes says nothing of one that takes longer: nothing is recorded then, and the
    answer is False. `said_at` is for what took its time to come here: what one occurrence was answered, or
    asked anew about, since then stays; so does what was asked anew after the version `knowing`.
    """
    said_at = said_at or timezone.now()
    meeting = _locked(attendee.meeting)
    if occurrence is not None:
        occurrence.refresh_from_db()
    if about and not _holds(partstat, about, (occurrence or meeting).appointment):
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
    # Moved since, and nobody has answered for the new time.
    unknown = Q(letter__created_at__gt=said_at)
    if knowing is not None:
        unknown |= Q(occurrence__asked_sequence__gt=knowing)
    # Said in the same breath, what is said of one counts for that one.
    own.exclude(answered_at__gte=said_at).exclude(unknown, partstat=Attendee.PartStat.NEEDS_ACTION).update(
        partstat="", note="", answered_at=None
    )
    return True


def _holds(partstat: Attendee.PartStat, about: str, now: str) -> bool:
    """Whether what was said `about` an appointment is an answer to what it is now, as for `_ask_again`.

    Of one that begins when it did, a no still is one, and so is all that was said if it takes no longer.
    """
    if about == now:
        return True
    # When it begins, how many seconds it takes, and the rule of a series.
    starts_at, _, rest = about.partition("-")
    seconds, _, rule = rest.partition("-")
    starts_now, _, rest_now = now.partition("-")
    seconds_now, _, rule_now = rest_now.partition("-")
    if (starts_at, rule) != (starts_now, rule_now):
        return False
    takes_no_longer = seconds.isdecimal() and len(seconds) < 10 and int(seconds_now) <= int(seconds)
    return partstat == Attendee.PartStat.DECLINED or takes_no_longer


@transaction.atomic
def resend(attendee: Attendee) -> bool:
    """Write the invitation again; one that still waits is tried at once instead.

    False if there is nothing to write about any more.
    """
    meeting = _locked(attendee.meeting)
    attendee = Attendee.objects.select_related("letter").get(pk=attendee.pk)
    if attendee.removed_at or meeting.is_cancelled or meeting.is_over:
        return False
    _admit_again(attendee)
    return announcements.hurry(attendee.letter) or announcements.write_again(meeting, attendee)


@transaction.atomic
def replace_link(attendee: Attendee) -> bool:
    """Make every link of the attendee useless and send them a letter with a new one.

    False if there is nothing to write about any more; then their links stay as they are.
    """
    meeting = _locked(attendee.meeting)
    attendee = Attendee.objects.select_related("letter").get(pk=attendee.pk)
    if attendee.removed_at or meeting.is_cancelled or meeting.is_over:
        return False
    _admit_again(attendee)
    links.revoke(attendee, why=links.Ending.REPLACED)
    letter = attendee.letter
    # A letter in the hands of a worker has its link already, and that one is dead now.
    in_hand = letter is not None and letter.leased_until is not None and letter.leased_until > timezone.now()
    return (not in_hand and announcements.hurry(letter)) or announcements.write_again(meeting, attendee)


def tell_all(meeting: Meeting, before: dict[str, Any], parts: Iterable[EarlierSeries] = ()) -> int:
    """Write to everybody about a change of the whole, and of earlier `parts`; how many letters.

    `before`: the facts until now (tellings.of).
    """
    attendees, told = list(meeting.attendees.invited()), copies.told_of(parts)
    return announcements.write(meeting, attendees, "update", is_due=True, parts=told, before=before)


# -- accounts -----------------------------------------------------------------------------------


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
def bury(user: User) -> None:
    """Their account is being deleted: what their invitations opened to it is not left to guests.

    They stay on the lists of their organizers, who may write to them again (`resend`, `replace_link`).
    """
    now = timezone.now()
    theirs = list(user.invitations.values_list("pk", flat=True))
    Attendee.objects.filter(pk__in=theirs).update(account_deleted_at=now)
    links.end(PersonalLink.objects.filter(attendee__in=theirs), links.Ending.DELETED)


def _admit_again(attendee: Attendee) -> None:
    """The organizer writes to them although their account is gone: they are invited as a guest."""
    if attendee.account_deleted_at:
        attendee.account_deleted_at = None
        attendee.save(update_fields=["account_deleted_at"])


# -- what they have in common -------------------------------------------------------------------


def _timing(meeting: Meeting, since: Occurrence | None = None) -> Timing:
    """When it is; with `since` what follows from that occurrence on."""
    if not meeting.repeats:
        clock = recurrence.wall_clock(meeting.starts_at, meeting.zone)
        return Timing(clock, meeting.duration, meeting.time_zone, starts_at=meeting.starts_at)
    if since is None or since.earlier:
        return Timing(meeting.wall_clock, meeting.duration, meeting.time_zone, meeting.rrule)
    rest = recurrence.rest(meeting.rrule, meeting.wall_clock, since.recurrence_id)
    return Timing(since.recurrence_id, meeting.duration, meeting.time_zone, rest)


def _rename_dates(meeting: Meeting, old: Timing) -> None:
    """Of a series that is planned in another zone now, let each date be the one that it was."""
    if old.time_zone == meeting.time_zone or not (old.rrule and meeting.repeats):
        return
    dates = list(meeting.occurrences.filter(earlier=None))
    for occurrence in dates:
        at = recurrence.moment(occurrence.recurrence_id, ZoneInfo(old.time_zone))
        occurrence.recurrence_id = recurrence.wall_clock(at, meeting.zone)
    Occurrence.objects.bulk_update(dates, ["recurrence_id"])


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


def _unparted(meeting: Meeting, plan: Plan, since: Occurrence) -> Plan | None:
    """The same as a plan for the whole, if there is no reason to part the series.

    The following are as calendars know them, or only end earlier or later than they did.
    """
    if since.earlier is not None:
        return None
    planned = copy(meeting)
    _follow(planned, plan, since)
    if (planned.title, planned.time_zone) != (meeting.title, meeting.time_zone) or not planned.repeats:
        return None
    now = _timing(planned)
    what = differences.between(_timing(meeting, since), now, timezone.now())
    whole = _as_it_goes_on(meeting, plan)
    if what.kind is Kind.SAME:
        return whole
    first = next(iter(recurrence.wall_clocks(meeting.rrule, meeting.wall_clock)))
    if what.kind not in (Kind.LONGER, Kind.SHORTER) or first == since.recurrence_id:
        return None
    head = recurrence.cut(meeting.rrule, meeting.wall_clock, since.recurrence_id)
    rrule = recurrence.joined(head, meeting.wall_clock, now.rrule, now.wall_clock)
    return replace(whole, rrule=rrule) if rrule else None


def _as_it_goes_on(meeting: Meeting, plan: Plan) -> Plan:
    """What the plan says of the whole, where times and words stay."""
    return replace(
        plan,
        agenda=meeting.agenda,
        starts_at=meeting.starts_at,
        duration=meeting.duration,
        time_zone=meeting.time_zone,
        rrule=meeting.rrule,
        wall_clock=meeting.wall_clock if meeting.repeats else "",
    )


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


def _rename(attendees: Iterable[Attendee], wanted: dict[str, Address]) -> None:
    """Those who are named otherwise now. Nothing else is saved: they may be answering at this moment."""
    renamed = []
    for attendee in attendees:
        name = wanted[attendee.email.lower()].name
        if name and name != attendee.name:
            attendee.name = name
            renamed.append(attendee)
    Attendee.objects.bulk_update(renamed, ["name"])


def _remove(
    meeting: Meeting,
    attendees: list[Attendee],
    before: dict[str, Any] | None = None,
    changed: Iterable[tellings.Told] = (),
) -> int:
    """Take back these invitations; how many letters that was. `before`: the facts that they know.

    `changed`: the earlier parts that the same change ended, and their calendars may still show.
    """
    if not attendees:
        return 0
    _raise_sequence(meeting)
    for attendee in attendees:
        attendee.removed_at = timezone.now()
    Attendee.objects.bulk_update(attendees, ["removed_at"])
    # First, so that it is as removed that they leave a room.
    for attendee in attendees:
        _after_commit(attendee_removed, sender=Attendee, attendee=attendee)
    links.revoke(*attendees, why=links.Ending.REMOVED)
    if meeting.is_cancelled:
        return 0
    known = before or tellings.of(meeting)
    # As they are after the numbers were raised.
    parts = {told["uid"]: told for told in [*changed, *copies.told_of(copies.going(meeting))]}
    for told in copies.told_of(meeting.earlier_series.filter(uid__in=parts)):
        parts[told["uid"]] = told
    return announcements.write(meeting, attendees, "removal", parts=list(parts.values()), before=known)


def _after_commit(signal: Signal, **news: Any) -> None:
    transaction.on_commit(lambda: signal.send_robust(**news))
