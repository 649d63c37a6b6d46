"""What tests lay out once for each state of the code, and copy: it outlives a run."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache" / "d"


@contextmanager
def kept(name: str, state: str, make: Callable[[Path], None]) -> Iterator[Path]:
    """What `make(path)` made for this state, now or before; nobody else makes or removes it meanwhile."""
    KEPT.mkdir(parents=True, exist_ok=True)
    # Other tests may come for it at the same moment.
    with (KEPT / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = KEPT / f"{name}-{state}"
        if not path.exists():
            for old in KEPT.glob(f"{name}-*"):
                remove(old)
            draft = KEPT / f"{name} draft"
            remove(draft)
            make(draft)
            draft.rename(path)
        yield path


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def run_python(*arguments: str, **environment: str) -> None:
    """With the product's own settings, whatever those of the tests are."""
    own = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    made = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=own | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
