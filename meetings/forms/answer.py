"""Yes, maybe or no."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.forms.fields import PlainField, length_limit
from meetings.models import Attendee

NOTE_LENGTH = 200
ANSWERS = {
    "yes": Attendee.PartStat.ACCEPTED,
    "maybe": Attendee.PartStat.TENTATIVE,
    "no": Attendee.PartStat.DECLINED,
}
CHANGED = _("One of these dates has changed. Here is the new one.")


class _Answer(forms.Form):
    """Yes, maybe or no."""

    answer = forms.ChoiceField(
        choices=[("yes", _("Yes")), ("maybe", _("Maybe")), ("no", _("No"))],
        error_messages={"required": _("Yes, maybe or no?"), "invalid_choice": _("Yes, maybe or no?")},
    )

    @property
    def partstat(self) -> Attendee.PartStat:
        return ANSWERS[self.cleaned_data["answer"]]


class AnswerForm(_Answer):
    """To one thing: a meeting, or one of its dates; with a word."""

    note = PlainField(
        label=_("Add a note"),
        required=False,
        validators=[
            length_limit(
                _("The word with it is %(length)s characters long. %(most)s is the most."), NOTE_LENGTH
            )
        ],
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    # Its `appointment` as the page showed it.
    about = forms.CharField(required=False, widget=forms.HiddenInput)


class SeveralForm(_Answer):
    """To several dates of a series at once, whichever of its parts they are of."""

    # The number of each date, and its `appointment` as the page showed it: 12:20301125T130000Z-2700.
    dates = forms.TypedMultipleChoiceField(
        coerce=lambda said: (int(said.partition(":")[0]), said.partition(":")[2]),
        error_messages={
            "required": _("Which dates is it for?"),
            "invalid_choice": CHANGED,
        },
    )

    def __init__(self, *args: Any, choices: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.TypedMultipleChoiceField, self.fields["dates"])
        field.choices = [(said, said) for said in choices]
