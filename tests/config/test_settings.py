"""What the settings make of the environment, read by a Python of their own."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.settings import BASE_DIR


def read(expression: str, **environment: str) -> str:
    """`str` of an expression in which the settings are `s`."""
    own = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", f"import config.settings as s; print({expression}, end='')"],
        cwd=BASE_DIR,
        env=own | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.parametrize("name", ["C++", "50%25", "#1", "what?", "a space"])
def test_the_data_directory_may_have_any_name(tmp_path, name):
    folder = tmp_path / name
    found = read("s.DATABASES['default']['NAME']", DATA_DIR=str(folder))
    assert Path(found) == folder / "roundtable.sqlite3"


def test_a_database_is_chosen_by_its_address(tmp_path):
    url = "postgres://roundtable:secret@db/meetings"
    found = read("s.DATABASES['default']['NAME']", DATA_DIR=str(tmp_path), DATABASE_URL=url)
    assert found == "meetings"


def test_the_data_directory_is_made_for_our_eyes_only(tmp_path):
    folder = tmp_path / "data"
    read("s.DATA_DIR", DATA_DIR=str(folder))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "secret-key").stat().st_mode) == 0o600


EVERYTHING_WRONG = {
    "ROOM_CAPACITY": "abc",
    "TRUSTED_PROXIES": "yes",
    "DATABASE_URL": "foo",
    "LOG_LEVEL": "loud",
    "EMAIL_URL": "mail.example.org",
    "PUBLIC_URL": "meet.example.org",
    "REDIS_URL": "foo",
    "IMAP_URL": "foo",
    "TURN_URLS": "turn:turn.example.org",
}


def test_a_start_says_all_that_is_wrong_at_once_a_sentence_each(tmp_path):
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    start = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=BASE_DIR,
        env=environment | EVERYTHING_WRONG | {"DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert start.returncode == 1
    assert start.stdout == ""
    said = start.stderr.splitlines()
    assert {line.split()[0] for line in said} == set(EVERYTHING_WRONG)
    assert len(said) == len(EVERYTHING_WRONG)


def test_mail_over_tls_from_the_first_byte_is_no_starttls(tmp_path):
    facts = "(s.EMAIL_USE_SSL, vars(s).get('EMAIL_USE_TLS'), s.EMAIL_PORT)"
    assert read(facts, DATA_DIR=str(tmp_path), EMAIL_URL="smtps://bob:secret@mail.example.org") == (
        "(True, None, 465)"
    )
    starttls = "(vars(s).get('EMAIL_USE_SSL'), s.EMAIL_USE_TLS, s.EMAIL_PORT)"
    assert read(starttls, DATA_DIR=str(tmp_path), EMAIL_URL="smtp+tls://mail.example.org") == (
        "(None, True, 587)"
    )


def test_a_process_that_dies_without_a_word_is_noticed_after_ten_seconds(tmp_path):
    """As docs/deployment.md says. That the lease counts is shown in tests/rooms/live/test_staying.py."""
    assert read("s.LEASE.total_seconds()", DATA_DIR=str(tmp_path)) == "10.0"


def test_no_process_is_taken_for_dead_between_two_of_its_heartbeats(tmp_path):
    with pytest.raises(subprocess.CalledProcessError) as failure:
        read("1", DATA_DIR=str(tmp_path), HEARTBEAT_SECONDS="20")
    assert "LEASE_SECONDS is not longer than HEARTBEAT_SECONDS" in failure.value.stderr


def test_no_test_depends_on_what_is_set_on_this_machine():
    """LOG_LEVEL is for whoever looks for a fault; the rest is cleared, or set, by tests.settings."""
    names = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (BASE_DIR / "config" / "settings.py").read_text()))
    assert "TRUSTED_PROXIES" in names
    left = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os, tests.settings; print(*(name for name, value in os.environ.items() if value == '7'))",
        ],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"]} | dict.fromkeys(names - {"LOG_LEVEL"}, "7"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert left.stdout.split() == []


def test_every_setting_is_on_its_page():
    names = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (BASE_DIR / "config" / "settings.py").read_text()))
    page = (BASE_DIR / "docs" / "settings.md").read_text()
    assert {name for name in names if f"`{name}`" not in page} == set()
