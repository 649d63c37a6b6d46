from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from config.launch import preparations
from tests.rooms.server import ROOT, Copy
from tests.servers import PATIENCE, spare_port


def test_three_backups_are_kept(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    database = tmp_path / "roundtable.sqlite3"
    with closing(sqlite3.connect(database)) as link:
        link.execute("create table meeting (title text)")
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in range(1, 6):
        (folder / f"2026-01-0{day}-120000-roundtable.sqlite3").touch()
    newest = preparations.back_up(database)
    kept = sorted(folder.iterdir())
    assert [file.name[:10] for file in kept[:2]] == ["2026-01-04", "2026-01-05"]
    assert kept[2:] == [newest]
    with closing(sqlite3.connect(newest)) as link:
        assert link.execute("select count(*) from meeting").fetchone() == (0,)


def test_the_state_of_the_static_files_changes_with_a_file(settings, tmp_path):
    settings.STATICFILES_DIRS = [tmp_path]
    (tmp_path / "room.css").write_text("a")
    before = preparations._state_of_static_files()
    assert preparations._state_of_static_files() == before
    (tmp_path / "room.css").write_text("ab")
    assert preparations._state_of_static_files() != before


def test_static_files_are_collected_only_when_they_changed(settings, tmp_path, monkeypatch):
    settings.DATA_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.STATICFILES_DIRS = [tmp_path / "source"]
    (tmp_path / "source").mkdir()
    style = tmp_path / "source" / "room.css"
    style.write_text("a")
    collected = []

    def collect(*_: object, **__: object) -> None:
        settings.STATIC_ROOT.mkdir(exist_ok=True)
        (settings.STATIC_ROOT / "staticfiles.json").touch()
        collected.append(style.read_text())

    monkeypatch.setattr(preparations, "call_command", collect)
    for text in ("a", "a", "longer"):
        if style.read_text() != text:
            style.write_text(text)
        preparations.collect_static_files()
    assert collected == ["a", "longer"]


@pytest.mark.django_db
def test_a_database_of_a_newer_version_is_refused_in_a_sentence():
    preparations.migrate()
    recorder = MigrationRecorder(connection)
    # A plug-in that was taken out is nothing to stop for, nor a library that took its changes together.
    recorder.record_applied("plugin", "0001_initial")
    recorder.record_applied("account", "0000_taken_together")
    preparations.migrate()
    recorder.record_applied("meetings", "9001_of_tomorrow")
    with pytest.raises(preparations.NewerTables) as refused:
        preparations.migrate()
    assert "meetings.9001_of_tomorrow" in str(refused.value)
    assert "Start that version" in str(refused.value)


def test_nothing_else_works_on_tables_of_a_newer_version(tmp_path):
    copy = Copy(tmp_path)
    with closing(sqlite3.connect(tmp_path / "data" / "roundtable.sqlite3")) as link, link:
        link.execute(
            "insert into django_migrations (app, name, applied)"
            " values ('rooms', '9001_of_tomorrow', '2031-01-01')"
        )
    commands = {
        "worker": ("manage.py", "worker"),
        "migrate": ("manage.py", "migrate"),
        "administrator": ("manage.py", "createsuperuser"),
        "ingest": ("manage.py", "ingest_mail"),
        "server": ("-m", "config.server", "--port", str(spare_port()), "config.asgi:application"),
    }
    statuses = {"ingest": os.EX_TEMPFAIL, "server": 1}
    for name, command in commands.items():
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT, env=copy.environment, capture_output=True, text=True, timeout=PATIENCE, input="",
        )  # fmt: skip
        assert done.returncode == statuses.get(name, os.EX_CONFIG), done.stderr
        assert "rooms.9001_of_tomorrow" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [("manage.py", "migrate"), ("manage.py", "worker"), ("-m", "config.server", "config.asgi:application")],
)
def test_a_setting_that_cannot_be_is_a_sentence_wherever_one_starts(tmp_path, command):
    own = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "ROOM_CAPACITY": "abc"}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=own, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 1
    assert "ROOM_CAPACITY" in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr


def test_a_database_that_is_away_is_no_reason_not_to_start(monkeypatch, caplog):
    def away(*_: object, **__: object) -> None:
        raise OperationalError("no connection")

    monkeypatch.setattr(preparations, "MigrationLoader", away)
    preparations.refuse_to_work()
    assert "no connection" in caplog.text
