"""What a room is for, and who may enter it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from meetings.forms.fields import TEXT_LENGTH, TITLE_LENGTH, PlainField, TellingForm, length_limit
from meetings.models import Meeting


class DoorForm(TellingForm):
    """What a room is for, who may enter and how many."""

    description = PlainField(
        label="What it is about",
        required=False,
        validators=[length_limit("The description", TEXT_LENGTH)],
        widget=forms.Textarea(attrs={"class": "textarea", "rows": 3}),
    )
    access = forms.ChoiceField(
        label="Who may enter",
        required=False,
        choices=Meeting.Access.choices,
        widget=forms.Select(attrs={"class": "select"}),
    )
    lobby = forms.BooleanField(
        label="Lobby",
        required=False,
        help_text="People wait until you or another host lets them in.",
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )
    capacity = forms.IntegerField(
        label="Seats",
        required=False,
        error_messages={"invalid": "How many seats? A number will do."},
        widget=forms.NumberInput(attrs={"class": "input", "min": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        seats = settings.ROOM_CAPACITY
        self.fields["capacity"].help_text = f"From 2 to {seats}; empty for all {seats}."
        self.fields["capacity"].widget.attrs["max"] = seats

    def clean_access(self) -> str:
        return self.cleaned_data["access"] or Meeting.Access.ANYONE

    def clean_capacity(self) -> int | None:
        seats: int | None = self.cleaned_data["capacity"]
        if seats is not None and not 2 <= seats <= settings.ROOM_CAPACITY:
            raise ValidationError(f"From 2 to {settings.ROOM_CAPACITY} seats.")
        # As many as a room holds is no limit, and stays none when rooms grow.
        return seats if seats != settings.ROOM_CAPACITY else None


class OwnRoomForm(DoorForm):
    """What may be set of a room of one's own, where nobody is invited."""

    title = PlainField(
        label="Name",
        max_length=None,
        validators=[length_limit("The name", TITLE_LENGTH)],
        error_messages={"required": "A name tells people whose room it is."},
        widget=forms.TextInput(attrs={"class": "input input-title", "autocomplete": "off"}),
    )

    field_order = ("title", "description", "access", "lobby", "capacity")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = (Meeting.Access.KNOWN, "Whoever is signed in")
        self.fields["access"].choices = [  # type: ignore[attr-defined]
            (Meeting.Access.ANYONE, Meeting.Access.ANYONE.label),
            known,
        ]
        self.fields["lobby"].help_text = "People wait until you let them in."
