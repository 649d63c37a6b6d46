"""Which languages a copy offers: every one that has a catalog."""

from __future__ import annotations

from pathlib import Path

from django.conf.locale import LANG_INFO

from language import SOURCE, pseudo


def offered(catalogs: Path, *, with_pseudo: bool) -> list[tuple[str, str]]:
    """Code and own name of each language: that of the code, and those that have a catalog here."""
    folders = sorted(path.parent.parent.name for path in catalogs.glob("*/LC_MESSAGES/django.po"))
    codes = [SOURCE, *(folder.replace("_", "-").lower() for folder in folders)]
    named = [(code, str(LANG_INFO.get(code, {}).get("name_local", code))) for code in codes]
    return [*named, *(pseudo.NAMES.items() if with_pseudo else ())]
