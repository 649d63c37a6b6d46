"""What an organizer says about how a meeting repeats, from the form to the rule."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from meetings.models import Draft, Meeting
from meetings.plans import invitations
from outbox import delivery
from outbox.models import Letter
from tests.markup import markup

# Monday
FORM = {
    "title": "Ticket machines",
    "date": "2030-11-25",
    "time": "09:00",
    "length": "45",
    "zone": "Europe/Berlin",
    "people": "bob@example.org",
}
WEEKLY = {"repeats": "weekly", "every": "1", "days": ["0"], "ends": "count", "times": "4"}


@pytest.fixture
def fill(as_person, alice):
    """`fill(repeats="daily", …)`: Alice sends the form."""
    client = as_person(alice)
    return lambda **changes: client.post(reverse("meetings:new"), {**FORM, **changes})


def said_at(response, field: str) -> str:
    """The words at a field that is wrong."""
    text = html.unescape(markup(response))
    found = re.search(rf'data-wrong="{field}">.*?<span>(.*?)</span>', text)
    assert found, f"nothing is wrong with {field}"
    return found[1]


@pytest.mark.parametrize(
    ("fields", "rrule"),
    [
        ({"repeats": "daily", "times": "10"}, "FREQ=DAILY;COUNT=10"),
        ({"repeats": "daily", "every": "3", "times": "2"}, "FREQ=DAILY;INTERVAL=3;COUNT=2"),
        (WEEKLY, "FREQ=WEEKLY;COUNT=4"),
        ({**WEEKLY, "days": []}, "FREQ=WEEKLY;COUNT=4"),
        ({**WEEKLY, "days": ["2", "0"]}, "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4"),
        ({**WEEKLY, "ends": "date", "until": "2030-12-09"}, "FREQ=WEEKLY;UNTIL=20301209"),
        ({"repeats": "monthly", "monthly": "date", "times": "3"}, "FREQ=MONTHLY;COUNT=3"),
        ({"repeats": "monthly", "monthly": "weekday", "times": "3"}, "FREQ=MONTHLY;BYDAY=4MO;COUNT=3"),
        ({"repeats": "monthly", "monthly": "last", "times": "3"}, "FREQ=MONTHLY;BYDAY=-1MO;COUNT=3"),
        ({"repeats": "yearly", "times": "3"}, "FREQ=YEARLY;COUNT=3"),
        ({"repeats": ""}, ""),
    ],
)
def test_every_way_to_repeat_becomes_its_rule(fill, fields, rrule):
    fill(**fields)
    meeting = Meeting.objects.get()
    assert meeting.current.rrule == rrule
    assert meeting.starts_at == datetime(2030, 11, 25, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "rrule", "starts"),
    [
        # The page had ticked Monday, for the date that stood there.
        (["0"], "FREQ=WEEKLY;COUNT=4", datetime(2030, 12, 1, 8, tzinfo=UTC)),
        # Chosen: they stay.
        (["0", "6"], "FREQ=WEEKLY;BYDAY=MO,SU;COUNT=4", datetime(2030, 12, 1, 8, tzinfo=UTC)),
        (["6"], "FREQ=WEEKLY;COUNT=4", datetime(2030, 12, 1, 8, tzinfo=UTC)),
    ],
)
def test_whoever_saves_before_the_page_has_seen_the_new_date_gets_its_day(fill, days, rrule, starts):
    fill(**{**WEEKLY, "days": days}, date="2030-12-01", follows="0")
    meeting = Meeting.objects.get()
    assert (meeting.current.rrule, meeting.starts_at) == (rrule, starts)


def test_a_draft_that_is_kept_at_once_has_the_day_of_its_new_date(fill):
    fill(**WEEKLY, date="2030-12-01", follows="0", do="keep")
    assert Draft.objects.get().content["days"] == ["6"]


def test_a_series_invites_everybody_once(fill):
    fill(**WEEKLY)
    assert Meeting.objects.get().occurrences.count() == 4
    assert Letter.objects.count() == 1


def test_if_the_day_does_not_fit_it_is_said_once_and_the_first_that_fits_is_the_start(fill):
    page = html.unescape(markup(fill(**{**WEEKLY, "days": ["3"]})))
    assert "The first is on Thursday, 28 November 2030." in page
    assert not Meeting.objects.exists()
    [begins] = re.findall(r'name="begins" value="(.+?)"', page)
    fill(**{**WEEKLY, "days": ["3"]}, begins=begins)
    meeting = Meeting.objects.get()
    assert meeting.starts_at == datetime(2030, 11, 28, 8, tzinfo=UTC)
    assert meeting.current.rrule == "FREQ=WEEKLY;COUNT=4"


def test_a_series_stays_at_nine_when_the_clocks_change(fill):
    fill(repeats="daily", date="2031-03-29", times="3")
    hours = [(o.starts_at.hour, o.recurrence_id[11:]) for o in Meeting.objects.get().occurrences.all()]
    assert hours == [(8, "09:00"), (7, "09:00"), (7, "09:00")]


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({**WEEKLY, "times": ""}, "times", "How many times?"),
        ({**WEEKLY, "times": "0"}, "times", "From 1 to 366 times."),
        ({**WEEKLY, "times": "1000000"}, "times", "From 1 to 366 times."),
        ({**WEEKLY, "times": "often"}, "times", "A number will do."),
        ({**WEEKLY, "every": "0"}, "every", "Choose a number from 1 to 99."),
        ({**WEEKLY, "every": "-1"}, "every", "Choose a number from 1 to 99."),
        ({**WEEKLY, "every": "99", "times": "366"}, "times", "That takes more than five years."),
        ({**WEEKLY, "ends": "date"}, "until", "Until which day?"),
        ({**WEEKLY, "ends": "date", "until": "soon"}, "until", "That is not a date."),
        (
            {**WEEKLY, "ends": "date", "until": "2030-11-24"},
            "until",
            "That is before the first day, Monday, 25 November 2030.",
        ),
        ({**WEEKLY, "days": ["6"], "ends": "date", "until": "2030-11-27"}, "until", "No day fits."),
        (
            {"repeats": "daily", "ends": "date", "until": "2039-01-01"},
            "until",
            "That is more than 366 meetings. Let it end earlier.",
        ),
        ({"repeats": "yearly", "ends": "date", "until": "9999-12-31"}, "until", "more than five years"),
        ({"repeats": "yearly", "date": "2032-02-29", "times": "3"}, "times", "more than five years"),
        ({**WEEKLY, "days": ["7"]}, "days", "“On” was set to something that is not on its list."),
        ({"repeats": "hourly"}, "repeats", "“Repeats” was set to something that is not on its list."),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused_at_its_field(fill, fields, field, words):
    response = fill(**fields)
    assert words in said_at(response, field)
    assert not Meeting.objects.exists()
    assert FORM["people"] in markup(response)


@pytest.mark.parametrize("date", ["9999-12-31", "0001-01-01"])
def test_the_ends_of_the_calendar_are_refused_for_a_series_too(fill, date):
    assert "#id_date" in markup(fill(**{**WEEKLY, "date": date}))
    assert not Meeting.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"ends": "count", "until": "abc"}, {"ends": "date", "until": "2030-12-16", "times": "x"}],
    ids=["count", "date"],
)
def test_of_the_two_ends_only_the_chosen_one_has_to_be_right(fill, fields):
    fill(**{**WEEKLY, **fields})
    assert Meeting.objects.get().occurrences.count() == 4


@pytest.mark.parametrize("fields", [{"times": "x", "until": "abc"}, {"ends": "date", "until": "x"}])
def test_a_wrong_end_is_said_while_the_form_is_filled_in(as_person, alice, fields):
    said = as_person(alice).post(reverse("meetings:check"), {**FORM, **WEEKLY, **fields}).json()
    assert said["errors"].keys() == {"until" if "ends" in fields else "times"}


def test_a_day_a_thousand_years_ago_is_over(as_person, alice):
    long_ago = {**FORM, **WEEKLY, "date": "0999-01-02", "days": ["3"]}
    said = as_person(alice).post(reverse("meetings:check"), long_ago).json()
    assert said["errors"]["date"].startswith("That day is over")


def test_an_occurrence_with_an_endless_number_is_not_there(as_person, alice, series):
    url = reverse("meetings:edit", args=[series.code])
    assert as_person(alice).get(url, {"occurrence": "1" * 5000}).status_code == 404


def test_the_server_says_the_rule_when_the_form_comes_back(fill):
    page = html.unescape(markup(fill(**{**WEEKLY, "title": "", "days": ["3"], "every": "2"})))
    assert "Every second Thursday at 09:00, Berlin time, four times, until 9 January 2031." in page
    assert "The first is on Thursday, 28 November 2030." in page
    assert "Four times: 28 November, 12 December, 26 December and 9 January." in page


# -- changing -----------------------------------------------------------------------------------


@pytest.fixture
def series(alice, plan):
    """Every Monday at nine in Berlin, four times."""
    start = datetime(2030, 11, 25, 8, tzinfo=UTC)
    return invitations.schedule(
        alice,
        plan("bob@example.org", title="Ticket machines", starts_at=start, rrule="FREQ=WEEKLY;COUNT=4"),
    )


@pytest.fixture
def change(as_person, alice, series):
    """`change(occurrence, "one", title="…")`: Alice changes the series, or a part of it."""
    client = as_person(alice)

    def send(occurrence=None, scope="", **changes):
        query = f"?occurrence={occurrence.pk}&scope={scope}" if occurrence else ""
        return client.post(
            reverse("meetings:edit", args=[series.code]) + query, {**FORM, **WEEKLY, **changes}
        )

    return send


def at(meeting: Meeting, index: int):
    return meeting.occurrences.all()[index]


def times(meeting: Meeting) -> list[str]:
    occurrences = Meeting.objects.get(pk=meeting.pk).occurrences.all()
    return [f"{o.starts_at:%d %H:%M} {o.shown_title}" for o in occurrences]


def test_saving_a_series_as_it_is_sends_nothing(change, series):
    change()
    assert Letter.objects.count() == 1
    series.refresh_from_db()
    assert (series.current.rrule, series.current.sequence) == ("FREQ=WEEKLY;COUNT=4", 0)


def test_another_way_to_write_the_same_days_sends_nothing(change, series):
    change(ends="date", until="2030-12-20")
    series.refresh_from_db()
    assert series.current.rrule == "FREQ=WEEKLY;COUNT=4"
    assert Letter.objects.count() == 1


def test_the_form_of_a_series_shows_its_rule(as_person, alice, series):
    page = markup(as_person(alice).get(reverse("meetings:edit", args=[series.code])))
    assert '<option value="weekly" selected>' in page
    assert "Every Monday at 09:00, Berlin time, four times, until 16 December 2030." in page
    assert "Only Monday, 25 November 2030" in page
    assert "All that are still to come" in page


def test_all_of_a_series_are_changed(change, series):
    change(time="10:00", title="Machines")
    assert times(series) == [f"{day} 09:00 Machines" for day in ("25", "02", "09", "16")]


def test_one_of_a_series_is_changed_alone(change, series, mailoutbox):
    delivery.deliver_due("test")
    response = change(at(series, 1), "one", date="2030-12-03", time="11:00", title="Elsewhere")
    assert times(series) == [
        "25 08:00 Ticket machines",
        "03 10:00 Elsewhere",
        "09 08:00 Ticket machines",
        "16 08:00 Ticket machines",
    ]
    assert Letter.objects.filter(kind="occurrence-update").count() == 1
    assert response["Location"] == at(series, 1).get_absolute_url()


def test_the_form_for_one_shows_only_what_one_can_have_of_its_own(as_person, alice, series):
    url = reverse("meetings:edit", args=[series.code]) + f"?occurrence={at(series, 1).pk}"
    page = markup(as_person(alice).get(url))
    assert 'value="2030-12-02"' in page
    for name in ("title", "date", "time", "length", "agenda"):
        assert f'name="{name}"' in page
    for name in ("people", "zone", "repeats", "access", "description"):
        assert f'name="{name}"' not in page


def test_one_and_the_following_are_changed(change, series):
    change(at(series, 2), "following", date="2030-12-09", time="10:00", times="2", title="Later")
    assert times(series) == [
        "25 08:00 Ticket machines",
        "02 08:00 Ticket machines",
        "09 09:00 Later",
        "16 09:00 Later",
    ]


def test_nothing_is_parted_by_what_calendars_are_not_told_of(change, series, mailoutbox):
    delivery.deliver_due("test")
    same = {"date": "2030-12-09", "people": "bob@example.org\n", "access": "anyone", "times": "2"}
    change(at(series, 2), "following", **same)
    series.refresh_from_db()
    assert series.series.count() == 1
    assert Letter.objects.count() == 1
    change(at(series, 2), "following", **same, description="For all of them", agenda="For these two")
    series.refresh_from_db()
    assert series.series.count() == 1
    assert Letter.objects.count() == 1
    assert series.description == "For all of them"
    agendas = [occurrence.shown_agenda for occurrence in series.occurrences.all()]
    assert agendas == ["", "", "For these two", "For these two"]


def test_the_form_for_the_following_shows_how_many_are_left(as_person, alice, series):
    url = reverse("meetings:edit", args=[series.code])
    page = markup(as_person(alice).get(f"{url}?occurrence={at(series, 2).pk}&scope=following"))
    assert re.search(r'name="times" value="2"', page)
    assert 'value="2030-12-09"' in page


def test_the_first_and_the_following_are_all(as_person, alice, series):
    url = reverse("meetings:edit", args=[series.code])
    page = markup(as_person(alice).get(f"{url}?occurrence={at(series, 0).pk}"))
    assert "scope=all" in page
    assert "scope=following" not in page


def test_a_series_becomes_a_single_meeting_and_a_single_meeting_a_series(change, series):
    change(repeats="")
    series.refresh_from_db()
    assert (series.current.rrule, series.occurrences.count()) == ("", 1)
    change(**WEEKLY)
    series.refresh_from_db()
    assert (series.current.rrule, series.occurrences.count()) == ("FREQ=WEEKLY;COUNT=4", 4)


def test_an_occurrence_that_is_cancelled_or_of_another_meeting_is_not_changed(change, series, standup):
    invitations.cancel_occurrence(at(series, 1))
    assert change(at(series, 1), "one", title="Back").status_code == 302
    assert "Back" not in "".join(times(series))
    assert change(at(standup, 0), "one", title="Mine").status_code == 404


def test_nobody_else_changes_one_of_a_series(as_person, bob, series):
    url = reverse("meetings:edit", args=[series.code]) + f"?occurrence={at(series, 1).pk}&scope=one"
    assert as_person(bob).post(url, FORM).status_code == 404


@pytest.mark.parametrize("scope", ["one", "following", "all"])
def test_what_was_refused_leaves_nothing_behind_on_the_page(change, series, settings, scope):
    delivery.deliver_due("test")
    settings.LETTERS_A_DAY = 1
    response = change(at(series, 1), scope, title="Never told", time="11:00")
    assert response.status_code == 200
    assert "An account can send 1 letters a day" in markup(response)
    assert response.context["meeting"].title == "Ticket machines"
    assert times(series)[1] == "02 08:00 Ticket machines"


@pytest.fixture
def later(monkeypatch):
    """It is Wednesday after the second of the series."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2030, 12, 4, 12, tzinfo=UTC))


def test_a_series_that_has_begun_is_changed_from_the_next_on(later, change, series):
    change(time="10:00")
    assert [f"{o.starts_at:%d %H:%M}" for o in series.occurrences.all()] == [
        "25 08:00",
        "02 08:00",
        "09 09:00",
        "16 09:00",
    ]


def test_a_series_is_not_shortened_to_what_is_over(later, change, series):
    assert "Then all of them would be over already." in said_at(change(times="2"), "times")


def test_one_that_is_over_is_not_changed(later, change, series):
    change(at(series, 0), "one", title="History")
    assert "History" not in "".join(times(series))


# -- cancelling ---------------------------------------------------------------------------------


@pytest.fixture
def cancel(as_person, alice, series):
    client = as_person(alice)

    def send(occurrence, scope):
        url = reverse("meetings:cancel", args=[series.code])
        return client.post(f"{url}?occurrence={occurrence.pk}", {"scope": scope})

    return send


def test_one_is_cancelled(cancel, series):
    response = cancel(at(series, 1), "one")
    assert [o.is_cancelled for o in series.occurrences.all()] == [False, True, False, False]
    assert response["Location"] == series.get_absolute_url()


def test_one_and_the_following_are_cancelled(cancel, series):
    cancel(at(series, 1), "following")
    assert [one.is_cancelled for one in series.occurrences.all()] == [False, True, True, True]
    series.refresh_from_db()
    assert not series.is_cancelled


def test_all_are_cancelled(cancel, series):
    response = cancel(at(series, 1), "all")
    series.refresh_from_db()
    assert series.is_cancelled
    assert response["Location"] == reverse("meetings:list")


def test_before_a_series_is_cancelled_it_says_how_much_and_whom(as_person, alice, series):
    url = reverse("meetings:cancel", args=[series.code]) + f"?occurrence={at(series, 1).pk}"
    page = markup(as_person(alice).get(url))
    assert "One person gets a letter." in page
    assert re.search(r'value="one" checked><span>Only Monday, 2 December 2030', page)
    assert "This one and the following" in page
    assert 'value="all"' in page


def test_before_a_meeting_is_cancelled_it_says_who_is_inside(as_person, alice, series, monkeypatch):
    monkeypatch.setattr("meetings.signals.insiders", lambda meetings: {series.pk: 2})
    page = markup(as_person(alice).get(reverse("meetings:cancel", args=[series.code])))
    assert "Two people are in the call right now" in page


# -- again --------------------------------------------------------------------------------------


def test_a_copy_of_a_series_repeats_as_it_did(as_person, alice, plan):
    start = datetime(2026, 1, 13, 8, tzinfo=UTC)  # the second Tuesday
    old = invitations.schedule(alice, plan(starts_at=start, rrule="FREQ=MONTHLY;BYDAY=2TU;UNTIL=20260331"))
    page = markup(as_person(alice).get(reverse("meetings:new"), {"like": old.code}))
    assert '<option value="monthly" selected>' in page
    assert '<option value="weekday" selected>' in page
    assert re.search(r'name="times" value="3"', page)
    found = re.search(r'name="date" value="(\d{4}-\d\d-\d\d)"', page)
    assert found
    on = datetime.fromisoformat(found[1])
    assert (on.weekday(), (on.day - 1) // 7) == (1, 1)


@pytest.mark.parametrize(
    ("query", "date", "time"),
    [
        ({"date": "2031-05-05", "time": "16:00"}, "2031-05-05", "16:00"),
        ({"date": "2031-05-05"}, "2031-05-05", ""),
        ({"date": "May", "time": "tea"}, "", ""),
    ],
)
def test_the_week_can_ask_for_a_day_and_a_time(as_person, alice, query, date, time):
    page = markup(as_person(alice).get(reverse("meetings:new"), query))
    assert f'name="date" value="{date}' in page
    assert f'name="time" value="{time}' in page
