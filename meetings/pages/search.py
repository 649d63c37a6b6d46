"""Finding one's meetings by words: of their titles, and of the names of people."""

from __future__ import annotations

from django.db.models import Q

from meetings.models import Attendee, OccurrenceQuerySet

LONGEST_QUESTION, MOST_WORDS = 100, 6


def clean_question(asked: str) -> str:
    """What is looked for, in one line and not too long."""
    return " ".join(asked.replace("\x00", " ").split())[:LONGEST_QUESTION].strip()


def matching(occurrences: OccurrenceQuerySet, question: str) -> OccurrenceQuerySet:
    """Those in which each word stands: in the title, or in the name of whoever organizes or is invited."""
    for word in question.split()[:MOST_WORDS]:
        named = Attendee.objects.invited().filter(name__icontains=word).values("meeting")
        occurrences = occurrences.filter(
            Q(title__icontains=word)
            | Q(title="", meeting__title__icontains=word)
            | Q(meeting__organizer__name__icontains=word)
            | Q(meeting__in=named)
        )
    return occurrences
