"""Does the worked example of docs/formula.md hold?"""

import re
from pathlib import Path

from evaluations import bundle

TEXT = (Path(__file__).parent.parent.parent / "docs" / "formula.md").read_text(encoding="utf-8")


def test_the_worked_example_gives_the_figures_of_the_text():
    [example] = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    sealed = bundle.compute(bundle.read_bundle(example.encode()))
    first, second = sealed["result"]["ranked"]

    assert (first["id"], first["total"], first["rank"], first["band"]) == ("A", "92.00", 1, "优秀")
    assert {code: (part["points"], part["contribution"]) for code, part in first["components"].items()} == {
        "self": ("88.0000", "26.4000"),
        "branch": ("88.0000", "44.0000"),
        "defence": ("83.0000", "16.6000"),
        "bonus": ("5.0000", "5.0000"),
    }
    assert (second["id"], second["total"], second["rank"], second["band"]) == ("B", "88.13", 2, "合格")
    assert {code: (part["weight"], part["contribution"]) for code, part in second["components"].items()} == {
        "self": ("37.5000", "33.7500"),
        "branch": ("62.5000", "54.3750"),
    }
    assert sealed["result"]["not_ranked"] == [{"id": "C", "reasons": ["one_year"]}]


def test_the_line_that_verify_is_said_to_print_is_the_real_one(tmp_path, capsys):
    [example] = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    sealed = bundle.compute(bundle.read_bundle(example.encode()))
    sealed["result"]["ranked"][0]["total"] = "93.00"
    source = tmp_path / "sealed.json"
    source.write_text(bundle.to_json(sealed), encoding="utf-8")
    assert bundle.main(["verify", str(source)]) == 1
    [said] = re.findall(r"`(sealed\.json: [^`]*)`", TEXT)
    assert capsys.readouterr().err == f"{tmp_path}/{said}\n"
