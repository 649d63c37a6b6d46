"""Mail that comes back: what calendar programs answer, and letters that could not be delivered.

Anybody may have written it, so it counts only if it came to the signed address of one invitation.
"""
