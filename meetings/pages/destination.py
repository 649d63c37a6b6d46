"""Where somebody wants to go who was given a code or a link, by whatever way it came. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from language import gettext as _

LONGEST = 500
# As a code is grouped, read aloud and typed again (meetings.models.CODE_GROUPS).
GROUPS = (4, 5, 4)
# What our links lead to: a room, or a personal link with its secret, and what else stands in its letter.
OURS = re.compile(
    r"/(i/[A-Za-z0-9_-]{16,100}/(test/|meeting\.ics|answer/(on/[0-9]{1,18}/)?)?|[a-z0-9]{4}-[a-z0-9]{5}-[a-z0-9]{4}/)\Z"
)
# The answer on whose button somebody would have clicked.
ANSWER = re.compile(r"(?:.*&)?(answer=[a-z]{1,10})(?:&.*)?\Z", re.DOTALL)

# mailto: and the like; a host may have a port behind its colon.
OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)


class NoDestination(Exception):
    """What was typed leads nowhere; says what to do."""


def path(typed: str, host: str) -> str:
    """The path on this site, which answers at `host`, of a code or a link. Raises NoDestination."""
    text = typed.strip().strip("<>\"'“”.,")[:LONGEST]
    if not text:
        raise NoDestination(_("Type the code, or paste the link."))
    if not re.search(r"[/:]", text):
        return _of_code(text)
    if OTHER_SCHEME.match(text):
        raise NoDestination(_("That is no link to a meeting. Those begin with https."))
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
    except ValueError as error:
        raise NoDestination(_("That is no link. Copy it again, as a whole.")) from error
    theirs = parts.netloc.lower()
    if _bare(theirs, parts.scheme) != _bare(host.lower(), parts.scheme):
        if not theirs:
            raise NoDestination(_("That link leads to another site, which it does not name."))
        raise NoDestination(_("That link leads to another site, %(site)s.") % {"site": theirs[:100]})
    where = parts.path if parts.path.endswith(("/", ".ics")) else f"{parts.path}/"
    if found := OURS.match(where):
        answer = ANSWER.match(parts.query) if "/answer/" in where else None
        return f"{found[0]}?{answer[1]}" if answer else found[0]
    raise NoDestination(_("That link leads to no meeting. Copy it from the letter again, as a whole."))


def _bare(host: str, scheme: str) -> str:
    """Without the port that the scheme has by itself (RFC 9110, 4.2); where none was typed, of either."""
    port = {"https": ":443", "http": ":80"}.get(scheme.lower())
    return host.removesuffix(port) if port else re.sub(r":(443|80)\Z", "", host)


def _of_code(text: str) -> str:
    """A code as it was read aloud: capitals, and spaces or nothing between its groups."""
    letters = re.sub(r"[\s\u2010-\u2015_-]", "", text).lower()
    first, second, third = GROUPS
    if not re.fullmatch(rf"[a-z0-9]{{{sum(GROUPS)}}}", letters):
        said = _("A code has %(count)s letters and digits, such as kfpx-tvwqm-m3xz.")
        raise NoDestination(said % {"count": sum(GROUPS)})
    groups = letters[:first], letters[first : first + second], letters[-third:]
    return f"/{'-'.join(groups)}/"
