"""What mail servers say of letters that they could not deliver (RFC 3464, 6522, 6533, and older ways). Pure.

A report has its own form; servers from before it, and some since, write words instead. Neither is asked who
sent it: whether it is about a letter of ours is for others to find out, by what it returns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr
from itertools import islice

# An account of what failed is short; what is longer says the same again.
REASON_LENGTH = 500
MOST_RECIPIENTS, MOST_PARTS = 20, 20
# So much is read of a report, and of words with the letter copied below.
LONGEST_STATUS, LONGEST_WORDS = 64 * 1024, 256 * 1024
STATUS = ("message/delivery-status", "message/global-delivery-status")
# What a report sends back: the letter, or its headers (RFC 6522, 3; RFC 6533, 6).
RETURNED = (
    "message/rfc822",
    "message/global",
    "message/global-headers",
    "text/rfc822-headers",
    "message/rfc822-headers",
)
# Reports of other things: that a letter was shown (RFC 8098), or that somebody complains of it (RFC 5965).
OTHER_REPORTS = (
    "message/disposition-notification",
    "message/global-disposition-notification",
    "message/feedback-report",
)
# What a letter is known by, and was where a server on the way has given it another name.
IDS = ("Message-ID", "X-Original-Message-ID")
MESSAGE_ID = re.compile(r"<[^<>\s@]{1,250}@[^<>\s@]{1,250}>")
# A header of the letter that words have copied below.
COPIED_ID = re.compile(
    r"^(?:X-Original-)?Message-ID:\s{1,5}(<[^<>\s@]{1,250}@[^<>\s@]{1,250}>)", re.IGNORECASE | re.MULTILINE
)
COPIED_FROM = re.compile(
    r"^(?:From|Return-Path|Sender):[ \t]{0,5}([^\r\n]{1,400})", re.IGNORECASE | re.MULTILINE
)
# Who writes them. Some name no sender at all (RFC 5321, 4.5.5), as holiday notices do (RFC 3834, 3.3).
DAEMON = re.compile(r"(mailer-?daemon|postmaster|mail-?daemon|mdaemon)(@|$)", re.IGNORECASE)
# The answer of a server with its status (RFC 3463): "550 5.1.1 No such user", "550-5.7.1", "(#5.1.1)".
FAILED = re.compile(r"(?:(?<![0-9.])5[0-9]{2}[ -]#?|#)5\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])", re.ASCII)
# Half of that is also a date, a telephone number or a room: it counts only among the words of servers.
HALF_FAILED = re.compile(
    r"(?<![0-9.])(?:5\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])|55[0-9](?: |-(?=[^0-9 ])))", re.ASCII
)
OF_SERVERS = re.compile(
    r"\b(?:e?smtp|rcpt|mta|dsn|resolver|hosts?|servers?|remote|mailbox|recipients?|relay(?:ing)?|status|error"
    r"|diagnostic|addresse?e?|(?:no such|unknown) user|user unknown|(?:un)?deliver\w*|fail(?:ed|ure)|rejected"
    r"|refused|bounced?)\b",
    re.IGNORECASE,
)
# QSBMF, the format of qmail: words, a line that begins with three dashes, and the letter.
QMAIL = re.compile(r"^Hi\. This is the ", re.MULTILINE)
COPY_BELOW = re.compile(
    r"^-{3,} ?(?:below this line|this is a copy|original message|returned|the header|message header)",
    re.IGNORECASE | re.MULTILINE,
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


@dataclass(frozen=True)
class Report:
    """A delivery status notification about one message."""

    # Of the message that it is about, as it was sent or as a server renamed it; empty if it does not say.
    message_id: str
    # Whether it was given up for good; a delay, or a delivery, is no bounce.
    failed: bool
    # The status and the words of the last server that had it: "5.1.1 550 No such user".
    reason: str
    # From whom that message was.
    senders: tuple[str, ...] = ()
    # What else it was known by; its own name, where a server on the way gave it another one.
    other_ids: tuple[str, ...] = ()


def read(message: Message) -> Report | None:
    """The report that this message is; None for any other message.

    Expects a message that was parsed with the `compat32` policy, which raises for nothing in it.
    """
    if message.get_content_maintype() != "multipart":
        return None
    # Some call it multipart/mixed, or leave out what it reports: the part itself says what it is.
    reported = str(message.get_param("report-type") or "delivery-status").lower()
    if reported not in ("delivery-status", "global-delivery-status"):
        return None
    parts = _parts(message)
    status = next((part for part in parts if part.get_content_type() in STATUS), None)
    if status is None:
        return None
    blocks = list(_blocks(status))
    failures = [block for block in blocks if _field(block, "Action").lower() == "failed"]
    returned = _returned(parts)
    found = [*returned, *blocks]
    first, *others = _ids(found) or [_named_id(message)]
    return Report(
        first,
        failed=bool(failures),
        reason=_reason(failures[0]) if failures else "",
        senders=_senders(returned),
        other_ids=tuple(others),
    )


def read_words(message: Message) -> Report | None:
    """The report of a server that says in words what became of a letter; None for any other message."""
    text, returned = _words(message), _returned(_parts(message))
    below = COPY_BELOW.search(text)
    said, copy = (text[: below.start()], text[below.start() :]) if below else (text, text)
    failed_for = _field(message, "X-Failed-Recipients")
    is_daemon = DAEMON.match(parseaddr(_field(message, "From"))[1])
    # A holiday notice names no sender either, but it returns nothing.
    is_return = _names_nobody(message) and (returned or (below and COPIED_ID.search(copy)))
    if not text or not (failed_for or QMAIL.search(text) or is_daemon or is_return):
        return None
    # qmail and Exim write again only when they have given up; of others a number tells.
    is_given_up = failed_for or (QMAIL.search(said) and "permanent error" in said)
    if not is_given_up and not any(_tells_failure(paragraph) for paragraph in _paragraphs(said)):
        return None
    copied = [found[1] for found in islice(COPIED_ID.finditer(copy), len(IDS))]
    first, *others = dict.fromkeys([*copied, *_ids(returned)]) or [_named_id(message)]
    senders = tuple(found.strip() for found in COPIED_FROM.findall(copy)[:5]) if below else ()
    return Report(
        first,
        failed=True,
        reason=_reason_in(said),
        senders=(*senders, *_senders(returned)),
        other_ids=tuple(others),
    )


def is_automatic(message: Message) -> bool:
    """Whether a program sent it: a holiday notice, a receipt, a complaint, a list."""
    said = _field(message, "Auto-Submitted").lower()
    if said:
        return not said.startswith("no")
    return (
        any(name in message for name in AUTOMATIC)
        or _field(message, "Precedence").lower() in PRECEDENCE
        or _field(message, "X-Auto-Response-Suppress").lower() not in ("", "none")
        or _names_nobody(message)
        or any(part.get_content_type() in OTHER_REPORTS for part in (message, *_parts(message)))
        or bool(SUBJECT.match(_subject(message)))
    )


# -- parts --------------------------------------------------------------------------------------


def _parts(message: Message) -> list[Message]:
    """Its parts, and those of its parts, without what is in a message that is returned."""
    payload = message.get_payload() if message.get_content_maintype() == "multipart" else None
    found: list[Message] = []
    for part in payload[:MOST_PARTS] if isinstance(payload, list) else ():
        if isinstance(part, Message):
            inner = part.get_payload() if part.get_content_maintype() == "multipart" else None
            within = inner[:MOST_PARTS] if isinstance(inner, list) else []
            found += [part, *(one for one in within if isinstance(one, Message))]
    return found


def _blocks(status: Message) -> Iterator[Message]:
    """The blocks of a report that are each about one recipient, or the message (RFC 3464, 2.1)."""
    for block in re.split(rb"\r?\n[ \t]*\r?\n", _content(status))[: MOST_RECIPIENTS + 2]:
        if block.strip():
            yield message_from_bytes(block.strip() + b"\n\n", policy=policy.compat32)


def _content(part: Message) -> bytes:
    """What stands in a part of the kind `message`, which the parser has taken for a message, or several."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        content = part.get_payload(decode=True)
        return content[:LONGEST_STATUS] if isinstance(content, bytes) else b""
    blocks = [block for block in payload[: MOST_RECIPIENTS + 2] if isinstance(block, Message)]
    content = b"\n\n".join(block.as_bytes().strip() for block in blocks)[:LONGEST_STATUS]
    coding = _field(part, "Content-Transfer-Encoding").lower()
    if coding not in ("base64", "quoted-printable"):
        return content
    coded = Message(policy.compat32)
    coded["Content-Transfer-Encoding"] = coding
    coded.set_payload(content.decode("ascii", "replace"))
    found = coded.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _returned(parts: list[Message]) -> list[Message]:
    """The letter, or its headers, as it was sent back."""
    found = (_message_in(part) for part in parts if part.get_content_type() in RETURNED)
    return [message for message in found if message is not None]


def _message_in(part: Message) -> Message | None:
    coded = _field(part, "Content-Transfer-Encoding").lower() in ("base64", "quoted-printable")
    inner = part.get_payload()
    if isinstance(inner, list) and not coded:
        return inner[0] if inner and isinstance(inner[0], Message) else None
    return message_from_bytes(_content(part), policy=policy.compat32)


def _words(message: Message) -> str:
    """The first text of a message."""
    for part in (message, *_parts(message)):
        if part.get_content_type() == "text/plain":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return content[:LONGEST_WORDS].decode("utf-8", "replace").replace("\r\n", "\n")
    return ""


# -- fields -------------------------------------------------------------------------------------


def _names_nobody(message: Message) -> bool:
    """Whether it came without a sender, so that nobody is told of it in turn (RFC 5321, 4.5.5)."""
    return _field(message, "Return-Path").replace(" ", "") == "<>"


def _field(block: Message, name: str) -> str:
    """A field on one line, without anything that is not to be printed."""
    text = " ".join(str(block.get(name, ""))[: 4 * REASON_LENGTH].split())
    return "".join(character for character in text if character.isprintable())


def _subject(message: Message) -> str:
    """Its words, decoded where they can be (RFC 2047)."""
    try:
        pieces = decode_header(_field(message, "Subject"))
        return "".join(p.decode(c or "ascii", "replace") if isinstance(p, bytes) else p for p, c in pieces)
    except (ValueError, LookupError):
        return _field(message, "Subject")


def _reason(block: Message) -> str:
    # "smtp; 550 5.1.1 No such user": the type says how to read it, and nobody needs that here.
    said = _field(block, "Diagnostic-Code").partition(";")[2].strip()
    status = _field(block, "Status").split(" ")[0]
    return f"{status} {said}".strip()[:REASON_LENGTH]


def _paragraphs(said: str) -> list[str]:
    return [paragraph for paragraph in re.split(r"\n\s*\n", said) if paragraph.strip()]


def _tells_failure(paragraph: str) -> bool:
    """Whether it says, as servers do, that a letter was given up for good (status class 5, RFC 3463)."""
    if FAILED.search(paragraph):
        return True
    return bool(HALF_FAILED.search(paragraph) and OF_SERVERS.search(paragraph))


def _reason_in(said: str) -> str:
    """The paragraph in which a server tells what is wrong, or the last one."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in _paragraphs(said)]
    telling = [paragraph for paragraph in paragraphs if _tells_failure(paragraph)]
    text = (telling or paragraphs or [""])[0 if telling else -1]
    return "".join(character for character in text if character.isprintable())[:REASON_LENGTH]


def _senders(returned: list[Message]) -> tuple[str, ...]:
    names = ("From", "Return-Path", "Sender")
    return tuple(value for one in returned[:2] for name in names if (value := _field(one, name)))


def _ids(blocks: list[Message]) -> list[str]:
    """What the letter was known by, each once: first what it was as it came to the last server."""
    found = (_id_in(block, name) for block in blocks for name in IDS)
    return list(dict.fromkeys(filter(None, found)))


def _id_in(block: Message, name: str) -> str:
    found = MESSAGE_ID.search(_field(block, name))
    return found[0] if found else ""


def _named_id(message: Message) -> str:
    """Some servers return nothing, but answer as one answers a letter."""
    for name in ("In-Reply-To", "References"):
        if found := MESSAGE_ID.findall(_field(message, name)):
            return str(found[-1])
    return ""
