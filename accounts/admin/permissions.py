"""What all these pages ask: who acts, and whose accounts they may touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.http import HttpRequest

from accounts import privileges
from accounts.models import User

if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
else:
    # Django's are not generic when they run.
    AnyModelAdmin = object


class OpensAccounts(AnyModelAdmin):
    """Rows by which somebody gets into an account: for whoever may touch the account itself."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or may_touch(request, obj.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or may_touch(request, obj.user))


def actor(request: HttpRequest) -> User:
    """Whoever acts: a view of the administration knows them."""
    return cast(User, request.user)


def may_touch(request: HttpRequest, user: User | None) -> bool:
    """None stands for the list: whether there may be any whom one may touch."""
    return user is None or privileges.may_touch(request.user, user)
