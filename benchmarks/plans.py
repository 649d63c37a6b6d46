"""What is planned: how long the server takes for the lists of somebody with very many meetings."""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from benchmarks.servers import ROOT, Product, bare, cpu_seconds, product
from meetings.calendar import recurrence

MEETINGS, SERIES = 2000, 200
WARM, MEASURED = 5, 40
PAGES = {
    "agenda": "/",
    "agenda, its third page": "/?page=3",
    "week": "/meetings/week/",
    "month": "/meetings/month/",
    "past": "/meetings/past/",
}
# Single ones from a year ago to a year ahead; series that run through today, by the week and some by the day.
CALENDAR = """
import sys
import django; django.setup()
from datetime import timedelta
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils import timezone
from accounts.models import User
from meetings.models import Answer, Attendee, Occurrence
from meetings.plans import occurrences

meetings, series = int(sys.argv[1]), int(sys.argv[2])
now = timezone.now().replace(minute=0, second=0, microsecond=0)


def person(name):
    user = User.objects.create_user(f"{name}@example.org", name=name.title(), time_zone="Europe/Berlin")
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session.create()
    print(session.session_key)
    return user


with transaction.atomic():
    busy, idle = person("busy"), person("idle")
    occurrences.create(idle, "The only one", now + timedelta(hours=1))
    made = []
    for n in range(meetings):
        if n < series:
            rule = "FREQ=DAILY;COUNT=200" if n % 10 == 0 else "FREQ=WEEKLY;COUNT=52"
            at = now - timedelta(days=100, hours=n % 24)
        else:
            rule, at = "", now + timedelta(hours=(n - series) * 730 * 24 // (meetings - series) - 365 * 24)
        made.append(
            occurrences.create(busy, f"Meeting {n}", at, rrule=rule, time_zone="Europe/Berlin")
        )
    guests = Attendee.objects.bulk_create(
        Attendee(meeting=meeting, email=f"guest{n}@example.org", name=f"Guest {n}")
        for meeting in made for n in range(5)
    )
    Answer.objects.bulk_create(
        Answer(attendee=guest, series_id=guest.meeting.last_series_id,
               partstat=("ACCEPTED", "TENTATIVE", "NEEDS-ACTION")[n % 5 % 3])
        for n, guest in enumerate(guests)
    )
print(Occurrence.objects.count())
"""


def run() -> Iterator[str]:
    yield f"| server time for a page, ms ({MEASURED} times) | median | 95th of 100 | CPU, mean |"
    yield "|---|---:|---:|---:|"
    with bare() as url:
        yield _row("a bare page", url, "/")
    with product() as [server]:
        busy, idle, occurrences = _people(server)
        yield _row("agenda of somebody with one meeting", server.url, "/", idle, server.pid)
        for name, path in PAGES.items():
            whose = f"{MEETINGS:,} meetings, {SERIES} of them series, {int(occurrences):,} dates"
            yield _row(f"{name} ({whose})", server.url, path, busy, server.pid)
    yield _expansions()


def _expansions() -> str:
    """A year of a daily series, laid out on the wall and given its zone; nothing is remembered between."""
    rule, zone = recurrence.parse("FREQ=DAILY;COUNT=366"), ZoneInfo("Europe/Berlin")
    start = datetime(2026, 1, 1, 9)  # noqa: DTZ001 - as a wall shows it
    took = []
    for _ in range(WARM + MEASURED):
        began = time.perf_counter()
        for at in recurrence.expand(rule, start):
            recurrence.moment(recurrence.written(at), zone)
        took.append((time.perf_counter() - began) * 1000)
    ninety_five = statistics.quantiles(took[WARM:], n=20)[-1]
    return f"| a year of a daily series | {statistics.median(took[WARM:]):.1f} | {ninety_five:.1f} | |"


def _row(name: str, url: str, path: str, session: str = "", pid: int | None = None) -> str:
    """With what the processor of the server worked on each, the first ones included."""
    before = cpu_seconds(pid) if pid else 0
    took = measure(url, path, session)
    worked = f"{(cpu_seconds(pid) - before) * 1000 / (WARM + MEASURED):.1f}" if pid else ""
    return (
        f"| {name} | {statistics.median(took):.1f} | {statistics.quantiles(took, n=20)[-1]:.1f} | {worked} |"
    )


def measure(url: str, path: str, session: str = "") -> list[float]:
    """Milliseconds from the connection to the last byte; each time a new one, as the bare server has it."""
    host = urlsplit(url).netloc
    headers = {"Cookie": f"session={session}", "Accept-Encoding": "gzip"} if session else {}
    took = []
    for _ in range(WARM + MEASURED):
        connection = http.client.HTTPConnection(host, timeout=60)
        began = time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        took.append((time.perf_counter() - began) * 1000)
        connection.close()
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}")
    return took[WARM:]


def _people(server: Product) -> list[str]:
    """The sessions of somebody with very many meetings and of somebody with one; how many dates that is."""
    command = [sys.executable, "-c", CALENDAR, str(MEETINGS), str(SERIES)]
    environment = {**os.environ, **server.environment}
    return subprocess.check_output(command, cwd=ROOT, env=environment, text=True).split()
