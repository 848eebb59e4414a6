"""Which invariants hold of public notices and objections: long enough, after consent, settled, and told by nobody?"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.working_days import working_days_after
from branchportal.invariants import without_line
from branchportal.ledger import Asked, Check, Violation, place
from branchportal.models import AuditEntry
from evaluations.models import Decision, NoticePerson, Objection, PublicNotice
from evaluations.queries.objections import SAME_SELECTION, UPHELD

State, Outcome = PublicNotice.State, PublicNotice.Outcome


def too_short(asked: Asked) -> Iterator[Violation]:
    """A published notice has its working days; one computed before the holidays were known may have more.

    One that was computed so and ended early ended with the days that were known.
    """
    published = PublicNotice.objects.filter(published_at__isnull=False).order_by("pk")
    published = published.exclude(is_provisional=True, ended_at__isnull=False)
    for notice in published.only("published_at", "days", "last_on"):
        wanted = working_days_after(timezone.localdate(notice.published_at), notice.days)
        if notice.last_on < wanted.last and not wanted.is_provisional:
            yield Violation(place(PublicNotice, notice.pk), f"last_on={notice.last_on} wanted={wanted.last}")


def before_consent(asked: Asked) -> Iterator[Violation]:
    """No notice hangs out before the superior's consent, or on after the decision was taken back or replaced."""
    hanging = PublicNotice.objects.filter(state=State.PUBLISHED)
    wrong = (
        ~Q(meeting__state="consented")
        | Q(published_at__lt=F("meeting__reviewed_at"))
        | Q(meeting__run__superseded_by__isnull=False)
    )
    for pk in hanging.filter(wrong).order_by("pk").values_list("pk", flat=True):
        yield Violation(place(PublicNotice, pk), "hangs without a decision that stands")


def not_selected(asked: Asked) -> Iterator[Violation]:
    """Whoever stands on a published notice was selected by its decision, and nobody who was is missing."""
    selected = Decision.objects.filter(
        meeting=OuterRef("notice__meeting"), entry__member=OuterRef("member"), outcome=Decision.Outcome.SELECTED
    )
    for pk in NoticePerson.objects.filter(~Exists(selected)).order_by("pk").values_list("pk", flat=True):
        yield Violation(place(NoticePerson, pk), "not selected")
    named = NoticePerson.objects.filter(notice=OuterRef("pk"), member=OuterRef("meeting__decisions__entry__member"))
    missing = PublicNotice.objects.filter(
        ~Exists(named), state=State.PUBLISHED, meeting__decisions__outcome=Decision.Outcome.SELECTED
    )
    for pk in missing.order_by("pk").values_list("pk", flat=True).distinct():
        yield Violation(place(PublicNotice, pk), "somebody selected is missing")


def ended_with_objections(asked: Asked) -> Iterator[Violation]:
    """A notice that ended without objections had none, and at no end was one open or upheld.

    Objections count that were filed until then to any notice of the branch, purpose and period.
    """
    same = {f"notice__meeting__run__{name}": OuterRef(f"meeting__run__{name}") for name in SAME_SELECTION}
    filed = Objection.objects.filter(**same, filed_at__lte=OuterRef("outcome_at"))
    waited = Q(decision="") | Q(decided_at__gt=OuterRef("outcome_at"))
    stopped = Q(decision__in=UPHELD, decided_at__gte=OuterRef("meeting__recorded_at"))
    recorded = PublicNotice.objects.exclude(outcome="")
    recorded = recorded.annotate(came=Exists(filed), held_up=Exists(filed.filter(waited | stopped)))
    wrong = Q(outcome=Outcome.NO_OBJECTIONS, came=True) | Q(held_up=True)
    for pk in recorded.filter(wrong).order_by("pk").values_list("pk", flat=True):
        yield Violation(place(PublicNotice, pk), "objections")


def filed_after_the_end(asked: Asked) -> Iterator[Violation]:
    """Nobody's objection was taken before the notice hung out or after it was taken down."""
    wrong = Q(filed_at__lt=F("notice__published_at")) | Q(filed_at__gt=F("notice__ended_at"))
    for pk in Objection.objects.filter(wrong).order_by("pk").values_list("pk", flat=True):
        yield Violation(place(Objection, pk), "filed while the notice did not hang out")


def told_to_the_branch(asked: Asked) -> Iterator[Violation]:
    """No line about an objection stands where the branch reads it, and none names who filed it."""
    lines = AuditEntry.objects.filter(action__startswith="objection.").exclude(branch__kind="committee")
    for pk in lines.order_by("pk").values_list("pk", flat=True):
        yield Violation(place(AuditEntry, pk), "an objection is told to a branch")
    for pk in AuditEntry.objects.filter(action="objection.filed", actor__isnull=False).values_list("pk", flat=True):
        yield Violation(place(AuditEntry, pk), "the line names who objected")


def notice_without_line(asked: Asked) -> Iterator[Violation]:
    """Of every published notice and every objection the audit trail tells."""
    published = PublicNotice.objects.filter(published_at__isnull=False)
    yield from without_line(PublicNotice, ("public_notice.published",), asked, published)
    yield from without_line(Objection, ("objection.filed",), asked)
    yield from without_line(Objection, ("objection.decided",), asked, Objection.objects.exclude(decision=""))


_BEHIND = _(
    "Somebody has changed the database behind the portal, or a step was broken off. List nobody by this notice until "
    "it is clear: compare the row with the last backup and with the printed notice."
)

CHECKS = (
    Check("notices.days", _("Every public notice hangs out its working days."), _BEHIND, too_short),
    Check("notices.consent", _("A public notice rests on a decision with consent."), _BEHIND, before_consent),
    Check("notices.people", _("A public notice names exactly those who were selected."), _BEHIND, not_selected),
    Check("notices.outcome", _("The outcome of a notice agrees with its objections."), _BEHIND, ended_with_objections),
    Check("objections.time", _("Objections were filed while the notice hung out."), _BEHIND, filed_after_the_end),
    Check("objections.hidden", _("The audit trail of a branch tells of no objection."), _BEHIND, told_to_the_branch),
    Check("notices.recorded", _("The audit trail tells of every notice and objection."), _BEHIND, notice_without_line),
)
