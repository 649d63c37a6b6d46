"""Files from browser to browser: what the other one has in the end."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.given_files import MEGABYTE, a_file, is_halfway, line_of, offers, saves, sha256

# The connections of a page break, as when a network goes away, and everybody makes others.
BREAK = """() => {
  const open = window.observe.connections.filter(({ connectionState }) => connectionState !== "closed");
  for (const connection of open) connection.close();
}"""


def test_a_file_that_somebody_offers_is_saved_by_whoever_wants_it(alice, bob, carol, tmp_path):
    link = alice.meet_now()
    for person in (alice, bob, carol):
        person.join(link)
    path = a_file(tmp_path, "deck-plan.pdf", 5 * MEGABYTE)
    offers(alice, path)
    expect(line_of(bob, "deck-plan.pdf")).to_contain_text("5 MB, offered to all")
    saved = saves(bob, "deck-plan.pdf")
    assert saved.suggested_filename == "deck-plan.pdf"
    assert sha256(saved.path()) == sha256(path)
    expect(line_of(bob, "deck-plan.pdf")).to_contain_text("5 MB, saved")
    expect(line_of(alice, "deck-plan.pdf")).to_contain_text("Bob has it")
    expect(line_of(carol, "deck-plan.pdf")).to_contain_text("offered to all")
    assert sha256(saves(carol, "deck-plan.pdf").path()) == sha256(path)
    expect(line_of(alice, "deck-plan.pdf")).to_contain_text("Bob and Carol have it")


def test_a_name_does_not_deceive_about_what_a_file_is(alice, bob, tmp_path):
    link = alice.meet_now()
    for person in (alice, bob):
        person.join(link)
    offers(alice, a_file(tmp_path, f"report{'x' * 100}\u202efdp.exe", 1000))
    line = bob.open_panel("chat").locator(".file")
    expect(line.locator("strong")).to_have_text(re.compile(r"^reportx+fdp\.exe$"))
    ending = line.locator("strong > :last-child")
    expect(ending).to_have_text(".exe")
    box, whole = ending.bounding_box(), line.bounding_box()
    assert box
    assert whole
    assert box["width"] > 10
    assert box["x"] + box["width"] <= whole["x"] + whole["width"]


def test_a_file_goes_on_after_the_connection_was_lost(alice, bob, tmp_path):
    link = alice.meet_now()
    for person in (alice, bob):
        person.join(link)
    path = a_file(tmp_path, "film.mkv", 40 * MEGABYTE)
    offers(alice, path)
    line = line_of(bob, "film.mkv")
    with bob.page.expect_download(timeout=180_000) as download:
        line.get_by_role("button", name="Save", exact=True).click()
        is_halfway(line, 8)
        alice.page.evaluate(BREAK)
    assert sha256(download.value.path()) == sha256(path)


def test_a_file_goes_on_after_the_page_of_its_receiver_was_loaded_again(alice, bob, tmp_path):
    link = alice.meet_now()
    for person in (alice, bob):
        person.join(link)
    path = a_file(tmp_path, "film.mkv", 40 * MEGABYTE)
    offers(alice, path)
    line = line_of(bob, "film.mkv")
    line.get_by_role("button", name="Save", exact=True).click()
    is_halfway(line, 8)
    bob.context.add_init_script(NOTE_REQUESTS)
    with bob.page.expect_download(timeout=180_000) as download:
        bob.reload()
    assert sha256(download.value.path()) == sha256(path)
    assert bob.page.evaluate("window.asked[0]") >= 7, "what he had did not come again"


def test_a_file_goes_on_after_the_page_of_its_author_was_loaded_again(alice, bob):
    link = alice.meet_now()
    for person in (alice, bob):
        person.join(link)
    alice.page.evaluate(PICK_OWN)
    alice.open_panel("chat").get_by_role("button", name="Attach a file").click()
    line = line_of(bob, "film.mkv")
    with bob.page.expect_download(timeout=180_000) as download:
        line.get_by_role("button", name="Save", exact=True).click()
        is_halfway(line, 8)
        given = alice.page.evaluate("window.given")
        alice.reload()
    assert sha256(download.value.path()) == given


def test_a_device_without_room_is_said_before_anything_moves(alice, bob, tmp_path):
    link = alice.meet_now()
    for person in (alice, bob):
        person.join(link)
    path = a_file(tmp_path, "film.mkv", 2 * MEGABYTE)
    offers(alice, path)
    line = line_of(bob, "film.mkv")
    bob.page.evaluate("navigator.storage.estimate = async () => ({ quota: 1_500_000, usage: 0 })")
    line.get_by_role("button", name="Save", exact=True).click()
    expect(line).to_contain_text("There is not enough room on this device.")
    expect(line_of(alice, "film.mkv")).to_contain_text("offered to all")
    bob.page.evaluate("delete navigator.storage.estimate")
    with bob.page.expect_download(timeout=60_000) as download:
        line.get_by_role("button", name="Try again").click()
    assert sha256(download.value.path()) == sha256(path)


def test_pictures_are_shown_small_and_opened_large_and_what_only_calls_itself_one_is_not(
    alice, bob, tmp_path
):
    link = alice.meet_now()
    for person in (alice, bob):
        person.join(link)
    (tmp_path / "harbour.png").write_bytes(png(1200, 800))
    # A bomb, as its head says; a page; and neither.
    (tmp_path / "bomb.png").write_bytes(png(50_000, 50_000, rows=1))
    (tmp_path / "page.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    )
    (tmp_path / "words.png").write_text("<script>alert(1)</script>")
    offers(alice, *(tmp_path / name for name in ("harbour.png", "bomb.png", "page.svg", "words.png")))
    picture = line_of(bob, "harbour.png").get_by_role("button", name="Show harbour.png large")
    expect(picture).to_be_visible()
    size = picture.locator("img").evaluate("(img) => [img.naturalWidth, img.naturalHeight]")
    assert size == [640, 427]
    picture.click()
    large = bob.page.get_by_role("dialog", name="harbour.png")
    expect(large.locator("img")).to_have_js_property("naturalWidth", 1200)
    box, window = large.bounding_box(), bob.page.viewport_size
    assert box
    assert window
    assert abs(2 * box["x"] + box["width"] - window["width"]) < 4, "in the middle"
    assert abs(2 * box["y"] + box["height"] - window["height"]) < 4, "in the middle"
    bob.page.keyboard.press("Escape")
    expect(large).to_have_count(0)
    for name in ("bomb.png", "page.svg", "words.png"):
        expect(line_of(bob, name).get_by_role("button", name="Save", exact=True)).to_be_visible()
        expect(line_of(bob, name).locator(".picture")).to_have_count(0)
    assert sha256(saves(bob, "harbour.png").path()) == sha256(tmp_path / "harbour.png")
    assert bob.barriers() == []


def png(width: int, height: int, *, rows: int | None = None) -> bytes:
    """One of a single colour; `rows`: so many are really there."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x80" * width) * (height if rows is None else rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.devices
def test_chromium_and_firefox_give_each_other_files(alice, fiona, tmp_path):
    link = alice.meet_now()
    alice.join()
    fiona.join(link)
    path = a_file(tmp_path, "deck-plan.pdf", 3 * MEGABYTE)
    offers(alice, path)
    fiona.firefox.evaluate(CATCH)
    fiona.firefox.evaluate(OPEN_CHAT)
    fiona.firefox.wait("document.querySelector('#chat .file .buttons .button') !== null")
    fiona.firefox.evaluate("document.querySelector('#chat .file .buttons .button').click()")
    fiona.firefox.wait("window.caught?.length > 0", 90)
    assert fiona.firefox.evaluate("window.caught[0]") == sha256(path)

    fiona.firefox.evaluate(DROP)
    saved = saves(alice, "notes.bin")
    assert hashlib.sha256(Path(saved.path()).read_bytes()).hexdigest() == fiona.firefox.evaluate(
        "window.given"
    )


# A picker that gives handles, which last through a reload: here of a file that the origin has itself.
PICK_OWN = """async () => {
  const root = await navigator.storage.getDirectory();
  const handle = await root.getFileHandle("film.mkv", { create: true });
  const bytes = new Uint8Array(40_000_000);
  for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  const stream = await handle.createWritable();
  await stream.write(bytes);
  await stream.close();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  window.given = [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  window.showOpenFilePicker = async () => [handle];
}"""
# From which block on it is asked for.
NOTE_REQUESTS = """(() => {
  window.asked = [];
  const send = RTCDataChannel.prototype.send;
  RTCDataChannel.prototype.send = function (data) {
    if (typeof data === "string" && data.includes("file-request")) window.asked.push(JSON.parse(data).from);
    return send.call(this, data);
  };
})()"""
OPEN_CHAT = """(() => {
  if (document.querySelector("#chat").hidden) document.querySelector('[data-control="chat"]').click();
})()"""
# What is handed over for a download is looked at in its place.
CATCH = """(() => {
  window.caught = [];
  const blobs = new Map();
  const address = URL.createObjectURL;
  URL.createObjectURL = (blob) => {
    const found = address.call(URL, blob);
    blobs.set(found, blob);
    return found;
  };
  const click = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = async function () {
    if (!this.download) return click.call(this);
    const bytes = await blobs.get(this.href).arrayBuffer();
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    window.caught.push([...hash].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
  };
})()"""
# Three megabytes that are dropped on the chat.
DROP = """(async () => {
  const bytes = new Uint8Array(3_000_000);
  for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  window.given = [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const data = new DataTransfer();
  data.items.add(new File([bytes], "notes.bin"));
  const event = new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data });
  document.querySelector("#chat").dispatchEvent(event);
})()"""
