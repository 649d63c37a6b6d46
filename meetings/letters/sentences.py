"""Whole sentences with places for what people wrote: text, and as HTML each place by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils.html import conditional_escape, escape

from meetings import words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Sentence(str):
    """A text that templates of HTML show with markup of its own."""

    html: str

    def __new__(cls, text: str, html: str) -> Sentence:
        sentence = super().__new__(cls, text)
        sentence.html = html
        return sentence

    def __html__(self) -> str:
        return self.html


class _Open(dict[str, Any]):
    """Leaves every place of a message as it is, but for what chooses its plural."""

    def __missing__(self, place: str) -> str:
        return f"%({place})s"


def say(message: StrOrPromise, number: int | None = None, /, **places: str) -> Sentence:
    """`message` with its places filled: `%(title)s`. It may make a word `<strong>`, which text leaves out.

    With `number`, a message of `ngettext_lazy(…, …, "number")`.
    """
    said = str(message) if number is None else str(message % _Open(number=number))
    marked = escape(said).replace("&lt;strong&gt;", "<strong>").replace("&lt;/strong&gt;", "</strong>")
    plain = said.replace("<strong>", "").replace("</strong>", "")
    shown = {place: conditional_escape(value) for place, value in places.items()}
    return Sentence(plain % places, marked % shown)


def theirs(text: str) -> Sentence:
    """What somebody wrote, in whatever language and direction: it changes nothing around it."""
    return Sentence(text, f"<bdi>{escape(text)}</bdi>") if text else Sentence("", "")


def unbroken(text: str) -> Sentence:
    """What is to stand on one line."""
    return Sentence(text, f'<span class="unbroken">{escape(text)}</span>')


def joined(parts: Iterable[str], between: str = "; ") -> Sentence:
    """Several, one after the other."""
    parts = list(parts)
    return Sentence(between.join(parts), between.join(conditional_escape(part) for part in parts))


def listed(parts: Iterable[str]) -> Sentence:
    """A, B and C."""
    parts = list(parts)
    return Sentence(words.listed(parts), words.listed([conditional_escape(part) for part in parts]))
