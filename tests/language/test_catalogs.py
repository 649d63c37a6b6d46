from __future__ import annotations

import gettext
import io
import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from language import catalogs


@pytest.fixture
def root(tmp_path) -> Path:
    """A small program: a view, a template and a script, each with something to say."""
    files = {
        "rooms/views.py": (
            "from django.utils.translation import gettext as _, ngettext\n"
            '# Translators: on a button.\nWORD = _("Join")\n'
            'MANY = ngettext("One waits.", "%(count)s wait.", 2)\n'
        ),
        "templates/room.html": (
            '{% load i18n %}\n   <p title="{% translate "A title" %}">\n'
            " {% blocktranslate trimmed with name=x %}\n"
            "   {{ name }} is\n   here.\n {% endblocktranslate %}</p>\n"
            '{% include "a.html" with words=_("Said there") %}\n'
        ),
        "static/js/room.js": (
            'import { t, tn } from "./lib/i18n.js";\nt("Hello {name}.", { name });\n'
            'tn("One waits.", "{count} wait.", 3);\n`${one} ${t("And then?")}`;\n'
        ),
    }
    for name, text in files.items():
        path = tmp_path / "code" / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return tmp_path / "code"


def ids(root: Path, domain: str) -> set[object]:
    return {message.id for message in catalogs.collected(root, domain) if message.id}


def test_sentences_are_collected_from_python_templates_and_scripts(root):
    assert ids(root, catalogs.PAGES) == {
        "Join", ("One waits.", "%(count)s wait."), "A title", "%(name)s is here.", "Said there",
    }  # fmt: skip
    assert ids(root, catalogs.SCRIPTS) == {
        "Hello {name}.", ("One waits.", "{count} wait."), "And then?",
    }  # fmt: skip
    [message] = [one for one in catalogs.collected(root, catalogs.PAGES) if one.id == "Join"]
    assert message.auto_comments == ["Translators: on a button."]


def test_a_language_is_a_folder_that_is_added(root, tmp_path):
    assert catalogs.languages(root) == []
    catalogs.update(root, "pt-br")
    assert catalogs.languages(root) == ["pt-br"]
    path = catalogs.source(root, "pt-br", catalogs.PAGES)
    path.write_text(re.sub(r'msgid "Join"\nmsgstr ""', 'msgid "Join"\nmsgstr "Entrar"', path.read_text()))
    (root / "rooms/views.py").write_text(
        "from django.utils.translation import gettext as _\n_('Join'), _('Leave')\n"
    )
    catalogs.update(root, "pt-br")
    assert 'msgid "Join"\nmsgstr "Entrar"' in path.read_text()
    assert 'msgid "Leave"' in path.read_text()
    catalogs.compile_all(root, tmp_path / "made", ["pt-br"])
    compiled = (tmp_path / "made/pt_BR/LC_MESSAGES/django.mo").read_bytes()
    assert gettext.GNUTranslations(io.BytesIO(compiled)).gettext("Join") == "Entrar"


def test_a_translation_that_names_other_places_is_left_out_and_the_sentence_stays_english(
    root, tmp_path, caplog
):
    catalogs.update(root, "de")
    for domain, one, other in (
        (catalogs.PAGES, "%(name)s is here.", "%(nam)s ist da."),
        (catalogs.SCRIPTS, "Hello {name}.", "Hallo {nam}."),
    ):
        path = catalogs.source(root, "de", domain)
        path.write_text(
            path.read_text().replace(f'msgid "{one}"\nmsgstr ""', f'msgid "{one}"\nmsgstr "{other}"')
        )
        assert other in path.read_text()
    catalogs.compile_all(root, tmp_path / "made", ["de"])
    compiled = (tmp_path / "made/de/LC_MESSAGES/django.mo").read_bytes()
    assert gettext.GNUTranslations(io.BytesIO(compiled)).gettext("%(name)s is here.") == "%(name)s is here."
    assert "Hallo" not in (tmp_path / "made/static/words/de.js").read_text()
    assert caplog.text.count("are not those of the sentence") == 2


def test_the_browser_gets_its_sentences_with_plurals_by_their_names(root, tmp_path):
    catalogs.compile_all(root, tmp_path, ["en-xa", "ar-xb"])
    words = json.loads((tmp_path / "static/words/ar-xb.js").read_text().partition(" = ")[2].rstrip(";\n"))
    assert set(words["One waits."]) == {"zero", "one", "two", "few", "many", "other"}
    words = json.loads((tmp_path / "static/words/en-xa.js").read_text().partition(" = ")[2].rstrip(";\n"))
    assert words["Hello {name}."].startswith("[Ĥéļļö {name}.")
    assert words["One waits."] == {"one": "[Öñé ŵåîţš. öñé]", "other": "[{count} ŵåîţ. öñé]"}


def test_what_is_right_already_is_not_written_again(root, tmp_path):
    catalogs.compile_all(root, tmp_path, ["en-xa"])
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    catalogs.compile_all(root, tmp_path, ["en-xa"])
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_every_sentence_of_ours_can_be_collected():
    # Where a tag or a call is written in a way that cannot be read, this fails.
    assert len(catalogs.collected(settings.BASE_DIR, catalogs.PAGES)) > 100
