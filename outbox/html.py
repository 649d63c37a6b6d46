"""The HTML of letters: from a template with classes, the look of each element put at the element.

Mail programs drop stylesheets, all but a few, so css-inline puts the rules of `mail/letter.css` into `style`
attributes. What stands in `@media` (the dark, a narrow window) stays in the head.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from css_inline import CSSInliner
from django.template.loader import get_template, render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

STYLE = "mail/letter.css"


def render(template: str, context: Mapping[str, Any]) -> str:
    """The letter as mail programs can show it; nothing is fetched."""
    speaks = {
        "language": translation.get_language(),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
    }
    return _inliner().inline(render_to_string(template, {**speaks, "kept_style": _style()[1], **context}))


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(extra_css=_style()[0], minify_css=True, load_remote_stylesheets=False)


@cache
def _style() -> tuple[str, str]:
    """The rules that are put at elements, and those that stay: from the first `@media` on."""
    rules, at, media = get_template(STYLE).render().partition("@media")
    return rules, mark_safe(at + media)  # noqa: S308  (a file of ours)
