"""Making a meeting, or one of its dates, something else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from meetings.calendar import differences, recurrence
from meetings.calendar.differences import Kind
from meetings.letters import announced, notifications, part_letters
from meetings.models import Meeting, Occurrence, Series
from meetings.plans import occurrences, parts
from meetings.plans.asking import ask_again, carry_over, joined
from meetings.plans.inviting import guests, invite, rename, seat, take_back
from meetings.plans.locking import after_commit, locked
from meetings.plans.plan import InThePast, OccurrencePlan, Plan, Sent
from meetings.plans.timing import begin_with_the_next, follow, put, rename_dates, timing_of, unparted
from meetings.signals import doors_changed


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
    meeting = locked(meeting)
    if meeting.is_cancelled:
        return Sent()
    if since is not None and (whole := unparted(meeting.current, plan, since)):
        parts.give_agenda(since, plan.agenda)
        plan, since = whole, None
    before, old = announced.of(meeting), timing_of(meeting.current, since)
    was_over, old_agenda = meeting.is_over, meeting.agenda
    before_joining = joined(meeting, since) if since else None
    left = parts.split(meeting, since) if since else {}
    series = meeting.current
    follow(meeting, plan)
    put(series, plan, since)
    what = differences.between(old, timing_of(series), timezone.now())
    if before_joining:
        what = before_joining.asked(what, timing_of(series))
    is_new_to_all = what.kind in (Kind.MOVED, Kind.DAYS) or what.takes_longer or what.takes_less
    if is_new_to_all and not left:
        begin_with_the_next(series)
    if not left and what.kind not in (Kind.MOVED, Kind.DAYS):
        rename_dates(series, old)
    if (
        not was_over
        and what.kind is not Kind.SAME
        and not series.repeats
        and plan.starts_at + plan.duration <= timezone.now()
    ):
        raise InThePast
    told = what.kind is not Kind.SAME or before.title != series.title

    wanted = guests(meeting.organizer, plan.people)
    invited = list(meeting.attendees.invited())
    staying = [attendee for attendee in invited if attendee.email.lower() in wanted]
    leaving = [attendee for attendee in invited if attendee.email.lower() not in wanted]
    if told or left:
        series.sequence += 1
    if what.asks_everybody:
        series.asked_sequence = series.sequence
    if what.asks_who_comes:
        series.lengthened_sequence = series.sequence
    series.save()
    if not left and not part_letters.going(meeting):
        # Else its other dates are called what they were.
        meeting.title = series.title
    meeting.save()
    occurrences.lay_out(meeting)
    rename(staying, wanted)
    parts.keep_agenda(meeting, old_agenda)
    ask_again(meeting, staying, what)
    if before_joining:
        carry_over(series, before_joining, staying)
    if left:
        left |= {"moved": what.kind is not Kind.SAME, "what": what.kind.value}
    changed_parts = _parts_changed(meeting, left)
    updates = 0
    if told or left:
        updates = notifications.write(meeting, staying, "update", parts=changed_parts, before=before, **left)
    removals = take_back(meeting, leaving, before, changed_parts)
    fresh = invite(meeting, wanted.values())
    seat(meeting, plan)
    after_commit(doors_changed, sender=Meeting, meeting=meeting)
    invited_by = 0 if meeting.is_over else len(fresh) * part_letters.letters_each(meeting)
    return Sent(invited_by, updates, removals)


@transaction.atomic
def change_occurrence(occurrence: Occurrence, plan: OccurrencePlan) -> Sent:
    """Make one occurrence of a series something else; a new time asks everybody again, for this one."""
    meeting = locked(occurrence.meeting)
    occurrence.refresh_from_db()
    if meeting.is_cancelled or occurrence.cancelled_at:
        return Sent()
    before = announced.of_one(occurrence)
    occurrence.title = "" if plan.title == occurrence.series.title else plan.title
    occurrence.agenda = None if plan.agenda == meeting.agenda else plan.agenda
    moved = (occurrence.starts_at, occurrence.duration) != (plan.starts_at, plan.duration)
    occurrence.starts_at, occurrence.ends_at = plan.starts_at, plan.starts_at + plan.duration
    by_rule = recurrence.moment(occurrence.recurrence_id, ZoneInfo(occurrence.series.time_zone))
    occurrence.moved = (by_rule, occurrence.series.duration) != (plan.starts_at, plan.duration)
    occurrence.save()
    meeting.note_end()
    after_commit(doors_changed, sender=Meeting, meeting=meeting)
    if not moved and before.title == occurrence.shown_title:
        return Sent()
    written = notifications.write_about(occurrence, "occurrence-update", before, asks=moved)
    if moved:
        occurrence.asked_sequence = occurrence.series.sequence
        occurrence.save(update_fields=["asked_sequence"])
    return Sent(updates=written)


def tell_all(meeting: Meeting, before: announced.Announced, parts: Iterable[Series] = ()) -> int:
    """Write to everybody about a change of the whole, and of earlier `parts`; how many letters.

    `before`: the facts until now (announced.of).
    """
    attendees, told = list(meeting.attendees.invited()), part_letters.told_of(parts)
    return notifications.write(meeting, attendees, "update", is_due=True, parts=told, before=before)


def _parts_changed(meeting: Meeting, left: dict[str, Any]) -> list[announced.Announced]:
    """The earlier parts that a change of the following ended, now or altogether; taken out of `left`."""
    split = meeting.series.filter(pk=left.pop("split", None))
    return [*part_letters.told_of(split), *left.pop("ended", ())]
