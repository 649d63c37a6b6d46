"""What an administrator does to the meetings, links and calendars of others: done, noted, told.

The organizer, or whose calendar it is, gets a letter, one for all that was done at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from meetings import dates, invitations, links, subscriptions, words
from meetings.letters import Envelope, administrator, from_us
from meetings.models import Attendee, CalendarFeed, Meeting, PersonalLink, PersonalLinkQuerySet
from outbox.delivery import enqueue, renderer
from outbox.models import Letter

KIND = "intervention"
# So many meetings or people are named in a letter.
NAMED = 30
# So many meetings are cancelled in one transaction.
BATCH = 25


# -- meetings -----------------------------------------------------------------------------------


def cancellable(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Those that can be cancelled for their organizers."""
    coming = meetings.filter(cancelled_at=None, ends_at__gt=timezone.now(), personal=False)
    return Meeting.objects.filter(pk__in=coming.values("pk")).select_related("organizer")


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
        line = _named(meeting, owner)
        sent = invitations.cancel(meeting, "" if owner == by else by.email)
        if not meeting.is_cancelled:
            continue
        lines.append(line)
        letters += sent.updates
        if sent.updates:
            off.append(meeting.pk)
    # Of a series in parts each of them has several letters.
    people = Attendee.objects.invited().filter(meeting__in=off).count()
    return len(lines), letters + (_tell(owner, by, "cancelled", lines, people) if lines else 0)


# -- personal links -----------------------------------------------------------------------------


@transaction.atomic
def revoke(chosen: PersonalLinkQuerySet, by: User) -> tuple[int, int]:
    """End personal links; how many still worked, and how many letters go out, to organizers alone."""
    working = list(chosen.working().select_related("attendee__meeting__organizer"))
    links.end(PersonalLink.objects.filter(pk__in=[link.pk for link in working]), links.Ending.ENDED, by.email)
    theirs: dict[User, dict[str, None]] = {}
    for link in working:
        owner = link.attendee.meeting.organizer
        # Somebody has as many links as they got letters.
        line = f"{link.attendee.display_name}: {_named(link.attendee.meeting, owner)}"
        theirs.setdefault(owner, {})[line] = None
    letters = sum(_tell(owner, by, "links", list(lines)) for owner, lines in theirs.items())
    return len(working), letters


# -- calendar addresses -------------------------------------------------------------------------


@transaction.atomic
def end_feeds(feeds: Iterable[CalendarFeed], by: User) -> tuple[int, int]:
    """End the secret calendar addresses; how many still worked, and how many letters go out."""
    ended = [one for one in feeds if subscriptions.end(one, by.email)]
    return len(ended), sum(_tell(one.user, by, "feed", []) for one in ended)


# -- the letter ---------------------------------------------------------------------------------


def _named(meeting: Meeting, reader: User) -> str:
    """The meeting and its time, on the reader's clock."""
    times = dates.when_of(meeting, reader.time_zone or meeting.time_zone)
    return f"{meeting.title} ({times.rule or f'{times.day}, {times.span}, {times.zone}'})"


def owners(people: Iterable[User], by: User) -> int:
    """How many of them get a letter about what `by` does: nobody gets one about what they did themselves."""
    return len(set(people) - {by})


def _tell(owner: User, by: User, what: str, lines: Sequence[str], letters: int = 0) -> int:
    """Write to whom it concerns; how many letters. What it says is in it: the rest may be gone by then."""
    if owner == by:
        return 0
    payload = {
        "what": what,
        "by": [by.get_full_name(), by.email],
        "lines": lines[:NAMED],
        "more": max(0, len(lines) - NAMED),
        "letters": letters,
    }
    key = f"{KIND}:{what}:{owner.pk}:{timezone.now().isoformat()}"
    return int(enqueue(key=key, kind=KIND, recipient=owner.email, payload=payload))


@renderer(KIND)
def intervention(letter: Letter) -> EmailMessage:
    """What was done to what is theirs, and by whom; an answer goes to who did it."""
    said = letter.payload
    name, email = said["by"]
    count = len(said["lines"]) + said["more"]
    address = reverse("meetings:list")
    match said["what"]:
        case "cancelled":
            what = words.counted(count, "meeting of yours", "meetings of yours")
            subject = f"{words.sentence(administrator())} cancelled {what}"
            told = words.sentence(words.counted(said["letters"], "person has", "people have"))
            more = f"{told} a letter, which says who cancelled it." if said["letters"] else ""
            further = "You can plan a new meeting like it, on its page."
        case "links":
            subject = f"{words.sentence(administrator())} ended personal links to your meetings"
            more = "These people are still invited. Their links in the letters until now let nobody in."
            further = (
                "To let somebody in again, choose “Send it again” beside them on the page of the meeting."
            )
        case _:
            subject = f"{words.sentence(administrator())} ended the address of your calendar"
            more = "Calendar programs that read it get no more updates. Your meetings stand as they are."
            further, address = "You can make a new address at any time.", reverse("meetings:subscribe")
    context = {
        "subject": subject,
        "lines": said["lines"],
        "more_lines": said["more"],
        "more": more,
        "further": further,
        "url": settings.PUBLIC_URL + address,
        "by": name,
        "by_email": email,
    }
    message = from_us(Envelope(letter.recipient, subject), "intervention", context)
    message.reply_to = [formataddr((name, email))]
    return message
