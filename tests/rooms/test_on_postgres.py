from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.settings import BASE_DIR

FILES = ("roster/test_connections.py", "test_admin.py", "test_renamed_tables.py")


def test_who_heard_whom_is_kept_and_shown_the_same_way_on_postgres(postgres_url):
    """Where text is compared, joined and counted by other rules."""
    again = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *(str(Path(__file__).parent / name) for name in FILES)],
        cwd=BASE_DIR,
        env={**os.environ, "TEST_DATABASE_URL": postgres_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stdout
