"""The news that meetings have for the rest of the house; sent after the commit."""

from django.dispatch import Signal

# With `meeting`: it will not take place.
meeting_cancelled = Signal()
# With `attendee`: no longer invited, their links no longer work.
attendee_removed = Signal()
