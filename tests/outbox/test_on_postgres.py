from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.settings import BASE_DIR


def test_letters_travel_the_same_way_on_postgres(postgres_url):
    """Where rows are locked one by one, and an error in a transaction spoils it."""
    here = Path(__file__).parent
    faults = (
        "test_a_worker_that_is_killed_leaves_its_letters_to_the_next",
        "test_two_workers_at_once_send_everything_once",
    )
    tests = [str(here / "test_delivery.py"), *(f"{here / 'test_faults.py'}::{name}" for name in faults)]
    again = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *tests],
        cwd=BASE_DIR,
        env={**os.environ, "TEST_DATABASE_URL": postgres_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stdout
