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


@pytest.fixture
def shortened(tmp_path):
    """The modules as they are served: comments, and the types that those import, are gone."""
    for module in (STATIC / "js").rglob("*.js"):
        served = tmp_path / module.relative_to(STATIC)
        served.parent.mkdir(parents=True, exist_ok=True)
        served.write_text(rjsmin.jsmin(module.read_text()))
    return tmp_path


def test_the_modules_that_the_room_needs_at_once_are_few_and_small(shortened):
    [tag] = re.findall(r"{% modules ([^%]+) %}", TEMPLATE.read_text())
    entries = re.findall(r'(?<!at_click=)"(js/[^"]+\.js)"', tag)
    needed, later = StaticStorage(location=shortened, base_url="/static/").modules(*entries)
    assert len(needed) + OTHERS <= REQUESTS
    assert weight(*((shortened / name).read_text() for name in needed)) <= MODULES
    # What nobody needs before the click.
    views = {"chat", "people", "connection", "lobby", "waiting", "ended"}
    assert {
        "js/room/room.js",
        "js/room/chat/talk.js",
        *(f"js/room/views/{view}.js" for view in views),
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
