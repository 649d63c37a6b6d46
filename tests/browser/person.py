"""Somebody in front of a browser: what they do, and what they see and hear."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Locator, Page, expect

from tests.browser.media import COLOURS, Colour
from tests.browser.server import Server, text_of

OBSERVE = Path(__file__).with_name("observe.js").read_text()
AXE = Axe().axe_script
# A colour that begins to fade while axe looks is none of the page's: then it looks again, at most so often.
LOOKS = 5
# Nothing but the violations comes over: what passed is long, and nobody reads it.
LOOK = """async () => {
  let isStill = true;
  const note = () => { isStill = false; };
  const beginnings = ["transitionrun", "animationstart"];
  for (const kind of beginnings) document.addEventListener(kind, note);
  const { violations } = await axe.run({ resultTypes: ["violations"] });
  // What began is told with the next frame.
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  for (const kind of beginnings) document.removeEventListener(kind, note);
  return [violations, isStill];
}"""
PASSWORD = "a table with eleven chairs"
MEDIA_SECONDS = 30
# Of a meeting, a series or one of it.
MEETING_PAGE = re.compile(r"/meetings/[a-z0-9-]{15}/(\d+/)?$")

# Answers whether it is so at this moment, and keeps in `seen` what it has to remember and to tell.
# The picture has the colour and moves: five more frames than at first, and not all alike.
SHOWS = """({ tiles, name, rgb, others }, seen) => {
  const tile = [...document.querySelectorAll(tiles)].find((tile) => tile.textContent.includes(name));
  const now = window.observe.look(tile?.querySelector("video"));
  seen.last = now ? `mean ${now.mean} at frame ${now.frames}` : tile ? "no picture" : "no tile";
  if (!now) return false;
  const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  const distance = far(now.mean, rgb);
  if (distance > 80 || others.some((other) => far(now.mean, other) < distance)) {
    delete seen.prints;
    return false;
  }
  seen.prints ??= new Set();
  seen.first ??= now.frames;
  seen.prints.add(now.print);
  return seen.prints.size > 2 && now.frames > seen.first + 5;
}"""
# A picture that moves, whatever it shows.
MOVES = """({ tiles, name, selector }, seen) => {
  const tile = [...document.querySelectorAll(tiles)].find((tile) => tile.textContent.includes(name));
  const now = window.observe.look(tile?.querySelector(selector));
  seen.last = now ? "a still" : tile ? "no picture" : "no tile";
  if (now) (seen.prints ??= new Set()).add(now.print);
  return seen.prints?.size > 2;
}"""
SOUNDS = """({ hertz, audible }, seen) => {
  const now = window.observe.loudness(hertz);
  seen.last = `${now} dB`;
  return now > audible;
}"""

# Asks every so many milliseconds, from now on.
WATCH = """({ question, every }) => {
  const ask = %s;
  const seen = { isHad: false, last: null };
  const look = () => {
    seen.isHad = ask(question, seen);
    if (!seen.isHad) setTimeout(look, every);
  };
  look();
  return seen;
}"""
# Null once it is so, else what there was last.
HAD = """async ({ found, milliseconds }) => {
  const end = performance.now() + milliseconds;
  while (!found.isHad && performance.now() < end) await new Promise((wake) => setTimeout(wake, 40));
  return found.isHad ? null : String(found.last);
}"""
# The tiles of everybody but oneself.
OF_OTHERS = "[data-participant]:not([data-self])"

# Watches three beeps long; answers with the loudest moment.
LISTENS = """async ({ hertz, milliseconds }) => {
  await window.observe.hearing();
  let loudest = -Infinity;
  const until = performance.now() + milliseconds;
  while (performance.now() < until) {
    loudest = Math.max(loudest, window.observe.loudness(hertz));
    await new Promise((wake) => setTimeout(wake, 40));
  }
  return loudest;
}"""
# From now on, the loudest moment of each frequency is kept, until it was heard.
BEGINS_TO_LISTEN = """({ hertz, audible }) => {
  const heard = (window.heard ??= new Map());
  heard.set(hertz, -Infinity);
  const listening = setInterval(() => {
    heard.set(hertz, Math.max(heard.get(hertz), window.observe.loudness(hertz)));
    if (heard.get(hertz) > audible) clearInterval(listening);
  }, 40);
}"""
AUDIBLE = -60  # decibels

# What is expected comes at once; the machine that runs the tests may be busy with four people's pictures.
expect.set_options(timeout=15_000)


class Watch:
    """Goes on in the page until it is so: many can look and listen at the same time."""

    def __init__(self, page: Page, ask: str, question: object, every: int, fault: str) -> None:
        self._page, self._fault = page, fault
        self._found = page.evaluate_handle(WATCH % ask, {"question": question, "every": every})

    def is_had(self) -> None:
        """Within so many seconds from now."""
        try:
            last = self._page.evaluate(HAD, {"found": self._found, "milliseconds": MEDIA_SECONDS * 1000})
        except Error as error:
            raise AssertionError(self._fault) from error
        assert last is None, f"{self._fault}, but {last}"


def have_all(watches: Sequence[Watch]) -> None:
    for watch in watches:
        watch.is_had()


def meet_each_other(*people: Person) -> None:
    """Each sees and hears each of the others. All look at once, since a call costs as long as it lasts."""
    others = {one: [other for other in people if other is not one] for one in people}
    have_all([watch for one in people for watch in one.begins_to_meet(others[one])])
    for one in people:
        one.is_among(others[one])


class Person:
    """`colour` is what their camera shows and, as a tone, what their microphone delivers."""

    def __init__(
        self,
        name: str,
        colour: Colour,
        context: BrowserContext,
        server: Server,
        *,
        has_devices: bool = True,
    ) -> None:
        self.name, self.colour, self.context, self.server = name, colour, context, server
        self.has_devices = has_devices
        self.email = f"{name.lower()}@example.org"
        self.errors: list[str] = []
        self.console: list[str] = []
        self._forgiven: list[str] = []
        # Whether something was put into the browser that cannot be taken out again.
        self.is_changed = False
        context.on("page", self._watch)
        self.page = self.new_page()
        self._forget()

    def new_page(self) -> Page:
        return self.context.new_page()

    def begin_pages_with(self, script: str) -> None:
        """Before the scripts of each page that they open."""
        self.is_changed = True
        self.context.add_init_script(script)

    def _forget(self) -> None:
        """What somebody before them has stored here. Of what was fetched nothing goes."""
        session = self.context.new_cdp_session(self.page)
        session.send("Storage.clearDataForOrigin", {"origin": self.server.url, "storageTypes": "all"})
        session.detach()

    def go_away(self) -> None:
        """The next may have their browser."""
        self.context.remove_listener("page", self._watch)
        for page in self.context.pages:
            page.close()
        self.context.unroute_all(behavior="ignoreErrors")
        self.context.set_offline(False)
        self.context.clear_permissions()
        self.context.clear_cookies()

    def _watch(self, page: Page) -> None:
        page.on("console", self._note)
        page.on("pageerror", lambda error: self._note_error(f"pageerror: {error.stack or error}"))
        page.on("crash", lambda _: self._note_error("the page crashed"))

    def _note(self, message: ConsoleMessage) -> None:
        # Chromium reports violations of the Content-Security-Policy as errors here too.
        line = f"{message.type}: {message.text} ({message.location['url']}:{message.location['lineNumber']})"
        self.console.append(line)
        if message.type == "error":
            self._note_error(line)

    def _note_error(self, line: str) -> None:
        if not any(re.search(pattern, line) for pattern in self._forgiven):
            self.errors.append(line)

    @contextmanager
    def expecting(self, *patterns: str) -> Iterator[None]:
        """Console errors that belong to what happens in the block, such as a refused page."""
        self._forgiven += patterns
        yield
        # They arrive in order: what was logged in the block is here when this answers.
        self.page.evaluate("0")
        for pattern in patterns:
            self._forgiven.remove(pattern)

    # -- pages ----------------------------------------------------------------------------------

    def go(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else self.server.url + path)

    def sign_up(self) -> None:
        """From the form to their meetings, by way of the code in the letter."""
        number = len(self.server.letters(self.email)) + 1
        self.go("/account/signup/")
        self.page.get_by_label("Your name").fill(self.name)
        self.page.get_by_label("E-mail").fill(self.email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.locator(
            "form[method=post] button[type=submit], form[method=post] button:not([type])"
        ).first.click()
        self.page.get_by_label("Code").fill(self.code_in_letter(number))
        self.page.get_by_role("button", name="Go on").click()
        self.page.wait_for_url(self.server.url + "/")

    def code_in_letter(self, number: int = 1) -> str:
        found = re.search(r"^\s*([A-Z0-9]{4}-?[A-Z0-9]{2,4})\s*$", text_of(self.letter(number)), re.MULTILINE)
        assert found, text_of(self.letter(number))
        return found[1]

    def letter(self, number: int = 1):
        return self.server.letter(self.email, number)

    def personal_link(self, number: int = 1) -> str:
        found = re.search(r"https?://\S+/i/\S+", text_of(self.letter(number)))
        assert found, text_of(self.letter(number))
        return found[0]

    def meet_now(self) -> str:
        """A meeting that starts at once; answers with the link for the others."""
        self.go("/")
        self.page.get_by_role("button", name="Meet now").click()
        self.in_phase("prejoin")
        return self.page.url

    def schedule(self, title: str, *people: str, days: int = 1, **fields: str) -> str:
        """Plan a meeting; answers with the address of its page. `fields` goes by the labels of the form."""
        self.fill_in_meeting(title, *people, days=days, **fields)
        self.save_meeting()
        self.page.wait_for_url(MEETING_PAGE)
        return self.page.url

    def save_meeting(self) -> None:
        """Press the button of the form; again, if they are told only then that they have another meeting."""
        send = self.page.locator("[data-send]")
        with self.page.expect_navigation():
            send.click()
        if not MEETING_PAGE.search(self.page.url) and self.page.locator("[data-conflicts]").is_visible():
            with self.page.expect_navigation():
                send.click()

    def fill_in_meeting(self, title: str, *people: str, days: int = 1, **fields: str) -> None:
        self.go("/meetings/new/")
        page = self.page
        if (afresh := page.get_by_role("button", name="Start afresh")).is_visible():
            # What a form that was left held is here again.
            with page.expect_navigation():
                afresh.click()
        page.get_by_label("Title").fill(title)
        page.get_by_label("Date").fill(
            fields.get("date") or f"{datetime.now(UTC) + timedelta(days):%Y-%m-%d}"
        )
        page.get_by_label("Starts").fill(fields.get("starts", "14:00"))
        page.get_by_label("Time zone").select_option(fields.get("zone", "Europe/Berlin"))
        self.paste(page.get_by_label("Attendees"), "\n".join(people))
        self.paste(page.get_by_label("What to talk about"), fields.get("agenda", ""))

    def open_link(self) -> str:
        """The link for everybody, from the page of a meeting."""
        found = self.page.locator(".address [data-copy]").get_attribute("data-copy")
        assert found
        return found

    def paste(self, field: Locator, text: str) -> None:
        field.evaluate(
            """(field, text) => {
              const clipboardData = new DataTransfer();
              clipboardData.setData("text/plain", text);
              const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
              field.focus();
              if (!field.dispatchEvent(paste)) return;
              field.setRangeText(text);
              field.dispatchEvent(new InputEvent("input", { bubbles: true }));
            }""",
            text,
        )

    # -- the room -------------------------------------------------------------------------------

    def in_phase(self, phase: str) -> None:
        expect(self.page.locator("html")).to_have_attribute("data-phase", phase, timeout=20_000)

    def open(self, link: str) -> None:
        """As far as prejoin."""
        self.go(link)
        self.in_phase("prejoin")

    def press_join(self) -> None:
        name = self.page.get_by_label("Your name")
        if not name.input_value():
            name.fill(self.name)
        self.page.get_by_role("button", name=re.compile("^(Join|Ask to join)")).click()

    def join(self, link: str | None = None) -> None:
        if link:
            self.open(link)
        self.press_join()
        self.in_phase("joined")

    @property
    def id(self) -> str:
        """What the others address."""
        found = self.page.locator("[data-participant][data-self]").get_attribute("data-participant")
        assert found
        return found

    def reload(self) -> None:
        self.page.reload()
        self.in_phase("joined")

    def lose_socket(self) -> None:
        """The connection to the server breaks without a word, as when a router forgets it."""
        self.page.evaluate("window.observe.breakSockets()")

    @contextmanager
    def reconnecting(self) -> Iterator[None]:
        """In the block the socket is lost; afterwards there is another one.

        With a server that dies, what the page was still fetching is lost too.
        """
        before = self.page.evaluate("window.observe.socketsOpened()")
        with self.expecting("WebSocket connection", "ERR_CONNECTION"):
            yield
            self.page.wait_for_function(
                "(before) => window.observe.socketsOpened() > before", arg=before, timeout=60_000, polling=100
            )
            expect(self.trouble).to_be_hidden(timeout=30_000)

    @property
    def trouble(self) -> Locator:
        """The line that tells of a server that does not answer."""
        return self.page.locator("#notice").filter(has_text="server")

    def more_about(self, name: str) -> Locator:
        """The menu of somebody, from the list of people."""
        people = self.open_panel("people")
        people.get_by_role("button", name=f"More about {name}").click()
        menu = self.page.locator("#person-menu")
        expect(menu.get_by_role("button").first).to_be_visible()
        return menu

    def orders(self, item: str, name: str) -> None:
        """As a host, of somebody."""
        self.more_about(name).get_by_role("button", name=item, exact=True).click()

    def removes(self, other: Person, *, lock: bool = False) -> None:
        self.orders("Remove from the room…", other.name)
        dialog = self.page.get_by_role("dialog", name=f"Remove {other.name}?")
        if lock:
            dialog.get_by_role("checkbox", name="And lock the room").check()
        dialog.get_by_role("button", name="Remove", exact=True).click()

    def leave(self) -> None:
        """A host says that nothing else is meant by it."""
        self.page.get_by_role("button", name="Leave", exact=True).click()
        in_menu = self.page.locator("#leave-menu").get_by_role("menuitem", name="Leave").first
        expect(in_menu.or_(self.page.locator("html[data-phase=ended]"))).to_be_visible()
        if in_menu.is_visible():
            in_menu.click()
        self.in_phase("ended")

    def needs_devices(self) -> None:
        """Where they are looked at or listened to: whoever has none is silent in any case."""
        assert self.has_devices, f"{self.name} has no camera and no microphone: pytest.mark.devices"

    def tile_of(self, name: str) -> Locator:
        return self.page.locator(OF_OTHERS).filter(has_text=name)

    def tiles(self) -> Locator:
        return self.page.locator("[data-participant]")

    def sees(self, other: Person, colour: Colour | None = None) -> None:
        """Decoded, moving frames of their camera and of nobody else's."""
        other.needs_devices()
        self.sees_picture(other.name, colour or other.colour)

    def sees_own_picture(self) -> None:
        self.needs_devices()
        self.sees_picture("You", self.colour, tiles="[data-participant][data-self]")

    def sees_picture(self, name: str, colour: Colour, *, tiles: str = OF_OTHERS) -> None:
        self._looks_for(name, colour, tiles).is_had()

    def _looks_for(self, name: str, colour: Colour, tiles: str = OF_OTHERS) -> Watch:
        question = {
            "tiles": tiles,
            "name": name,
            "rgb": colour.rgb,
            "others": [other.rgb for other in COLOURS if other != colour],
        }
        return Watch(self.page, SHOWS, question, 100, f"{self.name} does not see {name} in {colour.name}")

    def sees_screen_of(self, other: Person) -> None:
        """A picture in the tile of their screen that moves."""
        question = {"tiles": "[data-screen]", "name": other.name, "selector": "video.screen"}
        fault = f"{self.name} does not see the screen of {other.name}"
        Watch(self.page, MOVES, question, 100, fault).is_had()

    def hears(self, other: Person) -> None:
        """Their tone, in what the page really plays."""
        other.needs_devices()
        self.hears_tone(other.name, other.colour)

    def hears_tone(self, name: str, colour: Colour) -> None:
        self._listens_for(name, colour).is_had()

    def _listens_for(self, name: str, colour: Colour) -> Watch:
        question = {"hertz": colour.hertz, "audible": AUDIBLE}
        return Watch(self.page, SOUNDS, question, 40, f"{self.name} does not hear {name}")

    @contextmanager
    def hearing_tone(self, name: str, colour: Colour) -> Iterator[None]:
        """A short sound is heard in the block or after it; listening begins before, since it is over soon."""
        self.page.evaluate(BEGINS_TO_LISTEN, {"hertz": colour.hertz, "audible": AUDIBLE})
        yield
        try:
            self.page.wait_for_function(
                f"(hertz) => window.heard.get(hertz) > {AUDIBLE}",
                arg=colour.hertz,
                timeout=MEDIA_SECONDS * 1000,
                polling=100,
            )
        except Exception as error:
            loudest = self.page.evaluate("(hertz) => String(window.heard.get(hertz))", colour.hertz)
            raise AssertionError(f"{self.name} does not hear {name}, {loudest} dB at most") from error

    def hears_nothing_of(self, other: Person) -> None:
        """Within some seconds, three beeps' time passes without their tone."""
        other.needs_devices()
        question = {"hertz": other.colour.hertz, "milliseconds": 1600}
        for _attempt in range(3):
            if (loudest := self.page.evaluate(LISTENS, question)) < AUDIBLE:
                return
        raise AssertionError(f"{self.name} still hears {other.name} at {loudest} dB")

    def reaches(self, other: Person) -> None:
        """There is a connection to them, whether anything is to be seen and heard or not."""
        expect(self.tile_of(other.name)).to_have_attribute("data-connection", "connected", timeout=20_000)

    def meets(self, *others: Person) -> None:
        """Sees and hears each of them, and nobody else is there."""
        have_all(self.begins_to_meet(others))
        self.is_among(others)

    def is_among(self, others: Sequence[Person]) -> None:
        expect(self.tiles()).to_have_count(len(others) + 1)

    def begins_to_meet(self, others: Sequence[Person]) -> list[Watch]:
        for other in others:
            other.needs_devices()
        return [
            watch
            for other in others
            for watch in (
                self._looks_for(other.name, other.colour),
                self._listens_for(other.name, other.colour),
            )
        ]

    def press(self, control: str, *, in_vain: bool = False) -> None:
        """One of the round controls in the bar: microphone, camera, share, hands, people, chat, more.

        In vain: it is said to be of no use now, and says why when it is pressed all the same.
        """
        button = self.page.locator(f"[data-control={control}]")
        if in_vain:
            expect(button).to_be_disabled()
        button.click(force=in_vain)

    def open_panel(self, name: str) -> Locator:
        panel = self.page.locator(f"#{name}")
        if not panel.is_visible():
            self.press(name)
            # It is drawn with the next frame; whoever looks sooner would press again, and close it.
            expect(panel).to_be_visible()
        return panel

    def says(self, text: str) -> None:
        chat = self.open_panel("chat")
        chat.get_by_label("Message to everybody").fill(text)
        chat.get_by_label("Message to everybody").press("Enter")
        self.reads(text)

    def reads(self, text: str) -> None:
        expect(self.open_panel("chat").locator(".log")).to_contain_text(text)

    # -- what no person says, but every person needs --------------------------------------------

    def barriers(self) -> list[str]:
        """What axe finds in the page as it stands, once nothing moves or fades any more."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        violations: list[dict[str, Any]] = []
        for _look in range(LOOKS):
            # What has just changed is drawn with the next frame, and only then begins to fade over.
            self.page.evaluate(
                "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
            )
            self.page.wait_for_function(
                "() => document.getAnimations().every((one) => one.playState !== 'running')"
            )
            violations, is_still = self.page.evaluate(LOOK)
            if is_still:
                break
        return [
            f"{violation['id']} ({violation['impact']}): {violation['help']}\n"
            + "\n".join(f"    {node['target']} {node['html'][:160]}" for node in violation["nodes"])
            for violation in violations
        ]

    def tab_to(self, target: Locator) -> None:
        """Press Tab until the focus is there."""
        for _press in range(60):
            if target.evaluate("(element) => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.name} does not reach {target} by the Tab key")
