"""What are the values called that the audit trail keeps about activities, minutes and awards?"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from activities.kinds import STANDARD_NAMES
from activities.models import Attendance, Award
from activities.models.awards import READY_LEVELS
from activities.models.duties import KIND_LABELS, TOPIC_LABELS
from branchportal.audit_facts import Fact, shortened
from branchportal.wording import listed


def _attendance(kept: str) -> str:
    """“present 2.0 came late”: the state, the hours and why they are others."""
    state, _space, rest = kept.partition(" ")
    return f"{dict(Attendance.State.choices).get(state, state)} {rest}".strip()


def _agenda(items: list[dict[str, str]]) -> str:
    """Each item with what was said and decided, numbered."""
    return " ".join(f"{place}. " + " / ".join(filter(None, item.values())) for place, item in enumerate(items, start=1))


def _place(has_place: bool) -> str:
    return _("yes") if has_place else _("on the waiting list")


FACTS = {
    "activity.kind": Fact(gettext_lazy("Kind"), STANDARD_NAMES),
    "activity.person": Fact(gettext_lazy("Attendance"), _attendance),
    "activity.arrival": Fact(gettext_lazy("Order of signing up")),
    "activity.has_place": Fact(pgettext_lazy("of an activity", "Place"), _place),
    "activity_kind.name": Fact(gettext_lazy("Name of the kind")),
    "minutes.chair": Fact(gettext_lazy("Chair")),
    "minutes.recorder": Fact(gettext_lazy("Recorder")),
    "minutes.items": Fact(pgettext_lazy("audit", "Agenda"), _agenda),
    "minutes.text": Fact(gettext_lazy("Addendum")),
    "duty.person": Fact(gettext_lazy("Name")),
    "duty.kind": Fact(gettext_lazy("Kind"), dict(KIND_LABELS)),
    "duty.subject": Fact(pgettext_lazy("duty", "For whom")),
    "duty.activists": Fact(gettext_lazy("Activists"), listed),
    "duty.first_month": Fact(gettext_lazy("First month")),
    "duty.last_month": Fact(gettext_lazy("Last month")),
    "duty.per_month": Fact(gettext_lazy("Entries a month")),
    "duty.people": Fact(gettext_lazy("People"), listed),
    "duty_entry.person": Fact(gettext_lazy("Name")),
    "duty_entry.kind": Fact(gettext_lazy("Kind"), dict(KIND_LABELS)),
    "duty_entry.on": Fact(gettext_lazy("Day")),
    "duty_entry.topic": Fact(gettext_lazy("Topic"), TOPIC_LABELS),
    "duty_entry.text": Fact(gettext_lazy("What")),
    "duty_entry.file": Fact(gettext_lazy("Fingerprint of the file"), shortened),
    "award.person": Fact(gettext_lazy("Name")),
    "award.level": Fact(gettext_lazy("Level"), READY_LEVELS),
    "award.state": Fact(gettext_lazy("State"), dict(Award.State.choices)),
    "award.file": Fact(gettext_lazy("Fingerprint of the file"), shortened),
}
