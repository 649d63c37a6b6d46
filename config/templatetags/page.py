"""Template tags that every page may use."""

from __future__ import annotations

import functools
import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.names import hue, initials
from config.static import StaticStorage
from language import formats

# So many characters fit into a column of a table.
SHORT_ADDRESS = 24
JOINTS = re.compile(r"(?<=@)|(?=\.)")

register = template.Library()
register.filter(initials)


@register.simple_tag(takes_context=True)
def modules(context: dict[str, Any], *entries: str, at_once: str = "", at_click: str = "") -> SafeString:
    """The scripts of a page: its entry modules, such as "js/page.js".

    `at_once` is one more, which runs as soon as it is here, be the page read to its end and drawn or not.
    `at_click` is loaded later by one of them: what it needs beyond the entries is in a template, as preloads
    for whoever cannot wait that long.

    With hashed files also the import map, through which the relative imports between modules find the hashed
    addresses, and a preload for each module that is imported at once, so that none waits for its importer.
    Once a page: a second import map would come too late.
    """
    parts = []
    first = [at_once] if at_once else []
    if isinstance(staticfiles_storage, StaticStorage):
        base = staticfiles_storage.base_url
        needed, later = _reached(staticfiles_storage, (*first, *entries))
        imports = {f"{base}{plain}": f"{base}{name}" for plain, name in (needed | later).items()}
        text = json.dumps({"imports": imports}, separators=(",", ":")).replace("<", "\\u003c")
        nonce = context["csp_nonce"]
        parts.append(format_html('<script type="importmap" nonce="{}">{}</script>', nonce, mark_safe(text)))
        parts += [
            format_html('<link rel="modulepreload" href="{}{}">', base, name) for name in needed.values()
        ]
        if at_click:
            most, _ = _reached(staticfiles_storage, (*first, *entries, at_click))
            links = [
                format_html('<link rel="modulepreload" href="{}{}">', base, name)
                for plain, name in most.items()
                if plain not in needed
            ]
            parts.append(format_html('<template id="at-click">{}</template>', mark_safe("".join(links))))
    parts += [format_html('<script type="module" async src="{}"></script>', static(entry)) for entry in first]
    parts += [format_html('<script type="module" src="{}"></script>', static(entry)) for entry in entries]
    return mark_safe("".join(parts))


@register.simple_tag(takes_context=True)
def inline(context: dict[str, Any], name: str) -> SafeString:
    """A small script of `static/` in the page itself: what must not wait for a request."""
    is_shortened = isinstance(staticfiles_storage, StaticStorage)
    text = _shortened(staticfiles_storage, name) if is_shortened else _written(name)
    if "</script" in text or "<!--" in text:
        raise ValueError(f"{name} cannot stand in a page")
    return format_html('<script nonce="{}">{}</script>', context["csp_nonce"], mark_safe(text))


@functools.cache
def _shortened(storage: StaticStorage, name: str) -> str:
    with storage.open(name) as file:
        return str(file.read().decode())


def _written(name: str) -> str:
    if not (path := finders.find(name)):
        raise ValueError(f"there is no {name} in static/")
    return Path(path).read_text()


@functools.cache
def _reached(storage: StaticStorage, entries: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
    """Plain name -> hashed name of what the entries import, and of what they may load later."""
    at_once, later = storage.modules(*entries)
    return _hashed(storage, at_once), _hashed(storage, later)


def _hashed(storage: StaticStorage, names: list[str]) -> dict[str, str]:
    return {name: storage.stored_name(name) for name in names}


@register.filter(expects_localtime=True)
def dated(at: date | None, skeleton: str) -> str:
    """A date by its parts, as the language of the page writes them (language.formats)."""
    return formats.dated(at, skeleton) if at else ""


@register.filter(expects_localtime=True)
def clock(at: datetime | None) -> str:
    """14:05"""
    return formats.clock(at) if at else ""


@register.filter(expects_localtime=True)
def moment(at: datetime | None, skeleton: str) -> str:
    """The same of a day and its clock: 23 November 2026, 14:05."""
    if not at:
        return ""
    return _("%(day)s, %(clock)s") % {"day": formats.dated(at, skeleton), "clock": formats.clock(at)}


@register.filter
def breakable(address: str) -> SafeString:
    """An e-mail address with places where a line may break: after the @, and before a dot of what follows it.

    A short one has none, and stays whole.
    """
    parts = JOINTS.split(address) if len(address) > SHORT_ADDRESS else [address]
    return format_html_join(mark_safe("<wbr>"), "{}", ((part,) for part in parts))


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
    """A person's initials on one of eight hues. `size`: "s", "l" or ""; `key`, else the name, picks it."""
    return format_html(
        '<span class="avatar hue-{}{}" aria-hidden="true">{}</span>',
        hue(key or name),
        f" avatar-{size}" if size else "",
        initials(name),
    )
