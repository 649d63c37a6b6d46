"""The room page stays light: what it loads before the click, as it goes over the wire."""

from __future__ import annotations

import re

import brotli
import rcssmin
import rjsmin
from django.conf import settings

from config.static import IMPORTED_SHEET, StaticStorage

STATIC = settings.BASE_DIR / "static"
TEMPLATE = settings.BASE_DIR / "templates" / "rooms" / "room.html"
# Beside the modules: the page itself, its sheet, the icons and the sign in the tab.
OTHERS = 4
REQUESTS = 40
# Of the 80 kB that docs/performance.md allows. The rest is the page, with its import map, and the headers.
MODULES, SHEET = 50_000, 9_000


def test_the_modules_that_the_room_needs_at_once_are_few_and_small():
    [tag] = re.findall(r"{% modules ([^%]+) %}", TEMPLATE.read_text())
    entries = re.findall(r'"(js/[^"]+\.js)"', tag)
    needed, later = StaticStorage(location=STATIC, base_url="/static/").modules(*entries)
    assert len(needed) + OTHERS <= REQUESTS
    assert weight(*(rjsmin.jsmin((STATIC / name).read_text()) for name in needed)) <= MODULES
    # What nobody needs before the click.
    views = {"chat", "people", "connection", "lobby", "doorstep", "ended"}
    assert {f"js/room/views/{view}.js" for view in views} <= set(later)


def test_the_sheet_of_the_room_is_small():
    assert weight(rcssmin.cssmin(sheet("call.css"))) <= SHEET


def sheet(name: str) -> str:
    text = (STATIC / "css" / name).read_text()
    return IMPORTED_SHEET.sub(lambda match: sheet(match[1]), text)


def weight(*texts: str) -> int:
    return sum(len(brotli.compress(text.encode())) for text in texts)
