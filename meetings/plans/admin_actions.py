"""What an administrator does to the meetings, links and calendars of others: done, noted, told.

The organizer, or whose calendar it is, gets a letter, one for all that was done at once.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from meetings import links
from meetings.letters import intervention_mail
from meetings.models import Attendee, CalendarFeed, Meeting, PersonalLink, PersonalLinkQuerySet
from meetings.plans import invitations, subscriptions

# So many meetings are cancelled in one transaction.
BATCH = 25


# -- meetings -----------------------------------------------------------------------------------


def cancellable(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Those that can be cancelled for their organizers."""
    coming = meetings.filter(cancelled_at=None, ends_at__gt=timezone.now(), personal=False)
    return Meeting.objects.filter(pk__in=coming.values("pk")).select_related("organizer", "last_series")


def cancel(meetings: Iterable[Meeting], by: User) -> tuple[int, int]:
    """Call meetings off for their organizers; how many, and how many letters go out.

    Those of one organizer at a time, with the letter to them, and no more than a batch: nobody waits for the
    database until all is done, and whoever's meetings are off by then has been told.
    """
    count, letters = 0, 0
    theirs: dict[User, list[Meeting]] = {}
    for meeting in meetings:
        theirs.setdefault(meeting.organizer, []).append(meeting)
    for owner, all_of_them in theirs.items():
        for start in range(0, len(all_of_them), BATCH):
            done, written = _cancel(owner, all_of_them[start : start + BATCH], by)
            count, letters = count + done, letters + written
    return count, letters


@transaction.atomic
def _cancel(owner: User, meetings: list[Meeting], by: User) -> tuple[int, int]:
    """The same of a batch of meetings of one organizer."""
    lines, letters, off = [], 0, []
    for meeting in meetings:
        line = intervention_mail.named(meeting, owner)
        sent = invitations.cancel(meeting, "" if owner == by else by.email)
        if not meeting.is_cancelled:
            continue
        lines.append(line)
        letters += sent.updates
        if sent.updates:
            off.append(meeting.pk)
    # Of a series in parts each of them has several letters.
    people = Attendee.objects.invited().filter(meeting__in=off).count()
    told = intervention_mail.tell(owner, by, "cancelled", lines, people) if lines else 0
    return len(lines), letters + told


# -- personal links -----------------------------------------------------------------------------


@transaction.atomic
def revoke(chosen: PersonalLinkQuerySet, by: User) -> tuple[int, int]:
    """End personal links; how many still worked, and how many letters go out, to organizers alone."""
    working = list(
        chosen.working().select_related("attendee__meeting__organizer", "attendee__meeting__last_series")
    )
    links.end(PersonalLink.objects.filter(pk__in=[link.pk for link in working]), links.Ending.ENDED, by.email)
    theirs: dict[User, dict[str, None]] = {}
    for link in working:
        owner = link.attendee.meeting.organizer
        # Somebody has as many links as they got letters.
        line = f"{link.attendee.display_name}: {intervention_mail.named(link.attendee.meeting, owner)}"
        theirs.setdefault(owner, {})[line] = None
    letters = sum(intervention_mail.tell(owner, by, "links", list(lines)) for owner, lines in theirs.items())
    return len(working), letters


# -- calendar addresses -------------------------------------------------------------------------


@transaction.atomic
def end_feeds(feeds: Iterable[CalendarFeed], by: User) -> tuple[int, int]:
    """End the secret calendar addresses; how many still worked, and how many letters go out."""
    ended = [one for one in feeds if subscriptions.end(one, by.email)]
    return len(ended), sum(intervention_mail.tell(one.user, by, "feed", []) for one in ended)


def owners(people: Iterable[User], by: User) -> int:
    """How many of them get a letter about what `by` does: nobody gets one about what they did themselves."""
    return len(set(people) - {by})
