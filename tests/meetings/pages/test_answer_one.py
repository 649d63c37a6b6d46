"""Answers for one of the meetings of a series, by personal link and with an account."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from meetings import links
from meetings.calendar.recurrence import Rule
from meetings.models import Answer
from meetings.plans import invitations
from meetings.plans.invitations import OccurrencePlan
from tests.markup import markup

PEOPLE = "Bob Lindqvist <bob@example.org>, Dave <dave@far.example>"


@pytest.fixture
def mondays(alice, bob, plan):
    return invitations.schedule(alice, plan(PEOPLE, rrule=str(Rule("WEEKLY", count=6))))


@pytest.fixture
def dave(mondays):
    return mondays.attendees.get(name="Dave")


@pytest.fixture
def path(dave):
    return links.path(links.mint(dave))


def test_the_answer_page_of_a_series_offers_its_times_one_by_one(client, path, mondays):
    page = markup(client.get(f"{path}answer/"))
    assert "Every Monday from 14:00 to 14:45, Berlin time, six times" in page
    assert "Will you come to all of them?" in page
    assert page.count('aria-label="Answer for ') == 6


def test_an_answer_for_one_is_recorded_for_that_one(client, path, dave, mondays):
    second = mondays.occurrences.all()[1]
    page = f"{path}answer/on/{second.pk}/"
    assert "Will you come to this one?" in markup(client.get(f"{page}?answer=no"))
    assert not Answer.objects.exists()
    client.post(page, {"answer": "no", "note": "At the dentist", "about": second.appointment})
    answer = Answer.objects.get(attendee=dave, occurrence=second)
    assert (answer.partstat, answer.note) == ("DECLINED", "At the dentist")
    assert "You said no" in markup(client.get(page))
    dave.refresh_from_db()
    assert dave.partstat == "NEEDS-ACTION"


def test_an_occurrence_of_another_meeting_is_not_shown(client, path, alice, plan):
    other = invitations.schedule(alice, plan(rrule=str(Rule("DAILY", count=2))))
    page = client.get(f"{path}answer/on/{other.occurrences.all()[0].pk}/")
    assert page.status_code == 302
    assert page.url == f"{path}answer/"


def test_a_cancelled_occurrence_is_not_answered(client, path, mondays):
    second = mondays.occurrences.all()[1]
    invitations.cancel_occurrence(second)
    page = f"{path}answer/on/{second.pk}/"
    assert "This meeting is cancelled" in markup(client.get(page))
    client.post(page, {"answer": "yes", "about": second.appointment})
    assert not Answer.objects.exclude(partstat="").exists()


def test_somebody_with_an_account_answers_for_one_too(client, bob, mondays):
    client.force_login(bob)
    second = mondays.occurrences.all()[1]
    path = f"/meetings/{mondays.code}/answer/"
    client.post(path, {"answer": "maybe", "occurrence": second.pk, "about": second.appointment})
    assert Answer.objects.get(attendee__user=bob).partstat == "TENTATIVE"


# -- several at once ----------------------------------------------------------------------------


@pytest.fixture
def parted(mondays, plan):
    """From the fifth on they begin an hour later."""
    fifth = mondays.occurrences.all()[4]
    later = fifth.starts_at + timedelta(hours=1)
    rest = plan(PEOPLE, rrule=str(Rule("WEEKLY", count=2)), starts_at=later)
    invitations.change(mondays, rest, since=fifth)
    return mondays


def choices(client, path):
    return re.findall(r'name="dates"\s+value="([^"]+)"', client.get(f"{path}answer/").content.decode())


def test_one_answer_counts_for_several_dates_of_any_part(client, path, dave, parted):
    offered = choices(client, path)
    assert len(offered) == 6
    several = {"answer": "no", "dates": [offered[0], offered[3], offered[5]]}
    page = markup(client.post(f"{path}answer/several/", several, follow=True))
    assert "Your answer to 3 dates is noted." in page
    said = [
        Answer.objects.filter(attendee=dave, occurrence=one, partstat="DECLINED").exists()
        for one in parted.occurrences.all()
    ]
    assert said == [True, False, False, True, False, True]


def test_a_date_that_moved_meanwhile_is_not_answered(client, path, dave, mondays):
    offered = choices(client, path)
    second = mondays.occurrences.all()[1]
    later = second.starts_at + timedelta(hours=1)
    invitations.change_occurrence(second, OccurrencePlan(second.shown_title, later, second.duration))
    said = client.post(f"{path}answer/several/", {"answer": "yes", "dates": offered[:2]}, follow=True)
    assert "One of these dates has changed." in markup(said)
    assert not Answer.objects.filter(partstat="ACCEPTED").exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"answer": "yes"}, "Which dates is it for?"),
        ({"answer": "yes", "dates": ["x"]}, "One of these dates has changed."),
        ({"dates": []}, "Yes, maybe or no?"),
    ],
)
def test_what_is_no_answer_to_several_is_refused(client, path, data, said):
    assert said in markup(client.post(f"{path}answer/several/", data, follow=True))
    assert not Answer.objects.exclude(partstat="").exists()
