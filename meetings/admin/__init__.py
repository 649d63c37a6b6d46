"""What is planned, to be found and read by administrators."""

from meetings.admin import attendees, letters, links, meetings, occurrences

__all__ = ["attendees", "letters", "links", "meetings", "occurrences"]
