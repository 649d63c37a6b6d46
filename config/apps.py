from django.apps import AppConfig
from django.utils import translation

import language


class ConfigConfig(AppConfig):
    """What wires everything together."""

    name = "config"

    def ready(self) -> None:
        language.translate_with(translation)
