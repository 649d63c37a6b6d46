"""Languages that nobody speaks: whoever looks at a page in one sees what cannot be translated yet. Pure.

As in CLDR, `en-XA` is English with accents, a third longer and in brackets; `ar-XB` runs from right to left.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import cycle

ACCENTED, MIRRORED = "en-xa", "ar-xb"
NAMES = {ACCENTED: "[Ŝçħéđûļé]", MIRRORED: "[\u202eŜçħéđûļé\u202c]"}
# Every letter has to change: a word of plain ones is English that was left.
ACCENTS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "åƀçđéƒĝħîĵķļḿñöþɋŕšţûṽŵẋýžÅƁÇĐÉƑĜĤÎĴĶĻṀÑÖÞɊŔŠŢÛṼŴẊÝŽ",
)
LONGER_BY = 1 / 3
FILLING = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
# What stays as it is: places for values, markup, entities, addresses.
KEPT = re.compile(r"%\(\w+\)[sdif]|%[sdif%]|\{\w*\}|<[^<>]*>|&#?\w+;|https?://[^\s<]+")
WORD = re.compile(r"\S+")
# Right-to-left override, and its end (Unicode, UAX 9): what is between is written as Hebrew would be.
OVERRIDE, END = "\u202e", "\u202c"


def accented(text: str) -> str:
    """[Ĵöîñ ñöŵ öñé]: `Join now`, longer, with accents; places for values and markup are kept."""
    return _said(text, lambda words: words.translate(ACCENTS))


def mirrored(text: str) -> str:
    """The same with each word running from right to left."""
    return _said(text, lambda words: WORD.sub(rf"{OVERRIDE}\g<0>{END}", words.translate(ACCENTS)))


def _said(text: str, change: Callable[[str], str]) -> str:
    if not text.strip():
        return text
    body = text.strip()
    start, end = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    parts, at = [], 0
    for kept in KEPT.finditer(body):
        parts += [change(body[at : kept.start()]), kept[0]]
        at = kept.end()
    parts.append(change(body[at:]))
    return f"{start}[{''.join(parts)}{change(_filling(len(KEPT.sub('', body))))}]{end}"


def _filling(length: int) -> str:
    """Words that make a text of this length a third longer."""
    filling = ""
    words = cycle(FILLING)
    while len(filling) < length * LONGER_BY:
        filling += f" {next(words)}"
    return filling
