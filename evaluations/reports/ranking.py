"""How does a ranking look as a workbook, so that LibreOffice and Excel reach the same totals by themselves?

Every total is a live formula over the cells beside it. Cells hold fifteen digits of the exact figures; the formula
rounds once to ten decimals, which takes away the noise of binary arithmetic, and then to the scheme's decimals. Where
that would not give exactly the figure of the ranking (see `total_cell`), the figure itself is written instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

from django.utils import timezone

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
from branchportal.wording import sentences
from evaluations import freezing_wording, ranking_wording, scheme_wording, scoring
from evaluations.documents import Number
from evaluations.models import RankingEntry, RankingRun
from evaluations.purposes import Purpose
from evaluations.queries.rankings import exact_scores, not_closed, scheme_of
from evaluations.scheme import ADDITIVE, WEIGHTED, Component, Scheme
from evaluations.scoring import Score, rounded
from members.reports.roster import STAGE_WORDS
from members.stages import Stage

LABEL = "供支委会研究参考"
NOTES, INDEX = "说明", "目录"
TITLES = {
    Purpose.CANDIDATE: "发展对象综合排名",
    Purpose.CONVERSION: "预备党员转正综合排名",
    Purpose.APPRAISAL: "学生党员考评排名",
}
TABS = {Purpose.CANDIDATE: "发展对象", Purpose.CONVERSION: "转正", Purpose.APPRAISAL: "考评"}
FIFTEEN_DIGITS = Context(prec=15)
NOISE_DECIMALS = 10
MOST_DECIMALS = 6  # of a total that a formula can reach: a spreadsheet has fifteen digits
LARGEST_TOTAL = 10_000


@dataclass(frozen=True)
class Line:
    """One person of a run with the exact figures."""

    entry: RankingEntry
    score: Score
    scheme: Scheme

    def value(self, component: Component) -> Decimal | None:
        return _fifteen_digits(self.score.values.get(component.code))

    def points(self, component: Component) -> Decimal | None:
        return _fifteen_digits(self.score.points.get(component.code))

    def weight(self, component: Component) -> Decimal | None:
        """What the component really weighs here, in per cent; a factor where it is added."""
        if component.code not in self.score.points:
            return None
        if component.role == ADDITIVE:
            return _fifteen_digits(component.factor)
        return _fifteen_digits(Fraction(100 * component.weight, self.score.weights))


@dataclass(frozen=True)
class ComponentColumn:
    """A column that every component has one of; `suffix` follows the component's label in the header."""

    suffix: str
    width: float
    value: Callable[[Line, Component], Any]


def total_cell(line: Line) -> Formula | Decimal | None:
    """The total as a formula over the row's points; the figure itself where a spreadsheet could not reach it."""
    if line.entry.rank is None:
        return None
    scheme, points = line.scheme, line.score.points
    counted = [component for component in scheme.components if component.code in points]
    if not counted or not reaches(line):
        return Decimal(line.entry.total)
    letters = _points_letters(scheme)
    weighted = [f"{_text(c.weight)}*{letters[c.code]}{{row}}" for c in counted if c.role == WEIGHTED]
    added = [f"({_text(c.factor)})*{letters[c.code]}{{row}}" for c in counted if c.role == ADDITIVE]
    terms = [f"({'+'.join(weighted)})/{_text(line.score.weights)}"] if weighted else []
    return Formula(f"=ROUND(ROUND({'+'.join([*terms, *added])},{NOISE_DECIMALS}),{scheme.decimals})")


def _outcome(line: Line) -> str:
    return "满足" if line.entry.rank is not None else ranking_wording.reasons(line.scheme, line.entry.reasons)


POINTS = ComponentColumn("（得分）", 13, Line.points)

COLUMNS = (
    Column("名次", 7, INTEGER, value=lambda line: line.entry.rank),
    Column("学号", 16, value=lambda line: line.entry.number),
    Column("姓名", 14, value=lambda line: line.entry.name),
    Column("班级", 16, value=lambda line: line.entry.class_name),
    Column("现阶段", 12, value=lambda line: STAGE_WORDS[Stage(line.entry.stage)]),
    ComponentColumn("（原始）", 13, Line.value),
    POINTS,
    ComponentColumn("（占比%）", 13, Line.weight),
    Column("总分", 10, DECIMAL, value=total_cell),
    Column("并列", 7, value=lambda line: "并列" if line.entry.tied else ""),
    Column("等次", 10, value=lambda line: line.entry.band),
    Column("是否满足条件/原因", 30, value=_outcome, wrap=True),
    Column("支委会决定", 16, value=lambda line: ""),
)


def columns(scheme: Scheme) -> tuple[Column, ...]:
    """The columns of one scheme's ranking: those of each component stand together."""
    of_components = [column for column in COLUMNS if isinstance(column, ComponentColumn)]
    first = COLUMNS.index(of_components[0])
    middle = [
        Column(f"{component.label}{column.suffix}", column.width, DECIMAL, value=_of(column, component))
        for component in scheme.components
        for column in of_components
    ]
    last = [_with_decimals(column, scheme) for column in COLUMNS[first + len(of_components) :]]
    return (*COLUMNS[:first], *middle, *(column for column in last if scheme.bands or column.header != "等次"))


_ABOUT_TOTALS = (
    f"“总分”列是公式：各分项得分按方案权重合计，先保留 {NOISE_DECIMALS} 位小数以消除二进制误差，再按方案四舍五入一次。"
    f"方案要求 {MOST_DECIMALS} 位以上小数，或公式不能得到完全相同的数时，直接写入系统算出的总分。"
)
_ABOUT_COLUMNS = "“原始”是换算前的数，“得分”是换算并封顶、保底后的数，“占比”是缺项后实际使用的权重（附加项为倍数）。"


def ranking_workbook(run: RankingRun) -> bytes:
    """One ranking and its 说明."""
    return write_workbook([ranking_sheet(run), notes_sheet(NOTES, [*_explanations(run), *_not_closed([run])])])


def rankings_workbook(runs: Sequence[RankingRun]) -> bytes:
    """Many rankings: 目录, a sheet for each, 说明. `runs` come with branch and scheme; entries are best prefetched."""
    index = SheetSpec(INDEX, INDEX_COLUMNS, list(enumerate(runs, start=1)), title="综合排名", notes=(LABEL,))
    sheets = [ranking_sheet(run, name=_tab(place, run)) for place, run in enumerate(runs, start=1)]
    notes = [line for run in runs[:1] for line in _explanations(run, only_general=True)]
    return write_workbook([index, *sheets, notes_sheet(NOTES, [*notes, *_not_closed(runs)])])


INDEX_COLUMNS = (
    Column("工作表", 8, INTEGER, value=lambda line: line[0]),
    Column("党支部", 28, value=lambda line: line[1].branch.name),
    Column("排名", 24, value=lambda line: TITLES[line[1].purpose]),
    Column("统计区间", 22, value=lambda line: _period(line[1])),
    Column("方案名称", 30, value=lambda line: line[1].scheme_document["name"]),
    Column("版本", 10, value=lambda line: line[1].scheme_document["version"]),
    Column("已排名", 9, INTEGER, value=lambda line: line[1].ranked_count),
    Column("未排名", 9, INTEGER, value=lambda line: line[1].not_ranked_count),
    Column("指纹", 68, value=lambda line: line[1].fingerprint),
    Column("冻结", 60, value=lambda line: frozen_line(line[1])),
)


def ranking_sheet(run: RankingRun, name: str = "综合排名") -> SheetSpec:
    """The sheet of one run: the ranked in their order, then those who are not ranked and why."""
    scheme = scheme_of(run)
    entries = sorted(run.entries.all(), key=lambda entry: (entry.rank is None, entry.rank or 0, entry.number))
    scores = exact_scores(scheme, entries)
    return SheetSpec(
        name,
        columns(scheme),
        [Line(entry, scores[entry.number], scheme) for entry in entries],
        title=f"{TITLES[run.purpose]}  {run.branch.name}",
        notes=(
            f"方案名称：{scheme.name}  版本：{scheme.version}  统计区间：{_period(run)}  第 {run.number} 次",
            f"指纹：{run.fingerprint}",
            frozen_line(run),
            LABEL,
        ),
        printed=f"{LABEL}  {run.fingerprint[:16]}",
    )


def frozen_line(run: RankingRun) -> str:
    """Whether the ranking is frozen, by whom and when; so far it is provisional."""
    frozen = run.freezing
    if frozen is None or not frozen.is_frozen:
        return "尚未冻结：数据仍可能变化"
    proposed, confirmed = (f"{timezone.localtime(at):%Y-%m-%d}" for at in (frozen.proposed_at, frozen.decided_at))
    proposer, decider = freezing_wording.proposer(frozen), freezing_wording.decider(frozen)
    return f"已冻结：{proposer} {proposed} 提请，{decider} {confirmed} 确认"


def reaches(line: Line) -> bool:
    """Whether fifteen digits in each cell and two roundings give exactly the total of the ranking."""
    scheme = line.scheme
    if scheme.decimals > MOST_DECIMALS:
        return False
    cells = {code: Fraction(_fifteen_digits(value)) for code, value in line.score.points.items()}
    total = scoring.total_of(scheme, cells)
    if abs(total) >= LARGEST_TOTAL:
        return False
    without_noise = Fraction(rounded(total, NOISE_DECIMALS), 10**NOISE_DECIMALS)
    return rounded(without_noise, scheme.decimals) == line.score.total


def _of(column: ComponentColumn, component: Component) -> Callable[[Line], Any]:
    return lambda line: column.value(line, component)


def _with_decimals(column: Column, scheme: Scheme) -> Column:
    if column.header != "总分":
        return column
    zeros = "0." + "0" * scheme.decimals if scheme.decimals else "0"
    return Column(column.header, column.width, DECIMAL, value=column.value, number_format=zeros)


def _points_letters(scheme: Scheme) -> dict[str, str]:
    of_components = [column for column in COLUMNS if isinstance(column, ComponentColumn)]
    first = COLUMNS.index(of_components[0]) + of_components.index(POINTS) + 1
    return {
        component.code: get_column_letter(first + place * len(of_components))
        for place, component in enumerate(scheme.components)
    }


def _explanations(run: RankingRun, *, only_general: bool = False) -> Iterable[tuple[str, object]]:
    scheme = scheme_of(run)
    sources = run.scheme.sources
    yield "用途", f"{LABEL}；由人讨论决定，并写明理由。"
    if not only_general:
        yield "排名", f"{TITLES[run.purpose]}（{run.branch.name}）"
        yield "统计区间", f"{_period(run)}，第 {run.number} 次"
        yield "方案名称、版本", f"{scheme.name}，{scheme.version}"
        for component in scheme.components:
            words = scheme_wording.component_sentences(component, sources["components"])
            yield component.label, sentences([scheme_wording.weight_sentence(component), *words])
        for gate in scheme.gates:
            yield gate.label, scheme_wording.gate_sentence(gate, scheme, sources["inputs"])
        yield "并列", scheme_wording.tie_sentence(scheme)
        for band in scheme.bands:
            yield "等次", scheme_wording.band_sentence(band)
        yield "指纹", run.fingerprint
        yield "冻结", frozen_line(run)
    yield "总分", _ABOUT_TOTALS
    yield "原始、得分、占比", _ABOUT_COLUMNS
    yield "支委会决定", "由支委会讨论后填写；与排名次序不一致时写明理由。"


def _not_closed(runs: Sequence[RankingRun]) -> Iterable[tuple[str, str]]:
    found = not_closed(runs)
    for place, run in enumerate(runs, start=1):
        if months := found[run.pk]:
            label = "未截止月份" if len(runs) == 1 else f"未截止月份（{place} {run.branch.name}）"
            yield label, ranking_wording.not_closed_sentence(months)


def _tab(place: int, run: RankingRun) -> str:
    """What stands on a sheet's tab: its number in 目录, for what and from when to when, whose."""
    return f"{place} {TABS[run.purpose]}{run.first_month:%y%m}-{run.last_month:%y%m} {run.branch.name}"


def _period(run: RankingRun) -> str:
    return f"{run.first_month:%Y-%m} 至 {run.last_month:%Y-%m}"


def _fifteen_digits(value: Number | None) -> Decimal | None:
    if value is None:
        return None
    return FIFTEEN_DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))


def _text(number: Number) -> str:
    """A weight or factor exactly: they come from decimal texts."""
    return format(Decimal(number.numerator) / Decimal(number.denominator), "f")
