"""A data directory as a first start leaves it, with tables, catalogs and static files: servers begin with it.

It takes some ten seconds of a processor, so it is made once for each state of the code, and copied.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache" / "d"
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
    KEPT.mkdir(parents=True, exist_ok=True)
    # Other tests may come for it at the same moment.
    with (KEPT / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        prepared = KEPT / f"prepared-{_state()}"
        if not prepared.exists():
            for old in KEPT.glob("prepared-*"):
                shutil.rmtree(old)
            _make(prepared)
        shutil.copytree(prepared, data, ignore=shutil.ignore_patterns(*SECRETS))
    data.chmod(0o700)


def _make(prepared: Path) -> None:
    draft = prepared.with_name("draft")
    shutil.rmtree(draft, ignore_errors=True)
    own = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    environment = own | {"DATA_DIR": str(draft), "DJANGO_SETTINGS_MODULE": "config.settings"}
    made = subprocess.run(
        [sys.executable, "-c", PREPARE],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    draft.rename(prepared)


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
