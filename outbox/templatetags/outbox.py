from __future__ import annotations

from typing import Any

from django import template

from outbox import access

register = template.Library()


@register.simple_tag(takes_context=True)
def way_to_letters(context: dict[str, Any]) -> str:
    """What to tell whoever waits for a letter: "open" (this browser shows them), "printed" (the printed
    address does), or "" (they are mailed, or shown to others only)."""
    request = context["request"]
    if access.visibility(request) is access.Visibility.EVERYTHING:
        return "open"
    return "printed" if access.could_open(request) else ""
