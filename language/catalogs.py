"""From sentences in the code to catalogs: collected, written for translators, and compiled.

What people translate is in `locale/<language>/LC_MESSAGES/`: `django.po` for pages and letters, `djangojs.po`
for scripts. A machine may have no GNU gettext, so Babel compiles them, into the data directory.
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from copy import deepcopy
from gettext import c2py
from importlib.resources import files
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from babel import Locale
from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.extract import extract, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import templatize

from language import SOURCE, formats, pseudo

log = logging.getLogger(__name__)
PAGES, SCRIPTS = "django", "djangojs"
APPS = ("language", "outbox", "accounts", "meetings", "rooms", "config")
# Which of a function's arguments are a sentence, as Babel counts them; `c` is a context.
PYTHON: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
SCRIPT: dict[str, Any] = {"t": None, "tn": (1, 2)}
# Of scripts also what stands within a template literal: `${t("Copied")}`.
OPTIONS = {"parse_template_string": True}
COMMENTS = ("Translators:",)
# A place of a sentence of scripts and letters; Babel knows those of `%`.
PLACE = re.compile(r"\{\w+\}")
SAYS_SOMETHING = re.compile(rb"gettext|translate\b|\b_\(|\bi18n\.js\b")
# What libraries say on our pages. For real languages they bring catalogs; pseudo-languages are made of these.
LIBRARIES = (
    "django.conf",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "allauth",
)
PSEUDO: dict[str, Callable[[str], str]] = {
    pseudo.ACCENTED: pseudo.accented,
    pseudo.MIRRORED: pseudo.mirrored,
}


# -- collecting ---------------------------------------------------------------------------------


def collected(root: Path, domain: str) -> Catalog:
    """Every sentence of this copy of the code, without translations."""
    catalog = Catalog(domain=domain, project="Roundtable", charset="utf-8", fuzzy=False)
    for path, method, keywords in _sources(root, domain):
        text = path.read_bytes()
        # Most files say nothing; to look closely takes seconds.
        if SAYS_SOMETHING.search(text):
            name = path.relative_to(root).as_posix()
            for line, message, comments, context in extract(
                method, io.BytesIO(text), keywords, COMMENTS, OPTIONS
            ):
                catalog.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalog


def _sources(root: Path, domain: str) -> Iterator[tuple[Path, Any, dict[str, Any]]]:
    if domain == SCRIPTS:
        yield from ((path, "javascript", SCRIPT) for path in sorted(root.glob("static/js/**/*.js")))
        return
    for app in APPS:
        for path in sorted(root.glob(f"{app}/**/*.py")):
            if "migrations" not in path.parts:
                yield path, "python", PYTHON
    for path in sorted(root.glob("templates/**/*.*")):
        yield path, extract_template, PYTHON


def extract_template(file: Any, keywords: Any, comment_tags: Any, options: Any) -> Iterable[Any]:
    """What the tags of a Django template translate; an extraction method as Babel wants one."""
    # `templatize` leaves calls of gettext, and X in place of the rest; indented as Python would not be.
    lines = templatize(file.read().decode()).splitlines()
    python = "\n".join(line.lstrip() for line in lines)
    return extract_python(io.BytesIO(python.encode()), keywords, comment_tags, options)


# -- for translators ----------------------------------------------------------------------------


def languages(root: Path) -> list[str]:
    """Those that have a catalog, beside the one that the code is written in: "de", "pt-br"."""
    folders = sorted(path.parent.parent.name for path in root.glob(f"locale/*/LC_MESSAGES/{PAGES}.po"))
    return [folder.replace("_", "-").lower() for folder in folders]


def source(root: Path, language: str, domain: str) -> Path:
    """Where the translations of a language stand."""
    return root / "locale" / folder(language) / "LC_MESSAGES" / f"{domain}.po"


def folder(language: str) -> str:
    """As Django names it: "pt-br" is in `pt_BR`, "zh-hans" in `zh_Hans`."""
    first, _, rest = language.partition("-")
    return f"{first}_{rest.title() if len(rest) > 2 else rest.upper()}" if rest else first


def update(root: Path, language: str) -> None:
    """Bring a language's catalogs up to the sentences of the code; a new one begins with empty ones."""
    for domain in (PAGES, SCRIPTS):
        path = source(root, language, domain)
        catalog = collected(root, domain)
        known = (
            _read(path, domain) if path.exists() else Catalog(Locale.parse(formats.cldr(language)), domain)
        )
        known.update(catalog, update_header_comment=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, known, width=110, sort_by_file=True, omit_header=False)


def _read(path: Path, domain: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, domain=domain)


# -- compiling ----------------------------------------------------------------------------------


def compile_all(root: Path, into: Path, chosen: Collection[str]) -> None:
    """Write what the server and the browser read of these languages, where it is not there as it is."""
    made = {domain: collected(root, domain) for domain in (PAGES, SCRIPTS) if set(chosen) & set(PSEUDO)}
    for language in chosen:
        if language != SOURCE:
            pages, scripts = (
                _pseudo(made[domain], language, domain)
                if language in PSEUDO
                else _sound(_read(source(root, language, domain), domain))
                for domain in (PAGES, SCRIPTS)
            )
            compiled = io.BytesIO()
            write_mo(compiled, pages)
            _write(into / folder(language) / "LC_MESSAGES" / f"{PAGES}.mo", compiled.getvalue())
            _write(into / "static" / script(language), _script(scripts, language).encode())


def _sound(catalog: Catalog) -> Catalog:
    """Without translations that name other places than their sentence, which stands in English instead."""
    for message in list(catalog):
        if message.id and message.string and _is_broken(message, catalog):
            log.warning("%s: the places of “%s” are not those of the sentence", catalog.locale, message.id)
            catalog.delete(message.id, message.context)
    return catalog


def _is_broken(message: Message, catalog: Catalog) -> bool:
    named = {place for text in _forms_of(message.id) for place in PLACE.findall(text)}
    said = {place for text in _forms_of(message.string) for place in PLACE.findall(text)}
    return bool(said - named) or any(message.check(catalog))


def _forms_of(text: Any) -> Sequence[str]:
    """A sentence, or its plurals."""
    return (text,) if isinstance(text, str) else tuple(text)


def script(language: str) -> str:
    """The name of a language's sentences for the browser, among the static files."""
    return f"words/{language}.js"


def _pseudo(collection: Catalog, language: str, domain: str) -> Catalog:
    """Every sentence of the code, and of the libraries that say something on pages, in a pseudo-language."""
    catalog, change = deepcopy(collection), PSEUDO[language]
    if domain == PAGES:
        for library in LIBRARIES:
            text = files(library).joinpath("locale", "en", "LC_MESSAGES", "django.po").read_bytes()
            for message in read_po(io.BytesIO(text)):
                if message.id and not catalog.get(message.id, message.context):
                    catalog.add(message.id, context=message.context)
    for message in catalog:
        if message.id:
            message.string = (
                change(message.id)
                if isinstance(message.id, str)
                else tuple(change(form) for form in message.id)
            )
    return catalog


def _script(catalog: Catalog, language: str) -> str:
    """A script that hands the page its sentences: a text, or one for each plural by its name in CLDR."""
    forms = _forms(catalog, language)
    words: dict[str, str | dict[str, str]] = {}
    for message in catalog:
        if not message.id or not message.string or message.fuzzy:
            continue
        if isinstance(message.id, str):
            words[message.id] = str(message.string)
        elif all(message.string):
            words[message.id[0]] = {name: message.string[form] for name, form in forms.items()}
    return f"globalThis.words = {json.dumps(words, ensure_ascii=False, separators=(',', ':'))};\n"


def _forms(catalog: Catalog, language: str) -> dict[str, int]:
    """Which of gettext's forms each of CLDR's plurals is: {"one": 0, "other": 1}."""
    form_of = c2py(catalog.plural_expr)
    category_of = Locale.parse(formats.cldr(language)).plural_form
    forms: dict[str, int] = {}
    for number in range(1001):
        forms.setdefault(category_of(number), min(form_of(number), catalog.num_plurals - 1))
    forms.setdefault("other", catalog.num_plurals - 1)
    return forms


def _write(path: Path, content: bytes) -> None:
    """Leaves a file alone that is right, so that nothing is collected anew."""
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Of its own, since others may write the same at this moment.
        with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as draft:
            draft.write(content)
        Path(draft.name).chmod(0o644)
        Path(draft.name).replace(path)
