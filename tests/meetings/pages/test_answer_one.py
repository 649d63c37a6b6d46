"""Answers for one of the meetings of a series, by personal link and with an account."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings import links
from meetings.calendar.recurrence import Rule
from meetings.models import Answer, Attendee
from meetings.plans import invitations
from meetings.plans.address import Address
from meetings.plans.invitations import OccurrencePlan
from tests.markup import markup

PartStat = Attendee.PartStat
YES, NO = PartStat.ACCEPTED, PartStat.DECLINED
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
    assert dave.answer.partstat == "NEEDS-ACTION"


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
    assert not Answer.objects.exclude(partstat__in=("", "NEEDS-ACTION")).exists()


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
    assert not Answer.objects.exists()


# -- with an account ----------------------------------------------------------------------------


def offered_on_the_page(client, meeting):
    page = client.get(meeting.get_absolute_url()).content.decode()
    return re.findall(r'name="dates"\s+value="([^"]+)"', page)


def test_somebody_with_an_account_answers_for_dates_of_any_part_on_the_page_of_the_meeting(
    client, bob, parted
):
    client.force_login(bob)
    offered = offered_on_the_page(client, parted)
    assert len(offered) == 6
    several = {"answer": "no", "dates": [offered[0], offered[3], offered[5]]}
    page = markup(client.post(f"/meetings/{parted.code}/answer/several/", several, follow=True))
    assert "Your answer to 3 dates is noted." in page
    bobs = parted.attendees.get(user=bob)
    said = [one.answer_of(bobs).partstat for one in parted.occurrences.all()]
    no, silent = "DECLINED", "NEEDS-ACTION"
    assert said == [no, silent, silent, no, silent, no]


EACH = "Each date has an answer of its own"


def answer_each(attendee, *said):
    """To the dates one by one."""
    for one, partstat in zip(attendee.meeting.occurrences.all(), said, strict=False):
        invitations.respond(attendee, PartStat(partstat), occurrence=one)


def test_who_answered_each_date_is_not_asked_about_all_of_them(client, bob, mondays):
    client.force_login(bob)
    assert "Will you come to all of them?" in markup(client.get(mondays.get_absolute_url()))
    answer_each(mondays.attendees.get(user=bob), YES, NO, NO, YES, YES)
    assert "Will you come to all of them?" in markup(client.get(mondays.get_absolute_url()))
    answer_each(mondays.attendees.get(user=bob), YES, NO, NO, YES, YES, NO)
    page = markup(client.get(mondays.get_absolute_url()))
    assert "Will you come to all" not in page
    assert EACH in page
    assert "does not reach this site" not in page
    assert 'aria-pressed="true"' not in page


def test_who_answered_each_date_of_the_last_part_is_not_asked_about_it_by_either_link(
    client, path, bob, dave, parted
):
    said = "From Monday, 23 December 2030 on, each date has an answer of its own"
    for attendee in parted.attendees.all():
        answer_each(attendee, YES, YES, YES, YES, YES, NO)
    page = markup(client.get(f"{path}answer/"))
    assert said in page
    assert "Will you come from" not in page
    assert "Will you come from" in markup(client.get(f"{path}answer/?change"))
    client.force_login(bob)
    page = markup(client.get(parted.get_absolute_url()))
    assert said in page
    assert "Will you come from" not in page


def test_who_said_the_same_to_each_date_has_said_it_to_all(client, path, dave, mondays):
    answer_each(dave, *[NO] * 6)
    page = markup(client.get(f"{path}answer/"))
    assert "You said no" in page
    assert EACH not in page


def test_who_said_yes_to_the_next_date_alone_is_told_that_their_calendar_is_not_read(client, bob, mondays):
    client.force_login(bob)
    answer_each(mondays.attendees.get(user=bob), YES)
    assert "does not reach this site" in markup(client.get(mondays.get_absolute_url()))


def test_an_answer_to_several_is_for_whoever_is_invited(client, alice, carol, parted):
    several = {"answer": "yes", "dates": [str(parted.occurrences.first().pk)]}
    for person in (alice, carol):
        client.force_login(person)
        assert client.post(f"/meetings/{parted.code}/answer/several/", several).status_code == 404
    client.force_login(alice)
    assert offered_on_the_page(client, parted) == []


def test_the_page_of_a_series_says_which_dates_its_own_question_is_about(client, bob, parted):
    client.force_login(bob)
    page = markup(client.get(parted.get_absolute_url()))
    assert "Will you come from Monday, 23 December 2030 on?" in page


def test_the_page_of_a_date_asks_about_that_date_alone(client, bob, mondays):
    client.force_login(bob)
    second = mondays.occurrences.all()[1]
    page = markup(client.get(second.get_absolute_url()))
    assert "Will you come to this one?" in page
    [form] = re.findall(rf'<form[^>]*action="/meetings/{mondays.code}/answer/".*?</form>', page)
    sent = dict(re.findall(r'name="(about|occurrence|series)"\s+value="([^"]+)"', form))
    client.post(f"/meetings/{mondays.code}/answer/", {**sent, "answer": "no"})
    bobs = mondays.attendees.get(user=bob)
    said = [one.answer_of(bobs).partstat for one in mondays.occurrences.all()[:3]]
    assert said == ["NEEDS-ACTION", "DECLINED", "NEEDS-ACTION"]


def test_an_answer_in_the_list_is_about_the_part_of_the_date_that_it_stands_beside(client, bob, parted):
    client.force_login(bob)
    page = markup(client.get(reverse("meetings:list")))
    form = re.findall(rf'<form[^>]*action="/meetings/{parted.code}/answer/".*?</form>', page)[0]
    sent = dict(re.findall(r'name="(about|occurrence|series)"\s+value="([^"]+)"', form))
    client.post(f"/meetings/{parted.code}/answer/", {**sent, "answer": "yes", "from": "list"})
    bobs = parted.attendees.get(user=bob)
    said = [one.answer_of(bobs).partstat for one in parted.occurrences.all()]
    assert said == ["ACCEPTED"] * 4 + ["NEEDS-ACTION"] * 2


def answer_in_the_list(client, meeting, answer):
    """Press a button of the first form for the meeting in the list, as the browser would."""
    page = markup(client.get(reverse("meetings:list")))
    form = re.findall(rf'<form[^>]*action="/meetings/{meeting.code}/answer/".*?</form>', page)[0]
    sent = dict(re.findall(r'name="(about|occurrence|series)"\s+value="([^"]+)"', form))
    client.post(f"/meetings/{meeting.code}/answer/", {**sent, "answer": answer, "from": "list"})


def bobs_answers(bob, meeting):
    bobs = meeting.attendees.get(user=bob)
    return [one.answer_of(bobs).partstat for one in meeting.occurrences.select_related("series")]


def test_an_answer_in_the_list_to_a_date_that_moved_leaves_the_others_as_they_are(client, bob, mondays):
    bobs = mondays.attendees.get(user=bob)
    invitations.respond(bobs, PartStat.ACCEPTED)
    third, first = mondays.occurrences.all()[2], mondays.occurrences.first()
    invitations.respond(bobs, PartStat.TENTATIVE, occurrence=third)
    later = first.starts_at + timedelta(hours=1)
    invitations.change_occurrence(first, OccurrencePlan(first.shown_title, later, first.duration))
    client.force_login(bob)
    assert "Will you come to this one?" in markup(client.get(reverse("meetings:list")))
    answer_in_the_list(client, mondays, "no")
    yes = "ACCEPTED"
    assert bobs_answers(bob, mondays) == ["DECLINED", yes, "TENTATIVE", yes, yes, yes]


def test_an_answer_in_the_list_leaves_what_was_said_to_other_dates_as_it_is(client, bob, mondays):
    bobs, third = mondays.attendees.get(user=bob), mondays.occurrences.all()[2]
    invitations.respond(bobs, PartStat.DECLINED, occurrence=third)
    client.force_login(bob)
    answer_in_the_list(client, mondays, "yes")
    silent = "NEEDS-ACTION"
    assert bobs_answers(bob, mondays) == ["ACCEPTED", silent, "DECLINED", silent, silent, silent]


@pytest.mark.parametrize("what", ["occurrence", "series"])
@pytest.mark.parametrize("of", ["another meeting", "nothing"])
def test_an_answer_to_what_is_not_of_the_meeting_is_none_to_the_whole(
    client, bob, alice, mondays, plan, what, of
):
    other = invitations.schedule(alice, plan(PEOPLE, rrule=str(Rule("DAILY", count=2))))
    number = {"occurrence": other.occurrences.get(starts_at=other.starts_at).pk, "series": other.current.pk}[
        what
    ]
    client.force_login(bob)
    named = {what: number if of == "another meeting" else "x"}
    page = client.post(f"/meetings/{mondays.code}/answer/", {"answer": "no", **named}, follow=True)
    assert "so your answer was not taken" in markup(page)
    assert not Answer.objects.exists()


def test_somebody_with_an_account_is_told_that_a_cancelled_date_is_not_answered(client, bob, mondays):
    client.force_login(bob)
    second = mondays.occurrences.all()[1]
    invitations.cancel_occurrence(second)
    about = {"answer": "yes", "occurrence": second.pk, "about": second.appointment}
    page = client.post(f"/meetings/{mondays.code}/answer/", about, follow=True)
    assert "is over, cancelled or no more, so your answer was not taken" in markup(page)
    assert bobs_answers(bob, mondays) == ["NEEDS-ACTION"] * 6


def test_two_invitations_of_one_person_answer_together(client, bob, parted):
    invitations.invite(parted, [Address("bob@home.example", "Bob")])
    parted.attendees.filter(email="bob@home.example").update(user=bob)
    client.force_login(bob)
    several = {"answer": "yes", "dates": offered_on_the_page(client, parted)[:2]}
    client.post(f"/meetings/{parted.code}/answer/several/", several)
    for invitation in parted.attendees.filter(user=bob):
        said = [one.answer_of(invitation).partstat for one in parted.occurrences.all()[:3]]
        assert said == ["ACCEPTED", "ACCEPTED", "NEEDS-ACTION"]


def test_an_answer_takes_as_many_queries_for_many_dates_as_for_few(client, bob, alice, plan):
    client.force_login(bob)
    meeting = invitations.schedule(alice, plan(PEOPLE, rrule=str(Rule("DAILY", count=60))))
    offered = offered_on_the_page(client, meeting)
    counted = []
    # Of each, some were answered before.
    for count in (1, 2, 60):
        several = {"answer": "no", "dates": offered[:count]}
        with CaptureQueriesContext(connection) as queries:
            client.post(f"/meetings/{meeting.code}/answer/several/", several)
        counted.append(len(queries))
    assert counted[1] == counted[2]
    assert bobs_answers(bob, meeting) == ["DECLINED"] * 60


def test_dates_that_are_gone_when_their_turn_comes_are_not_said_to_be_answered(
    client, bob, mondays, monkeypatch
):
    client.force_login(bob)
    several = {"answer": "no", "dates": offered_on_the_page(client, mondays)[:2]}
    monkeypatch.setattr(invitations, "respond_to_dates", lambda *asked: False)
    page = markup(client.post(f"/meetings/{mondays.code}/answer/several/", several, follow=True))
    assert "One of these dates has changed." in page
    assert "is noted" not in page


def test_the_page_takes_as_many_queries_for_many_dates_as_for_few(client, bob, alice, plan):
    client.force_login(bob)
    counted = []
    for count in (3, 40):
        meeting = invitations.schedule(alice, plan(PEOPLE, rrule=str(Rule("DAILY", count=count))))
        client.get(meeting.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            client.get(meeting.get_absolute_url())
        counted.append(len(queries))
    assert counted[0] == counted[1]
