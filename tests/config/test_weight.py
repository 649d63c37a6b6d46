"""Little is loaded: by the room page before the click, as it goes over the wire, and by a start."""

from __future__ import annotations

import re
import subprocess
import sys

import brotli
import pytest
import rcssmin
import rjsmin
from django.conf import settings

from config.static import IMPORTED_SHEET, StaticStorage

STATIC = settings.BASE_DIR / "static"
TEMPLATE = settings.BASE_DIR / "templates" / "rooms" / "room.html"
# Beside the modules: the page itself, its sheet, the icons and the sign in the tab.
OTHERS = 4
# The goal (docs/performance.md). What the click does not need comes later.
REQUESTS = 40
MODULES, SHEET = 50_000, 9_000
# What comes with the click: so many modules more, and so heavy together.
CLICKED, CLICKED_WEIGHT = 42, 40_000


@pytest.fixture
def shortened(tmp_path):
    """The modules as they are served: comments, and the types that those import, are gone."""
    for module in (STATIC / "js").rglob("*.js"):
        served = tmp_path / module.relative_to(STATIC)
        served.parent.mkdir(parents=True, exist_ok=True)
        served.write_text(rjsmin.jsmin(module.read_text()))
    return tmp_path


@pytest.fixture
def storage(shortened):
    return StaticStorage(location=shortened, base_url="/static/")


def entries() -> tuple[list[str], str]:
    """Of the room page: what it loads at once, and what the click does."""
    [tag] = re.findall(r"{% modules ([^%]+) %}", TEMPLATE.read_text())
    [at_click] = re.findall(r'at_click="(js/[^"]+\.js)"', tag)
    return [name for name in re.findall(r'"(js/[^"]+\.js)"', tag) if name != at_click], at_click


def test_the_modules_that_the_room_needs_at_once_are_few_and_small(storage, shortened):
    at_once, at_click = entries()
    needed, later = storage.modules(*at_once)
    assert len(needed) + OTHERS <= REQUESTS
    assert weight(*((shortened / name).read_text() for name in needed)) <= MODULES
    # What nobody needs before the click.
    assert {at_click, "js/room/views/waiting.js", "js/room/views/ended.js"} <= set(later)


def test_the_click_brings_the_stage_and_the_bar_and_nothing_that_is_opened(storage, shortened):
    at_once, at_click = entries()
    before, _ = storage.modules(*at_once)
    needed, later = storage.modules(*at_once, at_click)
    clicked = set(needed) - set(before)
    assert len(clicked) <= CLICKED
    assert weight(*((shortened / name).read_text() for name in clicked)) <= CLICKED_WEIGHT
    opened = {"chat", "connection", "hosting", "keys", "lobby", "peek", "people", "rules", "settings"}
    capabilities = {"files", "hands", "inviting", "reactions", "sounds"}
    assert {
        "js/room/chat/talk.js",
        "js/room/words/written.js",
        *(f"js/room/views/{view}.js" for view in opened),
        *(f"js/room/{name}/index.js" for name in capabilities),
    } <= set(later)


def test_the_sheet_of_the_room_is_small():
    assert weight(rcssmin.cssmin(sheet("call.css"))) <= SHEET


def sheet(name: str) -> str:
    text = (STATIC / "css" / name).read_text()
    return IMPORTED_SHEET.sub(lambda match: sheet(match[1]), text)


def weight(*texts: str) -> int:
    return sum(len(brotli.compress(text.encode())) for text in texts)


def test_up_and_the_worker_load_neither_the_server_nor_the_administration():
    """They run beside it, and loading was most of a start."""
    program = "import django, sys; django.setup(); import config.launch.up; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "meetings.models" in loaded
    assert not {"daphne", "twisted", "meetings.admin", "rooms.admin", "config.urls"} & loaded
