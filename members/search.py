"""Which people, branches and pages of the administration does the quick search find?"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branchportal.search import MOST, Group, Hit, Page, pages
from members.access import Access, access_of
from members.labels import STAGE_LABELS
from members.models import Branch, Member
from members.queries.roster import quickly_matching
from members.roles import Permission
from members.stages import Stage

_OFFICE = gettext_lazy("Administration")
PAGES = (
    Page(Permission.VIEW_OWN_RECORD, "members:own_record", gettext_lazy("My record"), (gettext_lazy("My stage"),)),
    Page(Permission.VIEW_ROSTER, "members:roster", gettext_lazy("Members"), (gettext_lazy("Roster"),)),
    Page(Permission.EDIT_ROSTER, "members:person_add", gettext_lazy("Add a person")),
    Page(Permission.IMPORT_ROSTER, "members:roster_import", gettext_lazy("Import a roster")),
    Page(Permission.EDIT_ROSTER, "members:graduation", gettext_lazy("Graduation")),
    Page(Permission.EDIT_ROSTER, "members:corrections", gettext_lazy("Requests for corrections")),
    Page(Permission.TRANSFER_MEMBERS, "members:transfers", gettext_lazy("Transfers")),
    Page(Permission.SIGNED_IN, "members:absences", gettext_lazy("Absences")),
    Page(
        Permission.MANAGE_ACCOUNTS,
        "members:accounts",
        gettext_lazy("Accounts"),
        (_OFFICE, gettext_lazy("Activation slips"), gettext_lazy("Password")),
    ),
    Page(
        Permission.ASSIGN_ROLES, "members:roles", gettext_lazy("Offices"), (_OFFICE, gettext_lazy("Appoint somebody"))
    ),
    Page(Permission.MANAGE_BRANCHES, "members:branches", gettext_lazy("Organisation tree"), (_OFFICE,)),
    Page(Permission.MANAGE_BRANCHES, "members:add_branch", gettext_lazy("Add a branch")),
    Page(Permission.VIEW_AUDIT, "members:audit", gettext_lazy("Audit trail"), (_OFFICE,)),
    Page(Permission.VIEW_OPERATIONS, "members:technical_audit", gettext_lazy("Technical audit trail"), (_OFFICE,)),
    Page(
        Permission.VIEW_OPERATIONS,
        "members:health",
        gettext_lazy("State of the portal"),
        (_OFFICE, gettext_lazy("Failed jobs"), gettext_lazy("Backup")),
    ),
    Page(Permission.VIEW_OWN_RECORD, "members:own_corrections", gettext_lazy("Corrections of my record")),
    Page(Permission.VIEW_OWN_RECORD, "members:own_history", gettext_lazy("Changes of my record")),
    Page(Permission.SIGNED_IN, "members:messages", gettext_lazy("Messages")),
    Page(Permission.SIGNED_IN, "members:mail_settings", gettext_lazy("Messages by e-mail")),
    Page(Permission.SIGNED_IN, "members:notice", gettext_lazy("Privacy notice")),
    Page(Permission.SIGNED_IN, "members:retention", gettext_lazy("How long records are kept")),
    Page(Permission.SIGNED_IN, "members:account", gettext_lazy("My account"), (gettext_lazy("What I may do here"),)),
    Page(Permission.SIGNED_IN, "members:password", gettext_lazy("Change password")),
    Page(Permission.SIGNED_IN, "members:email", gettext_lazy("Change e-mail")),
)


def find(request: HttpRequest, words: str) -> Iterator[Hit]:
    access = access_of(request.user)
    yield from pages(words, (page for page in PAGES if access.may(page.permission)))
    if access.may(Permission.VIEW_ROSTER):
        yield from _people(request, words)
    if _looks_after_several(access):
        yield from _branches(request, words)


def _people(request: HttpRequest, words: str) -> Iterator[Hit]:
    visible = Member.objects.visible_to(request.user, Permission.VIEW_ROSTER).select_related("branch")
    for person in quickly_matching(visible, words).in_roster_order()[:MOST]:
        facts = [person.number, person.branch.name, _("membership ended") if person.ended_on else _stage(person)]
        yield Hit(Group.PEOPLE, person.name, reverse("members:person", args=[person.pk]), " · ".join(facts))


def _branches(request: HttpRequest, words: str) -> Iterator[Hit]:
    visible = Branch.objects.party_branches().visible_to(request.user, Permission.VIEW_ROSTER)
    for branch in visible.filter(Q(name__icontains=words) | Q(code__istartswith=words))[:MOST]:
        url = reverse("members:roster", query={"branch": branch.code})
        yield Hit(Group.BRANCHES, branch.name, url, branch.code)


def _looks_after_several(access: Access) -> bool:
    return any(grant.branch.kind != Branch.Kind.BRANCH for grant in access.granting(Permission.VIEW_ROSTER))


def _stage(person: Member) -> str:
    return str(STAGE_LABELS[Stage(person.stage)])
