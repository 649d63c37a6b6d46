"""The parts and fields of a message from outside, no more of them than is worth reading. Pure.

Expects messages that were parsed with the `compat32` policy, which raises for nothing in them.
"""

from __future__ import annotations

from email import policy
from email.message import Message

MOST_RECIPIENTS, MOST_PARTS = 20, 20
# So much is read of a report, and of words with the letter copied below.
LONGEST_STATUS, LONGEST_WORDS = 64 * 1024, 256 * 1024
# A field is read as far as a few hundred characters.
LONGEST_FIELD = 2000


def parts_of(message: Message) -> list[Message]:
    """Its parts, and those of its parts, without what is in a message that is returned."""
    payload = message.get_payload() if message.get_content_maintype() == "multipart" else None
    found: list[Message] = []
    for part in payload[:MOST_PARTS] if isinstance(payload, list) else ():
        if isinstance(part, Message):
            inner = part.get_payload() if part.get_content_maintype() == "multipart" else None
            within = inner[:MOST_PARTS] if isinstance(inner, list) else []
            found += [part, *(one for one in within if isinstance(one, Message))]
    return found


def content(part: Message) -> bytes:
    """What stands in a part of the kind `message`, which the parser has taken for a message, or several."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        content = part.get_payload(decode=True)
        return content[:LONGEST_STATUS] if isinstance(content, bytes) else b""
    blocks = [block for block in payload[: MOST_RECIPIENTS + 2] if isinstance(block, Message)]
    content = b"\n\n".join(block.as_bytes().strip() for block in blocks)[:LONGEST_STATUS]
    coding = field(part, "Content-Transfer-Encoding").lower()
    if coding not in ("base64", "quoted-printable"):
        return content
    coded = Message(policy.compat32)
    coded["Content-Transfer-Encoding"] = coding
    coded.set_payload(content.decode("ascii", "replace"))
    found = coded.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def words(message: Message) -> str:
    """The first text of a message."""
    for part in (message, *parts_of(message)):
        if part.get_content_type() == "text/plain":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return content[:LONGEST_WORDS].decode("utf-8", "replace").replace("\r\n", "\n")
    return ""


def field(block: Message, name: str) -> str:
    """A field on one line, without anything that is not to be printed."""
    text = " ".join(str(block.get(name, ""))[:LONGEST_FIELD].split())
    return "".join(character for character in text if character.isprintable())


def names_nobody(message: Message) -> bool:
    """Whether it came without a sender, so that nobody is told of it in turn (RFC 5321, 4.5.5)."""
    return field(message, "Return-Path").replace(" ", "") == "<>"
