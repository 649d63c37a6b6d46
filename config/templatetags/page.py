"""Template tags that every page may use."""

from __future__ import annotations

import json
import zlib
from typing import Any

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def import_map(context: dict[str, Any], folder: str = "js/") -> SafeString:
    """The page's import map: the address of each of our modules -> its hashed address.

    Relative imports between modules are resolved through it, so that a module can be cached for good
    without any rewriting of its source. Empty while static files are served unhashed.
    """
    hashed: dict[str, str] = getattr(staticfiles_storage, "hashed_files", {})
    imports = {
        f"{staticfiles_storage.base_url}{plain}": f"{staticfiles_storage.base_url}{name}"
        for plain, name in sorted(hashed.items())
        if plain.startswith(folder) and plain.endswith(".js")
    }
    if not imports:
        return mark_safe("")
    text = json.dumps({"imports": imports}, separators=(",", ":")).replace("<", "\\u003c")
    return format_html(
        '<script type="importmap" nonce="{}">{}</script>', context["csp_nonce"], mark_safe(text)
    )


@register.simple_tag
def preload_modules(folder: str) -> SafeString:
    """`modulepreload` links for every module of a folder, so that none waits for its importer."""
    hashed: dict[str, str] = getattr(staticfiles_storage, "hashed_files", {})
    return mark_safe(
        "".join(
            format_html('<link rel="modulepreload" href="{}{}">', staticfiles_storage.base_url, name)
            for plain, name in sorted(hashed.items())
            if plain.startswith(folder) and plain.endswith(".js")
        )
    )


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of `static/icons.svg`, hidden from screen readers: words stand beside it."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f" {extra}" if extra else "",
        static("icons.svg"),
        name,
    )


@register.simple_tag
def avatar(name: str, size: str = "", key: str = "") -> SafeString:
    """A person's initials on one of eight hues. `size`: "s", "l" or nothing; `key` (the address) picks the hue."""
    return format_html(
        '<span class="avatar hue-{}{}" aria-hidden="true">{}</span>',
        hue(key or name),
        f" avatar-{size}" if size else "",
        initials(name),
    )


def hue(key: str) -> int:
    """1 to 8, always the same for the same person."""
    return zlib.crc32(key.strip().lower().encode()) % 8 + 1


@register.filter
def initials(name: str) -> str:
    """One letter, or two from the first and the last word where the script has capitals."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    first, last = words[0][0], words[-1][0]
    if len(words) == 1 or not (first.upper() != first.lower() and last.upper() != last.lower()):
        return first.upper()
    return (first + last).upper()
