"""The whole way: from an account to faces, by way of a letter."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.person import meet_each_other
from tests.browser.server import text_of


@pytest.mark.devices
def test_from_sign_up_to_faces(visitor, server):
    alice, bob = visitor("Alice"), visitor("Bob")
    alice.email, bob.email = "alice.the.new@example.org", "bob.of.the.story@example.org"
    alice.sign_up()
    expect(alice.page.get_by_role("heading", name="Your table is free")).to_be_visible()

    page = alice.schedule(
        "Autumn timetable",
        f"Bob Lindqvist <{bob.email}>",
        "mira@example.org; Jo <jo@example.org>",
        agenda="Ferries (10)",
    )
    expect(alice.page.get_by_role("heading", name="Autumn timetable")).to_be_visible()
    for name in "Bob Lindqvist", "mira", "Jo":
        expect(alice.page.get_by_role("table").get_by_text(name).first).to_be_visible()
    alice.go("/")
    expect(alice.page.get_by_role("link", name="Autumn timetable")).to_be_visible()

    letter = bob.letter()
    assert "Autumn timetable" in letter["Subject"]
    assert [part.get_content_type() for part in letter.walk() if not part.is_multipart()][:3] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert "Ferries" in text_of(letter)
    bob.open(bob.personal_link())
    assert "/i/" not in bob.page.url, "the secret stays out of the address"
    expect(bob.page.get_by_label("Your name")).to_have_value("Bob Lindqvist")
    bob.join()
    alice.go(page)
    alice.page.get_by_role("link", name=re.compile("^Join")).first.click()
    alice.in_phase("prejoin")
    expect(alice.page.get_by_label("Your name")).to_have_value("Alice")
    alice.join()
    meet_each_other(alice, bob)
    bob.says("I came by letter.")
    alice.reads("I came by letter.")


def test_an_answer_in_a_letter_counts_when_it_is_confirmed(alice, bob):
    bob.email = "bob.who.answers@example.org"
    page = alice.schedule("One question", bob.email)
    answer = re.search(r"Yes:\s+(\S+)", text_of(bob.letter()))
    assert answer
    bob.go(answer[1])
    alice.go(page)
    expect(alice.page.get_by_role("row").filter(has_text="bob").get_by_text("No answer")).to_be_visible()
    bob.page.get_by_role("button", name="Send my answer").click()
    expect(bob.page.get_by_role("heading", name="You said yes")).to_be_visible()
    alice.go(page)
    expect(alice.page.get_by_role("row").filter(has_text="bob").get_by_text("Yes")).to_be_visible()
    expect(bob.page.get_by_role("link", name="Change my answer")).to_be_visible()
    # The first look of a browser that was never here, far from the organizer.
    browser = bob.page.context.browser
    assert browser
    with browser.new_context(timezone_id="America/New_York") as abroad:
        page = abroad.new_page()
        page.goto(answer[1])
        expect(page.get_by_text(re.compile("New York time; for Alice .*, Berlin time"))).to_be_visible()
    with browser.new_context(timezone_id="America/New_York") as abroad:
        page = abroad.new_page()
        page.goto(answer[1].partition("answer/")[0])
        expect(page.get_by_text(re.compile("New York time; .*, Berlin time"))).to_be_visible()


def test_an_account_signs_in_with_a_code(alice, visitor):
    number = len(alice.server.letters(alice.email)) + 1
    again = visitor("Alice")
    again.go("/account/login/code/")
    again.page.get_by_label("E-mail").fill(alice.email)
    again.page.get_by_role("button", name=re.compile("code", re.IGNORECASE)).first.click()
    again.page.get_by_label("Code").fill(again.code_in_letter(number))
    again.page.get_by_role("button", name="Go on").click()
    expect(again.page.get_by_role("button", name="Meet now")).to_be_visible()
