"""Keep one frozen ranking as it stands in the database today, with its bundle, for test_old_frozen_runs.py.

    DATABASE_URL=sqlite:///… .venv/bin/python -m tests.evaluations.keep_frozen_run OUT.json

Made once, in the demo of the day on which freezing began; what it wrote is tests/evaluations/frozen_run.json and is
never made anew: it stands for the rankings that were frozen then. Another one of a later day may join it.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "branchportal.settings")
django.setup()

from django.core.serializers.json import DjangoJSONEncoder  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402
from django.db.models import Model  # noqa: E402

from evaluations.models import Freezing  # noqa: E402
from evaluations.queries.rankings import bundle_of  # noqa: E402
from members.models import Branch  # noqa: E402

OURS = {"branchportal", "members", "evaluations"}  # whose tables the rows stand in


def main(out: Path) -> None:
    freezing = Freezing.objects.frozen().select_related("run__branch", "run__scheme", "run__job").earliest("pk")
    run = freezing.run
    entries = list(run.entries.select_related("member").order_by("pk"))
    above = Branch.objects.filter(path__in=run.branch.ancestor_paths()).order_by("path")
    users = {user.pk: user for user in (freezing.proposer, freezing.decider, run.compiled_by) if user}
    people = [entry.member for entry in entries]
    for member in people:
        member.user = None
    rows = [*above, *users.values(), *people, run.scheme, run.job, run, *entries, freezing]
    kept = {
        "migrations": sorted(node for node in MigrationLoader(connection).graph.leaf_nodes() if node[0] in OURS),
        "rows": [[row._meta.label, _columns(row)] for row in rows if row],
        "bundle": bundle_of(run),
    }
    out.write_text(json.dumps(kept, ensure_ascii=False, indent=0, cls=DjangoJSONEncoder) + "\n", encoding="utf-8")


def _columns(row: Model) -> dict:
    """What stands in the row; a password never leaves its database, and JSON stays JSON."""
    found = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return found | {"password": "!"} if "password" in found else found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
