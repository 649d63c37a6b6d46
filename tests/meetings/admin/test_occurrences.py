"""Dates, as an administrator finds them."""

from __future__ import annotations

import pytest
from django.utils import timezone

from meetings.models import Occurrence
from meetings.plans import invitations
from tests.meetings.administration import listing


@pytest.mark.parametrize(("state", "count"), [("coming", 3), ("cancelled", 2), ("over", 0), ("", 5)])
def test_dates_are_found_by_their_state(administrator, alice, plan, state, count):
    series = invitations.schedule(alice, plan(rrule="FREQ=WEEKLY;COUNT=5"))
    for occurrence in series.occurrences.all()[:2]:
        occurrence.cancelled_at = timezone.now()
        occurrence.save()
    found = administrator.get(listing(Occurrence), {"state": state} if state else {})
    assert found.context["cl"].result_count == count
