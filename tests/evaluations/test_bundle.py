import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evaluations import bundle
from evaluations.documents import BundleError, DocumentError, SchemeError, read_json
from tests.evaluations.documents import SEALED, change, component, person, scheme
from tests.evaluations.vectors import VECTORS

ROOT = Path(__file__).parent.parent.parent
COUNT = "must be a whole number without quotes, 0 or more, not "


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def run(*arguments):
    """The command as an outside checker calls it: only Python's own library on the path."""
    return subprocess.run(
        [sys.executable, "-S", "-m", "evaluations.bundle", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_there_are_six_worked_cases():
    assert [path.stem for path in VECTORS] == [
        "base_bonus",
        "corners",
        "seeds_default",
        "self_class_tutor",
        "two_stage",
        "votes_gpa_reports",
    ]


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_every_worked_case_is_reproduced(path):
    given = load(path)
    assert bundle.build(given["scheme"], given["people"]) == given


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_the_commands_fill_in_and_verify_every_worked_case(path, tmp_path):
    given = load(path)
    bare, full = tmp_path / "in.json", tmp_path / "out.json"
    bare.write_text(json.dumps({key: given[key] for key in ("format", "scheme", "people")}), encoding="utf-8")

    computed = run("compute", bare, "--out", full)
    assert (computed.returncode, computed.stderr) == (0, "")
    assert load(full) == given
    assert computed.stdout.endswith(f"fingerprint {given['fingerprint']}\n")

    verified = run("verify", full)
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, computed.stdout, "")


def test_the_order_of_people_and_keys_does_not_change_the_fingerprint():
    given = load(VECTORS[0])
    shuffled = {key: dict(reversed(value.items())) if key == "scheme" else value for key, value in given.items()}
    assert bundle.build(shuffled["scheme"], given["people"][::-1])["fingerprint"] == given["fingerprint"]


def test_the_scheme_is_sealed_as_given_without_defaults():
    people = [person("1", a=["80"])]
    bare = bundle.build(scheme(component()), people)
    spelt_out = bundle.build(scheme(component(missing="redistribute")), people)
    assert bare["result"] == spelt_out["result"]
    assert bare["fingerprint"] != spelt_out["fingerprint"]


def test_a_byte_order_mark_is_no_error():
    assert bundle.read_bundle(b"\xef\xbb\xbf" + json.dumps(SEALED).encode()) == SEALED


def test_a_number_may_be_long_but_not_endless():
    long, endless = "9" * 500, "9" * 501
    [entry] = bundle.build(scheme(), [person("1", a=[long])])["result"]["ranked"]
    assert entry["total"] == f"{long}.00"
    with pytest.raises(BundleError) as problem:
        bundle.build(scheme(), [person("1", a=[endless])])
    assert problem.value.place == "people[0].inputs.a[0]"


def test_what_the_scheme_does_not_use_may_be_anything():
    people = [person("1", a=["80"], note="x", list=[{"y": None}], c="a constant reads no input")]
    constant = component("c", role="additive", aggregate="constant", value="1")
    [entry] = bundle.build(scheme(component("a"), constant), people)["result"]["ranked"]
    assert entry["total"] == "81.00"


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (("result",), ..., "result: is missing"),
        (("fingerprint",), ..., "fingerprint: is missing"),
        (("result",), None, "result: is null, the inputs give {…}"),
        (("result", "ranked", 0, "total"), "0.01", "result.ranked[0].total: is '0.01', the inputs give '{total}'"),
        (("result", "ranked", 0, "rank"), True, "result.ranked[0].rank: is true, the inputs give 1"),
        (("result", "ranked", 0, "tied"), 0, "result.ranked[0].tied: is 0, the inputs give false"),
        (("result", "ranked", 0, "band"), ..., "result.ranked[0].band: is missing"),
        (("result", "ranked", 0, "note"), "", "result.ranked[0].note: does not belong here"),
        (("result", "not_ranked"), [], "result.not_ranked: holds 0 entries, the inputs give 1"),
        (("people", 0, "inputs", "unused"), "1", "fingerprint: is '{sealed}', the inputs give '{other}'"),
        (("fingerprint",), "0" * 64, "fingerprint: is '{zeros}', the inputs give '{mine}'"),
    ],
)
def test_verify_names_the_first_place_that_differs(path, value, line, tmp_path, capsys):
    changed = change(SEALED, path, value)
    source = tmp_path / "sealed.json"
    source.write_text(json.dumps(changed), encoding="utf-8")
    words = {
        "total": SEALED["result"]["ranked"][0]["total"],
        "sealed": SEALED["fingerprint"][:39] + "…",
        "other": bundle.compute(changed)["fingerprint"][:39] + "…",
        "zeros": "0" * 39 + "…",
        "mine": SEALED["fingerprint"][:39] + "…",
    }
    for word, text in words.items():
        line = line.replace(f"{{{word}}}", text)
    assert bundle.main(["verify", str(source)]) == 1
    assert capsys.readouterr() == ("", f"{source}: {line}\n")


def test_compute_replaces_an_old_result(tmp_path, capsys):
    source = tmp_path / "in.json"
    source.write_text(json.dumps(SEALED | {"result": None, "fingerprint": 1}), encoding="utf-8")
    assert bundle.main(["compute", str(source), "--out", str(source)]) == 0
    assert load(source) == SEALED
    assert capsys.readouterr().out == f"2 people, 1 ranked, 1 not ranked, fingerprint {SEALED['fingerprint']}\n"
    assert list(tmp_path.iterdir()) == [source]


def test_files_that_cannot_be_read_or_written_are_named(tmp_path, capsys):
    source = tmp_path / "in.json"
    source.write_text(json.dumps(SEALED), encoding="utf-8")
    for arguments, line in [
        (["verify", tmp_path / "none.json"], f"{tmp_path / 'none.json'}: No such file or directory"),
        (["verify", tmp_path], f"{tmp_path}: Is a directory"),
        (["compute", source, "--out", tmp_path], f"{tmp_path}: is not a regular file, so it is not overwritten"),
        (
            ["compute", source, "--out", tmp_path / "none" / "out.json"],
            f"{tmp_path / 'none' / 'out.json'}: cannot be written: No such file or directory",
        ),
        (["compute", source, "--out", "/dev/null"], "/dev/null: is not a regular file, so it is not overwritten"),
    ]:
        assert bundle.main([str(argument) for argument in arguments]) == 1
        assert capsys.readouterr() == ("", f"{line}\n")
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_named(tmp_path, capsys):
    source = tmp_path / "in.json"
    source.write_text(json.dumps(SEALED), encoding="utf-8")
    tmp_path.chmod(0o500)
    out = tmp_path / "out.json"
    assert bundle.main(["compute", str(source), "--out", str(out)]) == 1
    assert capsys.readouterr().err == f"{out}: cannot be written: Permission denied\n"


@pytest.mark.parametrize("arguments", [(), ("compute", "in.json"), ("seal", "in.json"), ("verify",)])
def test_wrong_usage_is_one_line(arguments):
    done = run(*arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)


def test_the_core_needs_nothing_but_python():
    modules = ("scoring", "ranking", "bundle", "dimensions", "scheme", "inputs", "documents")
    imports = "; ".join(f"import evaluations.{name}" for name in modules)
    code = f"import sys; before = set(sys.modules); {imports}; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded - set(sys.stdlib_module_names) == {"evaluations"}


def test_an_error_can_be_shown_in_another_language():
    with pytest.raises(SchemeError) as problem:
        bundle.build(change(SEALED["scheme"], ("decimals",), "2"), [])
    assert problem.value.place == "scheme.decimals"
    assert problem.value.text == "must be a whole number without quotes, 0 or more, not %(found)s"
    assert problem.value.params == {"found": "'2'"}
    assert problem.value.message == f"{COUNT}'2'"
    assert isinstance(problem.value, DocumentError)


def test_a_scheme_file_is_read_as_strictly():
    with pytest.raises(SchemeError) as problem:
        read_json(b'{"name": "a", "name": "b"}', SchemeError)
    assert str(problem.value) == "name: is named twice"
