from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User


@pytest.fixture
def admin(client, alice) -> Client:
    """Alice's browser; here she is the administrator."""
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    client.force_login(alice)
    return client
