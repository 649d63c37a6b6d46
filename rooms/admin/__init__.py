"""What happens and happened live, to be looked at: history is not edited."""

from rooms.admin import calls, processes, rooms

__all__ = ["calls", "processes", "rooms"]
