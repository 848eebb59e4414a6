"""Which rankings are frozen or wait for it, and whose signature is whose?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from evaluations.models import Freezing, RankingRun
from members.access import access_of
from members.models import Branch, User
from members.queries import absences
from members.roles import Permission, Role

# What pages and papers say of a run besides its figures: `run.freezing` without a query of its own.
_SIGNED = Freezing.objects.select_related("proposer", "proposer_for", "decider_for")
TOLD_WITH_A_RUN = Prefetch("freezings", _SIGNED)
TOLD_WITH_AN_ENTRY = TOLD_WITH_ITS_RUN = Prefetch("run__freezings", _SIGNED)
TOLD_WITH_AN_APPEAL = Prefetch("entry__run__freezings", _SIGNED)


@dataclass(frozen=True)
class Signature:
    """By whom something is signed, by which office, and in whose place (None: in the own right)."""

    user: User
    role: Role
    holder: User | None


def signature(user: User, permission: Permission, branch: Branch, today: date) -> Signature | None:
    """How the person signs for this branch today; None for whoever may not."""
    access = access_of(user) if today == timezone.localdate() else access_of(user, today)
    grants = [grant for grant in access.granting(permission) if grant.covers(branch)]
    own = next((grant for grant in grants if not grant.stands_in_for), None)
    if own is not None:
        return Signature(user, own.role, None)
    roles = {grant.role for grant in grants}
    for absence in absences.standing_in(user, today):
        office = absence.office
        if office.role in roles and branch.path.startswith(office.branch.path):
            return Signature(user, Role(office.role), office.user)
    return None


def own_branches(user: User, today: date) -> list[str]:
    """The paths of the branches to which this person belongs, or in which he holds or stands in for an office.

    What they sign as a branch he does not agree to as their superior.
    """
    access = access_of(user) if today == timezone.localdate() else access_of(user, today)
    return [grant.branch.path for grant in access.grants if grant.role != Role.REVIEWER]


def is_of_the_branch(second: Signature, branch: Branch, today: date) -> bool:
    """Whether who signs for the superior, or in whose place he does, is of the branch itself."""
    people = [one for one in (second.user, second.holder) if one is not None]
    return any(branch.path in own_branches(one, today) for one in people)


def is_one_hand(freezing: Freezing, second: Signature, today: date) -> bool:
    """Whether the second signature is no second person beside the proposer."""
    return are_one_hand(freezing.proposer, freezing.proposer_for_id, second, today)


def are_one_hand(first: User, stood_in_for: int | None, second: Signature, today: date) -> bool:
    """Whether two signatures are one person's, or one is in the place of the other; `stood_in_for` is a user's id."""
    signing = {second.user.pk, second.holder and second.holder.pk}
    if signing & {first.pk, stood_in_for or first.pk}:
        return True
    return second.user.pk in absences.acting_for(first, today) or first.pk in absences.acting_for(second.user, today)


def frozen_run(branch: Branch, purpose: str, first: date, last: date) -> Freezing | None:
    """How the newest run of this branch, purpose and period was frozen; None where it is not."""
    asked = {"run__branch": branch, "run__purpose": purpose, "run__first_month": first, "run__last_month": last}
    return Freezing.objects.frozen().filter(run__superseded_by=None, **asked).first()


def open_or_frozen(runs: Collection[int]) -> dict[int, Freezing]:
    """{run id: its freezing} as far as it waits or was confirmed."""
    found = Freezing.objects.filter(run__in=runs, state__in=[Freezing.State.PROPOSED, Freezing.State.FROZEN])
    return {freezing.run_id: freezing for freezing in found.select_related("run__branch", "proposer")}


def to_confirm(user: User) -> QuerySet[Freezing]:
    """What waits for this person to confirm or decline; what is of himself or his branch waits for somebody else."""
    waiting = Freezing.objects.visible_to(user, Permission.CONFIRM_FREEZING).proposed()
    return waiting.exclude(proposer=user).exclude(run__branch__path__in=own_branches(user, timezone.localdate()))


def came_back(user: User) -> QuerySet[Freezing]:
    """What was declined where this person proposes, and has not been proposed or compiled again since."""
    later = Freezing.objects.filter(run=OuterRef("run"), pk__gt=OuterRef("pk"))
    declined = Freezing.objects.visible_to(user, Permission.PROPOSE_FREEZING).filter(state=Freezing.State.DECLINED)
    return declined.filter(~Exists(later), run__superseded_by=None)


def in_state(runs: QuerySet[RankingRun], state: str) -> QuerySet[RankingRun]:
    """Only runs whose newest proposal is in this state."""
    later = Freezing.objects.filter(run=OuterRef("run"), pk__gt=OuterRef("pk"))
    newest = Freezing.objects.filter(~Exists(later), state=state)
    return runs.filter(pk__in=newest.values("run"))


def never_frozen(runs: QuerySet[RankingRun]) -> QuerySet[RankingRun]:
    """Only runs that are neither frozen nor proposed for it."""
    held = Freezing.objects.filter(Q(state=Freezing.State.PROPOSED) | Q(state=Freezing.State.FROZEN))
    return runs.exclude(pk__in=held.values("run"))
