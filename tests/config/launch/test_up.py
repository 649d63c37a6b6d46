"""`manage.py up`, as it runs behind `./run`."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from django.db import OperationalError

from config.launch import data_directory, front
from tests.config.launch.copies import Copy, is_alive
from tests.prepared import begin_with_prepared
from tests.servers import PATIENCE, answers, spare_port, wait_until
from tests.settings import BASE_DIR


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=PATIENCE) as response:
        return str(response.read().decode())


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(scope="module")
def copy() -> Iterator[Copy]:
    """A copy that runs, for tests that leave it running."""
    folder = Path(tempfile.mkdtemp(prefix="roundtable-up-"))
    begin_with_prepared(folder / "data")
    copy = Copy(folder / "data", spare_port())
    try:
        yield copy.wait_until_ready()
    finally:
        copy.end()
        shutil.rmtree(folder)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Copy]]:
    """`start()`: one more copy, with a directory of its own, ended with the test."""
    copies: list[Copy] = []

    def started(
        data: Path | None = None,
        port: int | None = None,
        log: Path | None = None,
        options: Sequence[str] = (),
        **environment: str,
    ) -> Copy:
        if data is None:
            data = tmp_path / f"data{len(copies)}"
            begin_with_prepared(data)
        copies.append(Copy(data, port or spare_port(), log, options, **environment))
        return copies[-1]

    yield started
    for one in copies:
        one.end()


def test_when_it_says_ready_pages_answer(copy):
    page = get(f"{copy.url}/account/login/")
    assert "Sign in" in page
    style = re.search(r'href="(/static/css/\w+\.[0-9a-f]+\.css)"', page)
    assert style, page
    assert get(copy.url + style[1])


def test_the_link_for_the_first_administrator_works(copy):
    link = re.search(r"^First administrator: (http://\S+)$", copy.output, re.MULTILINE)
    assert link, copy.output
    assert "The first administrator" in get(link[1])


def test_it_says_that_answers_of_calendar_programs_are_lost_and_what_to_set(copy):
    assert "in their calendar programs is lost" in copy.output
    assert "Set REPLY_ADDRESS" in copy.output


def test_the_letters_of_a_copy_without_mail_server_are_shown(copy):
    address = re.search(rf"^Letters: ({copy.url}/outbox/open/\w+/)$", copy.output, re.MULTILINE)
    assert address, copy.output
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with browser.open(address[1], timeout=PATIENCE) as page:
        assert "No letter yet" in page.read().decode()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        get(f"{copy.url}/outbox/")


def test_behind_a_proxy_it_names_the_address_that_people_type(start):
    public = start(
        PUBLIC_URL="https://meet.example.org",
        TRUSTED_PROXIES="1",
        REPLY_ADDRESS="meetings@meet.example.org",
    ).wait_until_ready()
    assert "calendar programs" not in public.output
    assert "localhost" not in public.output
    assert "First administrator: https://meet.example.org/" in public.output
    # Nobody reads letters there but administrators.
    assert "Letters:" not in public.output


def test_it_says_when_its_own_address_is_not_allowed(start):
    closed = start(PUBLIC_URL="https://meet.example.org", ALLOWED_HOSTS="other.example.org")
    assert closed.process.wait(PATIENCE) == 1
    assert "ALLOWED_HOSTS leaves out “meet.example.org”" in closed.output
    assert "Ready:" not in closed.output


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "http://localhost:8000"),
        ("0.0.0.0", "http://localhost:8000"),
        ("localhost", "http://localhost:8000"),
        ("192.168.1.5", "http://192.168.1.5:8000"),
        ("::", "http://localhost:8000"),
        ("::1", "http://[::1]:8000"),
    ],
)
def test_without_an_address_it_is_found_where_it_listens(host, expected):
    assert front.address(host, 8000) == expected


def test_a_copy_for_everybody_says_how_others_reach_it_and_what_cameras_need(settings, monkeypatch):
    monkeypatch.setattr("config.launch.turn.outward_address", lambda: "192.168.1.5")
    for host in ("0.0.0.0", "::"):
        [others, cameras] = front.words_for_others(host, 8000)
        assert others.startswith("Other machines: http://192.168.1.5:8000/ ")
        assert "over HTTPS only" in cameras
    settings.PUBLIC_URL = "http://192.168.1.5:8000"
    assert front.words_for_others("192.168.1.5", 8000) == [cameras]
    settings.PUBLIC_URL = "https://meet.example.org"
    assert front.words_for_others("0.0.0.0", 8000) == []


def test_a_copy_for_this_machine_says_nothing_of_others():
    assert front.words_for_others("127.0.0.1", 8000) == []


def test_it_answers_at_an_address_of_ipv6(start):
    modern = start(options=["--host", "::1"], PUBLIC_URL="")
    modern.public_url = f"http://[::1]:{modern.port}"
    modern.wait_until_ready()
    assert "Sign in" in get(f"{modern.public_url}/account/login/")


def test_a_mistyped_setting_is_said_at_the_start(start):
    slipped = start(ROOM_CAPACTY="4").wait_until_ready()
    assert "ROOM_CAPACTY is no setting and does nothing. Did you mean ROOM_CAPACITY?\n" in slipped.output


def test_a_full_disk_is_said_before_anything_is_written(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=3 * 2**20))
    with pytest.raises(front.CannotStart, match=r"is full \(3 MB are free, and 64 MB needed"):
        data_directory.require_disk()


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), OperationalError("database or disk is full")]
)
def test_a_disk_that_fills_up_during_the_start_is_said_in_one_sentence(error):
    with (
        pytest.raises(front.CannotStart, match="Make room, or choose another folder"),
        data_directory.in_a_sentence(),
    ):
        raise error


def test_other_errors_of_the_disk_are_not_called_a_full_one():
    with pytest.raises(PermissionError), data_directory.in_a_sentence():
        raise PermissionError(errno.EACCES, "Permission denied")


def test_ctrl_c_in_the_first_moment_leaves_no_traceback(start, tmp_path):
    early = start(data=tmp_path / "fresh")
    # The settings have been read, and nothing else.
    wait_until((early.data / "secret-key").exists, "the start begins")
    early.process.send_signal(signal.SIGINT)
    assert early.process.wait(PATIENCE) in (0, -signal.SIGINT)
    assert early.output == ""


def test_nobody_else_on_the_machine_reads_its_data(copy):
    assert mode_of(copy.data) == 0o700
    database = copy.data / "roundtable.sqlite3"
    for file in (database, *copy.data.glob("roundtable.sqlite3-*"), copy.data / "secret-key"):
        assert mode_of(file) == 0o600, file


def test_data_that_was_open_to_all_is_closed_at_the_next_start(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    database = tmp_path / "roundtable.sqlite3"
    database.touch()
    database.chmod(0o644)
    before = os.umask(0o022)
    try:
        data_directory.make_writable()
        (tmp_path / "new").touch()
    finally:
        os.umask(before)
    assert mode_of(database) == mode_of(tmp_path / "new") == 0o600


def test_a_taken_port_is_said_in_one_sentence(copy, start):
    second = start(port=copy.port)
    assert second.process.wait(PATIENCE) == 1
    assert second.output == (
        f"Port {copy.port} is taken. Stop what uses it or choose another: ./run --port {copy.port + 1}\n"
    )


def test_one_data_directory_is_for_one_copy(copy, start):
    second = start(data=copy.data)
    assert second.process.wait(PATIENCE) == 1
    assert second.output.startswith(f"Roundtable is already running with the data in {copy.data}. ")
    assert second.output.count("\n") == 1


def test_where_it_cannot_write_is_said_in_one_sentence(start, tmp_path):
    (tmp_path / "file").write_text("in the way")
    refused = start(data=tmp_path / "file" / "data", log=tmp_path / "log")
    assert refused.process.wait(PATIENCE) == 1
    assert refused.output.startswith(f"Roundtable cannot write to {tmp_path}/file/data (")
    assert refused.output.endswith("Choose another folder: ./run --data FOLDER\n")
    assert refused.output.count("\n") == 1


def test_without_coturn_it_says_what_a_relay_needs(start, tmp_path):
    bare = start(options=["--turn"], PATH=str(tmp_path))
    assert bare.process.wait(PATIENCE) == 1
    assert bare.output.startswith("A relay needs coturn. Install it (apt-get install -y coturn, ")
    assert bare.output.count("\n") == 1


def test_it_starts_no_relay_beside_one_that_is_named(start):
    torn = start(options=["--turn"], TURN_URLS="turn:turn.example.org", TURN_SECRET="north")
    assert torn.process.wait(PATIENCE) == 1
    assert torn.output.startswith("TURN_URLS names a relay already.")
    assert torn.output.count("\n") == 1


def a_relay_that_answers(folder: Path) -> str:
    """A PATH on which `turnserver` is one that only says where we are (RFC 8489, 5)."""
    program = folder / "turnserver"
    program.write_text(
        f"""#!{sys.executable}
import re, socket, sys
told = open(sys.argv[2]).read()
here = re.search("listening-ip=(.*)", told)[1], int(re.search("listening-port=(.*)", told)[1])
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
    link.bind(here)
    while True:
        request, sender = link.recvfrom(1024)
        link.sendto(bytes([1, 1, 0, 0]) + request[4:20], sender)
"""
    )
    program.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_a_relay_is_announced_and_started_again_and_ends_with_it(start, tmp_path, sign):
    path = a_relay_that_answers(tmp_path)
    copy = start(options=["--turn"], PATH=path).wait_until_ready()
    assert re.search(r"^Relay: turn:127\.0\.0\.1:\d+$", copy.output, re.MULTILINE)
    runner = copy.children()["relay"]
    [fallen] = children_of(runner)
    os.kill(runner, signal.SIGKILL)
    wait_until(lambda: copy.children().get("relay", runner) != runner, "a new relay")
    wait_until(lambda: not is_alive(fallen), "the old one ends with what held it")
    wait_until(lambda: children_of(copy.children()["relay"]), "the new one runs")
    [relay] = children_of(copy.children()["relay"])
    copy.process.send_signal(sign)
    copy.process.wait(PATIENCE)
    wait_until(lambda: not is_alive(relay), "the relay ends too")


def children_of(parent: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split() for line in listed.splitlines()]
    return [int(pid) for pid, of in rows if int(of) == parent]


@pytest.mark.parametrize("name", ["server", "worker"])
def test_a_child_that_falls_is_started_again(copy, name):
    fallen = copy.children()[name]
    os.kill(fallen, signal.SIGKILL)
    wait_until(lambda: copy.children().get(name, fallen) != fallen, f"a new {name}")
    # Whoever comes in between waits, and is not refused.
    assert get(f"{copy.url}/health/") == "ok\n"


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_beside_another_copy_it_starts_and_stops_with_everything_it_started(copy, start, sign):
    other = start().wait_until_ready()
    assert get(f"{other.url}/health/") == get(f"{copy.url}/health/") == "ok\n"
    children = other.children()
    assert set(children) == {"server", "worker"}
    other.process.send_signal(sign)
    assert other.process.wait(PATIENCE) == 0
    # It waited for them; nothing was left to what ends orphans.
    assert not any(is_alive(pid) for pid in children.values())
    assert not answers(other.port)
    assert answers(copy.port)
    assert "Traceback" not in other.output


def test_its_children_do_not_outlive_it_when_it_is_killed(start):
    killed = start().wait_until_ready()
    children = killed.children()
    assert set(children) == {"server", "worker"}
    killed.process.kill()
    wait_until(lambda: not any(is_alive(pid) for pid in children.values()), "the children end too")


def test_older_code_on_newer_tables_does_not_start(start, tmp_path):
    data = tmp_path / "newer"
    begin_with_prepared(data)
    with closing(sqlite3.connect(data / "roundtable.sqlite3")) as new:
        columns, values = "(app, name, applied)", "('rooms', '9001_x', '2030-01-01')"
        new.execute(f"insert into django_migrations {columns} values {values}")
        new.commit()
    refused = start(data=data)
    assert refused.process.wait(PATIENCE) == 1
    assert "(rooms.9001_x)" in refused.output
    assert refused.output.count("\n") == 1


def test_a_database_is_copied_before_it_is_changed(start, tmp_path):
    data = tmp_path / "older"
    begin_with_prepared(data)
    for file in data.glob("*.sqlite3*"):
        file.unlink()
    environment = {**os.environ, "DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "config.settings"}
    older = [sys.executable, "manage.py", "migrate", "auth", "--verbosity", "0"]
    subprocess.run(older, cwd=BASE_DIR, env=environment, check=True)
    start(data=data).wait_until_ready()
    [backup] = (data / "backups").iterdir()
    assert backup.read_bytes().startswith(b"SQLite format 3")
