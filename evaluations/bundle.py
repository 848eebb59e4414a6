"""Does this sealed bundle hold what its scheme makes of its inputs?

At the project's root, with nothing but Python:

    python3 -m evaluations.bundle compute IN.json --out OUT.json
    python3 -m evaluations.bundle verify FILE.json
"""

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import NoReturn

from evaluations.documents import BundleError, DocumentError, Field, _, child, read_json, shown
from evaluations.ranking import rank
from evaluations.scheme import SchemeError, parse_scheme

__all__ = ["BundleError", "SchemeError", "build", "compute", "fingerprint", "read_bundle", "to_json", "verify"]

FORMAT = "branchportal.bundle/1"


def build(scheme_document: dict, people: list[dict]) -> dict:
    """The full bundle of this scheme and these people ({"id", "inputs"} each), with result and seal.

    Scheme and people go in as they are given. Raises SchemeError or BundleError naming the place.
    """
    result = rank(parse_scheme(scheme_document), people)
    bundle = {"format": FORMAT, "scheme": scheme_document, "people": people, "result": result}
    return bundle | {"fingerprint": fingerprint(bundle)}


def fingerprint(bundle: dict) -> str:
    """SHA-256, in hex, over the bundle's format, scheme, people sorted by id, and result."""
    sealed = {key: bundle[key] for key in ("format", "scheme", "result")}
    sealed["people"] = sorted(bundle["people"], key=lambda person: person["id"])
    text = json.dumps(sealed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def to_json(bundle: dict) -> str:
    """The bundle as the text of a file."""
    return json.dumps(bundle, ensure_ascii=False, indent=1) + "\n"


def read_bundle(data: bytes) -> dict:
    """The bundle in these bytes, its outer shape checked; `result` and `fingerprint` may be absent."""
    document = read_json(data)
    fields = Field(document, "", BundleError).members(("format", "scheme", "people"), ("result", "fingerprint"))
    fields["format"].word(FORMAT)
    return document


def compute(bundle: dict) -> dict:
    """The same bundle with result and fingerprint filled in, whatever they were before."""
    return build(bundle["scheme"], bundle["people"])


def verify(bundle: dict) -> None:
    """Recompute and compare; raises BundleError naming the first place that differs."""
    for key in ("result", "fingerprint"):
        if key not in bundle:
            raise BundleError(key, _("is missing"))
    computed = compute(bundle)
    for key in ("result", "fingerprint"):
        _compare(bundle[key], computed[key], key)


def _compare(found: object, expected: object, place: str) -> None:
    if type(found) is not type(expected):
        _differ(found, expected, place)
    if isinstance(expected, dict):
        _compare_members(found, expected, place)
    elif isinstance(expected, list):
        _compare_items(found, expected, place)
    elif found != expected:
        _differ(found, expected, place)


def _compare_members(found: dict, expected: dict, place: str) -> None:
    for key in found:
        if key not in expected:
            raise BundleError(child(place, key), _("does not belong here"))
    for key, value in expected.items():
        if key not in found:
            raise BundleError(child(place, key), _("is missing"))
        _compare(found[key], value, child(place, key))


def _compare_items(found: list, expected: list, place: str) -> None:
    for index, (one, other) in enumerate(zip(found, expected, strict=False)):
        _compare(one, other, child(place, index))
    if len(found) != len(expected):
        params = {"found": len(found), "expected": len(expected)}
        raise BundleError(place, _("holds %(found)s entries, the inputs give %(expected)s"), params)


def _differ(found: object, expected: object, place: str) -> NoReturn:
    params = {"found": shown(found), "expected": shown(expected)}
    raise BundleError(place, _("is %(found)s, the inputs give %(expected)s"), params)


def main(arguments: list[str] | None = None) -> int:
    """The command line: 0, or 1 after one line that says what is wrong and where."""
    try:
        asked = _parser().parse_args(arguments)
        bundle = _read(asked.file)
        if asked.command == "compute":
            bundle = compute(bundle)
            _write(bundle, asked.out)
        else:
            verify(bundle)
    except DocumentError as problem:
        return _refuse(f"{asked.file}: {problem}")
    except OSError as problem:
        return _refuse(f"{problem.filename or asked.file}: {problem.strerror}")
    print(_summary(bundle))
    return 0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        sys.exit(_refuse(f"{message} (try --help)"))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python3 -m evaluations.bundle", description="Compute or verify a sealed ranking.")
    commands = parser.add_subparsers(dest="command", required=True)
    compute_command = commands.add_parser("compute", help="fill in result and fingerprint")
    compute_command.add_argument("file", metavar="IN.json", type=Path)
    compute_command.add_argument("--out", metavar="OUT.json", type=Path, required=True)
    verify_command = commands.add_parser("verify", help="recompute and compare")
    verify_command.add_argument("file", metavar="FILE.json", type=Path)
    return parser


def _read(path: Path) -> dict:
    return read_bundle(path.read_bytes())


def _write(bundle: dict, path: Path) -> None:
    """All of the file or none of it: a neighbour is written first and then takes the name."""
    if path.exists() and not path.is_file():
        raise OSError(None, "is not a regular file, so it is not overwritten", str(path))
    neighbour = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        neighbour.write_text(to_json(bundle), encoding="utf-8")
        neighbour.replace(path)
    except OSError as problem:
        raise OSError(problem.errno, f"cannot be written: {problem.strerror}", str(path)) from None
    finally:
        neighbour.unlink(missing_ok=True)


def _summary(bundle: dict) -> str:
    people, result = bundle["people"], bundle["result"]
    counts = f"{len(people)} people, {len(result['ranked'])} ranked, {len(result['not_ranked'])} not ranked"
    return f"{counts}, fingerprint {bundle['fingerprint']}"


def _refuse(line: str) -> int:
    print(" ".join(line.splitlines()), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
