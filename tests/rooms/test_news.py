"""Rooms listen to what meetings and accounts say, and do not guess it from rows that are saved."""

from __future__ import annotations

from django.db.models import signals as of_models


def test_no_receiver_of_rooms_listens_to_rows():
    signals = (
        of_models.pre_save,
        of_models.post_save,
        of_models.pre_delete,
        of_models.post_delete,
        of_models.m2m_changed,
    )
    listeners = [entry[1] for signal in signals for entry in signal.receivers]
    functions = [one() if hasattr(one, "__self__") is False and callable(one) else one for one in listeners]
    modules = {function.__module__ for function in functions if function is not None}
    assert modules
    assert not [name for name in modules if name.startswith("rooms")]
