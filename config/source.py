"""The source of this very server, for anybody who uses it (AGPL-3.0, section 13)."""

from __future__ import annotations

import functools
import io
import tarfile

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

# What the program consists of. Nothing else leaves the tree: no data, no key, no notes beside the code.
PARTS = (
    "accounts", "benchmarks", "config", "deploy", "docs", "language", "locale", "meetings", "outbox",
    "rooms",
    "static", "templates", "tests",
    "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md", "manage.py", "pyproject.toml",
    "requirements.txt", "requirements-dev.txt", "run", "package.json", "package-lock.json", "jsconfig.json",
    "eslint.config.js", ".ci/run", ".gitignore", ".npmrc",
)  # fmt: skip
KINDS = {
    ".py", ".js", ".mjs", ".css", ".svg", ".html", ".txt", ".md", ".toml", ".json", ".png",
    ".conf", ".service", ".yml", ".yaml", ".sh", ".po",
}  # fmt: skip
# Files of no kind.
NAMES = {"Caddyfile", "Dockerfile"}


@functools.cache
def archive() -> bytes:
    """A gzipped tar of the files that run here, as they were when the first person asked."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for part in PARTS:
            top = settings.BASE_DIR / part
            files = [top] if top.is_file() else sorted(top.rglob("*"))
            for file in files:
                belongs = file == top or file.suffix in KINDS or file.name in NAMES
                if belongs and file.is_file() and "__pycache__" not in file.parts:
                    tar.add(file, f"roundtable/{file.relative_to(settings.BASE_DIR)}")
    return buffer.getvalue()


@require_safe
def source(request: HttpRequest) -> HttpResponse:
    """Hand over the source as it runs here, changes included."""
    return HttpResponse(
        archive(),
        content_type="application/gzip",
        headers={"Content-Disposition": 'attachment; filename="roundtable-source.tar.gz"'},
    )
