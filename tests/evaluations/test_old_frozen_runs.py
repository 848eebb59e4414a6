"""Is a ranking that was frozen long ago the same to the byte after every migration since?

Kept by keep_frozen_run.py; the database is a fresh SQLite file, brought to the tables of that day and then to today's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evaluations import bundle

ROOT = Path(__file__).resolve().parents[2]
KEPT = sorted(Path(__file__).parent.glob("frozen_run*.json"))

LOAD = """
import json, sys
from pathlib import Path
import django
django.setup()
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

kept = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
executor = MigrationExecutor(connection)
then = [tuple(key) for key in kept["migrations"]]
executor.migrate(then)
tables = MigrationExecutor(connection).loader.project_state(then).apps
with transaction.atomic():
    for label, columns in kept["rows"]:
        model = tables.get_model(label)
        fields = {field.attname: field for field in model._meta.concrete_fields}
        model.objects.bulk_create([model(**{name: fields[name].to_python(value) for name, value in columns.items()})])
executor = MigrationExecutor(connection)
executor.migrate(executor.loader.graph.leaf_nodes())
"""
READ = """
import json
import django
django.setup()
from evaluations.models import Freezing
from evaluations.queries.rankings import bundle_of

freezing = Freezing.objects.get()
print(json.dumps([bundle_of(freezing.run), freezing.fingerprint, freezing.state], ensure_ascii=False))
"""


@pytest.mark.long
@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.stem)
def test_a_ranking_frozen_then_is_the_same_today(kept, tmp_path):
    sealed = json.loads(kept.read_text(encoding="utf-8"))["bundle"]
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path}/portal.sqlite3",
        "DJANGO_SETTINGS_MODULE": "branchportal.settings",
        "DEBUG": "1",
    }

    def run(program: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(LOAD, str(kept))
    found, fingerprint, state = json.loads(run(READ))

    assert json.dumps(found, ensure_ascii=False) == json.dumps(sealed, ensure_ascii=False)
    assert (fingerprint, state) == (sealed["fingerprint"], "frozen")
    bundle.verify(found)


def test_at_least_one_is_kept():
    assert KEPT
