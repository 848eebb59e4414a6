"""Who can sign in, and which offices does he hold?"""

from datetime import date
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from branchportal.prepared import prepared
from members.access import ScopedQuerySet, access_of
from members.roles import ACTING_ORDER, Permission, Role

# The place of an office among those of which the first appointed one leads the branch; none for the other offices.
PLACE_IN_ACTING_ORDER = Case(
    *(When(role=role, then=Value(place)) for place, role in enumerate((Role.SECRETARY, *ACTING_ORDER)))
)


class UserManager(BaseUserManager):
    def create_user(self, number: str, name: str, password: str | None = None) -> "User":
        """Return a new log-in; without a password nobody can sign in until an activation slip is used."""
        user = self.model(number=number, name=name)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, number: str) -> "User":
        """Return the log-in with this number, for Django; raises User.DoesNotExist."""
        found = _with_number(number=number)
        if not found:
            raise self.model.DoesNotExist
        return found[0]


class User(AbstractBaseUser):
    """A log-in by student or staff number. Who the person is in a branch stands in Member and RoleAssignment."""

    number = models.CharField(_("Student or staff number"), max_length=32, unique=True)
    name = models.CharField(_("Name"), max_length=80)
    email = models.EmailField(_("E-mail"), blank=True)
    is_active = models.BooleanField(default=True)
    session_epoch = models.PositiveIntegerField(default=0)  # raised to end every session of this person
    created_at = models.DateTimeField(default=timezone.now)
    notice_version = models.PositiveSmallIntegerField(default=0)  # of the privacy notice that was read (see notice.py)
    notice_at = models.DateTimeField(null=True)
    changes_seen_at = models.DateTimeField(null=True)  # up to when the changes in the own branches were ticked off

    USERNAME_FIELD = "number"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()
    permission_in_use: Permission | None = None  # of the page that this person has opened (see PortalView)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def unread(self) -> int:
        """How many messages are not read yet; counted along with the person of a session (see PortalBackend)."""
        return self.notifications.filter(read_at=None).count()

    def offices_on(self, day: date) -> "list[RoleAssignment]":
        """The own offices of that day, and those of the people for whom this one stands in, with branch and holder.

        `is_outranked`: a secretary, or somebody earlier in the acting order, is appointed in the same branch.
        """
        return _offices(user=self.pk, day=day)

    def stood_in_for(self, branch: models.Model | None) -> str:
        """In whose place this person does what the open page is for, in that branch; "" by the own right."""
        if self.permission_in_use is None:
            return ""
        return access_of(self).stood_in_for(self.permission_in_use, branch)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions end when the password changes (Django) and when the epoch rises (a role ended, a reset)."""
        return f"{super()._get_session_auth_hash(secret=secret)}{self.session_epoch}"


@prepared(number=models.CharField())
def _with_number(number):
    return User.objects.filter(number=number).order_by()


class RoleAssignmentQuerySet(ScopedQuerySet):
    def on(self, day: date) -> "RoleAssignmentQuerySet":
        """Only offices held on that day."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class RoleAssignment(models.Model):
    """An office over a branch and all below it, from a day to a day (both included)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_assignments")
    branch = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="role_assignments")
    role = models.CharField(
        _("Role"), max_length=30, choices=[(role.value, role.name) for role in Role if role != Role.MEMBER]
    )
    class_name = models.CharField(_("Class"), max_length=60, blank=True)  # of a class contact only
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("Until"), null=True, blank=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["branch", "role", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "branch", "role", "class_name"],
                condition=Q(ends_on__isnull=True),
                name="one_open_assignment_per_office",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="assignment_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.branch}"


@prepared(user=models.BigIntegerField(), day=models.DateField())
def _offices(user, day):
    stood_in = RoleAssignment.objects.filter(
        absences__stand_in=user, absences__starts_on__lte=day, absences__ends_on__gte=day, user__is_active=True
    )
    mine = RoleAssignment.objects.filter(Q(user=user) | Q(pk__in=stood_in.values("pk")))
    colleagues = RoleAssignment.objects.on(day).filter(branch=OuterRef("branch"), user__is_active=True)
    seniors = colleagues.annotate(place=PLACE_IN_ACTING_ORDER).filter(place__lt=OuterRef("place"))
    mine = mine.on(day).annotate(place=PLACE_IN_ACTING_ORDER).annotate(is_outranked=Exists(seniors))
    return mine.select_related("branch", "user")


class ActivationSlip(models.Model):
    """A one-time code on paper, instead of a first password and after a reset. Only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="activation_slips")
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(used_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_slip_per_user",
            ),
        ]

    def __str__(self) -> str:
        return f"slip for {self.user_id}"


class LoginFailure(models.Model):
    """A failed log-in, to slow guessing. The typed number is kept as a hash: people type passwords into it."""

    account = models.CharField(max_length=64)
    address = models.GenericIPAddressField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["account", "at"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.address}"
