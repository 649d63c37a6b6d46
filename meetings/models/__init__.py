"""The facts, by subject. Whoever uses them imports them from here."""

from meetings.models.attendees import (
    Answer,
    AnswerQuerySet,
    Attendee,
    AttendeeQuerySet,
    partstat_to_all,
    said_to_date,
)
from meetings.models.codes import CODE_ALPHABET, CODE_GROUPS, new_code
from meetings.models.drafts import Draft
from meetings.models.leaving import PART_LETTER, keep_coming_meetings
from meetings.models.links import CalendarFeed, PersonalLink, PersonalLinkQuerySet
from meetings.models.mail import Announcement, Digest, LetterQuota
from meetings.models.meetings import (
    FOREVER,
    LONGEST,
    Meeting,
    MeetingQuerySet,
    Occurrence,
    OccurrenceQuerySet,
)
from meetings.models.series import Series

__all__ = [
    "CODE_ALPHABET",
    "CODE_GROUPS",
    "FOREVER",
    "LONGEST",
    "PART_LETTER",
    "Announcement",
    "Answer",
    "AnswerQuerySet",
    "Attendee",
    "AttendeeQuerySet",
    "CalendarFeed",
    "Digest",
    "Draft",
    "LetterQuota",
    "Meeting",
    "MeetingQuerySet",
    "Occurrence",
    "OccurrenceQuerySet",
    "PersonalLink",
    "PersonalLinkQuerySet",
    "Series",
    "keep_coming_meetings",
    "new_code",
    "partstat_to_all",
    "said_to_date",
]
