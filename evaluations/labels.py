"""How are dimensions, grades, sources and a job's steps called on a page? The only place; words from the glossary."""

from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evaluations.column_names import key_of
from evaluations.dimensions import Dimension, Grade, grade_of
from evaluations.reply_times import in_whole_units
from evaluations.sources import (
    BRANCH_RATING,
    COLUMN,
    DEFENCE,
    DUTIES,
    MONTHS_AS_ACTIVIST,
    PEER_RATING,
    POINTS,
    SELF_REVIEW,
)

DIMENSION_LABELS = {
    Dimension.THOUGHT: pgettext_lazy("dimension", "Thought"),
    Dimension.STUDY: pgettext_lazy("dimension", "Study"),
    Dimension.LIFE: pgettext_lazy("dimension", "Life"),
    Dimension.WORK: pgettext_lazy("dimension", "Work"),
    Dimension.CONDUCT: pgettext_lazy("dimension", "Conduct"),
}

GRADE_LABELS = {
    Grade.EXCELLENT: pgettext_lazy("grade", "Excellent"),
    Grade.GOOD: pgettext_lazy("grade", "Good"),
    Grade.FAIR: pgettext_lazy("grade", "Fair"),
    Grade.PASSABLE: pgettext_lazy("grade", "Passable"),
    Grade.WEAK: pgettext_lazy("grade", "To improve"),
}


SOURCE_LABELS = {
    SELF_REVIEW: _("Monthly self-review"),
    BRANCH_RATING: _("Monthly branch rating"),
    DUTIES: _("Three ones, as the branch rated them"),
    DEFENCE: _("Defence: one score per judge"),
    PEER_RATING: _("Classmates' rating, once its result is released"),
    POINTS: _("Bonus and deduction entries of this name"),
    COLUMN: _("Column of this name from Excel"),
    MONTHS_AS_ACTIVIST: _("Whole months as an activist until the end of the period"),
}

# Who gave the figures of a source, as whoever is in a ranking reads it: offices, never which person.
RATERS = {
    SELF_REVIEW: _("You gave these points yourself, in your self-review of each month."),
    BRANCH_RATING: _("The branch committee gave these points; the rating is the branch's, not one person's."),
    DUTIES: _("The branch committee rated what you did in your three ones."),
    DEFENCE: _("Each judge of the panel gave one score; whose is whose is not told."),
}

# Figures from Excel that have a name of their own in the portal, by the key of their column (see column_names.py).
COLUMN_LABELS = {
    "gpa": _("Grade point average"),
    "failed_courses": _("Failed courses"),
    "votes": _("Votes in favour"),
    "reports": _("Thought reports"),
}

# Why the portal itself recuses a judge; what a judge or whoever leads the session wrote stays as it is.
RECUSALS = {
    "himself": _("he would judge himself"),
    "own_branch": _("he would judge the own branch"),
}

# The states of a compilation's job, and its steps while it runs.
JOB_LABELS = {
    "queued": _("Queued"),
    "running": _("Running"),
    "reading": pgettext_lazy("step of a job", "Reading"),
    "computing": pgettext_lazy("step of a job", "Computing"),
    "writing": pgettext_lazy("step of a job", "Writing"),
    "done": pgettext_lazy("state of a job", "Done"),
    "failed": pgettext_lazy("state of a job", "Failed"),
}


def column_label(name: str) -> str:
    """What a column from Excel is called that a scheme knows by this name."""
    return str(COLUMN_LABELS.get(key_of(name), name))


def days_of(first: date, last: date) -> str:
    """One day, or the first and the last of several."""
    return last.isoformat() if first == last else f"{first.isoformat()} – {last.isoformat()}"


def ratings_left_label(unfinished: int, not_begun: int) -> str:
    """How many branches have not finished rating, and how many of them not begun."""
    if unfinished == not_begun:
        text = ngettext(
            "%(count)s branch has not begun to rate", "%(count)s branches have not begun to rate", not_begun
        )
        return text % {"count": not_begun}
    text = ngettext(
        "%(count)s branch has not finished rating", "%(count)s branches have not finished rating", unfinished
    )
    if not_begun:
        text = ngettext(
            "%(count)s branch has not finished rating, %(silent)s of them not begun",
            "%(count)s branches have not finished rating, %(silent)s of them not begun",
            unfinished,
        )
    return text % {"count": unfinished, "silent": not_begun}


def reply_time_label(time: timedelta) -> str:
    """How long an answer took, in whole hours or days."""
    count, is_days = in_whole_units(time)
    if is_days:
        return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}
    if not count:
        return gettext("under an hour")
    return ngettext("%(count)s hour", "%(count)s hours", count) % {"count": count}


def points_label(points: int | None, *, in_grades: bool) -> str | Promise:
    """Return points as people read them: a grade's name, or the figure where no grade stands for it."""
    if points is None:
        return "–"
    grade = grade_of(points) if in_grades else None
    return GRADE_LABELS[grade] if grade else str(points)
