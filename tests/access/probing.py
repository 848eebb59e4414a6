"""Does the access matrix still hold in a process of its own, in which one guard may be missing?

    python -m tests.access.probing worlds FOLDER            make the world of every kind of person, once
    python -m tests.access.probing probe FOLDER [GUARD]     print the first place where the matrix does not hold

Django starts after the guard has gone, so what needs Django stands in answers.py.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from pathlib import Path

import django

from tests.access.missing import remove

if __name__ == "__main__":
    command, folder, *guard = sys.argv[1:]
    os.environ |= {"TEST_DATABASE": "sqlite", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    removed = remove(guard[0]) if guard else None
    django.setup()
    logging.disable(logging.CRITICAL)
    answers = importlib.import_module("tests.access.answers")
    if command == "worlds":
        answers.make_worlds(Path(folder))
    else:
        print(answers.first_fault(Path(folder), removed))
