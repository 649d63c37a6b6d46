from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from meetings import links
from meetings.models import Attendee, PersonalLink
from meetings.plans import invitations
from tests.markup import markup

PartStat = Attendee.PartStat


@pytest.fixture
def url(standup, invited):
    """Where Dave's letter leads to."""
    return reverse("meetings:answer_by_link", args=[links.mint(invited("dave"))])


@pytest.mark.parametrize("answer", ["yes", "maybe", "no", "", "perhaps"])
def test_looking_records_nothing(client, url, invited, answer):
    response = client.get(url, {"answer": answer})
    assert response.status_code == 200
    assert invited("dave").answer.partstat == PartStat.NEEDS_ACTION
    assert invited("dave").answer.answered_at is None
    assert PersonalLink.objects.get().used_at is None


def test_the_button_in_the_letter_chooses_the_answer(client, url):
    page = markup(client.get(url, {"answer": "maybe"}))
    assert 'value="maybe" required checked' in page
    assert page.count(" checked") == 1


@pytest.mark.parametrize(
    ("answer", "partstat"),
    [("yes", PartStat.ACCEPTED), ("maybe", PartStat.TENTATIVE), ("no", PartStat.DECLINED)],
)
def test_sending_records_the_answer(client, url, invited, answer, partstat):
    response = client.post(url, {"answer": answer, "note": "Five minutes late"})
    assert response["Location"] == url
    assert invited("dave").answer.partstat == partstat
    assert invited("dave").answer.note == "Five minutes late"
    assert timezone.now() - invited("dave").answer.answered_at < timedelta(minutes=1)
    assert f"You said {answer}" in markup(client.get(url))


def test_a_form_that_comes_back_keeps_the_answer_that_was_sent(client, url):
    page = markup(client.post(f"{url}?answer=yes", {"answer": "no", "note": "x" * 5000}))
    assert "to put right" in page
    assert 'value="no" required checked' in page
    assert page.count(" checked") == 1


def test_an_answer_that_is_only_chosen_is_said_to_be_unsent(client, url):
    page = markup(client.get(url, {"answer": "yes"}))
    assert "not sent yet</h2><p>You chose Yes. Send it with the button below.</p>" in page
    client.post(url, {"answer": "yes"})
    sent = markup(client.get(url))
    assert "You said yes" in sent
    assert "not sent yet" not in sent


def test_a_new_choice_stands_beside_what_was_said_before_it_is_sent(client, url):
    client.post(url, {"answer": "no"})
    page = markup(client.get(url, {"answer": "maybe"}))
    assert "not sent yet" in page
    assert "You chose Maybe. Send it with the button below; so far you said no." in page


def test_the_same_choice_again_is_sent_already(client, url):
    client.post(url, {"answer": "yes"})
    page = markup(client.get(url, {"answer": "yes"}))
    assert "You said yes" in page
    assert "not sent yet" not in page


def test_whoever_only_opens_the_page_has_chosen_nothing(client, url):
    assert "not sent yet" not in markup(client.get(url))
    assert "not sent yet" not in markup(client.get(url, {"answer": "perhaps"}))


def test_an_answer_can_be_changed(client, url, invited):
    client.post(url, {"answer": "yes"})
    client.post(url, {"answer": "no"})
    assert invited("dave").answer.partstat == PartStat.DECLINED


def about(page: str) -> str:
    """The time that a form on the page asks about."""
    [found] = set(re.findall(r'name="about" value="([^"]+)"', page))
    return str(found)


@pytest.fixture
def moved(standup, plan):
    """`moved()`: Alice puts it off by an hour."""

    def move():
        people = "bob@example.org, dave@far.example"
        invitations.change(standup, plan(people, starts_at=standup.starts_at + timedelta(hours=1)))

    return move


def test_an_answer_to_a_time_that_has_changed_is_asked_for_again(client, url, invited, moved):
    seen = about(markup(client.get(url)))
    moved()
    page = markup(client.post(url, {"answer": "yes", "note": "Late", "about": seen}))
    assert "The time has changed" in page
    assert "15:00 to 15:45" in page
    assert 'value="yes" required checked' in page
    assert 'value="Late"' in page
    assert invited("dave").answer.partstat == PartStat.NEEDS_ACTION
    client.post(url, {"answer": "yes", "about": about(page)})
    assert invited("dave").answer.partstat == PartStat.ACCEPTED


@pytest.mark.parametrize("rrule", ["", "FREQ=MONTHLY;BYDAY=-1MO;COUNT=3"])
@pytest.mark.parametrize(
    ("answer", "minutes", "expected"),
    [
        ("no", 90, PartStat.DECLINED),
        ("yes", 90, PartStat.NEEDS_ACTION),
        ("yes", 30, PartStat.ACCEPTED),
        ("maybe", 30, PartStat.TENTATIVE),
    ],
)
def test_an_answer_on_the_page_from_before_another_length_counts_if_it_still_holds(
    client, alice, plan, answer, minutes, expected, rrule
):
    meeting = invitations.schedule(alice, plan("dave@far.example", rrule=rrule))
    url = reverse("meetings:answer_by_link", args=[links.mint(meeting.attendees.get())])
    seen = meeting.appointment
    longer = plan("dave@far.example", rrule=rrule, duration=timedelta(minutes=minutes))
    invitations.change(meeting, longer)
    client.post(url, {"answer": answer, "about": seen})
    assert meeting.attendees.get().answer.partstat == expected


def test_so_is_the_answer_of_somebody_with_an_account(as_person, bob, standup, invited, moved):
    client = as_person(bob)
    seen = about(markup(client.get(standup.get_absolute_url())))
    moved()
    answer = reverse("meetings:answer", args=[standup.code])
    page = markup(client.post(answer, {"answer": "yes", "about": seen}, follow=True))
    assert "your answer was not taken" in page
    assert invited("bob").answer.partstat == PartStat.NEEDS_ACTION
    client.post(answer, {"answer": "yes", "about": about(page)})
    assert invited("bob").answer.partstat == PartStat.ACCEPTED


def test_no_answer_is_asked_for_again(client, url, invited):
    page = markup(client.post(url, {"answer": ""}))
    assert "Yes, maybe or no?" in page
    assert invited("dave").answer.partstat == PartStat.NEEDS_ACTION


def test_a_note_is_freed_of_what_turns_text_around_and_may_not_be_long(client, url, invited):
    client.post(url, {"answer": "yes", "note": "a\u202eb"})
    assert invited("dave").answer.note == "ab"
    page = markup(client.post(url, {"answer": "yes", "note": "x" * 201}))
    assert "The word with it is 201 characters long." in page


def test_the_page_speaks_in_the_browsers_time(client, url):
    client.cookies["zone"] = "Asia/Taipei"
    assert "21:00 to 21:45" in markup(client.get(url))


def test_after_answering_what_was_answered_comes_first_and_the_form_is_one_step_away(client, url):
    page = markup(client.post(url, {"answer": "yes", "note": "Five minutes late"}, follow=True))
    assert "You said yes" in page
    assert "“<bdi>Five minutes late</bdi>”" in page
    assert '<a class="button button-primary" href="/i/' in page
    assert '<a class="button" href="?change">Change my answer</a>' in page
    assert "Send my answer" not in page
    form = markup(client.get(url, {"change": ""}))
    assert "Send my answer" in form
    assert 'value="yes" required checked' in form
    assert 'value="Five minutes late"' in form
    assert "Keep my answer" in form


def test_whoever_said_no_is_not_led_into_the_meeting_first(client, url):
    page = markup(client.post(url, {"answer": "no"}, follow=True))
    assert '<a class="button" href="/i/' in page
    assert "Add to my calendar" not in page


def test_a_page_for_an_unknown_browser_is_written_anew_in_its_time_before_it_is_drawn(client, url):
    page = markup(client.get(url))
    head = page.partition("</head>")[0]
    assert '<meta name="written-in" content="Europe/Berlin">' in head
    assert head.index("zone=") < head.index("location.reload()") < head.index("stylesheet")
    # Sent once more, it would ask whether to send the answer again.
    assert "location.reload()" not in markup(client.post(url, {"answer": ""}))


def test_the_organizers_clock_stands_beside_the_readers(client, url):
    assert "for <bdi>Alice</bdi>" not in markup(client.get(url))
    client.cookies["zone"] = "America/New_York"
    page = markup(client.get(url))
    assert "08:00 to 08:45" in page
    assert "New York time; for <bdi>Alice</bdi> 14:00 to 14:45, Berlin time" in page
    client.cookies["zone"] = "Pacific/Auckland"
    assert "for <bdi>Alice</bdi> Monday, 14:00 to 14:45, Berlin time" in markup(client.get(url))


def test_of_a_series_the_next_dates_are_said_on_the_readers_clock_beside_the_rule(client, alice, plan):
    series = invitations.schedule(alice, plan("dave@far.example", rrule="FREQ=WEEKLY;COUNT=8"))
    url = reverse("meetings:answer_by_link", args=[links.mint(series.attendees.get())])
    assert "On your clock" not in markup(client.get(url))
    client.cookies["zone"] = "America/New_York"
    page = markup(client.get(url))
    assert "Every Monday from 14:00 to 14:45, Berlin time, eight times" in page
    assert "On your clock: Mon 25 Nov, 08:00; Mon 2 Dec, 08:00;" in page


def test_a_zone_learned_at_another_meeting_is_the_readers_here_too(
    client, alice, plan, url, open_letter, invited
):
    other = invitations.schedule(alice, plan("Dave@far.example", title="Earlier"))
    other.attendees.update(time_zone="America/New_York")
    assert "08:00 to 08:45" in markup(client.get(url))
    assert "(Mon 25 Nov, 08:00)" in open_letter(invited("dave")).subject


def test_it_needs_the_token_of_the_form(url, invited):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post(url, {"answer": "yes"}).status_code == 403
    assert invited("dave").answer.partstat == PartStat.NEEDS_ACTION


def test_a_revoked_link_answers_for_nobody(client, url, invited):
    links.revoke(invited("dave"))
    assert client.post(url, {"answer": "yes"}).status_code == 410
    assert invited("dave").answer.partstat == PartStat.NEEDS_ACTION


def test_a_cancelled_meeting_needs_no_answer(client, url, standup, invited):
    invitations.cancel(standup)
    assert client.post(url, {"answer": "yes"}).status_code == 410
    assert invited("dave").answer.partstat == PartStat.NEEDS_ACTION


def test_what_is_over_is_not_answered(client, alice, plan):
    over = invitations.schedule(alice, plan("dave@far.example", starts_at=timezone.now() - timedelta(days=1)))
    url = reverse("meetings:answer_by_link", args=[links.mint(over.attendees.get())])
    assert "This meeting is over" in markup(client.get(url))
    client.post(url, {"answer": "yes"})
    assert over.attendees.get().answer.partstat == PartStat.NEEDS_ACTION


def test_answering_does_not_sign_in(client, url):
    client.post(url, {"answer": "yes"})
    assert client.get(reverse("meetings:past")).status_code == 302


def test_what_the_page_shows_is_not_found_by_search_engines_nor_kept(client, url):
    response = client.get(url)
    assert 'name="robots" content="noindex"' in markup(response)
    assert "no-store" in response["Cache-Control"]
