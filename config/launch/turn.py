"""A relay of this copy's own (coturn), for people who cannot reach each other directly: `./run --turn`.

It is for one machine or one network: it carries only between those who both use it, and reaches nobody
else. An organization that meets across the internet runs deploy/coturn instead.
"""

from __future__ import annotations

import ipaddress
import secrets
import shutil
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROGRAM = "turnserver"
# The port that everybody expects (RFC 8489, 18.6), or one of those above it.
PORTS = range(3478, 3578)
LOOPBACK = "127.0.0.1"
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104
STUN_COOKIE = 0x2112A442
BINDING_REQUEST, BINDING_SUCCESS = 0x0001, 0x0101


class NoRelay(Exception):
    """There can be no relay; says why, and what to do."""


@dataclass(frozen=True)
class Relay:
    """Where it listens and what it relays from is `address`; browsers know it as `name`."""

    address: str
    name: str
    port: int
    secret: str

    @property
    def stun_url(self) -> str:
        return f"stun:{self.name}:{self.port}"

    @property
    def turn_urls(self) -> list[str]:
        return [f"turn:{self.name}:{self.port}?transport={transport}" for transport in ("udp", "tcp")]

    def settings(self) -> dict[str, str]:
        """What tells the server about it."""
        return {
            "STUN_URLS": self.stun_url,
            "TURN_URLS": ",".join(self.turn_urls),
            "TURN_SECRET": self.secret,
        }

    def write_configuration(self, folder: Path) -> Path:
        """Put down what coturn reads; what it writes lies beside it."""
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / "turnserver.conf"
        path.touch(mode=0o600)
        path.write_text(self._configuration(folder))
        return path

    def _configuration(self, folder: Path) -> str:
        lines = [
            f"listening-ip={self.address}",
            f"relay-ip={self.address}",
            f"listening-port={self.port}",
            "realm=roundtable",
            "use-auth-secret",
            f"static-auth-secret={self.secret}",
            "stale-nonce=600",
            "user-quota=100",
            # Both ends of what it carries are its own: everything else is denied.
            "denied-peer-ip=0.0.0.0-255.255.255.255",
            "denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            f"allowed-peer-ip={self.address}",
            *(["allow-loopback-peers"] if is_loopback(self.address) else []),
            *("no-multicast-peers", "no-tcp-relay", "no-tls", "no-dtls", "no-cli"),
            *("no-software-attribute", "no-rfc5780", "no-stun-backward-compatibility", "fingerprint"),
            f"userdb={folder / 'turndb'}",
            f"pidfile={folder / 'pid'}",
            "log-file=stdout",
        ]
        return "\n".join([*lines, ""])

    def answers(self) -> bool:
        """Whether it tells us our address, as STUN does (RFC 8489, 5)."""
        request = BINDING_REQUEST.to_bytes(2) + bytes(2) + STUN_COOKIE.to_bytes(4) + secrets.token_bytes(12)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
            link.settimeout(0.5)
            try:
                link.connect((self.address, self.port))
                link.send(request)
                reply = link.recv(1024)
            except OSError:
                return False
        return reply[:2] == BINDING_SUCCESS.to_bytes(2) and reply[8:20] == request[8:]


def relay(host: str, public_name: str, secret: str) -> Relay:
    """The relay for a server that listens on `host` and that people know as `public_name`.

    Raises NoRelay where coturn is not installed.
    """
    program()
    if is_local(host) and is_local(public_name):
        address = LOOPBACK
    elif is_local(host) or host in EVERYWHERE:
        # People come from elsewhere, to here or to a proxy on this machine.
        address = outward_address()
    elif ":" in host:
        raise NoRelay(
            "This relay speaks IPv4 only. Choose an address of that kind (./run --turn --host 0.0.0.0), "
            "or leave --turn out."
        )
    else:
        address = socket.gethostbyname(host)
    name = address if is_local(public_name) else public_name
    return Relay(address, name, spare_port(address, PORTS), secret)


def program() -> str:
    if found := shutil.which(PROGRAM):
        return found
    raise NoRelay(
        "A relay needs coturn. Install it (apt-get install -y coturn, or brew install coturn) and start "
        "again, or leave --turn out."
    )


def is_local(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost") or is_loopback(host)


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def outward_address() -> str:
    """The address of this machine in its network; its own where it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting sends nothing; it only makes the system choose.
            probe.connect(("198.51.100.1", 9))
        except OSError:
            return LOOPBACK
        return str(probe.getsockname()[0])


def spare_port(address: str, ports: Iterable[int]) -> int:
    """The first of these that nobody uses, neither for UDP nor for TCP."""
    for port in ports:
        with (
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
        ):
            # What was closed a moment ago does not count as used.
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                stream.bind((address, port))
                stream.listen()
                datagrams.bind((address, port))
            except OSError:
                continue
            return port
    raise NoRelay(f"A relay needs a port between {PORTS[0]} and {PORTS[-1]}, and none is free.")
