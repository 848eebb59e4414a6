"""What is the portal set to? One file; the environment gives six values (see environment.py)."""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from branchportal import environment

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = environment.read(BASE_DIR)
EMBEDDED = ENVIRONMENT.embedded

DEBUG = ENVIRONMENT.debug
SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
DATA_DIR = ENVIRONMENT.data_dir

INSTALLED_APPS = [
    "branchportal",
    "members",
    "activities",
    "evaluations",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "branchportal.middleware.BrowserRulesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "branchportal.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "branchportal.middleware.LanguageMiddleware",
    "branchportal.maintenance.MaintenanceMiddleware",
    "branchportal.middleware.UploadSizeMiddleware",
    "branchportal.middleware.AddressMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "members.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "members.middleware.AccessMiddleware",
    "members.middleware.NoticeMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "branchportal.urls"
WSGI_APPLICATION = "branchportal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["branchportal.templatetags.icons"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "branchportal.context_processors.shell",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Each app offers its entries of the main menu; one app says who is logged in (see navigation.py).
NAVIGATION = ["evaluations.navigation.items", "members.navigation.items", "activities.navigation.items"]
ACCOUNT = "members.navigation.account"
# Each app words its own notifications (kind → function of the context) and names its own lines of the audit trail.
NOTIFICATIONS = ["evaluations.messages.TEXTS", "members.messages.TEXTS", "activities.messages.TEXTS"]
NOTIFICATION_GROUPS = ["members.messages.GROUPS", "evaluations.messages.GROUPS", "activities.messages.GROUPS"]
# Each app offers what the quick search finds (see search.py).
SEARCH = [
    "members.search.find",
    "evaluations.search.find",
    "activities.search.find",
    "branchportal.help.search.find",
]
# What is kept about one person (see own_data.py).
OWN_DATA = ["members.queries.own_data.SECTIONS", "evaluations.queries.own_data.SECTIONS",
            "activities.queries.own_data.SECTIONS"]  # fmt: skip
# How long each kind of record is kept (see retention.py).
RETENTION = [
    "members.services.retention.RULES",
    "evaluations.services.retention.RULES",
    "evaluations.services.public_notices.retention.RULES",
    "activities.services.retention.RULES",
    "branchportal.retention.RULES",
]
# What must hold of everything that is stored (see ledger.py).
INVARIANTS = [
    "branchportal.invariants.CHECKS",
    "members.queries.invariants.CHECKS",
    "activities.queries.invariants.CHECKS",
    "evaluations.queries.invariants.CHECKS",
]
# Who looks after the portal and is told when something is wrong with it: a function (today) → users.
OPERATORS = "members.queries.offices.operators"
# What should be looked at before people of a branch leave it: functions (branch, now) → {person: texts}.
LEAVING_CONCERNS = ["evaluations.queries.leaving.unfinished_month"]
AUDIT_ACTIONS = ["evaluations.actions.ACTIONS", "members.actions.ACTIONS", "activities.actions.ACTIONS"]
# Under which subjects they stand together in the filter: with which word each begins.
AUDIT_SUBJECTS = ["members.actions.SUBJECTS", "activities.actions.SUBJECTS", "evaluations.actions.SUBJECTS"]
# How the values of those lines read (see audit_facts.py).
AUDIT_FACTS = ["evaluations.queries.audit_facts.FACTS", "members.queries.audit_facts.FACTS",
               "activities.queries.audit_facts.FACTS"]  # fmt: skip
# Each app names the days that stand in somebody's calendar beside the activities (see calendar_entries.py).
CALENDAR_ENTRIES = ["evaluations.queries.calendar_entries.entries"]
# Within so many working days a reply to an objection is promised; each public notice keeps what it promised.
OBJECTION_REPLY_DAYS = 10
VERSION = "2026.11"

# --- Storage -------------------------------------------------------------------------------------------------

DATABASES = {"default": environ.Env.db_url_config(ENVIRONMENT.database_url)}
DATABASES["default"]["CONN_MAX_AGE"] = None
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:  # a machine that is gone says nothing: without limits people would wait minutes for the page that says so
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,  # seconds
        "tcp_user_timeout": 10_000,  # milliseconds until what was sent must have arrived
        "keepalives_idle": 30,  # seconds of silence until a long query's connection is looked after
        **DATABASES["default"].get("OPTIONS", {}),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In each web process, rendered once: tables of rankings, which never change (a third of a megabyte for 250 people), and
# the parts of the card that are the same for everybody.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100}},
    "template_fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "fragments",
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}

REDIS_URL = ENVIRONMENT.redis_url
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "files"  # what people uploaded: no address leads there, only views that check the right
AUDIT_HEAD = DATA_DIR / "audit_head.json"  # the newest seal of the audit trail, out of the database's reach
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STORAGES = {
    "default": {"BACKEND": "branchportal.storage.WholeFileStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
UPLOAD_LIMIT = 12 * 1024 * 1024  # of a whole request: a roster has 10 MB at most

# --- Who is signed in ----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = ["members.services.sign_in.PortalBackend"]
LOGIN_URL = "members:login"
LOGIN_REDIRECT_URL = "evaluations:home"
LOGOUT_REDIRECT_URL = "members:login"
PASSWORD_HASHERS = ["members.hashers.PortalArgon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "members.password_rules.LikenessValidator",
     "OPTIONS": {"user_attributes": ("number", "name")}},
    {"NAME": "members.password_rules.LengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "members.password_rules.CommonnessValidator"},
    {"NAME": "members.password_rules.DigitsValidator"},
]  # fmt: skip
SESSION_ENGINE = "branchportal.sessions"  # a broker that is away signs nobody out
SESSION_COOKIE_AGE = int(timedelta(days=35).total_seconds())  # outlives the month: few log-ins on the 15th
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "branchportal.views.csrf_failure"

# --- What browsers may do ------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# The portal uses no camera, position or other device; copying a text asks for nothing that is listed here.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "fullscreen",
        "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi", "payment",
        "picture-in-picture", "publickey-credentials-get", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if not EMBEDDED:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    LANGUAGE_COOKIE_SECURE = True

# --- Language and time ---------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "branchportal" / "locale"]
FORMAT_MODULE_PATH = ["branchportal.formats"]
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- Mail and jobs -------------------------------------------------------------------------------------------

EMAIL_TIMEOUT = 20  # seconds: a mail server that never answers must not hold the workers
vars().update(environ.Env.email_url_config(ENVIRONMENT.email_url))
MAIL_IS_SET_UP = ENVIRONMENT.email_url != environment.NO_MAIL
# The first of ALLOWED_HOSTS is the portal's name in links and in the sender's address.
SITE_HOST = ALLOWED_HOSTS[0].removeprefix(".")
SITE_ADDRESS = f"http://{SITE_HOST}:8000" if EMBEDDED else f"https://{SITE_HOST}"
DEFAULT_FROM_EMAIL = environment.sender(ENVIRONMENT.email_url, SITE_HOST)

CELERY_BROKER_URL = f"redis+socket{REDIS_URL.removeprefix('unix')}" if REDIS_URL.startswith("unix:") else REDIS_URL
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_DB_REUSE_MAX = 500  # tasks on one connection to the database: a new one costs as much as a small task
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 1800,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    # Whoever asks for a job does not wait for a broker that is away: the tick publishes it later.
    "max_retries": 1,
    "interval_start": 0,
}
CELERY_VISIBILITY_TIMEOUT = 1800
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
