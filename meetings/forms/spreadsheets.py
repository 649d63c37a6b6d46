"""Lists of people in the files that spreadsheets and address books write (CSV). Pure.

Nobody agrees on what such a file is (RFC 4180 describes one kind), so this reads what is there: any common
separator, with a line of headings or without, in the encodings that programs write by themselves.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from language import formats, gettext
from meetings.forms import addresses
from meetings.forms.address_check import Wrong
from meetings.forms.addresses import Parsed
from meetings.plans.address import Address

# In bytes; ten thousand people with their names take half of it.
LARGEST = 1024 * 1024
# Nobody invites more at once; to check them all would keep the server from its work.
MOST_ADDRESSES = 2000
# With those that have no address in them; each is read.
MOST_ROWS = 5000
# Nothing of what is farther to the right is looked at.
MOST_COLUMNS = 64
SEPARATORS = ",;\t|"

EMAIL = ("e-mail", "email", "e-mail address", "email address", "mail", "address", "e-mail 1 - value")
NAME = ("name", "full name", "display name", "attendee", "participant", "person")
FIRST = ("first name", "given name", "first", "forename")
HOST = ("host", "co-host", "cohost")
LAST = ("last name", "family name", "surname", "last")


class WrongFile(ValueError):
    """Not a list of people; says why, in words for a person."""


def read(data: bytes) -> Parsed:
    """Everybody in a file, as `addresses.parse` gives them. Raises WrongFile."""
    if len(data) > LARGEST:
        raise WrongFile(too_large(len(data)))
    text = _text(data)
    if not (count := text.count("@")):
        raise WrongFile(gettext("There is no e-mail address in this file."))
    if count > MOST_ADDRESSES:
        said = gettext("There are %(count)s addresses in this file, more than any meeting takes.")
        raise WrongFile(said % {"count": formats.figure(count)})
    rows = _rows(text)
    if len(rows) > MOST_ROWS:
        said = gettext("There are %(count)s lines in this file, more than any meeting takes.")
        raise WrongFile(said % {"count": formats.figure(len(rows))})
    email = _column_of_addresses(rows) if rows else None
    if email is None:
        # One column, or no columns at all: what a person would write into the form.
        first, _, rest = text.partition("\n")
        return addresses.parse(rest if first.strip('" \r').lower() in (*EMAIL, *NAME) else text)
    return _people(rows, email)


def too_large(size: int) -> str:
    """What to say of a file of this many bytes."""
    said = gettext("This file is %(size)s MB large. 1 MB is the most, and room for 10,000 people.")
    return said % {"size": formats.figure(round(size / 1024 / 1024, 1))}


def _text(data: bytes) -> str:
    """The characters of the file. Raises WrongFile for what is no text."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif data[1:200:2].count(0) > len(data[:200]) // 3:
        encoding = "utf-16-le"
    elif data[:200:2].count(0) > len(data[:200]) // 3:
        encoding = "utf-16-be"
    elif b"\0" in data:
        said = gettext("This is not a text file. Save it as CSV in your spreadsheet program first.")
        raise WrongFile(said)
    else:
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        # Western Windows; a few bytes mean nothing in it, and each of them something in Latin-1.
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            return data.decode("latin-1")


def _rows(text: str) -> list[list[str]]:
    """The table, cut at the separator that gives the most lines with an address several cells; or none."""
    best: list[list[str]] = []
    most = (0, 0)
    # One that is never closed would swallow the rest of the file.
    quoting: Literal[0, 3] = csv.QUOTE_NONE if text.count('"') % 2 else csv.QUOTE_MINIMAL
    for separator in SEPARATORS:
        if separator not in text:
            continue
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, quoting=quoting))
        except csv.Error:
            # A cell of more than 131,072 characters: no table, cut in this way.
            continue
        several = [row for row in rows if 1 < len(row) <= MOST_COLUMNS]
        score = sum(_addresses_in(row) == 1 for row in several), len(several)
        if score[0] and score > most:
            best, most = rows, score
    return [[cell.strip('" \t') for cell in row[:MOST_COLUMNS]] for row in best if any(row)]


def _addresses_in(row: Sequence[str]) -> int:
    return sum("@" in cell for cell in row)


def _column_of_addresses(rows: list[list[str]]) -> int | None:
    """Where most of the addresses are; None if the table is none, such as one line of people."""
    counts = [0] * MOST_COLUMNS
    for row in rows:
        for at, cell in enumerate(row):
            counts[at] += "@" in cell
    best = max(counts)
    # Addresses in many columns are a list of people in lines.
    return counts.index(best) if best * 2 > sum(counts) else None


def _people(rows: list[list[str]], email: int) -> Parsed:
    headings = [cell.lower().removeprefix("\ufeff") for cell in rows[0]]
    has_headings = not _addresses_in(rows[0]) and not set(headings).isdisjoint((*EMAIL, *NAME, *FIRST, *LAST))
    names = _columns_of_names(headings) if has_headings else _likely_names(rows, email)
    found: dict[str, Address] = {}
    wrong: dict[str, Wrong] = {}
    for row in rows[1:] if has_headings else rows:
        cell = row[email] if email < len(row) else ""
        if not cell:
            continue
        name = " ".join(row[at] for at in names if at < len(row) and row[at] and "@" not in row[at])
        # Some people are called Host: without headings, a place may stand behind the address.
        others = [cell for at, cell in enumerate(row) if at not in names or (at > email and not has_headings)]
        places = {other.lower().strip("()") for other in others}
        parsed = addresses.parse(cell)
        for address in parsed.addresses:
            # By way of the form's own reading, which leaves out what has no place in a name.
            [whole] = addresses.parse(str(replace(address, name=address.name or _quiet(name)))).addresses
            whole = replace(
                whole,
                optional=whole.optional or "optional" in places,
                cohost=whole.cohost or not places.isdisjoint(HOST),
            )
            key = whole.email.lower()
            found[key] = found[key] | whole if key in found else whole
        for one in parsed.wrong:
            wrong.setdefault(one.text, one)
    return Parsed(list(found.values()), list(wrong.values()))


def _quiet(name: str) -> str:
    """A name on one line, of a length that can be one."""
    return " ".join(name.split())[: addresses.NAME_LENGTH * 2]


def _columns_of_names(headings: list[str]) -> list[int]:
    """By their headings: the full name, or the first and the last."""
    if full := [at for at, heading in enumerate(headings) if heading in NAME]:
        return full[:1]
    return [at for words in (FIRST, LAST) for at, heading in enumerate(headings) if heading in words][:2]


def _likely_names(rows: list[list[str]], email: int) -> list[int]:
    """Without headings: the one or two columns of words before the address, else the one behind it."""
    before = [at for at in range(email) if _are_words(rows, at)]
    if 1 <= len(before) <= 2:
        return before
    return [email + 1] if not before and _are_words(rows, email + 1) else []


def _are_words(rows: list[list[str]], at: int) -> bool:
    """Whether most of a column are words that may be names."""
    cells = [row[at] for row in rows if at < len(row) and row[at]]
    return 2 * sum(not any(c.isdigit() or c in "@/:" for c in cell) for cell in cells) >= len(cells)
