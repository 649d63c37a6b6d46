"""Planning a meeting that is new."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from meetings.models import Meeting, Series
from meetings.plans import occurrences
from meetings.plans.inviting import invite, seat
from meetings.plans.plan import Plan
from meetings.plans.timing import follow, put

INSTANT = timedelta(hours=1)


@transaction.atomic
def schedule(organizer: User, plan: Plan) -> Meeting:
    """A new meeting, its attendees invited."""
    meeting, series = Meeting(organizer=organizer, title=plan.title), Series()
    follow(meeting, plan)
    put(series, plan)
    occurrences.plant(meeting, series)
    invite(meeting, plan.people)
    seat(meeting, plan)
    return meeting


def meet_now(organizer: User, time_zone: str) -> Meeting:
    """A meeting that starts this minute; nobody is written to."""
    return occurrences.create(
        organizer,
        _("%(name)s’s meeting") % {"name": organizer.get_short_name()},
        timezone.now().replace(second=0, microsecond=0),
        duration=INSTANT,
        time_zone=time_zone,
        instant=True,
    )
