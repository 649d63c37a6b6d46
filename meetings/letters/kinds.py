"""The kinds of letters about meetings: what is kept for each, what may be done with it, and what it says.

The first table is what the outbox knows; the second has subject and lead of everything that an invitation, an
update, a cancellation or a removal can say (news.py finds out which); the third, why it asks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from meetings.letters import payloads

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Kind:
    payload: type[payloads.Payload]
    # It says that something is off: nobody may go on waiting for that, so it is never one letter too many.
    ends: bool = False
    # "Send it again" says it once more.
    again: bool = False


KINDS = {
    "invitation": Kind(payloads.AboutMeeting, again=True),
    "update": Kind(payloads.AboutMeeting, again=True),
    "cancellation": Kind(payloads.AboutMeeting, ends=True),
    "removal": Kind(payloads.AboutMeeting, ends=True),
    "occurrence-update": Kind(payloads.AboutOccurrence),
    "occurrence-cancellation": Kind(payloads.AboutOccurrence, ends=True),
    "part": Kind(payloads.AboutPart),
    "reminder": Kind(payloads.Reminder),
    "announcement": Kind(payloads.Announcement),
    "digest": Kind(payloads.Digest),
    "intervention": Kind(payloads.AdministratorDid),
}
# As letters are called that were written before.
KINDS["circular"] = KINDS["announcement"]


def sent_again() -> list[str]:
    return [name for name, kind in KINDS.items() if kind.again]


# -- what they say ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Says:
    """Both may name the %(title)s, the subject also %(when)s (Mon 25 Nov, 14:00), the lead %(organizer)s."""

    subject: StrOrPromise
    lead: StrOrPromise


_CHANGED = _("Changed: %(title)s (%(when)s)")
_MOVED = _("Moved: %(title)s (%(when)s)")
_LONGER, _SHORTER = _("Longer: %(title)s (%(when)s)"), _("Shorter: %(title)s (%(when)s)")
_MORE = _("More dates: %(title)s (%(when)s)")
_SERIES, _ONCE = _("Now a series: %(title)s (%(when)s)"), _("Now once: %(title)s (%(when)s)")
_CANCELLED = _("Cancelled: %(title)s (%(when)s)")
_FROM_ONE_ON = _("%(organizer)s changed the series “%(title)s” from %(since)s on.")
_LAST_ONE = _("%(organizer)s changed the last date of the series “%(title)s”: %(last)s.")

SAYS = {
    "invitation": Says(_("%(title)s (%(when)s)"), _("%(organizer)s invites you to “%(title)s”.")),
    "moved": Says(_MOVED, _("%(organizer)s moved “%(title)s”.")),
    "renamed": Says(_CHANGED, _("%(organizer)s changed the title of a meeting to “%(title)s”.")),
    "restored": Says(
        _("As before: %(title)s (%(when)s)"),
        _("%(organizer)s changed “%(title)s” and changed it back."),
    ),
    "longer": Says(_LONGER, _("%(organizer)s made “%(title)s” longer.")),
    "shorter": Says(_SHORTER, _("%(organizer)s made “%(title)s” shorter.")),
    # A series, other than it was.
    "days": Says(_CHANGED, _("%(organizer)s chose other days for “%(title)s”.")),
    "dates": Says(_CHANGED, _("%(organizer)s changed the dates of “%(title)s”.")),
    "dates-longer": Says(_CHANGED, _("%(organizer)s changed the dates of “%(title)s” and made it longer.")),
    "dates-shorter": Says(_CHANGED, _("%(organizer)s changed the dates of “%(title)s” and made it shorter.")),
    "one-more": Says(_MORE, _("%(organizer)s added one date to the series “%(title)s”: %(last)s.")),
    "more": Says(
        _MORE,
        ngettext_lazy(
            "%(organizer)s added %(count)s date to the series “%(title)s”, until %(last)s.",
            "%(organizer)s added %(count)s dates to the series “%(title)s”, until %(last)s.",
            "number",
        ),
    ),
    "one-less": Says(
        _CANCELLED,
        _("%(organizer)s <strong>cancelled</strong> the last date of the series “%(title)s”: %(last)s."),
    ),
    "less": Says(
        _("Cancelled from %(since_short)s on: %(title)s"),
        ngettext_lazy(
            "%(organizer)s <strong>cancelled</strong> %(count)s date of the series “%(title)s”,"
            " from %(since)s on.",
            "%(organizer)s <strong>cancelled</strong> %(count)s dates of the series “%(title)s”,"
            " from %(since)s on.",
            "number",
        ),
    ),
    # One date became a series, or a series one date.
    "series": Says(_SERIES, _("%(organizer)s made “%(title)s” a series.")),
    "series-longer": Says(_SERIES, _("%(organizer)s made “%(title)s” a series of longer meetings.")),
    "series-shorter": Says(_SERIES, _("%(organizer)s made “%(title)s” a series of shorter meetings.")),
    "once": Says(_ONCE, _("%(organizer)s cancelled all but one of the dates of “%(title)s”.")),
    "once-longer": Says(
        _ONCE, _("%(organizer)s cancelled all but one of the dates of “%(title)s” and made it longer.")
    ),
    "once-shorter": Says(
        _ONCE, _("%(organizer)s cancelled all but one of the dates of “%(title)s” and made it shorter.")
    ),
    # This and the following, or the last one alone.
    "moved-since": Says(_("Moved from %(since_short)s on: %(title)s (%(when)s)"), _FROM_ONE_ON),
    "changed-since": Says(_("Changed from %(since_short)s on: %(title)s (%(when)s)"), _FROM_ONE_ON),
    "moved-last": Says(_MOVED, _LAST_ONE),
    "changed-last": Says(_CHANGED, _LAST_ONE),
    # One date of a series.
    "one-moved": Says(_MOVED, _("%(organizer)s moved one of the meetings of the series “%(title)s”.")),
    "one-renamed": Says(
        _CHANGED,
        _("%(organizer)s changed the title of one of the meetings of a series to “%(title)s”."),
    ),
    "one-cancelled": Says(
        _CANCELLED,
        _("%(organizer)s <strong>cancelled</strong> one of the meetings of the series “%(title)s”."),
    ),
    # The end.
    "cancelled": Says(_CANCELLED, _("%(organizer)s <strong>cancelled</strong> “%(title)s”.")),
    "cancelled-by-administrator": Says(
        _CANCELLED, _("The administrator of %(host)s <strong>cancelled</strong> “%(title)s”.")
    ),
    "removed": Says(
        _("No longer invited: %(title)s (%(when)s)"),
        _("%(organizer)s no longer expects you at “%(title)s”."),
    ),
}

# Why somebody is asked again; by what is new.
ASKS = {
    "moved": _("The time is new, so %(organizer)s asks again."),
    "days": _("The days are new, so %(organizer)s asks again."),
    "longer": _("It takes longer now, so %(organizer)s asks whether you have the time."),
    "series": _("It is a series now, so %(organizer)s asks again."),
    "restored": _("The time was different for a while, so %(organizer)s asks again."),
}
