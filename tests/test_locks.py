"""Do the lock files give what pyproject.toml asks for, each file by its hash, on Debian's Python 3.11.2?"""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parent.parent
ASKED = tomllib.loads((PROJECT / "pyproject.toml").read_text())
PORTAL = ASKED["project"]["dependencies"]
PORTAL_AND_TESTS = PORTAL + ASKED["dependency-groups"]["test"]


def locked(name: str) -> dict[str, str]:
    """Return package → version; every package must carry a hash."""
    entries = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", (PROJECT / name).read_text(), flags=re.MULTILINE))
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    return dict(entry.split()[0].split("==") for entry in entries)


@pytest.mark.parametrize(
    ("lock", "asked"), [("requirements.txt", PORTAL), ("tests/requirements.txt", PORTAL_AND_TESTS)]
)
def test_each_asked_package_is_locked_in_an_asked_version(lock, asked):
    versions = locked(lock)
    missing = [
        text
        for text in asked
        if versions.get(canonicalize_name(Requirement(text).name), "0") not in Requirement(text).specifier
    ]
    assert missing == []


def test_both_locks_agree():
    tests = locked("tests/requirements.txt")
    assert {name: tests[name] for name in locked("requirements.txt")} == locked("requirements.txt")


def test_the_lock_holds_what_only_early_releases_of_python_3_11_need():
    assert "async-timeout" in locked("requirements.txt")
