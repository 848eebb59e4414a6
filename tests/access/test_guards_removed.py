"""Is a check of a right that is missing noticed? A few here; `bin/remove_guards` takes each one away in turn."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

from tests.access.guards import PROJECT, all_guards, guards_of, without

SOURCE = """
class Page(PortalView):
    permission = Permission.EDIT_ROSTER

    def rows(self):
        if not self.request.user.is_kind:
            raise PermissionDenied("no")
        if by is not None and not access_of(by).may_in(Permission.EDIT_ROSTER, branch):
            raise Refused
        if month is None:
            raise Http404
        return self.visible(Member.objects.filter(a=1)), Member.objects.visible_to(user, Permission.EDIT_ROSTER).count()


class Own(PortalView):
    permission = Permission.SIGNED_IN
"""
SAMPLE = (
    ("permission", "members/views/roster.py", "RosterView"),
    ("rows", "members/access.py", "PortalView.visible"),
    ("refusal", "members/access.py", "PortalView.dispatch"),
)


def test_every_kind_of_guard_is_found_and_taken_away():
    guards = guards_of("members/views/page.py", SOURCE)
    assert [(guard.kind, guard.inside) for guard in guards] == [
        ("permission", "Page"), ("refusal", "Page.rows"), ("refusal", "Page.rows"), ("rows", "Page.rows"),
        ("rows", "Page.rows"),
    ]  # fmt: skip
    before = ast.unparse(ast.parse(SOURCE)).splitlines()
    after = [ast.unparse(without(guard, SOURCE)).splitlines() for guard in guards]
    changed = [[new.strip() for old, new in zip(before, lines, strict=True) if new != old] for lines in after]
    counted = "Member.objects.visible_to(user, Permission.EDIT_ROSTER).count()"
    assert changed == [
        ["permission = Permission.SIGNED_IN"],
        ["if False:"],
        ["if False:"],
        [f"return (Member.objects.filter(a=1).all(), {counted})"],
        ["return (self.visible(Member.objects.filter(a=1)), Member.objects.all().count())"],
    ]


def test_a_guard_that_moved_is_told():
    guard = guards_of("members/views/page.py", SOURCE)[0]
    with pytest.raises(LookupError):
        without(guard, "\n" + SOURCE)


def test_guards_of_the_portal_are_found():
    guards = all_guards()
    assert {(guard.kind, guard.path, guard.inside) for guard in guards} >= {*SAMPLE}
    assert len(guards) > 200
    for guard in guards:
        without(guard, (PROJECT / guard.path).read_text(encoding="utf-8"))


@pytest.mark.long
def test_a_few_missing_guards_are_noticed_by_the_matrix(tmp_path):
    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "tests.access.probing", *arguments]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_TEST_")}
        people = {"PROBED_PEOPLE": "class_contact secretary"}
        return subprocess.run(
            command, cwd=PROJECT, env={**kept, **people}, check=True, capture_output=True, text=True
        ).stdout.strip()

    names = [str(guard) for guard in all_guards() if (guard.kind, guard.path, guard.inside) in SAMPLE]
    run("worlds", str(tmp_path))
    faults = [run("probe", str(tmp_path), name) for name in names]
    assert [fault[fault.index("(") : fault.rindex(":")] for fault in faults] == [
        "(own) as class_contact", "(own) as secretary", "(own) as class_contact",
    ]  # fmt: skip
