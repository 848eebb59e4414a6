"""By what can the list of activities be narrowed?"""

from __future__ import annotations

from datetime import datetime

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from activities.models import Activity
from activities.queries.kinds import kind_choices
from members.models import Branch

WHEN = [("coming", _("Coming")), ("past", _("Past"))]


class ActivityFilter(django_filters.FilterSet):
    """Every filter stands in the address; unknown values are ignored. `now` parts coming ones from past ones."""

    q = django_filters.CharFilter(
        method="search",
        label=_("Title or location"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    branch = django_filters.ChoiceFilter(field_name="branch__code", label=_("Branch"), empty_label=_("All"))
    kind = django_filters.ChoiceFilter(field_name="kind__code", label=_("Kind"), empty_label=_("All"))
    when = django_filters.ChoiceFilter(label=_("When"), choices=WHEN, empty_label=_("All"), method="coming_or_past")

    class Meta:
        model = Activity
        fields = ["q", "branch", "kind", "when"]

    def __init__(self, data, queryset: QuerySet[Activity], *, branches: list[Branch], now: datetime) -> None:
        super().__init__(data, queryset)
        self.now = now
        self.filters["branch"].extra["choices"] = [(branch.code, branch.name) for branch in branches]
        self.filters["kind"].extra["choices"] = kind_choices(branches)
        if len(branches) < 2:
            del self.filters["branch"]
        for field in self.form.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"

    @property
    def narrowed(self) -> bool:
        """Does the address ask for less than everything?"""
        return any(self.form.cleaned_data.values()) if self.form.is_valid() else True

    def search(self, queryset: QuerySet[Activity], name: str, value: str) -> QuerySet[Activity]:
        return queryset.filter(Q(title__icontains=value) | Q(place__icontains=value))

    def coming_or_past(self, queryset: QuerySet[Activity], name: str, value: str) -> QuerySet[Activity]:
        return (
            queryset.filter(starts_at__gte=self.now) if value == "coming" else queryset.filter(starts_at__lt=self.now)
        )
