"""Django settings of one Liti installation; what differs comes from the environment.

Environment: DATABASE_URL, LITI_VAR_DIR, LITI_SECRET_KEY, LITI_DEBUG, LITI_ALLOWED_HOSTS,
LITI_CLEARING_URL, LITI_SMTP_HOST (and _PORT, _USER, _PASSWORD, _TLS), LITI_MAIL_FROM,
LITI_NO_DATABASE (for tools that only read code).
"""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from liti import postgres
from liti.core import keys

PACKAGE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = postgres.var_dir()
LITI_DATA_DIR = VAR_DIR / "data"
LITI_CLEARING_URL = keys.clearing_url(VAR_DIR)
# What a clearing house of this machine proves to know before it is told anything.
LITI_CLEARING_TOKEN = keys.secret(VAR_DIR, keys.CLEARING_TOKEN)
LITI_CURRENCY = "CNY"

DEBUG = os.environ.get("LITI_DEBUG", "") == "1"
# A key of the installation's own, made once; a real one comes from the environment.
SECRET_KEY = os.environ.get("LITI_SECRET_KEY") or keys.secret(VAR_DIR, "secret-key")
ALLOWED_HOSTS = os.environ.get("LITI_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

# The rooms in the order of the house, from the ground up: reference data loads in this order.
LITI_ROOMS = [
    "core",
    "ledger",
    "day",
    "parties",
    "accounts",
    "payments",
    "lending",
    "wealth",
    "market",
    "insight",
    "groups",
    "outreach",
    "attribution",
    "partners",
    "care",
    "sample",
]

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "liti.site.admin_app.RawDataConfig",
    "django.contrib.auth",
    "django.contrib.postgres",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "oauth2_provider",
    "procrastinate.contrib.django",
    "pgtrigger",
    "pghistory",
    "django_htmx",
    *[f"liti.{room}" for room in LITI_ROOMS],
    "liti.ui",
    "liti.console",
    "liti.mobile",
    "liti.portal",
    "liti.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "liti.site.middleware.nothing_stored",
    "liti.site.middleware.admin_content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "liti.site.edges.api_problems",
    "liti.site.edges.entrance",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "liti.site.middleware.acting_user",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "liti.site.middleware.refusals",
]

ROOT_URLCONF = "liti.site.urls"
WSGI_APPLICATION = "liti.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # The design system comes first so that it can dress allauth's pages.
        "DIRS": [PACKAGE_DIR / "ui" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": postgres.django_database(VAR_DIR)}
# What this installation writes from here on is for its own user alone: uploads, rejects,
# exports, Parquet, whatever library writes them. Above it, the folder of the database is made,
# which another user may have to pass.
os.umask(0o077)
LITI_DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
if LITI_DATA_DIR.stat().st_uid == os.geteuid():
    LITI_DATA_DIR.chmod(0o700)  # of one that was made before
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "liti.site.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# Lock-out: five wrong passwords close the name, ten the address, for a while.
# A second factor uses `login_failed` too, by the user; a client's secret its own (tokens.py).
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/900s/key",
    "token_failed_address": "10/m/ip",
    "token_failed_client": "5/900s/key",
    "reauthenticate": "5/900s/user",
    "change_password": "5/900s/user",
    "reset_password": "10/m/ip,3/900s/key",
    "reset_password_from_key": "10/m/ip",
}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # the answer is the same, and no stranger gets mail
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
PASSWORD_RESET_TIMEOUT = 3600

# Real mail needs a server; without one letters stay in var/outbox (site/outbox.py), which a
# page shows in development only.
SMTP_HOST = os.environ.get("LITI_SMTP_HOST", "")
DEFAULT_FROM_EMAIL = os.environ.get("LITI_MAIL_FROM", "no-reply@localhost")
SMTP = {
    "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "OPTIONS": {
        "host": SMTP_HOST,
        "port": int(os.environ.get("LITI_SMTP_PORT", "587")),
        "username": os.environ.get("LITI_SMTP_USER", ""),
        "password": os.environ.get("LITI_SMTP_PASSWORD", ""),
        "use_tls": os.environ.get("LITI_SMTP_TLS", "1") == "1",
        "timeout": 10,
    },
}
MAILERS = {"default": SMTP if SMTP_HOST else {"BACKEND": "liti.site.outbox.Outbox"}}
LITI_OUTBOX_PAGE = DEBUG and not SMTP_HOST
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Liti"

OAUTH2_PROVIDER = {
    "SCOPES": {
        "members:write": _("Bring in members in batches"),
        "members:read": _("Read the aggregate of one's own members"),
        "shelf:read": _("Read the shelf"),
        "orders:write": _("Place orders for members who agreed to it"),
        "ledger:post": _("Post transfers"),
        "ledger:read": _("Read accounts and entries"),
    },
    "SCOPES_BACKEND_CLASS": "liti.api.scopes.ClientScopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "ALLOWED_GRANT_TYPES": ["client-credentials"],
}

# A full batch of 10,000 transfers with all its texts fits; more is 413.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE_DIR / room / "locale" for room in ("site", "api")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["liti.site.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "files"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Static files are served from where the packages hold them: nothing to collect first.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# Shared by all workers, so that failed sign-ins are counted once for the house.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
# Unfold's own scripts evaluate expressions and set styles: allowed under /admin/ only.
ADMIN_CSP = {
    **SECURE_CSP,
    "script-src": [CSP.SELF, CSP.UNSAFE_EVAL, CSP.UNSAFE_INLINE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("LITI_HTTPS", "") == "1"
SESSION_COOKIE_AGE = 8 * 3600
X_FRAME_OPTIONS = "DENY"

UNFOLD = {"SITE_TITLE": "Liti", "SITE_HEADER": "Liti 立体", "SHOW_HISTORY": False}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"refusals": {"()": "liti.site.logs.RefusalsInALine"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["refusals"]}
    },
    "root": {"handlers": ["stderr"], "level": os.environ.get("LITI_LOG_LEVEL", "WARNING")},
}
