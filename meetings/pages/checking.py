"""What the form of a meeting is told while it is filled in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, JsonResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.counts import count
from meetings import words
from meetings.calendar import recurrence
from meetings.forms import addresses, agendas, people, repeats
from meetings.forms.fields import TEXT_LENGTH, heading
from meetings.forms.meeting import MOST_ATTENDEES, MeetingForm, too_many
from meetings.forms.times import TimedForm
from meetings.models import Attendee
from meetings.pages import preview
from meetings.pages.posting import post_only, to_form
from meetings.pages.subject import Subject, Unchangeable, form_for, initial_of, overlaps, subject_of
from meetings.pages.visitor import signed_in
from meetings.plans import inviting
from meetings.plans.address import Address
from meetings.plans.conflicts import Conflicts

# Of the people invited before, so many are suggested.
SUGGESTIONS = 8
# Of one account, in so many seconds; a page asks no sooner than a moment after the last key.
MOST_CHECKS, WITHIN = 240, 60
# When it may ask again, in seconds.
PAUSE = 5


@post_only(to_form, said="")
def check(request: HttpRequest) -> JsonResponse:
    """What would be said to the form as it stands if it were sent. Nothing is written.

    Beside its fields the form may bring

    - `read`: the list of people, and a file with more of them, is to be read, and not only counted;
    - `beyond`: how many people were cut off the list, because they are too many;
    - `file_size`: of a file that is too large to be sent;
    - `follows`: the weekday of the date before, 0 for Monday, so that a day that it stood for goes with it;
    - `wrong`: the fields that are said to be wrong, of which `heading` counts what is.
    """
    if not request.user.is_authenticated:
        return JsonResponse({}, status=401)
    if count(f"form-checks:{request.user.pk}", WITHIN) > MOST_CHECKS:
        return JsonResponse({}, status=429, headers={"Retry-After": str(PAUSE)})
    code = request.GET.get("meeting")
    try:
        subject = subject_of(request, code) if code else None
    except Unchangeable as reason:
        return JsonResponse({"gone": str(reason)})
    sent = request.POST.copy()
    form = form_for(request, subject, initial_of(subject) if subject else {}, sent=sent)
    form.is_valid()
    answer = _said(request, form, subject, sent)
    if isinstance(form, MeetingForm):
        answer["repeats"] = _repeats_shown(sent, form.days_with_the_date)
        if "read" in sent:
            answer |= {**people_read(form), "file": form.what_came_of_file(form.listed)}
    return JsonResponse(answer)


def _said(request: HttpRequest, form: TimedForm, subject: Subject | None, sent: QueryDict) -> dict[str, Any]:
    """What is wrong with the form, what is in its way, and what sending it does."""
    has_times = {"starts_at", "duration"} <= form.cleaned_data.keys()
    found = overlaps(request, form, subject) if has_times else None
    errors = {name: [str(error) for error in said] for name, said in form.errors.items()}
    counts = {name: len(said) for name, said in errors.items()}
    emails: set[str] = set()
    if isinstance(form, MeetingForm):
        listed = form.listed
        errors["people"], counts["people"] = _wrong_with(listed, _number(sent.get("beyond", "")))
        emails = set(inviting.guests(signed_in(request), listed.addresses))
    foreseen = preview.of(form, subject, emails)
    wrong = sum(counts.get(name, 0) for name in set(sent.getlist("wrong")))
    return {
        "said": rule_said(form),
        "errors": {name: " ".join(said) for name, said in errors.items() if said},
        "heading": heading(wrong) if wrong else "",
        "conflicts": conflicts_shown(form, found) if found else None,
        "people": errors.get("people", []),
        "is_crowded": len(emails) >= settings.ROOM_CAPACITY,
        "agenda": _agenda_shown(form),
        "button": preview.button(foreseen, anyway=bool(found)),
        "note": preview.note(foreseen) if subject else "",
    }


def _number(text: str) -> int:
    return int(text) if len(text) < 8 and text.isdecimal() else 0


def _date(sent: QueryDict) -> date | None:
    try:
        return date.fromisoformat(sent.get("date", ""))
    except ValueError:
        return None


def _wrong_with(listed: people.People, beyond: int) -> tuple[list[str], int]:
    """What is wrong with the list, in sentences, and in how many places. `beyond`: how many were cut off."""
    said = addresses.Parsed(listed.addresses, listed.wrong).complaints
    beyond += listed.beyond
    if beyond or len(listed.addresses) > MOST_ATTENDEES:
        said.append(too_many(len(listed.addresses) + beyond))
    return said, len(listed.wrong) + bool(beyond)


def _repeats_shown(sent: QueryDict, days: list[int] | None) -> dict[str, Any]:
    """The words of the sentence in which a rule is chosen, and the days if they are others now."""
    on = _date(sent)
    every = _number(sent.get("every", "")) or 2
    return {
        "units": repeats.units(every),
        "monthly": repeats.on_day_of_month(on) if on else {},
        "days": days,
        "follows": on.weekday() if on else None,
    }


def _agenda_shown(form: TimedForm) -> dict[str, Any]:
    points = words.agenda(words.plain(form.data.get("agenda", "")[:TEXT_LENGTH], lines=True))
    minutes = round(form.cleaned_data.get("duration", timedelta()) / timedelta(minutes=1))
    total, is_over = agendas.total(points, minutes)
    return {"points": [[point.text, point.minutes] for point in points], "total": total, "is_over": is_over}


def people_read(form: MeetingForm) -> dict[str, Any]:
    """Everybody on the list, each with the line that is sent again, and those who are too many for it."""
    listed = form.listed
    entries = [
        {
            "line": str(replace(person, optional=False, cohost=False)),
            "email": person.email,
            "name": person.name,
            "optional": person.optional,
            "cohost": person.cohost,
        }
        for person in listed.addresses
    ]
    wrong = [{"line": wrong.text, "is_wrong": True} for wrong in listed.wrong]
    return {
        "entries": [*entries, *wrong],
        "beyond": people.beyond(listed),
    }


def rule_said(form: TimedForm) -> dict[str, str] | None:
    """How the meeting repeats, in words; None if it does not, or not yet."""
    if not isinstance(form, MeetingForm):
        return None
    found = form.times_on_the_wall if form.is_bound else []
    rule, zone = form.rule, form.zone_name
    if not form.is_bound and form.was is not None and form.was.rrule:
        rule = recurrence.parse(form.was.rrule)
        found = [recurrence.read(key) for key in recurrence.wall_clocks(form.was.rrule, form.was.wall_clock)]
        zone = form.was.time_zone
    if rule is None or not zone:
        return None
    begins = form.begins_later
    first = _("The first is on %(day)s.") % {"day": words.day(found[0].date(), timezone.localdate())}
    return {
        "rule": repeats.said(rule, found, zone),
        "dates": repeats.dates(found),
        "first": first if begins else "",
        "begins": begins,
    }


def conflicts_shown(form: TimedForm, found: Conflicts) -> dict[str, Any]:
    zone = form.zone_in(form.cleaned_data)
    if zone is None:
        raise ValueError("a form without a zone has no times that could overlap")
    return {"heading": found.heading, "lines": found.lines(zone, timezone.now()), "key": found.key}


@login_required
@require_GET
def known_people(request: HttpRequest) -> JsonResponse:
    """Whom the user invited before, by a part of their name or address; the latest first."""
    asked = request.GET.get("q", "").strip()[:100]
    if not asked:
        return JsonResponse({"people": []})
    mine = Attendee.objects.filter(meeting__organizer=signed_in(request))
    found = mine.filter(Q(name__icontains=asked) | Q(email__icontains=asked)).order_by("-pk")
    found_people: dict[str, Address] = {}
    for email, name in found.values_list("email", "name")[:500]:
        key = email.lower()
        one = Address(email, name)
        found_people[key] = found_people[key] | one if key in found_people else one
        if len(found_people) > SUGGESTIONS:
            break
    shown = [
        {"email": one.email, "name": one.name, "line": str(one)}
        for one in list(found_people.values())[:SUGGESTIONS]
    ]
    return JsonResponse({"people": shown})
