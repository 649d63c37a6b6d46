"""Files with somebody whose client is not ours: as docs/signaling.md says, and by somebody who means ill.

A call takes longest to begin, so in each of these many things happen, one after the other.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import secrets
import struct
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.given_files import line_of
from tests.browser.person import Person
from tests.headless.participant import Pair, Participant
from tests.servers import wait_until

BLOCK, PIECE = 1 << 20, 1 << 14
GIGABYTE = 1_000_000_000
NOT_WHAT_WAS_OFFERED = "What came was not what was offered, so it was not taken."


@pytest.fixture
def stranger() -> Iterator[Participant]:
    """Who sends nothing but files: pictures would take the time of the processor."""
    with closing(Participant("Stranger")) as found:
        yield found


@pytest.fixture
def pair(alice: Person, stranger: Participant) -> Pair:
    """Of the two, as the stranger has it."""
    link = alice.meet_now()
    alice.join()
    stranger.join(link)
    return stranger.pair_with("Alice")


def some_bytes(size: int) -> bytes:
    return random.Random(7).randbytes(size)


def a_file(name: str, size: int, kind: str = "") -> dict[str, Any]:
    return {"id": secrets.token_hex(16), "name": name, "size": size, "type": kind}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def blocks_of(content: bytes) -> list[bytes]:
    return cut(content, BLOCK)


def cut(content: bytes, size: int) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


def block_frames(transfer: int, number: int, block: bytes, *, said: str = "") -> list[str | bytes]:
    """The head of a block and its pieces; `said`: the hash, if it is to be a wrong one."""
    head = {"transfer": transfer, "block": number, "hash": said or sha256(block)}
    return [
        json.dumps(head),
        *(struct.pack(">II", transfer, number) + piece for piece in cut(block, PIECE)),
    ]


def end_frame(transfer: int, blocks: list[bytes]) -> str:
    hashes = b"".join(hashlib.sha256(block).digest() for block in blocks)
    return json.dumps({"transfer": transfer, "blocks": len(blocks), "hash": sha256(hashes)})


def all_frames(transfer: int, content: bytes) -> list[str | bytes]:
    blocks = blocks_of(content)
    frames = [frame for number, block in enumerate(blocks) for frame in block_frames(transfer, number, block)]
    return [*frames, end_frame(transfer, blocks)]


def wants(person: Person, pair: Pair, file: dict[str, Any], name: str = "") -> int:
    """She presses *Save*; gives the number of the transfer that her page asks for."""
    line_of(person, name or file["name"]).get_by_role("button", name="Save", exact=True).click()
    return is_asked_for(pair, file)


def is_asked_for(pair: Pair, file: dict[str, Any], *, times: int = 1) -> int:
    """Her page has asked for it so often by now; gives the number of the last transfer."""
    wait_until(lambda: len(pair.requests(file["id"])) >= times, "the page asks for the file")
    return int(pair.requests(file["id"])[-1]["transfer"])


def is_acknowledged(pair: Pair, transfer: int) -> None:
    """Her page has all of it, which is one block."""
    acknowledged = {"type": "file-ack", "transfer": transfer, "blocks": 1}
    wait_until(lambda: acknowledged in list(pair.of_files), "it is there")


def is_shut(pair: Pair) -> None:
    wait_until(lambda: pair.bulk and pair.bulk.readyState == "closed", "the channel is closed")


def call_goes_on(alice: Person, stranger: Participant, question: str = "Is this call as it was?") -> None:
    stranger.says(question)
    alice.reads(question)
    alice.says(f"It is. ({stranger.name})")
    stranger.reads(f"It is. ({stranger.name})")
    assert alice.errors == []


def test_it_gives_and_takes_files(alice, stranger, pair, tmp_path):
    content = some_bytes(5 * BLOCK // 2)
    file = a_file("deck-plan.pdf", len(content), "application/pdf")
    stranger.offers(file)
    with alice.page.expect_download() as download:
        stranger.pours(pair, *all_frames(wants(alice, pair, file), content))
    assert sha256(Path(download.value.path()).read_bytes()) == sha256(content)
    assert download.value.suggested_filename == "deck-plan.pdf"
    expect(line_of(alice, "deck-plan.pdf")).to_contain_text("saved")
    acks = [said["blocks"] for said in pair.of_files if said["type"] == "file-ack"]
    assert acks[-1] == 3

    content = some_bytes(7 * BLOCK // 2)
    path = tmp_path / "timetable.ods"
    path.write_bytes(content)
    alice_offers(alice, path)

    def offered() -> list[dict[str, Any]]:
        events = list(stranger.chat.events.values())
        return [event["file"] for event in events if "file" in event and event["author"] != stranger.me]

    wait_until(offered, "the offer arrives")
    [file] = offered()
    assert (file["name"], file["size"]) == ("timetable.ods", len(content))
    stranger.asks(pair, file=file["id"], transfer=77, **{"from": 0})
    wait_until(lambda: any('"blocks"' in str(frame)[:200] for frame in list(pair.frames)), "it has come")
    pieces = [frame for frame in pair.frames if isinstance(frame, bytes)]
    assert {struct.unpack(">I", piece[:4])[0] for piece in pieces} == {77}
    assert b"".join(piece[8:] for piece in pieces) == content
    assert [json.loads(frame) for frame in pair.frames if isinstance(frame, str)][-1] == json.loads(
        end_frame(77, blocks_of(content))
    )
    stranger.acknowledges(pair, transfer=77, blocks=4)
    expect(line_of(alice, "timetable.ods")).to_contain_text("Stranger has it")


def alice_offers(alice: Person, path: Path) -> None:
    alice.page.evaluate("delete window.showOpenFilePicker;")
    chat = alice.open_panel("chat")
    with alice.page.expect_file_chooser() as chooser:
        chat.get_by_role("button", name="Attach a file").click()
    chooser.value.set_files(str(path))


# -- somebody who means ill ------------------------------------------------------------------------


def test_what_is_not_what_was_offered_is_not_taken(alice, stranger, pair):
    content = some_bytes(3 * BLOCK // 2)
    first, second = blocks_of(content)
    wrongs = {
        "more": lambda transfer: [
            *all_frames(transfer, content)[:-1],
            *block_frames(transfer, 2, first),
        ],
        "too-little": lambda transfer: [*block_frames(transfer, 0, first), end_frame(transfer, [first])],
        "other-bytes": lambda transfer: block_frames(transfer, 0, first, said=sha256(second)),
        "another-size-of-a-piece": lambda transfer: [
            block_frames(transfer, 0, first)[0],
            struct.pack(">II", transfer, 0) + b"x",
        ],
    }
    for wrong, frames in wrongs.items():
        file = a_file(f"{wrong}.mkv", len(content))
        stranger.offers(file)
        stranger.pours(pair, *frames(wants(alice, pair, file)))
        line = line_of(alice, f"{wrong}.mkv")
        if wrong == "other-bytes":
            # Asked for again once: it may have been the line.
            stranger.pours(pair, *frames(is_asked_for(pair, file, times=2)))
            expect(line).to_contain_text("It arrived damaged.")
        else:
            expect(line).to_contain_text(NOT_WHAT_WAS_OFFERED)
        expect(line.get_by_role("button", name="Try again")).to_be_visible()
    # One stands below the other.
    boxes = [line_of(alice, f"{wrong}.mkv").bounding_box() for wrong in wrongs]
    for one, next_one in pairwise(box for box in boxes if box):
        assert one["y"] + one["height"] <= next_one["y"]
    call_goes_on(alice, stranger)


def test_promises_that_are_not_kept_harm_nobody(alice, stranger, pair):
    # Four gigabytes are not to be had.
    file = a_file("everything.iso", 4 * GIGABYTE)
    stranger.offers(file)
    line = line_of(alice, "everything.iso")
    expect(line).to_contain_text("A file may have at most 2 GB.")
    expect(line.get_by_role("button")).to_have_count(0)
    assert pair.requests(file["id"]) == []

    # Whoever never sends what they offered is waited for, and can be given up.
    file = a_file("promise.zip", BLOCK)
    stranger.offers(file)
    wants(alice, pair, file)
    line = line_of(alice, "promise.zip")
    expect(line).to_contain_text("Asking Stranger for it…")
    line.get_by_role("button", name="Stop receiving the file").click()
    expect(line).to_contain_text("offered to all")
    call_goes_on(alice, stranger)

    # Whoever stops in the middle and leaves.
    content = some_bytes(3 * BLOCK)
    file = a_file("half.zip", len(content))
    stranger.offers(file)
    stranger.pours(pair, *all_frames(wants(alice, pair, file), content)[:100])
    line = line_of(alice, "half.zip")
    expect(line).to_contain_text("1.6 of 3.1 MB")
    stranger.leave()
    expect(line).to_contain_text("1 of 3.1 MB. It goes on when Stranger is back.")
    assert alice.errors == []


# What comes of nothing, and where no end is to be seen.
UNASKED: dict[str, str | bytes] = {
    "bytes of nothing": b"\0" * (PIECE + 8),
    "heads of nothing": "{}",
    "what nests": "[" * 60_000,
    "crumbs": b"x",
}


def test_what_nobody_asked_for_is_dropped_and_the_channel_closed_but_not_the_call(alice):
    link = alice.meet_now()
    alice.join()
    with ExitStack() as strangers:
        for name, frame in UNASKED.items():
            # The channel is closed for good, so each of them has one of their own.
            stranger = strangers.enter_context(closing(Participant(f"Stranger with {name}")))
            stranger.join(link)
            pair = stranger.pair_with("Alice")
            file = a_file(f"{name}.mkv", BLOCK)
            stranger.offers(file)
            wants(alice, pair, file)
            stranger.pours(pair, *[frame] * 20)
            expect(line_of(alice, f"{name}.mkv")).to_contain_text(NOT_WHAT_WAS_OFFERED)
            is_shut(pair)
            call_goes_on(alice, stranger, f"Is this call as it was, beside {name}?")


NAMES = {
    "../../../etc/passwd": "passwd",
    "C:\\Windows\\System32\\calc.exe": "calc.exe",
    "letter\u202efdp.exe": "letterfdp.exe",
    "letter.pdf" + " " * 200 + ".exe": "letter.pdf.exe",
    "\u2066\u200b\u2800": "file",
    "<img src=x onerror=alert(1)>.png": "_img src=x onerror=alert(1)_.png",
}


def test_a_name_is_shown_and_saved_as_what_it_is(alice, stranger, pair):
    content = some_bytes(1000)
    for name, shown in NAMES.items():
        file = a_file(name, len(content))
        stranger.offers(file)
        with alice.page.expect_download() as download:
            stranger.pours(pair, *all_frames(wants(alice, pair, file, shown), content))
        # What has no ending is given one by Chromium.
        assert download.value.suggested_filename in (shown, f"{shown}.txt")
        expect(line_of(alice, shown).locator("strong")).to_have_text(shown)
    call_goes_on(alice, stranger)

    # One of ten thousand characters is no offer.
    stranger.offers(a_file(f"{'x' * 10_000}.exe", 1000))
    stranger.offers(a_file(f"{'y' * 250}.exe", 1000))
    names = alice.open_panel("chat").locator(".file strong")
    expect(names.last).to_have_text(re.compile(r"^y{116}\.exe$"))
    expect(names).to_have_count(len(NAMES) + 1)
    assert alice.errors == []


# A page and a picture that would run, one that says to be as large as a town, and one that ends in its head.
PAGE = b"<!doctype html><script>window.isTaken = true</script>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" onload="window.isTaken = true"/>'
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
TOWN = PNG + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0) + b"\0" * 64
STUB = PNG + struct.pack(">IIBBBBB", 640, 480, 8, 6, 0, 0, 0)
NO_PICTURES = {
    "a page as a picture": (PAGE, "image/png"),
    "a page": (PAGE, "text/html"),
    "a drawing as a picture": (DRAWING, "image/png"),
    "a drawing": (DRAWING, "image/svg+xml"),
    "a bomb": (TOWN, "image/png"),
    "one that breaks off": (STUB, "image/png"),
}


def test_what_only_says_to_be_a_picture_is_a_file_like_any_other(alice, stranger, pair):
    for what, (content, kind) in NO_PICTURES.items():
        file = a_file(f"{what}.png", len(content), kind)
        stranger.offers(file)
        line = line_of(alice, f"{what}.png")
        save = line.get_by_role("button", name="Save", exact=True)
        expect(save).to_be_visible()
        if kind == "image/png":
            # It is taken to be shown small, unasked.
            transfer = is_asked_for(pair, file)
            stranger.pours(pair, *all_frames(transfer, content))
            is_acknowledged(pair, transfer)
            with alice.page.expect_download() as download:
                save.click()
        else:
            with alice.page.expect_download() as download:
                stranger.pours(pair, *all_frames(wants(alice, pair, file), content))
        assert Path(download.value.path()).read_bytes() == content
        expect(line).to_contain_text("saved")
        expect(line.locator(".picture, img, svg[onload], iframe")).to_have_count(0)
    assert alice.page.evaluate("window.isTaken") is None
    call_goes_on(alice, stranger)
