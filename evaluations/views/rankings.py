"""What do offices see of rankings: the list, one ranking, one person's figures, who moved?"""

from __future__ import annotations

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, pgettext_lazy
from django.views import View

from branchportal import audit
from branchportal.paging import page_of
from branchportal.wording import listed
from evaluations import decision_wording, freezing_wording, ranking_wording
from evaluations.deadlines import parse_month
from evaluations.forms.compilations import month_choices, new_nonce
from evaluations.models import DecisionMeeting, Freezing, RankingEntry, RankingRun
from evaluations.purposes import Purpose
from evaluations.queries import appeals, decisions, freezings, rankings
from evaluations.views.appeals.words import appeal_days, offer_appeals, told
from evaluations.views.figures import column_keys, dot_plot, explanation_context
from evaluations.views.papers import SIGNING_A_RANKING, evidence_facts, ranking_facts
from evaluations.views.totals import field_of_totals, near_the_line
from members.access import PortalView, access_of
from members.labels import STAGE_LABELS
from members.models import User
from members.roles import Permission

RUNS_PER_PAGE = 50
COMPILED = "compiled"  # neither frozen nor proposed for it
MOST_PLACES = 999
KEPT_SECONDS = 900
STATES = [
    (state.value, state.label) for state in (Freezing.State.PROPOSED, Freezing.State.DECLINED, Freezing.State.FROZEN)
] + [(COMPILED, pgettext_lazy("state of a ranking", "Not frozen"))]


class RankingsView(PortalView, View):
    """All rankings in scope, the newest of each period; filters stay in the address."""

    permission = Permission.VIEW_RANKING

    def get(self, request: HttpRequest) -> HttpResponse:
        runs = filtered_runs(self.visible(RankingRun.objects.all()), request)
        access = access_of(request.user)
        newest = self.visible(RankingRun.objects.order_by("-last_month")).values_list("last_month", flat=True).first()
        context = {
            "page": page_of(request, runs, RUNS_PER_PAGE),
            "query": request.GET.get("q", ""),
            "purpose": request.GET.get("purpose", ""),
            "month": request.GET.get("month", ""),
            "state": request.GET.get("state", ""),
            "states": STATES,
            "purposes": Purpose.choices,
            "months": month_choices(newest) if newest else [],
            "is_filtered": any(request.GET.get(key) for key in ("q", "purpose", "month", "state")),
            "may_compile": access.may(Permission.COMPILE_RANKING),
            "may_export": access.may(Permission.EXPORT_RANKING),
            "may_decide_appeals": access.may(Permission.DECIDE_APPEALS),
        }
        return render(request, "evaluations/rankings.html", context)


class RunView(PortalView, View):
    """What every page about one run begins with."""

    permission = Permission.VIEW_RANKING
    not_read: tuple[str, ...] = ()  # long columns that the page needs seldom

    @cached_property
    def run(self) -> RankingRun:
        related = ("branch", "scheme__branch", "supersedes", "superseded_by", "compiled_by")
        runs = RankingRun.objects.select_related(*related).defer(*self.not_read)
        runs = runs.prefetch_related(freezings.TOLD_WITH_A_RUN)
        return get_object_or_404(self.visible(runs), pk=self.kwargs["pk"])


class RankingView(RunView):
    """One ranking: who stands where, and who is not ranked and why."""

    not_read = ("scheme__document", "supersedes__scheme_document", "superseded_by__scheme_document")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run, places = self.run, places_asked_for(request)
        access = access_of(request.user)
        context = {
            "run": run,
            "people": _people(run, places),
            "places": places,
            "tied_at_the_line": _tied(run, places),
            "superseded_by": getattr(run, "superseded_by", None),
            "appeals": appeals.told_with(run),
            "not_closed": ranking_wording.not_closed_sentence(rankings.not_closed([run])[run.pk]),
            "paper_facts": ranking_facts(run),
            "signing": SIGNING_A_RANKING,
            "freezing": run.freezing,
            "freezing_lines": freezing_wording.lines(run.freezing),
            "decision": _decision(run, request.user),
            "may_decide": access.may_in(Permission.KEEP_DECISIONS, run.branch),
            "may_propose": access.may_in(Permission.PROPOSE_FREEZING, run.branch),
            "may_confirm": access.may_in(Permission.CONFIRM_FREEZING, run.branch)
            and run.branch.path not in freezings.own_branches(request.user, timezone.localdate()),
            "nonce": new_nonce(),
            "may_compile": access.may_in(Permission.COMPILE_RANKING, run.branch),
            "may_export": access.may_in(Permission.EXPORT_RANKING, run.branch),
            "may_download": access.may_in(Permission.DOWNLOAD_BUNDLE, run.branch),
        }
        return render(request, "evaluations/ranking.html", context)


class EvidenceView(RunView):
    """How one person's figure was made."""

    def get(self, request: HttpRequest, pk: int, entry: int) -> HttpResponse:
        entries = list(self.run.entries.select_related("member"))
        found = next((one for one in entries if one.pk == entry), None)
        if found is None:
            raise Http404
        if found.member.user_id != request.user.pk:
            audit.note_access("ranking.explained", by=request.user, subject=found.member, branch=self.run.branch)
        everybody = rankings.rows(self.run, entries)
        others = [row for row in everybody if row.entry.pk != found.pk]
        context = explanation_context(found, others) | {
            "own": False,
            "stage": STAGE_LABELS[found.stage],
            "paper_facts": evidence_facts(found),
        }
        return render(request, "evaluations/evidence.html", context)


class MovesView(RunView):
    """Who stands elsewhere than in the run before."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.run.supersedes is None:
            raise Http404
        moves, told = rankings.moves(self.run), appeals.told_with(self.run)
        context = {
            "run": self.run,
            "moves": [move for move in moves if not move.is_unchanged],
            "unchanged": sum(move.is_unchanged for move in moves),
            "changed_beside": listed(appeals.changed_beside(self.run)) if told["made_it"] else "",
            "same_scheme": self.run.scheme_id == self.run.supersedes.scheme_id,
            "appeals": told,
        }
        return render(request, "evaluations/moves.html", context)


class OwnRankingsView(PortalView, View):
    """The signed-in person's own results; nobody else's."""

    permission = Permission.VIEW_OWN_RANKING

    def get(self, request: HttpRequest) -> HttpResponse:
        entries = list(rankings.own_entries(request.user))
        told = decisions.about(entries)
        lines = [
            {
                "entry": entry,
                "reasons": ranking_wording.reasons(rankings.scheme_of(entry.run), entry.reasons),
                "freezing": entry.run.freezing,
                "standing": freezing_wording.standing(entry.run.freezing),
                "decision": decision_wording.own_words(told.get(entry.pk)),
            }
            for entry in entries
        ]
        return render(request, "evaluations/own_rankings.html", {"lines": lines})


class OwnRankingView(PortalView, View):
    """How the own figure in one run was made."""

    permission = Permission.VIEW_OWN_RANKING

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        own = RankingEntry.objects.filter(member__user=request.user)
        related = ("run__branch", "run__scheme", "run__superseded_by")
        entries = own.select_related(*related).prefetch_related(freezings.TOLD_WITH_AN_ENTRY)
        found = get_object_or_404(entries, run__in=RankingRun.objects.filter(pk=pk))
        now = timezone.now()
        context = explanation_context(found, is_own=True) | {
            "own": True,
            "decision": decision_wording.own_facts(decisions.about([found]).get(found.pk)),
            "stage": STAGE_LABELS[found.stage],
            "paper_facts": evidence_facts(found),
            "last_day_to_appeal": appeal_days(found.run, now),
        }
        filed = appeals.own_of_line(request.user, found.run)
        context["appeals"] = [told(one, now) for one in filed]
        if appeals.is_open(found.run, now):
            offer_appeals(context, found, filed)
        return render(request, "evaluations/evidence.html", context)


def _decision(run: RankingRun, user: User) -> DecisionMeeting | None:
    """The newest sheet on a frozen run that the reader may open."""
    if not (run.freezing and run.freezing.is_frozen):
        return None
    return decisions.readable(run.decision_meetings.order_by("-number"), user).first()


def _people(run: RankingRun, places: int) -> str:
    """The tables of a run, ranked and not ranked. A run never changes, so what was rendered once is kept a while."""
    key = f"ranking:{run.pk}:{run.fingerprint}:{run.compiled_at.timestamp()}:{get_language()}:{places}"
    return cache.get_or_set(key, lambda: _rendered_people(run, places), KEPT_SECONDS)


def _rendered_people(run: RankingRun, places: int) -> str:
    scheme, entries = rankings.scheme_of(run), list(run.entries.all())
    table = rankings.rows(run, entries, places=places)
    low, high = rankings.weighted_range(table)
    context = {
        "run": run,
        "scheme": scheme,
        "rows": [{"row": row, "plot": dot_plot(row, low, high)} for row in table],
        "keys": column_keys(scheme),
        "field": field_of_totals(table),
        "near": near_the_line(table),
        "low": low,
        "high": high,
        "not_ranked": [
            {"entry": entry, "reasons": ranking_wording.reasons(scheme, entry.reasons)}
            for entry in entries
            if entry.rank is None
        ],
    }
    return render_to_string("evaluations/ranking_people.html", context)


def _tied(run: RankingRun, places: int) -> list[RankingEntry]:
    """Those who share the place that the line would cut through."""
    if not places:
        return []
    return rankings.tied_at_the_line([entry for entry in run.entries.all() if entry.rank is not None], places)


def filtered_runs(runs: QuerySet[RankingRun], request: HttpRequest) -> QuerySet[RankingRun]:
    """The newest runs that the filters in the address leave: branch name, purpose, a month inside the period."""
    found = rankings.newest_runs(runs).prefetch_related(freezings.TOLD_WITH_A_RUN)
    if query := request.GET.get("q", "").strip()[:60].replace("\0", ""):
        found = found.filter(branch__name__icontains=query)
    if (purpose := request.GET.get("purpose", "")) in Purpose.values:
        found = found.filter(purpose=purpose)
    if (state := request.GET.get("state", "")) == COMPILED:
        found = freezings.never_frozen(found)
    elif state in Freezing.State.values:
        found = freezings.in_state(found, state)
    try:
        month = parse_month(request.GET.get("month", ""))
    except ValueError:
        return found
    return found.filter(first_month__lte=month, last_month__gte=month)


def places_asked_for(request: HttpRequest) -> int:
    """After how many places the address draws a line; 0 for none."""
    text = request.GET.get("places", "")
    return min(int(text), MOST_PLACES) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
