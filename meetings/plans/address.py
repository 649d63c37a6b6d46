"""Whom a letter goes to: a mailbox, with the name and the place in the meeting that belong to it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Behind an address: whose presence is not needed, and who is host as well.
OPTIONAL, HOST = "(optional)", "(host)"


@dataclass(frozen=True)
class Address:
    """One mailbox and, where they were given, the name of its person and their place in the meeting."""

    email: str
    name: str = ""
    optional: bool = False
    cohost: bool = False

    def __str__(self) -> str:
        places = f"{f' {OPTIONAL}' if self.optional else ''}{f' {HOST}' if self.cohost else ''}"
        if not self.name:
            return self.email + places
        if not re.search(r"""[,;<>@()"\\]""", self.name):
            return f"{self.name} <{self.email}>{places}"
        quoted = re.sub(r"""(["\\])""", r"\\\1", self.name)
        return f'"{quoted}" <{self.email}>{places}'

    def __or__(self, other: Address) -> Address:
        """The same mailbox, named twice."""
        return Address(
            self.email, self.name or other.name, self.optional or other.optional, self.cohost or other.cohost
        )
