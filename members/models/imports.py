"""Which uploaded workbook waits between check and write?"""

from django.db import models
from django.utils import timezone

from members.access import ScopedQuerySet


class ImportBatch(models.Model):
    """The sender's own file with what the check found; removed a week later."""

    class Kind(models.TextChoices):
        ROSTER = "roster"
        SCORES = "scores"
        COLUMNS = "columns"

    class State(models.TextChoices):
        CHECKED = "checked"
        WRITTEN = "written"

    kind = models.CharField(max_length=10, choices=Kind)
    branch = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="import_batches")
    uploaded_by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    arguments = models.JSONField(default=dict)  # what else the reader was told, such as the month of a score sheet
    report = models.JSONField(default=dict)  # rows, accepted, created, updated, errors as the command prints them
    state = models.CharField(max_length=10, choices=State, default=State.CHECKED)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name
