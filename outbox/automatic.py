"""What programs write that answer by themselves: holiday notices, receipts, complaints, lists. Pure."""

from __future__ import annotations

import re
from email.header import decode_header
from email.message import Message

from outbox.mime import field, names_nobody, parts_of

# Reports of other things: that a letter was shown (RFC 8098), or that somebody complains of it (RFC 5965).
OTHER_REPORTS = (
    "message/disposition-notification",
    "message/global-disposition-notification",
    "message/feedback-report",
)
# What programs that answer by themselves write where they do not write Auto-Submitted (RFC 3834, 5).
AUTOMATIC = (
    "X-Autoreply",
    "X-Auto-Reply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Autoresponse",
    "X-Autoreply-From",
    "X-Mail-Autoreply",
    "X-MS-Exchange-Generated-Message-Source",
)
PRECEDENCE = ("auto_reply", "auto-reply", "bulk", "junk", "list")
# How they begin a subject: "Automatic reply: …". After a "Re:", or with more words, people write it.
SUBJECT = re.compile(
    r"(?:\[[^\[\]]{1,40}\] ?)?"
    r"(?:auto(?:matic|mated)?[ -]?(?:reply|response|responder)|on vacation"
    r"|out of (?:the )?office(?: (?:auto(?:matic)?[ -]?)?(?:reply|response))?"
    r"|abwesend|abwesenheits(?:notiz|meldung|nachricht|benachrichtigung|assistent)|automatische antwort"
    r"|r[ée]ponse automatique|absence du bureau|respuesta autom[áa]tica|risposta automatica"
    r"|automatisch antwoord|autosvar|automatiskt svar|automaattinen vastaus|odpowied[źz] automatyczna"
    r"|автоответ)\s?(?::|$)",
    re.IGNORECASE,
)


def is_automatic(message: Message) -> bool:
    """Whether a program sent it: a holiday notice, a receipt, a complaint, a list."""
    said = field(message, "Auto-Submitted").lower()
    if said:
        return not said.startswith("no")
    return (
        any(name in message for name in AUTOMATIC)
        or field(message, "Precedence").lower() in PRECEDENCE
        or field(message, "X-Auto-Response-Suppress").lower() not in ("", "none")
        or names_nobody(message)
        or any(part.get_content_type() in OTHER_REPORTS for part in (message, *parts_of(message)))
        or bool(SUBJECT.match(_subject(message)))
    )


def _subject(message: Message) -> str:
    """Its words, decoded where they can be (RFC 2047)."""
    try:
        pieces = decode_header(field(message, "Subject"))
        return "".join(p.decode(c or "ascii", "replace") if isinstance(p, bytes) else p for p, c in pieces)
    except (ValueError, LookupError):
        return field(message, "Subject")
