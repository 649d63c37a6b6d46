from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from meetings import links
from meetings.models import Answer, Attendee, CalendarFeed, Meeting, Occurrence, PersonalLink
from meetings.pages import feed
from meetings.plans import invitations, personal, subscriptions
from tests.meetings.readers import with_ical_js, with_vobject

PartStat = Attendee.PartStat
WEEKLY = "FREQ=WEEKLY;COUNT=5"


def parsed(ical: bytes) -> Any:
    return Calendar.from_ical(ical)


@pytest.fixture(autouse=True)
def _nobody_was_counted():
    cache.clear()


@pytest.fixture
def read(client):
    """`read(secret)`: what a calendar program gets."""
    return lambda secret, **headers: client.get(reverse("meetings:feed", args=[secret]), headers=headers)


@pytest.fixture
def events(read):
    """`events(user)`: what stands in their calendar, by title; the main event of each."""

    def of(user):
        calendar = parsed(read(subscriptions.renew(user)).content)
        return {str(e["summary"]): e for e in calendar.walk("VEVENT") if "recurrence-id" not in e}

    return of


def ask_for_address(client, what="renew"):
    return client.post(reverse("meetings:subscribe"), {"do": what}).content.decode()


def test_the_address_is_shown_once_and_leads_to_my_meetings(as_person, client, bob, standup):
    browser = as_person(bob)
    page = ask_for_address(browser)
    [address] = set(re.findall(r'data-copy="([^"]+)"', page))
    assert f"webcal://{address.partition('://')[2]}" in page
    response = client.get(address.partition("localhost:8000")[2])
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert b"SUMMARY:Autumn timetable" in response.content
    assert address not in browser.get(reverse("meetings:subscribe")).content.decode()


def test_only_a_digest_of_the_secret_is_kept(bob):
    secret = subscriptions.renew(bob)
    kept = CalendarFeed.objects.get(user=bob)
    assert len(secret) >= 43
    assert secret not in str(vars(kept))


@pytest.mark.parametrize("how", ["renewed", "given up", "mistyped", "of somebody who left"])
def test_an_old_address_leads_nowhere_and_says_so(as_person, read, bob, standup, how):
    secret = subscriptions.renew(bob)
    match how:
        case "renewed":
            subscriptions.renew(bob)
        case "given up":
            as_person(bob).post(reverse("meetings:subscribe"), {"do": "stop"})
        case "mistyped":
            secret = secret[:-1]
        case _:
            bob.is_active = False
            bob.save()
    response = read(secret)
    assert response.status_code == 404
    assert "It was replaced or given up" in response.content.decode()


def test_a_calendar_has_no_method_and_asks_to_be_read_every_hour(read, bob, standup):
    response = read(subscriptions.renew(bob))
    calendar = parsed(response.content)
    assert "method" not in calendar
    assert str(calendar["x-published-ttl"]) == "PT1H"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in response.content
    assert response["Cache-Control"] == "private, no-cache"


def test_what_has_not_changed_is_not_sent_again(read, bob, standup):
    secret = subscriptions.renew(bob)
    tag = read(secret)["ETag"]
    again = read(secret, if_none_match=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == "private, no-cache"
    standup.current.title = "Winter timetable"
    standup.current.save()
    assert read(secret, if_none_match=tag).status_code == 200


def test_it_holds_what_i_organize_and_what_i_am_invited_to(events, alice, bob, carol, standup, plan):
    invitations.schedule(bob, plan(title="His own"))
    personal.open_room(bob, "UTC")
    assert set(events(bob)) == {"Autumn timetable", "His own"}
    assert set(events(alice)) == {"Autumn timetable"}
    assert not events(carol)


def test_what_is_cancelled_declined_or_long_over_is_not_in_it(events, alice, bob, plan):
    invitations.cancel(invitations.schedule(alice, plan("bob@example.org", title="Cancelled")))
    declined = invitations.schedule(alice, plan("bob@example.org", title="Declined"))
    invitations.respond(declined.attendees.get(), PartStat.DECLINED)
    long_ago = timezone.now() - timedelta(days=100)
    invitations.schedule(alice, plan("bob@example.org", title="Long over", starts_at=long_ago))
    assert not events(bob)
    assert set(events(alice)) == {"Declined"}


def test_a_series_is_one_event_with_its_rule_and_what_is_not_by_it(read, alice, plan):
    series = invitations.schedule(alice, plan(rrule=WEEKLY))
    first, second, third, *_ = series.occurrences.all()
    second.cancelled_at = timezone.now()
    second.save()
    third.starts_at += timedelta(hours=1)
    third.ends_at += timedelta(hours=1)
    third.moved = True
    third.save()
    calendar = parsed(read(subscriptions.renew(alice)).content)
    main, moved = calendar.walk("VEVENT")
    assert main["rrule"].to_ical() == b"FREQ=WEEKLY;COUNT=5"
    assert main["dtstart"].dt == first.starts_at
    assert main["exdate"].dts[0].dt.strftime("%Y-%m-%dT%H:%M") == second.recurrence_id
    assert moved["recurrence-id"].dt.strftime("%Y-%m-%dT%H:%M") == third.recurrence_id
    assert moved["dtstart"].dt == third.starts_at
    assert len(calendar.walk("VTIMEZONE")) == 1


def test_one_date_that_i_declined_is_missing_from_my_calendar_and_in_nobody_elses(events, alice, bob, plan):
    series = invitations.schedule(alice, plan("bob@example.org", rrule=WEEKLY))
    second = series.occurrences.all()[1]
    Answer.objects.create(
        attendee=series.attendees.get(),
        series=series.current,
        occurrence=second,
        partstat=PartStat.DECLINED,
        answered_at=timezone.now(),
    )
    assert events(bob)["Autumn timetable"]["exdate"].dts[0].dt == second.starts_at
    assert "exdate" not in events(alice)["Autumn timetable"]


def test_of_a_series_that_i_declined_the_one_date_that_i_accepted_stays(events, bob, alice, plan):
    series = invitations.schedule(alice, plan("bob@example.org", rrule=WEEKLY))
    me = series.attendees.get()
    invitations.respond(me, PartStat.DECLINED)
    me.answers.exclude(occurrence=None).delete()
    second = series.occurrences.all()[1]
    me.answers.create(
        series=series.current, occurrence=second, partstat=PartStat.ACCEPTED, answered_at=timezone.now()
    )
    gone = {line.dts[0].dt for line in events(bob)["Autumn timetable"]["exdate"]}
    assert gone == {o.starts_at for o in series.occurrences.exclude(pk=second.pk)}


def test_each_is_reminded_as_they_chose(events, alice, bob, plan):
    meeting = invitations.schedule(alice, plan("bob@example.org", reminders=(10, 60)))

    def minutes(user):
        alarms = events(user)["Autumn timetable"].walk("VALARM")
        return [-alarm["trigger"].dt // timedelta(minutes=1) for alarm in alarms]

    assert minutes(bob) == [10, 60]
    meeting.attendees.update(reminders=[])
    assert minutes(bob) == []
    assert minutes(alice) == [10, 60]


def test_no_personal_link_and_no_address_of_an_attendee_is_in_it(read, alice, bob, standup):
    tokens = [links.mint(attendee) for attendee in standup.attendees.all()]
    for user in (alice, bob):
        text = read(subscriptions.renew(user)).content.decode().replace("\r\n ", "")
        assert standup.public_url in text
        assert "/i/" not in text
        assert "dave@far.example" not in text
        assert not any(token in text for token in tokens)
    assert PersonalLink.objects.exists()


def test_whoever_asks_too_often_is_told_when_to_ask_again(read, bob, standup):
    secret = subscriptions.renew(bob)
    found = [read(secret).status_code for _ in range(feed.MOST_READS + 1)]
    assert found == [200] * feed.MOST_READS + [429]
    assert read(secret)["Retry-After"] == "3600"


def test_secrets_are_not_guessed_for_long_and_who_has_one_is_let_in_all_the_same(read, bob, standup):
    secret = subscriptions.renew(bob)
    found = [read("nonsense").status_code for _ in range(feed.MOST_GUESSES + 1)]
    assert found == [404] * feed.MOST_GUESSES + [429]
    assert read(secret).status_code == 200
    assert read("nonsense").status_code == 429


def test_it_takes_as_many_queries_for_many_series_as_for_one(
    read, alice, plan, django_assert_max_num_queries
):
    for n in range(6):
        series = invitations.schedule(alice, plan(f"person{n}@example.org", title=f"S{n}", rrule=WEEKLY))
        series.occurrences.filter(pk=series.occurrences.all()[1].pk).update(moved=True)
    secret = subscriptions.renew(alice)
    read(secret)
    with django_assert_max_num_queries(7):
        assert read(secret).content.count(b"BEGIN:VEVENT") == 12


def test_strangers_have_no_calendar_page(client, db):
    assert client.get(reverse("meetings:subscribe"))["Location"].startswith("/account/login/")


def test_one_of_a_series_is_a_file_of_its_own(as_person, alice, carol, plan):
    series = invitations.schedule(alice, plan(rrule=WEEKLY))
    second = series.occurrences.all()[1]
    address = reverse("meetings:occurrence_file", args=[series.code, second.pk])
    [event] = parsed(as_person(alice).get(address).content).walk("VEVENT")
    assert event["dtstart"].dt == second.starts_at
    assert "rrule" not in event
    assert str(event["uid"]) != str(series.current.uid)
    assert as_person(carol).get(address).status_code == 404
    assert Meeting.objects.count() == 1


def test_the_answer_page_offers_calendars_to_somebody_without_account(client, standup, invited):
    token = links.mint(invited("dave"))
    address = reverse("meetings:answer_by_link", args=[token])
    page = client.get(address).content.decode()
    outside = re.findall(r'href="(https://[^"]+)"', page)
    assert [url.split("/")[2] for url in outside] == [
        *("calendar.google.com", "outlook.live.com"),
        *("outlook.office.com", "calendar.yahoo.com"),
    ]
    assert not any(token in url for url in outside)
    file = client.get(reverse("meetings:file_by_link", args=[token]))
    assert [str(e["summary"]) for e in parsed(file.content).walk("VEVENT")] == ["Autumn timetable"]
    assert token.encode() not in file.content
    assert client.get(reverse("meetings:file_by_link", args=["nonsense"])).status_code == 404


def test_other_parsers_read_the_same_times_from_it(read, alice, plan):
    single = invitations.schedule(alice, plan(title="Once"))
    series = invitations.schedule(alice, plan(title="Often", rrule="FREQ=WEEKLY;COUNT=30"))
    one, other, *_ = series.occurrences.all()
    invitations.cancel_occurrence(one)
    Occurrence.objects.filter(pk=other.pk).update(
        starts_at=other.starts_at + timedelta(hours=3), ends_at=other.ends_at + timedelta(hours=3), moved=True
    )
    ical = read(subscriptions.renew(alice)).content
    wanted = {
        (o.starts_at, o.ends_at)
        for o in Occurrence.objects.filter(meeting__in=[single, series], cancelled_at=None)
    }
    for reader in (with_ical_js, with_vobject):
        events = reader(ical).events
        told = {start: (start, end) for event in events for start, end in event.occurrences}
        # What is told by itself takes the place of what the rule says.
        told |= {e.recurrence_id: (e.starts_at, e.ends_at) for e in events if e.recurrence_id is not None}
        assert set(told.values()) == wanted


def test_what_a_change_left_behind_stays_in_the_calendar(read, as_person, alice, plan):
    begun = timezone.now().replace(second=0, microsecond=0) - timedelta(days=3)
    series = invitations.schedule(alice, plan(title="Old", starts_at=begun, rrule="FREQ=DAILY;COUNT=10"))
    since = series.occurrences.all()[5]
    invitations.change(series, plan(title="New", starts_at=since.starts_at, rrule=""), since)
    ical = read(subscriptions.renew(alice)).content
    for reader in (with_ical_js, with_vobject):
        times = {event.summary: len(event.occurrences) for event in reader(ical).events}
        assert times == {"Old": 5, "New": 1}
    left = Occurrence.objects.exclude(series=F("meeting__last_series"))[0]
    address = reverse("meetings:occurrence_file", args=[series.code, left.pk])
    [event] = parsed(as_person(alice).get(address).content).walk("VEVENT")
    assert (str(event["summary"]), event["dtstart"].dt) == ("Old", left.starts_at)
