#!/usr/bin/env python
"""Django's door to its commands; `./run` is ours."""

import os
import signal
import sys

if __name__ == "__main__":
    if sys.argv[1:2] in (["up"], ["cluster"]):
        # Ctrl-C ends a start at once and without a trace, also before the command is there to hear it.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A wrong setting is the operator's to put right; it says how, and a traceback would hide it.
        sys.exit(str(error))
