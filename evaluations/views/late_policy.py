"""Does this branch accept late self-reviews, from when on, and who decided that?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from evaluations.deadlines import month_of, next_month
from evaluations.forms.late_policy import ACCEPT, REFUSE, LatePolicyForm
from evaluations.queries.self_reviews import accepts_late
from evaluations.services.late_policies import choose_late_policy
from members.access import PortalView
from members.models import Branch
from members.roles import Permission

SHOWN = 12


class LatePolicyView(PortalView, View):
    """The rule of this month and of the next one; it is changed for the next."""

    permission = Permission.CHOOSE_LATE_POLICY

    @cached_property
    def branch(self) -> Branch:
        return get_object_or_404(self.visible(Branch.objects.party_branches()), code=self.kwargs["code"])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        following = accepts_late(self.branch, next_month(month_of(timezone.now())))
        return self._page(LatePolicyForm(initial={"policy": ACCEPT if following else REFUSE}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = LatePolicyForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        changed = choose_late_policy(
            branch=self.branch, accepts=form.cleaned_data["policy"] == ACCEPT, by=request.user, now=timezone.now()
        )
        messages.success(request, _("The rule is kept.") if changed else _("Nothing has changed."))
        return redirect(request.path)

    def _page(self, form: LatePolicyForm, *, status: int = 200) -> HttpResponse:
        this_month = month_of(timezone.now())
        context = {
            "branch": self.branch,
            "form": form,
            "this_month": this_month,
            "next_month": next_month(this_month),
            "accepts_now": accepts_late(self.branch, this_month),
            "policies": list(self.branch.late_policies.select_related("set_by")[:SHOWN]),
        }
        return render(self.request, "evaluations/late_policy.html", context, status=status)
