"""Whatever people type: nothing is lost, what is wrong is named, and text stays text."""

import re
from functools import partial

import pytest
from playwright.sync_api import expect

SCRIPT = "<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">"


def send(person):
    person.page.locator("[data-send]").click()


def test_one_wrong_address_among_twenty_is_named_and_the_others_stay(alice):
    right = [f"guest{number}@example.org" for number in range(19)]
    alice.fill_in_meeting("Twenty people", *right[:10], "carol@mendez", *right[10:])
    send(alice)
    expect(alice.page.get_by_role("alert").get_by_text("“carol@mendez”")).to_be_visible()
    typed = alice.page.locator("[name=people]").input_value()
    for address in [*right, "carol@mendez"]:
        assert address in typed
    expect(alice.page.get_by_label("Title")).to_have_value("Twenty people")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"date": "2020-01-01"}, "That day is over"),
        (
            {"date": "2027-03-28", "starts": "02:30", "zone": "Europe/Berlin"},
            "That time does not exist on 28 March",
        ),
    ],
)
def test_a_time_that_cannot_be_is_explained(alice, fields, words):
    alice.fill_in_meeting("A time that cannot be", "jo@example.org", agenda="Kept as typed", **fields)
    send(alice)
    expect(alice.page.get_by_role("alert")).to_contain_text(words)
    expect(alice.page.get_by_label("What to talk about")).to_have_value("Kept as typed")


def test_a_title_of_ten_thousand_letters_is_refused_and_kept(alice):
    alice.fill_in_meeting("A" * 10_000, "jo@example.org")
    send(alice)
    expect(alice.page.get_by_role("alert")).to_contain_text("200 is the most")
    assert len(alice.page.get_by_label("Title").input_value()) == 10_000


def test_markup_stays_text_on_every_page(alice, visitor):
    bob = visitor("Bob")
    bob.email = "bob.of.the.markup@example.org"
    page = alice.schedule(SCRIPT, bob.email, agenda=SCRIPT)
    expect(alice.page.get_by_role("heading", name="<script>").first).to_be_visible()
    bob.open(bob.personal_link())
    bob.page.get_by_label("Your name").fill(SCRIPT[:60])
    bob.join()
    bob.says(SCRIPT)
    for path in page, page + "edit/", "/":
        alice.go(path)
        expect(alice.page).not_to_have_title("owned")
    alice.go(page)
    alice.page.get_by_role("link", name="Join").first.click()
    alice.in_phase("prejoin")
    alice.join()
    alice.reads(SCRIPT)
    expect(alice.tile_of("<script>")).to_have_count(1)
    expect(alice.open_panel("people").get_by_text("<script>").first).to_be_visible()
    for person in alice, bob:
        assert person.page.title() != "owned"
    number = len(bob.server.letters(bob.email))
    assert "<script>" not in bob.letter(number).get_body(("html",)).get_content()


def test_a_name_cannot_turn_the_page_around_or_be_empty(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.open(link)
    bob.page.get_by_label("Your name").fill("   ")
    bob.page.get_by_role("button", name="Join").click()
    expect(bob.page.get_by_text("Tell the others what to call you.")).to_be_visible()
    bob.page.get_by_label("Your name").fill("\u202eBob\u0000\u200f  Lindqvist\u2066")
    bob.join()
    expect(alice.tile_of("Bob Lindqvist")).to_have_count(1)
    name = alice.tile_of("Bob Lindqvist").locator(".plate").inner_text()
    assert not set(name) & set("\u202e\u2066\u0000")


AT_ONCE = re.compile(r"/js/room/roster[^/]*\.js$")
LATER = re.compile(r"/js/room/views/stage[^/]*\.js$")
NO_STORAGE = """for (const kind of ["sessionStorage", "localStorage"]) {
  const get = () => { throw new DOMException("Access is denied for this document.", "SecurityError"); };
  Object.defineProperty(window, kind, { get });
}"""
BROKEN = """for (const [kind, key] of [["localStorage", "devices"], ["sessionStorage", "devices"]])
  window[kind].setItem(`roundtable:${key}`, "{oops");
sessionStorage.setItem(`roundtable:visit:${location.pathname.split("/").at(-2)}`, "{oops");"""


def test_whoever_keeps_nothing_or_something_broken_comes_in_all_the_same(alice, bob):
    link = alice.meet_now()
    for script in NO_STORAGE, BROKEN:
        bob.page = bob.new_page()
        bob.page.add_init_script(script)
        bob.join(link)
        bob.leave()
        bob.page.close()


def test_the_room_says_what_keeps_it_from_beginning_and_offers_to_load_it_again(alice, bob):
    link = alice.meet_now()

    def says(page, words):
        page.goto(link)
        expect(page.get_by_role("alert")).to_contain_text(words)
        again = page.get_by_role("button", name="Load the page again")
        expect(again).not_to_have_attribute("aria-busy", "true")
        with page.expect_navigation():
            again.click()

    def answer(broken, route):
        route.fulfill(**broken)

    with bob.expecting("."):
        for script in ("delete window.RTCPeerConnection;", "window.RTCPeerConnection = class {};"):
            page = bob.new_page()
            page.add_init_script(script)
            says(page, "WebRTC")

        page = bob.new_page()
        bob.context.new_cdp_session(page).send("Emulation.setDocumentCookieDisabled", {"disabled": True})
        says(page, "Allow cookies for this site")

        page = bob.new_page()
        missing = {"status": 404, "body": "Not Found"}
        faulty = {"content_type": "text/javascript", "body": "throw new Error('broken');"}
        for module, broken, words in (
            (AT_ONCE, missing, "has not come through"),
            (AT_ONCE, faulty, "does not start"),
            (LATER, missing, "from before an update"),
            (LATER, faulty, "does not work"),
        ):
            page.route(module, partial(answer, broken))
            says(page, words)
            page.unroute_all()
    # What was broken is whole again.
    bob.page = page
    bob.join(link)
