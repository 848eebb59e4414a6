"""Who was asked on which day to do what is missing in a month?"""

from django.db import models

from evaluations.models.months import Cycle
from members.access import ScopedQuerySet


class Reminder(models.Model):
    """One person reminded by an officer: at most once a day and month, whoever presses and whatever is missing."""

    class Task(models.TextChoices):
        REVIEWS = "reviews"  # the own self-review
        RATINGS = "ratings"  # the ratings of the branch

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="reminders")
    branch = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="reminders")
    user = models.ForeignKey("members.User", on_delete=models.CASCADE, related_name="reminders")
    task = models.CharField(max_length=10, choices=Task)
    day = models.DateField()  # in Shanghai
    press = models.UUIDField()  # one for each time that somebody pressed the button
    sent_by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "user", "day"], name="one_reminder_a_day_per_person_and_month")
        ]
        indexes = [models.Index(fields=["press"])]

    def __str__(self) -> str:
        return f"{self.user} {self.cycle} {self.day}"
