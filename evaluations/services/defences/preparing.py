"""How is a defence prepared: its day and criteria, its panel, and who speaks?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from branchportal import audit
from branchportal.wording import listed
from evaluations.defence_scores import FULL_WEIGHT, Criterion
from evaluations.models import DefenceJudge, DefenceSession, DefenceSpeaker
from evaluations.queries import defences as queries
from evaluations.refusals import Refused
from evaluations.services.defences.holding import lead, refuse_speaker
from evaluations.stages import DefenceStep
from members.models import Branch, Member, User
from members.numbers import typed_number

MOST_JUDGES = 50
MOST_SPEAKERS = 200


@dataclass(frozen=True)
class Plan:
    """What a session is about before anybody is named."""

    title: str
    held_on: date
    place: str
    criteria: Sequence[Criterion]

    @property
    def values(self) -> dict[str, Any]:
        return {
            "title": self.title, "held_on": self.held_on, "place": self.place,
            "criteria": [asdict(one) for one in self.criteria],
        }  # fmt: skip


@transaction.atomic
def create(*, branch: Branch, kind: str, plan: Plan, entry: UUID, by: User) -> DefenceSession:
    """Make a session; the same form sent again (`entry`) gives the same one. Raises Refused."""
    if made := DefenceSession.objects.filter(entry=entry, created_by=by).first():
        return made
    _check_kind(branch, kind)
    _check_criteria(plan.criteria)
    try:
        with transaction.atomic():
            session = DefenceSession.objects.create(branch=branch, kind=kind, entry=entry, created_by=by, **plan.values)
    except IntegrityError:  # the other press was quicker
        return DefenceSession.objects.get(entry=entry, created_by=by)
    audit.record("defence.created", by=by, subject=session, branch=branch, after={"kind": kind, **_told(session)})
    return session


@transaction.atomic
def change(*, session: DefenceSession, plan: Plan, version: int, by: User, now: datetime) -> DefenceSession:
    """Change day and criteria while nothing is drawn. Raises Refused, also when somebody else has saved meanwhile."""
    session = lead(session, DefenceStep.EDIT, by=by, now=now)
    _check_criteria(plan.criteria)
    if all(getattr(session, name) == value for name, value in plan.values.items()):
        return session
    if session.version != version:
        raise Refused(
            _("Somebody has changed this session since the page was opened: reload it and make your change again.")
        )
    before = _told(session)
    for name, value in plan.values.items():
        setattr(session, name, value)
    session.version += 1
    session.save()
    old, new = audit.changes(before, _told(session))
    audit.record("defence.changed", by=by, subject=session, branch=session.branch, before=old, after=new)
    return session


@transaction.atomic
def choose_speakers(
    *, session: DefenceSession, members: Sequence[Member] = (), branches: Sequence[Branch] = (), by: User, now: datetime
) -> None:
    """Make exactly these people (or branches) the speakers. Raises Refused naming whoever may not speak.

    Nobody chooses himself: whoever speaks leads nothing of the session.
    """
    session = lead(session, DefenceStep.EDIT, by=by, now=now)
    chosen = {one.pk: one for one in (branches if session.is_of_branches else members)}
    if len(chosen) > MOST_SPEAKERS:
        raise Refused(_("At most %(most)s speakers in one session: hold several."), most=MOST_SPEAKERS)
    eligible = set(queries.eligible(session).filter(pk__in=chosen).values_list("pk", flat=True))
    if strangers := [one.name for pk, one in chosen.items() if pk not in eligible]:
        raise Refused(
            _("%(names)s can't speak here: not of this branch, or at another stage of the path on that day."),
            names=listed(strangers),
        )
    column = "branch_id" if session.is_of_branches else "member_id"
    present = set(session.speakers.values_list(column, flat=True))
    if present == chosen.keys():
        return
    session.speakers.filter(**{f"{column}__in": present - chosen.keys()}).delete()
    DefenceSpeaker.objects.bulk_create(
        DefenceSpeaker(session=session, **{column: pk}) for pk in chosen if pk not in present
    )
    refuse_speaker(session, by=by, now=now)
    speakers = sorted(queries.speakers(session), key=lambda speaker: speaker.number)
    after = {"speakers": [f"{speaker.name} {speaker.number}" for speaker in speakers]}
    audit.record("defence.speakers", by=by, subject=session, branch=session.branch, after=after)


@transaction.atomic
def add_judge(
    *, session: DefenceSession, by: User, now: datetime, number: str = "", name: str = "", role: str = ""
) -> DefenceJudge:
    """Seat a judge: somebody of the own committee by number, else an outside judge by name and role. Raises Refused.

    The same again changes nothing.
    """
    session = lead(session, DefenceStep.EDIT, by=by, now=now)
    seated = list(session.judges.all())
    if len(seated) >= MOST_JUDGES:
        raise Refused(_("At most %(most)s judges sit in one panel."), most=MOST_JUDGES)
    user = _account(session, number) if number else None
    name = user.name if user else name
    same = [
        judge for judge in seated
        if (judge.user_id == user.pk if user else judge.is_outside and (judge.name, judge.role) == (name, role))
    ]  # fmt: skip
    if same:
        return same[0]
    position = 1 + max((judge.position for judge in seated), default=0)
    judge = DefenceJudge.objects.create(session=session, position=position, user=user, name=name, role=role)
    after = {"judge": name, "role": role}
    audit.record("defence.judge_added", by=by, subject=session, branch=session.branch, after=after)
    return judge


@transaction.atomic
def remove_judge(*, session: DefenceSession, judge: int, by: User, now: datetime) -> None:
    """Take a judge off the panel while nothing is drawn; one who is gone already changes nothing. Raises Refused."""
    session = lead(session, DefenceStep.EDIT, by=by, now=now)
    found = session.judges.filter(pk=judge).first()
    if found is None:
        return
    found.delete()
    before = {"judge": found.name, "role": found.role}
    audit.record("defence.judge_removed", by=by, subject=session, branch=session.branch, before=before)


@transaction.atomic
def delete(*, session: DefenceSession, by: User, now: datetime) -> None:
    """Throw away a session of which nothing was drawn. Raises Refused."""
    session = lead(session, DefenceStep.EDIT, by=by, now=now)
    audit.record("defence.deleted", by=by, subject=session, branch=session.branch, before=_told(session))
    session.delete()


def _told(session: DefenceSession) -> dict[str, Any]:
    criteria = [f"{one['label']} {one['weight']} % / {one['highest']}" for one in session.criteria]
    return {"title": session.title, "held_on": session.held_on, "place": session.place, "criteria": criteria}


def _check_kind(branch: Branch, kind: str) -> None:
    if kind == DefenceSession.Kind.BRANCH and branch.kind == Branch.Kind.BRANCH:
        raise Refused(_("A defence of branches is held by the general branch or committee above them."))


def _check_criteria(criteria: Sequence[Criterion]) -> None:
    total = sum(one.weight for one in criteria)
    if total != FULL_WEIGHT:
        raise Refused(_("The weights make %(total)s, not 100: change them until they do."), total=total)
    labels = [one.label for one in criteria]
    if len(set(labels)) < len(labels):
        raise Refused(_("Two criteria have the same name: judges could not tell them apart."))
    for one in criteria:
        if not one.is_exact:
            raise Refused(
                _(
                    "%(label)s: %(weight)s %% in %(highest)s points gives a point without an end. Take as many points "
                    "as per cent, or 10, 20, 50 or 100."
                ),
                label=one.label,
                weight=one.weight,
                highest=one.highest,
            )


def _account(session: DefenceSession, number: str) -> User:
    """Somebody who belongs to the own committee, or holds an office in it."""
    found = queries.possible_judges(session).filter(number=typed_number(number)).first()
    if found is None:
        raise Refused(
            _(
                "Nobody with an account in your committee has the number %(number)s. Leave the number empty and give "
                "name and role: an outside judge gets a link."
            ),
            number=number,
        )
    return found
