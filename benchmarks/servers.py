"""Starts what is measured, each in a process of its own, and stops it again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 120) -> None:
    """Return when `url` answers; raise when the process ends or the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if process.poll() is not None:
                raise RuntimeError(f"the server for {url} ended with {process.returncode}") from None
            if time.monotonic() > deadline:
                raise TimeoutError(f"{url} did not answer in {seconds} s") from None
            time.sleep(0.05)


@contextmanager
def running(
    command: list[str], url: str, environment: dict[str, str] | None = None, *, root: Path = ROOT
) -> Iterator[int]:
    """Run a command in `root` until the block ends; yields its process id once `url` answers."""
    process = subprocess.Popen(
        command, cwd=root, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(url, process)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def interface(host: str) -> str:
    """Where a server has to listen that is called by this name."""
    return "127.0.0.1" if host == "localhost" else host


@contextmanager
def bare(host: str = "localhost") -> Iterator[str]:
    """The bare page on the bare relay; yields its address."""
    url = f"http://{host}:{(port := free_port())}/"
    with running([sys.executable, "-m", "benchmarks.bare.relay", str(port), interface(host)], url):
        yield url


@contextmanager
def edition(revision: str) -> Iterator[Path]:
    """The code as it was at a revision of this repository, in a folder of its own until the block ends.

    It runs with the packages that are installed now.
    """
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.check_output(["git", "archive", revision], cwd=ROOT)
        subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
        yield Path(folder)


@dataclass
class Product:
    """A running copy of the product."""

    url: str
    pid: int
    environment: dict[str, str]
    root: Path = ROOT
    _codes: list[str] = field(default_factory=list)

    def meeting(self) -> str:
        """The code of a new instant meeting."""
        if not self._codes:
            self._codes = self.meetings(20)
        return self._codes.pop()

    def meetings(self, count: int) -> list[str]:
        """The codes of new instant meetings, made together: most of it is to start Django."""
        script = (
            "import django; django.setup()\n"
            "from datetime import timedelta\n"
            "from django.utils import timezone\n"
            "from accounts.models import User\n"
            "from meetings.plans import occurrences\n"
            "alice, _ = User.objects.get_or_create(email='alice@example.org', defaults={'name': 'Alice'})\n"
            f"for _ in range({count}):\n"
            "    print(occurrences.create(alice, 'Measured', timezone.now(),"
            " duration=timedelta(hours=1), instant=True).code)\n"
        )
        return subprocess.check_output(
            [sys.executable, "-c", script], cwd=self.root, env={**os.environ, **self.environment}, text=True
        ).split()


@contextmanager
def product(
    *,
    processes: int = 1,
    redis_url: str = "",
    host: str = "localhost",
    proxy_url: str = "",
    on_uvicorn: bool = False,
    root: Path = ROOT,
) -> Iterator[list[Product]]:
    """Servers as `./run` would start them, with hashed static files, on one new database.

    Where there is to be a proxy in front of them, `proxy_url` is its address. Their code stands in `root`.
    """
    with tempfile.TemporaryDirectory() as folder:
        environment = {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings", "ROOM_CAPACITY": "12"}
        # The crowds come from many addresses, by what they say in X-Forwarded-For.
        environment["TRUSTED_PROXIES"] = "1"
        if redis_url:
            environment["REDIS_URL"] = redis_url
        environment["PUBLIC_URL"] = f"http://{host}:{(port := free_port())}"
        if proxy_url:
            environment |= {"PUBLIC_URL": proxy_url, "TRUSTED_PROXIES": "1"}
        for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
            subprocess.check_call(
                [sys.executable, "manage.py", *command], cwd=root, env={**os.environ, **environment}
            )
        with ExitStack() as stack:
            servers = []
            for own_port in [port, *(free_port() for _ in range(processes - 1))]:
                url = f"http://{host}:{own_port}/"
                command = (uvicorn if on_uvicorn else daphne)(interface(host), own_port)
                pid = stack.enter_context(
                    running([*command, "config.asgi:application"], f"{url}health/", environment, root=root)
                )
                servers.append(Product(url, pid, environment, root))
            yield servers


def daphne(address: str, port: int) -> list[str]:
    return [sys.executable, "-m", "daphne", "-b", address, "-p", str(port), "-v", "0"]


def uvicorn(address: str, port: int) -> list[str]:
    """As fast as it goes: its leanest WebSockets, uncompressed, on the loop in C."""
    return [
        *(sys.executable, "-m", "uvicorn", "--host", address, "--port", str(port)),
        *("--ws", "websockets-sansio", "--loop", "uvloop", "--ws-per-message-deflate", "false"),
        *("--lifespan", "off", "--log-level", "warning"),
    ]


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used, user and system (proc(5), stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def exact_cpu_seconds(pid: int) -> float:
    """CPU time of the threads that a process has now (/proc/PID/task/*/schedstat, in nanoseconds)."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def resident_kib(pid: int) -> int:
    """Memory that a process holds (proc(5), VmRSS)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])
