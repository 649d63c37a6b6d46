from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.settings import BASE_DIR

HERE = Path(__file__).parent
# In runs, none of which takes longer than a test may.
FOLDED = ("forms/test_drafts.py", "pages/test_search.py")
BROUGHT_OVER = ("test_before_series.py",)
SERIES = ("plans/test_series.py", "plans/test_answers_of_parts.py", "pages/test_answer_one.py")
FILES = (
    "pages/test_dashboard.py",
    "letters/test_digests.py",
    "inbox/test_ingest.py",
    "plans/test_invitations.py",
    "letters/test_mail.py",
    "letters/test_reminders.py",
)


@pytest.mark.parametrize(
    "files", [FILES, FOLDED, BROUGHT_OVER, SERIES], ids=["letters", "lists", "brought over", "series"]
)
def test_people_are_invited_the_same_way_on_postgres(postgres_url, files):
    """Where meetings are locked one by one, and an error in a transaction spoils it."""
    again = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *(str(HERE / name) for name in files)],
        cwd=BASE_DIR,
        env={**os.environ, "TEST_DATABASE_URL": postgres_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stdout
