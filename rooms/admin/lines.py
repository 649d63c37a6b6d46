"""What all pages of the past have in common: they are looked at, and not edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
    InlineFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    # Django's are not generic when they run.
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline
    InlineFormSet = BaseInlineFormSet


class ReadOnly:
    """Seen by administrators, changed by nobody."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False


class Newest(InlineFormSet):
    """The last lines of what may be long: a personal room has a past of years. The lists have all of it."""

    MOST = 50

    def get_queryset(self) -> QuerySet[Any]:
        # What is sent back may be about any of them.
        if self.is_bound:
            return super().get_queryset()
        return self._newest

    @cached_property
    def _newest(self) -> QuerySet[Any]:
        return super().get_queryset()[: self.MOST]


class Lines(ReadOnly, TabularInline):
    """Some of what belongs to a room or a call."""

    extra = 0
    formset = Newest


def way_to(model: str, query: str, words: str) -> str:
    address = reverse(f"admin:rooms_{model}_changelist")
    return format_html('<a href="{}?{}">{}</a>', address, query, words)
