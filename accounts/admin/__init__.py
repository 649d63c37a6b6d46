"""Accounts, and by what they are opened, for administrators."""

from accounts.admin import addresses, authenticators, groups, users

__all__ = ["addresses", "authenticators", "groups", "users"]
