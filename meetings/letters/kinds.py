"""The kinds of letters about meetings, in one table: what is kept for each, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass

from meetings.letters import payloads


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
