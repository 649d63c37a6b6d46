"""Joins of two who are far from each other and from the server: 100 ms there and back between all three.

Each stands in a network namespace of its own; benchmarks/cable.py is between them. Product and bare relay are
behind nginx as deploy/nginx has it: a browser gives no camera to a page that comes from afar without HTTPS.
`python -m benchmarks.far ROUNDS INSIDE JOINER` is the part that runs in the server's place, with the names of
the two others.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks import cable
from benchmarks.browsers import Field, Homes, joins, open_page, rooms
from benchmarks.chromium import chromium, executable
from benchmarks.proxy import proxied
from benchmarks.servers import ROOT, bare, product
from tests import programs
from tests.network import lab
from tests.network.coturn import make_certificate
from tests.network.lab import PREFIX, PUBLIC, SERVER, Failed, Place

ROUND_TRIP = 100
INSIDE, JOINER = f"{PUBLIC}.31", f"{PUBLIC}.32"
WHAT = "with 100 ms of round trip between everything"


@contextmanager
def place(name: str) -> Iterator[Place]:
    found = Place(f"{PREFIX}-{os.getpid()}-{name}")
    try:
        yield found
    finally:
        found.remove()


def obstacle() -> str | None:
    """Why this cannot be measured on this machine, if it cannot."""
    if sys.platform != "linux":
        return "it needs Linux"
    if os.geteuid() != 0:
        return "only root may lay cables"
    if not Path("/dev/net/tun").exists():
        return "there is no /dev/net/tun"
    try:
        programs.nginx()
        lab.remove_what_was_left()
        with place("trial") as trial, laid(trial.prefix, {cable.HERE: f"{SERVER}/24"}):
            return None
    except (Failed, programs.MissingProgram, EOFError) as error:
        return str(error)


@contextmanager
def laid(prefix: list[str], ends: dict[str, str]) -> Iterator[None]:
    """A cable between places, of which `prefix` leads to the one that holds it."""
    command = [*prefix, sys.executable, "-m", "benchmarks.cable", str(ROUND_TRIP / 2)]
    command += [f"{place}={address}" for place, address in ends.items()]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        if not process.stdout.readline():
            raise EOFError("no cable could be laid")
        yield
        # Its standard input is closed here, which ends it.


def run(rounds: int) -> Iterator[str]:
    """The lines of a Markdown table."""
    if why := obstacle():
        yield f"Not measured: joins {WHAT} ({why})."
        return
    with ExitStack() as stack:
        server, inside, joiner = (stack.enter_context(place(name)) for name in ("server", "inside", "joiner"))
        addresses = {cable.HERE: SERVER, inside.name: INSIDE, joiner.name: JOINER}
        ends = {name: f"{address}/24" for name, address in addresses.items()}
        stack.enter_context(laid(server.prefix, ends))
        command = [sys.executable, "-m", "benchmarks.far", str(rounds), inside.name, joiner.name]
        with subprocess.Popen(
            [*server.prefix, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout
            for line in process.stdout:
                yield line.rstrip("\n")
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)


def measure(rounds: int, inside: str, joiner: str) -> Iterator[str]:
    """In the server's place: the same rows as those of people who are near."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        fingerprint = make_certificate(SERVER, folder)
        relay = urlsplit(stack.enter_context(bare(SERVER))).netloc
        url = stack.enter_context(proxied(relay, SERVER, 8443, folder, folder / "bare"))
        [server] = stack.enter_context(product(host=SERVER, proxy_url=f"https://{SERVER}"))
        behind = urlsplit(server.url).netloc
        server.url = stack.enter_context(proxied(behind, SERVER, 443, folder, folder / "product"))
        # Nobody signs certificates here.
        arguments = [f"--ignore-certificate-errors-spki-list={fingerprint}"]
        homes = Homes(
            *(stack.enter_context(chromium(program(name, folder), arguments)) for name in (inside, joiner))
        )
        for browser in (homes.inside, homes.joiner):
            open_page(browser, rooms(None, url)).close()  # the first page of a browser is slow
        yield f"{WHAT[0].upper()}{WHAT[1:]}, behind nginx:"
        yield ""
        field = Field(server, url)
        yield from field.header()
        yield from joins(homes, field, rounds, warmed_goal=0.4, straight_goal=1.15)


def program(home: str, folder: Path) -> str:
    """A Chromium that runs in that place."""
    wrapper = folder / home
    wrapper.write_text(f'#!/bin/sh\nexec {programs.network("ip")} netns exec {home} {executable()} "$@"\n')
    wrapper.chmod(0o755)
    return str(wrapper)


if __name__ == "__main__":
    for line in measure(int(sys.argv[1]), *sys.argv[2:]):
        print(line, flush=True)
