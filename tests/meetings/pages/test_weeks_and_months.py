"""The week and the month, as pages without a script."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from meetings.calendar.recurrence import Rule
from meetings.models import Attendee, Meeting
from meetings.plans import invitations, personal
from tests.markup import markup

PartStat = Attendee.PartStat
# Tuesday, 26 November 2030.
TUESDAY = datetime(2030, 11, 26, 8, 0, tzinfo=UTC)


@pytest.fixture
def alice(alice):
    alice.time_zone = "Europe/Berlin"
    alice.save()
    return alice


@pytest.fixture
def week(as_person):
    """`week(alice, "2030-11-26")`: the page, with white space made small."""

    def page(user, day="2030-11-26", view="week", **more):
        query = {"day": day, **more}
        response = as_person(user).get(reverse(f"meetings:{view}"), query)
        assert response.status_code == 200
        return re.sub(r"\s+", " ", markup(response))

    return page


def day_of(page: str, day: str) -> str:
    return page.partition(f'data-date="{day}"')[2].partition('data-date="')[0]


def test_a_meeting_stands_on_its_day_at_its_hour_in_my_zone(week, alice, plan):
    meeting = invitations.schedule(alice, plan(starts_at=TUESDAY))
    day = day_of(week(alice), "2030-11-26")
    assert f'href="{meeting.get_absolute_url()}"' in day
    assert "h9 m0 lh0 lm45" in day
    assert '09:00<span class="to"> to 09:45</span>' in day


def test_each_of_a_series_leads_to_its_own_page(week, alice, plan):
    series = invitations.schedule(alice, plan(starts_at=TUESDAY, rrule="FREQ=DAILY;COUNT=3"))
    page = week(alice)
    for occurrence, day in zip(series.occurrences.all(), (26, 27, 28), strict=True):
        assert occurrence.get_absolute_url() in day_of(page, f"2030-11-{day}")
    assert page.count("repeats</span>") == 3


def test_an_empty_hour_leads_to_the_form_with_day_and_time_in_it(week, alice):
    day = day_of(week(alice), "2030-11-26")
    assert f'href="{reverse("meetings:new")}?date=2030-11-26&amp;time=09:00"' in day


def test_an_hour_that_the_clocks_skip_cannot_be_chosen(week, alice):
    page = week(alice, "2031-03-30", hours="all")
    assert "The clocks go forward" in page
    assert "time=02:00" not in day_of(page, "2031-03-30")
    assert "time=02:00" in day_of(page, "2031-03-29")
    assert "The clocks go back" in week(alice, "2031-10-26")


def test_weeks_follow_each_other_over_the_end_of_the_year(week, alice):
    page = week(alice, "2030-12-31")
    assert "30 December 2030 to 5 January 2031" in page
    assert "Week 1," in page
    assert 'rel="prev" href="/meetings/week/?day=2030-12-23"' in page
    assert 'rel="next" href="/meetings/week/?day=2031-01-06"' in page


HEADS = r'<th scope="col"><span aria-hidden="true">(\w+)'


@pytest.mark.parametrize(
    ("starts", "first", "heading", "before", "heads"),
    [
        (0, "2030-11-25", "25 November to 1 December 2030", "2030-11-18", "Mon Tue Wed Thu Fri Sat Sun"),
        (6, "2030-11-24", "24 to 30 November 2030", "2030-11-17", "Sun Mon Tue Wed Thu Fri Sat"),
        (5, "2030-11-23", "23 to 29 November 2030", "2030-11-16", "Sat Sun Mon Tue Wed Thu Fri"),
    ],
)
def test_weeks_and_months_begin_on_the_day_of_my_settings(week, alice, starts, first, heading, before, heads):
    alice.week_starts = starts
    alice.save()
    page = week(alice)
    assert re.findall(r'data-date="([-\d]+)"', page)[0] == first
    assert heading in page
    assert f'rel="prev" href="/meetings/week/?day={before}"' in page
    # Weeks are numbered from Monday; another one has no number.
    assert ("Week 48" in page) == (starts == 0)
    assert re.findall(HEADS, week(alice, view="month")) == heads.split()


def test_the_form_offers_the_weekdays_in_the_order_of_my_week_and_means_the_same(as_person, alice):
    alice.week_starts = 6
    alice.save()
    client = as_person(alice)
    page = markup(client.get(reverse("meetings:new")))
    assert re.findall(r'name="days" value="(\d)"', page) == list("6012345")
    fields = {
        **{"title": "Twice a week", "date": "2030-11-25", "time": "09:00", "length": "30"},
        **{"zone": "Europe/Berlin", "people": "", "access": "anyone"},
        **{"repeats": "weekly", "every": "2", "days": ["6", "0"], "ends": "count", "times": "4"},
    }
    client.post(reverse("meetings:new"), fields)
    meeting = Meeting.objects.get()
    assert meeting.current.rrule == str(Rule("WEEKLY", 2, (0, 6), count=4))
    # The Sunday of the Monday's own week: a setting of one person changes no rule.
    days = [f"{one.starts_at:%d.%m.}" for one in meeting.occurrences.all()]
    assert days == ["25.11.", "01.12.", "09.12.", "15.12."]


@pytest.mark.parametrize(
    "day", ["", "yesterday", "2030-02-30", "0001-01-01", "9999-12-31", "2030-11-26T00:00"]
)
@pytest.mark.parametrize("view", ["week", "month"])
def test_a_day_that_there_is_not_is_today(week, alice, day, view):
    assert 'aria-current="date"' in week(alice, day, view)


def test_what_is_cancelled_or_declined_looks_so_and_says_so(week, alice, bob, plan):
    invitations.cancel(invitations.schedule(alice, plan("bob@example.org", title="Off", starts_at=TUESDAY)))
    declined = invitations.schedule(alice, plan("bob@example.org", title="Not mine", starts_at=TUESDAY))
    invitations.respond(declined.attendees.get(), PartStat.DECLINED)
    invitations.schedule(alice, plan("bob@example.org", title="Open", starts_at=TUESDAY))
    page = week(bob)
    for look, words in (
        ("cancelled", "Cancelled"),
        ("not-going", "Not going"),
        ("no-answer", "No answer here"),
    ):
        assert f'<a class="{look}"' in page
        assert f'<span class="state">{words}</span>' in page


@pytest.mark.parametrize(("address", "said"), [("", "No answer here"), ("replies@example.org", "No answer")])
def test_where_answers_do_not_come_back_none_is_known_but_of_here(
    week, alice, bob, plan, settings, address, said
):
    settings.REPLY_ADDRESS = address
    invitations.schedule(alice, plan("bob@example.org", title="Open", starts_at=TUESDAY))
    page = week(bob)
    assert '<a class="no-answer"' in page
    assert f'<span class="state">{said}</span>' in page
    assert f'<span class="visually-hidden">, {said}</span>' in week(bob, view="month")


def test_others_see_nothing_of_it(week, alice, carol, standup):
    assert "Autumn timetable" not in week(carol)
    assert "Autumn timetable" in week(alice)


def test_a_month_shows_whole_weeks_and_leads_to_each(week, alice, plan):
    invitations.schedule(alice, plan(title="Early", starts_at=TUESDAY - timedelta(days=29)))
    page = week(alice, view="month")
    assert "<caption" in page
    assert page.count("<tr>") == 6
    assert "Early" in day_of(page, "2030-10-28")
    assert 'href="/meetings/week/?day=2030-11-26"' in day_of(page, "2030-11-26")
    assert 'rel="prev" href="/meetings/month/?day=2030-10-01"' in page
    assert 'rel="next" href="/meetings/month/?day=2030-12-01"' in page


def test_a_full_day_of_a_month_leads_to_its_week(week, alice, plan):
    for n in range(7):
        invitations.schedule(alice, plan(title=f"No {n}", starts_at=TUESDAY + timedelta(hours=n)))
    day = day_of(week(alice, view="month"), "2030-11-26")
    assert [n for n in range(7) if f"No {n}" in day] == [0, 1, 2, 3]
    assert "3 more" in day


def test_one_more_than_four_is_shown_and_not_counted(week, alice, plan):
    for n in range(5):
        invitations.schedule(alice, plan(title=f"No {n}", starts_at=TUESDAY + timedelta(hours=n)))
    day = day_of(week(alice, view="month"), "2030-11-26")
    assert "No 4" in day
    assert "more<" not in day


def test_a_room_of_ones_own_is_in_no_week(week, alice):
    personal.open_room(alice, "Europe/Berlin")
    assert 'class="block' not in week(alice, "")


@pytest.mark.parametrize("view", ["week", "month"])
def test_it_takes_as_many_queries_for_many_meetings_as_for_one(
    as_person, alice, bob, plan, django_assert_max_num_queries, view
):
    for n in range(12):
        invitations.schedule(bob, plan("alice@example.org", starts_at=TUESDAY + timedelta(hours=n)))
    invitations.schedule(alice, plan(starts_at=TUESDAY, rrule="FREQ=DAILY;COUNT=5"))
    client = as_person(alice)
    with django_assert_max_num_queries(5):
        client.get(reverse(f"meetings:{view}"), {"day": "2030-11-26"})


def test_strangers_sign_in_first(client, db):
    for view in ("week", "month"):
        assert client.get(reverse(f"meetings:{view}"))["Location"].startswith("/account/login/")
