"""Who is away, who stands in, and how is that entered and ended?"""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from members.access import PortalView, access_of
from members.forms.absences import AbsenceForm
from members.labels import ROLE_LABELS
from members.models import Absence, RoleAssignment
from members.queries.absences import candidates, may_enter, reachable_offices, rows_for
from members.queries.accounts import offices_of
from members.roles import Permission, Role
from members.services.absences import end_absence, enter_absence


class AbsenceListView(PortalView, TemplateView):
    """The absences that concern the reader, and the own offices for which one can be entered."""

    permission = Permission.SIGNED_IN
    template_name = "members/absences.html"

    def get_context_data(self, **context) -> dict:
        user, today = self.request.user, timezone.localdate()
        rows = [(row, _label(row.absence.office)) for row in rows_for(user, today)]
        offices = [(office, _label(office)) for office in offices_of(user, today)]
        may_appoint = access_of(user).may(Permission.ASSIGN_ROLES)
        return super().get_context_data(rows=rows, offices=offices, may_appoint=may_appoint, **context)


class _OfOneOffice(PortalView):
    """An office that the reader holds or fills; 403 for those who fill none, 404 for offices out of sight."""

    permission = Permission.SIGNED_IN

    def reachable(self, office_id: int) -> RoleAssignment:
        user = self.request.user
        office = reachable_offices(user).filter(pk=office_id).first()
        if office is None and access_of(user).may(Permission.ASSIGN_ROLES):
            raise Http404
        if office is None or not may_enter(office, by=user):
            raise PermissionDenied
        if office.user_id != user.pk:
            user.permission_in_use = Permission.ASSIGN_ROLES  # the right by which it is done, for the audit trail
        return office


class EnterAbsenceView(_OfOneOffice, FormView):
    template_name = "members/absence_form.html"
    form_class = AbsenceForm

    @cached_property
    def office(self) -> RoleAssignment:
        return self.reachable(self.kwargs["pk"])

    def get_form_kwargs(self) -> dict:
        today = timezone.localdate()
        return super().get_form_kwargs() | {"people": candidates(self.office, today), "today": today}

    def get_context_data(self, **context) -> dict:
        office = self.office
        return super().get_context_data(
            office=office,
            label=ROLE_LABELS[Role(office.role)],
            is_own=office.user_id == self.request.user.pk,
            **context,
        )

    def form_valid(self, form: AbsenceForm) -> HttpResponse:
        try:
            absence = enter_absence(office=self.office, by=self.request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("%(name)s stands in from %(first)s to %(last)s; both of you are told.")
            % {
                "name": absence.stand_in.name,
                "first": absence.starts_on.isoformat(),
                "last": absence.ends_on.isoformat(),
            },
        )
        return redirect("members:absences")


class EndAbsenceView(_OfOneOffice, View):
    """End it at once: the person is back."""

    @cached_property
    def absence(self) -> Absence:
        absence = Absence.objects.select_related("stand_in").filter(pk=self.kwargs["pk"]).first()
        office = self.reachable(absence.office_id if absence else 0)
        absence.office = office
        return absence

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        absence = self.absence
        return render(
            request,
            "branchportal/confirm.html",
            {
                "title": _("End the absence of %(name)s?") % {"name": absence.office.user.name},
                "text": _("%(stand_in)s loses the rights of the office at once. Both are told.")
                % {"stand_in": absence.stand_in.name},
                "facts": [
                    (_("Office"), _label(absence.office)),
                    (_("From"), absence.starts_on.isoformat()),
                    (_("Until"), absence.ends_on.isoformat()),
                ],
                "label": _("End the absence"),
                "back_url": reverse("members:absences"),
                "form": None,
                "danger": True,
            },
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        end_absence(absence=self.absence, by=request.user, now=timezone.now())
        messages.success(request, _("The absence is ended."))
        return redirect("members:absences")


def _label(office: RoleAssignment) -> str:
    return f"{ROLE_LABELS[Role(office.role)]} · {office.branch.name}"
