"""Which modules are pure: what docs/pure.md lists, the only place that says so."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def written() -> list[str]:
    """What the page has, line by line."""
    return re.findall(r"^- `(\S+)`$", (ROOT / "docs" / "pure.md").read_text(), re.MULTILINE)


def found_at(name: str) -> list[str]:
    if "*" not in name:
        return [name]
    return sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(name))


def listed(suffix: str) -> list[str]:
    """`listed(".py")`: modules of that kind, and folders that have some, as written: `rooms/protocol/`.

    Of a pattern (`static/js/room/*/model.js`), the modules that it stands for.
    """
    found = [module for name in written() for module in found_at(name)]
    return [name for name in found if name.endswith(suffix) or any((ROOT / name).glob(f"**/*{suffix}"))]


def places_of_tests() -> set[Path]:
    """Where the tests of the Python ones are: a file for a module, a folder for a folder."""
    places = [ROOT / "tests" / name for name in listed(".py")]
    return {place.with_name(f"test_{place.name}") if place.suffix else place for place in places}
