"""By what can the roster be narrowed? Every filter stands in the address."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from members.labels import STAGE_LABELS
from members.models import Branch, Member
from members.queries.roster import known_values, matching

FOLDED = ("kind", "grade", "class_name", "membership")
MEMBERSHIPS = [("current", _("Current members")), ("ended", _("Ended memberships")), ("all", _("Everybody"))]


class RosterFilter(django_filters.FilterSet):
    """Unknown values in an address are ignored; without a word about it, only current members are shown."""

    q = django_filters.CharFilter(
        method="search",
        label=_("Name, number, pinyin or initials"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    branch = django_filters.ChoiceFilter(field_name="branch__code", label=_("Branch"), empty_label=_("All"))
    stage = django_filters.ChoiceFilter(label=_("Stage"), choices=list(STAGE_LABELS.items()), empty_label=_("All"))
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Member.Kind.choices, empty_label=_("All"))
    grade = django_filters.ChoiceFilter(label=_("Grade"), empty_label=_("All"))
    class_name = django_filters.ChoiceFilter(label=_("Class"), empty_label=_("All"))
    membership = django_filters.ChoiceFilter(
        label=_("Membership"), choices=MEMBERSHIPS[1:], empty_label=MEMBERSHIPS[0][1], method="ended_or_not"
    )

    class Meta:
        model = Member
        fields = ["q", "branch", "stage", "kind", "grade", "class_name", "membership"]

    def __init__(self, data, queryset: QuerySet[Member], *, branches: list[Branch], request) -> None:
        super().__init__(data, queryset, request=request)
        self.branches = branches
        known = known_values(queryset, ["grade", "class_name"])
        self.filters["branch"].extra["choices"] = [(branch.code, branch.name) for branch in branches]
        self.filters["grade"].extra["choices"] = [(value, value) for value in known["grade"]]
        self.filters["class_name"].extra["choices"] = [(value, value) for value in known["class_name"]]
        if len(branches) < 2:
            del self.filters["branch"]
        for name in ("grade", "class_name"):
            if len(known[name]) < 2:
                del self.filters[name]

        for field in self.form.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"

    @property
    def narrowed(self) -> bool:
        """Does the address ask for less than everybody who belongs today?"""
        return any(self.form.cleaned_data.values()) if self.form.is_valid() else True

    @property
    def folded(self) -> list[forms.BoundField]:
        """The filters that are asked for less often."""
        return [self.form[name] for name in FOLDED if name in self.filters]

    @property
    def unfolded(self) -> bool:
        return self.form.is_valid() and any(self.form.cleaned_data.get(name) for name in FOLDED)

    def at_any_stage(self) -> QuerySet[Member]:
        """The same people without the choice of a stage."""
        self.form.is_valid()
        return self._narrow(self.queryset.all(), {**self.form.cleaned_data, "stage": ""})

    def filter_queryset(self, queryset: QuerySet[Member]) -> QuerySet[Member]:
        return self._narrow(queryset, self.form.cleaned_data)

    def _narrow(self, queryset: QuerySet[Member], values: dict) -> QuerySet[Member]:
        if not values.get("membership"):
            queryset = queryset.current()
        for name, value in values.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset

    def search(self, queryset: QuerySet[Member], name: str, value: str) -> QuerySet[Member]:
        return matching(queryset, value)

    def ended_or_not(self, queryset: QuerySet[Member], name: str, value: str) -> QuerySet[Member]:
        return queryset.exclude(ended_on=None) if value == "ended" else queryset
