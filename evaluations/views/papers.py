"""What stands at the head and the foot of a ranking, a person's evidence and a month's card on paper?"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from branchportal.months import last_day_of
from evaluations import decision_wording, freezing_wording
from evaluations.models import DecisionMeeting, RankingEntry, RankingRun
from evaluations.queries.own_months import OwnMonth
from members.labels import STAGE_LABELS
from members.models import Member

Facts = list[tuple[str | Promise, Any]]

SIGNING_A_RANKING = (
    pgettext_lazy("signature", "Members of the branch committee"),
    pgettext_lazy("signature", "Branch secretary"),
    pgettext_lazy("signature", "Higher Party organisation (seal)"),
)
SIGNING_A_DECISION = (
    pgettext_lazy("signature", "Chair"),
    pgettext_lazy("signature", "Recorder"),
    pgettext_lazy("signature", "Members of the branch committee"),
    pgettext_lazy("signature", "Higher Party organisation (seal)"),
)
SIGNING_A_CARD = (pgettext_lazy("signature", "The member"), pgettext_lazy("signature", "Branch secretary"))


def ranking_facts(run: RankingRun) -> Facts:
    """By what rule, over which months, made when and by whom, with which seal."""
    compiled = date_format(timezone.localtime(run.compiled_at), "Y-m-d H:i")
    return [
        (_("Scheme"), f"{run.scheme.name} {run.scheme.version}"),
        (_("Period"), f"{run.first_month:%Y-%m} – {run.last_month:%Y-%m}"),
        (_("Run"), run.number),
        (_("Compiled"), f"{compiled} {run.compiled_by.name}" if run.compiled_by else compiled),
        (_("Fingerprint"), run.fingerprint),
        *(freezing_wording.lines(run.freezing) or [(_("State"), freezing_wording.standing(None))]),
    ]


def decision_facts(meeting: DecisionMeeting) -> Facts:
    """What the meeting was, which ranking lay before it, and who has signed."""
    run = meeting.run
    return [
        (_("Ranking"), f"{run.get_purpose_display()} {run.first_month:%Y-%m} – {run.last_month:%Y-%m}"),
        (_("Run"), run.number),
        (_("Fingerprint"), run.fingerprint),
        *decision_wording.meeting_facts(meeting),
        (_("State"), meeting.get_state_display()),
        *decision_wording.signatures(meeting),
    ]


def evidence_facts(entry: RankingEntry) -> Facts:
    """Whose figure, then what stands above the ranking."""
    return [
        (_("Name"), entry.name),
        (_("Number"), entry.number),
        (_("Class"), entry.class_name or "–"),
        *ranking_facts(entry.run),
    ]


def card_facts(month: OwnMonth, member: Member) -> Facts:
    """Who filed when; the stage is that of the month's last day."""
    filed = date_format(timezone.localtime(month.own.submitted_at), "Y-m-d H:i") if month.own else _("not filed")
    late = [(_("State"), _("filed late"))] if month.own and month.own.is_late else []
    return [
        (_("Name"), member.name),
        (_("Number"), member.number),
        (_("Class"), member.class_name or "–"),
        (_("Stage"), STAGE_LABELS[member.stage_on(last_day_of(month.month))]),
        (_("Submitted"), filed),
        *late,
    ]
