"""Somebody is brought in from inside the call: by a letter, by the link, by its QR code."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from rooms.pages import qr
from tests.browser.looks import Report
from tests.browser.person import Person
from tests.browser.server import text_of
from tests.browser.steps import set_up

# What is dark, of a picture that is drawn so many modules large.
DARK = """(picture, size) => {
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0, size, size);
  const { data } = context.getImageData(0, 0, size, size);
  return Array.from({ length: size }, (_, y) =>
    Array.from({ length: size }, (_, x) => data[4 * (y * size + x)] < 128),
  );
}"""
SIZES = ((1440, 900), (768, 1024), (390, 844), (844, 390))


@pytest.fixture
def report():
    found = Report()
    yield found
    assert not found.faults, "\n".join(found.faults)


def invites(person: Person) -> Locator:
    """Their panel, opened from the list of people."""
    person.open_panel("people").get_by_role("button", name="Invite somebody").click()
    panel = person.page.locator("#invite")
    expect(panel).to_be_visible()
    return panel


def writes_to(panel: Locator, address: str) -> None:
    panel.get_by_label("E-mail address").fill(address)
    panel.get_by_role("button", name="Send the letter").click()


def test_who_is_invited_from_inside_gets_a_letter_at_once_and_comes_in_by_it(alice, bob):
    alice.meet_now()
    alice.join()
    alice.page.locator("#stage").get_by_role("button", name="Invite somebody").click()
    panel = alice.page.locator("#invite")
    bob.email = "bob.from.inside@example.org"
    writes_to(panel, f"Bob Lindqvist <{bob.email}>")
    letters = panel.get_by_role("list", name="Letters from here")
    expect(letters).to_contain_text(bob.email)
    # Said once, to those who do not see it as well.
    expect(alice.page.locator("#said")).to_contain_text(f"Letter on its way to {bob.email}")
    expect(panel.get_by_label("E-mail address")).to_have_value("")
    letter = bob.letter()
    assert "Alice" in str(letter["Subject"]) + text_of(letter)
    expect(letters).to_have_text(f"Letter sent to {bob.email}")
    bob.open(bob.personal_link())
    expect(bob.page.get_by_label("Your name")).to_have_value("Bob Lindqvist")
    bob.join()
    alice.is_among([bob])
    # Whoever is nobody's organizer writes to nobody, and has the link.
    panel = invites(bob)
    expect(panel.get_by_text("Whoever has the link comes in.")).to_be_visible()
    expect(panel.get_by_label("E-mail address")).to_be_hidden()


def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(alice):
    alice.meet_now()
    alice.join()
    panel = invites(alice)
    field = panel.get_by_label("E-mail address")
    writes_to(panel, "carol@mendez, dave@far.example")
    expect(
        panel.get_by_text("“carol@mendez” lacks its ending, such as .com. The other one is fine.")
    ).to_be_visible()
    expect(field).to_have_value("carol@mendez, dave@far.example")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("lacks its ending"))
    # Who goes elsewhere and comes back finds it as it was.
    panel.get_by_role("button", name="Back to the people").click()
    invites(alice)
    expect(field).to_have_value("carol@mendez, dave@far.example")
    field.press("End")
    field.press_sequentially(" ")
    expect(field).not_to_have_attribute("aria-invalid", "true")
    assert alice.server.letters("dave@far.example") == []


def test_without_a_network_nothing_is_lost_and_it_goes_out_later(alice):
    alice.meet_now()
    alice.join()
    panel = invites(alice)
    field = panel.get_by_label("E-mail address")
    expect(panel.get_by_text("They get a letter at once")).to_be_visible()
    address = "carol.later@example.org"
    with alice.expecting("ERR_FAILED", "Failed to load"):
        alice.page.route("**/invite/", lambda route: route.abort())
        writes_to(panel, address)
        expect(panel.get_by_text("The server cannot be reached at the moment.")).to_be_visible()
    expect(field).to_have_value(address)
    alice.page.unroute("**/invite/")
    field.press("Enter")
    expect(panel.get_by_role("list", name="Letters from here")).to_contain_text(address)
    alice.server.letter(address)


def test_who_has_signed_in_anew_in_another_tab_writes_on(alice):
    alice.meet_now()
    alice.join()
    panel = invites(alice)
    expect(panel.get_by_text("They get a letter at once")).to_be_visible()
    # What that leaves behind: the token of the page belongs to no cookie any more.
    kept = [cookie for cookie in alice.context.cookies() if cookie["name"] != "csrf"]
    alice.context.clear_cookies()
    alice.context.add_cookies(kept)
    address = "carol.anew@example.org"
    with alice.expecting("status of 403"):
        writes_to(panel, address)
        expect(panel.get_by_role("list", name="Letters from here")).to_contain_text(address)


def test_the_link_is_copied_and_the_code_is_that_of_the_link(alice):
    link = alice.meet_now()
    alice.join()
    alice.context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel = invites(alice)
    panel.get_by_role("button", name="Copy the link").click()
    expect(panel.get_by_role("button", name="Copied")).to_be_visible()
    assert alice.page.evaluate("navigator.clipboard.readText()") == link
    picture = panel.get_by_role("img", name="QR code that opens the link of this call")
    expect(picture).to_be_visible()
    code = qr.matrix(link)
    shown = picture.evaluate(DARK, len(code) + 2 * qr.QUIET)
    assert [row[qr.QUIET : -qr.QUIET] for row in shown[qr.QUIET : -qr.QUIET]] == code
    assert not any(shown[0])
    assert not any(shown[-1])


def test_where_the_link_lets_nobody_in_that_is_said_instead(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    panel = invites(bob)
    picture = panel.get_by_role("img", name="QR code")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    # He stays inside, and hears of it with the next look at the door.
    set_up(alice.server, link, access="invited")
    expect(panel.get_by_text("the link alone lets nobody in. Alice can invite them.")).to_be_visible()
    for name in ("Copy the link", "QR code that opens the link of this call"):
        expect(panel.get_by_label(name).or_(panel.get_by_text(name))).to_be_hidden()
    panel = invites(alice)
    expect(panel.get_by_text("Write to whoever is to come.")).to_be_visible()
    expect(panel.get_by_label("E-mail address")).to_be_visible()


def test_a_link_is_handed_to_what_the_system_has_for_that(alice):
    alice.begin_pages_with("navigator.share = async (what) => { window.shared = what; };")
    link = alice.meet_now()
    alice.join()
    invites(alice).get_by_role("button", name="Pass it on").click()
    assert alice.page.evaluate("window.shared") == {"title": "Alice’s meeting", "url": link}


def test_a_keyboard_is_enough_and_the_focus_comes_back(alice):
    alice.meet_now()
    alice.join()
    page = alice.page
    alice.tab_to(page.locator("[data-control=people]"))
    page.keyboard.press("Enter")
    alice.tab_to(page.locator("#people").get_by_role("button", name="Invite somebody"))
    page.keyboard.press("Enter")
    panel = page.locator("#invite")
    alice.tab_to(panel.get_by_label("E-mail address"))
    page.keyboard.type("carol.by.key@example.org")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("list", name="Letters from here")).to_contain_text("carol.by.key@example.org")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator("[data-control=people]")).to_be_focused()


def test_axe_finds_nothing_in_it_and_it_fits(alice, report):
    alice.meet_now()
    alice.join()
    panel = invites(alice)
    writes_to(panel, "carol@mendez")
    expect(panel.get_by_text("lacks its ending")).to_be_visible()
    report.look_in_each(alice, "an invitation with an error")
    writes_to(panel, "a.very.long.address.of.somebody.far.away@a.department.of.a.large.company.example.org")
    expect(panel.get_by_role("list", name="Letters from here")).to_contain_text("large.company")
    report.look_in_each(alice, "an invitation that is on its way")
    for width, height in SIZES:
        alice.page.set_viewport_size({"width": width, "height": height})
        small = panel.locator("button:visible, input:visible").evaluate_all(
            """(all) => all.filter((one) => one.getBoundingClientRect().height < 44)
              .map((one) => one.outerHTML)"""
        )
        assert small == []
