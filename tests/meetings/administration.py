"""The administration, as whoever sits at it uses it."""

from __future__ import annotations

from django.urls import reverse


def listing(model) -> str:
    return reverse(f"admin:meetings_{model._meta.model_name}_changelist")


def page_of(thing) -> str:
    return reverse(f"admin:meetings_{thing._meta.model_name}_change", args=[thing.pk])


def act(administrator, model, action, things, **more):
    """Choose an action, and say yes when asked."""
    chosen = {"action": action, "_selected_action": [thing.pk for thing in things]}
    return administrator.post(listing(model), {**chosen, "confirmed": "yes", **more}, follow=True)
