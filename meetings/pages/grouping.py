"""A list in which a series is one row: its next date, those that follow in a line, and how many more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Case, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from meetings import words
from meetings.models import Occurrence, OccurrenceQuerySet

# So many of the dates that follow are named.
NAMED = 3
# What is to be seen by itself: one that was moved, or cancelled while the others stand.
APART = Q(moved=True) | Q(cancelled_at__isnull=False, meeting__cancelled_at=None)

_ORDER = [F("starts_at").asc(), F("pk").asc()]


def first_of_each(occurrences: OccurrenceQuerySet) -> QuerySet[Occurrence]:
    """Of each meeting the one that comes first, and those that are apart.

    Each has `alike`: how many of its meeting's it stands for, itself among them.
    """
    alike: Any = Window(Count("pk"), partition_by=_group())
    return occurrences.annotate(place=_place(), alike=alike).filter(place=1)


def _group() -> list[Any]:
    """What becomes one row: the meeting; what was cancelled of it together; others apart each by itself."""
    together = When(series__cancelled_at__isnull=False, then=Value(-1))
    apart = When(APART, then=F("pk"))
    return [F("meeting"), Case(together, apart, default=Value(0), output_field=BigIntegerField())]


def _place() -> Window:
    return Window(RowNumber(), partition_by=_group(), order_by=_ORDER)


def lines(shown: Iterable[Any], occurrences: OccurrenceQuerySet) -> dict[int, str]:
    """By occurrence, what follows the one that is shown: Then Tue 8 Dec, Wed 9 Dec at 15:00 and 11 more.

    `shown` is from `first_of_each(occurrences)`. In one query, however many there are.
    """
    grouped: dict[int, Any] = {one.meeting_id: one for one in shown if one.alike > 1 and not one.is_cancelled}
    in_part: Any = Window(RowNumber(), partition_by=[F("series")], order_by=_ORDER)
    following = (
        occurrences.filter(meeting__in=grouped).exclude(APART).annotate(place=_place(), in_part=in_part)
    )
    named: defaultdict[int, list[datetime]] = defaultdict(list)
    # Where parts begin of which no date is named: they may have another hour.
    begins: defaultdict[int, list[datetime]] = defaultdict(list)
    of_those = following.filter(Q(place__range=(2, NAMED + 1)) | Q(place__gt=NAMED + 1, in_part=1))
    for pk, starts_at, place in of_those.values_list("meeting", "starts_at", "place"):
        (begins if place > NAMED + 1 else named)[pk].append(timezone.localtime(starts_at))
    return {
        grouped[pk].pk: words.then(
            timezone.localtime(grouped[pk].starts_at),
            sorted(days),
            grouped[pk].alike - 1 - len(days),
            min(begins[pk], default=None),
        )
        for pk, days in named.items()
    }
