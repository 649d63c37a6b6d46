"""What happens and happened live, to be looked at: history is not edited."""

from rooms.admin import calls, host_actions, join_requests, processes, rooms

__all__ = ["calls", "host_actions", "join_requests", "processes", "rooms"]
