import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evaluations import bundle
from evaluations.documents import BundleError, DocumentError, SchemeError, read_json
from tests.evaluations.documents import component, person, scheme
from tests.evaluations.vectors import VECTORS

ROOT = Path(__file__).parent.parent.parent
NUMBER = 'must be a decimal number in quotes, such as "12.5", not '
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


def change(document, path, value):
    """The document with the value at this path replaced, or taken away where the value is ...."""
    changed = copy.deepcopy(document)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return changed


SEALED = bundle.build(
    scheme(
        component(
            "a",
            weight="60",
            dimensions={"thought": "20", "study": "20"},
            normalise={"kind": "table", "rows": [{"min": "60", "points": "65"}], "else": "0"},
        ),
        component("b", weight="40", normalise={"kind": "ratio", "max": "5"}),
        component("c", role="additive", aggregate="constant", value="1", factor="-1"),
        gates=[{"code": "g", "label": "g", "input": "months", "op": ">=", "value": "12"}],
        tie_break=["a"],
        bands=[{"label": "优秀", "min": "90", "max_share": "1/3"}, {"label": "合格", "min": "60"}],
    ),
    [
        person("1", a=[{"thought": "90", "study": "80"}], b=["4", "5"], months="12"),
        person("2", a=[{"thought": "90", "study": "80"}], b=["4"], months="11", extra={"free": [True, None, 3]}),
    ],
)
FIRST, SECOND, THIRD = (("scheme", "components", index) for index in range(3))
TABLE = (*FIRST, "normalise")
GATE = ("scheme", "gates", 0)
BAND = ("scheme", "bands", 0)
INPUTS = ("people", 0, "inputs")

MALFORMED = [
    (("format",), "branchportal.bundle/2", "format: must be one of branchportal.bundle/1, not 'branchportal.bundle/2'"),
    (("scheme",), ..., "scheme: is missing"),
    (("scheme",), [], "scheme: must be an object, not […]"),
    (("people",), {}, "people: must be a list, not {…}"),
    (("extra",), 1, "extra: is not a known key here"),
    (("a b\n",), 1, r"['a b\n']: is not a known key here"),
    (("scheme", "format"), 1, "scheme.format: must be one of branchportal.scheme/1, not 1"),
    (("scheme", "name"), " ", "scheme.name: must be a text that is not empty, not ' '"),
    (("scheme", "version"), 2026, "scheme.version: must be a text that is not empty, not 2026"),
    (("scheme", "decimals"), "2", f"scheme.decimals: {COUNT}'2'"),
    (("scheme", "decimals"), True, f"scheme.decimals: {COUNT}true"),
    (("scheme", "decimals"), -1, f"scheme.decimals: {COUNT}-1"),
    (("scheme", "decimals"), 10**9, "scheme.decimals: must be at most 100, not 1000000000"),
    (("scheme", "formula"), "x", "scheme.formula: is not a known key here"),
    (("scheme", "components"), [], "scheme.components: must hold at least one component"),
    ((*FIRST, "code"), ..., "scheme.components[0].code: is missing"),
    ((*FIRST, "label"), ..., "scheme.components[0].label: is missing"),
    ((*FIRST, "role"), ..., "scheme.components[0].role: is missing"),
    ((*FIRST, "aggregate"), ..., "scheme.components[0].aggregate: is missing"),
    ((*FIRST, "role"), "other", "scheme.components[0].role: must be one of weighted, additive, not 'other'"),
    ((*FIRST, "role"), ["weighted"], "scheme.components[0].role: must be one of weighted, additive, not […]"),
    (
        (*FIRST, "aggregate"),
        "average",
        "scheme.components[0].aggregate: must be one of mean, median, sum, max, last, constant, not 'average'",
    ),
    ((*FIRST, "weight"), ..., "scheme.components[0].weight: is missing"),
    ((*FIRST, "weight"), "59", "scheme.components: have weights that sum to 99, not to 100"),
    ((*FIRST, "weight"), "60.01", "scheme.components: have weights that sum to 100.01, not to 100"),
    ((*FIRST, "weight"), "0", "scheme.components[0].weight: must be above 0, not '0'"),
    ((*FIRST, "weight"), "-60", "scheme.components[0].weight: must be above 0, not '-60'"),
    ((*FIRST, "weight"), 60, f"scheme.components[0].weight: {NUMBER}60"),
    ((*FIRST, "factor"), "1", "scheme.components[0].factor: is not a known key here"),
    ((*THIRD, "weight"), "10", "scheme.components[2].weight: is not a known key here"),
    ((*THIRD, "value"), ..., "scheme.components[2].value: is missing"),
    ((*SECOND, "value"), "1", "scheme.components[1].value: is not a known key here"),
    ((*SECOND, "code"), "a", "scheme.components[1].code: is used twice"),
    (
        (*SECOND, "drop_high"),
        1.5,
        "scheme.components[1].drop_high: must be in quotes, as every number with a point or an exponent",
    ),
    ((*SECOND, "drop_low"), "1", f"scheme.components[1].drop_low: {COUNT}'1'"),
    ((*SECOND, "drop_from"), -5, f"scheme.components[1].drop_from: {COUNT}-5"),
    ((*SECOND, "min_count"), None, f"scheme.components[1].min_count: {COUNT}null"),
    ((*SECOND, "floor"), "", f"scheme.components[1].floor: {NUMBER}''"),
    ((*SECOND, "cap"), None, f"scheme.components[1].cap: {NUMBER}null"),
    (
        (*SECOND, "missing"),
        "ignore",
        "scheme.components[1].missing: must be one of redistribute, zero, exclude, not 'ignore'",
    ),
    ((*FIRST, "dimensions"), {}, "scheme.components[0].dimensions: must have weights with a sum above 0"),
    ((*FIRST, "dimensions", "thought"), "-20", "scheme.components[0].dimensions: must have weights with a sum above 0"),
    ((*FIRST, "dimensions", "thought"), 20, f"scheme.components[0].dimensions.thought: {NUMBER}20"),
    ((*TABLE, "kind"), ..., "scheme.components[0].normalise.kind: is missing"),
    (
        (*TABLE, "kind"),
        "curve",
        "scheme.components[0].normalise.kind: must be one of direct, ratio, table, rank_table, not 'curve'",
    ),
    ((*TABLE, "kind"), "direct", "scheme.components[0].normalise.rows: is not a known key here"),
    ((*TABLE, "kind"), "rank_table", "scheme.components[0].normalise.rows[0].top: is missing"),
    ((*TABLE, "else"), ..., "scheme.components[0].normalise.else: is missing"),
    ((*TABLE, "rows", 0, "points"), "a", f"scheme.components[0].normalise.rows[0].points: {NUMBER}'a'"),
    (
        (*TABLE, "rows"),
        [{"min": "1", "points": "2"}, {"min": "1.0", "points": "3"}],
        "scheme.components[0].normalise.rows[1]: has the same min as a row before it",
    ),
    ((*SECOND, "normalise", "max"), "0.0", "scheme.components[1].normalise.max: must be above 0, not '0.0'"),
    ((*GATE, "op"), "!=", "scheme.gates[0].op: must be one of <=, >=, <, >, ==, not '!='"),
    ((*GATE, "value"), ..., "scheme.gates[0].value: is missing"),
    ((*GATE, "missing"), "skip", "scheme.gates[0].missing: must be one of fail, pass, not 'skip'"),
    ((*GATE, "input"), "component:x", "scheme.gates[0].input: names no component of this scheme"),
    ((*GATE, "input"), "b", "scheme.gates[0].input: is a component, write component:b"),
    ((*GATE, "input"), "", "scheme.gates[0].input: must be a text that is not empty, not ''"),
    (("scheme", "gates"), [SEALED["scheme"]["gates"][0]] * 2, "scheme.gates[1].code: is used twice"),
    (("scheme", "tie_break"), ["x"], "scheme.tie_break[0]: names no component of this scheme"),
    (("scheme", "tie_break"), ["a", "b", "a"], "scheme.tie_break[2]: is listed twice"),
    (("scheme", "tie_break"), [{}], "scheme.tie_break[0]: must be a text that is not empty, not {…}"),
    ((*BAND, "max_share"), "0.33", "scheme.bands[0].max_share: must be a share such as \"1/3\", not '0.33'"),
    ((*BAND, "max_share"), "1/0", "scheme.bands[0].max_share: must be a share such as \"1/3\", not '1/0'"),
    ((*BAND, "max_share"), "-1/3", "scheme.bands[0].max_share: must be a share such as \"1/3\", not '-1/3'"),
    ((*BAND, "min"), ..., "scheme.bands[0].min: is missing"),
    (("people", 1, "id"), "1", "people[1].id: is used twice"),
    (("people", 1, "id"), 2, "people[1].id: must be a text that is not empty, not 2"),
    (("people", 1, "id"), ..., "people[1].id: is missing"),
    (("people", 1, "name"), "x", "people[1].name: is not a known key here"),
    (("people", 1), None, "people[1]: must be an object, not null"),
    (("people", 1, "inputs"), ..., "people[1].inputs: is missing"),
    (("people", 1, "inputs"), [], "people[1].inputs: must be an object, not […]"),
    ((*INPUTS, "b"), "4", "people[0].inputs.b: must be a list, not '4'"),
    ((*INPUTS, "b"), None, "people[0].inputs.b: must be a list, not null"),
    ((*INPUTS, "b", 1), 5, f"people[0].inputs.b[1]: {NUMBER}5"),
    ((*INPUTS, "b", 1), True, f"people[0].inputs.b[1]: {NUMBER}true"),
    ((*INPUTS, "b", 1), ["5"], f"people[0].inputs.b[1]: {NUMBER}[…]"),
    ((*INPUTS, "b", 1), 0.1, "people[0].inputs.b[1]: must be in quotes, as every number with a point or an exponent"),
    (
        (*INPUTS, "b", 1),
        float("nan"),
        "people[0].inputs.b[1]: must be in quotes, as every number with a point or an exponent",
    ),
    ((*INPUTS, "a", 0), "90", "people[0].inputs.a[0]: must be an object, not '90'"),
    ((*INPUTS, "a", 0, "study"), ..., "people[0].inputs.a[0].study: is missing"),
    ((*INPUTS, "a", 0, "life"), "90", "people[0].inputs.a[0].life: is not a known key here"),
    ((*INPUTS, "a", 0), {"thought": "90", "life": "1"}, "people[0].inputs.a[0].study: is missing"),
    ((*INPUTS, "a", 0, "study"), 80, f"people[0].inputs.a[0].study: {NUMBER}80"),
    ((*INPUTS, "months"), ["12"], f"people[0].inputs.months: {NUMBER}[…]"),
    ((*INPUTS, "months"), 12, f"people[0].inputs.months: {NUMBER}12"),
    (
        (*INPUTS, "extra"),
        [[{"x": 1.5}]],
        "people[0].inputs.extra[0][0].x: must be in quotes, as every number with a point or an exponent",
    ),
    ((*INPUTS, "extra"), "\ud800", "people[0].inputs.extra: holds half of a character"),
    ((*INPUTS, "\udfff"), "1", r"people[0].inputs['\udfff']: holds half of a character"),
]
NOT_NUMBERS = (
    "1e3",
    "1E999999999",
    "+5",
    ".5",
    "5.",
    " 5",
    "5\n",
    "５",
    "NaN",
    "Infinity",
    "0x10",
    "1_000",
    "1,5",
    "--1",
)


@pytest.mark.parametrize(
    ("path", "value", "line"),
    MALFORMED + [((*INPUTS, "b", 0), text, f"people[0].inputs.b[0]: {NUMBER}{text!r}") for text in NOT_NUMBERS],
)
def test_what_is_malformed_is_named_in_one_line_and_nothing_is_written(path, value, line, tmp_path, capsys):
    source, out = tmp_path / "in.json", tmp_path / "out.json"
    source.write_text(json.dumps(change(SEALED, path, value)), encoding="utf-8")
    for arguments in (["compute", str(source), "--out", str(out)], ["verify", str(source)]):
        assert bundle.main(arguments) == 1
        assert capsys.readouterr() == ("", f"{source}: {line}\n")
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", "is not JSON (line 1, column 1)"),
        (b'{"format":\n oops}', "is not JSON (line 2, column 2)"),
        (b'{"format": "\xff"}', "is not UTF-8 text (byte 12)"),
        ('{"format": "x"}'.encode("utf-16"), "is not UTF-8 text (byte 0)"),
        (b'{"format": 1} {}', "is not JSON (line 1, column 15)"),
        (b"[]", "must be an object, not […]"),
        (b"NaN", "must be in quotes, as every number with a point or an exponent"),
        (b"[" * 100_000, "is nested too deeply"),
        (b"[" * 50 + b"]" * 50, "".join("[0]" for _ in range(33)) + ": is nested too deeply"),
        (b'{"a": ' * 100_000, "is nested too deeply"),
        (b'{"decimals": ' + b"9" * 5000 + b"}", "holds a number with too many digits"),
        (b'{"scheme": {"name": "a", "name": "a"}}', "scheme.name: is named twice"),
        (b'{"people": [{"id": "1"}, {"id": "2", "inputs": 1, "id": "2"}]}', "people[1].id: is named twice"),
        (b'{"people": 1, "people": 2}', "people: is named twice"),
        (b'{"people": [1e400]}', "people[0]: must be in quotes, as every number with a point or an exponent"),
        (b'{"people": [-Infinity]}', "people[0]: must be in quotes, as every number with a point or an exponent"),
    ],
)
def test_broken_files_are_refused_in_one_line(data, line, tmp_path, capsys):
    source = tmp_path / "in.json"
    source.write_bytes(data)
    assert bundle.main(["verify", str(source)]) == 1
    assert capsys.readouterr() == ("", f"{source}: {line}\n")


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
