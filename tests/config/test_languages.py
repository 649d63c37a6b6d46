"""A language whose catalog is in the code, and was not compiled."""

from __future__ import annotations

import logging

import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

from config import views

pytestmark = pytest.mark.django_db


class Collected(ManifestStaticFilesStorage):
    """As if everything had been collected before the language was added."""

    def stored_name(self, name: str) -> str:
        if name.startswith("words/"):
            raise ValueError(f"Missing staticfiles manifest entry for '{name}'")
        return name


@pytest.fixture(
    params=["django.contrib.staticfiles.storage.StaticFilesStorage", f"{__name__}.{Collected.__name__}"]
)
def _german(request, settings) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": request.param}}
    views._note_missing.cache_clear()


@pytest.mark.usefixtures("_german")
def test_its_pages_say_what_there_is_and_the_log_says_what_to_do(client, caplog):
    with caplog.at_level(logging.WARNING, "config.views"):
        for _ in range(2):
            page = client.get("/account/login/", headers={"accept-language": "de"})
            assert page.status_code == 200
    assert '<html lang="de"' in page.content.decode()
    # Scripts look for no file that is not there.
    assert "words/" not in page.content.decode()
    [said] = [record.getMessage() for record in caplog.records if record.name == "config.views"]
    assert "the catalog of de is not compiled" in said
    # The names of collected files are read once, when a process starts.
    steps = ["translations compile", "collectstatic", "start again"]
    assert [step for step in steps if step in said] == steps
    assert sorted(steps, key=said.index) == steps
