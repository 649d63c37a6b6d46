"""What databases tell apart is the same on Postgres: tests that run there once more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.settings import BASE_DIR

HERE = Path(__file__).parent
# In runs, none of which takes longer than a test may. For the first one all migrations lay out an empty
# database; the others find it.
RUNS = {
    # Meetings are locked one by one, and an error in a transaction spoils it.
    "invitations": (
        "meetings/pages/test_dashboard.py",
        "meetings/letters/test_digests.py",
        "meetings/inbox/test_ingest.py",
        "meetings/plans/test_invitations.py",
        "meetings/letters/test_mail.py",
        "meetings/letters/test_reminders.py",
        "meetings/forms/test_drafts.py",
        "meetings/pages/test_search.py",
    ),
    "series": (
        "meetings/plans/test_series.py",
        "meetings/plans/test_answers_of_parts.py",
        "meetings/pages/test_answer_one.py",
    ),
    # Text is compared, joined and counted by other rules; rows, and letters too, are locked one by one.
    "calls and letters": (
        "rooms/roster/test_connections.py",
        "rooms/roster/test_queue.py",
        # Who gets the last seat and what two hosts do at once is decided by who holds the room's row.
        "rooms/live/test_hosting.py::test_two_hosts_at_once_mute_somebody_once",
        "rooms/live/test_hosting.py::test_a_call_that_is_ended_ends_for_everybody_and_may_begin_anew",
        "rooms/live/test_seats.py::test_many_pages_of_one_person_at_once_get_two_seats",
        "rooms/live/test_seats.py::test_of_two_who_wait_for_a_seat_one_comes_in_and_the_other_waits_on",
        "rooms/test_admin.py",
        "outbox/test_delivery.py",
        "outbox/test_faults.py::test_a_worker_that_is_killed_leaves_its_letters_to_the_next",
        "outbox/test_faults.py::test_two_workers_at_once_send_everything_once",
    ),
    # Tables are changed in other ways.
    "brought over": ("meetings/test_before_series.py", "rooms/test_renamed_tables.py"),
}


@pytest.mark.parametrize("tests", RUNS.values(), ids=RUNS.keys())
def test_it_is_the_same_on_postgres(postgres_url, tests):
    again = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *(str(HERE / name) for name in tests)],
        cwd=BASE_DIR,
        env={**os.environ, "TEST_DATABASE_URL": postgres_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stdout
