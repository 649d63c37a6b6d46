"""Who may give privileges away, and touch the accounts that have some.

Whoever sets the password or the address of an account can be its owner. So an account with privileges is only
touched by those who have all of them, or “may change people” would mean “may do anything”.
"""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from accounts.models import User

Actor = AbstractBaseUser | AnonymousUser

_ANY = Q(is_staff=True) | Q(is_superuser=True) | Q(groups__isnull=False) | Q(user_permissions__isnull=False)


def with_privileges(users: QuerySet[User]) -> QuerySet[User]:
    """Those who may do more than everybody with an account."""
    return users.filter(pk__in=User.objects.filter(_ANY).values("pk"))


def without_privileges(users: QuerySet[User]) -> QuerySet[User]:
    return users.exclude(pk__in=User.objects.filter(_ANY).values("pk"))


def may_give(actor: Actor) -> bool:
    """Whether somebody may make administrators, and say what groups may do."""
    return isinstance(actor, User) and actor.is_active and actor.is_superuser


def may_touch(actor: Actor, user: User) -> bool:
    """Whether somebody with the permission for it may change or delete this account and what opens it."""
    return may_give(actor) or not with_privileges(User.objects.filter(pk=user.pk)).exists()
