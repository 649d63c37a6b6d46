"""What is planned, to be found and read by administrators."""

from meetings.admin import answers, attendees, letters, links, meetings, occurrences

__all__ = ["answers", "attendees", "letters", "links", "meetings", "occurrences"]
