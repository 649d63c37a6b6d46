"""Another part of a series is to be changed than the form was opened for: what was typed goes along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import QueryDict

from meetings.forms.meeting import MeetingForm
from meetings.forms.times import TimedForm

# A file cannot be written into a page.
NOT_KEPT = {"file"}


def typed(form: TimedForm, sent: QueryDict) -> dict[str, Any]:
    """What a form that was sent has other than it began with, and what its page held for other scopes."""
    own = {name: form[name].value() for name in form.changed_data if name not in NOT_KEPT}
    if {"length", "minutes"} & own.keys():
        own |= {name: form[name].value() for name in ("length", "minutes")}
    fields = MeetingForm.base_fields
    held = {
        name: fields[name].widget.value_from_datadict(sent, {}, name)
        for name in sent.getlist("held")
        if name in fields and name not in form.fields and name not in NOT_KEPT
    }
    return held | own


def begin_with(initial: Mapping[str, Any], typed: Mapping[str, Any], old: TimedForm) -> dict[str, Any]:
    """What the form for the other scope begins with: a day goes on by as much as it was moved."""
    found = {**initial, **typed}
    try:
        moved = old.fields["date"].clean(typed["date"]) - old.initial["date"]
        found["date"] = initial["date"] + moved
    except (KeyError, TypeError, OverflowError, ValidationError):
        # Not moved, or not a day: then it stands there as it was typed.
        pass
    return found


def held(form: Form, typed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Fields for what this form has no place for, hidden in its page, for a change of mind."""
    fields = []
    for name, value in typed.items():
        if name in form.fields:
            continue
        fields.append(("held", name))
        values: Iterable[Any] = value if isinstance(value, list | tuple) else [value]
        fields += [(name, str(one).lower() if isinstance(one, bool) else str(one or "")) for one in values]
    return fields
