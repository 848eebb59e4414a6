"""How is the organisation built: committee → general branch → branch?"""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet


class BranchQuerySet(ScopedQuerySet):
    branch_lookup = ""

    def below(self, branch: "Branch") -> "BranchQuerySet":
        """The branch itself and everything under it."""
        return self.filter(path__startswith=branch.path)

    def above(self, branch: "Branch") -> "BranchQuerySet":
        """The branch itself and everything over it, the nearest first."""
        return self.filter(path__in=branch.ancestor_paths()).order_by("-path")

    def party_branches(self) -> "BranchQuerySet":
        """Only branches that have members, no general branch or committee."""
        return self.filter(kind=Branch.Kind.BRANCH, closed_on=None)


class Branch(models.Model):
    """A committee, a general branch or a branch. Only a committee approves."""

    class Kind(models.TextChoices):
        COMMITTEE = "committee", _("Committee")
        GENERAL_BRANCH = "general_branch", _("General branch")
        BRANCH = "branch", _("Branch")

    code = models.CharField(
        _("Code"),
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"\A[A-Z0-9-]+\Z", _("Use capital letters, digits and hyphens only."))],
    )
    name = models.CharField(_("Name"), max_length=60)
    kind = models.CharField(_("Kind"), max_length=20, choices=Kind, default=Kind.BRANCH)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("Superior"),
    )
    path = models.CharField(max_length=200, unique=True, editable=False)  # "ROOT/GB1/B001/": a subtree is a prefix
    founded_on = models.DateField(_("Founded on"), null=True, blank=True)
    closed_on = models.DateField(_("Closed on"), null=True, blank=True)

    objects = BranchQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="committee") | Q(parent__isnull=False), name="only_a_committee_stands_alone"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def ancestor_paths(self) -> list[str]:
        """The paths of this branch and of all above it."""
        codes = self.path.rstrip("/").split("/")
        return ["/".join(codes[: depth + 1]) + "/" for depth in range(len(codes))]
