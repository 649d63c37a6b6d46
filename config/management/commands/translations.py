"""`translations update de` writes catalogs for translators, `translations compile` for the machine."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.launch import preparations
from language import catalogs


class Command(BaseCommand):
    help = "Collect the sentences of the code for translators, or compile what they wrote."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=("update", "compile"))
        parser.add_argument("languages", nargs="*", help="such as de or pt-br; else all that are here")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "compile":
            preparations.compile_catalogs()
            return
        for language in options["languages"] or catalogs.languages(settings.BASE_DIR):
            catalogs.update(settings.BASE_DIR, language)
            self.stdout.write(str(catalogs.source(settings.BASE_DIR, language, catalogs.PAGES).parent))
