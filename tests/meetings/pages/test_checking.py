"""What the form of a meeting is told while it is filled in: the rules are the server's alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse

from meetings.models import Attendee, Meeting
from meetings.pages import checking
from meetings.plans import invitations
from outbox.models import Letter
from tests.meetings.typed import FORM


@pytest.fixture
def check(as_person, alice):
    client = as_person(alice)

    def ask(query="", **changes):
        return json.loads(client.post(reverse("meetings:check") + query, {**FORM, **changes}).content)

    return ask


@pytest.fixture
def series(alice, plan):
    return invitations.schedule(
        alice, plan("bob@example.org, dave@far.example", title="Ferries", rrule="FREQ=WEEKLY;COUNT=6")
    )


# -- how it repeats -----------------------------------------------------------------------------


def test_the_sentence_of_a_rule_is_worded_by_date_and_number(check):
    weekly = {"repeats": "weekly", "ends": "count", "times": "3", "date": "2030-11-26"}
    words = check(**weekly, every="1")["repeats"]
    assert words["units"] == {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}
    assert words["monthly"] == {
        "date": "on the 26th",
        "weekday": "on the fourth Tuesday",
        "last": "on the last Tuesday",
    }
    assert check(**weekly, every="2")["repeats"]["units"]["weekly"] == "weeks"
    assert check(**weekly, every="")["repeats"]["units"]["weekly"] == "weeks"
    assert check(date="")["repeats"]["monthly"] == {}


@pytest.mark.parametrize(
    ("days", "follows", "then"),
    [
        ([], "", [1]),
        (["0"], "0", [1]),
        (["0", "2"], "0", None),
        (["2"], "0", None),
        (["1"], "1", None),
        (["x"], "y", [1]),
    ],
)
def test_the_day_that_the_date_stands_for_goes_with_the_date(check, days, follows, then):
    rule = {"repeats": "weekly", "every": "1", "ends": "count", "times": "3", "date": "2030-11-26"}
    said = check(**rule, days=days, follows=follows)
    assert said["repeats"]["days"] == then
    assert said["repeats"]["follows"] == 1
    if then == [1]:
        assert said["said"]["rule"].startswith("Every Tuesday at")


# -- people -------------------------------------------------------------------------------------


def test_pasted_people_are_read_and_each_has_the_line_that_is_sent_again(check):
    said = check(
        people='"Doe, Jane" <j@d.example> (optional); bob@example.org (host)\ncarol@mendez', read="1"
    )
    assert said["entries"] == [
        {
            "line": '"Doe, Jane" <j@d.example>',
            "email": "j@d.example",
            "name": "Doe, Jane",
            "optional": True,
            "cohost": False,
        },
        {
            "line": "bob@example.org",
            "email": "bob@example.org",
            "name": "",
            "optional": False,
            "cohost": True,
        },
        {"line": "carol@mendez", "is_wrong": True},
    ]
    assert said["people"] == ["“carol@mendez” lacks its ending, such as .com. The other two are fine."]
    assert "entries" not in check()


def test_of_ten_thousand_people_so_many_are_kept_as_may_come_and_nobody_is_lost(check):
    said = check(people="\n".join(f"person{n}@example.org" for n in range(10_000)), read="1")
    assert len(said["entries"]) == 500
    beyond = said["beyond"]
    assert (beyond["words"], beyond["cut"]) == ("9,500 more", "Leave out the last 9,500")
    assert beyond["text"].splitlines() == [f"person{n}@example.org" for n in range(500, 10_000)]
    assert said["people"] == ["That is 10,000 people. 500 is the most."]
    assert check(people="bob@example.org", beyond="9500")["people"] == [
        "That is 9,501 people. 500 is the most."
    ]


def test_more_people_than_seats_are_pointed_out(check, settings):
    people = [f"person{n}@example.org" for n in range(settings.ROOM_CAPACITY)]
    assert check(people=",".join(people))["is_crowded"]
    assert not check(people=",".join([*people[1:], "alice@example.org"]))["is_crowded"]


# -- the agenda ---------------------------------------------------------------------------------


def test_an_agenda_is_read_as_points_and_summed_up(check):
    said = check(agenda="- Ferries (20)\n\n2. Bridges (15 min)\nTalk", length="30")["agenda"]
    assert said == {
        "points": [["Ferries", 20], ["Bridges", 15], ["Talk", None]],
        "total": "35 of 30 minutes, 5 too many",
        "is_over": True,
    }
    assert check(agenda="Ferries (20)", length="45")["agenda"]["total"] == "20 of 45 minutes"
    assert check(agenda="Ferries (1)", length="other", minutes="x")["agenda"]["total"] == "1 minute"
    assert check(agenda="Ferries")["agenda"]["total"] == ""


# -- what it would send -------------------------------------------------------------------------


def test_the_button_says_what_it_does(check, standup):
    assert check(people="", time="20:00")["button"] == "Save"
    # Whoever organizes gets no invitation.
    assert check(people="alice@example.org", time="20:00")["button"] == "Save"
    assert check(people="bob@example.org", time="20:00")["button"] == "Send 1 invitation"
    assert check(time="20:00")["button"] == "Send 2 invitations"
    assert check()["button"] == "Send 2 invitations anyway"
    assert check(people="")["button"] == "Save anyway"


ONE, FOLLOWING, ALL = "one", "following", "all"
SAME = {
    "title": "Ferries",
    "time": "14:00",
    "length": "45",
    "people": "bob@example.org, dave@far.example",
    "agenda": "",
    "repeats": "weekly",
    "every": "1",
    "ends": "count",
}
CHANGES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "the agenda": {"agenda": "Worms"},
    "the title": {"title": "Ships"},
    "the time": {"time": "15:00"},
    "the length": {"length": "60"},
    "somebody new": {"people": "bob@example.org, dave@far.example, new@far.example"},
    "somebody less": {"people": "bob@example.org"},
    "others and the time": {"people": "dave@far.example, new@far.example", "time": "15:00"},
    "two dates more": {"more": 2},
    "one date less": {"more": -1},
    "another zone": {"zone": "Europe/Paris"},
    "another weekday": {"days": ["2"]},
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("scope", [ONE, FOLLOWING, ALL])
def test_what_is_said_is_what_is_sent(as_person, alice, series, scope, what):
    third = series.occurrences.all()[2]
    date = {ONE: third, FOLLOWING: third, ALL: series.occurrences.all()[0]}[scope].starts_at
    changes = dict(CHANGES[what])
    times = {FOLLOWING: 4}.get(scope, 6) + changes.pop("more", 0)
    form = {**FORM, **SAME, "date": f"{date:%Y-%m-%d}", "times": str(times), **changes}
    if scope == ONE:
        form = {name: value for name, value in form.items() if name not in ("people", "repeats")}
    query = f"?occurrence={third.pk}&scope={scope}"
    client, letters = as_person(alice), Letter.objects.count()
    # The invitations have gone out: one date is told to whoever knows of it.
    Letter.objects.update(sent_at=series.starts_at)
    said = client.post(f"{reverse('meetings:check')}{query}&meeting={series.code}", form).json()
    assert said["errors"] == {}
    assert Letter.objects.count() == letters
    # They have read when it begins.
    form["begins"] = (said["said"] or {}).get("begins", "")
    response = client.post(reverse("meetings:edit", args=[series.code]) + query, form)
    assert response.status_code == 302
    sent = Letter.objects.count() - letters
    words = {0: "Save", 1: "Save and send 1 letter"}.get(sent, f"Save and send {sent} letters")
    assert said["button"] == words


def test_a_single_meeting_says_it_too(check, standup, plan):
    edit = f"?meeting={standup.code}"
    same = {"agenda": "", "people": "Bob Lindqvist <bob@example.org>, Dave <dave@far.example>"}
    assert check(edit, **same)["button"] == "Save"
    assert check(edit, **same)["note"] == "So far nothing has changed that anybody needs a letter for."
    # The same moment on another zone's clock concerns nobody.
    assert check(edit, **same, zone="Europe/London", time="13:00")["button"] == "Save"
    said = check(edit, agenda="", title="Moved", people="bob@example.org, new@far.example")
    assert said["button"] == "Save and send 3 letters"
    assert said["note"] == (
        "1 letter says what is new, with the old struck through. 1 invitation goes out."
        " 1 person is told that they are no longer expected."
    )


# -- bounds -------------------------------------------------------------------------------------


def test_asking_writes_nothing(check, standup):
    before = (Meeting.objects.count(), Attendee.objects.count(), Letter.objects.count())
    check(f"?meeting={standup.code}", title="Another", people="somebody@far.example", read="1")
    assert (Meeting.objects.count(), Attendee.objects.count(), Letter.objects.count()) == before
    standup.refresh_from_db()
    assert standup.title == "Autumn timetable"


def test_whoever_asks_too_often_is_told_when_to_ask_again(as_person, alice, monkeypatch):
    monkeypatch.setattr(checking, "MOST_CHECKS", 2)
    cache.clear()
    client, url = as_person(alice), reverse("meetings:check")
    answers = [client.post(url, FORM) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2]["Retry-After"] == "5"


def test_the_heading_counts_what_is_wrong_with_the_fields_that_are_said_to_be(check):
    wrong = {"title": "", "people": "a@b, c@d, e@f.example", "date": ""}
    assert check(**wrong)["heading"] == ""
    assert check(**wrong, wrong=["title"])["heading"] == "One thing to put right"
    assert check(**wrong, wrong=["title", "people"])["heading"] == "Three things to put right"
    assert check(wrong=["title"])["heading"] == ""
