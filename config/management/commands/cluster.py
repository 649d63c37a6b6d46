from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config.launch.cluster import NoCluster
from config.launch.cluster_up import Cluster
from config.launch.front import THIS_MACHINE, CannotStart


class Command(BaseCommand):
    """Starts Postgres and Redis, and on them several servers behind nginx and the mail worker."""

    help = __doc__ or ""
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--servers", type=int, default=2)
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default=THIS_MACHINE)
        parser.add_argument("--turn", action="store_true")

    def handle(self, *args: Any, servers: int, port: int, host: str, turn: bool, **options: Any) -> None:
        try:
            Cluster().run(servers, port, host, with_relay=turn)
        except (CannotStart, NoCluster) as error:
            sys.exit(str(error))
