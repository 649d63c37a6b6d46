"""Every address of ours, opened in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import User
from meetings import links
from meetings.forms.addresses import parse
from meetings.models import Draft, Meeting
from meetings.plans import invitations
from meetings.plans.invitations import Plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def standup(alice, bob) -> Meeting:
    people = parse("Bob <bob@example.org>").addresses
    tomorrow = timezone.now() + timedelta(days=1)
    return invitations.schedule(alice, Plan("Standup", tomorrow, invitations.INSTANT, "UTC", people=people))


def addresses(patterns, before: str = "") -> Iterator[str]:
    """`meetings/<meeting_code:code>/edit/` for each of them."""
    for pattern in patterns:
        written = before + re.sub(r"^\^|\\Z$|\$$", "", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, written)
        elif isinstance(pattern, URLPattern):
            yield written


def test_no_address_is_a_dead_end_because_it_was_opened_and_not_sent(as_person, alice, standup):
    """A form is sent, the sign-in has ended, and after signing in again the browser opens its address."""
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    attendee = standup.attendees.get()
    values = {
        "code": standup.code,
        "pk": str(attendee.pk),
        "token": links.mint(attendee),
        "secret": "x",
        "number": "1",
        "key": "x",
        "uidb36": "1",
    }
    dead = []
    for written in addresses(get_resolver().url_patterns):
        if written.startswith("admin/") and written.count("/") > 2:
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values.get(found[1], "1"), written)
        if "(" in path or "socket" in path:
            continue
        answer = as_person(alice).get("/" + path)
        if answer.status_code == 405:
            dead.append(written)
    assert dead == []


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("now", "list"),
        ("my_room", "list"),
        ("answer", "meeting"),
        ("digest", "meeting"),
        ("resend", "meeting"),
        ("remove", "meeting"),
        ("check", "new"),
    ],
)
def test_what_does_something_leads_to_its_page_and_does_nothing_when_it_is_opened(
    as_person, alice, standup, name, page
):
    attendee = standup.attendees.get()
    args = {"answer": [standup.code], "digest": [standup.code]}.get(name, [])
    if name in ("resend", "remove"):
        args = [standup.code, attendee.pk]
    client = as_person(alice)
    answer = client.get(reverse(f"meetings:{name}", args=args))
    assert answer["Location"] == reverse(f"meetings:{page}", args=args[:1])
    attendee.refresh_from_db()
    assert attendee.removed_at is None
    assert Meeting.objects.count() == 1
    if page != "new":
        assert "Nothing has been done yet" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("code", ["", "x", "a/../b", "\x00"])
def test_what_is_asked_in_the_background_leads_on_whatever_meeting_it_names(as_person, alice, code):
    answer = as_person(alice).get(reverse("meetings:check"), {"meeting": code})
    assert answer["Location"] == reverse("meetings:new")


def test_a_draft_is_not_thrown_away_by_opening_an_address(as_person, alice):
    draft = Draft.objects.create(organizer=alice)
    assert as_person(alice).get(reverse("meetings:throw_away", args=[draft.pk]))["Location"] == "/"
    assert Draft.objects.exists()


def test_the_administrations_sign_out_asks_where_it_is_opened(as_person, alice):
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    client = as_person(alice)
    assert client.get("/admin/logout/").status_code == 200
    assert client.get("/admin/").status_code == 200
    client.post("/admin/logout/")
    assert client.get("/admin/").status_code == 302
