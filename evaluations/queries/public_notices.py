"""Which public notices may somebody read, and which decisions wait to be put on notice?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from evaluations.models import Decision, DecisionMeeting, NoticePerson, PublicNotice
from evaluations.purposes import Purpose
from members.access import access_of
from members.models import Member, User
from members.roles import Permission
from members.stages import ORDER, Stage, at_least

Reach, State = PublicNotice.Reach, PublicNotice.State

# The stages whose dates stand on a notice: those that were reached before the step that it is about.
SHOWN: dict[Purpose, tuple[Stage, ...]] = {
    Purpose.CANDIDATE: (Stage.APPLICANT, Stage.ACTIVIST),
    Purpose.CONVERSION: (Stage.APPLICANT, Stage.ACTIVIST, Stage.CANDIDATE, Stage.PROBATIONARY),
    Purpose.APPRAISAL: (Stage.APPLICANT,),
}
DATE_LABELS: dict[Stage, Promise] = {
    Stage.APPLICANT: gettext_lazy("Applied on"),
    Stage.ACTIVIST: gettext_lazy("Activist since"),
    Stage.CANDIDATE: gettext_lazy("Development candidate since"),
    Stage.PROBATIONARY: gettext_lazy("Probationary member since"),
}
TITLES: dict[Purpose, Promise] = {
    Purpose.CANDIDATE: gettext_lazy("Public notice of proposed development candidates"),
    Purpose.CONVERSION: gettext_lazy("Public notice of probationary members proposed for conversion"),
    Purpose.APPRAISAL: gettext_lazy("Public notice of the appraisal of student members"),
}
# The stage that is entered in the roster once the notice has ended; an appraisal changes nobody's.
REACHED: dict[Purpose, Stage] = {Purpose.CANDIDATE: Stage.CANDIDATE, Purpose.CONVERSION: Stage.FULL}
_DEFERRED = ("meeting__minutes", "meeting__run__scheme_document", "meeting__run__superseded_by__scheme_document")


def told() -> QuerySet[PublicNotice]:
    """Notices with what a page says of them, in one query; `people` are read by the page."""
    related = ("meeting__run__branch", "meeting__run__superseded_by")
    return PublicNotice.objects.select_related(*related).defer(*_DEFERRED)


def readable(user: User, today: date) -> QuerySet[PublicNotice]:
    """What hangs out today for this person: within the committee, or by a link in the own branch and its superiors."""
    access, lookup = access_of(user), PublicNotice.objects.all().branch_lookup
    roots = {grant.branch.path.split("/")[0] + "/" for grant in access.granting(Permission.SIGNED_IN)}
    within = Q(pk__in=[])
    for root in sorted(roots):
        within |= Q(**{f"{lookup}__path__startswith": root})
    by_sign_in = Q(reach=Reach.SIGNED_IN) & within
    return told().running(today).filter(by_sign_in | access.rows(Permission.SIGNED_IN, lookup))


def kept(user: User) -> QuerySet[PublicNotice]:
    """All notices of the branches for which this person publishes them or records how they ended."""
    access, lookup = access_of(user), PublicNotice.objects.all().branch_lookup
    kept_by = access.rows(Permission.PUBLISH_NOTICE, lookup) | access.rows(Permission.HANDLE_OBJECTIONS, lookup)
    return told().filter(kept_by)


def behind_link(token: str, today: date) -> PublicNotice | None:
    """The notice of this link while it hangs out; None afterwards, and for any other word."""
    if not token:
        return None
    return told().running(today).filter(reach=Reach.LINK, token=token).first()


def to_put_on_notice(user: User) -> QuerySet[DecisionMeeting]:
    """Consented decisions that selected somebody, where this person publishes and no notice stands yet."""
    standing = PublicNotice.objects.filter(meeting=OuterRef("pk"), state__in=[State.PREPARED, State.PUBLISHED])
    selected = Decision.objects.filter(meeting=OuterRef("pk"), outcome=Decision.Outcome.SELECTED)
    consented = DecisionMeeting.objects.visible_to(user, Permission.PUBLISH_NOTICE).filter(
        state=DecisionMeeting.State.CONSENTED, run__superseded_by=None
    )
    return consented.filter(~Exists(standing), Exists(selected)).order_by("reviewed_at", "pk")


def prepared(user: User) -> QuerySet[PublicNotice]:
    """Notices that this person has prepared or may publish, and that wait for it."""
    return PublicNotice.objects.visible_to(user, Permission.PUBLISH_NOTICE).filter(state=State.PREPARED)


def with_people(notices: QuerySet[PublicNotice]) -> QuerySet[PublicNotice]:
    """The same with their names, in one more query."""
    return notices.prefetch_related(Prefetch("people", NoticePerson.objects.order_by("position")))


def provisional(today: date) -> QuerySet[PublicNotice]:
    """Notices that hang out and whose last day was computed without an announced calendar."""
    return told().running(today).filter(is_provisional=True)


def stage_dates(member: Member, purpose: str) -> dict[str, str]:
    """{stage: day} as they are kept with a name; a date that the roster lacks is left out."""
    dates = member.stage_dates
    return {stage.value: dates[stage].isoformat() for stage in SHOWN[Purpose(purpose)] if dates.get(stage)}


@dataclass(frozen=True)
class NextStage:
    """One person whose notice has ended: the stage in the record now, and whether the new one is entered."""

    member: Member
    stage: Stage
    is_entered: bool


def next_stages(notice: PublicNotice, user: User) -> list[NextStage]:
    """Of the people on a notice with an outcome those whose record this person keeps, in the order of the notice."""
    reached = REACHED.get(Purpose(notice.meeting.run.purpose))
    if not notice.outcome or not notice.is_published or not notice.rests_on_its_decision or reached is None:
        return []
    people = notice.people.filter(member__ended_on=None).select_related("member__branch").order_by("position")
    access = access_of(user)
    kept = [one.member for one in people if access.may_in(Permission.EDIT_ROSTER, one.member.branch)]
    return [NextStage(one, Stage(one.stage), Stage(one.stage) in at_least(reached)) for one in kept]


def title(notice: PublicNotice) -> str:
    """What stands above the notice."""
    return str(TITLES[Purpose(notice.meeting.run.purpose)])


def table(notice: PublicNotice) -> dict[str, list]:
    """{"heads": labels, "rows": [(person, [(label, day), …]), …]}; a date that nobody has is no column."""
    people = list(notice.people.all())
    stages = [stage for stage in ORDER if any(stage.value in person.dates for person in people)]
    rows = [
        (person, [(DATE_LABELS[stage], person.dates.get(stage.value, "")) for stage in stages]) for person in people
    ]
    return {"heads": [DATE_LABELS[stage] for stage in stages], "rows": rows}


def history(notice: PublicNotice) -> list[PublicNotice]:
    """The other notices of the same decision, the newest first."""
    others = PublicNotice.objects.filter(meeting=notice.meeting_id).exclude(pk=notice.pk)
    return list(others.order_by("-pk"))
