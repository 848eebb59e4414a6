"""Does the environment give the right settings, and is an unsafe combination refused in one sentence?"""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from branchportal.environment import read, socket_path

KEY = "9kX_q" * 10
SAFE = {
    "DATABASE_URL": "postgres://portal@db/portal",
    "REDIS_URL": "redis://broker/0",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "party.example.edu, www.party.example.edu",
    "EMAIL_URL": "smtp://mail:25",
    "DEBUG": "0",
}


def test_nothing_set_is_the_embedded_mode(tmp_path):
    found = read(tmp_path, {})
    assert (found.embedded, found.debug, found.data_dir) == (True, False, tmp_path / "var")
    assert found.database_url == f"sqlite:///{tmp_path}/var/portal.sqlite3"
    assert found.allowed_hosts == ["localhost", "127.0.0.1", "[::1]"]
    assert found.redis_url == f"unix://{socket_path(tmp_path / 'var')}"


def test_all_six_set_is_production(tmp_path):
    found = read(tmp_path, SAFE)
    assert (found.embedded, found.debug, found.secret_key) == (False, False, KEY)
    assert found.database_url == "postgres://portal@db/portal"
    assert found.redis_url == "redis://broker/0"
    assert found.allowed_hosts == ["party.example.edu", "www.party.example.edu"]
    assert found.email_url == "smtp://mail:25"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing or short: set at least 50 random characters."),
        ({"SECRET_KEY": "k" * 49}, "SECRET_KEY is missing or short: set at least 50 random characters."),
        ({"SECRET_KEY": "k" * 60}, "SECRET_KEY can be guessed: set at least 50 random characters."),
        ({"SECRET_KEY": f"django-insecure-{KEY}"}, "SECRET_KEY can be guessed: set at least 50 random characters."),
        (
            {"DATABASE_URL": "mysql://portal@db/portal"},
            "DATABASE_URL names no PostgreSQL database: set it like postgres://portal:PASSWORD@10.0.0.4/portal.",
        ),
        ({"REDIS_URL": "memory://"}, "REDIS_URL names no Redis: set it like redis://:PASSWORD@10.0.0.5/0."),
        (
            {"EMAIL_URL": "mail.example.edu"},
            "EMAIL_URL names no mail server: set it like smtp+tls://portal:PASSWORD@mail.example.edu:587.",
        ),
        ({"DEBUG": "1"}, "DEBUG=1 shows settings to everyone who meets an error: unset it in production."),
        ({"DEBUG": "perhaps"}, "DEBUG is 'perhaps': set it to 0 or 1."),
        (
            {"ALLOWED_HOSTS": " , "},
            "ALLOWED_HOSTS is empty: name the portal's host, for example ALLOWED_HOSTS=party.example.edu.",
        ),
        (
            {"ALLOWED_HOSTS": "party.example.edu,*"},
            "ALLOWED_HOSTS contains '*', which lets any site name pass: name the portal's own hosts.",
        ),
        (
            {"REDIS_URL": ""},
            "REDIS_URL is missing: name the Redis that web and workers share, for example redis://10.0.0.5/0.",
        ),
    ],
)
def test_an_unsafe_combination_is_refused_in_one_sentence(tmp_path, change, sentence):
    with pytest.raises(SystemExit) as refusal:
        read(tmp_path, {**SAFE, **change})
    assert refusal.value.code == sentence


def test_the_embedded_key_is_made_once_and_is_its_owners_alone(tmp_path):
    first = read(tmp_path, {}).secret_key
    assert len(first) >= 50
    assert read(tmp_path, {}).secret_key == first
    assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]


def test_processes_that_start_at_once_agree_on_the_key(tmp_path):
    program = """
import pathlib, sys
from branchportal.environment import read
print(read(pathlib.Path(sys.argv[1]), {}).secret_key)
"""
    started = [
        subprocess.Popen([sys.executable, "-c", program, tmp_path], stdout=subprocess.PIPE, text=True) for _ in range(6)
    ]
    keys = {process.communicate()[0].strip() for process in started}
    assert keys == {(tmp_path / "var" / "secret_key").read_text()}


def test_a_data_folder_that_cannot_be_used_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit) as refusal:
        read(tmp_path / "file", {})
    assert refusal.value.code == (
        f"The data folder {tmp_path}/file/var can't be used (Not a directory): choose another or free it."
    )


def test_another_data_folder_may_have_any_name(tmp_path):
    data = tmp_path / "数据 x"
    found = read(tmp_path, {"DATABASE_URL": f"sqlite:///{data}/portal.sqlite3"})
    assert found.data_dir == data


@pytest.mark.parametrize(("folder", "inside"), [("/srv/portal/var", True), ("/srv/" + "deep/" * 20, False)])
def test_the_socket_path_fits_what_the_kernel_takes(folder, inside):
    path = socket_path(Path(folder))
    assert len(os.fsencode(path)) <= 107
    assert (path.parent == Path(folder)) is inside
