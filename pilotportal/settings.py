"""Settings, all from the environment. `PORTAL_MODE` is production unless it says demonstration or test."""

import hashlib
from datetime import timedelta
from pathlib import Path

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

SECRET_KEY_LENGTH = 50  # characters
BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MODE = env("PORTAL_MODE", default="production")
if MODE not in {"production", "demonstration", "test"}:
    raise ImproperlyConfigured("PORTAL_MODE must be production, demonstration or test.")
PRODUCTION = MODE == "production"
DEMONSTRATION = MODE == "demonstration"

# -- What no installation may start without ---------------------------------------------------------------------------------
for name in ("PORTAL_SECRET_KEY", "PORTAL_HOSTS", "DATABASE_URL", "REDIS_URL", "PORTAL_DATA_DIR"):
    if not env(name, default=""):
        raise ImproperlyConfigured(f"{name} must be set; see docs/operations.md.")
SECRET_KEY = env("PORTAL_SECRET_KEY")
if PRODUCTION and len(SECRET_KEY) < SECRET_KEY_LENGTH:
    raise ImproperlyConfigured(f"PORTAL_SECRET_KEY must have at least {SECRET_KEY_LENGTH} characters.")
ALLOWED_HOSTS = env.list("PORTAL_HOSTS")
DATA_DIR = Path(env("PORTAL_DATA_DIR"))
DEBUG = False

# -- Time, digests, fonts ---------------------------------------------------------------------------------------------------
CLOCK_FILE = "" if PRODUCTION else env("PORTAL_CLOCK_FILE", default="")
ARRIVAL_HEADER = env("PORTAL_ARRIVAL_HEADER", default="")  # set it only behind a proxy that overwrites the header
DIGEST = env("PORTAL_DIGEST", default="sm3" if "sm3" in hashlib.algorithms_available else "sha256")
FONT_DIRS = [folder for folder in env("PORTAL_FONT_DIRS", default="").split(":") if folder]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
CLOSING_SETTLES = timedelta(seconds=90)  # requests that arrived in time may still be at work this long after a deadline

# -- Rooms ------------------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "pgtrigger",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "bootstrap",
    "django_htmx",
    "csp",
    "pilotportal.apps.PlatformConfig",
    "pilotportal.documents",
    "pilotportal.audit",
    "pilotportal.accounts",
    "pilotportal.files",
    "pilotportal.jobs",
    "pilotportal.notices",
    "applications",
    "review",
    "reporting",
    "pilotportal.rehearsal",
]
MIDDLEWARE = [
    "pilotportal.middleware.arrival",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pilotportal.middleware.CompressPages",
    "csp.middleware.CSPMiddleware",
    "pilotportal.maintenance.hold",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pilotportal.middleware.refuse_null_character",
    "pilotportal.middleware.renew_session",
    "pilotportal.middleware.log_context",
    "pilotportal.middleware.ask_for_own_password",
    "pilotportal.errors.explain_refused_method",
    "pilotportal.errors.give_back_what_was_typed",
]
ROOT_URLCONF = "pilotportal.urls"
WSGI_APPLICATION = "pilotportal.wsgi.application"
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
                "django.template.context_processors.i18n",
                "pilotportal.context.portal",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "pilotportal.templatetags.portal",
                "pilotportal.templatetags.interface",
            ],
        },
    },
]

# -- Database, queue, files -------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["CONN_MAX_AGE"] = 0
if MODE != "test":  # threads of a test keep their own connections
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env("REDIS_URL")
CACHES = {
    # The limits on attempts to sign in; nobody is to be kept out, and no limit forgotten, because Redis is down
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # beyond it entries still valid would be thrown out
    },
    "queue": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "portal"},  # the ticks
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # people stay signed in while Redis restarts
MEDIA_ROOT = DATA_DIR / "files"
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("PORTAL_STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "pilotportal.assets.BundleFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if MODE == "test" else "pilotportal.assets.AssetStorage"
    },
}
WHITENOISE_AUTOREFRESH = False
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["jpg", "png", "gif", "webp", "woff", "woff2", "gz", "br", "zip", "map"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler", "pilotportal.files.handlers.BoundedUploadHandler"]
UPLOAD_LIMIT = 20 * 1024 * 1024  # bytes of one file within a form
LARGE_UPLOAD_LIMIT = env.int("PORTAL_LARGEST_FILE_MB", default=200) * 1024 * 1024  # bytes of one file uploaded in parts
EVIDENCE_LIMIT = env.int("PORTAL_EVIDENCE_MB", default=600) * 1024 * 1024  # bytes of all evidence of one nomination
CLAMD = env("PORTAL_CLAMD", default="")  # tcp://host:3310 or unix:///run/clamav/clamd.ctl

# -- Celery -----------------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None  # what a task did stands in the database
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_connect_timeout": 2, "socket_timeout": 10}
CELERY_TASK_PUBLISH_RETRY = False  # a person is waiting; periodic tasks find what could not be queued
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = env("PORTAL_QUEUE", default="portal")
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "pilotportal.tick", "schedule": 15.0},
    "close-deadlines": {"task": "applications.close_deadlines", "schedule": 20.0},
    "remind": {"task": "applications.remind", "schedule": 60.0},
    "mail-missing-notices": {"task": "notices.mail_missing", "schedule": 60.0},
    "seal-events": {"task": "audit.seal_events", "schedule": 60.0},
    "scan-pending": {"task": "files.scan_pending", "schedule": 60.0},
    "remove-abandoned-uploads": {"task": "files.remove_abandoned_uploads", "schedule": 3600.0},
    "resume-jobs": {"task": "jobs.resume", "schedule": 30.0},
}

# -- People -----------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["applications.backends.RoundKnowingBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the hash's cost is not what the tests are about
PASSWORD_LENGTH = env.int("PORTAL_PASSWORD_LENGTH", default=8)  # characters at least
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": PASSWORD_LENGTH}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "pilotportal.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"login": "pilotportal.accounts.forms.SignInForm", "change_password": "pilotportal.accounts.forms.PasswordChangeForm"}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False  # the session ends with the browser, and when idle
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if ARRIVAL_HEADER else 0  # else everybody behind the proxy would share one limit
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key,20/15m/ip"} if MODE != "test" else False
SESSION_COOKIE_AGE = 30 * 60  # idle; 等保 names no number, this default is ours
SESSION_COOKIE_HTTPONLY = True

# -- Transport --------------------------------------------------------------------------------------------------------------
TLS = env.bool("PORTAL_TLS", default=PRODUCTION)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = TLS
SECURE_HSTS_SECONDS = 31536000 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ARRIVAL_HEADER else None
SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^ready/$"]
CSRF_FAILURE_VIEW = "pilotportal.errors.csrf_failed"
CSRF_TRUSTED_ORIGINS = env.list("PORTAL_ORIGINS", default=[])
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's stylesheet draws its marks as data images
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# -- Mail -------------------------------------------------------------------------------------------------------------------
vars().update(env.email("EMAIL_URL", default="consolemail://" if not PRODUCTION else "smtp://localhost:25"))
CONTACT = env("PORTAL_CONTACT", default="")  # telephone or address of those who help, shown on the help page
DEFAULT_FROM_EMAIL = env("PORTAL_MAIL_FROM", default="portal@localhost")

# -- Language ---------------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# -- Logs: one JSON object a line -------------------------------------------------------------------------------------------
_shared: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
structlog.configure(
    processors=[*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _shared,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env("PORTAL_LOG_LEVEL", default="INFO")},
    "loggers": {"django.server": {"level": "WARNING"}, "weasyprint": {"level": "ERROR"}, "fontTools": {"level": "ERROR"}},
}
