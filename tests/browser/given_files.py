"""What people do with files in several stories: offer them, and save what others offer."""

from __future__ import annotations

import hashlib
import random
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.person import Person
from tests.servers import wait_until

MEGABYTE = 1_000_000
# Firefox and Safari have no picker that gives handles, and what tests choose with is a field.
BY_FIELD = "delete window.showOpenFilePicker;"


def a_file(folder: Path, name: str, size: int, seed: int = 1) -> Path:
    path = folder / name
    path.write_bytes(random.Random(seed).randbytes(size))
    return path


def sha256(path: Path | str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def offers(person: Person, *paths: Path) -> None:
    person.page.evaluate(BY_FIELD)
    chat = person.open_panel("chat")
    with person.page.expect_file_chooser() as chooser:
        chat.get_by_role("button", name="Attach a file").click()
    chooser.value.set_files([str(path) for path in paths])


def line_of(person: Person, name: str) -> Locator:
    return person.open_panel("chat").locator(".file").filter(has=person.page.get_by_title(name, exact=True))


def saves(person: Person, name: str) -> Any:
    """Presses *Save*; gives the download once it is whole."""
    line = line_of(person, name)
    with person.page.expect_download(timeout=120_000) as download:
        line.get_by_role("button", name="Save", exact=True).click()
    return download.value


def is_halfway(line: Locator, megabytes: int) -> None:
    """So much of it is there, and not all."""

    def has_come() -> bool:
        found = re.match(r"([\d.]+) of", line.locator("small").inner_text())
        return found is not None and float(found[1]) >= megabytes

    wait_until(has_come, f"{megabytes} MB have come", 90)
    expect(line.get_by_role("progressbar")).to_be_visible()
