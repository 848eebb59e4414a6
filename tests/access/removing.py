"""Does the suite notice every guard that is taken away? One at a time, each in a process of its own.

    bin/remove_guards                    all of them, two at a time; some twenty minutes on two cores
    bin/remove_guards members/views      only those whose place or text contains these words
    bin/remove_guards --write            and keep the table in docs/guards.md

At a page the access matrix is asked first (see probing.py), about the addresses that pass the guard; where it does not
notice, and for all other guards, the tests that speak of the module or its function. Ends with 1 if all miss one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.access.guards import PROJECT, Guard, all_guards

AT_ONCE = 2
SECONDS = 900
TABLE = PROJECT / "docs/guards.md"
SPEAKS_OF_NOTHING = {"get", "post", "dispatch", "find", "get_queryset", "get_object", "get_context_data", "__init__"}


def main(words: list[str]) -> int:
    """Take away what is asked for, print what noticed it, and return the exit code."""
    wanted = [word for word in words if not word.startswith("--")]
    chosen = [guard for guard in all_guards() if all(word in f"{guard} {guard.text}" for word in wanted)]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="portal-guards-") as folder:
        _python("-m", "tests.access.probing", "worlds", folder)
        if fault := _last_line(_python("-m", "tests.access.probing", "probe", folder)):
            sys.exit(f"The matrix does not hold with every guard in its place: {fault}")
        with ThreadPoolExecutor(AT_ONCE) as pool:
            noticed = dict(zip(chosen, pool.map(lambda guard: _noticed_by(guard, folder), chosen), strict=True))
    missed = [guard for guard, by in noticed.items() if not by]
    minutes = (time.monotonic() - began) / 60
    print(f"{len(chosen)} guards, {len(missed)} of them missed by every test, {minutes:.0f} minutes")
    if "--write" in words:
        TABLE.write_text(_table(noticed, minutes), encoding="utf-8")
    return 1 if missed else 0


def _noticed_by(guard: Guard, folder: str) -> str:
    """What noticed that the guard was missing; "" for nothing."""
    by = (guard.is_at_a_page and _matrix(guard, folder)) or _suite(guard)
    print(f"{guard.kind:<10} {guard} {guard.inside}\n           {by or 'NOTHING NOTICES'}", flush=True)
    return by


def _matrix(guard: Guard, folder: str) -> str:
    done = _python("-m", "tests.access.probing", "probe", folder, str(guard))
    if done.returncode:
        return f"does not start: {done.stderr.strip().splitlines()[-1][:120]}"
    fault = _last_line(done)
    return f"matrix: {fault}" if fault else ""


def _suite(guard: Guard) -> str:
    files = _files_about(guard)
    if not files:
        return ""
    command = ["-m", "pytest", "-n0", "-x", "-q", "-p", "no:randomly", "-p", "tests.access.missing"]
    done = _python(*command, "-m", "not browser", *files, REMOVED_GUARD=str(guard), TEST_DATABASE="sqlite")
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0].split(" - ")[0].replace("FAILED ", "")[:140] if failed else ""


def _files_about(guard: Guard) -> list[str]:
    """Test files that name the guard's module, what it stands in, or the class of its page."""
    if guard.kind == "middleware":
        return ["tests/members/test_middleware.py"]
    names = {guard.module, guard.module.rpartition(".")[2], *guard.inside.split(".")} - SPEAKS_OF_NOTHING
    app, stem = guard.path.split("/")[0], Path(guard.path).stem
    found = []
    for path in sorted((PROJECT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        score = 2 * (stem in path.stem or path.stem.removeprefix("test_") in stem) + sum(name in text for name in names)
        if score and (app in path.parts or "access" in path.parts or score > 1) and "browser" not in path.stem:
            found.append((-score, str(path.relative_to(PROJECT))))
    return [path for _score, path in sorted(found)[:12]]


def _table(noticed: dict[Guard, str], minutes: float) -> str:
    lines = [
        "# What notices a missing guard",
        "",
        f"Written by `bin/remove_guards --write`: {len(noticed)} guards were taken away one at a time in {minutes:.0f} "
        f"minutes; {sum(not by for by in noticed.values())} were missed. Kinds: the `permission` of a "
        "page, rows narrowed to what somebody may see, an `if` that refuses, a middleware before every page.",
        "",
        "| kind | where | noticed by |",
        "|---|---|---|",
    ]
    lines += [
        f"| {guard.kind} | `{guard.path}` {guard.inside} | {by or '**nothing**'} |" for guard, by in noticed.items()
    ]
    return "\n".join(lines) + "\n"


def _python(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *arguments], cwd=PROJECT, env={**os.environ, **environment}, timeout=SECONDS, check=False,
        capture_output=True, text=True,
    )  # fmt: skip


def _last_line(done: subprocess.CompletedProcess) -> str:
    return (done.stdout.strip().splitlines() or [""])[-1] if not done.returncode else done.stderr[-300:]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
