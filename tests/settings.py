"""Which settings does the suite change? Servers of its own, plain http, uploads in memory, nothing else."""

from tests import services

services.ensure()

from branchportal.settings import *  # noqa: E402, F403
from branchportal.settings import DATA_DIR, DATABASES, STORAGES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # a file: threads share it as in real life
    DATABASES["default"]["TEST"] = {"NAME": f"{DATABASES['default']['NAME']}.test"}
DATABASES["default"]["CONN_MAX_AGE"] = 0  # the test database is dropped at the end

SECURE_SSL_REDIRECT = False
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
STORAGES["default"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
AUDIT_HEAD = DATA_DIR / "audit_head_of_tests.json"  # tests that write it take a folder of their own
STATIC_ROOT = None  # straight from the sources
