"""Databases with tables, laid out once for each state of the migrations; and states that tests go back to."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection
from django.test import TransactionTestCase

from tests.kept import ROOT, kept, run_python

# What Django itself knows of models. It makes these rows with the tables, and no test changes them.
OF_MODELS = {"django_content_type", "auth_permission"}


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """What is there already is worked on: the file goes with the folder that it is in."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Each process has a file of its own. On Postgres all migrations make what later runs find."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        begin_with_tables(Path(database["TEST"]["NAME"]))


def begin_with_tables(database: Path) -> None:
    """Put an SQLite file with all tables there, in which `migrate` finds nothing left to do."""
    with kept("tables", _state(), _lay_out) as tables:
        shutil.copy(tables, database)


def _lay_out(tables: Path) -> None:
    with TemporaryDirectory() as data:
        run_python("manage.py", "migrate", "--verbosity=0", DATA_DIR=data)
        shutil.move(Path(data) / "roundtable.sqlite3", tables)


def _state() -> str:
    """A hash that changes with any migration, and with the libraries, which bring some of their own."""
    state = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        state.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return state.hexdigest()[:16]


def pytest_configure() -> None:
    """Tests that commit leave empty tables behind in a tenth of the time that Django takes for it.

    Its `flush` empties all of them, and makes content types and permissions anew after each test.
    """
    TransactionTestCase._fixture_teardown = lambda case: empty_tables()  # type: ignore[attr-defined]


def empty_tables() -> None:
    """Every row is gone, but for those that belong to the models."""
    found = connection.introspection.django_table_names(only_existing=True, include_views=False)
    statements = connection.ops.sql_flush(no_style(), sorted(set(found) - OF_MODELS))
    connection.ops.execute_sql_flush(statements)


class Snapshots:
    """States of the whole database, with its tables and all rows, that tests go back to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, name: str) -> None:
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with closing(sqlite3.connect(self._folder / name)) as copy:
                connection.connection.backup(copy)
        else:
            self._copy(connection.settings_dict["NAME"], f"snapshot {name}")

    def go_back_to(self, name: str) -> None:
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with closing(sqlite3.connect(self._folder / name)) as copy:
                copy.backup(connection.connection)
        else:
            self._copy(f"snapshot {name}", connection.settings_dict["NAME"])

    def _copy(self, source: str, target: str) -> None:
        """On Postgres, which copies databases that nobody uses."""
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory, django_db_setup, django_db_blocker) -> Iterator[Snapshots]:
    """To begin with, "today" is there: today's tables, and none but their own rows."""
    snapshots = Snapshots(tmp_path_factory.mktemp("snapshots"))
    with django_db_blocker.unblock():
        snapshots.take("today")
    yield snapshots
    with django_db_blocker.unblock():
        snapshots.go_back_to("today")
