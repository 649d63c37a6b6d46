"""What an administrator is asked, and told of calls; the rest of those pages is in the catalogs of Django."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from language import pseudo
from meetings import links
from meetings.forms.addresses import parse
from meetings.models import CalendarFeed, Meeting, PersonalLink
from meetings.plans import invitations, subscriptions
from meetings.plans.plan import Plan
from rooms.models import Participant
from rooms.roster.connections import Pair
from tests.meetings.administration import listing
from tests.untranslated import english

NAMES = ("Alice", "Bob", "Carol")


@pytest.fixture
def administrator(reading, carol):
    carol.is_staff = carol.is_superuser = True
    carol.save()
    return reading(pseudo.ACCENTED, carol)


@pytest.fixture
def meeting(alice):
    plan = Plan(
        title="Alice",
        starts_at=timezone.now() + timedelta(days=1),
        duration=timedelta(minutes=30),
        time_zone="Europe/Berlin",
        people=parse("bob@example.org").addresses,
    )
    meeting = invitations.schedule(alice, plan)
    links.mint(meeting.attendees.get())
    subscriptions.renew(alice)
    return meeting


@pytest.mark.parametrize(
    ("model", "action"), [(Meeting, "cancel"), (PersonalLink, "revoke"), (CalendarFeed, "give_up")]
)
@pytest.mark.usefixtures("meeting")
def test_nothing_english_is_left_of_what_an_administrator_is_asked(administrator, model, action):
    chosen = {"action": action, "_selected_action": list(model.objects.values_list("pk", flat=True))}
    asked = administrator.post(listing(model), chosen).context
    assert english([asked["title"], asked["button"], *asked["says"]], NAMES) == []
    assert len(asked["says"]) > 1


@pytest.mark.parametrize(
    ("met", "breaks", "seconds"), [(False, 0, 0), (True, 0, 0), (True, 1, 15), (True, 3, 95)]
)
@pytest.mark.usefixtures("_compiled")
def test_nothing_english_is_left_of_who_heard_whom(met, breaks, seconds):
    pair = Pair(Participant(name="Alice"), Participant(name="Bob"), met, breaks, timedelta(seconds=seconds))
    with translation.override(pseudo.ACCENTED):
        said = str(pair)
    units = ("s", "min")
    assert english([said], (*NAMES, *units)) == []
