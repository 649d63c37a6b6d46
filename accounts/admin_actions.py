"""What an administrator does to somebody's account by which they sign in: its owner gets a letter."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.adapter import NEWS_LIFETIME
from accounts.mail import KIND
from accounts.models import User
from outbox.delivery import enqueue

# Keys of accounts.mail.WORDS.
ADDED, CONFIRMED = "address_added_by_administrator", "address_confirmed_by_administrator"
REMOVED, REPLACED = "address_removed_by_administrator", "address_replaced_by_administrator"
PASSWORD, AUTHENTICATOR = "password_set_by_administrator", "authenticator_taken_by_administrator"


def tell(owners: Iterable[User], by: User, what: str) -> int:
    """One letter to each; how many. Nobody is told what they did themselves."""
    told = set(owners) - {by}
    for owner in told:
        _write(owner.email, by, what)
    return len(told)


@contextmanager
def address_changes_told(owners: Iterable[User], by: User) -> Iterator[None]:
    """Whatever is done meanwhile to the addresses of these accounts is told to those that they had before.

    Each of them opens the account with a code, so whoever adds one has the account.
    """
    before = {owner: _addresses(owner) for owner in set(owners) - {by}}
    yield
    for owner, had in before.items():
        for what, words in _changes(had, _addresses(owner)):
            for recipient in had.notified:
                _write(recipient, by, what, **words)


def letters_about(owner: User, by: User, *, main: str = "", rows: Mapping[str, bool] | None = None) -> int:
    """How many letters go out if the account gets this main address, or these rows (confirmed or not)."""
    had = _addresses(owner)
    has = _Addresses(main or had.main, had.rows if rows is None else dict(rows))
    return 0 if owner == by else len(list(_changes(had, has))) * len(had.notified)


def rows_of(owner: User) -> dict[str, bool]:
    """The addresses of an account, and whether each is confirmed."""
    return dict(_addresses(owner).rows)


def notified_addresses(owner: User) -> list[str]:
    """The addresses at which the owner of an account hears of what was done to it."""
    return _addresses(owner).notified


@dataclass(frozen=True)
class _Addresses:
    """Those of an account, as they stand in the database."""

    # Where its letters go.
    main: str
    # Whether each of the rows is confirmed.
    rows: dict[str, bool]

    @property
    def notified(self) -> list[str]:
        return sorted({self.main, *(email for email, verified in self.rows.items() if verified)} - {""})


def _addresses(owner: User) -> _Addresses:
    main = User.objects.filter(pk=owner.pk).values_list("email", flat=True).first() or ""
    rows = EmailAddress.objects.filter(user_id=owner.pk).values_list("email", "verified")
    return _Addresses(main, dict(rows))


def _changes(had: _Addresses, has: _Addresses) -> Iterator[tuple[str, dict[str, str]]]:
    """What to write, and with which words."""
    if has.main and has.main != had.main:
        yield REPLACED, {"address": has.main, "before": had.main}
    for email, verified in has.rows.items():
        if verified and not had.rows.get(email):
            yield CONFIRMED, {"address": email}
        elif email not in had.rows:
            yield ADDED, {"address": email}
    for email, verified in had.rows.items():
        if email not in has.rows or (verified and not has.rows[email]):
            yield REMOVED, {"address": email}


def _write(recipient: str, by: User, what: str, **words: str) -> None:
    enqueue(
        key=f"{KIND}:{uuid.uuid4()}",
        kind=KIND,
        recipient=recipient,
        payload={"letter": what, "by": by.get_full_name(), "by_email": by.email, **words},
        priority=0,
        expires_at=timezone.now() + NEWS_LIFETIME,
    )
