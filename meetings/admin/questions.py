"""What an administrator is asked before they do something to the meetings, links or calendars of others."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from meetings import words
from meetings.letters import dates, part_letters
from meetings.models import Attendee, CalendarFeed, Meeting, PersonalLinkQuerySet
from meetings.pages.visitor import signed_in
from meetings.plans import admin_actions
from meetings.signals import insiders
from outbox.confirmation import Question, ask

FOR_GOOD = gettext_lazy("This cannot be undone.")


def about_cancelling(model_admin: Any, request: HttpRequest, meetings: list[Meeting]) -> HttpResponse | None:
    """Before meetings are cancelled for their organizers; None where nothing is to be cancelled."""
    if not meetings:
        return _nothing(model_admin, request, _("None of them is still to come: there is nothing to cancel."))
    me = signed_in(request)
    chosen = Meeting.objects.filter(pk__in=[meeting.pk for meeting in meetings])
    invited = Attendee.objects.invited().filter(meeting__in=chosen).order_by()
    people = dict(invited.values_list("meeting").annotate(count=Count("pk")))
    each = part_letters.letters_of_each(meetings)
    attendees = sum(people.values())
    letters = sum(count * each[pk] for pk, count in people.items())
    organizers = admin_actions.owners((meeting.organizer for meeting in meetings), me)
    inside = sum(insiders(chosen).values())
    says = [
        _letters(attendees, organizers, letters),
        _(
            "They say that the administrator of this site cancelled,"
            " and the meetings leave people’s calendars."
        ),
    ]
    if inside:
        text = ngettext(
            "%(count)s person is in these calls right now, which end at once.",
            "%(count)s people are in these calls right now, which end at once.",
            inside,
        )
        says.append(words.numbered(text, inside))
    text = ngettext("Cancel %(count)s meeting?", "Cancel %(count)s meetings?", len(meetings))
    title = words.numbered(text, len(meetings))
    question = Question(title, _("Cancel and tell everybody"), dates.named(meetings), [*says, str(FOR_GOOD)])
    return ask(model_admin, request, [meeting.pk for meeting in meetings], question)


def about_links(model_admin: Any, request: HttpRequest, chosen: PersonalLinkQuerySet) -> HttpResponse | None:
    """Before personal links are revoked."""
    working = list(chosen.filter(revoked_at=None).select_related("attendee__meeting__organizer"))
    if not working:
        return _nothing(model_admin, request, _("None of them works any more: there is nothing to revoke."))
    organizers = admin_actions.owners(
        (link.attendee.meeting.organizer for link in working), signed_in(request)
    )
    says = [
        _letters_to_organizers(organizers, organizers),
        _(
            "Whoever is in a call by one of these links is shown out. They stay invited; their organizer can"
            " send them a new link."
        ),
        str(FOR_GOOD),
    ]
    rows = [
        _("%(attendee)s, to %(meeting)s") % {"attendee": link.attendee, "meeting": link.attendee.meeting}
        for link in working
    ]
    text = ngettext("Revoke %(count)s personal link?", "Revoke %(count)s personal links?", len(working))
    question = Question(words.numbered(text, len(working)), _("Revoke"), rows, says)
    return ask(model_admin, request, [link.pk for link in working], question)


def about_feeds(model_admin: Any, request: HttpRequest, feeds: list[CalendarFeed]) -> HttpResponse | None:
    """Before the secret addresses of calendars are ended."""
    if not feeds:
        return _nothing(model_admin, request, _("None of them works any more: there is nothing to end."))
    told = admin_actions.owners((feed.user for feed in feeds), signed_in(request))
    letters = ngettext(
        "%(count)s letter goes out, to the person whose calendar it is.",
        "%(count)s letters go out, to the people whose calendars they are.",
        told,
    )
    says = [
        words.numbered(letters, told),
        _(
            "Programs that read these addresses hear of no meeting any more."
            " Each person can make a new address."
        ),
        str(FOR_GOOD),
    ]
    text = ngettext("End %(count)s calendar address?", "End %(count)s calendar addresses?", len(feeds))
    question = Question(words.numbered(text, len(feeds)), _("End"), [str(feed.user) for feed in feeds], says)
    return ask(model_admin, request, [feed.pk for feed in feeds], question)


def _letters(attendees: int, organizers: int, letters: int) -> str:
    """Fourteen letters go out: to twelve attendees and two organizers. `letters`: those to attendees."""
    total = letters + organizers
    if not attendees:
        return _letters_to_organizers(organizers, total)
    to_attendees = ngettext("%(count)s attendee", "%(count)s attendees", attendees)
    to_organizers = ngettext("%(count)s organizer", "%(count)s organizers", organizers)
    whom = [to_attendees % {"count": words.number(attendees)}]
    whom += [to_organizers % {"count": words.number(organizers)}] if organizers else []
    text = ngettext(
        "%(count)s letter goes out: to %(whom)s.", "%(count)s letters go out: to %(whom)s.", total
    )
    return words.numbered(text, total, whom=words.listed(whom))


def _letters_to_organizers(organizers: int, letters: int) -> str:
    if not organizers:
        text = ngettext("%(count)s letter goes out.", "%(count)s letters go out.", letters)
        return words.numbered(text, letters)
    text = ngettext(
        "%(count)s letter goes out: to %(organizers)s organizer.",
        "%(count)s letters go out: to %(organizers)s organizers.",
        organizers,
    )
    return words.numbered(text, letters, organizers=words.number(organizers))


def _nothing(model_admin: Any, request: HttpRequest, said: str) -> HttpResponse | None:
    """Back to the list, which says so."""
    model_admin.message_user(request, said)
    return None
