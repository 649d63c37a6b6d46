"""Lines on the page of a room or a call: the newest of what belongs to it, and the way to all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html

from meetings.admin.read_only import ReadOnly, TabularInline

if TYPE_CHECKING:
    InlineFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    # Django's is not generic when it runs.
    InlineFormSet = BaseInlineFormSet


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
