from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator

import pytest

from config import source
from tests.settings import BASE_DIR


@pytest.fixture(autouse=True)
def _read_anew() -> Iterator[None]:
    source.archive.cache_clear()
    yield
    source.archive.cache_clear()


def names() -> set[str]:
    with tarfile.open(fileobj=io.BytesIO(source.archive())) as tar:
        return {name.removeprefix("roundtable/") for name in tar.getnames()}


def test_it_is_all_that_the_program_consists_of(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    ours = {
        *(".ci/run", ".gitignore", ".npmrc", "LICENSE", "run"),
        *("deploy/Caddyfile", "deploy/roundtable.service", "deploy/compose.yml", "static/icons.svg"),
    }
    others = {
        "data/secret-key",
        "data/roundtable.sqlite3",
        "rooms/__pycache__/views.py",
        "notes.md",
        ".venv/a.py",
    }
    for name in ours | others:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    assert names() == ours


def test_the_parts_that_it_names_are_there():
    for part in source.PARTS:
        if part not in {"deploy", "README.md"}:
            assert (BASE_DIR / part).exists(), part
    assert {".ci/run", ".npmrc", "config/source.py"} <= names()


def test_anybody_may_have_it(client):
    response = client.get("/source/")
    assert response["Content-Disposition"] == 'attachment; filename="roundtable-source.tar.gz"'
    assert response.content == source.archive()
