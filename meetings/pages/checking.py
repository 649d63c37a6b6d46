"""What the form of a meeting is told while it is filled in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from meetings import words
from meetings.calendar import recurrence
from meetings.forms import repeats, spreadsheets
from meetings.forms.meeting import MeetingForm
from meetings.forms.times import TimedForm
from meetings.models import Attendee
from meetings.pages.posting import post_only, to_form
from meetings.pages.subject import Unchangeable, form_for, overlaps, subject_of
from meetings.pages.visitor import signed_in
from meetings.plans.address import Address
from meetings.plans.conflicts import Conflicts

# Of the people invited before, so many are suggested.
SUGGESTIONS = 8


@login_required
@post_only(to_form, said="")
def check(request: HttpRequest) -> JsonResponse:
    """What the server would say to the form as it stands: its sentence, its errors, what it overlaps with."""
    code = request.GET.get("meeting")
    try:
        subject = subject_of(request, code) if code else None
    except Unchangeable as reason:
        return JsonResponse({"gone": str(reason)})
    form = form_for(request, subject, {})
    is_valid = form.is_valid()
    has_times = {"starts_at", "duration"} <= form.cleaned_data.keys()
    found = overlaps(request, form, subject) if has_times else None
    return JsonResponse(
        {
            "said": rule_said(form),
            "errors": {}
            if is_valid
            else {name: " ".join(map(str, errors)) for name, errors in form.errors.items()},
            "conflicts": conflicts_shown(form, found) if found else None,
        }
    )


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
    first = f"The first is on {words.day(found[0].date(), timezone.localdate())}." if begins else ""
    return {
        "rule": repeats.said(rule, found, zone),
        "dates": repeats.dates(found),
        "first": first,
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
    people: dict[str, Address] = {}
    for email, name in found.values_list("email", "name")[:500]:
        key = email.lower()
        people[key] = people[key] | Address(email, name) if key in people else Address(email, name)
        if len(people) > SUGGESTIONS:
            break
    shown = [{"email": a.email, "name": a.name} for a in list(people.values())[:SUGGESTIONS]]
    return JsonResponse({"people": shown})


@login_required
@post_only(to_form, said="")
def read_file(request: HttpRequest) -> JsonResponse:
    """The people in a file, one a line as the form takes them; with what is wrong in it among them."""
    uploaded = request.FILES.get("file")
    if uploaded is None or uploaded.size is None:
        return JsonResponse({"trouble": "No file came."})
    try:
        if uploaded.size > spreadsheets.LARGEST:
            raise spreadsheets.WrongFile(spreadsheets.too_large(uploaded.size))
        found = spreadsheets.read(uploaded.read())
    except spreadsheets.WrongFile as wrong:
        return JsonResponse({"trouble": str(wrong)})
    return JsonResponse({"lines": [*map(str, found.addresses), *(wrong.text for wrong in found.wrong)]})
