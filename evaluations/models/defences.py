"""Who speaks before which panel, by which criteria, and what has each judge given?"""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evaluations.stages import DefenceState
from members.access import ScopedQuerySet


class DefenceSession(models.Model):
    """One defence of a branch, or of a general branch or committee: it is prepared, opens once and closes once."""

    class Kind(models.TextChoices):
        NOMINATION = "nomination", _("League nomination")
        CANDIDATE = "candidate", pgettext_lazy("defence", "Development candidates")
        CONVERSION = "conversion", pgettext_lazy("defence", "Conversion to full member")
        BRANCH = "branch", _("Defence of branches")

    branch = models.ForeignKey(
        "members.Branch", on_delete=models.PROTECT, related_name="defences", verbose_name=_("Held by")
    )
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind)
    title = models.CharField(_("Title"), max_length=60)
    held_on = models.DateField(_("Date"))
    place = models.CharField(pgettext_lazy("where", "Place"), max_length=60, blank=True)
    criteria = models.JSONField(default=list)  # [{"label": "…", "weight": 40, "highest": 100}, …], weights make 100
    state = models.CharField(
        _("State"),
        max_length=10,
        default=DefenceState.PREPARING,
        choices=[
            (DefenceState.PREPARING.value, pgettext_lazy("defence", "being prepared")),
            (DefenceState.OPEN.value, pgettext_lazy("defence", "under way")),
            (DefenceState.CLOSED.value, pgettext_lazy("defence", "closed")),
        ],
    )
    seed = models.CharField(max_length=32, blank=True)  # by which the order was drawn (see sampling.py)
    version = models.PositiveIntegerField(default=1)  # raised by every edit
    entry = models.UUIDField(unique=True)  # of the form that made it: a double press makes one
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="preparing", opened_at__isnull=True, closed_at__isnull=True)
                | Q(state="open", opened_at__isnull=False, closed_at__isnull=True)
                | Q(state="closed", opened_at__isnull=False, closed_at__isnull=False),
                name="a_defence_opens_before_it_closes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.held_on}"

    @property
    def is_of_branches(self) -> bool:
        return self.kind == self.Kind.BRANCH


class OfDefence(ScopedQuerySet):
    branch_lookup = "session__branch"


class DefenceJudge(models.Model):
    """One of the panel: somebody with an account, or an outside judge, who is let in by a link that works once."""

    session = models.ForeignKey(DefenceSession, on_delete=models.CASCADE, related_name="judges")
    position = models.PositiveSmallIntegerField()
    user = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="judges")
    name = models.CharField(_("Name"), max_length=80)
    role = models.CharField(_("Who that is"), max_length=40, blank=True)
    code_hash = models.CharField(max_length=64, blank=True)  # of the newest link; the link itself is kept nowhere
    code_made_at = models.DateTimeField(null=True)
    code_spent_at = models.DateTimeField(null=True)

    objects = OfDefence.as_manager()

    class Meta:
        ordering = ["session", "position"]
        constraints = [
            models.UniqueConstraint(fields=["session", "position"], name="judges_are_numbered"),
            models.UniqueConstraint(fields=["session", "user"], name="a_judge_sits_once"),
            models.UniqueConstraint(fields=["code_hash"], condition=~Q(code_hash=""), name="one_judge_per_link"),
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(code_hash=""), name="links_are_for_judges_without_an_account"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_outside(self) -> bool:
        return self.user_id is None


class DefenceSpeaker(models.Model):
    """Who is heard: a person, or a branch. After the closing with the snapshot of what was given."""

    session = models.ForeignKey(DefenceSession, on_delete=models.CASCADE, related_name="speakers")
    member = models.ForeignKey("members.Member", null=True, on_delete=models.PROTECT, related_name="defences")
    branch = models.ForeignKey("members.Branch", null=True, on_delete=models.PROTECT, related_name="own_defences")
    position = models.PositiveSmallIntegerField(null=True)  # as it was drawn
    drawn_number = models.CharField(max_length=32, blank=True)  # of the person or branch then, so that the draw can be
    drawn_name = models.CharField(max_length=80, blank=True)  # repeated whatever is changed later
    scores = models.JSONField(default=list)  # [[judge, "88.5"], …] in the panel's order, from the closing on
    total = models.CharField(max_length=20, blank=True)  # two decimals; "" without scores
    rank = models.PositiveSmallIntegerField(null=True)

    objects = OfDefence.as_manager()

    class Meta:
        ordering = ["session", "position", "member__pinyin", "member__number", "branch__path"]
        constraints = [
            models.UniqueConstraint(fields=["session", "member"], name="a_person_speaks_once"),
            models.UniqueConstraint(fields=["session", "branch"], name="a_branch_speaks_once"),
            models.UniqueConstraint(fields=["session", "position"], name="one_speaker_per_place"),
            models.CheckConstraint(
                condition=Q(member__isnull=True, branch__isnull=False) | Q(member__isnull=False, branch__isnull=True),
                name="a_person_or_a_branch_speaks",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """As it was at the draw; before, as it is now."""
        return self.drawn_name or (self.member.name if self.member_id else self.branch.name)

    @property
    def number(self) -> str:
        """Student number, or a branch's code: as it was at the draw; before, as it is now."""
        return self.drawn_number or (self.member.number if self.member_id else self.branch.code)


class JudgeScore(models.Model):
    """What one judge gives one speaker: typed, then submitted, which locks it; or nothing, where he is recused."""

    judge = models.ForeignKey(DefenceJudge, on_delete=models.CASCADE, related_name="scores")
    speaker = models.ForeignKey(DefenceSpeaker, on_delete=models.CASCADE, related_name="judge_scores")
    draft = models.JSONField(null=True)  # {"marks": ["85", "", …], "page": "…", "step": 3}
    marks = models.JSONField(null=True)  # submitted: ["85", "92.5", …] in the order of the criteria
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    reopened_for = models.CharField(max_length=200, blank=True)  # why the submitted scores were given back last
    recused_at = models.DateTimeField(null=True)
    recused_for = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["judge", "speaker"]
        constraints = [
            models.UniqueConstraint(fields=["judge", "speaker"], name="one_score_per_judge_and_speaker"),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, marks__isnull=True)
                | Q(submitted_at__isnull=False, marks__isnull=False, draft__isnull=True),
                name="a_submitted_score_is_final",
            ),
            models.CheckConstraint(
                condition=Q(recused_at__isnull=True, recused_for="")
                | (Q(recused_at__isnull=False, submitted_at__isnull=True, draft__isnull=True) & ~Q(recused_for="")),
                name="who_is_recused_gives_no_score",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.judge} {self.speaker}"
