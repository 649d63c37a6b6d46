"""No orphans: a child process of `up` never outlives it, not even when `up` is killed.

Run as `python -m config.launch.orphans server …` or `python -m config.launch.orphans worker`; for a program
that is not ours, `python -m config.launch.orphans relay LOG PROGRAM …`. Standard input is a pipe whose other
end only `up` holds; when that closes, for whatever reason, the child ends itself.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

# After this the child is ended the hard way. Short, since `up` may have died of having waited already.
GRACE_SECONDS = 2.0
# What a program that is not ours gets from the signal to its end.
OTHERS_SECONDS = 4.0
# Programs that are not ours.
OTHERS = {"relay", "database", "redis", "proxy"}
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def _end_with_parent() -> None:
    # `up` writes nothing: this returns when the pipe is closed.
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(GRACE_SECONDS)
    os._exit(1)


def _run(program: str, log: str, *command: str) -> int:
    """The exit status of another program. It writes to `log` and ends whenever this one does."""
    end_with_me = None
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)  # loaded here, not between fork and exec
        end_with_me = lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)  # noqa: E731
    # No thread runs yet that could hold a lock at the fork.
    with (
        Path(log).open("ab") as output,
        subprocess.Popen(  # noqa: S603  (what `up` has found)
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, preexec_fn=end_with_me
        ) as other,
    ):
        signal.signal(signal.SIGTERM, lambda *_: _end(program, other))
        threading.Thread(target=_end_with_parent, daemon=True).start()
        return other.wait()


def _end(program: str, other: subprocess.Popen[bytes]) -> None:
    # Postgres would wait for everybody who is connected (its "smart shutdown").
    other.send_signal(signal.SIGINT if program == "database" else signal.SIGTERM)
    last = threading.Timer(OTHERS_SECONDS, other.kill)
    last.daemon = True
    last.start()


def main(program: str, *arguments: str) -> None:
    if program in OTHERS:
        sys.exit(_run(program, *arguments))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if program == "server":
        from config.launch.server import main as serve

        serve(list(arguments))
    else:
        from django.core.management import execute_from_command_line

        execute_from_command_line(["manage.py", program, *arguments])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main(*sys.argv[1:])
