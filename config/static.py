"""How static files are served: hashed, compressed, and each page's stylesheet in one piece.

What lies in `static/` runs as it is. On the way to the browser three things happen, none of which changes
what it means: `@import`ed sheets are put in place of the import, comments and white space go, and names get
a hash so that they can be cached for good.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Any

import rcssmin
import rjsmin
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORTED_SHEET = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)
# Of a module without comments: what a page needs at once, and what it loads when it comes to need it.
IMPORTED_MODULE = re.compile(r"""\b(?:import|from)\s*["'](\.{1,2}/[^"']+\.js)["']""")
MODULE = re.compile(
    r"""\b(?:import\s*\(?|from|import\.meta\.resolve\()\s*["'](\.{1,2}/[^"']+\.(?:js|css))["']"""
)


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Shortens our own modules and sheets before they get their hashes."""

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if not dry_run:
            for name, (storage, path) in list(paths.items()):
                if name.startswith("js/") and name.endswith(".js"):
                    self._replace(paths, name, rjsmin.jsmin(_read(storage, path)))
                elif name.startswith(("css/", "js/")) and name.endswith(".css"):
                    self._replace(paths, name, rcssmin.cssmin(self._sheet(paths, name)))
        yield from super().post_process(paths, dry_run, **options)

    def modules(self, *entries: str) -> tuple[list[str], list[str]]:
        """What the entries import, over any number of steps, and what they may load later; plain names."""
        at_once = self._closure(entries, IMPORTED_MODULE)
        return at_once, [name for name in self._closure(entries, MODULE) if name not in at_once]

    def _closure(self, names: Iterable[str], pattern: re.Pattern[str]) -> list[str]:
        found = list(dict.fromkeys(names))
        for name in found:
            for target in pattern.findall(_read(self, name)) if name.endswith(".js") else ():
                module = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
                if module not in found:
                    found.append(module)
        return found

    def _sheet(self, paths: dict[str, tuple[Storage, str]], name: str) -> str:
        """A sheet with those that it imports in place; what these name themselves lies in one folder."""
        return IMPORTED_SHEET.sub(
            lambda match: self._sheet(
                paths, posixpath.normpath(posixpath.join(posixpath.dirname(name), match[1]))
            ),
            _read(*paths[name]),
        )

    def _replace(self, paths: dict[str, tuple[Storage, str]], name: str, text: str) -> None:
        self.delete(name)
        self._save(name, ContentFile(text.encode()))
        paths[name] = (self, name)


def _read(storage: Storage, path: str) -> str:
    with storage.open(path) as file:
        return str(file.read().decode())
