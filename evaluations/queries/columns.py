"""Which figures from Excel are there: for a ranking, and for a page?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, QuerySet

from branchportal.months import months_later
from evaluations import sources as known
from evaluations.column_names import head_of, key_of
from evaluations.models import ColumnFigure, FigureColumn, ScoringScheme
from evaluations.queries import schemes
from evaluations.scheme import parse_scheme
from members.models import Branch

Figures = Mapping[int, Mapping[str, "list[Figure]"]]  # {person: {key of the column: figures}}


@dataclass(frozen=True)
class Figure:
    """One person's figure in one column."""

    name: str
    first: date
    last: date
    value: str
    by: str
    at: datetime
    file: str


def counting(members: Collection[int], keys: Collection[str], first: date, last: date) -> Figures:
    """Of each person the figures of columns whose last day lies in the period, the newest last. One query."""
    found: dict[int, dict[str, list[Figure]]] = defaultdict(lambda: defaultdict(list))
    inside = ColumnFigure.objects.filter(member__in=members, column__key__in=keys, column__last_on__range=(first, last))
    columns = ("column__name", "column__first_on", "column__last_on", "value", "imported_by__name", "imported_at")
    rows = inside.order_by("column__last_on", "column__first_on", "column_id")
    for member, key, *figure in rows.values_list("member", "column__key", *columns, "file_name"):
        found[member][key].append(Figure(*figure))
    return found


@dataclass(frozen=True)
class Asked:
    """A column that a scheme in force reads: what it stands under, and in which schemes."""

    head: str
    key: str
    schemes: tuple[str, ...]


def in_branch(branch: Branch) -> QuerySet[FigureColumn]:
    """The columns of the branch, the newest first, with `people` and `imported_at`."""
    found = branch.figure_columns.annotate(people=Count("figures"), imported_at=Max("figures__imported_at"))
    return found.order_by("-last_on", "key", "pk")


def asked_for(branch: Branch, today: date) -> list[Asked]:
    """What the schemes that apply now or applied in the last year read from columns. One query."""
    month = today.replace(day=1)
    heads: dict[str, str] = {}
    schemes_of: dict[str, list[str]] = defaultdict(list)
    for scheme in schemes.applying(branch, months_later(month, -11), month):
        for head in _heads(scheme):
            heads.setdefault(key_of(head), head)
            schemes_of[key_of(head)].append(str(scheme))
    return [Asked(head, key, tuple(dict.fromkeys(schemes_of[key]))) for key, head in heads.items()]


def _heads(scheme: ScoringScheme) -> list[str]:
    """What stands at the head of the columns of one scheme: the label of a component, the name of an input."""
    document = parse_scheme(scheme.document)
    chosen = scheme.sources
    components = [
        one.label for one in known.needed_components(document) if chosen["components"].get(one.code) == known.COLUMN
    ]
    inputs = [name for name in known.needed_inputs(document) if chosen["inputs"].get(name) == known.COLUMN]
    return [head_of(name) for name in components + inputs]
