"""Which tables does the reference keep? As few as its pages need."""

from django.conf import settings
from django.db import models

DIMENSIONS = ("thought", "study", "life", "work", "conduct")


class Person(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    branch = models.CharField(max_length=20, db_index=True)
    number = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=80)
    stage = models.CharField(max_length=20)
    since = models.DateField()
    class_name = models.CharField(max_length=60)

    class Meta:
        ordering = ["name", "number"]

    def __str__(self):
        return self.name


class Review(models.Model):
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    month = models.DateField()
    thought = models.CharField(max_length=12)
    study = models.CharField(max_length=12)
    life = models.CharField(max_length=12)
    work = models.CharField(max_length=12)
    conduct = models.CharField(max_length=12)
    notes = models.JSONField(default=dict)
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "month"], name="one_review_per_month")]

    def __str__(self):
        return f"{self.person} {self.month:%Y-%m}"


class RankingRow(models.Model):
    rank = models.PositiveIntegerField()
    number = models.CharField(max_length=32)
    name = models.CharField(max_length=80)
    class_name = models.CharField(max_length=60)
    points = models.JSONField()  # one text per component
    total = models.CharField(max_length=20)

    class Meta:
        ordering = ["rank", "number"]

    def __str__(self):
        return f"{self.rank} {self.name}"
