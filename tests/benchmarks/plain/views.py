"""How does the reference answer? With Django's own parts, the shortest good way."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import ListView

from tests.benchmarks.plain.forms import ReviewForm
from tests.benchmarks.plain.models import DIMENSIONS, Person, RankingRow, Review


@login_required
def review(request):
    """The card: one query for the person, one for what stands; sent, one upsert."""
    person, month = request.user.person, timezone.localdate().replace(day=1)
    if request.method != "POST":
        stored = Review.objects.filter(person=person, month=month).first()
        return render(request, "review.html", {"form": ReviewForm(initial=_initial(stored)), "person": person})
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return render(request, "review.html", {"form": form, "person": person}, status=422)
    _store(person, month, form.cleaned_data)
    return redirect("/review/")


def _initial(stored):
    if stored is None:
        return {}
    points = {name: getattr(stored, name) for name in DIMENSIONS}
    return points | {f"{name}_note": note for name, note in stored.notes.items()}


def _store(person: Person, month: date, values: dict):
    points = {name: values[name] for name in DIMENSIONS}
    notes = {name: values[f"{name}_note"] for name in DIMENSIONS if values[f"{name}_note"]}
    Review.objects.bulk_create(
        [Review(person=person, month=month, notes=notes, submitted_at=timezone.now(), **points)],
        update_conflicts=True,
        unique_fields=["person", "month"],
        update_fields=[*DIMENSIONS, "notes", "submitted_at"],
    )


@method_decorator(login_required, name="dispatch")
class PeopleView(ListView):
    """Fifty people of the own branch, and a link to the next fifty."""

    template_name = "people.html"
    paginate_by = 50

    def get_queryset(self):
        return Person.objects.filter(branch=self.request.user.person.branch)


@method_decorator(login_required, name="dispatch")
class RankingView(ListView):
    """All rows of a ranking."""

    template_name = "ranking.html"
    queryset = RankingRow.objects.all()
