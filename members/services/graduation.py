"""How do many people leave a branch at once, all of them or none?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from branchportal import audit
from members.models import Member, Transfer, User
from members.queries.graduation import Leaving, LeavingPlan
from members.queries.own_matters import own_people
from members.roles import Permission
from members.services.leaving import end_offices, sign_out_without_role
from members.services.letters import Letter, write_letters
from members.services.own_matters import refuse_own_matter


class ChangedSincePreviewError(Exception):
    """Somebody changed these people since the preview: nothing was written. `names` are those still in the branch."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(names)
        self.names = names


def graduate(
    *, plan: LeavingPlan, versions: Mapping[int, int], organisations: Mapping[int, str], by: User, now: datetime
) -> int:
    """Do to the people of `versions` (id → version as previewed) what the plan says; return to how many.

    One transaction, one line each. Sent twice, the second does nothing. `organisations`: where each goes (MOVES).
    Raises ChangedSincePreviewError if any of them is no longer as he was shown, and OwnMatter where `by` would decide
    about himself (a letter is only a proposal: its receipt is recorded by somebody else).
    """
    with transaction.atomic():
        people = _held(plan, versions)
        done = _done(plan, people, organisations)
        todo = [person for person in people if person.pk not in done]
        changed = [person for person in todo if person.version != versions[person.pk] or person.ended_on is not None]
        changed += _on_their_way(todo)
        if changed or len(people) < len(versions):
            raise ChangedSincePreviewError(sorted({person.name for person in changed}))
        if plan.kind != Leaving.MOVES:
            _refuse_own_matters(todo, by, timezone.localdate(now))
        if todo:
            _VERBS[plan.kind](plan, todo, organisations, by, now)
    return len(todo)


def _held(plan: LeavingPlan, versions: Mapping[int, int]) -> list[Member]:
    """Those who still are in the branch, held; always in the same order."""
    people = Member.objects.select_for_update(of=("self",)).filter(branch=plan.branch, pk__in=versions)
    return list(people.order_by("pk").select_related("branch", "user"))


def _done(plan: LeavingPlan, people: list[Member], organisations: Mapping[int, str]) -> set[int]:
    """Those to whom the plan has been done already."""
    if plan.kind == Leaving.ENDS:
        wanted = (plan.ended_on, Member.EndReason.GRADUATED)
        return {person.pk for person in people if (person.ended_on, person.end_reason) == wanted}
    if plan.kind == Leaving.KEPT:
        return {person.pk for person in people if person.ended_on is None and person.leaving_on == plan.until}
    letters = Transfer.objects.open().filter(source=plan.branch, reason=Transfer.Reason.GRADUATION, member__in=people)
    written = letters.values_list("member", "organisation")
    return {member for member, organisation in written if organisations[member] == organisation}


def _refuse_own_matters(people: list[Member], by: User, today: date) -> None:
    own = own_people(by, today)
    for person in people:
        if person.user_id in own:
            refuse_own_matter(person, Permission.EDIT_ROSTER, by=by, today=today)


def _on_their_way(people: list[Member]) -> list[Member]:
    """Those of them who have an open transfer."""
    moving = set(Transfer.objects.open().filter(member__in=people).values_list("member", flat=True))
    return [person for person in people if person.pk in moving]


def _end(plan: LeavingPlan, people: list[Member], _organisations, by: User, now: datetime) -> None:
    after = {"ended_on": plan.ended_on, "end_reason": Member.EndReason.GRADUATED}
    _write(people, "member.ended", after, by)
    users = [person.user_id for person in people if person.user_id]
    end_offices(users=users, branch=plan.branch, last_day=plan.last_day, by=by, now=now)
    sign_out_without_role(users=users, today=timezone.localdate(now))


def _move(plan: LeavingPlan, people: list[Member], organisations: Mapping[int, str], by: User, now: datetime) -> None:
    today = timezone.localdate(now)
    letter = Letter(Transfer.Reason.GRADUATION, today, today + timedelta(days=plan.valid_days))
    wanted = [(person, None, organisations[person.pk]) for person in people]
    write_letters(branch=plan.branch, wanted=wanted, letter=letter, by=by, now=now)


def _keep(plan: LeavingPlan, people: list[Member], _organisations, by: User, _now: datetime) -> None:
    _write(people, "member.edited", {"leaving_on": plan.until}, by)


def _write(people: list[Member], action: str, after: dict, by: User) -> None:
    lines = [
        {"subject": person, "before": {name: getattr(person, name) for name in after}, "after": after}
        for person in people
    ]
    ids = [person.pk for person in people]
    Member.objects.filter(pk__in=ids).update(**after, version=F("version") + 1)
    audit.record_many(action, by=by, lines=lines)


_VERBS = {Leaving.ENDS: _end, Leaving.MOVES: _move, Leaving.KEPT: _keep}
