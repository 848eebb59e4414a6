"""What do offices, absences and standing in hold about one person?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branchportal.own_data import Field, Section
from branchportal.spreadsheets.writing import DATE
from members.labels import ROLE_LABELS
from members.models import Absence, User
from members.roles import Role


def _offices(user: User, now: datetime) -> Iterator[tuple]:
    for office in user.role_assignments.select_related("branch").order_by("-starts_on", "-pk"):
        yield ROLE_LABELS[Role(office.role)], office.branch.name, office.class_name, office.starts_on, office.ends_on


def _absences(user: User, now: datetime) -> Iterator[tuple]:
    own = Absence.objects.filter(office__user=user)
    standing_in = Absence.objects.filter(stand_in=user)
    for rows, text in ((own, _("I am away")), (standing_in, _("I stand in"))):
        for one in rows.select_related("office__branch").order_by("-starts_on", "-pk"):
            role = ROLE_LABELS[Role(one.office.role)]
            yield text, role, one.office.branch.name, one.starts_on, one.ends_on, one.get_kind_display()


SECTIONS = (
    Section(
        "offices",
        gettext_lazy("Offices"),
        gettext_lazy("Offices that you hold or held."),
        (
            Field("role", gettext_lazy("Office")),
            Field("branch", gettext_lazy("Branch")),
            Field("class", gettext_lazy("Class")),
            Field("from", gettext_lazy("From"), DATE),
            Field("until", gettext_lazy("Until"), DATE),
        ),
        _offices,
        ("members.RoleAssignment.user",),
        lambda user, now: [user.role_assignments.all()],
    ),
    Section(
        "absences",
        gettext_lazy("Absences and standing in"),
        gettext_lazy("When you were away from an office, and when you stood in for somebody."),
        (
            Field("what", gettext_lazy("What")),
            Field("role", gettext_lazy("Office")),
            Field("branch", gettext_lazy("Branch")),
            Field("from", gettext_lazy("From"), DATE),
            Field("until", gettext_lazy("Until"), DATE),
            Field("kind", gettext_lazy("Kind")),
        ),
        _absences,
        ("members.Absence.stand_in",),
        lambda user, now: [Absence.objects.filter(office__user=user), Absence.objects.filter(stand_in=user)],
    ),
)
