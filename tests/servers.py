"""Private Redis and Postgres servers, each on a spare port with its files in a directory of its own."""

from __future__ import annotations

import itertools
import os
import random
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests import programs

# Below those that systems give to whoever connects somewhere (32768 and up, or 49152: RFC 6335, 6): a socket
# of a browser would take one that a server is about to listen on. Each process begins elsewhere.
PORTS = range(15_000, 32_000)
# Only what hangs takes longer, also on a machine that has much else to do. What has to be over sooner is a
# promise of the product, and no guess of a test about machines.
PATIENCE = 300.0
_next = itertools.count(random.SystemRandom().randrange(len(PORTS)))


def spare_port() -> int:
    """A port that nobody uses at this moment, and that nobody is given by chance."""
    for number in itertools.islice(_next, len(PORTS)):
        port = PORTS[number % len(PORTS)]
        if _is_free(port, socket.SOCK_STREAM) and _is_free(port, socket.SOCK_DGRAM):
            return port
    raise RuntimeError("every port is taken")


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(type=kind) as probe:
        try:
            probe.bind(("", port))
        except OSError:
            return False
        return True


def wait_until(fact: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Return as soon as `fact()` is true; fail with `what` when it never becomes so."""
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            pytest.fail(f"Waited {seconds:g} s in vain: {what}.")
        time.sleep(0.05)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(command: list[str], log: Path, ready: Callable[[], bool], **options: object) -> Iterator[None]:
    """A server that runs for as long as the block; its words go to `log`."""
    with log.open("wb") as output:
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **options)  # type: ignore[call-overload]
    try:
        wait_until(
            lambda: ready() or server.poll() is not None,
            f"{command[0]} is ready; see {log}:\n{log.read_text()}",
        )
        assert server.poll() is None, f"{command[0]} ended at once:\n{log.read_text()}"
        yield
    finally:
        server.terminate()
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of an empty Redis."""
    program, port = programs.redis(), spare_port()
    folder = Path(tempfile.mkdtemp(prefix="roundtable-redis-"))
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with running(command, folder / "log", lambda: answers(port)):
        yield f"redis://127.0.0.1:{port}/0"
    shutil.rmtree(folder)


class Redis:
    """A Redis that can be stopped and started again, empty."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, spare_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        command = [programs.redis(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        with (self.folder / "redis.log").open("ab") as log:
            self.child = subprocess.Popen([*command, "--dir", str(self.folder)], stdout=log)
        wait_until(lambda: answers(self.port), "Redis answers")

    def stop(self) -> None:
        self.child.kill()
        self.child.wait()


@pytest.fixture
def redis() -> Iterator[Redis]:
    folder = Path(tempfile.mkdtemp(prefix="roundtable-redis-"))
    redis = Redis(folder)
    yield redis
    redis.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a Postgres with an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="roundtable-postgres-"))
    options: dict[str, object] = {}
    if os.geteuid() == 0:  # Postgres refuses to run as root
        folder.chmod(0o755)
        shutil.chown(folder, "nobody")
        options = {"user": "nobody", "group": "nogroup" if _has_group("nogroup") else "nobody"}
    port, data = spare_port(), folder / "data"
    initdb = [
        programs.postgres("initdb"), "--pgdata", str(data), "--auth", "trust", "--username", "roundtable",
        "--encoding", "UTF8", "--no-locale", "--no-sync",
    ]  # fmt: skip
    made = subprocess.run(initdb, capture_output=True, text=True, cwd="/", **options)  # type: ignore[call-overload]
    assert made.returncode == 0, made.stdout + made.stderr
    command = [
        programs.postgres("postgres"), "-D", str(data), "-p", str(port), "-c", "listen_addresses=127.0.0.1",
        "-k", "", "-F",
    ]  # fmt: skip
    address = f"postgres://roundtable@127.0.0.1:{port}/postgres"
    with running(command, folder / "log", lambda: _accepts(address), cwd="/", **options):
        yield address
    shutil.rmtree(folder)


def new_database(url: str) -> str:
    """The address of an empty database on this Postgres."""
    name = f"rooms_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{url.rpartition('/')[0]}/{name}"


class refusing_connections:
    """While the block lasts, the database throws everybody out."""

    def __init__(self, database: str, postgres: str) -> None:
        self.name, self.postgres = database.rpartition("/")[2], postgres

    def __enter__(self) -> None:
        self._allow("false")
        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self.name]
            )

    def __exit__(self, *error: object) -> None:
        self._allow("true")

    def _allow(self, answer: str) -> None:
        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS {answer}")


def _has_group(name: str) -> bool:
    import grp

    return any(group.gr_name == name for group in grp.getgrall())


def _accepts(address: str) -> bool:
    try:
        psycopg.connect(address, connect_timeout=1).close()
    except psycopg.OperationalError:
        return False
    return True
