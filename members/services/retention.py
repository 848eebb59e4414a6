"""How long is what the portal keeps about people and their accounts kept, and what happens then?"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db.models import F, Q, QuerySet, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from branchportal.retention import Ending, Rule
from members.models import (
    Absence,
    ActivationSlip,
    CorrectionRequest,
    FormerNumber,
    ImportBatch,
    LoginFailure,
    Member,
    RoleAssignment,
    User,
)
from members.queries.accounts import not_over
from members.services import roster_import, slips, throttle

ANONYMOUS = "#"  # before the row's own number, where a name or a student number stood


def _anonymous() -> Concat:
    return Concat(Value(ANONYMOUS), Cast(F("pk"), CharField()))


def _ended_before(limit: datetime) -> QuerySet[Member]:
    return Member.objects.filter(ended_on__lt=timezone.localdate(limit))


def _in_office() -> QuerySet[User]:
    """Whoever holds an office today or later, also one whose last day is set already."""
    offices = RoleAssignment.objects.filter(not_over(timezone.localdate()))
    return User.objects.filter(pk__in=offices.values("user"))


def _reachable(limit: datetime) -> QuerySet[Member]:
    """Ended memberships with a way to reach the person; whoever holds an office keeps the address for messages."""
    address = Q(user__email__gt="") & ~Q(user__in=_in_office())
    return _ended_before(limit).filter(Q(contact__gt="") | Q(cultivation_contact__gt="") | address)


def _forget_contacts(rows: QuerySet) -> int:
    User.objects.filter(member__in=rows).exclude(pk__in=_in_office()).update(email="")
    return rows.update(contact="", cultivation_contact="")


def _named(limit: datetime) -> QuerySet[Member]:
    """People whose membership ended long ago and who hold no office."""
    return _ended_before(limit).exclude(number__startswith=ANONYMOUS).exclude(user__in=_in_office())


def _make_anonymous(rows: QuerySet) -> int:
    """Take name, number and everything that points at one person; what was counted stays without him."""
    members = list(rows.values_list("pk", flat=True))
    FormerNumber.objects.filter(member__in=members).delete()
    CorrectionRequest.objects.filter(member__in=members).delete()
    User.objects.filter(member__in=members).update(
        number=_anonymous(), name=_anonymous(), email="", is_active=False, password=make_password(None)
    )
    return rows.update(
        number=_anonymous(), name=_anonymous(), pinyin="", initials="", class_name="", major="", contact="",
        cultivation_contact="", version=F("version") + 1,
    )  # fmt: skip


RULES = (
    Rule(
        "record",
        _("Record of a member: name, number, class, dates of the path"),
        _("The branch needs it as long as somebody belongs to it, and to answer questions in the years after."),
        since=_("after the membership ended"),
        ending=Ending.ANONYMISED,
        months=60,
        expired=_named,
        end=_make_anonymous,
    ),
    Rule(
        "contacts",
        _("Telephone, e-mail address, names of cultivation contacts"),
        _("Only needed to reach a member."),
        since=_("after the membership ended"),
        ending=Ending.EMPTIED,
        months=12,
        expired=_reachable,
        end=_forget_contacts,
    ),
    Rule(
        "corrections",
        _("Requests for a correction and their answers"),
        _("So that both sides can look up what was agreed; the change itself stands in the audit trail."),
        since=_("after the answer"),
        months=24,
        expired=lambda limit: CorrectionRequest.objects.filter(decided_at__lt=limit),
    ),
    Rule(
        "absences",
        _("Absences from an office and who stood in"),
        _("To see in whose place somebody acted."),
        since=_("after the last day"),
        months=24,
        expired=lambda limit: Absence.objects.filter(ends_on__lt=timezone.localdate(limit)),
    ),
    Rule(
        "transfers",
        _("Transfers with the number of the letter"),
        _("The letter's stub has to be kept; without the name of the record it points at nobody."),
        ending=Ending.KEPT,
    ),
    Rule(
        "uploads",
        _("Uploaded workbooks"),
        _("Only needed between the check and the writing."),
        since=_("after the upload"),
        days=roster_import.KEPT_DAYS,
        expired=lambda limit: ImportBatch.objects.filter(created_at__lt=limit),
    ),
    Rule(
        "slips",
        _("Activation slips, of which only a hash is kept"),
        _("To see who was given one lately."),
        since=_("after it has run out"),
        days=slips.KEPT_FOR.days,
        expired=lambda limit: ActivationSlip.objects.filter(expires_at__lt=limit),
    ),
    Rule(
        "failures",
        _("Failed log-ins: a hash of the number, and the address"),
        _("Slows down whoever guesses passwords."),
        since=_("after the attempt"),
        days=throttle.KEPT_FOR.days,
        expired=lambda limit: LoginFailure.objects.filter(at__lt=limit),
    ),
)
