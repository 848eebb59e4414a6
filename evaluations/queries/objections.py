"""Which objections does a reviewer of the superior committee see?

Nobody of the branch ever sees one, and nobody whom they concern.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Case, Count, Exists, OuterRef, QuerySet, When
from django.utils import timezone

from evaluations import receipts
from evaluations.models import NoticePerson, Objection, PublicNotice
from evaluations.queries.freezings import own_branches
from members.access import access_of
from members.models import Branch, User
from members.queries.offices import holders
from members.roles import Permission

SAME_SELECTION = ("branch_id", "purpose", "first_month", "last_month")  # of the runs of one selection
UPHELD = (Objection.Decision.UPHELD, Objection.Decision.PARTLY)
_RUN = "notice__meeting__run"


def handled_notices(user: User, today: date | None = None) -> QuerySet[PublicNotice]:
    """The notices whose objections this person looks into.

    Whoever belongs to the branch, holds or stands in for an office of it, or is named on the notice, is left out.
    """
    access = access_of(user) if today in {None, timezone.localdate()} else access_of(user, today)
    lookup = PublicNotice.objects.all().branch_lookup
    own = own_branches(user, today or timezone.localdate())
    himself = NoticePerson.objects.filter(notice=OuterRef("pk"), member__user=user)
    in_scope = PublicNotice.objects.filter(access.rows(Permission.HANDLE_OBJECTIONS, lookup))
    return in_scope.exclude(**{f"{lookup}__path__in": own}).filter(~Exists(himself))


def with_right(notices: QuerySet[PublicNotice], user: User) -> QuerySet[PublicNotice]:
    """Each with whether this person looks into its objections (`is_handled`)."""
    return notices.annotate(is_handled=Exists(handled_notices(user).filter(pk=OuterRef("pk"))))


def handled(user: User) -> QuerySet[Objection]:
    """The objections that this person looks into; not one that he has filed himself."""
    found = Objection.objects.filter(notice__in=handled_notices(user).values("pk"))
    return found.exclude(user=user).select_related("notice__meeting__run__branch", "about")


def in_order(found: QuerySet[Objection]) -> QuerySet[Objection]:
    """The open ones by the day until which a reply is promised, then the others, the newest first."""
    is_open = Case(When(decision="", then=0), default=1)
    return found.order_by(is_open, Case(When(decision="", then="due_on")), "-filed_at", "-pk")


def waiting(user: User) -> QuerySet[Objection]:
    """Those of them that are not decided yet."""
    return handled(user).filter(decision="")


def handlers(notice: PublicNotice, today: date) -> list[User]:
    """Who looks into the objections to this notice today."""
    found = holders(Permission.HANDLE_OBJECTIONS, notice.branch, today)
    return [user for user in found if handled_notices(user, today).filter(pk=notice.pk).exists()]


def without_outcome(user: User, today: date) -> QuerySet[PublicNotice]:
    """Notices whose days are over and whose outcome this person has to record."""
    return PublicNotice.objects.over(today).filter(outcome="", pk__in=handled_notices(user).values("pk"))


def open_counts(user: User, notices: Iterable[PublicNotice]) -> dict[int, int]:
    """{notice: how many objections to it wait for this person}, for those that have any."""
    found = waiting(user).filter(notice__in=[notice.pk for notice in notices]).order_by()
    return dict(found.values_list("notice").annotate(count=Count("pk")))


def of_selection(notice: PublicNotice) -> QuerySet[Objection]:
    """The objections to every notice of this branch, purpose and period, also of sheets and runs before this one."""
    run = notice.meeting.run
    same = {f"{_RUN}__{name}": getattr(run, name) for name in SAME_SELECTION}
    return Objection.objects.filter(**same)


def upheld_since(notice: PublicNotice) -> QuerySet[Objection]:
    """Those that were upheld, wholly or in part, after the decision of this notice was recorded."""
    upheld = of_selection(notice).filter(decision__in=UPHELD)
    return upheld.filter(decided_at__gte=notice.meeting.recorded_at)


def behind(typed: str) -> Objection | None:
    """The objection of this receipt; None where there is none, or where it was mistyped."""
    if receipts.read(typed) is None:
        return None
    found = Objection.objects.select_related("notice__meeting__run__branch")
    return found.filter(receipt_hash=receipts.hash_of(typed)).first()


def committee_of(branch: Branch) -> Branch:
    """The superior committee of a branch: its lines of the audit trail are read there and not in the branch."""
    return Branch.objects.above(branch).filter(kind=Branch.Kind.COMMITTEE).first()
