"""Has every line of the audit trail a name, and every notification its words?"""

from __future__ import annotations

import ast

import pytest
from django.utils import translation

from branchportal.messages import text_of
from branchportal.models import Notification
from members.queries.audit_trail import action_labels
from tests.architecture.test_forbidden import SOURCES, calls
from tests.architecture.test_imports import dotted

RECORDING = {"record", "record_many"}


def recorded() -> set[tuple[str, str]]:
    """(module, action) of every line that some service writes with a literal name."""
    return {
        (dotted(path), call.args[0].value)
        for path in SOURCES
        for call in calls(path)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in RECORDING
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


@pytest.mark.parametrize(("module", "action"), sorted(recorded()))
def test_every_action_of_the_audit_trail_has_a_name(module, action):
    assert action in action_labels()


def test_every_name_is_translated():
    with translation.override("zh-hans"):
        names = {action: str(label) for action, label in action_labels().items()}
    assert {action for action, name in names.items() if name.isascii()} == set()


def test_an_unknown_kind_breaks_no_page():
    assert text_of(Notification(kind="from the future", context={}))
