"""What several server processes stand on, on this machine: Postgres, Redis and nginx (`./run --cluster 3`).

For development and tests: the shape of a large installation (docs/deployment.md), in the data directory.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
# Where Debian, Homebrew and Postgres.app keep what they do not put on PATH.
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
PACKAGES = {"Postgres": "postgresql", "Redis": "redis-server", "nginx": "nginx-light"}


class NoCluster(Exception):
    """There can be no cluster; says why, and what to do."""


@dataclass(frozen=True)
class Programs:
    """Where they are on this machine."""

    postgres: Path
    redis: str
    nginx: str


def programs() -> Programs:
    """What a cluster needs. Raises NoCluster with everything that is missing."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    redis = shutil.which("redis-server", path=path) or shutil.which("valkey-server", path=path)
    nginx = shutil.which("nginx", path=path)
    postgres = _postgres_folder(path)
    found = {"Postgres": postgres, "Redis": redis, "nginx": nginx}
    if postgres is None or redis is None or nginx is None:
        missing = [name for name, program in found.items() if program is None]
        packages = " ".join(PACKAGES[name] for name in missing)
        raise NoCluster(
            f"A cluster needs {' and '.join(missing)}. Install what is missing "
            f"(apt-get install -y {packages}) and start again, or leave --cluster out."
        )
    return Programs(postgres, redis, nginx)


def _postgres_folder(path: str) -> Path | None:
    folders = [Path(folder) for folder in path.split(os.pathsep)]
    for pattern in POSTGRES_FOLDERS:
        folders += sorted(Path("/").glob(pattern[1:]), reverse=True)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


# -- Postgres -----------------------------------------------------------------------------------


def make_database(postgres: Path, folder: Path, password: str) -> None:
    """Make an empty cluster of databases, unless there is one. Raises NoCluster."""
    if (folder / "PG_VERSION").exists():
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    told = folder.with_name("password")
    told.touch(mode=0o600)
    told.write_text(password)
    if os.geteuid() == 0:
        shutil.chown(folder, _servant())
        shutil.chown(told, _servant())
    command = [
        *(str(postgres / "initdb"), "--pgdata", str(folder), "--auth", "scram-sha-256"),
        *("--username", "roundtable", "--encoding", "UTF8", "--no-locale", "--pwfile", str(told)),
    ]
    made = subprocess.run(  # noqa: S603  (what we have found)
        _as_servant(command), capture_output=True, text=True, cwd="/", check=False
    )
    told.unlink()
    if made.returncode:
        words = (made.stdout + made.stderr).strip().splitlines()
        raise NoCluster(f"Postgres could not make its files in {folder}: {words[-1] if words else 'no word'}")


def postgres_command(postgres: Path, folder: Path, port: int) -> list[str]:
    """The server on these files, for this machine only."""
    options = [f"listen_addresses={LOOPBACK}", "unix_socket_directories=", "max_connections=200"]
    command = [str(postgres / "postgres"), "-D", str(folder), "-p", str(port)]
    return _as_servant([*command, *(word for option in options for word in ("-c", option))])


def _as_servant(command: list[str]) -> list[str]:
    """Postgres does not run as root."""
    if os.geteuid() != 0:
        return command
    servant = pwd.getpwnam(_servant())
    # INT is what makes Postgres stop without waiting for anybody.
    return [
        *("setpriv", "--pdeathsig", "INT", "--reuid", str(servant.pw_uid), "--regid", str(servant.pw_gid)),
        *("--clear-groups", *command),
    ]


def _servant() -> str:
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


# -- Redis and nginx ----------------------------------------------------------------------------


def redis_configuration(port: int, password: str) -> str:
    """For this machine only, and nothing is kept."""
    return f'bind {LOOPBACK}\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\n'


def nginx_configuration(folder: Path, host: str, port: int, servers: Sequence[int]) -> str:
    """Any request to any server; what deploy/nginx.conf says for the internet, without its certificate."""
    upstream = "\n".join(f"        server {LOOPBACK}:{server} fail_timeout=1s;" for server in servers)
    kept = "\n".join(
        f"    {kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""daemon off;
pid {folder}/pid;
# At “error”, it would write the address of a request that failed, which may be a personal link.
error_log stderr crit;
events {{
    worker_connections 8192;
}}
http {{
    access_log off;
{kept}
    upstream roundtable {{
{upstream}
    }}
    map $http_upgrade $connection_upgrade {{
        default upgrade;
        "" close;
    }}
    server {{
        listen {_listening(host, port)};
        location / {{
            proxy_pass http://roundtable;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_read_timeout 1h;
            proxy_send_timeout 1h;
        }}
    }}
}}
"""


def _listening(host: str, port: int) -> str:
    """Where nginx listens; on `::`, for both kinds of addresses, as our own socket does."""
    if ":" not in host:
        return f"{host}:{port}"
    return f"[{host}]:{port}" + (" ipv6only=off" if host == "::" else "")


def spare_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether somebody answers there."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((LOOPBACK, port)) == 0
