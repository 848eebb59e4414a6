"""Do a defence's workbooks reach its figures by themselves, and are the score sheets ready to print?"""

import pytest

from evaluations.reports import defence as report
from evaluations.services.defences import judging, running
from members.roles import Role
from tests.evaluations.defence_material import CRITERIA, NOW, heard, make_session, panel, submit
from tests.evaluations.test_ranking_workbook import needs_libreoffice, recalculated
from tests.factories import make_branch_tree, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
GIVEN = {  # the points of both criteria by each of five judges; none where he is recused
    0: [("99.5", "40"), ("70", "30"), ("84.5", "33.5"), ("80", "31"), ("85", "36")],
    1: [("99.5", "40"), None, ("84.5", "33.5"), ("80", "31"), ("77.7", "22.2")],
    2: [None, None, None, None, None],
}


@pytest.fixture
def session():
    tree = make_branch_tree()
    session = make_session(
        tree.b1, by=make_user(Role.SECRETARY, tree.b1), judges=5, speakers=3, criteria=CRITERIA, title="=1+1 答辩"
    )
    for place, row in GIVEN.items():
        speaker = heard(session)[place]
        for judge, marks in zip(panel(session), row, strict=True):
            if marks is not None:
                submit(judge, speaker, *marks)
    judging.recuse(judge=panel(session)[1], speaker=heard(session)[1], reason="导师", by=None, now=NOW)
    return session


def below(rows: list[list], word: str) -> list[list]:
    """The rows below the header that holds this word."""
    head = next(place for place, row in enumerate(rows) if word in row)
    return rows[head + 1 :]


@needs_libreoffice
def test_libreoffice_reaches_every_figure_of_the_summary(session, tmp_path):
    """By hand: 0: (72 + 84.2 + 79 + 87) without 72 and 99.7: (84.2 + 79 + 87) / 3; 1: four count."""
    running.close(session=session, by=session.created_by, now=NOW)
    sheets = recalculated(report.summary_workbook(session), tmp_path)
    names = [speaker.name for speaker in heard(session)]
    shown = [row[:10] for row in below(sheets["汇总"], "名次")]
    assert shown == [
        [1, 1, names[0], 99.7, 72, 84.2, 79, 87, 5, 83.4],
        [2, 2, names[1], 99.7, "回避", 84.2, 79, 68.82, 4, 82.93],
        ["", 3, names[2], "", "", "", "", "", 0, ""],
    ]
    assert [speaker.total for speaker in heard(session)] == ["83.40", "82.93", ""]
    marks = below(sheets["明细"], "评委")
    assert marks[0] == ["评委1", 1, names[0], 99.5, 40, 99.7]
    assert len(marks) == 9


@needs_libreoffice
def test_each_judge_has_an_empty_sheet_in_the_order_drawn(session, tmp_path):
    sheets = recalculated(report.sheets_workbook(session), tmp_path)
    names = [speaker.name for speaker in heard(session)]
    assert list(sheets) == ["评委1", "评委2", "评委3", "评委4", "评委5", "说明"]
    second = below(sheets["评委2"], "顺序")
    assert [row[:6] for row in second[:3]] == [
        [1, names[0], "", "", "", ""], [2, names[1], "回避", "", "", ""], [3, names[2], "", "", "", ""],
    ]  # fmt: skip
    assert sheets["评委2"][0][0] == "=1+1 答辩  评分表"
