"""Which selected people were put on public notice, until when, and how did the notice end?"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evaluations.models.decisions import DecisionMeeting
from members.access import ScopedQuerySet
from members.models import Branch

LEAST_DAYS = 5  # working days: article 13 of the rules on developing members
MOST_DAYS = 30


class PublicNoticeQuerySet(ScopedQuerySet):
    branch_lookup = "meeting__run__branch"

    def standing(self) -> PublicNoticeQuerySet:
        """Published, and resting on a decision that nothing has replaced since."""
        sheet = {"meeting__state": DecisionMeeting.State.CONSENTED, "meeting__run__superseded_by": None}
        return self.filter(state=PublicNotice.State.PUBLISHED, **sheet)

    def running(self, today: date) -> PublicNoticeQuerySet:
        """Those that hang out today: each comes down by itself after its last day."""
        return self.standing().filter(last_on__gte=today)

    def over(self, today: date) -> PublicNoticeQuerySet:
        """Those whose days are over and that were not taken down before."""
        return self.standing().filter(last_on__lt=today)


class PublicNotice(models.Model):
    """One notice of the people whom one decision selected. A corrected one stays; the new one replaces it.

    Names are those of the day, as text. The first day on which it hangs out is not counted.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", pgettext_lazy("state of a public notice", "being prepared")
        PUBLISHED = "published", pgettext_lazy("state of a public notice", "published")
        TAKEN_DOWN = "taken_down", pgettext_lazy("state of a public notice", "taken down")
        CORRECTED = "corrected", pgettext_lazy("state of a public notice", "corrected")
        WITHDRAWN = "withdrawn", pgettext_lazy("state of a public notice", "withdrawn with its decision")

    class Reach(models.TextChoices):
        SIGNED_IN = "signed_in", _("Whoever signs in to the portal, within the committee")
        LINK = "link", _("The branch, and whoever has the link")

    class Outcome(models.TextChoices):
        NO_OBJECTIONS = "no_objections", _("No objections")
        SETTLED = "settled", _("Objections settled")

    meeting = models.ForeignKey(DecisionMeeting, on_delete=models.PROTECT, related_name="public_notices")
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.PREPARED)
    reach = models.CharField(_("Who can read it"), max_length=10, choices=Reach, default=Reach.SIGNED_IN)
    contact = models.CharField(_("Contact of the branch"), max_length=200)
    object_to = models.CharField(_("Where to object"), max_length=200)
    days = models.PositiveSmallIntegerField(_("Working days"), default=LEAST_DAYS)
    reply_days = models.PositiveSmallIntegerField()  # working days within which a reply to an objection is promised
    token = models.CharField(max_length=43, blank=True)  # of the link; gone soon after the end
    version = models.PositiveIntegerField(default=1)  # raised by every edit
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    publisher_name = models.CharField(max_length=80, blank=True)
    first_on = models.DateField(null=True)  # the first working day that counts
    last_on = models.DateField(null=True)
    is_provisional = models.BooleanField(default=False)  # the holidays of a year in it are not announced yet
    ended_at = models.DateTimeField(null=True)  # taken down, corrected or withdrawn
    ended_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("Reason"), max_length=200, blank=True)
    outcome = models.CharField(_("Outcome"), max_length=13, choices=Outcome, blank=True)
    outcome_note = models.CharField(_("Note"), max_length=200, blank=True)
    outcome_at = models.DateTimeField(null=True)
    outcome_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    outcome_name = models.CharField(max_length=80, blank=True)

    objects = PublicNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting"],
                condition=Q(state__in=["prepared", "published"]),
                name="one_public_notice_per_decision",
            ),
            models.UniqueConstraint(fields=["token"], condition=~Q(token=""), name="one_public_notice_per_link"),
            models.CheckConstraint(condition=Q(days__gte=LEAST_DAYS), name="a_public_notice_has_five_days"),
            models.CheckConstraint(condition=Q(token="") | Q(reach="link"), name="only_a_link_has_a_token"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, first_on__isnull=True, last_on__isnull=True, token="")
                | Q(published_at__isnull=False, first_on__isnull=False, last_on__gte=F("first_on")),
                name="a_published_notice_has_its_days",
            ),
            models.CheckConstraint(
                condition=Q(state="prepared", published_at__isnull=True)
                | Q(state="withdrawn")
                | (Q(state__in=["published", "taken_down", "corrected"]) & Q(published_at__isnull=False)),
                name="a_notice_hangs_before_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "published"], ended_at__isnull=True, reason="")
                | (~Q(state__in=["prepared", "published"]) & Q(ended_at__isnull=False) & ~Q(reason="")),
                name="an_early_end_says_why",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", outcome_at__isnull=True) | (~Q(outcome="") & Q(outcome_at__isnull=False)),
                name="an_outcome_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting.run.branch} {self.meeting.run.get_purpose_display()}"

    @property
    def branch(self) -> Branch:
        return self.meeting.run.branch

    @property
    def is_prepared(self) -> bool:
        return self.state == self.State.PREPARED

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def rests_on_its_decision(self) -> bool:
        """Whether the decision still stands."""
        return self.meeting.is_consented and not hasattr(self.meeting.run, "superseded_by")

    def runs(self, today: date) -> bool:
        """Whether it hangs out on this day."""
        return self.is_published and self.rests_on_its_decision and today <= self.last_on

    def is_over(self, today: date) -> bool:
        """Whether all its days have passed."""
        return self.is_published and self.rests_on_its_decision and self.last_on < today


class OfNotice(ScopedQuerySet):
    branch_lookup = "notice__meeting__run__branch"


class NoticePerson(models.Model):
    """One name on a notice with class and stage dates as they were, and nothing else."""

    notice = models.ForeignKey(PublicNotice, on_delete=models.CASCADE, related_name="people")
    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="public_notices")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    class_name = models.CharField(max_length=60, blank=True)
    dates = models.JSONField(default=dict)  # {"applicant": "2023-03-01", …}

    objects = OfNotice.as_manager()

    class Meta:
        ordering = ["notice", "position"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "member"], name="a_person_stands_once_on_a_notice"),
            models.UniqueConstraint(fields=["notice", "position"], name="one_person_per_place_on_a_notice"),
        ]

    def __str__(self) -> str:
        return self.name
