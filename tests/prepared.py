"""A data directory as a first start leaves it, with tables, catalogs and static files: servers begin with it.

It takes some ten seconds of a processor, so it is made once for each state of the code, and copied.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from tests.kept import ROOT, kept, run_python

PREPARE = """
import django
django.setup()
from config.launch import preparations
preparations.migrate()
preparations.compile_catalogs()
preparations.collect_static_files()
"""
# Each copy makes its own.
SECRETS = ("secret-key",)


def begin_with_prepared(data: Path) -> None:
    """Fill `data`, unless something is there; whoever starts on it finds nothing left to prepare."""
    if data.exists():
        return
    with kept("prepared", _state(), _make) as prepared:
        shutil.copytree(prepared, data, ignore=shutil.ignore_patterns(*SECRETS))
    data.chmod(0o700)


def _make(prepared: Path) -> None:
    run_python("-c", PREPARE, DATA_DIR=str(prepared), DJANGO_SETTINGS_MODULE="config.settings")


def _state() -> str:
    """A hash that changes with any file of the product."""
    state = hashlib.sha256()
    for folder in ("accounts", "config", "language", "meetings", "outbox", "rooms", "static"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                facts = path.stat()
                state.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    state.update((ROOT / "requirements.txt").read_bytes())
    return state.hexdigest()[:16]
