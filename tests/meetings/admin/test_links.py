"""Personal links and calendar addresses, as an administrator ends them."""

from __future__ import annotations

import pytest

from meetings import links
from meetings.models import CalendarFeed, PersonalLink
from meetings.plans import subscriptions
from tests.meetings.administration import act, listing


def test_links_can_be_revoked(administrator, standup, invited):
    token = links.mint(invited("dave"))
    act(administrator, PersonalLink, "revoke", [PersonalLink.objects.get()])
    with pytest.raises(links.RevokedLink):
        links.find(token)


def test_links_are_found_by_whether_they_still_work(administrator, standup, invited):
    links.mint(invited("dave"))
    links.mint(invited("bob"))
    links.revoke(invited("bob"))
    for revoked in ("yes", "no"):
        assert administrator.get(listing(PersonalLink), {"revoked": revoked}).context["cl"].result_count == 1
    assert administrator.get(listing(PersonalLink), {"used": "yes"}).context["cl"].result_count == 0


def test_a_calendar_address_that_was_passed_on_is_given_up(administrator, bob):
    secret = subscriptions.renew(bob)
    assert bob.email in administrator.get(listing(CalendarFeed)).content.decode()
    act(administrator, CalendarFeed, "give_up", [CalendarFeed.objects.get()])
    with pytest.raises(subscriptions.UnknownFeed):
        subscriptions.find(secret)
