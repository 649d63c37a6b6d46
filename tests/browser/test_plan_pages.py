"""What the modules of the plan pages add to pages that work without them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.server import text_of


@pytest.fixture
def page(alice):
    """The empty schedule form, in Alice's browser."""
    alice.go("/meetings/new/")
    return alice.page


@pytest.fixture
def people(page):
    """The line in which addresses are typed."""
    field = page.get_by_label("Attendees")
    field.click()
    return field


def button(page):
    return page.locator("[data-send]")


def test_addresses_become_chips_and_the_button_counts_them(page, people):
    expect(button(page)).to_have_text("Save")
    page.keyboard.type("bob@example.org,")
    expect(button(page)).to_have_text("Send 1 invitation")
    page.keyboard.type("Dave <dave@example.org>")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(2)
    expect(button(page)).to_have_text("Send 2 invitations")


def test_a_wrong_address_is_corrected_in_place(page, people):
    page.keyboard.type("bob@example.org, carol@mendez")
    page.keyboard.press("Enter")
    expect(page.locator(".field-error:visible")).to_contain_text("“carol@mendez” lacks its ending")
    expect(page.locator(".field-error:visible")).to_contain_text("The other one is fine.")
    expect(people).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Correct carol@mendez").click()
    expect(people).to_be_focused()
    page.keyboard.type(".example")
    page.keyboard.press("Enter")
    expect(page.locator(".field-error:visible")).to_have_count(0)
    expect(button(page)).to_have_text("Send 2 invitations")


def test_an_address_and_a_wrong_one_behind_it_are_chips_at_once(alice, page, people):
    alice.paste(people, "a@b.example (wrong@@x)")
    expect(page.locator(".chip")).to_have_text([re.compile("a@b.example"), "wrong@@x"])
    expect(page.locator("#id_people_error")).to_have_text(
        "“wrong@@x” has more than one @. The other one is fine."
    )


def test_a_wrong_address_is_left_out_by_its_own_button(alice, page, people):
    alice.paste(people, "bob@example.org, carol@mendez")
    page.get_by_role("button", name="Remove carol@mendez").click()
    expect(people).to_be_focused()
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator(".field-error:visible")).to_have_count(0)
    expect(button(page)).to_have_text("Send 1 invitation")


def test_the_banner_counts_the_wrong_addresses_and_goes_on_counting(alice, page, people):
    page.get_by_label("Title").fill("Many faults")
    alice.paste(people, ", ".join(f"person{n}" for n in range(7)))
    button(page).click()
    banner = page.get_by_role("alert")
    expect(banner).to_contain_text("Seven things to put right")
    for n in range(3):
        page.get_by_role("button", name=f"Remove person{n}").click()
    expect(banner).to_contain_text("Four things to put right")
    expect(banner.get_by_role("link")).to_have_count(4)
    for n in range(3, 7):
        page.get_by_role("button", name=f"Remove person{n}").click()
    expect(banner).to_have_count(0)
    alice.paste(people, "person8, person9")
    expect(page.locator("#id_people_error")).to_be_visible()


def test_a_person_is_removed_and_the_last_one_taken_back_by_keyboard(page, people):
    page.keyboard.type("bob@example.org; dave@example.org;")
    # Until the server has read it, it is taken back with what ended it.
    expect(page.get_by_label("dave@example.org: optional, host")).to_be_visible()
    page.get_by_role("button", name="Remove bob@example.org").click()
    expect(people).to_be_focused()
    page.keyboard.press("Backspace")
    expect(people).to_have_value("dave@example.org")
    expect(page.locator(".chip")).to_have_count(0)


def test_what_is_still_being_typed_is_sent_too(page, people):
    page.get_by_label("Title").fill("Half typed")
    page.get_by_label("Date").fill("2031-05-05")
    people.click()
    page.keyboard.type("bob@example.org")
    button(page).click()
    expect(page.locator(".banner[role=status]")).to_contain_text("One invitation is on the way.")


def test_on_a_phone_a_meeting_is_changed_and_cancelled_below_its_title(visitor):
    alice = visitor("Alice", account=True, viewport={"width": 390, "height": 844})
    alice.schedule("On the way", "bob@example.org")
    page = alice.page
    expect(page.get_by_role("link", name="Change")).to_be_in_viewport()
    page.get_by_label("More about this meeting").click()
    page.get_by_role("link", name="Cancel the meeting…").click()
    page.get_by_role("button", name="Cancel the meeting").click()
    expect(page.locator(".banner[role=status]")).to_contain_text("The meeting is cancelled.")


def test_a_long_wrong_address_does_not_make_a_phones_page_wider(visitor):
    alice = visitor("Alice", account=True, viewport={"width": 390, "height": 844})
    alice.go("/meetings/new/")
    alice.paste(alice.page.get_by_label("Attendees"), f"{'long.' * 12}name@withoutending;")
    button(alice.page).click()
    expect(alice.page.get_by_role("alert")).to_contain_text("lacks its ending")
    assert alice.page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_change_says_beforehand_what_it_will_send(alice):
    alice.schedule("Changing", "bob@example.org", "dave@example.org")
    page = alice.page
    page.get_by_role("link", name="Change").click()
    expect(button(page)).to_have_text("Save")
    page.get_by_label("Title").fill("Changed")
    expect(button(page)).to_have_text("Save and send 2 letters")
    page.get_by_role("button", name="Remove dave@example.org").click()
    expect(page.locator("[data-letters]")).to_have_text(
        "1 letter says what is new, with the old struck through. "
        "1 person is told that they are no longer expected."
    )


def test_the_same_moment_on_another_clock_sends_nothing(alice):
    alice.schedule("Elsewhere", "bob@example.org", date="2031-01-15", starts="14:00", zone="Europe/Berlin")
    page = alice.page
    page.get_by_role("link", name="Change").click()
    page.get_by_label("Time zone").select_option("Africa/Lagos")
    page.get_by_label("Starts").fill("15:00")
    expect(button(page)).to_have_text("Save and send 1 letter")
    page.get_by_label("Starts").fill("14:00")
    expect(button(page)).to_have_text("Save")
    button(page).click()
    expect(page.locator(".banner[role=status]")).to_contain_text("Nobody needed a letter for that.")


def test_a_menu_closes_by_escape_and_gives_the_focus_back(alice):
    alice.schedule("A menu", "bob@example.org")
    more = alice.page.get_by_label("More about bob")
    more.click()
    expect(alice.page.get_by_role("button", name="Take off the list")).to_be_visible()
    alice.page.keyboard.press("Escape")
    expect(alice.page.get_by_role("button", name="Take off the list")).to_be_hidden()
    expect(more).to_be_focused()


def test_the_link_for_everybody_is_copied_and_that_is_said(alice):
    alice.schedule("A link", "bob@example.org")
    alice.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    copy = alice.page.get_by_role("button", name="Copy the link")
    copy.click()
    expect(alice.page.get_by_text("The link is copied.")).to_be_visible()
    copied = alice.page.evaluate("navigator.clipboard.readText()")
    assert copied == copy.get_attribute("data-copy")


def test_the_account_takes_the_zone_of_the_first_computer_it_is_used_on(alice):
    alice.schedule("In her own time", "bob@example.org")
    zoned = alice.page.locator("[data-zone]")
    expect(zoned).to_have_attribute("data-zone", "Europe/Berlin")
    expect(zoned).to_have_attribute("data-follow", "account")


def test_the_first_link_that_somebody_opens_teaches_their_zone(alice, visitor):
    bob = visitor("Bob", timezone_id="Asia/Tbilisi")
    bob.email = "bob.far.away@example.org"
    page = alice.schedule("For Tbilisi", bob.email, starts="14:00")
    assert "Berlin time" in text_of(bob.letter(1))
    bob.join(bob.personal_link())
    alice.go(page + "edit/")
    alice.page.get_by_label("Starts").fill("15:00")
    button(alice.page).click()
    assert "Tbilisi time" in text_of(bob.letter(2))


def test_a_note_to_an_answer_outlives_a_reload_a_failure_and_the_letters_other_button(alice, bob):
    alice.schedule("Harbour plan", "Jo <jo@note.example>", days=15)
    link = re.search(r"\S+/answer/", text_of(alice.server.letter("jo@note.example")))
    assert link
    page, note, kept = (
        bob.page,
        bob.page.get_by_label("A note to Alice"),
        bob.page.get_by_text("What you typed is still here"),
    )
    bob.go(f"{link[0]}?answer=yes")
    note.fill("I come by train")
    page.reload()
    expect(kept).to_be_visible()
    expect(note).to_have_value("I come by train")
    # The other button of the letter chooses, and takes no word away.
    bob.go(f"{link[0]}?answer=no")
    expect(note).to_have_value("I come by train")
    expect(page.locator("[name=answer][value=no]").first).to_be_checked()
    # What somebody chooses here counts more than what the letter chose.
    page.locator(".choice").first.get_by_text("Maybe").click()
    page.reload()
    expect(page.locator("[name=answer][value=maybe]").first).to_be_checked()
    with bob.expecting("ERR_INTERNET_DISCONNECTED"):
        bob.context.set_offline(True)
        page.get_by_role("button", name="Send my answer").click()
        page.wait_for_url("chrome-error://**")
        bob.context.set_offline(False)
    bob.go(link[0])
    expect(note).to_have_value("I come by train")
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("status").first).to_contain_text("I come by train")
    page.get_by_role("link", name="Change my answer").click()
    expect(note).to_have_value("I come by train")
    expect(kept).to_be_hidden()


@pytest.mark.parametrize("said", ["[data-said]", "[data-conflicts]", "#id_people_error", "[data-unchecked]"])
def test_what_is_said_later_has_a_place_that_screen_readers_know_before(page, said):
    page.get_by_label("Repeats").select_option("weekly")
    region = page.locator(":is([aria-live=polite], [role=status])").filter(has=page.locator(said)).last
    assert region.evaluate("(region) => region.checkVisibility()")
    assert page.locator(".toasts[aria-live=polite]").evaluate("(shelf) => shelf.checkVisibility()")
