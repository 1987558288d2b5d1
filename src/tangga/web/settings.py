"""Django's settings, all of them from the environment (tangga.web.environ)."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from tangga.web.environ import Environment, read

ENV: Environment = read()
HERE = Path(__file__).parent

SECRET_KEY = ENV.secret_key
DEBUG = False
ALLOWED_HOSTS = list(ENV.hosts)
CSRF_TRUSTED_ORIGINS = list(ENV.origins)
ROOT_URLCONF = "tangga.web.urls"
WSGI_APPLICATION = "tangga.web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "procrastinate.contrib.django",
    # Or else the page of the API's documentation loads its script from elsewhere.
    "ninja",
    "tangga.web.accounts",
    "tangga.web.audit",
    "tangga.web.register",
    "tangga.web.search",
    "tangga.web.intake",
    "tangga.web.api",
    "tangga.web.work",
    "tangga.web.overlay",
    "tangga.web.corrections",
    "tangga.web.duplicates",
    "tangga.web.journeys.visits",
    "tangga.web.journeys.care",
    "tangga.web.journeys.climb",
    "tangga.web.programmes",
    "tangga.web.papers",
    "tangga.web.privacy",
    "tangga.web.counter",
    "tangga.web.appeals",
    "tangga.web.public",
    "tangga.web.plans",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tangga.web.middleware.headers.Headers",
    "tangga.web.middleware.encrypted.Encrypted",
    "tangga.web.errors.ErrorPages",
    "tangga.web.middleware.transaction.Transaction",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tangga.web.middleware.viewer.SetViewer",
    "tangga.web.middleware.limits.Limits",
    "tangga.web.middleware.unreadable.Unreadable",
    # Once more, where it is known who asks: with their menu.
    "tangga.web.errors.ErrorPages",
]

TEMPLATES = [
    {
        # Our own pages: fast, and with macros.
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "tangga.web.jinja.environment",
            "context_processors": ["tangga.web.jinja.context"],
        },
    },
    {
        # What packages bring along: the documentation of the API, and forms.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]


def database(url: str) -> dict[str, object]:
    """A PostgreSQL URL as Django wants it; a socket's folder may stand in `?host=`."""
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    host = asked.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "tangga.web.database.engine",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": asked.pop("port", "") or str(parts.port or ""),
        # A connection that broke while nobody used it is thrown away, not handed out.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **asked,
            "pool": {"min_size": 1, "max_size": ENV.pool, "timeout": 3},
            "application_name": "tangga",
        },
    }


DATABASES = {"default": database(ENV.database_url)}

AUTHENTICATION_BACKENDS = ["tangga.web.accounts.backends.Accounts"]
PASSWORD_HASHERS = [
    "tangga.web.accounts.hashing.Sealed",
    # Of accounts whose owner has not logged in since hashes are sealed.
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "tangga.web.accounts.words.WordsOfTheOffice"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard"

ACCOUNT_ADAPTER = "tangga.web.accounts.adapters.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "30/m/ip,6/15m/key"}
ACCOUNT_FORMS = {
    "login": "tangga.web.accounts.forms.LoginForm",
    "reauthenticate": "tangga.web.accounts.forms.ReauthenticateForm",
    "change_password": "tangga.web.accounts.forms.ChangePasswordForm",  # pragma: allowlist secret
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if ENV.behind_proxy else 0
MFA_ADAPTER = "tangga.web.accounts.adapters.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Clocks of old telephones are half a minute off.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "tangga.web.accounts.forms.CodeForm",
    "reauthenticate": "tangga.web.accounts.forms.CodeAgainForm",
    "activate_totp": "tangga.web.accounts.forms.SetUpForm",
}

# Where the workers of the server count failed logins together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_cache",
    }
}

SESSION_ENGINE = "tangga.web.accounts.sessions"
SESSION_IDLE = 30 * 60
SESSION_LONGEST = 12 * 3600
"""Seconds after which a session ends: unused, and in any case."""
SESSION_COOKIE_AGE = SESSION_LONGEST
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_FAILURE_VIEW = "tangga.web.errors.csrf_failed"

SECURE = not ENV.insecure_http
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
# A browser takes a cookie so named from this host alone, over TLS, and for all of it.
HOST_ONLY = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{HOST_ONLY}sessionid", f"{HOST_ONLY}csrftoken"
LANGUAGE_COOKIE_NAME, DEVICE_COOKIE_NAME = f"{HOST_ONLY}bahasa", f"{HOST_ONLY}perangkat"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SECURE and not ENV.behind_proxy
# Pages are led to TLS; a program would follow each time, and nobody notice (middleware.encrypted).
SECURE_REDIRECT_EXEMPT = [r"^api/(?!v1/docs$)"]
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.behind_proxy else None
SECURE_REFERRER_POLICY = "same-origin"

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"

STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
STATIC_ROOT = ENV.var / "static"
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# The workbooks of all villages of a kabupaten in one go.
DATA_UPLOAD_MAX_NUMBER_FILES = 400
FILE_UPLOAD_HANDLERS = ["tangga.web.work.receiving.Bounded"]
FILE_UPLOAD_PERMISSIONS = 0o600

LOG_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "tangga.web.logs.Formatter", "fmt": LOG_LINE}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    # Django's own would mail reports of errors, with all that was sent.
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
