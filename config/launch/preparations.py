"""What has to be in place before the server starts: tables, catalogs and static files."""

from __future__ import annotations

import hashlib
import inspect
import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from language import SOURCE, catalogs

logger = logging.getLogger(__name__)

BACKUPS_KEPT = 3
OURS = {"accounts", "meetings", "outbox", "rooms"}


class NewerTables(Exception):
    """The database was used by a newer version; says which changes this one does not know."""


def migrate() -> None:
    """Bring the tables up to date; a database that holds something is copied first. Raises NewerTables."""
    executor = MigrationExecutor(connection)
    refuse_newer_tables(executor.loader)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if executor.loader.applied_migrations and connection.vendor == "sqlite":
        back_up(Path(connection.settings_dict["NAME"]))
    call_command("migrate", interactive=False, verbosity=0)


def refuse_newer_tables(loader: MigrationLoader) -> None:
    """Raise NewerTables if a change was made that this version does not know: it would misread the tables."""
    migrations = loader.disk_migrations or {}
    known = {*migrations, *(one for migration in migrations.values() for one in migration.replaces)}
    # A library may take old migrations together; what ours made, ours know for good.
    unknown = [
        f"{app}.{name}"
        for app, name in loader.applied_migrations or ()
        if app in OURS and (app, name) not in known
    ]
    if unknown:
        raise NewerTables(
            f"The database was used by a newer Roundtable, which made changes that this one does not know "
            f"({', '.join(sorted(unknown))}). Start that version, or put back a copy from before it."
        )


def refuse_to_work() -> None:
    """The same for whatever else uses the tables: a server process, the worker. Raises NewerTables.

    If the database is away, there is nothing to be said yet. In a thread, since servers may load their
    application inside an event loop.
    """

    def look() -> None:
        try:
            refuse_newer_tables(MigrationLoader(connection))
        except DatabaseError as error:
            logger.warning("cannot look whether the tables are ours: %s", error)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(look).result()


def back_up(database: Path) -> Path:
    """Copy an SQLite database, consistent also while others write; the last few copies are kept."""
    folder = settings.DATA_DIR / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    copy: Path = folder / f"{datetime.now():%Y-%m-%d-%H%M%S}-{database.name}"  # noqa: DTZ005  (a name for people)
    draft = copy.with_suffix(".draft")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(draft)) as target:
        source.backup(target)
    draft.replace(copy)
    for old in sorted(folder.glob(f"*-{database.name}"))[:-BACKUPS_KEPT]:
        old.unlink()
    return copy


def compile_catalogs() -> None:
    """What the server and the browser read of each language that is offered, but the one of the code."""
    chosen = [code for code, _ in settings.LANGUAGES if code != SOURCE]
    if chosen:
        catalogs.compile_all(settings.BASE_DIR, settings.DATA_DIR / "locale", chosen)


def collect_static_files() -> None:
    """Hash and compress the static files, if any is not as it was the last time."""
    if settings.DEBUG:
        return
    stamp = settings.DATA_DIR / "static.stamp"
    state = _state_of_static_files()
    if (settings.STATIC_ROOT / "staticfiles.json").exists() and stamp.exists() and stamp.read_text() == state:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(state)


def _state_of_static_files() -> str:
    """A hash that changes with any static file, or with what is done to them.

    It is made of names, sizes and times, without reading the files.
    """
    found = {name: storage.path(name) for finder in get_finders() for name, storage in finder.list([])}
    found["(storage)"] = inspect.getfile(type(storages["staticfiles"]))
    state = hashlib.sha256()
    for name, path in sorted(found.items()):
        facts = Path(path).stat()
        state.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return state.hexdigest()
