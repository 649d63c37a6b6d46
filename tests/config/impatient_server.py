"""`python -m config.server`, for which the head of a request has to be there within a second."""

import os
import sys

from config.launch import server

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    server.HEAD_SECONDS = 1.0
    server.main(sys.argv[1:])
