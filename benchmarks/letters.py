"""Five hundred attendees in one request, and how fast the worker carries their letters away."""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.servers import ROOT

PEOPLE = 500
ROUNDS = 3


def run() -> Iterator[str]:
    yield f"## Letters: {PEOPLE} attendees invited in one request"
    yield ""
    yield "| round | the page answers after | the worker drains to a local mail server | letters/s |"
    yield "|---|---|---|---|"
    with tempfile.TemporaryDirectory(prefix="roundtable-bench-") as folder:
        environment = {**os.environ, "DATA_DIR": folder, "LETTERS_A_DAY": "100000"}
        for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"):
            environment.pop(name, None)
        measured = subprocess.run(
            [sys.executable, "-m", "benchmarks.letters", str(ROUNDS)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        yield from measured.stdout.splitlines()


def measure(rounds: int) -> None:
    """Prints a line a round; in a process of its own, since Django has one set of settings."""
    from datetime import timedelta

    import django
    from django.core.management import call_command

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    call_command("migrate", verbosity=0)

    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    from accounts.models import User
    from benchmarks.servers import free_port
    from outbox import delivery
    from outbox.models import Letter

    port = free_port()
    handler = ["-n", "-c", "aiosmtpd.handlers.Sink"]
    sink = subprocess.Popen([sys.executable, "-m", "aiosmtpd", *handler, "-l", f"127.0.0.1:{port}"])
    atexit.register(sink.terminate)
    while not _answers(port):
        time.sleep(0.05)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.ALLOWED_HOSTS = ["*"]
    # Nothing has been collected here; a name with a hash takes no longer to look up.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    alice = User.objects.create_user("alice@example.org", name="Alice")
    client = Client()
    client.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    tomorrow = timezone.now() + timedelta(days=1)
    client.get("/meetings/new/")
    for number in range(rounds):
        fields = {
            "title": "All hands",
            "date": f"{tomorrow:%Y-%m-%d}",
            # Each at its own time: a meeting at the same time would be pointed out first.
            "time": f"{8 + number:02}:00",
            "length": "30",
            "zone": "UTC",
            "repeat": "",
            "people": "\n".join(f"Person {n} <person{n}@round{number}.example>" for n in range(PEOPLE)),
        }
        began = time.perf_counter()
        response = client.post("/meetings/new/", fields)
        answered = time.perf_counter() - began
        if response.status_code != 302:
            raise RuntimeError("the form was not taken")
        began = time.perf_counter()
        while Letter.objects.waiting().exists():
            delivery.deliver_due("bench")
        took = time.perf_counter() - began
        if Letter.objects.exclude(sent_at=None).count() != PEOPLE * (number + 1):
            raise RuntimeError("not every letter was taken")
        row = f"| {number + 1} | {answered * 1000:.0f} ms | {took:.1f} s | {PEOPLE / took:.0f} |"
        print(row, flush=True)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    measure(int(sys.argv[1]))
