"""A copy of Roundtable as people run it: `up` with a data directory, a port and hashed static files."""

from __future__ import annotations

import email
import email.policy
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

from tests.prepared import begin_with_prepared
from tests.servers import spare_port, wait_until

ROOT = Path(__file__).resolve().parents[2]


class Server:
    """Starts with `start()`; `environment` adds settings."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.data = folder / "data"
        self.log = folder / "log"
        self.port = spare_port()
        self.url = f"http://localhost:{self.port}"
        # A plain environment: what is set on this machine must not decide whether a test passes.
        own = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        self.options: list[str] = []
        self._environment = own | {"DATA_DIR": str(self.data)} | environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        folder = self.log.parent
        folder.mkdir(parents=True, exist_ok=True)
        begin_with_prepared(self.data)
        said_before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = process = subprocess.Popen(
                self.command(),
                cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        said = lambda: self.log.read_bytes()[said_before:].decode()  # noqa: E731
        wait_until(lambda: "Ready:" in said() or process.poll() is not None, "the server is ready", 180)
        assert process.poll() is None, said()

    def command(self) -> list[str]:
        return [sys.executable, "manage.py", "up", "--port", str(self.port), *self.options]

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    @contextmanager
    def away(self) -> Iterator[None]:
        """While the block lasts, there is no server. Then it is back, for other tests too."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def crash(self) -> None:
        """The serving process is killed on the spot, as by a power cut; `up` starts another."""
        assert self._process
        [server] = [pid for pid, command in children_of(self._process.pid) if "server" in command]
        os.kill(server, signal.SIGKILL)

    def first_administrator_link(self) -> str:
        return self._said_last("First administrator")

    def letters_address(self) -> str:
        """Where a browser opens the letters."""
        return self._said_last("Letters")

    def _said_last(self, what: str) -> str:
        """The address that it gave for this when it began last: an earlier one may be of no use any more."""
        found = re.findall(rf"^{what}: (\S+)", self.log.read_text(), re.MULTILINE)
        assert found, self.log.read_text()
        return str(found[-1])

    def letters(self, address: str) -> list[EmailMessage]:
        """What has arrived for this address, oldest first."""
        found = [
            email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=email.policy.default)
            for path in sorted((self.data / "outbox").glob("*.eml"))
        ]
        return [letter for letter in found if address in str(letter["To"])]

    def letter(self, address: str, number: int = 1) -> EmailMessage:
        """The first, second … letter to this address, as soon as it is there."""
        wait_until(lambda: len(self.letters(address)) >= number, f"letter {number} to {address}", 30)
        return self.letters(address)[number - 1]


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def children_of(parent: int) -> list[tuple[int, list[str]]]:
    """Process number and command line of each child."""
    if Path("/proc/self/stat").exists():  # containers have no ps
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                command = (folder / "cmdline").read_text().split("\0")
            except OSError:  # ended while we looked
                continue
            if int(fields[1]) == parent:
                found.append((int(folder.name), command))
        return found
    lines = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,command="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 2) for line in lines.stdout.splitlines()]
    return [(int(pid), command.split()) for pid, ppid, command in rows if int(ppid) == parent]


def descendants_of(parent: int) -> list[tuple[int, list[str]]]:
    """The same for its children, theirs, and so on."""
    children = children_of(parent)
    return children + [found for child, _ in children for found in descendants_of(child)]
