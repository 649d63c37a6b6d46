"""`up` with several servers, and the Postgres and Redis that they stand on, from start to end."""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path

from django.conf import settings

from config.launch import cluster
from config.launch.data_directory import make_writable, only_copy
from config.launch.front import CannotStart, listen, require_port
from config.launch.keys import kept_key
from config.launch.supervisor import STOPPED_WITHIN, Child, on_stop, stop_all

LOOK_SECONDS = 0.2
SECONDS_TO_START = 60
# From when they were asked: `up` has ended by then even by its last resort, and what it stood on is asked
# after that. So a cluster may take five seconds longer than `up` alone.
HOUSE_PATIENCE, BASE_PATIENCE = STOPPED_WITHIN + 0.2, 1.0


class Cluster:
    """Starts Postgres and Redis, and on them several servers behind nginx and the mail worker."""

    def run(self, servers: int, port: int, host: str, *, with_relay: bool) -> None:
        """Raises CannotStart or NoCluster."""
        logging.getLogger("config").setLevel(logging.INFO)
        on_stop(lambda: sys.exit(0))
        if servers < 1:
            raise CannotStart("A cluster has at least one server: ./run --cluster 2")
        programs = cluster.programs()
        make_writable()
        require_port(port)
        listen(host, port).close()
        folder = Path(settings.DATA_DIR) / "cluster"
        # Postgres and nginx do not run as root, and have to get to their files.
        for through in (settings.DATA_DIR, folder):
            through.mkdir(exist_ok=True)
            through.chmod(0o711 if os.geteuid() == 0 else 0o700)
        with only_copy(port, folder):
            self._run(programs, folder, servers, ["--port", str(port), "--host", host], with_relay)

    def _run(
        self, programs: cluster.Programs, folder: Path, servers: int, where: list[str], with_relay: bool
    ) -> None:
        password = kept_key(folder / "secret")
        cluster.make_database(programs.postgres, folder / "postgres", password)
        database_port, redis_port = cluster.spare_port(), cluster.spare_port()
        redis = folder / "redis.conf"
        redis.touch(mode=0o600)
        redis.write_text(cluster.redis_configuration(redis_port, password))
        base = [
            Child(
                "database",
                [
                    str(folder / "postgres.log"),
                    *cluster.postgres_command(programs.postgres, folder / "postgres", database_port),
                ],
            ),
            Child("redis", [str(folder / "redis.log"), programs.redis, str(redis)]),
        ]
        at = f"{cluster.LOOPBACK}:{database_port}"
        os.environ["DATABASE_URL"] = f"postgres://roundtable:{password}@{at}/postgres"
        os.environ["REDIS_URL"] = f"redis://:{password}@{cluster.LOOPBACK}:{redis_port}/0"
        os.environ["TRUSTED_PROXIES"] = "1"
        os.environ["DATA_DIR"] = str(settings.DATA_DIR)
        options = [*where, "--servers", str(servers), *(["--turn"] if with_relay else [])]
        self.house = house = Child("up", options)
        on_stop(self.stop)
        try:
            for child in base:
                child.start()
            self._wait(base, [database_port, redis_port], folder)
            if not self.is_stopping:
                house.start()
            while not self.is_stopping:
                for child in base:
                    child.look_after()
                if (status := house.status()) is not None:
                    sys.exit(status)
                time.sleep(LOOK_SECONDS)
        finally:
            # Whoever uses the others goes first.
            stop_all([house], HOUSE_PATIENCE)
            stop_all(base, BASE_PATIENCE)

    is_stopping = False
    house: Child | None = None

    def stop(self) -> None:
        self.is_stopping = True
        if self.house:
            self.house.ask_to_stop()

    def _wait(self, base: list[Child], ports: list[int], folder: Path) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while not self.is_stopping and not all(map(cluster.listens, ports)):
            if any(child.status() is not None for child in base) or time.monotonic() > deadline:
                raise CannotStart(f"Postgres or Redis does not start; what they said is in {folder}/*.log.")
            time.sleep(LOOK_SECONDS)
