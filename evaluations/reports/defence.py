"""How do a defence's figures look: on the page, as a workbook whose formulas reach the same, as empty score sheets?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from branchportal.spreadsheets.writing import (
    DECIMAL,
    INTEGER,
    Column,
    Formula,
    SheetSpec,
    get_column_letter,
    notes_sheet,
    write_workbook,
)
from evaluations.defence_scores import DROP_FROM, Criterion, kept
from evaluations.documents import number
from evaluations.models import DefenceJudge, DefenceSession, DefenceSpeaker, JudgeScore
from evaluations.queries import defences
from evaluations.stages import ScoreState

LABEL = "供支委会研究参考"
KINDS = {"nomination": "团推优", "candidate": "发展对象", "conversion": "预备党员转正", "branch": "支部"}
RECUSED = "回避"
NOISE_DECIMALS = 10
FIRST_SCORE = 4  # the column of the first judge: place, drawn place and name stand before


@dataclass(frozen=True)
class Score:
    """One judge's score of one speaker; `text` is "" where there is none."""

    text: str
    is_left_out: bool = False
    is_recused: bool = False


@dataclass(frozen=True)
class Row:
    """One speaker with a score per judge, in the panel's order."""

    speaker: DefenceSpeaker
    scores: list[Score]


@dataclass(frozen=True)
class Table:
    """A closed session: its judges, and its speakers by place."""

    judges: list[DefenceJudge]
    rows: list[Row]


def table(session: DefenceSession) -> Table:
    """The snapshot of a closed session; three queries."""
    return _table(session, JudgeScore.objects.filter(judge__session=session))


def _table(session: DefenceSession, scores: Iterable[JudgeScore]) -> Table:
    judges = list(session.judges.all())
    recused = {(score.judge_id, score.speaker_id) for score in scores if score.recused_at is not None}
    return Table(judges, [_row(speaker, judges, recused) for speaker in defences.by_place(session)])


def unnamed(speaker: DefenceSpeaker) -> list[Score]:
    """What somebody was given, from the lowest to the highest, so that the order tells nothing about the judges."""
    counted = _counted(speaker)
    found = [Score(text, judge not in counted) for judge, text in speaker.scores]
    return sorted(found, key=lambda score: (number(score.text), not score.is_left_out))


def summary_workbook(session: DefenceSession) -> bytes:
    """Places, every judge's score and live totals; the marks of each criterion; 说明."""
    rows = JudgeScore.objects.filter(judge__session=session).select_related(
        "judge", "speaker__member", "speaker__branch"
    )
    scores = list(rows.order_by("judge__position", "speaker__position"))
    found = _table(session, scores)
    title = f"{session.title}  答辩汇总"
    notes = (f"{session.branch.name}  {KINDS[session.kind]}答辩  {session.held_on}  {session.place}".rstrip(), LABEL)
    last = get_column_letter(FIRST_SCORE + len(found.judges) - 1)
    columns = (
        Column("名次", 7, INTEGER, value=lambda row: row.speaker.rank),
        Column("顺序", 7, INTEGER, value=lambda row: row.speaker.position),
        Column("答辩人", 18, value=lambda row: row.speaker.name),
        *(Column(judge.name, 12, DECIMAL, value=_score_of(place)) for place, judge in enumerate(found.judges)),
        Column("有效分数个数", 12, INTEGER, value=lambda row: Formula(f"=COUNT(D{{row}}:{last}{{row}})")),
        Column("总分", 10, DECIMAL, value=lambda row: _total(row, last), number_format="0.00"),
    )
    summary = SheetSpec("汇总", columns, found.rows, title=title, notes=notes, printed=f"{title}  {LABEL}")
    order = sorted((row.speaker for row in found.rows), key=lambda speaker: speaker.position)
    explained = [*_explanations(session), *((f"第 {one.position} 位", f"{one.number} {one.name}") for one in order)]
    return write_workbook([summary, _marks_sheet(session, scores, title), notes_sheet("说明", explained)])


def sheets_workbook(session: DefenceSession) -> bytes:
    """A sheet per judge to fill in by hand: the speakers in the order drawn, a column per criterion, a live sum."""
    criteria, lines = defences.criteria_of(session), defences.progress(session)
    sheets = [_empty_sheet(session, criteria, line) for line in lines]
    return write_workbook([*sheets, notes_sheet("说明", _explanations(session))])


def _row(speaker: DefenceSpeaker, judges: list[DefenceJudge], recused: set[tuple[int, int]]) -> Row:
    given, counted = dict(speaker.scores), _counted(speaker)
    return Row(
        speaker,
        [
            Score(
                given.get(judge.pk, ""),
                is_left_out=judge.pk in given and judge.pk not in counted,
                is_recused=(judge.pk, speaker.pk) in recused,
            )
            for judge in judges
        ],
    )


def _counted(speaker: DefenceSpeaker) -> set[int]:
    places = kept([number(text) for _judge, text in speaker.scores])
    return {speaker.scores[place][0] for place in places}


def _score_of(place: int) -> Callable[[Row], Any]:
    def value(row: Row) -> Decimal | str:
        score = row.scores[place]
        if score.text:
            return Decimal(score.text)
        return RECUSED if score.is_recused else ""

    return value


def _total(row: Row, last: str) -> Formula | str:
    """The trimmed mean over the row, as the snapshot has it; "" without scores."""
    if not row.speaker.total:
        return ""
    cells = f"D{{row}}:{last}{{row}}"
    trimmed = f"(SUM({cells})-MAX({cells})-MIN({cells}))/(COUNT({cells})-2)"
    mean = f"IF(COUNT({cells})>={DROP_FROM},{trimmed},AVERAGE({cells}))"
    return Formula(f"=ROUND(ROUND({mean},{NOISE_DECIMALS}),2)")


def _marks_sheet(session: DefenceSession, scores: Iterable[JudgeScore], title: str) -> SheetSpec:
    """Every submitted sheet: judge, speaker, the points of each criterion and the score they make."""
    criteria = defences.criteria_of(session)
    rows = [score for score in scores if score.submitted_at is not None]
    columns = (
        Column("评委", 16, value=lambda score: score.judge.name),
        Column("顺序", 7, INTEGER, value=lambda score: score.speaker.position),
        Column("答辩人", 18, value=lambda score: score.speaker.name),
        *(Column(_header(one), 16, DECIMAL, value=_mark_of(place)) for place, one in enumerate(criteria)),
        Column("得分", 10, DECIMAL, value=lambda score: _sum_of(criteria)),
    )
    return SheetSpec("明细", columns, rows, title=title, notes=(LABEL,))


def _empty_sheet(session: DefenceSession, criteria: list[Criterion], line: defences.Line) -> SheetSpec:
    columns = (
        Column("顺序", 7, INTEGER, value=lambda cell: cell.speaker.position),
        Column("答辩人", 18, value=lambda cell: cell.speaker.name),
        Column("是否回避", 10, value=lambda cell: RECUSED if cell.state == ScoreState.RECUSED else ""),
        *(Column(_header(one), 16, DECIMAL, value=lambda cell: None) for one in criteria),
        Column("得分", 10, DECIMAL, value=lambda cell: _sum_if_given(criteria)),
        Column("备注", 24, value=lambda cell: ""),
    )
    title = f"{session.title}  评分表"
    return SheetSpec(
        line.judge.name, columns, line.cells, title=title,
        notes=(f"{session.branch.name}  {session.held_on}", f"评委：{line.judge.name}  {line.judge.role}".rstrip()),
        foot=("评委签名：                              日期：",), printed=title,
    )  # fmt: skip


def _header(one: Criterion) -> str:
    return f"{one.label}（{one.weight}%，满分{one.highest}）"


def _mark_of(place: int) -> Callable[[JudgeScore], Decimal]:
    return lambda score: Decimal(score.marks[place])


def _sum_of(criteria: list[Criterion]) -> Formula:
    terms = [
        f"{get_column_letter(FIRST_SCORE + place)}{{row}}*{one.weight}/{one.highest}"
        for place, one in enumerate(criteria)
    ]
    return Formula(f"=ROUND({'+'.join(terms)},{NOISE_DECIMALS})")


def _sum_if_given(criteria: list[Criterion]) -> Formula:
    """The sum once every point is typed; an empty line otherwise."""
    first, last = get_column_letter(FIRST_SCORE), get_column_letter(FIRST_SCORE + len(criteria) - 1)
    terms = _sum_of(criteria).text.removeprefix("=")
    return Formula(f'=IF(COUNT({first}{{row}}:{last}{{row}})={len(criteria)},{terms},"")')


def _explanations(session: DefenceSession) -> list[tuple[str, object]]:
    criteria = [(one.label, f"权重 {one.weight}%，满分 {one.highest} 分") for one in defences.criteria_of(session)]
    return [
        ("用途", f"{LABEL}；由人讨论决定，并写明理由。"),
        ("得分", "每位评委的得分 = 各项分数 ÷ 该项满分 × 权重，相加，满分 100。"),
        (
            "总分",
            f"某答辩人有 {DROP_FROM} 个及以上有效得分时去掉一个最高分和一个最低分再取平均；"
            f"不足 {DROP_FROM} 个时取全部平均；保留两位小数，只四舍五入一次。",
        ),
        ("回避", "评委回避的答辩人不计入该评委，个数相应减少。"),
        (
            "顺序",
            f"抽签口令“{session.seed}”：把“口令/抽签时的学号”（支部用代码）取 SHA-256，从小到大排列，任何人可以重算。",
        ),
        *criteria,
    ]
