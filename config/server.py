"""The server as a command of its own, with the options of daphne: `python -m config.server`."""

import os
import sys

from config.launch.server import main

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main(sys.argv[1:])
