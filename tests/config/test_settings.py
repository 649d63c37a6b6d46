"""What the settings make of the environment, read by a Python of their own."""

from __future__ import annotations

import os
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
