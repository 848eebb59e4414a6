"""What does the shell remember: who did what, who looked at what, which jobs run, which messages wait?"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class AuditEntry(models.Model):
    """One line for one write: who, when, what, before and after, why. Append-only, sealed into a chain by a tick."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="audit_entries",
    )
    actor_name = models.CharField(max_length=80, blank=True)  # as it was then; names change
    stood_in_for = models.CharField(max_length=80, blank=True)  # by whose right, if not by the actor's own
    action = models.CharField(max_length=60)
    branch = models.ForeignKey(
        "members.Branch", null=True, blank=True, on_delete=models.PROTECT, related_name="audit_entries"
    )
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    subject_name = models.CharField(max_length=120, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    sequence = models.BigIntegerField(null=True, unique=True)  # given by the seal
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"]),
            models.Index(fields=["branch", "-at"]),
            models.Index(fields=["id"], condition=Q(sequence__isnull=True), name="audit_unsealed"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action} {self.subject_name}"


class AccessRecord(models.Model):
    """Who looked at or took away personal data that is not his own: the one thing that a GET may write."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="access_records")
    action = models.CharField(max_length=60)
    branch = models.ForeignKey("members.Branch", null=True, on_delete=models.PROTECT, related_name="+")
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["subject_type", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.user_id} {self.action}"


class JobRun(models.Model):
    """One long piece of work. This row is the truth; the broker only carries its id."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=160)
    arguments = models.JSONField(default=dict)
    branch = models.ForeignKey("members.Branch", null=True, on_delete=models.PROTECT, related_name="jobs")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="jobs")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=40, blank=True)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state__in=["queued", "running"]),
                name="one_open_job_per_key",
            ),
        ]
        indexes = [models.Index(fields=["state", "heartbeat_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.RUNNING}


class Notification(models.Model):
    """One message in the portal to one person; `key` makes a scheduled message come once.

    The row is also what waits for the e-mail of the same words (see mail.py): the state of that and its last change.
    """

    class Mail(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"  # claimed, and the mail server has not answered yet
        SENT = "sent"
        NOT_SENT = "not_sent"  # no address, not wanted, read already or too old
        UNCLEAR = "unclear"  # whoever sent it died before the answer; never sent a second time
        FAILED = "failed"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    context = models.JSONField(default=dict)  # plain values for the text of this kind
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mail = models.CharField(max_length=10, choices=Mail, default=Mail.WAITING)
    mail_at = models.DateTimeField(null=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["user", "kind", "key"], name="one_notification_per_key")]
        indexes = [
            models.Index(fields=["user", "created_at"], condition=Q(mail="waiting"), name="mail_waiting"),
            models.Index(fields=["mail_at"], condition=Q(mail="sending"), name="mail_sending"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class MailPreference(models.Model):
    """What one person wants by e-mail, and in which language; nobody without a row has switched anything off."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_preference")
    language = models.CharField(max_length=10, default=settings.LANGUAGE_CODE)
    silenced = models.JSONField(default=list)  # codes of groups of messages (see messages.py)

    def __str__(self) -> str:
        return f"{self.user_id} {self.language}"


class LedgerRun(models.Model):
    """One check of everything that is stored against the invariants (see ledger.py); `night`: the nightly one."""

    began_at = models.DateTimeField()
    seconds = models.FloatField()
    night = models.DateField(null=True, unique=True)
    is_full = models.BooleanField(default=False)  # also what a nightly run looks at only once a month
    violations = models.PositiveIntegerField()
    checks = models.JSONField(default=list)  # [{"code", "seconds", "violations"}] in the order in which they ran
    found = models.JSONField(default=list)  # [{"code", "where", "what"}], of each check the first ones
    sealed_up_to = models.BigIntegerField()  # how long the chain of the audit trail was, and its last seal
    last_seal = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-began_at", "-id"]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M} {self.violations}"


class Pulse(models.Model):
    """When a worker was last seen at work with a tick: without one, nothing runs by itself."""

    worker = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.worker} {self.at:%Y-%m-%d %H:%M:%S}"
