"""The organizer invites somebody from inside the call."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings import links
from meetings.calendar.recurrence import Rule
from meetings.forms import meeting as meeting_form
from meetings.letters import quota
from meetings.models import Attendee, LetterQuota
from meetings.pages import inviting
from meetings.plans import invitations, personal
from outbox import delivery
from outbox.models import Letter
from tests.meetings.retimed import retime

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_was_counted():
    cache.clear()


@pytest.fixture
def send(as_person, alice, standup):
    """`send("carol@example.org")`: Alice types that and sends it; the answer and its status."""

    def typed(address, by=alice, meeting=standup):
        answer = as_person(by).post(reverse("meetings:invite", args=[meeting.code]), {"address": address})
        return answer.json(), answer.status_code

    return typed


@pytest.fixture
def look(as_person, alice, standup):
    """`look(dave)`: what the page is told of the letters to these attendees."""

    def asked(*attendees, meeting=standup):
        query = {"attendees": ",".join(str(one.pk) for one in attendees)}
        return as_person(alice).get(reverse("meetings:invite", args=[meeting.code]), query).json()

    return asked


def test_whoever_is_named_is_invited_and_gets_a_letter_with_a_link_of_their_own(
    send, standup, mailoutbox, client
):
    said, status = send("Carol Méndez <Carol@example.org>")
    carol = standup.attendees.get(email="Carol@example.org")
    assert status == 200
    assert said == {
        "letters": [{"attendee": carol.pk, "address": "Carol@example.org", "state": "waiting", "words": ""}]
    }
    assert carol.name == "Carol Méndez"
    delivery.deliver_due("test")
    [letter] = [sent for sent in mailoutbox if sent.to == ["Carol@example.org"]]
    [path] = {word for word in letter.body.split() if "/i/" in word and "/answer" not in word}
    there = client.get(path.partition("testserver")[2] or path[path.index("/i/") :], follow=True)
    assert there.redirect_chain[-1][0] == standup.room_url


def test_several_are_invited_at_once_or_nobody_is(send, standup):
    said, status = send("carol@example.org, erin@example")
    assert (status, standup.attendees.count()) == (200, 2)
    assert said == {"words": "“erin@example” lacks its ending, such as .com. The other one is fine."}
    said, status = send("carol@example.org, erin@example.org")
    assert (status, [one["state"] for one in said["letters"]]) == (200, ["waiting", "waiting"])


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Type the address of whoever is to come."),
        (" , ", "Type the address of whoever is to come."),
        ("carol", "“carol” lacks an @ and what follows it."),
        ("alice@example.org", "That is your own address, and you are inside."),
        ("x" * 2001, "That is 2,001 characters long. 2,000 is the most."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_and_nobody_is_invited(send, standup, typed, words):
    before = Letter.objects.count()
    assert send(typed) == ({"words": words}, 200)
    assert (standup.attendees.count(), Letter.objects.count()) == (2, before)


def test_a_longer_list_belongs_to_the_form(send, standup):
    said, status = send(", ".join(f"p{n}@example.org" for n in range(11)))
    assert status == 200
    assert said["words"].startswith("That is 11 addresses, and 10 at once is the most here.")
    assert standup.attendees.count() == 2


def test_a_meeting_gets_no_more_attendees_than_its_form_takes(send, standup, monkeypatch):
    monkeypatch.setattr(inviting, "MOST_ATTENDEES", 2)
    monkeypatch.setattr(meeting_form, "MOST_ATTENDEES", 2)
    before = Letter.objects.count()
    assert send("carol@example.org")[0] == {"words": "That is 3 people. 2 is the most."}
    assert (standup.attendees.count(), Letter.objects.count()) == (2, before)


def test_places_are_given_as_behind_an_address_in_the_form(send, standup):
    send("carol@example.org (host), erin@example.org (optional)")
    places = {one.email: (one.cohost, one.optional) for one in standup.attendees.all()}
    assert places["carol@example.org"] == (True, False)
    assert places["erin@example.org"] == (False, True)


# -- who was invited before ---------------------------------------------------------------------


def test_who_was_invited_before_gets_a_letter_again_but_not_again_and_again(send, invited, mailoutbox):
    delivery.deliver_due("test")
    said, status = send("DAVE@far.example")
    assert (status, said["letters"][0]["state"]) == (200, "told")
    assert said["letters"][0]["words"].startswith("A letter to Dave has only just gone out.")
    Letter.objects.update(sent_at=timezone.now() - quota.PAUSE)
    assert send("dave@far.example")[0]["letters"][0]["state"] == "waiting"
    delivery.deliver_due("test")
    assert len([sent for sent in mailoutbox if sent.to == ["dave@far.example"]]) == 2


def test_who_was_taken_off_the_list_is_invited_again(send, invited):
    invitations.remove(invited("dave"))
    assert send("dave@far.example")[0]["letters"][0]["state"] == "waiting"
    assert not invited("dave").removed_at


# -- how far the letters are --------------------------------------------------------------------


def test_the_page_hears_how_far_the_letters_are(look, invited):
    states = lambda: [one["state"] for one in look(invited("bob"), invited("dave"))["letters"]]  # noqa: E731
    assert states() == ["waiting", "waiting"]
    delivery.deliver_due("test")
    assert states() == ["sent", "sent"]
    Letter.objects.filter(recipient="dave@far.example").update(
        bounced_at=timezone.now(), bounce="5.2.2 552 mailbox full"
    )
    assert look(invited("dave"))["letters"] == [
        {
            "attendee": invited("dave").pk,
            "address": "dave@far.example",
            "state": "returned",
            "words": "The mailbox is full",
        }
    ]


@pytest.mark.parametrize("asked", ["", "x", "0", "9" * 400, "1," * 10_000])
def test_whatever_is_asked_for_it_is_looked_up_in_bounds(as_person, alice, standup, asked):
    answer = as_person(alice).get(reverse("meetings:invite", args=[standup.code]), {"attendees": asked})
    assert (answer.status_code, len(answer.json()["letters"])) in {(200, 0), (200, 1)}


def test_the_attendees_of_other_meetings_are_not_told_of(look, standup, plan, bob):
    other = invitations.schedule(bob, plan("erin@example.org")).attendees.get()
    assert look(other)["letters"] == []


def test_it_says_what_a_letter_is_to(look, standup, alice, plan):
    assert look()["hint"] == "They get a letter at once, with a link of their own."
    series = invitations.schedule(alice, plan("", rrule=str(Rule("WEEKLY", count=3))))
    assert "to all dates of this series" in look(meeting=series)["hint"]


# -- limits and who may -------------------------------------------------------------------------


def test_the_letters_of_a_day_are_counted_with_those_of_the_meetings_page(send, standup, alice, settings):
    settings.LETTERS_A_DAY = LetterQuota.objects.get(user=alice).letters + 1
    assert send("carol@example.org")[1] == 200
    said, status = send("erin@example.org")
    assert status == 429
    assert "today’s are all sent" in said["words"]
    assert not standup.attendees.filter(email="erin@example.org").exists()


def test_nobody_but_the_organizer_writes_to_people(
    send, look, as_person, client, standup, bob, carol, invited
):
    cohost = invited("bob")
    invitations.make_cohost(cohost, on=True)
    address = reverse("meetings:invite", args=[standup.code])
    by_letter = Client()
    by_letter.get(links.path(links.mint(invited("dave"))), follow=True)
    for browser, status in ((as_person(bob), 404), (as_person(carol), 404), (client, 401), (by_letter, 401)):
        for answer in (browser.get(address), browser.post(address, {"address": "erin@example.org"})):
            assert answer.status_code == status
            assert set(answer.json()) == {"words"}
    assert standup.attendees.count() == 2


def test_another_site_writes_to_nobody(alice, standup):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    address = reverse("meetings:invite", args=[standup.code])
    assert browser.post(address, {"address": "carol@example.org"}).status_code == 403
    token = browser.get(address).json()["token"]
    sent = browser.post(address, {"address": "carol@example.org"}, headers={"X-CSRFToken": token})
    assert sent.status_code == 200


# -- no plan, no time ---------------------------------------------------------------------------


def test_a_meeting_begun_at_once_takes_people_by_letter(send, alice):
    now = invitations.meet_now(alice, "Europe/Berlin")
    assert send("carol@example.org", meeting=now)[0]["letters"][0]["state"] == "waiting"


def test_once_its_time_is_over_it_says_that_no_letter_goes_out(send, look, standup):
    retime(standup, starts_at=timezone.now() - timedelta(hours=2))
    closed = look()["closed"]
    assert closed == "The time that was planned is over, and no letters go out about it any more."
    assert send("carol@example.org") == ({"words": closed}, 200)
    assert not Attendee.objects.filter(email="carol@example.org").exists()


def test_ones_own_room_has_no_letters(send, look, alice):
    room = personal.open_room(alice, "Europe/Berlin")
    assert look(meeting=room)["closed"].startswith("Nobody is invited to a room of one’s own by letter.")
    assert set(send("carol@example.org", meeting=room)[0]) == {"words"}


def test_of_a_cancelled_meeting_nobody_is_written_to(send, standup):
    invitations.cancel(standup)
    assert send("carol@example.org")[1] == 404
