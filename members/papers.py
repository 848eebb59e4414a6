"""Which papers does the file hold of somebody on the way to probationary membership? Words of the Development Rules."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.stages import ORDER, Stage

_ADDED_AS: dict[Stage, tuple[Promise, ...]] = {
    Stage.APPLICANT: (_("Application for membership"), _("Record of the talk")),
    Stage.ACTIVIST: (
        _("Nomination and minutes of the decision"),
        _("Register of cultivation and observation"),
        _("Reports of thought"),
    ),
    Stage.CANDIDATE: (
        _("Opinions, consent and public notice"),
        _("Conclusion of the political review"),
        _("Certificate of the training"),
    ),
}


def papers_until(stage: Stage) -> list[Promise]:
    """The papers that may be in the file by this stage, in the order in which they come."""
    reached = ORDER[: ORDER.index(stage) + 1]
    return [paper for step in reached for paper in _ADDED_AS.get(step, ())]
