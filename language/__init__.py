"""Sentences in the language of whoever reads them. Pure: Django is what speaks, where there is one.

What is pure cannot import `django.utils.translation`, and yet has sentences to say. It imports the same names
from here, and `config.apps` has Django speak. Without that, as in a pure test, everything is English.
"""

from __future__ import annotations

from gettext import NullTranslations
from typing import Protocol

# The language of the sentences in the code.
SOURCE = "en"


class Translator(Protocol):
    """What knows the current language, and its sentences; `django.utils.translation` is one."""

    def get_language(self) -> str | None: ...
    def gettext(self, message: str) -> str: ...
    def ngettext(self, singular: str, plural: str, number: int) -> str: ...
    def pgettext(self, context: str, message: str) -> str: ...


class English:
    """Says every sentence as it stands."""

    _as_written = NullTranslations()

    def get_language(self) -> str:
        return SOURCE

    def gettext(self, message: str) -> str:
        return self._as_written.gettext(message)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self._as_written.ngettext(singular, plural, number)

    def pgettext(self, context: str, message: str) -> str:
        return self._as_written.pgettext(context, message)


_translator: Translator = English()


def translate_with(translator: Translator) -> None:
    """From now on this one says the sentences of the pure modules."""
    global _translator
    _translator = translator


def current_language() -> str:
    """The language of whoever reads: "en", "pt-br"."""
    return _translator.get_language() or SOURCE


def gettext(message: str) -> str:
    return _translator.gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    return _translator.ngettext(singular, plural, number)


def pgettext(context: str, message: str) -> str:
    return _translator.pgettext(context, message)


def gettext_noop(message: str) -> str:
    """`message` as it is: it stands in a table, and is said with `gettext` when it is needed."""
    return message
