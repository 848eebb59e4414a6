"""What has changed about a person, page by page: for those who keep the roster, and for the person?"""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import ListView

from branchportal import audit
from branchportal.paging import NearestPage
from members.access import PortalView
from members.models import Member
from members.queries.history import entries_about, lines
from members.roles import Permission


class PersonHistoryView(PortalView, NearestPage, ListView):
    """Every change of one record and of the person's offices. The look is noted."""

    permission = Permission.EDIT_ROSTER
    template_name = "members/history.html"
    paginate_by = 30

    @cached_property
    def person(self) -> Member:
        return get_object_or_404(self.visible(Member.objects.select_related("branch")), pk=self.kwargs["pk"])

    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        if self.person.user_id != request.user.pk:
            audit.note_access("member.viewed", by=request.user, subject=self.person, branch=self.person.branch)
        return response

    def get_queryset(self):
        return entries_about(self.person)

    def get_context_data(self, **context) -> dict:
        context = super().get_context_data(**context)
        back = {"url": reverse("members:person", args=[self.person.pk]), "label": self.person.name}
        return {**context, "person": self.person, "lines": lines(context["page_obj"], self.person), "back": back}


class OwnHistoryView(PersonHistoryView):
    """The same about oneself."""

    permission = Permission.VIEW_OWN_RECORD

    @cached_property
    def person(self) -> Member:
        return self.request.user.member

    def get_context_data(self, **context) -> dict:
        back = {"url": reverse("members:own_record"), "label": _("My record")}
        return {**super().get_context_data(**context), "back": back}
