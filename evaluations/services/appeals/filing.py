"""How does a member appeal against a figure of his own row, and take the appeal back?"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from branchportal import audit
from branchportal.notifications import notify
from evaluations import appeal_times
from evaluations.models import Appeal, RankingEntry, RankingRun
from evaluations.models.appeals import LONGEST_WORDS
from evaluations.queries import appeals
from evaluations.refusals import Refused
from evaluations.services import freezing
from members.models import Branch, User


@transaction.atomic
def file_appeal(
    *, entry: RankingEntry, figure: str, place: str, words: str, evidence: str, by: User, now: datetime
) -> Appeal:
    """Appeal against one figure of the own row; one that waits against the same figure is returned as it is.

    Raises Refused: somebody else's row, no such figure, too late, a run that was replaced, nothing written.
    """
    run = freezing.held(RankingRun.objects.select_related("branch", "scheme")).get(pk=entry.run_id)
    entry = RankingEntry.objects.select_related("member").get(pk=entry.pk)
    entry.run = run
    if entry.member.user_id != by.pk:
        raise Refused(_("You can appeal against figures of your own row only."))
    if appeals.figure_of(entry, figure, place) is None:
        raise Refused(_("There is no such figure in your row. Open your result again."))
    if known := Appeal.objects.waiting().filter(entry=entry, figure=figure, place=place).first():
        return known
    _check_open(run, now)
    words, evidence = _bounded(words), _bounded(evidence)
    if not words:
        raise Refused(_("Write what is wrong with the figure: the committee looks into just that."))
    appeal = Appeal.objects.create(
        entry=entry, figure=figure, place=place, words=words, evidence=evidence, filed_at=now
    )
    after = {"run": run.pk, "figure": figure, "place": place, "name": entry.name}
    audit.record("appeal.filed", by=by, subject=appeal, branch=committee_of(run.branch), after=after)
    context = about(run) | {"until": appeal_times.last_day_to_answer(now).isoformat()}
    notify(appeals.deciders(entry, timezone.localdate(now)), "appeal_filed", key=str(appeal.pk), context=context,
           url=reverse("evaluations:appeal", args=[appeal.pk]))  # fmt: skip
    return appeal


@transaction.atomic
def withdraw(*, appeal: Appeal, by: User, now: datetime) -> Appeal:
    """Take the own appeal back; twice changes nothing. Raises Refused where it was answered meanwhile."""
    appeal = (
        Appeal.objects.select_for_update(of=("self",))
        .select_related("entry__member", "entry__run__branch")
        .get(pk=appeal.pk)
    )
    if appeal.entry.member.user_id != by.pk:
        raise Refused(_("Only whoever appealed takes the appeal back."))
    if appeal.state == Appeal.State.WITHDRAWN:
        return appeal
    if not appeal.is_waiting:
        raise Refused(_("The committee has answered this appeal meanwhile."))
    appeal.state, appeal.decided_at = Appeal.State.WITHDRAWN, now
    appeal.save(update_fields=["state", "decided_at"])
    audit.record("appeal.withdrawn", by=by, subject=appeal, branch=committee_of(appeal.run.branch))
    return appeal


def committee_of(branch: Branch) -> Branch:
    """Whose audit trail names an appellant: that of the committee that decides, not of the branch."""
    return Branch.objects.get(path=branch.ancestor_paths()[0])


def about(run: RankingRun) -> dict[str, str]:
    """What a message says of the ranking."""
    months = f"{run.first_month:%Y-%m} – {run.last_month:%Y-%m}"
    return {"purpose": run.purpose, "branch": run.branch.name, "months": months}


def _check_open(run: RankingRun, now: datetime) -> None:
    last = appeals.last_day(run)
    if last is None:
        raise Refused(_("A newer run has replaced this one: open your newest result and appeal there."))
    if timezone.localdate(now) > last:
        raise Refused(_("Appeals against this ranking were accepted until %(day)s."), day=f"{last:%Y-%m-%d}")


def _bounded(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_WORDS:
        raise Refused(_("At most %(longest)s characters. Please shorten it."), longest=LONGEST_WORDS)
    return text
