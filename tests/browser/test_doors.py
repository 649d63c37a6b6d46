"""Links that do not lead into a room say why, and what to do."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser.server import Server
from tests.servers import wait_until


def refused(person, link, words, status=None):
    """The page behind the link says these words."""
    with person.expecting(*([f"status of {status}"] if status else [])):
        person.go(link)
        expect(person.page.get_by_role("heading", name=words)).to_be_visible()


def test_an_unknown_link_leads_nowhere(bob):
    refused(bob, "/abcd-efghj-kmnp/", "No meeting behind this link", 404)
    refused(bob, "/i/this-was-never-a-secret/", "We do not know this link", 404)
    refused(bob, "/no/such/page/", "There is nothing here", 404)


def test_a_cancelled_meeting_says_so_at_every_door(alice, visitor):
    bob = visitor("Bob")
    bob.email = "bob.of.the.cancelled@example.org"
    page = alice.schedule("Soon cancelled", bob.email)
    link = bob.personal_link()
    open_link = alice.open_link()
    bob.open(link)
    alice.go(page + "cancel/")
    alice.page.get_by_role("button", name="Cancel the meeting").click()
    # Whoever waits at the door hears it without loading the page again.
    expect(bob.page.get_by_role("heading", name="This meeting was cancelled")).to_be_visible()
    refused(bob, link, "This meeting was cancelled", 410)
    refused(visitor("Carol"), open_link, "This meeting was cancelled", 410)
    assert "ancel" in bob.letter(2)["Subject"]


def test_a_cancelled_meeting_ends_the_call(alice, bob):
    alice.schedule("Cancelled in the middle", "nobody@example.org")
    page = alice.page.url
    link = alice.open_link()
    bob.join(link)
    alice.go(page + "cancel/")
    alice.page.get_by_role("button", name="Cancel the meeting").click()
    bob.in_phase("ended")
    expect(bob.page.get_by_role("heading", name="This meeting was cancelled")).to_be_visible()


def test_a_replaced_link_points_to_the_newer_letter(alice, visitor):
    bob = visitor("Bob")
    bob.email = "bob.of.two.letters@example.org"
    page = alice.schedule("With a second letter", bob.email)
    old = bob.personal_link()
    alice.go(page)
    row = alice.page.get_by_role("row").filter(has_text="bob.of.two.letters")
    row.locator("summary").click()
    row.get_by_role("button", name="Replace their link").click()
    bob.letter(2)
    refused(bob, old, "This link was replaced", 410)
    bob.join(bob.personal_link(2))


def test_who_is_taken_off_the_list_is_put_out_of_the_room(alice, visitor):
    bob = visitor("Bob")
    bob.email = "bob.taken.off@example.org"
    page = alice.schedule("Without Bob after all", bob.email, "jo@example.org")
    link = bob.personal_link()
    bob.join(link)
    alice.go(page)
    row = alice.page.get_by_role("row").filter(has_text="bob.taken.off")
    row.locator("summary").click()
    row.get_by_role("button", name="Take off the list").click()
    bob.in_phase("ended")
    refused(bob, link, "This invitation was taken back", 410)


def test_a_personal_link_opens_no_other_meeting(alice, visitor, server):
    bob = visitor("Bob")
    bob.email = "bob.of.one.meeting@example.org"
    alice.schedule("Bob is invited here", bob.email)
    bob.open(bob.personal_link())
    page = alice.schedule("And not here", "jo@example.org")
    refused(bob, page, "Sign in")


@pytest.fixture(scope="module")
def small_server(tmp_path_factory):
    """A room of two seats."""
    found = Server(tmp_path_factory.mktemp("small"), ROOM_CAPACITY="2")
    found.start()
    yield found
    found.stop()


@pytest.mark.devices("Carol")
def test_a_full_room_lets_in_whoever_waits_when_a_seat_is_free(visitor, small_server):
    alice = visitor("Alice", account=True, at=small_server)
    bob, carol = visitor("Bob", at=small_server), visitor("Carol", at=small_server)
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    carol.open(link)
    carol.press_join()
    expect(carol.page.get_by_text("The room is full").first).to_be_visible()
    expect(alice.tiles()).to_have_count(2)
    bob.leave()
    expect(alice.tiles()).to_have_count(1)
    carol.open(link)
    carol.join()
    alice.meets(carol)


# Whether words about a problem come and go.
NOTE_PROBLEMS = """() => {
  const problem = document.querySelector('[data-part="problem"]');
  window.noted = ["a problem"];
  new MutationObserver(() => {
    const now = problem.hidden ? "nothing" : "a problem";
    if (window.noted.at(-1) !== now) window.noted.push(now);
  }).observe(problem, { attributeFilter: ["hidden"] });
}"""


@pytest.mark.devices("Carol")
def test_whoever_clicked_at_once_and_found_no_seat_is_told_so_each_time(visitor, small_server):
    alice = visitor("Alice", account=True, at=small_server)
    bob, carol = visitor("Bob", at=small_server), visitor("Carol", at=small_server)
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    expect(alice.tiles()).to_have_count(2)
    held: list[Route] = []
    carol.page.route("**/js/room/main.*.js", lambda route: held.append(route))
    carol.page.goto(link, wait_until="commit")
    carol.page.get_by_label("Your name").fill("Carol")
    carol.page.get_by_role("button", name="Join").click()
    wait_until(lambda: carol.page.evaluate("true") and held, "the last module is asked for")
    for route in held:
        route.continue_()
    full = carol.page.get_by_text("The room is full").first
    expect(full).to_be_visible()
    carol.page.evaluate(NOTE_PROBLEMS)
    carol.page.get_by_role("button", name="Join", exact=True).click()
    again = ["a problem", "nothing", "a problem"]
    wait_until(lambda: carol.page.evaluate("noted") == again, "the room is asked again, and is full again")
    expect(full).to_be_visible()
