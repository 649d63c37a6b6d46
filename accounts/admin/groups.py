"""Groups, and what they may do."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from accounts import privileges
from accounts.admin.pickers import Picker
from outbox.listing import OffersFilters

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(Picker, OffersFilters, DjangoGroupAdmin):
    """What a group may do is said by those who may do everything: its members could add to it otherwise."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return privileges.may_give(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return privileges.may_give(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return privileges.may_give(request.user)
