"""What all pages of what is planned, and of what was, have in common: they are looked at, and not edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from outbox.listing import OffersFilters

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    AnyModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    # Django's are not generic when they run.
    AnyModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline


class ModelAdmin(OffersFilters, AnyModelAdmin):
    """A list that is asked for what it offers, and no more."""


class ReadOnly:
    """Nothing is added, changed or deleted here: nobody would be told of what is done by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def whether(
    field: str, title: StrOrPromise, has: StrOrPromise, lacks: StrOrPromise
) -> type[admin.SimpleListFilter]:
    """A filter by whether something has happened, in words: `field` is a time, empty until then."""
    name, about = field.rpartition("__")[2].removesuffix("_at"), title

    class Whether(admin.SimpleListFilter):
        title = about
        parameter_name = name

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [("yes", str(has)), ("no", str(lacks))]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            if self.value() not in ("yes", "no"):
                return queryset
            return queryset.filter(**{f"{field}__isnull": self.value() == "no"})

    return Whether
