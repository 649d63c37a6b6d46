"""What all of the forms are made of: plain texts of a length, and words for what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy, ngettext

from language import formats
from meetings import words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TITLE_LENGTH, TEXT_LENGTH = 200, 10_000


def length_limit(says: StrOrPromise, most: int) -> Any:
    """A validator that says how long the text is, `%(length)s`, and how long it may be, `%(most)s`."""

    def check(text: str) -> None:
        if len(text) > most:
            figures = {"length": formats.figure(len(text)), "most": formats.figure(most)}
            raise ValidationError(str(says) % figures)

    return check


class PlainField(forms.CharField):
    """Text without control and direction characters; on one line unless its widget has several."""

    def to_python(self, value: Any) -> str:
        lines = isinstance(self.widget, forms.Textarea)
        return super().to_python(words.plain(str(value or ""), lines=lines)) or ""


# What Django says where a field has no words of its own, and what we say instead.
DEFAULT_MESSAGES = {
    "required": gettext_lazy("“{label}” is empty."),
    "invalid_choice": gettext_lazy("“{label}” was set to something that is not on its list. Choose again."),
}


def heading(things: int) -> str:
    """What stands above so many things to put right."""
    text = ngettext("%(count)s thing to put right", "%(count)s things to put right", things)
    return words.sentence(text % {"count": words.number(things)})


class ErrorSummaryForm(forms.Form):
    """Knows what is to be put right in it, and says it by the names that stand at its fields."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            label = field.label or name.replace("_", " ").capitalize()
            stock = type(field)().error_messages
            for code, ours in DEFAULT_MESSAGES.items():
                if code in stock and field.error_messages[code] == stock[code]:
                    field.error_messages[code] = str(ours).format(label=label)

    @property
    def error_summary(self) -> list[tuple[str, str]]:
        """What is to be put right: the field's id and the words, in the order of the page."""
        return [
            (self[name].auto_id, str(error)) for name in self.fields for error in self.errors.get(name, ())
        ]

    @property
    def error_count(self) -> int:
        """How much is to be put right."""
        return len(self.error_summary)

    @property
    def error_heading(self) -> str:
        return heading(self.error_count)
