"""The page of a room, and the pages that say why not."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from allauth.account.adapter import get_adapter
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from redis.exceptions import RedisError

from accounts import counts
from accounts.sessions import SessionStore
from meetings import links, words
from meetings.models import Attendee
from meetings.plans import invitations, personal
from rooms.models import Removal, Room, ServerProcess
from rooms.protocol.admission import Admission, Grant
from rooms.protocol.messages import Join
from rooms.roster import arrivals, entrance, guess_limit, seats
from rooms.roster.entrance import approach
from tests.markup import markup
from tests.meetings.retimed import retime
from tests.rooms.conftest import came_by_letter

pytestmark = pytest.mark.django_db
WRONG = "/kfpx-tvwqm-m3xz/"


@pytest.fixture(autouse=True)
def _nobody_has_guessed():
    cache.clear()


def seat(meeting, name):
    """Somebody of this name is inside."""
    server, _ = ServerProcess.objects.get_or_create(id="s" * 22, channel="process.test!1")
    browser = SessionStore()
    browser.create()
    return arrivals.arrive(
        entrance.room_of(meeting).pk,
        Admission("participant", f"guest:{name}", (f"guest:{name}",), name, None, None, name),
        Join(name),
        grant=Grant(browser.session_key or "", None, None, None),
        server_id=server.pk,
        socket=seats.new_id(),
        announce=lambda participant_id: None,
    )


def test_a_guest_opens_the_link_and_may_enter_from_then_on(client, standup):
    response = client.get(standup.room_url)
    assert response.status_code == 200
    assert response.context["name"] == ""
    assert response.context["is_host"] is False
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    client.get(standup.room_url)
    key = client.session["guest_key"]
    client.get(standup.room_url)
    assert client.session["guest_key"] == key


def test_the_page_carries_what_the_room_needs(as_person, alice, standup):
    html = as_person(alice).get(standup.room_url).content.decode()
    found = re.search(r'<script id="room-data" type="application/json">(.+?)</script>', html)
    assert found
    assert json.loads(found[1]) == {
        "code": standup.code,
        "title": "Standup",
        "link": f"http://localhost:8000/{standup.code}/",
        "socket": f"/ws/rooms/{standup.code}/",
        "name": "Alice",
        "host": True,
        "door": "open",
        "opens_in": None,
        "organizer": "Alice",
        "qr": f"/{standup.code}/qr.svg",
        "invite": f"/meetings/{standup.code}/invite/",
        "starts_at": standup.starts_at.isoformat(),
        "ends_at": standup.ends_at.isoformat(),
    }


def test_the_page_writes_to_people_for_the_organizer_alone(
    as_person, alice, bob, client, standup, bobs_invitation
):
    """Neither a host beside them does, nor anybody in a room that has no letters."""
    bobs_invitation.user, bobs_invitation.cohost = bob, True
    bobs_invitation.save()
    for browser in (as_person(bob), client):
        assert browser.get(standup.room_url).context["room_info"]["invite"] is None
    own = personal.open_room(alice, "Europe/Berlin")
    assert as_person(alice).get(own.room_url).context["room_info"]["invite"] is None


def test_a_title_is_only_text(client, standup):
    standup.title = "</script><script>alert(1)</script>"
    standup.save()
    html = client.get(standup.room_url).content.decode()
    assert "<script>alert(1)" not in html


def test_an_instant_meeting_has_no_hours(client, standup):
    standup.instant = True
    standup.save()
    response = client.get(standup.room_url)
    assert response.context["when"] == ""
    assert response.context["room_info"]["starts_at"] is None


def test_the_door_says_the_time_on_the_visitors_clock_beside_the_organizers(client, standup):
    def said() -> str:
        return client.get(standup.room_url).context["when"]["words"]

    starts = timezone.now().replace(hour=12, minute=30) + timedelta(days=30)
    retime(standup, starts_at=starts, duration=timedelta(minutes=45), time_zone="UTC")
    day = words.day(starts, timezone.now().date())
    assert said() == f"{day}, 12:30 to 13:15, UTC"
    client.cookies["zone"] = "Asia/Kolkata"
    assert said() == f"{day}, 18:00 to 18:45, Kolkata time; 12:30 to 13:15, UTC"
    page = client.get(standup.room_url).content.decode()
    assert 'data-own-time="Asia/Kolkata"' in page
    assert 'data-theirs="12:30 to 13:15, UTC"' in page


def test_the_switch_of_the_lobby_says_that_it_outlasts_the_call(client, standup):
    page = markup(client.get(f"/{standup.code}/"))
    assert "What you choose holds for later calls, too." in page


def test_it_says_who_is_inside(client, standup):
    seat(standup, "Bob")
    seat(standup, "Carol")
    assert client.get(standup.room_url).context["inside"] == ["Bob", "Carol"]


def test_an_attendees_name_is_filled_in(bobs_invitation, standup):
    response = came_by_letter(bobs_invitation).get(standup.room_url)
    assert response.context["name"] == "Bob"


def test_an_attendee_without_a_name_is_called_after_the_address(bobs_invitation, standup):
    bobs_invitation.name = ""
    bobs_invitation.save()
    assert came_by_letter(bobs_invitation).get(standup.room_url).context["name"] == "bob"


@pytest.mark.parametrize("write", [str.upper, lambda code: code.replace("-", ""), str.title])
def test_however_the_code_is_written_it_leads_to_the_room(client, standup, write):
    response = client.get(f"/{write(standup.code)}/")
    assert response.status_code == 302
    assert response["Location"] == f"/{standup.code}/"


def test_a_cancelled_meeting_says_so(client, standup):
    standup.cancelled_at = timezone.now()
    standup.save()
    response = client.get(standup.room_url)
    assert (response.status_code, response.context["reason"]) == (410, "cancelled")
    assert "was cancelled" in response.content.decode()


def test_an_unknown_code_says_so(client):
    response = client.get("/kfpx-tvwqm-m3xz/")
    assert (response.status_code, response.context["reason"]) == (404, "unknown")
    assert response["Referrer-Policy"] == "no-referrer"


def test_a_removed_person_reads_it_in_words(client, standup):
    client.get(standup.room_url)
    client.get(standup.room_url)
    Removal.objects.create(
        room=Room.objects.get(meeting=standup),
        person=f"guest:{client.session['guest_key']}",
        guest_key=client.session["guest_key"],
        name="Bob",
        removed_by="Alice",
    )
    response = client.get(standup.room_url)
    assert (response.status_code, response.context["reason"]) == (403, "removed")
    assert "A host removed you" in response.content.decode()


def test_a_revoked_link_ends_admission(bobs_invitation, standup):
    client = came_by_letter(bobs_invitation)
    links.revoke(bobs_invitation)
    response = client.get(standup.room_url)
    assert (response.status_code, response.context["reason"]) == (403, "revoked")


def test_a_robot_without_cookies_leaves_no_row(standup):
    for _ in range(3):
        response = Client().get(standup.room_url)
        assert response.status_code == 200
        assert response.cookies["session"]["httponly"]
    assert not Session.objects.exists()


def test_a_browser_that_comes_back_has_a_session_under_the_key_that_it_got(client, standup):
    key = client.get(standup.room_url).cookies["session"].value
    client.get(standup.room_url)
    assert [session.session_key for session in Session.objects.all()] == [key]


def test_a_key_that_we_did_not_give_out_is_none(client, standup):
    client.cookies["session"] = "a" * 32
    client.get(standup.room_url)
    assert client.cookies["session"].value != "a" * 32
    assert not Session.objects.exists()


def test_wrong_codes_of_one_address_shut_out_nobody_with_a_right_one(client, standup, bob, as_person):
    for _ in range(guess_limit.MOST_OF_ADDRESS):
        assert Client().get(WRONG).status_code == 404
    assert Client().get(WRONG).status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.7").get(WRONG).status_code == 404
    # Others of the same office: with a right code, and with an account.
    assert client.get(standup.room_url).status_code == 200
    assert as_person(bob).get(WRONG).status_code == 404


def test_wrong_codes_of_an_account_are_its_own(standup, bob, carol, as_person):
    for number in range(guess_limit.MOST_OF_ACCOUNT):
        assert as_person(bob).get(WRONG, REMOTE_ADDR=f"192.0.2.{number}").status_code == 404
    assert as_person(bob).get(WRONG).status_code == 429
    assert as_person(bob).get(standup.room_url).status_code == 200
    assert as_person(carol).get(WRONG).status_code == 404


@pytest.mark.parametrize(
    ("proxies", "said", "address"),
    [
        (0, [b"203.0.113.9"], "127.0.0.1"),
        (1, [b"203.0.113.9, 192.0.2.7"], "192.0.2.7"),
        (2, [b"203.0.113.9, 192.0.2.7", b"10.0.0.1"], "192.0.2.7"),
        (1, [], "127.0.0.1"),
        (1, [b"nonsense"], "127.0.0.1"),
        (3, [b"203.0.113.9, 192.0.2.7"], "127.0.0.1"),
    ],
)
def test_a_socket_comes_from_where_the_trusted_proxies_say_as_a_page_does(
    rf, settings, proxies, said, address
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = [(b"x-forwarded-for", value) for value in said]
    scope = {"type": "websocket", "path": "/ws/", "query_string": b"", "headers": headers}
    assert guess_limit.address_of({**scope, "client": ["127.0.0.1", 5000]}) == address
    by_page = {"x-forwarded-for": b",".join(said).decode()} if said else {}
    assert get_adapter().get_client_ip(rf.get("/", headers=by_page)) == address


def test_a_server_that_is_reached_by_a_socket_of_the_machine_counts_guesses_too():
    headers: list[tuple[bytes, bytes]] = []
    scope = {"type": "websocket", "path": "/ws/", "query_string": b"", "headers": headers, "client": None}
    assert guess_limit.address_of(scope) == "unknown"


@pytest.mark.django_db
def test_a_wrong_code_past_the_proxies_is_no_error_of_the_server(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert client.get(WRONG, headers={"x-forwarded-for": "192.0.2.7"}).status_code == 404


def test_a_guest_gets_in_while_the_guesses_cannot_be_counted(standup, monkeypatch):
    """Redis is away: nobody pays for that but the limit."""

    class Away:
        def __getattr__(self, name):
            raise RedisError("no connection")

    monkeypatch.setattr(counts, "cache", Away())
    assert Client().get(WRONG).status_code == 404
    assert Client().get(standup.room_url).status_code == 200


def test_only_reading_is_possible(client, standup):
    assert client.post(standup.room_url).status_code == 405


def test_opening_the_page_costs_few_queries(client, standup, django_assert_max_num_queries):
    client.get(standup.room_url)
    client.get(standup.room_url)
    for n in range(6):
        seat(standup, f"Person {n}")
    with django_assert_max_num_queries(9):
        client.get(standup.room_url)


def test_the_door_and_the_socket_agree(client, standup):
    client.get(standup.room_url)
    came = approach(standup.code, client.get(standup.room_url).wsgi_request.user, client.session)
    assert came is not None
    assert isinstance(came.outcome, Admission)


def test_who_is_taken_off_the_list_with_one_address_still_enters_by_the_other(as_person, bob, standup):
    gone, kept = (
        Attendee.objects.create(meeting=standup, email=email, user=bob, cohost=True)
        for email in ("bob@work.example", "bob@example.org")
    )
    invitations.remove(gone)
    came = approach(standup.code, bob, as_person(bob).session)
    assert came is not None
    assert isinstance(came.outcome, Admission)
    assert came.outcome.attendee_id == kept.pk


def test_the_first_page_of_an_invitee_tells_the_time_of_their_letter(standup, bobs_invitation):
    retime(standup, time_zone="Asia/Kathmandu")
    assert "Kathmandu time" in came_by_letter(bobs_invitation).get(standup.room_url).content.decode()
    Attendee.objects.filter(pk=bobs_invitation.pk).update(time_zone="America/New_York")
    assert "New York time" in came_by_letter(bobs_invitation).get(standup.room_url).content.decode()
    # What the browser says counts more.
    there = came_by_letter(bobs_invitation)
    there.cookies["zone"] = "Asia/Tokyo"
    assert "Tokyo time" in there.get(standup.room_url).content.decode()


def test_the_first_page_of_a_guest_tells_the_time_of_the_meeting(standup, guest):
    retime(standup, time_zone="Asia/Kathmandu")
    assert "Kathmandu time" in guest().get(standup.room_url).content.decode()
