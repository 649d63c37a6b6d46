"""What the lists of the administration can be asked in their addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.http import HttpRequest

if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
else:
    # Django's are not generic when they run.
    AnyModelAdmin = object


class Listing(ChangeList):
    """A list that says so of a date that no calendar has, as of other things that cannot be asked."""

    def get_filters(self, request: HttpRequest) -> Any:
        try:
            return super().get_filters(request)
        except (OverflowError, ValueError) as error:
            raise IncorrectLookupParameters(error) from error

    def get_results(self, request: HttpRequest) -> None:
        try:
            super().get_results(request)
        except OverflowError as error:
            raise IncorrectLookupParameters(error) from error


class OffersFilters(AnyModelAdmin):
    """Asks for nothing but what the list offers.

    Django lets an address ask for every field of a row, and for a part of its value: those who see a list
    could guess, letter by letter, what no page shows them, as a code in a letter or the secret of an app.
    """

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return self._is_offered(lookup, request) and super().lookup_allowed(lookup, value, request)

    def _is_offered(self, lookup: str, request: HttpRequest) -> bool:
        try:
            self.model._meta.get_field(lookup.partition("__")[0])
        except FieldDoesNotExist:
            # A word of a filter of ours, or of nobody.
            return True
        offered = [self.date_hierarchy] if self.date_hierarchy else []
        for one in self.get_list_filter(request):
            if isinstance(one, str):
                offered.append(one)
            elif isinstance(one, tuple | list):
                offered.append(str(one[0]))
            elif lookup == getattr(one, "parameter_name", None):
                # Its own word alone, also where a field has the same name.
                return True
        return any(lookup == name or lookup.startswith(f"{name}__") for name in offered)

    def get_changelist(self, request: HttpRequest, **named: Any) -> type[ChangeList]:
        return Listing
