"""nginx with the configuration of deploy/nginx, in front of one server."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.servers import ROOT
from tests import programs

AS_DEPLOYED = ROOT / "deploy/nginx/roundtable.conf"


@contextmanager
def proxied(server: str, address: str, port: int, certificates: Path, folder: Path) -> Iterator[str]:
    """Takes calls for a server (host:port); yields the address of its pages."""
    folder.mkdir()
    (folder / "site.conf").write_text(configuration(server, address, port, certificates))
    (folder / "nginx.conf").write_text(
        f"user root; daemon off; pid {folder}/pid; error_log {folder}/log;\n"
        f"events {{}}\nhttp {{ include {folder}/site.conf; }}\n"
    )
    command = [programs.nginx(), "-p", str(folder), "-e", f"{folder}/log", "-c", f"{folder}/nginx.conf"]
    process = subprocess.Popen(command)
    try:
        while not answers(address, port):
            if process.poll() is not None:
                raise RuntimeError(f"nginx did not start: {(folder / 'log').read_text()}")
            time.sleep(0.02)
        yield f"https://{address}{'' if port == 443 else f':{port}'}/"
    finally:
        process.terminate()
        process.wait()


def configuration(server: str, address: str, port: int, certificates: Path) -> str:
    """The shipped file with its places filled in, as an administrator does it; without the door to HTTPS."""
    text = AS_DEPLOYED.read_text()
    for pattern, here in (
        (r"upstream roundtable \{.*?\n\}", f"upstream roundtable {{ server {server}; }}"),
        (r"\nserver \{\n    listen 80;.*?\n\}", ""),
        (r"listen 443", f"listen {address}:{port}"),
        (r" *listen \[::\]:443[^\n]*\n", ""),
        (r"ssl_certificate [^;]*", f"ssl_certificate {certificates}/certificate.pem"),
        (r"ssl_certificate_key [^;]*", f"ssl_certificate_key {certificates}/key.pem"),
    ):
        text, found = re.subn(pattern, here, text, flags=re.DOTALL)
        if found != 1:
            raise ValueError(f"deploy/nginx does not say “{pattern}” once")
    return text


def answers(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), 1).close()
    except ConnectionRefusedError:
        return False
    return True
