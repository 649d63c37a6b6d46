"""Which modules are pure: what docs/pure.md lists, the only place that says so."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def listed(suffix: str) -> list[str]:
    """`listed(".py")`: modules of that kind, and folders that have some, as written: `rooms/protocol/`."""
    found = re.findall(r"^- `(\S+)`$", (ROOT / "docs" / "pure.md").read_text(), re.MULTILINE)
    return [name for name in found if name.endswith(suffix) or any((ROOT / name).glob(f"**/*{suffix}"))]


def places_of_tests() -> set[Path]:
    """Where the tests of the Python ones are: a file for a module, a folder for a folder."""
    places = [ROOT / "tests" / name for name in listed(".py")]
    return {place.with_name(f"test_{place.name}") if place.suffix else place for place in places}
