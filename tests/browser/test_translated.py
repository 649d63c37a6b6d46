"""What scripts say, in a language that nobody speaks: plain English that is left on a page fails.

Pages as the server gives them are searched in tests/translated; here are those that scripts write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from language import pseudo
from tests.browser.person import MEETING_PAGE, Person
from tests.browser.server import Server, text_of
from tests.browser.steps import set_up
from tests.untranslated import english, said

# What people and things are called, in every language, and keys of the keyboard.
NAMES = (
    *(
        "Roundtable",
        "Alice",
        "Bob",
        "Dave",
        "Chrome",
        "Chromium",
        "Google",
        "Outlook.com",
        "Office 365",
        "Yahoo",
    ),
    *("UDP", "TCP", "TLS", "kbit", "ms", "Lower Prince’s Quarter"),
)
# All that the page has said to those who do not see it, and in its title, from here on.
REMEMBERS = """() => {
  const said = (window.everSaid = new Set());
  const look = () => {
    said.add(document.title);
    for (const id of ["said", "said-now", "notice"]) said.add(document.getElementById(id)?.textContent ?? "");
  };
  new MutationObserver(look).observe(document, { childList: true, characterData: true, subtree: true });
}"""


@pytest.fixture(scope="module")
def abroad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that offers the languages that nobody speaks."""
    found = Server(tmp_path_factory.mktemp("abroad"), PSEUDO_LANGUAGES="1")
    found.start()
    yield found
    found.stop()


@pytest.fixture
def reader(visitor: Callable[..., Person], abroad: Server) -> Callable[..., Person]:
    """`reader("Alice", account=True)`: somebody who reads pages in a pseudo-language from now on."""

    def arrive(name: str, language: str = pseudo.ACCENTED, **options: object) -> Person:
        person = visitor(name, at=abroad, **options)
        person.context.add_cookies([{"name": "language", "value": language, "url": abroad.url}])
        return person

    return arrive


def left(person: Person) -> list[str]:
    """What is English on the page as it stands, and in all that it said aloud."""
    ever = person.page.evaluate("() => [...(window.everSaid ?? [])]")
    return english([*said(person.page.content()), person.page.title(), *ever], NAMES)


def meet_now(person: Person) -> str:
    person.go("/")
    person.page.locator('form[action="/meetings/now/"] button').first.click()
    person.in_phase("prejoin")
    person.page.evaluate(REMEMBERS)
    return person.page.url


def comes_in(person: Person) -> None:
    person.page.locator('[data-part="join"]').click()
    person.in_phase("joined")


def test_nothing_english_is_left_in_a_call(reader, abroad):
    alice, bob = reader("Alice", account=True), reader("Bob")
    link = meet_now(alice)
    assert left(alice) == []
    set_up(abroad, link, lobby=1)
    comes_in(alice)
    assert left(alice) == []

    # Bob asks to be let in.
    bob.open(link)
    bob.page.evaluate(REMEMBERS)
    assert left(bob) == []
    bob.page.locator("#name").fill("Bob")
    bob.page.locator('[data-part="join"]').click()
    expect(alice.page.locator("#knocks")).to_be_visible()
    people = alice.open_panel("people")
    expect(people.locator("[data-answer=admit]")).to_be_visible()
    assert left(alice) == []
    assert left(bob) == []
    people.locator("[data-answer=admit]").click()
    bob.in_phase("joined")
    expect(alice.tiles()).to_have_count(2)
    assert left(alice) == []

    # What a host may do to him; he may be removed, which is asked first.
    people.locator("li").filter(has_text="Bob").get_by_role("button").click()
    menu = alice.page.locator("#person-menu")
    expect(menu.get_by_role("button").first).to_be_focused()
    assert left(alice) == []
    menu.get_by_role("button").last.click()
    expect(alice.page.locator("dialog#remove")).to_be_visible()
    assert left(alice) == []
    alice.page.keyboard.press("Escape")

    # By which rules, and how a host leaves.
    people.locator('[data-part="rules"]').click()
    expect(alice.page.locator("#rules")).to_be_visible()
    assert left(alice) == []
    alice.page.locator("[data-control=leave]").click()
    expect(alice.page.locator("#leave-menu button").first).to_be_focused()
    assert left(alice) == []
    alice.page.keyboard.press("Escape")

    # What they write, with what they feel, and what there is to set.
    chat = alice.open_panel("chat")
    chat.locator("textarea").fill("…")
    chat.locator("textarea").press("Enter")
    expect(bob.open_panel("chat").locator(".log .message")).to_have_count(1)
    assert left(bob) == []
    for control in ("reactions", "more"):
        alice.press(control)
        expect(alice.page.locator(f"#{control}-menu button").first).to_be_visible()
        assert left(alice) == []
        alice.page.keyboard.press("Escape")
    alice.press("reactions")
    alice.page.locator("#reactions-menu button").first.click()
    alice.press("hands")
    bob.press("hands")
    expect(alice.page.locator("#said")).not_to_be_empty()
    for caret in ("microphone", "camera"):
        alice.page.locator(f"[data-part={caret}-caret]").click()
        expect(alice.page.locator(f"#{caret}-menu")).to_be_visible()
        assert left(alice) == []
        alice.page.keyboard.press("Escape")
    for line, opened in ((-1, "#settings"), (-2, "#keys"), (-3, "#connection")):
        alice.press("more")
        alice.page.locator("#more-menu button").nth(line).click()
        expect(alice.page.locator(opened)).to_be_visible()
        assert left(alice) == []
        alice.page.keyboard.press("Escape")

    # The server does not answer: a notice over the room.
    alice.context.set_offline(True)
    with alice.expecting("WebSocket connection", "ERR_INTERNET_DISCONNECTED"):
        alice.lose_socket()
        expect(alice.page.locator("#notice")).to_be_visible(timeout=30_000)
        assert left(alice) == []
        alice.context.set_offline(False)
        expect(alice.page.locator("#notice")).to_be_hidden(timeout=60_000)

    bob.page.locator("[data-control=leave]").click()
    bob.in_phase("ended")
    assert left(bob) == []
    expect(alice.tiles()).to_have_count(1)
    assert left(alice) == []


def fill_in(person: Person, attendees: str) -> None:
    person.go("/meetings/new/")
    fields = {"title": "Ñéŵš", "date": f"{datetime.now(UTC) + timedelta(3):%Y-%m-%d}", "time": "14:00"}
    for name, value in fields.items():
        person.page.locator(f"[name={name}]").fill(value)
    person.page.locator("[name=zone]").select_option("Europe/Berlin")
    person.paste(person.page.locator("#id_people"), attendees)


def test_nothing_english_is_left_while_planning_answering_and_testing(reader, abroad):
    alice, dave = reader("Alice", account=True), reader("Dave")
    fill_in(alice, "Dave <dave@abroad.example>")
    assert left(alice) == []
    alice.save_meeting()
    alice.page.wait_for_url(MEETING_PAGE)
    assert left(alice) == []

    # The same time again, and people who cannot be read.
    fill_in(alice, "Dave <dave@abroad.example>\nñ@\n")
    expect(alice.page.locator("[data-conflicts]")).to_be_visible()
    alice.page.locator("[name=repeats]").select_option("weekly")
    assert left(alice) == []
    alice.page.locator("[name=title]").fill("")
    alice.page.locator("[data-send]").click()
    expect(alice.page.locator(".banner-wrong, [data-wrong]").first).to_be_visible()
    assert left(alice) == []

    answer = re.search(r"\S+/answer/", text_of(abroad.letter("dave@abroad.example")))
    assert answer
    dave.go(f"{answer[0]}?answer=maybe")
    assert left(dave) == []
    dave.go(answer[0].replace("/answer/", "/test/"))
    assert left(dave) == []
    dave.page.locator("[data-part=begin]").click()
    expect(dave.page.locator('[data-check="network"]')).not_to_have_attribute("data-state", "waiting")
    expect(dave.page.locator('[data-check="server"]')).to_have_attribute("data-state", "good")
    assert left(dave) == []


# -- mirrored -----------------------------------------------------------------------------------

# Whatever of these is shown stands inside the window.
OUTSIDE = """() => [...document.querySelectorAll(
  ".popup:popover-open, .panel:not([hidden]), .bar, .bar button, .room-top, dialog[open], main"
)].filter((one) => one.checkVisibility()).flatMap((one) => {
  const { left, right } = one.getBoundingClientRect();
  return left < -0.5 || right > innerWidth + 0.5 ? [`${one.tagName}.${one.className} ${left} ${right}`] : [];
})"""


def wide(person: Person) -> list[str]:
    """What of the page is outside of the window, and whether it can be moved sideways."""
    moved = person.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*person.page.evaluate(OUTSIDE), *(["the page is wider than the window"] if moved else [])]


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_a_mirrored_week_and_month_fit_the_window(visitor, abroad, width):
    alice = visitor("Alice", at=abroad, account=True, viewport={"width": width, "height": 844})
    alice.fill_in_meeting("Once round the whole harbour", date="2031-06-08", starts="09:00")
    # Too short for all its lines, and long enough for more than one.
    alice.page.get_by_label("Lasts").select_option("45")
    alice.page.get_by_label("Repeats").select_option("weekly")
    expect(alice.page.locator("[data-said]")).to_contain_text("Every Sunday")
    alice.save_meeting()
    alice.page.wait_for_url(MEETING_PAGE)
    for language in ("en", pseudo.MIRRORED):
        alice.context.add_cookies([{"name": "language", "value": language, "url": abroad.url}])
        for path in ("week", "month"):
            alice.go(f"/meetings/{path}/?day=2031-06-08")
            expect(alice.page.get_by_text("Once round the whole harbour").first).to_be_attached()
            assert wide(alice) == [], (language, path)


@pytest.mark.parametrize("width", [390, 1440])
def test_a_mirrored_room_fits_the_window(reader, width):
    alice = reader("Alice", pseudo.MIRRORED, account=True, viewport={"width": width, "height": 844})
    meet_now(alice)
    assert wide(alice) == []
    comes_in(alice)
    assert wide(alice) == []
    for panel in ("chat", "people"):
        if alice.page.locator(f"[data-control={panel}]").is_visible():
            alice.open_panel(panel)
            assert wide(alice) == []
            alice.page.keyboard.press("Escape")
    alice.press("more")
    expect(alice.page.locator("#more-menu button").first).to_be_visible()
    assert wide(alice) == []
    alice.page.locator("#more-menu button").last.click()
    expect(alice.page.locator("#settings")).to_be_visible()
    assert wide(alice) == []
    alice.page.locator("#settings [data-part=keys]").click()
    expect(alice.page.locator("#keys")).to_be_visible()
    assert wide(alice) == []
