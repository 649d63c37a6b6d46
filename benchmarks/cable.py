"""A cable with many ends that takes its time: what netem is for, where the kernel has no netem.

`python -m benchmarks.cable MILLISECONDS PLACE=ADDRESS …` gives each network namespace a device `eth0` with
that address (198.51.100.1/24, say; the place `here` is the one in which this runs). A packet that goes into
one comes out at its destination that much later. It ends with its standard input, and the devices with it.
"""

from __future__ import annotations

import fcntl
import os
import select
import struct
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address, ip_interface

from tests import programs
from tests.network.lab import run

HERE = "here"
# linux/if_tun.h: a device of the third layer, whose packets come without a header of its own.
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
# An IPv4 packet begins with twenty octets, of which the last four say where it goes (RFC 791).
HEADER, DESTINATION = 20, slice(16, 20)
LARGEST = 65_535


class Cable:
    """`ends`: the open device of each address."""

    def __init__(self, ends: dict[bytes, int], delay: float) -> None:
        self._ends, self._delay = ends, delay
        # Everything is delayed alike, so what came first goes first.
        self._under_way: deque[tuple[float, int, bytes]] = deque()

    def carry(self, until_readable: int) -> None:
        """Go on until there is something to read there, be it the end."""
        sources = [*self._ends.values(), until_readable]
        while until_readable not in (readable := select.select(sources, [], [], self._patience())[0]):
            for source in readable:
                self._take(source)
            self._deliver()

    def _patience(self) -> float | None:
        """Seconds until the next packet is due."""
        return max(0, self._under_way[0][0] - time.monotonic()) if self._under_way else None

    def _take(self, source: int) -> None:
        packet = os.read(source, LARGEST)
        target = (
            self._ends.get(packet[DESTINATION]) if packet[0] >> 4 == 4 and len(packet) >= HEADER else None
        )
        if target is not None:
            self._under_way.append((time.monotonic() + self._delay, target, packet))

    def _deliver(self) -> None:
        while self._under_way and self._under_way[0][0] <= time.monotonic():
            _, target, packet = self._under_way.popleft()
            # As on any network, what comes to a device that is full is lost.
            with suppress(BlockingIOError):
                os.write(target, packet)


def plug_in(places: dict[str, str]) -> Iterator[tuple[bytes, int]]:
    """The end of the cable in each place: its address and its open device."""
    ip = programs.network("ip")
    for number, (place, address) in enumerate(places.items()):
        # It is made here under a name for the journey, whatever else is called eth0.
        device = f"cable{number}"
        end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH", device.encode(), IFF_TUN | IFF_NO_PI))
        there = [ip] if place == HERE else [ip, "-n", place]
        if place != HERE:
            run(ip, "link", "set", device, "netns", place)
        run(*there, "link", "set", device, "name", "eth0")
        run(*there, "addr", "add", address, "dev", "eth0")
        run(*there, "link", "set", "eth0", "up")
        run(*there, "route", "add", "default", "dev", "eth0")
        yield IPv4Address(ip_interface(address).ip).packed, end


def main(milliseconds: str, *places: str) -> None:
    ends = dict(plug_in(dict(place.split("=") for place in places)))
    print("ready", flush=True)
    Cable(ends, float(milliseconds) / 1000).carry(sys.stdin.fileno())


if __name__ == "__main__":
    main(*sys.argv[1:])
