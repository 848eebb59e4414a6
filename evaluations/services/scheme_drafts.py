"""How is the draft of a scheme changed and approved, so that nobody overwrites or signs what he has not seen?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from branchportal import audit
from evaluations.documents import digest
from evaluations.models import ScoringScheme
from evaluations.refusals import Refused
from evaluations.services.schemes import check, check_purpose
from members.models import Branch, User

WRITTEN = ("document", "sources", "name", "version", "written_by")
APPROVED = ("approved_on", "approved_by", "approved_mark")


class StaleDraft(Exception):
    """Somebody saved the draft meanwhile; `current` is what stands now."""

    def __init__(self, current: ScoringScheme) -> None:
        super().__init__("stale")
        self.current = current


@transaction.atomic
def save_draft(
    *, scheme: ScoringScheme, seen: str, document: Any, sources: dict[str, dict[str, str]], by: Any
) -> ScoringScheme:
    """Keep a checked document in place of the draft's. Raises SchemeError, Refused, or StaleDraft.

    `seen` is the mark of the draft as it was shown. One that says the same again writes nothing; any other one has to
    be approved anew.
    """
    parsed = check(document, sources)
    draft = _locked(scheme)
    check_purpose(parsed, sources, draft.purpose)
    before = digest(draft.document)
    present = draft.mark
    draft_as_typed = {"document": document, "sources": sources}
    if present == digest(draft_as_typed):
        return draft
    if present != seen:
        raise StaleDraft(draft)
    draft.document, draft.sources = document, sources
    draft.name, draft.version = parsed.name, parsed.version
    draft.written_by = by
    draft.approved_on, draft.approved_by, draft.approved_mark = None, None, ""
    _write(draft)
    audit.record("scheme.edit", by=by, subject=draft, before={"sha256": before}, after={"sha256": digest(document)})
    return draft


@transaction.atomic
def approve(*, scheme: ScoringScheme, seen: str, approved_on: date, by: User) -> ScoringScheme:
    """Note that the committee approved the draft as it was shown, on that day. Raises SchemeError or Refused.

    Whoever wrote it last does not approve it. The same approval again changes nothing.
    """
    draft = _locked(scheme)
    if draft.mark != seen:
        raise Refused(_("The draft was changed since this page was opened: read it again before you approve it."))
    if draft.is_approved and draft.approved_by_id == by.pk:
        return draft
    if draft.written_by_id == by.pk:
        raise Refused(
            _("You wrote this draft last. Somebody else of the committee approves it, so that two people have read it.")
        )
    check(draft.document, draft.sources)
    draft.approved_on, draft.approved_by, draft.approved_mark = approved_on, by, seen
    draft.save(update_fields=APPROVED)
    after = {"approved_on": approved_on, "sha256": digest(draft.document)}
    audit.record("scheme.approve", by=by, subject=draft, after=after)
    return draft


def _locked(scheme: ScoringScheme) -> ScoringScheme:
    """The draft, while nobody publishes, edits or deletes it."""
    Branch.objects.select_for_update(no_key=True).get(pk=scheme.branch_id)  # as publish() does, before the row
    draft = ScoringScheme.objects.select_for_update().select_related(None).filter(pk=scheme.pk).first()
    if draft is None:
        raise Refused(_("This draft was deleted meanwhile: copy another scheme as a new version."))
    if draft.state != ScoringScheme.State.DRAFT:
        raise Refused(_("This scheme was published meanwhile and can't be changed: copy it as a new version."))
    return draft


def _write(draft: ScoringScheme) -> None:
    try:
        with transaction.atomic():
            draft.save(update_fields=[*WRITTEN, *APPROVED])
    except IntegrityError:
        raise Refused(
            _("%(branch)s already has a scheme %(name)s in version %(version)s: give the document another version."),
            branch=draft.branch.name,
            name=draft.name,
            version=draft.version,
        ) from None
