"""Messages to and from text. `parse` is the only validation there is."""

from __future__ import annotations

from typing import get_args

import msgspec

from rooms.protocol.messages.from_client import ClientMessage
from rooms.protocol.messages.from_server import ServerMessage
from rooms.protocol.messages.words import MAX_FRAME_BYTES, Error, ProtocolError


class _Head(msgspec.Struct):
    type: str


_decoder = msgspec.json.Decoder(ClientMessage)
_head_decoder = msgspec.json.Decoder(_Head)
_encoder = msgspec.json.Encoder()
TYPES_FROM_CLIENT = frozenset(kind.__struct_config__.tag for kind in get_args(ClientMessage))


def parse(frame: str | None) -> ClientMessage:
    """The message in a text frame (None for a binary one), or ProtocolError."""
    if frame is None:
        raise ProtocolError("malformed", "frames are text, not binary")
    # The cheap bound first: no text of this many characters is shorter in bytes.
    if len(frame) > MAX_FRAME_BYTES or len(data := frame.encode("utf-8", "replace")) > MAX_FRAME_BYTES:
        raise ProtocolError("too-large", f"a frame has at most {MAX_FRAME_BYTES} bytes")
    try:
        return _decoder.decode(data)
    except msgspec.ValidationError as error:
        raise ProtocolError(_kind_of_fault(data), str(error)) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProtocolError("malformed", f"not JSON: {error}") from error


def _kind_of_fault(data: bytes) -> Error:
    try:
        return "malformed" if _head_decoder.decode(data).type in TYPES_FROM_CLIENT else "unknown-type"
    except msgspec.DecodeError:
        return "malformed"


def dump(message: ServerMessage) -> str:
    """The text frame of a message."""
    return _encoder.encode(message).decode()
