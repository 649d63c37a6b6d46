#!/usr/bin/env python
"""Django's door to its commands; `./run` is ours."""

import os
import signal
import sys

# What uses the tables without a server, and how it ends where they are not ours: mail is not to be lost.
USE_TABLES = {
    "migrate": os.EX_CONFIG,
    "worker": os.EX_CONFIG,
    "ingest_mail": os.EX_TEMPFAIL,
    "createsuperuser": os.EX_CONFIG,
    "changepassword": os.EX_CONFIG,
}


def refuse_newer_tables(command: str) -> None:
    """End in a sentence if a newer version has changed the tables."""
    import django

    from config.launch import preparations

    django.setup()
    try:
        preparations.refuse_to_work()
    except preparations.NewerTables as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(USE_TABLES[command])


if __name__ == "__main__":
    if sys.argv[1:2] in (["up"], ["cluster"]):
        # Ctrl-C ends a start at once and without a trace, also before the command is there to hear it.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        if sys.argv[1:2] and sys.argv[1] in USE_TABLES:
            refuse_newer_tables(sys.argv[1])
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A wrong setting is the operator's to put right; it says how, and a traceback would hide it.
        sys.exit(str(error))
