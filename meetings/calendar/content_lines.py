"""The content lines of an iCalendar object (RFC 5545, 3.1), as anybody may have written them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# What is longer holds nothing for us, such as an agenda in HTML.
LONGEST_LINE = 20_000
# NAME;PARAMETER=value;PARAMETER="quoted":the rest (RFC 5545, 3.1). No two parts can match the same text.
LINE = re.compile(r'([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:[^";:]|"[^"]*")*)*):(.*)', re.DOTALL)
PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:[^";]|"[^"]*")*)')
# Exchange does not always quote the colon in a name such as tzone://Microsoft/Utc.
UNQUOTED = re.compile(r'(RECURRENCE-ID|DTSTART|DTEND)(;[^"]{1,300}):([0-9]{8}[0-9TZ+-]*)\s*', re.IGNORECASE)
# Lines without which an answer would be about something else, as they begin even where the rest is no line.
DECIDING = re.compile(r"\W{0,5}(RECURRENCE|DTSTART|SEQUENCE|ATTENDEE)", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    name: str
    parameters: dict[str, str]
    value: str
    # It begins as one that decides, and nobody can read the rest.
    is_broken: bool = False


def read(text: str) -> Iterator[Line]:
    """The content lines, unfolded. What is none is passed over, unless it begins as one that decides."""
    for text_line in re.split(r"\r\n|\r|\n", re.sub(r"(?:\r\n|\r|\n)[ \t]", "", text)):
        is_short = len(text_line) <= LONGEST_LINE
        if is_short and (match := UNQUOTED.fullmatch(text_line) or LINE.fullmatch(text_line)):
            name, parameters, value = match.groups()
            known = {key.upper(): given.replace('"', "") for key, given in PARAMETER.findall(parameters)}
            yield Line(name.upper(), known, value)
        elif begun := DECIDING.match(text_line):
            name = begun[1].upper()
            yield Line("RECURRENCE-ID" if name == "RECURRENCE" else name, {}, "", is_broken=True)
