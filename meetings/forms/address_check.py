"""What is wrong with an address, in words. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from language import gettext as _
from language import gettext_noop

# What is longer is not looked at: no address is, however its letters are written.
LONGEST = 400

# By the reason that `check` gives, the whole sentence.
SENTENCES = {
    "is longer than an address can be": gettext_noop("“%(text)s” is longer than an address can be."),
    "lacks an @ and what follows it": gettext_noop("“%(text)s” lacks an @ and what follows it."),
    "lacks a name in front of the @": gettext_noop("“%(text)s” lacks a name in front of the @."),
    "lacks what follows the @, such as example.com": gettext_noop(
        "“%(text)s” lacks what follows the @, such as example.com."
    ),
    "has more than one @": gettext_noop("“%(text)s” has more than one @."),
    "lacks its ending, such as .com": gettext_noop("“%(text)s” lacks its ending, such as .com."),
    "has a dot too many": gettext_noop("“%(text)s” has a dot too many."),
    "has letters in front of the @ that most mail servers do not take": gettext_noop(
        "“%(text)s” has letters in front of the @ that most mail servers do not take."
    ),
    "is not an address that mail could reach": gettext_noop(
        "“%(text)s” is not an address that mail could reach."
    ),
}


@dataclass(frozen=True)
class Wrong:
    """What could not be read as an address."""

    text: str
    # The rest of a sentence that begins with the text: "lacks its ending, such as .com".
    reason: str

    def __str__(self) -> str:
        if said := SENTENCES.get(self.reason):
            return _(said) % {"text": self.text}
        strange = self.reason.partition("“")[2][:1]
        said = _("“%(text)s” has a “%(strange)s”, which an address cannot have.")
        return said % {"text": self.text, "strange": strange}


def check(address: str) -> str:
    """The address as mail servers want it; ValueError says in words what is wrong with it."""
    if len(address) > LONGEST:
        raise ValueError("is longer than an address can be")
    before, at, after = address.rpartition("@")
    if not at:
        raise ValueError("lacks an @ and what follows it")
    if not before:
        raise ValueError("lacks a name in front of the @")
    if not after:
        raise ValueError("lacks what follows the @, such as example.com")
    if "@" in before and not before.startswith('"'):
        raise ValueError("has more than one @")
    if "." not in after.strip("."):
        raise ValueError("lacks its ending, such as .com")
    if (
        ".." in address
        or address.startswith(".")
        or before.endswith(".")
        or after[0] == "."
        or after[-1] == "."
    ):
        raise ValueError("has a dot too many")
    try:
        # Mail inside a house may go to names that the internet does not know (mail.lan): no look-up, no list.
        valid = validate_email(
            address, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        if len(address) > 254 or len(before) > 64:
            raise ValueError("is longer than an address can be") from error
        if strange := re.search(r"[^\w.!#$%&'*+/=?^`{|}~-]", before) or re.search(r"[^\w.-]", after):
            raise ValueError(f"has a “{strange[0]}”, which an address cannot have") from error
        if not before.isascii():
            raise ValueError("has letters in front of the @ that most mail servers do not take") from error
        raise ValueError("is not an address that mail could reach") from error
    # Without SMTPUTF8 there always is an ASCII form; a domain in another script grows in it.
    email = valid.ascii_email or valid.normalized
    if len(email) > 254:
        raise ValueError("is longer than an address can be")
    return email
