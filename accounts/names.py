"""Names as people type them: kept in any script, freed of what does not belong into a name."""

from __future__ import annotations

import re
import unicodedata
import zlib

NAME_LENGTH = 64
ZWNJ, ZWJ = "\u200c", "\u200d"
# Seen as nothing, though they count as letters or symbols: Hangul and Khmer fillers, an empty braille cell, a
# note without a head, blanks between hieroglyphs. A name of them would be a blank.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5\U0001d159\U00013441\U00013442")
# No script puts more marks on one letter in a name; what is stacked higher runs over the lines around it.
MOST_MARKS = 4
# What is not seen may be longer than what is; so many times that, and no more is looked at.
LOOKED_AT = 16
_VIRAMA = 9
# The flag of a part of a country, as of Wales: a black flag and tags that spell the part (UTS 51, ED-14a;
# UTS 35, unicode_subdivision_id). Any other tags are a hidden text.
FLAG = (
    "\U0001f3f4(?:[\U000e0061-\U000e007a]{2}|[\U000e0030-\U000e0039]{3})"
    "[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,4}\U000e007f"
)
_FLAGS_AND_OTHERS = re.compile(f"{FLAG}|.", re.DOTALL)
_HALF_A_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e007e]+\\Z")


def clean_name(text: str, length: int = NAME_LENGTH) -> str:
    """`text` on one line as others may see it; "" when there is nothing to see in it.

    Control characters go, and those that turn the writing direction: such a mark would turn the words around
    the name; `<bdi>` isolates whole names instead. Joiners stay where they join (Persian, Hindi, families of
    emoji), and nowhere else, since nobody sees them. Marks stay on a letter, as many as a script puts there.
    """
    kept: list[str] = []
    marks = 0
    for char in _FLAGS_AND_OTHERS.findall(unicodedata.normalize("NFC", text[: LOOKED_AT * length])):
        if len(char) > 1:
            marks = 0
            kept.extend(char)
            continue
        category = unicodedata.category(char)
        if char in _BLANKS or char.isspace() or category.startswith("Z"):
            kept.append(" ")
        elif category in ("Mn", "Me"):
            marks += 1
            # U+034F is a mark of nothing.
            if char != "\u034f" and _last(kept) != " " and marks <= MOST_MARKS:
                kept.append(char)
        elif char in (ZWJ, ZWNJ):
            if kept and kept[-1] not in (ZWJ, ZWNJ):
                kept.append(char)
        elif not _is_hidden(char, category):
            marks = 0
            kept.append(char)
    joined = "".join(char for n, char in enumerate(kept) if char not in (ZWJ, ZWNJ) or _joins(kept, n))
    name = " ".join(unicodedata.normalize("NFC", joined).split())
    return _ended(name[:length])


def _ended(name: str) -> str:
    """Without what stands at the end for nothing: blanks, half a flag, joiners that do not shape a letter."""
    name = _HALF_A_FLAG.sub("", name)
    seen = name.rstrip(f" {ZWJ}{ZWNJ}")
    shapes = bool(seen) and unicodedata.combining(seen[-1]) == _VIRAMA
    return name[: len(seen) + 1] if shapes and name[len(seen) :][:1] == ZWJ else seen


def _last(kept: list[str]) -> str:
    """What stands last, joiners aside."""
    return next((char for char in reversed(kept) if char not in (ZWJ, ZWNJ)), " ")


def _is_hidden(char: str, category: str) -> bool:
    """Controls, format and direction characters, surrogates, private use, and what is no character."""
    if category != "Cn":
        return category in ("Cc", "Cf", "Cs", "Co")
    # What this Python does not know may be next year's emoji; but some are hidden for good (Unicode, 5.21).
    point = ord(char)
    if 0x13439 <= point <= 0x1343F:
        return True  # they join hieroglyphs, since Unicode 15
    is_none = point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF
    return is_none or point == 0x2065 or 0xFFF0 <= point <= 0xFFF8 or 0xE0000 <= point <= 0xE0FFF


def _joins(kept: list[str], n: int) -> bool:
    """Whether the joiner at this place shapes what stands around it (after RFC 5892, A.1 and A.2)."""
    before, after = kept[n - 1], kept[n + 1] if n + 1 < len(kept) else " "
    if unicodedata.combining(before) == _VIRAMA:
        # At the end of a word, ZWJ makes a letter of its own (chillu); ZWNJ changes nothing there.
        return after != " " or kept[n] == ZWJ
    letter = next((kept[k] for k in range(n - 1, -1, -1) if not _is_mark(kept[k])), " ")
    if unicodedata.bidirectional(letter) == "AL":
        return unicodedata.bidirectional(after) in ("AL", "NSM")
    if kept[n] == ZWNJ:
        return False
    if unicodedata.combining(after) == _VIRAMA:
        return True
    return _is_symbol(letter) and _is_symbol(after)


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Me")


def _is_symbol(char: str) -> bool:
    """Such as emoji; or one that this Python does not know yet."""
    category = unicodedata.category(char)
    return category.startswith("S") or category == "Cn"


def initials(name: str) -> str:
    """One letter, or two from the first and the last word where the script has capitals.

    Of a name without letters, its first emoji or other symbol.
    """
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return _first_symbol(name) or "?"
    first, last = words[0][0], words[-1][0]
    if len(words) == 1 or not (first.upper() != first.lower() and last.upper() != last.lower()):
        return first.upper()
    return (first + last).upper()


def _first_symbol(name: str) -> str:
    """With all that belongs to it: skin, family, the second half of a flag."""
    start = next((n for n, char in enumerate(name) if _is_symbol(char)), len(name))
    end = start + 1
    if _is_flag_half(name[start:end]) and _is_flag_half(name[end : end + 1]):
        return name[start : end + 1]
    if flag := re.match(FLAG, name[start:]):
        return flag[0]
    while end < len(name) and (_is_mark(name[end]) or _is_skin(name[end]) or name[end] == ZWJ):
        end += 2 if name[end] == ZWJ else 1
    return name[start:end]


def _is_skin(char: str) -> bool:
    return "\U0001f3fb" <= char <= "\U0001f3ff"


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def hue(key: str) -> int:
    """1 to 8, always the same for the same person."""
    return zlib.crc32(key.strip().lower().encode()) % 8 + 1
