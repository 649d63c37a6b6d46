"""The data directory: for our eyes only, for one copy at a time, and on a disk that has room."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import OperationalError

from config.launch import preparations
from config.launch.front import CannotStart

# The static files, a copy of the database before it is changed, and some way to go.
LEAST_DISK = 64 * 2**20


def make_writable() -> None:
    """Make the data directory and try to write there; what is in it is from now on for our eyes only.

    Whoever could read the sessions and codes of the database could be whoever they like. A directory
    that was there may hold other things too, so in that one only our own files are closed.
    """
    os.umask(0o077)
    try:
        settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.DATA_DIR):
            pass
        for file in settings.DATA_DIR.glob("roundtable.sqlite3*"):
            file.chmod(0o600)
    except OSError as error:
        raise CannotStart(
            f"Roundtable cannot write to {settings.DATA_DIR} ({error.strerror}). "
            "Choose another folder: ./run --data FOLDER"
        ) from error


def require_disk() -> None:
    """Raises CannotStart where the disk is all but full: the database, above all, would stop half-way."""
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < LEAST_DISK:
        raise CannotStart(no_room(f"{free // 2**20} MB are free, and {LEAST_DISK // 2**20} MB needed"))


@contextmanager
def in_a_sentence() -> Iterator[None]:
    """Says in a sentence what keeps things from being in place: a full disk, or tables of a newer version."""
    try:
        yield
    except preparations.NewerTables as error:
        raise CannotStart(str(error)) from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise CannotStart(no_room(error.strerror or str(error))) from error
    except OperationalError as error:
        if "disk is full" not in str(error):  # SQLITE_FULL
            raise
        raise CannotStart(no_room(str(error))) from error


def no_room(what: str) -> str:
    return (
        f"The disk that holds {settings.DATA_DIR} is full ({what}). "
        "Make room, or choose another folder: ./run --data FOLDER"
    )


@contextmanager
def only_copy(port: int, folder: Path | None = None) -> Iterator[None]:
    """Holds the data directory for this copy; the system lets go of it however the copy ends."""
    with ((folder or settings.DATA_DIR) / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart(
                f"Roundtable is already running with the data in {settings.DATA_DIR}. "
                f"Stop it, or choose another folder: ./run --port {port} --data FOLDER"
            ) from error
        yield
