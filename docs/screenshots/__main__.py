"""Makes the pictures of the README and of the first page from the running product: `./run screenshots`.

Four people with drawn faces in front of their cameras meet in real browsers.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from base64 import b64decode, b64encode
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from benchmarks.chromium import ARGUMENTS, executable
from benchmarks.servers import ROOT, Product, product

HERE = Path(__file__).parent
IMAGES = HERE.parent / "images"
# What the first page shows; small, since everybody loads it.
SHOWN = ROOT / "static" / "images"
PEOPLE = {
    "alice": "Alice Okafor",
    "bob": "Bob Lindqvist",
    "carol": "Carol Méndez",
    "dmitri": "Dmitri Beridze",
}
ZONE = "Europe/Berlin"
# A working week of Alice's; prints the code of the meeting that is on now, and her session.
PLAN = """
import django; django.setup()
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from accounts.models import User
from meetings.models import Attendee
from meetings.plans import occurrences

zone = ZoneInfo("Europe/Berlin")
alice = User.objects.create_user("alice@northline.example", name="Alice Okafor", time_zone="Europe/Berlin")
now = timezone.now().astimezone(zone).replace(second=0, microsecond=0)
tomorrow = datetime.combine(now.date() + timedelta(days=1), time(9, 15), zone)
said = Attendee.PartStat
people = [("Bob Lindqvist", "bob", said.ACCEPTED), ("Carol Méndez", "carol", said.TENTATIVE),
          ("Dmitri Beridze", "dmitri", said.ACCEPTED), ("Amal Alhassan", "amal", said.ACCEPTED),
          ("Maximiliane von Hohenberg", "max", said.NEEDS_ACTION)]

def plan(title, start, minutes, invited, **more):
    meeting = occurrences.create(alice, title, start, time_zone="Europe/Berlin",
                                 duration=timedelta(minutes=minutes), **more)
    for name, box, answer in people[:invited]:
        attendee = Attendee.objects.create(meeting=meeting, name=name, email=f"{box}@northline.example")
        attendee.answers.create(series=meeting.current, partstat=answer)
    return meeting

first = plan("Autumn timetable: what we keep, what we let go", now + timedelta(minutes=12), 45, 5,
             agenda="What the passengers told us (10)\\nSundays in winter (10)")
plan("Stand-up, ticket machines", tomorrow, 15, 3)
plan("Board: budget 2027, and the open question of winter Sundays", tomorrow + timedelta(hours=2), 90, 4)
plan("Interview, harbour engineer, second round", tomorrow + timedelta(days=2, hours=4), 60, 2)
import email, email.policy
from django.conf import settings
from meetings.plans import invitations
from meetings.forms.addresses import parse
from meetings.plans.invitations import Plan
from outbox import delivery

bob = User.objects.create_user("bob@northline.example", name="Bob Lindqvist", time_zone="Europe/Berlin")
later = tomorrow + timedelta(days=3)
people = parse("Carol <carol@far.example>").addresses
invitations.schedule(bob, Plan("Harbour days: who brings what", later, timedelta(minutes=45), "Europe/Berlin",
                               agenda="The boats (15)\\nThe cake (5)", people=people))
delivery.deliver_due("screenshots")
[stored] = settings.OUTBOX_FOLDER.glob("*.eml")
letter = email.message_from_bytes(stored.read_bytes(), policy=email.policy.default)
(settings.DATA_DIR / "letter.html").write_text(letter.get_body(("html",)).get_content())
session = SessionStore()
session[SESSION_KEY] = str(alice.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = alice.get_session_auth_hash()
session.create()
print(first.code, session.session_key)
"""


def camera(browser: Browser, portrait: Path, folder: Path) -> Path:
    """A portrait as a Motion JPEG that Chromium takes for a camera."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.set_content(portrait.read_text())
    page.evaluate("document.body.style.margin = 0; document.querySelector('svg').style.width = '1280px';"
                  "document.querySelector('svg').style.height = '720px'")  # fmt: skip
    path = folder / f"{portrait.stem}.mjpeg"
    path.write_bytes(page.screenshot(type="jpeg", quality=92) * 10)
    page.close()
    return path


def until(page: Page, holds: str) -> None:
    """Waits, for as long as a busy machine may take, until the expression holds in the page.

    It is evaluated by the page, which is why its policy is bypassed here.
    """
    page.wait_for_function(holds, timeout=60_000)


def person(playwright: Playwright, film: Path) -> BrowserContext:
    """A browser of their own, since a camera belongs to a whole browser."""
    browser = playwright.chromium.launch(
        executable_path=executable(), args=[*ARGUMENTS, f"--use-file-for-fake-video-capture={film}"]
    )
    return browser.new_context(
        viewport={"width": 1440, "height": 900}, timezone_id=ZONE, locale="en-GB", bypass_csp=True
    )


def as_webp(studio: Browser, png: bytes, path: Path, width: int) -> None:
    """A picture as it goes over the wire: so wide, and in the browser's own encoding of WebP."""
    page = studio.new_page()
    page.set_content(f'<img src="data:image/png;base64,{b64encode(png).decode()}">')
    data = page.evaluate(
        """async (width) => {
            const image = document.querySelector("img");
            await image.decode();
            const canvas = Object.assign(document.createElement("canvas"), { width,
                height: Math.round((image.naturalHeight * width) / image.naturalWidth) });
            const context = canvas.getContext("2d");
            context.imageSmoothingQuality = "high";
            context.drawImage(image, 0, 0, canvas.width, canvas.height);
            return canvas.toDataURL("image/webp", 0.8);
        }""",
        width,
    )
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b64decode(data.partition(",")[2]))
    page.close()


def enter(page: Page, server: Product, code: str, name: str) -> None:
    page.goto(f"{server.url}{code}/")
    page.get_by_label("Your name").fill(name)
    until(page, "document.querySelector('video')?.videoWidth > 0")
    page.locator(".entrance button.button-primary").click()


def say(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message to everybody").fill(text)
    page.keyboard.press("Enter")


def main() -> None:
    with sync_playwright() as playwright, product() as [server], tempfile.TemporaryDirectory() as folder:
        plan = subprocess.check_output(
            [sys.executable, "-c", PLAN], cwd=ROOT, env={**os.environ, **server.environment}, text=True
        )
        code, session = plan.split()
        studio = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        films = {name: camera(studio, HERE / "portraits" / f"{name}.svg", Path(folder)) for name in PEOPLE}
        studio.close()
        contexts = {name: person(playwright, film) for name, film in films.items()}
        contexts["alice"].add_cookies([{"name": "session", "value": session, "url": server.url}])
        pages = {name: context.new_page() for name, context in contexts.items()}

        pages["alice"].goto(server.url)
        pages["alice"].screenshot(path=IMAGES / "meetings.png")

        for name in ("bob", "carol", "dmitri", "alice"):
            enter(pages[name], server, code, PEOPLE[name])
        for page in pages.values():
            until(
                page,
                "[...document.querySelectorAll('.tile video.camera')].filter(v => v.videoWidth).length > 3",
            )
            page.get_by_role("button", name="Chat").click()
        say(pages["dmitri"], "Line 4 carried 163 people at 07:40. One boat seats 120.")
        say(pages["bob"], "The larger one seats 180. Can we have it for a week?")
        say(pages["alice"], "I ask the yard today.")
        until(pages["alice"], "document.querySelectorAll('.message').length >= 3")
        pages["carol"].keyboard.press("Escape")
        pages["alice"].mouse.move(700, 20)
        until(
            pages["alice"],
            "[...document.querySelectorAll('.tile video.camera')].every(v => v.videoHeight >= 180)",
        )
        # Nor may anybody's connection or device be called weak: this machine is busier than four people's.
        until(pages["alice"], "!document.querySelector('.tile .plate :is(.note, .brief)')")
        room = pages["alice"].screenshot(path=IMAGES / "room.png")
        letter = contexts["carol"].new_page()
        letter.set_viewport_size({"width": 640, "height": 600})
        letter.set_content((Path(server.environment["DATA_DIR"]) / "letter.html").read_text())
        seen = letter.screenshot(scale="css", clip={"x": 0, "y": 0, "width": 640, "height": 600})
        finisher = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        as_webp(finisher, room, SHOWN / "room.webp", 1200)
        as_webp(finisher, seen, SHOWN / "letter.webp", 640)
        finisher.close()
        for context in contexts.values():
            assert context.browser
            context.browser.close()


if __name__ == "__main__":
    main()
