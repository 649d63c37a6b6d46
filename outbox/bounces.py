"""What mail servers say of letters that they could not deliver (RFC 3464, 6522, 6533, and older ways). Pure.

A report has its own form; servers from before it, and some since, write words instead. Neither is asked who
sent it: whether it is about a letter of ours is for others to find out, by what it returns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.utils import parseaddr
from itertools import islice

from outbox.mime import MOST_RECIPIENTS, content, field, names_nobody, parts_of, words

# An account of what failed is short; what is longer says the same again.
REASON_LENGTH = 500
STATUS = ("message/delivery-status", "message/global-delivery-status")
# What a report sends back: the letter, or its headers (RFC 6522, 3; RFC 6533, 6).
RETURNED = (
    "message/rfc822",
    "message/global",
    "message/global-headers",
    "text/rfc822-headers",
    "message/rfc822-headers",
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
    parts = parts_of(message)
    status = next((part for part in parts if part.get_content_type() in STATUS), None)
    if status is None:
        return None
    blocks = list(_blocks(status))
    failures = [block for block in blocks if field(block, "Action").lower() == "failed"]
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
    text, returned = words(message), _returned(parts_of(message))
    below = COPY_BELOW.search(text)
    said, copy = (text[: below.start()], text[below.start() :]) if below else (text, text)
    failed_for = field(message, "X-Failed-Recipients")
    is_daemon = DAEMON.match(parseaddr(field(message, "From"))[1])
    # A holiday notice names no sender either, but it returns nothing.
    is_return = names_nobody(message) and (returned or (below and COPIED_ID.search(copy)))
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


# -- parts --------------------------------------------------------------------------------------


def _blocks(status: Message) -> Iterator[Message]:
    """The blocks of a report that are each about one recipient, or the message (RFC 3464, 2.1)."""
    for block in re.split(rb"\r?\n[ \t]*\r?\n", content(status))[: MOST_RECIPIENTS + 2]:
        if block.strip():
            yield message_from_bytes(block.strip() + b"\n\n", policy=policy.compat32)


def _returned(parts: list[Message]) -> list[Message]:
    """The letter, or its headers, as it was sent back."""
    found = (_message_in(part) for part in parts if part.get_content_type() in RETURNED)
    return [message for message in found if message is not None]


def _message_in(part: Message) -> Message | None:
    coded = field(part, "Content-Transfer-Encoding").lower() in ("base64", "quoted-printable")
    inner = part.get_payload()
    if isinstance(inner, list) and not coded:
        return inner[0] if inner and isinstance(inner[0], Message) else None
    return message_from_bytes(content(part), policy=policy.compat32)


# -- fields -------------------------------------------------------------------------------------


def _reason(block: Message) -> str:
    # "smtp; 550 5.1.1 No such user": the type says how to read it, and nobody needs that here.
    said = field(block, "Diagnostic-Code").partition(";")[2].strip()
    status = field(block, "Status").split(" ")[0]
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
    return tuple(value for one in returned[:2] for name in names if (value := field(one, name)))


def _ids(blocks: list[Message]) -> list[str]:
    """What the letter was known by, each once: first what it was as it came to the last server."""
    found = (_id_in(block, name) for block in blocks for name in IDS)
    return list(dict.fromkeys(filter(None, found)))


def _id_in(block: Message, name: str) -> str:
    found = MESSAGE_ID.search(field(block, name))
    return found[0] if found else ""


def _named_id(message: Message) -> str:
    """Some servers return nothing, but answer as one answers a letter."""
    for name in ("In-Reply-To", "References"):
        if found := MESSAGE_ID.findall(field(message, name)):
            return str(found[-1])
    return ""
