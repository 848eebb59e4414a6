"""How does a scoring scheme come into force: draft, approved, published for a period, sealed by the first figure?"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from branchportal import audit
from evaluations import sources as known
from evaluations.documents import SchemeError, check_storable, digest
from evaluations.models import RankingEntry, ScoringScheme
from evaluations.national_limits import keeps_a_year_of_cultivation
from evaluations.purposes import Purpose
from evaluations.queries import schemes as queries
from evaluations.queries.defences import KIND_OF
from evaluations.queries.rated_months import rated_months
from evaluations.refusals import Refused
from evaluations.scheme import Scheme, parse_scheme
from evaluations.services import months
from evaluations.services.scheme_sealing import committee_id
from members.models import Branch

READY = Path(__file__).resolve().parent.parent / "ready_schemes"

# What a scheme's dimensions have nothing to weigh in.
OF_ONE_NUMBER = {
    known.DUTIES: _("must be left out: duties are rated with one number"),
    known.DEFENCE: _("must be left out: a judge's score is one number"),
    known.POINTS: _("must be left out: an entry is one number"),
    known.COLUMN: _("must be left out: a column holds one number for each person"),
}
MOST_DECIMALS = 10  # a total is stored as a short text

State = ScoringScheme.State


def check(document: object, sources: dict[str, dict[str, str]]) -> Scheme:
    """Read a document and its sources. Raises SchemeError naming the place, or Refused."""
    check_storable(document, "scheme", SchemeError)
    scheme = parse_scheme(document)
    for key, value in (("name", scheme.name), ("version", scheme.version)):
        longest = ScoringScheme._meta.get_field(key).max_length
        if len(value) > longest:
            raise SchemeError(f"scheme.{key}", _("has more than %(longest)s characters"), {"longest": longest})
    longest = RankingEntry._meta.get_field("band").max_length
    for index, band in enumerate(scheme.bands):
        if len(band.label) > longest:
            params = {"longest": longest}
            raise SchemeError(f"scheme.bands[{index}].label", _("has more than %(longest)s characters"), params)
    if scheme.decimals > MOST_DECIMALS:
        params = {"most": MOST_DECIMALS, "found": str(scheme.decimals)}
        raise SchemeError("scheme.decimals", _("must be at most %(most)s, not %(found)s"), params)
    _check_components(scheme, sources.get("components", {}))
    _check_inputs(scheme, sources.get("inputs", {}))
    return scheme


@transaction.atomic
def create_draft(
    *, branch: Branch, purpose: str, document: Any, sources: dict[str, dict[str, str]], by: Any
) -> ScoringScheme:
    """Keep a checked document as a draft. Raises SchemeError or Refused."""
    scheme = check(document, sources)
    check_purpose(scheme, sources, purpose)
    try:
        with transaction.atomic():
            draft = ScoringScheme.objects.create(
                branch=branch, purpose=purpose, name=scheme.name, version=scheme.version, document=document,
                sources=sources, created_by=by, written_by=by,
            )  # fmt: skip
    except IntegrityError:
        raise Refused(
            _("%(branch)s already has a scheme %(name)s in version %(version)s: give the document another version."),
            branch=branch.name,
            name=scheme.name,
            version=scheme.version,
        ) from None
    audit.record("scheme.create", by=by, subject=draft, after={"purpose": purpose, "sha256": digest(document)})
    return draft


@transaction.atomic
def delete_draft(*, scheme: ScoringScheme, by: Any) -> None:
    """Throw a draft away. A published scheme stays for ever, and so does what a ranking was compiled under."""
    deleted, _counts = ScoringScheme.objects.filter(pk=scheme.pk, state=State.DRAFT, runs=None).delete()
    if not deleted:
        raise Refused(_("This scheme is published and stays: only drafts can be deleted."))
    audit.record("scheme.delete", by=by, subject=scheme, before={"sha256": digest(scheme.document)})


@transaction.atomic
def publish(
    *, scheme: ScoringScheme, first_month: date, last_month: date | None, by: Any, now: datetime
) -> ScoringScheme:
    """Put a draft into force from a first to a last month (None: until replaced). Raises SchemeError or Refused.

    What somebody publishes was approved as it stands; the portal's ready schemes come by themselves (`by` None).
    A scheme of the same branch and purpose that runs on ends the month before; one that starts later and is not
    sealed yet becomes a draft again.
    """
    branch = Branch.objects.select_for_update(no_key=True).get(pk=scheme.branch_id)  # one publication at a time
    months.change_rules(committee_id(branch))  # a first rating either is seen below, or finds the scheme and seals it
    scheme.refresh_from_db()
    if scheme.state != State.DRAFT:
        raise Refused(_("This scheme is published already."))
    if by is not None and not scheme.is_approved:
        raise Refused(_("The committee has not approved this draft as it stands: approve it first."))
    _check_publication(scheme, first_month, last_month)
    rated = rated_months(branch, first_month, last_month)
    _refuse_rewriting(scheme, rated)
    _make_room(scheme, first_month, last_month, by=by)
    scheme.state = State.SEALED if rated else State.PUBLISHED
    scheme.first_month, scheme.last_month = first_month, last_month
    scheme.published_at, scheme.published_by = now, by
    scheme.sealed_at = now if rated else None
    scheme.document_hash = digest(scheme.document)
    scheme.save()
    audit.record(
        "scheme.publish",
        by=by,
        subject=scheme,
        after={"first_month": first_month, "last_month": last_month, "sha256": scheme.document_hash},
    )
    return scheme


@transaction.atomic
def install_ready_schemes(*, committee: Branch, by: Any, first_month: date, now: datetime) -> list[ScoringScheme]:
    """Publish the ready schemes for purposes for which the committee has none; a second call does nothing."""
    Branch.objects.select_for_update(no_key=True).get(pk=committee.pk)  # two ticks at once install once
    taken = set(ScoringScheme.objects.filter(branch=committee).values_list("purpose", flat=True))
    return [
        publish(
            scheme=_create_ready(committee, purpose, by), first_month=first_month, last_month=None, by=by, now=now
        )
        for purpose in Purpose.values
        if purpose not in taken
    ]  # fmt: skip


def install_where_missing(*, now: datetime) -> int:
    """Give every top committee without any scheme the ready ones, valid from last year on; return how many got them.

    Run by the tick: branches are made in an app that knows nothing of schemes.
    """
    without = Branch.objects.filter(parent=None, schemes=None)
    for committee in without:
        install_ready_schemes(committee=committee, by=None, first_month=date(now.year - 1, 1, 1), now=now)
    return len(without)


def _create_ready(committee: Branch, purpose: str, by: Any) -> ScoringScheme:
    document = json.loads((READY / f"{purpose}.json").read_text(encoding="utf-8"))
    sources = known.usual_sources(parse_scheme(document))
    return create_draft(branch=committee, purpose=purpose, document=document, sources=sources, by=by)


def _check_components(scheme: Scheme, chosen: dict[str, str]) -> None:
    for index, component in enumerate(scheme.components):
        if component not in known.needed_components(scheme):
            continue
        if chosen.get(component.code) not in known.COMPONENT_SOURCES:
            raise Refused(
                _("Component %(code)s has no source: choose where its figures come from."), code=component.code
            )
        if component.dimensions and chosen[component.code] in OF_ONE_NUMBER:
            raise SchemeError(f"scheme.components[{index}].dimensions", OF_ONE_NUMBER[chosen[component.code]], {})
        for name in known.unknown_dimensions(component):
            raise SchemeError(
                f"scheme.components[{index}].dimensions",
                _("names %(dimension)s, which is none of thought, study, life, work, conduct"),
                {"dimension": name},
            )


def check_purpose(scheme: Scheme, sources: dict[str, dict[str, str]], purpose: str) -> None:
    """Raise Refused where a component waits for what this purpose never has."""
    if purpose in KIND_OF:
        return
    for component in known.needed_components(scheme):
        if sources.get("components", {}).get(component.code) == known.DEFENCE:
            raise Refused(
                _(
                    "%(component)s comes from a defence, and defences are held for development candidates and for "
                    "conversion only: choose another source, or another purpose."
                ),
                component=component.label,
            )


def _check_inputs(scheme: Scheme, chosen: dict[str, str]) -> None:
    for name in known.needed_inputs(scheme):
        if chosen.get(name) not in known.INPUT_SOURCES:
            raise Refused(_("The gate input %(name)s has no source: choose where its figure comes from."), name=name)


def _check_publication(scheme: ScoringScheme, first_month: date, last_month: date | None) -> None:
    document = check(scheme.document, scheme.sources)
    check_purpose(document, scheme.sources, scheme.purpose)
    if last_month is not None and last_month < first_month:
        raise Refused(_("The last month lies before the first one: exchange them."))
    if scheme.purpose != Purpose.CANDIDATE:
        return
    if not keeps_a_year_of_cultivation(document, scheme.sources.get("inputs", {})):
        raise Refused(
            _(
                "A scheme for development candidates needs a gate on months_as_activist of at least 12 (Article 13 of "
                "the Rules for developing members): add it to the document. National limits can only be tightened."
            )
        )


def _refuse_rewriting(scheme: ScoringScheme, rated: list[date]) -> None:
    """Months that were rated under one scheme keep it."""
    candidates = queries.published(scheme.branch, scheme.purpose) if rated else []
    for month in rated:
        standing = queries.nearest(candidates, month)
        if standing is None:
            continue
        raise Refused(
            _(
                "%(month)s was already rated under %(scheme)s, which is sealed with the first rating: let the new "
                "scheme start with a month in which nobody has filed yet."
            ),
            month=f"{month:%Y-%m}",
            scheme=str(standing),
        )


def _make_room(scheme: ScoringScheme, first: date, last: date | None, *, by: Any) -> None:
    others = ScoringScheme.objects.in_force().filter(branch=scheme.branch, purpose=scheme.purpose)
    for other in others.select_for_update(no_key=True).order_by("first_month"):
        if (last is not None and last < other.first_month) or (other.last_month and other.last_month < first):
            continue
        if other.first_month < first:
            _refuse_rewriting(scheme, rated_months(scheme.branch, first, other.last_month))
            _end_before(other, first, by=by)
        elif other.state == State.SEALED:
            raise Refused(
                _("%(scheme)s is sealed and valid from %(month)s on: choose other months."),
                scheme=str(other),
                month=f"{other.first_month:%Y-%m}",
            )
        else:
            _take_back(other, by=by)


def _end_before(other: ScoringScheme, first: date, *, by: Any) -> None:
    before = {"last_month": other.last_month}
    other.last_month = (first - timedelta(days=1)).replace(day=1)
    other.save(update_fields=["last_month"])
    audit.record("scheme.end", by=by, subject=other, before=before, after={"last_month": other.last_month})


def _take_back(other: ScoringScheme, *, by: Any) -> None:
    before = {"first_month": other.first_month, "last_month": other.last_month}
    other.state, other.first_month, other.last_month = State.DRAFT, None, None
    other.published_at, other.published_by = None, None
    other.save()
    audit.record("scheme.take_back", by=by, subject=other, before=before)
