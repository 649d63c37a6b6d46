"""What mail servers say of letters that they could not deliver (RFC 3464). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

# An account of what failed is short; what is longer says the same again.
REASON_LENGTH = 500
MOST_RECIPIENTS = 20
# What a report sends back: the letter, or its headers (RFC 6522, 3).
RETURNED = ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers")
MESSAGE_ID = re.compile(r"<[^<>\s@]{1,250}@[^<>\s@]{1,250}>")


@dataclass(frozen=True)
class Report:
    """A delivery status notification about one message."""

    # Of the message that it is about; empty if the report does not say.
    message_id: str
    # Whether it was given up for good; a delay, or a delivery, is no bounce.
    failed: bool
    # The status and the words of the last server that had it: "5.1.1 550 No such user".
    reason: str


def read(message: Message) -> Report | None:
    """The report that this message is; None for any other message.

    Expects a message that was parsed with the `compat32` policy, which raises for nothing in it.
    """
    if message.get_content_type() != "multipart/report":
        return None
    if str(message.get_param("report-type") or "").lower() != "delivery-status":
        return None
    payload = message.get_payload()
    parts = [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if status is None:
        return None
    failures = [block for block in _recipients(status) if _field(block, "Action").lower() == "failed"]
    return Report(
        _returned_id(parts) or _named_id(message),
        failed=bool(failures),
        reason=_reason(failures[0]) if failures else "",
    )


def _recipients(status: Message) -> Iterator[Message]:
    """The blocks of the report that are each about one recipient (RFC 3464, 2.3)."""
    blocks = status.get_payload()
    if isinstance(blocks, list):
        for block in blocks[: MOST_RECIPIENTS + 1]:
            if isinstance(block, Message) and "Action" in block:
                yield block


def _reason(block: Message) -> str:
    # "smtp; 550 5.1.1 No such user": the type says how to read it, and nobody needs that here.
    said = _field(block, "Diagnostic-Code").partition(";")[2].strip()
    status = _field(block, "Status").split(" ")[0]
    return f"{status} {said}".strip()[:REASON_LENGTH]


def _field(block: Message, name: str) -> str:
    """A field on one line, without anything that is not to be printed."""
    text = " ".join(str(block.get(name, "")).split())
    return "".join(character for character in text if character.isprintable())


def _returned_id(parts: list[Message]) -> str:
    """The Message-ID in what was sent back: the whole letter, or its headers."""
    for part in parts:
        returned = _message_in(part) if part.get_content_type() in RETURNED else None
        if returned and (found := MESSAGE_ID.search(_field(returned, "Message-ID"))):
            return found[0]
    return ""


def _message_in(part: Message) -> Message | None:
    inner = part.get_payload()
    if isinstance(inner, list):
        return inner[0] if inner and isinstance(inner[0], Message) else None
    text = part.get_payload(decode=True)
    return message_from_bytes(text, policy=policy.compat32) if isinstance(text, bytes) else None


def _named_id(message: Message) -> str:
    """Some servers return nothing, but answer as one answers a letter."""
    for name in ("In-Reply-To", "References"):
        if found := MESSAGE_ID.findall(_field(message, name)):
            return str(found[-1])
    return ""
