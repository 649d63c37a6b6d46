"""Django's own command, for sockets too. As an app, `daphne` would load Twisted into every other command."""

from daphne.management.commands.runserver import Command

__all__ = ["Command"]
