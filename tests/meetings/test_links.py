from __future__ import annotations

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from meetings import links
from meetings.models import Attendee, PersonalLink
from meetings.plans import invitations

pytestmark = pytest.mark.usefixtures("standup")


def open_link(client, token: str):
    return client.get(reverse("meetings:link", args=[token]))


def test_a_link_leads_to_the_room_and_strips_itself_from_the_address(client, standup, invited):
    token = links.mint(invited("dave"))
    response = open_link(client, token)
    assert response.status_code == 302
    assert response["Location"] == standup.room_url
    assert token not in response["Location"]


def test_it_lets_this_browser_in_as_the_attendee(client, standup, invited):
    open_link(client, links.mint(invited("dave")))
    assert links.attendee_in(client.session, standup) == invited("dave")


def test_it_signs_nobody_in_and_verifies_nothing(client, bob, invited):
    open_link(client, links.mint(invited("bob")))
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("meetings:past")).status_code == 302


def test_a_stranger_is_nobody(client, standup):
    assert links.attendee_in(client.session, standup) is None


def test_a_link_counts_for_its_own_meeting_alone(client, alice, plan, standup, invited):
    other = invitations.schedule(alice, plan("dave@far.example"))
    open_link(client, links.mint(invited("dave")))
    assert links.attendee_in(client.session, other) is None


def test_a_browser_may_hold_links_to_several_meetings(client, alice, plan, standup, invited):
    other = invitations.schedule(alice, plan("dave@far.example"))
    open_link(client, links.mint(invited("dave")))
    open_link(client, links.mint(other.attendees.get()))
    assert links.attendee_in(client.session, standup) == invited("dave")
    assert links.attendee_in(client.session, other) == other.attendees.get()


def test_all_letters_of_an_attendee_work(client, standup, invited):
    first, second = links.mint(invited("dave")), links.mint(invited("dave"))
    assert first != second
    for token in (first, second):
        assert links.find(token).attendee == invited("dave")


def test_its_use_is_noted_with_the_browsers_zone(client, invited):
    client.cookies["zone"] = "Asia/Tbilisi"
    open_link(client, links.mint(invited("dave")))
    assert PersonalLink.objects.get().used_at is not None
    assert invited("dave").time_zone == "Asia/Tbilisi"


def test_a_zone_that_does_not_exist_is_not_believed(client, invited):
    client.cookies["zone"] = "Mars/Olympus"
    open_link(client, links.mint(invited("dave")))
    assert invited("dave").time_zone == ""


def test_a_revoked_link_lets_nobody_in_not_even_those_inside_the_session(client, standup, invited):
    token = links.mint(invited("dave"))
    open_link(client, token)
    links.revoke(invited("dave"))
    assert links.attendee_in(client.session, standup) is None
    response = open_link(client, token)
    assert response.status_code == 410
    assert "This link was ended" in response.text


def test_a_removed_attendee_is_told_so_and_gets_no_title(client, standup, invited):
    token = links.mint(invited("dave"))
    open_link(client, token)
    invitations.remove(invited("dave"))
    assert links.attendee_in(client.session, standup) is None
    response = open_link(client, token)
    assert response.status_code == 410
    assert "taken back" in response.text
    assert standup.title not in response.text


def test_a_cancelled_meeting_says_so(client, standup, invited):
    token = links.mint(invited("dave"))
    invitations.cancel(standup)
    response = open_link(client, token)
    assert response.status_code == 410
    assert "This meeting was cancelled" in response.text


@pytest.mark.parametrize("token", ["x", "ä", "0" * 43, "../admin", "%00", "a" * 2000])
def test_an_unknown_link_is_a_kind_404(client, token):
    response = client.get(f"/i/{token}/")
    assert response.status_code == 404


def test_a_known_link_cut_short_is_explained(client, invited):
    response = open_link(client, links.mint(invited("dave"))[:-1])
    assert response.status_code == 404
    assert "We do not know this link" in response.text


def test_what_a_link_shows_is_not_kept_in_caches(client, invited):
    response = open_link(client, links.mint(invited("dave")))
    assert "no-store" in response["Cache-Control"]


def test_a_session_from_elsewhere_with_a_foreign_key_opens_nothing(standup, invited):
    session = SessionStore()
    other = Attendee.objects.create(meeting=standup, email="x@far.example")
    links.mint(other)
    session[links.SESSION_KEY] = {"someothercode": PersonalLink.objects.get().pk}
    assert links.attendee_in(session, standup) is None
