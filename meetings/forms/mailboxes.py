"""A text cut into what may be addresses, in any common way of writing them. Pure.

Anybody may send a long text, so every step here takes time in proportion to its length: no pattern that
begins anew at every character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

from meetings.plans.address import HOST, OPTIONAL, Address

# What others call a host beside the organizer.
COHOST = "(co-host)"
# Right behind an address, it belongs to that one.
COMMENT = re.compile(r"\A\s*\(((?:[^()@]|\([^()@]*\))*)\)\s*")


def mailboxes(text: str) -> Iterator[Address]:
    """What may be addresses, as they stand there: not yet checked."""
    for row in _split(text.replace("\r", "\n"), "\n;"):
        yield from _row(row)


def _row(row: str) -> Iterator[Address]:
    """What stands between two line ends or semicolons."""
    cells = [cell for cell in _split(row, "\t") if cell]
    if len(cells) > 1 and sum("@" in cell for cell in cells) == 1 and "," not in row:
        # A line of a spreadsheet: the cells beside the address are the name.
        [cell] = [cell for cell in cells if "@" in cell]
        address, *others = list(_piece(cell)) or [Address(cell)]
        yield address if address.name else replace(address, name=" ".join(c for c in cells if "@" not in c))
        yield from others
        return
    for cell in cells:
        pieces = _split(cell, ",")
        if len(pieces) > 1 and "<" in pieces[-1] and not any("@" in piece for piece in pieces[:-1]):
            # Outlook writes the surname first, and no quotes.
            pieces = [", ".join(piece for piece in pieces if piece)]
        for piece in pieces:
            yield from _piece(piece)


def _piece(piece: str) -> Iterator[Address]:
    """What stands between two commas."""
    for line in _lines(piece.strip()):
        line, is_optional, is_cohost = _placed(line)
        found = [Address(address, name) for name, address in _named(line)]
        yield from found[:-1]
        # Where lines were lost, the place belongs to the address in front of it.
        yield from (replace(last, optional=is_optional, cohost=is_cohost) for last in found[-1:])


def _lines(piece: str) -> Iterator[str]:
    """Cut where lines were lost: behind the parentheses that follow an address, if another address comes."""
    start, depth, last_at = 0, 0, piece.rfind("@")
    quoted = escaped = bracket = False
    # Whether the word that is read, or was read last, is an address; and where its parentheses end.
    is_address, begins, end = False, True, 0
    for index, character in enumerate(piece):
        if escaped:
            escaped = False
        elif character == "\\" and quoted:
            escaped = True
        elif character == '"' and not depth:
            quoted = not quoted and _closes(piece, index)
        elif quoted:
            continue
        elif character == "(":
            depth += 1
        elif depth:
            depth -= character == ")"
            if not depth:
                begins, end = True, index + 1 if is_address else 0
        elif character.isspace():
            begins = not bracket
        else:
            if begins:
                if end and index <= last_at:
                    yield piece[start:end].strip()
                    start = end
                is_address, begins, end = False, False, 0
            is_address = is_address or character == "@"
            bracket = character == "<" or (bracket and character != ">")
    yield piece[start:].strip()


def _placed(piece: str) -> tuple[str, bool, bool]:
    """What stands in front of `(optional)` and `(host)`, and whether they are there."""
    is_optional = is_cohost = False
    # Cut once: a list may hold as many of them as it is long.
    end = len(piece)
    while True:
        tail = piece[max(end - len(OPTIONAL), 0) : end].lower()
        place = next((place for place in (OPTIONAL, HOST, COHOST) if tail.endswith(place)), None)
        if place is None:
            return piece[:end], is_optional, is_cohost
        end -= len(place)
        while end and piece[end - 1].isspace():
            end -= 1
        is_optional, is_cohost = is_optional or place == OPTIONAL, is_cohost or place != OPTIONAL


def _named(piece: str) -> Iterator[tuple[str, str]]:
    """Pairs of name and address."""
    if not any(character.isalnum() or character == "@" for character in piece):
        return
    if "<" in piece:
        for name, address in _bracketed(piece):
            if "@" in name and _bare(name) != address:
                # Lines were lost: what stands behind the address before is the name of this one.
                words = name.split()
                last = max(index for index, word in enumerate(words) if "@" in word)
                yield from _named(" ".join(words[: last + 1]))
                name = _unquoted(" ".join(words[last + 1 :]))
            yield name, address
    elif comment := _commented(piece):
        name, address = comment
        # Another address is nobody's name.
        yield ("" if "@" in name else name), address
        if "@" in name:
            yield from _named(name)
    else:
        words = piece.split()
        with_at = [word for word in words if "@" in word]
        if len(with_at) == 1:
            yield _unquoted(" ".join(word for word in words if word != with_at[0])), _bare(with_at[0])
        elif with_at:
            yield from _several(words)
        else:
            yield "", _bare(piece)


def _several(words: list[str]) -> Iterator[tuple[str, str]]:
    """Bare addresses with words between them: a name belongs to the address after it, or stands in
    parentheses behind its own.
    """
    found: list[tuple[str, str]] = []
    before: list[str] = []
    for word in words:
        if "@" not in word:
            before.append(word)
            continue
        text = " ".join(before)
        if before and not _is_like_name(text):
            found.append(("", text))
        found.append((_unquoted(text) if _is_like_name(text) else "", _bare(word)))
        before = []
    text = " ".join(before)
    if comment := COMMENT.match(text):
        name, address = found.pop()
        found.append((name or comment[1], address))
        text = text[comment.end() :]
    yield from found
    if text:
        yield "", text


def _is_like_name(text: str) -> bool:
    """Whether it has a capital letter, or is of a script that has none: “and” is nobody."""
    return text != text.lower() or (text == text.upper() and any(map(str.isalpha, text)))


def _bracketed(piece: str) -> Iterator[tuple[str, str]]:
    """`Name <a@b.c> Other <d@e.f>`; the last bracket may lack its end."""
    name, *rest = piece.split("<")
    for part in rest:
        address, _, after = part.partition(">")
        yield _unquoted(name.rpartition(">")[2]), _bare(address)
        name = after
    # What stands behind the last brackets is not lost: an address, or a name without one.
    left = COMMENT.sub("", name).strip()
    if "@" in left or any(map(str.isalpha, left)):
        yield from _named(left)


def _commented(piece: str) -> tuple[str, str] | None:
    """`a@b.c (Name)`, or None if it is something else."""
    before, bracket, name = piece.partition("(")
    words = before.split()
    if not bracket or len(words) != 1 or "@" not in words[0][1:] or ")" in before:
        return None
    name, end, after = name.partition(")")
    return (name, _bare(words[0])) if end and not after and "(" not in name else None


def _bare(address: str) -> str:
    """Without `mailto:`, its parameters, and what clings to an address in running text."""
    address = address.strip()
    if address.lower().startswith("mailto:"):
        address = unquote(address[7:].partition("?")[0])
    if not address.startswith('"'):
        address = address.strip("<>()[]'\"\u201c\u201d\u2018\u2019 ").rstrip(":,!")
    # A full stop ends a sentence, not an address; two are a mistake to be named.
    return address[:-1] if address.endswith(".") and not address.endswith("..") else address


def _unquoted(name: str) -> str:
    name = name.strip().rstrip(":")
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name


def _split(text: str, separators: str) -> list[str]:
    """`text` cut at `separators` outside of "quotes" and <brackets>; a line end closes both."""
    pieces, start, quoted, bracket, escaped = [], 0, False, False, False
    for index, character in enumerate(text):
        if escaped:
            escaped = False
        elif character == "\\" and quoted:
            escaped = True
        elif character == '"' and not bracket:
            # A quotation mark in the middle of a word is an apostrophe gone wrong, not a quotation.
            quoted = not quoted if quoted else _closes(text, index)
        elif character == "<" and not quoted:
            bracket = True
        elif character in ">\n" and not quoted:
            bracket = False
        if character in separators and not quoted and not bracket:
            pieces.append(text[start:index].strip(" \n"))
            start = index + 1
    pieces.append(text[start:].strip(" \n"))
    return pieces


def _closes(text: str, index: int) -> bool:
    """Whether the quotation that begins at `index` ends on its line."""
    end = text.find('"', index + 1)
    return end > 0 and text.find("\n", index, end) < 0
