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
    known: dict[tuple[int, int, int | None], int] = {
        (row.attendee_id, row.series_id, row.occurrence_id): row.pk for row in stored
    }
    fresh, changed = [], []
    for row in rows:
        pk = known.get((row.attendee_id, row.series_id, row.occurrence_id))
        if pk is None:
            fresh.append(row)
        else:
            row.pk = pk
            changed.append(row)
    Answer.objects.bulk_create(fresh)
    Answer.objects.bulk_update(changed, fields)
