"""What a room is for, and who may enter it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from meetings.forms.fields import TEXT_LENGTH, TITLE_LENGTH, ErrorSummaryForm, PlainField, length_limit
from meetings.models import Meeting


class AccessForm(ErrorSummaryForm):
    """What a room is for, who may enter and how many."""

    description = PlainField(
        label=_("What it is about"),
        required=False,
        validators=[
            length_limit(
                _("The description is %(length)s characters long. %(most)s is the most."), TEXT_LENGTH
            )
        ],
        widget=forms.Textarea(attrs={"class": "textarea", "rows": 3}),
    )
    access = forms.ChoiceField(
        label=_("Who may enter"),
        required=False,
        choices=Meeting.Access.choices,
        widget=forms.Select(attrs={"class": "select"}),
    )
    lobby = forms.BooleanField(
        label=_("Lobby"),
        required=False,
        help_text=_("People wait until you or another host lets them in."),
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )
    capacity = forms.IntegerField(
        label=_("Seats"),
        required=False,
        error_messages={"invalid": _("How many seats? A number will do.")},
        widget=forms.NumberInput(attrs={"class": "input", "min": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        seats = settings.ROOM_CAPACITY
        self.fields["capacity"].help_text = gettext("From 2 to %(seats)s; empty for all %(seats)s.") % {
            "seats": seats
        }
        self.fields["capacity"].widget.attrs["max"] = seats

    def clean_access(self) -> str:
        return self.cleaned_data["access"] or Meeting.Access.ANYONE

    def clean_capacity(self) -> int | None:
        seats: int | None = self.cleaned_data["capacity"]
        if seats is not None and not 2 <= seats <= settings.ROOM_CAPACITY:
            raise ValidationError(gettext("From 2 to %(seats)s seats.") % {"seats": settings.ROOM_CAPACITY})
        # As many as a room holds is no limit, and stays none when rooms grow.
        return seats if seats != settings.ROOM_CAPACITY else None


class OwnRoomForm(AccessForm):
    """What may be set of a room of one's own, where nobody is invited."""

    title = PlainField(
        label=_("Name"),
        max_length=None,
        validators=[
            length_limit(_("The name is %(length)s characters long. %(most)s is the most."), TITLE_LENGTH)
        ],
        error_messages={"required": _("A name tells people whose room it is.")},
        widget=forms.TextInput(attrs={"class": "input input-title", "autocomplete": "off"}),
    )

    field_order = ("title", "description", "access", "lobby", "capacity")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = (Meeting.Access.KNOWN, _("Whoever is signed in"))
        self.fields["access"].choices = [  # type: ignore[attr-defined]
            (Meeting.Access.ANYONE, Meeting.Access.ANYONE.label),
            known,
        ]
        self.fields["lobby"].help_text = _("People wait until you let them in.")
