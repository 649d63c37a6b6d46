"""What was typed comes back when somebody was signed out meanwhile."""

from __future__ import annotations

import re
import time
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from config import held_posts
from meetings.models import Meeting
from tests.markup import markup

PLAN = {
    "title": "Autumn “timetable”",
    "date": "2030-11-25",
    "time": "14:00",
    "length": "45",
    "zone": "Europe/Berlin",
    "repeats": "",
    "people": "Bob <bob@example.org>\nDave <dave@far.example>",
    "agenda": "Rooms (10)\nTrains",
    "reminders": ["10", "60"],
}
FROM_HERE = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}


@pytest.fixture
def browser(db):
    """A browser that keeps to the rules of CSRF, which Django's test client leaves out."""
    return Client(enforce_csrf_checks=True, headers=FROM_HERE)


def send_plan(browser, **changes):
    return browser.post(reverse("meetings:new"), PLAN, **changes)


def form_of(response):
    """Where the page's form goes, and with what."""
    page = markup(response)
    [form] = re.findall(r"<form class=.stack. method=.post. action=.([^>]*?).>(.*?)</form>", page, re.DOTALL)
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[1]):
        fields.setdefault(name, []).append(unescape(value))
    return unescape(form[0]), fields


def sign_in(browser, user):
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")


def test_a_form_from_before_the_last_sign_in_comes_back_with_all_that_was_typed(browser, alice):
    sign_in(browser, alice)
    refused = send_plan(browser)
    assert refused.status_code == 403
    path, fields = form_of(refused)
    assert path == reverse("meetings:new")
    assert fields.pop("csrfmiddlewaretoken")
    assert fields == {name: [value] if isinstance(value, str) else value for name, value in PLAN.items()}
    assert "Django" not in markup(refused)


def test_sent_again_it_is_taken(browser, alice):
    sign_in(browser, alice)
    path, fields = form_of(send_plan(browser))
    assert browser.post(path, fields).status_code == 302
    assert Meeting.objects.get().title == PLAN["title"]


def test_whoever_is_signed_out_meanwhile_signs_in_and_sends_it_then(db, alice):
    browser = Client(headers=FROM_HERE)
    asked = send_plan(browser)
    assert asked["Location"] == f"{reverse('account_login')}?next={reverse('again').replace('/', '%2F')}"
    signed_in = browser.post(asked["Location"], {"login": alice.email, "password": "correct horse battery"})
    assert signed_in["Location"] == reverse("again")
    path, fields = form_of(browser.get(reverse("again")))
    assert fields["people"] == [PLAN["people"]]
    assert browser.post(path, fields).status_code == 302
    assert Meeting.objects.get().organizer == alice


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"},
        {"Origin": "https://evil.example"},
        {},
    ],
)
def test_nobody_is_offered_to_press_what_another_site_sent(db, alice, headers):
    browser = Client(enforce_csrf_checks=True, headers=headers)
    sign_in(browser, alice)
    refused = send_plan(browser)
    assert refused.status_code == 403
    assert "Send it now" not in markup(refused)
    assert "timetable" not in markup(refused)
    stranger = Client(headers=headers)
    assert send_plan(stranger)["Location"] == f"{reverse('account_login')}?next={reverse('meetings:new')}"
    assert held_posts.KEY not in stranger.session


def test_where_nothing_says_how_it_came_the_origin_does(db, alice):
    browser = Client(enforce_csrf_checks=True, headers={"Origin": "http://testserver"})
    sign_in(browser, alice)
    assert "Send it now" in markup(send_plan(browser))


def test_no_password_and_no_code_is_written_into_a_page(browser):
    secrets = {"login": "alice@example.org", "password": "correct horse battery"}
    page = markup(browser.post(reverse("account_login"), secrets))
    assert "correct horse" not in page
    assert "That did not go through" in page
    page = markup(browser.post("/meetings/new/", {"password1": "correct horse", "title": "x y"}))
    assert "correct horse" not in page


def test_whoever_signs_up_keeps_their_name_and_address_and_chooses_the_password_again(browser):
    typed = {"name": "Carol Méndez", "email": "carol@example.org", "password1": "correct horse battery"}
    page = markup(browser.post(reverse("account_signup"), typed))
    assert "correct horse" not in page
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    again = markup(browser.post(reverse("account_signup"), sent))
    assert 'value="Carol Méndez"' in again
    assert 'value="carol@example.org"' in again


def test_what_a_script_sent_is_offered_to_nobody(db):
    browser = Client(headers={"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"})
    browser.post(reverse("meetings:check"), PLAN)
    assert held_posts.KEY not in browser.session


def test_more_than_a_form_can_hold_is_not_kept(db):
    browser = Client(headers=FROM_HERE)
    browser.post(reverse("meetings:new"), PLAN | {"agenda": "x" * held_posts.MOST_CHARACTERS})
    assert held_posts.KEY not in browser.session


def test_one_address_fills_no_database_and_loses_nothing_either(db, monkeypatch):
    monkeypatch.setattr("config.held_posts.MOST_OF_ADDRESS", 2)
    browsers = [Client(headers=FROM_HERE, REMOTE_ADDR="192.0.2.7") for _ in range(3)]
    *_, last = [send_plan(browser) for browser in browsers]
    assert [held_posts.KEY in browser.session for browser in browsers] == [True, True, False]
    assert form_of(last)[1]["people"] == [PLAN["people"]]
    elsewhere = Client(headers=FROM_HERE, REMOTE_ADDR="192.0.2.8")
    send_plan(elsewhere)
    assert held_posts.KEY in elsewhere.session


def test_after_an_hour_it_is_gone(db, alice, monkeypatch):
    browser = Client(headers=FROM_HERE)
    send_plan(browser)
    sign_in(browser, alice)
    later = time.time() + held_posts.LIFETIME_SECONDS + 1
    monkeypatch.setattr("config.held_posts.time.time", lambda: later)
    assert browser.get(reverse("again"))["Location"] == "/"
    assert held_posts.KEY not in browser.session


def test_whoever_signs_in_for_it_is_signed_in_for_as_long_as_others(db, alice, settings):
    browser = Client(headers=FROM_HERE)
    send_plan(browser)
    assert browser.session.get_expiry_age() == held_posts.LIFETIME_SECONDS
    sign_in(browser, alice)
    assert browser.session.get_expiry_age() == settings.SESSION_COOKIE_AGE


def test_a_guests_session_is_not_cut_short_by_it(db, settings):
    browser = Client(headers=FROM_HERE)
    session = browser.session
    session["guest"] = "who is in a call"
    session.save()
    send_plan(browser)
    assert held_posts.KEY in browser.session
    assert browser.session.get_expiry_age() == settings.SESSION_COOKIE_AGE
