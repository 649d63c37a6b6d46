"""The programs that `up` starts: the servers, and beside them a relay and a proxy."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from config.launch import cluster, turn
from config.launch.front import CannotStart
from config.launch.keys import kept_key
from config.launch.supervisor import Child

# Refused by the protocol above 64 KiB, with a reason that the page can show; cut off above this.
LARGEST_FRAME = "262144"


def own_relay(host: str) -> turn.Relay:
    """A relay for people who cannot reach each other, and what tells the server about it."""
    if os.environ.get("TURN_URLS"):
        raise CannotStart("TURN_URLS names a relay already. Leave out one of the two: TURN_URLS or --turn.")
    public_name = urlsplit(settings.PUBLIC_URL).hostname or ""
    try:
        relay = turn.relay(host, public_name, kept_key(settings.DATA_DIR / "turn-secret"))
    except turn.NoRelay as error:
        raise CannotStart(str(error)) from error
    os.environ.update(relay.settings())
    return relay


def relay_folder() -> Path:
    folder: Path = settings.DATA_DIR / "turn"
    return folder


def relay_child(relay: turn.Relay) -> Child:
    configuration, log = relay.write_configuration(relay_folder()), relay_folder() / "log"
    log.write_text("")
    return Child("relay", [str(log), turn.program(), "-c", str(configuration)])


def proxy_folder() -> Path:
    folder: Path = settings.DATA_DIR / "cluster" / "nginx"
    return folder


def proxy_child(front: tuple[str, int], listeners: Sequence[socket.socket]) -> Child:
    """nginx in front of the servers."""
    folder = proxy_folder()
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)
    log, configuration = folder / "log", folder / "nginx.conf"
    log.write_text("")
    ports = [listener.getsockname()[1] for listener in listeners]
    configuration.write_text(cluster.nginx_configuration(folder, *front, ports))
    nginx = cluster.programs().nginx
    return Child("proxy", [str(log), nginx, "-e", str(log), "-p", str(folder), "-c", str(configuration)])


def daphne_arguments(listener: socket.socket) -> list[str]:
    return [
        *("--fd", str(listener.fileno()), "--verbosity", "0", "--no-server-name"),
        *("--http-timeout", "60", "--websocket_timeout", "-1"),
        *("--websocket-max-message-size", LARGEST_FRAME, "--websocket-max-frame-size", LARGEST_FRAME),
        "config.asgi:application",
    ]
