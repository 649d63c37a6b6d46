"""What an administrator is asked before they do something to the meetings, links or calendars of others."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse

from meetings import words
from meetings.letters import copies, dates
from meetings.models import Attendee, CalendarFeed, Meeting, PersonalLinkQuerySet
from meetings.pages.visitor import signed_in
from meetings.plans import interventions
from meetings.signals import insiders
from outbox.asking import Question, ask

FOR_GOOD = "This cannot be undone."


def about_cancelling(model_admin: Any, request: HttpRequest, meetings: list[Meeting]) -> HttpResponse | None:
    """Before meetings are cancelled for their organizers; None where nothing is to be cancelled."""
    if not meetings:
        return _nothing(model_admin, request, "None of them is still to come: there is nothing to cancel.")
    me = signed_in(request)
    chosen = Meeting.objects.filter(pk__in=[meeting.pk for meeting in meetings])
    invited = Attendee.objects.invited().filter(meeting__in=chosen).order_by()
    people = dict(invited.values_list("meeting").annotate(count=Count("pk")))
    each = copies.letters_of_each(meetings)
    attendees = sum(people.values())
    letters = sum(count * each[pk] for pk, count in people.items())
    organizers = interventions.owners((meeting.organizer for meeting in meetings), me)
    inside = sum(insiders(chosen).values())
    says = [
        _letters(attendees, "attendee", "attendees", organizers, letters),
        "They say that the administrator of this site cancelled, and the meetings leave people’s calendars.",
    ]
    if inside:
        who = words.sentence(words.counted(inside, "person is", "people are"))
        says.append(f"{who} in these calls right now, which end at once.")
    title = f"Cancel {words.counted(len(meetings), 'meeting', 'meetings')}?"
    question = Question(title, "Cancel and tell everybody", dates.named(meetings), [*says, FOR_GOOD])
    return ask(model_admin, request, [meeting.pk for meeting in meetings], question)


def about_links(model_admin: Any, request: HttpRequest, chosen: PersonalLinkQuerySet) -> HttpResponse | None:
    """Before personal links are revoked."""
    working = list(chosen.filter(revoked_at=None).select_related("attendee__meeting__organizer"))
    if not working:
        return _nothing(model_admin, request, "None of them works any more: there is nothing to revoke.")
    organizers = interventions.owners(
        (link.attendee.meeting.organizer for link in working), signed_in(request)
    )
    says = [
        _letters(0, "", "", organizers),
        "Whoever is in a call by one of these links is shown out. They stay invited; their organizer can send"
        " them a new link.",
        FOR_GOOD,
    ]
    rows = [f"{link.attendee}, to {link.attendee.meeting}" for link in working]
    title = f"Revoke {words.counted(len(working), 'personal link', 'personal links')}?"
    return ask(model_admin, request, [link.pk for link in working], Question(title, "Revoke", rows, says))


def about_feeds(model_admin: Any, request: HttpRequest, feeds: list[CalendarFeed]) -> HttpResponse | None:
    """Before the secret addresses of calendars are ended."""
    if not feeds:
        return _nothing(model_admin, request, "None of them works any more: there is nothing to end.")
    told = interventions.owners((feed.user for feed in feeds), signed_in(request))
    letters = words.counted(told, "letter goes", "letters go")
    whose = "the person whose calendar it is" if told == 1 else "the people whose calendars they are"
    says = [
        f"{words.sentence(letters)} out, to {whose}.",
        "Programs that read these addresses hear of no meeting any more. Each person can make a new address.",
        FOR_GOOD,
    ]
    title = f"End {words.counted(len(feeds), 'calendar address', 'calendar addresses')}?"
    rows = [str(feed.user) for feed in feeds]
    return ask(model_admin, request, [feed.pk for feed in feeds], Question(title, "End", rows, says))


def on_the_way(letters: int) -> str:
    """Three letters are on the way."""
    return words.sentence(f"{words.counted(letters, 'letter is', 'letters are')} on the way.")


def _letters(attendees: int, one: str, many: str, organizers: int, letters: int | None = None) -> str:
    """Fourteen letters go out: to twelve attendees and two organizers. `letters`: those to attendees."""
    parts = [words.counted(attendees, one, many)] if attendees else []
    parts += [words.counted(organizers, "organizer", "organizers")] if organizers else []
    total = words.counted(
        (attendees if letters is None else letters) + organizers, "letter goes", "letters go"
    )
    return words.sentence(f"{total} out{': to ' if parts else ''}{' and '.join(parts)}.")


def _nothing(model_admin: Any, request: HttpRequest, said: str) -> HttpResponse | None:
    """Back to the list, which says so."""
    model_admin.message_user(request, said)
    return None
