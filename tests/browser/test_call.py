"""People meet, and see and hear each other."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.person import meet_each_other
from tests.browser.steps import waits


@pytest.mark.devices
def test_two_meet_a_third_joins_them_and_who_leaves_is_gone_and_may_come_back(alice, bob, carol):
    link = alice.meet_now()
    alice.join()
    alice.sees_own_picture()
    expect(alice.tiles()).to_have_count(1)
    expect(alice.page.get_by_text("Nobody else is here")).to_be_visible()
    bob.join(link)
    meet_each_other(alice, bob)
    carol.join(link)
    meet_each_other(alice, bob, carol)
    bob.leave()
    expect(bob.page.get_by_role("heading", name="You have left")).to_be_visible()
    meet_each_other(alice, carol)
    bob.page.get_by_role("button", name="Join again").click()
    bob.in_phase("prejoin")
    bob.join()
    meet_each_other(alice, bob, carol)


@pytest.mark.devices
def test_a_guest_may_be_there_before_the_organizer(alice, bob):
    link = alice.meet_now()
    bob.join(link)
    expect(alice.page.get_by_text("Bob is inside")).to_be_visible()
    alice.join()
    meet_each_other(alice, bob)


@pytest.mark.devices
def test_four_join_at_once(alice, bob, carol, dave):
    everybody = [alice, bob, carol, dave]
    link = alice.meet_now()
    for guest in bob, carol, dave:
        guest.open(link)
    for person in everybody:
        person.press_join()
    for person in everybody:
        person.in_phase("joined")
    meet_each_other(*everybody)


def test_who_closes_the_window_is_gone_after_a_moment(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    alice.reaches(bob)
    bob.page.close()
    expect(alice.tile_of("Bob")).to_have_count(0, timeout=20_000)


@pytest.mark.devices
def test_a_reload_leads_back_to_the_same_seat(alice, bob, carol):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    carol.join(link)
    alice.says("Whoever reloads still has this.")
    bob.reads("Whoever reloads still has this.")
    seat = bob.id
    bob.reload()
    assert bob.id == seat
    meet_each_other(alice, bob, carol)
    bob.reads("Whoever reloads still has this.")
    # So does the way back from another page.
    bob.go("/")
    bob.page.go_back()
    bob.in_phase("joined")
    assert bob.id == seat
    bob.meets(alice, carol)


@pytest.mark.parametrize(
    ("panel", "module", "comes"),
    [
        ("people", "views/people", "At the table, 2"),
        ("chat", "chat/talk", "Who writes too soon is heard all the same."),
    ],
)
@pytest.mark.devices
def test_a_panel_that_does_not_come_says_so_and_is_tried_again(alice, bob, panel, module, comes):
    link = alice.meet_now()
    alice.join()
    bob.open(link)
    file = re.compile(rf"/js/room/{module}\.[0-9a-f]*\.?js$")
    bob.page.route(file, lambda route: route.abort())
    with bob.expecting("ERR_FAILED"):
        bob.press_join()
        opened = bob.open_panel(panel)
        expect(opened.get_by_text("We keep trying")).to_be_visible()
        # Heard once, and nothing of it stands where the messages are read.
        expect(bob.page.locator("#said").get_by_text("We keep trying")).to_have_count(1)
        expect(opened.locator(".scroll")).not_to_contain_text("We keep trying")
        assert bob.barriers() == []
        # What does not come takes nothing from the call.
        meet_each_other(bob, alice)
        if panel == "chat":
            # What is said to somebody who cannot take it yet waits, too.
            alice.says("Can you read this?")
            field = opened.get_by_label("Message to everybody")
            expect(field).to_be_focused()
            bob.page.keyboard.type(comes)
            bob.page.keyboard.press("Enter")
    bob.page.unroute(file)
    expect(opened).to_contain_text(comes, timeout=30_000)
    expect(opened.get_by_text("We keep trying")).to_be_hidden()
    if panel == "chat":
        alice.reads(comes)
        bob.reads("Can you read this?")
        expect(field).to_have_value("")


@pytest.mark.parametrize("file", ["quality", "views/connection"])
def test_a_panel_that_comes_late_says_so_and_saves_what_was_asked_for(alice, file):
    alice.meet_now()
    pattern = re.compile(rf"/js/room/{file}\.[0-9a-f]*\.?js$")
    alice.page.route(pattern, lambda route: route.abort())
    with alice.expecting("ERR_FAILED"):
        alice.join()
        alice.press("more")
        alice.page.get_by_role("menuitem", name="Connection").click()
        panel = alice.page.locator("#connection")
        expect(panel).to_contain_text("We keep trying")
        with alice.page.expect_download() as download:
            panel.get_by_role("button", name="Save a report").click()
            alice.page.unroute(pattern)
        assert download.value.suggested_filename == "roundtable-connection.json"
    expect(panel).to_contain_text("Nobody else is here")
    expect(panel.get_by_text("We keep trying")).to_be_hidden()


def test_a_page_from_before_an_update_says_so_and_leads_back_to_the_seat(alice):
    alice.meet_now()
    file = re.compile(r"/js/room/views/people\.[0-9a-f]*\.?js$")
    alice.page.route(file, lambda route: route.fulfill(status=404))
    with alice.expecting("status of 404", "pageerror"):
        alice.join()
        people = alice.open_panel("people")
        expect(people).to_contain_text("This page is from before an update.")
        # The other parts are not kept by it.
        expect(alice.open_panel("chat")).to_contain_text("Nothing written yet")
        alice.page.unroute(file)
        with alice.page.expect_navigation():
            alice.open_panel("people").get_by_role("button", name="Load the page again").click()
        alice.in_phase("joined")
    expect(alice.open_panel("people")).to_contain_text("At the table, 1")


@pytest.mark.devices
def test_while_the_room_does_not_come_who_has_joined_is_told_so_and_seen(alice, bob):
    link = alice.meet_now()
    alice.join()
    file = re.compile(r"/js/room/views/stage\.[0-9a-f]*\.?js$")
    bob.page.route(file, lambda route: route.abort())
    with bob.expecting("ERR_FAILED"):
        bob.open(link)
        bob.press_join()
        expect(bob.page.get_by_role("alert")).to_contain_text("You are in, and the others see and hear you")
        expect(bob.page.get_by_role("button", name="Joining…")).to_be_visible()
        alice.meets(bob)
        alice.says("Are you coming?")
    bob.page.unroute(file)
    bob.in_phase("joined")
    bob.meets(alice)
    bob.reads("Are you coming?")


def test_what_is_still_being_written_is_not_sent_when_the_chat_comes(alice):
    alice.meet_now()
    file = re.compile(r"/js/room/views/chat\.[0-9a-f]*\.?js$")
    alice.page.route(file, lambda route: route.abort())
    with alice.expecting("ERR_FAILED"):
        alice.join()
        chat = alice.open_panel("chat")
        expect(chat).to_contain_text("We keep trying")
        keys = alice.page.keyboard
        keys.type("Not done")
        keys.press("Enter")
        keys.type(", not yet")
        keys.press("Shift+Enter")
        field = chat.get_by_label("Message to everybody")
        expect(field).to_have_value("Not done, not yet\n")
        alice.page.unroute(file)
        # Until it has come, one more attempt may fail.
        expect(chat.locator(".log")).to_contain_text("Nothing written yet", timeout=30_000)
    expect(field).to_have_value("Not done, not yet\n")
    keys.press("Enter")
    alice.reads("Not done, not yet")
    expect(chat.locator(".message")).to_have_count(1)


@pytest.mark.parametrize(
    ("file", "heading"), [("quality", "You have left"), ("views/ended", "You are not in the room")]
)
def test_the_last_page_waits_for_nothing_else_and_is_never_empty(alice, file, heading):
    alice.meet_now()
    pattern = re.compile(rf"/js/room/{file}\.[0-9a-f]*\.?js$")
    alice.page.route(pattern, lambda route: route.abort())
    with alice.expecting("ERR_FAILED"):
        alice.join()
        alice.leave()
        ended = alice.page.locator("#ended")
        expect(ended.get_by_role("heading", name=heading)).to_be_visible()
        ended.get_by_role("link", name="My meetings", exact=True).click()
        expect(alice.page.get_by_role("button", name="Meet now")).to_be_visible()


@pytest.mark.devices
def test_the_host_reloads_and_is_host_still(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    alice.meets(bob)
    alice.reload()
    meet_each_other(alice, bob)
    alice.removes(bob)
    bob.in_phase("ended")


@pytest.mark.devices("Bob", "Carol")
def test_who_is_removed_does_not_come_back(alice, bob, carol):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    carol.join(link)
    alice.meets(bob, carol)
    alice.removes(bob, lock=True)
    bob.in_phase("ended")
    expect(bob.page.get_by_role("heading", name="A host removed you from this meeting")).to_be_visible()
    expect(alice.page.locator("#locked")).to_be_visible()
    expect(carol.tile_of("Bob")).to_have_count(0)
    with bob.expecting("status of 403"):
        bob.page.reload()
        expect(bob.page.get_by_role("heading", name="A host removed you from this meeting")).to_be_visible()
        bob.go(link)
        expect(bob.page.get_by_role("heading", name="A host removed you from this meeting")).to_be_visible()
    # In a browser that nobody knows he is a guest like any other, and the room is locked.
    bob.page.context.clear_cookies()
    bob.open(link)
    bob.press_join()
    waits(bob, "The room is locked")
    alice.page.locator("#people").get_by_role("button", name="Rules").click()
    alice.page.get_by_role("switch", name="Locked").uncheck()
    bob.in_phase("joined")
    rules = carol.open_panel("people").get_by_role("button", name="Rules")
    rules.click()
    expect(carol.page.get_by_role("switch", name="Lobby")).to_be_disabled()
    alice.meets(carol, bob)


def test_only_the_host_may_remove(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    bob.reaches(alice)
    people = bob.open_panel("people")
    expect(people.get_by_text("Alice")).to_be_visible()
    people.get_by_role("button", name="More about Alice").click()
    menu = bob.page.get_by_role("dialog", name="Alice")
    expect(menu.get_by_role("slider")).to_be_visible()
    expect(menu.get_by_role("button", name=re.compile("Remove"))).to_have_count(0)


# Another panel of the chat, drawn from lines that nobody has written.
A_CHAT = """
  const loaded = performance.getEntriesByType("resource");
  const { name } = loaded.find(({ name }) => /room\\/views\\/chat\\./.test(name));
  const { ChatPanel } = await import(name);
  const root = document.querySelector("#chat").cloneNode(true);
  root.id = "another";
  root.querySelector(".log").replaceChildren();
  document.body.append(root);
  const box = "display: block; block-size: 200px; overflow: auto; overflow-anchor: none";
  root.querySelector(".scroll").style = box;
  const view = new ChatPanel(root, { typing: () => {} });
  const line = (n, more = {}) => ({
    id: `gone ${n}`, conversation: "", author: "gone", name: "Gone", at: 1e12 + n, isMine: false,
    canChange: false, body: `Line ${n} https://example.org/${n}`, editedAt: null, earlier: [], reply: null,
    isDeleted: false, reactions: [], delivery: { state: "", lacking: [] }, file: null,
    told_by: "Bob", hearsay: false, ...more,
  });
  const render = (lines, opened) => view.render({
    chat: { revision: 1, shown: "", unread: 0, conversations: [
      { id: "", name: "", isHere: true, lines, unread: 0, unreadFrom: "", typing: [] },
    ] },
    people: [], hosting: { may: { chat: true } },
    me: "",
    hosting: { may: { chat: true } },
  }, opened);
  const scroll = root.querySelector(".scroll");
  const frames = async () => {
    for (let i = 0; i < 3; i += 1) await new Promise(requestAnimationFrame);
  };
  const own = { told_by: undefined, hearsay: undefined };
"""
# What only becomes known of a line is no new node with text in the log.
A_LINE_IS_CONFIRMED = (
    f"async () => {{{A_CHAT}"
    """
  const lines = Array.from({ length: 40 }, (_, i) => line(i + 1));
  render(lines, true);
  await frames();
  const link = root.querySelectorAll("a")[20];
  const above = link.closest("p").getBoundingClientRect().top;
  scroll.scrollTop += above - scroll.getBoundingClientRect().top;
  await frames();
  link.focus({ preventScroll: true });
  getSelection().selectAllChildren(link);
  const top = link.getBoundingClientRect().top;
  const added = [];
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) added.push(...[...addedNodes].map((node) => node.textContent));
  }).observe(root.querySelector(".log"), { childList: true, subtree: true });
  const confirmed = lines.map((one, i) => (i % 2 ? { ...one, ...own } : one));
  const between = line(0, { ...own, id: "late 1", author: "late", name: "Late", body: "Come late" });
  render([between, ...confirmed], false);
  await frames();
  const focus = document.activeElement === link;
  const is = { link: link.isConnected, focus, selected: String(getSelection()) };
  const moved = Math.abs(link.getBoundingClientRect().top - top);
  root.remove();
  return { ...is, moved, read: added.filter((text) => /Line|Come/.test(text)), marks: added.length };
}"""
)
# However long a chat is, so much of it is drawn as somebody can see, wherever they are in it.
A_LONG_CHAT_IS_GONE_THROUGH = (
    f"async () => {{{A_CHAT}"
    """
  const lines = Array.from({ length: 5000 }, (_, i) => line(i + 1, own));
  const drawn = () => [...root.querySelectorAll(".message")];
  let most = 0;
  /** The numbers of those in view. */
  const seen = async () => {
    await frames();
    most = Math.max(most, drawn().length);
    const { top, bottom } = scroll.getBoundingClientRect();
    const isIn = (box) => box.bottom > top && box.top < bottom;
    return drawn().filter((one) => isIn(one.getBoundingClientRect()))
      .map((one) => Number(/Line ([0-9]+)/.exec(one.textContent)[1]));
  };
  const press = (key) => {
    scroll.focus();
    scroll.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    return seen();
  };
  render(lines, true);
  const opened = await seen();
  const first = await press("Home");
  for (let i = 0; i < 15; i += 1) {
    scroll.scrollTop = scroll.scrollHeight;
    await frames();
  }
  scroll.scrollTop -= 1000;
  const further = await seen();
  render([...lines, line(5001, own)], false);
  const after = await seen();
  const jump = root.querySelector("[data-part=jump]");
  const isOffered = !jump.hidden;
  jump.click();
  const end = await seen();
  root.remove();
  return { opened, first, further, after, isOffered, end, most };
}"""
)


def test_what_is_written_reaches_everybody(alice, bob, carol):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    carol.join(link)
    for person in alice, bob, carol:
        expect(person.tiles()).to_have_count(3)
    alice.says("Shall we begin?")
    # Whoever does not see it hears it.
    expect(carol.page.locator("#said")).to_contain_text("Alice wrote: Shall we begin?")
    bob.reads("Shall we begin?")
    bob.says("<b>Yes</b> & no: https://example.org/?a=1&b=2")
    for person in alice, bob, carol:
        person.reads("<b>Yes</b> & no: https://example.org/?a=1&b=2")
        expect(person.page.locator("#chat .log b")).to_have_count(0)
    bob.says("\n".join(f"Point {number}" for number in range(1, 61)))
    newest = alice.page.locator("#chat .body p").last
    expect(newest).to_contain_text("Point 60")
    # As when the keyboard of a phone comes up.
    alice.page.set_viewport_size({"width": 1000, "height": 420})
    alice.page.wait_for_function(
        "() => { const it = document.querySelector('#chat .scroll');"
        " return it.clientHeight < 400 && it.scrollHeight - it.scrollTop - it.clientHeight < 2; }"
    )
    # What only becomes known of a line is not read out as new, nor moves what somebody reads.
    found = alice.page.evaluate(A_LINE_IS_CONFIRMED)
    assert [text[-9:] for text in found["read"]] == ["Come late"], found
    assert (found["link"], found["focus"], found["selected"]) == (True, True, "https://example.org/21"), found
    assert found["moved"] < 2
    assert found["marks"] > 1
    found = alice.page.evaluate(A_LONG_CHAT_IS_GONE_THROUGH)
    assert (found["first"][0], found["opened"][-1], found["end"][-1]) == (1, 5000, 5001), found
    further = found["further"]
    assert further == list(range(further[0], further[0] + len(further))), found
    assert 500 < further[0] < 4_000, found
    # What comes meanwhile moves nothing, and is offered.
    assert (found["after"], found["isOffered"]) == (further, True), found
    assert found["most"] <= 180, found


def test_who_comes_late_reads_what_was_written_before(alice, bob, carol):
    link = alice.meet_now()
    alice.join()
    alice.says("The first word.")
    expect(alice.page.locator("#chat .log")).to_contain_text("Nobody has this yet")
    bob.join(link)
    alice.reaches(bob)
    bob.reads("The first word.")
    expect(alice.page.locator("#chat .log")).not_to_contain_text("Nobody has this yet")
    bob.says("The second word.")
    alice.page.reload()
    alice.in_phase("joined")
    alice.reads("The second word.")
    mine = alice.page.locator("#chat .message").filter(has_text="The first word.")
    expect(mine.locator("header strong")).to_have_text("You")
    alice.leave()
    carol.join(link)
    carol.reads("The second word.")
    carol.reads("The first word.")
    told = carol.page.locator("#chat .message").filter(has_text="The first word.")
    expect(told).to_contain_text("As told by Bob, not signed by Alice")
    expect(told.locator("header strong")).to_have_text("Alice")


# As on a line that swallows it: the page thinks that it sends its screen.
KEEP_SCREEN_BACK = """(() => {
  const { replaceTrack } = RTCRtpSender.prototype;
  window.isKeptBack = true;
  RTCRtpSender.prototype.replaceTrack = function (track) {
    const isScreen = track?.contentHint === "detail" && window.isKeptBack;
    return isScreen ? Promise.resolve() : replaceTrack.call(this, track);
  };
})()"""


@pytest.mark.devices("Alice")
def test_a_shared_screen_that_does_not_arrive_is_told_of_at_both_ends(alice, bob):
    alice.begin_pages_with(KEEP_SCREEN_BACK)
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    bob.meets(alice)
    alice.press("share")
    screen = bob.page.locator(f"[data-screen='{alice.id}']")
    expect(screen).to_contain_text("Alice’s screen is on its way.")
    expect(screen).to_contain_text("Alice’s screen has not arrived yet. We keep trying.", timeout=20_000)
    expect(bob.page.locator("#said")).to_contain_text("has not arrived yet")
    notice = alice.page.locator("#notice")
    expect(notice).to_have_text("Bob does not see your screen yet. We keep trying.", timeout=20_000)
    expect(alice.page.locator("#said")).to_contain_text("Bob does not see your screen yet")
    alice.press("share")
    expect(notice).to_be_hidden()
    alice.page.evaluate("window.isKeptBack = false")
    alice.press("share")
    bob.sees_screen_of(alice)
    expect(screen).not_to_contain_text("on its way")


SPEAKING = re.compile(r"\bspeaking\b")
SEND_ALL_THE_SAME = """window.observe.connections
  .flatMap((one) => one.getSenders())
  .forEach(({ track }) => track?.kind === "audio" && (track.enabled = true))"""


@pytest.mark.devices("Alice")
def test_muting_is_heard_and_shown_and_speaking_is_what_is_heard(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    bob.meets(alice)
    expect(bob.tile_of("Alice")).to_have_class(SPEAKING)
    alice.press("microphone")
    expect(bob.tile_of("Alice")).to_have_attribute("data-microphone", "off")
    bob.hears_nothing_of(alice)
    # A page that says so and sends all the same is not heard, nor does it seem to speak.
    alice.page.evaluate(SEND_ALL_THE_SAME)
    bob.hears_nothing_of(alice)
    expect(bob.tile_of("Alice")).not_to_have_class(SPEAKING)
    alice.press("microphone")
    expect(bob.tile_of("Alice")).to_have_attribute("data-microphone", "on")
    bob.hears(alice)


@pytest.mark.devices("Alice")
def test_a_camera_goes_off_and_on_again(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    bob.sees(alice)
    alice.press("camera")
    expect(bob.tile_of("Alice")).to_have_attribute("data-camera", "off")
    expect(bob.tile_of("Alice").locator("video.camera")).to_be_hidden()
    bob.hears(alice)
    alice.press("camera")
    expect(bob.tile_of("Alice")).to_have_attribute("data-camera", "on")
    bob.sees(alice)


@pytest.mark.devices("Alice", "Carol")
def test_a_screen_is_shared(alice, bob, carol):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    bob.meets(alice)
    alice.press("share")
    bob.sees_screen_of(alice)
    bob.sees(alice)
    carol.join(link)
    carol.sees_screen_of(alice)
    alice.press("share")
    for person in alice, bob, carol:
        expect(person.page.locator("[data-screen]")).to_have_count(0)
    bob.meets(alice, carol)


def test_a_hand_stays_up_in_its_place_through_a_reload_and_a_reaction_is_gone_after_a_moment(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    alice.reaches(bob)
    bob.press("hands")
    expect(alice.tile_of("Bob").get_by_text("Hand up")).to_be_visible()
    alice.press("hands")
    bob.reload()
    # Though Alice sat down first.
    expect(alice.tile_of("Bob").locator(".hand .number")).to_have_text("1")
    expect(bob.tile_of("Alice").locator(".hand .number")).to_have_text("2")
    bob.press("hands")
    expect(alice.tile_of("Bob").get_by_text("Hand up")).to_be_hidden()

    bob.press("reactions")
    bob.page.keyboard.press("ArrowRight")
    bob.page.keyboard.press("ArrowRight")
    bob.page.keyboard.press("Enter")
    expect(alice.tile_of("Bob").locator(".reaction")).to_have_text("👏")
    expect(alice.page.locator("#said")).to_contain_text("Bob reacts: Applause")
    expect(alice.tile_of("Alice").locator(".reaction")).to_have_count(0)
    expect(alice.tile_of("Bob").locator(".reaction")).to_have_count(0)
    # On a phone it has no button of its own.
    alice.page.set_viewport_size({"width": 390, "height": 844})
    expect(alice.page.locator("[data-control=reactions]")).to_be_hidden()
    alice.press("more")
    alice.page.get_by_role("menuitem", name="Heart").click()
    expect(bob.tile_of("Alice").locator(".reaction")).to_be_visible()


@pytest.mark.devices
def test_the_same_person_on_two_pages_is_there_twice_but_makes_no_echo(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    alice.meets(bob)
    first = bob.page
    bob.page = bob.new_page()
    bob.join(link)
    expect(alice.tile_of("Bob")).to_have_count(2)
    expect(bob.page.get_by_text("You are in this call on another page, too.")).to_be_visible()
    expect(alice.tile_of("Bob").nth(1)).to_have_attribute("data-microphone", "off")
    bob.hears_nothing_of(alice)
    bob.page.get_by_role("button", name="Leave here").click()
    bob.in_phase("ended")
    expect(alice.tile_of("Bob")).to_have_count(1)
    bob.join(link)
    expect(bob.page.get_by_text("You are in this call on another page, too.")).to_be_visible()
    first.close()
    expect(bob.page.locator("#notice")).to_be_hidden()
    expect(alice.tile_of("Bob")).to_have_count(1, timeout=20_000)
    alice.sees(bob)
    bob.sees(alice)
    bob.hears(alice)
