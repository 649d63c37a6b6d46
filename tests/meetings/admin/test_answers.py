"""Answers, as an administrator finds them."""

from __future__ import annotations

import pytest

from meetings.models import Answer, Attendee
from meetings.plans import invitations
from tests.markup import markup
from tests.meetings.administration import listing, page_of

PartStat = Attendee.PartStat


@pytest.fixture
def answered(alice, plan):
    """Dave comes to all dates of a series but one."""
    series = invitations.schedule(alice, plan("dave@far.example", rrule="FREQ=WEEKLY;COUNT=5"))
    dave = series.attendees.get()
    invitations.respond(dave, PartStat.ACCEPTED)
    invitations.respond(dave, PartStat.DECLINED, "At the dentist", occurrence=series.occurrences.all()[1])
    return series


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 2),
        ({"answer": "ACCEPTED"}, 1),
        ({"answer": "TENTATIVE"}, 0),
        ({"to": "all"}, 1),
        ({"to": "one"}, 1),
        ({"to": "one", "answer": "ACCEPTED"}, 0),
        ({"q": "dentist"}, 1),
    ],
)
@pytest.mark.usefixtures("answered")
def test_answers_are_found_by_what_they_say_and_what_they_are_to(administrator, asked, count):
    assert administrator.get(listing(Answer), asked).context["cl"].result_count == count


@pytest.mark.usefixtures("answered")
def test_the_list_says_what_each_answer_is_to(administrator):
    page = markup(administrator.get(listing(Answer)))
    assert "the whole" in page
    assert "2 Dec 2030, 13:00" in page


@pytest.mark.usefixtures("answered")
def test_the_page_of_an_answer_has_the_word_that_was_said_with_it(administrator):
    page = markup(administrator.get(page_of(Answer.objects.to_one().get())))
    assert "At the dentist" in page
    assert "2030-12-02T14:00" in page


def test_what_no_more_than_notes_a_letter_is_no_answer(administrator, answered):
    invitations.cancel_occurrence(answered.occurrences.all()[2])
    assert Answer.objects.filter(partstat="").exists()
    assert administrator.get(listing(Answer)).context["cl"].result_count == 2
