"""A lobby, a host inside, and people who ask to be let in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from meetings.models import Meeting
from tests.meetings.retimed import retime


@pytest.fixture
def with_lobby(standup):
    Meeting.objects.update(lobby=True)
    standup.refresh_from_db()
    return standup


@pytest.fixture
async def host(enter, as_person, alice):
    """Alice, inside."""
    return await enter("Alice", await sync_to_async(as_person)(alice))


@pytest.fixture
def asks(open_socket, guest):
    """`await asks("Bob")`: a page of that name that waits to be let in, and the `waiting` that it got."""

    async def ask(name="Bob", client=None):
        page = await open_socket(client or await sync_to_async(guest)())
        await page.hears("ready")
        await page.says("join", name=name)
        return page, await page.hears("waiting")

    return ask


@pytest.fixture
def tomorrow(standup):
    """The stand-up is tomorrow, and opens ten minutes before."""
    standup.early = timedelta(minutes=10)
    retime(standup, starts_at=timezone.now() + timedelta(days=1))
    return standup
