"""The chat: what one person does with it, and what the others see and hear of that."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.person import Person


def line(person: Person, text: str) -> Locator:
    """The whole of a message, with all that stands at it."""
    words = person.page.locator(".words", has_text=text)
    return person.open_panel("chat").locator(".message").filter(has=words)


def field(person: Person) -> Locator:
    return person.open_panel("chat").locator("textarea")


def writes(person: Person, text: str) -> None:
    field(person).fill(text)
    field(person).press("Enter")
    expect(field(person)).to_have_value("")


def tool(person: Person, text: str, name: str) -> Locator:
    line(person, text).hover()
    return line(person, text).get_by_role("button", name=name, exact=True)


def writes_to(person: Person, other: str) -> None:
    """Begins a conversation of two."""
    chat = person.open_panel("chat")
    chat.get_by_role("button", name="Write to one person").click()
    chat.get_by_role("menuitem", name=other).click()
    expect(field(person)).to_be_focused()
    expect(field(person)).to_have_attribute("placeholder", f"Message to {other} alone")


# What is read out from now on, and when.
LISTEN_TO_NEWS = """() => {
  window.heard = [];
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const { textContent } of addedNodes) window.heard.push([textContent, performance.now()]);
    }
  }).observe(document.querySelector("#said"), { childList: true });
}"""


@pytest.fixture
def pair(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    bob.reaches(alice)
    return alice, bob


def test_words_are_shown_as_they_are_meant_and_a_link_that_deceives_says_where_it_leads(pair):
    alice, bob = pair
    field(alice).fill("**Now** or *never*: `07:40`\n- one\n- two\n> three\n```\n<b>four</b>\n```")
    alice.page.keyboard.press("Enter")
    shown = line(bob, "never")
    expect(shown.locator(".words strong")).to_have_text("Now")
    expect(shown.locator("em")).to_have_text("never")
    expect(shown.locator("p code")).to_have_text("07:40")
    expect(shown.locator("li")).to_have_text(["one", "two"])
    expect(shown.locator("blockquote")).to_have_text("three")
    expect(shown.locator("pre")).to_have_text("<b>four</b>")
    field(alice).fill("See https://bank.example@live.example/login and https://example.org/a")
    alice.page.keyboard.press("Enter")
    links = line(bob, "See").get_by_role("link")
    expect(links.first).to_have_attribute("href", "https://bank.example@live.example/login")
    expect(line(bob, "See").locator(".leads")).to_have_text(["leads to live.example"])
    expect(links.last).to_have_attribute("rel", "noopener noreferrer")


def test_a_message_is_answered_changed_and_taken_back(pair):
    alice, bob = pair
    alice.says("The larger one seats 170.")
    bob.reads("The larger one seats 170.")
    tool(bob, "170", "Reply").click()
    expect(bob.page.locator("#chat .replying")).to_have_text("To Alice: The larger one seats 170.")
    bob.page.keyboard.type("For a week?")
    bob.page.keyboard.press("Enter")
    answer = line(alice, "For a week?")
    expect(answer.locator(".quote bdi").last).to_have_text("The larger one seats 170.")
    # The last one of mine, by the key.
    field(alice).press("ArrowUp")
    expect(field(alice)).to_have_value("The larger one seats 170.")
    field(alice).fill("The larger one seats 180.")
    field(alice).press("Enter")
    expect(field(alice)).to_have_value("")
    changed = bob.page.locator("#chat .message").first
    expect(changed.locator(".words")).to_have_text("The larger one seats 180.")
    changed.get_by_role("button", name="edited").click()
    expect(changed.locator(".earlier")).to_contain_text("The larger one seats 170.")
    # A press on what is quoted leads to it.
    line(bob, "For a week?").locator(".quote").click()
    expect(changed).to_be_focused()
    tool(alice, "The larger one seats 180.", "More").click()
    back = alice.page.get_by_role("menuitem", name="Delete")
    back.click()
    expect(bob.page.locator("#chat .log")).to_contain_text("180")
    # Its words are longer now, and stand inside the window.
    expect(alice.page.get_by_role("menuitem", name="Press again to delete it")).to_be_in_viewport(ratio=1)
    back.click()
    expect(changed.locator(".words")).to_have_text("Alice deleted this message.")
    expect(changed.locator(".edited")).to_have_count(0)
    expect(line(alice, "You deleted this message.")).to_have_count(1)
    assert bob.barriers() == []


def test_reactions_are_counted_and_pressed_again_taken_back(pair, carol):
    alice, bob = pair
    carol.join(alice.page.url)
    carol.reaches(alice)
    alice.says("At 07:40 then")
    bob.reads("At 07:40 then")
    tool(bob, "07:40", "React").click()
    bob.page.get_by_role("button", name="Heart").click()
    mine = line(alice, "07:40").get_by_role("button", name="Heart: 1")
    expect(mine).to_have_attribute("aria-pressed", "false")
    expect(mine).to_have_attribute("title", "Bob")
    mine.click()
    expect(line(carol, "07:40").get_by_role("button", name="Heart: 2")).to_have_attribute(
        "title", re.compile("Bob and Alice|Alice and Bob")
    )
    own = line(bob, "07:40").get_by_role("button", name="Heart: 2, one of them yours")
    own.click()
    expect(line(carol, "07:40").get_by_role("button", name="Heart: 1")).to_have_attribute("title", "Alice")
    assert alice.barriers() == []


def test_what_two_write_alone_nobody_else_sees(pair, carol):
    alice, bob = pair
    carol.join(alice.page.url)
    carol.reaches(alice)
    carol.reaches(bob)
    field(alice).fill("For all, not done")
    writes_to(alice, "Bob")
    # What was begun for everybody stays there.
    expect(field(alice)).to_have_value("")
    expect(alice.page.locator("#chat .private-line")).to_contain_text("Only Bob and you read this.")
    alice.page.keyboard.type("Between us")
    alice.page.keyboard.press("Enter")
    expect(line(alice, "Between us")).to_have_count(1)
    # Bob is told that it is for him alone, and it opens with a press.
    peek = bob.page.locator(".peek")
    expect(peek).to_contain_text("Alice")
    expect(peek).to_contain_text("to you alone")
    expect(bob.page.locator("#said")).to_contain_text("Alice wrote to you alone: Between us")
    expect(bob.page).to_have_title(re.compile(r"^\(1\) · "))
    assert bob.barriers() == []
    peek.locator(".open").click()
    expect(bob.page.get_by_role("tab", name="Alice")).to_have_attribute("aria-selected", "true")
    expect(line(bob, "Between us")).to_have_count(1)
    expect(bob.page).not_to_have_title(re.compile(r"^\("))
    assert bob.barriers() == []
    # It does not open by itself while somebody writes to all.
    bob.page.get_by_role("tab", name="Everybody").click()
    bob.says("For all")
    alice.page.keyboard.type("More of it")
    alice.page.keyboard.press("Enter")
    expect(bob.page.get_by_role("tab", name="Alice").locator(".dot")).to_have_count(1)
    expect(bob.page.get_by_role("tab", name="Everybody")).to_have_attribute("aria-selected", "true")
    # It says that there is something, above the field, and leads to it.
    waiting = bob.page.locator("#chat").get_by_role("button", name="Alice wrote to you alone")
    expect(waiting).to_be_visible()
    assert bob.barriers() == []
    waiting.click()
    expect(bob.page.get_by_role("tab", name="Alice")).to_have_attribute("aria-selected", "true")
    expect(line(bob, "More of it")).to_have_count(1)
    expect(field(bob)).to_be_focused()
    expect(waiting).to_be_hidden()
    carol.reads("For all")
    expect(carol.page.get_by_role("tab")).to_have_count(1)
    expect(carol.page.locator("#chat .log")).not_to_contain_text("Between us")
    alice.page.get_by_role("tab", name="Everybody").click()
    expect(field(alice)).to_have_value("For all, not done")
    alice.press("chat")
    alice.press("chat")
    expect(field(alice)).to_have_value("For all, not done")
    # Nor does anybody who comes get it with the history.
    carol.reload()
    carol.reads("For all")
    expect(carol.page.get_by_role("tab")).to_have_count(1)
    expect(carol.page.locator("#chat .log")).not_to_contain_text("Between us")


def test_a_message_is_seen_while_the_chat_is_closed_and_where_it_began_afterwards(pair):
    alice, bob = pair
    alice.says("Seen")
    bob.reads("Seen")
    bob.press("chat")
    bob.page.evaluate(LISTEN_TO_NEWS)
    writes(alice, "First **new** one")
    peek = bob.page.locator(".peek")
    expect(peek.locator(".said")).to_have_text("First new one")
    # It stays as long as somebody is on it.
    peek.get_by_role("button", name="Close the preview").focus()
    alice.says("Second new one")
    expect(peek.locator(".said")).to_have_text("Second new one")
    peek.get_by_role("button", name="Close the preview").click()
    expect(peek).to_have_count(0)
    expect(bob.page.locator('[data-control="chat"]')).to_have_attribute("aria-label", "Chat, 2 unread")
    bob.press("chat")
    mark = bob.page.locator("#chat .rule.unread")
    expect(mark).to_have_text(re.compile(r"^New since \d\d:\d\d$"))
    following = mark.locator("xpath=following-sibling::li[1]")
    expect(following).to_contain_text("First new one")
    expect(following.locator("header")).to_have_count(1)
    # Each was read out once, and no more often than six times a minute.
    all_is_said = "() => window.heard.some(([words]) => /Second new one|2 new messages/.test(words))"
    bob.page.wait_for_function(all_is_said)
    heard = bob.page.evaluate("window.heard")
    assert len({words for words, _ in heard}) == len(heard)
    assert all(later - at > 9_500 for (_, at), (_, later) in pairwise(heard))


def test_who_types_is_seen_and_who_is_addressed_is_offered_by_keys(pair):
    alice, bob = pair
    alice.says("Here we are")
    bob.reads("Here we are")
    field(alice).press_sequentially("Hey @b")
    expect(bob.page.locator("#chat .typing")).to_have_text("Alice is typing…")
    expect(alice.page.get_by_role("option", name="Bob")).to_have_attribute("aria-selected", "true")
    expect(field(alice)).to_have_attribute("aria-activedescendant", "chat-name-0")
    assert alice.barriers() == []
    alice.page.keyboard.press("Enter")
    expect(field(alice)).to_have_value("Hey @Bob ")
    alice.page.keyboard.type("look @b")
    alice.page.keyboard.press("Escape")
    expect(alice.page.get_by_role("listbox")).to_be_hidden()
    expect(alice.page.locator("#chat")).to_be_visible()
    alice.page.keyboard.press("Shift+Enter")
    alice.page.keyboard.type("there")
    alice.page.keyboard.press("Enter")
    expect(line(bob, "Hey").locator(".me")).to_have_text("@Bob")
    expect(bob.page.locator("#chat .typing")).to_have_text("")
    expect(line(bob, "Hey").locator(".words")).to_have_text("Hey @Bob look @b\nthere", use_inner_text=True)


def test_words_are_found_and_the_chat_is_kept(pair):
    alice, bob = pair
    for text in "First harbour", "Nothing", "The *Harbour*":
        writes(bob, text)
        alice.reads(text.replace("*", ""))
    chat = alice.open_panel("chat")
    chat.get_by_role("button", name="Search the chat").click()
    alice.page.keyboard.type("HARBOUR")
    expect(chat.locator(".search .number")).to_have_text("2 of 2")
    expect(line(alice, "The Harbour")).to_have_class(re.compile("found"))
    alice.page.keyboard.press("Enter")
    expect(chat.locator(".search .number")).to_have_text("1 of 2")
    expect(line(alice, "First harbour")).to_have_class(re.compile("found"))
    assert alice.page.evaluate("CSS.highlights.get('chat-found').size") == 2
    assert alice.barriers() == []
    alice.page.keyboard.press("Escape")
    expect(chat.get_by_role("button", name="Search the chat")).to_be_focused()
    expect(chat).to_be_visible()
    for choice, ending in ("Save as text", "txt"), ("Save as a web page", "html"):
        chat.get_by_role("button", name="Save the chat").click()
        with alice.page.expect_download() as download:
            chat.get_by_role("menuitem", name=choice).click()
        assert re.search(
            rf"^chat-Alice-s-meeting-\d{{4}}-\d\d-\d\d\.{ending}$", download.value.suggested_filename
        )
        assert "The *Harbour*" in Path(download.value.path()).read_text()


def test_too_much_is_kept_in_the_field_and_said(pair):
    alice, bob = pair
    text = "word " * 801
    field(alice).fill(text)
    counter = alice.page.locator("#chat .counter")
    expect(counter).to_have_text("4 characters too many")
    field(alice).press("Enter")
    expect(field(alice)).to_have_value(text)
    expect(alice.page.locator("#said")).to_contain_text("4 characters too many")
    field(alice).fill("word " * 800)
    expect(counter).to_have_text("1 character left")
    field(alice).press("Enter")
    bob.reads("word word")
    expect(counter).to_be_hidden()


def test_the_keyboard_leads_through_the_lines_and_to_all_that_can_be_done(pair):
    alice, bob = pair
    for text in "One", "Two":
        alice.says(text)
        bob.reads(text)
    bob.page.locator("#chat .scroll").focus()
    keys = bob.page.keyboard
    keys.press("ArrowUp")
    expect(line(bob, "Two")).to_be_focused()
    keys.press("ArrowUp")
    expect(line(bob, "One")).to_be_focused()
    keys.press("Tab")
    expect(line(bob, "One").get_by_role("button", name="Reply")).to_be_focused()
    keys.press("Shift+Tab")
    keys.press("Enter")
    expect(bob.page.get_by_role("menuitem", name="Thumbs up")).to_be_focused()
    assert bob.barriers() == []
    keys.press("Enter")
    expect(line(alice, "One").get_by_role("button", name="Thumbs up: 1")).to_have_count(1)
    expect(line(bob, "One")).to_be_focused()
    keys.press("Enter")
    keys.press("Escape")
    expect(bob.page.locator("#chat")).to_be_visible()
    expect(bob.page.get_by_role("menu")).to_have_count(0)


def test_on_a_phone_a_press_on_a_line_opens_what_can_be_done(alice, visitor):
    bob = visitor("Bob", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    alice.says("Press me")
    bob.reads("Press me")
    line(bob, "Press me").locator(".words").tap()
    sheet = bob.page.get_by_role("menu", name="For this message")
    box = sheet.bounding_box()
    assert box
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 390, 844)
    assert bob.barriers() == []
    sheet.get_by_role("menuitem", name="Thumbs up").tap()
    expect(line(alice, "Press me").get_by_role("button", name="Thumbs up: 1")).to_have_count(1)


def test_firefox_answers_and_is_written_to_alone(alice, fiona):
    link = alice.meet_now()
    alice.join()
    fiona.join(link)
    writes(alice, "Who has **Firefox**?")
    fiona.reads("Who has Firefox?")
    fiona.says("*I* have")
    expect(line(alice, "I have").locator("em")).to_have_text("I")
    tool(alice, "I have", "React").click()
    alice.page.get_by_role("button", name="Heart").click()
    fiona.firefox.wait("document.querySelector('#chat .reactions [data-reaction]')?.ariaLabel === 'Heart: 1'")
    writes_to(alice, "Fiona")
    alice.page.keyboard.type("Between us")
    alice.page.keyboard.press("Enter")
    fiona.firefox.wait("document.querySelectorAll('#chat [role=tab] .dot').length === 1")
    fiona.firefox.evaluate("document.querySelectorAll('#chat [role=tab]')[1].click()")
    fiona.reads("Between us")
    fiona.says("Heard")
    expect(line(alice, "Heard")).to_have_count(1)
    alice.page.get_by_role("tab", name="Everybody").click()
    expect(alice.page.locator("#chat .log")).not_to_contain_text("Heard")
