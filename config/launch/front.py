"""Where this copy is reached: the address that it listens on, and the one that people type."""

from __future__ import annotations

import errno
import http.client
import ipaddress
import socket
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings

from config.launch import turn

BACKLOG = 256
THIS_MACHINE = "127.0.0.1"
# On every address of this machine: of IPv4, of both kinds.
EVERYWHERE = turn.EVERYWHERE
NO_PORT = "A port is a number from 1 to 65535: ./run --port 8001"


class CannotStart(Exception):
    """Something is in the way; says what, and what to do."""


def address(host: str, port: int) -> str:
    """Where people find a copy that was told nothing else."""
    if host == THIS_MACHINE or host in EVERYWHERE:
        host = "localhost"
    return f"http://{_in_brackets(host)}:{port}"


def words_for_others(host: str, port: int) -> list[str]:
    """What people on other machines need to know about a copy that lets them in, a line each."""
    public = urlsplit(settings.PUBLIC_URL)
    at_home = turn.is_local(public.hostname or "")
    lines = []
    if host in EVERYWHERE and at_home:
        lines.append(
            f"Other machines: http://{turn.outward_address()}:{port}/ "
            f"(links in letters lead to {public.hostname}, unless PUBLIC_URL says otherwise)"
        )
    if public.scheme != "https" and (lines or not at_home):
        lines.append(
            "Browsers open cameras and microphones on this machine itself and over HTTPS only: "
            "docs/deployment.md says how to get it."
        )
    return lines


def require_port(port: int) -> None:
    """Raise CannotStart for 0, which stands for any spare one: nobody would know where to go."""
    if port == 0:
        raise CannotStart(NO_PORT)


def listen(host: str, port: int) -> socket.socket:
    """The socket that the server inherits: while it starts again, visitors wait instead of being refused."""
    listener = socket.socket(family(host), socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise CannotStart(what_is_wrong_with(host, port, error)) from error
    return listener


def family(host: str) -> socket.AddressFamily:
    """IPv6 for its addresses; IPv4 for its own, and for names."""
    try:
        version = ipaddress.ip_address(host).version
    except ValueError:
        version = 4
    return socket.AF_INET6 if version == 6 else socket.AF_INET


def _in_brackets(host: str) -> str:
    """As it stands before a port (RFC 3986, 3.2.2)."""
    return f"[{host}]" if ":" in host else host


def what_is_wrong_with(host: str, port: int, error: OSError | OverflowError) -> str:
    if isinstance(error, OverflowError):
        return NO_PORT
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken. Stop what uses it or choose another: ./run --port {port + 1}"
    if error.errno == errno.EACCES:
        return f"Port {port} is for the system's administrator only. Choose another: ./run --port 8000"
    return f"This machine has no address “{host}”. Leave --host out, or let it be 0.0.0.0 for all of them."


def answers(front: tuple[str, int]) -> bool:
    """Whether a request succeeds, asked at the address that people type, as a proxy would hand it on."""
    host, port = front
    public = urlsplit(settings.PUBLIC_URL)
    link = http.client.HTTPConnection(THIS_MACHINE if host in EVERYWHERE else host, port, timeout=1)
    try:
        link.request("GET", "/health/", headers={"Host": public.netloc, "X-Forwarded-Proto": public.scheme})
        status = link.getresponse().status
    except OSError:
        return False
    finally:
        link.close()
    if status == HTTPStatus.BAD_REQUEST:
        raise CannotStart(
            f"ALLOWED_HOSTS leaves out “{public.hostname}”, where PUBLIC_URL sends people. Add it there."
        )
    return status == HTTPStatus.OK
