"""What docs/pure.md lists is there, is pure, and is the same wherever a tool reads it."""

from __future__ import annotations

import os
import re
import tomllib

import pytest

from tests.pure import ROOT, found_at, listed, places_of_tests, written

pytestmark = pytest.mark.pure
IMPORT = re.compile(r"""^(?:import|export)\b[^;]*?\bfrom "(\.[^"]+)";""", re.MULTILINE)
# The clock, the language of the page, and of the avatars what a flag is: a constant.
TOLD = {"static/js/lib/timing.js", "static/js/lib/i18n.js", "static/js/lib/avatar.js"}


def test_what_is_listed_is_there_and_listed_once_in_order():
    for suffix in (".py", ".js"):
        lines = [name for name in written() if name.endswith((suffix, "/"))]
        assert lines == sorted(set(lines))
        assert len(listed(suffix)) == len(set(listed(suffix)))
    stale = [name for name in written() if not any((ROOT / place).exists() for place in found_at(name))]
    assert not stale, f"docs/pure.md lists what is not there: {stale}"


def test_import_linter_holds_the_same_python():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [contract] = [one for one in contracts if one["name"].startswith("Pure modules")]
    held = set(contract["source_modules"])
    wanted = {name.removesuffix(".py").strip("/").replace("/", ".") for name in listed(".py")}
    assert held == wanted, (
        f"pyproject.toml lacks {sorted(wanted - held)}; docs/pure.md lacks {sorted(held - wanted)}"
    )


def test_what_is_pure_has_tests_of_its_own():
    missing = [str(place.relative_to(ROOT)) for place in places_of_tests() if not place.exists()]
    assert not missing, f"No tests: {missing}"


@pytest.mark.parametrize("module", listed(".js"))
def test_what_is_pure_in_javascript_imports_nothing_else(module: str):
    source = ROOT / module
    imported = {os.path.relpath(source.parent / name, ROOT) for name in IMPORT.findall(source.read_text())}
    missing = sorted(imported - set(listed(".js")) - TOLD)
    assert not missing, f"{module} imports what docs/pure.md does not list: {missing}"
