"""What meetings have to tell the rest of the house, sent after the commit, and what they ask it."""

from django.dispatch import Signal

# With `meeting`: it will not take place.
meeting_cancelled = Signal()
# With `attendee`: no longer invited, their links no longer work.
attendee_removed = Signal()
# With `attendees`, numbers: personal links of theirs let nobody in any more.
links_revoked = Signal()
# With `meetings`, a queryset: who is in their rooms now? A receiver that knows answers with a dict, from a
# meeting's number to how many are inside.
insiders_asked = Signal()
