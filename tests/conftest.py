"""The cast, and what every test may ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from channels.layers import channel_layers
from django.test import Client

from accounts.models import User
from tests import settings

pytest_plugins = ["tests.servers", "tests.browser.bed"]

# What makes a test need more than the interpreter.
EDGES = {
    "db",
    "transactional_db",
    "client",
    "async_client",
    "live_server",
    "browsers",
    "redis_url",
    "postgres_url",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if {"browser", "headless"} & set(item.path.relative_to(settings.BASE_DIR / "tests").parts):
            item.add_marker(pytest.mark.browser)
        elif not EDGES & set(getattr(item, "fixturenames", ())) and not item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.pure)


@pytest.fixture(autouse=True)
def _fresh_channel_layers() -> Iterator[None]:
    """A layer holds on to the event loop of the test that made it."""
    yield
    channel_layers.backends.clear()


@pytest.fixture
def person(db: None) -> Callable[[str], User]:
    """`person("Dave")`: somebody with an account and a verified address."""

    def make(name: str) -> User:
        user = User.objects.create_user(f"{name.lower()}@example.org", "correct horse battery", name=name)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    return make


@pytest.fixture
def alice(person: Callable[[str], User]) -> User:
    """She organizes."""
    return person("Alice")


@pytest.fixture
def bob(person: Callable[[str], User]) -> User:
    """He is invited."""
    return person("Bob")


@pytest.fixture
def carol(person: Callable[[str], User]) -> User:
    """She has no business here."""
    return person("Carol")


@pytest.fixture
def as_person() -> Callable[[User], Client]:
    """`as_person(bob)`: a browser of his own in which he is signed in, for tests where several people act."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in
