"""Secrets that a copy makes for itself and keeps in its data directory."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def kept_key(path: Path) -> str:
    """The key in this file, made on the first run and readable by its owner only."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        # Whoever reads the sessions and codes in there is whoever they like.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = secrets.token_urlsafe(50)
        # Written aside and linked, so that two processes that start together agree on one key.
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(key)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text().strip()
