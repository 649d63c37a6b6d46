"""Plan now, send later."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from meetings.forms import drafts
from meetings.models import Draft, Meeting
from outbox.models import Letter

TYPED = {
    "title": "Autumn timetable",
    "date": "2030-11-25",
    "time": "14:00",
    "length": "45",
    "zone": "Europe/Berlin",
    "repeats": "weekly",
    "every": "1",
    "days": ["0", "2"],
    "ends": "count",
    "times": "6",
    "people": "Bob <bob@example.org>\nnobody",
    "agenda": "Rooms (10)\nTrains",
    "lobby": "on",
    "early": "10",
    "reminders": ["10", "60"],
}


@pytest.fixture
def browser(client, alice):
    client.force_login(alice)
    return client


def keep(browser, url=None, **changes):
    return browser.post(url or reverse("meetings:new"), TYPED | {"do": "keep"} | changes)


def form_of(draft):
    return f"{reverse('meetings:new')}?draft={draft.pk}"


def test_a_draft_is_kept_as_it_stands_and_writes_to_nobody(browser):
    assert keep(browser)["Location"] == "/"
    page = browser.get("/").content.decode()
    assert "Kept as a draft. Nobody has been written to." in page
    assert form_of(Draft.objects.get()) in page
    assert not Meeting.objects.exists()
    assert not Letter.objects.exists()


def test_it_goes_on_with_everything_that_was_typed_right_or_wrong(browser):
    keep(browser)
    form = browser.get(form_of(Draft.objects.get())).context["form"]
    for name, value in TYPED.items():
        shown = form[name].value()
        assert shown == (True if name == "lobby" else value), name


def test_a_form_with_nothing_but_a_title_is_kept(browser):
    browser.post(reverse("meetings:new"), {"title": "One day", "do": "keep"})
    draft = Draft.objects.get()
    assert draft.title == "One day"
    page = browser.get(form_of(draft))
    assert page.status_code == 200
    # What was not typed is as it is proposed for any new meeting.
    assert page.context["form"]["date"].value()


def test_kept_again_it_stays_one(browser):
    keep(browser)
    keep(browser, form_of(Draft.objects.get()), title="Winter timetable")
    assert Draft.objects.get().title == "Winter timetable"


def test_sent_it_is_a_meeting_and_no_draft_any_more(browser):
    keep(browser)
    sent = browser.post(form_of(Draft.objects.get()), TYPED | {"people": "bob@example.org"})
    assert sent["Location"] == Meeting.objects.get().get_absolute_url()
    assert not Draft.objects.exists()


def test_what_cannot_be_sent_yet_stays_a_draft(browser):
    keep(browser)
    refused = browser.post(form_of(Draft.objects.get()), TYPED)
    assert refused.status_code == 200
    assert "nobody" in str(refused.context["form"].errors)
    assert Draft.objects.exists()


def test_thrown_away_it_is_gone(browser):
    keep(browser)
    page = browser.get(form_of(Draft.objects.get())).content.decode()
    [away] = re.findall(r'formaction="([^"]+throw-away/)"', page)
    browser.get(away)
    assert Draft.objects.exists()
    browser.post(away)
    assert not Draft.objects.exists()


def test_drafts_are_ones_own(browser, as_person, bob):
    keep(browser)
    draft = Draft.objects.get()
    other = as_person(bob)
    assert other.get(form_of(draft)).status_code == 404
    assert keep(other, form_of(draft)).status_code == 404
    assert other.post(reverse("meetings:throw_away", args=[draft.pk])).status_code == 404
    assert "Autumn timetable" not in other.get("/").content.decode()
    assert Draft.objects.get() == draft


@pytest.mark.parametrize("asked", ["0", "x", "9" * 40, "-1"])
def test_a_draft_that_is_none_is_not_found(browser, asked):
    assert browser.get(reverse("meetings:new") + f"?draft={asked}").status_code == 404


def test_there_is_an_end_to_drafts_and_nothing_typed_is_lost_by_it(browser, alice):
    Draft.objects.bulk_create(Draft(organizer=alice) for _ in range(drafts.MOST_DRAFTS))
    refused = keep(browser)
    assert "You have 30 drafts. Send or throw away one of them first." in refused.content.decode()
    assert refused.context["form"]["agenda"].value() == TYPED["agenda"]
    assert Draft.objects.count() == drafts.MOST_DRAFTS


def test_a_draft_has_an_end_too(browser):
    refused = keep(browser, agenda="x" * (drafts.MOST_CHARACTERS + 1))
    assert "That is too long for a draft" in refused.content.decode()
    assert not Draft.objects.exists()


def test_what_no_database_takes_is_left_out(browser):
    keep(browser, title="Autumn\x00 timetable", reminders=["10\x00", "60"])
    content = Draft.objects.get().content
    assert content["title"] == TYPED["title"]
    assert content["reminders"] == TYPED["reminders"]


@pytest.mark.parametrize("junk", ["x", "9" * 400, "-1", "2030-99-99", "<", "²"])
def test_whatever_was_typed_its_draft_opens_again(browser, junk):
    keep(browser, **{name: [junk] if isinstance(value, list) else junk for name, value in TYPED.items()})
    page = browser.get(f"{reverse('meetings:new')}?draft={Draft.objects.get().pk}")
    assert page.status_code == 200


def test_a_title_is_no_markup(browser):
    keep(browser, title="<b>Bold</b>")
    assert "<b>Bold" not in browser.get("/").content.decode()
