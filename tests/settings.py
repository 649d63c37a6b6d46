"""The product's settings, on a data directory of their own and without what only slows tests down."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Before config.settings is read: it makes its key, and finds its database, in here.
DATA = Path(tempfile.mkdtemp(prefix="roundtable-tests-"))
atexit.register(shutil.rmtree, DATA, ignore_errors=True)
os.environ |= {"DATA_DIR": str(DATA), "PUBLIC_URL": "http://localhost:8000"}
# What is set on this machine must not decide whether a test passes.
for name in (
    "ALLOWED_HOSTS", "DATABASE_POOL", "DATABASE_URL", "DEBUG", "DEFAULT_FROM_EMAIL", "EARLY_CONNECTIONS",
    "EMAIL_URL",
    "HEARTBEAT_SECONDS", "IMAP_URL", "LEASE_SECONDS", "LETTERS_A_DAY", "REDIS_URL", "REPLY_ADDRESS",
    "ROOM_CAPACITY", "SEAT_KEPT_AFTER_PAGE_SECONDS",
    "SEAT_KEPT_LONGEST_SECONDS", "SEAT_KEPT_SECONDS", "SECRET_KEY", "SECRET_KEY_FALLBACKS", "SITE_NAME",
    "STUN_URLS",
    "TRUSTED_PROXIES", "TURN_HOURS",
    "TURN_SECRET", "TURN_URLS",
):  # fmt: skip
    os.environ.pop(name, None)
# Read by whoever asks for them; compiled by tests/translated/conftest.py.
os.environ["PSEUDO_LANGUAGES"] = "1"

from environ import Env  # noqa: E402

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, STORAGES  # noqa: E402

# A file, since live servers and threads each open a connection of their own.
DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
# Set by tests that run others again, on Postgres.
if url := os.environ.get("TEST_DATABASE_URL"):
    DATABASES["default"] = Env.db_url_config(url)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_RATE_LIMITS = False
# Plain names: nothing has been collected. The browser tests use the hashed ones.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
