"""Does every answer, be it page, file, style or refusal, tell browsers to keep intruders out?

The marks are those of Mozilla's HTTP Observatory, whose rules and points are public: 100 to start with, A+ from 100 on.
"""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.access.world import NOW, make_world
from tests.factories import sign_in
from tests.intruders.forms import openable

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
}  # fmt: skip
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}
SHOWN_IN_PLACE = {"text/html", "text/calendar", "application/json"}  # a calendar that programs fetch; health; scripts
# A form that is reached by a link alone names only its origin: without it the form would be refused.
BY_LINK_ALONE = {"same-origin", "strict-origin"}
PEOPLE = ("anonymous", "member", "secretary", "reviewer", "administrator")
FILES = (
    "branchportal/theme.css", "branchportal/portal.js", "branchportal/icon.svg", "vendor/tabler-icons/icons.svg",
)  # fmt: skip


@pytest.fixture
def secure(settings, time_machine):
    """As it is set in production, and style files straight from their folders."""
    time_machine.move_to(NOW, tick=False)
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.LANGUAGE_COOKIE_SECURE = True
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True


def faults_of(answer) -> list[str]:
    """What an intruder could use."""
    headers = answer.headers
    said = {part.strip() for part in headers.get("Content-Security-Policy", "").split(";") if part.strip()}
    kind = headers.get("Content-Type", "text/html").split(";")[0]
    is_style = answer.request["PATH_INFO"].startswith("/static/")
    is_file = kind not in SHOWN_IN_PLACE and not is_style
    return [
        *(f"{name}: {headers.get(name)}" for name, value in ALWAYS.items() if headers.get(name) != value),
        *([] if headers.get("Referrer-Policy") in BY_LINK_ALONE else ["referrer"]),
        *(["policy"] if said != POLICY else []),
        *(["devices"] if "camera=()" not in headers.get("Permissions-Policy", "") else []),
        *(["in place"] if is_file and not headers.get("Content-Disposition", "").startswith("attachment") else []),
        *(["kept"] if is_style is (headers.get("Cache-Control") == "no-store") else []),
    ]


def marks(answer) -> int:
    """The points of the Observatory; what the portal does otherwise than well costs as much as there."""
    policy, cookies = answer.headers["Content-Security-Policy"], answer.cookies.values()
    strict = "default-src 'none'" in policy and "unsafe-" not in policy and "*" not in policy
    cookies_held = all(one["secure"] and one["httponly"] and one["samesite"] for one in cookies)
    hsts = int(answer.headers["Strict-Transport-Security"].partition("max-age=")[2].split(";")[0])
    return sum(
        (
            100,
            10 if strict else -20,
            5 if cookies_held else -20,
            0 if hsts >= 15_768_000 else -10,
            5 if answer.headers["Referrer-Policy"] in {"no-referrer", "same-origin", "strict-origin"} else 0,
            5 if "frame-ancestors 'none'" in policy else -20,
            0 if answer.headers["X-Content-Type-Options"] == "nosniff" else -5,
            10 if answer.headers["Cross-Origin-Resource-Policy"] == "same-origin" else 0,
        )
    )


@pytest.mark.parametrize("person", PEOPLE)
def test_every_page_and_every_download(person, secure):
    world = make_world(person)
    client = Client(raise_request_exception=False)
    if world.user:
        sign_in(client, world.user)
    pages = openable(person, world.own)
    for earlier in PEOPLE[: PEOPLE.index(person)]:  # each looks at what the earlier ones can't open
        pages = {name: url for name, url in pages.items() if name not in openable(earlier, world.own)}
    found = {name: faults_of(client.get(url, secure=True)) for name, url in pages.items()}
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize("name", FILES)
def test_style_script_and_pictures(name, secure):
    answer = Client().get(f"/static/{name}", secure=True)
    assert (answer.status_code, faults_of(answer)) == (200, [])


def test_refusals(secure, settings, monkeypatch):
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    monkeypatch.setattr("members.views.sign_in.SignInForm.is_valid", lambda form: 1 / 0)
    answers = [
        client.get("/nowhere/", secure=True),
        client.get("/privacy/%00/", secure=True),
        client.post("/login/", secure=True),
        Client(raise_request_exception=False).post("/login/", secure=True),
        client.get("/login/", secure=True, headers={"host": "evil.example"}),
        client.generic("POST", "/login/", b"a" * (settings.UPLOAD_LIMIT + 1), secure=True),
        client.get("/", secure=True),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 403, 500, 400, 413, 302]
    assert [faults for answer in answers if (faults := faults_of(answer))] == []


def test_the_marks_of_the_log_in_and_of_a_page_behind_it(secure):
    world = make_world("member")
    world.user.set_password("ming-yuan-2026")
    world.user.save()
    client = Client()
    entry = client.get(reverse("members:login"), secure=True)
    form = {"number": world.user.number, "password": "ming-yuan-2026"}
    entered = client.post(reverse("members:login"), form, secure=True)
    home = client.get("/", secure=True)
    assert {one.key for one in entered.cookies.values()} == {"sessionid", "csrftoken", "trusted_devices"}
    assert [marks(one) for one in (entry, entered, home)] == [135, 135, 135]


def test_the_checks_would_find_what_they_look_for(secure):
    answer = Client().get(reverse("members:login"), secure=True)
    assert faults_of(answer) == []
    answer.headers["Content-Security-Policy"] = "default-src 'none'; script-src 'unsafe-inline'"
    answer.headers["Content-Type"] = "image/svg+xml"
    del answer.headers["Permissions-Policy"], answer.headers["X-Frame-Options"], answer.headers["Cache-Control"]
    assert faults_of(answer) == ["X-Frame-Options: None", "policy", "devices", "in place", "kept"]
    assert marks(answer) == 80
