"""In which words does the portal name a development rule, its article and the remedy?"""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.labels import STAGE_LABELS
from members.rules import ARTICLES, Finding, NextStep, Rule


def sentence(finding: Finding) -> str:
    """One warning: which date, which limit, which article, what to do."""
    values = {
        "stage": STAGE_LABELS[finding.stage],
        "before": STAGE_LABELS[finding.before] if finding.before else "",
        "day": _day(finding.day),
        "limit": _day(finding.limit),
        "article": ARTICLES[finding.rule],
    }
    return _templates()[finding.rule] % values


def next_step_sentences(step: NextStep, today: date) -> list[str]:
    """Plain advice about what comes next; never a decision."""
    values = {"stage": STAGE_LABELS[step.stage], "article": ARTICLES[step.rule] if step.rule else ""}
    if step.last_good_day:
        return [
            _(
                "Planned leaving date: the pre-review should be done by %(day)s, three months before it "
                "(Development Rules 2026, art. %(article)s)."
            )
            % {**values, "day": _day(step.last_good_day)}
        ]
    if not step.earliest:
        return []
    if step.earliest <= today:
        sentence = _(
            "Next step %(stage)s: the time is fulfilled since %(day)s (Development Rules 2026, art. %(article)s)."
        )
    else:
        sentence = _("Next step %(stage)s: %(day)s at the earliest (Development Rules 2026, art. %(article)s).")
    lines = [sentence % {**values, "day": _day(step.earliest)}]
    if step.too_late:
        lines.append(
            _("That is after the planned leaving date; the time already spent counts on in the next organisation.")
        )
    return lines


def _templates() -> dict[Rule, str]:
    return {
        Rule.ADULT: _(
            "%(stage)s since %(day)s: under 18 until %(limit)s (Development Rules 2026, art. %(article)s). "
            "Check the birthday and the date of the application."
        ),
        Rule.CULTIVATION: _(
            "%(stage)s since %(day)s is less than twelve months after %(before)s, %(limit)s at the earliest "
            "(Development Rules 2026, art. %(article)s). Check both dates."
        ),
        Rule.PROBATION: _(
            "%(stage)s since %(day)s is less than twelve months of probation, %(limit)s at the earliest "
            "(Development Rules 2026, art. %(article)s). Check both dates."
        ),
        Rule.ORDER: _("%(stage)s %(day)s lies before %(before)s %(limit)s. Correct one of the two dates."),
    }


def _day(day) -> str:
    return date_format(day, "Y-m-d")
