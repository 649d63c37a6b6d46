"""What is seen of a series: in lists, on its own page, and on the page of one of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from meetings import words
from meetings.calendar import recurrence
from meetings.models import Answer, Attendee, Meeting, Occurrence
from meetings.pages import overview
from meetings.plans import invitations, personal
from meetings.plans.invitations import OccurrencePlan
from meetings.signals import insiders, insiders_asked
from tests.markup import markup

PartStat = Attendee.PartStat


@pytest.fixture
def text(as_person):
    """`text(bob, url)`: what he reads on that page."""

    def read(user, url="/"):
        response = as_person(user).get(url)
        assert response.status_code == 200
        main = response.content.decode().partition("<main")[2]
        return " ".join(re.sub(r"<[^>]+>", " ", main).split())

    return read


@pytest.fixture
def series(alice, bob, plan, soon):
    """Alice's, every day for ten days, to which Bob and Dave are invited."""
    people = "bob@example.org, Dave <dave@far.example>"
    return invitations.schedule(alice, plan(people, starts_at=soon, rrule="FREQ=DAILY;COUNT=10"))


@pytest.fixture
def call():
    """`call({meeting: 2})`: so many are in their rooms, as `rooms` would say."""
    listening = []

    def going_on(inside):
        def answer(meetings, **kwargs):
            known = set(meetings.values_list("pk", flat=True))
            return {meeting.pk: count for meeting, count in inside.items() if meeting.pk in known}

        listening.append(answer)
        insiders_asked.connect(answer, weak=False)

    yield going_on
    for answer in listening:
        insiders_asked.disconnect(answer)


def test_a_series_is_one_row_with_its_next_dates(text, alice, plan, soon, series):
    invitations.schedule(alice, plan(title="Once", starts_at=soon - timedelta(minutes=5)))
    page = text(alice)
    assert page.count("Autumn timetable") == 1
    days = [words.short_day(timezone.localtime(soon) + timedelta(days=n)) for n in (1, 2, 3)]
    assert f"Every day Then {days[0]}, {days[1]}, {days[2]} and 6 more" in page
    assert "Then" not in page.partition("Once")[2].partition("Autumn")[0]


def test_a_series_that_is_the_door_says_its_next_dates_there(text, alice, series):
    assert re.search(r"Every day\. Then .* and 6 more\.", text(alice))


@pytest.mark.parametrize(
    ("nth", "said"), [(2, r"Then [^,]+ \d+ \w+, [^,]+ at {}, "), (8, r"and 6 more, from .+ on at {}\.")]
)
def test_dates_at_another_hour_are_said_with_it(text, alice, plan, series, nth, said):
    since = series.occurrences.all()[nth]
    later, rest = since.starts_at + timedelta(hours=1), f"FREQ=DAILY;COUNT={10 - nth}"
    invitations.change(series, plan(starts_at=later, rrule=rest), since=since)
    hour = words.clock(timezone.localtime(later))
    page = text(alice)
    assert re.search(said.format(hour), page)
    assert page.count(f"at {hour}") == (2 if nth == 2 else 1)


def test_a_series_that_goes_on_by_another_rule_says_until_when_the_first_holds(text, alice, plan, series):
    third = series.occurrences.all()[2]
    assert "until" not in text(alice)
    invitations.change(series, plan(starts_at=third.starts_at, rrule="FREQ=WEEKLY;COUNT=4"), since=third)
    second = words.short_day(timezone.localtime(series.occurrences.all()[1].starts_at))
    assert f"Every day, until {second}. Then {second}, " in text(alice)


def test_a_series_of_few_dates_says_all_of_them(text, alice, plan, soon):
    invitations.schedule(alice, plan(starts_at=soon, rrule="FREQ=DAILY;COUNT=2"))
    then = words.short_day(timezone.localtime(soon) + timedelta(days=1))
    assert f"Then {then}." in text(alice)


def test_a_series_that_was_cancelled_is_a_single_line(as_person, alice, series):
    invitations.cancel(series)
    page = as_person(alice).get("/").content.decode()
    assert page.count('class="meeting cancelled"') == page.count("Autumn timetable") == 1
    assert "Then" not in page


def test_a_date_that_was_moved_says_from_where(text, alice, series):
    second = series.occurrences.all()[1]
    second.starts_at += timedelta(minutes=90)
    second.ends_at += timedelta(minutes=90)
    second.moved = True
    second.save()
    page = text(alice)
    assert page.count("Moved from") == 1
    # It stands by itself, and is none of those that follow.
    assert page.count("Autumn timetable") == 2
    assert "and 5 more" in page


def test_a_date_that_was_cancelled_is_struck_through_and_the_others_stand(as_person, alice, series):
    series.occurrences.filter(pk=series.occurrences.all()[1].pk).update(cancelled_at=timezone.now())
    page = as_person(alice).get("/").content.decode()
    assert page.count('class="meeting cancelled"') == 1
    assert "You cancelled this today" in page


def test_a_series_asks_for_one_answer_and_not_for_ten(as_person, bob, series):
    page = as_person(bob).get("/").content.decode()
    assert markup(page).count('role="group" aria-label="Your answer') == 1
    assert "One waits for your answer." in page


def test_what_was_said_to_one_date_counts_for_that_date(alice, bob, series):
    second = series.occurrences.all()[1]
    me = series.attendees.get(email="bob@example.org")
    invitations.respond(me, PartStat.ACCEPTED)
    me.answers.exclude(occurrence=None).delete()
    Answer.objects.create(attendee=me, series=second.series, occurrence=second, partstat=PartStat.DECLINED)
    first_row, second_row, *_ = overview.rows(overview.coming(bob), bob)
    assert (first_row.declined, second_row.declined) == (False, True)
    assert first_row.tally == "1 yes, 1 unanswered here"
    assert second_row.tally == "1 no, 1 unanswered here"


def test_the_page_of_a_series_says_its_rule_and_what_is_to_come(text, alice, series):
    page = text(alice, series.get_absolute_url())
    assert "Every day at" in page
    assert "ten times" in page
    assert "Dates to come" in page
    assert "Cancel the series…" in page


def test_a_long_series_shows_its_dates_a_page_at_a_time(as_person, alice, plan, soon):
    series = invitations.schedule(alice, plan(starts_at=soon, rrule="FREQ=DAILY;COUNT=30"))
    client = as_person(alice)
    shown = [
        client.get(series.get_absolute_url(), {"page": page}).content.decode().count(f"/{series.code}/")
        for page in (1, 3)
    ]
    assert shown[0] > shown[1]
    assert "Later dates" in client.get(series.get_absolute_url()).content.decode()


def test_the_page_of_one_date_is_about_that_date(as_person, text, alice, series):
    second = series.occurrences.all()[1]
    second.title, second.agenda = "With the mayor", "Only this (5)"
    second.save()
    page = text(alice, second.get_absolute_url())
    assert "With the mayor" in page
    assert "Only this" in page
    assert "Cancel this one…" in page
    html = as_person(alice).get(second.get_absolute_url()).content.decode()
    assert f"{reverse('meetings:edit', args=[series.code])}?occurrence={second.pk}" in html
    assert f"{reverse('meetings:cancel', args=[series.code])}?occurrence={second.pk}" in html


def test_one_date_belongs_to_its_own_series_and_to_those_who_are_invited(
    as_person, alice, bob, carol, series, plan
):
    other = invitations.schedule(alice, plan("bob@example.org", rrule="FREQ=DAILY;COUNT=2"))
    pk = series.occurrences.first().pk
    assert as_person(bob).get(reverse("meetings:occurrence", args=[series.code, pk])).status_code == 200
    assert as_person(bob).get(reverse("meetings:occurrence", args=[other.code, pk])).status_code == 404
    assert as_person(carol).get(reverse("meetings:occurrence", args=[series.code, pk])).status_code == 404


def test_the_links_of_calendar_services_hold_the_open_link_alone(as_person, bob, series):
    page = as_person(bob).get(series.get_absolute_url()).content.decode()
    [google] = re.findall(r'href="(https://calendar\.google\.com[^"]+)"', page)
    assert "recur=RRULE" in google
    assert series.code in google
    assert "/i/" not in page
    assert 'rel="noopener noreferrer external"' in page


def test_the_list_takes_as_many_queries_for_many_series_as_for_one(
    as_person, alice, bob, plan, soon, django_assert_num_queries, django_assert_max_num_queries
):
    client = as_person(bob)

    def one_more(n):
        people = f"bob@example.org, person{n}@example.org"
        at = soon + timedelta(minutes=n)
        series = invitations.schedule(alice, plan(people, starts_at=at, rrule="FREQ=DAILY;COUNT=3"))
        me = series.attendees.get(user=bob)
        first = series.occurrences.all()[0]
        Answer.objects.create(attendee=me, series=first.series, occurrence=first, partstat=PartStat.ACCEPTED)

    one_more(0)
    for path in ("/", reverse("meetings:past")):
        with django_assert_max_num_queries(14) as queries:
            client.get(path)
        for n in range(1, 6):
            one_more(n)
        with django_assert_num_queries(len(queries)):
            client.get(path)


# -- what goes on now ---------------------------------------------------------------------------


def up_next_on(page: str) -> str:
    return page.partition('class="up-next"')[2].partition("</section>")[0]


def test_a_call_that_goes_on_comes_before_a_room_that_was_just_opened(as_person, alice, plan, call):
    now = timezone.now()
    running = invitations.schedule(alice, plan(title="Running", starts_at=now - timedelta(minutes=5)))
    invitations.meet_now(alice, "UTC")
    call({running: 2})
    shown = up_next_on(as_person(alice).get("/").content.decode())
    assert "Running" in shown
    assert "Two people are inside" in shown


def test_a_planned_meeting_comes_before_an_empty_room(as_person, alice, plan, soon):
    invitations.meet_now(alice, "UTC")
    invitations.schedule(alice, plan(title="Planned", starts_at=soon))
    assert "Planned" in up_next_on(as_person(alice).get("/").content.decode())


def test_what_has_started_is_now_and_not_later_today(alice, plan):
    now = timezone.now()
    for n, title in enumerate(("One", "Two")):
        invitations.schedule(alice, plan(title=title, starts_at=now - timedelta(minutes=5 - n)))
    rows = overview.rows(overview.coming(alice), alice)
    first = overview.up_next(rows)
    days = overview.days([row for row in rows if row is not first], after=first)
    assert [(day.heading, [row.title for row in day.rows]) for day in days] == [("Now", ["Two"])]


def test_a_call_in_my_own_room_or_long_past_its_time_is_seen(as_person, alice, plan, call):
    over = invitations.schedule(alice, plan(title="Overtime", starts_at=timezone.now() - timedelta(hours=5)))
    room = personal.open_room(alice, "UTC")
    call({over: 3, room: 1})
    page = as_person(alice).get("/").content.decode()
    assert "Overtime" in page
    assert "Alice’s room" in page
    assert "One person is inside" in page


def test_a_call_is_counted_once_for_a_series(alice, series, call):
    call({series: 2})
    series.occurrences.filter(pk=series.occurrences.first().pk).update(starts_at=timezone.now())
    inside = insiders(Meeting.objects.of(alice))
    rows = overview.rows(overview.coming(alice), alice, inside)
    assert [row.inside for row in rows] == [2, *[0] * 9]


# -- one's own room -----------------------------------------------------------------------------


def test_my_own_room_is_made_when_i_first_ask_for_it_and_stays(as_person, alice):
    client = as_person(alice)
    assert "Open my room" in client.get("/").content.decode()
    address = client.post(reverse("meetings:my_room"))["Location"]
    assert client.post(reverse("meetings:my_room"))["Location"] == address
    page = client.get("/").content.decode()
    assert f'href="{address}">Enter' in page
    assert "Your table is free" in page
    assert Meeting.objects.get().occurrences.count() == 0


def test_my_room_moves_to_a_new_address(as_person, alice):
    client = as_person(alice)
    before = client.post(reverse("meetings:my_room"))["Location"]
    client.post(reverse("meetings:my_room"), {"do": "move"})
    after = personal.room_of(alice)
    assert after is not None
    assert after.room_url != before
    assert Meeting.objects.count() == 1


def test_my_room_does_not_move_under_those_who_are_in_it(as_person, alice, call):
    client = as_person(alice)
    before = client.post(reverse("meetings:my_room"))["Location"]
    call({personal.room_of(alice): 1})
    page = client.post(reverse("meetings:my_room"), {"do": "move"}, follow=True).content.decode()
    assert "Somebody is in your room." in page
    after = personal.room_of(alice)
    assert after is not None
    assert after.room_url == before


def test_my_room_is_nobody_elses(as_person, alice, bob):
    as_person(alice).post(reverse("meetings:my_room"))
    assert personal.room_of(bob) is None


def test_my_room_is_no_meeting_to_be_changed_or_cancelled(as_person, alice):
    room = personal.open_room(alice, "UTC")
    client = as_person(alice)
    assert client.get(room.get_absolute_url())["Location"] == "/"
    for page in ("edit", "cancel", "calendar"):
        assert client.get(reverse(f"meetings:{page}", args=[room.code])).status_code == 404


def test_my_room_leaves_with_me(alice):
    personal.open_room(alice, "UTC")
    alice.delete()
    assert not Meeting.objects.exists()


def test_what_is_left_behind_by_a_change_keeps_its_own_page_and_rule(as_person, text, alice, plan, soon):
    begun = soon - timedelta(days=3)
    series = invitations.schedule(alice, plan(title="Old", starts_at=begun, rrule="FREQ=DAILY;COUNT=10"))
    [since] = series.occurrences.all()[5:6]
    invitations.change(series, plan(title="New", starts_at=since.starts_at, rrule=""), since)
    left = Occurrence.objects.exclude(series=F("meeting__last_series"))
    assert [row.rule for row in overview.rows(left.select_related("meeting", "series"), alice)] == [
        "Every day"
    ] * 5
    page = text(alice, left[0].get_absolute_url())
    assert "Old" in page
    assert "five times" in page or "until" in page
    week = as_person(alice).get(reverse("meetings:week"), {"day": f"{left[0].starts_at:%Y-%m-%d}"})
    assert left[0].get_absolute_url() in week.content.decode()


def test_a_date_of_an_earlier_part_was_moved_from_where_the_clocks_of_that_part_had_it(alice, plan):
    """In Berlin at 14:00, which is 13:00 where Alice looks; what follows is in New York."""
    series = invitations.schedule(alice, plan(rrule="FREQ=WEEKLY;COUNT=4"))
    first, second, third, _ = series.occurrences.all()
    later = OccurrencePlan(second.title, second.starts_at + timedelta(hours=3), second.duration)
    invitations.change_occurrence(second, later)
    abroad = plan(rrule="FREQ=WEEKLY;COUNT=2", time_zone="America/New_York", starts_at=third.starts_at)
    invitations.change(series, abroad, third)
    moved = series.occurrences.select_related("meeting", "series").get(moved=True)
    [row] = overview.rows([moved], alice)
    assert first.starts_at.hour == 13
    assert row.rule_time == "Monday, 2 December 2030, 13:00"


# -- what is said when it is done ---------------------------------------------------------------


def said_after(page):
    [message] = page.context["messages"]
    return str(message)


def form_of(as_person, alice, address):
    """What the form at that address would send as it stands."""
    form = as_person(alice).get(address).context["form"]
    found = {field.html_name: field.value() for field in form}
    return {name: value for name, value in found.items() if value not in (None, False, "")}


@pytest.fixture
def change_from(as_person, alice, series):
    """`change_from(2, lobby="on")`: change the third date and the following, and read what is said then."""

    def change(index, **fields):
        date = series.occurrences.all()[index]
        address = f"/meetings/{series.code}/edit/?occurrence={date.pk}&scope=following"
        was = form_of(as_person, alice, address)
        said = said_after(as_person(alice).post(address, {**was, **fields}, follow=True))
        series.refresh_from_db()
        return said

    return change


def test_people_and_doors_are_changed_for_all_dates_and_none_is_named(change_from, series):
    assert change_from(2, lobby="on").startswith("Saved. ")
    assert series.lobby
    assert change_from(2, title="Winter timetable").startswith("Changed from ")


def test_a_zone_with_the_same_time_today_is_a_change_of_what_follows(change_from, series):
    assert change_from(2, zone="Africa/Lagos").startswith("Changed from ")
    assert series.time_zone == "Africa/Lagos"


def test_a_last_date_that_becomes_several_is_changed_from_then_on(change_from, series):
    said = change_from(9, repeats="daily", every=1, ends="count", times=3)
    assert said.startswith("Changed from ")
    assert series.occurrences.count() == 12


def test_without_its_last_standing_date_a_series_is_cancelled(as_person, alice, series):
    *others, last = series.occurrences.all()
    series.occurrences.filter(pk__in=[one.pk for one in others]).update(cancelled_at=timezone.now())
    page = as_person(alice).post(
        f"/meetings/{series.code}/cancel/?occurrence={last.pk}&scope=one", {"scope": "one"}, follow=True
    )
    series.refresh_from_db()
    assert series.is_cancelled
    assert said_after(page).startswith("The series is cancelled. ")


def test_what_is_over_is_not_said_to_be_cancelled(as_person, alice, plan, soon):
    meeting = invitations.schedule(alice, plan(starts_at=soon - timedelta(days=3)))
    page = as_person(alice).post(f"/meetings/{meeting.code}/cancel/", follow=True)
    meeting.refresh_from_db()
    assert not meeting.is_cancelled
    assert said_after(page) == "This meeting is over and stays as it was."


def test_only_a_series_in_parts_sets_its_scopes_apart(as_person, alice, plan, series):
    address = f"/meetings/{series.code}/edit/?occurrence={series.occurrences.all()[1].pk}"
    page = as_person(alice).get(address)
    assert [words for _, words in page.context["subject"].changeable][1:] == [
        "This one and the following",
        "All that are still to come",
    ]
    assert "scopes-apart" not in page.content.decode()
    third = series.occurrences.all()[2]
    people = "bob@example.org, Dave <dave@far.example>"
    later = plan(people, starts_at=third.starts_at + timedelta(hours=1), rrule="FREQ=DAILY;COUNT=8")
    invitations.change(series, later, since=third)
    assert "scopes-apart" in as_person(alice).get(address).content.decode()


def test_a_date_that_was_cancelled_alone_is_not_offered_to_calendars(as_person, alice, series):
    one = series.occurrences.all()[2]
    assert "Add to my calendar" in as_person(alice).get(one.get_absolute_url()).content.decode()
    invitations.cancel_occurrence(one)
    assert "Add to my calendar" not in as_person(alice).get(one.get_absolute_url()).content.decode()
    assert "Add to my calendar" in as_person(alice).get(series.get_absolute_url()).content.decode()


def test_change_opens_at_the_part_of_a_series_that_the_page_calls_next(as_person, alice, plan, series):
    def change() -> str:
        page = as_person(alice).get(series.get_absolute_url()).content.decode()
        [address] = set(re.findall(r'href="([^"]*/edit/[^"#]*)"[^>]*><svg[^>]*>.{0,80}</svg>Change', page))
        return str(address).replace("&amp;", "&")

    assert change() == reverse("meetings:edit", args=[series.code])
    fourth = series.occurrences.all()[3]
    rest = recurrence.rest(series.current.rrule, series.current.wall_clock, fourth.recurrence_id)
    later = fourth.starts_at + timedelta(hours=3)
    people = "bob@example.org, Dave <dave@far.example>"
    invitations.change(series, plan(people, starts_at=later, rrule=rest), since=fourth)
    first = series.occurrences.order_by("starts_at")[0]
    assert change().endswith(f"?occurrence={first.pk}&scope=following")
    form = as_person(alice).get(change()).context["form"]
    assert form.initial["time"] == first.starts_at.astimezone(series.zone).time()
    # Once the last part is what comes next, it is all that there is to change.
    series.series.first().occurrences.update(ends_at=timezone.now() - timedelta(minutes=1))
    assert change() == reverse("meetings:edit", args=[series.code])
