"""Yes, maybe or no."""

from __future__ import annotations

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


class AnswerForm(forms.Form):
    """Yes, maybe or no, and a word with it."""

    answer = forms.ChoiceField(
        choices=[("yes", _("Yes")), ("maybe", _("Maybe")), ("no", _("No"))],
        error_messages={"required": _("Yes, maybe or no?"), "invalid_choice": _("Yes, maybe or no?")},
    )
    # The meeting's `appointment` as the page showed it.
    about = forms.CharField(required=False, widget=forms.HiddenInput)
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

    @property
    def partstat(self) -> Attendee.PartStat:
        return ANSWERS[self.cleaned_data["answer"]]
