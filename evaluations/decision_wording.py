"""How does a page or a paper say what the branch committee decided, where that departs from the order, and who signed?

`meeting` is a row of models.DecisionMeeting, `decision` one of models.Decision.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from evaluations.departures import Departure
from evaluations.freezing_wording import at, signed

Facts = list[tuple[str, Any]]

DEPARTURES = {
    Departure.OVER_BETTER: gettext_lazy("Selected, although somebody further up was not."),
    Departure.PASSED_OVER: gettext_lazy("Passed over: somebody further down or not ranked was selected."),
    Departure.AMONG_EQUALS: gettext_lazy("Shares the place with somebody who was decided otherwise."),
    Departure.NOT_RANKED: gettext_lazy("Selected without being ranked."),
}


def meeting_facts(meeting: Any) -> Facts:
    """What is said of the meeting; what is not known yet is left out."""
    facts = [
        (_("Date of the meeting"), meeting.held_on and date_format(meeting.held_on, "Y-m-d")),
        (_("Present"), _present(meeting)),
        (_("Chair"), meeting.chair),
        (_("Recorder"), meeting.recorder),
        (_("Places"), meeting.quota),
    ]
    return [(term, value) for term, value in facts if value not in {None, ""}]


def signatures(meeting: Any) -> Facts:
    """Who recorded the decision, and what the superior committee said, each with the moment."""
    if meeting.is_draft:
        return []
    by = signed(meeting.signer_name, meeting.signer_role, meeting.signer_for)
    facts = [(_("Recorded"), at(meeting.recorded_at, by))]
    if meeting.reviewed_at:
        by = signed(meeting.reviewer_name, meeting.reviewer_role, meeting.reviewer_for)
        term = _("Sent back") if meeting.is_sent_back else _("Consented to")
        facts.append((term, at(meeting.reviewed_at, by)))
    return facts


def counted(lines: Iterable[Any]) -> list[tuple[str, int]]:
    """How many people have each outcome (rows of queries.decisions.lines), and how many ranked people none yet."""
    lines = list(lines)
    outcomes = [line.decision.outcome for line in lines]
    found = [(str(label), outcomes.count(value)) for value, label in lines[0].decision.Outcome.choices] if lines else []
    still_open = sum(line.entry.rank is not None and not line.decision.outcome for line in lines)
    return found + ([(pgettext("decision", "Open"), still_open)] if still_open else [])


def own_words(decision: Any | None) -> str:
    """What somebody reads of the decision about himself; "" where there is nothing to be told."""
    if decision is None or not decision.outcome:
        return ""
    meeting = decision.meeting
    values = {"day": date_format(meeting.held_on, "Y-m-d"), "outcome": decision.get_outcome_display()}
    if not meeting.is_consented:
        return (
            _("The branch committee met on %(day)s; its decision waits for the superior committee's consent.") % values
        )
    return _("Decision of the branch committee on %(day)s: %(outcome)s.") % values


def own_facts(decision: Any | None) -> dict[str, str]:
    """The same as `words`, with the `reason` once the decision holds."""
    words = own_words(decision)
    return {"words": words, "reason": decision.reason if words and decision.meeting.is_consented else ""}


def _present(meeting: Any) -> str:
    if meeting.present is None or meeting.entitled is None:
        return ""
    return _("%(present)s of %(entitled)s") % {"present": meeting.present, "entitled": meeting.entitled}
