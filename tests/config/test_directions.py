"""Sheets name directions as writing has them, so that a language read from right to left mirrors the page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.conf import settings

SHEETS = settings.BASE_DIR / "static" / "css"
# The innermost blocks: a selector and its declarations.
RULE = re.compile(r"([^{};]+)\{([^{}]*)\}")
# Where the screen is cut out, or a picture lies, is not turned round.
PHYSICAL = re.compile(
    r"(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right|top|bottom)\b[\w-]*"
    r"|border-(?:top|bottom)-(?:left|right)-radius|left|right|top|bottom"
    r"|(?:min-|max-)?(?:width|height)|overflow-[xy])$"
)
SIDES = re.compile(r"(?:margin|padding|inset|border-(?:width|color|style)|scroll-(?:margin|padding))$")
# `overflow-inline` is known to no browser but one.
KNOWN_NOWHERE = re.compile(r"overflow-[xy]$")


def faults(sheet: str) -> Iterator[str]:
    """Each declaration that holds for one direction alone, with its line."""
    bare = re.sub(
        r"/\*.*?\*/|url\([^)]*\)", lambda found: re.sub(r"[^\n]", " ", found[0]), sheet, flags=re.DOTALL
    )
    mirrored = {selector.strip() for selector in re.findall(r'\[dir="rtl"\]\s+([^{}]+?)\s*\{', bare)}
    for rule in RULE.finditer(bare):
        selector = " ".join(rule[1].split())
        if selector.startswith('[dir="rtl"]') or selector in mirrored:
            continue
        for found in re.finditer(r"([\w-]+)\s*:\s*([^;]+)", rule[2]):
            name, value = found[1], " ".join(found[2].replace("!important", "").split())
            if is_one_sided(name, value):
                line = bare.count("\n", 0, rule.start(2) + found.start()) + 1
                yield f"{line}: {name}: {value}"


def is_one_sided(name: str, value: str) -> bool:
    if KNOWN_NOWHERE.match(name):
        return False
    if PHYSICAL.match(name):
        return True
    if name in ("text-align", "float", "clear", "justify-content", "justify-items"):
        return value in ("left", "right")
    if SIDES.match(name):
        parts = re.findall(r"[^\s()]+(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?", value)
        return "safe-area" not in value and len(parts) == 4 and parts[1] != parts[3]
    if name == "border-radius":
        parts = value.split()
        return len(parts) > 2 or (len(parts) == 2 and parts[0] != parts[1])
    if name == "translate":
        return not value.split()[0].startswith(("0", "none", "-50%", "50%"))
    if name == "transform":
        return bool(re.search(r"translateX|translate\((?!0|-50%|50%)|skewX|rotate\(-?(?!180)", value))
    if name in ("background", "background-position"):
        return bool(re.search(r"\b(left|right)\b", value))
    return False


@pytest.mark.parametrize(
    "declaration",
    [
        "margin-left: 1rem",
        "padding: 0 1px 0 2px",
        "right: 0",
        "text-align: left",
        "border-radius: 4px 0 0 4px",
        "width: 3rem",
        "translate: 1rem",
        "border-right: 0",
        "transform: translateX(4px)",
    ],
)
def test_what_holds_for_one_direction_alone_is_found(declaration):
    assert list(faults(f"/* a\ncomment */ @media print {{ .a {{ color: red; {declaration}; }} }}"))
    assert not list(faults(f'[dir="rtl"] .a {{ {declaration}; }} .a {{ {declaration}; }}'))


@pytest.mark.parametrize(
    "declaration",
    [
        "margin-inline: 1rem 0",
        "padding: 1px 2px",
        "text-align: start",
        "translate: 0 1rem",
        "inset: 0 1px 2px 1px",
        "inset: auto 0 0 !important",
    ],
)
def test_what_holds_for_both_is_not(declaration):
    assert not list(faults(f".a {{ {declaration}; }}"))


@pytest.mark.parametrize("path", sorted(SHEETS.glob("*.css")), ids=lambda path: path.name)
def test_a_sheet_is_right_in_both_directions(path):
    assert [f"{path.name}:{fault}" for fault in faults(path.read_text())] == []
