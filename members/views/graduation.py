"""How does a class leave at once: choose, look at each person, then do it for all who are ticked?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from branchportal.spreadsheets.values import text_of
from branchportal.wording import listed
from members.access import PortalView, access_of
from members.forms.graduation import KINDS, GraduationForm
from members.models import Branch, Member
from members.queries.graduation import Leaving, LeavingRow, preview
from members.roles import Permission
from members.services.graduation import ChangedSincePreviewError, graduate
from members.services.own_matters import OwnMatter

MOST_DIGITS = 18
LONGEST_NAME = 120  # of an organisation


class GraduationView(PortalView, TemplateView):
    """GET chooses and previews (all in the address), POST does it for those who are still ticked."""

    permission = Permission.EDIT_ROSTER
    template_name = "members/graduation.html"

    @cached_property
    def form(self) -> GraduationForm:
        asked = self.request.GET
        return GraduationForm(
            asked if "kind" in asked else None,
            branches=self.visible(Branch.objects.party_branches()),
            people=self.visible(Member.objects.all()),
            may_move=access_of(self.request.user).may(Permission.TRANSFER_MEMBERS),
            today=timezone.localdate(),
        )

    def get_context_data(self, *, organisations: dict[int, str] | None = None, **context) -> dict:
        """`organisations`: where a refused POST sent each person."""
        form, rows, plan = self.form, [], None
        if form.is_bound and form.is_valid() and self._may_do(form):
            plan = form.plan()
            people = form.chosen(self.visible(Member.objects.all()))
            found = preview(people, plan, timezone.now(), by=self.request.user)
            rows = [(row, (organisations or {}).get(row.member.pk, plan.organisation)) for row in found]
        return super().get_context_data(
            form=form,
            plan=plan,
            rows=rows,
            ready=sum(not row.conflict for row, _organisation in rows),
            kind_label=KINDS[plan.kind] if plan else "",
            unticked=self._unticked(rows),
            one_branch=form.fields["branch"].queryset.count() == 1,
            **context,
        )

    left_out: frozenset[int] | None = None  # by a refused POST

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form
        if not form.is_bound or not form.is_valid() or not self._may_do(form):
            return self.render_to_response(self.get_context_data())
        plan, versions = form.plan(), _versions(request.POST.getlist("person"))
        if not versions:
            messages.warning(request, _("Nobody was ticked, so nothing was done."))
            return redirect(request.get_full_path())
        organisations = {
            pk: text_of(request.POST.get(f"organisation-{pk}", ""))[:LONGEST_NAME] or plan.organisation
            for pk in versions
        }
        try:
            count = graduate(
                plan=plan, versions=versions, organisations=organisations, by=request.user, now=timezone.now()
            )
        except ChangedSincePreviewError as changed:
            names = listed(changed.names) or _("somebody who has left the branch")
            text = _("Changed meanwhile: %(names)s. Nothing was done; look at the preview again.") % {"names": names}
            return self._refused(text, versions, organisations)
        except OwnMatter as own:
            text = _("Nothing was done. %(reason)s") % {"reason": own.messages[0]}
            return self._refused(text, versions, organisations)
        messages.success(request, _done(plan.kind, count))
        return redirect("members:transfers" if plan.kind == Leaving.MOVES else "members:roster")

    def _refused(self, text: str, versions: dict[int, int], organisations: dict[int, str]) -> HttpResponse:
        """Nothing was written: show how it stands now, with the same people ticked off and what was typed."""
        messages.warning(self.request, text)
        shown = self.form.chosen(self.visible(Member.objects.all())).values_list("pk", flat=True)
        self.left_out = frozenset(shown) - frozenset(versions)
        return self.render_to_response(self.get_context_data(organisations=organisations), status=409)

    def _unticked(self, rows: list[tuple[LeavingRow, str]]) -> frozenset[int]:
        if self.left_out is not None:
            return self.left_out
        return frozenset(row.member.pk for row, _organisation in rows if not row.ticked)

    def _may_do(self, form: GraduationForm) -> bool:
        """Letters are written by whoever transfers in that very branch."""
        if form.cleaned_data["kind"] != Leaving.MOVES:
            return True
        access = access_of(self.request.user)
        if access.may_in(Permission.TRANSFER_MEMBERS, form.cleaned_data["branch"]):
            self.request.user.permission_in_use = Permission.TRANSFER_MEMBERS  # for the audit trail
            return True
        form.add_error("kind", _("In this branch you can't write letters; its secretary can."))
        return False


def _versions(typed: list[str]) -> dict[int, int]:
    """{person: version} of boxes like "12-3"; what is no such pair is passed over."""
    pairs = (value.split("-") for value in typed)
    return {
        int(pair[0]): int(pair[1])
        for pair in pairs
        if len(pair) == 2 and all(part.isascii() and part.isdigit() and len(part) <= MOST_DIGITS for part in pair)
    }


def _done(kind: Leaving, count: int) -> str:
    if count == 0:
        return _("This was done already; nothing has changed.")
    texts: dict[Leaving, Any] = {
        Leaving.ENDS: ngettext("%(count)s membership has ended.", "%(count)s memberships have ended.", count),
        Leaving.MOVES: ngettext("%(count)s letter is ready.", "%(count)s letters are ready.", count),
        Leaving.KEPT: ngettext(
            "%(count)s person has a new leaving date.", "%(count)s people have a new leaving date.", count
        ),
    }
    return texts[kind] % {"count": count}
