"""How is the draft of a scheme changed, so that two people never overwrite each other unseen?"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from branchportal import audit
from evaluations.documents import digest
from evaluations.models import ScoringScheme
from evaluations.refusals import Refused
from evaluations.services.schemes import check
from members.models import Branch


class StaleDraft(Exception):
    """Somebody saved the draft meanwhile; `current` is what stands now."""

    def __init__(self, current: ScoringScheme) -> None:
        super().__init__("stale")
        self.current = current


def mark(scheme: ScoringScheme) -> str:
    """What tells whether a draft is still as it was shown."""
    return digest({"document": scheme.document, "sources": scheme.sources})


@transaction.atomic
def save_draft(
    *, scheme: ScoringScheme, seen: str, document: Any, sources: dict[str, dict[str, str]], by: Any
) -> ScoringScheme:
    """Keep a checked document in place of the draft's. Raises SchemeError, Refused, or StaleDraft.

    `seen` is the mark of the draft as it was shown. One that says the same again writes nothing.
    """
    parsed = check(document, sources)
    draft = _locked(scheme)
    before = digest(draft.document)
    present = mark(draft)
    draft_as_typed = {"document": document, "sources": sources}
    if present == digest(draft_as_typed):
        return draft
    if present != seen:
        raise StaleDraft(draft)
    draft.document, draft.sources = document, sources
    draft.name, draft.version = parsed.name, parsed.version
    _write(draft)
    audit.record("scheme.edit", by=by, subject=draft, before={"sha256": before}, after={"sha256": digest(document)})
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
            draft.save(update_fields=["document", "sources", "name", "version"])
    except IntegrityError:
        raise Refused(
            _("%(branch)s already has a scheme %(name)s in version %(version)s: give the document another version."),
            branch=draft.branch.name,
            name=draft.name,
            version=draft.version,
        ) from None
