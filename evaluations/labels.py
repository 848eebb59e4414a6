"""How are dimensions and grades called on a page? The only place; words from the glossary."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from evaluations.dimensions import Dimension, Grade, grade_of

DIMENSION_LABELS = {
    Dimension.THOUGHT: _("Thought"),
    Dimension.STUDY: _("Study"),
    Dimension.LIFE: _("Life"),
    Dimension.WORK: _("Work"),
    Dimension.CONDUCT: _("Conduct"),
}

GRADE_LABELS = {
    Grade.EXCELLENT: _("Excellent"),
    Grade.GOOD: _("Good"),
    Grade.FAIR: _("Fair"),
    Grade.PASSABLE: _("Passable"),
    Grade.WEAK: _("To improve"),
}


def points_label(points: int | None, *, in_grades: bool) -> str | Promise:
    """Return points as people read them: a grade's name, or the figure where no grade stands for it."""
    if points is None:
        return "–"
    grade = grade_of(points) if in_grades else None
    return GRADE_LABELS[grade] if grade else str(points)
