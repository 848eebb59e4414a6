"""What has the branch committee decided about the people of a frozen ranking, and has the superior consented?"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evaluations.models.rankings import RankingEntry, RankingRun
from members.access import ScopedQuerySet
from members.models import Branch


class DecisionMeetingQuerySet(ScopedQuerySet):
    branch_lookup = "run__branch"


class DecisionMeeting(models.Model):
    """One decision sheet: a draft while the committee meets, then recorded, then consented to or sent back.

    A sheet that was sent back stays as it is; the revised one is the next number. Names and offices are those of the
    day, as text; `…_for` is the person in whose place somebody acted.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("state of a decision", "being written")
        RECORDED = "recorded", pgettext_lazy("state of a decision", "waits for consent")
        CONSENTED = "consented", pgettext_lazy("state of a decision", "consented to")
        SENT_BACK = "sent_back", pgettext_lazy("state of a decision", "sent back")

    run = models.ForeignKey(RankingRun, on_delete=models.PROTECT, related_name="decision_meetings")
    number = models.PositiveIntegerField()  # 1, 2, … within the run
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.DRAFT)
    held_on = models.DateField(_("Date of the meeting"), null=True)
    entitled = models.PositiveSmallIntegerField(_("Members of the committee"), null=True)
    present = models.PositiveSmallIntegerField(_("Of these present"), null=True)
    chair = models.CharField(_("Chair"), max_length=80, blank=True)
    recorder = models.CharField(_("Recorder"), max_length=80, blank=True)
    minutes = models.TextField(_("Minutes"), blank=True)
    activity = models.ForeignKey("activities.Activity", null=True, on_delete=models.PROTECT, related_name="decisions")
    quota = models.PositiveSmallIntegerField(_("Places"), null=True)  # a line in the list, it decides nothing
    version = models.PositiveIntegerField(default=1)  # raised by every save: no silent overwrite
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+")
    signer = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    signer_name = models.CharField(max_length=80, blank=True)
    signer_role = models.CharField(max_length=30, blank=True)  # a Role
    signer_for = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(null=True)
    reviewer = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    reviewer_name = models.CharField(max_length=80, blank=True)
    reviewer_role = models.CharField(max_length=30, blank=True)
    reviewer_for = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    reason = models.CharField(_("Reason"), max_length=200, blank=True)  # why it was sent back

    objects = DecisionMeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="decision_sheets_are_numbered"),
            models.UniqueConstraint(fields=["run"], condition=~Q(state="sent_back"), name="one_decision_per_run"),
            models.CheckConstraint(
                condition=Q(present__isnull=True) | Q(entitled__isnull=True) | Q(present__lte=F("entitled")),
                name="nobody_beside_the_committee_decides",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", recorded_at__isnull=True, signer__isnull=True)
                | (
                    ~Q(state="draft")
                    & Q(recorded_at__isnull=False, signer__isnull=False, held_on__isnull=False)
                    & Q(entitled__isnull=False, present__isnull=False)
                    & ~Q(chair="")
                    & ~Q(minutes="")
                ),
                name="a_recorded_decision_has_its_meeting",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "recorded"], reviewed_at__isnull=True, reviewer__isnull=True)
                | (
                    Q(state__in=["consented", "sent_back"], reviewed_at__isnull=False, reviewer__isnull=False)
                    & ~Q(reviewer=F("signer"))
                ),
                name="a_decision_is_reviewed_by_another",
            ),
            models.CheckConstraint(condition=~Q(state="sent_back") | ~Q(reason=""), name="sent_back_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.run} · {self.number}"

    @property
    def branch(self) -> Branch:
        return self.run.branch

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_recorded(self) -> bool:
        return self.state == self.State.RECORDED

    @property
    def is_consented(self) -> bool:
        return self.state == self.State.CONSENTED

    @property
    def is_sent_back(self) -> bool:
        return self.state == self.State.SENT_BACK


class DecisionQuerySet(ScopedQuerySet):
    branch_lookup = "meeting__run__branch"


class Decision(models.Model):
    """What one sheet says of one person of the ranking; nothing is set before somebody sets it."""

    class Outcome(models.TextChoices):
        SELECTED = "selected", pgettext_lazy("decision", "Selected")
        NOT_SELECTED = "not_selected", pgettext_lazy("decision", "Not selected")
        POSTPONED = "postponed", pgettext_lazy("decision", "Postponed")

    meeting = models.ForeignKey(DecisionMeeting, on_delete=models.PROTECT, related_name="decisions")
    entry = models.ForeignKey(RankingEntry, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(_("Decision"), max_length=12, choices=Outcome, blank=True)  # "": not decided
    reason = models.CharField(_("Reason"), max_length=300, blank=True)
    recused = models.BooleanField(default=False)  # sits in the committee and stays out where it is about him

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "entry__rank", "entry__number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "entry"], name="one_decision_per_person_and_sheet"),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.outcome}"
