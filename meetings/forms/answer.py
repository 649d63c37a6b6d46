"""Yes, maybe or no."""

from __future__ import annotations

from django import forms

from meetings.forms.fields import PlainField, length_limit
from meetings.models import Attendee

NOTE_LENGTH = 200
ANSWERS = {
    "yes": Attendee.PartStat.ACCEPTED,
    "maybe": Attendee.PartStat.TENTATIVE,
    "no": Attendee.PartStat.DECLINED,
}


class AnswerForm(forms.Form):
    """Yes, maybe or no, and a word with it."""

    answer = forms.ChoiceField(
        choices=[(name, name.title()) for name in ANSWERS],
        error_messages={"required": "Yes, maybe or no?", "invalid_choice": "Yes, maybe or no?"},
    )
    # The meeting's `appointment` as the page showed it.
    about = forms.CharField(required=False, widget=forms.HiddenInput)
    note = PlainField(
        label="A word with it",
        required=False,
        validators=[length_limit("The word with it", NOTE_LENGTH)],
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )

    @property
    def partstat(self) -> Attendee.PartStat:
        return ANSWERS[self.cleaned_data["answer"]]
