"""What are the values called that the audit trail keeps about months, reviews, schemes and rankings?"""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models.duties import KIND_LABELS
from branchportal.audit_facts import Fact, month, shortened
from branchportal.wording import listed
from evaluations.labels import DIMENSION_LABELS
from evaluations.models import DefenceSession, Objection, PublicNotice, SpotCheck
from evaluations.purposes import Purpose


def _days(own: Mapping[str, Sequence[int]]) -> str:
    """“GB1 14 / 19”: until which day of the month each general branch reviews and rates."""
    return listed(f"{code} {' / '.join(map(str, days))}" for code, days in own.items())


FACTS = {
    **{str(dimension): Fact(label) for dimension, label in DIMENSION_LABELS.items()},
    "cycle.own_days": Fact(_("Own days of general branches"), _days),
    "scheme.purpose": Fact(_("Purpose"), dict(Purpose.choices)),
    "scheme.first_month": Fact(_("First month"), month),
    "scheme.last_month": Fact(_("Last month"), month),
    "scheme.month": Fact(_("Month")),
    "duty_rating.person": Fact(_("Name")),
    "duty_rating.kind": Fact(_("Kind"), dict(KIND_LABELS)),
    "duty_rating.first_month": Fact(_("First month")),
    "duty_rating.last_month": Fact(_("Last month")),
    "duty_rating.points": Fact(_("Points")),
    "figures.person": Fact(_("Name")),
    "figures.column": Fact(_("Column")),
    "figures.first_on": Fact(pgettext_lazy("of figures", "First day")),
    "figures.last_on": Fact(pgettext_lazy("of figures", "Last day")),
    "figures.value": Fact(_("Figure")),
    "points.person": Fact(_("Name")),
    "points.category": Fact(_("Category")),
    "points.points": Fact(_("Points")),
    "points.on": Fact(_("Date")),
    "points.what": Fact(pgettext_lazy("points", "What for")),
    "points.source": Fact(_("What shows it")),
    "points.file": Fact(_("File"), shortened),
    "sha256": Fact(_("Fingerprint"), shortened),
    "fingerprint": Fact(_("Fingerprint"), shortened),
    "ranking.ranked": Fact(_("Ranked")),
    "ranking.not_ranked": Fact(_("Not ranked")),
    "ranking.note": Fact(_("Note")),
    "ranking.proposed_by": Fact(_("Proposed by")),
    "decision.sheet": Fact(pgettext_lazy("decision", "Sheet")),
    "decision.changed": Fact(_("People changed")),
    "decision.held_on": Fact(_("Date of the meeting")),
    "decision.selected": Fact(pgettext_lazy("decision", "Selected")),
    "decision.not_selected": Fact(pgettext_lazy("decision", "Not selected")),
    "decision.postponed": Fact(pgettext_lazy("decision", "Postponed")),
    "decision.departing": Fact(_("Departing from the order")),
    "self_review.text": Fact(_("Answer")),
    "late_policy.accepts_late": Fact(_("Late self-reviews are taken")),
    "late_policy.from_month": Fact(_("From the month")),
    "spot_check.seed": Fact(pgettext_lazy("of a draw", "Seed")),
    "spot_check.people": Fact(_("People due")),
    "spot_check.drawn": Fact(pgettext_lazy("people of a draw", "Drawn")),
    "spot_check.finding": Fact(_("Finding"), dict(SpotCheck.Finding.choices)),
    "spot_check.note": Fact(_("Note")),
    "defence.kind": Fact(_("Kind"), dict(DefenceSession.Kind.choices)),
    "defence.title": Fact(_("Title")),
    "defence.held_on": Fact(_("Date")),
    "defence.place": Fact(pgettext_lazy("where", "Place")),
    "defence.criteria": Fact(_("Criteria")),
    "defence.speakers": Fact(_("Speakers")),
    "defence.judge": Fact(_("Judge")),
    "defence.role": Fact(_("Who that is")),
    "defence.seed": Fact(pgettext_lazy("of a draw", "Seed")),
    "defence.order": Fact(_("Order")),
    "defence.reason": Fact(_("Reason")),
    "defence.speaker": Fact(_("Speaker")),
    "defence.scores": Fact(_("Scores")),
    "defence.given_back": Fact(_("Given back and not submitted again")),
    "public_notice.reach": Fact(_("Who can read it"), dict(PublicNotice.Reach.choices)),
    "public_notice.contact": Fact(_("Contact of the branch")),
    "public_notice.object_to": Fact(_("Where to object")),
    "public_notice.days": Fact(_("Working days")),
    "public_notice.first_on": Fact(_("First working day")),
    "public_notice.last_on": Fact(_("Last day of the notice")),
    "public_notice.is_provisional": Fact(_("Provisional")),
    "public_notice.people": Fact(_("People")),
    "public_notice.outcome": Fact(_("Outcome"), dict(PublicNotice.Outcome.choices)),
    "public_notice.note": Fact(_("Note")),
    "objection.notice": Fact(_("Notice")),
    "objection.due_on": Fact(_("Reply promised by")),
    "objection.decision": Fact(_("Conclusion"), dict(Objection.Decision.choices)),
    "demo.branches": Fact(pgettext_lazy("how many", "Branches")),
    "demo.months": Fact(pgettext_lazy("how many", "Months")),
}
