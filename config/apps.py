from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.utils import translation

import language


class ConfigConfig(AppConfig):
    """What wires everything together."""

    name = "config"

    def ready(self) -> None:
        language.translate_with(translation)
        checks.register(administration_is_sound, checks.Tags.admin)


def administration_is_sound(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Django's own check looks at what is registered by then: nothing, unless the pages were loaded before.

    Where they were, what is wrong is said twice.
    """
    # Whoever serves no pages does without this.
    from django.contrib.admin import site

    import_module(settings.ROOT_URLCONF)
    return site.check(app_configs)
