"""Attendees, as an administrator finds them."""

from __future__ import annotations

import pytest
from django.utils import timezone

from meetings.models import Attendee
from outbox.models import Letter
from tests.meetings.administration import listing, page_of


def test_the_page_of_an_attendee_says_when_they_are_reminded(administrator, standup, invited):
    dave = invited("dave")
    dave.reminders = [60]
    dave.save()
    page = administrator.get(page_of(dave)).content.decode()
    assert "1 hour before the start, by their own choice" in page


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"sent_at": timezone.now()}, "sent"),
        ({"dead_at": timezone.now()}, "back"),
        ({"sent_at": timezone.now(), "bounced_at": timezone.now()}, "back"),
        ({}, "waiting"),
    ],
)
def test_attendees_are_found_by_what_became_of_their_letter(administrator, invited, facts, found):
    Letter.objects.filter(pk=invited("dave").letter_id).update(**facts)
    Letter.objects.exclude(pk=invited("dave").letter_id).update(is_moot=True)
    for state in ("sent", "waiting", "back"):
        listed = administrator.get(listing(Attendee), {"letter": state})
        assert listed.context["cl"].result_count == (state == found)
