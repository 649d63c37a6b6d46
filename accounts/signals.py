"""What accounts have to tell the rest of the house."""

from django.dispatch import Signal

# With `users`, numbers, and `sessions`, keys: these may be signed in no more. Told when the database can
# be asked whether that is so: all is committed, and the session of the request that did it is saved.
sign_ins_changed = Signal()
# With `user`: their account is about to be switched off. A receiver that knows what that means for others
# answers with two lists for the administrator who is asked: sentences, and the names of what these are about.
closing_asked = Signal()
# With `old` and `new`: the same browser's session has another key now.
session_replaced = Signal()
