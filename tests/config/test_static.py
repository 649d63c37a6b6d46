"""What is served is whole."""

from __future__ import annotations

import re

import rcssmin
from django.conf import settings

from config.static import StaticStorage

SHEETS = settings.BASE_DIR / "static" / "css"


def test_every_sheet_is_part_of_a_page():
    pages = {"plan.css", "call.css", "set-up.css"}
    imported = {
        name for page in pages for name in re.findall(r'@import "([^"]+)"', (SHEETS / page).read_text())
    }
    assert {path.name for path in SHEETS.glob("*.css")} == pages | imported


def test_shortening_a_sheet_takes_no_space_that_means_something():
    """rcssmin takes `.a :is(.b)` inside @container for a property and its value."""
    descendant = re.compile(r"[\w\])] :[a-z-]+\(")
    for path in SHEETS.glob("*.css"):
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
