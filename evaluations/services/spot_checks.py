"""How are people drawn for a spot check, and how is written down what was found?"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from branchportal import audit
from branchportal.notifications import notify
from evaluations.models import Cycle, SpotCheck, SpotCheckDraw
from evaluations.queries import spot_checks
from evaluations.refusals import Refused
from evaluations.sampling import drawn
from members.models import Branch, RoleAssignment, User
from members.roles import Role

SAMPLE_SIZE = 5


@transaction.atomic
def draw(*, cycle: Cycle, branch: Branch, by: User, now: datetime, seed: str = "") -> SpotCheckDraw:
    """Draw SAMPLE_SIZE people of the month below the branch, once; drawn already, that draw is returned.

    Raises Refused before the month's self-reviews have ended and where nobody was due.
    """
    if now < spot_checks.drawable_from(cycle, branch):
        raise Refused(_("Lots are drawn once the self-reviews of the month have ended."))
    Branch.objects.select_for_update(no_key=True).get(pk=branch.pk)  # one draw at a time
    if existing := SpotCheckDraw.objects.filter(cycle=cycle, branch=branch).first():
        return existing
    dues = {due.member.number: due for due in spot_checks.pool(cycle, branch).select_related("member")}
    if not dues:
        raise Refused(_("Nobody was due in this month, so there is nobody to draw."))
    seed = seed or secrets.token_hex(8)
    made = SpotCheckDraw.objects.create(
        cycle=cycle, branch=branch, seed=seed, people=len(dues), drawn_by=by, drawn_at=now
    )
    chosen = [dues[number] for number in drawn(seed, dues, SAMPLE_SIZE)]
    SpotCheck.objects.bulk_create(
        SpotCheck(draw=made, member_id=due.member_id, branch_id=due.branch_id, position=position)
        for position, due in enumerate(chosen, start=1)
    )
    after = {"seed": seed, "people": len(dues), "drawn": [due.member.number for due in chosen]}
    audit.record("spot_check.draw", by=by, subject=cycle, branch=branch, after=after)
    return made


@transaction.atomic
def record_finding(*, check: SpotCheck, finding: str, note: str, by: User, now: datetime) -> SpotCheck:
    """Write down what was found; a remark needs its words and is told to the branch's secretary. May be corrected.

    Raises Refused for a remark without words, and for whoever was drawn himself.
    """
    rows = SpotCheck.objects.select_for_update(of=("self",), no_key=True).select_related("member")
    check = rows.get(pk=check.pk)
    if check.member.user_id == by.pk:
        raise Refused(_("You were drawn yourself: somebody else of the committee writes down what was found."))
    note = " ".join(note.split())
    if finding == SpotCheck.Finding.REMARK and not note:
        raise Refused(_("Write what the remark is: the branch has to know what to mend."))
    if (check.finding, check.note) == (finding, note):
        return check
    before = {"finding": check.finding, "note": check.note}
    check.finding, check.note, check.checked_by, check.checked_at = finding, note, by, now
    check.save(update_fields=["finding", "note", "checked_by", "checked_at"])
    changed = audit.changes(before, {"finding": finding, "note": note})
    audit.record(
        "spot_check.finding", by=by, subject=check.member, branch=check.branch, before=changed[0], after=changed[1]
    )
    if finding == SpotCheck.Finding.REMARK:
        _tell_secretaries(check, now)
    return check


def _tell_secretaries(check: SpotCheck, now: datetime) -> None:
    month = check.draw.cycle.month
    offices = RoleAssignment.objects.on(timezone.localdate(now)).filter(branch=check.branch, role=Role.SECRETARY)
    notify(
        [office.user for office in offices.select_related("user")],
        "spot_check_remark",
        key=f"{check.pk}:{now.isoformat()}",
        context={"member": check.member.name, "month": f"{month:%Y-%m}", "note": check.note},
        url=reverse("evaluations:month", kwargs={"code": check.branch.code, "month": month}),
    )
