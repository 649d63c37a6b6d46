from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone

from accounts.models import User
from meetings.forms.addresses import parse
from meetings.models import Attendee, Meeting
from meetings.plans import invitations
from meetings.plans.address import Address
from meetings.plans.invitations import Plan
from outbox import delivery
from outbox.models import Letter

MONDAY = datetime(2030, 11, 25, 13, 0, tzinfo=UTC)


@pytest.fixture
def plan() -> Callable[..., Plan]:
    """A plan for Monday, 25 November 2030, 14:00 in Berlin, unless said otherwise."""

    def make(people: str | list[Address] = "", **changes) -> Plan:
        facts = {
            "title": "Autumn timetable",
            "starts_at": MONDAY,
            "duration": timedelta(minutes=45),
            "time_zone": "Europe/Berlin",
            "agenda": "",
        }
        found = parse(people).addresses if isinstance(people, str) else people
        return Plan(**{**facts, **changes}, people=found)

    return make


@pytest.fixture
def standup(alice: User, bob: User, plan: Callable[..., Plan]) -> Meeting:
    """Alice's meeting, to which Bob, who has an account, and Dave, who has none, are invited."""
    return invitations.schedule(alice, plan("Bob Lindqvist <bob@example.org>, Dave <dave@far.example>"))


@pytest.fixture
def invited(standup: Meeting) -> Callable[[str], Attendee]:
    """`invited("dave")`: the attendee, as the database has it now."""
    return lambda name: Attendee.objects.select_related("letter", "meeting").get(
        meeting=standup, email__startswith=f"{name}@"
    )


@pytest.fixture
def open_letter(mailoutbox) -> Callable[[Attendee], EmailMultiAlternatives | None]:
    """Deliver everything; the message that the attendee's latest letter became, or None."""

    def deliver(attendee: Attendee) -> EmailMultiAlternatives | None:
        delivery.deliver_due("test")
        attendee.refresh_from_db()
        wanted = delivery.message_id(Letter.objects.get(pk=attendee.letter_id or 0).key)
        return next((sent for sent in mailoutbox if sent.extra_headers["Message-ID"] == wanted), None)

    return deliver


@pytest.fixture
def soon() -> datetime:
    return timezone.now().replace(second=0, microsecond=0) + timedelta(hours=2)


@pytest.fixture
def administrator(as_person: Callable[[User], Client], carol: User) -> Client:
    """Carol's browser; here she is the administrator."""
    carol.is_staff = carol.is_superuser = True
    carol.save()
    return as_person(carol)
