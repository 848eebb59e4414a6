"""Which figures from Excel, bonuses and deductions has the demo's first branch, and the scheme that counts them?"""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from branchportal import audit
from evaluations.column_names import key_of
from evaluations.demo.duties import rater_of
from evaluations.models import ColumnFigure, FigureColumn, PointsEntry
from evaluations.purposes import Purpose
from evaluations.scheme import parse_scheme
from evaluations.services import schemes
from evaluations.sources import usual_sources
from members.models import Branch, Member, User
from members.stages import PARTY_MEMBERS

COMPONENTS = [
    {"code": "bonus", "label": "竞赛与服务加分", "role": "additive", "aggregate": "max", "cap": "5"},
    {"code": "deduction", "label": "扣分", "role": "additive", "aggregate": "sum", "factor": "-1"},
]
NO_FAIL = {
    "code": "no_fail", "label": "无不及格课程", "citation": "支部约定", "input": "failed_courses", "op": "<=",
    "value": "0", "missing": "pass",
}  # fmt: skip
POINTS = (
    ("bonus", "3", "学科竞赛校级一等奖", "校发〔2026〕18 号"),
    ("bonus", "2", "校运动会志愿服务", "志愿服务证明"),
    ("deduction", "1", "无故缺席支部党员大会", "会议签到表"),
    ("bonus", "5", "学科竞赛省级二等奖", "获奖证书"),
)
FILE = "上学期成绩汇总.xlsx"


def publish_scheme(branch: Branch, first_month: date, now: datetime) -> None:
    """The ready scheme of the appraisal, with bonuses, deductions and a look at failed courses."""
    document = json.loads((schemes.READY / f"{Purpose.APPRAISAL}.json").read_text(encoding="utf-8"))
    document["name"] = "学生党员考评方案（含加分扣分）"
    document["components"] += COMPONENTS
    document["gates"] = [NO_FAIL]
    draft = schemes.create_draft(
        branch=branch, purpose=Purpose.APPRAISAL, document=document, by=None,
        sources=usual_sources(parse_scheme(document)),
    )  # fmt: skip
    schemes.publish(scheme=draft, first_month=first_month, last_month=None, by=None, now=now)


def write(branch: Branch, members: list[Member], officers: list[User], day: date, now: datetime) -> None:
    """A column of failed courses, and a few entries; `day` is the last one of a month that has closed."""
    people = [
        one for one in members
        if one.kind == Member.Kind.STUDENT and one.stage in PARTY_MEMBERS and one.ended_on is None
    ]  # fmt: skip
    column = FigureColumn.objects.create(
        branch=branch, name="挂科门数", key=key_of("挂科门数"), first_on=day, last_on=day
    )
    at = min(now, timezone.make_aware(datetime.combine(day, time(17, 30))))
    figures = ColumnFigure.objects.bulk_create(
        ColumnFigure(
            column=column, member=one, value="1" if place == 1 else "0", imported_by=rater_of(one, officers),
            imported_at=at, file_name=FILE,
        )
        for place, one in enumerate(people)
    )  # fmt: skip
    lines = [{"subject": one, "branch": branch, "after": {"value": one.value}, "reason": FILE} for one in figures]
    audit.record_many("figures.imported", by=None, lines=lines)
    labels = {one["code"]: one["label"] for one in COMPONENTS}
    entries = PointsEntry.objects.bulk_create(
        PointsEntry(
            branch=branch, member=people[place // 2], category=category, category_label=labels[category],
            points=Decimal(points), on=day - timedelta(days=3 * place), what=what, source=source,
            recorded_by=rater_of(people[place // 2], officers), recorded_at=at,
        )
        for place, (category, points, what, source) in enumerate(POINTS)
        if place // 2 < len(people)
    )  # fmt: skip
    audit.record_many("points.recorded", by=None, lines=[{"subject": one, "branch": branch} for one in entries])
