"""A child process of `up` that never outlives it, not even when `up` is killed.

Run as `python -m config.leash server …` or `python -m config.leash worker`. Standard input is a pipe
whose other end only `up` holds; when that closes, for whatever reason, the child ends itself.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

# After this the child is ended the hard way.
GRACE_SECONDS = 10.0


def _end_with_parent() -> None:
    # `up` writes nothing: this returns when the pipe is closed.
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(GRACE_SECONDS)
    os._exit(1)


def main(program: str, *arguments: str) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if program == "server":
        from daphne.cli import CommandLineInterface

        CommandLineInterface().run(list(arguments))
    else:
        from django.core.management import execute_from_command_line

        execute_from_command_line(["manage.py", program, *arguments])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main(*sys.argv[1:])
