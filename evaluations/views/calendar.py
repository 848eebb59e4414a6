"""How does the committee see and set its months?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import ListView

from branchportal.paging import NearestPage
from evaluations.deadlines import Phase, Window
from evaluations.forms.calendar import MonthForm, initial_of
from evaluations.models import Cycle
from evaluations.refusals import Refused, StaleReviewError
from evaluations.services.calendar import set_month, settings_of
from members.access import PortalView
from members.models import Branch
from members.roles import Permission

# phase → (word, colour of its badge)
PHASES = {
    Phase.OFF: (gettext_lazy("Switched off"), ""),
    Phase.PLANNED: (gettext_lazy("Planned"), "badge-blue"),
    Phase.FILING: (gettext_lazy("Self-reviews run"), "badge-green"),
    Phase.RATING: (gettext_lazy("Branch ratings run"), "badge-amber"),
    Phase.CLOSED: (gettext_lazy("Closed"), ""),
}


class CalendarView(PortalView, NearestPage, ListView):
    """All months of the committee, the newest first."""

    permission = Permission.MANAGE_CYCLES
    template_name = "evaluations/calendar.html"
    paginate_by = 24

    def get_queryset(self):
        months = self.visible(Cycle.objects.all()).select_related("committee")
        return months.annotate(own_days=Count("deadlines")).order_by("-month", "committee__path")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        now = timezone.now()
        return {**context, "rows": [{"cycle": cycle, "phase": _phase(cycle, now)} for cycle in context["page_obj"]]}


class EditMonthView(PortalView, View):
    """One month: on or off, its days, its scale, and where other days hold."""

    permission = Permission.MANAGE_CYCLES

    @cached_property
    def cycle(self) -> Cycle:
        return get_object_or_404(self.visible(Cycle.objects.select_related("committee")), pk=self.kwargs["pk"])

    @cached_property
    def branches(self) -> list[Branch]:
        """The general branches below, and whatever branch has own days already."""
        below = Branch.objects.below(self.cycle.committee)
        general = Q(kind=Branch.Kind.GENERAL_BRANCH, closed_on=None)
        return list(below.filter(general | Q(cycle_deadlines__cycle=self.cycle)).distinct().order_by("path"))

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(MonthForm(initial=self._initial(), branches=self.branches))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = MonthForm(request.POST, initial=self._initial(), branches=self.branches)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            set_month(
                cycle=self.cycle,
                settings=form.settings,
                version=form.cleaned_data["version"],
                by=request.user,
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        except StaleReviewError as stale:
            return self._page(self._renewed(request, stale.current), stored=stale.current, status=409)
        messages.success(request, _("The month is set."))
        return redirect("evaluations:calendar")

    def _initial(self) -> dict[str, Any]:
        return initial_of(settings_of(self.cycle), self.cycle.version)

    def _renewed(self, request: HttpRequest, stored: Cycle) -> MonthForm:
        """The typed values on the newest version: sending them again replaces the other ones."""
        return MonthForm({**request.POST.dict(), "version": stored.version}, branches=self.branches)

    def _page(self, form: MonthForm, *, stored: Cycle | None = None, status: int = 200) -> HttpResponse:
        now = timezone.now()
        is_closed = _is_closed(self.cycle, now)
        if is_closed:
            form.freeze()
        context = {
            "cycle": self.cycle,
            "form": form,
            "phase": _phase(self.cycle, now),
            "is_closed": is_closed,
            "stored": _facts(stored) if stored else [],
        }
        return render(self.request, "evaluations/edit_month.html", context, status=status)


def _phase(cycle: Cycle, now: Any) -> dict[str, Any]:
    window = Window(cycle.month, cycle.review_day, cycle.rating_day, is_off=cycle.is_off)
    word, colour = PHASES[window.phase(now)]
    return {"word": word, "colour": colour}


def _is_closed(cycle: Cycle, now: Any) -> bool:
    """Tell whether the month has ended everywhere, also where other days hold."""
    own_days = cycle.deadlines.values_list("review_day", "rating_day")
    days = [(cycle.review_day, cycle.rating_day), *own_days]
    return all(Window(cycle.month, *pair, is_off=cycle.is_off).phase(now) == Phase.CLOSED for pair in days)


def _facts(cycle: Cycle) -> list[tuple[str, Any]]:
    """What stands there now, beside what was typed."""
    settings = settings_of(cycle)
    names = dict(Branch.objects.filter(pk__in=settings.own_days).values_list("pk", "name"))
    return [
        (_("This month is evaluated"), _("no") if settings.is_off else _("yes")),
        (_("Self-reviews due on day"), settings.review_day),
        (_("Branch ratings due on day"), settings.rating_day),
        (_("Scale"), cycle.get_scale_display()),
        *[(names[branch_id], f"{days[0]} / {days[1]}") for branch_id, days in settings.own_days.items()],
    ]
