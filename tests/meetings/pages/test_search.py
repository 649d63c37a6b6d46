"""Finding a meeting by words of its title, or by somebody's name."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from meetings.pages import search
from meetings.plans import invitations


@pytest.fixture
def find(as_person):
    """`find(bob, "timetable")`: what he reads."""

    def found(user, question):
        page = as_person(user).get(reverse("meetings:search"), {"q": question})
        assert page.status_code == 200
        return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode().partition("<main")[2]).split())

    return found


@pytest.fixture
def standing(alice, plan, soon):
    invitations.schedule(alice, plan("Bob <bob@example.org>", title="Ticket machines", starts_at=soon))
    series = plan(title="Trains", starts_at=soon + timedelta(hours=3), rrule="FREQ=DAILY;COUNT=9")
    invitations.schedule(alice, series)


@pytest.mark.parametrize(
    "question", ["ticket", "TICKET machines", "machines bob", "alice ticket", "  tick  "]
)
def test_each_word_stands_in_the_title_or_in_a_name(find, alice, standing, question):
    page = find(alice, question)
    assert "Ticket machines" in page
    assert "Trains" not in page


@pytest.mark.parametrize("question", ["machines carol", "bob@example.org", "%", "_", "\x00", "x" * 500])
def test_what_stands_nowhere_is_not_found_and_said_so(find, alice, standing, question):
    page = find(alice, question)
    assert "Ticket machines" not in page
    assert "Trains" not in page


def test_what_stands_nowhere_is_said(find, alice, standing):
    assert "None of your meetings has “zebra” in its title" in find(alice, "zebra")


def test_a_series_is_one_row(find, alice, standing):
    page = find(alice, "trains")
    assert page.count("Trains") == 1
    assert "and 5 more" in page


def test_what_has_been_is_found_too(find, alice, plan, soon, monkeypatch):
    meeting = invitations.schedule(alice, plan(title="Harbour", starts_at=soon))
    monkeypatch.setattr("django.utils.timezone.now", lambda: meeting.ends_at + timedelta(days=2))
    assert "Past meetings" in find(alice, "harbour")
    assert "Coming up" not in find(alice, "harbour")


def test_a_date_is_found_by_the_title_that_is_its_own(find, alice, standing):
    one = alice.meetings.get(title="Trains").occurrences.all()[4]
    one.title = "Trams"
    one.save()
    assert "Trams" in find(alice, "trams")


def test_nobody_finds_what_is_not_theirs(find, bob, carol, standing):
    assert "Ticket machines" in find(bob, "ticket")
    assert "Trains" not in find(bob, "trains")
    assert "Ticket machines" not in find(carol, "ticket")


def test_a_question_has_an_end(db):
    assert len(search.clean_question("word " * 100)) <= search.LONGEST_QUESTION
    assert search.clean_question(" a\n b ") == "a b"


def test_without_a_question_there_is_the_field_alone(find, alice, standing):
    assert "None of your meetings" not in find(alice, "")
