"""The cast, and what every test may ask for."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from channels.layers import channel_layers
from django.test import Client
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from accounts.models import User
from tests.pure import places_of_tests

pytest_plugins = ["tests.servers", "tests.databases", "tests.browser.bed", "tests.left_out"]

# How long something takes is for benchmarks/ to say; here the machine may be busy with other tests.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")

# A whole run keeps millions of objects; to look through them for garbage as often as Python does by itself
# costs a tenth of it.
gc.set_threshold(50_000, 20, 50)

TESTS = Path(__file__).parent
# Of everybody who has an account.
PASSWORD = "correct horse battery"
# What takes longest begins first, so that none of it is left at the end for one process alone.
LONGEST = (
    *("test_processes", "test_up", "test_server", "test_on_postgres", "test_stop", "test_lives"),
    *("test_outages", "test_call", "test_calls", "test_accessibility", "test_firefox", "test_lobby"),
)
# These start processes and wait for them more than they work: they run beside the others.
WAITING = {"test_processes", "test_up", "test_server", "test_stop", "test_cluster", "test_lossy"}


def _queue(nodeid: str) -> str:
    """Its tests run one after the other, beside those of another queue; what they share is started once."""
    file = nodeid.partition("::")[0]
    if file.startswith("tests/network/"):
        return "the lab, of which a machine has one"
    # Nothing is shared between the editions of an installation.
    edition = re.search(r"\[(sqlite|postgres)\b", nodeid)
    return f"{file} {edition[1] if edition else ''}"


class Queues(LoadScopeScheduling):
    """What runs beside what. (Groups that xdist 3.8 gives to tests, pytest 9.2 does not see.)"""

    def _split_scope(self, nodeid: str) -> str:
        return _queue(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Queues:
    return Queues(config, log)


def _length(item: pytest.Item) -> int:
    return LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    pure = places_of_tests()
    for item in items:
        if {"browser", "headless", "network"} & set(item.path.relative_to(TESTS).parts):
            item.add_marker(pytest.mark.browser)
            # Four pictures are all that two processors carry; a page that has less goes on by voice.
            if "dave" in getattr(item, "fixturenames", ()) and item.get_closest_marker("devices"):
                item.add_marker(pytest.mark.alone)
        elif pure & {item.path, *item.path.parents}:
            item.add_marker(pytest.mark.pure)
        elif item.path.stem in WAITING:
            item.add_marker(pytest.mark.waits)
    items.sort(key=_length)


@pytest.fixture(autouse=True)
def _language_of_the_site() -> Iterator[None]:
    """A page leaves its language to the thread that it was made in."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _fresh_channel_layers() -> Iterator[None]:
    """A layer holds on to the event loop of the test that made it."""
    yield
    channel_layers.backends.clear()


@pytest.fixture
def person(db: None) -> Callable[[str], User]:
    """`person("Dave")`: somebody with an account and a verified address."""

    def make(name: str) -> User:
        user = User.objects.create_user(f"{name.lower()}@example.org", PASSWORD, name=name)
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


@pytest.fixture
def admin(client, alice) -> Client:
    """Alice's browser; here she is the administrator."""
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    client.force_login(alice)
    return client
