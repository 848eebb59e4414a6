"""In which words is each notification of the months and rankings told?"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from branchportal.messages import Group
from evaluations.appeal_messages import GROUP as APPEALS_GROUP
from evaluations.appeal_messages import TEXTS as APPEALS
from evaluations.deadlines import parse_month
from evaluations.purposes import Purpose


def _ranking_compiled(context: dict[str, Any]) -> str:
    if "purpose" not in context:
        return _("The ranking of %(branch)s, %(months)s, is ready.") % context
    values = {**context, "purpose": Purpose(context["purpose"]).label}
    return _("%(purpose)s: the ranking of %(branch)s, %(months)s, is ready.") % values


def _about_ranking(text: str) -> Callable[[dict[str, Any]], str]:
    """`text` with the ranking that it is about, who did what, and why."""

    def told(context: dict[str, Any]) -> str:
        return _(text) % {**context, "purpose": Purpose(context["purpose"]).label}

    return told


def _month_opened(context: dict[str, Any]) -> str:
    values = {"month": _month(context), "day": _last_day(context)}
    return _("The self-review of %(month)s is open until %(day)s, 23:59.") % values


def _reviews_due(context: dict[str, Any]) -> str:
    values = {**context, "month": _month(context)}
    return _("Self-reviews of %(month)s have ended in %(branch)s: %(filed)s of %(due)s were filed.") % values


def _month_closed(context: dict[str, Any]) -> str:
    values = {**context, "month": _month(context)}
    return _("%(month)s is closed in %(branch)s: %(rated)s of %(due)s were rated.") % values


def _review_missing(context: dict[str, Any]) -> str:
    values = {**context, "month": _month(context), "day": _last_day(context)}
    if context["by"]:
        return (
            _("%(by)s reminds you: your self-review of %(month)s is missing. It is open until %(day)s, 23:59.") % values
        )
    return _("Your self-review of %(month)s is missing. It is open until %(day)s, 23:59.") % values


def _ratings_missing(context: dict[str, Any]) -> str:
    values = {**context, "month": _month(context), "day": _last_day(context)}
    text = ngettext(
        "%(branch)s: %(unrated)s person has no branch rating of %(month)s yet. It is open until %(day)s, 23:59.",
        "%(branch)s: %(unrated)s people have no branch rating of %(month)s yet. It is open until %(day)s, 23:59.",
        context["unrated"],
    )
    if context["by"]:
        return _("%(by)s reminds you: %(text)s") % {**values, "text": text % values}
    return text % values


def _last_day(context: dict[str, Any]) -> str:
    return date_format(date.fromisoformat(context["until"]), _("j F"))


def _spot_check_remark(context: dict[str, Any]) -> str:
    values = {**context, "month": _month(context)}
    return _("Spot check of %(month)s, %(member)s: %(note)s") % values


def _review_answered(context: dict[str, Any]) -> str:
    values = {**context, "month": _month(context)}
    if not context["text"]:
        return _("%(branch)s has read your self-review of %(month)s and has no remarks.") % values
    return _("%(branch)s has answered your self-review of %(month)s: %(text)s") % values


def _review_returned(context: dict[str, Any]) -> str:
    values = {**context, "month": _month(context), "day": _last_day(context)}
    return (
        _("Your self-review of %(month)s was returned: “%(reason)s” Please submit it again until %(day)s, 23:59.")
        % values
    )


def _month(context: dict[str, Any]) -> str:
    return date_format(parse_month(context["month"]), _("F"))


def _defence_opened(context: dict[str, Any]) -> str:
    return _("%(title)s has opened: you are one of the judges.") % context


def _defence_closed(context: dict[str, Any]) -> str:
    return _("%(title)s is closed: your result is there.") % context


def _about_notice(text: str) -> Callable[[dict[str, Any]], str]:
    """`text` with the ranking's purpose and the branch; days as they are written."""

    def told(context: dict[str, Any]) -> str:
        return _(text) % {**context, "purpose": Purpose(context["purpose"]).label}

    return told


def _notice_ended(context: dict[str, Any]) -> str:
    text = NOTICE_ENDINGS.get(context["state"], NOTICE_ENDINGS["taken_down"])
    return _(text) % {**context, "purpose": Purpose(context["purpose"]).label}


def _notice_outcome(context: dict[str, Any]) -> str:
    text = NOTICE_OUTCOMES.get(context["outcome"], NOTICE_OUTCOMES["settled"])
    return _(text) % {**context, "purpose": Purpose(context["purpose"]).label}


NOTICES = {
    "public_notice_published": gettext_noop(
        "%(branch)s has put people on public notice (%(purpose)s), until %(last_on)s."
    ),
    "public_notice_named": gettext_noop(
        "Your name stands on a public notice of %(branch)s (%(purpose)s), until %(last_on)s."
    ),
    "objection_filed": gettext_noop(
        "An objection to a public notice of %(branch)s has come in. A reply is promised by %(due_on)s."
    ),
    "objection_answered": gettext_noop(
        "Your objection to the public notice of %(branch)s is decided. Read the reply with the number on your receipt."
    ),
}
NOTICE_ENDINGS = {
    "taken_down": gettext_noop("%(purpose)s of %(branch)s: the public notice was taken down early: %(reason)s"),
    "corrected": gettext_noop("%(purpose)s of %(branch)s: the public notice is being corrected: %(reason)s"),
    "withdrawn": gettext_noop("%(purpose)s of %(branch)s: the public notice ended with its decision: %(reason)s"),
}
NOTICE_OUTCOMES = {
    "no_objections": gettext_noop("%(purpose)s of %(branch)s: the public notice ended without objections."),
    "settled": gettext_noop("%(purpose)s of %(branch)s: the public notice ended, and objections are settled."),
}


def _points(text: str) -> Callable[[dict[str, Any]], str]:
    """`text` with the entry, who wrote it and why."""
    return lambda context: _(text) % context


POINTS = {
    "points_recorded": gettext_noop("%(by)s wrote down about you: %(category)s, %(points)s points, %(what)s."),
    "points_changed": gettext_noop(
        "%(by)s changed an entry about you: %(category)s, %(points)s points, %(what)s. Reason: %(reason)s"
    ),
    "points_taken_back": gettext_noop(
        "%(by)s took back an entry about you: %(category)s, %(points)s points, %(what)s. Reason: %(reason)s"
    ),
}
FREEZING = {
    "freezing_proposed": gettext_noop(
        "%(purpose)s of %(branch)s, %(months)s: %(proposer)s proposes to freeze it. Check and confirm it."
    ),
    "freezing_withdrawn": gettext_noop(
        "%(purpose)s of %(branch)s, %(months)s: %(decider)s withdraws the proposal to freeze it: %(reason)s"
    ),
    "freezing_declined": gettext_noop(
        "%(purpose)s of %(branch)s, %(months)s: %(decider)s does not confirm the freezing: %(reason)s"
    ),
    "freezing_overtaken": gettext_noop(
        "%(purpose)s of %(branch)s, %(months)s: compiled again, so the proposal to freeze it is over."
    ),
    "ranking_frozen": gettext_noop("%(purpose)s of %(branch)s, %(months)s: frozen, confirmed by %(decider)s."),
}

DECISION = {
    "decision_recorded": gettext_noop(
        "%(purpose)s of %(branch)s, %(months)s: %(signer)s has recorded the branch committee's decision. It waits for "
        "your consent."
    ),
    "decision_consented": gettext_noop(
        "%(purpose)s of %(branch)s, %(months)s: %(reviewer)s consents to the branch committee's decision."
    ),
    "decision_sent_back": gettext_noop(
        "%(purpose)s of %(branch)s, %(months)s: %(reviewer)s sends the decision back: %(reason)s"
    ),
    "decision_about_you": gettext_noop(
        "%(purpose)s of %(branch)s, %(months)s: the branch committee has decided. What it decided about you stands "
        "with your result."
    ),
    "decision_reopened": gettext_noop(
        "%(purpose)s of %(branch)s, %(months)s: the decision is discussed again. The earlier one no longer holds."
    ),
}

TEXTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "ranking_compiled": _ranking_compiled,
    **{kind: _about_ranking(text) for kind, text in (FREEZING | DECISION).items()},
    **{kind: _about_notice(text) for kind, text in NOTICES.items()},
    "public_notice_ended": _notice_ended,
    "public_notice_outcome": _notice_outcome,
    **{kind: _points(text) for kind, text in POINTS.items()},
    **APPEALS,
    "month_opened": _month_opened,
    "reviews_due": _reviews_due,
    "month_closed": _month_closed,
    "review_answered": _review_answered,
    "review_returned": _review_returned,
    "spot_check_remark": _spot_check_remark,
    "defence_opened": _defence_opened,
    "defence_closed": _defence_closed,
    "review_missing": _review_missing,
    "ratings_missing": _ratings_missing,
}

GROUPS = (
    Group(
        "months",
        gettext_lazy("The months"),
        gettext_lazy("A month opens, its self-reviews end, it closes."),
        ("month_opened", "reviews_due", "month_closed", "spot_check_remark"),
    ),
    Group(
        "reminders",
        gettext_lazy("Reminders"),
        gettext_lazy(
            "Your self-review or a rating is missing, three days and one day before it ends or when somebody asks."
        ),
        ("review_missing", "ratings_missing"),
    ),
    Group(
        "answers",
        gettext_lazy("Answers to your self-review"),
        gettext_lazy("Your branch has read or answered your self-review, or returned it with a reason."),
        ("review_answered", "review_returned"),
    ),
    Group(
        "points",
        gettext_lazy("Bonuses and deductions"),
        gettext_lazy("An officer wrote down, changed or took back points that count for you or against you."),
        (*POINTS,),
    ),
    Group(
        "defences",
        gettext_lazy("Defences"),
        gettext_lazy("You are to judge, or your own defence is closed."),
        ("defence_opened", "defence_closed"),
    ),
    Group(
        "public_notices",
        gettext_lazy("Public notices"),
        gettext_lazy("A notice is published or ends, your name stands on one, an objection is filed or decided."),
        (*NOTICES, "public_notice_ended", "public_notice_outcome"),
    ),
    Group(
        "rankings",
        gettext_lazy("Rankings"),
        gettext_lazy("A ranking has been compiled, is to be frozen, was frozen or decided on, or was sent back."),
        ("ranking_compiled", *FREEZING, *DECISION),
    ),
    APPEALS_GROUP,
)
