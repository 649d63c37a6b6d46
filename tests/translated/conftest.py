"""Pages in a language that nobody speaks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.signals import setting_changed
from django.test import Client

from accounts.models import User
from language import catalogs, pseudo


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
