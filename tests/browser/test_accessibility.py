"""axe finds nothing, on any page and in any state, nor is any too wide; and a keyboard is enough."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.looks import LOOKS, Report
from tests.browser.steps import ask, found, knocks, set_up, waits


@pytest.fixture
def report():
    found = Report()
    yield found
    assert not found.faults, "\n".join(found.faults)


@pytest.fixture(params=LOOKS)
def look(request):
    return LOOKS[request.param]


def test_pages_of_a_stranger(visitor, report):
    bob = visitor("Bob", **LOOKS["light and wide"])
    for path in (
        "/",
        "/account/login/",
        "/account/signup/",
        "/account/password/reset/",
        "/account/login/code/",
    ):
        bob.go(path)
        report.look_in_each(bob, path)
    bob.go("/account/signup/")
    bob.page.get_by_role("button", name="Make an account").click()
    report.look_in_each(bob, "sign-up with errors")
    bob.go("/account/login/")
    bob.page.get_by_label("E-mail").fill("nobody@example.org")
    bob.page.get_by_label("Password", exact=True).fill("not this one")
    bob.page.get_by_role("button", name="Sign in", exact=True).click()
    report.look_in_each(bob, "sign-in refused")
    with bob.expecting("status of 404"):
        for path in "/abcd-efghj-kmnp/", "/i/nothing/", "/nothing/":
            bob.go(path)
            report.look_in_each(bob, path)
    with bob.expecting("status of 403"):
        bob.go("/outbox/")
    report.look_in_each(bob, "outbox, closed")
    bob.go(bob.server.letters_address())
    report.look_in_each(bob, "outbox")


def test_pages_of_an_account(visitor, report):
    alice = visitor("Alice", account=True, **LOOKS["light and wide"])
    for path in (
        "/",
        "/meetings/past/",
        "/meetings/new/",
        "/account/settings/",
        "/account/email/",
        "/account/password/change/",
        "/account/2fa/",
        "/account/logout/",
    ):
        alice.go(path)
        report.look_in_each(alice, path)
    alice.fill_in_meeting("", "carol@mendez", date="2020-01-01")
    alice.page.locator("[data-send]").click()
    report.look_in_each(alice, "schedule with errors")
    alice.go("/meetings/new/")
    report.look_in_each(alice, "schedule, as it was left")
    page = alice.schedule(
        "Harbour plan", "Jo <jo@example.org>", "mira@example.org", agenda="Ferries (10)\nBridges"
    )
    report.look_in_each(alice, "meeting")
    for path in page + "edit/", page + "cancel/", "/":
        alice.go(path)
        report.look_in_each(alice, path)
    answers = alice.server.letter("mira@example.org")
    found = re.search(
        r"https?://\S+/i/\S+/answer/\?answer=yes", str(answers.get_body(("plain",)).get_content())
    )
    assert found
    alice.go(found[0])
    report.look_in_each(alice, "answer")
    alice.go(alice.server.letters_address())
    alice.page.get_by_role("link", name=re.compile("Harbour plan|plan")).first.click()
    report.look_in_each(alice, "a letter in the outbox")


def test_planning_a_series(visitor, report):
    alice = visitor("Alice", account=True, **LOOKS["light and wide"])
    page = alice.page
    alice.schedule("In the way", date="2032-03-01", starts="10:15")
    alice.go("/meetings/new/?date=2032-03-01&time=10:00")
    page.get_by_label("Title").fill("Ferries")
    page.get_by_label("Repeats").select_option("weekly")
    alice.paste(page.get_by_label("Attendees"), "Jo <jo@far.example>, carol@mendez")
    alice.paste(page.get_by_label("What to talk about"), "Ferries (10)\nBridges")
    page.get_by_text("Who may enter, and reminders").click()
    page.get_by_text("A description").click()
    page.get_by_text("A list from a file").click()
    expect(page.locator("[data-said]")).to_be_visible()
    expect(page.locator("[data-conflicts]")).to_be_visible()
    report.look_in_each(alice, "a series, all of the form")
    page.get_by_label("Jo: optional, host").click()
    report.look_in_each(alice, "somebody's place")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Correct carol@mendez").click()
    page.get_by_role("combobox", name="Attendees").fill("j")
    report.look_in_each(alice, "people invited before")
    page.get_by_role("combobox", name="Attendees").fill("")
    page.get_by_label("Repeats").select_option("monthly")
    alice.save_meeting()
    series = page.url
    for path in "edit/", "edit/?scope=all", "cancel/":
        alice.go(series + path)
        report.look_in_each(alice, path)
    page.goto(series + "edit/")
    page.get_by_role("button", name=re.compile("^Only")).click()
    report.look_in_each(alice, "one of a series")


@pytest.mark.devices
def test_the_room_in_every_state(visitor, look, report):
    alice = visitor("Alice", account=True, **look)
    bob, carol = visitor("Bob", trouble="denied", **look), visitor("Carol", **look)
    link = alice.meet_now()
    expect(alice.page.locator("#prejoin video")).to_be_visible()
    report.look(alice, "prejoin")
    bob.open(link)
    report.look(bob, "prejoin without devices")
    bob.page.get_by_label("Your name").fill("")
    bob.page.get_by_role("button", name=re.compile("^Join")).click()
    report.look(bob, "prejoin without a name")
    alice.join()
    report.look(alice, "alone in the room")
    bob.join()
    carol.join(link)
    alice.sees(carol)
    report.look(alice, "three in the room")
    bob.says("Hello")
    report.look(bob, "chat")
    alice.reads("Hello")
    bob.page.keyboard.press("Escape")
    bob.press("hands")
    carol.press("microphone")
    carol.press("camera")
    for menu in "microphone-caret", "camera-caret":
        caret = alice.page.locator(f"[data-part={menu}]")
        if caret.is_visible():
            caret.click()
            report.look(alice, menu)
            alice.page.keyboard.press("Escape")
    alice.press("more")
    report.look(alice, "more")
    alice.page.get_by_role("menuitem", name="Connection").click()
    expect(alice.page.locator("#connection")).to_contain_text("Round trip")
    report.look(alice, "connection")
    alice.page.keyboard.press("Escape")
    alice.page.locator("[data-part=private]").click()
    report.look(alice, "what stays between you")
    alice.page.keyboard.press("Escape")
    alice.leave()
    report.look(alice, "after leaving")


@pytest.mark.devices("Alice")
def test_the_list_of_people_and_the_question_before_a_removal(visitor, bob, report):
    alice = visitor("Alice", account=True, **LOOKS["light and wide"])
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    alice.more_about("Bob")
    report.look(alice, "what a host may do")
    alice.page.get_by_role("button", name="Remove from the room…").click()
    report.look(alice, "remove?")
    alice.page.get_by_role("button", name="Keep Bob", exact=True).click()
    report.look(alice, "people")
    alice.page.locator("#people").get_by_role("button", name="Rules").click()
    report.look(alice, "rules")
    alice.page.get_by_role("switch", name="Write in the chat").click()
    bob.open_panel("chat")
    expect(bob.page.get_by_text("Only hosts may write now.", exact=True).first).to_be_visible()
    report.look(bob, "a chat in which only hosts may write")
    alice.page.get_by_role("button", name="Back to the people").click()
    expect(alice.page.locator("#people")).to_be_visible()
    alice.orders("Ask to unmute", "Bob")
    expect(bob.page.locator("#asked")).to_be_visible()
    report.look(bob, "asked to unmute")
    _on_a_phone(alice, report)
    alice.page.get_by_role("button", name="Leave", exact=True).click()
    report.look(alice, "three ways to leave")
    alice.page.get_by_role("menuitem", name="Hand over, then leave…").click()
    report.look(alice, "who becomes host?")
    alice.page.get_by_role("button", name="Stay", exact=True).click()
    alice.page.get_by_role("button", name="Leave", exact=True).click()
    alice.page.get_by_role("menuitem", name="End for everybody").click()
    for person in alice, bob:
        expect(person.page.locator("#ending")).to_be_visible()
        report.look(person, "it ends for everybody")
    alice.page.get_by_role("button", name="Undo").click()
    expect(alice.page.locator("#ending")).to_be_hidden()
    alice.press("share")
    bob.sees_screen_of(alice)
    report.look(bob, "a screen is shared")
    alice.removes(bob)
    bob.in_phase("ended")
    report.look(bob, "removed")


def _on_a_phone(alice, report):
    """What floats beside its button elsewhere comes from below or the side; with the people open."""
    page = alice.page
    menu, button = page.locator("#person-menu"), page.locator("#people").get_by_label("More about Bob")
    for width, height, edges in ((390, 844, (0, 390, 844)), (844, 390, (540, 844, 390))):
        page.set_viewport_size({"width": width, "height": height})
        alice.more_about("Bob")
        box = menu.bounding_box()
        assert (box["x"], box["x"] + box["width"], box["y"] + box["height"]) == edges
        assert all(one.bounding_box()["height"] >= 44 for one in menu.get_by_role("button").all())
        report.look(alice, f"what a host may do, at {width}")
        # A tap beside it closes it, and does nothing else.
        page.mouse.click(20, 20)
        expect(menu).to_be_hidden()
        expect(button).to_be_focused()
    page.set_viewport_size({"width": 390, "height": 844})
    alice.orders("Change the name…", "Bob")
    report.look(alice, "another name, at 390")
    page.keyboard.press("Escape")
    alice.press("leave")
    report.look(alice, "three ways to leave, at 390")
    page.keyboard.press("Escape")
    expect(page.locator("[data-control=leave]")).to_be_focused()
    page.set_viewport_size(LOOKS["light and wide"]["viewport"])


@pytest.mark.devices("Bob")
def test_a_door_that_is_shut_and_who_waits_at_it(visitor, look, report, server):
    alice = visitor("Alice", account=True, **look)
    bob, carol = visitor("Bob", **look), visitor("Carol")
    link = alice.meet_now()
    set_up(server, link, lobby=1)
    bob.open(link)
    report.look(bob, "a shut door")
    ask(bob, link)
    waits(bob, "No host is inside yet")
    report.look(bob, "waiting")
    alice.join()
    expect(knocks(alice)).to_contain_text("Bob")
    report.look(alice, "somebody waits")
    ask(carol, link)
    knocks(alice).get_by_role("button", name="1 more").click()
    report.look(alice, "the list of those who wait")
    alice.page.locator("#people").get_by_role("button", name="Refuse Bob").click()
    bob.in_phase("ended")
    report.look(bob, "refused")
    set_up(server, link, access="invited")
    with bob.expecting("status of 403"):
        bob.go(link)
    report.look(bob, "not open to everybody")


@pytest.mark.devices
def test_the_test_of_a_set_up(visitor, report):
    alice = visitor("Alice", account=True, **LOOKS["light and wide"])
    alice.go("/test/")
    report.look_in_each(alice, "before")
    alice.page.get_by_role("button", name="Begin").click()
    found(alice, "network", "good", "Your browser can connect")
    alice.page.get_by_role("button", name="Play two notes").click()
    alice.page.get_by_role("button", name="No", exact=True).click()
    report.look_in_each(alice, "with trouble")
    alice.page.get_by_role("button", name="Play them again").click()
    alice.page.get_by_role("button", name="Yes, I heard them").click()
    report.look_in_each(alice, "with success")


@pytest.mark.devices("Bob")
def test_a_keyboard_is_enough_to_join_talk_and_leave(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.open(link)
    keyboard = bob.page.keyboard
    bob.tab_to(bob.page.get_by_label("Your name"))
    keyboard.type("Bob")
    bob.tab_to(bob.page.get_by_role("button", name="Join", exact=True))
    keyboard.press("Enter")
    bob.in_phase("joined")
    alice.meets(bob)
    keyboard.press("m")
    expect(alice.tile_of("Bob")).to_have_attribute("data-microphone", "off")
    keyboard.press("m")
    expect(alice.tile_of("Bob")).to_have_attribute("data-microphone", "on")
    keyboard.press("c")
    expect(bob.page.get_by_label("Message to everybody")).to_be_focused()
    keyboard.type("All by keys: m, v and c are letters here.")
    keyboard.press("Enter")
    alice.reads("All by keys: m, v and c are letters here.")
    keyboard.press("Escape")
    expect(bob.page.locator("#chat")).to_be_hidden()
    bob.tab_to(bob.page.get_by_role("button", name="Leave", exact=True))
    keyboard.press("Enter")
    bob.in_phase("ended")
    expect(alice.tile_of("Bob")).to_have_count(0)


def test_a_keyboard_is_enough_to_answer_for_several_dates_of_a_series(visitor, report):
    bob = visitor("Bob", account=True, **LOOKS["light and wide"])
    alice = visitor("Alice", account=True, **LOOKS["light and wide"])
    alice.fill_in_meeting("Ferries", "Bob <bob@example.org>")
    alice.page.get_by_label("Repeats").select_option("weekly")
    alice.save_meeting()
    bob.page.goto(alice.page.url)
    report.look_in_each(bob, "a series, as who is invited sees it")
    page, dates = bob.page, bob.page.get_by_role("checkbox")
    for number in (0, 2):
        bob.tab_to(dates.nth(number))
        page.keyboard.press("Space")
    ticked = page.get_by_role("group", name="Will you come on the days that are ticked?")
    bob.tab_to(ticked.get_by_role("radio").first)
    for key in ("ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(ticked.get_by_role("radio", name="No", exact=True)).to_be_checked()
    bob.tab_to(page.get_by_role("button", name="Answer for the days that are ticked"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("Your answer to 2 dates is noted.")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^Change the answer for"))).to_have_count(2)
    report.look_in_each(bob, "a series, answered in part")
