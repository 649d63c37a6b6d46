from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config.launch.front import THIS_MACHINE, CannotStart
from config.launch.up import Up


class Command(BaseCommand):
    """Prepares everything, runs the server and the mail worker, and stops them on Ctrl-C or SIGTERM."""

    help = __doc__ or ""
    # They would load every page of the site first; the server does so anyway.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default=THIS_MACHINE, help="0.0.0.0 answers other machines too")
        parser.add_argument("--turn", action="store_true", help="start a relay (coturn) beside it")
        parser.add_argument("--servers", type=int, help="so many behind nginx; called by `cluster`")

    def handle(
        self, *args: Any, port: int, host: str, turn: bool, servers: int | None, **options: Any
    ) -> None:
        try:
            Up(self.say).run(port, host, with_relay=turn, servers=servers)
        except CannotStart as error:
            sys.exit(str(error))

    def say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
