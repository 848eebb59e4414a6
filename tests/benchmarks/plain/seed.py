"""Who is in the reference? `python -m tests.benchmarks.plain.seed PEOPLE RANKED FILE`; FILE gets their sessions."""
# ruff: noqa: E402 (models can be imported only once Django is set up)

import os
import sys
from datetime import date, timedelta
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.plain.settings"
django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from tests.benchmarks.plain.models import Person, RankingRow

PASSWORD = "branch-demo-2026"


def main(people: int, ranked: int, sessions: Path) -> None:
    call_command("migrate", run_syncdb=True, verbosity=0)
    password = make_password(PASSWORD)
    users = User.objects.bulk_create(
        [User(username=f"2024{place:08d}", password=password) for place in range(people)], batch_size=2000
    )
    Person.objects.bulk_create(
        [
            Person(
                user=user, branch="BIG" if place < ranked else f"B{place // 30:04d}", number=user.username,
                name=f"王明{place:05d}", stage="入党积极分子", since=date(2025, 3, 15), class_name="计算机2401",
            )
            for place, user in enumerate(users)
        ],
        batch_size=2000,
    )  # fmt: skip
    RankingRow.objects.bulk_create(
        RankingRow(
            rank=place + 1, number=f"2024{place:08d}", name=f"王明{place:05d}", class_name="计算机2401",
            points=[f"{80 + place % 15}.{place % 100:02d}"] * 3, total=f"{95 - place // 25}.{place % 100:02d}",
        )
        for place in range(ranked)
    )  # fmt: skip
    sessions.write_text("".join(f"{key}\n" for key in _sign_in(users)))


def _sign_in(users: list[User]) -> list[str]:
    """Sessions as log-ins leave them: in the database and in the cache."""
    store, until = SessionStore(), timezone.now() + timedelta(days=14)
    values = [
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        for user in users
    ]
    keys = [f"plain{place:027d}" for place in range(len(users))]
    rows = [Session(session_key=key, session_data=store.encode(value), expire_date=until)
            for key, value in zip(keys, values, strict=True)]  # fmt: skip
    Session.objects.bulk_create(rows, batch_size=2000)
    cache.set_many({store.cache_key_prefix + key: value for key, value in zip(keys, values, strict=True)}, 14 * 86400)
    return keys


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
