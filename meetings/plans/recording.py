"""Answers as rows, many at once."""

from __future__ import annotations

from collections.abc import Iterable

from meetings.models import Answer

SAID = ("partstat", "answered_at", "note")


def put(answers: Iterable[Answer], fields: tuple[str, ...] = SAID) -> None:
    """Save answers; one that is there, of the same attendee to the same, gets these fields of the new one."""
    rows = list(answers)
    stored = Answer.objects.filter(
        attendee__in={row.attendee_id for row in rows}, series__in={row.series_id for row in rows}
    )
    known = {
        (attendee, series, date): pk
        for pk, attendee, series, date in stored.values_list("pk", "attendee", "series", "occurrence")
    }
    for row in rows:
        row.pk = known.get((row.attendee_id, row.series_id, row.occurrence_id))
    Answer.objects.bulk_create(row for row in rows if row.pk is None)
    Answer.objects.bulk_update([row for row in rows if row.pk is not None], fields)
