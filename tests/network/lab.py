"""A small internet on one machine: a public network, and homes behind routers of their own.

Each place is a network namespace; cables are veth pairs, routers are iptables. All of it lies inside the
namespaces, so nothing of the machine's own network is touched, and everything goes away with them. It needs
Linux, root, iproute2 and iptables.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests import programs

PREFIX = "roundtable"
# Addresses for examples (RFC 5737): public to everybody here, and to no machine elsewhere.
PUBLIC = "203.0.113"
SERVER, RELAY = f"{PUBLIC}.10", f"{PUBLIC}.20"
WEB_PORTS = (80, 443)
STATISTIC = ("-m", "statistic", "--mode", "random", "--probability")
TOKEN_BUCKET = ("tbf", "burst", "8kb", "latency", "300ms", "rate")


class Failed(Exception):
    """A command of the system that did not work, and what it said."""


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


class Place:
    """A network namespace."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.ip_program, self.iptables_program = programs.network("ip"), programs.network("iptables")
        run(self.ip_program, "netns", "add", name)
        # Candidates of the other family would double everything and show nothing new.
        self.run("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6 || true")
        self.ip("link", "set", "lo", "up")

    @property
    def prefix(self) -> list[str]:
        """What makes a command run here."""
        return [self.ip_program, "netns", "exec", self.name]

    def run(self, *command: str) -> str:
        return run(*self.prefix, *command)

    def ip(self, *arguments: str) -> None:
        run(self.ip_program, "-n", self.name, *arguments)

    def iptables(self, *arguments: str) -> str:
        return self.run(self.iptables_program, "--wait", *arguments)

    def shape(self, *arguments: str) -> None:
        """A rule of `tc` for what leaves through a device."""
        self.run(programs.network("tc"), "qdisc", *arguments)

    def plug_in(self, device: str, other: Place, other_device: str) -> None:
        """A cable from here to there."""
        end = ["type", "veth", "peer", "name", other_device, "netns", other.name]
        run(self.ip_program, "link", "add", "name", device, "netns", self.name, *end)
        self.ip("link", "set", device, "up")
        other.ip("link", "set", other_device, "up")

    def remove(self) -> None:
        run(self.ip_program, "netns", "del", self.name)


class Router:
    """Between a home (10.N.0.0/24) and the internet, where it has one address."""

    def __init__(self, place: Place, internet: Place, number: int) -> None:
        self.place, self.number = place, number
        self.first_public = self.public = f"{PUBLIC}.{100 + number}"
        self.inside = f"10.{number}.0.1"
        place.plug_in("pub", internet, f"to{number}")
        internet.ip("link", "set", f"to{number}", "master", "br0")
        place.ip("addr", "add", f"{self.public}/24", "dev", "pub")
        place.run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward")
        self._is_narrow = False
        self.reset()

    def reset(self) -> None:
        """An ordinary router: one port for everybody outside; nobody comes in uninvited (port-restricted)."""
        if self.public != self.first_public:
            self.move_to(self.first_public)
        self.translate()
        for arguments in (("-F", "FORWARD"), ("-F", "INPUT")):
            self.place.iptables(*arguments)
        # Else the first packet from outside, which comes too early, takes the port that the home would get.
        self.place.iptables("-A", "INPUT", "-i", "pub", "-p", "udp", "-j", "DROP")
        if self._is_narrow:
            for device in ("pub", "lan"):
                self.place.shape("del", "dev", device, "root")
            self._is_narrow = False

    def translate(self, *, randomly: bool = False) -> None:
        """`randomly`: another port for each address outside, as a symmetric NAT."""
        self.place.iptables("-t", "nat", "-F", "POSTROUTING")
        self.place.iptables(
            *("-t", "nat", "-A", "POSTROUTING", "-o", "pub", "-j", "MASQUERADE"),
            *(["--random-fully"] if randomly else []),
        )

    def block_udp(self) -> None:
        self.place.iptables("-A", "FORWARD", "-p", "udp", "-j", "DROP")

    def pass_web_pages_only(self) -> None:
        for port in WEB_PORTS:
            self.place.iptables("-A", "FORWARD", "-p", "tcp", "--dport", str(port), "-j", "ACCEPT")
            self.place.iptables("-A", "FORWARD", "-p", "tcp", "--sport", str(port), "-j", "ACCEPT")
        self.place.iptables("-A", "FORWARD", "-j", "DROP")

    def lose(self, share: float) -> None:
        """This share of all datagrams, in both directions."""
        self.place.iptables("-F", "FORWARD")
        self.place.iptables("-A", "FORWARD", "-p", "udp", *STATISTIC, f"{share:.3f}", "-j", "DROP")

    def lost(self) -> int:
        """How many datagrams the first rule for what passes has dropped."""
        listed = self.place.iptables("-L", "FORWARD", "1", "-v", "-n", "-x")
        return int(listed.split()[0])

    def cut(self) -> None:
        """Nothing passes any more, and nobody is told."""
        self.place.iptables("-I", "FORWARD", "1", "-j", "DROP")

    def mend(self) -> None:
        self.place.iptables("-D", "FORWARD", "1")

    def narrow(self, kilobits: int) -> None:
        """In both directions; what waits longer than 300 ms is dropped."""
        for device in ("pub", "lan"):
            self.place.shape("add", "dev", device, "root", *TOKEN_BUCKET, f"{kilobits}kbit")
        self._is_narrow = True

    def held_back(self) -> int:
        """How often something had to wait for the narrow line, outwards."""
        said = self.place.run(programs.network("tc"), "-s", "qdisc", "show", "dev", "pub")
        return int(said.split("overlimits")[1].split()[0])

    def move_to(self, public: str) -> None:
        """The provider gives it another address; what went through the old one is forgotten."""
        self.place.ip("addr", "del", f"{self.public}/24", "dev", "pub")
        self.place.ip("addr", "add", f"{public}/24", "dev", "pub")
        self.public = public


class Computer:
    """A place with browsers, on the network of one router at a time."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.place = place
        self._folder = folder
        self._at: Router | None = None

    def connect(self, router: Router) -> None:
        device = f"net{router.number}"
        self.place.plug_in(device, router.place, "lan")
        router.place.ip("addr", "add", f"{router.inside}/24", "dev", "lan")
        self.place.ip("link", "set", device, "down")

    def go_to(self, router: Router) -> None:
        """From one network to another, as from a cable to a telephone."""
        if self._at is router:
            return
        if self._at:
            device = f"net{self._at.number}"
            self.place.ip("link", "set", device, "down")
            self.place.ip("addr", "flush", "dev", device)
        self._at, device = router, f"net{router.number}"
        self.place.ip("link", "set", device, "up")
        self.place.ip("addr", "replace", f"10.{router.number}.0.2/24", "dev", device)
        self.place.ip("route", "replace", "default", "via", router.inside)

    @property
    def public(self) -> str:
        """By which address it is known outside."""
        if self._at is None:
            raise Failed(f"{self.place.name} is on no network")
        return self._at.public

    def program(self, original: str) -> str:
        """The same program, run here."""
        wrapper = self._folder / f"{Path(original).name}-{self.place.name}"
        wrapper.write_text(f'#!/bin/sh\nexec {" ".join(self.place.prefix)} {original} "$@"\n')
        wrapper.chmod(0o755)
        return str(wrapper)


class Lab:
    """The internet, with Alice's and Bob's homes. Alice also has a telephone with a network of its own."""

    def __init__(self, folder: Path) -> None:
        self._places: list[Place] = []
        try:
            self.internet = self._place("internet")
            self.internet.ip("link", "add", "name", "br0", "type", "bridge")
            self.internet.ip("link", "set", "br0", "up")
            for address in (SERVER, RELAY):
                self.internet.ip("addr", "add", f"{address}/24", "dev", "br0")
            self.alices, self.bobs, self.telephone = (
                Router(self._place(name), self.internet, number)
                for number, name in enumerate(("alices-router", "bobs-router", "telephone"), 1)
            )
            self.alice = Computer(self._place("alice"), folder)
            self.bob = Computer(self._place("bob"), folder)
            self.alice.connect(self.alices)
            self.alice.connect(self.telephone)
            self.bob.connect(self.bobs)
            self.reset()
        except BaseException:
            self.remove()
            raise

    def _place(self, name: str) -> Place:
        place = Place(f"{PREFIX}-{os.getpid()}-{name}")
        self._places.append(place)
        return place

    def reset(self) -> None:
        for router in (self.alices, self.bobs, self.telephone):
            router.reset()
        self.alice.go_to(self.alices)
        self.bob.go_to(self.bobs)

    def remove(self) -> None:
        while self._places:
            self._places.pop().remove()


def obstacle() -> str | None:
    """Why there can be no lab on this machine, if there cannot."""
    if sys.platform != "linux":
        return "it needs Linux"
    if os.geteuid() != 0:
        return "only root may lay cables"
    try:
        for find in (lambda: programs.network("ip"), lambda: programs.network("iptables"), programs.coturn):
            find()
    except programs.MissingProgram as error:
        return str(error).partition(".")[0]
    remove_what_was_left()
    return _trial(_try_routers)


def obstacle_to_narrow_lines() -> str | None:
    return _trial(lambda place: place.shape("add", "dev", "lo", "root", *TOKEN_BUCKET, "1mbit"))


def _trial(attempt: Callable[[Place], None]) -> str | None:
    """What stands in the way of something in a place that is made for it."""
    try:
        place = Place(f"{PREFIX}-{os.getpid()}-trial")
        try:
            attempt(place)
        finally:
            place.remove()
    except (Failed, programs.MissingProgram) as error:
        return str(error)
    return None


def _try_routers(place: Place) -> None:
    place.ip("link", "add", "name", "br0", "type", "bridge")
    place.ip("link", "add", "name", "here", "type", "veth", "peer", "name", "there")
    place.run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward")
    place.iptables("-t", "nat", "-A", "POSTROUTING", "-o", "here", "-j", "MASQUERADE", "--random-fully")
    place.iptables("-A", "FORWARD", "-p", "udp", *STATISTIC, "0.1", "-j", "DROP")


def remove_what_was_left() -> None:
    """Places of a run that was killed before it could tidy up."""
    for line in run(programs.network("ip"), "netns", "list").splitlines():
        name = line.split()[0]
        owner = name.split("-")[1] if name.startswith(f"{PREFIX}-") else ""
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            run(programs.network("ip"), "netns", "del", name)
