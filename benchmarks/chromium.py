"""The browser that is measured with."""

from __future__ import annotations

import os
import shutil


def executable() -> str:
    """The path of a Chromium, from $CHROMIUM or the search path."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise SystemExit("No Chromium found. Set CHROMIUM to its path, or run `./run test` once.")
    return found
