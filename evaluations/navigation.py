"""Which entries of the main menu lead to evaluations?"""

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.translation import gettext as _

from branchportal.navigation import NavItem, Place
from members.access import access_of
from members.models import Member
from members.roles import Permission


def items(request: HttpRequest) -> Iterator[NavItem]:
    if not request.user.is_authenticated:
        return
    access = access_of(request.user)
    yield NavItem(_("Home"), "evaluations:home", order=10)
    if access.may(Permission.FILE_SELF_REVIEW) and request.user.member.kind == Member.Kind.STUDENT:
        yield NavItem(_("Self-review"), "evaluations:review_card", order=15, covers=("evaluations:own_reviews",))
    if access.may(Permission.VIEW_MONTH):
        covers = (
            "evaluations:month",
            "evaluations:rating",
            "evaluations:score_",
            "evaluations:reviews",
            "evaluations:mark_reviews",
            "evaluations:member_review",
            "evaluations:remind",
            "evaluations:late_policy",
        )
        yield NavItem(_("Months"), "evaluations:months", order=20, covers=covers)
    if access.may(Permission.VIEW_RANKING):
        covers = (
            "evaluations:ranking",
            "evaluations:compile",
            "evaluations:job",
            "evaluations:defence",
            "evaluations:column",
            "evaluations:points",
        )
        yield NavItem(_("Rankings"), "evaluations:rankings", order=30, covers=covers)
    if access.may(Permission.VIEW_OWN_RANKING):
        place = Place.PERSON_MENU if access.may(Permission.VIEW_RANKING) else Place.MAIN
        covers = ("evaluations:own_ranking",)
        yield NavItem(_("My results"), "evaluations:own_rankings", order=31, covers=covers, place=place)
    if access.may(Permission.READ_NOTICES):
        covers = ("evaluations:objection",)
        yield NavItem(
            _("Public notices"), "evaluations:public_notices", order=34, covers=covers, place=Place.PERSON_MENU
        )
    if access.may(Permission.SIGNED_IN):
        covers = ("evaluations:who_looked",)
        yield NavItem(_("Everything about me"), "evaluations:my_data", order=36, covers=covers, place=Place.PERSON_MENU)
    if access.may(Permission.VIEW_SCHEMES):
        yield NavItem(_("Schemes"), "evaluations:schemes", order=60, covers=("evaluations:scheme",))
    if access.may(Permission.MANAGE_CYCLES):
        yield NavItem(_("Calendar"), "evaluations:calendar", order=25, covers=("evaluations:edit_month",))
