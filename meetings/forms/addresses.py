"""Addresses as people paste them: out of mail programs, spreadsheets and chats. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from language import ngettext
from meetings.forms.address_check import Wrong, check
from meetings.forms.mailboxes import mailboxes
from meetings.plans.address import Address
from meetings.words import numbered, plain

NAME_LENGTH = 64
# So many that are wrong are named, the rest is counted.
MOST_NAMED = 5


@dataclass
class Parsed:
    """What was found in a text, in its order; no address twice."""

    addresses: list[Address] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)

    @property
    def complaints(self) -> list[str]:
        """What is wrong, one by one, and that the rest is not; empty when all is well."""
        if not self.wrong:
            return []
        shown = [str(wrong) for wrong in self.wrong[:MOST_NAMED]]
        if (more := len(self.wrong) - len(shown)) > 0:
            text = ngettext("%(count)s more could not be read.", "%(count)s more could not be read.", more)
            shown.append(numbered(text, more))
        if fine := len(self.addresses):
            text = ngettext("The other one is fine.", "The other %(count)s are fine.", fine)
            shown[-1] += f" {numbered(text, fine)}"
        return shown


def parse(text: str) -> Parsed:
    """Every address in `text`, separated in any common way; doubles are one.

    Understands `Name <a@b.c>`, `"Doe, Jane" <j@d.e>`, `Doe, Jane <j@d.e>`, `a@b.c (Name)`, `mailto:`,
    cells divided by tabs, several bare addresses on a line, and `(optional)` and `(host)` behind any.
    """
    found: dict[str, Address] = {}
    wrong: dict[str, Wrong] = {}
    for rough in mailboxes(text):
        name = plain(rough.name).strip("'\" ")
        try:
            email = check(rough.email)
        except ValueError as error:
            shown = plain(rough.email if not name else f"{name} <{rough.email}>")
            wrong.setdefault(shown, Wrong(shown[:80], str(error)))
            continue
        if name.lower() == email.lower():
            name = ""
        address = replace(rough, email=email, name=name[:NAME_LENGTH].strip())
        known = found.get(email.lower())
        found[email.lower()] = known | address if known else address
    return Parsed(list(found.values()), list(wrong.values()))
