"""What did the branch say to a self-review: read, replied, or returned with a reason?"""

from django.db import models
from django.db.models import Q

from evaluations.models.reviews import SelfReview
from members.access import ScopedQuerySet

LONGEST_ANSWER = 500


class AnswerQuerySet(ScopedQuerySet):
    branch_lookup = "review__branch"


class ReviewAnswer(models.Model):
    """One dated answer to one submission. What was returned stays readable in it, whatever is written afterwards."""

    class Kind(models.TextChoices):
        READ = "read"  # without remarks
        REPLY = "reply"
        RETURN = "return"

    review = models.ForeignKey(SelfReview, on_delete=models.CASCADE, related_name="answers")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.CharField(max_length=LONGEST_ANSWER, blank=True)  # of a return: its reason
    at = models.DateTimeField()
    by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()  # of the submission that it answers
    words = models.JSONField(null=True)  # of a return: {"points": …, "notes": …} as they were submitted
    from_paper = models.BooleanField(default=False)  # of a return: as the review was
    was_late = models.BooleanField(default=False)
    resubmitted_at = models.DateTimeField(null=True)  # of a return: when it was first submitted again

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="read", text="") | (~Q(kind="read") & ~Q(text="")),
                name="an_answer_has_words_or_is_only_read",
            ),
            models.CheckConstraint(
                condition=Q(kind="return", words__isnull=False) | (~Q(kind="return") & Q(words__isnull=True)),
                name="a_return_keeps_the_words",
            ),
            models.UniqueConstraint(
                fields=["review", "submitted_at"], condition=Q(kind="read"), name="read_once_per_submission"
            ),
            models.UniqueConstraint(
                fields=["review"],
                condition=Q(kind="return", resubmitted_at__isnull=True),
                name="one_open_return_per_review",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review} {self.kind}"

    @property
    def is_return(self) -> bool:
        return self.kind == self.Kind.RETURN
