"""Meetings, as an administrator finds them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from meetings.models import Attendee, Meeting, Occurrence
from meetings.plans import invitations, personal
from tests.meetings.administration import listing, page_of


def test_a_meeting_is_found_by_its_code(administrator, standup):
    assert "Autumn" in administrator.get(listing(Meeting), {"q": standup.code}).content.decode()


@pytest.mark.parametrize(("state", "found"), [("coming", True), ("over", False), ("cancelled", False)])
def test_meetings_are_told_apart_by_state(administrator, standup, state, found):
    assert ("Autumn" in administrator.get(listing(Meeting), {"state": state}).content.decode()) is found


@pytest.mark.parametrize(
    ("kind", "found"), [("once", 1), ("series", 1), ("instant", 1), ("room", 1), ("", 4)]
)
def test_meetings_are_found_by_their_kind(administrator, alice, plan, standup, kind, found):
    invitations.schedule(alice, plan(rrule="FREQ=WEEKLY;COUNT=5"))
    invitations.meet_now(alice, "Europe/Berlin")
    personal.open_room(alice, "Europe/Berlin")
    listed = administrator.get(listing(Meeting), {"kind": kind} if kind else {})
    assert listed.context["cl"].result_count == found


def test_attendees_are_counted(administrator, standup, invited):
    invitations.respond(invited("bob"), Attendee.PartStat.ACCEPTED)
    page = administrator.get(listing(Meeting)).content.decode()
    assert '<td class="field-attendees_">2</td>' in page
    assert '<td class="field-yes">1</td>' in page


def test_a_meeting_with_many_attendees_takes_few_queries(
    administrator, alice, plan, django_assert_max_num_queries
):
    meeting = invitations.schedule(alice, plan("\n".join(f"p{i}@example.org" for i in range(40))))
    with django_assert_max_num_queries(16):
        page = administrator.get(page_of(meeting)).content.decode()
    assert "p39@example.org" in page


def test_a_series_is_listed_with_its_rule_and_leads_to_its_dates(administrator, alice, plan):
    series = invitations.schedule(alice, plan(rrule="FREQ=WEEKLY;COUNT=5"))
    invitations.schedule(alice, plan(title="Another one"))
    assert "every Monday, five times" in administrator.get(listing(Meeting)).content.decode()
    dates = f"{listing(Occurrence)}?meeting__id__exact={series.pk}"
    assert dates in administrator.get(page_of(series)).content.decode()
    found = administrator.get(dates)
    assert found.context["cl"].result_count == 5


def test_the_page_of_a_meeting_says_how_it_stands(administrator, standup):
    standup.early, standup.reminders = timedelta(minutes=10), [10, 24 * 60]
    standup.save()
    page = administrator.get(page_of(standup)).content.decode()
    for said in (
        "45 minutes",
        "10 minutes before the start",
        "10 minutes and 1 day before the start",
        "coming",
    ):
        assert f">{said}<" in page
