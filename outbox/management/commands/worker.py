from __future__ import annotations

import signal
from typing import Any

from django.core.management.base import BaseCommand

from outbox.chores import Chores
from outbox.worker import Worker


class Command(BaseCommand):
    """Carries letters from the outbox to the mail server, and does the chores, until SIGTERM or Ctrl-C."""

    help = __doc__ or ""
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        worker, chores = Worker(), Chores()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: worker.stop())
        chores.start()
        worker.run()
        chores.stop()
