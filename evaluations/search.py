"""Which months, rankings and pages of the evaluations does the quick search find?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateformat import format as date_format
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branchportal.search import MOST, Group, Hit, Page, pages, says
from evaluations.models import Cycle, RankingRun
from evaluations.month_words import month_meant
from evaluations.purposes import Purpose
from evaluations.queries.rankings import newest_runs
from members.access import Access, access_of
from members.models import Branch
from members.roles import Permission

PAGES = (
    Page(Permission.SIGNED_IN, "evaluations:home", gettext_lazy("Home"), (gettext_lazy("To do"),)),
    Page(Permission.FILE_SELF_REVIEW, "evaluations:review_card", gettext_lazy("Self-review"), (gettext_lazy("card"),)),
    Page(Permission.FILE_SELF_REVIEW, "evaluations:own_reviews", gettext_lazy("My earlier months")),
    Page(Permission.VIEW_OWN_RANKING, "evaluations:own_rankings", gettext_lazy("My results")),
    Page(Permission.READ_NOTICES, "evaluations:public_notices", gettext_lazy("Public notices")),
    Page(Permission.SIGNED_IN, "evaluations:my_data", gettext_lazy("Everything about me")),
    Page(
        Permission.VIEW_MONTH,
        "evaluations:months",
        gettext_lazy("Months"),
        (gettext_lazy("Branch rating"), gettext_lazy("Self-reviews"), gettext_lazy("Rate members")),
    ),
    Page(Permission.VIEW_RANKING, "evaluations:rankings", gettext_lazy("Rankings")),
    Page(Permission.COMPILE_RANKING, "evaluations:compile", gettext_lazy("Compile ranking")),
    Page(Permission.VIEW_RANKING, "evaluations:decisions", gettext_lazy("Decisions")),
    Page(Permission.DECIDE_APPEALS, "evaluations:appeals", gettext_lazy("Appeals")),
    Page(Permission.HANDLE_OBJECTIONS, "evaluations:objections", gettext_lazy("Objections")),
    Page(Permission.VIEW_RANKING, "evaluations:columns", gettext_lazy("Figures from Excel")),
    Page(Permission.VIEW_SCHEMES, "evaluations:schemes", gettext_lazy("Scoring schemes")),
    Page(Permission.EDIT_SCHEMES, "evaluations:scheme_import", gettext_lazy("Import a scheme")),
    Page(Permission.MANAGE_CYCLES, "evaluations:calendar", gettext_lazy("Calendar of the months")),
)


def find(request: HttpRequest, words: str) -> Iterator[Hit]:
    access = access_of(request.user)
    yield from pages(words, (page for page in PAGES if access.may(page.permission)))
    yield from _months(access, words)
    if access.may(Permission.VIEW_RANKING):
        yield from _rankings(RankingRun.objects.visible_to(request.user, Permission.VIEW_RANKING), words)


def _months(access: Access, words: str) -> Iterator[Hit]:
    """The months so called, the newest first: the own review, and the branch's month or that of all branches."""
    meant = month_meant(words)
    granting = {grant.branch for grant in access.granting(Permission.VIEW_MONTH)}
    own = {grant.branch for grant in access.granting(Permission.FILE_SELF_REVIEW)}
    if meant is None or not granting | own:
        return
    year, number = meant
    roots = {branch.ancestor_paths()[0] for branch in granting | own}
    cycles = Cycle.objects.filter(committee__path__in=roots, month__month=number)
    for month in cycles.filter(month__year=year).values_list("month", flat=True) if year else _newest(cycles):
        name = date_format(month, get_format("YEAR_MONTH_FORMAT"))
        if own:
            url = reverse("evaluations:review_of_month", args=[month])
            yield Hit(Group.MONTHS, _("Self-review of %(month)s") % {"month": name}, url)
        for branch in granting:
            yield _month_of(branch, month, name)


def _newest(cycles: QuerySet[Cycle]) -> QuerySet:
    return cycles.order_by("-month").values_list("month", flat=True)[:2]


def _month_of(branch: Branch, month: date, name: str) -> Hit:
    if branch.kind == Branch.Kind.BRANCH:
        return Hit(Group.MONTHS, name, reverse("evaluations:month", args=[branch.code, month]), branch.name)
    return Hit(Group.MONTHS, name, reverse("evaluations:months", query={"month": f"{month:%Y-%m}"}), _("All branches"))


def _rankings(visible: QuerySet[RankingRun], words: str) -> Iterator[Hit]:
    """The newest rankings of a branch, of a purpose, or of a period that holds the month."""
    purposes = [value for value, label in Purpose.choices if says(words, label)]
    wanted = Q(branch__name__icontains=words) | Q(branch__code__istartswith=words) | Q(purpose__in=purposes)
    if meant := month_meant(words):
        year, number = meant
        wanted |= Q(last_month__month=number, **({"last_month__year": year} if year else {}))
    for run in newest_runs(visible.filter(wanted)).select_related("branch")[:MOST]:
        period = f"{run.first_month:%Y-%m} – {run.last_month:%Y-%m}"
        url = reverse("evaluations:ranking", args=[run.pk])
        yield Hit(Group.RANKINGS, run.get_purpose_display(), url, f"{run.branch.name} · {period}")
