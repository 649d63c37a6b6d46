"""Who was there: seen by the organizer and the co-hosts, and saved as a table."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.urls import reverse
from django.utils import timezone

from meetings.models import Attendee, Meeting
from meetings.plans import invitations
from meetings.plans.address import Address
from meetings.plans.invitations import Plan
from meetings.signals import insiders
from rooms.models import Call, Participant, Room
from rooms.pages.attendance import harmless
from tests.meetings.retimed import retime

BEGAN = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)


@pytest.fixture
def meeting(alice, bob):
    plan = Plan(
        title="Autumn timetable",
        starts_at=BEGAN,
        duration=timedelta(hours=1),
        time_zone="Europe/Berlin",
        people=[Address(bob.email, "Bob"), Address("dave@far.example", "Dave")],
    )
    return invitations.schedule(alice, plan)


@pytest.fixture
def sat(meeting):
    """`sat(("Bob", "guest:b", 5, 20))`: a call in which he was from its fifth to its twentieth minute."""
    numbers = count()

    def sitting(*stays, began: datetime = BEGAN, ended: datetime | None = BEGAN + timedelta(hours=1)):
        room, _ = Room.objects.get_or_create(meeting=meeting)
        call = Call.objects.create(room=room, started_at=began, ended_at=ended)
        for name, person, first, last in stays:
            n = next(numbers)
            Participant.objects.create(
                id=f"p{n}",
                call=call,
                person=person,
                name=name,
                user_id=int(person.partition(":")[2]) if person.startswith("user") else None,
                role="host" if person == f"user:{meeting.organizer_id}" else "participant",
                seat=n,
                arrival=n,
                token_digest=str(n),
                joined_at=began + timedelta(minutes=first),
                left_at=None if last is None else began + timedelta(minutes=last),
            )
        return call

    return sitting


@pytest.fixture
def page(as_person, meeting):
    return lambda user: as_person(user).get(reverse("attendance", args=[meeting.code]))


@pytest.fixture
def table(as_person, meeting):
    """`table(alice)`: the lines of the file."""

    def lines(user):
        response = as_person(user).get(reverse("attendance_table", args=[meeting.code]))
        assert response["Content-Disposition"] == f'attachment; filename="attendance-{meeting.code}.csv"'
        assert response.content.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))

    return lines


def test_it_says_who_was_there_from_when_to_when_in_the_viewers_zone(page, alice, sat):
    alice.time_zone = "Europe/Berlin"
    alice.save()
    sat(("Alice", f"user:{alice.pk}", 0, 60), ("Bob", "guest:b", 5, 20), ("Bob", "guest:b", 30, 60))
    text = page(alice).content.decode()
    assert "Monday, 16 November" in text
    assert "09:00 to 10:00" in text.replace("\n", " ")
    assert "45 minutes" in text
    assert "Two people" in text
    assert alice.email in text


def test_somebody_inside_has_no_end_yet(page, alice, sat):
    sat(("Bob", "guest:b", 0, None), began=timezone.now() - timedelta(minutes=5), ended=None)
    assert "to now" in page(alice).content.decode()


def test_an_empty_room_is_an_empty_page_in_words(page, alice):
    assert "Nobody has been in the room yet." in page(alice).content.decode()


def test_only_the_organizer_and_cohosts_see_it(page, alice, bob, carol, meeting, client):
    assert page(alice).status_code == 200
    assert page(bob).status_code == 404
    assert page(carol).status_code == 404
    assert client.get(reverse("attendance", args=[meeting.code]))["Location"].startswith("/account/login/")
    Attendee.objects.filter(user=bob).update(cohost=True)
    assert page(bob).status_code == 200
    Attendee.objects.filter(user=bob).update(removed_at=timezone.now())
    assert page(bob).status_code == 404


def test_the_meeting_leads_there_for_those_who_may_see_it(as_person, alice, bob, meeting):
    address = reverse("attendance", args=[meeting.code])
    assert address in as_person(alice).get(meeting.get_absolute_url()).content.decode()
    assert address not in as_person(bob).get(meeting.get_absolute_url()).content.decode()


def test_the_table_has_a_line_for_each_stay_in_local_time_and_as_iso_8601(table, alice, sat):
    alice.time_zone = "Europe/Berlin"
    alice.save()
    sat(("Alice", f"user:{alice.pk}", 0, 60), ("Bob", "guest:b", 5, 20), ("Bob", "guest:b", 30, 60))
    head, *lines = table(alice)
    assert len(head) == 11
    assert lines[1] == [
        *("Autumn timetable", "1", "Bob", "", "Participant"),
        *("2026-11-16 09:05:00", "2026-11-16 09:20:00", "15", "Europe/Berlin"),
        *("2026-11-16T09:05:00+01:00", "2026-11-16T09:20:00+01:00"),
    ]
    assert [line[2] for line in lines] == ["Alice", "Bob", "Bob"]


@pytest.mark.parametrize("name", ["=1+1", "+49 30", "-2", "@SUM(A1)", "\t=1", " =1", "＝1", "\r=1"])
def test_no_name_becomes_a_formula(table, alice, sat, name):
    sat((name, "guest:b", 0, 5))
    assert table(alice)[1][2] == f"'{name}"


def test_ordinary_words_stay_as_they_are():
    words = ["Alice", "Zoë – chair", "15", "2026-11-16 09:05:00", ""]
    assert harmless(words) == words


def test_names_with_commas_quotes_and_other_scripts_survive(table, alice, sat):
    name = '陳怡君, "the chair"'
    sat((name, "guest:b", 0, 5))
    assert table(alice)[1][2] == name


def test_it_takes_as_many_queries_for_many_calls_as_for_one(
    as_person, alice, meeting, sat, django_assert_max_num_queries
):
    for day in range(8):
        stays = [(f"Guest {n}", f"guest:{n}", 0, 5) for n in range(6)]
        sat(*stays, began=BEGAN + timedelta(days=day), ended=BEGAN + timedelta(days=day, hours=1))
    client = as_person(alice)
    with django_assert_max_num_queries(5):
        page = client.get(reverse("attendance", args=[meeting.code])).content.decode()
    assert page.count("Guest 5") == 8


def test_meetings_learn_how_many_are_inside(alice, meeting, sat):
    sat(("Bob", "guest:b", 0, 5), ("Carol", "guest:c", 0, None), ("Dave", "guest:d", 0, None), ended=None)
    assert insiders(Meeting.objects.of(alice)) == {meeting.pk: 2}


def test_an_empty_room_is_not_spoken_of(alice, meeting, sat):
    sat(("Bob", "guest:b", 0, 5))
    assert insiders(Meeting.objects.of(alice)) == {}


def test_one_of_a_series_has_its_own_calls(as_person, alice, meeting, sat):
    retime(meeting, rrule="FREQ=DAILY;COUNT=3")
    days = [BEGAN + timedelta(days=n) for n in range(2)]
    for began, name in zip(days, ("Early bird", "Late comer"), strict=True):
        sat((name, "guest:b", 0, 5), began=began, ended=began + timedelta(minutes=50))
    client = as_person(alice)
    for began, name, other in zip(
        days, ("Early bird", "Late comer"), ("Late comer", "Early bird"), strict=True
    ):
        one = meeting.occurrences.get(starts_at=began)
        address = f"{reverse('attendance', args=[meeting.code])}?occurrence={one.pk}"
        assert address in client.get(one.get_absolute_url()).content.decode()
        page = client.get(address).content.decode()
        assert name in page
        assert other not in page
        table = reverse("attendance_table", args=[meeting.code])
        assert other not in client.get(table, {"occurrence": one.pk}).content.decode()


@pytest.mark.parametrize("number", ["x", "-1", "0", "9" * 30, "²"])
def test_an_occurrence_that_there_is_not_is_a_404(as_person, alice, meeting, number):
    address = reverse("attendance", args=[meeting.code])
    assert as_person(alice).get(address, {"occurrence": number}).status_code == 404
