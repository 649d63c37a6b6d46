"""Pages in a language that nobody speaks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.signals import setting_changed
from django.test import Client

from accounts.models import User
from language import catalogs, pseudo
from meetings.forms.addresses import parse
from meetings.models import Attendee, Meeting
from meetings.plans import invitations
from meetings.plans.plan import Plan

PEOPLE = "Bob <bob@example.org>, Dave <dave@far.example>"


@pytest.fixture(scope="session")
def _compiled() -> None:
    catalogs.compile_all(settings.BASE_DIR, settings.LOCALE_PATHS[0], list(pseudo.NAMES))
    # Django may have looked for them before they were there.
    setting_changed.send(sender=None, setting="LANGUAGES", value=settings.LANGUAGES, enter=True)


@pytest.fixture
def reading(_compiled: None) -> Callable[..., Client]:
    """`reading("en-xa", bob)`: a browser that asks for pages in this language, in which he is signed in."""

    def opened(language: str, user: User | None = None) -> Client:
        client = Client(headers={"accept-language": language})
        if user:
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return opened


@pytest.fixture
def series(alice: User, bob: User) -> Meeting:
    """What Alice organizes, every Monday, with Bob and Dave; Bob has said yes."""
    plan = Plan(
        title="Ēťûđé",
        starts_at=datetime(2030, 11, 25, 13, 0, tzinfo=UTC),
        duration=timedelta(minutes=45),
        time_zone="Europe/Berlin",
        rrule="FREQ=WEEKLY;COUNT=4",
        agenda="",
        people=parse(PEOPLE).addresses,
    )
    meeting = invitations.schedule(alice, plan)
    invitations.respond(meeting.attendees.get(user=bob), Attendee.PartStat.ACCEPTED, "")
    return meeting
