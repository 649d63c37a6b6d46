"""An English sentence that is left on a page fails: in a pseudo-language every letter has an accent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from language import pseudo
from meetings import links
from meetings.forms.addresses import parse
from meetings.letters import reminders
from meetings.models import Attendee
from meetings.plans import invitations
from meetings.plans.plan import Plan
from tests.untranslated import english, said

# What stands on pages in every language: names that people gave, and names of things.
NAMES = (
    *("Roundtable", "Alice", "Bob", "Carol", "Dave"),
    # Calendars of others.
    *("Google", "Outlook.com", "Office 365", "Yahoo"),
    # CLDR has no Greek for it.
    "Lower Prince’s Quarter",
)
STRANGERS = (
    "/",
    "/account/login/",
    "/account/signup/",
    "/account/password/reset/",
    "/account/login/code/",
    "/account/first/nothing/",
    "/nothing/",
    "/outbox/",
)
ACCOUNTS = (
    "/account/settings/",
    "/account/email/",
    "/account/password/change/",
    "/account/2fa/",
    "/account/2fa/totp/activate/",
    "/account/2fa/recovery-codes/generate/",
    "/account/2fa/webauthn/",
    "/account/2fa/webauthn/add/",
    "/account/logout/",
)


def left(response) -> list[str]:
    return english(said(response.content.decode()), NAMES)


@pytest.mark.parametrize("path", STRANGERS)
@pytest.mark.django_db
def test_nothing_english_is_left_on_the_page_of_a_stranger(reading, path):
    assert left(reading(pseudo.ACCENTED).get(path)) == []


@pytest.mark.parametrize("path", ACCOUNTS)
def test_nothing_english_is_left_on_the_pages_of_an_account(reading, alice, path):
    assert left(reading(pseudo.ACCENTED, alice).get(path, follow=True)) == []


@pytest.mark.parametrize(
    "path", ["/account/login/", "/account/signup/", "/account/password/reset/", "/account/login/code/"]
)
@pytest.mark.django_db
def test_nothing_english_is_left_where_something_is_wrong(reading, path):
    browser = reading(pseudo.ACCENTED)
    wrong = {
        "email": "nobody",
        "login": "a@example.org",
        "password": "not",
        "password1": "short",
        "name": "A",
    }
    assert left(browser.post(path, {})) == []
    assert left(browser.post(path, wrong)) == []


@pytest.mark.django_db
def test_a_mirrored_page_says_that_it_runs_from_right_to_left(reading):
    page = reading(pseudo.MIRRORED).get("/account/login/").content.decode()
    assert '<html lang="ar-XB" dir="rtl" data-formats="ar">' in page


@pytest.mark.django_db
def test_english_needs_no_catalog(client, reading):
    assert "words/" not in client.get("/account/login/").content.decode()
    assert "words/en-xa" in reading(pseudo.ACCENTED).get("/account/login/").content.decode()


# -- meetings and rooms -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/meetings/past/",
        "/meetings/search/?q=xyzzy9",
        "/meetings/week/?day=2030-11-25",
        "/meetings/month/?day=2030-11-25",
        "/meetings/new/",
        "/meetings/calendar/",
        "/meetings/room/settings/",
        "/meetings/{code}/",
        "/meetings/{code}/edit/",
        "/meetings/{code}/edit/?scope=all",
        "/meetings/{code}/cancel/",
        "/meetings/{code}/write/",
        "/meetings/{code}/attendance/",
        "/{code}/",
        "/test/",
    ],
)
def test_nothing_english_is_left_on_the_pages_of_meetings(reading, alice, series, path):
    browser = reading(pseudo.ACCENTED, alice)
    response = browser.get(path.format(code=series.code), follow=True)
    assert response.status_code == 200
    assert [text for text in left(response) if "xyzzy9" not in text] == []


def test_nothing_english_is_left_on_the_meeting_of_somebody_invited(reading, bob, series):
    browser = reading(pseudo.ACCENTED, bob)
    for path in ("/", f"/meetings/{series.code}/", f"/{series.code}/"):
        assert left(browser.get(path, follow=True)) == []


def test_nothing_english_is_left_where_a_personal_link_leads(reading, series):
    browser = reading(pseudo.ACCENTED)
    attendee = series.attendees.get(email="dave@far.example")
    path = links.path(links.mint(attendee))
    for page in ("answer/", "answer/?answer=maybe", ""):
        assert left(browser.get(path + page, follow=True)) == []
    links.revoke(attendee)
    assert left(browser.get(path)) == []


def test_nothing_english_is_left_where_each_date_has_an_answer_of_its_own(reading, alice, bob, series):
    yes, no = Attendee.PartStat.ACCEPTED, Attendee.PartStat.DECLINED
    for attendee in series.attendees.all():
        for n, one in enumerate(series.occurrences.all()):
            invitations.respond(attendee, no if n else yes, occurrence=one)
    dave = links.path(links.mint(series.attendees.get(email="dave@far.example")))
    for person, path in (
        (alice, series.get_absolute_url()),
        (bob, series.get_absolute_url()),
        (None, f"{dave}answer/"),
    ):
        browser = reading(pseudo.ACCENTED, person) if person else reading(pseudo.ACCENTED)
        page = browser.get(path)
        assert pseudo.accented("Each date has an answer of its own") in page.content.decode()
        assert left(page) == []


def test_what_an_answer_to_a_part_holds_for_is_one_sentence_in_the_table_of_the_organizer(
    reading, alice, series
):
    """With the day as a place in it: another language may put its words elsewhere."""
    third = series.occurrences.all()[2]
    plan = Plan(
        title="Ēťûđé",
        starts_at=third.starts_at + timedelta(hours=1),
        duration=timedelta(minutes=45),
        time_zone="Europe/Berlin",
        rrule="FREQ=WEEKLY;COUNT=2",
        agenda="",
        people=parse("Bob <bob@example.org>, Dave <dave@far.example>").addresses,
    )
    invitations.change(series, plan, since=third)
    page = reading(pseudo.ACCENTED, alice).get(series.get_absolute_url()).content.decode()
    assert pseudo.accented("From %(day)s on: %(answer)s").partition("%")[0] in page


def test_nothing_english_is_left_in_the_errors_of_the_form(reading, alice):
    wrong = {
        "date": "2020-01-01",
        "time": "25:00",
        "length": "other",
        "repeats": "weekly",
        "zone": "Europe/Berlin",
    }
    assert left(reading(pseudo.ACCENTED, alice).post("/meetings/new/", {**wrong, "ends": "count"})) == []


def test_nothing_english_is_left_on_the_page_of_one_date(reading, alice, bob, series):
    date = series.occurrences.order_by("starts_at")[1]
    path = f"/meetings/{series.code}/{date.pk}/"
    for person in (alice, bob):
        assert left(reading(pseudo.ACCENTED, person).get(path)) == []
    for scope in ("one", "following"):
        for page in ("edit", "cancel"):
            where = f"/meetings/{series.code}/{page}/?occurrence={date.pk}&scope={scope}"
            assert left(reading(pseudo.ACCENTED, alice).get(where)) == []


def test_nothing_english_is_left_where_reminders_are_chosen(reading, series):
    browser = reading(pseudo.ACCENTED)
    path = reminders.settings_url(series.attendees.get(email="dave@far.example"))
    assert left(browser.get(path)) == []
    assert left(browser.post(path, {"minutes": ["60", "1440"]}, follow=True)) == []
    assert left(browser.post(path, {"do": "stop"}, follow=True)) == []
    assert left(browser.get("/reminders/nothing/")) == []
