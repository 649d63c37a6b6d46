"""Another scope is chosen while a series is changed, and nothing that was typed is lost."""

from __future__ import annotations

import re
from html import unescape

import pytest

from meetings.models import Meeting
from meetings.plans import invitations
from tests.markup import markup

MONDAYS = "FREQ=WEEKLY;BYDAY=MO;COUNT=4"


@pytest.fixture
def series(alice, plan):
    return invitations.schedule(alice, plan("bob@example.org", rrule=MONDAYS))


@pytest.fixture
def second(series):
    return series.occurrences.all()[1]


@pytest.fixture
def browser(client, alice):
    client.force_login(alice)
    return client


def address(one, scope):
    return f"/meetings/{one.meeting.code}/edit/?occurrence={one.pk}&scope={scope}"


def sent(browser, url):
    """What the form at this address sends as it stands."""
    return fields(browser.get(url).context["form"])


def fields(form):
    found = {}
    for name in form.fields:
        value = form[name].value()
        if name == "date":
            value = str(value)
        elif name == "time":
            value = str(value)[:5]
        elif value is False:
            continue
        if value is not None and name != "file":
            found[name] = value
    return found


def hidden(page):
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', markup(page))
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        if name != "csrfmiddlewaretoken":
            found.setdefault(name, []).append(unescape(value))
    return found


def switch(browser, one, data, before, after):
    return browser.post(address(one, after), {**data, "rescope_from": before})


def test_what_was_typed_for_all_is_there_for_one(browser, second):
    data = sent(browser, address(second, "all")) | {"title": "New words", "time": "15:30", "agenda": "Trains"}
    page = switch(browser, second, data, "all", "one")
    shown = fields(page.context["form"])
    assert (shown["title"], shown["time"], shown["agenda"]) == ("New words", "15:30", "Trains")
    # The day is that of the one, since it was not changed.
    assert shown["date"] == "2030-12-02"
    assert page.context["form"].errors == {}
    assert Meeting.objects.get().title == "Autumn timetable"


def test_a_day_is_moved_by_as_much_as_it_was_moved_before(browser, second):
    data = sent(browser, address(second, "one")) | {"date": "2030-12-04"}
    page = switch(browser, second, data, "one", "following")
    assert fields(page.context["form"])["date"] == "2030-12-04"
    page = switch(browser, second, data, "one", "all")
    assert fields(page.context["form"])["date"] == "2030-11-27"


def test_people_wait_while_one_is_looked_at_and_come_back(browser, second):
    people = "bob@example.org\ndave@far.example"
    data = sent(browser, address(second, "all")) | {
        "people": people,
        "reminders": ["10", "60"],
        "lobby": "on",
        "times": "9",
    }
    page = switch(browser, second, data, "all", "one")
    assert "What you changed there is kept" in markup(page)
    held = hidden(page)
    assert set(held["held"]) == {"people", "reminders", "lobby", "times"}
    # An error of the form in between loses nothing either.
    wrong = browser.post(address(second, "one"), sent(browser, address(second, "one")) | held | {"title": ""})
    assert hidden(wrong) == held
    back = switch(browser, second, fields(page.context["form"]) | held, "one", "all")
    shown = fields(back.context["form"])
    assert shown["people"] == people
    assert shown["reminders"] == ["10", "60"]
    assert shown["lobby"] is True
    assert shown["times"] == "9"
    assert "held" not in hidden(back)


def test_a_switch_that_was_turned_off_stays_off(browser, series, second):
    series.lobby = True
    series.save()
    data = sent(browser, address(second, "all"))
    del data["lobby"]
    held = hidden(switch(browser, second, data, "all", "one"))
    back = switch(browser, second, sent(browser, address(second, "one")) | held, "one", "all")
    assert back.context["form"]["lobby"].value() is False


def test_saved_for_one_what_waits_is_not_saved(browser, series, second):
    held = {"held": ["people"], "people": ["dave@far.example"]}
    data = sent(browser, address(second, "one")) | held | {"title": "Only now"}
    assert browser.post(address(second, "one"), data).status_code == 302
    assert [attendee.email for attendee in series.attendees.invited()] == ["bob@example.org"]
    second.refresh_from_db()
    assert second.shown_title == "Only now"


@pytest.mark.parametrize("typed", ["", "no day", "9999-12-31", "0001-01-01"])
def test_a_day_that_is_none_stands_there_as_it_was_typed(browser, second, typed):
    data = sent(browser, address(second, "one")) | {"date": typed}
    page = switch(browser, second, data, "one", "all")
    assert page.status_code == 200
    assert str(page.context["form"]["date"].value()) in (typed, "9999-12-24", "0001-01-01")


def test_return_in_a_field_saves_and_changes_no_scope(browser, second):
    page = markup(browser.get(address(second, "one")))
    form = page.partition("data-schedule")[2]
    first = re.search(r"<button(?![^>]*type=.button.)([^>]*)>([^<]*)", form)
    assert first
    assert first[2] == "Save the changes"
    assert "name=" not in first[1]
