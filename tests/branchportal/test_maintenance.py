"""Is the portal closed and opened by one command, told plainly, and never with a query?"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from branchportal import maintenance
from branchportal.maintenance import Notice
from branchportal.management.commands.maintenance import moment
from members.roles import Role
from tests.factories import make_branch_tree, make_user, sign_in

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 15, 30, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path, time_machine):
    settings.DATA_DIR = tmp_path
    time_machine.move_to(NOW, tick=False)


def command(*words, **options) -> str:
    out = StringIO()
    call_command("maintenance", *words, stdout=out, **options)
    return out.getvalue().strip()


def test_the_command_closes_tells_and_opens(client):
    client.cookies["django_language"] = "en"
    assert command() == "系统正常开放。"
    assert command("on", until="18:00", text="迁移数据库。") == "系统正在维护，预计 2026-11-22 18:00 恢复。"
    answer = client.get("/login/")
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "9000", "no-store")
    assert "<strong>18:00</strong>" in answer.text
    assert "迁移数据库。" in answer.text
    assert command() == "系统正在维护，预计 2026-11-22 18:00 恢复。"
    assert command("off") == "系统正常开放。"
    assert client.head("/nowhere/").status_code != 503


def test_a_closed_portal_asks_no_database(client, django_assert_num_queries):
    maintenance.begin(Notice())  # and this test has no database at all
    assert client.get("/").status_code == 503
    assert client.get("/search/?q=wmy").status_code == 503


@pytest.mark.django_db
def test_health_language_and_leaving_go_on(client):
    sign_in(client, make_user(Role.ADMINISTRATOR, make_branch_tree().root))
    maintenance.begin(Notice())
    assert client.get(reverse("health")).json() == {"status": "ok"}
    assert client.post(reverse("set_language"), {"language": "en"}).status_code == 302
    assert client.post(reverse("members:logout")).status_code == 302
    assert "sessionid" not in client.cookies or client.cookies["sessionid"].value == ""


@pytest.mark.django_db
def test_what_is_sent_is_refused_and_told(client):
    user = make_user(Role.MEMBER, make_branch_tree().b1)
    sign_in(client, user, language="en")
    maintenance.begin(Notice())
    answer = client.post(reverse("members:email"), {"email": "new@example.edu"})
    user.refresh_from_db()
    assert (answer.status_code, user.email) == (503, "")
    assert "What you have just sent was not saved." in answer.text
    assert "What you have just sent" not in client.get("/").text


@pytest.mark.parametrize("content", ["", "{", "[]", '{"until": "soon", "text": ""}', "null"])
def test_a_damaged_file_closes_all_the_same(client, content):
    maintenance.file().write_text(content, encoding="utf-8")
    assert client.get("/").status_code == 503


@pytest.mark.parametrize(
    ("until", "seconds"), [(None, 600), (NOW + timedelta(hours=1), 3600), (NOW - timedelta(hours=1), 600)]
)
def test_when_to_try_again(until, seconds):
    assert Notice(until).retry_after(NOW) == seconds


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", None),
        ("18:00", datetime(2026, 11, 22, 18, 0, tzinfo=SHANGHAI)),
        ("9:05", datetime(2026, 11, 23, 9, 5, tzinfo=SHANGHAI)),
        ("2026-11-25T08:00", datetime(2026, 11, 25, 8, 0, tzinfo=SHANGHAI)),
        ("2026-11-25 08:00", datetime(2026, 11, 25, 8, 0, tzinfo=SHANGHAI)),
        ("2026-11-25T08:00+00:00", datetime(2026, 11, 25, 8, 0, tzinfo=UTC)),
    ],
)
def test_the_moment_meant(text, meant):
    assert moment(text, now=NOW) == meant


@pytest.mark.parametrize("text", ["six", "25:00", "2026-13-01T08:00", "18"])
def test_a_moment_that_is_none(text):
    with pytest.raises(CommandError):
        moment(text, now=NOW)


def test_the_file_holds_what_was_said():
    maintenance.begin(Notice(NOW, "数据库升级"))
    assert json.loads(maintenance.file().read_text("utf-8")) == {
        "until": "2026-11-22T15:30:00+08:00",
        "text": "数据库升级",
    }
    assert (maintenance.end(), maintenance.end()) == (True, False)
