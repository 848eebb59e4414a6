"""How does somebody propose an award, change it, or take it back?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, View

from activities.forms.awards import AwardForm
from activities.forms.minutes import VersionForm
from activities.models import Award
from activities.queries.awards import same_file
from activities.services.awards import AwardRefused, StaleAward, edit_award, propose_award, withdraw_award
from activities.views.awards import handed_over
from members.access import PortalView
from members.roles import Permission


class _OwnAwardView(PortalView, FormView):
    permission = Permission.VIEW_OWN_RECORD

    @cached_property
    def award(self) -> Award:
        own = Award.objects.filter(member=self.request.user.member)
        return get_object_or_404(own.select_related("level", "evidence"), pk=self.kwargs["pk"])

    def back(self) -> HttpResponse:
        return redirect("activities:my_hours")


class ProposeAwardView(_OwnAwardView):
    template_name = "activities/award_form.html"
    form_class = AwardForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": timezone.localdate()}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**{"award": None, "stale": None} | context)

    def form_invalid(self, form: AwardForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form: AwardForm) -> HttpResponse:
        award = propose_award(
            member=self.request.user.member, entry=form.cleaned_data["entry"], values=form.values(),
            upload=form.upload, by=self.request.user, now=timezone.now(),
        )  # fmt: skip
        return self.saved(award)

    def saved(self, award: Award) -> HttpResponse:
        messages.success(self.request, _("Proposed. It counts as soon as an officer has confirmed it."))
        own = [other.title for other in same_file(award) if other.member_id == award.member_id]
        if own:
            text = _("The same file already shows “%(title)s”. If that is the same award, take one of them back.")
            messages.warning(self.request, text % {"title": own[0]})
        return self.back()


class EditAwardView(ProposeAwardView):
    """Change a proposal or a refused award; it waits for an answer again."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"award": self.award}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**{"award": self.award} | context)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.award.state == Award.State.CONFIRMED:
            return self.back()
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: AwardForm) -> HttpResponse:
        version, by, now = form.cleaned_data["version"] or 0, self.request.user, timezone.now()
        try:
            award = edit_award(
                award=self.award, version=version, values=form.values(), upload=form.upload, by=by, now=now
            )
        except StaleAward as stale:
            form.data = form.data.copy()
            form.data["version"] = stale.award.version
            return self.render_to_response(self.get_context_data(form=form, stale=stale.award), status=409)
        except AwardRefused as refused:
            messages.error(self.request, str(refused))
            return self.back()
        return self.saved(award)


class WithdrawAwardView(_OwnAwardView):
    """Ask once more, then remove the proposal and its file."""

    template_name = "branchportal/confirm.html"
    form_class = VersionForm

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.award.version}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Take the award back"),
            text=_("The proposal and its file are removed. You can propose it again later."),
            facts=[(_("Award"), self.award.title), (_("Level"), self.award.level)],
            label=_("Take back"),
            danger=True,
            back_url=reverse("activities:my_hours"),
            **context,
        )

    def form_valid(self, form: VersionForm) -> HttpResponse:
        try:
            withdraw_award(award=self.award, version=form.cleaned_data["version"], by=self.request.user)
        except StaleAward:
            messages.warning(self.request, _("The award was changed meanwhile, so nothing was removed."))
        except AwardRefused as refused:
            messages.error(self.request, str(refused))
        else:
            messages.success(self.request, _("The award is taken back."))
        return self.back()


class OwnEvidenceView(PortalView, View):
    """The file of one's own award as a download."""

    permission = Permission.VIEW_OWN_RECORD

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        own = Award.objects.filter(member=request.user.member).select_related("evidence")
        return handed_over(get_object_or_404(own, pk=pk))
