from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.models import User
from meetings import links
from meetings.letters import reminders
from meetings.letters.delivery_state import LetterState, letter_state
from meetings.models import Attendee
from meetings.pages import facts
from meetings.plans import invitations
from meetings.templatetags.meeting_tags import round_table
from outbox.models import Letter
from tests.markup import markup
from tests.meetings.retimed import retime

PartStat = Attendee.PartStat


@pytest.fixture
def page(as_person, standup):
    """`page(bob)`: the meeting as he sees it."""
    return lambda user: markup(as_person(user).get(standup.get_absolute_url()))


def post(client, name: str, attendee: Attendee):
    return client.post(reverse(f"meetings:{name}", args=[attendee.meeting.code, attendee.pk]))


def test_the_organizer_sees_answers_letters_and_addresses(page, alice):
    text = page(alice)
    assert "dave@far.example" in text
    assert text.count("On its way") == 2
    assert "Cancel the meeting…" in text


def test_the_invited_see_who_comes_but_no_addresses_and_no_management(page, bob):
    text = page(bob)
    assert "Dave" in text
    assert "dave@far.example" not in text
    assert "Letter" not in text
    assert "Cancel the meeting" not in text
    assert "/edit/" not in text


def test_a_word_with_an_answer_is_for_the_organizer_alone(page, alice, bob, invited):
    invitations.respond(invited("dave"), PartStat.ACCEPTED, "My train is late")
    assert "My train is late" in page(alice)
    assert "My train is late" not in page(bob)


def test_it_hides_the_meeting_from_strangers(as_person, carol, client, standup):
    assert as_person(carol).get(standup.get_absolute_url()).status_code == 404
    assert client.get(standup.get_absolute_url())["Location"].startswith("/account/login/")


@pytest.mark.parametrize("code", ["aaaa-bbbbb-cccc", "nonsense", "AAAA-BBBBB-CCCC"])
def test_an_unknown_code_is_a_404(as_person, alice, code):
    assert as_person(alice).get(f"/meetings/{code}/").status_code == 404


def test_the_link_for_everybody_can_be_copied(page, alice, standup):
    assert f'data-copy="{standup.public_url}"' in page(alice)


def test_it_takes_as_many_queries_for_many_attendees_as_for_one(
    as_person, alice, plan, django_assert_max_num_queries
):
    meeting = invitations.schedule(alice, plan("\n".join(f"person{n}@example.org" for n in range(40))))
    client = as_person(alice)
    with django_assert_max_num_queries(11):
        assert "person39" in markup(client.get(meeting.get_absolute_url()))


@pytest.mark.parametrize(
    ("facts", "words", "detail", "failed"),
    [
        ({}, "On its way", "", False),
        (
            {"attempts": 2, "error": "The mail server could not be reached: x"},
            "On its way",
            "Third try at",
            False,
        ),
        ({"sent_at": timezone.now()}, "Sent", "", False),
        (
            {"dead_at": timezone.now(), "error": "The mail server said: 552 5.2.2 full"},
            "Came back",
            "The mailbox is full",
            True,
        ),
        (
            {"dead_at": timezone.now(), "error": "It came too late to be of use."},
            "Came back",
            "Not sent in time",
            True,
        ),
    ],
)
def test_how_far_a_letter_has_come(standup, invited, facts, words, detail, failed):
    Letter.objects.filter(pk=invited("dave").letter_id).update(**facts)
    state = letter_state(invited("dave").letter)
    assert state is not None
    assert (state.words, state.failed) == (words, failed)
    assert state.detail.startswith(detail)


def test_a_letter_that_came_back_can_be_sent_again(as_person, page, alice, invited):
    Letter.objects.update(dead_at=timezone.now(), error="The mail server said: 550 5.1.1 unknown")
    assert "No such mailbox" in page(alice)
    post(as_person(alice), "resend", invited("dave"))
    assert letter_state(invited("dave").letter) == LetterState("On its way")


def test_a_link_can_be_replaced(as_person, alice, invited):
    token = links.mint(invited("dave"))
    post(as_person(alice), "replace", invited("dave"))
    with pytest.raises(links.RevokedLink):
        links.find(token)


def test_an_attendee_can_be_taken_off_the_list(as_person, page, alice, invited):
    post(as_person(alice), "remove", invited("dave"))
    assert invited("dave").removed_at is not None
    assert "dave@far.example" not in page(alice)


@pytest.mark.parametrize("name", ["resend", "replace"])
def test_no_letter_is_promised_when_the_meeting_is_over(as_person, alice, plan, name):
    past = timezone.now() - timedelta(days=1)
    over = invitations.schedule(alice, plan("bob@example.org", starts_at=past))
    url = reverse(f"meetings:{name}", args=[over.code, over.attendees.get().pk])
    page = markup(as_person(alice).post(url, follow=True))
    assert "No letter was written" in page
    assert "on the way" not in page
    assert not Letter.objects.exists()


@pytest.mark.parametrize("name", ["resend", "replace", "remove"])
def test_only_the_organizer_manages_attendees(as_person, bob, carol, invited, name):
    before = Letter.objects.count()
    for person in (bob, carol):
        assert post(as_person(person), name, invited("dave")).status_code == 404
    assert Letter.objects.count() == before
    assert invited("dave").removed_at is None


def test_managing_takes_more_than_a_link(as_person, alice, invited):
    dave = invited("dave")
    url = reverse("meetings:remove", args=[dave.meeting.code, dave.pk])
    assert as_person(alice).get(url)["Location"] == dave.meeting.get_absolute_url()
    assert invited("dave").removed_at is None


def test_what_was_cancelled_is_not_offered_to_calendars(as_person, bob, standup):
    client = as_person(bob)
    address = standup.get_absolute_url()
    assert "Add to my calendar" in markup(client.get(address))
    invitations.cancel(standup)
    assert "Add to my calendar" not in markup(client.get(address))
    file = client.get(reverse("meetings:calendar", args=[standup.code]))
    assert file["Location"] == address
    assert "there is nothing to put into a calendar" in markup(client.get(address))


def test_the_calendar_file_is_the_meeting_without_anything_personal(as_person, bob, standup):
    response = as_person(bob).get(reverse("meetings:calendar", args=[standup.code]))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert f'filename="meeting-{standup.code}.ics"' in response["Content-Disposition"]
    [event] = Calendar.from_ical(response.content).walk("VEVENT")
    assert event["summary"] == standup.title
    assert event["url"] == standup.public_url
    assert "/i/" not in response.text


def test_a_stranger_gets_no_calendar_file(as_person, carol, standup):
    assert as_person(carol).get(reverse("meetings:calendar", args=[standup.code])).status_code == 404


def test_a_meeting_that_is_over_is_only_read(as_person, alice, plan):
    over = invitations.schedule(alice, plan("bob@example.org", starts_at=timezone.now() - timedelta(days=1)))
    text = markup(as_person(alice).get(over.get_absolute_url()))
    assert "This meeting is over." in text
    assert "Cancel the meeting" not in text
    assert f'href="{over.room_url}"' not in text


def test_a_cancelled_meeting_has_no_way_in(as_person, bob, standup):
    invitations.cancel(standup)
    text = markup(as_person(bob).get(standup.get_absolute_url()))
    assert "Alice cancelled this today" in text
    assert f'href="{standup.room_url}"' not in text


def test_other_clocks_are_shown_to_the_organizer_with_what_is_late(page, alice, bob, standup):
    alice.time_zone = "Europe/Berlin"
    alice.save()
    standup.attendees.filter(email="dave@far.example").update(time_zone="Asia/Taipei")
    assert re.search(r"Taipei</span><span class=\"number\">21:00, late", page(alice))
    assert "Taipei" not in page(bob)


def test_the_clock_of_an_account_is_shown_to_whom_its_person_has_answered(
    page, alice, bob, carol, standup, invited, plan
):
    User.objects.filter(pk=alice.pk).update(time_zone="Europe/Berlin")
    User.objects.filter(pk=bob.pk).update(time_zone="Asia/Taipei")
    alice.refresh_from_db()
    # Whoever knows an address learns nothing by inviting it.
    assert "Taipei" not in page(alice)
    invitations.respond(invited("bob"), PartStat.ACCEPTED)
    shown = page(alice)
    assert "Their clocks" in shown
    assert re.search(r"Taipei</span><span class=\"number\">21:00, late", shown)
    # The next time they are known from the start, and still to nobody else.
    again = invitations.schedule(alice, plan("bob@example.org", title="Again"))
    assert [clock.place for clock in facts.other_clocks(again, again.starts_at, "Europe/Berlin")] == [
        "Taipei"
    ]
    other = invitations.schedule(carol, plan("bob@example.org"))
    assert facts.other_clocks(other, other.starts_at, "Europe/Berlin") == []


def clocks_of(meeting):
    shown = facts.other_clocks(meeting, meeting.starts_at, "Europe/Berlin")
    return [clock.place for clock in shown]


def test_a_clock_stays_known_when_a_new_time_asks_for_a_new_answer(bob, standup, invited, plan):
    User.objects.filter(pk=bob.pk).update(time_zone="Asia/Taipei")
    invitations.respond(invited("bob"), PartStat.ACCEPTED)
    people = ", ".join(standup.attendees.values_list("email", flat=True))
    invitations.change(standup, plan(people, starts_at=standup.starts_at + timedelta(hours=1)))
    assert invited("bob").answer.answered_at is None
    standup.refresh_from_db()
    assert clocks_of(standup) == ["Taipei"]


def test_an_answer_to_one_date_alone_makes_a_clock_known_too(alice, bob, plan):
    User.objects.filter(pk=bob.pk).update(time_zone="Asia/Taipei")
    series = invitations.schedule(alice, plan("bob@example.org", rrule="FREQ=WEEKLY;COUNT=3"))
    assert clocks_of(series) == []
    bobs, second = series.attendees.get(), series.occurrences.all()[1]
    invitations.respond(bobs, PartStat.DECLINED, occurrence=second)
    assert clocks_of(series) == ["Taipei"]


def test_where_somebody_was_when_they_answered_counts_more_than_their_account(
    page, alice, bob, standup, invited
):
    User.objects.filter(pk=bob.pk).update(time_zone="Asia/Taipei")
    invitations.respond(invited("bob"), PartStat.ACCEPTED)
    standup.attendees.filter(email="bob@example.org").update(time_zone="America/New_York")
    shown = facts.other_clocks(standup, standup.starts_at, "Europe/Berlin")
    assert [clock.place for clock in shown] == ["New York"]


# -- the table ----------------------------------------------------------------------------------


def test_the_table_is_data(standup, invited):
    invitations.respond(invited("bob"), PartStat.ACCEPTED)
    invitations.respond(invited("dave"), PartStat.TENTATIVE)
    svg = round_table(standup)
    assert svg.count("seat-yes") == 2
    assert svg.count("seat-maybe") == 1
    assert ">2</text>" in svg
    assert "of 3 coming" in svg
    assert 'aria-label="Seats at the table. Yes: Alice, Bob Lindqvist. Maybe: Dave."' in svg


def test_who_says_no_has_no_seat(standup, invited):
    invitations.respond(invited("dave"), PartStat.DECLINED)
    svg = round_table(standup)
    assert svg.count("<circle") == 1 + 2
    assert "No: Dave." in svg
    assert "of 3 coming" in svg


def test_over_twelve_the_last_seat_counts_the_rest(alice, plan):
    meeting = invitations.schedule(alice, plan("\n".join(f"person{n}@example.org" for n in range(17))))
    svg = round_table(meeting)
    assert svg.count("<circle") == 1 + 12
    assert ">+7</text>" in svg


# -- more than a call carries -------------------------------------------------------------------


@pytest.fixture
def with_answers(alice, plan):
    """`with_answers(10)`: a meeting of Alice's to which so many have said yes, and two have not."""

    def schedule(accepted: int):
        found = invitations.schedule(alice, plan(", ".join(f"p{n}@example.org" for n in range(accepted + 2))))
        for attendee in list(found.attendees.all())[:accepted]:
            invitations.respond(attendee, PartStat.ACCEPTED)
        return found

    return schedule


def test_with_ten_accepted_the_organizer_is_told_that_there_are_fewer_seats(as_person, alice, with_answers):
    text = markup(as_person(alice).get(with_answers(10).get_absolute_url()))
    assert "More people than seats" in text
    assert "Eleven say that they come, you among them. A room here has eight seats" in text


def test_with_more_seats_the_organizer_is_told_what_a_mesh_carries(as_person, alice, with_answers, settings):
    settings.ROOM_CAPACITY = 12
    text = markup(as_person(alice).get(with_answers(10).get_absolute_url()))
    assert "A full table" in text
    assert "of more than eight, those who spoke last are seen" in text
    assert "More people than seats" not in text


def test_as_many_as_there_are_seats_is_nothing_to_speak_of(as_person, alice, with_answers):
    text = markup(as_person(alice).get(with_answers(7).get_absolute_url()))
    assert "seats" not in text
    assert "A full table" not in text


def test_only_the_organizer_hears_of_the_crowd_and_only_before_the_meeting(as_person, alice, bob, plan):
    people = ", ".join(["bob@example.org", *(f"p{n}@example.org" for n in range(9))])
    found = invitations.schedule(alice, plan(people))
    for attendee in found.attendees.all():
        invitations.respond(attendee, PartStat.ACCEPTED)
    assert "More people than seats" not in markup(as_person(bob).get(found.get_absolute_url()))
    retime(found, starts_at=timezone.now() - timedelta(hours=3))
    assert "More people than seats" not in markup(as_person(alice).get(found.get_absolute_url()))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, ["Whoever has this link can come in"]),
        ({"access": "known"}, ["Invited people can come in, and whoever is signed in"]),
        ({"access": "invited"}, ["Only invited people can come in"]),
        ({"lobby": True}, ["Whoever has this link can come in", "A host lets them in"]),
        ({"early": timedelta(minutes=10)}, ["The door opens 10 minutes before the start"]),
        ({"early": timedelta()}, ["The door opens at the start"]),
        ({"capacity": 5}, ["At most five at once"]),
    ],
)
def test_it_says_who_may_enter_and_when(page, alice, standup, facts, said):
    for name, value in facts.items():
        setattr(standup, name, value)
    standup.save()
    text = page(alice)
    assert [words for words in said if words not in text] == []


def test_the_organizer_reads_that_a_lobby_changed_in_a_call_stays_so(page, alice, bob, standup):
    off = "If a host turns it on during a call, it stays on for later ones."
    on = "If a host turns it off during a call, it stays off for later ones."
    assert off in page(alice)
    assert off not in page(bob)
    standup.lobby = True
    standup.save()
    assert on in page(alice)
    assert on not in page(bob)
    assert "Until then they wait in the lobby" in page(bob)


# -- when people are reminded -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        ((), "Nobody is reminded by mail, unless they choose to be"),
        ((10,), "Attendees and you are reminded by mail 10 minutes before the start"),
        ((24 * 60, 60), "Attendees and you are reminded by mail 1 hour and 1 day before the start"),
        ((7 * 24 * 60,), "Attendees and you are reminded by mail 1 week before the start"),
    ],
)
def test_the_organizer_reads_when_people_are_reminded(page, alice, standup, minutes, said):
    standup.reminders = list(minutes)
    standup.save()
    assert said in page(alice)


def unsigned(url: str) -> str:
    """A signed address without its second and its signature, which a moment later are others."""
    return url.rpartition(":")[0].rpartition(":")[0]


def test_an_organizer_who_is_not_reminded_reads_that_and_finds_the_way_back(page, alice, standup):
    standup.reminders, standup.remind_organizer = [10], False
    standup.save()
    text = page(alice)
    assert "Attendees are reminded by mail 10 minutes before the start, you are not" in text
    assert unsigned(reminders.settings_url(standup)) in text


def test_attendees_read_when_they_are_reminded_and_where_to_choose(page, bob, standup, invited):
    standup.reminders = [10]
    standup.save()
    assert "You are reminded by mail 10 minutes before the start" in page(bob)
    reminders.choose(invited("bob"), [60, 24 * 60])
    assert "You are reminded by mail 1 hour and 1 day before the start" in page(bob)
    reminders.choose(invited("bob"), [])
    assert "You are not reminded by mail" in page(bob)
    assert "Turn reminders back on" in page(bob)
    assert unsigned(reminders.settings_url(invited("bob"))) in page(bob)
    invitations.respond(invited("bob"), PartStat.DECLINED)
    assert "You said no, so you are not reminded" in page(bob)


def test_who_never_turned_reminders_off_is_not_asked_to_turn_them_back_on(page, bob, standup, invited):
    text = page(bob)
    assert "You are not reminded by mail" in text
    assert "Remind me" in text
    assert "back on" not in text


def test_nobody_is_reminded_of_what_is_over_or_cancelled(page, alice, bob, standup):
    standup.reminders = [10]
    standup.save()
    invitations.cancel(standup)
    assert "reminded" not in page(alice)
    assert "reminded" not in page(bob)
