"""How does an officer rate all members of a branch on one screen?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from branchportal.wording import listed
from evaluations.dimensions import DIMENSIONS, GRADE_POINTS
from evaluations.labels import DIMENSION_LABELS, GRADE_LABELS, points_label
from evaluations.models import BranchReview, Cycle
from evaluations.queries import ratings
from evaluations.refusals import Refused, StaleReviewError
from evaluations.services import branch_reviews
from evaluations.views.branch_months import BranchMonthView
from members.access import access_of
from members.models import Member
from members.roles import Permission


class RatingsView(BranchMonthView):
    """All members on one screen. Works without a script: one button keeps, the other gives what is complete."""

    permission = Permission.RATE_MEMBERS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._page(ratings.rating_rows(self.cycle, self.branch, rater=request.user))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = ratings.rating_rows(self.cycle, self.branch, rater=request.user)
        problems = {row.member.pk: problem for row in rows if (problem := self._keep(row))}
        if problems:
            return self._page(self._with_typed(rows, problems), problems=problems, status=409)
        if "give" not in request.POST:
            messages.success(request, _("Saved. The ratings count once they are given."))
            return redirect(request.path)
        try:
            given = branch_reviews.give_ratings(
                cycle=self.cycle, window=self.window, branch=self.branch, by=request.user, now=timezone.now()
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)
        left = [member.name for member in ratings.unrated_members(self.cycle, self.branch)]
        messages.success(request, _given_message(given, left))
        return redirect(request.path)

    def _keep(self, row: ratings.RatingRow) -> str:
        """Save what was typed for one person; return what is wrong with it, or ""."""
        if row.is_self or f"version-{row.member.pk}" not in self.request.POST:
            return ""
        try:
            points, comment = _typed(self.request.POST, row.member.pk)
            is_stored = (points, comment) == (row.points, row.comment)
            if is_stored or _is_untouched(self.request.POST, row.member.pk, points, comment):
                return ""
            branch_reviews.save_draft(
                cycle=self.cycle,
                window=self.window,
                member=row.member,
                branch=self.branch,
                points=points,
                comment=comment,
                version=_typed_version(self.request.POST, row.member.pk),
                by=self.request.user,
                now=timezone.now(),
            )
        except Refused as refusal:
            return str(refusal)
        except StaleReviewError as stale:
            return _stale_message(stale.current, self.cycle)
        return ""

    def _with_typed(self, rows: list[ratings.RatingRow], problems: dict[int, str]) -> list[ratings.RatingRow]:
        """Reload, so that a second try sends the newest version, but keep showing what was typed where it failed."""
        fresh = ratings.rating_rows(self.cycle, self.branch, rater=self.request.user)
        return [self._typed_row(row) if row.member.pk in problems else row for row in fresh]

    def _typed_row(self, row: ratings.RatingRow) -> ratings.RatingRow:
        try:
            points, comment = _typed(self.request.POST, row.member.pk)
        except Refused:
            return row
        return replace(row, points=points, comment=comment)

    def _page(
        self, rows: list[ratings.RatingRow], *, problems: dict[int, str] | None = None, status: int = 200
    ) -> HttpResponse:
        now = timezone.now()
        context = {
            "branch": self.branch,
            "cycle": self.cycle,
            "is_open": self.window.accepts_ratings(now),
            "ends_at": self.window.ratings_end - timedelta(microseconds=1),
            "dimensions": [(dimension.value, DIMENSION_LABELS[dimension]) for dimension in DIMENSIONS],
            "grades": [(points, GRADE_LABELS[grade]) for grade, points in GRADE_POINTS.items()],
            "rows": [_cells(row, (problems or {}).get(row.member.pk, "")) for row in rows],
            "left_count": sum(row.is_left for row in rows),
            "may_import": access_of(self.request.user).may_in(Permission.IMPORT_SCORES, self.branch),
            "comment_length": branch_reviews.COMMENT_LENGTH,
            "problem_count": len(problems or {}),
        }
        return render(self.request, "evaluations/ratings.html", context, status=status)


class RatingDraftView(BranchMonthView):
    """Keep one person's row as it is typed; answers JSON for the page's script."""

    permission = Permission.RATE_MEMBERS

    def post(self, request: HttpRequest, member: int, **kwargs: Any) -> JsonResponse:
        person = get_object_or_404(ratings.rated_people(self.cycle, self.branch), pk=member)
        try:
            saved = self._save(person)
        except Refused as refusal:
            return JsonResponse({"message": str(refusal)}, status=422)
        except StaleReviewError as stale:
            return JsonResponse({"message": _stale_message(stale.current, self.cycle)}, status=409)
        return JsonResponse({"version": saved.version, "saved": date_format(timezone.localtime(saved.saved_at), "H:i")})

    def _save(self, person: Member) -> BranchReview:
        points, comment = _typed(self.request.POST, person.pk)
        return branch_reviews.save_draft(
            cycle=self.cycle,
            window=self.window,
            member=person,
            branch=self.branch,
            points=points,
            comment=comment,
            version=_typed_version(self.request.POST, person.pk),
            by=self.request.user,
            now=timezone.now(),
        )


def _cells(row: ratings.RatingRow, problem: str) -> dict[str, Any]:
    fields = [(dimension.value, DIMENSION_LABELS[dimension], row.points.get(dimension)) for dimension in DIMENSIONS]
    was = _as_text(row.points, row.comment)
    return {"row": row, "member": row.member, "fields": fields, "problem": problem, "was": was}


def _typed(data: Any, member_pk: int) -> tuple[branch_reviews.Points, str]:
    """The points and the comment of one row."""
    points = {dimension.value: _typed_number(data.get(f"{dimension}-{member_pk}", "")) for dimension in DIMENSIONS}
    return points, " ".join(data.get(f"comment-{member_pk}", "").split())


def _typed_number(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise Refused(gettext_noop("A rating is one of the five grades, or a whole number from 0 to 100."))
    return int(text)


def _is_untouched(data: Any, member_pk: int, points: branch_reviews.Points, comment: str) -> bool:
    """A row that still says what the page was made with: whatever another officer typed since stays."""
    return data.get(f"was-{member_pk}") == _as_text(points, comment)


def _as_text(points: branch_reviews.Points, comment: str) -> str:
    typed = ["" if points.get(dimension) is None else str(points[dimension]) for dimension in DIMENSIONS]
    return ",".join([*typed, comment])


def _typed_version(data: Any, member_pk: int) -> int:
    text = data.get(f"version-{member_pk}", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Refused(gettext_noop("The page is out of date: reload it and type this row again."))
    return int(text)


def _stale_message(current: BranchReview, cycle: Cycle) -> str:
    typed = current.draft["points"] if current.draft else current.points
    in_grades = cycle.scale == Cycle.Scale.GRADES
    return _("%(name)s saved this row at %(time)s: %(points)s. Yours is still shown: save again to replace it.") % {
        "name": current.rated_by.name if current.rated_by else _("Somebody else"),
        "time": date_format(timezone.localtime(current.saved_at), "H:i"),
        "points": " ".join(str(points_label(typed.get(dimension), in_grades=in_grades)) for dimension in DIMENSIONS),
    }


def _given_message(given: int, left: list[str]) -> str:
    if not given:
        return _("Nothing new to give: a rating is given when all five dimensions are filled.")
    told = ngettext("%(count)s rating given.", "%(count)s ratings given.", given) % {"count": given}
    if not left:
        return told
    waiting = ngettext(
        "%(count)s person has none yet: %(names)s.", "%(count)s people have none yet: %(names)s.", len(left)
    ) % {"count": len(left), "names": listed(left)}
    return _("%(told)s %(waiting)s") % {"told": told, "waiting": waiting}
