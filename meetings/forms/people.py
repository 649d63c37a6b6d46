"""The list of people in the form as the page shows it: whom it names, and who is too many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from language import formats
from meetings.forms.address_check import Wrong
from meetings.forms.addresses import Parsed
from meetings.plans.address import Address


@dataclass
class People:
    """What a text was read as: so many as may be invited, and what is left of the text beyond them."""

    addresses: list[Address] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    rest: str = ""
    # How many people the rest is, about.
    beyond: int = 0


def read(text: str, parse: Callable[[str], Parsed], *, most: int, longest: int) -> People:
    """Whom a text names; only its first `longest` characters are looked at, and `most` people are kept."""
    text = text.strip()
    head, tail = text, ""
    if len(text) > longest:
        cut = max(text.rfind(end, 0, longest) for end in "\r\n;,") + 1 or longest
        head, tail = text[:cut], text[cut:].strip()
    parsed = parse(head)
    extra = parsed.addresses[most:]
    rest = "\n".join([*map(str, extra), *([tail] if tail else [])])
    beyond = len(extra) + (max(tail.count("@"), 1) if tail else 0)
    return People(parsed.addresses[:most], parsed.wrong[: 2 * most], rest, beyond)


def beyond(people: People) -> dict[str, str | int] | None:
    """What is said of those who are too many, and what is done about them; None for nobody."""
    if not people.beyond:
        return None
    count = formats.figure(people.beyond)
    return {
        "text": people.rest,
        "count": people.beyond,
        "words": _("%(count)s more") % {"count": count},
        "cut": ngettext("Leave out the last one", "Leave out the last %(count)s", people.beyond)
        % {"count": count},
    }


def from_file(before: Parsed, after: People, file: str) -> str:
    """What came of a file: how many it added to the list, and how much of it was no address."""
    added = len(after.addresses) + after.beyond - len(before.addresses)
    wrong = len(after.wrong) - len(before.wrong)
    if added <= 0 and wrong <= 0:
        return _("Everybody in %(file)s is on the list already.") % {"file": file}
    if added <= 0:
        words = _("Nobody added from %(file)s.") % {"file": file}
    else:
        words = ngettext("%(count)s added from %(file)s.", "%(count)s added from %(file)s.", added) % {
            "count": formats.figure(added),
            "file": file,
        }
    if wrong <= 0:
        return words
    unread = ngettext(
        "One could not be read as an address; the list shows which.",
        "%(count)s could not be read as an address; the list shows which.",
        wrong,
    ) % {"count": formats.figure(wrong)}
    return f"{words} {unread}"
