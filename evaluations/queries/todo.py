"""What of the months and schemes waits for an officer, and since when?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branchportal.todo import Todo, Waiting
from evaluations import appeal_times
from evaluations.deadlines import Phase
from evaluations.labels import ratings_left_label
from evaluations.models import Freezing, ScoringScheme
from evaluations.queries import answers, appeals, decisions, defences, freezings
from evaluations.queries.home import BranchMonth, ScopeMonth
from members.access import access_of
from members.models import User
from members.roles import Permission


def of_judging(user: User) -> Iterator[Waiting]:
    """Open defences in which this person judges and has not submitted everything."""
    yield Waiting(defences.waiting_for(user), "opened_at", _to_judge, reverse("evaluations:own_defences"))


def of_replies(month: BranchMonth, user: User) -> Iterator[Waiting]:
    """Self-reviews of a branch's month that wait for a reply, the own one aside, for whoever answers them."""
    if not _runs(month) or not access_of(user).may_in(Permission.ANSWER_REVIEWS, month.branch):
        return
    rows = answers.awaiting_reply_by(user, month.cycle, month.branch)
    yield Waiting(rows, "submitted_at", _replies, _page("reviews", month))


def of_month(month: BranchMonth, *, may_compile: bool) -> Iterator[Todo]:
    """What is left to do in one branch's month; nothing before the first month and in a month that is off."""
    if not _runs(month):
        return
    if month.phase == Phase.CLOSED:
        yield from _after_closing(month, may_compile=may_compile)
        return
    yield from _before_closing(month)


def of_scope(scope: ScopeMonth, *, several: bool = False) -> Iterator[Todo]:
    """Branches that have not begun to rate, for whoever may remind their officers, as one line with those unfinished.

    `several`: the reader looks after branches of several committees, so the line names this one.
    """
    silent = scope.silent
    if not silent:
        return
    text, committee = ratings_left_label(len(scope.ratings_left.unfinished), len(silent)), scope.cycle.committee
    if several:
        text = _("%(committee)s: %(what)s") % {"committee": committee.name, "what": text}
    address = f"{reverse('evaluations:remind_branches')}?month={scope.cycle}&committee={committee.code}"
    until = min(line.window.ratings_end for line in silent)
    yield Todo(text, address, since=silent[0].window.opens_at, until=until)


def of_schemes(user: User) -> Iterator[Todo]:
    """Drafts that wait to be approved and published by somebody who may."""
    drafts = ScoringScheme.objects.visible_to(user, Permission.PUBLISH_SCHEMES)
    for scheme in drafts.filter(state=ScoringScheme.State.DRAFT).order_by("created_at", "pk"):
        is_approved = bool(scheme.approved_mark)
        text = _("Scheme %(name)s is approved: publish it") if is_approved else _("Scheme %(name)s is a draft: read it")
        text %= {"name": scheme}
        yield Todo(text, reverse("evaluations:scheme", kwargs={"pk": scheme.pk}), since=scheme.created_at)


def of_freezings(user: User) -> Iterator[Waiting]:
    """Rankings that wait to be confirmed, for whoever confirms; those that came back, for whoever proposes."""
    access, rankings = access_of(user), reverse("evaluations:rankings")
    if access.may(Permission.CONFIRM_FREEZING):
        address = f"{rankings}?state={Freezing.State.PROPOSED}"
        yield Waiting(freezings.to_confirm(user), "proposed_at", _to_confirm, address)
    if access.may(Permission.PROPOSE_FREEZING):
        address = f"{rankings}?state={Freezing.State.DECLINED}"
        yield Waiting(freezings.came_back(user), "decided_at", _came_back, address)


def of_appeals(user: User, now: datetime) -> Iterator[Waiting]:
    """Appeals that wait for this person's answer, with the last day of the oldest; upheld ones without a run."""
    if not access_of(user).may(Permission.DECIDE_APPEALS):
        return
    today, address = timezone.localdate(now), reverse("evaluations:appeals")
    waiting, upheld = appeals.to_decide(user, today), appeals.to_compile(user, today)
    yield Waiting(waiting, "filed_at", _to_answer, f"{address}?state=waiting", appeal_times.end_of_answering)
    yield Waiting(upheld, "filed_at", _to_follow, f"{address}?state=upheld", appeal_times.end_of_answering)


def of_decisions(user: User) -> Iterator[Waiting]:
    """Decisions that wait for consent; frozen rankings to decide on, and what came back, for whoever records."""
    access, sheets = access_of(user), reverse("evaluations:decisions")
    if access.may(Permission.CONSENT_DECISIONS):
        yield Waiting(decisions.to_consent(user), "recorded_at", _to_consent, sheets)
    if access.may(Permission.RECORD_DECISIONS):
        frozen = f"{reverse('evaluations:rankings')}?state={Freezing.State.FROZEN}"
        yield Waiting(decisions.to_decide(user), "decided_at", _to_decide, frozen)
        yield Waiting(decisions.sent_back(user), "reviewed_at", _decisions_back, sheets)


def _runs(month: BranchMonth) -> bool:
    return month.cycle is not None and month.phase not in {Phase.OFF, Phase.PLANNED}


def _to_judge(count: int) -> str:
    text = ngettext("%(count)s defence waits for your scores", "%(count)s defences wait for your scores", count)
    return text % {"count": count}


def _replies(count: int) -> str:
    text = ngettext("%(count)s self-review waits for a reply", "%(count)s self-reviews wait for a reply", count)
    return text % {"count": count}


def _to_confirm(count: int) -> str:
    text = ngettext("%(count)s ranking waits to be frozen", "%(count)s rankings wait to be frozen", count)
    return text % {"count": count}


def _to_answer(count: int) -> str:
    text = ngettext("%(count)s appeal waits for an answer", "%(count)s appeals wait for an answer", count)
    return text % {"count": count}


def _to_follow(count: int) -> str:
    text = ngettext(
        "%(count)s upheld appeal waits for its correction", "%(count)s upheld appeals wait for their correction", count
    )
    return text % {"count": count}


def _came_back(count: int) -> str:
    text = ngettext("%(count)s ranking was not confirmed", "%(count)s rankings were not confirmed", count)
    return text % {"count": count}


def _to_consent(count: int) -> str:
    text = ngettext("%(count)s decision waits for consent", "%(count)s decisions wait for consent", count)
    return text % {"count": count}


def _to_decide(count: int) -> str:
    text = ngettext(
        "%(count)s frozen ranking waits for the branch committee's decision",
        "%(count)s frozen rankings wait for the branch committee's decision",
        count,
    )
    return text % {"count": count}


def _decisions_back(count: int) -> str:
    text = ngettext("%(count)s decision was sent back", "%(count)s decisions were sent back", count)
    return text % {"count": count}


def _before_closing(month: BranchMonth) -> Iterator[Todo]:
    window = month.window
    if month.missing:
        count = len(month.missing)
        yield Todo(
            ngettext("%(count)s self-review is missing", "%(count)s self-reviews are missing", count)
            % {"count": count},
            _page("month", month),
            since=window.opens_at,
            until=window.reviews_end,
        )
    if month.not_given:
        yield Todo(
            ngettext(
                "%(count)s rating is saved but not given", "%(count)s ratings are saved but not given", month.not_given
            )
            % {"count": month.not_given},
            _page("ratings", month),
            since=window.opens_at,
            until=window.ratings_end,
        )
    without = month.progress.unrated - month.never_given
    if without > 0:
        yield Todo(
            ngettext("%(count)s person has no branch rating yet", "%(count)s people have no branch rating yet", without)
            % {"count": without},
            _page("ratings", month),
            since=window.opens_at,
            until=window.ratings_end,
        )


def _after_closing(month: BranchMonth, *, may_compile: bool) -> Iterator[Todo]:
    closed_at = month.window.ratings_end
    if month.progress.missing:
        yield Todo(
            ngettext(
                "%(count)s person did not file this month",
                "%(count)s people did not file this month",
                month.progress.missing,
            )
            % {"count": month.progress.missing},
            _page("month", month),
            since=closed_at,
        )
    if may_compile and not month.run:
        address = f"{reverse('evaluations:compile')}?branch={month.branch.code}"
        yield Todo(_("The month is closed: compile the ranking"), address, since=closed_at)


def _page(name: str, month: BranchMonth) -> str:
    return reverse(f"evaluations:{name}", kwargs={"code": month.branch.code, "month": month.cycle.month})
