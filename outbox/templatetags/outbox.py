from __future__ import annotations

from typing import Any

from django import template

from outbox import access

register = template.Library()


@register.simple_tag(takes_context=True)
def may_see_outbox(context: dict[str, Any]) -> bool:
    """Whether to show this visitor the way to the letters."""
    return access.may_see_outbox(context["request"])
