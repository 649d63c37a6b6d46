"""All settings, each from the environment, with defaults that run as they are (docs/settings.md).

One file, though a long one: it is a list with headings and no logic, which config/environment.py has. Whoever
runs a copy looks a setting up in it; what stands below uses what stands above (`PUBLIC_URL`, `HTTPS`,
`DATA_DIR`); and its last lines name all that is wrong at once. Parts that import each other would say less.
"""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from config.environment import Environment
from config.languages import offered
from config.launch.keys import kept_key

env = Environment(os.environ)

BASE_DIR = Path(__file__).resolve().parent.parent
# Everything that this copy writes: database, key, letters, collected static files.
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "data"))).resolve()

DEBUG = env.flag("DEBUG", default=False)
# The address that people type; links in letters begin with it.
PUBLIC_URL = env.site("PUBLIC_URL", "http://localhost:8000")
_public = urlsplit(PUBLIC_URL)
HTTPS = _public.scheme == "https"
# What people call this site: on its pages, in their titles and in the name of its letters' sender.
SITE_NAME = env.short("SITE_NAME", "Roundtable", at_most=60)


def _secret_key() -> str:
    """The key from the environment, else from the data directory, made on the first run."""
    if key := env.text("SECRET_KEY"):
        return key
    path = DATA_DIR / "secret-key"
    try:
        return kept_key(path)
    except OSError as error:
        raise ImproperlyConfigured(
            f"Roundtable cannot write to {DATA_DIR} ({error.strerror}). "
            "Choose another folder: ./run --data FOLDER"
        ) from error


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.several("SECRET_KEY_FALLBACKS")

# An organization names its hosts. A copy on a laptop is reached by whatever name the laptop has; the
# socket's same-origin check (config/origin.py) does not depend on this list.
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", [_public.hostname or ""] if HTTPS else ["*"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "config.held_posts.csrf_failure"

INSTALLED_APPS = [
    # Before those whose commands it has in their stead.
    "config",
    # Whoever serves pages loads the administration (config.urls); the worker and `up` do without.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "outbox",
    "accounts",
    "meetings",
    "rooms",
]

MIDDLEWARE = [
    "config.security.HostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "config.security.SecurityHeadersMiddleware",
    # Before sessions are saved, nothing is told of them.
    "accounts.sign_ins.Middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.sessions.RenewalMiddleware",
    # After the session, and before whatever may have something to say.
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.held_posts.HeldPostMiddleware",
    "config.receipts.ReceiptMiddleware",
    "accounts.zones.TimeZoneMiddleware",
    "meetings.letters.quota.Middleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.security.nonce",
                "config.views.site",
                "config.views.language",
            ],
            "builtins": ["config.templatetags.page", "django.templatetags.i18n"],
        },
    }
]

# -- storage ------------------------------------------------------------------------------------

_postgres = ("postgres", "postgresql")
if _url := env.url(
    "DATABASE_URL", (*_postgres, "sqlite"), "postgres://user:password@host/name", needs_path=True
):
    _database = Env.db_url_config(_url)
else:
    # Not as an address, in which `#`, `%` and `+` of a folder's name would mean something.
    _database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(DATA_DIR / "roundtable.sqlite3")}
_pool_size = env.whole_number("DATABASE_POOL", 8, at_least=1, at_most=1000)
DATABASES = {"default": _database}
if _database["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: a transaction that reads and then writes never meets "database is locked" half-way.
    _database["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # A database that is away is said to be so before the visitor gives up; what it closed is not handed out.
    # The pool asks one that is away ever more rarely; having given up, it asks anew for the next who comes.
    _pool = {"min_size": 1, "max_size": _pool_size, "timeout": 5, "reconnect_timeout": 4}
    _database["OPTIONS"] = {"pool": _pool}
    _database["CONN_HEALTH_CHECKS"] = True

REDIS_URL = env.url("REDIS_URL", ("redis", "rediss"), "redis://host:6379/0")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            # No page waits for a Redis that swallows everything.
            "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
        }
    }
    # A firewall that forgets the connection tells nobody: without this, the process would be deaf for hours.
    _probes = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
    _redis_host = {
        "address": REDIS_URL,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
        "socket_keepalive": True,
        "socket_keepalive_options": {
            getattr(socket, name): value for name, value in _probes.items() if hasattr(socket, name)
        },
    }
    CHANNEL_LAYERS = {
        "default": {
            # Publishes letters instead of storing them (docs/decisions/0017).
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [_redis_host]},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}
    }

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
# Beside our own: the sentences of each language for the browser (language/catalogs.py).
STATICFILES_DIRS = [BASE_DIR / "static", DATA_DIR / "locale" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.StaticStorage"},
}
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

# -- people -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "accounts.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# Offered for an address that is free only: it would tell which are. Whoever mistyped theirs begins anew.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# How long a code works; the pages and letters say "ten minutes".
CODE_LIFETIME_SECONDS = 600
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = CODE_LIFETIME_SECONDS
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = CODE_LIFETIME_SECONDS
ACCOUNT_EMAIL_NOTIFICATIONS = True
# What decides who gets into an account is asked of its owner again: somebody else may sit at the screen.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
# An office has one address: its morning, or the wrong passwords of one, shut out nobody else. What is guessed
# is bounded for each account.
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {"login": "300/m/ip", "login_failed": "60/m/ip,5/5m/key"}
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# allauth's forms with our words on them.
ACCOUNT_FORMS = {
    "login": "accounts.allauth_forms.LoginForm",
    "signup": "accounts.allauth_forms.SignupForm",
    "add_email": "accounts.allauth_forms.AddEmailForm",
    "change_email": "accounts.allauth_forms.ChangeEmailForm",
    "change_password": "accounts.allauth_forms.ChangePasswordForm",
    "set_password": "accounts.allauth_forms.SetPasswordForm",
    "reset_password": "accounts.allauth_forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.allauth_forms.ResetPasswordKeyForm",
    "request_login_code": "accounts.allauth_forms.RequestLoginCodeForm",
    "reauthenticate": "accounts.allauth_forms.ReauthenticateForm",
    "confirm_reauthentication_code": "accounts.allauth_forms.ConfirmReauthenticationCodeForm",
    "confirm_login_code": "accounts.allauth_forms.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "accounts.allauth_forms.ConfirmEmailVerificationCodeForm",
    "confirm_password_reset_code": "accounts.allauth_forms.ConfirmPasswordResetCodeForm",
}
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_TOTP_ISSUER = SITE_NAME
MFA_FORMS = {
    "authenticate": "accounts.allauth_forms.AuthenticateForm",
    "reauthenticate": "accounts.allauth_forms.ReauthenticateByCodeForm",
    "activate_totp": "accounts.allauth_forms.ActivateTOTPForm",
    "add_webauthn": "accounts.allauth_forms.AddWebAuthnForm",
    "edit_webauthn": "accounts.allauth_forms.EditWebAuthnForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
ALLAUTH_TRUSTED_PROXY_COUNT = env.whole_number("TRUSTED_PROXIES", 0, at_least=0, at_most=10)

# The address is unique by a constraint on its lower-case form, which this check does not see.
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",
    # Sentences for the browser are there only where a language has some.
    "staticfiles.W004",
]

# -- mail ---------------------------------------------------------------------------------------

# smtp://user:password@host:port, smtp+tls://… (STARTTLS) or smtps://… (TLS from the first byte, RFC 8314, 3);
# without it, letters land in DATA_DIR/outbox.
EMAIL_URL = env.url(
    "EMAIL_URL",
    ("smtp", "smtp+tls", "smtps", "smtp+ssl"),
    "smtp+tls://user:password@mail.example.org:587",
)
if EMAIL_URL:
    _mail = Env.email_url_config(EMAIL_URL.replace("smtps://", "smtp+ssl://", 1))
    _port = 465 if _mail.get("EMAIL_USE_SSL") else 587 if _mail.get("EMAIL_USE_TLS") else 25
    vars().update(_mail | {"EMAIL_PORT": _mail["EMAIL_PORT"] or _port})
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "outbox.folder.FolderBackend"
OUTBOX_FOLDER = DATA_DIR / "outbox"
# Quoted where it has other than letters (RFC 5322, 3.2.5); what is no ASCII is encoded when it is sent.
_name = (
    SITE_NAME
    if SITE_NAME.replace(" ", "").isalnum()
    else '"' + SITE_NAME.translate({34: None, 92: None}) + '"'
)
_from = f"{_name} <meetings@{_public.hostname}>"
DEFAULT_FROM_EMAIL = env.address(
    "DEFAULT_FROM_EMAIL",
    _from,
    with_name=True,
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# A mailbox of ours that takes `name+anything@host`: answers of calendar programs come there, each to an
# address of its own (docs/deployment.md). Empty: they are not read, and letters say so.
REPLY_ADDRESS = env.address("REPLY_ADDRESS", with_name=False)
# imaps://user:password@host/INBOX; without it, what comes back is piped into `manage.py ingest_mail`.
IMAP_URL = env.url("IMAP_URL", ("imaps", "imap"), "imaps://user:password@host/INBOX")
# How many letters an account may cause in a day.
LETTERS_A_DAY = env.whole_number("LETTERS_A_DAY", 2000, at_least=1, at_most=10_000_000)

# -- rooms --------------------------------------------------------------------------------------

# What a mesh carries with pictures on ordinary lines; 12 is the most that it is built for.
ROOM_CAPACITY = env.whole_number("ROOM_CAPACITY", 8, at_least=2, at_most=12)
# Pages connect to those inside before the click, and show them their network addresses so much earlier.
EARLY_CONNECTIONS = env.flag("EARLY_CONNECTIONS", default=True)
# How long a seat is kept for a lost socket: in any case; at most, while somebody inside hears them or nobody
# is there who could. And for a page that went away by itself (a reload).
SEAT_KEPT = timedelta(seconds=env.number("SEAT_KEPT_SECONDS", 30, at_least=0.1, at_most=3600))
SEAT_KEPT_LONGEST = timedelta(
    seconds=env.number("SEAT_KEPT_LONGEST_SECONDS", 600, at_least=0.1, at_most=86_400)
)
SEAT_KEPT_AFTER_PAGE = timedelta(
    seconds=env.number("SEAT_KEPT_AFTER_PAGE_SECONDS", 8, at_least=0.1, at_most=3600)
)
HEARTBEAT = timedelta(seconds=env.number("HEARTBEAT_SECONDS", 3, at_least=0.05, at_most=600))
# A process that has not renewed its lease for so long is taken for dead.
LEASE = timedelta(seconds=env.number("LEASE_SECONDS", 10, at_least=0.1, at_most=3600))
# No server is asked by default: a public STUN server would learn who meets whom.
STUN_URLS = env.urls("STUN_URLS", ("stun", "stuns"), "stun:turn.example.org:3478")
TURN_URLS = env.urls("TURN_URLS", ("turn", "turns"), "turn:turn.example.org:3478?transport=udp")
TURN_SECRET = env.text("TURN_SECRET")
TURN_LIFETIME = timedelta(hours=env.number("TURN_HOURS", 4, at_least=0.001, at_most=720))

# -- security -----------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# -- the rest -----------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
USE_I18N = True
# Whatever has a catalog in `locale/`; two that nobody speaks are for developers (language/pseudo.py).
PSEUDO_LANGUAGES = env.flag("PSEUDO_LANGUAGES", default=DEBUG)
LANGUAGES = offered(BASE_DIR / "locale", with_pseudo=PSEUDO_LANGUAGES)
# Compiled when this copy starts.
LOCALE_PATHS = [DATA_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
# The day has 24 hours, in the administration too.
FORMAT_MODULE_PATH = ["config.formats"]
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

_log_level = env.choice("LOG_LEVEL", "WARNING", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        # Without personal links and addresses.
        "line": {
            "()": "config.logs.Formatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        # Django's own handlers write as they like.
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # A page that is not there, or not for somebody, is no news for the operator.
        "django.request": {"level": "ERROR"},
    },
    "root": {"handlers": ["console"], "level": _log_level},
}

# -- what is wrong with all this ----------------------------------------------------------------

if LEASE <= HEARTBEAT:
    env.fault("LEASE_SECONDS is not longer than HEARTBEAT_SECONDS: every process would be taken for dead.")
if bool(TURN_URLS) != bool(TURN_SECRET):
    _there, _missing = ("TURN_URLS", "TURN_SECRET") if TURN_URLS else ("TURN_SECRET", "TURN_URLS")
    env.fault(f"{_there} does nothing without {_missing}: set both (docs/deployment.md), or neither.")
if env.faults:
    raise ImproperlyConfigured("\n".join(env.faults))
# Names in the environment that are almost ours; `./run` says them, and starts.
MISSPELLED = env.misspelled()
