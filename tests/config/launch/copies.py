"""A copy of Roundtable as `./run` starts it, and whether its processes live."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.servers import PATIENCE, wait_until
from tests.settings import BASE_DIR


class Copy:
    """A copy of Roundtable that was started on a port and a data directory of its own."""

    def __init__(
        self, data: Path, port: int, log: Path | None = None, options: Sequence[str] = (), **environment: str
    ) -> None:
        self.data, self.port = data, port
        self.url = f"http://localhost:{port}"
        self.public_url = environment.get("PUBLIC_URL", self.url)
        self._log = (log or data.with_name(f"{data.name}.{port}.log")).open("w+")
        ours = {name: value for name, value in os.environ.items() if name != "PUBLIC_URL"}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(port), *options],
            cwd=BASE_DIR,
            env={**ours, "DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "config.settings", **environment},
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    @property
    def output(self) -> str:
        self._log.seek(0)
        return self._log.read()

    def wait_until_ready(self) -> Copy:
        wait_until(
            lambda: "Ready:" in self.output or self.process.poll() is not None,
            "the copy gets ready",
        )
        assert f"Ready: {self.public_url}/\n" in self.output, self.output
        return self

    def children(self) -> dict[str, int]:
        """The process numbers of "server" and "worker"."""
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
        )
        rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
        mine = [(int(pid), words) for pid, parent, words in rows if int(parent) == self.process.pid]
        return {found[1]: pid for pid, words in mine if (found := re.search(r"launch\.orphans (\w+)", words))}

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE)
        self._log.close()


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be noticed does not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return bool(state.strip()) and not state.startswith("Z")
