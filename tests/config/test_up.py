"""`manage.py up`, as it runs behind `./run`."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers import answers, spare_port, wait_until
from tests.settings import BASE_DIR

# Starting a whole copy is no quick check.
pytestmark = pytest.mark.usefixtures("prepared_data")


class Copy:
    """A copy of Roundtable that was started on a port and a data directory of its own."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.url = f"http://localhost:{port}"
        self._log = tempfile.TemporaryFile("w+")
        # As `./run` does.
        environment = {**os.environ, "DATA_DIR": str(data), "PUBLIC_URL": self.url}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(port)],
            cwd=BASE_DIR,
            env={**environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
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
            seconds=90,
        )
        assert f"Ready: {self.url}/\n" in self.output, self.output
        return self

    def children(self) -> dict[str, int]:
        """The process numbers of "server" and "worker"."""
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
        )
        rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
        mine = [(int(pid), words) for pid, parent, words in rows if int(parent) == self.process.pid]
        return {found[1]: pid for pid, words in mine if (found := re.search(r"config\.leash (\w+)", words))}

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        self._log.close()


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as response:
        return str(response.read().decode())


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be noticed does not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return bool(state.strip()) and not state.startswith("Z")


@pytest.fixture(scope="module")
def prepared_data() -> Iterator[Path]:
    """A data directory after a first start, so that not every test waits for one."""
    folder = Path(tempfile.mkdtemp(prefix="roundtable-up-"))
    copy = Copy(folder / "data", spare_port())
    try:
        copy.wait_until_ready()
    finally:
        copy.end()
    yield folder / "data"
    shutil.rmtree(folder)


@pytest.fixture
def start(prepared_data: Path, tmp_path: Path) -> Iterator[Callable[..., Copy]]:
    """`start()`: one more copy, ended with the test; several starts in one test have one directory each."""
    copies: list[Copy] = []

    def started(data: Path | None = None, port: int | None = None) -> Copy:
        if data is None:
            data = tmp_path / f"data{len(copies)}"
            shutil.copytree(prepared_data, data)
        copies.append(Copy(data, port or spare_port()))
        return copies[-1]

    yield started
    for copy in copies:
        copy.end()


def test_when_it_says_ready_pages_answer(start):
    copy = start().wait_until_ready()
    page = get(f"{copy.url}/account/login/")
    assert "Sign in" in page
    styles = re.search(r'href="(/static/css/base\.[0-9a-f]+\.css)"', page)
    assert styles, page
    assert get(copy.url + styles[1])


def test_the_link_for_the_first_administrator_works(start):
    copy = start().wait_until_ready()
    link = re.search(r"^First administrator: (http://\S+)$", copy.output, re.MULTILINE)
    assert link, copy.output
    assert "The first administrator" in get(link[1])


def test_the_letters_of_a_copy_without_mail_server_are_shown(start):
    copy = start().wait_until_ready()
    assert f"Letters: {copy.url}/outbox/\n" in copy.output
    assert "No letter yet" in get(f"{copy.url}/outbox/")


def test_two_copies_run_side_by_side(start):
    one, other = start(), start()
    for copy in (one, other):
        assert get(f"{copy.wait_until_ready().url}/health/") == "ok\n"


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_with_everything_it_started(start, sign):
    copy = start().wait_until_ready()
    children = copy.children()
    assert set(children) == {"server", "worker"}
    copy.process.send_signal(sign)
    assert copy.process.wait(10) == 0
    assert not any(is_alive(pid) for pid in children.values())
    assert not answers(copy.port)
    assert "Traceback" not in copy.output


def test_its_children_do_not_outlive_it_when_it_is_killed(start):
    copy = start().wait_until_ready()
    children = copy.children()
    copy.process.kill()
    wait_until(lambda: not any(is_alive(pid) for pid in children.values()), "the children end too")


@pytest.mark.parametrize("name", ["server", "worker"])
def test_a_child_that_falls_is_started_again(start, name):
    copy = start().wait_until_ready()
    fallen = copy.children()[name]
    os.kill(fallen, signal.SIGKILL)
    wait_until(lambda: copy.children().get(name, fallen) != fallen, f"a new {name}")
    # Whoever comes in between waits, and is not refused.
    assert get(f"{copy.url}/health/") == "ok\n"


def test_a_taken_port_is_said_in_one_sentence(start):
    first = start().wait_until_ready()
    second = start(port=first.port)
    assert second.process.wait(30) == 1
    assert second.output == (
        f"CommandError: Port {first.port} is taken. "
        f"Stop what uses it or choose another: ./run --port {first.port + 1}\n"
    ).removeprefix("CommandError: ")


def test_one_data_directory_is_for_one_copy(start):
    first = start().wait_until_ready()
    second = start(data=first.data)
    assert second.process.wait(30) == 1
    assert second.output.startswith("Roundtable is already running with the data in ")
    assert second.output.count("\n") == 1


def test_where_it_cannot_write_is_said_in_one_sentence(start, tmp_path):
    (tmp_path / "file").write_text("in the way")
    copy = start(data=tmp_path / "file" / "data")
    assert copy.process.wait(30) == 1
    assert copy.output.startswith(f"Roundtable cannot write to {tmp_path}/file/data (")
    assert copy.output.endswith("Choose another folder: ./run --data FOLDER\n")
    assert copy.output.count("\n") == 1


def test_a_second_start_collects_nothing_again(start):
    copy = start()
    manifest = copy.data / "static" / "staticfiles.json"
    before = manifest.stat().st_mtime_ns
    copy.wait_until_ready()
    assert manifest.stat().st_mtime_ns == before


def test_a_database_is_copied_before_it_is_changed(start, prepared_data, tmp_path):
    data = tmp_path / "older"
    shutil.copytree(prepared_data, data)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "outbox", "zero", "--verbosity", "0"],
        cwd=BASE_DIR,
        env={**os.environ, "DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
    )
    assert not (data / "backups").exists()
    start(data=data).wait_until_ready()
    [backup] = (data / "backups").iterdir()
    assert backup.read_bytes().startswith(b"SQLite format 3")
