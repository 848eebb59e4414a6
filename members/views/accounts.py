"""Which people can sign in, and how does the office print their activation slips?"""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import ListView

from branchportal.paging import NearestPage
from branchportal.wording import sentences
from members.access import PortalView
from members.models import Member, RoleAssignment, User
from members.queries.accounts import (
    account_rows,
    branches_in_charge,
    find_members,
    in_charge,
    staff_in_charge,
    with_accounts,
)
from members.roles import Permission
from members.services import slips
from members.views.office import office_links

SLIPS_AT_ONCE = 200
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class AccountListView(PortalView, NearestPage, ListView):
    """The accounts of one branch, or those that a search finds; names, numbers and the account's state only."""

    permission = Permission.MANAGE_ACCOUNTS
    template_name = "members/accounts.html"
    paginate_by = SLIPS_AT_ONCE

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.words = request.GET.get("q", "").strip()[:80]

    def get_queryset(self):
        self.branches = list(branches_in_charge(self.request.user))
        wanted = self.request.GET.get("branch", "")
        self.branch = next((branch for branch in self.branches if branch.code == wanted), None)
        if self.branch is None and self.branches and not self.words:
            self.branch = self.branches[0]
        if self.words:
            found = find_members(self.request.user, self.words)
        else:
            found = Member.objects.visible_to(self.request.user, self.permission).current()
        return with_accounts(found.filter(branch=self.branch) if self.branch else found)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        now, by = timezone.now(), self.request.user
        staff = staff_in_charge(by, timezone.localdate(now))
        rows, staff_rows = account_rows(context["page_obj"].object_list, staff, by=by, now=now)
        return {
            **context,
            "rows": rows,
            "without_password": sum(row.in_charge and row.state != "active" for row in rows),
            "staff": staff_rows,
            "branches": self.branches,
            "branch": self.branch,
            "words": self.words,
            "as_of": now.isoformat(),
            "office_links": office_links(self.request),
        }


class MemberSlipsView(PortalView, View):
    """Make slips for the ticked members and show them for printing, once."""

    permission = Permission.MANAGE_ACCOUNTS

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = [int(pk) for pk in request.POST.getlist("member") if pk.isdecimal() and len(pk) < 19]
        members = list(self.visible(Member.objects.current()).filter(pk__in=chosen).in_roster_order())
        back = f"{reverse('members:accounts')}?{request.POST.get('filters', '')[:200]}"
        if not members:
            messages.error(request, _("Tick at least one person, then print the slips."))
            return redirect(back)
        if len(members) > SLIPS_AT_ONCE:
            messages.error(
                request,
                ngettext(
                    "Not more than %(count)s slip at once.", "Not more than %(count)s slips at once.", SLIPS_AT_ONCE
                )
                % {"count": SLIPS_AT_ONCE},
            )
            return redirect(back)
        try:
            made = slips.make_member_slips(members=members, by=request.user, now=timezone.now(), as_of=_as_of(request))
        except ValidationError as error:
            messages.error(request, sentences(error.messages))
            return redirect(back)
        return print_slips(request, made, back)


class _OneSlipView(PortalView, View):
    """Ask first, then make one slip; a password that the person had is worth nothing from then on."""

    def account(self, pk: int) -> tuple[str, User | None]:
        """The person's name and the account, or 404."""
        raise NotImplementedError

    def make(self, pk: int, **kwargs) -> list[slips.PrintedSlip]:
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        name, user = self.account(pk)
        has_password = user is not None and user.has_usable_password()
        if user is not None and not in_charge(request.user, user, timezone.localdate()):
            raise PermissionDenied
        context = {
            "person": name,
            "has_password": has_password,
            "as_of": timezone.now().isoformat(),
            "back_url": self.back(),
            "office_links": office_links(request),
        }
        return render(request, "members/slip_confirm.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        _name, user = self.account(pk)
        if user is not None and not in_charge(request.user, user, timezone.localdate()):
            raise PermissionDenied
        try:
            made = self.make(pk, by=request.user, now=timezone.now(), as_of=_as_of(request))
        except ValidationError as error:
            messages.error(request, sentences(error.messages))
            return redirect(self.back())
        return print_slips(request, made, self.back())


class MemberSlipView(_OneSlipView):
    """One slip for one member: the first, another one, or a reset."""

    permission = Permission.MANAGE_ACCOUNTS

    def account(self, pk):
        member = get_object_or_404(self.visible(Member.objects.current().select_related("user")), pk=pk)
        return member.name, member.user

    def make(self, pk, **kwargs):
        member = get_object_or_404(self.visible(Member.objects.current()), pk=pk)
        return [slips.make_member_slip(member=member, **kwargs)]

    def back(self):
        return reverse("members:accounts")


class StaffSlipView(_OneSlipView):
    """One slip for somebody who holds an office in scope; teachers and staff are often in no branch's roster."""

    permission = Permission.ASSIGN_ROLES

    def account(self, pk):
        user = get_object_or_404(User, pk=pk, pk__in=self.visible(RoleAssignment.objects).values("user"))
        return user.name, user

    def make(self, pk, **kwargs):
        return [slips.make_slip(user=self.account(pk)[1], **kwargs)]

    def back(self):
        return reverse("members:roles")


def print_slips(request: HttpRequest, made: list[slips.PrintedSlip], back: str) -> HttpResponse:
    """The printable page: the only time that the codes are seen."""
    address = request.build_absolute_uri(reverse("members:activate"))
    return render(request, "members/slips.html", {"slips": made, "address": address, "back_url": back})


def _as_of(request: HttpRequest) -> datetime:
    """When the page was shown; a form without it, or with an impossible moment, is as old as can be."""
    try:
        shown = parse_datetime(request.POST.get("as_of", ""))
    except ValueError:
        shown = None
    if shown is None or timezone.is_naive(shown) or abs(shown.year - timezone.localdate().year) > 1:
        return LONG_AGO
    return shown
