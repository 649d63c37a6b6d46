"""`manage.py worker` with the kinds of letters that these tests write. Started as a process of its own."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.mail import EmailMessage  # noqa: E402
from django.core.management import call_command  # noqa: E402

from outbox import delivery  # noqa: E402
from outbox.models import Letter  # noqa: E402


@delivery.renderer("note")
def render(letter: Letter) -> EmailMessage:
    return EmailMessage("A note", "Hello", "notes@example.org")


if __name__ == "__main__":
    call_command("worker")
