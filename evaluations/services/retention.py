"""How long are reviews, ratings and rankings kept, and what happens then?"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import Evidence
from activities.services.evidence import drop_unused
from branchportal.retention import Ending, Rule
from evaluations.models import (
    Appeal,
    BranchReview,
    ColumnFigure,
    JudgeScore,
    PointsEntry,
    Reminder,
    ReviewAnswer,
    SelfReview,
)

MONTHS_OF_WORDS = 24


def _with_words(model: type) -> QuerySet:
    return model.objects.exclude(notes={}, draft__isnull=True)


def _of_people_who_left(model: type):
    def expired(limit: datetime) -> QuerySet:
        return _with_words(model).filter(member__ended_on__lt=timezone.localdate(limit))

    return expired


def _forgotten_drafts(model: type):
    def expired(limit: datetime) -> QuerySet:
        return model.objects.filter(saved_at__lt=limit, draft__isnull=False)

    return expired


def _drop_words(rows: QuerySet) -> int:
    return rows.update(notes={}, draft=None)


def _drop_appeal_words(rows: QuerySet) -> int:
    return rows.update(words="", evidence="")


def _drop_drafts(rows: QuerySet) -> int:
    return rows.update(draft=None)


def _delete_points(rows: QuerySet) -> int:
    """With the files that showed them, unless one shows something else too."""
    evidence = list(Evidence.objects.filter(points_entries__in=rows).distinct().order_by("pk"))
    count = rows.delete()[0]
    for one in evidence:
        drop_unused(one)
    return count


RULES = (
    Rule(
        "review_words",
        _("Words of self-reviews"),
        _("The points were counted; the words helped only while the person was in the branch."),
        since=_("after the membership ended"),
        ending=Ending.EMPTIED,
        months=MONTHS_OF_WORDS,
        expired=_of_people_who_left(SelfReview),
        end=_drop_words,
    ),
    Rule(
        "rating_words",
        _("Words of branch ratings"),
        _("The points were counted; the words helped only while the person was in the branch."),
        since=_("after the membership ended"),
        ending=Ending.EMPTIED,
        months=MONTHS_OF_WORDS,
        expired=_of_people_who_left(BranchReview),
        end=_drop_words,
    ),
    Rule(
        "answers",
        _("Replies to self-reviews, and why they were returned"),
        _("They helped only while the person was in the branch."),
        since=_("after the membership ended"),
        months=MONTHS_OF_WORDS,
        expired=lambda limit: ReviewAnswer.objects.filter(review__member__ended_on__lt=timezone.localdate(limit)),
    ),
    Rule(
        "figures",
        _("Figures about a person from Excel"),
        _("Rankings hold what they counted; the sheet helped only while the person was in the branch."),
        since=_("after the membership ended"),
        months=MONTHS_OF_WORDS,
        expired=lambda limit: ColumnFigure.objects.filter(member__ended_on__lt=timezone.localdate(limit)),
    ),
    Rule(
        "points_entries",
        _("Bonuses and deductions with what shows them"),
        _("Rankings hold what they counted; the entry helped only while the person was in the branch."),
        since=_("after the membership ended"),
        months=MONTHS_OF_WORDS,
        expired=lambda limit: PointsEntry.objects.filter(member__ended_on__lt=timezone.localdate(limit)),
        end=_delete_points,
    ),
    Rule(
        "appeals",
        _("Words of appeals against a figure of a ranking"),
        _("The answer with its reason and the corrected figure stay with the ranking; the words helped until then."),
        since=_("after the membership ended"),
        ending=Ending.EMPTIED,
        months=MONTHS_OF_WORDS,
        expired=lambda limit: Appeal.objects.exclude(words="", evidence="").filter(
            entry__member__ended_on__lt=timezone.localdate(limit)
        ),
        end=_drop_appeal_words,
    ),
    Rule(
        "reminders",
        _("Who was reminded of what was missing"),
        _("So that nobody is reminded twice a day, and to look back on the year."),
        since=_("after the reminder"),
        months=12,
        expired=lambda limit: Reminder.objects.filter(sent_at__lt=limit),
    ),
    Rule(
        "review_drafts",
        _("Self-reviews that were begun and never filed"),
        _("The month has long been closed."),
        since=_("after the last word"),
        months=3,
        expired=_forgotten_drafts(SelfReview),
        end=_drop_drafts,
    ),
    Rule(
        "rating_drafts",
        _("Branch ratings that were begun and never given"),
        _("The month has long been closed."),
        since=_("after the last word"),
        months=3,
        expired=_forgotten_drafts(BranchReview),
        end=_drop_drafts,
    ),
    Rule(
        "defence_drafts",
        _("Scores of a defence that were begun and never submitted"),
        _("The defence has long been closed."),
        since=_("after the last word"),
        months=3,
        expired=_forgotten_drafts(JudgeScore),
        end=_drop_drafts,
    ),
    Rule(
        "defences",
        _("Defences with their panels and submitted scores"),
        _("Rankings are computed from them, and the totals were laid before the branch committee."),
        ending=Ending.KEPT,
    ),
    Rule(
        "points",
        _("Points of self-reviews and branch ratings"),
        _("Rankings are computed from them; without the name of the record they point at nobody."),
        ending=Ending.KEPT,
    ),
    Rule(
        "decisions",
        _("Decisions of branch committees with their minutes and reasons"),
        _("They are the committee's record; the papers of a person's development refer to them."),
        ending=Ending.KEPT,
    ),
    Rule(
        "rankings",
        _("Rankings with the names and figures of the day"),
        _("They were laid before the branch committee; a sealed copy proves that nothing was changed afterwards."),
        ending=Ending.KEPT,
    ),
)
