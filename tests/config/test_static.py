"""What is served is whole."""

from __future__ import annotations

import re

import pytest
import rcssmin
import rjsmin
from django.conf import settings
from django.test import Client

from config.static import StaticStorage
from config.templatetags.page import inline

SHEETS = settings.BASE_DIR / "static" / "css"


def test_every_sheet_is_part_of_a_page_or_comes_with_a_script():
    pages = {"plan.css", "call.css", "set-up.css", "admin.css"}
    sheets = [*SHEETS.glob("*.css"), *(settings.BASE_DIR / "static" / "js").rglob("*.css")]
    imported = {
        name.rpartition("/")[2]
        for sheet in sheets
        for name in re.findall(r'@import "([^"]+)"', sheet.read_text())
    }
    scripts = (settings.BASE_DIR / "static" / "js").rglob("*.js")
    added = {
        name
        for script in scripts
        for name in re.findall(r'addSheet\(import.meta.resolve\("[./]+/css/([^"]+)"', script.read_text())
    }
    assert {path.name for path in SHEETS.glob("*.css")} == pages | imported | added
    assert not added & (pages | imported)


def test_shortening_a_sheet_takes_no_space_that_means_something():
    """rcssmin takes `.a :is(.b)` inside @container for a property and its value."""
    descendant = re.compile(r"[\w\])] :[a-z-]+\(")
    for path in (settings.BASE_DIR / "static").rglob("*.css"):
        sheet = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        assert descendant.findall(rcssmin.cssmin(sheet)) == descendant.findall(sheet), path.name


def test_what_a_module_loads_later_has_an_address_but_is_not_fetched_at_once(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "main.js").write_text(
        'import { a } from "./parts/a.js"; const b = () => import("./parts/b.js");'
    )
    (tmp_path / "parts" / "a.js").write_text("export const a = 1;")
    (tmp_path / "parts" / "b.js").write_text('import { a } from "./a.js"; import { c } from "./c.js";')
    (tmp_path / "parts" / "c.js").write_text("export const c = 3;")
    at_once, later = StaticStorage(location=tmp_path, base_url="/static/").modules("main.js")
    assert at_once == ["main.js", "parts/a.js"]
    assert sorted(later) == ["parts/b.js", "parts/c.js"]


def test_the_sheet_of_a_part_that_comes_later_comes_with_it(tmp_path):
    (tmp_path / "main.js").write_text('const b = () => import("./parts/b.js");')
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "b.js").write_text('export const styles = import.meta.resolve("./b.css");')
    (tmp_path / "parts" / "b.css").write_text(".b { color: red; }")
    at_once, later = StaticStorage(location=tmp_path, base_url="/static/").modules("main.js")
    assert at_once == ["main.js"]
    assert sorted(later) == ["parts/b.css", "parts/b.js"]


@pytest.mark.parametrize("address", ["/", "/nowhere/"])
@pytest.mark.django_db
def test_what_is_written_into_a_page_may_run_there(address):
    response = Client().get(address)
    [nonce] = re.findall(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])
    inlined = re.findall(r'<script nonce="([^"]+)">([^<]+)', response.content.decode())
    assert [(nonce, "timeZone" in text) for nonce, text in inlined] == [(nonce, True)]


def test_what_is_written_into_a_page_is_small_and_whole():
    for name in (
        "js/lib/zone.js",
        "js/room/start/opening.js",
        "js/room/start/trouble.js",
        "js/meetings/own-time.js",
        "js/meetings/own-zone.js",
        "js/room/start/cookies.js",
    ):
        text = rjsmin.jsmin((settings.BASE_DIR / "static" / name).read_text())
        assert len(text) < 2_000
        assert "</script" not in text


def test_a_script_that_is_not_there_is_not_left_out():
    with pytest.raises(ValueError, match=r"there is no js/nothing\.js"):
        inline({"csp_nonce": "n"}, "js/nothing.js")
