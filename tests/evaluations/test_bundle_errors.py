"""Is everything that is wrong with a bundle named in one line, with its place, and is nothing written?"""

import json

import pytest

from evaluations import bundle
from tests.evaluations.documents import SEALED, change

NUMBER = 'must be a decimal number in quotes, such as "12.5", not '
COUNT = "must be a whole number without quotes, 0 or more, not "
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
